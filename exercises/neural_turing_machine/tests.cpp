// The grader of `neural_turing_machine`. A test's name states a law; its body sets the scene, calls your
// function and holds what comes back against the law. Golden values are the paper's equations in NumPy's
// float64, confirmed by PyTorch.
#include "testing/tests.hpp"
#include "remote.hpp"
#include "testing/misfits.hpp"

#include <cmath>
#include <limits>

using namespace qkv;
using namespace qkv::testing;
using neural_turing_machine::Head;
using neural_turing_machine::Write;

namespace {

/// A little outside of an interval, and more than whoever allows for rounding lets pass.
const Scalar a_little = std::ldexp(Scalar{1}, in_double ? -30 : -10);
const Scalar just_below_0 = -a_little, just_below_1 = 1 - a_little, just_above_1 = 1 + a_little;

/// Taken to the power 600, the last digit of a float (or of its logarithm) becomes 1e-4.
constexpr double steep_tolerance = in_double ? tolerance : 1e-3;

Matrix uniform(Index n_slots) { return filled(1, n_slots, Scalar{1} / static_cast<Scalar>(n_slots)); }

Head golden_head() { return {golden("address/key"), Scalar(4.7), Scalar(0.61), golden("address/shift"), Scalar(2.3)}; }

/// Neither blurs nor moves nor sharpens.
Head still(const RowVector& key, Scalar strength, Scalar gate) {
    return {key, strength, gate, RowVector{{0, 1, 0}}, 1};
}

Write golden_write(int head) {
    const std::string number = std::to_string(head);
    return {golden("write/weights_" + number), golden("write/erase_" + number), golden("write/add_" + number)};
}

/// The worked example of the statement: its memory, and what its head does.
const Matrix example_memory{{4, 0, 3}, {0, 0, 0}, {0, 3, -4}, {-4, 3, 0}};
const RowVector example_shift{{0.1, 0.2, 0.7}};
const Head example_head{RowVector{{2, 0, 0}}, 2.5, 0.75, example_shift, 2};
const RowVector example_content{{0.7758034925743758, 0.1049935854035065, 0.1049935854035065, 0.0142093366186112}};
const RowVector example_gated{{0.5818526194307818, 0.0787451890526299, 0.0787451890526299, 0.2606570024639583}};
const RowVector example_shifted{{0.3067049445161901, 0.4309203903173362, 0.0969363703937627, 0.1654382947727108}};
const RowVector example_weights{{0.2971878667382871, 0.5866561241789902, 0.0296867755009701, 0.0864692335817528}};

/// All the weight on one slot.
RowVector only(Index slot, Index n_slots) {
    RowVector weights = RowVector::Zero(n_slots);
    weights(slot) = 1;
    return weights;
}

}  // namespace

// ----------------------------------------------------------------------------------------- content

QKV_TEST("the content weights of the statement's example come out", "题目算例中按内容寻址的权重结果正确", "[content]") {
    CHECK_THAT(learner::content_weights(RowVector{{2, 0, 0}}, 2.5, example_memory), Equals(example_content));
}

QKV_TEST("the weights over the slots sum to one and none is negative", "各个槽的权重之和为一，且没有负数",
         "[content]") {
    const RowVector weights = learner::content_weights(golden("content/key"), Scalar(3.7), golden("content/memory"));
    CHECK_THAT(filled(1, 1, weights.sum()), Equals(filled(1, 1, 1)));
    CHECK((weights.array() > 0).all());
}

QKV_TEST("only the direction of the key counts, however short or long it is", "键只看方向，多短多长都一样",
         "[content]") {
    const RowVector key = golden("content/key");
    const Matrix memory = golden("content/memory");
    CHECK_THAT(learner::content_weights(key * Scalar{0x1p-50}, Scalar(3.7), memory), Equals(golden("content/weights")));
    CHECK_THAT(learner::content_weights(key * Scalar{0x1p50}, Scalar(3.7), memory), Equals(golden("content/weights")));
    const Matrix short_slots = memory * Scalar{0x1p-50};
    CHECK_THAT(learner::content_weights(key * Scalar{0x1p-50}, Scalar(3.7), short_slots),
               Equals(golden("content/weights")));
}

QKV_TEST("only the direction of a slot counts, not its length", "槽只看方向，与长度无关", "[content]") {
    const RowVector lengths{{0.25, 8, 1, 0.5, 32}};
    const Matrix memory = lengths.asDiagonal() * golden("content/memory");
    CHECK_THAT(learner::content_weights(golden("content/key"), Scalar(3.7), memory), Equals(golden("content/weights")));
}

QKV_TEST("twice the strength squares the ratios of the weights", "强度加倍，权重之比就平方", "[content]") {
    const RowVector once = learner::content_weights(golden("content/key"), 1.25, golden("content/memory"));
    const RowVector twice = learner::content_weights(golden("content/key"), 2.5, golden("content/memory"));
    const RowVector squares = once.array().square();
    const RowVector squared_and_normalised = squares / squares.sum();
    CHECK_THAT(twice, SameAs(squared_and_normalised));
}

