// The grader of `modern_decoder`. A test's name states a law; its body sets the scene, calls your function and holds
// what comes back against the law. Golden values are PyTorch's, in float64: rotations as products of complex numbers,
// torch.nn's SiLU and attention; those of the trained model on copies of its weights.
#include "testing/tests.hpp"
#include "golden_model.hpp"
#include "remote.hpp"
#include "testing/misfits.hpp"

#include <cmath>
#include <limits>

using namespace qkv;
using namespace qkv::testing;
using namespace modern_decoder::tests;
using modern_decoder::Block;
using modern_decoder::Model;
using modern_decoder::Settings;
using modern_decoder::SwiGlu;

namespace {

const Scalar tiny = Scalar{0x1p-60};

/// A float knows the angles far behind in a text less well, and so it does what has gone through several blocks.
constexpr double far_tolerance = in_double ? tolerance : 2e-4;
constexpr double deep_tolerance = in_double ? tolerance : 2e-3;
constexpr Index far = in_double ? 40 : 4;

Mask all_seen(Index n_queries, Index n_keys) { return Mask::Constant(n_queries, n_keys, true); }

/// A row that is 1 in one place.
Matrix only(Index place, Index size) {
    Matrix row = Matrix::Zero(1, size);
    row(0, place) = 1;
    return row;
}

/// The statement's block: one head of two features, a window of two.
const Settings example_settings{.n_heads = 1, .n_groups = 1, .window = 2, .sinks = 0, .base = 10, .epsilon = 0.5};
const Block example_block{RowVector{{1, 1}},
                          Matrix{{1, 0}, {0, 1}},
                          Matrix{{1, 1}, {0, 1}},
                          Matrix{{1, 0}, {1, 2}},
                          Matrix{{0, 1}, {1, 0}},
                          RowVector{{2, 1}},
                          {Matrix{{1, 0}, {0, 1}}, Matrix{{1, 1}, {0, 1}}, Matrix{{1, 0}, {1, 1}}}};
const Matrix example_tokens{{3, 4}, {1, -1}, {0, 2}};

/// The statement's model without blocks: three ids of two features.
const Model example_model{Matrix{{2, 0}, {0, 1}, {1, 1}}, {}, RowVector{{1, 2}}, std::nullopt, example_settings};

Model tied(Model model) {
    model.output.reset();
    return model;
}

/// A model without blocks that knows only which id follows which: next[i] after i.
Model chain(const TokenIds& next) {
    const auto n = std::ssize(next);
    Matrix output = Matrix::Zero(n, n);
    for (std::size_t i = 0; i < next.size(); ++i) output(static_cast<Index>(i), next[i]) = 1;
    return {Matrix::Identity(n, n), {}, RowVector::Ones(n), output, small_settings};
}

}  // namespace

// ---------------------------------------------------------------------------------------- rms_norm

QKV_TEST("the statement's rows come out: epsilon stands under the root, beside the mean of squares",
         "题目中的两行结果正确：epsilon 在根号里面，加在平方的平均值上", "[rms_norm]") {
    CHECK_THAT(learner::rms_norm(Matrix{{1, 7}, {0, 0}}, RowVector{{3, 6}}, 11), Equals(Matrix{{0.5, 7}, {0, 0}}));
}

QKV_TEST("the mean is not subtracted: a row of equal numbers becomes a row of ones",
         "不减平均值：各数相等的一行变成全是 1 的一行", "[rms_norm]") {
    CHECK_THAT(learner::rms_norm(filled(2, 5, 3), RowVector::Ones(5), tiny), Equals(filled(2, 5, 1)));
    CHECK_THAT(learner::rms_norm(filled(1, 7, -3), RowVector::Ones(7), tiny), Equals(filled(1, 7, -1)));
}

QKV_TEST("the mean square of every normed row is 1", "归一化之后，每一行平方的平均值都是 1", "[rms_norm]") {
    const Matrix normed = learner::rms_norm(golden("rms/tokens"), RowVector::Ones(6), tiny);
    const Matrix squares = normed.array().square().rowwise().mean();
    CHECK_THAT(squares, Equals(filled(4, 1, 1)));
}

QKV_TEST("how long a row is does not matter, if epsilon is next to nothing", "只要 epsilon 微不足道，一行有多长都一样",
         "[rms_norm]") {
    const Matrix tokens = golden("rms/tokens"), longer = 1024 * tokens;
    const RowVector gain = golden("rms/gain");
    const Matrix normed = learner::rms_norm(tokens, gain, tiny), normed_longer = learner::rms_norm(longer, gain, tiny);
    CHECK_THAT(normed_longer, SameAs(normed));
}

QKV_TEST("an epsilon counts beside squares that are as small", "平方有多小，同样小的 epsilon 就有多重要",
         "[rms_norm]") {
    const Scalar root = std::sqrt(Scalar{0.5});
    CHECK_THAT(learner::rms_norm(filled(2, 3, Scalar{0x1p-20}), RowVector{{1, 2, -4}}, Scalar{0x1p-40}),
               Equals(Matrix{{root, 2 * root, -4 * root}, {root, 2 * root, -4 * root}}));
}

QKV_TEST("the gain stretches each feature by its own factor", "增益给每个特征乘上各自的因子", "[rms_norm]") {
    const Matrix tokens{{2, -2, 2}, {5, 5, 5}};
    CHECK_THAT(learner::rms_norm(tokens, RowVector{{3, 0, -0.5}}, tiny), Equals(Matrix{{3, 0, -0.5}, {3, 0, -0.5}}));
}

