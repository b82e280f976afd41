// The grader of `vision_transformer`. A test's name states a law; its body sets the scene, calls your function and
// holds what comes back against the law. Golden values were computed by PyTorch: nn.Unfold, and a Vision Transformer
// put together from nn.Conv2d, nn.TransformerEncoder, nn.LayerNorm and nn.Linear.
#include <algorithm>
#include <vector>

#include "golden_model.hpp"
#include "testing/tests.hpp"

#include "remote.hpp"

using namespace qkv;
using namespace qkv::testing;
using namespace vision_transformer::tests;
using multi_head_attention::Linear;
using vision_transformer::ClassHeadWeights;
using vision_transformer::Image;
using vision_transformer::PatchEmbeddingWeights;
using vision_transformer::Prediction;
using vision_transformer::VisionTransformerWeights;

namespace {

/// 3 x 8 x 10; the value of each pixel says where it is: channel, row, column, one digit each.
Image numbered_pixels() {
    Image image(3, Matrix(8, 10));
    for (Index i = 0; i < 80; ++i) image[0](i / 10, i % 10) = static_cast<Scalar>(i);
    image[1] = image[0].array() + 100;
    image[2] = image[0].array() + 200;
    return image;
}

/// One channel of 4 rows of 5 patches; all pixels of patch n have the value n.
Image numbered_patches() {
    Matrix channel(8, 10);
    for (Index n = 0; n < 20; ++n) channel.block<2, 2>(n / 5 * 2, n % 5 * 2).setConstant(static_cast<Scalar>(n));
    return {channel};
}

/// The same patches; those of the last row come first. `size` is how high a row of patches is.
Matrix upside_down(const Matrix& rows, Index size) {
    Matrix turned(rows.rows(), rows.cols());
    for (Index r = 0; r < rows.rows(); r += size) {
        turned.middleRows(r, size) = rows.middleRows(rows.rows() - size - r, size);
    }
    return turned;
}
Image upside_down(Image image, Index size) {
    for (Matrix& channel : image) channel = upside_down(channel, size);
    return image;
}

Matrix labels(const std::vector<Prediction>& predictions) {
    Matrix row(1, std::ssize(predictions));
    std::ranges::transform(predictions, row.data(), [](auto& each) { return static_cast<Scalar>(each.label); });
    return row;
}
Matrix probabilities(const std::vector<Prediction>& predictions) {
    Matrix row(1, std::ssize(predictions));
    std::ranges::transform(predictions, row.data(), &Prediction::probability);
    return row;
}

}  // namespace

// -------------------------------------------------------------------------------- image_to_patches

QKV_TEST("patches come as one reads: from left to right, then down", "图像块的顺序如同阅读：从左到右，再从上到下",
         "[image_to_patches]") {
    const Matrix patches = learner::image_to_patches(numbered_patches(), 2);
    REQUIRE((patches.rows() == 20 && patches.cols() == 4));
    for (Index n = 0; n < 20; ++n) CHECK_THAT(patches.row(n), Equals(filled(1, 4, static_cast<Scalar>(n))));
}

QKV_TEST("in a patch: channel after channel, row after row, from left to right",
         "块内的顺序：一个通道接一个通道，一行接一行，从左到右", "[image_to_patches]") {
    const Matrix patches = learner::image_to_patches(numbered_pixels(), 2);  // 246: channel 2, row 4, column 6
    REQUIRE((patches.rows() == 20 && patches.cols() == 12));
    CHECK_THAT(patches.row(0), Equals(Matrix{{0, 1, 10, 11, 100, 101, 110, 111, 200, 201, 210, 211}}));
    CHECK_THAT(patches.row(7), Equals(Matrix{{24, 25, 34, 35, 124, 125, 134, 135, 224, 225, 234, 235}}));
    CHECK_THAT(patches.row(19), Equals(Matrix{{68, 69, 78, 79, 168, 169, 178, 179, 268, 269, 278, 279}}));
}

