// The same by loops over single numbers, with own checks.
#include "text_reading.hpp"

#include <cmath>
#include <stdexcept>

namespace text_reading {

namespace {

void check(bool holds) {
    if (!holds) throw std::invalid_argument("does not fit");
}

Scalar silu_of(Scalar x) {
    if (x < 0) {
        const Scalar e = std::exp(x);
        return x * e / (1 + e);
    }
    return x / (1 + std::exp(-x));
}

Matrix apply(const Matrix& input, const Linear& layer) {
    check(input.cols() == layer.weight.rows() && layer.weight.cols() == layer.bias.cols());
    Matrix output(input.rows(), layer.weight.cols());
    for (Index i = 0; i < output.rows(); ++i) {
        for (Index j = 0; j < output.cols(); ++j) {
            Scalar sum = layer.bias(j);
            for (Index k = 0; k < input.cols(); ++k) sum += input(i, k) * layer.weight(k, j);
            output(i, j) = sum;
        }
    }
    return output;
}

Index argmax(const Matrix& logits, Index t) {
    Index best = 0;
    for (Index j = 1; j < logits.cols(); ++j) {
        if (logits(t, j) > logits(t, best)) best = j;
    }
    return best;
}

}  // namespace

Matrix silu(const Matrix& input) {
    Matrix output(input.rows(), input.cols());
    for (Index i = 0; i < input.rows(); ++i) {
        for (Index j = 0; j < input.cols(); ++j) output(i, j) = silu_of(input(i, j));
    }
    return output;
}

Matrix silu_feed_forward(const Matrix& input, const FeedForwardWeights& weights) {
    const Matrix output = apply(silu(apply(input, weights.inner)), weights.outer);
    check(output.cols() == input.cols());
    return output;
}

MultiHeadWeights attention_from_fused(const Linear& fused, const Linear& output, Index n_heads, FusedOrder order) {
    Matrix all = fused.weight, last = output.weight;
    if (all.rows() > all.cols()) {
        all = Matrix(fused.weight.transpose());
        last = Matrix(output.weight.transpose());
    }
    const Index d = all.rows();
    check(d >= 1 && all.cols() == d * 3 && fused.bias.cols() == d * 3);
    check(last.rows() == d && last.cols() == d && output.bias.cols() == d);
    check(n_heads >= 1 && d % n_heads == 0);
    const Index width = d / n_heads;
    MultiHeadWeights weights;
    weights.n_heads = n_heads;
    weights.output = {last, output.bias};
    for (Linear* part : {&weights.query, &weights.key, &weights.value}) *part = {Matrix(d, d), RowVector(d)};
    for (Index column = 0; column < 3 * d; ++column) {
        Index kind = column / d, to = column % d;
        if (order == FusedOrder::heads_first) {
            kind = column / width % 3;
            to = column / (3 * width) * width + column % width;
        }
        Linear& part = kind == 0 ? weights.query : kind == 1 ? weights.key : weights.value;
        for (Index i = 0; i < d; ++i) part.weight(i, to) = all(i, column);
        part.bias(to) = fused.bias(column);
    }
    return weights;
}

LayerResult silu_encoder_layer(const Matrix& tokens, const EncoderLayerWeights& weights) {
    check(tokens.rows() > 0);
    const Matrix normal = encoder::layer_norm(tokens, weights.attention_norm);
    auto [h, heads] = multi_head_attention::multi_head_attention(normal, normal, weights.attention, Mask());
    check(h.cols() == tokens.cols());
    h += tokens;
    Matrix result = silu_feed_forward(encoder::layer_norm(h, weights.feed_forward_norm), weights.feed_forward);
    result += h;
    return {result, heads};
}

Encoding encode_line(const Matrix& tokens, const EncoderWeights& weights) {
    Encoding all;
    all.tokens.push_back(tokens);
    for (std::size_t i = 0; i < weights.layers.size(); ++i) {
        const LayerResult next = silu_encoder_layer(all.tokens[i], weights.layers[i]);
        all.tokens.push_back(next.tokens);
        all.attention.push_back(next.attention);
    }
    all.output = all.tokens.back();
    if (weights.final_norm.has_value()) all.output = encoder::layer_norm(all.output, weights.final_norm.value());
    return all;
}

Matrix with_neighbours(const Matrix& rows) {
    Matrix wide(rows.rows(), 3 * rows.cols());
    for (Index t = 0; t < rows.rows(); ++t) {
        for (Index k = 0; k < 3; ++k) {
            const Index from = t + k - 1;
            for (Index j = 0; j < rows.cols(); ++j) {
                wide(t, k * rows.cols() + j) = from >= 0 && from < rows.rows() ? rows(from, j) : 0;
            }
        }
    }
    return wide;
}

Matrix line_logits(const Matrix& encoded, const Matrix& beside, const HeadWeights& weights) {
    Matrix x = silu(apply(encoded, weights.widen));
    x = apply(with_neighbours(x), weights.gather);
    check(x.rows() == beside.rows() && x.cols() == beside.cols());
    for (Index i = 0; i < x.rows(); ++i) {
        for (Index j = 0; j < x.cols(); ++j) x(i, j) = silu_of(x(i, j) + beside(i, j));
    }
    x = silu(apply(x, weights.mix));
    return apply(x, weights.letters);
}

std::vector<Index> best_path(const Matrix& logits) {
    check(logits.cols() >= 1);
    std::vector<Index> path(static_cast<std::size_t>(logits.rows()));
    for (std::size_t t = 0; t < path.size(); ++t) path[t] = argmax(logits, static_cast<Index>(t));
    return path;
}

std::vector<Index> collapse(const std::vector<Index>& path) {
    std::vector<Index> letters;
    for (std::size_t t = 0; t < path.size(); ++t) {
        if (t > 0 && path[t] == path[t - 1]) continue;
        if (path[t] != 0) letters.push_back(path[t]);
    }
    return letters;
}

Reading read_logits(const Matrix& logits, const std::vector<std::string>& letters) {
    check(logits.cols() == static_cast<Index>(letters.size()) && !letters.empty());
    Reading reading;
    Scalar sum = 0;
    int count = 0;
    Index before = 0;
    for (Index t = 0; t < logits.rows(); ++t) {
        const Index best = argmax(logits, t);
        if (best != 0 && best != before) {
            Scalar all = 0;
            for (Index j = 0; j < logits.cols(); ++j) all += std::exp(logits(t, j) - logits(t, best));
            sum += 1 / all;
            count += 1;
            reading.text += letters[static_cast<std::size_t>(best)];
        }
        before = best;
    }
    reading.confidence = count == 0 ? 0 : sum / count;
    return reading;
}

std::vector<Reading> read_lines(const std::vector<Line>& lines, const ReaderWeights& weights) {
    std::vector<Reading> all;
    for (std::size_t i = 0; i < lines.size(); ++i) {
        const Matrix output = encode_line(lines[i].tokens, weights.encoder).output;
        all.push_back(read_logits(line_logits(output, lines[i].beside, weights.head), weights.letters));
    }
    return all;
}

}  // namespace text_reading
