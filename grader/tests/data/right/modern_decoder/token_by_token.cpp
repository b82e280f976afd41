// A right solution that goes token by token: each keeps its keys and values for those that follow, attention is a
// running mean, rotations are products of complex numbers, and a text is written on from a cache instead of being read
// again.
#include "modern_decoder.hpp"

#include <cmath>
#include <complex>
#include <stdexcept>

namespace modern_decoder {

namespace {

void must(bool fits) {
    if (!fits) throw std::invalid_argument("refused");
}

bool is_shaped(const Matrix& m, Index rows, Index cols) { return m.rows() == rows && m.cols() == cols; }

/// Adds what one query finds in one slot to a mean whose weights are not known beforehand.
struct Mean {
    Scalar largest = 0, total = 0;
    RowVector sum;

    void add(Scalar score, const RowVector& value) {
        if (total == 0) {
            largest = score;
            total = 1;
            sum = value;
        } else if (score <= largest) {
            const Scalar weight = std::exp(score - largest);
            total += weight;
            sum += weight * value;
        } else {
            const Scalar old = std::exp(largest - score);
            total = total * old + 1;
            sum = sum * old + value;
            largest = score;
        }
    }
    RowVector result(Index width) const {
        return total == 0 ? RowVector(RowVector::Zero(width)) : RowVector(sum / total);
    }
};

/// Turns the pair (a, b) in place.
void turn(Scalar& a, Scalar& b, Index position, Index pair, Index d_head, Scalar base) {
    const Scalar log_frequency = -2 * static_cast<Scalar>(pair) / static_cast<Scalar>(d_head) * std::log(base);
    const auto turned =
        std::complex<Scalar>(a, b) * std::polar(Scalar{1}, static_cast<Scalar>(position) * std::exp(log_frequency));
    a = turned.real();
    b = turned.imag();
}

bool can_turn(Index width, Index offset, Scalar base) { return width % 2 == 0 && offset >= 0 && base > 0; }

bool seen(Index i, Index j, Index window, Index sinks) {
    if (j > i) return false;
    return j < sinks || j > i - window;
}

bool is_gate(const SwiGlu& w, Index d_model) {
    return w.gate.rows() == d_model && is_shaped(w.up, d_model, w.gate.cols()) &&
           is_shaped(w.down, w.gate.cols(), d_model);
}

}  // namespace

Matrix rms_norm(const Matrix& tokens, const RowVector& gain, Scalar epsilon) {
    must(gain.size() == tokens.cols() && epsilon > 0);
    Matrix normed = tokens;
    for (auto row : normed.rowwise()) {
        Scalar squares = 0;
        for (const Scalar x : row) squares += x * x / static_cast<Scalar>(row.size());
        const Scalar rms = std::hypot(std::sqrt(squares), std::sqrt(epsilon));
        row = row.cwiseProduct(gain) / rms;
    }
    return normed;
}

Matrix rotate_pairs(const Matrix& head, Index offset, Scalar base) {
    must(can_turn(head.cols(), offset, base));
    Matrix rotated = head;
    for (Index t = 0; t < head.rows(); ++t)
        for (Index i = 0; i < head.cols(); i += 2)
            turn(rotated(t, i), rotated(t, i + 1), offset + t, i / 2, head.cols(), base);
    return rotated;
}

Matrix rotate_halves(const Matrix& head, Index offset, Scalar base) {
    must(can_turn(head.cols(), offset, base));
    Matrix rotated = head;
    const Index half = head.cols() / 2;
    for (Index t = 0; t < head.rows(); ++t)
        for (Index i = 0; i < half; ++i) turn(rotated(t, i), rotated(t, i + half), offset + t, i, head.cols(), base);
    return rotated;
}

Matrix halves_from_pairs(const Matrix& weight, Index n_heads) {
    must(n_heads >= 1 && weight.cols() % n_heads == 0 && weight.cols() / n_heads % 2 == 0);
    Matrix result = weight;
    const Index d_head = weight.cols() / n_heads;
    for (Index from = 0; from < weight.cols(); ++from) {
        const Index h = from / d_head, within = from % d_head;
        result.col(h * d_head + within / 2 + (within % 2) * (d_head / 2)) = weight.col(from);
    }
    return result;
}

Matrix swiglu(const Matrix& tokens, const SwiGlu& weights) {
    must(is_gate(weights, tokens.cols()));
    Matrix result(tokens.rows(), tokens.cols());
    for (Index t = 0; t < tokens.rows(); ++t) {
        RowVector inner = tokens.row(t) * weights.gate;
        for (Scalar& a : inner) a = a >= 0 ? a / (1 + std::exp(-a)) : a * std::exp(a) / (1 + std::exp(a));
        const RowVector up = tokens.row(t) * weights.up;
        result.row(t) = inner.cwiseProduct(up) * weights.down;
    }
    return result;
}

Matrix grouped_attention(const Matrix& query, const Matrix& key, const Matrix& value, const Mask& mask, Index n_heads,
                         Index n_groups) {
    must(n_heads >= 1 && n_groups >= 1 && n_heads % n_groups == 0);
    must(query.cols() > 0 && query.cols() % n_heads == 0);
    const Index width = query.cols() / n_heads;
    must(key.rows() > 0 && key.cols() == n_groups * width && is_shaped(value, key.rows(), key.cols()));
    must(mask.rows() == query.rows() && mask.cols() == key.rows());
    Matrix result(query.rows(), query.cols());
    for (Index i = 0; i < query.rows(); ++i) {
        for (Index h = 0; h < n_heads; ++h) {
            const Index group = h * n_groups / n_heads;
            const RowVector asked = query.row(i).segment(h * width, width) / std::sqrt(static_cast<Scalar>(width));
            Mean mean;
            for (Index j = 0; j < key.rows(); ++j) {
                if (!mask(i, j)) continue;
                mean.add(asked.dot(key.row(j).segment(group * width, width)),
                         value.row(j).segment(group * width, width));
            }
            result.row(i).segment(h * width, width) = mean.result(width);
        }
    }
    return result;
}

Mask window_mask(Index n_tokens, Index window, Index sinks) {
    must(n_tokens >= 0 && window >= 1 && sinks >= 0);
    return Mask::NullaryExpr(n_tokens, n_tokens, [&](Index i, Index j) { return seen(i, j, window, sinks); });
}

namespace {

/// Keys and values of one block for all tokens so far.
struct Past {
    std::vector<RowVector> keys, values;
};

void check_block(Index d_model, const Block& block, const Settings& s) {
    must(s.n_heads >= 1 && s.n_groups >= 1 && s.n_heads % s.n_groups == 0 && s.window >= 1 && s.sinks >= 0);
    must(s.base > 0 && s.epsilon > 0);
    const Index wide = block.query.cols(), d_head = wide / s.n_heads;
    must(wide > 0 && wide % s.n_heads == 0 && d_head % 2 == 0);
    must(block.query.rows() == d_model && is_shaped(block.key, d_model, d_head * s.n_groups));
    must(is_shaped(block.value, d_model, d_head * s.n_groups) && is_shaped(block.output, wide, d_model));
    must(block.attention_gain.size() == d_model && block.feed_forward_gain.size() == d_model);
    must(is_gate(block.feed_forward, d_model));
}

RowVector turned(RowVector row, Index position, Index d_head, Scalar base) {
    for (Index h = 0; h < row.size(); h += d_head)
        row.segment(h, d_head) = rotate_halves(row.segment(h, d_head), position, base);
    return row;
}

/// One more token goes through a block.
RowVector pass(const RowVector& token, const Block& block, const Settings& s, Past& past) {
    const Index d_head = block.query.cols() / s.n_heads, position = std::ssize(past.keys);
    const RowVector normed = rms_norm(token, block.attention_gain, s.epsilon);
    past.keys.push_back(turned(normed * block.key, position, d_head, s.base));
    past.values.push_back(normed * block.value);
    const RowVector query = turned(normed * block.query, position, d_head, s.base);
    RowVector heads(query.size());
    for (Index h = 0; h < s.n_heads; ++h) {
        const Index at = h / (s.n_heads / s.n_groups) * d_head;
        Mean mean;
        for (Index j = position; j >= 0; --j) {  // the newest first
            if (!seen(position, j, s.window, s.sinks)) continue;
            const auto k = static_cast<std::size_t>(j);
            const Scalar product = query.segment(h * d_head, d_head).dot(past.keys[k].segment(at, d_head));
            mean.add(product / std::sqrt(static_cast<Scalar>(d_head)), past.values[k].segment(at, d_head));
        }
        heads.segment(h * d_head, d_head) = mean.result(d_head);
    }
    const RowVector x = token + heads * block.output;
    return x + swiglu(rms_norm(x, block.feed_forward_gain, s.epsilon), block.feed_forward);
}

/// A model that has read some ids, and what it made of the last one.
struct Reader {
    const Model& model;
    std::vector<Past> pasts;
    RowVector hidden;

