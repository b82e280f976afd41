// What the tests of `training` ask about. Models, sentences and dropped places come from a formula, so that PyTorch has
// seen the same ones, digit by digit (solutions/training/by_torch.py), and no file has to hold them.
#ifndef QKV_TRAINING_GOLDEN_MODEL_HPP
#define QKV_TRAINING_GOLDEN_MODEL_HPP

#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "testing/golden.hpp"
#include "training.hpp"

namespace training::tests {

using qkv::testing::golden;

/// The id that ends every target.
constexpr int end_token = 1;

/// x -> (1103515245 x + 12345) mod 2^31.
class Formula {
public:
    explicit Formula(std::uint32_t seed) : x_(seed) {}

    std::uint32_t next() { return x_ = (x_ * 1103515245U + 12345U) % (1U << 31); }

    /// From -1 to below 1.
    Scalar number() { return 2 * (static_cast<Scalar>(next()) / static_cast<Scalar>(1U << 31)) - 1; }

    Matrix matrix(Index rows, Index columns) {
        Matrix result(rows, columns);
        for (Index i = 0; i < result.size(); ++i) result.data()[i] = number();
        return result;
    }

    /// Letters, and the same backwards with end_token.
    Sentence sentence(int n_letters, Index n_tokens) {
        Sentence made;
        for (Index i = 0; i < n_tokens; ++i)
            made.source.push_back(end_token + 1 + static_cast<int>(next() >> 16) % n_letters);
        made.target.assign(made.source.rbegin(), made.source.rend());
        made.target.push_back(end_token);
        return made;
    }