QKV_TEST("the norms agree with PyTorch, with small and with large epsilons", "epsilon 大小不同时，都与 PyTorch 一致",
         "[rms_norm]") {
    const Matrix tokens = golden("rms/tokens");
    const RowVector gain = golden("rms/gain");
    CHECK_THAT(learner::rms_norm(tokens, gain, Scalar(1e-5)), Equals(golden("rms/normed")));
    CHECK_THAT(learner::rms_norm(tokens, gain, Scalar(0.7)), Equals(golden("rms/large_epsilon")));
    CHECK_THAT(learner::rms_norm(tokens / 1024, gain, Scalar(1e-5)), Equals(golden("rms/small_tokens")));
}

QKV_TEST("without tokens there is nothing to norm", "没有词元就没有可归一化的", "[rms_norm]") {
    CHECK_THAT(learner::rms_norm(Matrix(0, 5), RowVector::Ones(5), Scalar(0.5)), Equals(Matrix(0, 5)));
}

QKV_TEST("a gain of another width, and an epsilon that is not greater than 0, are errors",
         "增益宽度不符、epsilon 不大于 0，都是错误", "[rms_norm]") {
    const Matrix tokens = golden("rms/tokens");
    const RowVector gain = golden("rms/gain");
    check_refused(learner::rms_norm,
                  Misfits("tokens, gain, epsilon", tokens, gain, Scalar(0.5)).except({"tokens.rows"}));
    CHECK_THROWS_AS(learner::rms_norm(tokens, gain, 0), std::invalid_argument);
    CHECK_THROWS_AS(learner::rms_norm(tokens, gain, Scalar(-1e-6)), std::invalid_argument);
}

// ------------------------------------------------------------------------------------------ rotary

QKV_TEST("the statement's rows turn as they should, in both layouts", "题目中的几行按两种布局都转得正确", "[rotary]") {
    const Matrix head = Matrix{{1, 0, 2, 0}}.replicate(3, 1);
    CHECK_THAT(learner::rotate_pairs(head, 0, 4),
               Equals(Matrix{{1, 0, 2, 0},
                             {0.5403023058681398, 0.8414709848078965, 1.7551651237807455, 0.958851077208406},
                             {-0.4161468365471424, 0.9092974268256817, 1.0806046117362795, 1.682941969615793}}));
    CHECK_THAT(learner::rotate_halves(head, 0, 4), Equals(Matrix{{1, 0, 2, 0},
                                                                 {-1.1426396637476532, 0, 1.922075596544176, 0},
                                                                 {-2.234741690198506, 0, 0.0770037537313969, 0}}));
}

QKV_TEST("what stands at position 0 stays as it is", "位置 0 上的保持原样", "[rotary]") {
    const Matrix row = golden("rotary/head").topRows(1);
    CHECK_THAT(learner::rotate_pairs(row, 0, 10000), Equals(row));
    CHECK_THAT(learner::rotate_halves(row, 0, 10000), Equals(row));
}

QKV_TEST("a feature turns with its partner alone: with its neighbour, or with that of the other half",
         "每个特征只和自己的搭档一起转：相邻的那个，或另一半里对应的那个", "[rotary]") {
    for (Index i = 0; i < 6; ++i) {
        Matrix pairs = learner::rotate_pairs(only(i, 6), 3, 100), halves = learner::rotate_halves(only(i, 6), 3, 100);
        REQUIRE(pairs.size() == 6);
        REQUIRE(halves.size() == 6);
        CHECK(std::abs(pairs(0, i % 2 == 0 ? i + 1 : i - 1)) > Scalar(0.1));
        CHECK(std::abs(halves(0, (i + 3) % 6)) > Scalar(0.1));
        pairs(0, i) = pairs(0, i % 2 == 0 ? i + 1 : i - 1) = 0;
        halves(0, i) = halves(0, (i + 3) % 6) = 0;
        CHECK_THAT(pairs, Equals(filled(1, 6, 0)));
        CHECK_THAT(halves, Equals(filled(1, 6, 0)));
    }
}

QKV_TEST("turning changes no length", "旋转不改变长度", "[rotary]") {
    const Matrix head = golden("rotary/head");
    const Matrix squares = head.rowwise().squaredNorm();
    const Matrix of_pairs = learner::rotate_pairs(head, 11, 50).rowwise().squaredNorm();
    const Matrix of_halves = learner::rotate_halves(head, 11, 50).rowwise().squaredNorm();
    CHECK_THAT(of_pairs, Equals(squares));
    CHECK_THAT(of_halves, Equals(squares));
}

QKV_TEST("the product of a query and a key depends on their distance alone, not on where they stand",
         "查询和键的内积只取决于两者的距离，与各自在哪里无关", "[rotary]") {
    const Matrix query = golden("rotary/head").topRows(1), key = golden("rotary/head").bottomRows(1);
    const auto score = [&](const auto& rotate, Index at_query, Index at_key) -> Matrix {
        return rotate(query, at_query, 30) * rotate(key, at_key, 30).transpose();
    };
    for (const Index distance : {0, 1, 5}) {
        const Matrix near_pairs = score(learner::rotate_pairs, distance, 0);
        const Matrix far_pairs = score(learner::rotate_pairs, far + distance, far);
        CHECK_THAT(far_pairs, SameAs(near_pairs));
        const Matrix near_halves = score(learner::rotate_halves, distance, 0);
        const Matrix far_halves = score(learner::rotate_halves, far + distance, far);
        CHECK_THAT(far_halves, SameAs(near_halves));
    }
}

