// The grader of `attention`. A test's name states a law; its body sets the scene, calls your function
// and holds what comes back against the law. Golden values were computed by PyTorch.
#include "testing/tests.hpp"
#include "remote.hpp"
#include "testing/misfits.hpp"

#include <cmath>
#include <limits>

using namespace qkv;
using namespace qkv::testing;
using attention::AdditiveWeights;
using attention::Projections;

namespace {

constexpr Scalar infinity = std::numeric_limits<Scalar>::infinity();

/// Near ten thousand, float has three digits after the point: log-sum-exp solutions are right too.
constexpr double large_score_tolerance = in_double ? tolerance : 2e-3;

/// Near a million, float has one.
constexpr double far_score_tolerance = in_double ? tolerance : 0.1;

const Mask no_mask;

Matrix reversed_rows(const Matrix& matrix) { return matrix.colwise().reverse(); }

Matrix ones(Index rows, Index columns = 1) { return filled(rows, columns, 1); }

/// The square of it is a score of 2^100; half as much again makes a score that is far larger still.
const Scalar enormous = std::ldexp(Scalar{1}, 50), more_enormous = enormous * Scalar{1.5};

/// A score of it makes, beside one of 0, a weight of a hundred-millionth.
const auto faint = static_cast<Scalar>(-std::log(1e8));
const Matrix faint_value{{0}, {1e8}}, faint_output{{1e8 / (1e8 + 1)}};

/// The worked example of the statement, and as many digits as are printed here.
const Matrix example_query{{1, 0, 0, 0}, {0, 2, 0, -1}}, example_key{{1, 0, 0, 0}, {0, 1, 0, 0}, {0, 0, 1, 1}};
const Matrix example_value{{1, 2}, {3, 4}, {5, 6}};
const Matrix example_weights{{0.4518627618776, 0.2740686190612, 0.2740686190612},
                             {0.2312238976221, 0.6285317192118, 0.1402443831661}};
const Matrix example_output{{2.6444117143672, 3.6444117143672}, {2.8180409710879, 3.8180409710879}};
constexpr double printed_digits = in_double ? 1e-12 : tolerance;

Projections self_projections() { return {golden("self/w_query"), golden("self/w_key"), golden("self/w_value")}; }

Projections cross_projections() { return {golden("self/w_query"), golden("cross/w_key"), golden("cross/w_value")}; }

AdditiveWeights additive_weights() { return {golden("additive/w"), golden("additive/u"), golden("additive/v")}; }

}  // namespace

// ------------------------------------------------------------------------------------ softmax_rows

QKV_TEST("the scores of the statement's example give its weights", "题目算例中的打分得到算例中的权重",
         "[softmax_rows]") {
    const Matrix scores{{0.5, 0, 0}, {0, 1, -0.5}};
    CHECK_THAT(learner::softmax_rows(scores), Equals(example_weights).within(printed_digits));
}

QKV_TEST("each row of softmax sums to one and nothing is negative", "softmax 的每一行之和为一，且没有负数",
         "[softmax_rows]") {
    const Matrix weights = learner::softmax_rows(golden("softmax/scores"));
    CHECK_THAT(weights.rowwise().sum(), Equals(ones(4)));
    CHECK(weights.minCoeff() >= 0);
}

QKV_TEST("scores 0, 1, 2, 3 give the fractions of their exponentials", "打分 0、1、2、3 得到各自指数所占的比例",
         "[softmax_rows]") {
    const Matrix scores{{0, 1, 2, 3}, {3, 1, 0, 2}};
    CHECK_THAT(learner::softmax_rows(scores),
               Equals(Matrix{{0.03205860328008499, 0.08714431874203256, 0.23688281808991013, 0.6439142598879722},
                             {0.6439142598879722, 0.08714431874203256, 0.03205860328008499, 0.23688281808991013}}));
}

QKV_TEST("a row of equal scores gives equal weights", "一行打分相等，权重就相等", "[softmax_rows]") {
    CHECK_THAT(learner::softmax_rows(filled(3, 5, -7)), Equals(filled(3, 5, Scalar{1} / 5)));
}

QKV_TEST("adding a constant to a row changes nothing", "给一行加上同一个常数，结果不变", "[softmax_rows]") {
    const Matrix scores = golden("softmax/scores");
    Matrix shifted = scores;
    for (Index row = 0; row < shifted.rows(); ++row) shifted.row(row).array() += static_cast<Scalar>(10 * row - 15);
    CHECK_THAT(learner::softmax_rows(shifted), Equals(golden("softmax/weights")));
}

QKV_TEST("scores of ten thousand do not overflow", "上万的打分不会溢出", "[softmax_rows]") {
    const Matrix scores{{10000, 10001, 10002, 10003}, {-10003, -10002, -10001, -10000}};
    const Matrix row = Matrix{{0.03205860328008499, 0.08714431874203256, 0.23688281808991013, 0.6439142598879722}};
    CHECK_THAT(learner::softmax_rows(scores), Equals(row.replicate(2, 1)).within(large_score_tolerance));
}

QKV_TEST("rows of very different size do not disturb each other", "大小悬殊的各行互不影响", "[softmax_rows]") {
    const Matrix scores{{0, 0, 0}, {10000, 10000, -10000}, {-10000, -10000, -10000}};
    CHECK_THAT(learner::softmax_rows(scores),
               Equals(Matrix{{1. / 3, 1. / 3, 1. / 3}, {0.5, 0.5, 0}, {1. / 3, 1. / 3, 1. / 3}})
                   .within(large_score_tolerance));
}

