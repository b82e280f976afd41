// A right solution by recursion: the patches are halved until one is left, layers follow each other,
// the best classes come from a quickselect of its own; sums in long double, logs for the probabilities.
#include "vision_transformer.hpp"

#include <algorithm>
#include <cmath>
#include <span>
#include <stdexcept>

namespace vision_transformer {

namespace {

using Labels = std::vector<Index>;

void unless(bool fine) {
    if (!fine) throw std::invalid_argument("this cannot be computed from what was given");
}

/// Patches from `begin` to before `end`, by halves.
void cut(const Image& image, Index P, Index begin, Index end, Matrix& patches) {
    if (begin >= end) return;
    const Index n = begin + (end - begin) / 2, across = image.front().cols() / P;
    cut(image, P, begin, n, patches);
    cut(image, P, n + 1, end, patches);
    Index at = 0;
    for (const Matrix& channel : image)
        for (Index y = 0; y < P; ++y, at += P)
            patches.row(n).segment(at, P) = channel.row(n / across * P + y).segment(n % across * P, P);
}

Matrix run(std::span<const EncoderLayerWeights> layers, const Matrix& tokens) {
    if (layers.empty()) return tokens;
    return encoder::encoder_layer(run(layers.first(layers.size() - 1), tokens), layers.back(), encoder::NormOrder::pre,
                                  encoder::Activation::gelu, Mask{});
}

/// All labels, the best first: those before a pivot, the pivot, those after it.
Labels sorted(const RowVector& logits, const Labels& labels) {
    if (labels.size() < 2) return labels;
    const Index pivot = labels[labels.size() / 2];
    Labels before, after;
    for (const Index label : labels) {
        if (label == pivot) continue;
        const bool first = logits(label) == logits(pivot) ? label < pivot : logits(label) > logits(pivot);
        (first ? before : after).push_back(label);
    }
    Labels result = sorted(logits, before);
    result.push_back(pivot);
    std::ranges::copy(sorted(logits, after), std::back_inserter(result));
    return result;
}

}  // namespace

Matrix image_to_patches(const Image& image, Index patch_size) {
    unless(!image.empty() && patch_size > 0);
    const Index height = image.back().rows(), width = image.back().cols();
    unless(height % patch_size == 0);
    unless(width % patch_size == 0);
    unless(std::ranges::all_of(image, [&](const Matrix& one) { return one.rows() == height && one.cols() == width; }));
    Matrix patches(height / patch_size * (width / patch_size), std::ssize(image) * patch_size * patch_size);
    cut(image, patch_size, 0, patches.rows(), patches);
    return patches;
}

Matrix embed_patches(const Matrix& patches, const PatchEmbeddingWeights& weights) {
    const Matrix& E = weights.projection.weight;
    unless(E.rows() == patches.cols());
    unless(E.cols() == weights.projection.bias.cols() && E.cols() == weights.class_token.cols());
    unless(E.cols() == weights.positions.cols() && weights.positions.rows() == patches.rows() + 1);
    Matrix tokens(patches.rows() + 1, E.cols());
    for (Index j = 0; j < tokens.cols(); ++j) {
        tokens(0, j) = weights.class_token(j) + weights.positions(0, j);
        for (Index n = 1; n < tokens.rows(); ++n) {
            long double sum = weights.projection.bias(j);
            for (Index i = 0; i < patches.cols(); ++i) sum += static_cast<long double>(patches(n - 1, i)) * E(i, j);
            tokens(n, j) = static_cast<Scalar>(sum + weights.positions(n, j));
        }
    }
    return tokens;
}

RowVector class_logits(const Matrix& encoded, const ClassHeadWeights& weights) {
    unless(encoded.rows() != 0);
    return multi_head_attention::linear(encoder::layer_norm(encoded.row(0), weights.norm), weights.projection);
}

RowVector vision_transformer(const Image& image, const VisionTransformerWeights& weights) {
    const Matrix patches = image_to_patches(image, weights.patch_size);
    return class_logits(run(weights.layers, embed_patches(patches, weights.embedding)), weights.head);
}

std::vector<Prediction> top_k(const RowVector& logits, Index k) {
    unless(k >= 1 && k <= logits.size());
    Labels labels;
    for (Index label = 0; label < logits.size(); ++label) labels.push_back(label);
    labels = sorted(logits, labels);
    const long double top = logits(labels.front());
    long double sum = 0;
    for (auto label = labels.rbegin(); label != labels.rend(); ++label) sum += std::exp(logits(*label) - top);
    std::vector<Prediction> best(static_cast<std::size_t>(k));
    std::transform(labels.begin(), labels.begin() + k, best.begin(), [&](Index label) {
        return Prediction{label, static_cast<Scalar>(std::exp(logits(label) - top - std::log(sum)))};
    });
    return best;
}

}  // namespace vision_transformer
