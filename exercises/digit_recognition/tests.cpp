// The grader of `digit_recognition`. A test's name states a law; its body sets the scene, calls your function and holds
// what comes back against the law. Golden values were computed by PyTorch from the same trained weights, in double.
#include <algorithm>
#include <limits>
#include <vector>

#include "golden_model.hpp"
#include "testing/tests.hpp"

#include "remote.hpp"
#include "testing/misfits.hpp"

using namespace qkv;
using namespace qkv::testing;
using namespace digit_recognition::tests;
using digit_recognition::Image;
using digit_recognition::Occlusion;
using digit_recognition::Patch;
using digit_recognition::PixelScale;
using digit_recognition::Trace;
using vision_transformer::VisionTransformerWeights;

namespace {

/// The statement's two layers of two heads, three tokens.
std::vector<std::vector<Matrix>> example_attention() {
    return {{Matrix{{0, 1, 0}, {0, 0, 1}, {1, 0, 0}}, Matrix::Identity(3, 3)},
            {Matrix{{0, 0, 1}, {0, 1, 0}, {0, 0, 1}}, Matrix{{0, 0, 1}, {1, 0, 0}, {0, 1, 0}}}};
}

/// The attention that PyTorch computed for a model of so many layers and heads.
std::vector<std::vector<Matrix>> golden_attention(const std::string& name, int n_layers, int n_heads) {
    std::vector<std::vector<Matrix>> attention(static_cast<std::size_t>(n_layers));
    for (int i = 0; i < n_layers; ++i) {
        for (int h = 0; h < n_heads; ++h) {
            attention[static_cast<std::size_t>(i)].push_back(
                golden(name + "/attention/" + std::to_string(i) + "/" + std::to_string(h)));
        }
    }
    return attention;
}

/// Attention of a trace against PyTorch's, layer by layer and head by head.
void check_attention(const Trace& trace, const std::string& name, int n_layers, int n_heads) {
    const auto expected = golden_attention(name, n_layers, n_heads);
    REQUIRE(trace.attention.size() == expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i) {
        REQUIRE(trace.attention[i].size() == expected[i].size());
        for (std::size_t h = 0; h < expected[i].size(); ++h) {
            CHECK_THAT(trace.attention[i][h], Equals(expected[i][h]));
        }
    }
}

}  // namespace

// ------------------------------------------------------------------------------------------ images

QKV_TEST("the pixels of the statement come out", "题目里的像素结果正确", "[images]") {
    const std::vector<Image> images =
        learner::images_from_pixels(Matrix{{0, 8, 16, 4, 12, 16}, {4, 4, 4, 0, 8, 0}}, 3, {16, 0.25, 0.5});
    REQUIRE(images.size() == 2);
    REQUIRE((images[0].size() == 1 && images[1].size() == 1));
    CHECK_THAT(images[0][0], Equals(Matrix{{-0.5, 0.5, 1.5}, {0, 1, 1.5}}));
    CHECK_THAT(images[1][0], Equals(Matrix{{0, 0, 0}, {-0.5, 0.5, -0.5}}));
}

QKV_TEST("the first seven digits of the test are what PyTorch reads", "测试集的前七个数字，与 PyTorch 读到的一致",
         "[images]") {
    const std::vector<Image> images =
        learner::images_from_pixels(trained("test/pixels").topRows(7), 8, trained_scale());
    REQUIRE(images.size() == 7);
    for (Index n = 0; n < 7; ++n) {
        const Image& image = images[static_cast<std::size_t>(n)];
        REQUIRE((image.size() == 1 && image[0].rows() == 8 && image[0].cols() == 8));
        CHECK_THAT(Matrix::Map(image[0].data(), 1, 64), Equals(golden("normalised").row(n)));
    }
}