    explicit Reader(const Model& read) : model(read), pasts(read.blocks.size()) {
        const Index d_model = model.embedding.cols();
        for (const Block& block : model.blocks) check_block(d_model, block, model.settings);
        must(model.gain.size() == d_model && model.settings.epsilon > 0);
    }
    void read(int id) {
        must(id >= 0 && id < model.embedding.rows());
        RowVector x = model.embedding.row(id);
        for (std::size_t b = 0; b < pasts.size(); ++b) x = pass(x, model.blocks[b], model.settings, pasts[b]);
        hidden = rms_norm(x, model.gain, model.settings.epsilon);
    }
};

Matrix output_of(const Model& model) {
    if (!model.output) return model.embedding.transpose();
    must(is_shaped(*model.output, model.embedding.cols(), model.embedding.rows()));
    return *model.output;
}

}  // namespace

Matrix run_block(const Matrix& tokens, const Block& block, const Settings& settings) {
    must(tokens.rows() > 0);
    check_block(tokens.cols(), block, settings);
    Past past;
    Matrix result(tokens.rows(), tokens.cols());
    for (Index t = 0; t < tokens.rows(); ++t) result.row(t) = pass(tokens.row(t), block, settings, past);
    return result;
}

Matrix hidden_states(const TokenIds& ids, const Model& model) {
    must(!ids.empty());
    Reader reader(model);
    Matrix result(std::ssize(ids), model.embedding.cols());
    Index t = 0;
    for (const int id : ids) {
        reader.read(id);
        result.row(t++) = reader.hidden;
    }
    return result;
}

Matrix logits(const TokenIds& ids, const Model& model) {
    const Matrix output = output_of(model);
    return hidden_states(ids, model) * output;
}

TokenIds continue_text(const TokenIds& prompt, const Model& model, int end, Index most_new) {
    must(most_new >= 1 && !prompt.empty());
    const Matrix output = output_of(model);
    Reader reader(model);
    for (const int id : prompt) reader.read(id);
    TokenIds said;
    for (;;) {
        const RowVector scores = reader.hidden * output;
        int best = 0;
        for (int id = 1; id < scores.size(); ++id) {
            if (scores(id) > scores(best)) best = id;
        }
        if (best == end) return said;
        said.push_back(best);
        if (std::ssize(said) == most_new) return said;
        reader.read(best);
    }
}

}  // namespace modern_decoder