    /// The same with places of its own to drop.
    Sentence dropped(Sentence made, Index d_model, Scalar rate) {
        const Scalar bound = 2 * rate - 1;
        made.source_kept = matrix(static_cast<Index>(made.source.size()), d_model).array() >= bound;
        made.target_kept = matrix(static_cast<Index>(made.target.size()), d_model).array() >= bound;
        return made;
    }

private:
    std::uint32_t x_;
};

/// Sizes of a model, and how far biases and gains are from 0 and 1.
struct Plan {
    Index n_source, n_target, d_model, n_heads, d_ff;
    Scalar lively;
};

/// Weights by Glorot and Bengio 2010; tables of the size of positions, once they are scaled.
inline Model model_by_formula(std::uint32_t seed, const Plan& plan) {
    Formula formula(seed);
    const auto matrix = [&](Index rows, Index columns) -> Matrix {
        return formula.matrix(rows, columns) * std::sqrt(Scalar{6} / static_cast<Scalar>(rows + columns));
    };
    const auto linear = [&](Index d_in, Index d_out) {
        const Matrix weight = matrix(d_in, d_out);
        return Linear{weight, plan.lively * formula.matrix(1, d_out)};
    };
    const auto attention = [&] {
        MultiHeadWeights made;
        for (Linear* layer : {&made.query, &made.key, &made.value, &made.output})
            *layer = linear(plan.d_model, plan.d_model);
        made.n_heads = plan.n_heads;
        return made;
    };
    const auto norm = [&] {
        const RowVector gain = 1 + plan.lively * formula.matrix(1, plan.d_model).array();
        return LayerNormWeights{gain, plan.lively * formula.matrix(1, plan.d_model), Scalar(1e-5)};
    };
    const auto feed_forward = [&] {
        const Linear inner = linear(plan.d_model, plan.d_ff);
        return FeedForwardWeights{inner, linear(plan.d_ff, plan.d_model)};
    };
    Model made;
    const Scalar scale = std::sqrt(static_cast<Scalar>(plan.d_model));
    made.source_table = formula.matrix(plan.n_source, plan.d_model) / scale;
    made.target_table = formula.matrix(plan.n_target, plan.d_model) / scale;
    made.encoder.attention = attention();
    made.encoder.feed_forward = feed_forward();
    for (LayerNormWeights* each : {&made.encoder.attention_norm, &made.encoder.feed_forward_norm}) *each = norm();
    made.decoder.self_attention = attention();
    made.decoder.cross_attention = attention();
    made.decoder.feed_forward = feed_forward();
    for (LayerNormWeights* each : {&made.decoder.self_norm, &made.decoder.cross_norm, &made.decoder.feed_forward_norm})
        *each = norm();
    made.output = linear(plan.d_model, plan.n_target);
    return made;
}

/// The numbered matrices name/0, name/1, ... of the golden file.
inline std::vector<Matrix> golden_list(const std::string& name, std::size_t count) {
    std::vector<Matrix> list;
    for (std::size_t i = 0; i < count; ++i) list.push_back(golden(name + "/" + std::to_string(i)));
    return list;
}

inline Linear golden_linear(const std::string& name) { return {golden(name + "/weight"), golden(name + "/bias")}; }

inline LayerNormWeights golden_norm(const std::string& name) {
    return {golden(name + "/gain"), golden(name + "/bias"), golden(name + "/epsilon")(0, 0)};
}

inline FeedForwardWeights golden_feed_forward(const std::string& name) {
    return {golden_linear(name + "/inner"), golden_linear(name + "/outer")};
}

inline MultiHeadWeights golden_attention(const std::string& name, Index n_heads) {
    return {golden_linear(name + "/query"), golden_linear(name + "/key"), golden_linear(name + "/value"),
            golden_linear(name + "/output"), n_heads};
}

/// d_model = 6, d_ff = 5, two heads.
inline EncoderLayerWeights golden_encoder(const std::string& name) {
    return {golden_attention(name + "/attention", 2), golden_feed_forward(name + "/feed_forward"),
            golden_norm(name + "/attention_norm"), golden_norm(name + "/feed_forward_norm")};
}

/// d_model = 6, d_ff = 5, two heads within the target, three to a memory of width 4.
inline DecoderLayerWeights golden_decoder(const std::string& name) {
    return {golden_attention(name + "/self_attention", 2),
            golden_attention(name + "/cross_attention", 3),
            golden_feed_forward(name + "/feed_forward"),
            golden_norm(name + "/self_norm"),
            golden_norm(name + "/cross_norm"),
            golden_norm(name + "/feed_forward_norm")};
}

/// A small model that has just been made lively: 7 source ids, 6 target ids, d_model = 4, 2 heads, d_ff = 5.
inline Model small_model() { return model_by_formula(2017, {7, 6, 4, 2, 5, Scalar{0.5}}); }

constexpr Scalar small_rate = 0.25;  ///< of its dropout

/// Three sentences of 3, 1 and 5 tokens; of the first and the last some places are dropped.
inline std::vector<Sentence> small_batch() {
    Formula formula(36);
    std::vector<Sentence> batch{formula.sentence(4, 3), formula.sentence(4, 1), formula.sentence(4, 5)};
    batch[0] = formula.dropped(batch[0], 4, small_rate);
    batch[2] = formula.dropped(batch[2], 4, small_rate);
    return batch;
}

inline TrainingSettings settings(Scalar drop_rate, Index warmup) {
    return {Scalar{0.1}, drop_rate, 1, warmup, {Scalar{0.9}, Scalar{0.98}, Scalar{1e-9}}};
}

/// The task is to turn round four of six letters: a fresh model of width 16, and the first batches of eight sentences.
inline Model fresh_model() { return model_by_formula(1, {8, 8, 16, 2, 32, 0}); }

/// With some places dropped, if drop_rate is not 0.
inline std::vector<std::vector<Sentence>> task_batches(std::size_t count, std::size_t size, Scalar drop_rate) {
    Formula formula(7);
    std::vector<std::vector<Sentence>> batches(count);
    for (std::vector<Sentence>& batch : batches) {
        while (batch.size() < size) {
            const Sentence made = formula.sentence(6, 4);
            batch.push_back(drop_rate > 0 ? formula.dropped(made, 16, drop_rate) : made);
        }
    }
    return batches;
}

}  // namespace training::tests

#endif
