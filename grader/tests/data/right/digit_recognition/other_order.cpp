// The same in another order: one factor for all pixels, the rollout of row vectors, checks by exceptions of callees.
#include "digit_recognition.hpp"

#include <algorithm>
#include <numeric>
#include <stdexcept>

#include "attention.hpp"

namespace digit_recognition {

namespace vit = ::vision_transformer;

std::vector<Image> images_from_pixels(const Matrix& pixels, Index width, const PixelScale& scale) {
    if (width < 1 || pixels.cols() % width > 0 || scale.white <= 0 || scale.deviation <= 0 ||
        (pixels.array() < 0).any() || (pixels.array() > scale.white).any()) {
        throw std::invalid_argument("no images of this scale");
    }
    const Scalar slope = 1 / (scale.white * scale.deviation), shift = scale.mean / scale.deviation;
    const Matrix all = pixels.array() * slope - shift;
    std::vector<Image> images;
    for (Index n = 0; n < all.rows(); ++n) {
        images.push_back({Matrix::Map(all.data() + n * all.cols(), all.cols() / width, width)});
    }
    return images;
}

Trace look_inside(const Image& image, const VisionTransformerWeights& weights) {
    Trace trace;
    std::vector<Matrix>& z = trace.tokens;
    z = {vit::embed_patches(vit::image_to_patches(image, weights.patch_size), weights.embedding)};
    for (const auto& layer : weights.layers) {
        Matrix x = z.back();
        const Matrix normal = encoder::layer_norm(x, layer.attention_norm);
        auto [output, heads] = multi_head_attention::multi_head_attention(normal, normal, layer.attention, Mask());
        if (output.cols() != x.cols()) throw std::invalid_argument("the attention's output is not d_model wide");
        x += output;
        const Matrix more = encoder::feed_forward(encoder::layer_norm(x, layer.feed_forward_norm), layer.feed_forward,
                                                  encoder::Activation::gelu);
        if (more.cols() != x.cols()) throw std::invalid_argument("the network's output is not d_model wide");
        z.push_back(more + x);
        trace.attention.push_back(std::move(heads));
    }
    trace.logits = vit::class_logits(z.back().topRows(1), weights.head);
    return trace;
}

Matrix batch_logits(const std::vector<Image>& images, const VisionTransformerWeights& weights) {
    std::vector<RowVector> rows;
    for (const Image& image : images) rows.push_back(vit::vision_transformer(image, weights));
    Matrix logits(std::ssize(rows), weights.head.projection.weight.cols());
    for (std::size_t n = 0; n < rows.size(); ++n) logits.row(static_cast<Index>(n)) = rows[n];
    return logits;
}

std::vector<Index> most_probable(const Matrix& logits) {
    std::vector<Index> labels;
    if (logits.cols() < 1) throw std::invalid_argument("no classes");
    for (Index n = 0; n < logits.rows(); ++n) labels.push_back(vit::top_k(logits.row(n), 1)[0].label);
    return labels;
}

Scalar accuracy(const std::vector<Index>& actual, const std::vector<Index>& predicted) {
    if (actual.size() != predicted.size() || predicted.empty()) throw std::invalid_argument("labels");
    const auto n_right = std::inner_product(actual.begin(), actual.end(), predicted.begin(), 0, std::plus<>(),
                                            [](Index a, Index p) { return a == p ? 1 : 0; });
    return Scalar(n_right) / Scalar(actual.size());
}

Matrix confusion_matrix(const std::vector<Index>& actual, const std::vector<Index>& predicted, Index n_classes) {
    if (n_classes < 1 || actual.size() != predicted.size()) throw std::invalid_argument("labels");
    Matrix rows = Matrix::Zero(std::ssize(actual), n_classes), columns = rows;  // one-hot
    for (Index n = 0; n < rows.rows(); ++n) {
        const Index a = actual[static_cast<std::size_t>(n)], p = predicted[static_cast<std::size_t>(n)];
        if (std::min(a, p) < 0 || std::max(a, p) >= n_classes) throw std::invalid_argument("a label");
        rows(n, a) = columns(n, p) = 1;
    }
    return rows.transpose() * columns;
}

Matrix attention_rollout(const std::vector<std::vector<Matrix>>& attention) {
    if (attention.empty()) throw std::invalid_argument("no layers");
    for (const auto& heads : attention) {
        if (heads.empty()) throw std::invalid_argument("no heads");
        for (const Matrix& head : heads) {
            const Index n = attention.front().front().cols();
            if (n == 0 || head.cols() != n || head.rows() != n) throw std::invalid_argument("shape");
        }
    }
    Matrix from_the_left = Matrix::Identity(attention[0][0].rows(), attention[0][0].rows());
    for (auto heads = attention.rbegin(); heads != attention.rend(); ++heads) {  // A_L first
        Matrix mixed = std::accumulate(heads->begin() + 1, heads->end(), heads->front(),
                                       [](const Matrix& a, const Matrix& b) -> Matrix { return a + b; });
        mixed = (mixed / (2 * Scalar(heads->size()))).eval();
        mixed.diagonal().array() += Scalar{0.5};
        const Matrix sums = mixed.rowwise().sum();
        for (Index i = 0; i < mixed.rows(); ++i) mixed.row(i) /= sums(i, 0);
        from_the_left = (from_the_left * mixed).eval();
    }
    return from_the_left;
}

Matrix rollout_picture(const Matrix& rollout, Index across) {
    const Index n_patches = rollout.rows() - 1;
    if (rollout.cols() != rollout.rows() || n_patches < 1 || across < 1 || n_patches % across != 0) {
        throw std::invalid_argument("no picture");
    }
    const RowVector row = rollout.row(0);
    Matrix picture = Matrix::Map(row.data() + 1, n_patches / across, across);
    if (picture.sum() > 0) picture /= picture.sum();
    return picture;
}

Occlusion occlusion(const Image& image, const VisionTransformerWeights& weights, Scalar value) {
    const Matrix before = attention::softmax_rows(vit::vision_transformer(image, weights));
    if (before.cols() == 0) throw std::invalid_argument("no classes");
    Occlusion result;
    result.label = std::max_element(before.data(), before.data() + before.cols()) - before.data();
    result.probability = before(0, result.label);
    const Index p = weights.patch_size, down = image[0].rows() / p, across = image[0].cols() / p;
    result.drops.resize(down, across);
    for (Index y = 0; y < image[0].rows(); y += p) {
        for (Index x = 0; x < image[0].cols(); x += p) {
            Image changed = image;
            for (auto& channel : changed) channel.block(y, x, p, p) = Matrix::Constant(p, p, value);
            const Matrix after = attention::softmax_rows(vit::vision_transformer(changed, weights));
            result.drops(y / p, x / p) = before(0, result.label) - after(0, result.label);
        }
    }
    return result;
}

Patch most_important(const Matrix& drops) {
    if (drops.size() == 0) throw std::invalid_argument("no patch");
    const Matrix sizes = drops.cwiseAbs();  // stored row by row, so that the first is the first as one reads
    const Index first = std::max_element(sizes.data(), sizes.data() + sizes.size()) - sizes.data();
    return {first / sizes.cols(), first % sizes.cols()};
}

}  // namespace digit_recognition
