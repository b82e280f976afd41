// A right solution in powers of two, as the kernels on graphics cards have it: scores times log2(e), in place; forward
// rescales only when the maximum has risen by much, and backward goes from tile of keys to tile of keys.
#include "flash_attention.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <stdexcept>

namespace flash_attention {

namespace {

constexpr auto none = -std::numeric_limits<Scalar>::infinity();
constexpr Scalar log2e = std::numbers::log2e_v<Scalar>;
constexpr Scalar little = 8;  // by so much a maximum may rise before anything is rescaled

/// e^(a - b), and 0 for what was never seen.
Scalar power(Scalar a, Scalar b) { return a == none ? 0 : std::exp2(log2e * (a - b)); }

void refuse(bool wrong) {
    if (wrong) throw std::invalid_argument("these do not fit together");
}

/// scores(i, j) of one query and one key.
Scalar score(const Matrix& query, Index i, const Matrix& key, Index j) {
    Scalar sum = 0;
    for (Index c = 0; c < query.cols(); ++c) sum += query(i, c) * key(j, c);
    return sum / std::sqrt(static_cast<Scalar>(query.cols()));
}

}  // namespace

Partial summarize(const RowVector& scores) {
    Partial all{none, 0};
    for (const Scalar each : scores) {
        if (each == none) continue;
        if (each > all.maximum)
            all = {each, all.sum * power(all.maximum, each) + 1};
        else
            all.sum += power(each, all.maximum);
    }
    return all;
}

Partial merge(const Partial& left, const Partial& right) {
    if (left.maximum < right.maximum) return merge(right, left);
    return {left.maximum, left.sum + right.sum * power(right.maximum, left.maximum)};
}

RowVector online_softmax(const RowVector& scores, Index chunk) {
    refuse(chunk < 1);
    Partial all{none, 0};
    for (Index end = scores.size(); end > 0;) {  // the last chunk first
        const Index begin = (end - 1) / chunk * chunk;
        all = merge(all, summarize(scores.segment(begin, end - begin)));
        end = begin;
    }
    RowVector weights = RowVector::Zero(scores.size());
    for (Index j = 0; j < scores.size() && all.sum > 0; ++j) weights(j) = power(scores(j), all.maximum) / all.sum;
    return weights;
}

Running absorb_tile(const Running& running, const Matrix& query, const Matrix& key, const Matrix& value,
                    const Mask& visible) {
    refuse(query.cols() != key.cols() || key.rows() != value.rows() || running.output.cols() != value.cols());
    refuse(running.output.rows() != query.rows() || running.maximum.size() != query.rows());
    refuse(running.sum.size() != query.rows());
    const bool masked = visible.rows() + visible.cols() > 0;
    refuse(masked && (visible.rows() != query.rows() || visible.cols() != key.rows()));
    Running now = running;
    for (Index i = 0; i < query.rows(); ++i) {
        for (Index j = 0; j < key.rows(); ++j) {  // one key at a time, as if each were a tile
            if (masked && !visible(i, j)) continue;
            const Scalar s = score(query, i, key, j);
            if (s > now.maximum(i)) {
                const Scalar factor = power(now.maximum(i), s);
                now.maximum(i) = s, now.sum(i) *= factor, now.output.row(i) *= factor;
            }
            const Scalar weight = power(s, now.maximum(i));
            now.sum(i) += weight, now.output.row(i) += weight * value.row(j);
        }
    }
    return now;
}

Forward finish(const Running& running) {
    refuse(running.maximum.size() != running.output.rows() || running.sum.size() != running.output.rows());
    Forward result{running.output, RowVector::Constant(running.sum.size(), none)};
    for (Index i = 0; i < running.sum.size(); ++i) {
        if (running.sum(i) == 0) continue;
        result.output.row(i) /= running.sum(i);
        result.log_sum_exp(i) = running.maximum(i) + std::log2(running.sum(i)) / log2e;
    }
    return result;
}

std::vector<Tile> tiles(Index n_queries, Index n_keys, const Tiling& tiling) {
    const auto [rows, columns, causal] = tiling;
    refuse(rows < 1 || columns < 1 || n_queries < 0 || n_keys < 1 || (causal && n_queries > n_keys));
    std::vector<Tile> list;
    for (Index i = 0; i < (n_queries + rows - 1) / rows; ++i) {
        for (Index j = 0; j < (n_keys + columns - 1) / columns; ++j) {
            const Index q = i * rows, q_end = std::min(n_queries, q + rows);
            const Index k = j * columns, k_end = std::min(n_keys, k + columns);
            const auto sees = [&](Index query, Index one) { return !causal || one <= query + n_keys - n_queries; };
            if (sees(q_end - 1, k)) list.push_back({q, q_end, k, k_end, !sees(q, k_end - 1)});
        }
    }
    return list;
}

Forward forward(const Matrix& query, const Matrix& key, const Matrix& value, const Tiling& tiling) {
    refuse(query.cols() != key.cols() || key.rows() != value.rows());
    RowVector reference = RowVector::Constant(query.rows(), none);  // near the maximum, but not always it
    RowVector sums = RowVector::Zero(query.rows());
    Matrix output = Matrix::Zero(query.rows(), value.cols());
    for (const Tile& tile : tiles(query.rows(), key.rows(), tiling)) {
        for (Index i = tile.query_begin; i < tile.query_end; ++i) {
            const Index last = tiling.causal ? i + key.rows() - query.rows() : key.rows() - 1;
            for (Index j = tile.key_begin; j < std::min(tile.key_end, last + 1); ++j) {
                const Scalar s = score(query, i, key, j);
                if (reference(i) == none || s > reference(i) + little) {
                    const Scalar factor = power(reference(i), s);
                    reference(i) = s, sums(i) *= factor, output.row(i) *= factor;
                }
                const Scalar weight = power(s, reference(i));
                sums(i) += weight, output.row(i) += weight * value.row(j);
            }
        }
    }
    return finish({reference, sums, output});
}

RowVector row_dots(const Matrix& output, const Matrix& output_gradient) {
    refuse(output.rows() != output_gradient.rows() || output.cols() != output_gradient.cols());
    RowVector dots(output.rows());
    for (Index i = 0; i < output.rows(); ++i) dots(i) = output.row(i).dot(output_gradient.row(i));
    return dots;
}

Gradients backward(const Matrix& query, const Matrix& key, const Matrix& value, const Forward& result,
                   const Matrix& output_gradient, const Tiling& tiling) {
    refuse(query.cols() != key.cols() || key.rows() != value.rows() || result.log_sum_exp.size() != query.rows());
    refuse(result.output.rows() != query.rows() || result.output.cols() != value.cols());
    const RowVector dots = row_dots(result.output, output_gradient);
    std::vector<Tile> list = tiles(query.rows(), key.rows(), tiling);
    std::stable_sort(list.begin(), list.end(), [](const Tile& a, const Tile& b) { return a.key_begin < b.key_begin; });
    Gradients found{0 * query, Matrix::Zero(key.rows(), key.cols()), Matrix::Zero(value.rows(), value.cols())};
    const Scalar root = std::sqrt(static_cast<Scalar>(query.cols()));
    for (const Tile& tile : list) {
        for (Index j = tile.key_begin; j < tile.key_end; ++j) {
            for (Index i = tile.query_begin; i < tile.query_end; ++i) {
                if (tiling.causal && j > i + key.rows() - query.rows()) continue;
                const Scalar weight = power(score(query, i, key, j), result.log_sum_exp(i));
                const Scalar of_score = weight * (output_gradient.row(i).dot(value.row(j)) - dots(i)) / root;
                found.value.row(j) += weight * output_gradient.row(i);
                found.query.row(i) += of_score * key.row(j);
                found.key.row(j) += of_score * query.row(i);
            }
        }
    }
    return found;
}

}  // namespace flash_attention
