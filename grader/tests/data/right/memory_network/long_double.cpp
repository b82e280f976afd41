// A right solution that computes every sum in long double and rounds only what it returns or hands on.
#include "memory_network.hpp"

#include <cmath>
#include <stdexcept>
#include <vector>

namespace memory_network {

using Wide = long double;
using Line = std::vector<Wide>;

static void need(bool fine) {
    if (!fine) throw std::invalid_argument("these do not fit together");
}

static RowVector narrow(const Line& line) {
    RowVector row(static_cast<Index>(line.size()));
    for (Index k = 0; k < row.size(); ++k) row(k) = static_cast<Scalar>(line[static_cast<std::size_t>(k)]);
    return row;
}

static Wide weight(Index j, Index n_words, Index k, Index d) {
    const Wide along = static_cast<Wide>(j) / static_cast<Wide>(n_words);
    const Wide across = static_cast<Wide>(k) / static_cast<Wide>(d);
    return (1 - along) - across * (1 - 2 * along);
}

static Line encoded(const TokenIds& sentence, const Matrix& embedding, bool weighted) {
    Line sum(static_cast<std::size_t>(embedding.cols()), 0);
    Index j = 0;
    for (int word : sentence) {
        need(word >= 0 && word < embedding.rows());
        ++j;
        for (Index k = 0; k < embedding.cols(); ++k) {
            const Wide factor = weighted ? weight(j, static_cast<Index>(sentence.size()), k + 1, embedding.cols()) : 1;
            sum[static_cast<std::size_t>(k)] += factor * embedding(word, k);
        }
    }
    return sum;
}

static std::vector<Line> remembered(const Story& story, const Matrix& embedding, const Matrix* temporal,
                                    bool weighted) {
    if (temporal != nullptr) need(temporal->cols() == embedding.cols());
    if (temporal != nullptr) need(temporal->rows() >= static_cast<Index>(story.size()));
    std::vector<Line> memory;
    auto age = static_cast<Index>(story.size());
    for (const TokenIds& sentence : story) {
        memory.push_back(encoded(sentence, embedding, weighted));
        --age;
        for (Index k = 0; temporal != nullptr && k < embedding.cols(); ++k)
            memory.back()[static_cast<std::size_t>(k)] += (*temporal)(age, k);
    }
    return memory;
}

static Wide product(const Line& left, const Line& right) {
    Wide sum = 0;
    for (std::size_t k = 0; k < left.size(); ++k) sum += left[k] * right[k];
    return sum;
}

/// Adds what is read to `state`; returns the weights.
static Line look(const Line& u, const std::vector<Line>& in, const std::vector<Line>& out, Line& state) {
    Line weights;
    for (const Line& slot : in) weights.push_back(product(u, slot));
    Wide top = weights.empty() ? 0 : weights[0], sum = 0;
    for (Wide score : weights) top = std::fmax(top, score);
    for (Wide& each : weights) sum += each = std::exp(each - top);
    for (std::size_t i = 0; i < weights.size(); ++i) {
        weights[i] /= sum;
        for (std::size_t k = 0; k < state.size(); ++k) state[k] += weights[i] * out[i][k];
    }
    return weights;
}

static Line times(const Line& row, const Matrix& matrix) {
    Line result(static_cast<std::size_t>(matrix.cols()), 0);
    for (Index i = 0; i < matrix.rows(); ++i)
        for (Index j = 0; j < matrix.cols(); ++j)
            result[static_cast<std::size_t>(j)] += row[static_cast<std::size_t>(i)] * matrix(i, j);
    return result;
}

static std::vector<Line> lines(const Matrix& matrix) {
    std::vector<Line> result;
    for (Index i = 0; i < matrix.rows(); ++i)
        result.emplace_back(matrix.data() + i * matrix.cols(), matrix.data() + (i + 1) * matrix.cols());
    return result;
}

RowVector bag_of_words(const TokenIds& sentence, const Matrix& embedding) {
    return narrow(encoded(sentence, embedding, false));
}

Matrix position_encoding(Index n_words, Index d) {
    need(n_words >= 0 && d >= 1);
    Matrix table(n_words, d);
    for (Index j = 1; j <= n_words; ++j)
        for (Index k = 1; k <= d; ++k) table(j - 1, k - 1) = static_cast<Scalar>(weight(j, n_words, k, d));
    return table;
}

RowVector encode_sentence(const TokenIds& sentence, const Matrix& embedding, Encoding encoding) {
    return narrow(encoded(sentence, embedding, encoding == Encoding::position));
}

Matrix encode_story(const Story& story, const Matrix& embedding, const std::optional<Matrix>& temporal,
                    Encoding encoding) {
    const auto memory = remembered(story, embedding, temporal ? &*temporal : nullptr, encoding == Encoding::position);
    Matrix result(static_cast<Index>(memory.size()), embedding.cols());
    for (Index i = 0; i < result.rows(); ++i) result.row(i) = narrow(memory[static_cast<std::size_t>(i)]);
    return result;
}

HopResult hop(const RowVector& u, const Matrix& memory_in, const Matrix& memory_out) {
    need(u.cols() == memory_in.cols());
    need(memory_in.rows() == memory_out.rows() && memory_in.cols() == memory_out.cols());
    Line output(static_cast<std::size_t>(memory_out.cols()), 0);
    const Line weights = look(lines(u)[0], lines(memory_in), lines(memory_out), output);
    return {narrow(output), narrow(weights)};
}

Answer answer_adjacent(const Story& story, const TokenIds& question, const AdjacentModel& model, Encoding encoding) {
    const bool weighted = encoding == Encoding::position;
    const std::size_t n = model.embeddings.size();
    need(n >= 2 && (model.temporal.empty() || model.temporal.size() == n));
    std::vector<std::vector<Line>> memories;
    for (std::size_t k = 0; k < n; ++k) {
        need(model.embeddings[k].rows() == model.embeddings[0].rows());
        need(model.embeddings[k].cols() == model.embeddings[0].cols());
        const Matrix* temporal = model.temporal.empty() ? nullptr : &model.temporal[k];
        memories.push_back(remembered(story, model.embeddings[k], temporal, weighted));
    }
    Line u = encoded(question, model.embeddings[0], weighted);
    Answer answer{RowVector(), Matrix(static_cast<Index>(n) - 1, static_cast<Index>(story.size()))};
    for (std::size_t k = 0; k + 1 < n; ++k) {
        const Line asked = u;
        answer.weights.row(static_cast<Index>(k)) = narrow(look(asked, memories[k], memories[k + 1], u));
    }
    Line logits;
    for (const Line& word : lines(model.embeddings[n - 1])) logits.push_back(product(u, word));
    answer.logits = narrow(logits);
    return answer;
}

Answer answer_layer_wise(const Story& story, const TokenIds& question, const LayerWiseModel& model, Index n_hops,
                         Encoding encoding) {
    const bool weighted = encoding == Encoding::position;
    const Index vocabulary = model.question.rows(), d = model.question.cols();
    need(n_hops >= 1);
    need(model.input.rows() == vocabulary && model.input.cols() == d);
    need(model.output.rows() == vocabulary && model.output.cols() == d);
    need(model.transition.rows() == d && model.transition.cols() == d && model.answer.rows() == d);
    const auto in = remembered(story, model.input, model.temporal_input ? &*model.temporal_input : nullptr, weighted);
    const auto out =
        remembered(story, model.output, model.temporal_output ? &*model.temporal_output : nullptr, weighted);
    Line u = encoded(question, model.question, weighted);
    Answer answer{RowVector(), Matrix(n_hops, static_cast<Index>(story.size()))};
    for (Index k = 0; k < n_hops; ++k) {
        Line next = times(u, model.transition);
        answer.weights.row(k) = narrow(look(u, in, out, next));
        u = next;
    }
    answer.logits = narrow(times(u, model.answer));
    return answer;
}

}  // namespace memory_network
