// A right solution in the algorithms of the standard library: accumulate over words, inner_product for scores,
// transform for weights. Weights are exp(score - logsumexp); a network is a list of hops, each a closure over its two
// memories.
#include "memory_network.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>
#include <ranges>
#include <stdexcept>

namespace memory_network {

namespace {

using Hop = std::function<RowVector(const RowVector&, RowVector&)>;

void unless(bool right, const std::string& why) {
    if (!right) throw std::invalid_argument(why);
}

RowVector row_of(const Matrix& embedding, int id) {
    unless(0 <= id && id < embedding.rows(), "no word has the id " + std::to_string(id));
    return embedding.row(id);
}

Scalar log_sum_exp(const std::vector<Scalar>& x) {
    const Scalar top = std::ranges::max(x);
    return top + std::log(std::transform_reduce(x.begin(), x.end(), Scalar{0}, std::plus<>(),
                                                [top](Scalar a) { return std::exp(a - top); }));
}

Answer run(RowVector u, const std::vector<Hop>& hops, Index n_sentences,
           const std::function<RowVector(RowVector)>& logits) {
    Answer answer;
    answer.weights = Matrix::Zero(std::ssize(hops), n_sentences);
    for (Index k = 0; const Hop& next : hops) {
        RowVector weights;
        u = next(u, weights);
        answer.weights.row(k++) = weights;
    }
    answer.logits = logits(u);
    return answer;
}

std::optional<Matrix> table(const std::vector<Matrix>& tables, std::size_t k) {
    if (tables.empty()) return {};
    return tables.at(k);
}

}  // namespace

RowVector bag_of_words(const TokenIds& sentence, const Matrix& embedding) {
    return std::accumulate(sentence.begin(), sentence.end(), RowVector(RowVector::Zero(embedding.cols())),
                           [&](const RowVector& sum, int id) -> RowVector { return sum + row_of(embedding, id); });
}

Matrix position_encoding(Index n_words, Index d) {
    unless(n_words >= 0, "a negative number of words");
    unless(d >= 1, "no features");
    const auto J = static_cast<Scalar>(n_words), D = static_cast<Scalar>(d);
    return Matrix::NullaryExpr(n_words, d, [&](Index row, Index column) {
        const auto j = static_cast<Scalar>(row + 1), k = static_cast<Scalar>(column + 1);
        return ((J - j) * D - k * (J - 2 * j)) / (J * D);
    });
}

RowVector encode_sentence(const TokenIds& sentence, const Matrix& embedding, Encoding encoding) {
    switch (encoding) {
        case Encoding::bag_of_words:
            return bag_of_words(sentence, embedding);
        case Encoding::position:
            break;
    }
    RowVector result = RowVector::Zero(embedding.cols());
    if (sentence.empty()) return result;
    const Matrix l = position_encoding(std::ssize(sentence), embedding.cols());
    std::ranges::for_each(std::views::iota(Index{0}, std::ssize(sentence)), [&](Index j) {
        result.array() += l.row(j).array() * row_of(embedding, sentence[static_cast<std::size_t>(j)]).array();
    });
    return result;
}

Matrix encode_story(const Story& story, const Matrix& embedding, const std::optional<Matrix>& temporal,
                    Encoding encoding) {
    const Index n = std::ssize(story);
    Matrix memory = Matrix::Zero(n, embedding.cols());
    if (temporal) {
        unless(temporal->cols() == embedding.cols(), "a temporal table of another width");
        unless(temporal->rows() >= n, "a temporal table that is too short");
        for (Index age = 0; age < n; ++age) memory.row(n - 1 - age) = temporal->row(age);
    }
    Index i = 0;
    for (const TokenIds& sentence : story) memory.row(i++) += encode_sentence(sentence, embedding, encoding);
    return memory;
}

HopResult hop(const RowVector& u, const Matrix& memory_in, const Matrix& memory_out) {
    unless(u.size() == memory_in.cols(), "u is not as wide as the memory");
    unless(memory_in.rows() == memory_out.rows(), "two memories of different length");
    unless(memory_in.cols() == memory_out.cols(), "two memories of different width");
    HopResult result{RowVector::Zero(u.size()), RowVector(memory_in.rows())};
    if (memory_in.rows() == 0) return result;
    std::vector<Scalar> scores;
    std::ranges::transform(std::views::iota(Index{0}, memory_in.rows()), std::back_inserter(scores), [&](Index i) {
        const auto slot = memory_in.row(i);
        return std::inner_product(slot.begin(), slot.end(), u.begin(), Scalar{0});
    });
    std::transform(scores.begin(), scores.end(), result.weights.begin(),
                   [whole = log_sum_exp(scores)](Scalar score) { return std::exp(score - whole); });
    for (Index i = 0; i < memory_out.rows(); ++i) result.output += result.weights(i) * memory_out.row(i);
    return result;
}

Answer answer_adjacent(const Story& story, const TokenIds& question, const AdjacentModel& model, Encoding encoding) {
    const auto& tables = model.embeddings;
    unless(tables.size() >= 2, "fewer than two embeddings");
    unless(std::ranges::all_of(
               tables,
               [&](const Matrix& one) { return one.rows() == tables[0].rows() && one.cols() == tables[0].cols(); }),
           "embeddings of different shapes");
    unless(model.temporal.empty() || model.temporal.size() == tables.size(),
           "not one temporal table for each embedding");
    std::vector<Hop> hops;
    Matrix in = encode_story(story, tables[0], table(model.temporal, 0), encoding);
    for (std::size_t k = 1; k < tables.size(); ++k) {
        Matrix out = encode_story(story, tables[k], table(model.temporal, k), encoding);
        hops.emplace_back([in = std::move(in), out](const RowVector& u, RowVector& weights) -> RowVector {
            HopResult found = hop(u, in, out);
            weights.swap(found.weights);
            return u + found.output;
        });
        in = std::move(out);
    }
    return run(encode_sentence(question, tables[0], encoding), hops, std::ssize(story),
               [&](const RowVector& u) -> RowVector { return u * tables.back().transpose(); });
}

Answer answer_layer_wise(const Story& story, const TokenIds& question, const LayerWiseModel& model, Index n_hops,
                         Encoding encoding) {
    const auto& [b, a, c, t_a, t_c, h, w] = model;
    unless(n_hops > 0, "no hops");
    unless(a.rows() == b.rows() && c.rows() == b.rows() && a.cols() == b.cols() && c.cols() == b.cols(),
           "B, A and C differ");
    unless(h.rows() == b.cols() && h.cols() == b.cols(), "H is not d x d");
    unless(w.rows() == b.cols(), "W has not d rows");
    const Hop step = [in = encode_story(story, a, t_a, encoding), out = encode_story(story, c, t_c, encoding),
                      &turn = h](const RowVector& u, RowVector& weights) -> RowVector {
        const HopResult found = hop(u, in, out);
        weights = found.weights;
        return u * turn + found.output;
    };
    return run(encode_sentence(question, b, encoding), std::vector<Hop>(static_cast<std::size_t>(n_hops), step),
               std::ssize(story), [&answer = w](const RowVector& u) -> RowVector { return u * answer; });
}

}  // namespace memory_network