QKV_TEST("with an offset the rows turn as if so many tokens stood before them",
         "有偏移时，各行的旋转就像前面还有那么多词元一样", "[rotary]") {
    const Matrix head = golden("rotary/head");
    const Matrix pairs = learner::rotate_pairs(head, 0, 10000), halves = learner::rotate_halves(head, 0, 10000);
    REQUIRE(pairs.rows() == 5);
    REQUIRE(halves.rows() == 5);
    const Matrix last_pairs = pairs.bottomRows(3), last_halves = halves.bottomRows(3);
    CHECK_THAT(learner::rotate_pairs(head.bottomRows(3), 2, 10000), SameAs(last_pairs));
    CHECK_THAT(learner::rotate_halves(head.bottomRows(3), 2, 10000), SameAs(last_halves));
}

QKV_TEST("the rotations agree with products of complex numbers in PyTorch", "旋转结果与 PyTorch 的复数乘法一致",
         "[rotary]") {
    const Matrix head = golden("rotary/head");
    CHECK_THAT(learner::rotate_pairs(head, 0, 10000), Equals(golden("rotary/pairs")));
    CHECK_THAT(learner::rotate_pairs(head, 77, 500), Equals(golden("rotary/far_pairs")).within(far_tolerance));
    CHECK_THAT(learner::rotate_halves(head, 0, 10000), Equals(golden("rotary/halves")));
    CHECK_THAT(learner::rotate_halves(head, 77, 500), Equals(golden("rotary/far_halves")).within(far_tolerance));
}

QKV_TEST("a single pair turns by a whole radian a position, whatever the base is",
         "只有一对特征时，每个位置转过整一弧度，与 base 无关", "[rotary]") {
    const Matrix turned{{std::cos(Scalar{2}), std::sin(Scalar{2})}};
    for (const double base : {0.5, 10000.}) {
        CHECK_THAT(learner::rotate_pairs(Matrix{{1, 0}}, 2, static_cast<Scalar>(base)), Equals(turned));
        CHECK_THAT(learner::rotate_halves(Matrix{{1, 0}}, 2, static_cast<Scalar>(base)), Equals(turned));
    }
}

QKV_TEST("a text has no end: positions beyond any table turn on", "文本没有尽头：再远的位置也照样旋转", "[rotary]") {
    for (const Index position : {5000, 100000}) {
        const auto angle = static_cast<Scalar>(position);
        const Matrix turned{{std::cos(angle), std::sin(angle)}};
        CHECK_THAT(learner::rotate_pairs(Matrix{{1, 0}}, position, 10000), Equals(turned));
        CHECK_THAT(learner::rotate_halves(Matrix{{1, 0}}, position, 10000), Equals(turned));
    }
}

QKV_TEST("without tokens, or without features, nothing turns", "没有词元或没有特征时，没有可转的", "[rotary]") {
    CHECK_THAT(learner::rotate_pairs(Matrix(0, 6), 2, 10), Equals(Matrix(0, 6)));
    CHECK_THAT(learner::rotate_halves(Matrix(0, 6), 2, 10), Equals(Matrix(0, 6)));
    CHECK_THAT(learner::rotate_pairs(Matrix(3, 0), 2, 10), Equals(Matrix(3, 0)));
    CHECK_THAT(learner::rotate_halves(Matrix(3, 0), 2, 10), Equals(Matrix(3, 0)));
}

QKV_TEST("an odd width, a negative offset, and a base that is not greater than 0 are errors",
         "宽度为奇数、偏移为负、base 不大于 0，都是错误", "[rotary]") {
    for (const auto& rotate : {learner::rotate_pairs, learner::rotate_halves}) {
        CHECK_THROWS_AS(rotate(filled(2, 5, 1), 0, 10), std::invalid_argument);
        CHECK_THROWS_AS(rotate(filled(2, 1, 1), 0, 10), std::invalid_argument);
        CHECK_THROWS_AS(rotate(filled(2, 4, 1), -1, 10), std::invalid_argument);
        CHECK_THROWS_AS(rotate(filled(2, 4, 1), 0, 0), std::invalid_argument);
        CHECK_THROWS_AS(rotate(filled(2, 4, 1), 0, -10), std::invalid_argument);
        CHECK_THROWS_AS(rotate(Matrix(0, 5), 0, 10), std::invalid_argument);
        CHECK_THROWS_AS(rotate(Matrix(0, 4), -1, 10), std::invalid_argument);
        CHECK_THROWS_AS(rotate(Matrix(2, 0), 0, 0), std::invalid_argument);
    }
}

// ----------------------------------------------------------------------------------------- layouts

QKV_TEST("the statement's two heads change their columns", "题目中的两个头，各列换到正确的位置", "[layouts]") {
    CHECK_THAT(learner::halves_from_pairs(Matrix{{0, 1, 2, 3, 4, 5, 6, 7}}, 2),
               Equals(Matrix{{0, 2, 1, 3, 4, 6, 5, 7}}));
    CHECK_THAT(learner::halves_from_pairs(Matrix{{0, 1, 2, 3, 4, 5, 6, 7}}, 1),
               Equals(Matrix{{0, 2, 4, 6, 1, 3, 5, 7}}));
}

QKV_TEST("heads of two features stay as they are", "宽度为 2 的头保持原样", "[layouts]") {
    const Matrix weight = golden("layouts/weight");
    CHECK_THAT(learner::halves_from_pairs(weight, 6), Equals(weight));
}

QKV_TEST("the weights are those that Hugging Face's conversion of Llama makes",
         "结果与 Hugging Face 转换 Llama 权重的结果一致", "[layouts]") {
    CHECK_THAT(learner::halves_from_pairs(golden("layouts/weight"), 2), Equals(golden("layouts/two_heads")));
    CHECK_THAT(learner::halves_from_pairs(golden("layouts/weight"), 1), Equals(golden("layouts/one_head")));
}