QKV_TEST("scores far below zero are as good as others", "远小于零的打分与其他打分一样有效", "[softmax_rows]") {
    constexpr Scalar much = std::numeric_limits<Scalar>::max() / 8;
    const Matrix scores{{-1000003, -1000002, -1000001, -1000000},
                        {-1e12, -3e12, -2e12, -4e12},
                        {-2 * much, -much, -3 * much, -4 * much}};
    const Matrix expected{{0.03205860328008499, 0.08714431874203256, 0.23688281808991013, 0.6439142598879722},
                          {1, 0, 0, 0},
                          {0, 1, 0, 0}};
    CHECK_THAT(learner::softmax_rows(scores), Equals(expected).within(far_score_tolerance));
}

QKV_TEST("a score of minus infinity gets no weight", "负无穷的打分权重为零", "[softmax_rows]") {
    const Matrix scores{{-infinity, 2, -infinity, 2}, {5, -infinity, -infinity, -infinity}};
    CHECK_THAT(learner::softmax_rows(scores), Equals(Matrix{{0, 0.5, 0, 0.5}, {1, 0, 0, 0}}));
}

QKV_TEST("scores of ten thousand do not overflow beside minus infinity either",
         "旁边有负无穷时，上万的打分同样不会溢出", "[softmax_rows]") {
    const Matrix scores{{-infinity, 10000, 10000}, {10000, 10000, -infinity}, {-10000, -infinity, -10000}};
    CHECK_THAT(learner::softmax_rows(scores),
               Equals(Matrix{{0, 0.5, 0.5}, {0.5, 0.5, 0}, {0.5, 0, 0.5}}).within(large_score_tolerance));
}

QKV_TEST("the largest score may stand anywhere, at the end of a long row, too",
         "最大的打分可以在任何位置，包括很长一行的末尾", "[softmax_rows]") {
    Matrix scores = Matrix::Zero(2, 300), expected = scores;
    scores(0, 299) = scores(1, 150) = 1000;
    expected(0, 299) = expected(1, 150) = 1;
    CHECK_THAT(learner::softmax_rows(scores), Equals(expected));
}

QKV_TEST("a row that is all minus infinity gives zeros and leaves the others alone",
         "整行都是负无穷时得到零，其他行不受影响", "[softmax_rows]") {
    const Matrix scores{{1, 1, 1}, {-infinity, -infinity, -infinity}, {4, 4, -infinity}};
    CHECK_THAT(learner::softmax_rows(scores), Equals(Matrix{{1. / 3, 1. / 3, 1. / 3}, {0, 0, 0}, {0.5, 0.5, 0}}));
}

QKV_TEST("every call starts afresh, with the same shape or another", "每次调用都从头算起，无论形状是否相同",
         "[softmax_rows]") {
    const Matrix scores = golden("softmax/scores");
    learner::softmax_rows(scores);
    CHECK_THAT(learner::softmax_rows(reversed_rows(scores)), Equals(reversed_rows(golden("softmax/weights"))));
    CHECK_THAT(learner::softmax_rows(filled(2, 3, 4)), Equals(filled(2, 3, Scalar{1} / 3)));
    CHECK_THAT(learner::softmax_rows(scores), Equals(golden("softmax/weights")));
}

// ------------------------------------------------------------------------------------------- masks

QKV_TEST("the causal masks of the statement come out", "题目里的因果掩码结果正确", "[masks]") {
    CHECK_THAT(as_matrix(learner::causal_mask(3, 3)), Equals(Matrix{{1, 0, 0}, {1, 1, 0}, {1, 1, 1}}));
    CHECK_THAT(as_matrix(learner::causal_mask(2, 4)), Equals(Matrix{{1, 1, 1, 0}, {1, 1, 1, 1}}));
}

QKV_TEST("a position attends to itself and to what is before it", "每个位置能看到自己和前面的位置", "[masks]") {
    const Matrix lower{{1, 0, 0, 0}, {1, 1, 0, 0}, {1, 1, 1, 0}, {1, 1, 1, 1}};
    CHECK_THAT(as_matrix(learner::causal_mask(4, 4)), Equals(lower));
}

QKV_TEST("with more keys than queries, the queries are the last positions", "键比查询多时，查询是最后的几个位置",
         "[masks]") {
    CHECK_THAT(as_matrix(learner::causal_mask(2, 5)), Equals(Matrix{{1, 1, 1, 1, 0}, {1, 1, 1, 1, 1}}));
    CHECK_THAT(as_matrix(learner::causal_mask(1, 6)), Equals(ones(1, 6)));
}

QKV_TEST("with fewer keys than queries, the first queries see nothing", "键比查询少时，最前面的查询什么也看不到",
         "[masks]") {
    CHECK_THAT(as_matrix(learner::causal_mask(5, 3)),
               Equals(Matrix{{0, 0, 0}, {0, 0, 0}, {1, 0, 0}, {1, 1, 0}, {1, 1, 1}}));
}

QKV_TEST("of three hundred queries before one key, only the last sees it", "三百个查询对一个键，只有最后一个看得到",
         "[masks]") {
    Matrix last = filled(300, 1, 0);
    last(299, 0) = 1;
    CHECK_THAT(as_matrix(learner::causal_mask(300, 1)), Equals(last));
}

