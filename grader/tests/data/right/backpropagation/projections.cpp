// A right solution by other formulas: what the softmax takes off comes from the output, as in flash attention; the norm
// is a projection; heads are columns of the weights and never split; refusals come first.
#include "backpropagation.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <utility>

namespace backpropagation {

namespace {

void refuse(bool wrong) {
    if (wrong) throw std::invalid_argument("these do not fit each other");
}

bool same(const Matrix& one, const Matrix& other) { return one.rows() == other.rows() && one.cols() == other.cols(); }

bool reads(const Linear& layer, Index width) {
    return layer.weight.rows() == width && layer.bias.size() == layer.weight.cols();
}

Matrix through(const Matrix& input, const Linear& layer) {
    return (input * layer.weight) + RowVector::Ones(input.rows()).transpose() * layer.bias;
}

/// Weights with the output that they give.
struct Attended {
    Matrix weights, output;
};

Attended attend(const Matrix& query, const Matrix& key, const Matrix& value, const Mask& mask) {
    const Matrix keys = key / std::sqrt(static_cast<Scalar>(key.cols()));
    Matrix weights = Matrix::Zero(query.rows(), key.rows());
    for (Index i = 0; i < query.rows(); ++i) {
        Scalar largest = -std::numeric_limits<Scalar>::infinity();
        for (Index j = 0; j < key.rows(); ++j) {
            if (mask.size() > 0 && !mask(i, j)) continue;
            weights(i, j) = query.row(i).dot(keys.row(j));
            largest = std::max(largest, weights(i, j));
        }
        for (Index j = 0; j < key.rows(); ++j) {
            const bool seen = mask.size() == 0 || mask(i, j);
            weights(i, j) = seen ? std::exp(weights(i, j) - largest) : 0;
        }
        const Scalar sum = weights.row(i).sum();
        if (sum > 0) weights.row(i) /= sum;
    }
    Matrix output = weights * value;
    return {std::move(weights), std::move(output)};
}

AttentionGradients back_through(const Matrix& query, const Matrix& key, const Matrix& value, const Attended& seen,
                                const Matrix& upstream) {
    Matrix scores = upstream * value.transpose();
    for (Index i = 0; i < scores.rows(); ++i) scores.row(i).array() -= seen.output.row(i).dot(upstream.row(i));
    scores.array() *= seen.weights.array() / std::sqrt(static_cast<Scalar>(key.cols()));
    return {scores * key, (query.transpose() * scores).transpose(), (upstream.transpose() * seen.weights).transpose()};
}

bool bad_mask(const Mask& mask, Index n_queries, Index n_keys) {
    return mask.rows() + mask.cols() > 0 && (mask.rows() != n_queries || mask.cols() != n_keys);
}

}  // namespace

LinearGradients linear_backward(const Matrix& input, const Linear& layer, const Matrix& upstream) {
    refuse(!reads(layer, input.cols()) || upstream.rows() != input.rows() || upstream.cols() != layer.weight.cols());
    const RowVector ones = RowVector::Ones(input.rows());
    return {(layer.weight * upstream.transpose()).transpose(),
            {(upstream.transpose() * input).transpose(), ones * upstream}};
}

Matrix embedding_backward(const TokenIds& ids, Index n_vocabulary, const Matrix& upstream) {
    refuse(n_vocabulary < 0 || static_cast<Index>(ids.size()) != upstream.rows());
    for (const int id : ids) refuse(id < 0 || id >= n_vocabulary);
    Matrix one_hot = Matrix::Zero(n_vocabulary, upstream.rows());
    for (Index i = 0; i < upstream.rows(); ++i) one_hot(ids[static_cast<std::size_t>(i)], i) = 1;
    return one_hot * upstream;
}

Matrix softmax_backward(const Matrix& weights, const Matrix& upstream) {
    refuse(!same(weights, upstream));
    Matrix result = weights.cwiseProduct(upstream);
    for (Index i = 0; i < result.rows(); ++i) result.row(i) -= weights.row(i) * result.row(i).sum();
    return result;
}

CrossEntropy cross_entropy(const Matrix& logits, const TokenIds& targets, Scalar smoothing) {
    const Index n_tokens = logits.rows(), n_classes = logits.cols();
    refuse(n_tokens == 0 || static_cast<Index>(targets.size()) != n_tokens || !(smoothing >= 0 && smoothing <= 1));
    for (const int target : targets) refuse(target < 0 || target >= n_classes);
    Scalar loss = 0;
    Matrix gradient(n_tokens, n_classes);
    for (Index i = 0; i < n_tokens; ++i) {
        const int target = targets[static_cast<std::size_t>(i)];
        const RowVector shifted = logits.row(i).array() - logits.row(i).maxCoeff();
        const RowVector exponentials = shifted.array().exp();
        const Scalar sum = exponentials.sum();
        loss += std::log(sum) - (1 - smoothing) * shifted(target) - smoothing * shifted.mean();
        gradient.row(i) = exponentials.array() / sum - smoothing / static_cast<Scalar>(n_classes);
        gradient(i, target) -= 1 - smoothing;
    }
    return {loss / static_cast<Scalar>(n_tokens), gradient / static_cast<Scalar>(n_tokens)};
}

LayerNormGradients layer_norm_backward(const Matrix& input, const RowVector& gain, Scalar epsilon,
                                       const Matrix& upstream) {
    refuse(gain.size() != input.cols() || !same(input, upstream));
    const Index d_model = input.cols();
    const Matrix centring =
        Matrix::Identity(d_model, d_model) - Matrix::Constant(d_model, d_model, 1 / static_cast<Scalar>(d_model));
    LayerNormGradients found{upstream, RowVector::Zero(d_model), RowVector::Zero(d_model)};
    for (Index i = 0; i < input.rows(); ++i) {
        const Scalar mean = input.row(i).sum() / static_cast<Scalar>(d_model);
        const RowVector centred = input.row(i).array() - mean;
        const Scalar deviation = std::sqrt(centred.cwiseAbs2().mean() + epsilon);
        const RowVector normal = centred / deviation;
        const Matrix projection = centring - normal.transpose() * normal / static_cast<Scalar>(d_model);
        found.gain += upstream.row(i).cwiseProduct(normal);
        found.bias += upstream.row(i);
        found.input.row(i) = upstream.row(i).cwiseProduct(gain) * projection / deviation;
    }
    return found;
}

AttentionGradients attention_backward(const Matrix& query, const Matrix& key, const Matrix& value, const Mask& mask,
                                      const Matrix& upstream) {
    refuse(query.cols() != key.cols() || key.rows() != value.rows() || bad_mask(mask, query.rows(), key.rows()));
    refuse(upstream.rows() != query.rows() || upstream.cols() != value.cols());
    return back_through(query, key, value, attend(query, key, value, mask), upstream);
}

MultiHeadGradients multi_head_attention_backward(const Matrix& tokens, const Matrix& memory,
                                                 const MultiHeadWeights& weights, const Mask& mask,
                                                 const Matrix& upstream) {
    const Index d_model = tokens.cols(), n_heads = weights.n_heads;
    refuse(n_heads < 1 || d_model % n_heads != 0 || !reads(weights.query, d_model) || !reads(weights.output, d_model));
    refuse(!reads(weights.key, memory.cols()) || !reads(weights.value, memory.cols()) || !same(upstream, tokens));
    for (const Linear* each : {&weights.query, &weights.key, &weights.value, &weights.output})
        refuse(each->weight.cols() != d_model);
    refuse(bad_mask(mask, tokens.rows(), memory.rows()));
    const auto like = [](const Linear& layer) {
        return Linear{Matrix::Zero(layer.weight.rows(), layer.weight.cols()), RowVector::Zero(layer.bias.size())};
    };
    MultiHeadGradients found{
        Matrix::Zero(tokens.rows(), d_model),
        Matrix::Zero(memory.rows(), memory.cols()),
        {like(weights.query), like(weights.key), like(weights.value), like(weights.output), n_heads}};
    found.weights.output.bias = upstream.colwise().sum();
    for (Index h = n_heads - 1, width = d_model / n_heads; h >= 0; --h) {
        const auto cut = [&](const Linear& layer) {
            return Linear{layer.weight.middleCols(h * width, width), layer.bias.segment(h * width, width)};
        };
        const Linear to_query = cut(weights.query), to_key = cut(weights.key), to_value = cut(weights.value);
        const Matrix query = through(tokens, to_query), key = through(memory, to_key),
                     value = through(memory, to_value);
        const Attended seen = attend(query, key, value, mask);
        const auto rows_of_output = weights.output.weight.middleRows(h * width, width);
        found.weights.output.weight.middleRows(h * width, width) = seen.output.transpose() * upstream;
        const AttentionGradients head = back_through(query, key, value, seen, upstream * rows_of_output.transpose());
        const auto paste = [&](const Matrix& input, const Linear& layer, const Matrix& from, Linear& into) {
            const LinearGradients part = linear_backward(input, layer, from);
            into.weight.middleCols(h * width, width) = part.layer.weight;
            into.bias.segment(h * width, width) = part.layer.bias;
            return part.input;
        };
        found.tokens += paste(tokens, to_query, head.query, found.weights.query);
        found.memory += paste(memory, to_key, head.key, found.weights.key);
        found.memory += paste(memory, to_value, head.value, found.weights.value);
    }
    return found;
}

}  // namespace backpropagation
