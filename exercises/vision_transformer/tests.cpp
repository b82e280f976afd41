// The grader of `vision_transformer`. A test's name states a law; its body sets the scene, calls your function and
// holds what comes back against the law. Golden values were computed by PyTorch: nn.Unfold, and a Vision Transformer
// put together from nn.Conv2d, nn.TransformerEncoder, nn.LayerNorm and nn.Linear.
#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "golden_model.hpp"
#include "testing/tests.hpp"

#include "remote.hpp"
#include "testing/misfits.hpp"

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

/// Near ten thousand, float has three digits after the point.
constexpr double large_logit_tolerance = in_double ? tolerance : 2e-3;

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

QKV_TEST("the patches of the statement come out", "题目里的图像块结果正确", "[image_to_patches]") {
    const Matrix first{
        {0, 1, 2, 3, 4, 5}, {10, 11, 12, 13, 14, 15}, {20, 21, 22, 23, 24, 25}, {30, 31, 32, 33, 34, 35}};
    const Matrix second = first.array() + 100;
    CHECK_THAT(learner::image_to_patches({first, second}, 2), Equals(Matrix{{0, 1, 10, 11, 100, 101, 110, 111},
                                                                            {2, 3, 12, 13, 102, 103, 112, 113},
                                                                            {4, 5, 14, 15, 104, 105, 114, 115},
                                                                            {20, 21, 30, 31, 120, 121, 130, 131},
                                                                            {22, 23, 32, 33, 122, 123, 132, 133},
                                                                            {24, 25, 34, 35, 124, 125, 134, 135}}));
    CHECK_THAT(learner::image_to_patches(example_image(), 2), Equals(example_patches));
}

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

QKV_TEST("a square image is read from left to right, too", "正方形图像也是从左到右读", "[image_to_patches]") {
    const Image image{Matrix{{1, 2, 3, 4}, {5, 6, 7, 8}, {9, 10, 11, 12}, {13, 14, 15, 16}}};
    CHECK_THAT(learner::image_to_patches(image, 2),
               Equals(Matrix{{1, 2, 5, 6}, {3, 4, 7, 8}, {9, 10, 13, 14}, {11, 12, 15, 16}}));
}

QKV_TEST("patches may be of 16 x 16 pixels, as in the paper", "图像块可以是 16 x 16 像素，与论文相同",
         "[image_to_patches]") {
    const Matrix numbers =
        Matrix::NullaryExpr(32, 48, [](Index y, Index x) { return static_cast<Scalar>(100 * y + x); });
    const Matrix patches = learner::image_to_patches({numbers, -numbers}, 16);
    REQUIRE((patches.rows() == 6 && patches.cols() == 512));
    const Matrix lower_right = numbers.bottomRightCorner(16, 16);
    CHECK_THAT(patches.row(5).head(256), Equals(Matrix::Map(lower_right.data(), 1, 256)));
    CHECK_THAT(patches.row(5).tail(256), Equals(-Matrix::Map(lower_right.data(), 1, 256)));
}

QKV_TEST("patches may be of 32 x 32 pixels, too", "图像块也可以是 32 x 32 像素", "[image_to_patches]") {
    Matrix pixels = Matrix::Zero(32, 64);
    pixels(31, 30) = 5, pixels(1, 32) = 7;
    Matrix expected = Matrix::Zero(2, 1024);
    expected(0, 31 * 32 + 30) = 5, expected(1, 32) = 7;
    CHECK_THAT(learner::image_to_patches({pixels}, 32), Equals(expected));
}

