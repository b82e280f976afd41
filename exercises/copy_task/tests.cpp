// The grader of `copy_task`. A test's name states a law; its body sets the scene, calls your function and holds what
// comes back against the law. Golden values were computed by PyTorch from the same trained weights, in double.
#include <algorithm>
#include <limits>
#include <vector>

#include "golden_model.hpp"
#include "testing/tests.hpp"

#include "remote.hpp"
#include "testing/misfits.hpp"

using namespace qkv;
using namespace qkv::testing;
using namespace copy_task::tests;
using copy_task::Head;
using copy_task::HeadsOverTime;
using copy_task::LengthErrors;
using copy_task::Run;
using copy_task::State;
using copy_task::Step;
using copy_task::WriteHead;

namespace {

/// A head's five fields in the order of the struct.
Matrix row_of(const Head& head) {
    Matrix row(1, head.key.size() + head.shift.size() + 3);
    row << head.key, head.strength, head.gate, head.shift, head.sharpening;
    return row;
}

/// Two columns: length and bits wrong.
Matrix table_of(const std::vector<LengthErrors>& errors) {
    Matrix table(std::ssize(errors), 2);
    Index i = 0;
    for (const LengthErrors& each : errors) table.row(i++) << static_cast<Scalar>(each.length), each.wrong;
    return table;
}

Matrix golden_head() {
    Matrix row(1, 4 + 3 + 5);
    row << golden("heads/key"), golden("heads/strength"), golden("heads/gate"), golden("heads/shift"),
        golden("heads/sharpening");
    return row;
}

void check_state(const State& state, const State& expected) {
    CHECK_THAT(state.writing, Equals(expected.writing));
    CHECK_THAT(state.memory, Equals(expected.memory));
    CHECK_THAT(state.reading, Equals(expected.reading));
    CHECK_THAT(state.read, Equals(expected.read));
}

/// The test sequences of all four lengths, long and short ones mixed.
std::vector<Matrix> sequences_of_all_lengths(Index of_each) {
    std::vector<Matrix> all;
    for (const Index length : {20, 80, 10, 40}) {
        for (const Matrix& bits : test_sequences(length, of_each)) all.push_back(bits);
    }
    std::rotate(all.begin(), all.begin() + 1, all.end());
    return all;
}

Matrix golden_errors(const std::string& name) {
    Matrix table(4, 2);
    table << RowVector{{10, 20, 40, 80}}.transpose(), golden(name).transpose();
    return table;
}

const Matrix example_bits{{1.}, {0.}, {1.}};

}  // namespace

// ------------------------------------------------------------------------------------------- heads

QKV_TEST("the head of the statement comes out", "题目里的读写头结果正确", "[heads]") {
    const RowVector raw{{0.5493061443340549, -0.2027325540540822, 0.5413248546129181, 1.0986122886681098, 0,
                         0.6931471805599453, 1.3862943611198906, 2.3025850929940459, -1.3862943611198906,
                         1.0986122886681098, 0, -0.5493061443340549}};
    const WriteHead writer = learner::write_head_from(raw, 2);
    const Matrix expected{{0.5, -0.2, 1, 0.75, 1. / 7, 2. / 7, 4. / 7, 3.3978952727983707}};
    CHECK_THAT(row_of(writer.head), Equals(expected));
    CHECK_THAT(writer.erase, Equals(Matrix{{0.2, 0.75}}));
    CHECK_THAT(writer.add, Equals(Matrix{{0, -0.5}}));
    CHECK_THAT(row_of(learner::head_from(raw.head(8), 2)), Equals(expected));
}

QKV_TEST("slots of four numbers and shifts of two steps give PyTorch's numbers",
         "四维的槽、最多两步的位移，与 PyTorch 一致", "[heads]") {
    const RowVector raw = golden("heads/raw");
    const WriteHead writer = learner::write_head_from(raw, 4);
    CHECK_THAT(row_of(writer.head), Equals(golden_head()));
    CHECK_THAT(writer.erase, Equals(golden("heads/erase")));
    CHECK_THAT(writer.add, Equals(golden("heads/add")));
    CHECK_THAT(row_of(learner::head_from(raw.head(12), 4)), Equals(golden_head()));
}

