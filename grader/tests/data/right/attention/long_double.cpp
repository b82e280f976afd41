// A right solution in long double: every sum runs backwards in 80 bits and is rounded once, at the end.
#include "attention.hpp"

#include <cmath>
#include <limits>
#include <stdexcept>
#include <vector>

namespace attention {

namespace {

using Long = long double;
using Table = std::vector<std::vector<Long>>;

Table widened(const Matrix& matrix) {
    Table table(static_cast<std::size_t>(matrix.rows()), std::vector<Long>(static_cast<std::size_t>(matrix.cols())));
    for (Index i = 0; i < matrix.rows(); ++i)
        for (Index j = 0; j < matrix.cols(); ++j)
            table[static_cast<std::size_t>(i)][static_cast<std::size_t>(j)] = matrix(i, j);
    return table;
}

Matrix rounded(const Table& table, Index rows, Index columns) {
    Matrix matrix(rows, columns);
    for (Index i = 0; i < rows; ++i)
        for (Index j = 0; j < columns; ++j)
            matrix(i, j) = static_cast<Scalar>(table[static_cast<std::size_t>(i)][static_cast<std::size_t>(j)]);
    return matrix;
}

Long dot(const std::vector<Long>& a, const std::vector<Long>& b) {
    Long sum = 0;
    for (std::size_t k = a.size(); k-- > 0;) sum += a[k] * b[k];
    return sum;
}

Table turned(const Table& table, std::size_t columns) {
    Table result(columns, std::vector<Long>(table.size()));
    for (std::size_t i = 0; i < table.size(); ++i)
        for (std::size_t j = 0; j < columns; ++j) result[j][i] = table[i][j];
    return result;
}

Table product(const Table& left, const Table& right, Index columns) {
    const Table across = turned(right, static_cast<std::size_t>(columns));
    Table result(left.size(), std::vector<Long>(across.size()));
    for (std::size_t i = 0; i < left.size(); ++i)
        for (std::size_t j = 0; j < across.size(); ++j) result[i][j] = dot(left[i], across[j]);
    return result;
}

void share_out(std::vector<Long>& row) {
    constexpr Long nothing = -std::numeric_limits<Long>::infinity();
    Long top = nothing, sum = 0;
    for (const Long score : row) top = score > top ? score : top;
    for (std::size_t k = row.size(); k-- > 0;) sum += row[k] = top == nothing ? 0 : std::exp(row[k] - top);
    for (Long& weight : row) weight = sum > 0 ? weight / sum : 0;
}

[[noreturn]] void refuse(const char* why) { throw std::invalid_argument(why); }

AttentionResult read_out(Table scores, Index n_keys, const Matrix& value, const Mask& mask) {
    const auto n_queries = static_cast<Index>(scores.size());
    if (n_keys != value.rows()) refuse("keys and values");
    const bool masked = mask.rows() != 0 || mask.cols() != 0;
    if (masked && (mask.rows() != n_queries || mask.cols() != n_keys)) refuse("mask");
    for (Index i = 0; i < n_queries; ++i) {
        auto& row = scores[static_cast<std::size_t>(i)];
        for (Index j = 0; masked && j < n_keys; ++j)
            if (!mask(i, j)) row[static_cast<std::size_t>(j)] = -std::numeric_limits<Long>::infinity();
        share_out(row);
    }
    return {rounded(product(scores, widened(value), value.cols()), n_queries, value.cols()),
            rounded(scores, n_queries, n_keys)};
}

Table compared(const Table& query, const Table& key) {
    Table scores(query.size(), std::vector<Long>(key.size()));
    for (std::size_t i = 0; i < query.size(); ++i)
        for (std::size_t j = 0; j < key.size(); ++j) scores[i][j] = dot(query[i], key[j]);
    return scores;
}

AttentionResult scaled(const Table& query, const Table& key, Index d_k, const Matrix& value, const Mask& mask) {
    Table scores = compared(query, key);
    const Long root = std::sqrt(static_cast<Long>(d_k));
    for (auto& row : scores)
        for (Long& score : row) score /= root;
    return read_out(scores, static_cast<Index>(key.size()), value, mask);
}

}  // namespace

Matrix softmax_rows(const Matrix& scores) {
    Table table = widened(scores);
    for (auto& row : table) share_out(row);
    return rounded(table, scores.rows(), scores.cols());
}

Mask causal_mask(Index n_queries, Index n_keys) {
    Mask mask(n_queries, n_keys);
    for (Index back = 1; back <= n_queries; ++back)
        for (Index j = 0; j < n_keys; ++j) mask(n_queries - back, j) = j + back <= n_keys;
    return mask;
}

Mask padding_mask(Index n_queries, const std::vector<bool>& key_is_token) {
    Mask mask(n_queries, static_cast<Index>(key_is_token.size()));
    for (Index i = 0; i < mask.size(); ++i)
        mask.data()[i] = key_is_token[static_cast<std::size_t>(i) % key_is_token.size()];
    return mask;
}

AttentionResult scaled_dot_product_attention(const Matrix& query, const Matrix& key, const Matrix& value) {
    return masked_attention(query, key, value, {});
}

AttentionResult masked_attention(const Matrix& query, const Matrix& key, const Matrix& value, const Mask& mask) {
    if (query.cols() != key.cols()) refuse("d_k");
    return scaled(widened(query), widened(key), key.cols(), value, mask);
}

AttentionResult self_attention(const Matrix& tokens, const Projections& projections, const Mask& mask) {
    return cross_attention(tokens, tokens, projections, mask);
}

AttentionResult cross_attention(const Matrix& tokens, const Matrix& memory, const Projections& projections,
                                const Mask& mask) {
    const auto& [w_query, w_key, w_value] = projections;
    if (tokens.cols() != w_query.rows() || memory.cols() != w_key.rows() || memory.cols() != w_value.rows())
        refuse("projections");
    if (w_query.cols() != w_key.cols()) refuse("d_k of W_Q and W_K");
    const Table asked = product(widened(tokens), widened(w_query), w_query.cols());
    const Table offered = product(widened(memory), widened(w_key), w_key.cols());
    const Table read = product(widened(memory), widened(w_value), w_value.cols());
    return scaled(asked, offered, w_key.cols(), rounded(read, memory.rows(), w_value.cols()), mask);
}

AttentionResult additive_attention(const Matrix& query, const Matrix& key, const Matrix& value,
                                   const AdditiveWeights& weights, const Mask& mask) {
    const Index d_hidden = weights.v.size();
    if (query.cols() != weights.query.rows() || key.cols() != weights.key.rows()) refuse("W or U");
    if (weights.query.cols() != d_hidden || weights.key.cols() != d_hidden) refuse("hidden units");
    const Table a = product(widened(query), widened(weights.query), d_hidden);
    const Table b = product(widened(key), widened(weights.key), d_hidden);
    Table scores(a.size(), std::vector<Long>(b.size()));
    for (std::size_t i = 0; i < a.size(); ++i)
        for (std::size_t j = 0; j < b.size(); ++j)
            for (Index h = d_hidden - 1; h >= 0; --h)
                scores[i][j] +=
                    weights.v(h) * std::tanh(a[i][static_cast<std::size_t>(h)] + b[j][static_cast<std::size_t>(h)]);
    return read_out(scores, key.rows(), value, mask);
}

AttentionResult bilinear_attention(const Matrix& query, const Matrix& key, const Matrix& value, const Matrix& weight,
                                   const Mask& mask) {
    if (query.cols() != weight.rows() || key.cols() != weight.cols()) refuse("W");
    // q (W k): the right half first.
    const Table seen =
        product(widened(key), turned(widened(weight), static_cast<std::size_t>(weight.cols())), weight.rows());
    return read_out(compared(widened(query), seen), key.rows(), value, mask);
}

}  // namespace attention