QKV_TEST("a weight may be without rows, or without columns", "权重可以没有行，也可以没有列", "[layouts]") {
    CHECK_THAT(learner::halves_from_pairs(Matrix(0, 12), 3), Equals(Matrix(0, 12)));
    CHECK_THAT(learner::halves_from_pairs(Matrix(4, 0), 3), Equals(Matrix(4, 0)));
}

QKV_TEST("columns that do not make heads of even width, and no heads at all, are errors",
         "各列分不成宽度为偶数的头，或一个头也没有，是错误", "[layouts]") {
    const Matrix weight = golden("layouts/weight");  // 12 columns
    for (const Index n_heads : {0, -1, -2, 4, 5, 7, 12, 24})
        CHECK_THROWS_AS(learner::halves_from_pairs(weight, n_heads), std::invalid_argument);
    CHECK_THROWS_AS(learner::halves_from_pairs(filled(3, 7, 1), 1), std::invalid_argument);
}

// ------------------------------------------------------------------------------------------ swiglu

QKV_TEST("the statement's token passes the gate", "题目中的词元通过门之后结果正确", "[swiglu]") {
    const SwiGlu weights{Matrix{{1, -1, 0}, {0, 1, 1}}, Matrix{{2, 0, 1}, {1, 1, 0}}, Matrix{{1, 0}, {0, 1}, {1, 1}}};
    CHECK_THAT(learner::swiglu(Matrix{{1, 2}}, weights), Equals(Matrix{{4.685828470475784, 3.2237113132157744}}));
}

QKV_TEST("a gate that is closed lets nothing pass, one wide open multiplies by its own number",
         "门关上时什么也不通过，门大开时乘上门自己的数", "[swiglu]") {
    const SwiGlu weights{Matrix{{1000, -1000, 0}}, Matrix{{3, 5, 7}}, Matrix{{1}, {10}, {100}}};
    CHECK_THAT(learner::swiglu(Matrix{{1}, {-1}, {0}}, weights), Equals(Matrix{{3000}, {-50000}, {0}}));
}

QKV_TEST("the gate goes through silu, the other map does not", "经过 silu 的是 gate，不是 up", "[swiglu]") {
    const Scalar log3 = std::log(Scalar{3});  // silu(log 3) = 3/4 log 3
    const SwiGlu weights{Matrix{{1}}, Matrix{{-100}}, Matrix{{1}}};
    CHECK_THAT(learner::swiglu(Matrix{{log3}}, weights), Equals(filled(1, 1, -75 * log3 * log3)));
    CHECK_THAT(learner::swiglu(Matrix{{-log3}}, weights), Equals(filled(1, 1, -25 * log3 * log3)));
}

QKV_TEST("a gate is never quite open nor quite shut: at 12 and at -12 a trace is missing",
         "门从不完全打开，也从不完全关上：在 12 和 -12 处都还差一点", "[swiglu]") {
    const SwiGlu weights{Matrix{{12}}, Matrix{{1}}, Matrix{{1}}};  // PyTorch's silu
    CHECK_THAT(learner::swiglu(Matrix{{1}, {-1}}, weights),
               Equals(Matrix{{11.999926269904773}, {7.373009522657661e-05}}));
}

QKV_TEST("the layer agrees with PyTorch", "整层与 PyTorch 一致", "[swiglu]") {
    const SwiGlu weights{golden("swiglu/gate"), golden("swiglu/up"), golden("swiglu/down")};
    CHECK_THAT(learner::swiglu(golden("swiglu/tokens"), weights), Equals(golden("swiglu/result")));
}

QKV_TEST("tokens do not meet, and there may be none", "词元互不相干，也可以一个都没有", "[swiglu]") {
    const SwiGlu weights{golden("swiglu/gate"), golden("swiglu/up"), golden("swiglu/down")};
    const Matrix result = golden("swiglu/result");
    CHECK_THAT(learner::swiglu(golden("swiglu/tokens").row(1), weights), Equals(result.row(1)));
    CHECK_THAT(learner::swiglu(Matrix(0, 4), weights), Equals(Matrix(0, 4)));
}

QKV_TEST("weights whose shapes do not fit one another or the tokens are errors", "权重彼此不符或与词元不符，是错误",
         "[swiglu]") {
    const SwiGlu weights{golden("swiglu/gate"), golden("swiglu/up"), golden("swiglu/down")};
    check_refused(learner::swiglu,
                  Misfits("tokens, weights", golden("swiglu/tokens"), weights).except({"tokens.rows"}));
}

// ----------------------------------------------------------------------------------------- grouped

QKV_TEST("the statement's four heads share two keys and two values", "题目中的四个头共用两组键和值，结果正确",
         "[grouped]") {
    const Scalar log3 = std::log(Scalar{3});
    CHECK_THAT(learner::grouped_attention(Matrix{{0, log3, log3, 0}}, Matrix{{1, 0}, {0, 1}}, Matrix{{4, 8}, {0, 16}},
                                          all_seen(1, 2), 4, 2),
               Equals(Matrix{{2, 3, 14, 12}}));
}

QKV_TEST("with as many groups as heads it is PyTorch's multi-head attention",
         "组数等于头数时，就是 PyTorch 的多头注意力", "[grouped]") {
    CHECK_THAT(learner::grouped_attention(golden("grouped/query"), golden("grouped/all_keys"),
                                          golden("grouped/all_values"), golden_mask("grouped/mask"), 6, 6),
               Equals(golden("grouped/multi_head")));
}