QKV_TEST("an image is scaled by itself as in any company", "一幅图像的结果，与同批的其他图像无关", "[images]") {
    const Matrix pixels = trained("test/pixels");
    const std::vector<Image> all = learner::images_from_pixels(pixels.topRows(9), 8, trained_scale());
    const std::vector<Image> alone = learner::images_from_pixels(pixels.row(5), 8, trained_scale());
    REQUIRE((all.size() == 9 && alone.size() == 1 && all[5].size() == 1 && alone[0].size() == 1));
    const Matrix sixth_of_nine = all[5][0], the_same_alone = alone[0][0];
    CHECK_THAT(sixth_of_nine, SameAs(the_same_alone));
}

QKV_TEST("white may be 255, and no images are no error", "最大像素值可以是 255；没有图像不算错误", "[images]") {
    const std::vector<Image> images = learner::images_from_pixels(Matrix{{0, 51, 255}}, 1, {255, 0.5, 0.25});
    REQUIRE((images.size() == 1 && images[0].size() == 1));
    CHECK_THAT(images[0][0], Equals(Matrix{{-2}, {Scalar{-1.2}}, {2}}));
    CHECK(learner::images_from_pixels(Matrix(0, 12), 4, {16, 0.5, 0.25}).empty());
}

QKV_TEST("a width that does not fit, pixels beyond white, and a scale of zero are errors",
         "宽度不合、像素超出范围、缩放参数不为正，都是错误", "[images]") {
    const Matrix pixels = filled(2, 12, 4);
    const PixelScale scale{16, 0.5, 0.25};
    for (const Index width : {0, -3, 5, 24}) {
        CHECK_THROWS_AS(learner::images_from_pixels(pixels, width, scale), std::invalid_argument);
    }
    const Scalar beyond = 16 * (1 + std::numeric_limits<Scalar>::epsilon());
    for (const Scalar wrong : {Scalar{-1}, Scalar{16.5}, Scalar(-1e-9), beyond}) {
        Matrix changed = pixels;
        changed(1, 11) = wrong;
        CHECK_THROWS_AS(learner::images_from_pixels(changed, 4, scale), std::invalid_argument);
    }
    for (const PixelScale& wrong : {PixelScale{16, 0.5, 0}, PixelScale{16, 0.5, -1}, PixelScale{0, 0.5, 1}}) {
        CHECK_THROWS_AS(learner::images_from_pixels(filled(2, 12, 0), 4, wrong), std::invalid_argument);
    }
}

// ------------------------------------------------------------------------------------- look_inside

QKV_TEST("the example of the statement: everybody attends to everybody alike", "题目里的例子：每个词元平等地看所有词元",
         "[look_inside]") {
    const Trace trace = learner::look_inside(example_image(), example_weights());
    REQUIRE((trace.tokens.size() == 2 && trace.attention.size() == 1 && trace.attention[0].size() == 1));
    CHECK_THAT(trace.attention[0][0], Equals(filled(7, 7, Scalar{1} / 7)));
    CHECK_THAT(trace.tokens[0].row(0), Equals(Matrix{{2, 0, -2, 0}}));
    CHECK_THAT(trace.tokens[1], Equals(golden("example/last")));
    CHECK_THAT(trace.logits, Equals(golden("example/logits")));
}

QKV_TEST("the tokens between the layers are PyTorch's, on a trained network",
         "训练好的网络里，各层之间的词元与 PyTorch 一致", "[look_inside]") {
    const Trace trace = learner::look_inside(test_images(1)[0], trained_weights());
    REQUIRE(trace.tokens.size() == 3);
    for (std::size_t i = 0; i < 3; ++i) {
        CHECK_THAT(trace.tokens[i], Equals(golden("first/tokens/" + std::to_string(i))));
    }
}

QKV_TEST("the attention of each head in each layer is PyTorch's, on a trained network",
         "训练好的网络里，每层每头的注意力与 PyTorch 一致", "[look_inside]") {
    check_attention(learner::look_inside(test_images(1)[0], trained_weights()), "first", 2, 4);
}

QKV_TEST("another digit leaves the encoder as in PyTorch", "换一个数字，编码器的输出也与 PyTorch 一致",
         "[look_inside]") {
    const Trace trace = learner::look_inside(test_images(3)[2], trained_weights());
    REQUIRE(trace.tokens.size() == 3);
    CHECK_THAT(trace.tokens[2], Equals(golden("third/encoded")));
    CHECK_THAT(trace.logits, Equals(golden("logits").row(2)));
}

