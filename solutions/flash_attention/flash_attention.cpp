// Reference: attention in tiles, forward and backward, without the matrix of scores.
#include "flash_attention.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <string>

namespace flash_attention {

namespace {

constexpr auto infinity = std::numeric_limits<Scalar>::infinity();

void require(bool fits, const std::string& sentence) {
    if (!fits) throw std::invalid_argument(sentence);
}

void require_equal(Index found, Index due, const std::string& what) {
    require(found == due, what + ": " + std::to_string(found) + " and " + std::to_string(due));
}

void require_shape(const Matrix& matrix, Index rows, Index columns, const std::string& what) {
    require_equal(matrix.rows(), rows, "rows of " + what);
    require_equal(matrix.cols(), columns, "columns of " + what);
}

void require_fit(const Matrix& query, const Matrix& key, const Matrix& value) {
    require_equal(key.cols(), query.cols(), "features of keys and queries");
    require_equal(value.rows(), key.rows(), "values and keys");
}

/// By what a sum relative to `before` is multiplied to be relative to `now`. Of nothing, nothing is left.
Scalar rescaling(Scalar before, Scalar now) { return before == -infinity ? 0 : std::exp(before - now); }

/// (n_queries x n_keys), with -infinity where the mask, if there is one, is false.
Matrix scores_of(const Matrix& query, const Matrix& key, const Mask& visible) {
    Matrix scores = query * key.transpose() / std::sqrt(static_cast<Scalar>(query.cols()));
    if (visible.size() > 0) scores = visible.select(scores, -infinity);
    return scores;
}

/// What a query does not see weighs nothing: Eigen's exp(-infinity) is 5.6e-309, and a value of 1e308 would show.
void hide(Matrix& weights, const Mask& visible, Index row) {
    if (visible.size() > 0) weights.row(row).array() *= visible.row(row).cast<Scalar>();
}

/// Who sees whom in a tile; 0 x 0 if everybody sees everything. `shift` is n_keys - n_queries.
Mask visible_in(const Tile& tile, Index shift) {
    if (!tile.partly_hidden) return {};
    Mask visible(tile.query_end - tile.query_begin, tile.key_end - tile.key_begin);
    for (Index i = 0; i < visible.rows(); ++i) {
        for (Index j = 0; j < visible.cols(); ++j) visible(i, j) = tile.key_begin + j <= tile.query_begin + i + shift;
    }
    return visible;
}

Matrix queries_of(const Tile& tile, const Matrix& rows) {
    return rows.middleRows(tile.query_begin, tile.query_end - tile.query_begin);
}

Matrix keys_of(const Tile& tile, const Matrix& rows) {
    return rows.middleRows(tile.key_begin, tile.key_end - tile.key_begin);
}

Running nothing_seen(Index n_queries, Index d_v) {
    return {RowVector::Constant(n_queries, -infinity), RowVector::Zero(n_queries), Matrix::Zero(n_queries, d_v)};
}

}  // namespace

Partial summarize(const RowVector& scores) {
    const Scalar maximum = scores.size() == 0 ? -infinity : scores.maxCoeff();
    if (maximum == -infinity) return {-infinity, 0};
    return {maximum, (scores.array() - maximum).exp().sum()};
}

Partial merge(const Partial& left, const Partial& right) {
    const Scalar maximum = std::max(left.maximum, right.maximum);
    return {maximum, left.sum * rescaling(left.maximum, maximum) + right.sum * rescaling(right.maximum, maximum)};
}

RowVector online_softmax(const RowVector& scores, Index chunk) {
    require(chunk >= 1, "a chunk of " + std::to_string(chunk) + " scores");
    Partial all{-infinity, 0};
    for (Index begin = 0; begin < scores.size(); begin += chunk)
        all = merge(all, summarize(scores.segment(begin, std::min(chunk, scores.size() - begin))));
    if (all.sum == 0) return RowVector::Zero(scores.size());
    return (scores.array() - all.maximum).exp() / all.sum;
}

Running absorb_tile(const Running& running, const Matrix& query, const Matrix& key, const Matrix& value,
                    const Mask& visible) {
    require_fit(query, key, value);
    require_equal(running.maximum.size(), query.rows(), "running maxima and queries");
    require_equal(running.sum.size(), query.rows(), "running sums and queries");
    require_shape(running.output, query.rows(), value.cols(), "the running output");
    require(visible.size() == 0 || (visible.rows() == query.rows() && visible.cols() == key.rows()),
            "the mask has not one row a query and one column a key");
    Running updated = running;
    Matrix weights = scores_of(query, key, visible);  // n_queries x n_keys
    for (Index i = 0; i < query.rows(); ++i) {
        const Scalar maximum = std::max(running.maximum(i), weights.row(i).maxCoeff());
        if (maximum == -infinity) {
            weights.row(i).setZero();
            continue;
        }
        weights.row(i) = (weights.row(i).array() - maximum).exp();
        hide(weights, visible, i);
        const Scalar factor = rescaling(running.maximum(i), maximum);
        updated.maximum(i) = maximum;
        updated.sum(i) = factor * running.sum(i) + weights.row(i).sum();
        updated.output.row(i) *= factor;
    }
    updated.output.noalias() += weights * value;
    return updated;
}

Forward finish(const Running& running) {
    require_equal(running.maximum.size(), running.output.rows(), "running maxima and outputs");
    require_equal(running.sum.size(), running.output.rows(), "running sums and outputs");
    const RowVector divisors = (running.sum.array() == 0).select(1, running.sum);
    const RowVector log_sum_exp =
        (running.sum.array() == 0).select(-infinity, running.maximum.array() + divisors.array().log());
    return {divisors.cwiseInverse().asDiagonal() * running.output, log_sum_exp};
}

std::vector<Tile> tiles(Index n_queries, Index n_keys, const Tiling& tiling) {
    require(tiling.query_block >= 1 && tiling.key_block >= 1, "a tile has at least one query and one key");
    require(n_queries >= 0 && n_keys >= 1, "there are no keys, or less than no queries");
    require(!tiling.causal || n_queries <= n_keys, "more queries than keys, and the future is hidden");
    const Index shift = tiling.causal ? n_keys - n_queries : n_keys;  // query i sees the keys up to i + shift
    std::vector<Tile> needed;
    for (Index q = 0; q < n_queries; q += tiling.query_block) {
        const Index q_end = std::min(q + tiling.query_block, n_queries);
        const Index seen = std::min(q_end + shift, n_keys);  // by the last query
        for (Index k = 0; k < seen; k += tiling.key_block) {
            const Index k_end = std::min(k + tiling.key_block, n_keys);
            needed.push_back({q, q_end, k, k_end, k_end - 1 > q + shift});
        }
    }
    return needed;
}

Forward forward(const Matrix& query, const Matrix& key, const Matrix& value, const Tiling& tiling) {
    require_fit(query, key, value);
    Forward result{Matrix::Zero(query.rows(), value.cols()), RowVector::Zero(query.rows())};
    Running running;
    for (const Tile& tile : tiles(query.rows(), key.rows(), tiling)) {
        const Index begin = tile.query_begin, count = tile.query_end - begin;
        if (tile.key_begin == 0) running = nothing_seen(count, value.cols());
        running = absorb_tile(running, queries_of(tile, query), keys_of(tile, key), keys_of(tile, value),
                              visible_in(tile, key.rows() - query.rows()));
        const Forward so_far = finish(running);  // of the last tile: for good
        result.output.middleRows(begin, count) = so_far.output;
        result.log_sum_exp.segment(begin, count) = so_far.log_sum_exp;
    }
    return result;
}

RowVector row_dots(const Matrix& output, const Matrix& output_gradient) {
    require_shape(output_gradient, output.rows(), output.cols(), "the output and its gradient");
    return output.cwiseProduct(output_gradient).rowwise().sum();
}

Gradients backward(const Matrix& query, const Matrix& key, const Matrix& value, const Forward& result,
                   const Matrix& output_gradient, const Tiling& tiling) {
    require_fit(query, key, value);
    require_shape(result.output, query.rows(), value.cols(), "the output");
    require_equal(result.log_sum_exp.size(), query.rows(), "log-sum-exps and queries");
    const RowVector dots = row_dots(result.output, output_gradient);
    const Scalar scale = 1 / std::sqrt(static_cast<Scalar>(query.cols()));
    Gradients gradients{Matrix::Zero(query.rows(), query.cols()), Matrix::Zero(key.rows(), key.cols()),
                        Matrix::Zero(value.rows(), value.cols())};
    for (const Tile& tile : tiles(query.rows(), key.rows(), tiling)) {
        const Matrix q = queries_of(tile, query), k = keys_of(tile, key), above = queries_of(tile, output_gradient);
        const Mask visible = visible_in(tile, key.rows() - query.rows());
        Matrix weights = scores_of(q, k, visible);
        Matrix score_gradient = above * keys_of(tile, value).transpose();
        for (Index i = 0; i < q.rows(); ++i) {
            const Index row = tile.query_begin + i;
            weights.row(i) = (weights.row(i).array() - result.log_sum_exp(row)).exp();
            hide(weights, visible, i);
            score_gradient.row(i) = weights.row(i).array() * (score_gradient.row(i).array() - dots(row));
        }
        gradients.value.middleRows(tile.key_begin, k.rows()) += weights.transpose() * above;
        gradients.query.middleRows(tile.query_begin, q.rows()) += scale * score_gradient * k;
        gradients.key.middleRows(tile.key_begin, k.rows()) += scale * score_gradient.transpose() * q;
    }
    return gradients;
}

}  // namespace flash_attention
