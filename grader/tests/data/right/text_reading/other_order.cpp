// The same in another order: whole arrays, attention taken apart, checks by exceptions of callees, std::unique.
#include "text_reading.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <stdexcept>

#include "attention.hpp"

namespace text_reading {

namespace mha = ::multi_head_attention;

Matrix silu(const Matrix& input) {
    const Matrix half = input / 2;  // x * sigmoid(x) = x / 2 * (1 + tanh(x / 2))
    Matrix output = input;
    for (Index i = 0; i < output.size(); ++i) output.data()[i] = half.data()[i] * (1 + std::tanh(half.data()[i]));
    return output;
}

Matrix silu_feed_forward(const Matrix& input, const FeedForwardWeights& weights) {
    Matrix hidden = mha::linear(input, weights.inner);
    hidden = silu(hidden);
    const Matrix output = mha::linear(hidden, weights.outer);
    if (output.cols() != input.cols()) throw std::invalid_argument("another width");
    return output;
}

MultiHeadWeights attention_from_fused(const Linear& fused, const Linear& output, Index n_heads, FusedOrder order) {
    if (fused.weight.rows() > fused.weight.cols()) {
        const Linear turned{fused.weight.transpose(), fused.bias}, last{output.weight.transpose(), output.bias};
        return attention_from_fused(turned, last, n_heads, order);
    }
    const Index d = output.bias.size();
    if (d == 0 || fused.weight.rows() != d || fused.weight.cols() != 3 * d || fused.bias.size() != 3 * d ||
        output.weight.rows() != d || output.weight.cols() != d || n_heads < 1 || d % n_heads != 0) {
        throw std::invalid_argument("no fused attention");
    }
    Matrix all(d + 1, 3 * d);  // the bias as one more row
    all << fused.weight, fused.bias;
    std::vector<Matrix> kinds;
    if (order == FusedOrder::kinds_first) {
        kinds = mha::split_heads(all, 3);
    } else {
        std::vector<std::vector<Matrix>> parts(3);
        for (const Matrix& head : mha::split_heads(all, n_heads)) {
            const std::vector<Matrix> three = mha::split_heads(head, 3);
            for (std::size_t k = 0; k < 3; ++k) parts[k].push_back(three[k]);
        }
        for (const auto& part : parts) kinds.push_back(mha::merge_heads(part));
    }
    const auto layer = [d](const Matrix& kind) { return Linear{kind.topRows(d), kind.row(d)}; };
    return {layer(kinds[0]), layer(kinds[1]), layer(kinds[2]), output, n_heads};
}

LayerResult silu_encoder_layer(const Matrix& tokens, const EncoderLayerWeights& weights) {
    const Matrix normal = encoder::layer_norm(tokens, weights.attention_norm);
    const MultiHeadWeights& attention = weights.attention;
    const Matrix query = mha::linear(normal, attention.query), key = mha::linear(normal, attention.key);
    const mha::MultiHeadResult heads =
        mha::attend_heads(query, key, mha::linear(normal, attention.value), attention.n_heads, Mask());
    const Matrix attended = mha::linear(heads.output, attention.output);
    if (attended.cols() != tokens.cols()) throw std::invalid_argument("W_O");
    const Matrix h = attended + tokens;
    return {silu_feed_forward(encoder::layer_norm(h, weights.feed_forward_norm), weights.feed_forward) + h,
            heads.weights};
}

Encoding encode_line(const Matrix& tokens, const EncoderWeights& weights) {
    Encoding encoding;
    Matrix x = tokens;
    encoding.tokens = {x};
    for (const auto& layer : weights.layers) {
        auto [next, heads] = silu_encoder_layer(x, layer);
        x = next;
        encoding.tokens.push_back(next);
        encoding.attention.push_back(std::move(heads));
    }
    encoding.output = weights.final_norm ? encoder::layer_norm(x, *weights.final_norm) : x;
    return encoding;
}

Matrix with_neighbours(const Matrix& rows) {
    Matrix padded = Matrix::Zero(rows.rows() + 2, rows.cols());
    padded.middleRows(1, rows.rows()) = rows;
    Matrix wide(rows.rows(), 3 * rows.cols());
    for (Index k = 0; k < 3; ++k) wide.middleCols(k * rows.cols(), rows.cols()) = padded.middleRows(k, rows.rows());
    return wide;
}

Matrix line_logits(const Matrix& encoded, const Matrix& beside, const HeadWeights& weights) {
    const Matrix gathered = mha::linear(with_neighbours(silu(mha::linear(encoded, weights.widen))), weights.gather);
    if (gathered.rows() != beside.rows() || gathered.cols() != beside.cols()) throw std::invalid_argument("beside");
    return mha::linear(silu(mha::linear(silu(beside + gathered), weights.mix)), weights.letters);
}

std::vector<Index> best_path(const Matrix& logits) {
    if (logits.cols() == 0) throw std::invalid_argument("no letters");
    std::vector<Index> path;
    for (Index t = 0; t < logits.rows(); ++t) {
        const auto row = logits.row(t);
        path.push_back(std::distance(row.begin(), std::max_element(row.begin(), row.end())));
    }
    return path;
}

std::vector<Index> collapse(const std::vector<Index>& path) {
    std::vector<Index> letters = path;
    letters.erase(std::unique(letters.begin(), letters.end()), letters.end());
    letters.erase(std::remove(letters.begin(), letters.end(), 0), letters.end());
    return letters;
}

Reading read_logits(const Matrix& logits, const std::vector<std::string>& letters) {
    if (letters.empty() || std::ssize(letters) != logits.cols()) throw std::invalid_argument("letters");
    const std::vector<Index> path = best_path(logits), kept = collapse(path);
    std::string text;
    for (const Index letter : kept) text.append(letters.at(static_cast<std::size_t>(letter)));
    const Matrix probabilities = attention::softmax_rows(logits);
    std::vector<Scalar> sure;
    for (std::size_t t = 0; t < path.size(); ++t) {
        if (path[t] == 0 || (t > 0 && path[t - 1] == path[t])) continue;
        sure.push_back(probabilities(static_cast<Index>(t), path[t]));
    }
    const Scalar sum = std::accumulate(sure.begin(), sure.end(), Scalar{0});
    return {text, sure.empty() ? 0 : sum / static_cast<Scalar>(sure.size())};
}

std::vector<Reading> read_lines(const std::vector<Line>& lines, const ReaderWeights& weights) {
    std::vector<Reading> readings(lines.size());
    std::transform(lines.begin(), lines.end(), readings.begin(), [&](const Line& line) {
        const Matrix encoded = encode_line(line.tokens, weights.encoder).output;
        return read_logits(line_logits(encoded, line.beside, weights.head), weights.letters);
    });
    return readings;
}

}  // namespace text_reading
