// A right solution one query at a time: a small class carries its maximum, sum and output; tiles are only walked
// through. The scale goes into the query, and a row of the backward pass is a closure over its tile.
#include "flash_attention.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <stdexcept>

namespace flash_attention {

namespace {

constexpr Scalar unseen = -std::numeric_limits<Scalar>::infinity();

void check(std::initializer_list<bool> conditions) {
    if (std::ranges::find(conditions, false) != conditions.end()) throw std::invalid_argument("a misfit");
}

Scalar shrink(Scalar from, Scalar to) { return from == unseen ? Scalar{0} : std::exp(from - to); }

class Carried {
public:
    Carried(Scalar maximum, Scalar sum, const RowVector& output) : partial{maximum, sum}, output_(output) {}
    void see(Scalar score, const auto& value) {
        const Partial next = merge(partial, {score, 1});
        output_ *= shrink(partial.maximum, next.maximum);
        output_ += shrink(score, next.maximum) * value;
        partial = next;
    }
    const RowVector& output() const { return output_; }
    Partial partial;

private:
    RowVector output_;
};

bool sees(const Tiling& tiling, Index i, Index j, Index n_queries, Index n_keys) {
    return !tiling.causal || j - n_keys <= i - n_queries;
}

}  // namespace

Partial summarize(const RowVector& scores) {
    Partial all{unseen, 0};
    for (const Scalar score : scores)
        if (score != unseen) all = merge(all, Partial{score, 1});
    return all;
}

Partial merge(const Partial& left, const Partial& right) {
    if (left.maximum < right.maximum) return merge(right, left);
    if (left.maximum == unseen) return {unseen, 0};
    return {left.maximum, left.sum + right.sum * std::exp(right.maximum - left.maximum)};
}

RowVector online_softmax(const RowVector& scores, Index chunk) {
    check({chunk >= 1});
    const Index n = scores.size();
    const std::function<Partial(Index)> from = [&](Index begin) -> Partial {
        if (begin >= n) return {unseen, 0};
        const Index length = std::min(chunk, n - begin);
        return merge(summarize(scores.segment(begin, length)),
                     length < n - begin ? from(begin + length) : Partial{unseen, 0});
    };
    const Partial all = from(0);
    RowVector weights = RowVector::Zero(n);
    if (all.sum > 0)
        std::transform(scores.begin(), scores.end(), weights.begin(),
                       [&](Scalar x) { return shrink(x, all.maximum) / all.sum; });
    return weights;
}

Running absorb_tile(const Running& running, const Matrix& query, const Matrix& key, const Matrix& value,
                    const Mask& visible) {
    check({running.maximum.size() == query.rows(), running.sum.size() == query.rows(),
           running.output.rows() == query.rows(), running.output.cols() == value.cols(), query.cols() == key.cols(),
           key.rows() == value.rows(),
           visible.size() == 0 || (visible.rows() == query.rows() && visible.cols() == key.rows())});
    Running next = running;
    for (Index i = 0; i < query.rows(); ++i) {
        const RowVector scaled = query.row(i) / std::sqrt(static_cast<Scalar>(query.cols()));
        Carried carried(running.maximum(i), running.sum(i), running.output.row(i));
        for (Index j = 0; j < key.rows(); ++j)
            if (visible.size() == 0 || visible(i, j)) carried.see(scaled.dot(key.row(j)), value.row(j));
        next.maximum(i) = carried.partial.maximum;
        next.sum(i) = carried.partial.sum;
        next.output.row(i) = carried.output();
    }
    return next;
}

Forward finish(const Running& running) {
    check({running.maximum.size() == running.sum.size(), running.sum.size() == running.output.rows()});
    Forward forward{running.output, running.maximum + running.sum.array().log().matrix()};
    for (Index i = 0; i < running.output.rows(); ++i) {
        if (running.maximum(i) == unseen) {
            forward.output.row(i).setZero();
            forward.log_sum_exp(i) = unseen;
        } else {
            forward.output.row(i) /= running.sum(i);
        }
    }
    return forward;
}

std::vector<Tile> tiles(Index n_queries, Index n_keys, const Tiling& tiling) {
    check({tiling.query_block >= 1, tiling.key_block >= 1, n_queries >= 0, n_keys >= 1,
           !tiling.causal || n_queries <= n_keys});
    std::vector<Tile> list;
    for (Index q = 0; q < n_queries;) {
        const Index q_end = tiling.query_block < n_queries - q ? q + tiling.query_block : n_queries;
        for (Index k = 0; k < n_keys;) {
            const Index k_end = tiling.key_block < n_keys - k ? k + tiling.key_block : n_keys;
            if (sees(tiling, q_end - 1, k, n_queries, n_keys))
                list.push_back({q, q_end, k, k_end, !sees(tiling, q, k_end - 1, n_queries, n_keys)});
            k = k_end;
        }
        q = q_end;
    }
    return list;
}

Forward forward(const Matrix& query, const Matrix& key, const Matrix& value, const Tiling& tiling) {
    check({query.cols() == key.cols(), key.rows() == value.rows()});
    const Index n = query.rows(), m = key.rows();
    Running running{RowVector::Constant(n, unseen), RowVector::Zero(n), Matrix::Zero(n, value.cols())};
    for (const Tile& tile : tiles(n, m, tiling)) {
        const Index nq = tile.query_end - tile.query_begin, nk = tile.key_end - tile.key_begin;
        const Mask visible = Mask::NullaryExpr(
            nq, nk, [&](Index i, Index j) { return sees(tiling, tile.query_begin + i, tile.key_begin + j, n, m); });
        const Running part =
            absorb_tile({running.maximum.segment(tile.query_begin, nq), running.sum.segment(tile.query_begin, nq),
                         running.output.middleRows(tile.query_begin, nq)},
                        query.middleRows(tile.query_begin, nq), key.middleRows(tile.key_begin, nk),
                        value.middleRows(tile.key_begin, nk), visible);
        running.maximum.segment(tile.query_begin, nq) = part.maximum;
        running.sum.segment(tile.query_begin, nq) = part.sum;
        running.output.middleRows(tile.query_begin, nq) = part.output;
    }
    return finish(running);
}

RowVector row_dots(const Matrix& output, const Matrix& output_gradient) {
    check({output.rows() == output_gradient.rows(), output.cols() == output_gradient.cols()});
    return RowVector::NullaryExpr(output.rows(), [&](Index i) { return output.row(i).dot(output_gradient.row(i)); });
}

Gradients backward(const Matrix& query, const Matrix& key, const Matrix& value, const Forward& result,
                   const Matrix& output_gradient, const Tiling& tiling) {
    check({query.cols() == key.cols(), key.rows() == value.rows(), result.output.rows() == query.rows(),
           result.output.cols() == value.cols(), result.log_sum_exp.size() == query.rows()});
    const RowVector dots = row_dots(result.output, output_gradient);
    const Scalar scale = 1 / std::sqrt(static_cast<Scalar>(key.cols()));
    Gradients gradients{Matrix::Zero(query.rows(), query.cols()), Matrix::Zero(key.rows(), key.cols()),
                        Matrix::Zero(value.rows(), value.cols())};
    for (const Tile& tile : tiles(query.rows(), key.rows(), tiling))
        for (Index j = tile.key_begin; j < tile.key_end; ++j)
            for (Index i = tile.query_begin; i < tile.query_end; ++i) {
                if (!sees(tiling, i, j, query.rows(), key.rows())) continue;
                const RowVector scaled = query.row(i) * scale;
                const Scalar weight = std::exp(scaled.dot(key.row(j)) - result.log_sum_exp(i));
                gradients.value.row(j) += weight * output_gradient.row(i);
                const Scalar slope = weight * (output_gradient.row(i).dot(value.row(j)) - dots(i));
                gradients.query.row(i) += slope * scale * key.row(j);
                gradients.key.row(j) += slope * scaled;
            }
    return gradients;
}

}  // namespace flash_attention