QKV_TEST("two channels, two heads, two layers give PyTorch's numbers", "两个通道、两个头、两层，与 PyTorch 一致",
         "[look_inside]") {
    const Trace trace = learner::look_inside(small_image(), small_weights());
    REQUIRE(trace.tokens.size() == 3);
    for (std::size_t i = 0; i < 3; ++i) {
        CHECK_THAT(trace.tokens[i], Equals(golden("small/tokens/" + std::to_string(i))));
    }
    check_attention(trace, "small", 2, 2);
    CHECK_THAT(trace.logits, Equals(golden("small/logits")));
}

QKV_TEST("every row of attention sums to one", "注意力的每一行之和为 1", "[look_inside]") {
    const Trace trace = learner::look_inside(test_images(2)[1], trained_weights());
    REQUIRE(trace.attention.size() == 2);
    for (const std::vector<Matrix>& heads : trace.attention) {
        REQUIRE(heads.size() == 4);
        for (const Matrix& head : heads) CHECK_THAT(head.rowwise().sum(), Equals(filled(17, 1, 1)));
    }
}

QKV_TEST("without layers there are tokens, logits and no attention", "没有层时，有词元，有 logits，没有注意力",
         "[look_inside]") {
    VisionTransformerWeights weights = small_weights();
    weights.layers.clear();
    const Trace trace = learner::look_inside(small_image(), weights);
    REQUIRE((trace.tokens.size() == 1 && trace.attention.empty()));
    CHECK_THAT(trace.tokens[0], Equals(golden("small/tokens/0")));
    CHECK(trace.logits.size() == 3);
}

QKV_TEST("an image or weights that do not fit are an error", "图像与权重不符是错误", "[look_inside]") {
    const Misfits misfits("image, weights", small_image(), small_weights());
    check_refused(learner::look_inside, misfits.except({"weights.layers.size()"}));
}

// ---------------------------------------------------------------------------------------- classify

QKV_TEST("the labels of the statement come out", "题目里的标签结果正确", "[classify]") {
    const std::vector<Index> labels =
        learner::most_probable(Matrix{{2, 1, 0}, {0, 3, 3}, {-1, -2, Scalar{0.5}}, {-7, -9, -8}});
    CHECK_THAT(as_row(labels), Equals(Matrix{{0, 1, 2, 0}}));
}

QKV_TEST("the logits of sixty digits are PyTorch's", "六十个数字的 logits 与 PyTorch 一致", "[classify]") {
    CHECK_THAT(learner::batch_logits(test_images(60), trained_weights()), Equals(golden("logits")));
}

QKV_TEST("all 597 digits of the test get the label that PyTorch gives them",
         "测试集的 597 个数字，标签都与 PyTorch 相同", "[classify]") {
    const Matrix logits = learner::batch_logits(test_images(597), trained_weights());
    REQUIRE((logits.rows() == 597 && logits.cols() == 10));
    CHECK_THAT(as_row(learner::most_probable(logits)), Equals(golden("predicted")));
}

QKV_TEST("two channels and three classes are classified, too", "两个通道、三个类别也能分类", "[classify]") {
    Image dark = small_image();
    for (Matrix& channel : dark) channel.setConstant(-2);
    const Matrix logits = learner::batch_logits({small_image(), dark, small_image()}, small_weights());
    REQUIRE(logits.rows() == 3);
    CHECK_THAT(logits.row(0), Equals(golden("small/logits")));
    CHECK_THAT(logits.row(2), Equals(golden("small/logits")));
    CHECK_FALSE(Matrix(logits.row(1)).isApprox(golden("small/logits"), Scalar{1e-3}));
}

