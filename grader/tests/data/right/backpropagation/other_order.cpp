// Refuses all that does not fit before anything else; long double; whole Jacobians; sums in another order.
#include "backpropagation.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace backpropagation {

namespace {

using Long = Eigen::Matrix<long double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

Long longer(const Matrix& x) { return x.cast<long double>(); }
Matrix shorter(const Long& x) { return x.cast<Scalar>(); }

void refuse(bool wrong) {
    if (wrong) throw std::invalid_argument("the arguments do not fit each other");
}

bool fits(const Matrix& input, const Linear& layer) {
    return layer.weight.rows() == input.cols() && layer.bias.size() == layer.weight.cols();
}

Long forward(const Long& input, const Linear& layer) {
    Long output = input * longer(layer.weight);
    for (Index i = 0; i < output.rows(); ++i) output.row(i) += longer(layer.bias);
    return output;
}

/// Weights of a softmax of scaled products, among what may be seen.
Long shares(const Long& query, const Long& key, const Mask& mask) {
    Long weights = query * key.transpose() / std::sqrt(static_cast<long double>(key.cols()));
    for (Index i = 0; i < weights.rows(); ++i) {
        long double largest = -INFINITY, sum = 0;
        for (Index j = weights.cols() - 1; j >= 0; --j) {
            if (mask.size() != 0 && !mask(i, j)) weights(i, j) = -INFINITY;
            largest = std::max(largest, weights(i, j));
        }
        for (Index j = weights.cols() - 1; j >= 0; --j) {
            weights(i, j) = largest == -INFINITY ? 0 : std::exp(weights(i, j) - largest);
            sum += weights(i, j);
        }
        if (sum > 0) weights.row(i) /= sum;
    }
    return weights;
}

Long softmax_back(const Long& weights, const Long& upstream) {
    Long scores(weights.rows(), weights.cols());
    for (Index i = 0; i < weights.rows(); ++i) {
        const Long row = weights.row(i), column = row.transpose();
        Long jacobian = -column * row;
        for (Index j = 0; j < row.cols(); ++j) jacobian(j, j) += row(0, j);
        const Long product = upstream.row(i) * jacobian;
        scores.row(i) = product;
    }
    return scores;
}

struct Three {
    Long query, key, value;
};

Three back_through(const Long& query, const Long& key, const Long& value, const Mask& mask, const Long& upstream) {
    const Long weights = shares(query, key, mask);
    const Long scores = softmax_back(weights, upstream * value.transpose());
    const long double root = std::sqrt(static_cast<long double>(key.cols()));
    const Long small_key = key / root, small_query = query / root;
    return {scores * small_key, scores.transpose() * small_query, weights.transpose() * upstream};
}

LinearGradients linear_back(const Long& input, const Linear& layer, const Long& upstream) {
    Long bias = Long::Zero(1, layer.weight.cols());
    for (Index i = upstream.rows() - 1; i >= 0; --i) bias += upstream.row(i);
    const Long to_input = (longer(layer.weight) * upstream.transpose()).transpose();
    const Long to_weight = (upstream.transpose() * input).transpose();
    return {shorter(to_input), {shorter(to_weight), shorter(bias)}};
}

}  // namespace

LinearGradients linear_backward(const Matrix& input, const Linear& layer, const Matrix& upstream) {
    refuse(!fits(input, layer) || upstream.rows() != input.rows() || upstream.cols() != layer.weight.cols());
    return linear_back(longer(input), layer, longer(upstream));
}

Matrix embedding_backward(const TokenIds& ids, Index n_vocabulary, const Matrix& upstream) {
    refuse(n_vocabulary < 0 || upstream.rows() != static_cast<Index>(ids.size()));
    for (std::size_t i = 0; i < ids.size(); ++i) refuse(ids[i] < 0 || ids[i] >= n_vocabulary);
    Long table = Long::Zero(n_vocabulary, upstream.cols());
    for (Index i = upstream.rows() - 1; i >= 0; --i)
        table.row(ids[static_cast<std::size_t>(i)]) += longer(upstream.row(i));
    return shorter(table);
}

Matrix softmax_backward(const Matrix& weights, const Matrix& upstream) {
    refuse(weights.rows() != upstream.rows() || weights.cols() != upstream.cols());
    return shorter(softmax_back(longer(weights), longer(upstream)));
}

CrossEntropy cross_entropy(const Matrix& logits, const TokenIds& targets, Scalar smoothing) {
    refuse(logits.rows() == 0 || static_cast<Index>(targets.size()) != logits.rows());
    refuse(!(0 <= smoothing && smoothing <= 1));
    for (std::size_t i = 0; i < targets.size(); ++i) refuse(targets[i] < 0 || targets[i] >= logits.cols());
    long double plain = 0, spread = 0;
    Long gradient(logits.rows(), logits.cols());
    for (Index i = 0; i < logits.rows(); ++i) {
        const int target = targets[static_cast<std::size_t>(i)];
        const Long row = longer(logits.row(i));
        const long double largest = row.maxCoeff();
        long double sum = 0;
        for (Index c = 0; c < row.cols(); ++c) sum += std::exp(row(0, c) - largest);
        const long double all = largest + std::log(sum);
        plain += all - row(0, target);
        spread += (all * row.cols() - row.sum()) / row.cols();
        for (Index c = 0; c < row.cols(); ++c)
            gradient(i, c) = std::exp(row(0, c) - all) - static_cast<long double>(smoothing) / row.cols();
        gradient(i, target) -= 1 - static_cast<long double>(smoothing);
    }
    const long double loss = (1 - static_cast<long double>(smoothing)) * plain + smoothing * spread;
    return {static_cast<Scalar>(loss / logits.rows()), shorter(gradient / logits.rows())};
}