QKV_TEST("an image may be far taller than wide, far wider than tall, and of seventy channels",
         "图像可以很高、很宽，也可以有七十个通道", "[image_to_patches]") {
    const Matrix numbers = Matrix::NullaryExpr(140, 2, [](Index i, Index j) { return static_cast<Scalar>(2 * i + j); });
    const Matrix tall = learner::image_to_patches({numbers}, 2),
                 wide = learner::image_to_patches({numbers.transpose()}, 2);
    REQUIRE((tall.rows() == 70 && tall.cols() == 4 && wide.rows() == 70 && wide.cols() == 4));
    CHECK_THAT(tall.row(69), Equals(Matrix{{276, 277, 278, 279}}));
    CHECK_THAT(wide.row(69), Equals(Matrix{{276, 278, 277, 279}}));
    const Matrix deep = learner::image_to_patches(Image(70, Matrix{{1, 2}}), 1);
    CHECK_THAT(deep, Equals(Matrix{{1}, {2}}.replicate(1, 70)));
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
        CHECK_THROWS_AS(learner::image_to_patches({golden("image/0")}, size), std::invalid_argument);
    }
}

QKV_TEST("no channel, and channels of several shapes, are an error", "没有通道，或各通道形状不同，是错误",
         "[image_to_patches]") {
    const Matrix eight_by_ten = golden("image/0");
    CHECK_THROWS_AS(learner::image_to_patches({}, 2), std::invalid_argument);
    CHECK_THROWS_AS(learner::image_to_patches({}, 0), std::invalid_argument);
    CHECK_THROWS_AS(learner::image_to_patches({eight_by_ten, eight_by_ten.leftCols(8)}, 2), std::invalid_argument);
    const auto check_channels = [](const Image& image, Index patch_size) {
        const auto cut = [patch_size](const Image& misfit) { return learner::image_to_patches(misfit, patch_size); };
        check_refused(cut, Misfits("image", image).except({"image.size()"}));
    };
    check_channels(golden_image(), 1);
    check_channels(golden_image(), 2);
    check_channels(Image(3, eight_by_ten.topLeftCorner(4, 4)), 4);  // a single patch
}

// ----------------------------------------------------------------------------------- embed_patches

QKV_TEST("the tokens of the statement come out", "题目里的词元结果正确", "[embed_patches]") {
    CHECK_THAT(learner::embed_patches(example_patches, example_weights().embedding), Equals(example_tokens));
}

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
        Matrix changed = patches, tokens_with_one_patch_more = before;
        changed.row(n) *= 2;
        tokens_with_one_patch_more.row(n + 1) += patches.row(n) * golden_embedding().projection.weight;
        const Matrix tokens_of_the_changed_image = learner::embed_patches(changed, golden_embedding());
        CHECK_THAT(tokens_of_the_changed_image, SameAs(tokens_with_one_patch_more));
    }
}

QKV_TEST("patches that move together with their positions only move their tokens",
         "图像块连同位置一起换序，词元也只是跟着换序", "[embed_patches]") {
    PatchEmbeddingWeights moved = golden_embedding();
    moved.positions.bottomRows(20) = moved.positions.bottomRows(20).colwise().reverse().eval();
    const Matrix patches = golden("image/patches").colwise().reverse();
    Matrix moved_tokens = learner::embed_patches(golden("image/patches"), golden_embedding());
    REQUIRE(moved_tokens.rows() == 21);
    moved_tokens.bottomRows(20) = moved_tokens.bottomRows(20).colwise().reverse().eval();
    const Matrix tokens_of_moved_patches = learner::embed_patches(patches, moved);
    CHECK_THAT(tokens_of_moved_patches, SameAs(moved_tokens));
}

QKV_TEST("tokens are PyTorch's: nn.Conv2d, class token in front, positions added",
         "词元与 PyTorch 一致：nn.Conv2d，前面接上类别词元，再加位置", "[embed_patches]") {
    for (const std::string name : {"image", "other"}) {
        CHECK_THAT(learner::embed_patches(golden(name + "/patches"), golden_embedding()),
                   Equals(golden(name + "/tokens")));
    }
}

