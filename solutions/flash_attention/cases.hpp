// Generated cases of `flash_attention`: from (size, seed) to arguments that each function must accept.
#ifndef QKV_FLASH_ATTENTION_CASES_HPP
#define QKV_FLASH_ATTENTION_CASES_HPP

#include <algorithm>
#include <cmath>
#include <limits>
#include <tuple>

#include "flash_attention.hpp"
#include "testing/cases.hpp"

namespace flash_attention::cases {

using qkv::Case;
using qkv::in_double;

constexpr auto infinity = std::numeric_limits<Scalar>::infinity();

/// In double, else 1: float has too few digits for scores of 10000.
inline Scalar precise(Scalar factor) { return in_double ? factor : 1; }

/// Below what is often taken for "minus infinity".
inline Scalar lowest() { return -precise(std::ldexp(Scalar{1}, 36)); }

/// Scores: ordinary; large; all far below, or far above; often equal; some, the first half, or all never seen; all
/// lower than any other; with weights of all sizes.
inline RowVector scores(Case& drawn, Index n, Index kind) {
    RowVector result = kind == 4 ? drawn.simple_matrix(1, n) : drawn.matrix(1, n);
    if (kind == 1) result *= precise(8192);
    if (kind == 2) result.array() -= precise(65536);
    if (kind == 3) result.array() += precise(65536);
    if (kind == 5) {
        for (Index j = 0; j < n; ++j) result(j) = drawn.flag() ? result(j) : -infinity;
    }
    if (kind == 6) result.head(n / 2).setConstant(-infinity);
    if (kind == 7) result.setConstant(-infinity);
    if (kind == 8) result.array() += lowest();
    if (kind == 9) result *= 8;
    return result;
}

inline auto summarize(Case& drawn) {
    const Index n = drawn.side(0), kind = drawn.one_of(10);
    return std::tuple{scores(drawn, n, kind)};
}

/// Something seen, or nothing.
inline Partial partial(Case& drawn, bool seen) {
    const Scalar maximum = drawn.number(), sum = 1 + drawn.magnitude();
    return seen ? Partial{maximum, sum} : Partial{-infinity, 0};
}

/// Something or nothing on either side; one side so far below that little is left of it, or nothing; both far below.
inline auto merge(Case& drawn) {
    const Index kind = drawn.one_of(10);
    Partial left = partial(drawn, kind != 1 && kind != 3), right = partial(drawn, kind != 2 && kind != 3);
    if (kind == 4) left.maximum += precise(16384);
    if (kind == 5) right.maximum += precise(16384);
    if (kind == 6) right.maximum = left.maximum;
    if (kind == 7) left.maximum += lowest(), right.maximum += lowest();
    if (kind == 8) left.maximum += precise(14);
    if (kind == 9) right.maximum += precise(14);
    return std::tuple{left, right};
}

inline auto online_softmax(Case& drawn) {
    const Index n = drawn.side(0), chunk = drawn.side(), kind = drawn.one_of(10);
    return std::tuple{scores(drawn, n, kind), chunk};
}

/// Queries and keys whose scores are ordinary; each large; all far below or all far above; all 0; steeply rising from
/// key to key; or all equal and lower than any other.
inline std::pair<Matrix, Matrix> queries_and_keys(Case& drawn, Index n_queries, Index n_keys, Index d_k, Index kind) {
    Matrix query = drawn.matrix(n_queries, d_k), key = drawn.matrix(n_keys, d_k);
    if (kind == 1) query *= precise(32), key *= precise(32);
    if (kind == 2 || kind == 3) {
        query.col(0).setConstant(precise(64));
        key.col(0).array() += kind == 2 ? -precise(128) : precise(128);
    }
    if (kind == 4) query.setZero();
    if (kind == 5) {
        query.col(0).setConstant(precise(16));
        for (Index j = 0; j < n_keys; ++j) key(j, 0) = static_cast<Scalar>(j) * precise(16) / 16;
    }
    if (kind == 6) {
        const Scalar root = precise(std::ldexp(Scalar{1}, 18));  // of a score
        query.setZero(), query.col(0).setConstant(root), key.col(0).setConstant(-root);
    }
    return {query, key};
}

/// Nothing seen; something; something far below or far above what comes; or some queries have seen nothing.
inline Running running(Case& drawn, Index n_queries, Index d_v, Index kind) {
    Running result{drawn.row(n_queries), drawn.row(n_queries).array().abs() + 1, drawn.matrix(n_queries, d_v)};
    if (kind == 2) result.maximum.array() -= precise(65536);
    if (kind == 3) result.maximum.array() += precise(65536);
    for (Index i = 0; i < n_queries; ++i) {
        if (kind == 1 || (kind == 4 && !drawn.flag())) {
            result.maximum(i) = -infinity, result.sum(i) = 0;
            result.output.row(i).setZero();
        }
    }
    return result;
}

/// None; any; the first query sees nothing; nobody sees anything.
inline Mask mask(Case& drawn, Index n_queries, Index n_keys, Index kind) {
    if (kind == 0) return {};
    Mask visible = drawn.mask(n_queries, n_keys);
    if (kind == 2 && n_queries > 0) visible.row(0).setConstant(false);
    if (kind == 3) visible.setConstant(false);
    return visible;
}

inline auto absorb_tile(Case& drawn) {
    const Index n_queries = drawn.side(0), n_keys = drawn.side(), d_k = drawn.side(), d_v = drawn.side();
    const Index seen = drawn.one_of(5), hidden = drawn.one_of(4), kind = drawn.one_of(7);
    Running before = running(drawn, n_queries, d_v, seen);
    for (Index i = 0; i < n_queries; i += 2) {  // as high as what comes
        if (kind == 4 && before.sum(i) > 0) before.maximum(i) = 0;
    }
    const auto [query, key] = queries_and_keys(drawn, n_queries, n_keys, d_k, kind);
    const Matrix value = drawn.matrix(n_keys, d_v);
    return std::tuple{before, query, key, value, mask(drawn, n_queries, n_keys, hidden)};
}

inline auto finish(Case& drawn) {
    const Index n_queries = drawn.side(0), d_v = drawn.side(), seen = drawn.one_of(5);
    return std::tuple{running(drawn, n_queries, d_v, seen)};
}

/// How many keys there are, for so many queries: any number, as many, or some more.
inline Index keys_for(Index n_queries, Index n, Index kind) {
    return kind == 0 ? n : std::max<Index>(kind == 1 ? n_queries : n_queries + n, 1);
}

inline auto tiles(Case& drawn) {
    const Index n_queries = drawn.side(0), n = drawn.side(), query_block = drawn.side(), key_block = drawn.side();
    const Index kind = drawn.one_of(4);
    return std::tuple{n_queries, keys_for(n_queries, n, kind % 3), Tiling{query_block, key_block, kind != 0}};
}

inline auto forward(Case& drawn) {
    const Index n_queries = drawn.side(0), n = drawn.side(), d_k = drawn.side(), d_v = drawn.side();
    const Index query_block = drawn.side(), key_block = drawn.side(), kind = drawn.one_of(3), scores = drawn.one_of(7);
    const Index n_keys = keys_for(n_queries, n, kind);
    const auto [query, key] = queries_and_keys(drawn, n_queries, n_keys, d_k, scores);
    return std::tuple{query, key, drawn.matrix(n_keys, d_v), Tiling{query_block, key_block, kind != 0}};
}

inline auto row_dots(Case& drawn) {
    const Index n = drawn.side(0), d_v = drawn.side();
    const Matrix output = drawn.matrix(n, d_v);
    return std::tuple{output, drawn.matrix(n, d_v)};
}

/// About the log-sum-exp of the keys that are seen: what is handed in is used whatever it is.
inline RowVector about_log_sum_exp(Case& drawn, const Matrix& query, const Matrix& key, bool causal) {
    RowVector result(query.rows());
    for (Index i = 0; i < query.rows(); ++i) {
        const Index seen = causal ? i + 1 + key.rows() - query.rows() : key.rows();
        const RowVector row =
            query.row(i) * key.topRows(seen).transpose() / std::sqrt(static_cast<Scalar>(query.cols()));
        result(i) = row.maxCoeff() + drawn.number();
    }
    return result;
}

inline auto backward(Case& drawn) {
    const Index n_queries = drawn.side(0), n = drawn.side(), d_k = drawn.side(), d_v = drawn.side();
    const Index query_block = drawn.side(), key_block = drawn.side(), kind = drawn.one_of(3), scores = drawn.one_of(6);
    const Index n_keys = keys_for(n_queries, n, kind);
    const auto [query, key] = queries_and_keys(drawn, n_queries, n_keys, d_k, scores);
    const Matrix value = drawn.matrix(n_keys, d_v), output = drawn.matrix(n_queries, d_v);
    const RowVector log_sum_exp = about_log_sum_exp(drawn, query, key, kind != 0);
    return std::tuple{query,
                      key,
                      value,
                      Forward{output, log_sum_exp},
                      drawn.matrix(n_queries, d_v),
                      Tiling{query_block, key_block, kind != 0}};
}

/// What the header leaves open: an empty mask of a shape that does not fit.
inline bool is_open(const auto&...) { return false; }
inline bool is_open(const Running&, const Matrix& query, const Matrix& key, const Matrix&, const Mask& visible) {
    const bool none = visible.rows() == 0 && visible.cols() == 0;
    return visible.size() == 0 && !none && (visible.rows() != query.rows() || visible.cols() != key.rows());
}

}  // namespace flash_attention::cases

#endif