QKV_TEST("patches of one pixel are the pixels, a column for each channel", "边长为 1 的块就是像素，每个通道一列",
         "[image_to_patches]") {
    const Image image{Matrix{{1, 2, 3}, {4, 5, 6}}, Matrix{{-1, 0, 8}, {7, -3, 9}}};
    CHECK_THAT(learner::image_to_patches(image, 1), Equals(Matrix{{1, -1}, {2, 0}, {3, 8}, {4, 7}, {5, -3}, {6, 9}}));
}

QKV_TEST("a patch as large as the image is one row", "与图像一样大的块只有一行", "[image_to_patches]") {
    const Image image{Matrix{{1, 2}, {3, 4}}, Matrix{{5, 6}, {7, 8}}, Matrix{{9, 8}, {7, 6}}};
    CHECK_THAT(learner::image_to_patches(image, 2), Equals(Matrix{{1, 2, 3, 4, 5, 6, 7, 8, 9, 8, 7, 6}}));
}

QKV_TEST("patches times a weight are PyTorch's nn.Conv2d with this stride", "块矩阵乘以权重，等于步长相同的 nn.Conv2d",
         "[image_to_patches]") {
    const Linear projection = golden_linear("embedding/projection");
    const Matrix patches = learner::image_to_patches(golden_image(), 2);
    REQUIRE((patches.rows() == 20 && patches.cols() == 12));
    const Matrix projected = (patches * projection.weight).rowwise() + projection.bias;
    CHECK_THAT(projected, Equals(golden("image/projected")));
}

QKV_TEST("patches are PyTorch's nn.Unfold", "图像块与 PyTorch 的 nn.Unfold 一致", "[image_to_patches]") {
    CHECK_THAT(learner::image_to_patches(golden_image("other"), 2), Equals(golden("other/patches")));
    CHECK_THAT(learner::image_to_patches({golden("tiles/0"), golden("tiles/1")}, 3), Equals(golden("tiles/patches")));
}

QKV_TEST("a patch size that does not divide height and width is an error", "块的边长不能整除高和宽是错误",
         "[image_to_patches]") {
    for (const Index size : {3, 4, 5, 16, 20, 0, -2}) {  // the image is 8 high and 10 wide
        CHECK_THROWS_AS(learner::image_to_patches(golden_image(), size), std::invalid_argument);
    }
}

QKV_TEST("no channel, and channels of several shapes, are an error", "没有通道，或各通道形状不同，是错误",
         "[image_to_patches]") {
    const Matrix eight_by_ten = golden("image/0");
    CHECK_THROWS_AS(learner::image_to_patches({}, 2), std::invalid_argument);
    CHECK_THROWS_AS(learner::image_to_patches({eight_by_ten, eight_by_ten.leftCols(8)}, 2), std::invalid_argument);
    CHECK_THROWS_AS(learner::image_to_patches({eight_by_ten.topRows(6), eight_by_ten}, 2), std::invalid_argument);
    CHECK_THROWS_AS(learner::image_to_patches({eight_by_ten, eight_by_ten.transpose()}, 2), std::invalid_argument);
}

// ----------------------------------------------------------------------------------- embed_patches

QKV_TEST("by hand: two patches of three numbers become three tokens of four",
         "手算：两个块，各三个数，变成三个四维的词元", "[embed_patches]") {
    const PatchEmbeddingWeights weights{{Matrix{{1, 0, 0, 1}, {0, 1, 0, 1}, {0, 0, 1, 1}}, RowVector{{0.5, -1, 2, 0}}},
                                        RowVector{{7, 8, 9, 10}},
                                        Matrix{{-1, 1, -1, 1}, {10, 20, 30, 40}, {0.25, 0.5, 0.75, 1}}};
    CHECK_THAT(learner::embed_patches(Matrix{{1, 2, 3}, {4, 5, 6}}, weights),
               Equals(Matrix{{6, 9, 8, 11}, {11.5, 21, 35, 46}, {4.75, 4.5, 8.75, 16}}));
}

