// A right solution in whole-matrix expressions of another kind: all channels as one long matrix whose rows are cut and
// turned; tokens as a product with a longer matrix of weights; one softmax by log-sum-exp, one sort.
#include "vision_transformer.hpp"

#include <algorithm>
#include <cmath>
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
    const Index area = patch_size * patch_size;
    Matrix patches(down * across, static_cast<Index>(image.size()) * area);
    for (std::size_t c = 0; c < image.size(); ++c) {
        REFUSE_UNLESS(image[c].rows() == image[0].rows() && image[c].cols() == image[0].cols());
        // Row by row, each pixel row of a row of patches is a matrix of across x patch_size.
        for (Index y = 0; y < image[c].rows(); ++y) {
            const Matrix pixels = image[c].row(y).reshaped<Eigen::RowMajor>(across, patch_size);
            patches.block(y / patch_size * across, static_cast<Index>(c) * area + y % patch_size * patch_size, across,
                          patch_size) = pixels;
        }
    }
    return patches;
}

Matrix embed_patches(const Matrix& patches, const PatchEmbeddingWeights& weights) {
    const Index d_model = weights.class_token.size(), n_patches = patches.rows();
    REFUSE_UNLESS(weights.projection.weight.rows() == patches.cols());
    REFUSE_UNLESS(weights.projection.weight.cols() == d_model && weights.projection.bias.size() == d_model);
    REFUSE_UNLESS(weights.positions.rows() == n_patches + 1 && weights.positions.cols() == d_model);
    // The class token and the bias are two rows more of the weight; a column of ones and zeros picks them.
    Matrix all = Matrix::Zero(patches.cols() + 2, d_model), chosen = Matrix::Zero(n_patches + 1, patches.cols() + 2);
    all.topRows(patches.cols()) = weights.projection.weight;
    all.row(patches.cols()) = weights.class_token;
    all.row(patches.cols() + 1) = weights.projection.bias;
    chosen.bottomLeftCorner(n_patches, patches.cols()) = patches;
    chosen(0, patches.cols()) = 1;
    chosen.col(patches.cols() + 1).tail(n_patches).setOnes();
    return chosen * all + weights.positions;
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
    const Scalar largest = logits.maxCoeff(), log_sum = largest + std::log((logits.array() - largest).exp().sum());
    std::vector<Prediction> classes;
    for (Index j = 0; j < logits.size(); ++j) classes.push_back({j, std::exp(logits(j) - log_sum)});
    std::stable_sort(classes.begin(), classes.end(),
                     [&](const Prediction& a, const Prediction& b) { return logits(a.label) > logits(b.label); });
    return {classes.begin(), classes.begin() + k};
}

}  // namespace vision_transformer
