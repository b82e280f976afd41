// How it learns: ./grade show training.
#include "testing/scene.hpp"

#include "golden_model.hpp"
#include "remote.hpp"

namespace {

using namespace training;
using namespace training::tests;
using namespace qkv::testing;

using Words = std::vector<std::string>;

constexpr Index n_steps = 300, height = 16, width = 60;

/// A curve with one value for each column, from `least` (below) to `most` (above), as an image, strong (1) or faint on
/// nothing (0).
void draw(Matrix& image, const RowVector& values, Scalar least, Scalar most, Scalar shade) {
    for (Index column = 0; column < values.size(); ++column) {
        const Scalar share = (values(column) - least) / (most - least);
        const auto row = static_cast<Index>(std::round((1 - share) * static_cast<Scalar>(image.rows() - 1)));
        if (row >= 0 && row < image.rows()) image(row, column) = shade;
    }
}

/// The mean of each stretch of values, one a column.
RowVector stretches(const RowVector& values) {
    const Index each = values.size() / width;
    RowVector means(width);
    for (Index column = 0; column < width; ++column) means(column) = values.segment(column * each, each).mean();
    return means;
}

/// "abcd": id 2 is a.
std::string spelled(const TokenIds& ids) {
    std::string word;
    for (const int id : ids) {
        if (id > end_token) word += static_cast<char>('a' + id - end_token - 1);
    }
    return word;
}

/// What the model answers, token by token, each time the most likely one.
TokenIds answer(const Model& model, const TokenIds& source) {
    TokenIds said;
    while (said.size() < 6 && (said.empty() || said.back() != end_token)) {
        Sentence asked{source, said, {}, {}};
        asked.target.push_back(end_token);  // is not read
        const Matrix scores = learner::logits(model, asked, 0);
        REQUIRE_THAT(scores, Pictured(static_cast<Index>(asked.target.size()), 8));
        Index best = 0;
        scores.bottomRows(1).row(0).maxCoeff(&best);
        said.push_back(static_cast<int>(best));
    }
    return said;
}

}  // namespace

QKV_SCENE("How does the learning rate rise and fall?", "学习率怎样上升又下降？", "[schedule]") {
    Matrix image = Matrix::Zero(height, width);
    const Scalar peak = learner::noam_rate(100, 16, 100);
    for (const Index warmup : {100, 300}) {
        RowVector rates(width);
        for (Index column = 0; column < width; ++column)
            rates(column) = learner::noam_rate(1 + 10 * column, 16, warmup);
        REQUIRE_THAT(rates, Pictured(1, width));
        draw(image, rates, 0, peak, warmup == 100 ? Scalar{1} : Scalar{0.5});
    }
    say(
        {"600 steps from left to right. The strong curve warms up for 100 steps, the faint one for 300. A longer "
         "warm-up "
         "ends lower, and after it both go down the same curve.",
         "从左到右是 600 步。重的一条预热 100 步，淡的一条预热 300 "
         "步。预热越长，顶点越低；之后两者沿同一条曲线下降。"});
    show({"the learning rate for d_model = 16", "d_model = 16 时的学习率"}, image, height, width, Look::image);
}

QKV_SCENE("Does it learn to turn words round?", "它学得会把单词倒过来吗？", "[step]") {
    Model model = fresh_model();
    AdamState state = learner::adam_start(parameters(model));
    RowVector losses(n_steps);
    Words before, after;
    std::vector<Sentence> asked;
    Formula fresh(20171);
    for (int i = 0; i < 6; ++i) asked.push_back(fresh.sentence(6, 4));
    for (const Sentence& each : asked) before.push_back(spelled(answer(model, each.source)));
    Index step = 0;
    for (const std::vector<Sentence>& batch : task_batches(n_steps, 8, 0)) {
        const TrainingStep next = learner::training_step(model, state, batch, settings(0, 150));
        REQUIRE_THAT(filled(1, 1, next.loss), Pictured(1, 1));
        losses(step++) = next.loss;
        model = next.model;
        state = next.state;
    }
    std::string told_en, told_zh;
    for (std::size_t i = 0; i < asked.size(); ++i) {
        const std::string word = spelled(asked[i].source), now = spelled(answer(model, asked[i].source));
        told_en += (i == 0 ? "" : ", ") + word + " → " + now + " (before: " + before[i] + ")";
        told_zh += (i == 0 ? "" : "，") + word + " → " + now + "（训练前：" + before[i] + "）";
    }
    const RowVector theirs = golden("run/losses").row(0);
    Matrix image = Matrix::Zero(height, width);
    draw(image, stretches(theirs), Scalar(0.4), Scalar(2.4), Scalar{0.5});
    draw(image, stretches(losses), Scalar(0.4), Scalar(2.4), Scalar{1});
    say(
        {"Your training_step, 300 times: batches of eight words of four letters, each to be said backwards. The strong "
         "curve is your loss; where PyTorch's is elsewhere, it is the faint one. The curve cannot fall below 0.467, "
         "which "
         "label smoothing leaves.",
         "你的 training_step 走了 300 步：每批八个四字母的单词，要倒着说出来。重的曲线是你的损失；PyTorch 的若在别处，"
         "就是淡的那条。曲线不会低于 0.467：这是标签平滑留下的下限。"});
    show({"the loss, from 2.4 above to 0.4 below", "损失，上为 2.4，下为 0.4"}, image, height, width, Look::image);
    say({"New words, read by the trained model: " + told_en + ".", "训练后的模型读新单词：" + told_zh + "。"});
}