QKV_TEST("a strength of 0 looks at all slots alike", "强度为 0 时，对所有槽一视同仁", "[content]") {
    CHECK_THAT(learner::content_weights(golden("content/key"), 0, golden("content/memory")), Equals(uniform(5)));
}

QKV_TEST("a zero slot weighs as much as an orthogonal one, and an opposite slot least",
         "全零的槽与正交的槽权重相同，方向相反的槽权重最小", "[content]") {
    const RowVector key{{3, 4}};  // cosines 1, 0, 0.8, 0, -1
    const Matrix memory{{6, 8}, {0, 0}, {0, 5}, {-4, 3}, {-1.5, -2}};
    CHECK_THAT(learner::content_weights(key, 2, memory), Equals(golden("content/hand")));
}

QKV_TEST("a zero key, or a memory of zeros, looks at all slots alike", "键全为零，或记忆全为零时，对所有槽一视同仁",
         "[content]") {
    const RowVector key = golden("content/key"), zero = RowVector::Zero(6);
    CHECK_THAT(learner::content_weights(zero, Scalar(3.7), golden("content/memory")), Equals(uniform(5)));
    CHECK_THAT(learner::content_weights(key, Scalar(3.7), Matrix::Zero(7, 6)), Equals(uniform(7)));
    CHECK_THAT(learner::content_weights(zero, 10000, Matrix::Ones(100, 6)), Equals(uniform(100)));
}

QKV_TEST("a strength of ten thousand picks the most alike, and equals share", "强度上万时选中最相似的槽，并列者平分",
         "[content]") {
    const RowVector key{{3, 4}};
    CHECK_THAT(learner::content_weights(key, 10000, Matrix{{6, 8}, {0, 5}, {3, 4}, {-3, -4}}),
               Equals(Matrix{{0.5, 0, 0.5, 0}}));
    CHECK_THAT(learner::content_weights(key, 10000, Matrix{{-6, -8}, {4, -3}, {-8, 6}, {-3, -4}, {0, 0}}),
               Equals(Matrix{{0, 1. / 3, 1. / 3, 0, 1. / 3}}));
}

QKV_TEST("even of slots that all point away, a strength of ten thousand picks the most alike",
         "即使所有的槽都背向键，上万的强度也能选中最相似的", "[content]") {
    const RowVector key{{3, 4}};  // cosines -1 and -0.8
    CHECK_THAT(learner::content_weights(key, 10000, Matrix{{-6, -8}, {0, -5}, {-3, -4}, {0, -10}}),
               Equals(Matrix{{0, 0.5, 0, 0.5}}));
    CHECK_THAT(learner::content_weights(key, 10000, Matrix{{-6, -8}, {-3, -4}, {-12, -16}}), Equals(uniform(3)));
}

QKV_TEST("of a single feature only the sign counts", "只有一个特征时，只有正负号起作用", "[content]") {
    CHECK_THAT(learner::content_weights(RowVector{{-2.}}, 10000, Matrix{{3.}, {-1.}, {0.5}, {-7.}}),
               Equals(Matrix{{0, 0.5, 0, 0.5}}));
}

QKV_TEST("an enormous strength leaves the most alike alone", "强度极大时只剩最相似的槽", "[content]") {
    constexpr Scalar much = std::numeric_limits<Scalar>::max() / 1000000;
    CHECK_THAT(learner::content_weights(RowVector{{3, 4}}, much, Matrix{{0, 5}, {6, 8}, {-3, -4}, {4, -3}}),
               Equals(Matrix{{0, 1, 0, 0}}));
}

QKV_TEST("a strength counts however weak it is", "强度再弱也算数", "[content]") {
    for (const double ratio : {1.01, 1.0001, 1.0000001}) {  // of the weights, for cosines of 1 and 0
        const auto strength = static_cast<Scalar>(std::log(ratio));
        CHECK_THAT(learner::content_weights(RowVector{{3, 4}}, strength, Matrix{{6, 8}, {-4, 3}}),
                   Equals(Matrix{{static_cast<Scalar>(ratio / (ratio + 1)), static_cast<Scalar>(1 / (ratio + 1))}}));
    }
}

QKV_TEST("an enormous strength still tells slots apart that are nearly alike", "强度极大时，仍能分清几乎相同的槽",
         "[content]") {
    const Scalar aside = std::ldexp(Scalar{1}, in_double ? -16 : -4);
    const Scalar strength = std::ldexp(Scalar{1}, in_double ? 34 : 10);
    const double length = std::hypot(1., static_cast<double>(aside));
    const double cosine_lacks = static_cast<double>(aside * aside) / (length * (length + 1));  // of 1
    const double ratio = std::exp(static_cast<double>(strength) * cosine_lacks);               // about e^2
    CHECK_THAT(
        learner::content_weights(RowVector{{1, 0}}, strength, Matrix{{1, aside}, {1, 0}}),
        Equals(Matrix{{static_cast<Scalar>(1 / (ratio + 1)), static_cast<Scalar>(ratio / (ratio + 1))}}).within(1e-3));
}