QKV_TEST("a square projection is not turned", "方阵的投影不会被转置", "[embed_patches]") {
    const PatchEmbeddingWeights weights{
        {Matrix{{0, 1}, {0, 0}}, RowVector{{0, 0}}}, RowVector{{0, 0}}, Matrix::Zero(2, 2)};
    CHECK_THAT(learner::embed_patches(Matrix{{3, 5}}, weights), Equals(Matrix{{0, 0}, {0, 3}}));
}

QKV_TEST("patches or weights that do not fit are an error", "图像块与权重的形状不符是错误", "[embed_patches]") {
    const Misfits misfits("patches, weights", golden("image/patches"), golden_embedding());
    check_refused(learner::embed_patches, misfits);
    PatchEmbeddingWeights more = golden_embedding(), single = golden_embedding();
    more.positions = more.positions.colwise().replicate(2).eval();
    single.class_token = RowVector::Ones(1);
    for (const PatchEmbeddingWeights& weights : {more, single}) {
        CHECK_THROWS_AS(learner::embed_patches(golden("image/patches"), weights), std::invalid_argument);
    }
}

// ------------------------------------------------------------------------------------ class_logits

QKV_TEST("the logits of the statement come out", "题目里的 logits 结果正确", "[class_logits]") {
    CHECK_THAT(learner::class_logits(golden("example/encoded"), example_weights().head),
               Equals(golden("example/logits")));
}

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
    weights.projection.bias = RowVector{{3, -1, 0.5, 2, -4, 8e6, 1.25}};  // neither sum to one nor are positive
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
    const Misfits misfits("encoded, weights", golden("image/encoded"), golden_head());
    check_refused(learner::class_logits, misfits.except({"encoded.rows"}));
    CHECK_THROWS_AS(learner::class_logits(Matrix(0, 6), golden_head()), std::invalid_argument);
}

QKV_TEST("one class is a class, and a square head is not turned", "只有一类也是分类，方阵的分类头不会被转置",
         "[class_logits]") {
    const ClassHeadWeights one{{RowVector{{1, 1}}, RowVector{{0, 0}}, 3}, {Matrix{{2}, {4}}, RowVector{{1}}}};
    CHECK_THAT(learner::class_logits(Matrix{{1, 3}, {8, 8}}, one), Equals(Matrix{{2}}));  // -0.5 0.5 behind the norm
    const ClassHeadWeights two{one.norm, {Matrix{{2, 0}, {4, 0}}, RowVector{{1, 7}}}};
    CHECK_THAT(learner::class_logits(Matrix{{1, 3}}, two), Equals(Matrix{{2, 7}}));
}

QKV_TEST("features that are all alike leave the bias of the norm", "特征全都相等时，只剩归一化的偏置",
         "[class_logits]") {
    CHECK_THAT(learner::class_logits(filled(3, 6, 5), easy_head()), Equals(Matrix{{5.5, 3}}));
}

// ------------------------------------------------------------------------------ vision_transformer

QKV_TEST("the Vision Transformer of the statement comes out", "题目里的 Vision Transformer 结果正确",
         "[vision_transformer]") {
    CHECK_THAT(learner::vision_transformer(example_image(), example_weights()), Equals(golden("example/logits")));
}

QKV_TEST("without layers, the class token answers without having seen the image", "没有层时，类别词元没看图像就回答",
         "[vision_transformer]") {
    VisionTransformerWeights weights = golden_weights();
    weights.layers.clear();
    CHECK_THAT(learner::vision_transformer(golden_image("image"), weights), Equals(golden("image/without_layers")));
    CHECK_THAT(learner::vision_transformer(golden_image("other"), weights), Equals(golden("image/without_layers")));
}

