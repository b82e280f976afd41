// A head on its way over the memory: ./grade show neural_turing_machine.
#include "testing/scene.hpp"

#include "remote.hpp"

namespace {

using namespace neural_turing_machine;
using namespace qkv::testing;
using Words = std::vector<std::string>;

constexpr Index n_slots = 12;

/// All the weight on one slot.
RowVector only(Index slot) {
    RowVector weights = RowVector::Zero(n_slots);
    weights(slot) = 1;
    return weights;
}

/// Slots that point in directions all around a circle.
Matrix circle() {
    Matrix memory(n_slots, 2);
    for (Index i = 0; i < n_slots; ++i) {
        const Scalar angle = static_cast<Scalar>(2 * i) * std::acos(Scalar{-1}) / n_slots;
        memory.row(i) << std::cos(angle), std::sin(angle);
    }
    return memory;
}

/// Six rows of eight bits to be copied.
const Matrix sequence{{1, 0, 0, 1, 0, 1, 1, 0}, {0, 1, 0, 0, 1, 1, 0, 1}, {1, 1, 0, 0, 0, 0, 1, 0},
                      {0, 0, 1, 1, 0, 1, 0, 1}, {1, 0, 1, 0, 1, 0, 0, 1}, {0, 1, 1, 1, 0, 0, 1, 0}};

/// A head made by hand that goes on by one slot.
const Head step_on{RowVector::Ones(8), 1, 0, RowVector{{0, 0, 1}}, 1};

}  // namespace

QKV_SCENE("How sure is a look-up by content?", "按内容查找有多大把握？", "[content]") {
    const Matrix memory = circle();
    const std::vector<std::pair<std::string, Scalar>> strengths{{"0", 0}, {"1", 1}, {"4", 4}, {"16", 16}, {"200", 200}};
    Matrix rows(5, n_slots);
    Words names;
    for (const auto& [name, strength] : strengths) {
        const Matrix weights = learner::content_weights(memory.row(4), strength, memory);
        REQUIRE_THAT(weights, Pictured(1, n_slots));
        rows.row(static_cast<Index>(names.size())) = weights;
        names.push_back(name);
    }
    say(
        {"Twelve slots point all around a circle; the key is slot 4. The strength decides how much the neighbours get: "
         "with 0 all slots alike, with 200 nobody but slot 4.",
         "十二个槽的方向绕成一圈，键就是槽 4。邻居分到多少，由强度决定：强度为 0 时各槽一样，为 200 时只剩槽 4。"});
    show({"content weights; rows are strengths", "内容权重；一行是一个强度"}, rows, names, n_slots);
}

QKV_SCENE("What happens to a head in one step?", "一步之内，读写头经历了什么？", "[addressing]") {
    const Matrix memory = circle();
    const Head head{memory.row(3), 8, Scalar{0.7}, RowVector{{Scalar{0.05}, Scalar{0.15}, Scalar{0.8}}}, 4};
    const RowVector previous = only(9);
    const Matrix content = learner::content_weights(head.key, head.strength, memory);
    REQUIRE_THAT(content, Pictured(1, n_slots));
    const Matrix gated = learner::interpolate(content, previous, head.gate);
    REQUIRE_THAT(gated, Pictured(1, n_slots));
    const Matrix shifted = learner::shift_weights(gated, head.shift);
    REQUIRE_THAT(shifted, Pictured(1, n_slots));
    const Matrix addressed = learner::address(head, previous, memory);
    REQUIRE_THAT(addressed, Pictured(1, n_slots));
    Matrix rows(5, n_slots);
    rows << previous, content, gated, shifted, addressed;
    say(
        {"From top to bottom, as in figure 2 of the paper: the head stood on slot 9; by content it finds slot 3; the "
         "gate (0.7) mixes the two; the shift moves everything one slot on, with some blur; sharpening decides. The "
         "head was made by hand.",
         "从上到下，与论文图 2 一致：头原来在槽 9；按内容找到槽 "
         "3；门（0.7）把二者混合；移位把一切往前挪一个槽，略有模糊；最后由锐化作出决断。这个读写头是手工设定的。"});
    show({"previous weights, content, after the gate, after the shift, after sharpening",
          "上一时刻、内容、过门之后、移位之后、锐化之后"},
         rows, Words{"w(t-1)", "w^c", "w^g", "w~", "w"}, n_slots);
}

