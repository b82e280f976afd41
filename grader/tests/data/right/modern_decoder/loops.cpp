// A right solution in plain loops, number by number; attention is its own.
#include "modern_decoder.hpp"

#include <cmath>
#include <stdexcept>
#include <vector>

namespace modern_decoder {

static void check(bool fine) {
    if (!fine) throw std::invalid_argument("these do not fit");
}

Matrix rms_norm(const Matrix& tokens, const RowVector& gain, Scalar epsilon) {
    check(tokens.cols() == gain.size() && epsilon > 0);
    Matrix normed(tokens.rows(), tokens.cols());
    for (Index t = 0; t < tokens.rows(); ++t) {
        Scalar sum = 0;
        for (Index j = 0; j < tokens.cols(); ++j) sum += tokens(t, j) * tokens(t, j);
        const Scalar rms = std::sqrt(sum / Scalar(tokens.cols()) + epsilon);
        for (Index j = 0; j < tokens.cols(); ++j) normed(t, j) = tokens(t, j) / rms * gain(j);
    }
    return normed;
}

/// `step` features lie between the members of a pair, `stride` between one pair and the next.
static Matrix rotate(const Matrix& head, Index offset, Scalar base, Index step, Index stride) {
    check(head.cols() % 2 == 0);
    check(offset >= 0);
    check(base > 0);
    Matrix rotated = head;
    for (Index t = 0; t < head.rows(); ++t) {
        for (Index i = 0; 2 * i < head.cols(); ++i) {
            const Scalar angle = Scalar(offset + t) * std::pow(base, -Scalar(2 * i) / Scalar(head.cols()));
            const Index first = i * stride, second = first + step;
            rotated(t, first) = head(t, first) * std::cos(angle) - head(t, second) * std::sin(angle);
            rotated(t, second) = head(t, first) * std::sin(angle) + head(t, second) * std::cos(angle);
        }
    }
    return rotated;
}

Matrix rotate_pairs(const Matrix& head, Index offset, Scalar base) { return rotate(head, offset, base, 1, 2); }

Matrix rotate_halves(const Matrix& head, Index offset, Scalar base) {
    return rotate(head, offset, base, head.cols() / 2, 1);
}

Matrix halves_from_pairs(const Matrix& weight, Index n_heads) {
    check(n_heads >= 1);
    check(weight.cols() % (2 * n_heads) == 0);
    const Index d_head = weight.cols() / n_heads;
    Matrix result(weight.rows(), weight.cols());
    for (Index r = 0; r < weight.rows(); ++r) {
        for (Index c = 0; c < weight.cols(); ++c) {
            const Index h = c / d_head, i = c % d_head;
            result(r, h * d_head + i / 2 + (i % 2) * (d_head / 2)) = weight(r, c);
        }
    }
    return result;
}

Matrix swiglu(const Matrix& tokens, const SwiGlu& weights) {
    const Index d_model = tokens.cols(), d_ff = weights.gate.cols();
    check(weights.gate.rows() == d_model && weights.up.rows() == d_model && weights.up.cols() == d_ff);
    check(weights.down.rows() == d_ff && weights.down.cols() == d_model);
    Matrix result = Matrix::Zero(tokens.rows(), d_model);
    for (Index t = 0; t < tokens.rows(); ++t) {
        for (Index f = 0; f < d_ff; ++f) {
            const Scalar gate = tokens.row(t).dot(weights.gate.col(f));
            const Scalar hidden = gate / (1 + std::exp(-gate)) * tokens.row(t).dot(weights.up.col(f));
            result.row(t) += hidden * weights.down.row(f);
        }
    }
    return result;
}

Matrix grouped_attention(const Matrix& query, const Matrix& key, const Matrix& value, const Mask& mask, Index n_heads,
                         Index n_groups) {
    check(n_heads >= 1 && n_groups >= 1);
    check(n_heads % n_groups == 0 && query.cols() % n_heads == 0);
    const Index d_head = query.cols() / n_heads, n_shared = n_heads / n_groups;
    check(d_head > 0 && key.cols() == n_groups * d_head && value.cols() == key.cols());
    check(key.rows() > 0 && value.rows() == key.rows());
    check(mask.rows() == query.rows() && mask.cols() == key.rows());
    Matrix result = Matrix::Zero(query.rows(), query.cols());
    for (Index h = 0; h < n_heads; ++h) {
        const Index own = h * d_head, shared = h / n_shared * d_head;
        for (Index i = 0; i < query.rows(); ++i) {
            std::vector<Scalar> scores;
            Scalar most = 0, sum = 0;
            bool any = false;
            for (Index j = 0; j < key.rows(); ++j) {
                Scalar score = 0;
                for (Index d = 0; d < d_head; ++d) score += query(i, own + d) * key(j, shared + d);
                scores.push_back(score / std::sqrt(Scalar(d_head)));
                if (!mask(i, j)) continue;
                most = any ? std::max(most, scores.back()) : scores.back();
                any = true;
            }
            for (Index j = 0; j < key.rows(); ++j)
                if (mask(i, j)) sum += std::exp(scores[std::size_t(j)] - most);
            for (Index j = 0; j < key.rows(); ++j) {
                if (!mask(i, j)) continue;
                const Scalar weight = std::exp(scores[std::size_t(j)] - most) / sum;
                for (Index d = 0; d < d_head; ++d) result(i, own + d) += weight * value(j, shared + d);
            }
        }
    }
    return result;
}

Mask window_mask(Index n_tokens, Index window, Index sinks) {
    check(n_tokens >= 0 && window > 0 && sinks >= 0);
    Mask mask = Mask::Constant(n_tokens, n_tokens, false);
    for (Index i = 0; i < n_tokens; ++i) {
        for (Index j = 0; j < sinks && j <= i; ++j) mask(i, j) = true;
        for (Index j = i; j >= 0 && j > i - window; --j) mask(i, j) = true;
    }
    return mask;
}

static Matrix rotated(Matrix heads, Index n, Scalar base) {
    check(n >= 1);
    check(heads.cols() % n == 0);
    const Index width = heads.cols() / n;
    for (Index h = 0; h < n; ++h) {
        const Matrix one = heads.middleCols(h * width, width);
        heads.middleCols(h * width, width) = rotate_halves(one, 0, base);
    }
    return heads;
}

Matrix run_block(const Matrix& tokens, const Block& block, const Settings& settings) {
    const Index d_model = tokens.cols();
    check(block.query.rows() == d_model && block.key.rows() == d_model && block.value.rows() == d_model);
    check(block.output.rows() == block.query.cols() && block.output.cols() == d_model);
    const Matrix normed = rms_norm(tokens, block.attention_gain, settings.epsilon);
    Matrix x = tokens;
    x += grouped_attention(rotated(normed * block.query, settings.n_heads, settings.base),
                           rotated(normed * block.key, settings.n_groups, settings.base), normed * block.value,
                           window_mask(tokens.rows(), settings.window, settings.sinks), settings.n_heads,
                           settings.n_groups) *
         block.output;
    x += swiglu(rms_norm(x, block.feed_forward_gain, settings.epsilon), block.feed_forward);
    return x;
}

Matrix hidden_states(const TokenIds& ids, const Model& model) {
    check(!ids.empty());
    Matrix x(Index(ids.size()), model.embedding.cols());
    for (std::size_t t = 0; t < ids.size(); ++t) {
        check(ids[t] >= 0 && ids[t] < model.embedding.rows());
        for (Index j = 0; j < x.cols(); ++j) x(Index(t), j) = model.embedding(ids[t], j);
    }
    for (std::size_t b = 0; b < model.blocks.size(); ++b) x = run_block(x, model.blocks[b], model.settings);
    return rms_norm(x, model.gain, model.settings.epsilon);
}

Matrix logits(const TokenIds& ids, const Model& model) {
    const Matrix output = model.output ? *model.output : Matrix(model.embedding.transpose());
    check(output.rows() == model.embedding.cols() && output.cols() == model.embedding.rows());
    return hidden_states(ids, model) * output;
}

TokenIds continue_text(const TokenIds& prompt, const Model& model, int end, Index most_new) {
    check(most_new > 0);
    TokenIds text = prompt;
    for (Index turn = 0; turn < most_new; ++turn) {
        const Matrix all = logits(text, model);
        int best = 0;
        for (Index id = 1; id < all.cols(); ++id)
            if (all(all.rows() - 1, id) > all(all.rows() - 1, best)) best = int(id);
        if (best == end) break;
        text.push_back(best);
    }
    return TokenIds(text.begin() + std::ptrdiff_t(prompt.size()), text.end());
}

}  // namespace modern_decoder
