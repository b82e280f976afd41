// A right solution with a tensor of three axes, (head, token, feature), and sums over its indices, as einsum has them.
// The scale goes into the projection of the queries; masks are lists of the keys that a query sees.
#include "multi_head_attention.hpp"

#include <cmath>
#include <iterator>
#include <map>
#include <stdexcept>

namespace multi_head_attention {

namespace {

struct Tensor {
    Index a = 0, b = 0, c = 0;
    std::vector<Scalar> numbers = std::vector<Scalar>(static_cast<std::size_t>(a * b * c), 0);
    Scalar& operator()(Index i, Index j, Index k) { return numbers.at(static_cast<std::size_t>((i * b + j) * c + k)); }
    Scalar operator()(Index i, Index j, Index k) const {
        return numbers.at(static_cast<std::size_t>((i * b + j) * c + k));
    }
};

/// "t (h d) -> h t d"
Tensor rearranged(const Matrix& x, Index heads) {
    if (heads < 1 || x.cols() % heads) throw std::invalid_argument("t (h d) -> h t d");
    Tensor tensor{heads, x.rows(), x.cols() / heads};
    for (Index h = 0; h < tensor.a; ++h)
        for (Index t = 0; t < tensor.b; ++t)
            for (Index d = 0; d < tensor.c; ++d) tensor(h, t, d) = x(t, h * tensor.c + d);
    return tensor;
}

/// "h t d -> t (h d)"
Matrix rearranged(const Tensor& tensor) {
    Matrix x(tensor.b, tensor.a * tensor.c);
    for (Index t = 0; t < x.rows(); ++t)
        for (Index j = 0; j < x.cols(); ++j) x(t, j) = tensor(j / tensor.c, t, j % tensor.c);
    return x;
}

Matrix slice(const Tensor& tensor, Index h) {
    Matrix x(tensor.b, tensor.c);
    for (Index t = 0; t < x.rows(); ++t)
        for (Index d = 0; d < x.cols(); ++d) x(t, d) = tensor(h, t, d);
    return x;
}

std::vector<std::vector<Index>> seen_keys(const Mask& mask, Index n_queries, Index n_keys) {
    if (mask.size() && (mask.rows() != n_queries || mask.cols() != n_keys)) throw std::invalid_argument("mask");
    std::vector<std::vector<Index>> seen(static_cast<std::size_t>(n_queries));
    for (Index i = 0; i < n_queries; ++i)
        for (Index j = 0; j < n_keys; ++j)
            if (!mask.size() || mask(i, j)) seen[static_cast<std::size_t>(i)].push_back(j);
    return seen;
}

MultiHeadResult attend(const Tensor& q, const Tensor& k, const Tensor& v, const Mask& mask) {
    if (q.c != k.c || k.b != v.b) throw std::invalid_argument("h i d, h j d, h j e");
    const auto seen = seen_keys(mask, q.b, k.b);
    Tensor weights{q.a, q.b, k.b}, output{q.a, q.b, v.c};
    for (Index h = 0; h < q.a; ++h)
        for (Index i = 0; i < q.b; ++i) {
            std::map<Index, Scalar> scores;
            for (const Index j : seen[static_cast<std::size_t>(i)])
                for (Index d = 0; d < q.c; ++d) scores[j] += q(h, i, d) * k(h, j, d);
            for (const auto& [j, score] : scores) {
                Scalar sum = 0;
                for (const auto& [other, its] : scores) sum += std::exp(its - score);
                weights(h, i, j) = 1 / sum;
                for (Index e = 0; e < v.c; ++e) output(h, i, e) += weights(h, i, j) * v(h, j, e);
            }
        }
    MultiHeadResult result{rearranged(output), {}};
    for (Index h = 0; h < q.a; ++h) result.weights.push_back(slice(weights, h));
    return result;
}

Scalar scale(Index d_model, Index heads) {
    if (heads < 1) throw std::invalid_argument("no heads");
    return std::sqrt(static_cast<Scalar>(heads)) / std::sqrt(static_cast<Scalar>(d_model));
}

}  // namespace

Matrix linear(const Matrix& input, const Linear& layer) {
    if (input.cols() != layer.weight.rows() || layer.bias.cols() != layer.weight.cols())
        throw std::invalid_argument("linear");
    Matrix output(input.rows(), layer.weight.cols());
    for (Index t = 0; t < output.rows(); ++t)
        for (Index j = 0; j < output.cols(); ++j) {
            output(t, j) = layer.bias(j);
            for (Index i = 0; i < input.cols(); ++i) output(t, j) += input(t, i) * layer.weight(i, j);
        }
    return output;
}

std::vector<Matrix> split_heads(const Matrix& features, Index n_heads) {
    const Tensor tensor = rearranged(features, n_heads);
    std::vector<Matrix> heads;
    for (Index h = 0; h < n_heads; ++h) heads.push_back(slice(tensor, h));
    return heads;
}

Matrix merge_heads(const std::vector<Matrix>& heads) {
    if (heads.empty()) throw std::invalid_argument("no heads");
    Tensor tensor{std::ssize(heads), heads[0].rows(), heads[0].cols()};
    for (Index h = 0; h < tensor.a; ++h) {
        const Matrix& head = heads.at(static_cast<std::size_t>(h));
        if (head.rows() != tensor.b || head.cols() != tensor.c)
            throw std::invalid_argument("heads of different shapes");
        for (Index t = 0; t < tensor.b; ++t)
            for (Index d = 0; d < tensor.c; ++d) tensor(h, t, d) = head(t, d);
    }
    return rearranged(tensor);
}

MultiHeadResult attend_heads(const Matrix& query, const Matrix& key, const Matrix& value, Index n_heads,
                             const Mask& mask) {
    const Scalar small = scale(query.cols(), n_heads);
    return attend(rearranged(query * small, n_heads), rearranged(key, n_heads), rearranged(value, n_heads), mask);
}

MultiHeadResult multi_head_attention(const Matrix& tokens, const Matrix& memory, const MultiHeadWeights& weights,
                                     const Mask& mask) {
    const Scalar small = scale(weights.query.weight.cols(), weights.n_heads);
    const Linear query{weights.query.weight * small, weights.query.bias * small};
    MultiHeadResult result = attend(rearranged(linear(tokens, query), weights.n_heads),
                                    rearranged(linear(memory, weights.key), weights.n_heads),
                                    rearranged(linear(memory, weights.value), weights.n_heads), mask);
    return {linear(result.output, weights.output), result.weights};
}

}  // namespace multi_head_attention
