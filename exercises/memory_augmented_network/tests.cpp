// The grader of `memory_augmented_network`. A test's name states a law; its body sets the scene, calls your function
// and holds what comes back against the law. Golden values are the papers' equations in NumPy's float64, confirmed by
// PyTorch; what one update of a modern Hopfield network must return is PyTorch's attention.
#include "testing/tests.hpp"
#include "remote.hpp"
#include "testing/misfits.hpp"

#include <cmath>
#include <limits>

using namespace qkv;
using namespace qkv::testing;
using memory_augmented_network::Control;
using memory_augmented_network::State;
using memory_augmented_network::Step;

namespace {

RowVector uniform(Index n_slots) { return RowVector::Constant(n_slots, Scalar{1} / static_cast<Scalar>(n_slots)); }

/// All the weight on one slot.
RowVector only(Index slot, Index n_slots) {
    RowVector weights = RowVector::Zero(n_slots);
    weights(slot) = 1;
    return weights;
}

/// The worked example of the statement: the state before, what the controller says, and what comes of it.
const Matrix example_memory{{3, 4, 0}, {0, 0, 0}, {0, 6, 8}, {4, 0, -3}};
const RowVector example_usage{{0.9, 0.4, 0.6, 0.2}};
const Matrix example_before{{0.6, 0.2, 0.1, 0.1}};
const Matrix example_key{{0, 2, 0}};
const RowVector example_gate{{std::log(Scalar{3})}};
const RowVector example_least_used{{0, 0, 0, 1}};
const Matrix example_writes{{0.45, 0.15, 0.075, 0.325}};
const Matrix example_written{{3, 4.9, 0}, {0, 0.3, 0}, {0, 6.15, 8}, {0, 0.65, 0}};
const Matrix example_reads{{0.2438414217600084, 0.2824966802284452, 0.1911652177831013, 0.2824966802284452}};
const RowVector example_used{{1.5038414217600084, 0.7924966802284452, 0.8061652177831013, 0.7874966802284452}};
const Matrix example_read{{0.7315242652800252, 2.6388609022071368, 1.5293217422648102}};

/// The Hopfield example of the statement: two patterns of five units, and their couplings.
const Matrix example_patterns{{1, 1, -1, -1, 1}, {1, -1, 1, -1, 1}};
const Matrix example_couplings{
    {0, 0, 0, -2, 2}, {0, 0, -2, 0, 0}, {0, -2, 0, 0, 0}, {-2, 0, 0, 0, -2}, {2, 0, 0, -2, 0}};

/// The modern one: four patterns of three features.
const Matrix example_stored{{2, 0, 0}, {0, 2, 0}, {0, 0, 2}, {-1, -1, 0}};

State golden_state(int number) {
    const std::string prefix = "step/" + std::to_string(number) + "/";
    return {golden(prefix + "memory"), golden(prefix + "usage"), golden(prefix + "reads")};
}

Control golden_control(int number) {
    const std::string prefix = "step/" + std::to_string(number) + "/";
    return {golden(prefix + "keys"), golden(prefix + "gates")};
}

/// 64 units: 1 where unit and `bits` share an even number of binary digits. Any two of these patterns are orthogonal.
RowVector stripes(unsigned bits) {
    RowVector pattern(64);
    for (unsigned unit = 0; unit < 64; ++unit) {
        const unsigned shared = unit & bits;
        const unsigned ones = (shared & 1U) + (shared >> 1U & 1U) + (shared >> 2U & 1U) + (shared >> 3U & 1U) +
                              (shared >> 4U & 1U) + (shared >> 5U & 1U);
        pattern(unit) = ones % 2 == 0 ? 1 : -1;
    }
    return pattern;
}

/// Every unit once, from the first to the last.
std::vector<int> one_after_the_other(int n_units) {
    std::vector<int> order;
    for (int unit = 0; unit < n_units; ++unit) order.push_back(unit);
    return order;
}

/// One pattern's couplings, pair by pair.
Matrix coupled(const RowVector& pattern) {
    Matrix couplings = Matrix::Zero(pattern.size(), pattern.size());
    for (Index i = 0; i < pattern.size(); ++i) {
        for (Index j = 0; j < i; ++j) couplings(i, j) = couplings(j, i) = pattern(i) * pattern(j);
    }
    return couplings;
}

}  // namespace

// ----------------------------------------------------------------------------------------- reading

QKV_TEST("the read weights of the statement's example come out", "题目算例中的读权重结果正确", "[reading]") {
    CHECK_THAT(learner::cosine_weights(example_key, example_memory),
               Equals(Matrix{{0.3680003552222891, 0.1653532184068007, 0.3012932079641095, 0.1653532184068007}}));
    CHECK_THAT(learner::cosine_weights(example_key, example_written), Equals(example_reads));
}

QKV_TEST("each read's weights sum to one and none is negative", "每次读取的权重之和为一，且没有负数", "[reading]") {
    const Matrix weights = learner::cosine_weights(golden("cosine/keys"), golden("cosine/memory"));
    const Matrix sums = weights.rowwise().sum();
    CHECK_THAT(sums, Equals(filled(3, 1, 1)));
    CHECK((weights.array() > 0).all());
}