QKV_TEST("of equal logits the lower label is taken, and they may all be far below zero",
         "logits 相等时取编号小的；它们也可以全都远小于零", "[classify]") {
    Matrix logits = filled(70, 90, -1e12);
    for (Index n = 0; n < 70; ++n) logits(n, n + 3) = logits(n, n + 11) = -1e11;
    const std::vector<Index> labels = learner::most_probable(logits);
    REQUIRE(labels.size() == 70);
    for (Index n = 0; n < 70; ++n) CHECK(labels[static_cast<std::size_t>(n)] == n + 3);
}

QKV_TEST("the smallest difference of two logits is no tie", "两个 logits 之差再小也不算相等", "[classify]") {
    const Scalar more = 1 + std::numeric_limits<Scalar>::epsilon();
    CHECK_THAT(as_row(learner::most_probable(Matrix{{1, more, 1}, {-more, -1, -more}})), Equals(Matrix{{1, 1}}));
}

QKV_TEST("no images have no logits and no labels, but without classes there is an error",
         "没有图像就没有 logits，也没有标签；没有类别则是错误", "[classify]") {
    CHECK_THAT(learner::batch_logits({}, small_weights()), Equals(Matrix(0, 3)));
    CHECK(learner::most_probable(Matrix(0, 4)).empty());
    CHECK_THROWS_AS(learner::most_probable(Matrix(3, 0)), std::invalid_argument);
}

QKV_TEST("an image in the batch that does not fit is an error", "批中有一幅图像不合是错误", "[classify]") {
    const Misfits misfits("images, weights", std::vector<Image>{small_image(), small_image()}, small_weights());
    check_refused(learner::batch_logits, misfits.except({"images.size()", "weights.layers.size()"}));
}

// ---------------------------------------------------------------------------------------- evaluate

QKV_TEST("the accuracy and the table of the statement come out", "题目里的准确率和混淆矩阵结果正确", "[evaluate]") {
    const std::vector<Index> actual{0, 1, 2, 2, 1, 2, 2, 1}, predicted{0, 2, 2, 0, 1, 2, 2, 1};
    CHECK_THAT(one(learner::accuracy(actual, predicted)), Equals(Matrix{{0.75}}));
    CHECK_THAT(learner::confusion_matrix(actual, predicted, 3), Equals(Matrix{{1, 0, 0}, {0, 2, 1}, {1, 0, 3}}));
}

QKV_TEST("with PyTorch's labels for the 597 digits, accuracy and table are PyTorch's",
         "用 PyTorch 给 597 个数字的标签，准确率和混淆矩阵与 PyTorch 一致", "[evaluate]") {
    const Matrix truth = trained("test/labels"), labels = golden("predicted");
    std::vector<Index> actual, predicted;
    for (Index n = 0; n < 597; ++n) {
        actual.push_back(static_cast<Index>(truth.data()[n]));
        predicted.push_back(static_cast<Index>(labels.data()[n]));
    }
    CHECK_THAT(one(learner::accuracy(actual, predicted)), Equals(golden("accuracy")));
    CHECK_THAT(learner::confusion_matrix(actual, predicted, 10), Equals(golden("counts")));
}

QKV_TEST("all right is 1, all wrong is 0", "全对是 1，全错是 0", "[evaluate]") {
    CHECK_THAT(one(learner::accuracy({4, 4, 1}, {4, 4, 1})), Equals(one(1)));
    CHECK_THAT(one(learner::accuracy({4, 4, 1}, {1, 1, 4})), Equals(one(0)));
    CHECK_THAT(one(learner::accuracy({7}, {7})), Equals(one(1)));
    CHECK_THAT(one(learner::accuracy({0, 0, 0}, {0, 0, 5})), Equals(one(Scalar{2} / 3)));
}

QKV_TEST("a class that never occurs has a row and a column of zeros", "从不出现的类别，行和列都是零", "[evaluate]") {
    CHECK_THAT(learner::confusion_matrix({3, 3, 0}, {3, 0, 0}, 4),
               Equals(Matrix{{1, 0, 0, 0}, {0, 0, 0, 0}, {0, 0, 0, 0}, {1, 0, 0, 1}}));
    CHECK_THAT(learner::confusion_matrix({1, 0}, {1, 1}, 3), Equals(Matrix{{0, 1, 0}, {0, 1, 0}, {0, 0, 0}}));
    CHECK_THAT(learner::confusion_matrix({}, {}, 2), Equals(Matrix::Zero(2, 2)));
}

