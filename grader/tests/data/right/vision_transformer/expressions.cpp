// A right solution in whole-matrix expressions. A column of the patches is one pixel of all patches, so it is cut from
// its channel with a stride; the final norm is part of the encoder.
#include "vision_transformer.hpp"

#include <algorithm>
#include <numeric>
#include <stdexcept>

#define REFUSE_UNLESS(condition) \
    if (!(condition)) throw std::invalid_argument("expected " #condition)

namespace vision_transformer {

Matrix image_to_patches(const Image& image, Index patch_size) {
    REFUSE_UNLESS(!image.empty());
    REFUSE_UNLESS(patch_size > 0);
    const Index down = image[0].rows() / patch_size, across = image[0].cols() / patch_size;
    REFUSE_UNLESS(down * patch_size == image[0].rows());
    REFUSE_UNLESS(across * patch_size == image[0].cols());
    Matrix patches(down * across, static_cast<Index>(image.size()) * patch_size * patch_size);
    Index column = 0;
    for (const Matrix& channel : image) {
        REFUSE_UNLESS(channel.rows() == image[0].rows() && channel.cols() == image[0].cols());
        for (Index pixel = 0; pixel < patch_size * patch_size; ++pixel) {
            const Matrix same_pixel = channel(Eigen::seqN(pixel / patch_size, down, patch_size),
                                              Eigen::seqN(pixel % patch_size, across, patch_size));
            patches.col(column++) = Eigen::Map<const RowVector>(same_pixel.data(), same_pixel.size()).transpose();
        }
    }
    return patches;
}

Matrix embed_patches(const Matrix& patches, const PatchEmbeddingWeights& weights) {
    const Matrix projected = multi_head_attention::linear(patches, weights.projection);
    REFUSE_UNLESS(weights.class_token.size() == projected.cols());
    Matrix tokens(1 + projected.rows(), projected.cols());
    tokens << weights.class_token, projected;
    REFUSE_UNLESS(weights.positions.rows() == tokens.rows());
    REFUSE_UNLESS(weights.positions.cols() == tokens.cols());
    return tokens + weights.positions;
}

RowVector class_logits(const Matrix& encoded, const ClassHeadWeights& weights) {
    REFUSE_UNLESS(encoded.rows() > 0);
    return multi_head_attention::linear(encoder::layer_norm(encoded, weights.norm), weights.projection).row(0);
}

RowVector vision_transformer(const Image& image, const VisionTransformerWeights& weights) {
    const Matrix tokens = embed_patches(image_to_patches(image, weights.patch_size), weights.embedding);
    const encoder::EncoderWeights stack{weights.layers, weights.head.norm};
    const Matrix encoded = encoder::encode(tokens, stack, encoder::NormOrder::pre, encoder::Activation::gelu, {});
    return multi_head_attention::linear(encoded, weights.head.projection).row(0);
}

std::vector<Prediction> top_k(const RowVector& logits, Index k) {
    REFUSE_UNLESS(k > 0 && k <= logits.size());
    RowVector probabilities = (logits.array() - logits.maxCoeff()).exp();
    probabilities /= probabilities.sum();
    std::vector<int> order(static_cast<std::size_t>(logits.size()));
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(), [&](int a, int b) { return logits(a) > logits(b); });
    std::vector<Prediction> best;
    for (Index i = 0; i < k; ++i) {
        const int label = order[static_cast<std::size_t>(i)];
        best.push_back({label, probabilities(label)});
    }
    return best;
}

}  // namespace vision_transformer