QKV_TEST("padding is hidden from every query, tokens from none", "填充对所有查询都不可见，词元对所有查询都可见",
         "[masks]") {
    const std::vector<bool> key_is_token = {true, true, false, true, false};
    CHECK_THAT(as_matrix(learner::padding_mask(3, key_is_token)),
               Equals(Matrix{{1, 1, 0, 1, 0}, {1, 1, 0, 1, 0}, {1, 1, 0, 1, 0}}));
}

QKV_TEST("a sequence of padding only hides everything", "全是填充的序列全部不可见", "[masks]") {
    CHECK_THAT(as_matrix(learner::padding_mask(2, {false, false, false})), Equals(filled(2, 3, 0)));
    CHECK_THAT(as_matrix(learner::padding_mask(4, {true, false})), Equals(Matrix{{1, 0}, {1, 0}, {1, 0}, {1, 0}}));
}

QKV_TEST("no queries give a mask without rows, no keys one without columns", "没有查询时掩码没有行，没有键时掩码没有列",
         "[masks]") {
    CHECK_THAT(as_matrix(learner::causal_mask(0, 4)), Equals(Matrix(0, 4)));
    CHECK_THAT(as_matrix(learner::causal_mask(3, 0)), Equals(Matrix(3, 0)));
    CHECK_THAT(as_matrix(learner::padding_mask(0, {true, false})), Equals(Matrix(0, 2)));
    CHECK_THAT(as_matrix(learner::padding_mask(3, {})), Equals(Matrix(3, 0)));
}

// ------------------------------------------------------------------------------ scaled_dot_product

QKV_TEST("the example of the statement comes out", "题目里的例子结果正确", "[scaled_dot_product]") {
    const auto result = learner::scaled_dot_product_attention(example_query, example_key, example_value);
    CHECK_THAT(result.weights, Equals(example_weights).within(printed_digits));
    CHECK_THAT(result.output, Equals(example_output).within(printed_digits));
}

QKV_TEST("the weights over the keys sum to one, and the output is their mean of the values",
         "对键的权重之和为一，输出是值的加权平均", "[scaled_dot_product]") {
    const auto result =
        learner::scaled_dot_product_attention(golden("dot/query"), golden("dot/key"), golden("dot/value"));
    CHECK_THAT(result.weights.rowwise().sum(), Equals(ones(3)));
    REQUIRE(result.weights.cols() == 5);
    const Matrix mean_of_values = result.weights * golden("dot/value");
    CHECK_THAT(result.output, SameAs(mean_of_values));
}

QKV_TEST("keys that are all equal give the plain mean of the values", "所有键都相等时，输出就是值的平均",
         "[scaled_dot_product]") {
    const Matrix query = golden("dot/query"), value = golden("dot/value");
    const Matrix key = golden("dot/key").row(1).replicate(5, 1);
    const Matrix mean = value.colwise().mean();
    CHECK_THAT(learner::scaled_dot_product_attention(query, key, value).output, Equals(mean.replicate(3, 1)));
}

QKV_TEST("a single key gets all the weight", "只有一个键时，它得到全部权重", "[scaled_dot_product]") {
    const Matrix value{{3, -1, 7, 2}};
    const auto result = learner::scaled_dot_product_attention(golden("dot/query"), golden("dot/key").topRows(1), value);
    CHECK_THAT(result.weights, Equals(ones(3)));
    CHECK_THAT(result.output, Equals(value.replicate(3, 1)));
}

QKV_TEST("the order of the keys, with their values, does not matter", "键（连同值）的顺序无关紧要",
         "[scaled_dot_product]") {
    const auto result = learner::scaled_dot_product_attention(golden("dot/query"), reversed_rows(golden("dot/key")),
                                                              reversed_rows(golden("dot/value")));
    CHECK_THAT(result.output, Equals(golden("dot/output")));
    CHECK_THAT(result.weights, Equals(golden("dot/weights").rowwise().reverse()));
}

QKV_TEST("four copies of every feature are as good as queries of twice the size",
         "把每个特征复制四份，等于把查询放大一倍", "[scaled_dot_product]") {
    // Four copies make every dot product four times as large, and sqrt(d_k) twice as large.
    const Matrix query = golden("dot/query"), key = golden("dot/key"), value = golden("dot/value");
    const auto copies = learner::scaled_dot_product_attention(query.replicate(1, 4), key.replicate(1, 4), value);
    const auto twice = learner::scaled_dot_product_attention(2 * query, key, value);
    CHECK_THAT(copies.weights, SameAs(twice.weights));
    CHECK_THAT(copies.output, SameAs(twice.output));
}

QKV_TEST("the output is linear in the values", "输出对值是线性的", "[scaled_dot_product]") {
    const Matrix query = golden("dot/query"), key = golden("dot/key"), value = golden("dot/value");
    const auto result = learner::scaled_dot_product_attention(query, key, 4 * value + ones(5, 4));
    CHECK_THAT(result.output, Equals(4 * golden("dot/output") + ones(3, 4)));
}

QKV_TEST("queries, keys and values of different sizes give PyTorch's numbers",
         "查询、键、值大小各异时与 PyTorch 的结果一致", "[scaled_dot_product]") {
    const auto result =
        learner::scaled_dot_product_attention(golden("dot/query"), golden("dot/key"), golden("dot/value"));
    CHECK_THAT(result.weights, Equals(golden("dot/weights")));
    CHECK_THAT(result.output, Equals(golden("dot/output")));
}