QKV_TEST("it is multi-head attention with every key head and value head repeated in place",
         "它等于把每个键头、值头就地重复之后的多头注意力", "[grouped]") {
    const Matrix query = golden("grouped/query"), key = golden("grouped/key"), value = golden("grouped/value");
    const Mask mask = golden_mask("grouped/mask");
    Matrix repeated_key(key.rows(), query.cols()), repeated_value(key.rows(), query.cols());
    for (Index h = 0; h < 6; ++h) {  // 3 groups of 2 heads, each of 4 features
        repeated_key.middleCols(4 * h, 4) = key.middleCols(4 * (h / 2), 4);
        repeated_value.middleCols(4 * h, 4) = value.middleCols(4 * (h / 2), 4);
    }
    const Matrix multi_head = learner::grouped_attention(query, repeated_key, repeated_value, mask, 6, 6);
    CHECK_THAT(learner::grouped_attention(query, key, value, mask, 6, 3), SameAs(multi_head));
}

QKV_TEST("three groups, two and one agree with PyTorch", "三组、两组和一组都与 PyTorch 一致", "[grouped]") {
    const Matrix query = golden("grouped/query"), key = golden("grouped/key"), value = golden("grouped/value");
    const Mask mask = golden_mask("grouped/mask");
    CHECK_THAT(learner::grouped_attention(query, key, value, mask, 6, 3), Equals(golden("grouped/three")));
    CHECK_THAT(learner::grouped_attention(query, key.leftCols(8), value.leftCols(8), mask, 6, 2),
               Equals(golden("grouped/two")));
    CHECK_THAT(learner::grouped_attention(query, key.leftCols(4), value.leftCols(4), mask, 6, 1),
               Equals(golden("grouped/one")));
}

QKV_TEST("what the mask hides does not count, and who sees nothing finds zeros",
         "被遮住的不起作用；什么也看不到的查询得到零", "[grouped]") {
    Matrix key = golden("grouped/key"), value = golden("grouped/value");
    Mask mask = all_seen(4, 5);
    mask.col(3).setConstant(false);
    const Matrix expected = learner::grouped_attention(golden("grouped/query"), key, value, mask, 6, 3);
    key.row(3) *= -1000;
    value.row(3).setConstant(Scalar(1e30));
    CHECK_THAT(learner::grouped_attention(golden("grouped/query"), key, value, mask, 6, 3), SameAs(expected));
    mask.row(2).setConstant(false);
    const Matrix blind = learner::grouped_attention(golden("grouped/query"), key, value, mask, 6, 3);
    REQUIRE(blind.rows() == 4);
    CHECK_THAT(blind.row(2), Equals(filled(1, 24, 0)));
}

QKV_TEST("scores of ten thousand overflow nowhere", "打分上万也不会溢出", "[grouped]") {
    const Matrix query{{100, 100, -100, -100}}, key{{200}, {-300}}, value{{3}, {5}};
    CHECK_THAT(learner::grouped_attention(query, key, value, all_seen(1, 2), 4, 1), Equals(Matrix{{3, 3, 5, 5}}));
}

QKV_TEST("what is hidden stays hidden where all scores are below minus a trillion",
         "打分都低于负一万亿时，遮住的仍然遮住", "[grouped]") {
    Mask mask = all_seen(1, 3);
    mask(0, 2) = false;
    const Matrix query{{-4e6, -3e6}}, key{{1e6}, {2e6}, {5e5}}, value{{3}, {5}, {1000}};
    CHECK_THAT(learner::grouped_attention(query, key, value, mask, 2, 1), Equals(Matrix{{3, 3}}));
}

QKV_TEST("without queries nothing is found", "没有查询就没有结果", "[grouped]") {
    CHECK_THAT(
        learner::grouped_attention(Matrix(0, 24), golden("grouped/key"), golden("grouped/value"), Mask(0, 5), 6, 3),
        Equals(Matrix(0, 24)));
}

QKV_TEST("shapes that do not fit, and groups that do not divide the heads, are errors",
         "形状不符、组数不能整除头数，是错误", "[grouped]") {
    const Matrix query = golden("grouped/query"), key = golden("grouped/key"), value = golden("grouped/value");
    const Mask mask = golden_mask("grouped/mask");
    const auto three_groups = [](const Matrix& q, const Matrix& k, const Matrix& v, const Mask& m) {
        return learner::grouped_attention(q, k, v, m, 6, 3);
    };
    check_refused(three_groups, Misfits("query, key, value, mask", query, key, value, mask));
    CHECK_THROWS_AS(three_groups(query, key, value, Mask(0, 0)), std::invalid_argument);
    CHECK_THROWS_AS(three_groups(query, Matrix(0, 12), Matrix(0, 12), Mask(4, 0)), std::invalid_argument);
    for (const Index n_groups : {0, -1, -3, 4, 5, 12})
        CHECK_THROWS_AS(learner::grouped_attention(query, filled(5, 4 * std::abs(n_groups), 1),
                                                   filled(5, 4 * std::abs(n_groups), 1), mask, 6, n_groups),
                        std::invalid_argument);
    for (const Index n_heads : {0, -3, 9})
        CHECK_THROWS_AS(learner::grouped_attention(query, key, value, mask, n_heads, 3), std::invalid_argument);
}

// ------------------------------------------------------------------------------------------ window

QKV_TEST("the statement's mask comes out: a window of 2 and one sink", "题目中的掩码结果正确：窗口为 2，一个汇点",
         "[window]") {
    CHECK_THAT(as_matrix(learner::window_mask(5, 2, 1)),
               Equals(Matrix{{1, 0, 0, 0, 0}, {1, 1, 0, 0, 0}, {1, 1, 1, 0, 0}, {1, 0, 1, 1, 0}, {1, 0, 0, 1, 1}}));
}

