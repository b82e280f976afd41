// Reference: a Llama-style decoder. Norms without a mean, rotary positions, gated feed-forward layers, shared key and
// value heads, a sliding window.
#include "modern_decoder.hpp"

#include <cmath>
#include <stdexcept>
#include <string>

namespace modern_decoder {

namespace {

void require(bool fits, const std::string& sentence) {
    if (!fits) throw std::invalid_argument(sentence);
}

std::string text(Index number) { return std::to_string(number); }

void require_equal(Index found, Index due, const std::string& what) {
    require(found == due, what + ": " + text(found) + " and " + text(due));
}

/// tokens * weight. Eigen would stop at sizes that do not fit.
Matrix linear(const Matrix& tokens, const Matrix& weight) {
    require_equal(weight.rows(), tokens.cols(), "rows of a weight and width of what it maps");
    return tokens * weight;
}

/// How wide one of n heads is that stand beside one another.
Index head_width(const Matrix& heads, Index n_heads) {
    require(n_heads >= 1, text(n_heads) + " heads");
    require(heads.cols() % n_heads == 0, text(heads.cols()) + " columns do not make " + text(n_heads) + " heads");
    return heads.cols() / n_heads;
}

/// Both members of all pairs, in places that are the caller's affair.
struct Pairs {
    Matrix first, second;  // (n_tokens x d_head / 2)
};

Pairs turn(const Pairs& pairs, Index offset, Scalar base) {
    const Index n_tokens = pairs.first.rows(), n_pairs = pairs.first.cols();
    Matrix angles(n_tokens, n_pairs);
    for (Index i = 0; i < n_pairs; ++i) {
        const Scalar frequency = std::pow(base, -static_cast<Scalar>(i) / static_cast<Scalar>(n_pairs));
        for (Index t = 0; t < n_tokens; ++t) angles(t, i) = static_cast<Scalar>(offset + t) * frequency;
    }
    const Matrix cosine = angles.array().cos(), sine = angles.array().sin();
    return {pairs.first.cwiseProduct(cosine) - pairs.second.cwiseProduct(sine),
            pairs.first.cwiseProduct(sine) + pairs.second.cwiseProduct(cosine)};
}

void require_rotation(const Matrix& head, Index offset, Scalar base) {
    require(head.cols() % 2 == 0, "features turn in pairs, and " + text(head.cols()) + " is odd");
    require(offset >= 0, "no token stands at position " + text(offset));
    require(base > 0, "the base must be greater than 0, as " + std::to_string(base) + " is not");
}

/// Every head by itself, from position 0 on.
Matrix rotate_heads(const Matrix& heads, Index n_heads, Scalar base) {
    const Index d_head = head_width(heads, n_heads);
    Matrix rotated(heads.rows(), heads.cols());
    for (Index h = 0; h < n_heads; ++h)
        rotated.middleCols(h * d_head, d_head) = rotate_halves(heads.middleCols(h * d_head, d_head), 0, base);
    return rotated;
}

}  // namespace

Matrix rms_norm(const Matrix& tokens, const RowVector& gain, Scalar epsilon) {
    require_equal(gain.size(), tokens.cols(), "width of gain and tokens");
    require(epsilon > 0, "epsilon must be greater than 0, as " + std::to_string(epsilon) + " is not");
    const RowVector mean_squares = tokens.rowwise().squaredNorm() / static_cast<Scalar>(tokens.cols());
    const RowVector scale = (mean_squares.array() + epsilon).rsqrt();
    return scale.asDiagonal() * tokens * gain.asDiagonal();
}

Matrix rotate_pairs(const Matrix& head, Index offset, Scalar base) {
    require_rotation(head, offset, base);
    const auto even = Eigen::seqN(0, head.cols() / 2, 2), odd = Eigen::seqN(1, head.cols() / 2, 2);
    const Pairs turned = turn({head(Eigen::all, even), head(Eigen::all, odd)}, offset, base);
    Matrix rotated(head.rows(), head.cols());
    rotated(Eigen::all, even) = turned.first;
    rotated(Eigen::all, odd) = turned.second;
    return rotated;
}

Matrix rotate_halves(const Matrix& head, Index offset, Scalar base) {
    require_rotation(head, offset, base);
    const Index half = head.cols() / 2;
    const Pairs turned = turn({head.leftCols(half), head.rightCols(half)}, offset, base);
    Matrix rotated(head.rows(), head.cols());
    rotated << turned.first, turned.second;
    return rotated;
}

Matrix halves_from_pairs(const Matrix& weight, Index n_heads) {
    const Index d_head = head_width(weight, n_heads), half = d_head / 2;
    require(d_head % 2 == 0, "features turn in pairs, and " + text(d_head) + " is odd");
    Matrix result(weight.rows(), weight.cols());
    for (Index first = 0; first < weight.cols(); first += d_head) {
        result.middleCols(first, half) = weight(Eigen::all, Eigen::seqN(first, half, 2));
        result.middleCols(first + half, half) = weight(Eigen::all, Eigen::seqN(first + 1, half, 2));
    }
    return result;
}

Matrix swiglu(const Matrix& tokens, const SwiGlu& weights) {
    const Matrix gate = linear(tokens, weights.gate), up = linear(tokens, weights.up);  // n_tokens x d_ff
    require_equal(up.cols(), gate.cols(), "width of up and gate");
    require_equal(weights.down.cols(), tokens.cols(), "width of down and tokens");
    const Matrix open = gate.array() / (1 + (-gate.array()).exp());  // silu: -1000 / infinity is 0
    return linear(open.cwiseProduct(up), weights.down);
}

Matrix grouped_attention(const Matrix& query, const Matrix& key, const Matrix& value, const Mask& mask, Index n_heads,
                         Index n_groups) {
    const Index d_head = head_width(query, n_heads);
    require(n_groups >= 1 && n_heads % n_groups == 0, text(n_heads) + " heads in " + text(n_groups) + " groups");
    require(d_head >= 1, "heads have at least one feature");
    require_equal(key.cols(), n_groups * d_head, "width of the keys and of all groups");
    require_equal(value.cols(), key.cols(), "width of values and keys");
    require_equal(value.rows(), key.rows(), "rows of values and keys");
    require(key.rows() >= 1, "there is no key");
    require_equal(mask.rows(), query.rows(), "rows of mask and queries");
    require_equal(mask.cols(), key.rows(), "columns of the mask and keys");
    Matrix heads(query.rows(), query.cols());
    if (query.rows() == 0) return heads;
    for (Index h = 0; h < n_heads; ++h) {
        const Index group = h / (n_heads / n_groups);
        heads.middleCols(h * d_head, d_head) =
            attention::masked_attention(query.middleCols(h * d_head, d_head), key.middleCols(group * d_head, d_head),
                                        value.middleCols(group * d_head, d_head), mask)
                .output;
    }
    return heads;
}

Mask window_mask(Index n_tokens, Index window, Index sinks) {
    require(n_tokens >= 0, text(n_tokens) + " tokens");
    require(window >= 1, "a window of " + text(window));
    require(sinks >= 0, text(sinks) + " sinks");
    Mask mask(n_tokens, n_tokens);
    for (Index i = 0; i < n_tokens; ++i) {
        for (Index j = 0; j < n_tokens; ++j) mask(i, j) = j <= i && (i - j < window || j < sinks);
    }
    return mask;
}

Matrix run_block(const Matrix& tokens, const Block& block, const Settings& settings) {
    const Matrix normed = rms_norm(tokens, block.attention_gain, settings.epsilon);
    const Matrix query = rotate_heads(linear(normed, block.query), settings.n_heads, settings.base);
    const Matrix key = rotate_heads(linear(normed, block.key), settings.n_groups, settings.base);
    const Mask mask = window_mask(tokens.rows(), settings.window, settings.sinks);
    const Matrix heads =
        grouped_attention(query, key, linear(normed, block.value), mask, settings.n_heads, settings.n_groups);
    require_equal(block.output.cols(), tokens.cols(), "width of W_O and tokens");
    const Matrix attended = tokens + linear(heads, block.output);
    return attended + swiglu(rms_norm(attended, block.feed_forward_gain, settings.epsilon), block.feed_forward);
}

Matrix hidden_states(const TokenIds& ids, const Model& model) {
    require(!ids.empty(), "there is nothing to read");
    Matrix tokens(static_cast<Index>(ids.size()), model.embedding.cols());
    for (Index t = 0; t < tokens.rows(); ++t) {
        const int id = ids[static_cast<std::size_t>(t)];
        require(id >= 0 && id < model.embedding.rows(), "no row of the embedding has the number " + text(id));
        tokens.row(t) = model.embedding.row(id);
    }
    for (const Block& block : model.blocks) tokens = run_block(tokens, block, model.settings);
    return rms_norm(tokens, model.gain, model.settings.epsilon);
}

Matrix logits(const TokenIds& ids, const Model& model) {
    const Matrix hidden = hidden_states(ids, model);
    if (!model.output) return hidden * model.embedding.transpose();
    require_equal(model.output->cols(), model.embedding.rows(), "width of the output and rows of the embedding");
    return linear(hidden, *model.output);
}

TokenIds continue_text(const TokenIds& prompt, const Model& model, int end, Index most_new) {
    require(most_new >= 1, "at most " + text(most_new) + " new ids");
    TokenIds read = prompt, added;
    while (std::ssize(added) < most_new) {
        const RowVector last = logits(read, model).bottomRows(1);
        Index best = 0;
        last.maxCoeff(&best);
        if (best == end) break;
        added.push_back(static_cast<int>(best));
        read.push_back(added.back());
    }
    return added;
}

}  // namespace modern_decoder