QKV_TEST("very large scores pick the best key instead of overflowing", "打分很大时选中最好的键，而不是溢出",
         "[scaled_dot_product]") {
    const Matrix query{{8192, 0, 0}, {0, 0, -8192}}, key{{1, 0, 2}, {-1, 0, 1}, {0, 4, 0}, {0, 5, -1}};
    const Matrix value{{1, 2}, {3, 4}, {5, 6}, {7, 8}};
    CHECK_THAT(learner::scaled_dot_product_attention(query, key, value).output, Equals(Matrix{{1, 2}, {7, 8}}));
}

QKV_TEST("scores far below zero do not lose their keys", "打分远小于零时，键也不会丢", "[scaled_dot_product]") {
    // All scores are -1000000 / sqrt(2): a mean of the values.
    const Matrix query = filled(3, 2, 1000), key = filled(70, 2, -500);
    Matrix value(70, 4);
    for (Index i = 0; i < 70; ++i) value.row(i).setConstant(static_cast<Scalar>(i));
    CHECK_THAT(learner::scaled_dot_product_attention(query, key, value).output,
               Equals(filled(3, 4, 34.5)).within(far_score_tolerance));
}

QKV_TEST("scores may be enormous and weights tiny: both count", "打分可以极大，权重可以极小，都要算对",
         "[scaled_dot_product]") {
    const Matrix query{{enormous}, {-enormous}}, key{{enormous}, {more_enormous}}, value{{3}, {5}};
    CHECK_THAT(learner::scaled_dot_product_attention(query, key, value).output, Equals(Matrix{{5}, {3}}));
    const Matrix faint_key{{0}, {faint}};
    CHECK_THAT(learner::scaled_dot_product_attention(ones(1), faint_key, faint_value).output, Equals(faint_output));
}

QKV_TEST("no queries give no rows", "没有查询，就没有行", "[scaled_dot_product]") {
    const Matrix key = golden("dot/key"), value = golden("dot/value");
    const auto result = learner::scaled_dot_product_attention(Matrix(0, 7), key, value);
    CHECK_THAT(result.weights, Equals(Matrix(0, 5)));
    CHECK_THAT(result.output, Equals(Matrix(0, 4)));
}

QKV_TEST("without keys the output is zero, unless the call is refused", "没有键时输出为零，或者拒绝这次调用",
         "[scaled_dot_product]") {
    const Matrix query = golden("dot/query");
    const auto result = unless_refused(learner::scaled_dot_product_attention, query, Matrix(0, 7), Matrix(0, 4));
    const Matrix weights = result ? result->weights : Matrix(3, 0), output = result ? result->output : filled(3, 4, 0);
    CHECK_THAT(weights, Equals(Matrix(3, 0)));
    CHECK_THAT(output, Equals(filled(3, 4, 0)));
}

QKV_TEST("shapes that do not fit are an error", "形状不匹配是错误", "[scaled_dot_product]") {
    const Misfits misfits("query, key, value", golden("dot/query"), golden("dot/key"), golden("dot/value"));
    check_refused(learner::scaled_dot_product_attention, misfits.except({"query.rows", "value.columns"}));
}

// -------------------------------------------------------------------------------- masked_attention

QKV_TEST("the example of the statement with a causal mask comes out", "题目里带因果掩码的例子结果正确",
         "[masked_attention]") {
    const Mask causal{{true, true, false}, {true, true, true}};
    const auto result = learner::masked_attention(example_query, example_key, example_value, causal);
    Matrix weights = example_weights, output = example_output;
    weights.row(0) << 0.6224593312019, 0.3775406687981, 0;
    output.row(0) << 1.7550813375963, 2.7550813375963;
    CHECK_THAT(result.weights, Equals(weights).within(printed_digits));
    CHECK_THAT(result.output, Equals(output).within(printed_digits));
}

QKV_TEST("no mask, and a mask that allows everything, change nothing", "没有掩码，或掩码全部允许，结果都不变",
         "[masked_attention]") {
    const Matrix query = golden("dot/query"), key = golden("dot/key"), value = golden("dot/value");
    CHECK_THAT(learner::masked_attention(query, key, value, no_mask).output, Equals(golden("dot/output")));
    CHECK_THAT(learner::masked_attention(query, key, value, Mask::Constant(3, 5, true)).output,
               Equals(golden("dot/output")));
}

QKV_TEST("hidden keys have weight zero and the others still sum to one", "被遮住的键权重为零，其余权重之和仍为一",
         "[masked_attention]") {
    const Mask mask = golden_mask("dot/mask");
    const auto result = learner::masked_attention(golden("dot/query"), golden("dot/key"), golden("dot/value"), mask);
    REQUIRE(result.weights.rows() == 3);
    REQUIRE(result.weights.cols() == 5);
    CHECK_THAT(mask.select(Matrix::Zero(3, 5), result.weights), Equals(filled(3, 5, 0)));
    CHECK_THAT(result.weights.rowwise().sum(), Equals(ones(3)));
}

QKV_TEST("a masked query gives PyTorch's numbers", "有掩码时与 PyTorch 的结果一致", "[masked_attention]") {
    const auto result =
        learner::masked_attention(golden("dot/query"), golden("dot/key"), golden("dot/value"), golden_mask("dot/mask"));
    CHECK_THAT(result.weights, Equals(golden("masked/weights")));
    CHECK_THAT(result.output, Equals(golden("masked/output")));
}

