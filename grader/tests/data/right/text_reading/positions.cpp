// Position by position: a linear layer is a sum of rows, the network reads one position at a time, a path is cut into
// runs, and the confidence comes from logarithms.
#include "text_reading.hpp"

#include <cmath>
#include <iterator>
#include <numeric>
#include <stdexcept>

#include "attention.hpp"

namespace text_reading {

namespace {

void fits_if(bool condition) {
    if (!condition) throw std::invalid_argument("it does not fit");
}

bool is_layer(const Linear& layer, Index d_in, Index d_out) {
    return layer.weight.rows() == d_in && layer.weight.cols() == d_out && layer.bias.size() == d_out;
}

RowVector mapped(const RowVector& row, const Linear& layer) {
    RowVector result = layer.bias;
    for (Index i = 0; i < row.size(); ++i) result += row(i) * layer.weight.row(i);
    return result;
}

RowVector opened(RowVector row) {
    for (Scalar& x : row) {
        const Scalar small = std::exp(-std::abs(x));  // at most 1, so nothing overflows
        x *= (x > 0 ? 1 : small) / (1 + small);
    }
    return row;
}

/// A run of one letter on a path.
struct Run {
    Index letter, first;
};

std::vector<Run> runs_of(const std::vector<Index>& path) {
    std::vector<Run> runs;
    Index t = 0;
    for (const Index letter : path) {
        if (runs.empty() || runs.back().letter != letter) runs.push_back({letter, t});
        ++t;
    }
    std::erase_if(runs, [](const Run& run) { return run.letter == 0; });
    return runs;
}

}  // namespace

Matrix silu(const Matrix& input) {
    Matrix result(input.rows(), input.cols());
    for (Index t = 0; t < input.rows(); ++t) result.row(t) = opened(input.row(t));
    return result;
}

Matrix silu_feed_forward(const Matrix& input, const FeedForwardWeights& weights) {
    const Index d_model = input.cols(), d_ff = weights.inner.weight.cols();
    fits_if(is_layer(weights.inner, d_model, d_ff) && is_layer(weights.outer, d_ff, d_model));
    Matrix result(input.rows(), d_model);
    for (Index t = 0; t < input.rows(); ++t)
        result.row(t) = mapped(opened(mapped(input.row(t), weights.inner)), weights.outer);
    return result;
}

MultiHeadWeights attention_from_fused(const Linear& fused, const Linear& output, Index n_heads, FusedOrder order) {
    const Index d_model = output.bias.size();
    fits_if(d_model > 0 && n_heads > 0 && d_model % n_heads == 0 && fused.bias.size() == 3 * d_model);
    fits_if(output.weight.rows() == d_model && output.weight.cols() == d_model);
    const bool as_in_this_kit = is_layer(fused, d_model, 3 * d_model);
    fits_if(as_in_this_kit || (fused.weight.rows() == 3 * d_model && fused.weight.cols() == d_model));
    const Index d_head = d_model / n_heads;
    MultiHeadWeights weights;
    weights.n_heads = n_heads;
    weights.output = {as_in_this_kit ? output.weight : Matrix(output.weight.transpose()), output.bias};
    Linear* parts[] = {&weights.query, &weights.key, &weights.value};
    for (Linear* part : parts) *part = {Matrix(d_model, d_model), RowVector(d_model)};
    for (Index from = 0; from < 3 * d_model; ++from) {  // where does output `from` go?
        const Index block = from / d_head, within = from % d_head;
        const Index kind = order == FusedOrder::heads_first ? block % 3 : block / n_heads;
        const Index head = order == FusedOrder::heads_first ? block / 3 : block % n_heads;
        Linear& part = *parts[kind];
        part.bias(head * d_head + within) = fused.bias(from);
        for (Index i = 0; i < d_model; ++i)
            part.weight(i, head * d_head + within) = as_in_this_kit ? fused.weight(i, from) : fused.weight(from, i);
    }
    return weights;
}

LayerResult silu_encoder_layer(const Matrix& tokens, const EncoderLayerWeights& weights) {
    const Matrix read = encoder::layer_norm(tokens, weights.attention_norm);
    auto [found, heads] = multi_head_attention::multi_head_attention(read, read, weights.attention, Mask());
    fits_if(found.cols() == tokens.cols());
    found += tokens;
    const Matrix normed = encoder::layer_norm(found, weights.feed_forward_norm);
    found += silu_feed_forward(normed, weights.feed_forward);
    return {found, heads};
}

Encoding encode_line(const Matrix& tokens, const EncoderWeights& weights) {
    Encoding encoding;
    encoding.tokens.push_back(tokens);
    for (auto layer = weights.layers.begin(); layer != weights.layers.end(); ++layer) {
        LayerResult result = silu_encoder_layer(encoding.tokens.back(), *layer);
        encoding.tokens.push_back(std::move(result.tokens));
        encoding.attention.push_back(std::move(result.attention));
    }
    encoding.output = encoding.tokens.back();
    if (weights.final_norm.has_value()) encoding.output = encoder::layer_norm(encoding.output, *weights.final_norm);
    return encoding;
}

Matrix with_neighbours(const Matrix& rows) {
    const Index n = rows.rows(), d = rows.cols();
    return Matrix::NullaryExpr(n, 3 * d, [&rows, n, d](Index t, Index j) {
        const Index from = t + j / d - 1;
        return from < 0 || from >= n ? Scalar{0} : rows(from, j % d);
    });
}

Matrix line_logits(const Matrix& encoded, const Matrix& beside, const HeadWeights& weights) {
    const Index d_wide = weights.widen.bias.size(), d_narrow = weights.gather.bias.size(),
                d_mixed = weights.mix.bias.size(), n_letters = weights.letters.bias.size();
    fits_if(is_layer(weights.widen, encoded.cols(), d_wide) && is_layer(weights.gather, 3 * d_wide, d_narrow));
    fits_if(is_layer(weights.mix, d_narrow, d_mixed) && is_layer(weights.letters, d_mixed, n_letters));
    fits_if(beside.rows() == encoded.rows() && beside.cols() == d_narrow);
    Matrix wide(encoded.rows(), d_wide), logits(encoded.rows(), n_letters);
    for (Index t = 0; t < encoded.rows(); ++t) wide.row(t) = opened(mapped(encoded.row(t), weights.widen));
    wide = with_neighbours(wide);
    for (Index t = 0; t < encoded.rows(); ++t) {
        const RowVector narrow = opened(mapped(wide.row(t), weights.gather) + beside.row(t));
        logits.row(t) = mapped(opened(mapped(narrow, weights.mix)), weights.letters);
    }
    return logits;
}

std::vector<Index> best_path(const Matrix& logits) {
    fits_if(logits.cols() > 0);
    std::vector<Index> path;
    for (Index t = 0; t < logits.rows(); ++t) {
        Index best = 0;
        for (Index letter = 1; letter < logits.cols(); ++letter) {
            if (logits(t, letter) > logits(t, best)) best = letter;
        }
        path.push_back(best);
    }
    return path;
}

std::vector<Index> collapse(const std::vector<Index>& path) {
    std::vector<Index> letters;
    for (const Run& run : runs_of(path)) letters.push_back(run.letter);
    return letters;
}

Reading read_logits(const Matrix& logits, const std::vector<std::string>& letters) {
    fits_if(static_cast<Index>(letters.size()) == logits.cols());
    Reading reading{};
    const std::vector<Run> runs = runs_of(best_path(logits));
    for (const Run& run : runs) {
        reading.text += letters[static_cast<std::size_t>(run.letter)];
        const Scalar largest = logits(run.first, run.letter);
        reading.confidence += std::exp(-std::log((logits.row(run.first).array() - largest).exp().sum()));
    }
    if (!runs.empty()) reading.confidence /= static_cast<Scalar>(runs.size());
    return reading;
}

std::vector<Reading> read_lines(const std::vector<Line>& lines, const ReaderWeights& weights) {
    std::vector<Reading> readings(lines.size());
    for (std::size_t i = lines.size(); i-- > 0;) {
        fits_if(lines[i].tokens.rows() >= 1);
        const Matrix encoded = encode_line(lines[i].tokens, weights.encoder).output;
        readings[i] = read_logits(line_logits(encoded, lines[i].beside, weights.head), weights.letters);
    }
    return readings;
}

}  // namespace text_reading