QKV_TEST("a cosine of a millionth counts like any other", "百万分之一的余弦同样算数", "[content]") {
    CHECK_THAT(learner::content_weights(golden("content/small_key"), 8, golden("content/small_memory")),
               Equals(golden("content/small")));
}

QKV_TEST("content weights have the values of the formula", "按内容寻址的权重与公式一致", "[content]") {
    CHECK_THAT(learner::content_weights(golden("content/key"), Scalar(3.7), golden("content/memory")),
               Equals(golden("content/weights")));
}

QKV_TEST("a key of another width is an error, whatever the strength", "键的宽度不符是错误，无论强度是多少",
         "[content]") {
    const RowVector key = golden("content/key");
    for (const Scalar strength : {Scalar(3.7), Scalar(0)}) {
        const Misfits misfits("key, strength, memory", key, strength, golden("content/memory"));
        check_refused(learner::content_weights, misfits.except({"memory.rows"}));
        CHECK_THROWS_AS(learner::content_weights(key, strength, Matrix::Zero(1, 4)), std::invalid_argument);
    }
}

QKV_TEST("a negative strength is an error, whatever the key and the memory", "强度为负是错误，无论键和记忆如何",
         "[content]") {
    const RowVector key = golden("content/key"), zero = RowVector::Zero(6);
    const Matrix memory = golden("content/memory");
    CHECK_THROWS_AS(learner::content_weights(key, -0.125, memory), std::invalid_argument);
    CHECK_THROWS_AS(learner::content_weights(zero, -2, memory), std::invalid_argument);
    CHECK_THROWS_AS(learner::content_weights(key, just_below_0, memory.row(0)), std::invalid_argument);
}

// ----------------------------------------------------------------------------------- interpolation

QKV_TEST("the gated weights of the statement's example come out", "题目算例中过门之后的权重结果正确",
         "[interpolation]") {
    CHECK_THAT(learner::interpolate(example_content, only(3, 4), 0.75), Equals(example_gated));
}

QKV_TEST("an open gate keeps the content, a closed one the previous weights", "门全开只留内容，门全关只留先前的权重",
         "[interpolation]") {
    const RowVector content = golden("gate/content"), previous = golden("gate/previous");
    CHECK_THAT(learner::interpolate(content, previous, 1), Equals(content));
    CHECK_THAT(learner::interpolate(content, previous, 0), Equals(previous));
}

QKV_TEST("content through a gate of g is previous through a gate of 1 - g",
         "以门 g 取内容，就是以门 1 - g 取先前的权重", "[interpolation]") {
    const RowVector content = golden("gate/content"), previous = golden("gate/previous");
    const RowVector content_through_g = learner::interpolate(content, previous, 0.125);
    const RowVector previous_through_the_rest = learner::interpolate(previous, content, 0.875);
    CHECK_THAT(content_through_g, SameAs(previous_through_the_rest));
}

QKV_TEST("a gate between 0 and 1 mixes the two and keeps the sum at one", "门在 0 与 1 之间时两者混合，总和仍为一",
         "[interpolation]") {
    const RowVector content = golden("gate/content"), previous = golden("gate/previous");
    const RowVector gated = learner::interpolate(content, previous, Scalar(0.61));
    CHECK_THAT(filled(1, 1, gated.sum()), Equals(filled(1, 1, 1)));
    CHECK_THAT(gated, Equals(golden("gate/gated")));
}

QKV_TEST("no digit is lost on the way", "中途不丢失任何一位小数", "[interpolation]") {
    CHECK_THAT(learner::interpolate(RowVector{{0.1, 0.2, 0.7}}, RowVector{{0.3, 0.3, 0.4}}, Scalar(0.3)),
               Equals(Matrix{{0.24, 0.27, 0.49}}));
}

QKV_TEST("a gate outside 0 to 1 is an error, however little", "门超出 0 到 1 是错误，哪怕只超出一点",
         "[interpolation]") {
    const RowVector content = golden("gate/content"), previous = golden("gate/previous");
    for (const Scalar gate : {Scalar(-0.125), Scalar(1.125), just_below_0, just_above_1, Scalar(-3), Scalar(7)}) {
        CHECK_THROWS_AS(learner::interpolate(content, previous, gate), std::invalid_argument);
        CHECK_THROWS_AS(learner::interpolate(content, content, gate), std::invalid_argument);
    }
}

QKV_TEST("unequal lengths are an error, whatever the gate", "长度不等是错误，无论门开多大", "[interpolation]") {
    for (const Scalar gate : {Scalar(0.625), Scalar(0), Scalar(1)}) {
        const Misfits misfits("content, previous, gate", RowVector(golden("gate/content")),
                              RowVector(golden("gate/previous")), gate);
        check_refused(learner::interpolate, misfits);
    }
}