QKV_TEST("zeros give a key of zeros, half a gate, equal steps, and log 2",
         "全零的输入：键为零，门为一半，各步相等，其余是 log 2", "[heads]") {
    const Scalar log_two = 0.6931471805599453, third = Scalar{1} / 3;
    const WriteHead writer = learner::write_head_from(RowVector::Zero(12), 2);
    CHECK_THAT(row_of(writer.head), Equals(Matrix{{0, 0, log_two, 0.5, third, third, third, 1 + log_two}}));
    CHECK_THAT(writer.erase, Equals(Matrix{{0.5, 0.5}}));
    CHECK_THAT(writer.add, Equals(Matrix{{0, 0}}));
}

QKV_TEST("a single step is taken surely, whatever its number is", "只有一种步子时，不管数是多少，概率都是一",
         "[heads]") {
    const Head head = learner::head_from(RowVector{{0, 0, 0, 0, 0, 0, -7, 0}}, 4);
    REQUIRE(head.key.size() == 4);
    REQUIRE(head.shift.size() == 1);
    CHECK_THAT(one(head.shift(0)), Equals(one(1)));
}

QKV_TEST("nothing is cut off between: of 8 and 10 a trace is missing, of 4 more than a trace",
         "中间的数也不截断：8 和 10 处还差一点，4 处差得更多", "[heads]") {
    const WriteHead writer = learner::write_head_from(RowVector{{4, 10, 8, 0, -10, -8, -4}}, 1);
    CHECK_THAT(row_of(writer.head),
               Equals(Matrix{{0.999329299739067, 10.000045398899218, 0.9996646498695336, 1, 1.000045398899217}}));
    CHECK_THAT(writer.erase, Equals(one(Scalar(0.0003353501304664781))));
    CHECK_THAT(writer.add, Equals(one(Scalar(-0.999329299739067))));
}

QKV_TEST("numbers of a thousand overflow nowhere", "上千的数不会溢出", "[heads]") {
    const RowVector high{{1000, 1000, 1000, 1000, 999, 998, 1000, 1000, 1000}};
    const Scalar e = 2.718281828459045, sum = 1 + 1 / e + 1 / (e * e);
    const WriteHead up = learner::write_head_from(high, 1);
    CHECK_THAT(row_of(up.head), Equals(Matrix{{1, 1000, 1, 1 / sum, 1 / (e * sum), 1 / (e * e * sum), 1001}}));
    CHECK_THAT(up.erase, Equals(one(1)));
    CHECK_THAT(up.add, Equals(one(1)));
    const WriteHead down = learner::write_head_from(-high, 1);
    CHECK_THAT(row_of(down.head), Equals(Matrix{{-1, 0, 0, 1 / (e * e * sum), 1 / (e * sum), 1 / sum, 1}}));
    CHECK_THAT(down.erase, Equals(one(0)));
    CHECK_THAT(down.add, Equals(one(-1)));
}

QKV_TEST("rows too short, an even number of steps, and slots of nothing are errors",
         "行太短、步数为偶数、槽的维数不为正，都是错误", "[heads]") {
    for (const Index length : {0, 3, 4, 5, 7, 9}) {  // with slots of two numbers, 6 and 8 would do
        CHECK_THROWS_AS(learner::head_from(RowVector::Zero(length), 2), std::invalid_argument);
        CHECK_THROWS_AS(learner::write_head_from(RowVector::Zero(length + 4), 2), std::invalid_argument);
    }
    CHECK_THROWS_AS(learner::write_head_from(RowVector::Zero(3), 2), std::invalid_argument);
    for (const Index d_slot : {0, -1, -2}) {
        CHECK_THROWS_AS(learner::head_from(RowVector::Zero(6), d_slot), std::invalid_argument);
        CHECK_THROWS_AS(learner::write_head_from(RowVector::Zero(6), d_slot), std::invalid_argument);
    }
}

