// A right solution in another order of work: every pixel of the image is carried to its place; the class token goes
// through the encoder last, since without a mask the order of tokens does not matter; layers by recursion;
// probabilities by log-sum-exp, the best classes from a heap.
#include "vision_transformer.hpp"

#include <cmath>
#include <queue>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>

namespace vision_transformer {

static void same(Index left, Index right, const std::string& what) {
    if (left != right) throw std::invalid_argument(what + ": " + std::to_string(left) + ", " + std::to_string(right));
}

Matrix image_to_patches(const Image& image, Index patch_size) {
    if (image.empty() || patch_size <= 0) throw std::invalid_argument("nothing to cut");
    const Index height = image.front().rows(), width = image.front().cols();
    same(height % patch_size, 0, "rest of the height");
    same(width % patch_size, 0, "rest of the width");
    const Index n_channels = std::ssize(image), area = patch_size * patch_size;
    Matrix patches = Matrix::Zero(height * width / area, n_channels * area);
    for (Index c = n_channels - 1; c >= 0; --c) {
        const Matrix& channel = image[static_cast<std::size_t>(c)];
        same(channel.rows(), height, "height of a channel");
        same(channel.cols(), width, "width of a channel");
        for (Index i = 0; i < channel.size(); ++i) {
            const Index y = i / width, x = i % width;
            const Index patch = y / patch_size * (width / patch_size) + x / patch_size;
            patches(patch, c * area + y % patch_size * patch_size + x % patch_size) = channel(y, x);
        }
    }
    return patches;
}

Matrix embed_patches(const Matrix& patches, const PatchEmbeddingWeights& weights) {
    const auto& [weight, bias] = weights.projection;
    same(patches.cols(), weight.rows(), "features of a patch");
    for (const Index width : {bias.cols(), weights.class_token.cols(), weights.positions.cols()}) {
        same(width, weight.cols(), "d_model");
    }
    same(weights.positions.rows(), patches.rows() + 1, "positions");
    Matrix tokens = weights.positions.rowwise() + bias;
    tokens.row(0) = weights.class_token + weights.positions.row(0);
    for (Index i = weight.rows() - 1; i >= 0; --i) {
        tokens.bottomRows(patches.rows()) += patches.col(i) * weight.row(i);
    }
    return tokens;
}

RowVector class_logits(const Matrix& encoded, const ClassHeadWeights& weights) {
    if (encoded.rows() == 0) throw std::invalid_argument("no tokens");
    const Index d_model = encoded.cols();
    same(weights.norm.gain.cols(), d_model, "gain");
    same(weights.norm.bias.cols(), d_model, "bias");
    same(weights.projection.weight.rows(), d_model, "rows of the head");
    same(weights.projection.bias.cols(), weights.projection.weight.cols(), "bias of the head");
    // The gain moves into the weight, the bias into the bias.
    const RowVector centred = encoded.row(0).array() - encoded.row(0).mean();
    const Scalar scale = 1 / std::sqrt(centred.squaredNorm() / static_cast<Scalar>(d_model) + weights.norm.epsilon);
    const Matrix folded = weights.norm.gain.asDiagonal() * weights.projection.weight;
    const RowVector bias = weights.norm.bias * weights.projection.weight + weights.projection.bias;
    return scale * (centred * folded) + bias;
}

static Matrix run(const Matrix& tokens, std::span<const EncoderLayerWeights> layers) {
    if (layers.empty()) return tokens;
    const Mask everything = Mask::Constant(tokens.rows(), tokens.rows(), true);
    const Matrix next =
        encoder::encoder_layer(tokens, layers.front(), encoder::NormOrder::pre, encoder::Activation::gelu, everything);
    return run(next, layers.subspan(1));
}

RowVector vision_transformer(const Image& image, const VisionTransformerWeights& weights) {
    const Matrix tokens = embed_patches(image_to_patches(image, weights.patch_size), weights.embedding);
    const Matrix reversed = tokens.colwise().reverse();
    return class_logits(run(reversed, weights.layers).bottomRows(1), weights.head);
}

std::vector<Prediction> top_k(const RowVector& logits, Index k) {
    if (k < 1 || k > logits.size()) throw std::invalid_argument("k is out of range");
    const Scalar largest = logits.maxCoeff();
    const Scalar log_sum = std::log((logits.array() - largest).exp().sum());
    std::priority_queue<std::pair<Scalar, Index>> heap;  // the label negated: of equal logits the lower one first
    for (Index j = 0; j < logits.size(); ++j) heap.emplace(logits(j), -j);
    std::vector<Prediction> best;
    for (; k > 0; --k, heap.pop()) best.push_back({-heap.top().second, std::exp(heap.top().first - largest - log_sum)});
    return best;
}

}  // namespace vision_transformer