// ------------------------------------------------------------------------------------------- shift

QKV_TEST("the shifts of the statement come out", "题目里的移动结果正确", "[shift]") {
    const RowVector weights{{0.1, 0.6, 0.2, 0.1}};
    CHECK_THAT(learner::shift_weights(weights, example_shift), Equals(Matrix{{0.15, 0.21, 0.47, 0.17}}));
    CHECK_THAT(learner::shift_weights(example_gated, example_shift), Equals(example_shifted));
}

QKV_TEST("all weight in the middle of the shift moves nothing", "位移的权重全在正中时，什么也不移动", "[shift]") {
    const RowVector weights = golden("shift/weights");
    CHECK_THAT(learner::shift_weights(weights, RowVector{{0, 1, 0}}), Equals(weights));
    CHECK_THAT(learner::shift_weights(weights, RowVector::Ones(1)), Equals(weights));
}

QKV_TEST("one step on leads to the next slot, and from the last to the first",
         "前进一步到下一个槽，最后一个槽之后回到第一个", "[shift]") {
    const RowVector on{{0, 0, 1}}, back{{1, 0, 0}};
    CHECK_THAT(learner::shift_weights(only(1, 5), on), Equals(only(2, 5)));
    CHECK_THAT(learner::shift_weights(only(4, 5), on), Equals(only(0, 5)));
    CHECK_THAT(learner::shift_weights(only(0, 5), back), Equals(only(4, 5)));
}

QKV_TEST("there and back again is where one began", "移过去再移回来，就回到原处", "[shift]") {
    const RowVector weights = golden("shift/weights"), on{{0, 0, 0, 0, 1}}, back{{1, 0, 0, 0, 0}};
    const RowVector there = learner::shift_weights(weights, on);
    CHECK_FALSE(there.isApprox(weights));
    CHECK_THAT(learner::shift_weights(there, back), Equals(weights));
}

QKV_TEST("as many steps as there are slots lead once round the ring", "有几个槽就走几步，正好绕环一周", "[shift]") {
    const RowVector weights = golden("shift/weights");
    RowVector walked = weights;
    for (int step = 0; step < 7; ++step) walked = learner::shift_weights(walked, RowVector{{0, 0, 1}});
    CHECK_THAT(walked, Equals(weights));
}

QKV_TEST("a shift that is not sure blurs one slot into its neighbours", "不确定的位移把一个槽模糊到相邻的槽",
         "[shift]") {
    const RowVector shift{{0.125, 0.25, 0.625}};
    CHECK_THAT(learner::shift_weights(only(2, 6), shift), Equals(Matrix{{0, 0.125, 0.25, 0.625, 0, 0}}));
    CHECK_THAT(learner::shift_weights(only(5, 6), shift), Equals(Matrix{{0.625, 0, 0, 0, 0.125, 0.25}}));
}

QKV_TEST("seven slots and five steps have the values of the formula", "七个槽、五种步子，与公式一致", "[shift]") {
    const RowVector shifted = learner::shift_weights(golden("shift/weights"), golden("shift/shift"));
    CHECK_THAT(filled(1, 1, shifted.sum()), Equals(filled(1, 1, 1)));
    CHECK_THAT(shifted, Equals(golden("shift/shifted")));
}

QKV_TEST("there may be as many steps as slots", "步子的种数可以与槽数相等", "[shift]") {
    const RowVector weights{{0.5, 0.25, 0.125, 0.125, 0}}, shift{{0.125, 0.25, 0.5, 0, 0.125}};
    CHECK_THAT(learner::shift_weights(weights, shift), Equals(Matrix{{0.34375, 0.171875, 0.15625, 0.15625, 0.171875}}));
}

QKV_TEST("a step may lead half round a large ring", "一步可以跨过大环的一半", "[shift]") {
    const RowVector on = only(98, 99), back = only(0, 99);  // 49 slots
    CHECK_THAT(learner::shift_weights(only(90, 100), on), Equals(only(39, 100)));
    CHECK_THAT(learner::shift_weights(only(7, 100), back), Equals(only(58, 100)));
}

QKV_TEST("a shift of even length and one longer than the ring are errors", "位移的长度为偶数，或超过槽数，是错误",
         "[shift]") {
    const RowVector weights = golden("shift/weights");
    CHECK_THROWS_AS(learner::shift_weights(weights, RowVector{{0.5, 0.5}}), std::invalid_argument);
    CHECK_THROWS_AS(learner::shift_weights(weights, RowVector::Constant(4, 0.25)), std::invalid_argument);
    CHECK_THROWS_AS(learner::shift_weights(weights, RowVector()), std::invalid_argument);
    CHECK_THROWS_AS(learner::shift_weights(weights, only(4, 9)), std::invalid_argument);
    CHECK_THROWS_AS(learner::shift_weights(weights.head(3), golden("shift/shift")), std::invalid_argument);
    CHECK_THROWS_AS(learner::shift_weights(weights.head(4), golden("shift/shift")), std::invalid_argument);
    CHECK_THROWS_AS(learner::shift_weights(RowVector::Ones(1), RowVector{{0.5, 0.5}}), std::invalid_argument);
    CHECK_THROWS_AS(learner::shift_weights(RowVector::Ones(1), RowVector{{0, 1, 0}}), std::invalid_argument);
    CHECK_THROWS_AS(learner::shift_weights(RowVector::Ones(1), RowVector()), std::invalid_argument);
    CHECK_THROWS_AS(learner::shift_weights(weights, only(2, 6)), std::invalid_argument);
}

