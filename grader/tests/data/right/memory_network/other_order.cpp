// A right solution in another order of work: sentences from the newest on, position encoding as two sums,
// one running softmax over the slots, and logits that grow from hop to hop.
#include "memory_network.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <string>

namespace memory_network {

static RowVector row_of(const Matrix& embedding, int word) {
    if (word < 0 || static_cast<Index>(word) >= embedding.rows()) throw std::invalid_argument(std::to_string(word));
    return embedding.row(word);
}

RowVector bag_of_words(const TokenIds& sentence, const Matrix& embedding) {
    RowVector sum = RowVector::Zero(embedding.cols());
    for (auto word = sentence.rbegin(); word != sentence.rend(); ++word) sum += row_of(embedding, *word);
    return sum;
}

/// Column after column; each one is linear in the position.
Matrix position_encoding(Index n_words, Index d) {
    if (n_words < 0) throw std::invalid_argument("n_words is " + std::to_string(n_words));
    if (d < 1) throw std::invalid_argument("d is " + std::to_string(d));
    Matrix table(n_words, d);
    for (Index k = d; k >= 1; --k) {
        const Scalar across = static_cast<Scalar>(k) / static_cast<Scalar>(d);
        const Scalar step = (2 * across - 1) / static_cast<Scalar>(n_words);
        for (Index j = n_words; j >= 1; --j) table(j - 1, k - 1) = (1 - across) + static_cast<Scalar>(j) * step;
    }
    return table;
}

/// sum of l_j x_j = (1 - k/d) * sum of x_j - (1 - 2 k/d) * sum of (j/J) x_j
RowVector encode_sentence(const TokenIds& sentence, const Matrix& embedding, Encoding encoding) {
    const RowVector plain = bag_of_words(sentence, embedding);
    if (encoding == Encoding::bag_of_words || sentence.empty()) return plain;
    RowVector late = RowVector::Zero(embedding.cols());
    for (std::size_t j = 1; j <= sentence.size(); ++j) {
        late += static_cast<Scalar>(j) / static_cast<Scalar>(sentence.size()) * row_of(embedding, sentence[j - 1]);
    }
    RowVector result(embedding.cols());
    for (Index k = 1; k <= result.size(); ++k) {
        const Scalar across = static_cast<Scalar>(k) / static_cast<Scalar>(result.size());
        result(k - 1) = (1 - across) * plain(k - 1) - (1 - 2 * across) * late(k - 1);
    }
    return result;
}

Matrix encode_story(const Story& story, const Matrix& embedding, const std::optional<Matrix>& temporal,
                    Encoding encoding) {
    const auto n = static_cast<Index>(story.size());
    if (temporal && temporal->cols() != embedding.cols()) throw std::invalid_argument("temporal width");
    Matrix memory(n, embedding.cols());
    for (Index age = 0; age < n; ++age) {
        const Index i = n - 1 - age;
        memory.row(i) = encode_sentence(story[static_cast<std::size_t>(i)], embedding, encoding);
        if (!temporal) continue;
        if (age >= temporal->rows()) throw std::invalid_argument("no age " + std::to_string(age));
        memory.row(i) += temporal->row(age);
    }
    return memory;
}

/// One pass: the sum and the output are scaled down whenever a larger score turns up.
HopResult hop(const RowVector& u, const Matrix& memory_in, const Matrix& memory_out) {
    if (u.size() != memory_in.cols() || memory_in.rows() != memory_out.rows() ||
        memory_in.cols() != memory_out.cols()) {
        throw std::invalid_argument("shapes of a hop");
    }
    Scalar largest = -std::numeric_limits<Scalar>::infinity(), sum = 0;
    HopResult result{RowVector::Zero(u.size()), RowVector(memory_in.rows())};
    for (Index i = memory_in.rows() - 1; i >= 0; --i) {
        const Scalar score = memory_in.row(i).dot(u), larger = std::max(score, largest);
        const Scalar keep = std::exp(largest - larger), power = std::exp(score - larger);
        result.output = keep * result.output + power * memory_out.row(i);
        sum = keep * sum + power;
        result.weights(i) = score;
        largest = larger;
    }
    if (memory_in.rows() == 0) return result;
    result.output /= sum;
    for (Scalar& weight : result.weights) weight = std::exp(weight - largest) / sum;
    return result;
}

Answer answer_adjacent(const Story& story, const TokenIds& question, const AdjacentModel& model, Encoding encoding) {
    const std::size_t n_tables = model.embeddings.size();
    if (n_tables < 2) throw std::invalid_argument("no hop");
    if (model.temporal.size() % n_tables != 0 || model.temporal.size() > n_tables)
        throw std::invalid_argument("tables");
    const Matrix& first = model.embeddings.front();
    const Matrix& last = model.embeddings.back();
    for (const Matrix& embedding : model.embeddings) {
        if (embedding.rows() != last.rows() || embedding.cols() != last.cols()) throw std::invalid_argument("shapes");
    }
    const auto memory = [&](std::size_t k) {
        std::optional<Matrix> ages;
        if (!model.temporal.empty()) ages = model.temporal[k];
        return encode_story(story, model.embeddings[k], ages, encoding);
    };
    RowVector u = encode_sentence(question, first, encoding);
    Answer answer{u * last.transpose(), Matrix(static_cast<Index>(n_tables) - 1, static_cast<Index>(story.size()))};
    for (std::size_t k = 0; k + 1 < n_tables; ++k) {
        const HopResult read = hop(u, memory(k), memory(k + 1));
        answer.logits += read.output * last.transpose();
        answer.weights.row(static_cast<Index>(k)) = read.weights;
        u += read.output;
    }
    return answer;
}

/// logits = u^1 H^K W + sum over k of o^k H^(K - k) W; Horner's scheme from the first hop on.
Answer answer_layer_wise(const Story& story, const TokenIds& question, const LayerWiseModel& model, Index n_hops,
                         Encoding encoding) {
    const Index d = model.transition.rows();
    if (n_hops < 1) throw std::invalid_argument("no hop");
    for (const Matrix* embedding : {&model.question, &model.input, &model.output}) {
        if (embedding->cols() != d || embedding->rows() != model.input.rows()) throw std::invalid_argument("embedding");
    }
    if (model.transition.cols() != d || model.answer.rows() != d) throw std::invalid_argument("H or W");
    std::vector<Matrix> powers{model.answer};  // powers[k] = H^k W
    for (Index k = 0; k < n_hops; ++k) powers.push_back(model.transition * powers.back());
    RowVector u = encode_sentence(question, model.question, encoding);
    Answer answer{u * powers.back(), Matrix(n_hops, static_cast<Index>(story.size()))};
    const Matrix memory_out = encode_story(story, model.output, model.temporal_output, encoding);
    const Matrix memory_in = encode_story(story, model.input, model.temporal_input, encoding);
    for (Index k = 0; k < n_hops; ++k) {
        const HopResult read = hop(u, memory_in, memory_out);
        answer.logits += read.output * powers[static_cast<std::size_t>(n_hops - 1 - k)];
        answer.weights.row(k) = read.weights;
        u = read.output + u * model.transition;
    }
    return answer;
}

}  // namespace memory_network
