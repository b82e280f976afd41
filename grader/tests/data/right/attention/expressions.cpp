// A right solution in whole-matrix expressions, as one writes it in NumPy: select, broadcasting by row
// and by column, no loop over elements; a mask is turned into scores of 0 or -infinity and added.
#include "attention.hpp"

#include <cmath>
#include <limits>
#include <stdexcept>

namespace attention {

using Column = Eigen::Matrix<Scalar, Eigen::Dynamic, 1>;
using Grid = Eigen::Array<Scalar, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

static const Scalar inf = std::numeric_limits<Scalar>::infinity();

#define CHECK_SHAPE(condition) \
    if (!(condition)) throw std::invalid_argument("wrong shape: not " #condition)

Matrix softmax_rows(const Matrix& scores) {
    const Column top = scores.rowwise().maxCoeff();
    const Column shift = (top.array() == -inf).select(Column::Zero(top.size()), top);
    const Matrix shifted = scores.colwise() - shift;
    const Grid e = (shifted.array() == -inf).select(Grid::Zero(scores.rows(), scores.cols()), shifted.array().exp());
    const Eigen::Array<Scalar, Eigen::Dynamic, 1> sum = e.rowwise().sum();
    return e.colwise() / (sum == 0).select(1, sum);
}

Mask causal_mask(Index n_queries, Index n_keys) {
    using Positions = Eigen::Array<Index, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
    Positions key = Positions::Zero(n_queries, n_keys), query = Positions::Zero(n_queries, n_keys);
    key.rowwise() += Eigen::Array<Index, 1, Eigen::Dynamic>::LinSpaced(n_keys, 0, n_keys - 1);
    query.colwise() += Eigen::Array<Index, Eigen::Dynamic, 1>::LinSpaced(n_queries, n_keys - n_queries, n_keys - 1);
    return query >= key;
}

Mask padding_mask(Index n_queries, const std::vector<bool>& key_is_token) {
    Eigen::Array<bool, 1, Eigen::Dynamic> row(key_is_token.size());
    std::copy(key_is_token.begin(), key_is_token.end(), row.data());
    return row.replicate(n_queries, 1);
}

static AttentionResult finish(const Matrix& scores, const Matrix& value, const Mask& mask) {
    CHECK_SHAPE(scores.cols() == value.rows());
    CHECK_SHAPE(mask.size() == 0 || (mask.rows() == scores.rows() && mask.cols() == scores.cols()));
    AttentionResult result;
    if (mask.size() == 0) {
        result.weights = softmax_rows(scores);
    } else {
        const Grid bias = mask.select(Grid::Zero(mask.rows(), mask.cols()), -inf);
        result.weights = softmax_rows((scores.array() + bias).matrix());
    }
    result.output.noalias() = result.weights * value;
    return result;
}

AttentionResult scaled_dot_product_attention(const Matrix& query, const Matrix& key, const Matrix& value) {
    CHECK_SHAPE(query.cols() == key.cols());
    return finish((query / std::sqrt(Scalar(query.cols()))) * key.transpose(), value, {});
}

AttentionResult masked_attention(const Matrix& query, const Matrix& key, const Matrix& value, const Mask& mask) {
    CHECK_SHAPE(query.cols() == key.cols());
    return finish((query / std::sqrt(Scalar(query.cols()))) * key.transpose(), value, mask);
}

AttentionResult self_attention(const Matrix& tokens, const Projections& projections, const Mask& mask) {
    CHECK_SHAPE(tokens.cols() == projections.query.rows());
    CHECK_SHAPE(tokens.cols() == projections.key.rows());
    CHECK_SHAPE(tokens.cols() == projections.value.rows());
    CHECK_SHAPE(projections.query.cols() == projections.key.cols());
    // One product for all three, as fused kernels do; then cut it into its parts.
    const Index d_k = projections.query.cols(), d_v = projections.value.cols();
    Matrix all(tokens.cols(), 2 * d_k + d_v);
    all << projections.query, projections.key, projections.value;
    const Matrix made = tokens * all;
    return masked_attention(made.leftCols(d_k), made.middleCols(d_k, d_k), made.rightCols(d_v), mask);
}

AttentionResult cross_attention(const Matrix& tokens, const Matrix& memory, const Projections& projections,
                                const Mask& mask) {
    CHECK_SHAPE(tokens.cols() == projections.query.rows());
    CHECK_SHAPE(memory.cols() == projections.key.rows());
    CHECK_SHAPE(memory.cols() == projections.value.rows());
    return masked_attention(tokens * projections.query, memory * projections.key, memory * projections.value, mask);
}

AttentionResult additive_attention(const Matrix& query, const Matrix& key, const Matrix& value,
                                   const AdditiveWeights& weights, const Mask& mask) {
    CHECK_SHAPE(query.cols() == weights.query.rows());
    CHECK_SHAPE(key.cols() == weights.key.rows());
    CHECK_SHAPE(weights.query.cols() == weights.v.size());
    CHECK_SHAPE(weights.key.cols() == weights.v.size());
    const Matrix a = query * weights.query, b = key * weights.key;
    // One hidden unit at a time: its column of a against its column of b.
    Matrix scores = Matrix::Zero(query.rows(), key.rows());
    for (Index h = 0; h < weights.v.size(); ++h) {
        const Matrix sum = a.col(h).replicate(1, key.rows()).rowwise() + b.col(h).transpose();
        scores.array() += weights.v(h) * sum.array().tanh();
    }
    return finish(scores, value, mask);
}

AttentionResult bilinear_attention(const Matrix& query, const Matrix& key, const Matrix& value, const Matrix& weight,
                                   const Mask& mask) {
    CHECK_SHAPE(query.cols() == weight.rows());
    CHECK_SHAPE(key.cols() == weight.cols());
    return finish(query * (weight * key.transpose()), value, mask);
}

}  // namespace attention
