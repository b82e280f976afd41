// A right solution of plain loops over numbers: nothing of Eigen's but element access.
#include "flash_attention.hpp"

#include <cmath>
#include <stdexcept>

namespace flash_attention {

static const Scalar none = -INFINITY;

static void check(bool fine) {
    if (!fine) throw std::invalid_argument("these arguments do not fit");
}

Partial summarize(const RowVector& scores) {
    Partial seen{none, 0};
    for (Index j = 0; j < scores.size(); ++j) {
        const Scalar score = scores(j);
        if (score == none) continue;
        if (score > seen.maximum) {
            seen.sum = seen.maximum == none ? 1 : seen.sum * std::exp(seen.maximum - score) + 1;
            seen.maximum = score;
        } else {
            seen.sum += std::exp(score - seen.maximum);
        }
    }
    return seen;
}

Partial merge(const Partial& left, const Partial& right) {
    if (left.maximum == none) return right;
    if (right.maximum == none) return left;
    if (left.maximum < right.maximum) return merge(right, left);
    return {left.maximum, left.sum + right.sum * std::exp(right.maximum - left.maximum)};
}

RowVector online_softmax(const RowVector& scores, Index chunk) {
    check(chunk > 0);
    Partial all{none, 0};
    for (Index begin = 0; begin < scores.size(); begin += chunk) {
        Index count = 0;
        while (count < chunk && begin + count < scores.size()) ++count;
        RowVector piece(count);
        for (Index j = 0; j < count; ++j) piece(j) = scores(begin + j);
        all = merge(all, summarize(piece));
    }
    RowVector weights(scores.size());
    for (Index j = 0; j < scores.size(); ++j)
        weights(j) = scores(j) == none ? 0 : std::exp(scores(j) - all.maximum) / all.sum;
    return weights;
}

Running absorb_tile(const Running& running, const Matrix& query, const Matrix& key, const Matrix& value,
                    const Mask& visible) {
    const bool masked = visible.rows() != 0 || visible.cols() != 0;
    check(query.cols() == key.cols() && key.rows() == value.rows());
    check(running.maximum.size() == query.rows() && running.sum.size() == query.rows());
    check(running.output.rows() == query.rows() && running.output.cols() == value.cols());
    check(!masked || (visible.rows() == query.rows() && visible.cols() == key.rows()));
    Running after = running;
    const Scalar root = std::sqrt(static_cast<Scalar>(query.cols()));
    for (Index i = 0; i < query.rows(); ++i) {
        Scalar& maximum = after.maximum(i);
        Scalar& sum = after.sum(i);
        for (Index j = 0; j < key.rows(); ++j) {
            if (masked && !visible(i, j)) continue;
            Scalar score = 0;
            for (Index f = 0; f < query.cols(); ++f) score += query(i, f) * key(j, f);
            score /= root;
            if (score > maximum) {
                const Scalar factor = std::exp(maximum - score);
                sum *= factor;
                for (Index c = 0; c < value.cols(); ++c) after.output(i, c) *= factor;
                maximum = score;
            }
            const Scalar weight = std::exp(score - maximum);
            sum += weight;
            for (Index c = 0; c < value.cols(); ++c) after.output(i, c) += weight * value(j, c);
        }
    }
    return after;
}

Forward finish(const Running& running) {
    check(running.maximum.size() == running.output.rows() && running.sum.size() == running.output.rows());
    Forward result{running.output, RowVector(running.sum.size())};
    for (Index i = 0; i < running.sum.size(); ++i) {
        const bool seen = running.sum(i) > 0;
        for (Index c = 0; c < running.output.cols(); ++c)
            result.output(i, c) = seen ? running.output(i, c) / running.sum(i) : 0;
        result.log_sum_exp(i) = seen ? running.maximum(i) + std::log(running.sum(i)) : none;
    }
    return result;
}

std::vector<Tile> tiles(Index n_queries, Index n_keys, const Tiling& tiling) {
    check(tiling.query_block > 0 && tiling.key_block > 0 && n_queries >= 0 && n_keys > 0);
    check(!tiling.causal || n_keys >= n_queries);
    std::vector<Tile> list;
    for (Index q = 0; q < n_queries; q += tiling.query_block) {
        for (Index k = 0; k < n_keys; k += tiling.key_block) {
            Tile tile{q, q + tiling.query_block, k, k + tiling.key_block, false};
            if (tile.query_end > n_queries) tile.query_end = n_queries;
            if (tile.key_end > n_keys) tile.key_end = n_keys;
            const Index first_sees = q + n_keys - n_queries, last_sees = tile.query_end - 1 + n_keys - n_queries;
            if (tiling.causal && last_sees < k) continue;
            tile.partly_hidden = tiling.causal && first_sees < tile.key_end - 1;
            list.push_back(tile);
        }
    }
    return list;
}

Forward forward(const Matrix& query, const Matrix& key, const Matrix& value, const Tiling& tiling) {
    const Index n = query.rows(), shift = key.rows() - n;
    check(query.cols() == key.cols() && key.rows() == value.rows());
    Running running{RowVector(n), RowVector(n), Matrix(n, value.cols())};
    for (Index i = 0; i < n; ++i) {
        running.maximum(i) = none, running.sum(i) = 0;
        for (Index c = 0; c < value.cols(); ++c) running.output(i, c) = 0;
    }
    const Scalar root = std::sqrt(static_cast<Scalar>(query.cols()));
    for (const Tile& tile : tiles(n, key.rows(), tiling)) {
        for (Index i = tile.query_begin; i < tile.query_end; ++i) {
            for (Index j = tile.key_begin; j < tile.key_end; ++j) {
                if (tiling.causal && j > i + shift) break;
                Scalar score = 0;
                for (Index f = 0; f < query.cols(); ++f) score += query(i, f) * key(j, f);
                score /= root;
                if (score > running.maximum(i)) {
                    const Scalar factor = std::exp(running.maximum(i) - score);
                    running.sum(i) *= factor;
                    for (Index c = 0; c < value.cols(); ++c) running.output(i, c) *= factor;
                    running.maximum(i) = score;
                }
                const Scalar weight = std::exp(score - running.maximum(i));
                running.sum(i) += weight;
                for (Index c = 0; c < value.cols(); ++c) running.output(i, c) += weight * value(j, c);
            }
        }
    }
    return finish(running);
}

RowVector row_dots(const Matrix& output, const Matrix& output_gradient) {
    check(output.rows() == output_gradient.rows() && output.cols() == output_gradient.cols());
    RowVector dots(output.rows());
    for (Index i = 0; i < output.rows(); ++i) {
        dots(i) = 0;
        for (Index c = 0; c < output.cols(); ++c) dots(i) += output(i, c) * output_gradient(i, c);
    }
    return dots;
}

Gradients backward(const Matrix& query, const Matrix& key, const Matrix& value, const Forward& result,
                   const Matrix& output_gradient, const Tiling& tiling) {
    check(query.cols() == key.cols() && key.rows() == value.rows());
    check(result.output.rows() == query.rows() && result.output.cols() == value.cols());
    check(result.log_sum_exp.size() == query.rows());
    const RowVector dots = row_dots(result.output, output_gradient);
    const Index shift = key.rows() - query.rows();
    const Scalar root = std::sqrt(static_cast<Scalar>(query.cols()));
    Gradients sums{query, key, value};
    for (Matrix* each : {&sums.query, &sums.key, &sums.value}) each->setZero();
    for (const Tile& tile : tiles(query.rows(), key.rows(), tiling)) {
        for (Index i = tile.query_begin; i < tile.query_end; ++i) {
            for (Index j = tile.key_begin; j < tile.key_end; ++j) {
                if (tiling.causal && j > i + shift) break;
                Scalar score = 0, product = 0;
                for (Index f = 0; f < query.cols(); ++f) score += query(i, f) * key(j, f);
                for (Index c = 0; c < value.cols(); ++c) product += output_gradient(i, c) * value(j, c);
                const Scalar weight = std::exp(score / root - result.log_sum_exp(i));
                const Scalar of_score = weight * (product - dots(i)) / root;
                for (Index c = 0; c < value.cols(); ++c) sums.value(j, c) += weight * output_gradient(i, c);
                for (Index f = 0; f < query.cols(); ++f) {
                    sums.query(i, f) += of_score * key(j, f);
                    sums.key(j, f) += of_score * query(i, f);
                }
            }
        }
    }
    return sums;
}

}  // namespace flash_attention