QKV_TEST("only directions count, however short or long keys and slots are", "只看方向，键和槽多短多长都一样",
         "[reading]") {
    const Matrix keys = golden("cosine/keys"), memory = golden("cosine/memory");
    const RowVector of_keys{{0.25, 16, 2}}, of_slots{{0.25, 8, 1, 0.5, 32}};
    const Matrix other_keys = of_keys.asDiagonal() * keys, other_slots = of_slots.asDiagonal() * memory;
    CHECK_THAT(learner::cosine_weights(other_keys, other_slots), Equals(golden("cosine/weights")));
    const Matrix short_keys = keys * Scalar{0x1p-40}, short_slots = memory * Scalar{0x1p-40};
    CHECK_THAT(learner::cosine_weights(short_keys, short_slots), Equals(golden("cosine/weights")));
}

QKV_TEST("a slot like the key weighs e^2 times as much as an opposite one: there is no strength",
         "与键同向的槽，权重是反向的槽的 e^2 倍：这里没有强度", "[reading]") {
    const Scalar like = 1 / (1 + std::exp(Scalar{-2}));
    CHECK_THAT(learner::cosine_weights(Matrix{{3, 4}}, Matrix{{-3, -4}, {6, 8}}), Equals(Matrix{{1 - like, like}}));
}

QKV_TEST("a zero slot weighs as much as an orthogonal one", "全零的槽与正交的槽权重相同", "[reading]") {
    const Matrix memory{{6, 8}, {0, 0}, {0, 5}, {-4, 3}, {-1.5, -2}};  // cosines 1, 0, 0.8, 0, -1
    CHECK_THAT(learner::cosine_weights(Matrix{{3, 4}}, memory), Equals(golden("cosine/hand")));
}

QKV_TEST("a zero key, or a memory of zeros, looks at all slots alike", "键全为零，或记忆全为零时，对所有槽一视同仁",
         "[reading]") {
    Matrix keys = golden("cosine/keys");
    CHECK_THAT(learner::cosine_weights(keys, Matrix::Zero(7, 6)), Equals(uniform(7).replicate(3, 1)));
    keys.row(1).setZero();
    Matrix expected = golden("cosine/weights");
    expected.row(1) = uniform(5);
    CHECK_THAT(learner::cosine_weights(keys, golden("cosine/memory")), Equals(expected));
}

QKV_TEST("every read has a key of its own and its own weights", "每次读取有自己的键，也有自己的权重", "[reading]") {
    CHECK_THAT(learner::cosine_weights(golden("cosine/keys"), golden("cosine/memory")),
               Equals(golden("cosine/weights")));
}

QKV_TEST("a hundred slots are read alike", "一百个槽也同样读取", "[reading]") {
    CHECK_THAT(learner::cosine_weights(filled(3, 2, 1), filled(100, 2, 5)), Equals(uniform(100).replicate(3, 1)));
}

QKV_TEST("keys of another width than the memory are an error", "键与记忆宽度不同是错误", "[reading]") {
    const Misfits misfits("keys, memory", Matrix(golden("cosine/keys")), Matrix(golden("cosine/memory")));
    check_refused(learner::cosine_weights, misfits.except({"keys.rows", "memory.rows"}));
}

// ------------------------------------------------------------------------------------------- usage

QKV_TEST("the usage of the statement's example comes out", "题目算例中的使用量结果正确", "[usage]") {
    CHECK_THAT(learner::update_usage(example_usage, Scalar(0.9), example_reads, example_writes), Equals(example_used));
}

QKV_TEST("with a decay of 0 the past is forgotten, with 1 nothing fades", "衰减为 0 时忘掉过去，为 1 时毫不减弱",
         "[usage]") {
    const RowVector usage{{3, 0, 1, 2}};
    const Matrix reads{{0.5, 0, 0.25, 0.25}, {0, 0, 1, 0}}, writes{{1, 0, 0, 0}, {0, 0.125, 0, 0.875}};
    CHECK_THAT(learner::update_usage(usage, 0, reads, writes), Equals(Matrix{{1.5, 0.125, 1.25, 1.125}}));
    CHECK_THAT(learner::update_usage(usage, 1, reads, writes), Equals(Matrix{{4.5, 0.125, 2.25, 3.125}}));
}

QKV_TEST("what is used now counts in full, whatever the decay", "无论衰减是多少，现在用到的都足额计入", "[usage]") {
    const Matrix reads = golden("usage/reads"), writes = golden("usage/writes");
    const RowVector none = RowVector::Zero(7), now = reads.colwise().sum() + writes.colwise().sum();
    CHECK_THAT(learner::update_usage(none, Scalar(0.25), reads, writes), Equals(now));
}

QKV_TEST("each read and each write adds 1 to the usage of the whole memory", "每读一次、每写一次，整个记忆的使用量加 1",
         "[usage]") {
    const Matrix reads = golden("usage/reads"), writes = golden("usage/writes");
    const RowVector updated = learner::update_usage(golden("usage/usage"), 0.5, reads, writes);
    CHECK_THAT(filled(1, 1, updated.sum()), Equals(filled(1, 1, golden("usage/usage").sum() / 2 + 4)));
}

QKV_TEST("the usage has the values of the formula", "使用量与公式一致", "[usage]") {
    CHECK_THAT(
        learner::update_usage(golden("usage/usage"), Scalar(0.95), golden("usage/reads"), golden("usage/writes")),
        Equals(golden("usage/updated")));
}