// -------------------------------------------------------------------------------------------- step

QKV_TEST("the first step of the statement's machine comes out", "题目里机器的第一步结果正确", "[step]") {
    const State start = learner::initial_state(8, 1);
    check_state(start, start_of(8, 1));
    const Step first = learner::step(RowVector{{1, 0}}, start_of(8, 1), example_weights());
    check_state(first.state, state_of("example/first"));
    CHECK_THAT(first.logits, Equals(golden("example/logits").row(0)));
}

QKV_TEST("before the first step: 0.01 everywhere, both heads on slot 0, nothing read",
         "第一步之前：记忆处处是 0.01，两个头都在槽 0，什么也没读到", "[step]") {
    check_state(learner::initial_state(5, 3), start_of(5, 3));
    check_state(learner::initial_state(1, 2), start_of(1, 2));
    check_state(learner::initial_state(128, 16), start_of(128, 16));
}

QKV_TEST("a step of the trained machine while it listens is PyTorch's", "训练好的机器在听的时候走一步，与 PyTorch 一致",
         "[step]") {
    const Matrix inputs = inputs_of(test_sequences(10, 1)[0]);
    const Step now = learner::step(inputs.row(4), state_of("state/3"), trained_weights());
    check_state(now.state, state_of("state/4"));
    CHECK_THAT(now.logits, Equals(golden("heads_10/logits").row(4)));
}

QKV_TEST("a step of the trained machine while it answers is PyTorch's",
         "训练好的机器在回答的时候走一步，与 PyTorch 一致", "[step]") {
    const Matrix inputs = inputs_of(test_sequences(10, 1)[0]);
    const Step now = learner::step(inputs.row(14), state_of("state/13"), trained_weights());
    check_state(now.state, state_of("state/14"));
    CHECK_THAT(now.logits, Equals(golden("heads_10/logits").row(14)));
}

QKV_TEST("a step of a small machine with shifts of two steps is PyTorch's",
         "小机器（位移最多两步）走一步，与 PyTorch 一致", "[step]") {
    const Step now = learner::step(golden("small/inputs").row(0), state_of("small/start"), small_weights());
    check_state(now.state, state_of("small/first"));
    CHECK_THAT(now.logits, Equals(golden("small/logits").row(0)));
}

QKV_TEST("what is read is what stands where the head that reads now is", "读到的，就是读头现在所在之处的内容",
         "[step]") {
    const State state = learner::step(golden("small/inputs").row(0), state_of("small/start"), small_weights()).state;
    REQUIRE(state.reading.size() == state.memory.rows());
    const Matrix weighted_slots = state.reading * state.memory, read_by_the_step = state.read;
    CHECK_THAT(read_by_the_step, SameAs(weighted_slots));
    CHECK_THAT(one(state.writing.sum()), Equals(one(1)));
    CHECK_THAT(one(state.reading.sum()), Equals(one(1)));
}

QKV_TEST("an input, a state or weights that do not fit are an error, and so is a memory without slots or features",
         "输入、状态、权重不符，或记忆没有槽、槽没有维，都是错误", "[step]") {
    const Misfits misfits("input, before, weights", RowVector(golden("small/inputs").row(0)), state_of("small/start"),
                          small_weights());
    check_refused(learner::step, misfits);
    for (const auto& [n_slots, d_slot] : {std::pair{0, 3}, {3, 0}, {-1, 3}, {3, -1}}) {
        CHECK_THROWS_AS(learner::initial_state(n_slots, d_slot), std::invalid_argument);
    }
}

// ---------------------------------------------------------------------------------------- sequence