QKV_TEST("silent layers pass the class token on as it is", "沉默的层让类别词元原样通过", "[vision_transformer]") {
    VisionTransformerWeights weights{2, golden_embedding(), std::vector(9, silent_layer()), easy_head()};
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

QKV_TEST("there may be more than 24 layers, and the last one counts", "可以超过 24 层，最后一层也要算上",
         "[vision_transformer]") {
    VisionTransformerWeights weights = golden_weights();
    weights.layers.assign(25, silent_layer());
    weights.layers.back() = golden_layer(0);
    CHECK_THAT(learner::vision_transformer(golden_image(), weights), Equals(golden("image/one_layer")));
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

QKV_TEST("scores of attention may be of any size", "注意力的打分可以任意大小", "[vision_transformer]") {
    for (const Scalar size :
         {-1, 1}) {  // all scores are equal, and so far from zero that exp makes 0 or infinity of them
        VisionTransformerWeights weights = example_weights();
        weights.layers[0].attention.query.bias = filled(1, 4, 1000);
        weights.layers[0].attention.key.bias = filled(1, 4, size * 500);
        CHECK_THAT(learner::vision_transformer(example_image(), weights), Equals(golden("example/logits")));
    }
}

QKV_TEST("seventy copies of a column of patches say what one says", "同一列图像块重复七十遍，结果不变",
         "[vision_transformer]") {
    // With the class token twice as often among them: a mean of the rows does not change.
    VisionTransformerWeights weights = example_weights(), long_weights = example_weights();
    weights.patch_size = long_weights.patch_size = 2;
    weights.embedding.positions = filled(2, 4, 0.5);
    long_weights.embedding.positions = filled(71, 4, 0.5);
    for (VisionTransformerWeights* each : {&weights, &long_weights}) {
        each->embedding.class_token = RowVector{{4, 0, 1, 0}};  // what the projection makes of the patch
        each->embedding.projection.bias = RowVector{{4, 0, 1, 0}};
        each->embedding.projection.weight.setZero();
    }
    const Image one(2, filled(2, 2, 3)), many(2, filled(2, 140, 3));
    const Matrix logits_of_one_patch = learner::vision_transformer(one, weights);
    const Matrix logits_of_seventy = learner::vision_transformer(many, long_weights);
    CHECK_THAT(logits_of_seventy, SameAs(logits_of_one_patch));
}

QKV_TEST("an image or weights that do not fit are an error", "图像与权重不符是错误", "[vision_transformer]") {
    const Misfits misfits("image, weights", golden_image(), golden_weights());
    check_refused(learner::vision_transformer, misfits.except({"weights.layers.size()"}));
    const auto refuses = [](Index n_channels, Index width, const VisionTransformerWeights& weights) {
        Image image = golden_image();
        image.resize(static_cast<std::size_t>(n_channels));
        for (Matrix& channel : image) channel = channel.leftCols(width).eval();
        CHECK_THROWS_AS(learner::vision_transformer(image, weights), std::invalid_argument);
    };
    VisionTransformerWeights wide = golden_weights(), none = golden_weights(), no_layers = golden_weights();
    wide.patch_size = 4;  // does not divide a width of 10
    none.patch_size = 0;
    no_layers.layers.clear();
    refuses(3, 10, wide);
    refuses(3, 10, none);
    refuses(2, 10, no_layers);
    refuses(2, 10, golden_weights());  // weights for 3 channels
    refuses(3, 9, golden_weights());   // not divisible by 2
    refuses(3, 8, golden_weights());   // 16 patches, positions for 20
}

// ------------------------------------------------------------------------------------------- top_k

QKV_TEST("the two best classes of the statement come out", "题目里的前两名结果正确", "[top_k]") {
    const std::vector<Prediction> best = learner::top_k(golden("example/logits"), 2);
    CHECK_THAT(labels(best), Equals(Matrix{{0, 1}}));
    CHECK_THAT(probabilities(best), Equals(golden("example/probabilities").leftCols(2)));
}

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
        const Matrix labels_of_k = labels(best), first_of_all_labels = labels(all).leftCols(k);
        const Matrix probabilities_of_k = probabilities(best),
                     first_of_all_probabilities = probabilities(all).leftCols(k);
        CHECK_THAT(labels_of_k, SameAs(first_of_all_labels));
        CHECK_THAT(probabilities_of_k, SameAs(first_of_all_probabilities));
    }
}