QKV_TEST("lists of different length, no images, and labels of no class are errors",
         "两列长度不同、没有图像、标签超出类别，都是错误", "[evaluate]") {
    CHECK_THROWS_AS(learner::accuracy({1, 2, 0}, {1, 2}), std::invalid_argument);
    CHECK_THROWS_AS(learner::accuracy({1, 2}, {1, 2, 0}), std::invalid_argument);
    CHECK_THROWS_AS(learner::accuracy({}, {}), std::invalid_argument);
    CHECK_THROWS_AS(learner::confusion_matrix({1, 2, 0}, {1, 2}, 3), std::invalid_argument);
    CHECK_THROWS_AS(learner::confusion_matrix({1, 2}, {1, 2, 0}, 3), std::invalid_argument);
    CHECK_THROWS_AS(learner::confusion_matrix({1, 3}, {1, 2}, 3), std::invalid_argument);
    CHECK_THROWS_AS(learner::confusion_matrix({1, 2}, {1, 3}, 3), std::invalid_argument);
    CHECK_THROWS_AS(learner::confusion_matrix({-1, 2}, {1, 2}, 3), std::invalid_argument);
    CHECK_THROWS_AS(learner::confusion_matrix({1, 2}, {1, -1}, 3), std::invalid_argument);
    CHECK_THROWS_AS(learner::confusion_matrix({}, {}, 0), std::invalid_argument);
}

// ----------------------------------------------------------------------------------------- rollout

QKV_TEST("the rollout and the picture of the statement come out", "题目里的 rollout 和图结果正确", "[rollout]") {
    const Matrix expected{{0.5, 0.125, 0.375}, {0.1875, 0.625, 0.1875}, {0.1875, 0.1875, 0.625}};
    CHECK_THAT(learner::attention_rollout(example_attention()), Equals(expected));
    CHECK_THAT(learner::rollout_picture(expected, 2), Equals(Matrix{{0.25, 0.75}}));
    CHECK_THAT(learner::rollout_picture(expected, 1), Equals(Matrix{{0.25}, {0.75}}));
}

QKV_TEST("from the attention of the trained network, rollout and picture are PyTorch's",
         "由训练好的网络的注意力，得到的 rollout 和图与 PyTorch 一致", "[rollout]") {
    CHECK_THAT(learner::attention_rollout(golden_attention("first", 2, 4)), Equals(golden("first/rollout")));
    CHECK_THAT(learner::rollout_picture(golden("first/rollout"), 4), Equals(golden("first/picture")));
    CHECK_THAT(learner::rollout_picture(golden("third/rollout"), 4), Equals(golden("third/picture")));
}

QKV_TEST("of two layers of two heads, the rollout is PyTorch's", "两层两头的 rollout 与 PyTorch 一致", "[rollout]") {
    CHECK_THAT(learner::attention_rollout(golden_attention("small", 2, 2)), Equals(golden("small/rollout")));
}

QKV_TEST("who attends only to itself keeps everything", "只看自己的词元，一切照旧", "[rollout]") {
    const std::vector<std::vector<Matrix>> attention(70, std::vector<Matrix>(3, Matrix::Identity(5, 5)));
    CHECK_THAT(learner::attention_rollout(attention), Equals(Matrix::Identity(5, 5)));
}

QKV_TEST("a token that attends to nothing passes through unchanged", "什么也不看的词元，原样通过", "[rollout]") {
    const Matrix weights{{0, 0}, {0.25, 0.75}};  // as behind a mask: a row of zeros
    CHECK_THAT(learner::attention_rollout({{weights}}), Equals(Matrix{{1, 0}, {0.125, 0.875}}));
}

QKV_TEST("rows of the rollout sum to one", "rollout 的每一行之和为 1", "[rollout]") {
    const Matrix rollout = learner::attention_rollout(golden_attention("first", 2, 4));
    CHECK_THAT(rollout.rowwise().sum(), Equals(filled(17, 1, 1)));
}

