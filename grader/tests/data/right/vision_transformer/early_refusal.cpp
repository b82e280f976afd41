// A right solution that looks at every shape first, refuses also what the header lets it refuse (an image without
// pixels, no patches), and only then computes. Sums run from the last term to the first.
#include "vision_transformer.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <utility>

namespace vision_transformer {

static void refuse_unless(bool fits, const char* what) {
    if (!fits) throw std::invalid_argument(what);
}

static void check_image(const Image& image, Index patch_size) {
    refuse_unless(!image.empty() && patch_size > 0, "nothing to cut");
    refuse_unless(image[0].size() > 0, "no pixels");
    for (const Matrix& channel : image) {
        refuse_unless(channel.rows() == image[0].rows() && channel.cols() == image[0].cols(), "channels differ");
        refuse_unless(channel.rows() % patch_size == 0 && channel.cols() % patch_size == 0, "pixels are left over");
    }
}

static void check_embedding(Index n_patches, Index d_patch, const PatchEmbeddingWeights& weights) {
    const Index d_model = weights.positions.cols();
    refuse_unless(n_patches > 0 && weights.positions.rows() == n_patches + 1, "positions");
    refuse_unless(weights.projection.weight.rows() == d_patch && weights.projection.weight.cols() == d_model, "E");
    refuse_unless(weights.projection.bias.cols() == d_model && weights.class_token.cols() == d_model, "d_model");
}

static void check_head(Index d_model, const ClassHeadWeights& weights) {
    refuse_unless(weights.norm.gain.cols() == d_model && weights.norm.bias.cols() == d_model, "norm");
    refuse_unless(weights.projection.weight.rows() == d_model, "head");
    refuse_unless(weights.projection.weight.cols() == weights.projection.bias.cols(), "bias of the head");
}

Matrix image_to_patches(const Image& image, Index patch_size) {
    check_image(image, patch_size);
    const Index across = image[0].cols() / patch_size, down = image[0].rows() / patch_size;
    Matrix patches(down * across, std::ssize(image) * patch_size * patch_size);
    for (Index column = patches.cols() - 1; column >= 0; --column) {
        const Index x = column % patch_size, y = column / patch_size % patch_size;
        const Matrix& channel = image[static_cast<std::size_t>(column / (patch_size * patch_size))];
        for (Index n = patches.rows() - 1; n >= 0; --n) {
            patches(n, column) = channel(n / across * patch_size + y, n % across * patch_size + x);
        }
    }
    return patches;
}

Matrix embed_patches(const Matrix& patches, const PatchEmbeddingWeights& weights) {
    check_embedding(patches.rows(), patches.cols(), weights);
    Matrix tokens = weights.positions;
    tokens.row(0) += weights.class_token;
    for (Index n = 0; n < patches.rows(); ++n) {
        tokens.row(n + 1) += weights.projection.bias;
        for (Index i = patches.cols() - 1; i >= 0; --i)
            tokens.row(n + 1) += patches(n, i) * weights.projection.weight.row(i);
    }
    return tokens;
}

RowVector class_logits(const Matrix& encoded, const ClassHeadWeights& weights) {
    refuse_unless(encoded.rows() > 0, "no class token");
    check_head(encoded.cols(), weights);
    const RowVector answer = encoder::layer_norm(encoded.topRows(1), weights.norm);
    RowVector logits = weights.projection.bias;
    for (Index i = answer.cols() - 1; i >= 0; --i) logits += answer(i) * weights.projection.weight.row(i);
    return logits;
}

RowVector vision_transformer(const Image& image, const VisionTransformerWeights& weights) {
    const Index size = weights.patch_size, d_model = weights.embedding.positions.cols();
    check_image(image, size);
    check_embedding(image[0].size() / (size * size), std::ssize(image) * size * size, weights.embedding);
    check_head(d_model, weights.head);
    Matrix tokens = embed_patches(image_to_patches(image, size), weights.embedding);
    for (const EncoderLayerWeights& layer : weights.layers) {
        tokens = encoder::encoder_layer(tokens, layer, encoder::NormOrder::pre, encoder::Activation::gelu, Mask());
    }
    return class_logits(tokens, weights.head);
}

std::vector<Prediction> top_k(const RowVector& logits, Index k) {
    refuse_unless(0 < k && k <= logits.cols(), "k");
    std::vector<std::pair<Scalar, Index>> classes;
    for (Index j = 0; j < logits.cols(); ++j) classes.emplace_back(-logits(j), j);
    std::sort(classes.begin(), classes.end());
    Scalar total = 0;
    for (auto each = classes.rbegin(); each != classes.rend(); ++each)
        total += std::exp(classes[0].first - each->first);
    std::vector<Prediction> best;
    for (Index i = 0; i < k; ++i) {
        const auto& [negative, label] = classes[static_cast<std::size_t>(i)];
        best.push_back({label, std::exp(classes[0].first - negative) / total});
    }
    return best;
}

}  // namespace vision_transformer
