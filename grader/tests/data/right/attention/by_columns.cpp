// A right solution that works on columns, as in textbooks where a token is a column: everything is
// transposed first, keys x queries, column-major, softmax down each column, transposed back at the end.
// Additive attention is one big matrix with a column for each pair; the causal mask is a triangular view.
#include "attention.hpp"

#include <cmath>
#include <limits>
#include <stdexcept>
#include <string>

namespace attention {

using namespace Eigen;

using Columns = Eigen::Matrix<Scalar, Dynamic, Dynamic, ColMajor>;
using ColumnMask = Eigen::Array<bool, Dynamic, Dynamic, ColMajor>;

struct ShapeError : std::invalid_argument {
    ShapeError(const std::string& what, Index left, Index right)
        : std::invalid_argument(what + ": " + std::to_string(left) + " and " + std::to_string(right)) {}
};

static void must_agree(const std::string& what, Index left, Index right) {
    if (left != right) throw ShapeError(what, left, right);
}

class ColumnAttention {
public:
    ColumnAttention(const Matrix& value, const Mask& mask) : value_(value.transpose()), seen_(mask.transpose()) {}

    AttentionResult from(Columns scores) const {
        must_agree("keys and values", scores.rows(), value_.cols());
        if (seen_.size() > 0) {
            must_agree("rows of the mask and queries", seen_.cols(), scores.cols());
            must_agree("columns of the mask and keys", seen_.rows(), scores.rows());
            for (Index c = 0; c < scores.size(); ++c) {
                if (!seen_.data()[c]) scores.data()[c] = -std::numeric_limits<Scalar>::infinity();
            }
        }
        softmax_in_place(scores);
        AttentionResult result;
        result.output = (value_ * scores).transpose();
        result.weights = scores.transpose();
        return result;
    }

    static void softmax_in_place(Columns& scores) {
        for (auto column : scores.colwise()) {
            const Scalar top = column.maxCoeff();
            if (!std::isfinite(top)) {
                column.fill(0);
                continue;
            }
            column.array() -= top;
            column = column.unaryExpr([](Scalar x) { return std::exp(x); }).eval();
            column *= 1 / column.sum();
        }
    }

private:
    Columns value_;
    ColumnMask seen_;
};

Matrix softmax_rows(const Matrix& scores) {
    Columns turned = scores.transpose();
    ColumnAttention::softmax_in_place(turned);
    return turned.transpose();
}

Mask causal_mask(Index n_queries, Index n_keys) {
    // The triangle of the longer side, of which the last rows or columns are wanted.
    const Index side = std::max(n_queries, n_keys);
    MatrixXi ones = MatrixXi::Ones(side, side);
    MatrixXi triangle = ones.triangularView<Lower>();
    if (n_queries > n_keys) {
        // The first queries stand before the first key.
        return triangle.bottomRightCorner(n_queries, n_keys).array() == 1;
    }
    return triangle.bottomRows(n_queries).array() == 1;
}

Mask padding_mask(Index n_queries, const std::vector<bool>& key_is_token) {
    Mask mask = Mask::Zero(n_queries, static_cast<Index>(key_is_token.size()));
    Index j = 0;
    for (const bool token : key_is_token) {
        if (token) mask.col(j) = true;
        ++j;
    }
    return mask;
}

AttentionResult masked_attention(const Matrix& query, const Matrix& key, const Matrix& value, const Mask& mask) {
    must_agree("columns of query and key", query.cols(), key.cols());
    const Columns q = query.transpose(), k = key.transpose();
    return ColumnAttention(value, mask).from(k.transpose() * q * (1 / std::sqrt(Scalar(q.rows()))));
}

AttentionResult scaled_dot_product_attention(const Matrix& query, const Matrix& key, const Matrix& value) {
    return masked_attention(query, key, value, Mask::Ones(query.rows(), key.rows()));
}

AttentionResult cross_attention(const Matrix& tokens, const Matrix& memory, const Projections& projections,
                                const Mask& mask) {
    must_agree("tokens and W_Q", tokens.cols(), projections.query.rows());
    must_agree("memory and W_K", memory.cols(), projections.key.rows());
    must_agree("memory and W_V", memory.cols(), projections.value.rows());
    must_agree("columns of W_Q and W_K", projections.query.cols(), projections.key.cols());
    // (tokens W_Q) (memory W_K)^T by its middle: tokens (W_Q W_K^T) memory^T, one bilinear form.
    const Columns form = projections.key * projections.query.transpose();
    const Columns scores = memory * (form * tokens.transpose()) / std::sqrt(Scalar(projections.key.cols()));
    return ColumnAttention(memory * projections.value, mask).from(scores);
}

AttentionResult self_attention(const Matrix& tokens, const Projections& projections, const Mask& mask) {
    return cross_attention(tokens, tokens, projections, mask);
}

AttentionResult additive_attention(const Matrix& query, const Matrix& key, const Matrix& value,
                                   const AdditiveWeights& weights, const Mask& mask) {
    must_agree("query and W", query.cols(), weights.query.rows());
    must_agree("key and U", key.cols(), weights.key.rows());
    must_agree("W and v", weights.query.cols(), weights.v.cols());
    must_agree("U and v", weights.key.cols(), weights.v.cols());
    const Index n_queries = query.rows(), n_keys = key.rows();
    // Column i * n_keys + j: query i above key j. [W; U]^T times it is the sum inside tanh.
    Columns pairs(query.cols() + key.cols(), n_queries * n_keys);
    for (Index i = 0; i < n_queries; ++i) {
        auto block = pairs.middleCols(i * n_keys, n_keys);
        block.topRows(query.cols()) = query.row(i).transpose().replicate(1, n_keys);
        block.bottomRows(key.cols()) = key.transpose();
    }
    Columns both(query.cols() + key.cols(), weights.v.cols());
    both << weights.query, weights.key;
    const RowVectorX<Scalar> flat = weights.v * (both.transpose() * pairs).array().tanh().matrix();
    return ColumnAttention(value, mask).from(Map<const Columns>(flat.data(), n_keys, n_queries));
}

AttentionResult bilinear_attention(const Matrix& query, const Matrix& key, const Matrix& value, const Matrix& weight,
                                   const Mask& mask) {
    must_agree("query and W", query.cols(), weight.rows());
    must_agree("key and W", key.cols(), weight.cols());
    return ColumnAttention(value, mask).from(key * (query * weight).transpose());
}

}  // namespace attention