QKV_TEST("usage and weights must be of the same slots, read and write weights of the same reads",
         "使用量与权重的槽数要一致，读权重与写权重的行数要一致", "[usage]") {
    const RowVector usage = golden("usage/usage");
    const Matrix reads = golden("usage/reads"), writes = golden("usage/writes");
    for (const Scalar decay : {Scalar(0.95), Scalar(0), Scalar(1)})
        check_refused(learner::update_usage, Misfits("usage, decay, reads, writes", usage, decay, reads, writes));
}

QKV_TEST("a decay outside 0 to 1 is an error", "超出 0 到 1 的衰减是错误", "[usage]") {
    const RowVector usage = golden("usage/usage");
    const Matrix reads = golden("usage/reads"), writes = golden("usage/writes");
    for (const double decay : {-0.125, 1.125, -1e-6, 1 + 1e-6, -3., 7.}) {
        CHECK_THROWS_AS(learner::update_usage(usage, static_cast<Scalar>(decay), reads, writes), std::invalid_argument);
    }
}

// -------------------------------------------------------------------------------------- least used

QKV_TEST("the least used slots of the statement's example are marked", "题目算例中最少使用的槽被标了出来",
         "[least_used]") {
    CHECK_THAT(learner::least_used_slots(example_usage, 1), Equals(example_least_used));
    CHECK_THAT(learner::least_used_slots(example_usage, 2), Equals(Matrix{{0, 1, 0, 1}}));
}

QKV_TEST("where no two usages are equal, those up to the n-th smallest are marked",
         "使用量互不相等时，标出的是不大于第 n 小的那些", "[least_used]") {
    const Matrix marked = golden("least/marked");
    for (Index n = 1; n <= 7; ++n)
        CHECK_THAT(learner::least_used_slots(golden("least/usage"), n), Equals(marked.row(n - 1)));
}

QKV_TEST("in a fresh memory the first n slots are marked, not all", "全新的记忆里，标出前 n 个槽，而不是全部",
         "[least_used]") {
    CHECK_THAT(learner::least_used_slots(RowVector::Zero(5), 1), Equals(Matrix{{1, 0, 0, 0, 0}}));
    CHECK_THAT(learner::least_used_slots(RowVector::Zero(5), 3), Equals(Matrix{{1, 1, 1, 0, 0}}));
}

QKV_TEST("of slots that are used alike, the smaller number comes first", "使用量相同的槽，编号小的在先",
         "[least_used]") {
    const RowVector usage{{0.5, 0.25, 0.5, 0.25, 0.25, 0.75}};
    CHECK_THAT(learner::least_used_slots(usage, 1), Equals(Matrix{{0, 1, 0, 0, 0, 0}}));
    CHECK_THAT(learner::least_used_slots(usage, 2), Equals(Matrix{{0, 1, 0, 1, 0, 0}}));
    CHECK_THAT(learner::least_used_slots(usage, 4), Equals(Matrix{{1, 1, 0, 1, 1, 0}}));
    CHECK_THAT(learner::least_used_slots(usage, 5), Equals(Matrix{{1, 1, 1, 1, 1, 0}}));
    CHECK_THAT(learner::least_used_slots(usage, 6), Equals(filled(1, 6, 1)));
}

QKV_TEST("the smallest difference tells two slots apart, and no usage is too large",
         "再小的差别也分得出先后，再大的使用量也一样", "[least_used]") {
    const Scalar more = 1 + std::numeric_limits<Scalar>::epsilon();
    CHECK_THAT(learner::least_used_slots(RowVector{{more, 1, more}}, 1), Equals(Matrix{{0, 1, 0}}));
    CHECK_THAT(learner::least_used_slots(RowVector{{4e30, 2e30, 3e30, 5e30}}, 3), Equals(Matrix{{1, 1, 1, 0}}));
}

QKV_TEST("of a hundred slots that are used less and less, the last are marked",
         "一百个槽，使用量递减，标出的是最后几个", "[least_used]") {
    RowVector usage(100), marked = RowVector::Zero(100);
    for (Index i = 0; i < 100; ++i) usage(i) = static_cast<Scalar>(50 - i);
    marked.tail(40).setOnes();
    CHECK_THAT(learner::least_used_slots(usage, 40), Equals(marked));
}

QKV_TEST("fewer than one slot, or more than there are, is an error", "少于一个槽，或多于现有的槽，是错误",
         "[least_used]") {
    for (const Index n : {-1, 0, 8, 9, 100})
        CHECK_THROWS_AS(learner::least_used_slots(golden("least/usage"), n), std::invalid_argument);
}

// -------------------------------------------------------------------------------------------- gate

QKV_TEST("the write weights of the statement's example come out", "题目算例中的写权重结果正确", "[gate]") {
    CHECK_THAT(learner::gate_writes(example_gate, example_before, example_least_used), Equals(example_writes));
}

QKV_TEST("a gate of 0 takes one half of each", "门为 0 时两边各取一半", "[gate]") {
    CHECK_THAT(learner::gate_writes(RowVector{{0}}, Matrix{{0.25, 0.75, 0}}, RowVector{{1, 0, 1}}),
               Equals(Matrix{{0.625, 0.375, 0.5}}));
}