QKV_TEST("a window as wide as the text hides the future only", "窗口和文本一样宽时，只遮住未来", "[window]") {
    const Matrix causal = Matrix::Ones(6, 6).triangularView<Eigen::Lower>();
    CHECK_THAT(as_matrix(learner::window_mask(6, 6, 0)), Equals(causal));
    CHECK_THAT(as_matrix(learner::window_mask(6, 1000, 2)), Equals(causal));
    constexpr Index endless = std::numeric_limits<Index>::max();
    CHECK_THAT(as_matrix(learner::window_mask(6, endless, 2)), Equals(causal));
    CHECK_THAT(as_matrix(learner::window_mask(6, 1, endless)), Equals(causal));
}

QKV_TEST("a window of 1 without sinks shows each token itself", "窗口为 1、没有汇点时，每个词元只看到自己",
         "[window]") {
    CHECK_THAT(as_matrix(learner::window_mask(4, 1, 0)), Equals(Matrix::Identity(4, 4)));
}

QKV_TEST("sinks are seen from everywhere behind them, but never before their time",
         "汇点从后面任何位置都看得到，但在它出现之前看不到", "[window]") {
    CHECK_THAT(as_matrix(learner::window_mask(5, 1, 3)),
               Equals(Matrix{{1, 0, 0, 0, 0}, {1, 1, 0, 0, 0}, {1, 1, 1, 0, 0}, {1, 1, 1, 1, 0}, {1, 1, 1, 0, 1}}));
    const Matrix causal = Matrix::Ones(3, 3).triangularView<Eigen::Lower>();
    CHECK_THAT(as_matrix(learner::window_mask(3, 1, 10)), Equals(causal));
}

QKV_TEST("far behind in a text, a token sees the window and the sinks: no more", "文本再长，词元也只看到窗口和汇点",
         "[window]") {
    const Matrix seen = as_matrix(learner::window_mask(90, 7, 3));
    REQUIRE(seen.rows() == 90);
    REQUIRE(seen.cols() == 90);
    const Matrix counts = seen.bottomRows(80).rowwise().sum();
    CHECK_THAT(counts, Equals(filled(80, 1, 10)));
}

QKV_TEST("without tokens the mask is empty; no window and negative numbers are errors",
         "没有词元时掩码为空；没有窗口、数为负，都是错误", "[window]") {
    CHECK_THAT(as_matrix(learner::window_mask(0, 3, 1)), Equals(Matrix(0, 0)));
    CHECK_THROWS_AS(learner::window_mask(-1, 3, 1), std::invalid_argument);
    CHECK_THROWS_AS(learner::window_mask(4, 0, 1), std::invalid_argument);
    CHECK_THROWS_AS(learner::window_mask(4, -2, 1), std::invalid_argument);
    CHECK_THROWS_AS(learner::window_mask(4, 3, -1), std::invalid_argument);
    CHECK_THROWS_AS(learner::window_mask(0, 0, 0), std::invalid_argument);
    // Also where the result would not depend on it.
    CHECK_THROWS_AS(learner::window_mask(4, 0, 4), std::invalid_argument);
    for (const Index n_tokens : {0, 1, 4}) {
        CHECK_THROWS_AS(learner::window_mask(n_tokens, 4, -1), std::invalid_argument);
        CHECK_THROWS_AS(learner::window_mask(n_tokens, 100, -1), std::invalid_argument);
    }
}

// ------------------------------------------------------------------------------------------- block

QKV_TEST("the statement's three tokens come out of the block", "题目中的三个词元经过块之后结果正确", "[block]") {
    CHECK_THAT(learner::run_block(example_tokens, example_block, example_settings),
               Equals(Matrix{{10.45452810873152, 8.213078833778676},
                             {7.5576024442591345, 0.4355848548025423},
                             {5.872337579957098, 5.3651283719826415}}));
}

QKV_TEST("a block that adds nothing leaves its tokens alone", "什么也不加的块让词元保持原样", "[block]") {
    Block block = example_block;
    block.output.setZero();
    block.feed_forward.down.setZero();
    CHECK_THAT(learner::run_block(example_tokens, block, example_settings), Equals(example_tokens));
}

QKV_TEST("the blocks agree with PyTorch", "各个块与 PyTorch 一致", "[block]") {
    const Model model = small_model();
    CHECK_THAT(learner::run_block(golden("small/embedded"), model.blocks[0], small_settings),
               Equals(golden("small/after_one")).within(deep_tolerance));
    CHECK_THAT(learner::run_block(golden("small/after_one"), model.blocks[1], small_settings),
               Equals(golden("small/after_two")).within(deep_tolerance));
}

QKV_TEST("no token knows what comes after it", "词元都不知道后面有什么", "[block]") {
    const Model model = small_model();
    const Matrix tokens = golden("small/embedded"), after = golden("small/after_one");
    for (const Index n : {1, 4, 7}) {
        CHECK_THAT(learner::run_block(tokens.topRows(n), model.blocks[0], small_settings),
                   Equals(after.topRows(n)).within(deep_tolerance));
    }
}

QKV_TEST("only distances count: with a window and no sinks, what stood before the window may be cut off",
         "只有距离起作用：有窗口、没有汇点时，窗口之前的可以剪掉", "[block]") {
    const Block block = small_model().blocks[0];
    Settings settings = small_settings;
    settings.sinks = 0;
    const Matrix tokens = golden("small/embedded");
    const Matrix whole = learner::run_block(tokens, block, settings);
    REQUIRE(whole.rows() == 8);
    const Matrix end = learner::run_block(tokens.bottomRows(settings.window), block, settings);
    REQUIRE(end.rows() == settings.window);
    const Matrix last_of_whole = whole.bottomRows(1), last_of_end = end.bottomRows(1);
    CHECK_THAT(last_of_end, SameAs(last_of_whole));
}

QKV_TEST("a block of the trained model agrees with PyTorch", "训练好的模型的一个块与 PyTorch 一致", "[block]") {
    CHECK_THAT(learner::run_block(golden("trained/after_two"), trained_model().blocks[2], trained_model().settings),
               Equals(golden("trained/after_three")).within(deep_tolerance));
}

