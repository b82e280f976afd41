// A right solution in long double, rounded once at the end, with an attention of its own: log-sum-exp, and weights
// that may be as small as long double holds them.
#include "multi_head_attention.hpp"

#include <cmath>
#include <limits>
#include <stdexcept>

namespace multi_head_attention {

namespace {

using Long = Eigen::Matrix<long double, Eigen::Dynamic, Eigen::Dynamic>;

Long widened(const Matrix& matrix) { return matrix.cast<long double>(); }

void must(bool fits, const char* otherwise) {
    if (!fits) throw std::invalid_argument(otherwise);
}

Long affine(const Long& input, const Linear& layer) {
    must(input.cols() == layer.weight.rows(), "weight");
    must(layer.weight.cols() == layer.bias.cols(), "bias");
    return input * widened(layer.weight) + Long::Ones(input.rows(), 1) * widened(layer.bias);
}

struct LongResult {
    Long output;
    std::vector<Matrix> weights;
};

/// One row of weights.
Long distribution(const Long& scores) {
    long double top = -std::numeric_limits<long double>::infinity();
    for (Index j = 0; j < scores.cols(); ++j) top = std::max(top, scores(0, j));
    Long weights = Long::Zero(1, scores.cols());
    if (std::isinf(top)) return weights;
    long double sum = 0;
    for (Index j = 0; j < scores.cols(); ++j) sum += std::exp(scores(0, j) - top);
    for (Index j = 0; j < scores.cols(); ++j) weights(0, j) = std::exp(scores(0, j) - top - std::log(sum));
    return weights;
}

LongResult attend(const Long& query, const Long& key, const Long& value, Index n_heads, const Mask& mask) {
    must(n_heads >= 1 && query.cols() % n_heads == 0 && value.cols() % n_heads == 0, "n_heads");
    must(query.cols() == key.cols() && key.rows() == value.rows(), "query, key, value");
    must(mask.size() == 0 || (mask.rows() == query.rows() && mask.cols() == key.rows()), "mask");
    const Index width = query.cols() / n_heads, share = value.cols() / n_heads;
    LongResult result{Long::Zero(query.rows(), value.cols()), {}};
    for (Index h = 0; h < n_heads; ++h) {
        Long weights(query.rows(), key.rows());
        for (Index i = 0; i < query.rows(); ++i) {
            Long scores(1, key.rows());
            for (Index j = 0; j < key.rows(); ++j) {
                const bool hidden = mask.size() != 0 && !mask(i, j);
                scores(0, j) = hidden
                                   ? -std::numeric_limits<long double>::infinity()
                                   : query.row(i).segment(h * width, width).dot(key.row(j).segment(h * width, width)) /
                                         std::sqrt(static_cast<long double>(width));
            }
            weights.row(i) = distribution(scores);
        }
        result.output.middleCols(h * share, share) = weights * value.middleCols(h * share, share);
        result.weights.push_back(weights.cast<Scalar>());
    }
    return result;
}

}  // namespace

Matrix linear(const Matrix& input, const Linear& layer) { return affine(widened(input), layer).cast<Scalar>(); }

std::vector<Matrix> split_heads(const Matrix& features, Index n_heads) {
    must(n_heads >= 1 && features.cols() % n_heads == 0, "n_heads");
    std::vector<Matrix> heads;
    for (Index h = 0; h < n_heads; ++h) {
        heads.emplace_back(
            features.rightCols(features.cols() - h * (features.cols() / n_heads)).leftCols(features.cols() / n_heads));
    }
    return heads;
}

Matrix merge_heads(const std::vector<Matrix>& heads) {
    must(!heads.empty(), "no heads");
    const Index rows = heads.back().rows(), width = heads.back().cols();
    for (const Matrix& head : heads) must(head.rows() == rows && head.cols() == width, "heads");
    Matrix merged = Matrix::Zero(rows, width * static_cast<Index>(heads.size()));
    for (std::size_t h = heads.size(); h-- > 0;) merged.middleCols(static_cast<Index>(h) * width, width) += heads[h];
    return merged;
}

MultiHeadResult attend_heads(const Matrix& query, const Matrix& key, const Matrix& value, Index n_heads,
                             const Mask& mask) {
    LongResult result = attend(widened(query), widened(key), widened(value), n_heads, mask);
    return {result.output.cast<Scalar>(), result.weights};
}

MultiHeadResult multi_head_attention(const Matrix& tokens, const Matrix& memory, const MultiHeadWeights& weights,
                                     const Mask& mask) {
    const Long rows = widened(memory);
    LongResult result = attend(affine(widened(tokens), weights.query), affine(rows, weights.key),
                               affine(rows, weights.value), weights.n_heads, mask);
    return {affine(result.output, weights.output).cast<Scalar>(), result.weights};
}

}  // namespace multi_head_attention
