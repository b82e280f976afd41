// A right solution that refuses everything first, computes in long double where it sums, and turns by matrices.
#include "modern_decoder.hpp"

#include <cmath>
#include <stdexcept>
#include <string>

namespace modern_decoder {

using Wide = Eigen::Matrix<long double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

static Wide wide(const Matrix& m) { return m.cast<long double>(); }

static void shape(const Matrix& m, Index rows, Index columns) {
    if (m.rows() != rows || m.cols() != columns) throw std::invalid_argument("a matrix of another shape");
}

Matrix rms_norm(const Matrix& tokens, const RowVector& gain, Scalar epsilon) {
    if (!(epsilon > 0)) throw std::invalid_argument("epsilon");
    shape(gain, 1, tokens.cols());
    Wide x = wide(tokens);
    for (Index t = 0; t < x.rows(); ++t) {
        long double mean = epsilon;
        for (Index j = 0; j < x.cols(); ++j) mean += x(t, j) * x(t, j) / static_cast<long double>(x.cols());
        x.row(t) *= std::pow(mean, -0.5L);
        x.row(t).array() *= wide(gain).array();
    }
    return x.cast<Scalar>();
}

/// The matrix that turns a head at this position, to be multiplied from the right.
static Wide turn(Index d_head, Index position, Scalar base, bool halves) {
    Wide matrix = Wide::Zero(d_head, d_head);
    for (Index i = 0; i < d_head / 2; ++i) {
        const Index a = halves ? i : 2 * i, b = halves ? i + d_head / 2 : a + 1;
        const long double angle =
            static_cast<long double>(position) / std::pow(static_cast<long double>(base), 2.0L * i / d_head);
        matrix(a, a) = matrix(b, b) = std::cos(angle);
        matrix(a, b) = std::sin(angle);
        matrix(b, a) = -std::sin(angle);
    }
    return matrix;
}

static Matrix rotate(const Matrix& head, Index offset, Scalar base, bool halves) {
    if (head.cols() % 2 == 1 || offset < 0 || !(base > 0)) throw std::invalid_argument("no rotation");
    if (head.size() == 0) return head;
    Wide x = wide(head);
    for (Index t = 0; t < x.rows(); ++t) x.row(t) = (x.row(t) * turn(x.cols(), offset + t, base, halves)).eval();
    return x.cast<Scalar>();
}

Matrix rotate_pairs(const Matrix& head, Index offset, Scalar base) { return rotate(head, offset, base, false); }
Matrix rotate_halves(const Matrix& head, Index offset, Scalar base) { return rotate(head, offset, base, true); }

Matrix halves_from_pairs(const Matrix& weight, Index n_heads) {
    if (n_heads < 1 || weight.cols() % n_heads != 0 || weight.cols() / n_heads % 2 != 0)
        throw std::invalid_argument("no heads of even width");
    Matrix result = weight;
    Index place = 0;
    const Index d_head = weight.cols() / n_heads;
    for (Index h = 0; h < n_heads; ++h) {
        for (Index i = 0; i < d_head; i += 2) result.col(place++) = weight.col(h * d_head + i);
        for (Index i = 1; i < d_head; i += 2) result.col(place++) = weight.col(h * d_head + i);
    }
    return result;
}

static void fits(const SwiGlu& weights, Index d_model) {
    shape(weights.gate, d_model, weights.gate.cols());
    shape(weights.up, d_model, weights.gate.cols());
    shape(weights.down, weights.gate.cols(), d_model);
}

Matrix swiglu(const Matrix& tokens, const SwiGlu& weights) {
    fits(weights, tokens.cols());
    Wide gate = wide(tokens) * wide(weights.gate);
    const Wide up = wide(tokens) * wide(weights.up);
    for (Index i = 0; i < gate.size(); ++i) {
        long double& a = gate.data()[i];
        // exp of what is not positive
        a *= a > 0 ? 1 / (1 + std::exp(-a)) : std::exp(a) / (1 + std::exp(a));
    }
    return (gate.cwiseProduct(up) * wide(weights.down)).cast<Scalar>();
}

Matrix grouped_attention(const Matrix& query, const Matrix& key, const Matrix& value, const Mask& mask, Index n_heads,
                         Index n_groups) {
    if (n_heads < 1 || n_groups < 1 || n_heads % n_groups != 0 || query.cols() % n_heads != 0 || query.cols() == 0)
        throw std::invalid_argument("heads and groups");
    if (key.rows() == 0) throw std::invalid_argument("keys");
    const Index d_head = query.cols() / n_heads;
    shape(key, key.rows(), n_groups * d_head);
    shape(value, key.rows(), n_groups * d_head);
    if (mask.rows() != query.rows() || mask.cols() != key.rows()) throw std::invalid_argument("mask");
    Wide found = Wide::Zero(query.rows(), query.cols());
    for (Index g = 0; g < n_groups; ++g) {
        const Wide keys = wide(key).middleCols(g * d_head, d_head), values = wide(value).middleCols(g * d_head, d_head);
        for (Index h = g * n_heads / n_groups; h < (g + 1) * n_heads / n_groups; ++h) {
            const Wide scores = wide(query).middleCols(h * d_head, d_head) * keys.transpose();
            for (Index i = 0; i < query.rows(); ++i) {
                // One pass: what was found so far shrinks whenever a larger score comes.
                long double most = 0, sum = 0;
                auto row = found.row(i).segment(h * d_head, d_head);
                for (Index j = 0; j < key.rows(); ++j) {
                    if (!mask(i, j)) continue;
                    const long double score = scores(i, j) / std::sqrt(static_cast<long double>(d_head));
                    const long double larger = sum == 0 ? score : std::max(most, score);
                    const long double shrunk = sum == 0 ? 0 : std::exp(most - larger),
                                      weight = std::exp(score - larger);
                    row = (row * shrunk + weight * values.row(j)).eval();
                    sum = sum * shrunk + weight;
                    most = larger;
                }
                if (sum > 0) row /= sum;
            }
        }
    }
    return found.cast<Scalar>();
}

Mask window_mask(Index n_tokens, Index window, Index sinks) {
    if (std::min({n_tokens, window - 1, sinks}) < 0) throw std::invalid_argument("less than there can be");
    Mask mask(n_tokens, n_tokens);
    for (Index i = 0; i < n_tokens; ++i)
        for (Index j = 0; j < n_tokens; ++j) mask(i, j) = j > i ? false : j < sinks ? true : j > i - window;
    return mask;
}

static void fits(const Block& block, Index d_model, const Settings& settings) {
    if (settings.n_heads < 1 || settings.n_groups < 1 || settings.n_heads % settings.n_groups != 0 ||
        settings.window < 1 || settings.sinks < 0 || !(settings.base > 0) || !(settings.epsilon > 0))
        throw std::invalid_argument("settings");
    const Index d_head = block.query.cols() / settings.n_heads;
    if (d_head < 2 || d_head % 2 != 0) throw std::invalid_argument("width of the heads");
    shape(block.attention_gain, 1, d_model);
    shape(block.feed_forward_gain, 1, d_model);
    shape(block.query, d_model, settings.n_heads * d_head);
    shape(block.key, d_model, settings.n_groups * d_head);
    shape(block.value, d_model, settings.n_groups * d_head);
    shape(block.output, settings.n_heads * d_head, d_model);
    fits(block.feed_forward, d_model);
}

Matrix run_block(const Matrix& tokens, const Block& block, const Settings& settings) {
    if (tokens.rows() == 0) throw std::invalid_argument("no tokens");
    fits(block, tokens.cols(), settings);
    const Index d_head = block.query.cols() / settings.n_heads;
    const Matrix normed = rms_norm(tokens, block.attention_gain, settings.epsilon);
    // All heads stand below one another, each from position 0 on.
    Matrix query = normed * block.query, key = normed * block.key;
    for (Index first = 0; first < query.cols(); first += d_head) {
        query.middleCols(first, d_head) = rotate_halves(Matrix(query.middleCols(first, d_head)), 0, settings.base);
        if (first < key.cols())
            key.middleCols(first, d_head) = rotate_halves(Matrix(key.middleCols(first, d_head)), 0, settings.base);
    }
    const Matrix heads =
        grouped_attention(query, key, normed * block.value, window_mask(tokens.rows(), settings.window, settings.sinks),
                          settings.n_heads, settings.n_groups);
    const Matrix stream = (wide(tokens) + wide(heads) * wide(block.output)).cast<Scalar>();
    return stream + swiglu(rms_norm(stream, block.feed_forward_gain, settings.epsilon), block.feed_forward);
}

static void fits(const TokenIds& ids, const Model& model) {
    if (ids.empty()) throw std::invalid_argument("no ids");
    for (const int id : ids)
        if (id < 0 || id >= model.embedding.rows()) throw std::invalid_argument("no id " + std::to_string(id));
    for (const Block& block : model.blocks) fits(block, model.embedding.cols(), model.settings);
    shape(model.gain, 1, model.embedding.cols());
    if (model.output) shape(*model.output, model.embedding.cols(), model.embedding.rows());
}

Matrix hidden_states(const TokenIds& ids, const Model& model) {
    fits(ids, model);
    Matrix x(0, model.embedding.cols());
    for (const int id : ids) {
        x.conservativeResize(x.rows() + 1, Eigen::NoChange);
        x.bottomRows(1) = model.embedding.row(id);
    }
    for (const Block& block : model.blocks) x = run_block(x, block, model.settings);
    return rms_norm(x, model.gain, model.settings.epsilon);
}

Matrix logits(const TokenIds& ids, const Model& model) {
    fits(ids, model);
    const Wide output = model.output ? wide(*model.output) : wide(model.embedding.transpose());
    return (wide(hidden_states(ids, model)) * output).cast<Scalar>();
}

TokenIds continue_text(const TokenIds& prompt, const Model& model, int end, Index most_new) {
    if (most_new < 1) throw std::invalid_argument("nothing to write");
    fits(prompt, model);
    TokenIds said;
    for (TokenIds read = prompt; Index(said.size()) < most_new; read.push_back(said.back())) {
        const RowVector last = hidden_states(read, model).bottomRows(1);
        const RowVector all =
            model.output ? RowVector(last * *model.output) : RowVector(last * model.embedding.transpose());
        int best = int(all.size()) - 1;
        for (int id = best; id >= 0; --id)
            if (all(id) >= all(best)) best = id;
        if (best == end) break;
        said.push_back(best);
    }
    return said;
}

}  // namespace modern_decoder