QKV_TEST("the first token is the class token with its position, whatever the image shows",
         "第一个词元是类别词元加上它的位置，与图像内容无关", "[embed_patches]") {
    const PatchEmbeddingWeights weights = golden_embedding();
    const Matrix expected = weights.class_token + weights.positions.row(0);
    for (const std::string name : {"image", "other"}) {
        const Matrix tokens = learner::embed_patches(golden(name + "/patches"), weights);
        REQUIRE(tokens.rows() == 21);
        CHECK_THAT(tokens.row(0), Equals(expected));
    }
}

QKV_TEST("black patches leave the bias and the positions", "全黑的块只剩偏置和位置", "[embed_patches]") {
    const PatchEmbeddingWeights weights = golden_embedding();
    Matrix expected = weights.positions.rowwise() + weights.projection.bias;
    expected.row(0) += weights.class_token - weights.projection.bias;
    CHECK_THAT(learner::embed_patches(Matrix::Zero(20, 12), weights), Equals(expected));
}

QKV_TEST("patch n changes token n + 1 and no other", "第 n 块只影响第 n + 1 个词元", "[embed_patches]") {
    const Matrix patches = golden("image/patches"), before = learner::embed_patches(patches, golden_embedding());
    REQUIRE((before.rows() == 21 && before.cols() == 6));
    for (const Index n : {0, 7, 19}) {
        Matrix changed = patches, expected = before;
        changed.row(n) *= 2;
        expected.row(n + 1) += patches.row(n) * golden_embedding().projection.weight;
        CHECK_THAT(learner::embed_patches(changed, golden_embedding()), Equals(expected));
    }
}

QKV_TEST("patches that move together with their positions only move their tokens",
         "图像块连同位置一起换序，词元也只是跟着换序", "[embed_patches]") {
    PatchEmbeddingWeights moved = golden_embedding();
    moved.positions.bottomRows(20) = moved.positions.bottomRows(20).colwise().reverse().eval();
    const Matrix patches = golden("image/patches").colwise().reverse();
    Matrix expected = learner::embed_patches(golden("image/patches"), golden_embedding());
    REQUIRE(expected.rows() == 21);
    expected.bottomRows(20) = expected.bottomRows(20).colwise().reverse().eval();
    CHECK_THAT(learner::embed_patches(patches, moved), Equals(expected));
}

QKV_TEST("tokens are PyTorch's: nn.Conv2d, class token in front, positions added",
         "词元与 PyTorch 一致：nn.Conv2d，前面接上类别词元，再加位置", "[embed_patches]") {
    for (const std::string name : {"image", "other"}) {
        CHECK_THAT(learner::embed_patches(golden(name + "/patches"), golden_embedding()),
                   Equals(golden(name + "/tokens")));
    }
}

QKV_TEST("patches or weights that do not fit are an error", "图像块与权重的形状不符是错误", "[embed_patches]") {
    const auto [projection, class_token, positions] = golden_embedding();
    const Matrix patches = golden("image/patches"), more = positions.colwise().replicate(2);
    const auto refuses = [](const Matrix& rows, const PatchEmbeddingWeights& weights) {
        CHECK_THROWS_AS(learner::embed_patches(rows, weights), std::invalid_argument);
    };
    refuses(patches.leftCols(11), {projection, class_token, positions});
    refuses(patches, {{projection.weight, projection.bias.head(5)}, class_token, positions});
    refuses(patches, {projection, class_token.head(5), positions});
    refuses(patches, {projection, class_token.head(1), positions});
    refuses(patches, {projection, RowVector::Ones(7), positions});
    refuses(patches, {projection, class_token, positions.leftCols(5)});
    refuses(patches, {projection, class_token, positions.topRows(20)});  // one for each patch is one too few
    refuses(patches, {projection, class_token, more});
    refuses(patches.topRows(16), {projection, class_token, positions});  // an image of another size
}

