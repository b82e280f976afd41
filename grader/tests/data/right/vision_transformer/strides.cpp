// A right solution as carried over from NumPy: a patch is a view with strides, the classes are an argsort,
// probabilities come from 1 + the sum of exp of all distances. Tokens are a product with a matrix that has the class
// token as a row.
#include "vision_transformer.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <ranges>
#include <stdexcept>

namespace vision_transformer {

namespace {

void right(bool it_is, const char* what) {
    if (!it_is) throw std::invalid_argument(what);
}

Index ceiling(Index a, Index b) { return a / b + (a % b != 0); }

}  // namespace

Matrix image_to_patches(const Image& image, Index patch_size) {
    right(image.size() != 0, "no channel");
    right(std::ranges::adjacent_find(
              image, [](const Matrix& a, const Matrix& b) { return a.rows() != b.rows() || a.cols() != b.cols(); }) ==
              image.end(),
          "channels of different shapes");
    right(patch_size >= 1, "patches without pixels");
    const Index P = patch_size, H = image[0].rows(), W = image[0].cols();
    right(ceiling(H, P) * P == H && ceiling(W, P) * P == W, "patches that do not fill the image");
    using View = Eigen::Map<const Matrix, 0, Eigen::OuterStride<>>;
    Matrix patches(H / P * (W / P), std::ssize(image) * P * P);
    Scalar* out = patches.data();
    for (Index top = 0; top < H; top += P)
        for (Index left = 0; left < W; left += P)
            for (const Matrix& channel : image) {
                const View view(&channel(top, left), P, P, Eigen::OuterStride<>(W));
                Eigen::Map<Matrix>(out, P, P) = view;
                out += P * P;
            }
    return patches;
}

Matrix embed_patches(const Matrix& patches, const PatchEmbeddingWeights& weights) {
    const auto& [projection, class_token, positions] = weights;
    const Index n = patches.rows(), d_patch = patches.cols(), d = projection.weight.cols();
    right(projection.weight.rows() == d_patch, "E");
    right(projection.bias.size() == d && class_token.size() == d && positions.cols() == d, "d_model");
    right(positions.rows() - 1 == n, "positions");
    Matrix left = Matrix::Zero(1 + n, d_patch + 2), all(d_patch + 2, d);
    left(0, d_patch + 1) = 1;
    left.bottomLeftCorner(n, d_patch) = patches;
    left.col(d_patch).tail(n).setOnes();
    all << projection.weight, projection.bias, class_token;
    return left * all + positions;
}

RowVector class_logits(const Matrix& encoded, const ClassHeadWeights& weights) {
    right(encoded.rows() >= 1, "no class token");
    const auto& [norm, projection] = weights;
    right(norm.gain.cols() == encoded.cols() && norm.bias.cols() == encoded.cols(), "norm");
    right(projection.weight.rows() == encoded.cols() && projection.weight.cols() == projection.bias.cols(),
          "projection");
    Eigen::Array<Scalar, 1, Eigen::Dynamic> z = encoded.row(0);
    z -= z.mean();
    z /= std::sqrt(z.square().mean() + norm.epsilon);
    return (z * norm.gain.array() + norm.bias.array()).matrix() * projection.weight + projection.bias;
}

RowVector vision_transformer(const Image& image, const VisionTransformerWeights& weights) {
    const Matrix tokens = embed_patches(image_to_patches(image, weights.patch_size), weights.embedding);
    return class_logits(
        encoder::encode(tokens, {weights.layers, {}}, encoder::NormOrder::pre, encoder::Activation::gelu, {}),
        weights.head);
}

std::vector<Prediction> top_k(const RowVector& logits, Index k) {
    right(0 < k && k <= logits.cols(), "k");
    std::vector<Index> order(static_cast<std::size_t>(logits.cols()));
    std::iota(order.rbegin(), order.rend(), Index{0});  // the highest label first; sorted stably, then turned round
    std::ranges::stable_sort(order, {}, [&](Index label) { return logits(label); });
    std::vector<Prediction> best;
    for (const Index label : order | std::views::reverse | std::views::take(k))
        best.push_back(
            {label, 1 / (logits.array() - logits(label)).unaryExpr([](Scalar x) { return std::exp(x); }).sum()});
    return best;
}

}  // namespace vision_transformer
