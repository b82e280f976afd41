// Reference: an image as patches, patches as tokens, logits from the class token, the k best classes.
#include "vision_transformer.hpp"

#include <algorithm>
#include <numeric>
#include <stdexcept>
#include <string>

#include "attention.hpp"

namespace vision_transformer {

using encoder::Activation;
using encoder::encoder_layer;
using encoder::layer_norm;
using encoder::NormOrder;
using multi_head_attention::linear;

namespace {

void require(bool condition, const std::string& otherwise) {
    if (!condition) throw std::invalid_argument(otherwise);
}

std::string shape(Index rows, Index cols) { return std::to_string(rows) + " x " + std::to_string(cols); }

void require_shape(const std::string& what, const auto& matrix, Index rows, Index cols) {
    require(matrix.rows() == rows && matrix.cols() == cols,
            what + " is " + shape(matrix.rows(), matrix.cols()) + ", but must be " + shape(rows, cols));
}

}  // namespace

Matrix image_to_patches(const Image& image, Index patch_size) {
    require(!image.empty(), "the image has no channel");
    const Index height = image[0].rows(), width = image[0].cols();
    require(patch_size > 0, "the patch size is " + std::to_string(patch_size) + ", but must be at least 1");
    require(height % patch_size == 0 && width % patch_size == 0,
            shape(height, width) + " pixels cannot be cut into patches of " + shape(patch_size, patch_size));
    for (const Matrix& channel : image) require_shape("a channel", channel, height, width);

    const Index across = width / patch_size, area = patch_size * patch_size;
    Matrix patches(height / patch_size * across, std::ssize(image) * area);  // n_patches x (n_channels * P * P)
    Index first = 0;
    for (const Matrix& channel : image) {
        for (Index n = 0; n < patches.rows(); ++n) {
            const Index top = n / across * patch_size, left = n % across * patch_size;
            const auto patch = channel.block(top, left, patch_size, patch_size);
            patches.row(n).segment(first, area) = patch.reshaped<Eigen::RowMajor>(1, area);
        }
        first += area;  // where the next channel begins in each patch
    }
    return patches;
}

Matrix embed_patches(const Matrix& patches, const PatchEmbeddingWeights& weights) {
    const Matrix projected = linear(patches, weights.projection);  // n_patches x d_model
    const Index n_patches = projected.rows(), d_model = projected.cols();
    require_shape("the class token", weights.class_token, 1, d_model);
    require_shape("the matrix of positions", weights.positions, 1 + n_patches, d_model);

    Matrix tokens = weights.positions;  // (1 + n_patches) x d_model
    tokens.row(0) += weights.class_token;
    tokens.bottomRows(n_patches) += projected;
    return tokens;
}

RowVector class_logits(const Matrix& encoded, const ClassHeadWeights& weights) {
    require(encoded.rows() > 0, "there is no class token");
    const Matrix answer = layer_norm(encoded.row(0), weights.norm);  // 1 x d_model
    return linear(answer, weights.projection);                       // n_classes
}

RowVector vision_transformer(const Image& image, const VisionTransformerWeights& weights) {
    const Matrix patches = image_to_patches(image, weights.patch_size);  // n_patches x d_patch
    Matrix tokens = embed_patches(patches, weights.embedding);           // (1 + n_patches) x d_model
    for (const EncoderLayerWeights& layer : weights.layers) {
        tokens = encoder_layer(tokens, layer, NormOrder::pre, Activation::gelu, Mask());
    }
    return class_logits(tokens, weights.head);  // n_classes
}

std::vector<Prediction> top_k(const RowVector& logits, Index k) {
    require(k >= 1 && k <= logits.size(),
            "k is " + std::to_string(k) + ", but there are " + std::to_string(logits.size()) + " classes");
    std::vector<Index> labels(static_cast<std::size_t>(logits.size()));
    std::iota(labels.begin(), labels.end(), 0);
    const auto before = [&](Index a, Index b) { return logits(a) > logits(b) || (logits(a) == logits(b) && a < b); };
    std::partial_sort(labels.begin(), labels.begin() + k, labels.end(), before);

    const RowVector probabilities = attention::softmax_rows(logits);  // n_classes
    std::vector<Prediction> best;
    for (Index i = 0; i < k; ++i) {
        const Index label = labels[static_cast<std::size_t>(i)];
        best.push_back({label, probabilities(label)});
    }
    return best;
}

}  // namespace vision_transformer