// -------------------------------------------------------------------------------------- sharpening

QKV_TEST("an exponent of 2 squares the ratios: the examples of the statement come out",
         "指数为 2 时权重之比平方：题目里的例子结果正确", "[sharpening]") {
    const RowVector weights{{0.15, 0.21, 0.47, 0.17}};
    CHECK_THAT(learner::sharpen(weights, 2), Equals(Matrix{{225., 441., 2209., 289.}} / Scalar{3164}));
    CHECK_THAT(learner::sharpen(example_shifted, 2), Equals(example_weights));
}

QKV_TEST("an exponent of 1 changes nothing but the sum", "指数为 1 时只改变总和", "[sharpening]") {
    const RowVector weights = golden("sharpen/weights");
    CHECK_THAT(learner::sharpen(weights, 1), Equals(weights));
    CHECK_THAT(learner::sharpen(RowVector{{2, 1, 0, 5}}, 1), Equals(Matrix{{0.25, 0.125, 0, 0.625}}));
}

QKV_TEST("sharpening twice multiplies the exponents", "锐化两次，指数相乘", "[sharpening]") {
    const RowVector weights = golden("sharpen/weights");
    const RowVector twice = learner::sharpen(learner::sharpen(weights, 1.5), 2.5);
    const RowVector once = learner::sharpen(weights, 3.75);
    CHECK_THAT(twice, SameAs(once));
}

QKV_TEST("equal weights stay equal and zero stays zero", "相等的权重仍相等，零仍为零", "[sharpening]") {
    CHECK_THAT(learner::sharpen(RowVector{{0.25, 0, 0.25, 0.25, 0, 0.25}}, 3.5),
               Equals(Matrix{{0.25, 0, 0.25, 0.25, 0, 0.25}}));
}

QKV_TEST("an exponent of 2.3 has the values of the formula and keeps the sum at one",
         "指数为 2.3 时与公式一致，总和仍为一", "[sharpening]") {
    const RowVector sharpened = learner::sharpen(golden("sharpen/weights"), Scalar(2.3));
    CHECK_THAT(filled(1, 1, sharpened.sum()), Equals(filled(1, 1, 1)));
    CHECK_THAT(sharpened, Equals(golden("sharpen/sharpened")));
}

QKV_TEST("a huge exponent leaves the largest weights only, which share", "指数极大时只剩最大的权重，并列者平分",
         "[sharpening]") {
    CHECK_THAT(learner::sharpen(RowVector{{0.125, 0.3125, 0, 0.3125, 0.25}}, 5000),
               Equals(Matrix{{0, 0.5, 0, 0.5, 0}}));
}

QKV_TEST("an exponent of 600 keeps the fractions though every power underflows",
         "指数为 600 时，每个幂都下溢，比例仍然正确", "[sharpening]") {
    CHECK_THAT(learner::sharpen(golden("sharpen/grains"), 600),
               Equals(golden("sharpen/steep")).within(steep_tolerance));
}

QKV_TEST("weights that are all tiny are sharpened like others", "很小的权重与其他权重一样锐化", "[sharpening]") {
    for (const Scalar tiny : {Scalar{0x1p-40}, 4 * std::numeric_limits<Scalar>::min()}) {
        const RowVector weights = RowVector{{1, 3, 0}} * tiny;
        CHECK_THAT(learner::sharpen(weights, 2), Equals(Matrix{{0.1, 0.9, 0}}));
        CHECK_THAT(learner::sharpen(weights, 1), Equals(Matrix{{0.25, 0.75, 0}}));
    }
}

QKV_TEST("an exponent just above 1 sharpens a little", "指数略大于 1，也会略微锐化", "[sharpening]") {
    for (const double gamma : {1.01, 1.0001, 1.0000001}) {
        const double power = std::pow(4, gamma);
        CHECK_THAT(learner::sharpen(RowVector{{0.2, 0.8}}, static_cast<Scalar>(gamma)),
                   Equals(Matrix{{static_cast<Scalar>(1 / (power + 1)), static_cast<Scalar>(power / (power + 1))}}));
    }
}

