// Whole matrices in few expressions; a layer norm of all rows at once.
#include "backpropagation.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "attention.hpp"

namespace backpropagation {

namespace {

void fits(bool good, const char* sentence) {
    if (!good) throw std::invalid_argument(sentence);
}

}  // namespace

LinearGradients linear_backward(const Matrix& input, const Linear& layer, const Matrix& upstream) {
    fits(input.cols() == layer.weight.rows(), "input and weight");
    fits(layer.bias.cols() == layer.weight.cols(), "bias and weight");
    fits(upstream.rows() == input.rows() && upstream.cols() == layer.weight.cols(), "upstream");
    const RowVector ones = RowVector::Ones(upstream.rows());
    return {upstream * layer.weight.transpose(), {input.transpose() * upstream, ones * upstream}};
}

Matrix embedding_backward(const TokenIds& ids, Index n_vocabulary, const Matrix& upstream) {
    fits(n_vocabulary >= 0, "a negative number of rows");
    fits(upstream.rows() == static_cast<Index>(ids.size()), "ids and upstream");
    fits(std::all_of(ids.begin(), ids.end(), [&](int id) { return 0 <= id && id < n_vocabulary; }), "no such id");
    Matrix one_hot = Matrix::Zero(static_cast<Index>(ids.size()), n_vocabulary);
    for (std::size_t i = 0; i < ids.size(); ++i) one_hot(static_cast<Index>(i), ids[i]) = 1;
    return one_hot.transpose() * upstream;
}

Matrix softmax_backward(const Matrix& weights, const Matrix& upstream) {
    fits(weights.rows() == upstream.rows() && weights.cols() == upstream.cols(), "weights and upstream");
    const Matrix products = weights.array() * upstream.array();
    const Eigen::Matrix<Scalar, Eigen::Dynamic, 1> sums = products.rowwise().sum();
    return products - sums.asDiagonal() * weights;
}

CrossEntropy cross_entropy(const Matrix& logits, const TokenIds& targets, Scalar smoothing) {
    fits(logits.rows() > 0 && targets.size() == static_cast<std::size_t>(logits.rows()), "logits and targets");
    fits(smoothing >= 0 && smoothing <= 1, "smoothing");
    fits(std::all_of(targets.begin(), targets.end(), [&](int id) { return 0 <= id && id < logits.cols(); }), "target");
    const Scalar n = static_cast<Scalar>(logits.rows()), each = smoothing / static_cast<Scalar>(logits.cols());
    const Matrix shifted = logits.colwise() - logits.rowwise().maxCoeff().eval();
    const Matrix p = attention::softmax_rows(logits);
    // loss = log(sum of exp) - mean logit, weighted by what is due
    Scalar loss = shifted.array().exp().rowwise().sum().log().sum() - each * shifted.sum();
    Matrix gradient = p.array() - each;
    for (Index i = 0; i < logits.rows(); ++i) {
        loss -= (1 - smoothing) * shifted(i, targets[static_cast<std::size_t>(i)]);
        gradient(i, targets[static_cast<std::size_t>(i)]) -= 1 - smoothing;
    }
    return {loss / n, gradient / n};
}

LayerNormGradients layer_norm_backward(const Matrix& input, const RowVector& gain, Scalar epsilon,
                                       const Matrix& upstream) {
    fits(gain.size() == input.cols(), "gain and input");
    fits(upstream.rows() == input.rows() && upstream.cols() == input.cols(), "upstream and input");
    if (input.rows() == 0) return {input, RowVector::Zero(input.cols()), RowVector::Zero(input.cols())};
    using Column = Eigen::Matrix<Scalar, Eigen::Dynamic, 1>;
    const Column mean = input.rowwise().mean();
    const Matrix centred = input.colwise() - mean;
    const Column inverse = (centred.array().square().rowwise().mean() + epsilon).rsqrt();
    const Matrix normal = inverse.asDiagonal() * centred, g = upstream * gain.asDiagonal();
    const Column mean_g = g.rowwise().mean(), mean_product = g.cwiseProduct(normal).rowwise().mean();
    return {inverse.asDiagonal() * ((g.colwise() - mean_g) - mean_product.asDiagonal() * normal),
            upstream.cwiseProduct(normal).colwise().sum(), upstream.colwise().sum()};
}

AttentionGradients attention_backward(const Matrix& query, const Matrix& key, const Matrix& value, const Mask& mask,
                                      const Matrix& upstream) {
    const attention::AttentionResult forward = attention::masked_attention(query, key, value, mask);
    fits(upstream.rows() == forward.output.rows() && upstream.cols() == forward.output.cols(), "upstream");
    const Matrix scores = softmax_backward(forward.weights, upstream * value.transpose());
    const Scalar root = std::sqrt(static_cast<Scalar>(query.cols()));
    return {scores * key / root, scores.transpose() * query / root, forward.weights.transpose() * upstream};
}

MultiHeadGradients multi_head_attention_backward(const Matrix& tokens, const Matrix& memory,
                                                 const MultiHeadWeights& weights, const Mask& mask,
                                                 const Matrix& upstream) {
    namespace mha = multi_head_attention;
    const Matrix query = mha::linear(tokens, weights.query), key = mha::linear(memory, weights.key);
    const Matrix value = mha::linear(memory, weights.value);
    const Matrix heads = mha::attend_heads(query, key, value, weights.n_heads, mask).output;
    const LinearGradients output = linear_backward(heads, weights.output, upstream);
    Matrix of_query(query.rows(), query.cols()), of_key(key.rows(), key.cols()), of_value(value.rows(), value.cols());
    const Index width = query.cols() / weights.n_heads;
    for (Index h = 0; h < weights.n_heads; ++h) {
        const auto block = [&](const Matrix& x) -> Matrix { return x.middleCols(h * width, width); };
        const AttentionGradients head =
            attention_backward(block(query), block(key), block(value), mask, block(output.input));
        of_query.middleCols(h * width, width) = head.query;
        of_key.middleCols(h * width, width) = head.key;
        of_value.middleCols(h * width, width) = head.value;
    }
    const LinearGradients q = linear_backward(tokens, weights.query, of_query);
    const LinearGradients k = linear_backward(memory, weights.key, of_key);
    const LinearGradients v = linear_backward(memory, weights.value, of_value);
    return {q.input, k.input + v.input, {q.layer, k.layer, v.layer, output.layer, weights.n_heads}};
}

}  // namespace backpropagation