QKV_TEST("gates of 1000 and -1000 leave one side alone", "门为 1000 和 -1000 时只剩一边", "[gate]") {
    const Matrix reads{{0.5, 0.25, 0.25}, {0, 0.125, 0.875}};
    const RowVector least_used{{0, 1, 0}};
    CHECK_THAT(learner::gate_writes(RowVector{{1000, -1000}}, reads, least_used),
               Equals(Matrix{{0.5, 0.25, 0.25}, {0, 1, 0}}));
    CHECK_THAT(learner::gate_writes(RowVector{{-1e6, 1e6}}, reads, least_used),
               Equals(Matrix{{0, 1, 0}, {0, 0.125, 0.875}}));
}

QKV_TEST("gates of 12 and -12 leave a trace of the other side", "门为 12 和 -12 时，另一边还留下一点", "[gate]") {
    const Scalar nearly = 0.9999938558253978, trace = 6.144174602214718e-06;
    CHECK_THAT(learner::gate_writes(RowVector{{12, -12}}, Matrix{{1, 0}, {1, 0}}, RowVector{{0, 1}}),
               Equals(Matrix{{nearly, trace}, {trace, nearly}}));
}

QKV_TEST("opposite gates share what is to be written", "相反的两个门恰好分完", "[gate]") {
    const RowVector gates = golden("gate/gates"), least_used = golden("gate/least_used"), opposite = -gates;
    const Matrix reads = golden("gate/reads");
    const Matrix sum =
        learner::gate_writes(gates, reads, least_used) + learner::gate_writes(opposite, reads, least_used);
    CHECK_THAT(sum, Equals(reads.rowwise() + least_used));
}

QKV_TEST("every read has a gate of its own", "每次读取有自己的门", "[gate]") {
    CHECK_THAT(learner::gate_writes(golden("gate/gates"), golden("gate/reads"), golden("gate/least_used")),
               Equals(golden("gate/writes")));
}

QKV_TEST("there must be a gate for each read and as many slots on both sides", "每次读取要有一个门，两边的槽数要一致",
         "[gate]") {
    const RowVector gates = golden("gate/gates"), least_used = golden("gate/least_used");
    const Matrix reads = golden("gate/reads");
    check_refused(learner::gate_writes, Misfits("gates, reads, least_used", gates, reads, least_used));
}

// ----------------------------------------------------------------------------------------- writing

QKV_TEST("the memory of the statement's example is written", "题目算例中的记忆写得正确", "[writing]") {
    CHECK_THAT(learner::write_memory(example_memory, example_least_used, example_writes, example_key),
               Equals(example_written));
}

QKV_TEST("an erased slot holds what is written now and nothing else", "擦掉的槽里只有现在写入的内容", "[writing]") {
    const Matrix memory{{5, 6, 7}, {-1, 9, 4}}, keys{{1, 2, 3}};
    CHECK_THAT(learner::write_memory(memory, RowVector{{0, 1}}, Matrix{{0, 1}}, keys),
               Equals(Matrix{{5, 6, 7}, {1, 2, 3}}));
    CHECK_THAT(learner::write_memory(memory, RowVector{{1, 0}}, Matrix{{0, 0}}, keys),
               Equals(Matrix{{0, 0, 0}, {-1, 9, 4}}));
}

QKV_TEST("all other slots keep what they hold, and the key comes on top", "其他的槽保留原有内容，键加在上面",
         "[writing]") {
    const Matrix memory = golden("write/memory"), keys{{4, -8, 16, 2}};
    Matrix expected = memory;
    for (Index i = 0; i < 5; ++i) expected.row(i) += keys / 4;
    CHECK_THAT(learner::write_memory(memory, RowVector::Zero(5), filled(1, 5, 0.25), keys), Equals(expected));
    CHECK_THAT(learner::write_memory(memory, RowVector::Zero(5), filled(1, 5, 0), keys), Equals(memory));
}

QKV_TEST("all keys are written, each by its own weights", "每个键都写入，各按自己的权重", "[writing]") {
    const Matrix keys{{1, 0}, {0, 10}}, writes{{0.5, 0.25, 0}, {0, 0.5, 1}};
    CHECK_THAT(learner::write_memory(filled(3, 2, 1), RowVector{{1, 0, 1}}, writes, keys),
               Equals(Matrix{{0.5, 0}, {1.25, 6}, {0, 10}}));
    CHECK_THAT(learner::write_memory(golden("write/memory"), golden("write/least_used"), golden("write/writes"),
                                     golden("write/keys")),
               Equals(golden("write/written")));
}

QKV_TEST("what does not fit the memory is an error", "与记忆不匹配是错误", "[writing]") {
    const Matrix memory = golden("write/memory"), writes = golden("write/writes"), keys = golden("write/keys");
    const RowVector least_used = golden("write/least_used");
    check_refused(learner::write_memory, Misfits("memory, least_used, writes, keys", memory, least_used, writes, keys));
}

// -------------------------------------------------------------------------------------------- step

QKV_TEST("the step of the statement's example comes out", "题目算例中的一步结果正确", "[step]") {
    const Step result =
        learner::step({example_memory, example_usage, example_before}, {example_key, example_gate}, Scalar(0.9));
    CHECK_THAT(result.read, Equals(example_read));
    CHECK_THAT(result.state.memory, Equals(example_written));
    CHECK_THAT(result.state.usage, Equals(example_used));
    CHECK_THAT(result.state.reads, Equals(example_reads));
}

