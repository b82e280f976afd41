// Reference: SiLU, the checkpoint's weights, the encoder with all it computes, the way to the letters, CTC.
#include "text_reading.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <string>

#include "attention.hpp"

namespace text_reading {

using encoder::layer_norm;
using multi_head_attention::linear;
using multi_head_attention::MultiHeadResult;

namespace {

constexpr Index blank = 0;

void require(bool condition, const std::string& otherwise) {
    if (!condition) throw std::invalid_argument(otherwise);
}

std::string shape(const Matrix& matrix) {
    return std::to_string(matrix.rows()) + " x " + std::to_string(matrix.cols());
}

/// What is added to a matrix must have its shape.
Matrix sum(const Matrix& left, const Matrix& right) {
    require(left.rows() == right.rows() && left.cols() == right.cols(),
            shape(left) + " and " + shape(right) + " cannot be added");
    return left + right;
}

/// The number of the largest entry; of equal ones the first.
Index largest(const RowVector& row) { return std::max_element(row.begin(), row.end()) - row.begin(); }

}  // namespace

Matrix silu(const Matrix& input) {
    return input.unaryExpr([](Scalar x) { return x / (1 + std::exp(-x)); });  // far below zero: x / infinity
}

Matrix silu_feed_forward(const Matrix& input, const FeedForwardWeights& weights) {
    require(weights.outer.weight.cols() == input.cols(), "W_2 is not as wide as the input");
    return linear(silu(linear(input, weights.inner)), weights.outer);
}

MultiHeadWeights attention_from_fused(const Linear& fused, const Linear& output, Index n_heads, FusedOrder order) {
    const Index d_model = std::min(fused.weight.rows(), fused.weight.cols());
    const bool transposed = fused.weight.rows() > fused.weight.cols();
    const Matrix all = transposed ? Matrix(fused.weight.transpose()) : fused.weight;  // d_model x (3 * d_model)
    require(d_model > 0 && all.cols() == 3 * d_model, "a fused weight cannot be " + shape(fused.weight));
    require(fused.bias.size() == 3 * d_model, "the fused bias does not have 3 * d_model entries");
    require(output.weight.rows() == d_model && output.weight.cols() == d_model && output.bias.size() == d_model,
            "the output layer is " + shape(output.weight) + ", but must be d_model x d_model");
    require(n_heads > 0 && d_model % n_heads == 0, "n_heads must divide d_model");

    const Index d_head = d_model / n_heads;
    const auto projection = [&](Index kind) {  // 0 query, 1 key, 2 value
        Linear part{Matrix(d_model, d_model), RowVector(d_model)};
        for (Index h = 0; h < n_heads; ++h) {
            const Index block = order == FusedOrder::kinds_first ? kind * n_heads + h : h * 3 + kind;
            part.weight.middleCols(h * d_head, d_head) = all.middleCols(block * d_head, d_head);
            part.bias.segment(h * d_head, d_head) = fused.bias.segment(block * d_head, d_head);
        }
        return part;
    };
    const Linear last{transposed ? Matrix(output.weight.transpose()) : output.weight, output.bias};
    return {projection(0), projection(1), projection(2), last, n_heads};
}

LayerResult silu_encoder_layer(const Matrix& tokens, const EncoderLayerWeights& weights) {
    const Matrix read = layer_norm(tokens, weights.attention_norm);  // n_tokens x d_model
    const MultiHeadResult attended = multi_head_attention::multi_head_attention(read, read, weights.attention, Mask());
    const Matrix h = sum(tokens, attended.output);
    const Matrix normal = layer_norm(h, weights.feed_forward_norm);
    return {sum(h, silu_feed_forward(normal, weights.feed_forward)), attended.weights};
}

Encoding encode_line(const Matrix& tokens, const EncoderWeights& weights) {
    Encoding encoding{{tokens}, {}, tokens};
    for (const EncoderLayerWeights& layer : weights.layers) {
        const LayerResult result = silu_encoder_layer(encoding.output, layer);
        encoding.output = result.tokens;
        encoding.tokens.push_back(result.tokens);
        encoding.attention.push_back(result.attention);
    }
    if (weights.final_norm) encoding.output = layer_norm(encoding.output, *weights.final_norm);
    return encoding;
}

Matrix with_neighbours(const Matrix& rows) {
    const Index n = rows.rows(), d = rows.cols();
    Matrix wide = Matrix::Zero(n, 3 * d);
    wide.middleCols(d, d) = rows;
    if (n < 2) return wide;
    wide.leftCols(d).bottomRows(n - 1) = rows.topRows(n - 1);
    wide.rightCols(d).topRows(n - 1) = rows.bottomRows(n - 1);
    return wide;
}

Matrix line_logits(const Matrix& encoded, const Matrix& beside, const HeadWeights& weights) {
    const Matrix wide = silu(linear(encoded, weights.widen));                                // n x d_wide
    const Matrix narrow = silu(sum(linear(with_neighbours(wide), weights.gather), beside));  // n x d_narrow
    return linear(silu(linear(narrow, weights.mix)), weights.letters);                       // n x n_letters
}

std::vector<Index> best_path(const Matrix& logits) {
    require(logits.cols() > 0, "there are no letters");
    std::vector<Index> path;
    for (const auto& row : logits.rowwise()) path.push_back(largest(row));
    return path;
}

std::vector<Index> collapse(const std::vector<Index>& path) {
    std::vector<Index> kept;
    Index before = blank;
    for (const Index letter : path) {
        if (letter != before && letter != blank) kept.push_back(letter);
        before = letter;
    }
    return kept;
}

Reading read_logits(const Matrix& logits, const std::vector<std::string>& letters) {
    require(std::ssize(letters) == logits.cols(), "there are not as many letters as columns");
    const std::vector<Index> path = best_path(logits);
    Reading reading{"", 0};
    for (const Index letter : collapse(path)) reading.text += letters[static_cast<std::size_t>(letter)];

    const Matrix probabilities = attention::softmax_rows(logits);
    Index n_letters = 0, before = blank;
    for (Index t = 0; t < logits.rows(); ++t) {
        const Index letter = path[static_cast<std::size_t>(t)];
        if (letter != before && letter != blank) {
            reading.confidence += probabilities(t, letter);
            ++n_letters;
        }
        before = letter;
    }
    if (n_letters > 0) reading.confidence /= static_cast<Scalar>(n_letters);
    return reading;
}

std::vector<Reading> read_lines(const std::vector<Line>& lines, const ReaderWeights& weights) {
    std::vector<Reading> readings;
    for (const Line& line : lines) {
        require(line.tokens.rows() > 0, "a line has no positions");
        const Encoding encoding = encode_line(line.tokens, weights.encoder);
        readings.push_back(read_logits(line_logits(encoding.output, line.beside, weights.head), weights.letters));
    }
    return readings;
}

}  // namespace text_reading
