// A right solution that thinks of patches as windows that a convolution with stride P visits; a class for the model, a
// set of (-logit, label) for the best classes, an online softmax for the probabilities.
#include "vision_transformer.hpp"

#include <cmath>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>

namespace vision_transformer {

namespace {

[[noreturn]] void refuse(const std::string& what, Index found) {
    throw std::invalid_argument(what + ", not " + std::to_string(found));
}

template <class Visit>
void windows(const Image& image, Index P, Visit visit) {
    Index n = 0;
    for (Index y = 0; y + P <= image[0].rows(); y += P)
        for (Index x = 0; x + P <= image[0].cols(); x += P) visit(n++, y, x);
}

class Model {
public:
    explicit Model(const VisionTransformerWeights& weights) : weights_(weights) {}

    RowVector operator()(const Image& image) {
        tokens_ = embed_patches(image_to_patches(image, weights_.patch_size), weights_.embedding);
        for (std::size_t l = 0; l < weights_.layers.size(); ++l) advance(weights_.layers[l]);
        return class_logits(tokens_, weights_.head);
    }

private:
    void advance(const EncoderLayerWeights& layer) {
        tokens_ =
            encoder::encoder_layer(tokens_, layer, encoder::NormOrder::pre, encoder::Activation::gelu, Mask(0, 0));
    }
    const VisionTransformerWeights& weights_;
    Matrix tokens_;
};

}  // namespace

Matrix image_to_patches(const Image& image, Index patch_size) {
    if (image.empty()) refuse("at least one channel", 0);
    if (patch_size < 1) refuse("at least one pixel", patch_size);
    for (std::size_t c = image.size() - 1; c > 0; --c) {
        if (image[c].rows() != image[c - 1].rows()) refuse("channels of one height", image[c].rows());
        if (image[c].cols() != image[c - 1].cols()) refuse("channels of one width", image[c].cols());
    }
    if (image[0].rows() % patch_size > 0) refuse("a height that is a multiple", image[0].rows());
    if (image[0].cols() % patch_size > 0) refuse("a width that is a multiple", image[0].cols());
    Index count = 0;
    windows(image, patch_size, [&](Index, Index, Index) { ++count; });
    const Index area = patch_size * patch_size;
    Matrix patches(count, area * std::ssize(image));
    // One weight of the kernel after the other: which number of each window does it meet?
    for (Index weight = 0; weight < patches.cols(); ++weight) {
        const Matrix& channel = image[static_cast<std::size_t>(weight / area)];
        const Index dy = weight % area / patch_size, dx = weight % patch_size;
        windows(image, patch_size, [&](Index n, Index y, Index x) { patches(n, weight) = channel(y + dy, x + dx); });
    }
    return patches;
}

Matrix embed_patches(const Matrix& patches, const PatchEmbeddingWeights& weights) {
    Matrix tokens = weights.positions;
    if (tokens.rows() != patches.rows() + 1) refuse("one position a token", tokens.rows());
    if (weights.class_token.cols() != tokens.cols())
        refuse("a class token as wide as a position", weights.class_token.cols());
    const Matrix projected = multi_head_attention::linear(patches, weights.projection);
    if (projected.cols() != tokens.cols()) refuse("a projection as wide as a position", projected.cols());
    tokens.topRows<1>() += weights.class_token;
    for (Index n = 0; n < patches.rows(); ++n) tokens.row(n + 1) += projected.row(n);
    return tokens;
}

RowVector class_logits(const Matrix& encoded, const ClassHeadWeights& weights) {
    // A batch of two, of which one is kept.
    if (encoded.rows() == 0) refuse("at least the class token", 0);
    return multi_head_attention::linear(encoder::layer_norm(encoded.topRows(1).replicate(2, 1), weights.norm),
                                        weights.projection)
        .row(1);
}

RowVector vision_transformer(const Image& image, const VisionTransformerWeights& weights) {
    return Model(weights)(image);
}

std::vector<Prediction> top_k(const RowVector& logits, Index k) {
    if (k < 1) refuse("at least one class", k);
    if (k > logits.size()) refuse("at most all classes", k);
    std::set<std::pair<Scalar, Index>> ranking;
    Scalar top = logits(0), sum = 0;
    for (Index label = 0; label < logits.size(); ++label) {
        ranking.emplace(-logits(label), label);
        if (ranking.size() > static_cast<std::size_t>(k)) ranking.erase(std::prev(ranking.end()));
        if (logits(label) > top) sum *= std::exp(std::exchange(top, logits(label)) - logits(label));
        sum += std::exp(logits(label) - top);
    }
    std::vector<Prediction> best;
    for (const auto& [negative, label] : ranking) best.push_back({label, std::exp(-negative - top) / sum});
    return best;
}

}  // namespace vision_transformer