QKV_TEST("layers may differ in the number of heads", "各层的头数可以不同", "[rollout]") {
    const Matrix swap{{0, 1}, {1, 0}}, same = Matrix::Identity(2, 2);
    CHECK_THAT(learner::attention_rollout({{swap}, {same, same, swap, same}}), Equals(Matrix{{0.5, 0.5}, {0.5, 0.5}}));
    CHECK_THAT(learner::attention_rollout({{same, same, swap, same}}), Equals(Matrix{{0.875, 0.125}, {0.125, 0.875}}));
}

QKV_TEST("patches stand in the picture as one reads, and sum to one", "图中的块如同阅读的次序，总和为 1", "[rollout]") {
    Matrix rollout = filled(7, 7, 3);
    rollout.row(0) = RowVector{{9, 1, 2, 3, 4, 5, 5}};
    const Matrix expected{{0.05, 0.1, 0.15}, {0.2, 0.25, 0.25}};
    CHECK_THAT(learner::rollout_picture(rollout, 3), Equals(expected));
}

QKV_TEST("a class token that got next to nothing from the patches has a picture all the same",
         "类别词元从各块得到的再少，也有一幅图", "[rollout]") {
    Matrix rollout = Matrix::Identity(3, 3);
    rollout.row(0) = RowVector{{1 - Scalar{0x1p-50}, Scalar{0x1p-52}, 3 * Scalar{0x1p-52}}};
    CHECK_THAT(learner::rollout_picture(rollout, 2), Equals(Matrix{{0.25, 0.75}}));
}

QKV_TEST("a class token that got nothing from any patch has a black picture", "类别词元什么也没得到，图全黑",
         "[rollout]") {
    CHECK_THAT(learner::rollout_picture(Matrix::Identity(7, 7), 2), Equals(Matrix::Zero(3, 2)));
}

QKV_TEST("no layer, no head, no token, and matrices of another shape are errors",
         "没有层、没有头、没有词元、形状不同，都是错误", "[rollout]") {
    CHECK_THROWS_AS(learner::attention_rollout({}), std::invalid_argument);
    CHECK_THROWS_AS(learner::attention_rollout({{}}), std::invalid_argument);
    CHECK_THROWS_AS(learner::attention_rollout({{Matrix::Identity(3, 3)}, {}}), std::invalid_argument);
    CHECK_THROWS_AS(learner::attention_rollout({{Matrix(0, 0)}}), std::invalid_argument);
    const Misfits misfits("attention", golden_attention("small", 2, 2));
    check_refused(learner::attention_rollout, misfits.except({"attention.size()"}));
}

QKV_TEST("a picture needs whole rows of patches", "图要由完整的行组成", "[rollout]") {
    for (const Index across : {0, -2, 4, 12}) {
        CHECK_THROWS_AS(learner::rollout_picture(filled(7, 7, 1), across), std::invalid_argument);
    }
    CHECK_THROWS_AS(learner::rollout_picture(filled(1, 1, 1), 1), std::invalid_argument);
    CHECK_THROWS_AS(learner::rollout_picture(filled(1, 7, 1), 2), std::invalid_argument);
    CHECK_THROWS_AS(learner::rollout_picture(filled(7, 5, 1), 2), std::invalid_argument);
}

// --------------------------------------------------------------------------------------- occlusion

QKV_TEST("the occlusion of the statement comes out", "题目里的遮挡结果正确", "[occlusion]") {
    const Occlusion found = learner::occlusion(example_image(), example_weights(), 0);
    CHECK(found.label == 0);
    CHECK_THAT(one(found.probability), Equals(golden("example/probability")));
    CHECK_THAT(found.drops, Equals(golden("example/drops")));
    const Patch place = learner::most_important(Matrix{{0.5, -0.75, 0}, {0.25, 0.75, -0.5}});
    CHECK((place.row == 0 && place.column == 1));
}