QKV_TEST("what is hidden changes nothing, however large it is", "被遮住的内容无论多大都不影响结果",
         "[masked_attention]") {
    const Matrix query = golden("dot/query");
    Matrix key = golden("dot/key"), value = golden("dot/value");
    Mask mask = Mask::Constant(3, 5, true);
    mask.col(2).setConstant(false);
    const auto before = learner::masked_attention(query, key, value, mask);
    key.row(2) = query.row(0) * Scalar{1e15};  // a score far above all others, if it were seen
    value.row(2).setConstant(Scalar{-1e15});
    const auto after = learner::masked_attention(query, key, value, mask);
    CHECK_THAT(after.weights, SameAs(before.weights));
    CHECK_THAT(after.output, SameAs(before.output));
}

QKV_TEST("hiding keys is the same as not having them", "遮住一些键等于没有这些键", "[masked_attention]") {
    const Matrix query = golden("dot/query"), key = golden("dot/key"), value = golden("dot/value");
    Mask mask = Mask::Constant(3, 5, true);
    mask.rightCols(2).setConstant(false);
    const Matrix hidden = learner::masked_attention(query, key, value, mask).output;
    const Matrix absent = learner::masked_attention(query, key.topRows(3), value.topRows(3), no_mask).output;
    CHECK_THAT(hidden, SameAs(absent));
}

QKV_TEST("a query that may attend to nothing has zero weights and a zero output",
         "什么都不能看的查询，权重和输出都是零", "[masked_attention]") {
    Mask mask = golden_mask("dot/mask");
    mask.row(1).setConstant(false);
    const auto result = learner::masked_attention(golden("dot/query"), golden("dot/key"), golden("dot/value"), mask);
    Matrix weights = golden("masked/weights"), output = golden("masked/output");
    weights.row(1).setZero();
    output.row(1).setZero();
    CHECK_THAT(result.weights, Equals(weights));
    CHECK_THAT(result.output, Equals(output));
}

QKV_TEST("a visible key with a very low score still beats a hidden one", "可见的键打分再低也胜过被遮住的键",
         "[masked_attention]") {
    constexpr Scalar much = std::numeric_limits<Scalar>::max() / 8;
    const Matrix query{{-much, 0, 0, 0}, {0, much, 0, 0}}, key{{1, 0, 0, 0}, {0, -1, 0, 0}, {0, 0, 1, 0}};
    const Matrix value{{10, 20}, {30, 40}, {50, 60}};
    const Mask mask{{true, false, false}, {false, true, false}};
    const auto result = learner::masked_attention(query, key, value, mask);
    CHECK_THAT(result.weights, Equals(Matrix{{1, 0, 0}, {0, 1, 0}}));
    CHECK_THAT(result.output, Equals(Matrix{{10, 20}, {30, 40}}));
}

QKV_TEST("very large scores behind a mask do not overflow", "有掩码时，很大的打分同样不会溢出", "[masked_attention]") {
    const Matrix query{{8192, 0}, {0, -8192}}, key{{1, 2}, {3, 1}, {2, 4}}, value{{1, 2, 3}, {4, 5, 6}, {7, 8, 9}};
    const Mask mask{{true, false, true}, {true, false, true}};  // the second query's scores are all far below zero
    CHECK_THAT(learner::masked_attention(query, key, value, mask).output, Equals(Matrix{{7, 8, 9}, {1, 2, 3}}));
}

QKV_TEST("behind a mask, too, scores may be enormous and weights tiny", "有掩码时，打分也可以极大，权重也可以极小",
         "[masked_attention]") {
    const Matrix query{{enormous}, {-enormous}}, key{{enormous}, {0}, {more_enormous}}, value{{3}, {7}, {5}};
    const Mask not_the_second{{true, false, true}, {true, false, true}};
    CHECK_THAT(learner::masked_attention(query, key, value, not_the_second).output, Equals(Matrix{{5}, {3}}));
    const Matrix faint_key{{0}, {faint}, {9}}, three_values{{0}, {1e8}, {7}};
    const Mask not_the_last{{true, true, false}};
    CHECK_THAT(learner::masked_attention(ones(1), faint_key, three_values, not_the_last).output, Equals(faint_output));
}

QKV_TEST("a mask that is not queries x keys, or any other shape that does not fit, is an error",
         "掩码的形状不是查询 x 键，或其他形状不匹配，都是错误", "[masked_attention]") {
    const Misfits misfits("query, key, value, mask", golden("dot/query"), golden("dot/key"), golden("dot/value"),
                          golden_mask("dot/mask"));
    check_refused(learner::masked_attention, misfits.except({"value.columns"}));
}

// ----------------------------------------------------------------------------- projected_attention

QKV_TEST("one-hot tokens pick rows of the projections: the example of the statement comes out",
         "独热词元从投影矩阵中取出行：题目里的例子结果正确", "[projected_attention]") {
    const Matrix two = Matrix::Identity(2, 2), three = Matrix::Identity(3, 3);
    const Projections projections{example_query, example_key, example_value};
    CHECK_THAT(learner::cross_attention(two, three, projections, no_mask).output,
               Equals(example_output).within(printed_digits));
    Matrix w_query(3, 4), output(3, 2);
    w_query << example_query, RowVector{{0, 0, 0, 2}};
    output << example_output, RowVector{{3.7283506542975, 4.7283506542975}};
    CHECK_THAT(learner::self_attention(three, {w_query, example_key, example_value}, no_mask).output,
               Equals(output).within(printed_digits));
}