QKV_TEST("the statement's machine, set by hand, says its three bits again",
         "题目里手工设定的机器，把三个比特复述了出来", "[sequence]") {
    const Matrix inputs{{1, 0}, {0, 0}, {1, 0}, {0, 1}, {0, 1}, {0, 1}, {0, 1}};
    CHECK_THAT(learner::task_inputs(example_bits), Equals(inputs));
    const Run result = learner::run(inputs, start_of(8, 1), example_weights());
    CHECK_THAT(result.logits, Equals(golden("example/logits")));
    CHECK_THAT(result.end.memory, Equals(golden("example/memory")));
    CHECK_THAT(learner::said_bits(golden("example/logits")), Equals(example_bits));
}

QKV_TEST("sequences of 10, 20 and 80 vectors give PyTorch's logits at every step",
         "长度为 10、20、80 的序列，每一步的 logits 都与 PyTorch 一致", "[sequence]") {
    for (const Index length : {10, 20, 80}) {
        const Matrix bits = test_sequences(length, 1)[0];
        const Run result = learner::run(inputs_of(bits), start_of(128, 16), trained_weights());
        CHECK_THAT(result.logits, Equals(golden("logits/" + std::to_string(length))));
    }
}

QKV_TEST("the trained machine says a sequence of 20 vectors again", "训练好的机器把长度为 20 的序列复述了出来",
         "[sequence]") {
    const Matrix bits = test_sequences(20, 1)[0], inputs = learner::task_inputs(bits);
    CHECK_THAT(inputs, Equals(inputs_of(bits)));
    CHECK_THAT(learner::said_bits(golden("logits/20")), Equals(bits));
}

QKV_TEST("a small machine gives PyTorch's logits and end", "小机器的 logits 和最终状态与 PyTorch 一致", "[sequence]") {
    const Run result = learner::run(golden("small/inputs"), state_of("small/start"), small_weights());
    CHECK_THAT(result.logits, Equals(golden("small/logits")));
    check_state(result.end, state_of("small/end"));
}

QKV_TEST("a run may be cut in two: the second half goes on from the end of the first",
         "一次运行可以分成两段：后一段从前一段的末尾接着走", "[sequence]") {
    const Matrix inputs = golden("small/inputs");
    const Run first = learner::run(inputs.topRows(2), state_of("small/start"), small_weights());
    CHECK_THAT(first.logits, Equals(golden("small/logits").topRows(2)));
    const Run second = learner::run(inputs.bottomRows(4), first.end, small_weights());
    CHECK_THAT(second.logits, Equals(golden("small/logits").bottomRows(4)));
}

QKV_TEST("without inputs the end is the start", "没有输入时，末尾就是开头", "[sequence]") {
    const Run result = learner::run(Matrix(0, 3), state_of("small/start"), small_weights());
    CHECK(result.logits.rows() == 0);
    check_state(result.end, state_of("small/start"));
}

QKV_TEST("a sequence of nothing is one mark, and its answer is nothing", "空序列只有一个标记，回答也是空的",
         "[sequence]") {
    CHECK_THAT(learner::task_inputs(Matrix(0, 3)), Equals(Matrix{{0, 0, 0, 1}}));
    CHECK_THAT(learner::said_bits(Matrix{{5, -5, 5}}), Equals(Matrix(0, 3)));
}

QKV_TEST("the answer is the last rows; a logit of 0 is said as 0", "回答在最后几行；logit 为 0 时说的是 0",
         "[sequence]") {
    Matrix logits = filled(141, 2, 9);
    logits.bottomRows(70).setConstant(-9);
    logits(71, 0) = logits(140, 1) = 1e-9;
    logits(72, 0) = 0;
    Matrix expected = Matrix::Zero(70, 2);
    expected(0, 0) = expected(69, 1) = 1;
    CHECK_THAT(learner::said_bits(logits), Equals(expected));
}