QKV_TEST("in a fresh memory the first key goes to slot 0, and is found at once",
         "全新的记忆里，第一个键写进槽 0，马上就能找到", "[step]") {
    const State fresh{Matrix::Zero(4, 3), RowVector::Zero(4), uniform(4)};
    const Step result = learner::step(fresh, {Matrix{{2, 0, 1}}, RowVector{{-1000}}}, Scalar(0.95));
    const Scalar e = std::exp(Scalar{1}), found = e / (e + 3), missed = 1 / (e + 3);
    CHECK_THAT(result.state.memory, Equals(Matrix{{2, 0, 1}, {0, 0, 0}, {0, 0, 0}, {0, 0, 0}}));
    CHECK_THAT(result.state.reads, Equals(Matrix{{found, missed, missed, missed}}));
    CHECK_THAT(result.state.usage, Equals(Matrix{{1 + found, missed, missed, missed}}));
    CHECK_THAT(result.read, Equals(Matrix{{2 * found, 0, found}}));
}

QKV_TEST("four keys, one after the other, each get the slot that was used least",
         "先后来的四个键，各得到当时最少使用的槽", "[step]") {
    State state{filled(4, 5, 7), RowVector{{0.9, 0.3, 0.6, 0}}, uniform(4)};
    for (Index turn = 0; turn < 4; ++turn) {
        const Control control{only(turn, 5), RowVector{{-1000}}};
        state = learner::step(state, control, Scalar(1)).state;
    }
    CHECK_THAT(state.memory, Equals(Matrix{{0, 0, 0, 1, 0}, {0, 1, 0, 0, 0}, {0, 0, 1, 0, 0}, {1, 0, 0, 0, 0}}));
}

QKV_TEST("with the gates open, the keys go where the step before has read, and the least used slots are empty",
         "门全开时，键写到上一步读过的地方，最少使用的槽则被清空", "[step]") {
    State before = golden_state(0);
    before.usage = RowVector{{3, 1, 4, 0, 5, 2}};
    const Matrix keys = golden("step/1/keys");
    const Step result = learner::step(before, {keys, RowVector{{1000, 1000}}}, Scalar(0.9));
    Matrix expected = before.memory;
    expected.row(1).setZero();
    expected.row(3).setZero();
    for (Index r = 0; r < 2; ++r) expected += before.reads.row(r).transpose() * keys.row(r);
    CHECK_THAT(result.state.memory, Equals(expected));
}

QKV_TEST("one step has the values of the formulas", "一步的结果与公式一致", "[step]") {
    for (const int number : {1, 2, 3, 4}) {
        const Step result = learner::step(golden_state(number - 1), golden_control(number), Scalar(0.9));
        const State expected = golden_state(number);
        CHECK_THAT(result.read, Equals(golden("step/" + std::to_string(number) + "/read")));
        CHECK_THAT(result.state.memory, Equals(expected.memory));
        CHECK_THAT(result.state.usage, Equals(expected.usage));
        CHECK_THAT(result.state.reads, Equals(expected.reads));
    }
}

QKV_TEST("four steps in a row, each from the state of the one before", "连走四步，每一步接着上一步的状态", "[step]") {
    State state = golden_state(0);
    for (const int number : {1, 2, 3}) state = learner::step(state, golden_control(number), Scalar(0.9)).state;
    CHECK_THAT(learner::step(state, golden_control(4), Scalar(0.9)).read, Equals(golden("step/4/read")));
}

QKV_TEST("a state and a controller that do not fit are an error", "状态与控制器的输出不匹配是错误", "[step]") {
    const Misfits misfits("state, control, decay", golden_state(0), golden_control(1), Scalar(0.9));
    check_refused(learner::step, misfits);
}

QKV_TEST("what a part refuses, the step refuses: a decay of 1.5, more reads than slots",
         "任何一部分拒绝的参数，整个一步也要拒绝：衰减为 1.5，读取次数比槽还多", "[step]") {
    for (const double decay : {1.5, -0.5, 1 + 1e-6}) {
        CHECK_THROWS_AS(learner::step(golden_state(0), golden_control(1), static_cast<Scalar>(decay)),
                        std::invalid_argument);
    }
    const State small{filled(2, 3, 1), RowVector{{1, 2}}, filled(3, 2, 0.5)};
    CHECK_THROWS_AS(learner::step(small, {filled(3, 3, 1), RowVector::Zero(3)}, 0.5), std::invalid_argument);
}

// ----------------------------------------------------------------------------------------- storing

QKV_TEST("the couplings of the statement's two patterns come out", "题目中两个模式的耦合结果正确", "[storing]") {
    CHECK_THAT(learner::hebbian_weights(example_patterns), Equals(example_couplings));
}

QKV_TEST("two units that agree are coupled by 1, two that differ by -1, none with itself",
         "取值相同的两个单元耦合为 1，不同的为 -1，自己与自己没有耦合", "[storing]") {
    CHECK_THAT(learner::hebbian_weights(Matrix{{1, -1, 1}}), Equals(Matrix{{0, -1, 1}, {-1, 0, -1}, {1, -1, 0}}));
}

QKV_TEST("patterns add up, each as if it were alone", "多个模式的耦合逐个相加", "[storing]") {
    Matrix patterns(5, 64), sum = Matrix::Zero(64, 64);
    for (unsigned p = 0; p < 5; ++p) {
        patterns.row(p) = stripes(3 + 7 * p);
        sum += coupled(stripes(3 + 7 * p));
    }
    CHECK_THAT(learner::hebbian_weights(patterns), Equals(sum));
}

