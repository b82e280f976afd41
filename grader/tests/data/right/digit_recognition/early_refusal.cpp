// Everything is checked before anything is computed; then algorithms of the standard library in place of loops. Between
// the layers the tokens come from encoders of 0, 1, 2, ... layers, the rollout is carried row by row through the
// layers, and a patch is hidden in the table of patches, where it is one row. Without images the weights are checked
// alone.
#include "digit_recognition.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <functional>
#include <iterator>
#include <numeric>
#include <stdexcept>
#include <string>
#include <utility>

namespace digit_recognition {

namespace {

void require(bool holds, const char* what) {
    if (!holds) throw std::invalid_argument(std::string("digit_recognition: ") + what);
}

bool fits(const multi_head_attention::Linear& layer, Index d_in, Index d_out) {
    return layer.weight.rows() == d_in && layer.weight.cols() == d_out && layer.bias.size() == d_out;
}
bool fits(const encoder::LayerNormWeights& norm, Index d_model) {
    return norm.gain.size() == d_model && norm.bias.size() == d_model;
}

/// Strictly: every layer of every attention must be d_model wide.
bool fits(const encoder::EncoderLayerWeights& layer, Index d_model) {
    const auto& [query, key, value, output, n_heads] = layer.attention;
    const auto of_attention = {std::cref(query), std::cref(key), std::cref(value), std::cref(output)};
    const Index d_ff = layer.feed_forward.inner.weight.cols();
    return n_heads >= 1 && d_model % n_heads == 0 &&
           std::all_of(of_attention.begin(), of_attention.end(),
                       [&](const multi_head_attention::Linear& each) { return fits(each, d_model, d_model); }) &&
           fits(layer.feed_forward.inner, d_model, d_ff) && fits(layer.feed_forward.outer, d_ff, d_model) &&
           fits(layer.attention_norm, d_model) && fits(layer.feed_forward_norm, d_model);
}

void require_weights(const VisionTransformerWeights& weights) {
    const auto& [projection, class_token, positions] = weights.embedding;
    const Index d_model = positions.cols(), n_classes = weights.head.projection.weight.cols();
    require(weights.patch_size >= 1, "the patch size must be at least 1");
    require(fits(projection, projection.weight.rows(), d_model), "the projection must be d_model wide");
    require(class_token.size() == d_model, "the class token must be d_model wide");
    require(positions.rows() >= 1, "the class token has no position");
    require(std::all_of(weights.layers.begin(), weights.layers.end(),
                        [&](const encoder::EncoderLayerWeights& layer) { return fits(layer, d_model); }),
            "a layer does not fit");
    require(fits(weights.head.norm, d_model), "the final norm must be d_model wide");
    require(fits(weights.head.projection, d_model, n_classes), "the class head does not fit");
}

void require_image(const Image& image, const VisionTransformerWeights& weights) {
    const Index p = weights.patch_size;
    require(!image.empty(), "an image without channels");
    const Index height = image.front().rows(), width = image.front().cols();
    require(std::all_of(image.begin(), image.end(),
                        [&](const Matrix& each) { return each.rows() == height && each.cols() == width; }),
            "channels of different shape");
    require(height % p == 0 && width % p == 0, "patches do not cover the image");
    require(weights.embedding.positions.rows() == 1 + height / p * (width / p), "not a position for each patch");
    require(weights.embedding.projection.weight.rows() == std::ssize(image) * p * p, "patches of another size");
}

Matrix first_tokens(const Matrix& patches, const VisionTransformerWeights& weights) {
    return vision_transformer::embed_patches(patches, weights.embedding);
}

/// z_l: what an encoder of the first l layers makes of the tokens.
Matrix after(std::ptrdiff_t n_layers, const Matrix& tokens, const VisionTransformerWeights& weights) {
    const encoder::EncoderWeights first{{weights.layers.begin(), weights.layers.begin() + n_layers}, std::nullopt};
    return encoder::encode(tokens, first, encoder::NormOrder::pre, encoder::Activation::gelu, Mask());
}

RowVector logits_of(const Matrix& patches, const VisionTransformerWeights& weights) {
    const Matrix last = after(std::ssize(weights.layers), first_tokens(patches, weights), weights);
    return vision_transformer::class_logits(last, weights.head);
}

/// 1 / sum of exp(logit - logit of the label): no exponential of the label itself, and none too large but for 1 / inf.
Scalar probability_of(Index label, const RowVector& logits) {
    return 1 / std::accumulate(logits.begin(), logits.end(), Scalar{0},
                               [own = logits(label)](Scalar sum, Scalar each) { return sum + std::exp(each - own); });
}

}  // namespace

std::vector<Image> images_from_pixels(const Matrix& pixels, Index width, const PixelScale& scale) {
    require(width >= 1, "a width below 1");
    require(pixels.cols() % width == 0, "rows that the width does not divide");
    require(pixels.cols() > 0, "images without pixels");
    require(scale.white > 0 && scale.deviation > 0, "a scale of zero");
    require(std::none_of(pixels.data(), pixels.data() + pixels.size(),
                         [&](Scalar pixel) { return pixel < 0 || pixel > scale.white; }),
            "a pixel beyond black or white");
    std::vector<Image> images(static_cast<std::size_t>(pixels.rows()), {Matrix(pixels.cols() / width, width)});
    std::for_each(images.begin(), images.end(), [&, from = pixels.data()](Image& image) mutable {
        std::transform(from, from + pixels.cols(), image.front().data(), [&](Scalar pixel) {
            return (pixel - scale.white * scale.mean) / (scale.white * scale.deviation);
        });
        from += pixels.cols();
    });
    return images;
}

Trace look_inside(const Image& image, const VisionTransformerWeights& weights) {
    require_weights(weights);
    require_image(image, weights);
    const Matrix start = first_tokens(vision_transformer::image_to_patches(image, weights.patch_size), weights);
    Trace trace;
    std::vector<std::ptrdiff_t> numbers(weights.layers.size() + 1);
    std::iota(numbers.begin(), numbers.end(), std::ptrdiff_t{0});
    std::transform(numbers.begin(), numbers.end(), std::back_inserter(trace.tokens),
                   [&](std::ptrdiff_t n) { return after(n, start, weights); });
    std::transform(weights.layers.begin(), weights.layers.end(), trace.tokens.begin(),
                   std::back_inserter(trace.attention), [](const auto& layer, const Matrix& tokens) {
                       const Matrix read = encoder::layer_norm(tokens, layer.attention_norm);
                       const Matrix query = multi_head_attention::linear(read, layer.attention.query),
                                    key = multi_head_attention::linear(read, layer.attention.key);
                       return multi_head_attention::attend_heads(query, key, read, layer.attention.n_heads, Mask())
                           .weights;  // whatever the values are
                   });
    trace.logits = vision_transformer::class_logits(trace.tokens.back(), weights.head);
    return trace;
}

Matrix batch_logits(const std::vector<Image>& images, const VisionTransformerWeights& weights) {
    require_weights(weights);
    std::for_each(images.begin(), images.end(), [&](const Image& image) { require_image(image, weights); });
    Matrix logits(std::ssize(images), weights.head.projection.weight.cols());
    std::for_each(images.begin(), images.end(), [&, n = Index{0}](const Image& image) mutable {
        logits.row(n++) = logits_of(vision_transformer::image_to_patches(image, weights.patch_size), weights);
    });
    return logits;
}

std::vector<Index> most_probable(const Matrix& logits) {
    require(logits.cols() >= 1, "no classes");
    std::vector<Index> labels(static_cast<std::size_t>(logits.rows()));
    std::generate(labels.begin(), labels.end(), [row = logits.data(), n = logits.cols()]() mutable {
        const Index label = std::distance(row, std::max_element(row, row + n));
        row += n;
        return label;
    });
    return labels;
}

Scalar accuracy(const std::vector<Index>& actual, const std::vector<Index>& predicted) {
    require(actual.size() == predicted.size(), "lists of different length");
    require(!actual.empty(), "no images");
    return std::transform_reduce(actual.begin(), actual.end(), predicted.begin(), Scalar{0}, std::plus<>(),
                                 [](Index a, Index p) { return a == p ? Scalar{1} : Scalar{0}; }) /
           static_cast<Scalar>(actual.size());
}

Matrix confusion_matrix(const std::vector<Index>& actual, const std::vector<Index>& predicted, Index n_classes) {
    require(n_classes >= 1, "no classes");
    require(actual.size() == predicted.size(), "lists of different length");
    const auto is_class = [&](Index label) { return 0 <= label && label < n_classes; };
    require(std::all_of(actual.begin(), actual.end(), is_class), "an actual label of no class");
    require(std::all_of(predicted.begin(), predicted.end(), is_class), "a predicted label of no class");
    std::vector<std::pair<Index, Index>> pairs;
    std::transform(actual.begin(), actual.end(), predicted.begin(), std::back_inserter(pairs), [](Index a, Index p) {
        return std::pair{a, p};
    });
    return Matrix::NullaryExpr(n_classes, n_classes, [&](Index a, Index p) {
        return static_cast<Scalar>(std::count(pairs.begin(), pairs.end(), std::pair{a, p}));
    });
}

Matrix attention_rollout(const std::vector<std::vector<Matrix>>& attention) {
    require(!attention.empty(), "no layers");
    require(std::none_of(attention.begin(), attention.end(), [](const auto& heads) { return heads.empty(); }),
            "a layer without heads");
    const Index n = attention.front().front().rows();
    require(n >= 1, "no tokens");
    for (const auto& heads : attention) {
        require(std::all_of(heads.begin(), heads.end(),
                            [&](const Matrix& head) { return head.rows() == n && head.cols() == n; }),
                "heads of different shape");
    }
    std::vector<Matrix> mixed;
    std::transform(attention.begin(), attention.end(), std::back_inserter(mixed), [&](const auto& heads) -> Matrix {
        const Matrix all = std::accumulate(heads.begin(), heads.end(), Matrix(Matrix::Zero(n, n)),
                                           [](Matrix sum, const Matrix& head) { return Matrix(sum + head); });
        const Matrix half = all / static_cast<Scalar>(2 * heads.size()) + Matrix::Identity(n, n) / 2;
        return half.rowwise().sum().cwiseInverse().asDiagonal() * half;
    });
    Matrix rollout(n, n);
    for (Index i = 0; i < n; ++i) {  // e_i * A_L * ... * A_1
        const RowVector token = RowVector::Unit(n, i);
        rollout.row(i) = std::accumulate(mixed.rbegin(), mixed.rend(), token,
                                         [](const RowVector& row, const Matrix& a) { return RowVector(row * a); });
    }
    return rollout;
}

Matrix rollout_picture(const Matrix& rollout, Index across) {
    require(rollout.rows() == rollout.cols(), "a rollout that is not square");
    require(rollout.cols() >= 2, "no patch");
    require(across >= 1 && (rollout.cols() - 1) % across == 0, "rows of patches that are not full");
    const Scalar *first = rollout.data() + 1, *end = rollout.data() + rollout.cols();
    const Scalar sum = std::reduce(first, end);
    Matrix picture = Matrix::Zero((rollout.cols() - 1) / across, across);
    if (sum > 0) std::transform(first, end, picture.data(), [&](Scalar part) { return part / sum; });
    return picture;
}

Occlusion occlusion(const Image& image, const VisionTransformerWeights& weights, Scalar value) {
    require_weights(weights);
    require_image(image, weights);
    require(weights.head.projection.weight.cols() >= 1, "no classes");
    const Matrix patches = vision_transformer::image_to_patches(image, weights.patch_size);
    const RowVector logits = logits_of(patches, weights);
    const Index label = std::distance(logits.begin(), std::max_element(logits.begin(), logits.end()));
    const Scalar probability = probability_of(label, logits);
    Matrix drops(image[0].rows() / weights.patch_size, image[0].cols() / weights.patch_size);
    std::generate(drops.data(), drops.data() + drops.size(), [&, n = Index{0}]() mutable {
        Matrix hidden = patches;  // a patch, all channels of it, is a row
        hidden.row(n++).setConstant(value);
        return probability - probability_of(label, logits_of(hidden, weights));
    });
    return {label, probability, drops};
}

Patch most_important(const Matrix& drops) {
    require(drops.rows() >= 1 && drops.cols() >= 1, "no patch");
    const Scalar* const largest =
        std::max_element(drops.data(), drops.data() + drops.size(),
                         [](Scalar one, Scalar other) { return std::abs(one) < std::abs(other); });
    const auto place = std::ldiv(static_cast<long>(largest - drops.data()), static_cast<long>(drops.cols()));
    return {place.quot, place.rem};
}

}  // namespace digit_recognition