QKV_TEST("self-attention projects the tokens three times", "自注意力对同一组词元做三种投影", "[projected_attention]") {
    const auto result = learner::self_attention(golden("self/tokens"), self_projections(), no_mask);
    CHECK_THAT(result.weights, Equals(golden("self/weights")));
    CHECK_THAT(result.output, Equals(golden("self/output")));
}

QKV_TEST("cross-attention asks with the tokens and reads from the memory", "交叉注意力用词元提问，从记忆中读取",
         "[projected_attention]") {
    const auto result = learner::cross_attention(golden("self/tokens"), golden("cross/memory"), cross_projections(),
                                                 golden_mask("cross/mask"));
    CHECK_THAT(result.weights, Equals(golden("cross/weights")));
    CHECK_THAT(result.output, Equals(golden("cross/output")));
}

QKV_TEST("self-attention is cross-attention of a sequence with itself", "自注意力就是序列与自身的交叉注意力",
         "[projected_attention]") {
    const Matrix tokens = golden("self/tokens");
    Mask mask = Mask::Constant(5, 5, true);
    mask.col(1).setConstant(false);
    mask.row(3).setConstant(false);  // this token may attend to nothing
    const Matrix self = learner::self_attention(tokens, self_projections(), mask).output;
    CHECK_THAT(self.row(3), Equals(filled(1, 3, 0)));
    const Matrix cross = learner::cross_attention(tokens, tokens, self_projections(), mask).output;
    CHECK_THAT(self, SameAs(cross));
}

QKV_TEST("very large tokens do not overflow", "很大的词元不会溢出", "[projected_attention]") {
    const Matrix tokens = 4096 * golden("self/tokens"), memory = 4096 * golden("cross/memory");
    const auto result = learner::cross_attention(tokens, memory, cross_projections(), no_mask);
    CHECK_THAT(result.weights.rowwise().sum(), Equals(ones(5)));
}

QKV_TEST("the order of the memory does not matter", "记忆的顺序无关紧要", "[projected_attention]") {
    const Matrix tokens = golden("self/tokens"), memory = golden("cross/memory");
    const auto straight = learner::cross_attention(tokens, memory, cross_projections(), no_mask);
    const auto reversed = learner::cross_attention(tokens, reversed_rows(memory), cross_projections(), no_mask);
    const Matrix weights_turned_back = reversed.weights.rowwise().reverse();
    CHECK_THAT(straight.output, SameAs(reversed.output));
    CHECK_THAT(straight.weights, SameAs(weights_turned_back));
}

QKV_TEST("behind a causal mask, a later token changes no earlier row", "有因果掩码时，后面的词元不影响前面的行",
         "[projected_attention]") {
    Matrix tokens = golden("self/tokens");
    Mask past = Mask::Constant(5, 5, false);
    for (Index i = 0; i < 5; ++i) past.row(i).head(i + 1).setConstant(true);
    const Matrix before = learner::self_attention(tokens, self_projections(), past).output;
    tokens.row(4).setConstant(3);
    const Matrix after = learner::self_attention(tokens, self_projections(), past).output;
    CHECK_THAT(before.topRows(4), SameAs(after.topRows(4)));
    CHECK_FALSE(after.row(4).isApprox(before.row(4)));
}

QKV_TEST("tokens whose scores are all far below zero lose nothing", "所有打分都远小于零的词元不会丢失任何东西",
         "[projected_attention]") {
    // Every query is 1000, every key -1000: all scores are -1000000.
    const Matrix tokens = ones(3), memory{{1, 2}, {1, 4}, {1, 9}, {1, 1}};
    const Projections projections{filled(1, 1, 1000), Matrix{{-1000}, {0}}, Matrix{{0, 1}, {1, 0}}};
    CHECK_THAT(learner::cross_attention(tokens, memory, projections, no_mask).output,
               Equals(Matrix{{4, 1}, {4, 1}, {4, 1}}).within(far_score_tolerance));
}

QKV_TEST("scores of projected tokens may be enormous, and their weights tiny", "投影后词元的打分可以极大，权重可以极小",
         "[projected_attention]") {
    const Projections same{ones(1), ones(1), ones(1)};
    const Matrix tokens{{enormous}, {more_enormous}}, first{{1, 0}, {1, 0}}, second{{0, 1}, {0, 1}};
    CHECK_THAT(learner::self_attention(tokens, same, no_mask).weights, Equals(second));
    CHECK_THAT(learner::cross_attention(-tokens, tokens, same, no_mask).weights, Equals(first));
    const Projections faint_values{ones(1), ones(1), filled(1, 1, Scalar(1e8) / faint)};
    CHECK_THAT(learner::cross_attention(ones(1), Matrix{{0}, {faint}}, faint_values, no_mask).output,
               Equals(faint_output));
}

QKV_TEST("projections and masks that do not fit the tokens or the memory are an error",
         "投影矩阵或掩码与词元、记忆不匹配是错误", "[projected_attention]") {
    const Misfits cross("tokens, memory, projections, mask", golden("self/tokens"), golden("cross/memory"),
                        cross_projections(), golden_mask("cross/mask"));
    check_refused(learner::cross_attention, cross.except({"projections.value.columns"}));
    const Misfits self("tokens, projections, mask", golden("self/tokens"), self_projections(),
                       Mask(Mask::Constant(5, 5, true)));
    check_refused(learner::self_attention, self.except({"projections.value.columns"}));
}

