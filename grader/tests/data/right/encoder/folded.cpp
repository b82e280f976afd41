// A right solution that folds weights into each other, as an inference engine does: in the pre-norm order the gain and
// bias of a norm go into the linear layer after it, W_O is cut into one piece a head and made one with W_V.
#include "encoder.hpp"

#include <cmath>
#include <numbers>
#include <stdexcept>

namespace encoder {

namespace {

void need(bool met, const char* what) {
    if (!met) throw std::invalid_argument(what);
}

void need_linear(const Linear& layer, Index d_in, Index d_out) {
    need(layer.weight.rows() == d_in, "rows of a weight");
    need(layer.weight.cols() == d_out, "columns of a weight");
    need(layer.bias.cols() == d_out, "entries of a bias");
}

void need_norm(const LayerNormWeights& norm, Index d_model) {
    need(norm.gain.cols() == d_model && norm.bias.cols() == d_model, "a norm of another width");
}

/// Mean 0 and variance 1, each row: no gain, no bias.
Matrix standardised(Matrix x, Scalar epsilon) {
    for (auto row : x.rowwise()) {
        row.array() -= row.mean();
        row *= 1 / std::sqrt(row.squaredNorm() / static_cast<Scalar>(row.size()) + epsilon);
    }
    return x;
}

Linear after(const LayerNormWeights& norm, const Linear& layer) {
    return {norm.gain.asDiagonal() * layer.weight, norm.bias * layer.weight + layer.bias};
}

Matrix apply(const Matrix& x, const Linear& layer) { return (x * layer.weight).rowwise() + layer.bias; }

Matrix attend(const Matrix& x, const Linear& q, const Linear& k, const Linear& v, const MultiHeadWeights& weights,
              const Mask& mask) {
    const Index d = x.cols(), d_head = d / weights.n_heads;
    const Matrix queries = apply(x, q), keys = apply(x, k);
    Matrix output = weights.output.bias.replicate(x.rows(), 1);
    for (Index h = 0; h < weights.n_heads; ++h) {
        const auto from = Eigen::seqN(h * d_head, d_head);
        const Matrix w_o = weights.output.weight(from, Eigen::all);
        const Linear v_o{v.weight(Eigen::all, from) * w_o, v.bias(from) * w_o};
        const Matrix values = apply(x, v_o);
        const Matrix scores =
            queries(Eigen::all, from) * keys(Eigen::all, from).transpose() / std::sqrt(static_cast<Scalar>(d_head));
        for (Index i = 0; i < x.rows(); ++i) {
            std::vector<Index> seen;
            for (Index j = 0; j < x.rows(); ++j)
                if (mask.size() == 0 || mask(i, j)) seen.push_back(j);
            if (seen.empty()) continue;
            const RowVector mine = scores.row(i)(seen);
            RowVector p = (mine.array() - mine.maxCoeff()).exp();
            p /= p.sum();
            output.row(i) += p * values(seen, Eigen::all);
        }
    }
    return output;
}

Matrix transform(const Matrix& x, const Linear& inner, const Linear& outer, Activation activation) {
    return apply(activate(apply(x, inner), activation), outer);
}

void need_all(const EncoderLayerWeights& weights, Index n, Index d, const Mask& mask) {
    const MultiHeadWeights& a = weights.attention;
    for (const Linear* layer : {&a.query, &a.key, &a.value, &a.output}) need_linear(*layer, d, d);
    need(a.n_heads >= 1 && d % a.n_heads == 0, "n_heads");
    need_linear(weights.feed_forward.inner, d, weights.feed_forward.inner.weight.cols());
    need_linear(weights.feed_forward.outer, weights.feed_forward.inner.weight.cols(), d);
    need_norm(weights.attention_norm, d);
    need_norm(weights.feed_forward_norm, d);
    need(mask.size() == 0 || (mask.rows() == n && mask.cols() == n), "mask");
}

}  // namespace

Matrix layer_norm(const Matrix& input, const LayerNormWeights& weights) {
    need_norm(weights, input.cols());
    if (input.cols() == 0) return input;
    return standardised(input, weights.epsilon) * weights.gain.asDiagonal() + weights.bias.replicate(input.rows(), 1);
}

Matrix activate(const Matrix& input, Activation activation) {
    return activation == Activation::gelu ? Matrix(input.unaryExpr([](Scalar x) {
        return x * Scalar(0.5) * (1 + std::erf(x * Scalar(std::numbers::sqrt2 / 2)));
    }))
                                          : Matrix((input + input.cwiseAbs()) / 2);
}

Matrix feed_forward(const Matrix& input, const FeedForwardWeights& weights, Activation activation) {
    need_linear(weights.inner, input.cols(), weights.inner.weight.cols());
    need_linear(weights.outer, weights.inner.weight.cols(), input.cols());
    return transform(input, weights.inner, weights.outer, activation);
}

Matrix encoder_layer(const Matrix& tokens, const EncoderLayerWeights& weights, NormOrder order, Activation activation,
                     const Mask& mask) {
    need_all(weights, tokens.rows(), tokens.cols(), mask);
    if (tokens.size() == 0) return tokens;
    const MultiHeadWeights& a = weights.attention;
    const auto& [inner, outer] = weights.feed_forward;
    const LayerNormWeights &first = weights.attention_norm, &second = weights.feed_forward_norm;
    Matrix x = tokens;
    if (order == NormOrder::post) {
        x += attend(x, a.query, a.key, a.value, a, mask);
        x = layer_norm(x, first);
        x += transform(x, inner, outer, activation);
        return layer_norm(x, second);
    }
    x += attend(standardised(x, first.epsilon), after(first, a.query), after(first, a.key), after(first, a.value), a,
                mask);
    x += transform(standardised(x, second.epsilon), after(second, inner), outer, activation);
    return x;
}

Matrix encode(const Matrix& tokens, const EncoderWeights& weights, NormOrder order, Activation activation,
              const Mask& mask) {
    for (const EncoderLayerWeights& layer : weights.layers) need_all(layer, tokens.rows(), tokens.cols(), mask);
    if (weights.final_norm.has_value()) need_norm(weights.final_norm.value(), tokens.cols());
    Matrix x = tokens;
    for (auto layer = weights.layers.begin(); layer != weights.layers.end(); ++layer)
        x = encoder_layer(x, *layer, order, activation, mask);
    if (weights.final_norm.has_value()) x = layer_norm(x, weights.final_norm.value());
    return x;
}

}  // namespace encoder