// ------------------------------------------------------------------------------------ class_logits

QKV_TEST("by hand: mean 5, variance 6, epsilon 0.25, logits 15.5 and -15",
         "手算：均值 5，方差 6，epsilon 0.25，logits 为 15.5 和 -15", "[class_logits]") {
    const Matrix encoded{{9, 1, 6, 4, 6, 4}, {5, 5, 8, 2, 8, 2}, {0, 3, -1, 7, 2, 1}};
    CHECK_THAT(learner::class_logits(encoded, easy_head()), Equals(easy_logits));
}

QKV_TEST("the class token answers, and nobody else", "回答问题的是类别词元，与其他词元无关", "[class_logits]") {
    const Matrix encoded = golden("image/encoded"), expected = golden("image/logits");
    CHECK_THAT(learner::class_logits(encoded.topRows(1), golden_head()), Equals(expected));
    CHECK_THAT(learner::class_logits(encoded.topRows(3), golden_head()), Equals(expected));
    Matrix changed = golden("other/encoded");
    changed.row(0) = encoded.row(0);
    CHECK_THAT(learner::class_logits(changed, golden_head()), Equals(expected));
}

QKV_TEST("all features raised by the same number change nothing, thanks to the norm",
         "所有特征加上同一个数，因为有归一化，logits 不变", "[class_logits]") {
    const Matrix encoded = golden("other/encoded"), raised = encoded.array() + 3;
    CHECK_THAT(learner::class_logits(raised, golden_head()), Equals(golden("other/logits")));
}

QKV_TEST("without a weight, the logits are the bias", "权重为零时，logits 就是偏置", "[class_logits]") {
    ClassHeadWeights weights = golden_head();
    weights.projection.weight.setZero();
    weights.projection.bias = RowVector{{3, -1, 0.5, 2, -4, 8, 1.25}};  // neither sum to one nor are positive
    CHECK_THAT(learner::class_logits(golden("image/encoded"), weights), Equals(weights.projection.bias));
}

QKV_TEST("the logits are PyTorch's: nn.LayerNorm, then nn.Linear",
         "logits 与 PyTorch 一致：nn.LayerNorm 之后 nn.Linear", "[class_logits]") {
    for (const std::string name : {"image", "other"}) {
        CHECK_THAT(learner::class_logits(golden(name + "/encoded"), golden_head()), Equals(golden(name + "/logits")));
    }
}

QKV_TEST("no token, or a head of another width, is an error", "没有词元，或分类头的宽度不符，是错误",
         "[class_logits]") {
    const Matrix encoded = golden("image/encoded");
    const auto [norm, projection] = golden_head();
    const auto refuses = [](const Matrix& rows, const ClassHeadWeights& weights) {
        CHECK_THROWS_AS(learner::class_logits(rows, weights), std::invalid_argument);
    };
    refuses(Matrix(0, 6), {norm, projection});
    refuses(encoded.leftCols(5), {norm, projection});
    refuses(encoded, {{norm.gain.head(5), norm.bias, norm.epsilon}, projection});
    refuses(encoded, {{norm.gain, norm.bias.head(5), norm.epsilon}, projection});
    refuses(encoded, {norm, {projection.weight.topRows(5), projection.bias}});
    refuses(encoded, {norm, {projection.weight, projection.bias.head(6)}});
}

// ------------------------------------------------------------------------------ vision_transformer

QKV_TEST("without layers, the class token answers without having seen the image", "没有层时，类别词元没看图像就回答",
         "[vision_transformer]") {
    VisionTransformerWeights weights = golden_weights();
    weights.layers.clear();
    CHECK_THAT(learner::vision_transformer(golden_image("image"), weights), Equals(golden("image/without_layers")));
    CHECK_THAT(learner::vision_transformer(golden_image("other"), weights), Equals(golden("image/without_layers")));
}