// ------------------------------------------------------------------------------ additive_attention

QKV_TEST("one query, three keys, by hand: tanh stands inside the sum", "一个查询、三个键，手算：tanh 在求和之内",
         "[additive_attention]") {
    const AdditiveWeights weights{Matrix{{1, 0}, {0, 1}}, Matrix{{0.5, 0}, {0, 2}}, RowVector{{1, -1}}};
    const Matrix query{{1, -1}}, key{{1, 0}, {0, 1}, {1, 1}}, value{{2, 3, 5}, {7, 11, 13}, {17, 19, 23}};
    CHECK_THAT(learner::additive_attention(query, key, value, weights, no_mask).weights,
               Equals(Matrix{{0.7107942052730, 0.1342415157830, 0.1549642789440}}).within(printed_digits));
}

QKV_TEST("a network without output weights attends to all keys alike", "输出权重为零时，对所有键一视同仁",
         "[additive_attention]") {
    AdditiveWeights weights = additive_weights();
    weights.v.setZero();
    const auto result = learner::additive_attention(golden("additive/query"), golden("additive/key"),
                                                    golden("additive/value"), weights, no_mask);
    CHECK_THAT(result.weights, Equals(filled(3, 5, Scalar{1} / 5)));
    const Matrix mean = golden("additive/value").colwise().mean();
    CHECK_THAT(result.output, Equals(mean.replicate(3, 1)));
}

QKV_TEST("the order of the hidden units does not matter", "隐藏单元的顺序无关紧要", "[additive_attention]") {
    AdditiveWeights weights = additive_weights();
    weights.query = weights.query.rowwise().reverse().eval();
    weights.key = weights.key.rowwise().reverse().eval();
    weights.v = weights.v.reverse().eval();
    CHECK_THAT(learner::additive_attention(golden("additive/query"), golden("additive/key"), golden("additive/value"),
                                           weights, no_mask)
                   .weights,
               Equals(golden("additive/weights")));
}

QKV_TEST("additive attention gives PyTorch's numbers", "加性注意力与 PyTorch 的结果一致", "[additive_attention]") {
    const auto result = learner::additive_attention(golden("additive/query"), golden("additive/key"),
                                                    golden("additive/value"), additive_weights(), no_mask);
    CHECK_THAT(result.weights, Equals(golden("additive/weights")));
    CHECK_THAT(result.output, Equals(golden("additive/output")));
}

QKV_TEST("additive attention respects its mask", "加性注意力遵守掩码", "[additive_attention]") {
    Mask mask = golden_mask("dot/mask");
    mask.row(2).setConstant(false);
    const auto result = learner::additive_attention(golden("additive/query"), golden("additive/key"),
                                                    golden("additive/value"), additive_weights(), mask);
    Matrix weights = golden("additive/masked_weights"), output = golden("additive/masked_output");
    weights.row(2).setZero();
    output.row(2).setZero();
    CHECK_THAT(result.weights, Equals(weights));
    CHECK_THAT(result.output, Equals(output));
}

QKV_TEST("weights, values and masks that do not fit are an error", "权重、值或掩码不匹配是错误",
         "[additive_attention]") {
    const Misfits misfits("query, key, value, weights, mask", golden("additive/query"), golden("additive/key"),
                          golden("additive/value"), additive_weights(), golden_mask("dot/mask"));
    check_refused(learner::additive_attention, misfits.except({"value.columns"}));
}

QKV_TEST("very large features saturate instead of overflowing", "很大的特征会饱和，而不是溢出",
         "[additive_attention]") {
    const Matrix query = 4096 * golden("additive/query"), key = 4096 * golden("additive/key");
    const auto result = learner::additive_attention(query, key, golden("additive/value"), additive_weights(), no_mask);
    CHECK_THAT(result.weights.rowwise().sum(), Equals(ones(3)));
}

QKV_TEST("additive scores may be enormous, and their weights tiny", "加性打分可以极大，权重可以极小",
         "[additive_attention]") {
    const Matrix key{{1}, {2}}, value{{3}, {5}};
    AdditiveWeights weights{ones(1), ones(1), RowVector{{enormous * enormous}}};
    CHECK_THAT(learner::additive_attention(Matrix{{0}}, key, value, weights, no_mask).output, Equals(Matrix{{5}}));
    weights.v *= -1;
    CHECK_THAT(learner::additive_attention(Matrix{{0}}, key, value, weights, no_mask).output, Equals(Matrix{{3}}));
    weights.v(0) = faint;  // tanh is 0 and 1
    CHECK_THAT(learner::additive_attention(Matrix{{0}}, Matrix{{0}, {1000}}, faint_value, weights, no_mask).output,
               Equals(faint_output));
}

QKV_TEST("additive scores far below zero, all alike, give the mean of the values",
         "加性打分都远小于零且彼此相等时，输出是值的平均", "[additive_attention]") {
    const AdditiveWeights weights{filled(2, 3, 100), filled(4, 3, 0), RowVector{{-5e5, -3e5, -2e5}}};
    const Matrix value{{2, 3}, {7, 11}, {17, 19}, {6, 7}, {3, 10}};
    CHECK_THAT(learner::additive_attention(ones(1, 2), ones(5, 4), value, weights, no_mask).output,
               Equals(Matrix{{7, 10}}).within(far_score_tolerance));
}

// ------------------------------------------------------------------------------ bilinear_attention