QKV_TEST("a pattern and its negative are stored alike", "模式与它的相反数存下来是一样的", "[storing]") {
    const Matrix negative = -stripes(11);
    CHECK_THAT(learner::hebbian_weights(negative), Equals(coupled(stripes(11))));
}

QKV_TEST("without patterns nothing is coupled", "没有模式，就没有耦合", "[storing]") {
    CHECK_THAT(learner::hebbian_weights(Matrix(0, 4)), Equals(filled(4, 4, 0)));
}

QKV_TEST("an entry that is neither 1 nor -1 is an error", "元素既不是 1 也不是 -1 是错误", "[storing]") {
    for (const double wrong : {0., 2., -2., 0.5, 1 + 1e-6}) {
        for (const Index row : {0, 1}) {
            Matrix patterns = example_patterns;
            patterns(row, row == 0 ? 4 : 0) = static_cast<Scalar>(wrong);
            CHECK_THROWS_AS(learner::hebbian_weights(patterns), std::invalid_argument);
        }
    }
}

// ------------------------------------------------------------------------------------------ recall

QKV_TEST("the statement's network finds its first pattern, and the energy falls from 0 to -8",
         "题目中的网络找到第一个模式，能量从 0 降到 -8", "[recall]") {
    const RowVector damaged{{1, 1, -1, 1, 1}}, pattern = example_patterns.row(0);
    CHECK_THAT(learner::hopfield_recall(example_couplings, damaged, {0, 1, 2, 3, 4}), Equals(pattern));
    CHECK_THAT(filled(1, 1, learner::hopfield_energy(example_couplings, damaged)), Equals(filled(1, 1, 0)));
    CHECK_THAT(filled(1, 1, learner::hopfield_energy(example_couplings, pattern)), Equals(filled(1, 1, -8)));
}

QKV_TEST("which unit comes first decides which of the statement's patterns is found",
         "先轮到哪个单元，决定了题目中的网络找到哪个模式", "[recall]") {
    const RowVector between{{1, 1, 1, -1, 1}};
    CHECK_THAT(learner::hopfield_recall(example_couplings, between, {0, 1, 2, 3, 4}), Equals(example_patterns.row(1)));
    CHECK_THAT(learner::hopfield_recall(example_couplings, between, {2, 0, 1, 3, 4}), Equals(example_patterns.row(0)));
}

QKV_TEST("each unit sees the others as they are by then", "每个单元看到的是其他单元此刻的状态", "[recall]") {
    const Matrix friends{{0, 1}, {1, 0}};
    CHECK_THAT(learner::hopfield_recall(friends, RowVector{{1, -1}}, {0, 1}), Equals(Matrix{{-1, -1}}));
    CHECK_THAT(learner::hopfield_recall(friends, RowVector{{1, -1}}, {1, 0}), Equals(Matrix{{1, 1}}));
}

QKV_TEST("a unit whose input is 0 stays as it is", "输入为 0 的单元保持原样", "[recall]") {
    const RowVector state{{1, -1, 1, 1, -1}};
    CHECK_THAT(learner::hopfield_recall(Matrix::Zero(5, 5), state, one_after_the_other(5)), Equals(state));
    const Matrix torn{{0, 1, 1}, {1, 0, 1}, {1, 1, 0}};
    CHECK_THAT(learner::hopfield_recall(torn, RowVector{{-1, 1, -1}}, {0}), Equals(Matrix{{-1, 1, -1}}));
    CHECK_THAT(learner::hopfield_recall(torn, RowVector{{1, 1, -1}}, {0}), Equals(Matrix{{1, 1, -1}}));
}

QKV_TEST("the smallest input decides", "输入再小也起作用", "[recall]") {
    const Matrix weak = Scalar{0x1p-60} * Matrix{{0, 1}, {-1, 0}};
    CHECK_THAT(learner::hopfield_recall(weak, RowVector{{1, -1}}, {0}), Equals(Matrix{{-1, -1}}));
    CHECK_THAT(learner::hopfield_recall(weak, RowVector{{-1, -1}}, {1}), Equals(Matrix{{-1, 1}}));
}

QKV_TEST("a unit may come several times, or never", "一个单元可以轮到多次，也可以轮不到", "[recall]") {
    const Matrix chain{{0, 0, 0}, {4, 0, -1}, {0, 2, 0}};  // 0 drives 1, 1 drives 2
    CHECK_THAT(learner::hopfield_recall(chain, RowVector{{1, -1, -1}}, {}), Equals(Matrix{{1, -1, -1}}));
    CHECK_THAT(learner::hopfield_recall(chain, RowVector{{1, -1, -1}}, {2, 1}), Equals(Matrix{{1, 1, -1}}));
    CHECK_THAT(learner::hopfield_recall(chain, RowVector{{1, -1, -1}}, {2, 1, 2}), Equals(Matrix{{1, 1, 1}}));
}

QKV_TEST("the input of unit i is row i of the weights times the state, the diagonal with it",
         "单元 i 的输入是权重的第 i 行乘以状态，对角线也算在内", "[recall]") {
    const Matrix weights{{3, 1, 1}, {-2, 0.5, 0}, {1, 1, -4}};
    CHECK_THAT(learner::hopfield_recall(weights, RowVector{{1, -1, -1}}, {0, 1, 2}), Equals(Matrix{{1, -1, 1}}));
    CHECK_THAT(filled(1, 1, learner::hopfield_energy(weights, RowVector{{1, -1, -1}})), Equals(filled(1, 1, 0.25)));
}

