// A right solution in another order of work, as the paper writes it: each head has its own slice of every
// weight, and the output is the sum of what the heads contribute through their rows of W_O. The scores of all
// heads are computed pair by pair, and the bias of the keys is left out, since it adds the same to all of them.
#include "multi_head_attention.hpp"

#include <cmath>
#include <limits>
#include <stdexcept>

namespace multi_head_attention {

namespace {

constexpr Scalar never = -std::numeric_limits<Scalar>::infinity();

void refuse(bool wrong, const char* why) {
    if (wrong) throw std::invalid_argument(why);
}

Index share(Index columns, Index n_heads) {
    refuse(n_heads < 1, "n_heads must be positive");
    refuse(columns % n_heads != 0, "columns must be a multiple of n_heads");
    return columns / n_heads;
}

void check(const Matrix& input, const Linear& layer) {
    refuse(input.cols() != layer.weight.rows(), "weight does not fit its input");
    refuse(layer.weight.cols() != layer.bias.cols(), "bias does not fit its weight");
}

/// log of the sum of exponentials.
Scalar log_sum_exp(const RowVector& scores) {
    const Scalar most = scores.maxCoeff();
    if (most == never) return 0;
    return most + std::log((scores.array() - most).exp().sum());
}

/// One matrix of scores for each head.
std::vector<Matrix> scores_of(const Matrix& query, const Matrix& key, Index n_heads, const Mask& mask) {
    const Index d_head = share(query.cols(), n_heads);
    const Scalar scale = 1 / std::sqrt(static_cast<Scalar>(d_head));
    std::vector<Matrix> scores(static_cast<std::size_t>(n_heads), Matrix::Constant(query.rows(), key.rows(), never));
    for (Index i = 0; i < query.rows(); ++i) {
        for (Index j = 0; j < key.rows(); ++j) {
            if (mask.size() != 0 && !mask(i, j)) continue;
            RowVector products = query.row(i).cwiseProduct(key.row(j));
            for (auto& head : scores) {
                const auto h = static_cast<Index>(&head - scores.data());
                head(i, j) = scale * products.segment(h * d_head, d_head).sum();
            }
        }
    }
    return scores;
}

}  // namespace

Matrix linear(const Matrix& input, const Linear& layer) {
    check(input, layer);
    Matrix output = layer.bias.replicate(input.rows(), 1);
    for (Index k = 0; k < input.cols(); ++k) output += input.col(k) * layer.weight.row(k);
    return output;
}

std::vector<Matrix> split_heads(const Matrix& features, Index n_heads) {
    const Index width = share(features.cols(), n_heads);
    std::vector<Matrix> heads;
    for (Index start = 0; start < features.cols(); start += width)
        heads.emplace_back(features.middleCols(start, width));
    return heads;
}

Matrix merge_heads(const std::vector<Matrix>& heads) {
    refuse(heads.empty(), "no heads");
    Matrix merged(heads[0].rows(), 0);
    for (const Matrix& head : heads) {
        refuse(head.rows() != heads[0].rows() || head.cols() != heads[0].cols(), "heads must look alike");
        merged.conservativeResize(Eigen::NoChange, merged.cols() + head.cols());
        merged.rightCols(head.cols()) = head;
    }
    return merged;
}

MultiHeadResult attend_heads(const Matrix& query, const Matrix& key, const Matrix& value, Index n_heads,
                             const Mask& mask) {
    const Index d_v = share(value.cols(), n_heads);
    refuse(query.cols() != key.cols(), "query and key differ in width");
    refuse(key.rows() != value.rows(), "every key needs a value");
    refuse(mask.size() != 0 && (mask.rows() != query.rows() || mask.cols() != key.rows()), "mask: queries x keys");
    MultiHeadResult result{Matrix::Zero(query.rows(), value.cols()), scores_of(query, key, n_heads, mask)};
    Index column = 0;
    for (Matrix& head : result.weights) {
        for (Index i = 0; i < head.rows(); ++i) head.row(i) = (head.row(i).array() - log_sum_exp(head.row(i))).exp();
        for (Index j = key.rows() - 1; j >= 0; --j) {
            result.output.middleCols(column, d_v) += head.col(j) * value.row(j).segment(column, d_v);
        }
        column += d_v;
    }
    return result;
}

MultiHeadResult multi_head_attention(const Matrix& tokens, const Matrix& memory, const MultiHeadWeights& weights,
                                     const Mask& mask) {
    check(tokens, weights.query);
    check(memory, weights.key);
    check(memory, weights.value);
    refuse(weights.output.bias.cols() != weights.output.weight.cols(), "b_O does not fit W_O");
    const Index d_head = share(weights.query.weight.cols(), weights.n_heads);
    refuse(weights.output.weight.rows() != weights.n_heads * d_head, "W_O must have d_model rows");
    MultiHeadResult result{weights.output.bias.replicate(tokens.rows(), 1), {}};
    for (Index h = 0; h < weights.n_heads; ++h) {
        const Index at = h * d_head;
        const Matrix query =
            linear(tokens, {weights.query.weight.middleCols(at, d_head), weights.query.bias.segment(at, d_head)});
        const Matrix key = memory * weights.key.weight.middleCols(at, d_head);
        const Matrix value =
            linear(memory, {weights.value.weight.middleCols(at, d_head), weights.value.bias.segment(at, d_head)});
        const MultiHeadResult head = attend_heads(query, key, value, 1, mask);
        result.output += head.output * weights.output.weight.middleRows(at, d_head);
        result.weights.push_back(head.weights.front());
    }
    return result;
}

}  // namespace multi_head_attention
