// Everything number by number, and the attention's weights by hand.
#include "digit_recognition.hpp"

#include <cmath>
#include <stdexcept>

namespace digit_recognition {

std::vector<Image> images_from_pixels(const Matrix& pixels, Index width, const PixelScale& scale) {
    if (width <= 0 || pixels.cols() % width != 0) throw std::invalid_argument("width");
    if (!(scale.white > 0) || !(scale.deviation > 0)) throw std::invalid_argument("scale");
    std::vector<Image> images(static_cast<std::size_t>(pixels.rows()));
    for (Index n = 0; n < pixels.rows(); ++n) {
        Matrix channel(pixels.cols() / width, width);
        for (Index i = 0; i < pixels.cols(); ++i) {
            const Scalar pixel = pixels(n, i);
            if (pixel < 0 || pixel > scale.white) throw std::invalid_argument("pixel");
            channel(i / width, i % width) = (pixel / scale.white - scale.mean) / scale.deviation;
        }
        images[static_cast<std::size_t>(n)].push_back(channel);
    }
    return images;
}

namespace {

/// Softmax(Q K^T / sqrt(d_head)) of each head.
std::vector<Matrix> weights_of_heads(const Matrix& tokens, const multi_head_attention::MultiHeadWeights& weights) {
    const Matrix query = multi_head_attention::linear(tokens, weights.query),
                 key = multi_head_attention::linear(tokens, weights.key);
    const Index n = tokens.rows(), d_head = query.cols() / weights.n_heads;
    std::vector<Matrix> heads;
    for (Index h = 0; h < weights.n_heads; ++h) {
        Matrix head(n, n);
        for (Index i = 0; i < n; ++i) {
            Scalar largest = 0, sum = 0;
            for (Index j = 0; j < n; ++j) {
                Scalar score = 0;
                for (Index c = h * d_head; c < (h + 1) * d_head; ++c) score += query(i, c) * key(j, c);
                head(i, j) = score / std::sqrt(static_cast<Scalar>(d_head));
                if (j == 0 || head(i, j) > largest) largest = head(i, j);
            }
            for (Index j = 0; j < n; ++j) sum += head(i, j) = std::exp(head(i, j) - largest);
            for (Index j = 0; j < n; ++j) head(i, j) /= sum;
        }
        heads.push_back(head);
    }
    return heads;
}

}  // namespace

Trace look_inside(const Image& image, const VisionTransformerWeights& weights) {
    Trace trace;
    trace.logits = vision_transformer::vision_transformer(image, weights);  // it refuses what does not fit
    trace.tokens.push_back(vision_transformer::embed_patches(
        vision_transformer::image_to_patches(image, weights.patch_size), weights.embedding));
    for (const encoder::EncoderLayerWeights& layer : weights.layers) {
        const Matrix before = trace.tokens.back();
        trace.attention.push_back(weights_of_heads(encoder::layer_norm(before, layer.attention_norm), layer.attention));
        trace.tokens.push_back(
            encoder::encoder_layer(before, layer, encoder::NormOrder::pre, encoder::Activation::gelu, Mask()));
    }
    return trace;
}

Matrix batch_logits(const std::vector<Image>& images, const VisionTransformerWeights& weights) {
    Matrix logits(static_cast<Index>(images.size()), weights.head.projection.weight.cols());
    for (Index n = 0; n < logits.rows(); ++n) {
        const RowVector row = vision_transformer::vision_transformer(images[static_cast<std::size_t>(n)], weights);
        for (Index j = 0; j < logits.cols(); ++j) logits(n, j) = row(j);
    }
    return logits;
}

std::vector<Index> most_probable(const Matrix& logits) {
    if (logits.cols() == 0) throw std::invalid_argument("no classes");
    std::vector<Index> labels;
    for (Index n = 0; n < logits.rows(); ++n) {
        Index best = logits.cols() - 1;
        for (Index j = best; j >= 0; --j) best = logits(n, j) >= logits(n, best) ? j : best;
        labels.push_back(best);
    }
    return labels;
}

Scalar accuracy(const std::vector<Index>& actual, const std::vector<Index>& predicted) {
    if (actual.empty() || actual.size() != predicted.size()) throw std::invalid_argument("labels");
    std::size_t n_right = 0;
    for (std::size_t n = 0; n < actual.size(); ++n) {
        if (actual[n] == predicted[n]) ++n_right;
    }
    return static_cast<Scalar>(n_right) / static_cast<Scalar>(actual.size());
}

Matrix confusion_matrix(const std::vector<Index>& actual, const std::vector<Index>& predicted, Index n_classes) {
    if (n_classes < 1 || actual.size() != predicted.size()) throw std::invalid_argument("labels");
    Matrix counts(n_classes, n_classes);
    counts.setZero();
    for (std::size_t n = 0; n < actual.size(); ++n) {
        for (const Index label : {actual[n], predicted[n]}) {
            if (label < 0 || label >= n_classes) throw std::invalid_argument("a label");
        }
        counts(actual[n], predicted[n])++;
    }
    return counts;
}

Matrix attention_rollout(const std::vector<std::vector<Matrix>>& attention) {
    if (attention.empty() || attention[0].empty()) throw std::invalid_argument("no attention");
    const Index n = attention[0][0].rows();
    if (n == 0) throw std::invalid_argument("no tokens");
    Matrix rollout(n, n);
    for (std::size_t l = 0; l < attention.size(); ++l) {
        if (attention[l].empty()) throw std::invalid_argument("no head");
        Matrix mixed(n, n);
        for (Index i = 0; i < n; ++i) {
            Scalar sum = 0;
            for (Index j = 0; j < n; ++j) {
                mixed(i, j) = i == j ? 1 : 0;
                for (const Matrix& head : attention[l]) {
                    if (head.rows() != n || head.cols() != n) throw std::invalid_argument("a head's shape");
                    mixed(i, j) += head(i, j) / static_cast<Scalar>(attention[l].size());
                }
                sum += mixed(i, j);
            }
            for (Index j = 0; j < n; ++j) mixed(i, j) /= sum;
        }
        if (l == 0) {
            rollout = mixed;
            continue;
        }
        Matrix product(n, n);
        for (Index i = 0; i < n; ++i) {
            for (Index j = 0; j < n; ++j) {
                product(i, j) = 0;
                for (Index k = 0; k < n; ++k) product(i, j) += mixed(i, k) * rollout(k, j);
            }
        }
        rollout = product;
    }
    return rollout;
}

Matrix rollout_picture(const Matrix& rollout, Index across) {
    if (rollout.rows() != rollout.cols() || rollout.cols() < 2) throw std::invalid_argument("rollout");
    const Index n_patches = rollout.cols() - 1;
    if (across < 1 || n_patches % across != 0) throw std::invalid_argument("across");
    Matrix picture(n_patches / across, across);
    Scalar sum = 0;
    for (Index n = 0; n < n_patches; ++n) sum += picture(n / across, n % across) = rollout(0, n + 1);
    if (sum == 0) return Matrix::Zero(picture.rows(), picture.cols());
    return picture / sum;
}

Occlusion occlusion(const Image& image, const VisionTransformerWeights& weights, Scalar value) {
    const std::vector<vision_transformer::Prediction> first =
        vision_transformer::top_k(vision_transformer::vision_transformer(image, weights), 1);
    const Index size = weights.patch_size;
    Occlusion result{first[0].label, first[0].probability, Matrix(image[0].rows() / size, image[0].cols() / size)};
    Image hidden = image;
    for (Index i = 0; i < result.drops.size(); ++i) {
        const Index row = i / result.drops.cols(), column = i % result.drops.cols();
        for (Matrix& channel : hidden) {
            for (Index y = 0; y < size; ++y) {
                for (Index x = 0; x < size; ++x) channel(row * size + y, column * size + x) = value;
            }
        }
        const RowVector logits = vision_transformer::vision_transformer(hidden, weights);
        for (const auto& each : vision_transformer::top_k(logits, logits.size())) {
            if (each.label == result.label) result.drops(row, column) = result.probability - each.probability;
        }
        hidden = image;
    }
    return result;
}

Patch most_important(const Matrix& drops) {
    if (drops.rows() == 0 || drops.cols() == 0) throw std::invalid_argument("no patch");
    const Scalar largest = drops.cwiseAbs().maxCoeff();
    for (Index r = 0; r < drops.rows(); ++r) {
        for (Index k = 0; k < drops.cols(); ++k) {
            if (drops(r, k) == largest || drops(r, k) == -largest) return {r, k};
        }
    }
    throw std::invalid_argument("NaN");
}

}  // namespace digit_recognition
