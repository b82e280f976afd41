// Plain loops over single numbers, own softmax, nothing of other exercises.
#include "backpropagation.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <vector>

namespace backpropagation {

namespace {

Matrix zeros(Index rows, Index columns) {
    Matrix result(rows, columns);
    for (Index i = 0; i < rows; ++i)
        for (Index j = 0; j < columns; ++j) result(i, j) = 0;
    return result;
}

/// a * b, either of them turned first.
Matrix product(const Matrix& a, bool turn_a, const Matrix& b, bool turn_b) {
    const Index rows = turn_a ? a.cols() : a.rows(), inner = turn_a ? a.rows() : a.cols();
    const Index columns = turn_b ? b.rows() : b.cols();
    Matrix result = zeros(rows, columns);
    for (Index i = 0; i < rows; ++i)
        for (Index k = 0; k < inner; ++k)
            for (Index j = 0; j < columns; ++j)
                result(i, j) += (turn_a ? a(k, i) : a(i, k)) * (turn_b ? b(j, k) : b(k, j));
    return result;
}

void check(bool fine) {
    if (!fine) throw std::invalid_argument("something does not fit");
}

Matrix forward(const Matrix& input, const Linear& layer) {
    check(input.cols() == layer.weight.rows() && layer.bias.size() == layer.weight.cols());
    Matrix output = product(input, false, layer.weight, false);
    for (Index i = 0; i < output.rows(); ++i)
        for (Index j = 0; j < output.cols(); ++j) output(i, j) += layer.bias(j);
    return output;
}

bool sees(const Mask& mask, Index i, Index j) { return mask.size() == 0 || mask(i, j); }

Matrix weights_of(const Matrix& query, const Matrix& key, const Mask& mask) {
    Matrix weights = zeros(query.rows(), key.rows());
    for (Index i = 0; i < query.rows(); ++i) {
        std::vector<Scalar> scores(static_cast<std::size_t>(key.rows()));
        Scalar largest = 0, sum = 0;
        bool any = false;
        for (Index j = 0; j < key.rows(); ++j) {
            if (!sees(mask, i, j)) continue;
            Scalar score = 0;
            for (Index d = 0; d < key.cols(); ++d) score += query(i, d) * key(j, d);
            score /= std::sqrt(static_cast<Scalar>(key.cols()));
            scores[static_cast<std::size_t>(j)] = score;
            if (!any || score > largest) largest = score;
            any = true;
        }
        for (Index j = 0; j < key.rows(); ++j) {
            if (!sees(mask, i, j)) continue;
            weights(i, j) = std::exp(scores[static_cast<std::size_t>(j)] - largest);
            sum += weights(i, j);
        }
        for (Index j = 0; j < key.rows(); ++j)
            if (any) weights(i, j) /= sum;
    }
    return weights;
}

Matrix columns(const Matrix& x, Index from, Index count) {
    Matrix part = zeros(x.rows(), count);
    for (Index i = 0; i < x.rows(); ++i)
        for (Index j = 0; j < count; ++j) part(i, j) = x(i, from + j);
    return part;
}

void put(Matrix& x, Index from, const Matrix& part) {
    for (Index i = 0; i < part.rows(); ++i)
        for (Index j = 0; j < part.cols(); ++j) x(i, from + j) = part(i, j);
}

}  // namespace

LinearGradients linear_backward(const Matrix& input, const Linear& layer, const Matrix& upstream) {
    check(input.cols() == layer.weight.rows() && layer.bias.size() == layer.weight.cols());
    check(upstream.rows() == input.rows() && upstream.cols() == layer.weight.cols());
    RowVector bias(layer.bias.size());
    for (Index j = 0; j < bias.size(); ++j) {
        bias(j) = 0;
        for (Index i = 0; i < upstream.rows(); ++i) bias(j) += upstream(i, j);
    }
    return {product(upstream, false, layer.weight, true), {product(input, true, upstream, false), bias}};
}

Matrix embedding_backward(const TokenIds& ids, Index n_vocabulary, const Matrix& upstream) {
    check(n_vocabulary >= 0 && upstream.rows() == static_cast<Index>(ids.size()));
    Matrix table = zeros(n_vocabulary, upstream.cols());
    Index i = 0;
    for (const int id : ids) {
        check(id >= 0 && id < n_vocabulary);
        for (Index j = 0; j < upstream.cols(); ++j) table(id, j) += upstream(i, j);
        ++i;
    }
    return table;
}

Matrix softmax_backward(const Matrix& weights, const Matrix& upstream) {
    check(weights.rows() == upstream.rows() && weights.cols() == upstream.cols());
    Matrix scores = zeros(weights.rows(), weights.cols());
    for (Index i = 0; i < weights.rows(); ++i) {
        Scalar sum = 0;
        for (Index k = 0; k < weights.cols(); ++k) sum += weights(i, k) * upstream(i, k);
        for (Index j = 0; j < weights.cols(); ++j) scores(i, j) = weights(i, j) * (upstream(i, j) - sum);
    }
    return scores;
}

CrossEntropy cross_entropy(const Matrix& logits, const TokenIds& targets, Scalar smoothing) {
    check(logits.rows() >= 1 && static_cast<Index>(targets.size()) == logits.rows());
    check(!(smoothing < 0) && !(smoothing > 1));
    for (const int target : targets) check(target >= 0 && target < logits.cols());
    CrossEntropy result{0, zeros(logits.rows(), logits.cols())};
    for (Index i = 0; i < logits.rows(); ++i) {
        const int target = targets[static_cast<std::size_t>(i)];
        Scalar largest = logits(i, 0), sum = 0;
        for (Index c = 0; c < logits.cols(); ++c) largest = std::max(largest, logits(i, c));
        for (Index c = 0; c < logits.cols(); ++c) sum += std::exp(logits(i, c) - largest);
        for (Index c = 0; c < logits.cols(); ++c) {
            const Scalar due =
                smoothing / static_cast<Scalar>(logits.cols()) + (c == target ? 1 - smoothing : Scalar{0});
            result.loss -= due * (logits(i, c) - largest - std::log(sum)) / static_cast<Scalar>(logits.rows());
            result.gradient(i, c) = (std::exp(logits(i, c) - largest) / sum - due) / static_cast<Scalar>(logits.rows());
        }
    }
    return result;
}

LayerNormGradients layer_norm_backward(const Matrix& input, const RowVector& gain, Scalar epsilon,
                                       const Matrix& upstream) {
    const Index width = input.cols();
    check(gain.size() == width && upstream.rows() == input.rows() && upstream.cols() == width);
    LayerNormGradients back{zeros(input.rows(), width), zeros(1, width), zeros(1, width)};
    for (Index i = 0; i < input.rows(); ++i) {
        Scalar mean = 0, squares = 0, sum = 0, product_sum = 0;
        for (Index j = 0; j < width; ++j) mean += input(i, j) / static_cast<Scalar>(width);
        for (Index j = 0; j < width; ++j) squares += (input(i, j) - mean) * (input(i, j) - mean);
        const Scalar deviation = std::sqrt(squares / static_cast<Scalar>(width) + epsilon);
        for (Index j = 0; j < width; ++j) {
            const Scalar normal = (input(i, j) - mean) / deviation;
            sum += upstream(i, j) * gain(j);
            product_sum += upstream(i, j) * gain(j) * normal;
            back.gain(j) += upstream(i, j) * normal;
            back.bias(j) += upstream(i, j);
        }
        for (Index j = 0; j < width; ++j) {
            const Scalar normal = (input(i, j) - mean) / deviation;
            back.input(i, j) = (upstream(i, j) * gain(j) - sum / static_cast<Scalar>(width) -
                                normal * product_sum / static_cast<Scalar>(width)) /
                               deviation;
        }
    }
    return back;
}

AttentionGradients attention_backward(const Matrix& query, const Matrix& key, const Matrix& value, const Mask& mask,
                                      const Matrix& upstream) {
    check(query.cols() == key.cols() && key.rows() == value.rows());
    check(mask.size() == 0 || (mask.rows() == query.rows() && mask.cols() == key.rows()));
    check(upstream.rows() == query.rows() && upstream.cols() == value.cols());
    const Matrix weights = weights_of(query, key, mask);
    const Matrix scores = softmax_backward(weights, product(upstream, false, value, true));
    AttentionGradients back{product(scores, false, key, false), product(scores, true, query, false),
                            product(weights, true, upstream, false)};
    const Scalar root = std::sqrt(static_cast<Scalar>(key.cols()));
    for (Index i = 0; i < back.query.rows(); ++i)
        for (Index d = 0; d < back.query.cols(); ++d) back.query(i, d) /= root;
    for (Index j = 0; j < back.key.rows(); ++j)
        for (Index d = 0; d < back.key.cols(); ++d) back.key(j, d) /= root;
    return back;
}

MultiHeadGradients multi_head_attention_backward(const Matrix& tokens, const Matrix& memory,
                                                 const MultiHeadWeights& weights, const Mask& mask,
                                                 const Matrix& upstream) {
    const Matrix query = forward(tokens, weights.query), key = forward(memory, weights.key);
    const Matrix value = forward(memory, weights.value);
    check(weights.n_heads >= 1 && query.cols() % weights.n_heads == 0);
    check(key.cols() == query.cols() && value.cols() == query.cols() && weights.output.weight.rows() == query.cols());
    check(mask.size() == 0 || (mask.rows() == query.rows() && mask.cols() == key.rows()));
    const Index width = query.cols() / weights.n_heads;
    Matrix heads = zeros(query.rows(), query.cols());
    for (Index from = 0; from < query.cols(); from += width) {
        const Matrix shares = weights_of(columns(query, from, width), columns(key, from, width), mask);
        put(heads, from, product(shares, false, columns(value, from, width), false));
    }
    const LinearGradients output = linear_backward(heads, weights.output, upstream);
    Matrix of_query = zeros(query.rows(), query.cols()), of_key = zeros(key.rows(), key.cols()), of_value = of_key;
    for (Index from = 0; from < query.cols(); from += width) {
        const AttentionGradients head =
            attention_backward(columns(query, from, width), columns(key, from, width), columns(value, from, width),
                               mask, columns(output.input, from, width));
        put(of_query, from, head.query);
        put(of_key, from, head.key);
        put(of_value, from, head.value);
    }
    const LinearGradients q = linear_backward(tokens, weights.query, of_query);
    const LinearGradients k = linear_backward(memory, weights.key, of_key);
    const LinearGradients v = linear_backward(memory, weights.value, of_value);
    MultiHeadGradients back{q.input, k.input, {q.layer, k.layer, v.layer, output.layer, weights.n_heads}};
    for (Index i = 0; i < memory.rows(); ++i)
        for (Index j = 0; j < memory.cols(); ++j) back.memory(i, j) += v.input(i, j);
    return back;
}

}  // namespace backpropagation