QKV_TEST("silent layers pass the class token on as it is", "沉默的层让类别词元原样通过", "[vision_transformer]") {
    VisionTransformerWeights weights{2, golden_embedding(), std::vector(3, silent_layer()), easy_head()};
    weights.embedding.class_token = RowVector{{8, 2, 5, 5, 4, 4}};
    weights.embedding.positions.row(0) = RowVector{{1, -1, 1, -1, 2, 0}};  // together 9 1 6 4 6 4
    CHECK_THAT(learner::vision_transformer(golden_image(), weights), Equals(easy_logits));
}

QKV_TEST("every patch reaches the logits", "每个图像块都影响 logits", "[vision_transformer]") {
    const Matrix before = learner::vision_transformer(golden_image(), golden_weights());
    REQUIRE(before.cols() == 7);
    for (const Index n : {0, 4, 7, 15, 19}) {
        Image changed = golden_image();
        changed[2](n / 5 * 2 + 1, n % 5 * 2) += 4;
        CHECK_FALSE(learner::vision_transformer(changed, golden_weights()).isApprox(before, Scalar{1e-4}));
    }
}

QKV_TEST("patches that move together with their positions leave the logits as they are",
         "图像块连同位置一起换序，logits 不变", "[vision_transformer]") {
    VisionTransformerWeights weights = golden_weights();
    weights.embedding.positions.bottomRows(20) = upside_down(weights.embedding.positions.bottomRows(20), 5);
    CHECK_THAT(learner::vision_transformer(upside_down(golden_image(), 2), weights), Equals(golden("image/logits")));
    CHECK_FALSE(learner::vision_transformer(golden_image(), weights).isApprox(golden("image/logits"), Scalar{1e-4}));
}

QKV_TEST("one layer gives PyTorch's numbers", "只有一层时与 PyTorch 一致", "[vision_transformer]") {
    VisionTransformerWeights weights = golden_weights();
    weights.layers.resize(1);
    CHECK_THAT(learner::vision_transformer(golden_image(), weights), Equals(golden("image/one_layer")));
}

QKV_TEST("three layers give the numbers of a Vision Transformer in PyTorch",
         "三层时与 PyTorch 搭成的 Vision Transformer 一致", "[vision_transformer]") {
    for (const std::string name : {"image", "other"}) {
        CHECK_THAT(learner::vision_transformer(golden_image(name), golden_weights()), Equals(golden(name + "/logits")));
    }
}

QKV_TEST("an image or weights that do not fit are an error", "图像与权重不符是错误", "[vision_transformer]") {
    const auto refuses = [](Index n_channels, Index width, const VisionTransformerWeights& weights) {
        Image image = golden_image();
        image.resize(static_cast<std::size_t>(n_channels));
        for (Matrix& channel : image) channel = channel.leftCols(width).eval();
        CHECK_THROWS_AS(learner::vision_transformer(image, weights), std::invalid_argument);
    };
    VisionTransformerWeights narrow_layer = golden_weights(), narrow_head = golden_weights(), wide = golden_weights();
    narrow_layer.layers[1].attention_norm.gain = RowVector::Ones(5);
    narrow_head.head.norm.bias = RowVector::Zero(5);
    wide.patch_size = 4;  // does not divide a width of 10
    refuses(3, 10, narrow_layer);
    refuses(3, 10, narrow_head);
    refuses(3, 10, wide);
    refuses(2, 10, golden_weights());  // weights for 3 channels
    refuses(3, 9, golden_weights());   // not divisible by 2
    refuses(3, 8, golden_weights());   // 16 patches, positions for 20
}

// ------------------------------------------------------------------------------------------- top_k

QKV_TEST("the four best of eleven are those of torch.topk", "十一类中的前四名与 torch.topk 一致", "[top_k]") {
    const std::vector<Prediction> best = learner::top_k(golden("scores"), 4);
    CHECK_THAT(labels(best), Equals(golden("scores/labels")));
    CHECK_THAT(probabilities(best), Equals(golden("scores/probabilities")));
}