QKV_TEST("of three patterns stored in 64 units, each is found again from ten errors",
         "64 个单元里存了三个模式，错了十处也能找回每一个", "[recall]") {
    const Matrix weights = coupled(stripes(9)) + coupled(stripes(22)) + coupled(stripes(35));
    for (const unsigned bits : {9U, 22U, 35U}) {
        RowVector damaged = stripes(bits);
        for (Index unit = 2; unit < 62; unit += 6) damaged(unit) *= -1;
        CHECK_THAT(learner::hopfield_recall(weights, damaged, one_after_the_other(64)), Equals(stripes(bits)));
    }
}

QKV_TEST("the energy never rises, whichever unit is next", "无论轮到哪个单元，能量都不会升高", "[recall]") {
    const Matrix weights = coupled(stripes(9)) - 2 * coupled(stripes(22)) + coupled(stripes(60));
    RowVector state = stripes(17);
    Scalar before = learner::hopfield_energy(weights, state);
    for (const int unit : {5, 60, 31, 5, 18, 2, 44, 63, 0, 27}) {
        state = learner::hopfield_recall(weights, state, {unit});
        const Scalar after = learner::hopfield_energy(weights, state);
        CHECK(after <= before);
        before = after;
    }
}

QKV_TEST("a state and its negative are equally high", "状态与它的相反数能量相同", "[recall]") {
    const Matrix weights = coupled(stripes(9)) + coupled(stripes(22));
    const RowVector state = stripes(22), negative = -state;
    CHECK_THAT(filled(1, 1, learner::hopfield_energy(weights, state)), Equals(filled(1, 1, Scalar{-64} * 63 / 2 + 32)));
    CHECK_THAT(filled(1, 1, learner::hopfield_energy(weights, negative)),
               Equals(filled(1, 1, Scalar{-64} * 63 / 2 + 32)));
}

QKV_TEST("weights that are not square, and a state of another length, are errors",
         "权重不是方阵，或状态长度不符，是错误", "[recall]") {
    const RowVector state = example_patterns.row(0);
    const std::vector<int> order = {3, 1};
    check_refused(learner::hopfield_energy, Misfits("weights, state", example_couplings, state));
    check_refused(learner::hopfield_recall,
                  Misfits("weights, state, order", example_couplings, state, order).except({"order.size()"}));
}

QKV_TEST("a state other than 1 and -1, and a unit that does not exist, are errors",
         "状态不是 1 和 -1，或单元不存在，是错误", "[recall]") {
    for (const double wrong : {0., 2., -2., 0.5, 1 + 1e-6}) {
        const RowVector state{{1, -1, 1, static_cast<Scalar>(wrong), 1}};
        CHECK_THROWS_AS(learner::hopfield_energy(example_couplings, state), std::invalid_argument);
        CHECK_THROWS_AS(learner::hopfield_recall(example_couplings, state, {0}), std::invalid_argument);
        CHECK_THROWS_AS(learner::hopfield_recall(example_couplings, state, {}), std::invalid_argument);
    }
    const RowVector state = example_patterns.row(0);
    for (const int unit : {-1, 5, 6, 1000}) {
        CHECK_THROWS_AS(learner::hopfield_recall(example_couplings, state, {unit}), std::invalid_argument);
        CHECK_THROWS_AS(learner::hopfield_recall(example_couplings, state, {0, 1, unit}), std::invalid_argument);
    }
}

// ------------------------------------------------------------------------------------------ modern

QKV_TEST("the statement's state is pulled to the first pattern, and its energy falls",
         "题目中的状态被拉向第一个模式，能量下降", "[modern]") {
    const RowVector state{{1, 0.5, 0}};
    const Matrix recalled{{1.9633783666341214, 0.0359597278132474, 0.0006586403402772}};
    CHECK_THAT(learner::modern_recall(state, example_stored, 4), Equals(recalled));
    CHECK_THAT(filled(1, 1, learner::modern_energy(state, example_stored, 4)),
               Equals(filled(1, 1, Scalar(0.9669535605554529))));
    CHECK_THAT(filled(1, 1, learner::modern_energy(recalled.row(0), example_stored, 4)),
               Equals(filled(1, 1, Scalar(0.3478908420075415))));
}

QKV_TEST("with beta = 1 / sqrt(d_k) one update is attention: queries are states, keys and values are patterns",
         "beta 等于 1 / sqrt(d_k) 时，一次更新就是注意力：查询是状态，键和值都是模式", "[modern]") {
    const Scalar beta = 1 / std::sqrt(Scalar{5});
    CHECK_THAT(learner::modern_recall(golden("modern/states"), golden("modern/patterns"), beta),
               Equals(golden("modern/attention")));
}

QKV_TEST("for other betas, too, the values are those of the formula", "其他的 beta 也与公式一致", "[modern]") {
    const Matrix states = golden("modern/states"), energies = golden("modern/energies");
    CHECK_THAT(learner::modern_recall(states, golden("modern/patterns"), Scalar(2.3)), Equals(golden("modern/sharp")));
    for (Index s = 0; s < 4; ++s) {
        CHECK_THAT(filled(1, 1, learner::modern_energy(states.row(s), golden("modern/patterns"), Scalar(2.3))),
                   Equals(filled(1, 1, energies.data()[s])));
    }
}