QKV_TEST("an even number of rows, bits that are none, and shapes that do not fit are errors",
         "行数为偶数、不是比特的数、形状不合，都是错误", "[sequence]") {
    CHECK_THROWS_AS(learner::said_bits(Matrix::Ones(4, 3)), std::invalid_argument);
    CHECK_THROWS_AS(learner::said_bits(Matrix(0, 3)), std::invalid_argument);
    const Scalar little = std::numeric_limits<Scalar>::epsilon();
    for (const Scalar wrong : {Scalar{0.5}, Scalar{-1}, Scalar{2}, little, 1 + little}) {
        Matrix bits = example_bits;
        bits(2, 0) = wrong;
        CHECK_THROWS_AS(learner::task_inputs(bits), std::invalid_argument);
    }
    const Misfits misfits("inputs, start, weights", golden("small/inputs"), state_of("small/start"), small_weights());
    check_refused(learner::run, misfits.except({"inputs.rows"}));
}

// ---------------------------------------------------------------------------------- generalisation

QKV_TEST("the errors of the statement come out", "题目里的错误数正确", "[generalisation]") {
    CHECK(learner::wrong_bits(Matrix{{1, 0, 1}, {0, 0, 1}}, Matrix{{1, 1, 1}, {0, 0, 0}}) == 2);
    const std::vector<Matrix> sequences{Matrix{{1.}, {1.}, {1.}, {0.}, {0.}, {0.}}, example_bits,
                                        Matrix{{0.}, {0.}, {1.}, {1.}, {1.}, {0.}}};
    CHECK_THAT(table_of(learner::wrong_by_length(sequences, start_of(4, 1), example_weights())),
               Equals(Matrix{{3, 0}, {6, 3.5}}));
}

QKV_TEST("trained on up to 20 vectors, it copies 10, 20, 40 and 80 as well as in PyTorch",
         "训练时最长 20，复述 10、20、40、80 时的错误数与 PyTorch 一致", "[generalisation]") {
    const auto errors = learner::wrong_by_length(sequences_of_all_lengths(2), start_of(128, 16), trained_weights());
    CHECK_THAT(table_of(errors), Equals(golden_errors("wrong/128")));
}

QKV_TEST("with only 32 slots, 40 vectors find no room, as in PyTorch",
         "只有 32 个槽时放不下 40 个向量，与 PyTorch 一致", "[generalisation]") {
    const auto errors = learner::wrong_by_length(sequences_of_all_lengths(2), start_of(32, 16), trained_weights());
    CHECK_THAT(table_of(errors), Equals(golden_errors("wrong/32")));
}

QKV_TEST("each sequence begins anew: the order does not matter", "每个序列都从头开始：次序无关", "[generalisation]") {
    std::vector<Matrix> sequences = test_sequences(20, 2);
    sequences.push_back(test_sequences(10, 1)[0]);
    const std::vector<Matrix> reversed(sequences.rbegin(), sequences.rend());
    const Matrix forwards = table_of(learner::wrong_by_length(sequences, start_of(16, 16), trained_weights()));
    const Matrix backwards = table_of(learner::wrong_by_length(reversed, start_of(16, 16), trained_weights()));
    CHECK_THAT(backwards, SameAs(forwards));
}

QKV_TEST("without sequences there is no entry; an empty one has nothing wrong", "没有序列就没有条目；空序列没有错误",
         "[generalisation]") {
    CHECK(learner::wrong_by_length({}, start_of(8, 1), example_weights()).empty());
    CHECK_THAT(table_of(learner::wrong_by_length({Matrix(0, 1), example_bits}, start_of(8, 1), example_weights())),
               Equals(Matrix{{0, 0}, {3, 0}}));
    CHECK(learner::wrong_bits(Matrix(0, 4), Matrix(0, 4)) == 0);
    CHECK(learner::wrong_bits(Matrix::Ones(70, 66), Matrix::Zero(70, 66)) == Index{70} * 66);
}