QKV_TEST("an exponent of millions still tells weights apart that are nearly equal",
         "指数上百万时，仍能分清几乎相等的权重", "[sharpening]") {
    const Scalar little = std::ldexp(Scalar{1}, in_double ? -24 : -10);
    const double power = std::exp(std::log1p(static_cast<double>(little)) / static_cast<double>(little));  // about e
    CHECK_THAT(learner::sharpen(RowVector{{1, 1 + little}}, 1 / little),
               Equals(Matrix{{static_cast<Scalar>(1 / (power + 1)), static_cast<Scalar>(power / (power + 1))}})
                   .within(in_double ? 1e-6 : tolerance));
}

QKV_TEST("a hundred weights are sharpened alike", "一百个权重也同样锐化", "[sharpening]") {
    CHECK_THAT(learner::sharpen(uniform(100), 7.5), Equals(uniform(100)));
}

QKV_TEST("an exponent below 1 blurs and is an error", "指数小于 1 会使权重变模糊，是错误", "[sharpening]") {
    const RowVector weights = golden("sharpen/weights");
    CHECK_THROWS_AS(learner::sharpen(weights, 0.875), std::invalid_argument);
    CHECK_THROWS_AS(learner::sharpen(weights, 0), std::invalid_argument);
    CHECK_THROWS_AS(learner::sharpen(weights, -2), std::invalid_argument);
    CHECK_THROWS_AS(learner::sharpen(weights, just_below_1), std::invalid_argument);
    CHECK_THROWS_AS(learner::sharpen(RowVector::Ones(1), 0.5), std::invalid_argument);
}

QKV_TEST("a negative weight, and weights that are all zero, are errors, whatever the exponent",
         "权重有负数，或全为零，是错误，无论指数是多少", "[sharpening]") {
    for (const double gamma : {1., 2., 2.5, 600.}) {
        for (const RowVector& weights :
             {RowVector{{0.5, -0.125, 0.625}}, RowVector{{-0.125, 0.5, 0.625}}, RowVector{{0.625, 0.5, -0.125}},
              RowVector{{0.5, just_below_0, 0.5}}, RowVector{{-1.}}, RowVector{{0.}}, RowVector{{0, 0, 0, 0}}}) {
            CHECK_THROWS_AS(learner::sharpen(weights, static_cast<Scalar>(gamma)), std::invalid_argument);
        }
    }
}

// -------------------------------------------------------------------------------------- addressing

QKV_TEST("the head of the statement finds slot 0 and goes on to slot 1", "题目里的读写头找到第 0 个槽，再走到第 1 个",
         "[addressing]") {
    CHECK_THAT(learner::address(example_head, only(3, 4), example_memory), Equals(example_weights));
}

QKV_TEST("with the gate open and no step, a head finds slots by their content", "门全开且不移动时，读写头按内容找槽",
         "[addressing]") {
    const Head head = still(golden("address/key"), Scalar(4.7), 1);
    CHECK_THAT(learner::address(head, golden("address/previous"), golden("address/memory")),
               Equals(golden("address/content")));
}

QKV_TEST("with the gate closed, a head walks on and does not look at the memory",
         "门全关时，读写头只顾向前走，不看记忆", "[addressing]") {
    const Head head{golden("address/key"), Scalar(4.7), 0, RowVector{{0, 0, 1}}, 1};
    const Matrix previous = golden("address/previous"), memory = golden("address/memory");
    Matrix expected(1, 7);
    expected << previous(0, 6), previous.leftCols(6);
    CHECK_THAT(learner::address(head, previous, memory), Equals(expected));
    CHECK_THAT(learner::address(head, previous, Matrix::Constant(7, 4, 2)), Equals(expected));
}

QKV_TEST("a head finds a slot by content and goes on to the next one", "读写头先按内容找到一个槽，再走到下一个",
         "[addressing]") {
    const Matrix memory{{1, 2}, {3, -1}, {-4, 3}, {2, 2}, {-1, 0}};
    const Head head{RowVector{{-8, 6}}, 10000, 1, RowVector{{0, 0, 1}}, 1};
    CHECK_THAT(learner::address(head, uniform(5), memory), Equals(only(3, 5)));
}

QKV_TEST("sharpening undoes what the shift has blurred", "锐化能消除位移带来的模糊", "[addressing]") {
    const Head head{golden("address/key"), Scalar(4.7), 0, RowVector{{0.125, 0.25, 0.625}}, 50};
    CHECK_THAT(learner::address(head, only(6, 7), golden("address/memory")), Equals(only(0, 7)));
}

QKV_TEST("without sharpening the step ends with the shifted mixture", "不锐化时，寻址的结果就是移动后的混合权重",
         "[addressing]") {
    Head head = golden_head();
    head.sharpening = 1;
    const RowVector weights = learner::address(head, golden("address/previous"), golden("address/memory"));
    CHECK_THAT(filled(1, 1, weights.sum()), Equals(filled(1, 1, 1)));
    CHECK_THAT(weights, Equals(golden("address/blurred")));
}

QKV_TEST("the whole step has the values of the formulas", "整个寻址过程与公式一致", "[addressing]") {
    CHECK_THAT(learner::address(golden_head(), golden("address/previous"), golden("address/memory")),
               Equals(golden("address/weights")));
}

