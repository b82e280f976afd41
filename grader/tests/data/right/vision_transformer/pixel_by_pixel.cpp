// Pixel by pixel; the best classes by taking the best one away again and again.
#include "vision_transformer.hpp"

#include <cmath>
#include <limits>
#include <stdexcept>

namespace vision_transformer {
namespace {

template <class... Text>
void unless(bool fits, Text... text) {
    if (!fits) throw std::invalid_argument((std::string() + ... + text));
}

}  // namespace

Matrix image_to_patches(const Image& image, Index patch_size) {
    unless(image.size() > 0, "no ", "channel");
    unless(patch_size >= 1, "patch size");
    const Index h = image.front().rows(), w = image.front().cols(), p = patch_size;
    for (const Matrix& channel : image) unless(channel.rows() == h && channel.cols() == w, "channel");
    unless(h % p == 0, "height");
    unless(w % p == 0, "width");
    Matrix patches((h / p) * (w / p), static_cast<Index>(image.size()) * p * p);
    for (Index y = 0; y < h; ++y)
        for (Index x = 0; x < w; ++x)
            for (Index c = 0; c < static_cast<Index>(image.size()); ++c)
                patches(y / p * (w / p) + x / p, (c * p + y % p) * p + x % p) =
                    image[static_cast<std::size_t>(c)](y, x);
    return patches;
}

Matrix embed_patches(const Matrix& patches, const PatchEmbeddingWeights& weights) {
    const Linear& e = weights.projection;
    const Index n = patches.rows(), d = e.weight.cols();
    unless(patches.cols() == e.weight.rows() && e.bias.size() == d && weights.class_token.size() == d, "projection");
    unless(weights.positions.rows() == n + 1 && weights.positions.cols() == d, "positions");
    Matrix tokens = weights.positions;
    for (Index i = 0; i <= n; ++i)
        for (Index j = 0; j < d; ++j) {
            Scalar sum = i == 0 ? weights.class_token(j) : e.bias(j);
            for (Index k = 0; i > 0 && k < patches.cols(); ++k) sum += patches(i - 1, k) * e.weight(k, j);
            tokens(i, j) += sum;
        }
    return tokens;
}

RowVector class_logits(const Matrix& encoded, const ClassHeadWeights& weights) {
    unless(encoded.rows() != 0, "no token");
    // All tokens are normalised, one is asked.
    const Matrix normal = encoder::layer_norm(encoded, weights.norm);
    return multi_head_attention::linear(normal.topRows(1), weights.projection);
}

RowVector vision_transformer(const Image& image, const VisionTransformerWeights& weights) {
    const encoder::EncoderWeights stack{weights.layers, {}};
    const Matrix tokens = embed_patches(image_to_patches(image, weights.patch_size), weights.embedding);
    return class_logits(encoder::encode(tokens, stack, encoder::NormOrder::pre, encoder::Activation::gelu, {}),
                        weights.head);
}

std::vector<Prediction> top_k(const RowVector& logits, Index k) {
    unless(k > 0 && k <= logits.size(), "k");
    Scalar top = logits(0), total = 0;
    for (const Scalar x : logits) top = std::max(top, x);
    for (const Scalar x : logits) total += std::exp(x - top);
    std::vector<bool> taken(static_cast<std::size_t>(logits.size()));
    std::vector<Prediction> best;
    while (static_cast<Index>(best.size()) < k) {
        Index next = -1;
        for (Index c = 0; c < logits.size(); ++c)
            if (!taken[static_cast<std::size_t>(c)] && (next < 0 || logits(c) > logits(next))) next = c;
        taken[static_cast<std::size_t>(next)] = true;
        best.push_back({next, std::exp(logits(next) - top) / total});
    }
    return best;
}

}  // namespace vision_transformer