QKV_TEST("the example of the statement: the query stands on the left of W", "题目里的例子：查询在 W 的左边",
         "[bilinear_attention]") {
    const Matrix query{{1, -1}}, key{{1, 0}, {0, 1}, {1, 1}}, weight{{1, 2}, {0, -1}};
    const Matrix value{{2, 3, 5, 7}, {11, 13, 17, 19}, {23, 29, 31, 37}};
    CHECK_THAT(learner::bilinear_attention(query, key, value, weight, no_mask).weights,  // of 1, 3, 4
               Equals(Matrix{{0.0351190269593, 0.2594964603424, 0.7053845126982}}).within(printed_digits));
}

QKV_TEST("with W the identity, the score is the plain dot product", "W 为单位阵时，打分就是点积",
         "[bilinear_attention]") {
    // Scores 0, 1, 2, 3 for the first query and 3, 1, 0, 2 for the second; no scaling.
    const Matrix query{{1, 0, 0}, {0, 1, 0}}, key{{0, 3, 1}, {1, 1, 2}, {2, 0, 3}, {3, 2, 4}};
    const Matrix value{{1, 2, 3, 4, 5}, {5, 4, 3, 2, 1}, {1, 3, 5, 2, 4}, {2, 1, 4, 3, 5}};
    CHECK_THAT(learner::bilinear_attention(query, key, value, Matrix::Identity(3, 3), no_mask).weights,
               Equals(Matrix{{0.03205860328008499, 0.08714431874203256, 0.23688281808991013, 0.6439142598879722},
                             {0.6439142598879722, 0.08714431874203256, 0.03205860328008499, 0.23688281808991013}}));
}

QKV_TEST("twice the matrix is as good as twice the query", "矩阵放大一倍等于查询放大一倍", "[bilinear_attention]") {
    const Matrix query = golden("additive/query"), key = golden("additive/key"), value = golden("additive/value");
    const Matrix weight = golden("bilinear/w");
    const Matrix twice_the_matrix = learner::bilinear_attention(query, key, value, 2 * weight, no_mask).output;
    const Matrix twice_the_query = learner::bilinear_attention(2 * query, key, value, weight, no_mask).output;
    CHECK_THAT(twice_the_matrix, SameAs(twice_the_query));
}

QKV_TEST("bilinear attention gives PyTorch's numbers", "双线性注意力与 PyTorch 的结果一致", "[bilinear_attention]") {
    const auto result = learner::bilinear_attention(golden("additive/query"), golden("additive/key"),
                                                    golden("additive/value"), golden("bilinear/w"), no_mask);
    CHECK_THAT(result.weights, Equals(golden("bilinear/weights")));
    CHECK_THAT(result.output, Equals(golden("bilinear/output")));
}

QKV_TEST("bilinear attention respects its mask", "双线性注意力遵守掩码", "[bilinear_attention]") {
    Mask mask = golden_mask("dot/mask");
    mask.row(0).setConstant(false);
    const auto result = learner::bilinear_attention(golden("additive/query"), golden("additive/key"),
                                                    golden("additive/value"), golden("bilinear/w"), mask);
    Matrix weights = golden("bilinear/masked_weights"), output = golden("bilinear/masked_output");
    weights.row(0).setZero();
    output.row(0).setZero();
    CHECK_THAT(result.weights, Equals(weights));
    CHECK_THAT(result.output, Equals(output));
}

QKV_TEST("a matrix that is not d_query x d_key, or another shape that does not fit, is an error",
         "矩阵的形状不是查询维 x 键维，或其他形状不匹配，都是错误", "[bilinear_attention]") {
    const Misfits misfits("query, key, value, weight, mask", golden("additive/query"), golden("additive/key"),
                          golden("additive/value"), golden("bilinear/w"), golden_mask("dot/mask"));
    check_refused(learner::bilinear_attention, misfits.except({"value.columns"}));
}

QKV_TEST("very large bilinear scores do not overflow", "很大的双线性打分不会溢出", "[bilinear_attention]") {
    const auto result = learner::bilinear_attention(4096 * golden("additive/query"), golden("additive/key"),
                                                    golden("additive/value"), golden("bilinear/w"), no_mask);
    CHECK_THAT(result.weights.rowwise().sum(), Equals(ones(3)));
}

QKV_TEST("bilinear scores may be enormous, and their weights tiny", "双线性打分可以极大，权重可以极小",
         "[bilinear_attention]") {
    const Matrix query{{enormous}, {-enormous}}, key{{enormous}, {more_enormous}}, value{{3}, {5}};
    CHECK_THAT(learner::bilinear_attention(query, key, value, ones(1), no_mask).output, Equals(Matrix{{5}, {3}}));
    const Matrix faint_key{{0}, {faint}};
    CHECK_THAT(learner::bilinear_attention(ones(1), faint_key, faint_value, ones(1), no_mask).output,
               Equals(faint_output));
}

QKV_TEST("bilinear scores far below zero, all alike, give the mean of the values",
         "双线性打分都远小于零且彼此相等时，输出是值的平均", "[bilinear_attention]") {
    const Matrix query = filled(1, 2, 1000), key = filled(5, 3, -1), weight{{500, 0, 0}, {0, 200, 300}};
    const Matrix value{{2, 3}, {7, 11}, {17, 19}, {6, 7}, {3, 10}};
    CHECK_THAT(learner::bilinear_attention(query, key, value, weight, no_mask).output,
               Equals(Matrix{{7, 10}}).within(far_score_tolerance));
}
