// What these memories look like: ./grade show memory_augmented_network.
#include "testing/scene.hpp"

#include "remote.hpp"

namespace {

using namespace memory_augmented_network;
using namespace qkv::testing;

/// Pictures of 5 x 5 units, X is +1.
RowVector units(const std::string& drawing) {
    RowVector state(static_cast<Index>(drawing.size()));
    for (std::size_t i = 0; i < drawing.size(); ++i) state(static_cast<Index>(i)) = drawing[i] == 'X' ? 1 : -1;
    return state;
}

const RowVector cross = units("X...X.X.X...X...X.X.X...X");
const RowVector frame = units("XXXXXX...XX...XX...XXXXXX");
/// The cross, with a corner and the middle lost and two units set that were not.
const RowVector spoilt = units("X..XX.X.X.......X.X.XX...");

/// Several pictures side by side, -1 black and 1 white, a gray column between.
Matrix side_by_side(const std::vector<RowVector>& states) {
    Matrix all = Matrix::Constant(5, static_cast<Index>(states.size()) * 6 - 1, Scalar{0.5});
    for (std::size_t i = 0; i < states.size(); ++i) {
        const Matrix picture = states[i].reshaped<Eigen::RowMajor>(5, 5);
        all.middleCols(static_cast<Index>(i) * 6, 5) = (picture.array() + 1) / 2;
    }
    return all;
}

}  // namespace

QKV_SCENE("Where is the next thing written?", "下一件东西写在哪里？", "[step]") {
    // Six slots, one read. Eight things come by, each with a key of its own; then the third is asked for.
    State state{Matrix::Zero(6, 8), RowVector::Zero(6), Matrix::Zero(1, 6)};
    Matrix usage(9, 6), found(1, 8);
    for (Index t = 0; t < 9; ++t) {
        const Index thing = t < 8 ? t : 6;
        Control control{Matrix::Zero(1, 8), RowVector::Constant(1, -9)};
        control.keys(0, thing) = 20;
        if (t == 8) control.gates(0) = 9;  // nothing new: what is found is strengthened
        const Step after = learner::step(state, control, Scalar{0.9});
        REQUIRE_THAT(after.state.usage, Pictured(1, 6));
        REQUIRE_THAT(after.read, Pictured(1, 8));
        state = after.state;
        usage.row(t) = state.usage;
        found = after.read;
    }
    say(
        {"Six slots, eight things one after the other, each written to the slot that was used least. Usage fades by "
         "0.9 a "
         "step, so the seventh thing takes the place of the first.",
         "六个槽，八件东西依次写入，每次都写到最少使用的槽里。使用量每步乘以 0.9，所以第七件东西顶替了第一件。"});
    show({"usage after each thing, a row a step; in the last row thing 6 is looked for",
          "每一步之后的使用量，一步一行；最后一行是在找第 6 件东西"},
         usage, 9, 6);
    show({"what was found: thing 6 is the strongest", "找到的内容：第 6 件最强"}, found, 1, 8);
}

QKV_SCENE("Can a memory repair what is shown to it?", "记忆能把残缺的东西补全吗？", "[recall]") {
    Matrix patterns(2, 25);
    patterns << cross, frame;
    const Matrix weights = patterns.transpose() * patterns - 2 * Matrix::Identity(25, 25);
    std::vector<int> order;
    for (int i = 0; i < 25; ++i) order.push_back(i);
    const RowVector recalled = learner::hopfield_recall(weights, spoilt, order);
    REQUIRE_THAT(recalled, Pictured(1, 25));
    say(
        {"Two pictures were stored by Hebb's rule. A spoilt one is shown; one unit after the other looks at all others "
         "and "
         "changes its mind, and the energy only falls.",
         "按 Hebb 规则存了两幅图。给它看一幅残缺的，一个单元接一个单元看看其余单元，改变主意，能量只降不升。"});
    show({"stored, stored, spoilt, recalled", "存的、存的、残缺的、回忆出来的"},
         side_by_side({cross, frame, spoilt, recalled}), 5, 23, Look::image);
}

QKV_SCENE("The modern form of it is attention", "它的现代形式就是注意力", "[modern]") {
    Matrix patterns(2, 25), recalled(3, 25);
    patterns << cross, frame;
    const double betas[] = {0.02, 0.1, 1};
    for (Index i = 0; i < 3; ++i) {
        const Matrix one = learner::modern_recall(spoilt, patterns, static_cast<Scalar>(betas[i]));
        REQUIRE_THAT(one, Pictured(1, 25));
        recalled.row(i) = one;
    }
    say(
        {"One update is softmax(beta * state * patternsᵀ) * patterns. A small beta gives the mean of what is stored, a "
         "large "
         "one the nearest pattern, in a single step.",
         "更新一次就是 softmax(beta * 状态 * 模式ᵀ) * 模式。beta 小，得到的是各个模式的平均；beta "
         "大，一步就得到最近的那个模式。"});
    show({"recalled with beta 0.02, 0.1 and 1", "beta 为 0.02、0.1、1 时回忆出来的"},
         side_by_side({recalled.row(0), recalled.row(1), recalled.row(2)}), 5, 17, Look::image);
}
