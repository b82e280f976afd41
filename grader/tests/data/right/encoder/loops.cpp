// A right solution in plain loops over numbers. It calls nothing of the exercise it needs: attention is
// written out again, head by head, query by query.
#include "encoder.hpp"

#include <cmath>
#include <stdexcept>
#include <vector>

namespace encoder {

static void refuse_unless(bool fits) {
    if (!fits) throw std::invalid_argument("shapes do not fit");
}

static Matrix affine(const Matrix& x, const Linear& layer) {
    refuse_unless(x.cols() == layer.weight.rows());
    refuse_unless(layer.weight.cols() == layer.bias.cols());
    Matrix y(x.rows(), layer.weight.cols());
    for (Index t = 0; t < y.rows(); ++t) {
        for (Index o = 0; o < y.cols(); ++o) {
            Scalar sum = layer.bias(o);
            for (Index i = 0; i < x.cols(); ++i) sum += x(t, i) * layer.weight(i, o);
            y(t, o) = sum;
        }
    }
    return y;
}

Matrix layer_norm(const Matrix& input, const LayerNormWeights& weights) {
    const Index n = input.cols();
    refuse_unless(weights.gain.cols() == n && weights.bias.cols() == n);
    Matrix output(input.rows(), n);
    for (Index t = 0; t < input.rows(); ++t) {
        Scalar mean = 0;
        for (Index j = 0; j < n; ++j) mean += input(t, j);
        mean /= static_cast<Scalar>(n);
        Scalar variance = 0;
        for (Index j = 0; j < n; ++j) variance += (input(t, j) - mean) * (input(t, j) - mean);
        variance /= static_cast<Scalar>(n);
        const Scalar deviation = std::sqrt(variance + weights.epsilon);
        for (Index j = 0; j < n; ++j) {
            output(t, j) = weights.gain(j) * (input(t, j) - mean) / deviation + weights.bias(j);
        }
    }
    return output;
}

Matrix activate(const Matrix& input, Activation activation) {
    Matrix output = input;
    for (Index t = 0; t < output.rows(); ++t) {
        for (Index j = 0; j < output.cols(); ++j) {
            Scalar& x = output(t, j);
            if (activation == Activation::gelu) {
                x = Scalar(0.5) * x * (1 + std::erf(x / std::sqrt(Scalar(2))));
            } else if (x < 0) {
                x = 0;
            }
        }
    }
    return output;
}

Matrix feed_forward(const Matrix& input, const FeedForwardWeights& weights, Activation activation) {
    const Matrix output = affine(activate(affine(input, weights.inner), activation), weights.outer);
    refuse_unless(output.cols() == input.cols());
    return output;
}

static Matrix attend(const Matrix& x, const MultiHeadWeights& weights, const Mask& mask) {
    const Matrix query = affine(x, weights.query), key = affine(x, weights.key), value = affine(x, weights.value);
    const Index n = x.rows(), d_model = query.cols(), n_heads = weights.n_heads;
    refuse_unless(key.cols() == d_model && value.cols() == d_model);
    refuse_unless(n_heads > 0 && d_model % n_heads == 0);
    refuse_unless(mask.size() == 0 || (mask.rows() == n && mask.cols() == n));
    const Index d_head = d_model / n_heads;
    Matrix heads = Matrix::Zero(n, d_model);
    std::vector<Scalar> score(static_cast<std::size_t>(n));
    for (Index first = 0; first < d_model; first += d_head) {
        for (Index i = 0; i < n; ++i) {
            const auto seen = [&](Index j) { return mask.size() == 0 || mask(i, j); };
            bool anything = false;
            Scalar best = 0;
            for (Index j = 0; j < n; ++j) {
                if (!seen(j)) continue;
                Scalar dot = 0;
                for (Index c = first; c < first + d_head; ++c) dot += query(i, c) * key(j, c);
                dot /= std::sqrt(static_cast<Scalar>(d_head));
                score[static_cast<std::size_t>(j)] = dot;
                if (!anything || dot > best) best = dot;
                anything = true;
            }
            Scalar total = 0;
            for (Index j = 0; j < n; ++j) {
                if (seen(j)) total += std::exp(score[static_cast<std::size_t>(j)] - best);
            }
            for (Index j = 0; j < n; ++j) {
                if (!seen(j)) continue;
                const Scalar weight = std::exp(score[static_cast<std::size_t>(j)] - best) / total;
                for (Index c = first; c < first + d_head; ++c) heads(i, c) += weight * value(j, c);
            }
        }
    }
    return affine(heads, weights.output);
}

static Matrix plus(const Matrix& a, const Matrix& b) {
    refuse_unless(a.rows() == b.rows() && a.cols() == b.cols());
    Matrix sum = a;
    for (Index i = 0; i < sum.rows(); ++i) {
        for (Index j = 0; j < sum.cols(); ++j) sum(i, j) += b(i, j);
    }
    return sum;
}

Matrix encoder_layer(const Matrix& tokens, const EncoderLayerWeights& weights, NormOrder order, Activation activation,
                     const Mask& mask) {
    Matrix x = tokens;
    switch (order) {
        case NormOrder::post:
            x = plus(x, attend(x, weights.attention, mask));
            x = layer_norm(x, weights.attention_norm);
            x = plus(x, feed_forward(x, weights.feed_forward, activation));
            return layer_norm(x, weights.feed_forward_norm);
        case NormOrder::pre:
            x = plus(x, attend(layer_norm(x, weights.attention_norm), weights.attention, mask));
            return plus(x, feed_forward(layer_norm(x, weights.feed_forward_norm), weights.feed_forward, activation));
    }
    throw std::invalid_argument("no such order");
}

Matrix encode(const Matrix& tokens, const EncoderWeights& weights, NormOrder order, Activation activation,
              const Mask& mask) {
    Matrix x = tokens;
    for (std::size_t i = 0; i < weights.layers.size(); ++i) {
        x = encoder_layer(x, weights.layers[i], order, activation, mask);
    }
    if (weights.final_norm.has_value()) x = layer_norm(x, weights.final_norm.value());
    return x;
}

}  // namespace encoder
