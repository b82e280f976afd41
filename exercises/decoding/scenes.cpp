// What decoding looks like: ./grade show decoding.
#include "testing/scene.hpp"

#include "remote.hpp"

using namespace qkv;
using namespace qkv::testing;
using namespace decoding;

namespace {

/// What a language model might say after "The sun is", eight words.
const std::vector<std::string> words = words_of("hot up out low red far wet soup");
const RowVector logits{{3.0, 2.5, 2.0, 1.75, 1.25, 0.5, 0.0, -2.0}};

}  // namespace

QKV_SCENE("What does the temperature do?", "温度有什么用？", "[logits]") {
    const double temperatures[] = {0, 0.25, 0.5, 1, 2, 8};
    Matrix rows(6, 8);
    for (Index i = 0; i < 6; ++i) {
        const Matrix row = learner::probabilities(logits, static_cast<Scalar>(temperatures[i]));
        REQUIRE_THAT(row, Pictured(1, 8));
        rows.row(i) = row;
    }
    say({"\"The sun is ...\": cold, the model always says the same; hot, it says anything.",
         "“The sun is ……”：冷的时候总说同一个词，热的时候什么都说。"});
    show({"probabilities, a row a temperature", "概率，一行一个温度"}, rows, words_of("0 0.25 0.5 1 2 8"), words);
}

QKV_SCENE("Who is kept?", "留下的是谁？", "[top_p]") {
    Matrix rows(4, 8);
    RowVector sure = (2 * logits.array()).exp(), unsure = (logits.array() / 4).exp();
    sure /= sure.sum();
    unsure /= unsure.sum();
    const Matrix kept = learner::top_p(sure, Scalar(0.9)), wide = learner::top_p(unsure, Scalar(0.9));
    REQUIRE_THAT(kept, Pictured(1, 8));
    REQUIRE_THAT(wide, Pictured(1, 8));
    rows << sure, kept, unsure, wide;
    say(
        {"A model that is sure and one that is not, each before and after top_p with p = 0.9. A fixed k would keep as "
         "many of both; the nucleus is small where one may be sure, and wide where one may not.",
         "一个有把握的模型和一个没把握的模型，各是 top_p（p = 0.9）之前和之后。固定的 k 对两者留得一样多；"
         "核则是有把握时小，没把握时大。"});
    show({"distributions", "分布"}, rows, {words_of("sure kept unsure kept"), words_of("有把握 留下 没把握 留下")},
         words);
}

QKV_SCENE("What does a small model owe a large one?", "小模型欠大模型多少？", "[speculative]") {
    RowVector target = logits.array().exp(), draft = (logits.array() / 3).exp();
    target /= target.sum();
    draft /= draft.sum();
    RowVector stays(8);
    for (int token = 0; token < 8; ++token) stays(token) = draft(token) * learner::acceptance(target, draft, token);
    const Matrix left = learner::residual(target, draft);
    REQUIRE_THAT(left, Pictured(1, 8));
    REQUIRE_THAT(stays, Pictured(1, 8));
    Matrix rows(5, 8);
    rows << target, draft, stays, (1 - stays.sum()) * left, stays + (1 - stays.sum()) * left;
    say(
        {"The draft says some words too often and others too rarely. What stays of it, and what replaces the rejected, "
         "add up to the target exactly.",
         "草稿有些词说得太多，有些太少。保留的加上替换被拒的，恰好就是目标。"});
    show({"target, draft, what stays, what replaces, both together", "目标、草稿、保留的、替换的、两者之和"}, rows,
         {words_of("target draft stays replaced together"), words_of("目标 草稿 保留 替换 合计")}, words);
}
