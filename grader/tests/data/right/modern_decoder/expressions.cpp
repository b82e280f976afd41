// A right solution of Eigen's expressions and of other formulas: complex numbers for the rotations, the logistic
// function by tanh, a permutation matrix for the layouts, repeated heads for groups, differences of triangles for the
// window.
#include "modern_decoder.hpp"

#include <algorithm>
#include <cmath>
#include <complex>
#include <numeric>
#include <stdexcept>

namespace modern_decoder {

using Complex = std::complex<Scalar>;

static void require(bool fits, const char* sentence) {
    if (!fits) throw std::invalid_argument(sentence);
}

Matrix rms_norm(const Matrix& tokens, const RowVector& gain, Scalar epsilon) {
    require(tokens.cols() == gain.size(), "gain");
    require(epsilon > 0, "epsilon");
    Matrix normed = tokens;
    for (auto row : normed.rowwise())
        row.array() *= gain.array() / std::hypot(row.norm() / std::sqrt(Scalar(gain.size())), std::sqrt(epsilon));
    return normed;
}

static Matrix rotate(const Matrix& head, Index offset, Scalar base, bool halves) {
    require(head.cols() % 2 == 0, "width");
    require(offset >= 0, "offset");
    require(base > 0, "base");
    const Index half = head.cols() / 2;
    Matrix rotated(head.rows(), head.cols());
    for (Index i = 0; i < half; ++i) {
        const Index a = halves ? i : 2 * i, b = halves ? i + half : 2 * i + 1;
        const Scalar frequency = std::exp(-std::log(base) * Scalar(2 * i) / Scalar(head.cols()));
        for (Index t = 0; t < head.rows(); ++t) {
            const Complex turned =
                Complex(head(t, a), head(t, b)) * std::polar(Scalar{1}, Scalar(offset + t) * frequency);
            rotated(t, a) = turned.real();
            rotated(t, b) = turned.imag();
        }
    }
    return rotated;
}

Matrix rotate_pairs(const Matrix& head, Index offset, Scalar base) { return rotate(head, offset, base, false); }
Matrix rotate_halves(const Matrix& head, Index offset, Scalar base) { return rotate(head, offset, base, true); }

Matrix halves_from_pairs(const Matrix& weight, Index n_heads) {
    require(n_heads > 0 && weight.cols() % n_heads == 0, "heads");
    const Index width = weight.cols() / n_heads;
    require(width % 2 == 0, "width of a head");
    if (weight.size() == 0) return weight;
    Matrix order = Matrix::Zero(width, width);
    for (Index i = 0; i < width / 2; ++i) order(2 * i, i) = order(2 * i + 1, width / 2 + i) = 1;
    Matrix result(weight.rows(), weight.cols());
    for (Index h = 0; h < n_heads; ++h)
        result.middleCols(h * width, width) = weight.middleCols(h * width, width) * order;
    return result;
}

Matrix swiglu(const Matrix& tokens, const SwiGlu& weights) {
    require(weights.gate.rows() == tokens.cols() && weights.up.rows() == tokens.cols(), "d_model");
    require(weights.gate.cols() == weights.up.cols() && weights.down.rows() == weights.up.cols(), "d_ff");
    require(weights.down.cols() == tokens.cols(), "down");
    const Matrix gate = tokens * weights.gate / 2;
    return ((gate.array() * (1 + gate.array().tanh())) * (tokens * weights.up).array()).matrix() * weights.down;
}

/// Each piece of `width` columns, so many times.
static Matrix repeated(const Matrix& heads, Index width, Index times) {
    Matrix all(heads.rows(), heads.cols() * times);
    for (Index first = 0; first < all.cols(); first += width)
        all.middleCols(first, width) = heads.middleCols(first / width / times * width, width);
    return all;
}

Matrix grouped_attention(const Matrix& query, const Matrix& key, const Matrix& value, const Mask& mask, Index n_heads,
                         Index n_groups) {
    require(n_groups >= 1 && n_heads >= n_groups && n_heads % n_groups == 0, "groups");
    require(query.cols() > 0 && query.cols() % n_heads == 0, "width of the queries");
    const Index width = query.cols() / n_heads;
    require(key.cols() == width * n_groups && value.cols() == key.cols(), "width of keys and values");
    require(key.rows() == value.rows() && key.rows() > 0, "keys");
    require(mask.rows() == query.rows() && mask.cols() == key.rows(), "mask");
    if (query.rows() == 0) return query;
    const Matrix keys = repeated(key, width, n_heads / n_groups), values = repeated(value, width, n_heads / n_groups);
    Matrix result(query.rows(), query.cols());
    for (Index first = 0; first < query.cols(); first += width)
        result.middleCols(first, width) =
            attention::masked_attention(query.middleCols(first, width), keys.middleCols(first, width),
                                        values.middleCols(first, width), mask)
                .output;
    return result;
}

Mask window_mask(Index n_tokens, Index window, Index sinks) {
    require(n_tokens >= 0 && window >= 1 && sinks >= 0, "numbers");
    Mask mask = attention::causal_mask(n_tokens, n_tokens);
    for (Index i = window; i < n_tokens; ++i) {
        const Index first = std::min(sinks, n_tokens), behind = i - window + 1;
        if (behind > first) mask.row(i).segment(first, behind - first).setConstant(false);
    }
    return mask;
}

Matrix run_block(const Matrix& tokens, const Block& block, const Settings& settings) {
    const auto maps = [&](const Matrix& weight) { require(weight.rows() == tokens.cols(), "rows of a projection"); };
    maps(block.query), maps(block.key), maps(block.value);
    require(block.output.rows() == block.query.cols() && block.output.cols() == tokens.cols(), "W_O");
    require(settings.n_heads >= 1 && block.query.cols() % settings.n_heads == 0, "heads");
    const Index width = block.query.cols() / settings.n_heads;
    require(width > 0, "heads without width");
    require(settings.n_groups >= 1 && block.key.cols() == settings.n_groups * width, "key heads");
    const Matrix normed = rms_norm(tokens, block.attention_gain, settings.epsilon);
    Matrix query = normed * block.query, key = normed * block.key;
    for (Matrix* each : {&query, &key}) {
        for (Index first = 0; first < each->cols(); first += width)
            each->middleCols(first, width) = rotate_halves(each->middleCols(first, width), 0, settings.base).eval();
    }
    const Mask mask = window_mask(tokens.rows(), settings.window, settings.sinks);
    const Matrix mixed =
        grouped_attention(query, key, normed * block.value, mask, settings.n_heads, settings.n_groups) * block.output;
    return mixed + tokens +
           swiglu(rms_norm(mixed + tokens, block.feed_forward_gain, settings.epsilon), block.feed_forward);
}

Matrix hidden_states(const TokenIds& ids, const Model& model) {
    require(!ids.empty(), "ids");
    require(std::all_of(ids.begin(), ids.end(), [&](int id) { return id >= 0 && id < model.embedding.rows(); }),
            "an id");
    const Matrix embedded = model.embedding(ids, Eigen::all);
    return rms_norm(
        std::accumulate(model.blocks.begin(), model.blocks.end(), embedded,
                        [&](const Matrix& x, const Block& block) { return run_block(x, block, model.settings); }),
        model.gain, model.settings.epsilon);
}

Matrix logits(const TokenIds& ids, const Model& model) {
    const Matrix hidden = hidden_states(ids, model);
    if (!model.output.has_value()) return (model.embedding * hidden.transpose()).transpose();
    require(model.output->rows() == hidden.cols() && model.output->cols() == model.embedding.rows(), "output");
    return hidden * model.output.value();
}

TokenIds continue_text(const TokenIds& prompt, const Model& model, int end, Index most_new) {
    require(most_new >= 1, "most_new");
    const Matrix all = logits(prompt, model);
    const auto last = all.bottomRows(1);
    const int best = int(std::max_element(last.data(), last.data() + last.size()) - last.data());
    if (best == end) return {};
    if (most_new == 1) return {best};
    TokenIds longer = prompt;
    longer.push_back(best);
    TokenIds rest = continue_text(longer, model, end, most_new - 1);
    rest.insert(rest.begin(), best);
    return rest;
}

}  // namespace modern_decoder