QKV_TEST("a head or previous weights that do not fit the memory are an error, whatever the gate",
         "读写头或先前的权重与记忆不匹配是错误，无论门开多大", "[addressing]") {
    const RowVector previous = golden("address/previous");
    const Matrix memory = golden("address/memory");
    for (const Scalar gate : {Scalar(0.625), Scalar(0), Scalar(1)}) {
        Head head = golden_head();
        head.gate = gate;
        CHECK_THROWS_AS(learner::address(head, previous, memory.topRows(6)), std::invalid_argument);
        CHECK_THROWS_AS(learner::address(head, previous, memory.replicate(2, 1)), std::invalid_argument);
        const Misfits misfits("head, previous, memory", head, previous, memory);
        check_refused(learner::address, misfits.except({"head.shift.columns", "memory.rows"}));
    }
}

QKV_TEST("what a stage refuses, the whole step refuses, whatever the gate",
         "任何一步拒绝的参数，整个寻址也要拒绝，无论门开多大", "[addressing]") {
    const RowVector previous = golden("address/previous");
    const Matrix memory = golden("address/memory");
    for (const Scalar gate : {Scalar(0.625), Scalar(0), Scalar(1)}) {
        Head right = golden_head();
        right.gate = gate;
        Head negative = right, open = right, closed = right, even = right, blunt = right;
        negative.strength = just_below_0;
        open.gate = just_above_1;
        closed.gate = just_below_0;
        even.shift = RowVector{{0.5, 0.5}};
        blunt.sharpening = just_below_1;
        for (const Head& head : {negative, open, closed, even, blunt}) {
            CHECK_THROWS_AS(learner::address(head, previous, memory), std::invalid_argument);
        }
    }
}

// ----------------------------------------------------------------------------------------- reading

QKV_TEST("the weights of the statement's example read its mean", "用题目算例的权重读到算例中的结果", "[reading]") {
    CHECK_THAT(learner::read(example_memory, example_weights),
               Equals(Matrix{{0.8428745326261369, 0.3484680272481689, 0.7728164982109806}}));
}

QKV_TEST("all weight on one slot reads that slot", "权重全在一个槽上，读到的就是这个槽", "[reading]") {
    const Matrix memory = golden("read/memory");
    CHECK_THAT(learner::read(memory, only(3, 5)), Equals(memory.row(3)));
}

QKV_TEST("equal weights read the mean of the slots", "权重相等，读到各槽的平均", "[reading]") {
    CHECK_THAT(learner::read(Matrix{{1, 3, -2}, {3, 1, 0}, {0, 6, 2}, {4, 2, 8}}, uniform(4)),
               Equals(Matrix{{2, 3, 2}}));
}

QKV_TEST("a reading is the weighted mean of the slots", "读到的是各槽的加权平均", "[reading]") {
    CHECK_THAT(learner::read(golden("read/memory"), golden("read/weights")), Equals(golden("read/read")));
}

QKV_TEST("a hundred slots of any size are read alike", "一百个槽，数再大也同样读取", "[reading]") {
    Matrix memory = filled(100, 2, 1);
    memory.row(99) << 1e6, -1e6;
    CHECK_THAT(learner::read(memory, uniform(100)), Equals(Matrix{{10000.99, -9999.01}}));
}

QKV_TEST("to read needs one weight for each slot", "读取时每个槽要有一个权重", "[reading]") {
    const Misfits misfits("memory, weights", golden("read/memory"), RowVector(golden("read/weights")));
    check_refused(learner::read, misfits.except({"memory.columns"}));
}

// ----------------------------------------------------------------------------------------- writing

QKV_TEST("the two heads of the statement write its memory", "题目里的两个写头写出题目里的记忆", "[writing]") {
    const Write a{RowVector{{0, 0.5, 0.5, 0}}, RowVector{{1, 0, 1}}, RowVector{{2, 2, 0}}};
    const Write b{RowVector{{0, 0, 1, 0}}, RowVector{{0, 1, 0}}, RowVector{{0, 0, 6}}};
    CHECK_THAT(learner::write(example_memory, {a, b}), Equals(Matrix{{4, 0, 3}, {1, 1, 0}, {1, 1, 4}, {-4, 3, 0}}));
}

QKV_TEST("without heads, and with a head that erases and adds nothing, the memory stays",
         "没有写头，或写头既不擦除也不添加时，记忆不变", "[writing]") {
    const Matrix memory = golden("write/memory");
    const Write idle{golden("write/weights_0"), RowVector::Zero(6), RowVector::Zero(6)};
    CHECK_THAT(learner::write(memory, {}), Equals(memory));
    CHECK_THAT(learner::write(memory, {idle}), Equals(memory));
}