QKV_TEST("where a trained network needs a digit's ink, as in PyTorch", "训练好的网络看重哪一块，与 PyTorch 一致",
         "[occlusion]") {
    const std::vector<Image> images = test_images(3);
    for (const auto& [number, name] : {std::pair{0, "first"}, std::pair{2, "third"}}) {
        const Image& image = images[static_cast<std::size_t>(number)];
        const Occlusion found = learner::occlusion(image, trained_weights(), 0);
        CHECK(found.label == static_cast<Index>(golden("predicted").data()[number]));
        CHECK_THAT(one(found.probability), Equals(golden(std::string(name) + "/probability")));
        CHECK_THAT(found.drops, Equals(golden(std::string(name) + "/drops")));
    }
}

QKV_TEST("where a hidden patch changes the answer, the drop is still that of the first answer",
         "遮住一块改变了答案时，下降的仍然是原来那个答案的概率", "[occlusion]") {
    const auto number = static_cast<Index>(golden("unsure/number")(0, 0));
    const Image image = test_images(number + 1)[static_cast<std::size_t>(number)];
    const Occlusion found = learner::occlusion(image, trained_weights(), 0);
    CHECK_THAT(one(found.probability), Equals(golden("unsure/probability")));
    CHECK_THAT(found.drops, Equals(golden("unsure/drops")));
}

QKV_TEST("hidden by black, other patches count", "用黑色遮挡，结果不同", "[occlusion]") {
    const PixelScale scale = trained_scale();
    const Occlusion found = learner::occlusion(test_images(1)[0], trained_weights(), -scale.mean / scale.deviation);
    CHECK_THAT(found.drops, Equals(golden("first/drops_black")));
}

QKV_TEST("a patch is hidden in all channels", "遮挡作用于所有通道", "[occlusion]") {
    const Occlusion found = learner::occlusion(small_image(), small_weights(), -1.5);
    CHECK_THAT(one(static_cast<Scalar>(found.label)), Equals(golden("small/label")));
    CHECK_THAT(one(found.probability), Equals(golden("small/probability")));
    CHECK_THAT(found.drops, Equals(golden("small/drops")));
}

QKV_TEST("a patch that is the value already loses nothing", "本来就等于替换值的块，遮挡毫无影响", "[occlusion]") {
    Image image = small_image();
    for (Matrix& channel : image) channel.block(2, 2, 2, 2).setConstant(3);
    const Occlusion found = learner::occlusion(image, small_weights(), 3);
    REQUIRE((found.drops.rows() == 2 && found.drops.cols() == 3));
    CHECK_THAT(one(found.drops(1, 1)), Equals(one(0)));
    CHECK(found.drops.cwiseAbs().sum() > 0.01);
}

QKV_TEST("the most important patch may raise the probability; of equal ones the first is taken",
         "最重要的块也可能使概率上升；相等时取第一个", "[occlusion]") {
    Matrix drops = filled(70, 66, -0.25);
    drops(68, 65) = -0.5;
    drops(69, 1) = 0.5;
    const Patch far = learner::most_important(drops);
    CHECK((far.row == 68 && far.column == 65));
    const Patch first = learner::most_important(Matrix::Zero(3, 4));
    CHECK((first.row == 0 && first.column == 0));
    const Patch tall = learner::most_important(Matrix{{1}, {2}, {-4}, {3}});
    CHECK((tall.row == 2 && tall.column == 0));
    const Scalar more = 1 + std::numeric_limits<Scalar>::epsilon();
    const Patch close = learner::most_important(Matrix{{1, -1, 1}, {-1, -more, 1}});
    CHECK((close.row == 1 && close.column == 1));
}

QKV_TEST("an image that does not fit, or no patch, is an error", "图像不合，或没有块，是错误", "[occlusion]") {
    const Misfits misfits("image, weights, value", small_image(), small_weights(), Scalar{0});
    check_refused(learner::occlusion, misfits.except({"weights.layers.size()"}));
    CHECK_THROWS_AS(learner::most_important(Matrix(0, 3)), std::invalid_argument);
    CHECK_THROWS_AS(learner::most_important(Matrix(2, 0)), std::invalid_argument);
}