QKV_TEST("all classes together have probability 1", "所有类别的概率之和为 1", "[top_k]") {
    const std::vector<Prediction> all = learner::top_k(golden("scores"), 11);
    REQUIRE(all.size() == 11);
    CHECK_THAT(filled(1, 1, probabilities(all).sum()), Equals(filled(1, 1, 1)));
}

QKV_TEST("who asks for fewer gets the beginning of the longer list", "少要几个，得到的就是长名单的开头", "[top_k]") {
    const std::vector<Prediction> all = learner::top_k(golden("scores"), 11);
    REQUIRE(all.size() == 11);
    for (const Index k : {1, 3, 8}) {
        const std::vector<Prediction> best = learner::top_k(golden("scores"), k);
        CHECK_THAT(labels(best), Equals(labels(all).leftCols(k)));
        CHECK_THAT(probabilities(best), Equals(probabilities(all).leftCols(k)));
    }
}

QKV_TEST("of equal logits, the lower label comes first", "logits 相等时，编号小的在前", "[top_k]") {
    RowVector logits(24);
    for (Index j = 0; j < 24; ++j) logits(j) = static_cast<Scalar>(j % 3);
    CHECK_THAT(labels(learner::top_k(logits, 10)), Equals(Matrix{{2, 5, 8, 11, 14, 17, 20, 23, 1, 4}}));
    CHECK_THAT(labels(learner::top_k(RowVector{{-1, -1, 5, -1, -1}}, 3)), Equals(Matrix{{2, 0, 1}}));
}

QKV_TEST("classes with the largest logit share the probability, if the others are hopeless",
         "其余类别毫无希望时，最大的几个类别平分概率", "[top_k]") {
    const RowVector logits{{-1000, 5, -1000, 5, 5, -2000, 5}};
    const std::vector<Prediction> best = learner::top_k(logits, 5);
    CHECK_THAT(labels(best), Equals(Matrix{{1, 3, 4, 6, 0}}));
    CHECK_THAT(probabilities(best), Equals(Matrix{{0.25, 0.25, 0.25, 0.25, 0}}));
}

QKV_TEST("where probabilities vanish, the logits still decide", "概率小到为零时，仍由 logits 决定先后", "[top_k]") {
    const RowVector logits{{-4000, -3000, 0, -5000, -2000, -6000}};
    CHECK_THAT(labels(learner::top_k(logits, 6)), Equals(Matrix{{2, 4, 1, 0, 3, 5}}));
}

QKV_TEST("a number added to all logits changes nothing, however large", "所有 logits 加上同一个数，再大也不改变结果",
         "[top_k]") {
    for (const Scalar shift : {Scalar{3}, Scalar{10000}, Scalar{-10000}}) {
        const RowVector shifted = golden("scores").array() + shift;
        const std::vector<Prediction> best = learner::top_k(shifted, 4);
        CHECK_THAT(labels(best), Equals(golden("scores/labels")));
        CHECK_THAT(probabilities(best), Equals(golden("scores/probabilities")));
    }
}

QKV_TEST("classes in another order have other labels and the same probabilities", "类别换了次序，编号跟着变，概率不变",
         "[top_k]") {
    const RowVector reversed = golden("scores").rowwise().reverse();
    const std::vector<Prediction> best = learner::top_k(reversed, 4);
    CHECK_THAT(labels(best), Equals(filled(1, 4, 10) - golden("scores/labels")));
    CHECK_THAT(probabilities(best), Equals(golden("scores/probabilities")));
}

QKV_TEST("fewer than one guess, or more than there are classes, is an error", "k 小于 1 或多于类别数是错误",
         "[top_k]") {
    for (const Index k : {0, -1, 12, 100}) {
        CHECK_THROWS_AS(learner::top_k(golden("scores"), k), std::invalid_argument);
    }
    CHECK_THROWS_AS(learner::top_k(RowVector(), 1), std::invalid_argument);
}