QKV_TEST("weights of another shape, no tokens, and settings that cannot be are errors",
         "权重形状不符、没有词元、设置不成立，都是错误", "[block]") {
    const Block block = small_model().blocks[0];
    const Matrix tokens = golden("small/embedded");
    check_refused(learner::run_block,
                  Misfits("tokens, block, settings", tokens, block, small_settings).except({"tokens.rows"}));
    CHECK_THROWS_AS(learner::run_block(Matrix(0, 5), block, small_settings), std::invalid_argument);
    const auto refuses = [&](auto change) {
        Settings settings = small_settings;
        change(settings);
        CHECK_THROWS_AS(learner::run_block(tokens, block, settings), std::invalid_argument);
    };
    for (const Index n : {0, -6, 5, 24}) refuses([n](Settings& settings) { settings.n_heads = n; });
    for (const Index n : {0, -3, 4, 6}) refuses([n](Settings& settings) { settings.n_groups = n; });
    refuses([](Settings& settings) { settings.window = 0; });
    for (const Index window : {2, 100}) {
        refuses([window](Settings& settings) {
            settings.window = window;
            settings.sinks = -1;
        });
    }
    refuses([](Settings& settings) { settings.base = 0; });
    refuses([](Settings& settings) { settings.epsilon = 0; });
}

// ------------------------------------------------------------------------------------------- model

QKV_TEST("the statement's model without blocks norms what it looks up", "题目中没有块的模型查表、归一化，结果正确",
         "[model]") {
    CHECK_THAT(learner::hidden_states({0, 2}, example_model),
               Equals(Matrix{{1.2649110640673518, 0}, {0.8164965809277261, 1.6329931618554523}}));
    CHECK_THAT(learner::logits({0, 2}, example_model),
               Equals(Matrix{{2.5298221281347035, 0, 1.2649110640673518},
                             {1.6329931618554523, 1.6329931618554523, 2.4494897427831783}}));
}

QKV_TEST("the small model agrees with PyTorch, with its own output and tied", "小模型与 PyTorch 一致：输出自有或共用",
         "[model]") {
    const TokenIds ids = golden_ids("small/ids");
    CHECK_THAT(learner::hidden_states(ids, small_model()), Equals(golden("small/hidden")).within(deep_tolerance));
    CHECK_THAT(learner::logits(ids, small_model()), Equals(golden("small/logits")).within(deep_tolerance));
    CHECK_THAT(learner::logits(ids, tied(small_model())), Equals(golden("small/tied_logits")).within(deep_tolerance));
}

QKV_TEST("a text that begins alike has the same logits as far as it goes", "开头相同的文本，在相同的部分 logits 也相同",
         "[model]") {
    const TokenIds ids = golden_ids("small/ids");
    const Matrix expected = golden("small/logits");
    CHECK_THAT(learner::logits({ids.begin(), ids.begin() + 3}, small_model()),
               Equals(expected.topRows(3)).within(deep_tolerance));
    CHECK_THAT(learner::logits({ids[0]}, small_model()), Equals(expected.topRows(1)).within(deep_tolerance));
}

QKV_TEST("the blocks run in their order, each once", "各个块依次运行，每个一次", "[model]") {
    Model model = small_model();
    std::swap(model.blocks[0], model.blocks[1]);
    CHECK_THAT(learner::hidden_states(golden_ids("small/ids"), model),
               Equals(golden("small/swapped")).within(deep_tolerance));
    model.blocks.pop_back();
    CHECK_THAT(learner::hidden_states(golden_ids("small/ids"), model),
               Equals(golden("small/second_alone")).within(deep_tolerance));
}

QKV_TEST("the trained model has PyTorch's hidden states and logits", "训练好的模型的隐藏状态和 logits 与 PyTorch 一致",
         "[model]") {
    const TokenIds ids = golden_ids("trained/ids");
    CHECK_THAT(learner::hidden_states(ids, trained_model()), Equals(golden("trained/hidden")).within(deep_tolerance));
    const Matrix all = learner::logits(ids, trained_model());
    REQUIRE(all.rows() == std::ssize(ids));
    CHECK_THAT(all.bottomRows(3), Equals(golden("trained/logits")).within(deep_tolerance));
}

QKV_TEST("no ids, ids that have no row, and weights of another shape are errors",
         "没有编号、编号没有对应的行、权重形状不符，都是错误", "[model]") {
    const TokenIds ids{3, 0, 8};
    const auto hidden_states = [&](const Model& model) { return learner::hidden_states(ids, model); };
    const auto logits = [&](const Model& model) { return learner::logits(ids, model); };
    check_refused(hidden_states,
                  Misfits("model", tied(small_model())).except({"model.embedding.rows", "model.blocks.size()"}));
    check_refused(logits, Misfits("model", small_model()).except({"model.blocks.size()"}));
    for (const TokenIds& wrong : {TokenIds{}, TokenIds{-1}, TokenIds{3, 9}, TokenIds{0, 1000, 0}}) {
        CHECK_THROWS_AS(learner::hidden_states(wrong, small_model()), std::invalid_argument);
        CHECK_THROWS_AS(learner::logits(wrong, small_model()), std::invalid_argument);
    }
}

// ------------------------------------------------------------------------------------ continuation

QKV_TEST("the statement's chain of ids is followed to its end", "沿着题目中的编号链走到结束", "[continuation]") {
    const Model model = chain({3, 0, 4, 2, 1});  // 0 -> 3 -> 2 -> 4 -> 1 -> 0
    CHECK_THAT(as_row(learner::continue_text({0}, model, 1, 9)), Equals(Matrix{{3, 2, 4}}));
    CHECK_THAT(as_row(learner::continue_text({0}, model, -1, 7)), Equals(Matrix{{3, 2, 4, 1, 0, 3, 2}}));
}

