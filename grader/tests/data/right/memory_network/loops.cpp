// A right solution in plain loops: one number after the other, nothing of Eigen but the elements.
#include "memory_network.hpp"

#include <cmath>
#include <stdexcept>

namespace memory_network {

static void check_words(const TokenIds& sentence, const Matrix& embedding) {
    for (std::size_t j = 0; j < sentence.size(); j++) {
        if (sentence[j] < 0) throw std::invalid_argument("negative word");
        if (sentence[j] >= embedding.rows()) throw std::invalid_argument("word too large");
    }
}

RowVector bag_of_words(const TokenIds& sentence, const Matrix& embedding) {
    check_words(sentence, embedding);
    RowVector sum(embedding.cols());
    for (Index k = 0; k < embedding.cols(); k++) {
        sum(k) = 0;
        for (int word : sentence) sum(k) += embedding(word, k);
    }
    return sum;
}

static Scalar weight(Index j, Index n_words, Index k, Index d) {
    Scalar J = (Scalar)n_words;
    return (1 - j / J) - (k / (Scalar)d) * (1 - 2 * j / J);
}

Matrix position_encoding(Index n_words, Index d) {
    if (n_words < 0 || d < 1) throw std::invalid_argument("no such table");
    Matrix table(n_words, d);
    for (Index j = 0; j < n_words; j++) {
        for (Index k = 0; k < d; k++) table(j, k) = weight(j + 1, n_words, k + 1, d);
    }
    return table;
}

RowVector encode_sentence(const TokenIds& sentence, const Matrix& embedding, Encoding encoding) {
    check_words(sentence, embedding);
    Index n_words = (Index)sentence.size(), d = embedding.cols();
    RowVector sum(d);
    for (Index k = 0; k < d; k++) {
        sum(k) = 0;
        for (Index j = 0; j < n_words; j++) {
            Scalar factor = 1;
            if (encoding == Encoding::position) factor = weight(j + 1, n_words, k + 1, d);
            sum(k) += factor * embedding(sentence[(std::size_t)j], k);
        }
    }
    return sum;
}

Matrix encode_story(const Story& story, const Matrix& embedding, const std::optional<Matrix>& temporal,
                    Encoding encoding) {
    Index n = (Index)story.size(), d = embedding.cols();
    if (temporal.has_value()) {
        if (temporal.value().cols() != d) throw std::invalid_argument("width of the temporal table");
        if (temporal.value().rows() < n) throw std::invalid_argument("the story is too long");
    }
    Matrix memory(n, d);
    for (Index i = 0; i < n; i++) {
        RowVector sentence = encode_sentence(story[(std::size_t)i], embedding, encoding);
        Index age = n - 1 - i;
        for (Index k = 0; k < d; k++) {
            memory(i, k) = sentence(k);
            if (temporal.has_value()) memory(i, k) += temporal.value()(age, k);
        }
    }
    return memory;
}

HopResult hop(const RowVector& u, const Matrix& memory_in, const Matrix& memory_out) {
    Index n = memory_in.rows(), d = memory_in.cols();
    if (u.size() != d) throw std::invalid_argument("u and memory_in");
    if (memory_out.rows() != n || memory_out.cols() != d) throw std::invalid_argument("memory_in and memory_out");
    HopResult result;
    result.weights.resize(n);
    result.output.resize(d);
    for (Index k = 0; k < d; k++) result.output(k) = 0;
    if (n == 0) return result;
    Scalar largest = 0;
    for (Index i = 0; i < n; i++) {
        Scalar score = 0;
        for (Index k = 0; k < d; k++) score += u(k) * memory_in(i, k);
        result.weights(i) = score;
        if (i == 0 || score > largest) largest = score;
    }
    Scalar sum = 0;
    for (Index i = 0; i < n; i++) sum += std::exp(result.weights(i) - largest);
    for (Index i = 0; i < n; i++) {
        result.weights(i) = std::exp(result.weights(i) - largest) / sum;
        for (Index k = 0; k < d; k++) result.output(k) += result.weights(i) * memory_out(i, k);
    }
    return result;
}

Answer answer_adjacent(const Story& story, const TokenIds& question, const AdjacentModel& model, Encoding encoding) {
    std::size_t count = model.embeddings.size();
    if (count < 2) throw std::invalid_argument("too few embeddings");
    for (std::size_t k = 1; k < count; k++) {
        if (model.embeddings[k].rows() != model.embeddings[0].rows()) throw std::invalid_argument("vocabularies");
        if (model.embeddings[k].cols() != model.embeddings[0].cols()) throw std::invalid_argument("widths");
    }
    if (model.temporal.size() != 0 && model.temporal.size() != count) throw std::invalid_argument("temporal tables");
    std::vector<Matrix> memories;
    for (std::size_t k = 0; k < count; k++) {
        std::optional<Matrix> temporal;
        if (model.temporal.size() != 0) temporal = model.temporal[k];
        memories.push_back(encode_story(story, model.embeddings[k], temporal, encoding));
    }
    RowVector u = encode_sentence(question, model.embeddings[0], encoding);
    Answer answer;
    answer.weights.resize((Index)count - 1, (Index)story.size());
    for (std::size_t k = 0; k + 1 < count; k++) {
        HopResult result = hop(u, memories[k], memories[k + 1]);
        for (Index i = 0; i < u.size(); i++) u(i) += result.output(i);
        for (Index i = 0; i < result.weights.size(); i++) answer.weights((Index)k, i) = result.weights(i);
    }
    const Matrix& last = model.embeddings[count - 1];
    answer.logits.resize(last.rows());
    for (Index word = 0; word < last.rows(); word++) {
        answer.logits(word) = 0;
        for (Index i = 0; i < u.size(); i++) answer.logits(word) += u(i) * last(word, i);
    }
    return answer;
}

static RowVector times(const RowVector& row, const Matrix& matrix) {
    RowVector product(matrix.cols());
    for (Index j = 0; j < matrix.cols(); j++) {
        product(j) = 0;
        for (Index i = 0; i < matrix.rows(); i++) product(j) += row(i) * matrix(i, j);
    }
    return product;
}

Answer answer_layer_wise(const Story& story, const TokenIds& question, const LayerWiseModel& model, Index n_hops,
                         Encoding encoding) {
    Index d = model.question.cols(), vocabulary = model.question.rows();
    if (n_hops <= 0) throw std::invalid_argument("no hops");
    if (model.input.rows() != vocabulary || model.input.cols() != d) throw std::invalid_argument("A");
    if (model.output.rows() != vocabulary || model.output.cols() != d) throw std::invalid_argument("C");
    if (model.transition.rows() != d || model.transition.cols() != d) throw std::invalid_argument("H");
    if (model.answer.rows() != d) throw std::invalid_argument("W");
    Answer answer;
    answer.weights.resize(n_hops, (Index)story.size());
    RowVector u = encode_sentence(question, model.question, encoding);
    for (Index k = 0; k < n_hops; k++) {
        Matrix memory_in = encode_story(story, model.input, model.temporal_input, encoding);
        Matrix memory_out = encode_story(story, model.output, model.temporal_output, encoding);
        HopResult result = hop(u, memory_in, memory_out);
        u = times(u, model.transition);
        for (Index i = 0; i < d; i++) u(i) += result.output(i);
        for (Index i = 0; i < result.weights.size(); i++) answer.weights(k, i) = result.weights(i);
    }
    answer.logits = times(u, model.answer);
    return answer;
}

}  // namespace memory_network