QKV_TEST("all weight and a full erase overwrite one slot and no other", "权重全在一个槽上并且全部擦除，就只改写这个槽",
         "[writing]") {
    Matrix memory = golden("write/memory");
    const RowVector news{{1, -2, 3, -4, 5, -6}};
    const Matrix written = learner::write(memory, {{only(2, 5), RowVector::Ones(6), news}});
    memory.row(2) = news;
    CHECK_THAT(written, Equals(memory));
}

QKV_TEST("a feature fades by weight times erase", "每个特征按“权重乘以擦除量”减弱", "[writing]") {
    const Write fade{RowVector{{0.5, 0, 0.25, 0.25}}, RowVector{{1, 0, 0.5}}, RowVector::Zero(3)};
    CHECK_THAT(learner::write(filled(4, 3, 8), {fade}), Equals(Matrix{{4, 8, 6}, {8, 8, 8}, {6, 8, 7}, {6, 8, 7}}));
}

QKV_TEST("what is added arrives in each slot by its weight", "添加的内容按权重进入各个槽", "[writing]") {
    const Write addition{RowVector{{0.5, 0, 0.25, 0.25}}, RowVector::Zero(3), RowVector{{8, -4, 16}}};
    CHECK_THAT(learner::write(filled(4, 3, 1), {addition}),
               Equals(Matrix{{5, -1, 9}, {1, 1, 1}, {3, 0, 5}, {3, 0, 5}}));
}

QKV_TEST("one head writes the values of the formulas", "一个写头的结果与公式一致", "[writing]") {
    CHECK_THAT(learner::write(golden("write/memory"), {golden_write(0)}), Equals(golden("write/one")));
}

QKV_TEST("two half erases leave a quarter", "两次各擦去一半，还剩四分之一", "[writing]") {
    const Write half{only(1, 3), RowVector{{0.5, 0, 0.5, 0.5}}, RowVector::Zero(4)};
    CHECK_THAT(learner::write(filled(3, 4, 8), {half, half}), Equals(Matrix{{8, 8, 8, 8}, {2, 8, 2, 2}, {8, 8, 8, 8}}));
}

QKV_TEST("no head erases what another one adds", "一个写头不会擦掉另一个写头添加的内容", "[writing]") {
    const Write first{only(1, 3), RowVector::Ones(2), RowVector{{5, 7}}};
    const Write second{only(1, 3), RowVector::Ones(2), RowVector{{-1, 4}}};
    CHECK_THAT(learner::write(filled(3, 2, 9), {first, second}), Equals(Matrix{{9, 9}, {4, 11}, {9, 9}}));
}

QKV_TEST("three heads write the same in any order", "三个写头，次序不影响结果", "[writing]") {
    const Matrix memory = golden("write/memory");
    const Write a = golden_write(0), b = golden_write(1), c = golden_write(2);
    CHECK_THAT(learner::write(memory, {a, b, c}), Equals(golden("write/three")));
    CHECK_THAT(learner::write(memory, {c, a, b}), Equals(golden("write/three")));
}

QKV_TEST("a hundred heads may write, and numbers of any size", "可以有一百个写头，数也不限大小", "[writing]") {
    const Write add{only(1, 3), RowVector::Zero(2), RowVector{{1e4, -1e4}}};
    CHECK_THAT(learner::write(filled(3, 2, 1), std::vector<Write>(100, add)),
               Equals(Matrix{{1, 1}, {1000001, -999999}, {1, 1}}));
    const Write fade{only(2, 3), RowVector{{0.5, 0}}, RowVector::Zero(2)};
    CHECK_THAT(learner::write(filled(3, 2, 0x1p40), std::vector<Write>(40, fade)),
               Equals(Matrix{{0x1p40, 0x1p40}, {0x1p40, 0x1p40}, {1, 0x1p40}}));
}

QKV_TEST("a head that does not fit the memory is an error", "写头与记忆不匹配是错误", "[writing]") {
    const std::vector<Write> heads = {golden_write(0), golden_write(1), golden_write(2)};
    check_refused(learner::write, Misfits("memory, writes", golden("write/memory"), heads).except({"writes.size()"}));
    const Write idle{only(1, 5), RowVector::Zero(6), RowVector::Zero(6)};
    const Misfits misfits("memory, writes", golden("write/memory"), std::vector<Write>{idle});
    check_refused(learner::write, misfits.except({"writes.size()"}));
}

QKV_TEST("an erase below 0 or above 1 is an error in every head and every feature",
         "擦除量小于 0 或大于 1 是错误，无论是哪个写头、哪个特征", "[writing]") {
    for (const Scalar erase : {Scalar(-0.125), Scalar(1.125), just_below_0, just_above_1, Scalar(-3), Scalar(7)}) {
        for (const std::size_t head : {0U, 1U, 2U}) {
            std::vector<Write> heads = {golden_write(0), golden_write(1), golden_write(2)};
            heads[head].erase(head == 0 ? 5 : head == 1 ? 0 : 3) = erase;
            CHECK_THROWS_AS(learner::write(golden("write/memory"), heads), std::invalid_argument);
        }
    }
}