QKV_TEST("an answer of another shape, and sequences that do not fit, are errors", "回答的形状不同，或序列不合，是错误",
         "[generalisation]") {
    check_refused(learner::wrong_bits, Misfits("bits, said", filled(3, 2, 1), filled(3, 2, 0)));
    const std::vector<Matrix> sequences{Matrix{{1, 0}, {0, 1}, {1, 1}}, Matrix{{0, 1}, {1, 0}, {0, 0}, {1, 1}}};
    const Misfits misfits("sequences, start, weights", sequences, state_of("small/start"), small_weights());
    check_refused(learner::wrong_by_length, misfits.except({"sequences.size()", "sequences.rows"}));
    CHECK_THROWS_AS(learner::wrong_by_length({filled(2, 2, 3)}, state_of("small/start"), small_weights()),
                    std::invalid_argument);
}

// -------------------------------------------------------------------------------- memory_over_time

QKV_TEST("the heads of the statement's machine walk as it says", "题目里机器的两个头照所说的走", "[memory_over_time]") {
    const HeadsOverTime heads = learner::heads_over_time(inputs_of(example_bits), start_of(8, 1), example_weights());
    CHECK_THAT(heads.writing, Equals(golden("example/writing")));
    CHECK_THAT(heads.reading, Equals(golden("example/reading")));
    CHECK_THAT(as_row(learner::path(golden("example/writing"))), Equals(Matrix{{1, 2, 3, 4, 5, 6, 7}}));
    CHECK_THAT(as_row(learner::path(golden("example/reading"))), Equals(Matrix{{0, 0, 0, 1, 2, 3, 4}}));
}

QKV_TEST("the heads of the trained machine walk as in PyTorch", "训练好的机器的两个头，走法与 PyTorch 一致",
         "[memory_over_time]") {
    const Matrix inputs = inputs_of(test_sequences(10, 1)[0]);
    const HeadsOverTime heads = learner::heads_over_time(inputs, start_of(32, 16), trained_weights());
    CHECK_THAT(heads.writing, Equals(golden("heads_10/writing")));
    CHECK_THAT(heads.reading, Equals(golden("heads_10/reading")));
}

QKV_TEST("the heads of a small machine walk as in PyTorch", "小机器的两个头，走法与 PyTorch 一致",
         "[memory_over_time]") {
    const HeadsOverTime heads =
        learner::heads_over_time(golden("small/inputs"), state_of("small/start"), small_weights());
    CHECK_THAT(heads.writing, Equals(golden("small/writing")));
    CHECK_THAT(heads.reading, Equals(golden("small/reading")));
}

QKV_TEST("of equal weights the first slot is taken", "权重相等时取第一个槽", "[memory_over_time]") {
    Matrix weights = filled(70, 90, 0.01);
    for (Index t = 0; t < 70; ++t) weights(t, t + 3) = weights(t, t + 11) = 0.06;
    const std::vector<Index> slots = learner::path(weights);
    REQUIRE(slots.size() == 70);
    for (Index t = 0; t < 70; ++t) CHECK(slots[static_cast<std::size_t>(t)] == t + 3);
    CHECK_THAT(as_row(learner::path(Matrix{{0.25, 0.25, 0.25, 0.25}, {0, 0, 0.5, 0.5}})), Equals(Matrix{{0, 2}}));
    const Scalar more =
        Scalar{0.25} * (1 + std::numeric_limits<Scalar>::epsilon());  // the smallest difference is no tie
    CHECK_THAT(as_row(learner::path(Matrix{{0.25, 0.25, more, 0.25}})), Equals(Matrix{{2}}));
}

QKV_TEST("without time there is no path; without slots, and with shapes that do not fit, there is an error",
         "没有时间步就没有路径；没有槽，或形状不合，是错误", "[memory_over_time]") {
    CHECK(learner::path(Matrix(0, 4)).empty());
    CHECK_THROWS_AS(learner::path(Matrix(3, 0)), std::invalid_argument);
    const HeadsOverTime heads = learner::heads_over_time(Matrix(0, 3), state_of("small/start"), small_weights());
    CHECK(heads.writing.rows() == 0);
    CHECK(heads.reading.rows() == 0);
    const Misfits misfits("inputs, start, weights", golden("small/inputs"), state_of("small/start"), small_weights());
    check_refused(learner::heads_over_time, misfits.except({"inputs.rows"}));
}
