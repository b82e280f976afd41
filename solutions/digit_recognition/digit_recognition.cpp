// Reference: pixels as images, what goes on in the network, labels and their errors, rollout, occlusion.
#include "digit_recognition.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <string>

#include "attention.hpp"

namespace digit_recognition {

using encoder::EncoderLayerWeights;
using encoder::feed_forward;
using encoder::layer_norm;
using multi_head_attention::MultiHeadResult;
using vision_transformer::image_to_patches;
using vision_transformer::Prediction;

namespace {

void require(bool condition, const std::string& otherwise) {
    if (!condition) throw std::invalid_argument(otherwise);
}

std::string shape(Index rows, Index cols) { return std::to_string(rows) + " x " + std::to_string(cols); }

void require_shape(const std::string& what, const Matrix& matrix, Index rows, Index cols) {
    require(matrix.rows() == rows && matrix.cols() == cols,
            what + " is " + shape(matrix.rows(), matrix.cols()) + ", but must be " + shape(rows, cols));
}

void require_same_length(const std::vector<Index>& actual, const std::vector<Index>& predicted) {
    require(actual.size() == predicted.size(), std::to_string(actual.size()) + " actual labels, but " +
                                                   std::to_string(predicted.size()) + " predicted ones");
}

/// What the sublayers add to the tokens must be as wide as they are.
Matrix sum(const Matrix& tokens, const Matrix& added) {
    require_shape("a sublayer's output", added, tokens.rows(), tokens.cols());
    return tokens + added;
}

/// The rows of a matrix, each divided by its sum.
Matrix shares(const Matrix& rows) { return rows.array().colwise() / rows.rowwise().sum().array(); }

}  // namespace

std::vector<Image> images_from_pixels(const Matrix& pixels, Index width, const PixelScale& scale) {
    require(width > 0 && pixels.cols() % width == 0,
            std::to_string(pixels.cols()) + " pixels are no rows of " + std::to_string(width));
    require(scale.white > 0 && scale.deviation > 0, "white and deviation must be greater than 0");
    require((pixels.array() >= 0).all() && (pixels.array() <= scale.white).all(), "a pixel is not from 0 to white");

    std::vector<Image> images;
    for (const auto& row : pixels.rowwise()) {
        const Matrix grey = row.reshaped<Eigen::RowMajor>(pixels.cols() / width, width) / scale.white;
        images.push_back({(grey.array() - scale.mean) / scale.deviation});  // one channel, height x width
    }
    return images;
}

Trace look_inside(const Image& image, const VisionTransformerWeights& weights) {
    Matrix tokens = embed_patches(image_to_patches(image, weights.patch_size), weights.embedding);
    Trace trace;
    trace.tokens.push_back(tokens);  // n_tokens x d_model
    for (const EncoderLayerWeights& layer : weights.layers) {
        const Matrix read = layer_norm(tokens, layer.attention_norm);
        const MultiHeadResult attended =
            multi_head_attention::multi_head_attention(read, read, layer.attention, Mask());
        tokens = sum(tokens, attended.output);
        const Matrix normal = layer_norm(tokens, layer.feed_forward_norm);
        tokens = sum(tokens, feed_forward(normal, layer.feed_forward, encoder::Activation::gelu));
        trace.attention.push_back(attended.weights);
        trace.tokens.push_back(tokens);
    }
    trace.logits = class_logits(tokens, weights.head);  // n_classes
    return trace;
}

Matrix batch_logits(const std::vector<Image>& images, const VisionTransformerWeights& weights) {
    Matrix logits(std::ssize(images), weights.head.projection.weight.cols());  // n_images x n_classes
    Index n = 0;
    for (const Image& image : images) logits.row(n++) = vision_transformer::vision_transformer(image, weights);
    return logits;
}

std::vector<Index> most_probable(const Matrix& logits) {
    require(logits.cols() > 0, "there are no classes");
    std::vector<Index> labels;
    for (const auto& row : logits.rowwise()) {
        labels.push_back(std::max_element(row.begin(), row.end()) - row.begin());  // the first of equal ones
    }
    return labels;
}

Scalar accuracy(const std::vector<Index>& actual, const std::vector<Index>& predicted) {
    require_same_length(actual, predicted);
    require(!actual.empty(), "there are no images");
    Scalar n_right = 0;
    for (std::size_t n = 0; n < actual.size(); ++n) n_right += actual[n] == predicted[n] ? 1 : 0;
    return n_right / static_cast<Scalar>(actual.size());
}

Matrix confusion_matrix(const std::vector<Index>& actual, const std::vector<Index>& predicted, Index n_classes) {
    require_same_length(actual, predicted);
    require(n_classes > 0, "there are no classes");
    const auto is_label = [&](Index label) { return label >= 0 && label < n_classes; };
    require(std::ranges::all_of(actual, is_label), "an actual label is of no class");
    require(std::ranges::all_of(predicted, is_label), "a predicted label is of no class");

    Matrix counts = Matrix::Zero(n_classes, n_classes);
    for (std::size_t n = 0; n < actual.size(); ++n) counts(actual[n], predicted[n]) += 1;
    return counts;
}

Matrix attention_rollout(const std::vector<std::vector<Matrix>>& attention) {
    require(!attention.empty() && !attention[0].empty(), "there is no attention");
    const Index n_tokens = attention[0][0].rows();
    require(n_tokens > 0, "there are no tokens");
    Matrix rollout = Matrix::Identity(n_tokens, n_tokens);
    for (const std::vector<Matrix>& heads : attention) {
        require(!heads.empty(), "a layer has no head");
        Matrix mean = Matrix::Zero(n_tokens, n_tokens);
        for (const Matrix& head : heads) {
            require_shape("a head's attention", head, n_tokens, n_tokens);
            mean += head / static_cast<Scalar>(heads.size());
        }
        const Matrix mixed = (mean + Matrix::Identity(n_tokens, n_tokens)) / 2;  // half of a token passes by
        rollout = shares(mixed) * rollout;
    }
    return rollout;
}

Matrix rollout_picture(const Matrix& rollout, Index across) {
    const Index n_patches = rollout.cols() - 1;
    require_shape("the rollout", rollout, rollout.cols(), rollout.cols());
    require(n_patches > 0, "there is no patch");
    require(across > 0 && n_patches % across == 0,
            std::to_string(n_patches) + " patches are no rows of " + std::to_string(across));
    const RowVector patches = rollout.row(0).tail(n_patches);
    const Scalar all = patches.sum();
    return patches.reshaped<Eigen::RowMajor>(n_patches / across, across) / (all > 0 ? all : 1);
}

Occlusion occlusion(const Image& image, const VisionTransformerWeights& weights, Scalar value) {
    const RowVector logits = vision_transformer::vision_transformer(image, weights);  // n_classes
    const Prediction answer = vision_transformer::top_k(logits, 1)[0];
    const Index size = weights.patch_size;
    Occlusion result{answer.label, answer.probability, Matrix(image[0].rows() / size, image[0].cols() / size)};
    for (Index r = 0; r < result.drops.rows(); ++r) {
        for (Index k = 0; k < result.drops.cols(); ++k) {
            Image hidden = image;
            for (Matrix& channel : hidden) channel.block(r * size, k * size, size, size).setConstant(value);
            const RowVector changed = vision_transformer::vision_transformer(hidden, weights);
            result.drops(r, k) = result.probability - attention::softmax_rows(changed)(0, result.label);
        }
    }
    return result;
}

Patch most_important(const Matrix& drops) {
    require(drops.size() > 0, "there is no patch");
    Patch best{0, 0};
    for (Index r = 0; r < drops.rows(); ++r) {
        for (Index k = 0; k < drops.cols(); ++k) {
            if (std::abs(drops(r, k)) > std::abs(drops(best.row, best.column))) best = {r, k};
        }
    }
    return best;
}

}  // namespace digit_recognition