QKV_SCENE("Why must weights be sharpened?", "权重为什么要锐化？", "[sharpening]") {
    const RowVector shift{{Scalar{0.1}, Scalar{0.1}, Scalar{0.8}}};
    say(
        {"A head goes round the ring, slot by slot, with a shift that is not quite sure of itself. Each step blurs; "
         "after a dozen steps it hardly knows where it is. Sharpened after each step (gamma = 3) it stays a point.",
         "读写头沿着环一槽一槽地走，移位却不太确定。每走一步就模糊一点，走上十几步，几乎不知道自己在哪里。每步之后锐化"
         "一次（gamma = 3），就始终是一个点。"});
    for (const Scalar gamma : {Scalar{1}, Scalar{3}}) {
        Matrix rows(15, n_slots);
        RowVector weights = only(1);
        for (Index step = 0; step < rows.rows(); ++step) {
            rows.row(step) = weights;
            const RowVector shifted = learner::shift_weights(weights, shift);
            REQUIRE_THAT(shifted, Pictured(1, n_slots));
            weights = learner::sharpen(shifted, gamma);
            REQUIRE_THAT(weights, Pictured(1, n_slots));
        }
        const std::string number = gamma > 1 ? "3" : "1";
        show(
            {"gamma = " + number + ": where the head is, a row a step", "gamma = " + number + "：头在哪里，一行是一步"},
            rows, 15, n_slots);
    }
}

QKV_SCENE("What does half an erase leave?", "只擦一半，会留下什么？", "[writing]") {
    RowVector weights(5), erase(8), add(8);
    weights << 0, Scalar{0.25}, Scalar{0.5}, Scalar{0.75}, 1;
    erase << 0, 0, 0, 0, 1, 1, 1, 1;
    add << 0, 0, 1, 1, 0, 0, 1, 1;
    say(
        {"A memory of ones; one head writes with weights 0 to 1, row by row. Four pairs of features: nothing, added "
         "only, erased only, erased and added. Only the last pair ends where it began: the old 1 goes as the new 1 "
         "comes.",
         "记忆全是 1；一个写头，各行的权重从 0 到 "
         "1。四对特征依次是：什么都不做、只添加、只擦除、先擦再加。最后一对仍然是 1：旧的走多少，新的就来多少。"});
    show({"the memory afterwards; rows have weights 0, 1/4, 1/2, 3/4, 1",
          "写过之后的记忆；各行的权重是 0、1/4、1/2、3/4、1"},
         learner::write(Matrix::Ones(5, 8), {{weights, erase, add}}), Words{"0", "1/4", "1/2", "3/4", "1"},
         Words{"=", "=", "+", "+", "-", "-", "-+", "-+"});
}

QKV_SCENE("How does a machine copy a sequence?", "机器怎样抄写一个序列？", "[reading]") {
    constexpr Index length = 6, width = 8;
    Matrix memory = Matrix::Zero(n_slots, width), heads(2 * length, n_slots), copied(length, width);
    RowVector weights = only(2);
    const auto go = [&](const Head& head, Index time) {
        const RowVector next = learner::address(head, weights, memory);
        REQUIRE_THAT(next, Pictured(1, n_slots));
        heads.row(time) = weights = next;
    };
    for (Index t = 0; t < length; ++t) {
        go(step_on, t);
        const Matrix written = learner::write(memory, {{weights, RowVector::Ones(width), sequence.row(t)}});
        REQUIRE_THAT(written, Pictured(n_slots, width));
        memory = written;
    }
    const Head back_to_first{sequence.row(0), 60, 1, RowVector{{0, 1, 0}}, 2};
    for (Index t = 0; t < length; ++t) {
        go(t == 0 ? back_to_first : step_on, length + t);
        const Matrix read = learner::read(memory, weights);
        REQUIRE_THAT(read, Pictured(1, width));
        copied.row(t) = read;
    }
    say(
        {"A controller made by hand: six times it goes one slot on and writes; then it looks for the first row by "
         "content and goes on from there, reading. Two straight lines in the picture: a loop with a pointer. A trained "
         "machine finds the same way (figure 6 of the paper).",
         "手工设定的控制器：六次前进一个槽并写入；然后按内容找回第一行，再一路读下去。图中的两条斜线，就是带指针的循环"
         "。训练出来的机器也找到了同样的办法（论文图 6）。"});
    show({"the head over time: rows 0 to 5 write, 6 to 11 read",
          "读写头随时间的位置：第 0 到 5 行在写，第 6 到 11 行在读"},
         heads, 2 * length, n_slots);
    show({"the memory after writing, a row a slot", "写完之后的记忆，一行是一个槽"}, memory, n_slots, width,
         Look::image);
    Matrix beside(length, 2 * width + 1);
    beside << sequence, Matrix::Constant(length, 1, Scalar{0.5}), copied;
    show({"left what was to be copied, right what was read, a row a step",
          "左边是要抄写的序列，右边是读到的内容，一行是一步"},
         beside, length, 2 * width + 1, Look::image);
}