QKV_TEST("a large beta leaves the pattern with the largest product, and equals share",
         "beta 很大时只剩内积最大的模式，并列者平分", "[modern]") {
    const Matrix patterns{{3, 4}, {0, 6}, {4, 3}, {-3, -4}};
    CHECK_THAT(learner::modern_recall(Matrix{{1, 2}, {1, 1}, {-2, 0}}, patterns, 10000),
               Equals(Matrix{{0, 6}, {3.5, 3.5}, {-3, -4}}));
}

QKV_TEST("a tiny beta gives the mean of all patterns", "beta 极小时得到所有模式的平均", "[modern]") {
    const Matrix patterns{{3, 4}, {0, 6}, {4, 3}, {-3, -5}};
    const Matrix mean = patterns.colwise().mean();
    CHECK_THAT(learner::modern_recall(golden("modern/states").leftCols(2), patterns, Scalar(1e-12)),
               Equals(mean.replicate(4, 1)));
}

QKV_TEST("where all patterns point far away from the state, the result is finite all the same",
         "所有模式都远远背向状态时，结果仍是有限的", "[modern]") {
    const Matrix patterns{{1000, 0}, {1000, 1000}, {1000, -1000}};
    CHECK_THAT(learner::modern_recall(Matrix{{-1000, 0}}, patterns, 1), Equals(Matrix{{1000, 0}}));
    const Matrix two{{1000, 2000}, {1000, 2000}};
    CHECK_THAT(filled(1, 1, learner::modern_energy(RowVector{{-1, 0}}, two, 1)), Equals(filled(1, 1, 2501000.5)));
    CHECK_THAT(filled(1, 1, learner::modern_energy(RowVector{{1, 0}}, two, 1)), Equals(filled(1, 1, 2499000.5)));
}

QKV_TEST("a single pattern is remembered whole, and there the energy is 0", "只有一个模式时完整地想起它，那里能量为 0",
         "[modern]") {
    const RowVector pattern{{3, -1, 2}};
    CHECK_THAT(learner::modern_recall(Matrix{{1, 1, 1}, {0, 0, 0}}, pattern, 0.5), Equals(pattern.replicate(2, 1)));
    CHECK_THAT(filled(1, 1, learner::modern_energy(pattern, pattern, 0.5)), Equals(filled(1, 1, 0)));
}

QKV_TEST("the energy never rises in an update, and lies between 0 and 2 M^2",
         "一次更新不会使能量升高，能量在 0 与 2 M^2 之间", "[modern]") {
    const Matrix states = golden("modern/states"), patterns = golden("modern/patterns");
    const Scalar longest = patterns.array().square().rowwise().sum().maxCoeff();
    for (const double beta : {0.125, 0.5, 2., 30.}) {
        const Matrix recalled = learner::modern_recall(states, patterns, static_cast<Scalar>(beta));
        for (Index s = 0; s < 4; ++s) {
            const RowVector state = states.row(s) / 2;  // shorter than the longest pattern
            const Scalar energy = learner::modern_energy(state, patterns, static_cast<Scalar>(beta));
            CHECK(energy >= 0);
            CHECK(energy <= 2 * longest);
            const Scalar before = learner::modern_energy(states.row(s), patterns, static_cast<Scalar>(beta));
            CHECK(learner::modern_energy(recalled.row(s), patterns, static_cast<Scalar>(beta)) <= before);
        }
    }
}

QKV_TEST("a hundred equal patterns are as one", "一百个相同的模式就像一个", "[modern]") {
    const RowVector pattern{{3, -1}};
    CHECK_THAT(learner::modern_recall(Matrix{{1, 1}}, pattern.replicate(100, 1), 2), Equals(pattern));
    CHECK_THAT(filled(1, 1, learner::modern_energy(pattern, pattern.replicate(100, 1), 2)), Equals(filled(1, 1, 0)));
}

QKV_TEST("without states nothing is recalled", "没有状态就什么也不用想起", "[modern]") {
    CHECK_THAT(learner::modern_recall(Matrix(0, 5), golden("modern/patterns"), 1), Equals(Matrix(0, 5)));
}

QKV_TEST("states of another width, no patterns, and a beta that is not greater than 0 are errors",
         "状态宽度不符、没有模式、beta 不大于 0，都是错误", "[modern]") {
    const Matrix states = golden("modern/states"), patterns = golden("modern/patterns");
    const RowVector state = states.row(0);
    const Misfits of_recall("states, patterns, beta", states, patterns, Scalar(0.5));
    check_refused(learner::modern_recall, of_recall.except({"states.rows", "patterns.rows"}));
    const Misfits of_energy("state, patterns, beta", state, patterns, Scalar(0.5));
    check_refused(learner::modern_energy, of_energy.except({"patterns.rows"}));
    CHECK_THROWS_AS(learner::modern_recall(states, Matrix(0, 5), 0.5), std::invalid_argument);
    CHECK_THROWS_AS(learner::modern_energy(state, Matrix(0, 5), 0.5), std::invalid_argument);
    for (const double beta : {0., -1., -1e-6}) {
        CHECK_THROWS_AS(learner::modern_recall(states, patterns, static_cast<Scalar>(beta)), std::invalid_argument);
        CHECK_THROWS_AS(learner::modern_energy(state, patterns, static_cast<Scalar>(beta)), std::invalid_argument);
    }
}
