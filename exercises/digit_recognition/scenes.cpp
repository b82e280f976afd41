// What the trained network looks at when it reads a digit: ./grade show digit_recognition [--input NUMBER].
#include <charconv>

#include "testing/scene.hpp"

#include "golden_model.hpp"
#include "remote.hpp"

namespace {

using namespace digit_recognition;
using namespace digit_recognition::tests;
using namespace qkv::testing;

/// Of the 597 test images the one whose number was given, else one that is easy to recognise.
Index shown_number() {
    const std::string text = input_or("5");
    Index number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return std::clamp<Index>(number, 0, 596);
}

/// From black to white again, as the eye knows it.
Matrix as_pixels(const Image& image) {
    const PixelScale scale = trained_scale();
    return (image[0].array() * scale.deviation + scale.mean).matrix();
}

Image shown_image() {
    const Index number = shown_number();
    return test_images(number + 1)[static_cast<std::size_t>(number)];
}

}  // namespace

QKV_SCENE("Where did the class token get its answer from?", "类别词元的答案来自哪里？", "[rollout]") {
    const Image image = shown_image();
    const Trace trace = learner::look_inside(image, trained_weights());
    const Matrix rollout = learner::attention_rollout(trace.attention);
    const Matrix picture = learner::rollout_picture(rollout, 4);
    REQUIRE_THAT(trace.logits, Pictured(1, 10));
    Index label = 0;
    trace.logits.maxCoeff(&label);
    const std::string digit = std::to_string(label);
    say({"Test image " + std::to_string(shown_number()) + "; the network says " + digit +
             ". It was trained on the UCI digits. Attention rollout follows "
             "the weights through all layers.",
         "第 " + std::to_string(shown_number()) + " 幅测试图像，网络说是 " + digit +
             "。网络用 UCI 手写数字训练。rollout 把每一层的权重连乘起来追溯。"});
    show({"the image", "图像"}, as_pixels(image), 8, 8, Look::image);
    show({"how much of each patch reached the class token", "每个图像块有多少传到了类别词元"}, picture, 4, 4);
}

QKV_SCENE("Which patch does the answer hang on?", "答案取决于哪一块？", "[occlusion]") {
    const Image image = shown_image();
    const Occlusion found = learner::occlusion(image, trained_weights(), 0);
    say(
        {"One patch after the other is painted in the mean grey. Blue: the answer loses probability without it. Red: "
         "it gains.",
         "一块一块地涂成平均的灰色。蓝色：没有这一块，答案的概率就下降；红色：反而上升。"});
    show({"the image", "图像"}, as_pixels(image), 8, 8, Look::image);
    show({"what the answer's probability loses", "答案的概率下降多少"}, found.drops, 4, 4, Look::values);
}

QKV_SCENE("Which digits are mistaken for which?", "哪些数字会被认成哪些？", "[classify]") {
    const std::vector<Image> images = test_images(120);
    const auto labels = learner::most_probable(learner::batch_logits(images, trained_weights()));
    REQUIRE(labels.size() == 120);
    Matrix counts = Matrix::Zero(10, 10);
    const Matrix truth = trained("test/labels");
    for (std::size_t i = 0; i < labels.size(); ++i) {
        REQUIRE((labels[i] >= 0 && labels[i] < 10));
        counts(static_cast<Index>(truth.data()[i]), labels[i]) += 1;
    }
    show({"120 test images: rows are the digits, columns the answers", "120 幅测试图像：行是数字，列是答案"}, counts,
         10, 10);
}
