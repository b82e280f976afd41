// A right solution that works on its transpose inside: tokens are columns, as in mathematics; rotations are sparse
// matrices, the groups an Eigen map of three dimensions, the mask a sum of -infinity.
#include "modern_decoder.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <stdexcept>

namespace modern_decoder {

using Columns = Eigen::Matrix<Scalar, Eigen::Dynamic, Eigen::Dynamic, Eigen::ColMajor>;
using Vector = Eigen::Matrix<Scalar, Eigen::Dynamic, 1>;

namespace {

template <typename... Conditions>
void demand(Conditions... hold) {
    if (!(hold && ...)) throw std::invalid_argument("does not fit");
}

/// The matrix that turns the pairs (first, second) of one token at a position.
Columns rotation(Index d, Index position, Scalar base, bool neighbours) {
    Columns turn = Columns::Zero(d, d);
    for (Index i = 0; 2 * i < d; ++i) {
        const Index a = neighbours ? 2 * i : i, b = neighbours ? 2 * i + 1 : i + d / 2;
        const Scalar angle =
            static_cast<Scalar>(position) / std::pow(base, static_cast<Scalar>(2 * i) / static_cast<Scalar>(d));
        turn(a, a) = turn(b, b) = std::cos(angle);
        turn(b, a) = std::sin(angle);
        turn(a, b) = -turn(b, a);
    }
    return turn;
}

Matrix rotated(const Matrix& head, Index offset, Scalar base, bool neighbours) {
    demand(head.cols() % 2 == 0, offset >= 0, base > 0);
    Columns columns = head.transpose();
    for (Index t = 0; t < head.rows(); ++t)
        columns.col(t) = (rotation(head.cols(), offset + t, base, neighbours) * columns.col(t)).eval();
    return columns.transpose();
}

Columns normed(const Columns& x, const RowVector& gain, Scalar epsilon) {
    const Vector stretch = gain.transpose();
    Columns result = x;
    for (auto column : result.colwise()) {
        const Scalar mean = column.dot(column) / static_cast<Scalar>(column.size());
        column = stretch.cwiseProduct(column) * std::pow(mean + epsilon, Scalar(-0.5));
    }
    return result;
}

Columns gated(const Columns& x, const SwiGlu& w) {
    const Columns a = w.gate.transpose() * x, b = w.up.transpose() * x;
    const Columns half = Scalar(0.5) * a;
    return w.down.transpose() * Columns(half.array() * (1 + half.array().tanh()) * b.array());
}

void demand_gate(const SwiGlu& w, Index d) {
    demand(w.gate.rows() == d, w.up.rows() == d, w.up.cols() == w.gate.cols(), w.down.rows() == w.up.cols(),
           w.down.cols() == d);
}

}  // namespace

Matrix rms_norm(const Matrix& tokens, const RowVector& gain, Scalar epsilon) {
    demand(tokens.cols() == gain.size(), epsilon > 0);
    return normed(tokens.transpose(), gain, epsilon).transpose();
}

Matrix rotate_pairs(const Matrix& head, Index offset, Scalar base) { return rotated(head, offset, base, true); }

Matrix rotate_halves(const Matrix& head, Index offset, Scalar base) { return rotated(head, offset, base, false); }

Matrix halves_from_pairs(const Matrix& weight, Index n_heads) {
    demand(n_heads > 0);
    demand(weight.cols() % (2 * n_heads) == 0);
    std::vector<Index> from(static_cast<std::size_t>(weight.cols()));
    std::iota(from.begin(), from.end(), Index{0});
    const Index d_head = weight.cols() / n_heads;
    if (d_head > 0) {
        std::stable_sort(from.begin(), from.end(), [d_head](Index a, Index b) {
            return std::pair(a / d_head, a % d_head % 2) < std::pair(b / d_head, b % d_head % 2);
        });
    }
    return weight(Eigen::all, from);
}

Matrix swiglu(const Matrix& tokens, const SwiGlu& weights) {
    demand_gate(weights, tokens.cols());
    return gated(tokens.transpose(), weights).transpose();
}

Matrix grouped_attention(const Matrix& query, const Matrix& key, const Matrix& value, const Mask& mask, Index n_heads,
                         Index n_groups) {
    demand(n_heads > 0, n_groups > 0);
    demand(n_heads % n_groups == 0, query.cols() % n_heads == 0, query.cols() > 0, key.rows() > 0);
    const Index d = query.cols() / n_heads, shared = n_heads / n_groups;
    demand(key.cols() == d * n_groups, value.cols() == key.cols(), value.rows() == key.rows());
    demand(mask.rows() == query.rows(), mask.cols() == key.rows());
    Matrix result = Matrix::Zero(query.rows(), query.cols());
    const Matrix hidden =
        mask.select(Matrix::Zero(mask.rows(), mask.cols()),
                    Matrix::Constant(mask.rows(), mask.cols(), -std::numeric_limits<Scalar>::infinity()));
    for (Index g = 0; g < n_groups; ++g) {
        const Columns keys = key.middleCols(g * d, d).transpose(), values = value.middleCols(g * d, d).transpose();
        for (Index s = 0; s < shared; ++s) {
            const Index at = (g * shared + s) * d;
            Matrix scores = query.middleCols(at, d) * keys / std::sqrt(static_cast<Scalar>(d)) + hidden;
            for (Index i = 0; i < scores.rows(); ++i) {
                if (!mask.row(i).any()) continue;
                const Scalar largest = scores.row(i).maxCoeff();
                Vector weights = Vector::Zero(scores.cols());
                for (Index j = 0; j < scores.cols(); ++j) {
                    if (mask(i, j)) weights(j) = std::exp(scores(i, j) - largest);
                }
                result.row(i).segment(at, d) = (values * (weights / weights.sum())).transpose();
            }
        }
    }
    return result;
}

Mask window_mask(Index n_tokens, Index window, Index sinks) {
    demand(n_tokens >= 0, window > 0, sinks >= 0);
    Mask mask = Mask::Constant(n_tokens, n_tokens, false);
    for (Index i = 0; i < n_tokens; ++i) {
        const Index reach = std::min(window, i + 1);
        mask.row(i).segment(i + 1 - reach, reach).setConstant(true);
        mask.row(i).head(std::min(sinks, i + 1)).setConstant(true);
    }
    return mask;
}

Matrix run_block(const Matrix& tokens, const Block& block, const Settings& settings) {
    const Index d = tokens.cols(), n = tokens.rows();
    demand(n > 0, settings.n_heads > 0, settings.n_groups > 0, settings.base > 0, settings.epsilon > 0);
    demand(block.query.cols() % settings.n_heads == 0, settings.n_heads % settings.n_groups == 0);
    const Index d_head = block.query.cols() / settings.n_heads, narrow = settings.n_groups * d_head;
    demand(d_head > 0, d_head % 2 == 0, block.attention_gain.size() == d, block.feed_forward_gain.size() == d);
    demand(block.query.rows() == d, block.key.rows() == d, block.value.rows() == d, block.key.cols() == narrow,
           block.value.cols() == narrow, block.output.rows() == block.query.cols(), block.output.cols() == d);
    demand_gate(block.feed_forward, d);
    const Mask mask = window_mask(n, settings.window, settings.sinks);
    const Columns x = tokens.transpose(), read = normed(x, block.attention_gain, settings.epsilon);
    Columns q = block.query.transpose() * read, k = block.key.transpose() * read;
    const Columns v = block.value.transpose() * read;
    for (Index t = 0; t < n; ++t) {
        const Columns turn = rotation(d_head, t, settings.base, false);
        for (Index h = 0; h < settings.n_heads; ++h)
            q.col(t).segment(h * d_head, d_head) = (turn * q.col(t).segment(h * d_head, d_head)).eval();
        for (Index g = 0; g < settings.n_groups; ++g)
            k.col(t).segment(g * d_head, d_head) = (turn * k.col(t).segment(g * d_head, d_head)).eval();
    }
    const Columns heads =
        grouped_attention(q.transpose(), k.transpose(), v.transpose(), mask, settings.n_heads, settings.n_groups)
            .transpose();
    const Columns y = x + block.output.transpose() * heads;
    return (y + gated(normed(y, block.feed_forward_gain, settings.epsilon), block.feed_forward)).transpose();
}

Matrix hidden_states(const TokenIds& ids, const Model& model) {
    demand(!ids.empty());
    for (const int id : ids) demand(id >= 0, id < model.embedding.rows());
    Matrix x = model.embedding(ids, Eigen::all);
    for (auto block = model.blocks.begin(); block != model.blocks.end(); ++block)
        x = run_block(x, *block, model.settings);
    return rms_norm(x, model.gain, model.settings.epsilon);
}

Matrix logits(const TokenIds& ids, const Model& model) {
    const Matrix hidden = hidden_states(ids, model);
    const Matrix output = model.output.value_or(model.embedding.transpose());
    demand(output.rows() == hidden.cols(), output.cols() == model.embedding.rows());
    return (output.transpose() * hidden.transpose()).transpose();
}

TokenIds continue_text(const TokenIds& prompt, const Model& model, int end, Index most_new) {
    demand(most_new > 0);
    TokenIds text(prompt);
    for (Index turn = 0; turn < most_new; ++turn) {
        const Matrix all = logits(text, model);
        const auto last = all.row(all.rows() - 1);
        const auto best = static_cast<int>(std::max_element(last.begin(), last.end()) - last.begin());
        if (best == end) break;
        text.push_back(best);
    }
    text.erase(text.begin(), text.begin() + std::ssize(prompt));
    return text;
}

}  // namespace modern_decoder
