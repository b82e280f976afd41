// What the tests of `backpropagation` ask about: the way forward in double, of which differences are taken, and golden
// arguments, which PyTorch has seen too.
#ifndef QKV_BACKPROPAGATION_GOLDEN_MODEL_HPP
#define QKV_BACKPROPAGATION_GOLDEN_MODEL_HPP

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <string>
#include <vector>

#include "backpropagation.hpp"
#include "testing/tests.hpp"

namespace backpropagation::tests {

using qkv::testing::Equals;
using qkv::testing::golden;
using qkv::testing::tolerance;

using Wide = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

inline Wide wide(const std::string& name) { return golden(name).cast<double>(); }

/// The derivative of a loss with respect to each element of x, by central differences of two steps: what is left out is
/// of the order of step^4.
inline Matrix differences(Wide x, const std::function<double(const Wide&)>& loss) {
    constexpr double step = 1. / 512;
    Wide result(x.rows(), x.cols());
    for (Index i = 0; i < x.size(); ++i) {
        const double here = x.data()[i];
        const auto moved = [&](double steps) {
            x.data()[i] = here + steps * step;
            return loss(x);
        };
        const double inner = moved(1) - moved(-1), outer = moved(2) - moved(-2);
        result.data()[i] = (8 * inner - outer) / (12 * step);
        x.data()[i] = here;
    }
    return result.cast<Scalar>();
}

/// Differences have some digits less than derivatives.
inline Equals by_differences(const Wide& x, const std::function<double(const Wide&)>& loss) {
    return Equals(differences(x, loss)).within(std::max(tolerance, 1e-7));
}

/// The loss whose upstream gradient is `upstream`.
inline double weighted(const Wide& output, const Wide& upstream) { return output.cwiseProduct(upstream).sum(); }

// ---------------------------------------------------------------------------- the way forward

inline Wide softmax(const Wide& scores) {
    const Wide exponentials = scores.array().exp();
    const Wide sums = exponentials.rowwise().sum();
    return sums.cwiseInverse().col(0).asDiagonal() * exponentials;
}

/// Softmax among what may be seen; without a mask, all.
inline Wide weights_of(const Wide& query, const Wide& key, const Mask& mask) {
    Wide scores = query * key.transpose() / std::sqrt(static_cast<double>(key.cols()));
    if (mask.size() != 0) scores = mask.select(scores, -100);
    return softmax(scores);
}

inline Wide attend(const Wide& query, const Wide& key, const Wide& value, const Mask& mask) {
    return weights_of(query, key, mask) * value;
}

inline Wide normalised(const Wide& input, double epsilon) {
    Wide result(input.rows(), input.cols());
    for (Index i = 0; i < input.rows(); ++i) {
        const Wide centred = input.row(i).array() - input.row(i).mean();
        result.row(i) = centred / std::sqrt(centred.squaredNorm() / static_cast<double>(input.cols()) + epsilon);
    }
    return result;
}

inline Wide layer_norm(const Wide& input, const Wide& gain, const Wide& bias, double epsilon) {
    return (normalised(input, epsilon) * gain.row(0).asDiagonal()).rowwise() + bias.row(0);
}

inline double cross_entropy(const Wide& logits, const TokenIds& targets, double smoothing) {
    const Wide log_p = softmax(logits).array().log();
    double loss = -smoothing * log_p.mean();
    for (Index i = 0; i < log_p.rows(); ++i)
        loss -= (1 - smoothing) * log_p(i, targets[static_cast<std::size_t>(i)]) / static_cast<double>(log_p.rows());
    return loss;
}

/// Weight and bias of queries, keys, values and output, one after the other.
using Layers = std::array<Wide, 8>;

inline Wide multi_head(const Wide& tokens, const Wide& memory, const Layers& layers, Index n_heads, const Mask& mask) {
    const Wide query = (tokens * layers[0]).rowwise() + layers[1].row(0);
    const Wide key = (memory * layers[2]).rowwise() + layers[3].row(0);
    const Wide value = (memory * layers[4]).rowwise() + layers[5].row(0);
    const Index width = query.cols() / n_heads;
    Wide heads(query.rows(), query.cols());
    for (Index from = 0; from < query.cols(); from += width) {
        heads.middleCols(from, width) =
            attend(query.middleCols(from, width), key.middleCols(from, width), value.middleCols(from, width), mask);
    }
    return (heads * layers[6]).rowwise() + layers[7].row(0);
}

// ---------------------------------------------------------------------------- golden arguments

inline Linear linear_at(const std::string& name) { return {golden(name + "/weight"), golden(name + "/bias")}; }

inline MultiHeadWeights golden_weights(Index n_heads) {
    return {linear_at("heads/query"), linear_at("heads/key"), linear_at("heads/value"), linear_at("heads/output"),
            n_heads};
}

inline std::vector<Matrix> listed(const MultiHeadWeights& weights) {
    std::vector<Matrix> all;
    for (const Linear& layer : {weights.query, weights.key, weights.value, weights.output}) {
        all.push_back(layer.weight);
        all.push_back(layer.bias);
    }
    return all;
}

}  // namespace backpropagation::tests

#endif