QKV_TEST("the last id of the prompt decides, and the prompt is not repeated",
         "由提示的最后一个编号决定，提示本身不重复", "[continuation]") {
    const Model model = chain({3, 0, 4, 2, 1});
    CHECK_THAT(as_row(learner::continue_text({4, 4, 2}, model, 0, 9)), Equals(Matrix{{4, 1}}));
    CHECK_THAT(as_row(learner::continue_text({1, 1, 3}, model, -1, 1)), Equals(Matrix{{2}}));
}

QKV_TEST("a text may end at once, and an end in the prompt ends nothing", "可以立刻结束；提示里的结束符不算结束",
         "[continuation]") {
    const Model model = chain({3, 0, 4, 2, 1});
    CHECK_THAT(as_row(learner::continue_text({1, 4}, model, 1, 9)), Equals(Matrix(1, 0)));
    CHECK_THAT(as_row(learner::continue_text({1, 1}, model, 1, 4)), Equals(Matrix{{0, 3, 2, 4}}));
}

QKV_TEST("of ids with equal logits the lowest is said", "logit 相同时说编号最小的", "[continuation]") {
    Model model = chain({1, 2, 3, 0});
    model.output->setConstant(Scalar(0.5));
    CHECK_THAT(as_row(learner::continue_text({3}, model, -1, 3)), Equals(Matrix{{0, 0, 0}}));
    model.output->col(0).setConstant(Scalar(-0.5));
    CHECK_THAT(as_row(learner::continue_text({2}, model, 3, 3)), Equals(Matrix{{1, 1, 1}}));
}

QKV_TEST("the largest logit is said, though all are far below 0", "所有 logit 都远小于 0 时，仍然说最大的那个",
         "[continuation]") {
    Model model = chain({1, 2, 3, 0});
    model.output->setConstant(Scalar(-4e12));
    model.output->col(2).setConstant(Scalar(-3e12));
    CHECK_THAT(as_row(learner::continue_text({3}, model, -1, 2)), Equals(Matrix{{2, 2}}));
}

QKV_TEST("the smallest difference is no tie: the larger logit is said", "再小的差别也不算并列：说 logit 大的那个",
         "[continuation]") {
    Model model = chain({1, 2, 3, 0});
    model.output->setConstant(1);
    model.output->col(3).setConstant(1 + 16 * std::numeric_limits<Scalar>::epsilon());
    CHECK_THAT(as_row(learner::continue_text({1}, model, -1, 2)), Equals(Matrix{{3, 3}}));
}

QKV_TEST("all that was said is read again: the small model goes on as PyTorch's does",
         "说过的都会再读：小模型的续写与 PyTorch 一致", "[continuation]") {
    const TokenIds ids = golden_ids("small/ids");
    CHECK_THAT(as_row(learner::continue_text(ids, small_model(), -1, 12)), Equals(golden("small/continued")));
    CHECK_THAT(as_row(learner::continue_text({2}, tied(small_model()), -1, 12)),
               Equals(golden("small/tied_continued")));
}

QKV_TEST("two blocks with a window of 2 know of two tokens back, and of no more",
         "两个块、窗口为 2：往前两个词元都算数，再往前就不算", "[continuation]") {
    // Every token takes half of itself and half of the one before, twice. Who knows of a 0 says 3, else its own id.
    const Matrix zeros = Matrix::Zero(4, 4), same = Matrix::Identity(4, 4);
    const SwiGlu nothing{Matrix::Zero(4, 1), Matrix::Zero(4, 1), Matrix::Zero(1, 4)};
    const Block half{RowVector::Ones(4), zeros, zeros, same, same, RowVector::Ones(4), nothing};
    Matrix output = same;
    output(0, 3) = 10;
    const Settings settings{.n_heads = 1, .n_groups = 1, .window = 2, .sinks = 0, .base = 10, .epsilon = tiny};
    const Model model{same, {half, half}, RowVector::Ones(4), output, settings};
    CHECK_THAT(as_row(learner::continue_text({1, 0, 2}, model, -1, 1)), Equals(Matrix{{3}}));
    CHECK_THAT(as_row(learner::continue_text({0, 1, 2}, model, -1, 1)), Equals(Matrix{{3}}));
    CHECK_THAT(as_row(learner::continue_text({0, 1, 1, 2}, model, -1, 1)), Equals(Matrix{{2}}));
}

QKV_TEST("the trained model defines words as it does in PyTorch", "训练好的模型给单词下的定义与 PyTorch 中一样",
         "[continuation]") {
    for (const std::string word : {"linguist", "biologist", "rosebush"}) {
        const TokenIds said = learner::continue_text(ids_of(word + ":"), trained_model(), end_id, 32);
        CHECK_THAT(as_row(said), Equals(golden("trained/" + word)));
    }
}

QKV_TEST("an empty prompt, ids that have no row, and less than one new id are errors",
         "提示为空、编号没有对应的行、最多写不到一个，都是错误", "[continuation]") {
    const Model model = chain({3, 0, 4, 2, 1});
    for (const TokenIds& wrong : {TokenIds{}, TokenIds{5}, TokenIds{0, -1}})
        CHECK_THROWS_AS(learner::continue_text(wrong, model, 1, 3), std::invalid_argument);
    CHECK_THROWS_AS(learner::continue_text({0}, model, 1, 0), std::invalid_argument);
    CHECK_THROWS_AS(learner::continue_text({0}, model, 1, -1), std::invalid_argument);
}
