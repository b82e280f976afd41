// A right solution that passes the slots once, from the newest to the oldest: the weighted sum is rescaled whenever a
// larger score comes by. Positions are summed from the last word on; whole stories are one product with counts.
#include "memory_network.hpp"

#include <cmath>
#include <numeric>
#include <stdexcept>

namespace memory_network {

namespace {

void insist(bool holds, const char* sentence) {
    if (!holds) throw std::invalid_argument(sentence);
}

bool alike(const Matrix& one, const Matrix& other) { return one.rows() == other.rows() && one.cols() == other.cols(); }

/// Row 0: how often each word is said; row 1: the sum of the places where it is said, over the number of words.
Matrix places(const TokenIds& sentence, Index vocabulary) {
    Matrix result = Matrix::Zero(2, vocabulary);
    for (std::size_t j = sentence.size(); j > 0; --j) {
        const Index word = sentence[j - 1];
        insist(0 <= word && word < vocabulary, "an unknown word");
        result(0, word) += 1;
        result(1, word) += static_cast<Scalar>(j) / static_cast<Scalar>(sentence.size());
    }
    return result;
}

/// k / d for each column.
RowVector across(Index d) {
    RowVector result(d);
    std::iota(result.data(), result.data() + d, Scalar{1});
    return result / static_cast<Scalar>(d);
}

}  // namespace

RowVector bag_of_words(const TokenIds& sentence, const Matrix& embedding) {
    return places(sentence, embedding.rows()).row(0) * embedding;
}

Matrix position_encoding(Index n_words, Index d) {
    insist(n_words >= 0 && d >= 1, "no such table");
    Matrix table(n_words, d);
    const RowVector k = across(d);
    for (Index j = 0; j < n_words; ++j) {
        const Scalar along = static_cast<Scalar>(j + 1) / static_cast<Scalar>(n_words);
        table.row(j) = (along * k.array() + (1 - along) * (1 - k.array())).matrix();
    }
    return table;
}

RowVector encode_sentence(const TokenIds& sentence, const Matrix& embedding, Encoding encoding) {
    const Matrix both = places(sentence, embedding.rows()) * embedding;  // 2 x d: the bag, and the bag by places
    if (encoding == Encoding::bag_of_words) return both.row(0);
    const RowVector k = across(embedding.cols());
    return both.row(0).array() * (1 - k.array()) + both.row(1).array() * (2 * k.array() - 1);
}

Matrix encode_story(const Story& story, const Matrix& embedding, const std::optional<Matrix>& temporal,
                    Encoding encoding) {
    const auto n = static_cast<Index>(story.size());
    Matrix counts(n, embedding.rows()), late(n, embedding.rows());
    for (Index i = 0; i < n; ++i) {
        const Matrix said = places(story[static_cast<std::size_t>(i)], embedding.rows());
        counts.row(i) = said.row(0);
        late.row(i) = said.row(1);
    }
    Matrix memory = counts * embedding;
    if (encoding == Encoding::position) {
        const RowVector k = across(embedding.cols());
        const Matrix by_places = late * embedding;
        memory = memory * (1 - k.array()).matrix().asDiagonal();
        memory += by_places * (2 * k.array() - 1).matrix().asDiagonal();
    }
    if (!temporal) return memory;
    insist(temporal->cols() == embedding.cols(), "ages of another width");
    insist(temporal->rows() >= n, "too few ages");
    for (Index age = 0; age < n; ++age) memory.row(n - 1 - age) += temporal->row(age);
    return memory;
}

HopResult hop(const RowVector& u, const Matrix& memory_in, const Matrix& memory_out) {
    insist(u.size() == memory_in.cols(), "u and memory_in");
    insist(alike(memory_in, memory_out), "memory_in and memory_out");
    const Index n = memory_in.rows();
    RowVector sum_of_slots = RowVector::Zero(memory_out.cols()), scores(n);
    Scalar sum = 0, top = 0;
    for (Index i = n - 1; i >= 0; --i) {
        scores(i) = memory_in.row(i).dot(u);
        if (i == n - 1 || scores(i) > top) {
            const Scalar rescale = i == n - 1 ? 0 : std::exp(top - scores(i));
            sum *= rescale, sum_of_slots *= rescale;
            top = scores(i);
        }
        const Scalar share = std::exp(scores(i) - top);
        sum += share;
        sum_of_slots += share * memory_out.row(i);
    }
    if (n == 0) return {sum_of_slots, scores};
    const RowVector weights = (scores.array() - top).exp() / sum;
    return {sum_of_slots / sum, weights};
}

Answer answer_adjacent(const Story& story, const TokenIds& question, const AdjacentModel& model, Encoding encoding) {
    insist(model.embeddings.size() > 1, "no hop");
    insist(model.temporal.empty() || model.temporal.size() == model.embeddings.size(), "ages for some only");
    std::vector<Matrix> memories;
    for (std::size_t k = 0; k < model.embeddings.size(); ++k) {
        insist(alike(model.embeddings[k], model.embeddings.back()), "embeddings of several shapes");
        std::optional<Matrix> ages;
        if (!model.temporal.empty()) ages.emplace(model.temporal[k]);
        memories.push_back(encode_story(story, model.embeddings[k], ages, encoding));
    }
    // The state is never updated: it is the question and the sum of all that was read, small numbers apart.
    const RowVector asked = encode_sentence(question, model.embeddings[0], encoding);
    RowVector read = RowVector::Zero(asked.size());
    Answer answer{RowVector(), Matrix(static_cast<Index>(memories.size()) - 1, static_cast<Index>(story.size()))};
    for (std::size_t k = 0; k + 1 < memories.size(); ++k) {
        const HopResult result = hop(read + asked, memories[k], memories[k + 1]);
        read += result.output;
        answer.weights.row(static_cast<Index>(k)) = result.weights;
    }
    answer.logits = asked * model.embeddings.back().transpose();
    answer.logits += read * model.embeddings.back().transpose();
    return answer;
}

Answer answer_layer_wise(const Story& story, const TokenIds& question, const LayerWiseModel& model, Index n_hops,
                         Encoding encoding) {
    insist(n_hops > 0, "no hop");
    insist(alike(model.question, model.input) && alike(model.question, model.output), "A, B, C");
    const Index d = model.question.cols();
    insist(model.transition.rows() == d && model.transition.cols() == d, "H");
    insist(model.answer.rows() == d, "W");
    const Matrix out = encode_story(story, model.output, model.temporal_output, encoding);
    const Matrix in = encode_story(story, model.input, model.temporal_input, encoding);
    Answer answer{RowVector(), Matrix(n_hops, in.rows())};
    // u and o side by side: one product with H above the unit matrix.
    Matrix turn(2 * d, d);
    turn << model.transition, Matrix::Identity(d, d);
    RowVector u = encode_sentence(question, model.question, encoding), both(2 * d);
    for (Index k = 0; k < n_hops; ++k) {
        const HopResult result = hop(u, in, out);
        answer.weights.row(k) = result.weights;
        both << u, result.output;
        u = both * turn;
    }
    answer.logits = u * model.answer;
    return answer;
}

}  // namespace memory_network