LayerNormGradients layer_norm_backward(const Matrix& input, const RowVector& gain, Scalar epsilon,
                                       const Matrix& upstream) {
    const Index width = input.cols();
    refuse(gain.size() != width || upstream.rows() != input.rows() || upstream.cols() != width);
    Long to_input(input.rows(), width), to_gain = Long::Zero(1, width), to_bias = Long::Zero(1, width);
    for (Index i = input.rows() - 1; i >= 0; --i) {
        const Long x = longer(input.row(i)), up = longer(upstream.row(i));
        const Long centred = x.array() - x.mean();
        const long double deviation = std::sqrt(centred.squaredNorm() / width + static_cast<long double>(epsilon));
        const Long normal = centred / deviation;
        // The Jacobian of normal with respect to x, whole.
        Long jacobian = Long::Identity(width, width) - Long::Constant(width, width, 1.0L / width);
        jacobian -= normal.transpose() * normal / width;
        const Long g = up.array() * longer(gain).array();
        to_input.row(i) = g * jacobian / deviation;
        to_gain += up.cwiseProduct(normal);
        to_bias += up;
    }
    return {shorter(to_input), shorter(to_gain), shorter(to_bias)};
}

AttentionGradients attention_backward(const Matrix& query, const Matrix& key, const Matrix& value, const Mask& mask,
                                      const Matrix& upstream) {
    refuse(key.rows() == 0);
    refuse(key.cols() != query.cols() || value.rows() != key.rows());
    refuse(upstream.rows() != query.rows() || upstream.cols() != value.cols());
    refuse(mask.rows() + mask.cols() != 0 && (mask.rows() != query.rows() || mask.cols() != key.rows()));
    const Three back = back_through(longer(query), longer(key), longer(value), mask, longer(upstream));
    return {shorter(back.query), shorter(back.key), shorter(back.value)};
}

MultiHeadGradients multi_head_attention_backward(const Matrix& tokens, const Matrix& memory,
                                                 const MultiHeadWeights& weights, const Mask& mask,
                                                 const Matrix& upstream) {
    const Index d_model = weights.query.weight.cols();
    refuse(memory.rows() == 0);
    refuse(!fits(tokens, weights.query) || !fits(memory, weights.key) || !fits(memory, weights.value));
    refuse(weights.key.weight.cols() != d_model || weights.value.weight.cols() != d_model);
    refuse(weights.n_heads < 1 || d_model % weights.n_heads != 0 || weights.output.weight.rows() != d_model);
    refuse(weights.output.bias.size() != weights.output.weight.cols() || weights.output.weight.cols() != tokens.cols());
    refuse(upstream.rows() != tokens.rows() || upstream.cols() != tokens.cols());
    refuse(mask.rows() + mask.cols() != 0 && (mask.rows() != tokens.rows() || mask.cols() != memory.rows()));

    const Long x = longer(tokens), m = longer(memory), up = longer(upstream);
    const Long query = forward(x, weights.query), key = forward(m, weights.key), value = forward(m, weights.value);
    const Long to_heads = up * longer(weights.output.weight).transpose();
    const Index width = d_model / weights.n_heads;
    Long heads(x.rows(), d_model), to_query(x.rows(), d_model), to_key(m.rows(), d_model), to_value(m.rows(), d_model);
    for (Index h = weights.n_heads - 1; h >= 0; --h) {
        const Long q = query.middleCols(h * width, width), k = key.middleCols(h * width, width);
        const Long v = value.middleCols(h * width, width);
        heads.middleCols(h * width, width) = shares(q, k, mask) * v;
        const Three back = back_through(q, k, v, mask, to_heads.middleCols(h * width, width));
        to_query.middleCols(h * width, width) = back.query;
        to_key.middleCols(h * width, width) = back.key;
        to_value.middleCols(h * width, width) = back.value;
    }
    const LinearGradients q = linear_back(x, weights.query, to_query), k = linear_back(m, weights.key, to_key);
    const LinearGradients v = linear_back(m, weights.value, to_value), o = linear_back(heads, weights.output, up);
    const Long of_memory =
        to_value * longer(weights.value.weight).transpose() + to_key * longer(weights.key.weight).transpose();
    return {q.input, shorter(of_memory), {q.layer, k.layer, v.layer, o.layer, weights.n_heads}};
}

}  // namespace backpropagation
