// A right solution in whole-matrix expressions, on blocks in place: no list of heads is made on the way. The
// bias is a product with a column of ones, merging one comma initialiser.
#include "multi_head_attention.hpp"

#include <stdexcept>

#include "attention.hpp"

namespace multi_head_attention {

/// The width of a head.
static Index width_of(Index columns, Index n_heads) {
    if (n_heads < 1) throw std::invalid_argument("there is no head");
    if (columns % n_heads > 0) throw std::invalid_argument("the heads would not be equally wide");
    return columns / n_heads;
}

static auto head_of(const Matrix& features, Index h, Index n_heads) {
    const Index width = width_of(features.cols(), n_heads);
    return features(Eigen::all, Eigen::seqN(h * width, width));
}

Matrix linear(const Matrix& input, const Linear& layer) {
    const bool fits = input.cols() == layer.weight.rows() && layer.bias.size() == layer.weight.cols();
    if (!fits) throw std::invalid_argument("input, weight and bias do not fit");
    Matrix output = Matrix::Ones(input.rows(), 1) * layer.bias;
    output.noalias() += input * layer.weight;
    return output;
}

std::vector<Matrix> split_heads(const Matrix& features, Index n_heads) {
    width_of(features.cols(), n_heads);
    std::vector<Matrix> heads(static_cast<std::size_t>(n_heads));
    for (Index h = 0; h < n_heads; ++h) heads[static_cast<std::size_t>(h)] = head_of(features, h, n_heads);
    return heads;
}

Matrix merge_heads(const std::vector<Matrix>& heads) {
    if (heads.empty()) throw std::invalid_argument("there is no head");
    const auto first = heads.begin();
    for (auto head = first; head != heads.end(); ++head) {
        if (head->rows() != first->rows() || head->cols() != first->cols())
            throw std::invalid_argument("unequal heads");
    }
    Matrix merged(first->rows(), first->cols() * std::ssize(heads));
    if (merged.size() == 0) return merged;
    Eigen::CommaInitializer<Matrix> side_by_side(merged, *first);
    for (auto head = first + 1; head != heads.end(); ++head) side_by_side, *head;
    side_by_side.finished();
    return merged;
}

MultiHeadResult attend_heads(const Matrix& query, const Matrix& key, const Matrix& value, Index n_heads,
                             const Mask& mask) {
    const Index d_v = width_of(value.cols(), n_heads);
    MultiHeadResult result{Matrix(query.rows(), value.cols()), {}};
    for (Index h = 0; h < n_heads; ++h) {
        const attention::AttentionResult head = attention::masked_attention(
            head_of(query, h, n_heads), head_of(key, h, n_heads), head_of(value, h, n_heads), mask);
        result.output.middleCols(h * d_v, d_v) = head.output;
        result.weights.push_back(head.weights);
    }
    return result;
}

MultiHeadResult multi_head_attention(const Matrix& tokens, const Matrix& memory, const MultiHeadWeights& weights,
                                     const Mask& mask) {
    auto [merged, per_head] = attend_heads(linear(tokens, weights.query), linear(memory, weights.key),
                                           linear(memory, weights.value), weights.n_heads, mask);
    return {linear(merged, weights.output), per_head};
}

}  // namespace multi_head_attention
