// A right solution in Eigen's expressions: whole tiles at once, no loop over numbers.
#include "flash_attention.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

namespace flash_attention {

using Column = Eigen::Array<Scalar, Eigen::Dynamic, 1>;

static constexpr Scalar inf = std::numeric_limits<Scalar>::infinity();

static void expect(bool condition, const char* sentence) {
    if (!condition) throw std::invalid_argument(sentence);
}

/// exp(from - to), where what is far below counts as nothing.
static Column factors(const Column& from, const Column& to) {
    return (from == -inf).select(Column::Zero(from.size()), (from - to).exp());
}

Partial summarize(const RowVector& scores) {
    if (scores.size() == 0 || scores.maxCoeff() == -inf) return {-inf, 0};
    return {scores.maxCoeff(), (scores.array() - scores.maxCoeff()).exp().sum()};
}

Partial merge(const Partial& left, const Partial& right) {
    Column maxima(2), sums(2);
    maxima << left.maximum, right.maximum;
    sums << left.sum, right.sum;
    const Column common = Column::Constant(2, maxima.maxCoeff());
    return {common(0), (sums * factors(maxima, common)).sum()};
}

RowVector online_softmax(const RowVector& scores, Index chunk) {
    expect(chunk >= 1, "an empty chunk");
    Partial all{-inf, 0};
    for (Index left = scores.size(); left > 0; left -= std::min(left, chunk))
        all = merge(all, summarize(scores.segment(scores.size() - left, std::min(left, chunk))));
    if (all.maximum == -inf) return 0 * RowVector::Ones(scores.size());
    return (scores.array() - all.maximum - std::log(all.sum)).exp();
}

Running absorb_tile(const Running& running, const Matrix& query, const Matrix& key, const Matrix& value,
                    const Mask& visible) {
    expect(query.cols() == key.cols(), "features");
    expect(key.rows() == value.rows(), "keys");
    expect(running.maximum.cols() == query.rows(), "maxima");
    expect(running.sum.cols() == query.rows(), "sums");
    expect(running.output.rows() == query.rows() && running.output.cols() == value.cols(), "output");
    const bool all = visible.rows() == 0 && visible.cols() == 0;
    expect(all || (visible.rows() == query.rows() && visible.cols() == key.rows()), "mask");
    if (query.rows() == 0) return running;
    Matrix scores = (query / std::sqrt(static_cast<Scalar>(query.cols()))) * key.transpose();
    if (!all) scores = visible.select(scores.array(), -inf);
    const Column before = running.maximum.transpose().array();
    const Column now = before.max(scores.rowwise().maxCoeff().array());
    const Column finite = (now == -inf).select(Column::Zero(now.size()), now);
    const Matrix weights =
        (scores.array() == -inf)
            .select(Matrix::Zero(scores.rows(), scores.cols()), Matrix((scores.array().colwise() - finite).exp()));
    const Column factor = factors(before, finite);
    return {now.matrix().transpose(),
            (factor * running.sum.transpose().array() + weights.rowwise().sum().array()).matrix().transpose(),
            factor.matrix().asDiagonal() * running.output + weights * value};
}

Forward finish(const Running& running) {
    expect(running.maximum.size() == running.output.rows(), "maxima");
    expect(running.sum.size() == running.output.rows(), "sums");
    const Column sums = running.sum.transpose().array();
    const Column inverse = (sums > 0).select(1 / sums, 0);
    return {inverse.matrix().asDiagonal() * running.output, running.maximum + running.sum.array().log().matrix()};
}

std::vector<Tile> tiles(Index n_queries, Index n_keys, const Tiling& tiling) {
    expect(std::min(tiling.query_block, tiling.key_block) > 0, "blocks");
    expect(n_queries > -1 && n_keys > 0, "sizes");
    expect(n_queries <= n_keys || !tiling.causal, "a future without keys");
    const auto sees = [&](Index i, Index j) { return !tiling.causal || n_queries - i <= n_keys - j; };
    std::vector<Tile> list;
    for (Index q = 0, q_end = 0; q < n_queries; q = q_end) {
        q_end = std::min(n_queries, q + tiling.query_block);
        for (Index k = 0, k_end = 0; k < n_keys && sees(q_end - 1, k); k = k_end) {
            k_end = std::min(n_keys, k + tiling.key_block);
            list.push_back(Tile{q, q_end, k, k_end, !sees(q, k_end - 1)});
        }
    }
    return list;
}

/// Differences of positions: j - i of a tile.
static Mask sight(const Tile& tile, Index shift) {
    if (!tile.partly_hidden) return Mask();
    const Index rows = tile.query_end - tile.query_begin, columns = tile.key_end - tile.key_begin;
    return Mask::NullaryExpr(rows, columns,
                             [&](Index i, Index j) { return j + tile.key_begin - i - tile.query_begin <= shift; });
}

Forward forward(const Matrix& query, const Matrix& key, const Matrix& value, const Tiling& tiling) {
    const auto list = tiles(query.rows(), key.rows(), tiling);
    expect(query.cols() == key.cols(), "features");
    expect(key.rows() == value.rows(), "keys");
    const Index n = query.rows(), shift = key.rows() - n;
    Running all{RowVector::Constant(n, -inf), RowVector::Zero(n), Matrix::Zero(n, value.cols())};
    for (const Tile& tile : list) {
        const auto rows = Eigen::seq(tile.query_begin, tile.query_end - 1);
        const auto columns = Eigen::seq(tile.key_begin, tile.key_end - 1);
        const Running part{all.maximum(rows), all.sum(rows), all.output(rows, Eigen::all)};
        const Running next = absorb_tile(part, query(rows, Eigen::all), key(columns, Eigen::all),
                                         value(columns, Eigen::all), sight(tile, shift));
        all.maximum(rows) = next.maximum;
        all.sum(rows) = next.sum;
        all.output(rows, Eigen::all) = next.output;
    }
    return finish(all);
}

RowVector row_dots(const Matrix& output, const Matrix& output_gradient) {
    expect(output.rows() == output_gradient.rows() && output.cols() == output_gradient.cols(), "shapes");
    return (output.array() * output_gradient.array()).rowwise().sum().transpose().matrix();
}

Gradients backward(const Matrix& query, const Matrix& key, const Matrix& value, const Forward& result,
                   const Matrix& output_gradient, const Tiling& tiling) {
    const auto list = tiles(query.rows(), key.rows(), tiling);
    expect(query.cols() == key.cols(), "features");
    expect(key.rows() == value.rows(), "keys");
    expect(result.output.rows() == query.rows() && result.output.cols() == value.cols(), "output");
    expect(result.log_sum_exp.size() == query.rows(), "log-sum-exp");
    const RowVector dots = row_dots(result.output, output_gradient);
    const Matrix scaled = query / std::sqrt(static_cast<Scalar>(query.cols()));
    Gradients sums{Matrix::Zero(query.rows(), query.cols()), Matrix::Zero(key.rows(), key.cols()),
                   Matrix::Zero(value.rows(), value.cols())};
    for (const Tile& tile : list) {
        const Index q = tile.query_begin, m = tile.query_end - q, k = tile.key_begin, n = tile.key_end - k;
        Matrix weights = scaled.middleRows(q, m) * key.middleRows(k, n).transpose();
        weights.colwise() -= result.log_sum_exp.segment(q, m).transpose();
        weights = weights.array().exp().matrix();
        const Mask visible = sight(tile, key.rows() - query.rows());
        if (visible.size() > 0) weights = visible.select(weights, Matrix::Zero(m, n));
        const Matrix gradient =
            weights.cwiseProduct((output_gradient.middleRows(q, m) * value.middleRows(k, n).transpose()).colwise() -
                                 dots.segment(q, m).transpose());
        sums.value.middleRows(k, n) += weights.transpose() * output_gradient.middleRows(q, m);
        sums.key.middleRows(k, n) += gradient.transpose() * scaled.middleRows(q, m);
        sums.query.middleRows(q, m) += gradient * key.middleRows(k, n) / std::sqrt(static_cast<Scalar>(query.cols()));
    }
    return sums;
}

}  // namespace flash_attention
