// A right solution that refuses early, computes in long double, and goes key by key where others go query by query.
#include "flash_attention.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <string>
#include <vector>

namespace flash_attention {

using Long = long double;
using Numbers = std::vector<Long>;

static void refuse_unless(bool right, const std::string& why) {
    if (!right) throw std::invalid_argument(why);
}

static void refuse_misfits(const Matrix& query, const Matrix& key, const Matrix& value, const Tiling& tiling) {
    refuse_unless(query.cols() == key.cols(), "queries and keys have other features");
    refuse_unless(key.rows() == value.rows(), "keys and values are not as many");
    refuse_unless(key.rows() >= 1, "no keys");
    refuse_unless(tiling.query_block >= 1 && tiling.key_block >= 1, "an empty tile");
    refuse_unless(!tiling.causal || query.rows() <= key.rows(), "a query before the first key");
}

static Long dot(const Matrix& a, Index i, const Matrix& b, Index j) {
    Long sum = 0;
    for (Index c = 0; c < a.cols(); ++c) sum += static_cast<Long>(a(i, c)) * b(j, c);
    return sum;
}

/// What one query has seen.
struct Seen {
    Long maximum = -INFINITY, sum = 0;
    Numbers output;
};

static void see(Seen& seen, Long score, const Matrix& value, Index j) {
    const Long maximum = std::max(seen.maximum, score);
    const Long factor = seen.sum == 0 ? 0 : std::exp(seen.maximum - maximum), weight = std::exp(score - maximum);
    seen.maximum = maximum;
    seen.sum = seen.sum * factor + weight;
    for (std::size_t c = 0; c < seen.output.size(); ++c)
        seen.output[c] = seen.output[c] * factor + weight * value(j, static_cast<Index>(c));
}

Partial summarize(const RowVector& scores) {
    Scalar maximum = -INFINITY;
    for (const Scalar score : scores) maximum = std::max(maximum, score);
    Long sum = 0;
    for (const Scalar score : scores) sum += score == -INFINITY ? 0 : std::exp(static_cast<Long>(score) - maximum);
    return {maximum, static_cast<Scalar>(sum)};
}

Partial merge(const Partial& left, const Partial& right) {
    if (left.sum == 0 || right.sum == 0) return left.sum == 0 ? right : left;
    const Long difference = static_cast<Long>(left.maximum) - right.maximum;
    return difference > 0 ? Partial{left.maximum, static_cast<Scalar>(left.sum + right.sum * std::exp(-difference))}
                          : Partial{right.maximum, static_cast<Scalar>(right.sum + left.sum * std::exp(difference))};
}

RowVector online_softmax(const RowVector& scores, Index chunk) {
    refuse_unless(chunk >= 1, "an empty chunk");
    Partial all{-INFINITY, 0};
    Index end = scores.size();
    while (end > 0) {  // from the end: the order does not matter
        const Index begin = (end - 1) / chunk * chunk;
        all = merge(summarize(scores.segment(begin, end - begin)), all);
        end = begin;
    }
    RowVector weights = RowVector::Zero(scores.size());
    if (all.sum == 0) return weights;
    for (Index j = 0; j < scores.size(); ++j)
        weights(j) = static_cast<Scalar>(std::exp(static_cast<Long>(scores(j)) - all.maximum) / all.sum);
    return weights;
}

Running absorb_tile(const Running& running, const Matrix& query, const Matrix& key, const Matrix& value,
                    const Mask& visible) {
    const Index n = query.rows();
    refuse_misfits(query, key, value, {1, 1, false});
    refuse_unless(running.maximum.size() == n && running.sum.size() == n && running.output.rows() == n, "running");
    refuse_unless(running.output.cols() == value.cols(), "the output is not as wide as the values");
    const bool masked = visible.size() > 0;
    refuse_unless(!masked || (visible.rows() == n && visible.cols() == key.rows()), "mask");
    Running after = running;
    const Long root = std::sqrt(static_cast<Long>(query.cols()));
    for (Index i = 0; i < n; ++i) {
        Seen seen{running.maximum(i), running.sum(i), {}};
        for (Index c = 0; c < value.cols(); ++c) seen.output.push_back(running.output(i, c));
        for (Index j = key.rows() - 1; j >= 0; --j) {
            if (!masked || visible(i, j)) see(seen, dot(query, i, key, j) / root, value, j);
        }
        after.maximum(i) = static_cast<Scalar>(seen.maximum);
        after.sum(i) = static_cast<Scalar>(seen.sum);
        for (Index c = 0; c < value.cols(); ++c)
            after.output(i, c) = static_cast<Scalar>(seen.output[static_cast<std::size_t>(c)]);
    }
    return after;
}

Forward finish(const Running& running) {
    const Index n = running.output.rows();
    refuse_unless(running.maximum.size() == n && running.sum.size() == n, "maxima, sums and outputs");
    Forward result{Matrix::Zero(n, running.output.cols()), RowVector::Constant(n, -INFINITY)};
    for (Index i = 0; i < n; ++i) {
        if (running.sum(i) == 0) continue;
        result.output.row(i) = running.output.row(i) / running.sum(i);
        result.log_sum_exp(i) = static_cast<Scalar>(running.maximum(i) + std::log(static_cast<Long>(running.sum(i))));
    }
    return result;
}

std::vector<Tile> tiles(Index n_queries, Index n_keys, const Tiling& tiling) {
    refuse_unless(tiling.query_block >= 1, "no rows");
    refuse_unless(tiling.key_block >= 1, "no columns");
    refuse_unless(n_queries >= 0 && n_keys >= 1, "no keys");
    refuse_unless(!tiling.causal || n_queries <= n_keys, "a query before the first key");
    const Index rows = (n_queries + tiling.query_block - 1) / tiling.query_block;
    const Index columns = (n_keys + tiling.key_block - 1) / tiling.key_block;
    std::vector<Tile> list;
    for (Index number = 0; number < rows * columns; ++number) {
        const Index q = number / columns * tiling.query_block, k = number % columns * tiling.key_block;
        const Index q_end = std::min(n_queries, q + tiling.query_block), k_end = std::min(n_keys, k + tiling.key_block);
        Index pairs = 0;  // that are seen
        for (Index i = q; i < q_end; ++i) {
            const Index end = tiling.causal ? i + n_keys - n_queries + 1 : n_keys;
            pairs += std::clamp<Index>(end - k, 0, k_end - k);
        }
        if (pairs > 0) list.push_back({q, q_end, k, k_end, pairs < (q_end - q) * (k_end - k)});
    }
    return list;
}

Forward forward(const Matrix& query, const Matrix& key, const Matrix& value, const Tiling& tiling) {
    refuse_misfits(query, key, value, tiling);
    const Index n = query.rows();
    const Long root = std::sqrt(static_cast<Long>(query.cols()));
    Forward result{Matrix(n, value.cols()), RowVector(n)};
    for (Index i = 0; i < n; ++i) {  // of one query only its own numbers are kept
        Seen seen;
        seen.output.assign(static_cast<std::size_t>(value.cols()), 0);
        const Index end = tiling.causal ? i + key.rows() - n + 1 : key.rows();
        for (Index j = 0; j < end; ++j) see(seen, dot(query, i, key, j) / root, value, j);
        for (Index c = 0; c < value.cols(); ++c)
            result.output(i, c) = static_cast<Scalar>(seen.output[static_cast<std::size_t>(c)] / seen.sum);
        result.log_sum_exp(i) = static_cast<Scalar>(seen.maximum + std::log(seen.sum));
    }
    return result;
}

RowVector row_dots(const Matrix& output, const Matrix& output_gradient) {
    refuse_unless(output.rows() == output_gradient.rows() && output.cols() == output_gradient.cols(), "shapes");
    RowVector dots(output.rows());
    for (Index i = 0; i < output.rows(); ++i) dots(i) = static_cast<Scalar>(dot(output, i, output_gradient, i));
    return dots;
}

Gradients backward(const Matrix& query, const Matrix& key, const Matrix& value, const Forward& result,
                   const Matrix& output_gradient, const Tiling& tiling) {
    refuse_misfits(query, key, value, tiling);
    const Index n = query.rows(), d_k = query.cols(), d_v = value.cols();
    refuse_unless(result.output.rows() == n && result.output.cols() == d_v, "output");
    refuse_unless(result.log_sum_exp.size() == n, "log-sum-exp");
    const RowVector dots = row_dots(result.output, output_gradient);
    const Long root = std::sqrt(static_cast<Long>(d_k));
    Numbers of_query(static_cast<std::size_t>(n * d_k), 0);
    Gradients sums{Matrix(n, d_k), Matrix(key.rows(), d_k), Matrix(key.rows(), d_v)};
    for (Index j = 0; j < key.rows(); ++j) {
        Numbers of_key(static_cast<std::size_t>(d_k), 0), of_value(static_cast<std::size_t>(d_v), 0);
        for (Index i = tiling.causal ? std::max<Index>(0, j - key.rows() + n) : 0; i < n; ++i) {
            const Long weight = std::exp(dot(query, i, key, j) / root - result.log_sum_exp(i));
            const Long of_score = weight * (dot(output_gradient, i, value, j) - dots(i)) / root;
            for (Index c = 0; c < d_v; ++c) of_value[static_cast<std::size_t>(c)] += weight * output_gradient(i, c);
            for (Index f = 0; f < d_k; ++f) {
                of_key[static_cast<std::size_t>(f)] += of_score * query(i, f);
                of_query[static_cast<std::size_t>(i * d_k + f)] += of_score * key(j, f);
            }
        }
        for (Index c = 0; c < d_v; ++c) sums.value(j, c) = static_cast<Scalar>(of_value[static_cast<std::size_t>(c)]);
        for (Index f = 0; f < d_k; ++f) sums.key(j, f) = static_cast<Scalar>(of_key[static_cast<std::size_t>(f)]);
    }
    for (Index i = 0; i < n * d_k; ++i)
        sums.query.data()[i] = static_cast<Scalar>(of_query[static_cast<std::size_t>(i)]);
    return sums;
}

}  // namespace flash_attention
