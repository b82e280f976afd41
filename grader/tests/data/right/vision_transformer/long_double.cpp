// A right solution in long double wherever something is summed up; the k best classes by a selection that moves the
// best to the front. The layers are run by encoder::encoder_layer.
#include "vision_transformer.hpp"

#include <cmath>
#include <stdexcept>
#include <utility>
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
            long double sum = t == 0 ? weights.class_token(j) : weights.projection.bias(j);
            for (Index i = 0; t > 0 && i < patches.cols(); ++i)
                sum += static_cast<long double>(patches(t - 1, i)) * e(i, j);
            tokens(t, j) = static_cast<Scalar>(sum + weights.positions(t, j));
        }
    }
    return tokens;
}

RowVector class_logits(const Matrix& encoded, const ClassHeadWeights& weights) {
    const Index d_model = encoded.cols(), n_classes = weights.projection.weight.cols();
    refuse_unless(encoded.rows() > 0);
    refuse_unless(weights.norm.gain.cols() == d_model && weights.norm.bias.cols() == d_model);
    refuse_unless(weights.projection.weight.rows() == d_model && weights.projection.bias.cols() == n_classes);
    long double mean = 0, variance = 0;
    for (Index j = 0; j < d_model; ++j) mean += encoded(0, j) / static_cast<long double>(d_model);
    for (Index j = 0; j < d_model; ++j) {
        variance += (encoded(0, j) - mean) * (encoded(0, j) - mean) / static_cast<long double>(d_model);
    }
    const long double deviation = std::sqrt(variance + weights.norm.epsilon);
    RowVector logits(n_classes);
    for (Index o = 0; o < n_classes; ++o) {
        long double sum = weights.projection.bias(o);
        for (Index j = 0; j < d_model; ++j) {
            const long double normal = (encoded(0, j) - mean) / deviation;
            sum += (normal * weights.norm.gain(j) + weights.norm.bias(j)) * weights.projection.weight(j, o);
        }
        logits(o) = static_cast<Scalar>(sum);
    }
    return logits;
}

RowVector vision_transformer(const Image& image, const VisionTransformerWeights& weights) {
    const Matrix patches = image_to_patches(image, weights.patch_size);
    const Matrix tokens = embed_patches(patches, weights.embedding);
    Matrix encoded = tokens;
    for (std::size_t i = 0; i < weights.layers.size(); ++i) {
        encoded = encoder::encoder_layer(encoded, weights.layers[i], encoder::NormOrder::pre, encoder::Activation::gelu,
                                         Mask());
    }
    return class_logits(encoded, weights.head);
}

std::vector<Prediction> top_k(const RowVector& logits, Index k) {
    const Index n = logits.cols();
    refuse_unless(k >= 1 && k <= n);
    std::vector<Prediction> classes;
    for (Index j = 0; j < n; ++j) classes.push_back({j, logits(j)});  // the logit, as long as it is needed
    for (std::size_t i = 0; i < static_cast<std::size_t>(k); ++i) {
        for (std::size_t j = classes.size() - 1; j > i; --j) {
            if (classes[j].probability > classes[j - 1].probability) std::swap(classes[j], classes[j - 1]);
        }
    }
    const Scalar largest = classes[0].probability;
    long double total = 0;
    for (Prediction& each : classes) {
        each.probability = std::exp(each.probability - largest);
        total += each.probability;
    }
    for (Prediction& each : classes) each.probability = static_cast<Scalar>(each.probability / total);
    classes.resize(static_cast<std::size_t>(k), {});
    return classes;
}

}  // namespace vision_transformer