QKV_TEST("of equal logits, the lower label comes first", "logits 相等时，编号小的在前", "[top_k]") {
    RowVector logits(24);
    for (Index j = 0; j < 24; ++j) logits(j) = static_cast<Scalar>(j % 3);
    CHECK_THAT(labels(learner::top_k(logits, 10)), Equals(Matrix{{2, 5, 8, 11, 14, 17, 20, 23, 1, 4}}));
    CHECK_THAT(labels(learner::top_k(RowVector{{-1, -1, 5, -1, -1}}, 3)), Equals(Matrix{{2, 0, 1}}));
    CHECK_THAT(labels(learner::top_k(RowVector{{-0., 0, -0., 0}}, 4)), Equals(Matrix{{0, 1, 2, 3}}));
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

QKV_TEST("a probability of a hundred-millionth is still one", "一亿分之一的概率也是概率", "[top_k]") {
    const RowVector logits{{static_cast<Scalar>(-std::log(1e8)), 0}};
    CHECK_THAT(probabilities(learner::top_k(logits, 2)), Equals(Matrix{{1e8 / (1e8 + 1), 1 / (1e8 + 1)}}));
}

QKV_TEST("logits may be far below zero", "logits 可以远小于零", "[top_k]") {
    for (const Scalar size : {Scalar(1e12), std::numeric_limits<Scalar>::max() / 8}) {
        const RowVector logits = size * RowVector{{-4, -2, -6, -3, -5}};
        const std::vector<Prediction> best = learner::top_k(logits, 5);
        CHECK_THAT(labels(best), Equals(Matrix{{1, 3, 0, 4, 2}}));
        CHECK_THAT(probabilities(best), Equals(Matrix{{1, 0, 0, 0, 0}}));
    }
}

QKV_TEST("logits that are nearly equal are not equal", "logits 只差一点点，也不算相等", "[top_k]") {
    const Scalar little = std::ldexp(Scalar{1}, in_double ? -40 : -20);
    const RowVector logits{{1, 1 + little, 1 + 3 * little, 1, 1 + 2 * little}};
    CHECK_THAT(labels(learner::top_k(logits, 4)), Equals(Matrix{{2, 4, 1, 0}}));
}

QKV_TEST("of a thousand classes, the best may be the last", "一千类中，最好的可能是最后一类", "[top_k]") {
    RowVector logits(1000);
    for (Index j = 0; j < 1000; ++j) logits(j) = static_cast<Scalar>(j);
    const std::vector<Prediction> best = learner::top_k(logits, 1000);
    REQUIRE(best.size() == 1000);
    CHECK_THAT(labels(best), Equals(logits.reverse()));
    CHECK_THAT(labels(learner::top_k(logits, 1)), Equals(filled(1, 1, 999)));
}

QKV_TEST("a number added to all logits changes nothing, however large", "所有 logits 加上同一个数，再大也不改变结果",
         "[top_k]") {
    for (const Scalar shift : {Scalar{3}, Scalar{10000}, Scalar{-10000}}) {
        const RowVector shifted = golden("scores").array() + shift;
        const std::vector<Prediction> best = learner::top_k(shifted, 4);
        CHECK_THAT(labels(best), Equals(golden("scores/labels")));
        CHECK_THAT(probabilities(best), Equals(golden("scores/probabilities")).within(large_logit_tolerance));
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
    for (const Index k : {Index{0}, Index{-1}, Index{12}, Index{100}, (Index{1} << 32) + 1}) {
        CHECK_THROWS_AS(learner::top_k(golden("scores"), k), std::invalid_argument);
    }
    CHECK_THROWS_AS(learner::top_k(RowVector(), 1), std::invalid_argument);
}
