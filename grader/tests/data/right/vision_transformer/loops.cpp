// A right solution in plain loops over numbers: a patch pixel by pixel, the projection and the head term by term, the
// k best classes by looking for the best that is left. The layers are run by encoder::encode.
#include "vision_transformer.hpp"

#include <cmath>
#include <stdexcept>
#include <vector>

namespace vision_transformer {

static void refuse_unless(bool fits) {
    if (!fits) throw std::invalid_argument("shapes do not fit");
}

Matrix image_to_patches(const Image& image, Index patch_size) {
    refuse_unless(image.size() >= 1 && patch_size >= 1);
    const Index n_channels = static_cast<Index>(image.size()), height = image[0].rows(), width = image[0].cols();
    refuse_unless(height % patch_size == 0);
    refuse_unless(width % patch_size == 0);
    for (const auto& channel : image) refuse_unless(channel.rows() == height && channel.cols() == width);
    const Index down = height / patch_size, across = width / patch_size;
    Matrix patches(down * across, n_channels * patch_size * patch_size);
    for (Index r = 0; r < down; ++r) {
        for (Index k = 0; k < across; ++k) {
            for (Index c = 0; c < n_channels; ++c) {
                for (Index y = 0; y < patch_size; ++y) {
                    for (Index x = 0; x < patch_size; ++x) {
                        patches(r * across + k, (c * patch_size + y) * patch_size + x) =
                            image[static_cast<std::size_t>(c)](r * patch_size + y, k * patch_size + x);
                    }
                }
            }
        }
    }
    return patches;
}

Matrix embed_patches(const Matrix& patches, const PatchEmbeddingWeights& weights) {
    const Matrix& e = weights.projection.weight;
    const Index d_model = e.cols();
    refuse_unless(e.rows() == patches.cols() && weights.projection.bias.cols() == d_model);
    refuse_unless(weights.class_token.cols() == d_model && weights.positions.cols() == d_model);
    refuse_unless(weights.positions.rows() == patches.rows() + 1);
    Matrix tokens(patches.rows() + 1, d_model);
    for (Index t = 0; t < tokens.rows(); ++t) {
        for (Index j = 0; j < d_model; ++j) {
            Scalar sum = t == 0 ? weights.class_token(j) : weights.projection.bias(j);
            for (Index i = 0; t > 0 && i < patches.cols(); ++i) sum += patches(t - 1, i) * e(i, j);
            tokens(t, j) = sum + weights.positions(t, j);
        }
    }
    return tokens;
}

RowVector class_logits(const Matrix& encoded, const ClassHeadWeights& weights) {
    const Index d_model = encoded.cols(), n_classes = weights.projection.weight.cols();
    refuse_unless(encoded.rows() > 0);
    refuse_unless(weights.norm.gain.cols() == d_model && weights.norm.bias.cols() == d_model);
    refuse_unless(weights.projection.weight.rows() == d_model && weights.projection.bias.cols() == n_classes);
    Scalar mean = 0, variance = 0;
    for (Index j = 0; j < d_model; ++j) mean += encoded(0, j) / static_cast<Scalar>(d_model);
    for (Index j = 0; j < d_model; ++j) {
        variance += (encoded(0, j) - mean) * (encoded(0, j) - mean) / static_cast<Scalar>(d_model);
    }
    const Scalar deviation = std::sqrt(variance + weights.norm.epsilon);
    RowVector logits(n_classes);
    for (Index o = 0; o < n_classes; ++o) {
        logits(o) = weights.projection.bias(o);
        for (Index j = 0; j < d_model; ++j) {
            const Scalar normal = (encoded(0, j) - mean) / deviation;
            logits(o) += (normal * weights.norm.gain(j) + weights.norm.bias(j)) * weights.projection.weight(j, o);
        }
    }
    return logits;
}

RowVector vision_transformer(const Image& image, const VisionTransformerWeights& weights) {
    const Matrix patches = image_to_patches(image, weights.patch_size);
    const Matrix tokens = embed_patches(patches, weights.embedding);
    const Matrix encoded = encoder::encode(tokens, {weights.layers, std::nullopt}, encoder::NormOrder::pre,
                                           encoder::Activation::gelu, Mask());
    return class_logits(encoded, weights.head);
}

std::vector<Prediction> top_k(const RowVector& logits, Index k) {
    const Index n = logits.cols();
    refuse_unless(k >= 1 && k <= n);
    Scalar largest = logits(0), total = 0;
    for (Index j = 1; j < n; ++j) {
        if (logits(j) > largest) largest = logits(j);
    }
    for (Index j = 0; j < n; ++j) total += std::exp(logits(j) - largest);
    std::vector<bool> taken(static_cast<std::size_t>(n), false);
    std::vector<Prediction> best;
    while (static_cast<Index>(best.size()) < k) {
        Index winner = -1;
        for (Index j = 0; j < n; ++j) {
            if (taken[static_cast<std::size_t>(j)]) continue;
            if (winner < 0 || logits(j) > logits(winner)) winner = j;
        }
        taken[static_cast<std::size_t>(winner)] = true;
        best.push_back({winner, std::exp(logits(winner) - largest) / total});
    }
    return best;
}

}  // namespace vision_transformer
