// A right solution with one product for all heads: the keys stand block by block on a diagonal, (n_heads * n_keys) x
// d_model, so that query * K^T holds the scores of every head side by side; the same for the values.
#include "multi_head_attention.hpp"

#include <cmath>
#include <limits>
#include <stdexcept>

namespace multi_head_attention {

namespace {

class Misfit : public std::invalid_argument {
public:
    Misfit() : std::invalid_argument("what was given does not fit together") {}
};

void fit(bool fits) {
    if (!fits) throw Misfit();
}

Matrix on_diagonal(const Matrix& matrix, Index n_heads) {
    const Index rows = matrix.rows(), d_head = matrix.cols() / n_heads;
    Matrix spread = Matrix::Zero(n_heads * rows, matrix.cols());
    for (Index h = 0; h < n_heads; ++h)
        spread.block(h * rows, h * d_head, rows, d_head) = matrix.middleCols(h * d_head, d_head);
    return spread;
}

}  // namespace

Matrix linear(const Matrix& input, const Linear& layer) {
    fit(input.cols() == layer.weight.rows() && layer.weight.cols() == layer.bias.size());
    Matrix output = layer.bias.replicate(input.rows(), 1);
    output.noalias() += input * layer.weight;
    return output;
}

std::vector<Matrix> split_heads(const Matrix& features, Index n_heads) {
    fit(n_heads > 0);
    fit(features.cols() % n_heads == 0);
    std::vector<Matrix> heads(static_cast<std::size_t>(n_heads), Matrix(features.rows(), features.cols() / n_heads));
    for (Index j = 0; j < features.cols(); ++j) {
        Matrix& head = heads[static_cast<std::size_t>(j / (features.cols() / n_heads))];
        head.col(j % head.cols()) = features.col(j);
    }
    return heads;
}

Matrix merge_heads(const std::vector<Matrix>& heads) {
    fit(heads.size() > 0);
    for (const Matrix& head : heads) fit(head.rows() == heads.back().rows() && head.cols() == heads.back().cols());
    Matrix features(heads[0].rows(), 0);
    for (const Matrix& head : heads) {
        Matrix wider(features.rows(), features.cols() + head.cols());
        wider << features, head;
        features = std::move(wider);
    }
    return features;
}

MultiHeadResult attend_heads(const Matrix& query, const Matrix& key, const Matrix& value, Index n_heads,
                             const Mask& mask) {
    fit(n_heads > 0 && query.cols() % n_heads == 0 && value.cols() % n_heads == 0);
    fit(query.cols() == key.cols() && key.rows() == value.rows());
    const Index n = query.rows(), m = key.rows();
    const bool all = mask.rows() == 0 && mask.cols() == 0;
    fit(all || (mask.rows() == n && mask.cols() == m));
    const Scalar root = std::sqrt(static_cast<Scalar>(query.cols() / n_heads));
    Matrix scores = (query / root) * on_diagonal(key, n_heads).transpose();  // n x (n_heads * m)
    for (Index i = 0; i < n; ++i)
        for (Index h = 0; h < n_heads; ++h) {
            Scalar top = std::numeric_limits<Scalar>::lowest(), sum = 0;
            const auto seen = [&](Index j) { return all || mask(i, j); };
            for (Index j = 0; j < m; ++j)
                if (seen(j)) top = std::max(top, scores(i, h * m + j));
            for (Index j = 0; j < m; ++j)
                sum += scores(i, h * m + j) = seen(j) ? std::exp(scores(i, h * m + j) - top) : 0;
            if (sum > 0) scores.row(i).segment(h * m, m) /= sum;
        }
    MultiHeadResult result;
    result.output = scores * on_diagonal(value, n_heads);
    for (Index h = 0; h < n_heads; ++h) result.weights.emplace_back(scores.middleCols(h * m, m));
    return result;
}

MultiHeadResult multi_head_attention(const Matrix& tokens, const Matrix& memory, const MultiHeadWeights& weights,
                                     const Mask& mask) {
    // Keys and values by one product, too.
    const auto& [q, k, v, o, n_heads] = weights;
    fit(k.weight.rows() == memory.cols() && v.weight.rows() == memory.cols());
    fit(k.bias.size() == k.weight.cols() && v.bias.size() == v.weight.cols());
    Linear both{Matrix(memory.cols(), k.weight.cols() + v.weight.cols()), RowVector(k.bias.size() + v.bias.size())};
    both.weight << k.weight, v.weight;
    both.bias << k.bias, v.bias;
    const Matrix kv = linear(memory, both);
    MultiHeadResult result =
        attend_heads(linear(tokens, q), kv.leftCols(k.weight.cols()), kv.rightCols(v.weight.cols()), n_heads, mask);
    result.output = linear(result.output, o);
    return result;
}

}  // namespace multi_head_attention
