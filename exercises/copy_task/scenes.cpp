// Heads and memory over time, while a sequence is heard and said again: ./grade show copy_task.
#include "testing/scene.hpp"

#include "golden_model.hpp"
#include "remote.hpp"

namespace {

using namespace copy_task;
using namespace copy_task::tests;
using namespace qkv::testing;
using Words = std::vector<std::string>;

constexpr Index length = 10, n_times = 2 * length + 1, n_slots = 16;

/// A test sequence of ten vectors of eight bits.
Matrix heard() { return test_sequences(length, 1)[0]; }

/// The time steps: heard, the mark, said.
Words times() {
    Words names;
    for (Index t = 0; t < length; ++t) names.push_back("hear " + std::to_string(t));
    names.push_back("mark");
    for (Index t = 0; t < length; ++t) names.push_back("say " + std::to_string(t));
    return names;
}

Words numbered(const std::string& name, Index count) {
    Words names;
    for (Index i = 0; i < count; ++i) names.push_back(name + std::to_string(i));
    return names;
}

}  // namespace

QKV_SCENE("Which way do the heads walk?", "两个头怎么走？", "[memory_over_time]") {
    say(
        {"A row is a time step, a column a slot. Nobody wrote this program: training found it. The writer goes from "
         "slot "
         "to slot while the machine hears; the reader waits, and follows when the mark comes.",
         "一行是一个时间步，一列是一个槽。这段程序没有人写过，是训练找到的：听的时候，写头一个槽一个槽地走；读头等着，"
         "标记一"
         "出现就跟上去。"});
    const HeadsOverTime heads = learner::heads_over_time(inputs_of(heard()), start_of(n_slots, 16), trained_weights());
    show({"the head that writes", "写头"}, heads.writing, times(), n_slots);
    show({"the head that reads", "读头"}, heads.reading, times(), n_slots);
}

QKV_SCENE("What is in the memory, before and after?", "听之前和听之后，记忆里有什么？", "[sequence]") {
    const Matrix bits = heard();
    const State start = start_of(n_slots, 16);
    const Run listened = learner::run(inputs_of(bits).topRows(length), start, trained_weights());
    say(
        {"Ten vectors have been heard, the mark has not come yet. Slots that were written differ from those that still "
         "hold 0.01. The path of the writer tells which vector is where.",
         "十个向量听完了，标记还没有出现。写过的槽与仍是 0.01 的槽一眼就能分开。哪个向量在哪里，要看写头的路径。"});
    show({"the memory after ten vectors", "听完十个向量之后的记忆"}, listened.end.memory, numbered("slot ", n_slots),
         Axis(16), Look::values);
}

QKV_SCENE("What does it hear, and what does it say?", "听到的和说出的", "[sequence]") {
    const Matrix bits = heard();
    const Run whole = learner::run(inputs_of(bits), start_of(n_slots, 16), trained_weights());
    REQUIRE_THAT(whole.logits, Pictured(n_times, 8));
    show({"heard", "听到的"}, bits, numbered("", length), numbered("bit ", 8));
    show({"said: the logits of the last ten steps, as probabilities", "说出的：最后十步的 logits，化为概率"},
         (1 / (1 + (-whole.logits.bottomRows(length).array()).exp())).matrix(), numbered("", length),
         numbered("bit ", 8));
}

QKV_SCENE("A program set by hand", "手工设定的程序", "[memory_over_time]") {
    const Matrix bits{{1.}, {0.}, {1.}};
    say({"The statement's machine hears 1 0 1: the writer always goes on by one, the reader waits for the mark.",
         "题目里的机器听 1 0 1：写头每步前进一格，读头等标记出现。"});
    const HeadsOverTime heads = learner::heads_over_time(inputs_of(bits), start_of(8, 1), example_weights());
    const Words steps{"hear 1", "hear 0", "hear 1", "mark", "say 1", "say 0", "say 1"};
    show({"the head that writes", "写头"}, heads.writing, steps, Axis(8));
    show({"the head that reads", "读头"}, heads.reading, steps, Axis(8));
}
