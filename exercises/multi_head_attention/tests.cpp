// The grader of `multi_head_attention`. A test's name states a law; its body sets the scene, calls your
// function and holds what comes back against the law. Golden values were computed by PyTorch.
#include "testing/tests.hpp"
#include "golden_model.hpp"
#include "remote.hpp"
#include "testing/misfits.hpp"

#include <limits>

using namespace qkv;
using namespace qkv::testing;
using namespace multi_head_attention::tests;
using multi_head_attention::Linear;
using multi_head_attention::MultiHeadResult;
using multi_head_attention::MultiHeadWeights;

namespace {

constexpr double printed_digits = in_double ? 1e-11 : tolerance;

/// Near a million, float has one digit after the point.
constexpr double far_score_tolerance = in_double ? tolerance : 0.1;

const Mask no_mask;

/// The worked example of the statement, and as many digits as are printed here: two heads.
const Matrix example_query{{2, 0, 0, 2}, {0, 2, 2, 0}}, example_key{{2, 0, 1, 0}, {0, 1, 0, 0}, {0, 0, 0, 2}};
const Matrix example_value{{1, 2, 10, 20}, {3, 4, 30, 40}, {5, 6, 50, 60}};
const std::vector<Matrix> example_weights{
    Matrix{{0.8942852100423, 0.0528573949789, 0.0528573949789}, {0.163579100812, 0.672841798376, 0.163579100812}},
    Matrix{{0.0528573949789, 0.0528573949789, 0.8942852100423}, {0.672841798376, 0.163579100812, 0.163579100812}}};
const Matrix example_merged{{1.3171443698732, 2.3171443698732, 46.8285563012681, 56.8285563012681},
                            {3, 4, 19.8147460487207, 29.8147460487207}};
const Linear example_output_layer{Matrix{{1, 0, 0, 0}, {0, 1, 0, 1}, {1, 0, 0, 0}, {0, 0, 1, 0}},
                                  RowVector{{0, 1, 0, -1}}};
const Matrix example_output{{48.1457006711413, 3.3171443698732, 56.8285563012681, 1.3171443698732},
                            {22.8147460487207, 5, 29.8147460487207, 3}};

/// Head after head; that one is missing or too many is said first.
void check_heads(const std::vector<Matrix>& heads, const std::vector<Matrix>& expected, double within = tolerance) {
    REQUIRE(heads.size() == expected.size());
    for (std::size_t h = 0; h < heads.size(); ++h) CHECK_THAT(heads[h], Equals(expected[h]).within(within));
}

/// Row i, column j holds 100 i + j.
Matrix numbered(Index rows, Index columns) {
    Matrix matrix(rows, columns);
    for (Index i = 0; i < rows; ++i) {
        for (Index j = 0; j < columns; ++j) matrix(i, j) = static_cast<Scalar>(100 * i + j);
    }
    return matrix;
}

/// Block h of three blocks of columns.
Matrix block(const Matrix& matrix, Index h) { return matrix.middleCols(h * (matrix.cols() / 3), matrix.cols() / 3); }

/// Three blocks of columns in another order: the last one first.
Matrix turned(const Matrix& matrix) {
    Matrix result(matrix.rows(), matrix.cols());
    result << block(matrix, 2), block(matrix, 0), block(matrix, 1);
    return result;
}
std::vector<Matrix> turned(const std::vector<Matrix>& heads) { return {heads[2], heads[0], heads[1]}; }

Matrix reversed_rows(const Matrix& matrix) { return matrix.colwise().reverse(); }

std::vector<Matrix> reversed_columns(std::vector<Matrix> heads) {
    for (Matrix& head : heads) head = head.rowwise().reverse().eval();
    return heads;
}

}  // namespace

// ------------------------------------------------------------------------------------------ linear

QKV_TEST("the output layer of the statement's example comes out", "题目算例中的输出层结果正确", "[linear]") {
    CHECK_THAT(learner::linear(example_merged, example_output_layer), Equals(example_output).within(printed_digits));
}

QKV_TEST("the rows of a unit matrix give the rows of the weight, plus the bias", "单位阵的各行得到权重的各行，再加偏置",
         "[linear]") {
    const Linear layer = golden_layer("linear");
    CHECK_THAT(learner::linear(Matrix::Identity(5, 5), layer), Equals(layer.weight.rowwise() + layer.bias));
}

QKV_TEST("an input of zeros gives the bias in every row", "输入为零时，每一行都是偏置", "[linear]") {
    const Linear layer = golden_layer("linear");
    CHECK_THAT(learner::linear(Matrix::Zero(3, 5), layer), Equals(layer.bias.replicate(3, 1)));
}

QKV_TEST("every row is treated by itself", "各行互不影响", "[linear]") {
    CHECK_THAT(learner::linear(reversed_rows(golden("linear/input")), golden_layer("linear")),
               Equals(reversed_rows(golden("linear/output"))));
    CHECK_THAT(learner::linear(golden("linear/input").row(2), golden_layer("linear")),
               Equals(golden("linear/output").row(2)));
}

QKV_TEST("a square weight is not transposed", "方阵权重也不转置", "[linear]") {
    const Linear layer{Matrix{{1, 2, 0}, {3, -1, 4}, {0, 5, 1}}, RowVector{{10, 20, 30}}};
    CHECK_THAT(learner::linear(Matrix{{1, 2, 0}, {0, 1, -1}}, layer), Equals(Matrix{{17, 20, 38}, {13, 14, 33}}));
}

QKV_TEST("a linear layer gives PyTorch's numbers", "线性层与 PyTorch 的结果一致", "[linear]") {
    CHECK_THAT(learner::linear(golden("linear/input"), golden_layer("linear")), Equals(golden("linear/output")));
}

QKV_TEST("no digit is lost on the way", "中途不丢失任何一位小数", "[linear]") {
    const Linear layer{Matrix{{0.3}, {0.9}}, RowVector{{0.2}}};
    CHECK_THAT(learner::linear(Matrix{{0.1, 0.7}}, layer), Equals(Matrix{{0.86}}));
}

QKV_TEST("no tokens give no rows, as wide as the bias", "没有词元就没有行，宽度仍与偏置相同", "[linear]") {
    CHECK_THAT(learner::linear(Matrix(0, 5), golden_layer("linear")), Equals(Matrix(0, 7)));
}

QKV_TEST("a weight or a bias that does not fit is an error", "权重或偏置的形状不匹配是错误", "[linear]") {
    const Misfits misfits("input, layer", golden("linear/input"), golden_layer("linear"));
    check_refused(learner::linear, misfits.except({"input.rows"}));
}

// --------------------------------------------------------------------------------- split_and_merge

QKV_TEST("the heads of the statement's example are cut and merged", "题目算例中的各个头拆分、合并都正确",
         "[split_and_merge]") {
    const std::vector<Matrix> heads{Matrix{{1, 2}, {3, 4}, {5, 6}}, Matrix{{10, 20}, {30, 40}, {50, 60}}};
    check_heads(learner::split_heads(example_value, 2), heads);
    CHECK_THAT(learner::merge_heads(heads), Equals(example_value));
}

QKV_TEST("a head is a block of neighbouring columns", "一个头就是相邻的一段列", "[split_and_merge]") {
    const Matrix features{{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}, {20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31}};
    check_heads(learner::split_heads(features, 3),
                {Matrix{{0, 1, 2, 3}, {20, 21, 22, 23}}, Matrix{{4, 5, 6, 7}, {24, 25, 26, 27}},
                 Matrix{{8, 9, 10, 11}, {28, 29, 30, 31}}});
}

QKV_TEST("merging puts the heads side by side, in order", "合并就是把各个头依次并排", "[split_and_merge]") {
    const std::vector<Matrix> heads{Matrix{{1, 2}, {3, 4}, {5, 6}}, Matrix{{10, 20}, {30, 40}, {50, 60}},
                                    Matrix{{-1, -2}, {-3, -4}, {-5, -6}}, Matrix{{7, 7}, {8, 8}, {9, 9}}};
    CHECK_THAT(
        learner::merge_heads(heads),
        Equals(Matrix{{1, 2, 10, 20, -1, -2, 7, 7}, {3, 4, 30, 40, -3, -4, 8, 8}, {5, 6, 50, 60, -5, -6, 9, 9}}));
}

QKV_TEST("merging undoes splitting, whatever the number of heads", "无论有几个头，合并都能还原拆分",
         "[split_and_merge]") {
    const Matrix features = numbered(5, 12);
    for (const Index n_heads : {3, 4, 6, 12}) {
        CHECK_THAT(learner::merge_heads(learner::split_heads(features, n_heads)), Equals(features));
    }
}

QKV_TEST("splitting undoes merging", "拆分能还原合并", "[split_and_merge]") {
    const std::vector<Matrix> heads{numbered(7, 4), numbered(7, 4).array() + 50, -numbered(7, 4)};
    check_heads(learner::split_heads(learner::merge_heads(heads), 3), heads);
}

QKV_TEST("one head is the whole, and as many heads as columns are single columns",
         "只有一个头时就是整体，头数等于列数时每个头只有一列", "[split_and_merge]") {
    const Matrix features = numbered(4, 3);
    check_heads(learner::split_heads(features, 1), {features});
    check_heads(learner::split_heads(features, 3), {features.col(0), features.col(1), features.col(2)});
    CHECK_THAT(learner::merge_heads({features}), Equals(features));
}

QKV_TEST("the rows of a head belong to the same tokens as before", "拆分之后，头的每一行仍属于原来的词元",
         "[split_and_merge]") {
    const Matrix features = numbered(7, 6);
    const Matrix third = features.row(2);
    const auto heads = learner::split_heads(features, 3);
    REQUIRE(heads.size() == 3);
    for (Index h = 0; h < 3; ++h) CHECK_THAT(heads[static_cast<std::size_t>(h)], Equals(block(features, h)));
    check_heads(learner::split_heads(third, 3), {block(third, 0), block(third, 1), block(third, 2)});
}

QKV_TEST("a number of heads that does not divide the columns is an error", "头数不能整除列数是错误",
         "[split_and_merge]") {
    CHECK_THROWS_AS(learner::split_heads(numbered(4, 12), 5), std::invalid_argument);
    CHECK_THROWS_AS(learner::split_heads(numbered(4, 12), 24), std::invalid_argument);
    CHECK_THROWS_AS(learner::split_heads(numbered(4, 12), (Index{1} << 32) + 3), std::invalid_argument);
}

QKV_TEST("fewer than one head is an error", "头数小于一是错误", "[split_and_merge]") {
    CHECK_THROWS_AS(learner::split_heads(numbered(4, 12), 0), std::invalid_argument);
    CHECK_THROWS_AS(learner::split_heads(numbered(4, 12), -3), std::invalid_argument);
}

QKV_TEST("merging nothing, or heads of different shapes, is an error", "没有头可合并，或各头形状不同，是错误",
         "[split_and_merge]") {
    CHECK_THROWS_AS(learner::merge_heads({}), std::invalid_argument);
    const std::vector<Matrix> heads(4, numbered(4, 3));
    check_refused(learner::merge_heads, Misfits("heads", heads).except({"heads.size()"}));
}

QKV_TEST("heads without tokens keep their number and their width", "没有词元时，头的个数和宽度不变",
         "[split_and_merge]") {
    check_heads(learner::split_heads(Matrix(0, 12), 3), {Matrix(0, 4), Matrix(0, 4), Matrix(0, 4)});
    CHECK_THAT(learner::merge_heads({Matrix(0, 4), Matrix(0, 4), Matrix(0, 4)}), Equals(Matrix(0, 12)));
}

QKV_TEST("more than a hundred heads are cut and merged like three", "一百多个头的拆分与合并，和三个头一样",
         "[split_and_merge]") {
    const Matrix features = numbered(2, 260);
    const std::vector<Matrix> heads = learner::split_heads(features, 130);
    REQUIRE(heads.size() == 130);
    CHECK_THAT(heads[129], Equals(Matrix{{258, 259}, {358, 359}}));
    CHECK_THAT(learner::merge_heads(heads), Equals(features));
}

// ------------------------------------------------------------------------------------ attend_heads

QKV_TEST("the example of the statement comes out: each head looks elsewhere",
         "题目里的例子结果正确：各个头看向不同的地方", "[attend_heads]") {
    const auto result = learner::attend_heads(example_query, example_key, example_value, 2, no_mask);
    check_heads(result.weights, example_weights, printed_digits);
    CHECK_THAT(result.output, Equals(example_merged).within(printed_digits));
}

QKV_TEST("three heads are three attentions with one head, side by side", "三个头就是三次单头注意力，并排在一起",
         "[attend_heads]") {
    const Matrix query = golden("heads/query"), key = golden("heads/key"), value = golden("heads/value");
    const std::vector<Matrix> weights = golden_heads("heads/masked_weights");
    for (Index h = 0; h < 3; ++h) {
        const auto one = learner::attend_heads(block(query, h), block(key, h), block(value, h), 1, golden_mask());
        check_heads(one.weights, {weights[static_cast<std::size_t>(h)]});
        CHECK_THAT(one.output, Equals(golden("heads/masked_output").middleCols(2 * h, 2)));
    }
    const MultiHeadResult all = learner::attend_heads(query, key, value, 3, golden_mask());
    check_heads(all.weights, weights);
    CHECK_THAT(all.output, Equals(golden("heads/masked_output")));
}

QKV_TEST("in each head the weights sum to one and the output is their mean of the head's values",
         "每个头的权重之和为一，输出是该头的值的加权平均", "[attend_heads]") {
    const Matrix value = golden("heads/value");
    const auto result = learner::attend_heads(golden("heads/query"), golden("heads/key"), value, 3, no_mask);
    REQUIRE(result.weights.size() == 3);
    REQUIRE(result.output.cols() == 6);
    for (Index h = 0; h < 3; ++h) {
        const Matrix weights = result.weights[static_cast<std::size_t>(h)];
        CHECK_THAT(weights.rowwise().sum(), Equals(filled(5, 1, 1)));
        REQUIRE(weights.cols() == 7);
        const Matrix output_of_head = block(result.output, h), mean_of_values = weights * block(value, h);
        CHECK_THAT(output_of_head, SameAs(mean_of_values));
    }
}

QKV_TEST("what one head asks is of no concern to the others", "一个头问什么，与其他头无关", "[attend_heads]") {
    Matrix query = golden("heads/query");
    query.middleCols(4, 4) *= -3;
    const auto result = learner::attend_heads(query, golden("heads/key"), golden("heads/value"), 3, no_mask);
    const auto before = golden_heads("heads/weights");
    REQUIRE(result.weights.size() == 3);
    CHECK_THAT(result.weights[0], Equals(before[0]));
    CHECK_THAT(result.weights[2], Equals(before[2]));
    CHECK_FALSE(result.weights[1].isApprox(before[1], Scalar{0.01}));
}

QKV_TEST("heads in another order give the same, in that order", "调换各个头的次序，结果只是次序随之调换",
         "[attend_heads]") {
    const auto result = learner::attend_heads(turned(golden("heads/query")), turned(golden("heads/key")),
                                              turned(golden("heads/value")), 3, golden_mask());
    CHECK_THAT(result.output, Equals(turned(golden("heads/masked_output"))));
    check_heads(result.weights, turned(golden_heads("heads/masked_weights")));
}

QKV_TEST("the order of the keys, with their values, does not matter to any head",
         "键（连同值）的顺序对任何头都无关紧要", "[attend_heads]") {
    const auto result = learner::attend_heads(golden("heads/query"), reversed_rows(golden("heads/key")),
                                              reversed_rows(golden("heads/value")), 3, no_mask);
    CHECK_THAT(result.output, Equals(golden("heads/output")));
    check_heads(result.weights, reversed_columns(golden_heads("heads/weights")));
}

QKV_TEST("keys that all have the same value bring home that value", "所有键的值都相同时，取回的就是这个值",
         "[attend_heads]") {
    const Matrix tokens = golden("heads/query"), value = golden("heads/value").row(3);
    CHECK_THAT(learner::attend_heads(tokens, tokens, value.replicate(5, 1), 3, no_mask).output,
               Equals(value.replicate(5, 1)));
}

QKV_TEST("three heads give PyTorch's numbers", "三个头与 PyTorch 的结果一致", "[attend_heads]") {
    const auto result =
        learner::attend_heads(golden("heads/query"), golden("heads/key"), golden("heads/value"), 3, no_mask);
    CHECK_THAT(result.output, Equals(golden("heads/output")));
    check_heads(result.weights, golden_heads("heads/weights"));
}

QKV_TEST("three heads behind one mask give PyTorch's numbers", "三个头共用一个掩码，与 PyTorch 的结果一致",
         "[attend_heads]") {
    const auto result =
        learner::attend_heads(golden("heads/query"), golden("heads/key"), golden("heads/value"), 3, golden_mask());
    check_heads(result.weights, golden_heads("heads/masked_weights"));
    CHECK_THAT(result.output, Equals(golden("heads/masked_output")));
}

QKV_TEST("a mask that allows everything changes nothing", "全部允许的掩码不改变结果", "[attend_heads]") {
    const auto result = learner::attend_heads(golden("heads/query"), golden("heads/key"), golden("heads/value"), 3,
                                              Mask::Constant(5, 7, true));
    CHECK_THAT(result.output, Equals(golden("heads/output")));
    check_heads(result.weights, golden_heads("heads/weights"));
}

QKV_TEST("what is hidden changes nothing in any head, however large it is", "被遮住的内容无论多大，对任何头都没有影响",
         "[attend_heads]") {
    const Mask mask = golden_mask();
    Matrix key = golden("heads/key"), value = golden("heads/value");
    key.row(4) *= Scalar{1e15};
    value.row(4).setConstant(Scalar{-1e15});
    const auto result = learner::attend_heads(golden("heads/query"), key, value, 3, mask);
    for (Index i = 0; i < 5; ++i) {  // the queries that may not attend to key 4
        if (!mask(i, 4)) CHECK_THAT(result.output.row(i), Equals(golden("heads/masked_output").row(i)));
    }
}

QKV_TEST("a query that may attend to nothing has zero weights in every head and a zero output",
         "什么都不能看的查询，在每个头里权重都是零，输出也是零", "[attend_heads]") {
    Mask mask = golden_mask();
    mask.row(3).setConstant(false);
    const auto result =
        learner::attend_heads(golden("heads/query"), golden("heads/key"), golden("heads/value"), 3, mask);
    Matrix output = golden("heads/masked_output");
    std::vector<Matrix> weights = golden_heads("heads/masked_weights");
    output.row(3).setZero();
    for (Matrix& head : weights) head.row(3).setZero();
    CHECK_THAT(result.output, Equals(output));
    check_heads(result.weights, weights);
}

QKV_TEST("a hidden key takes nothing from keys whose scores are far below zero",
         "打分远小于零的键，不会被遮住的键夺走权重", "[attend_heads]") {
    // All scores are -1000000; one key is hidden from everybody, however well it would fit.
    Matrix query = filled(2, 8, 500), key = filled(4, 8, -1000);
    key.row(1).setConstant(1000);
    Mask mask = Mask::Constant(2, 4, true);
    mask.col(1).setConstant(false);
    const Matrix value{{1, 2, 3, 4}, {9, 9, 9, 9}, {4, 4, 4, 4}, {1, 6, 5, 7}};
    const auto result = learner::attend_heads(query, key, value, 2, mask);
    CHECK_THAT(result.output, Equals(Matrix{{2, 4, 4, 5}, {2, 4, 4, 5}}).within(far_score_tolerance));
}

QKV_TEST("a hidden key takes nothing from a visible one, however low its score is",
         "可见的键打分再低，也不会被遮住的键夺走权重", "[attend_heads]") {
    constexpr Scalar much = std::numeric_limits<Scalar>::max() / 64;
    const Matrix query{{-much, 0, -much, 0}, {0, much, 0, much}}, key{{1, 0, 1, 0}, {0, -1, 0, -1}, {0, 0, 0, 0}};
    const Matrix value{{10, 20}, {30, 40}, {50, 60}};
    const Mask mask{{true, false, false}, {false, true, false}};
    CHECK_THAT(learner::attend_heads(query, key, value, 2, mask).output, Equals(Matrix{{10, 20}, {30, 40}}));
}

QKV_TEST("one head, one query or one key: the mask counts all the same", "只有一个头、一个查询或一个键，掩码同样有效",
         "[attend_heads]") {
    const Matrix one{{0, 0}}, three = Matrix::Zero(3, 2), value{{1, 2}, {4, 4}, {3, 8}};
    const auto output = [](const Matrix& query, const Matrix& key, const Matrix& values, Index n_heads,
                           const Mask& mask) {
        return learner::attend_heads(query, key, values, n_heads, mask).output;
    };
    const Mask past{{true, false, false}, {true, true, false}, {true, true, true}};
    CHECK_THAT(output(three, three, value, 1, past), Equals(Matrix{{1, 2}, {2.5, 3}, {8. / 3, 14. / 3}}));
    CHECK_THAT(output(one, three, value, 2, Mask{{true, false, true}}), Equals(Matrix{{2, 5}}));
    CHECK_THAT(output(three, one, value.topRows(1), 2, Mask{{true}, {false}, {true}}),
               Equals(Matrix{{1, 2}, {0, 0}, {1, 2}}));
}

QKV_TEST("scores far below zero, all alike, give each head the mean of its values",
         "打分都远小于零且彼此相等时，每个头的输出都是值的平均", "[attend_heads]") {
    const Matrix value{{1, 2, 3, 4}, {4, 4, 4, 4}, {1, 6, 5, 7}};
    const auto result = learner::attend_heads(filled(2, 8, 500), filled(3, 8, -1000), value, 2, no_mask);
    CHECK_THAT(result.output, Equals(Matrix{{2, 4, 4, 5}, {2, 4, 4, 5}}).within(far_score_tolerance));
}

QKV_TEST("very large scores do not overflow in any head, with a mask or without",
         "无论有没有掩码，很大的打分在任何头里都不会溢出", "[attend_heads]") {
    // Head 0 of the first query likes key 1 best, head 1 key 2; the second query the opposite of the first.
    const Matrix query{{8192, 0, 0, 8192}, {-8192, 0, 0, -8192}}, key{{1, 7, 7, 2}, {3, 7, 7, 1}, {2, 7, 7, 4}};
    const Matrix value{{1, 2, 3, 4}, {5, 6, 7, 8}, {9, 10, 11, 12}};
    CHECK_THAT(learner::attend_heads(query, key, value, 2, no_mask).output,
               Equals(Matrix{{5, 6, 11, 12}, {1, 2, 7, 8}}));
    const Mask mask{{true, false, true}, {true, false, true}};
    CHECK_THAT(learner::attend_heads(query, key, value, 2, mask).output, Equals(Matrix{{9, 10, 11, 12}, {1, 2, 3, 4}}));
}

QKV_TEST("the seventieth of eighty keys is seen like the first", "八十个键中的第七十个与第一个同样看得到",
         "[attend_heads]") {
    Matrix key = Matrix::Zero(80, 2);
    key(0, 0) = 1000, key(69, 1) = -1000;
    CHECK_THAT(learner::attend_heads(Matrix{{1, -1}}, key, numbered(80, 2), 2, no_mask).output,
               Equals(Matrix{{0, 6901}}));
}

QKV_TEST("seventy heads are seventy attentions", "七十个头就是七十次注意力", "[attend_heads]") {
    // Each head has one feature. Head 69 sees only the second of the two keys, the others both alike.
    Matrix key = Matrix::Zero(2, 70);
    key(1, 69) = 1000;
    const auto result = learner::attend_heads(filled(1, 70, 1), key, numbered(2, 70), 70, no_mask);
    Matrix expected = numbered(1, 70).array() + 50;
    expected(0, 69) = 169;
    CHECK_THAT(result.output, Equals(expected));
    REQUIRE(result.weights.size() == 70);
    CHECK_THAT(result.weights[69], Equals(Matrix{{0, 1}}));
    CHECK_THAT(result.weights[68], Equals(Matrix{{0.5, 0.5}}));
}

QKV_TEST("no queries give no rows, and a matrix of weights for each head all the same",
         "没有查询就没有行，但每个头仍有一个权重矩阵", "[attend_heads]") {
    const auto result = learner::attend_heads(Matrix(0, 12), golden("heads/key"), golden("heads/value"), 3, no_mask);
    CHECK_THAT(result.output, Equals(Matrix(0, 6)));
    check_heads(result.weights, {Matrix(0, 7), Matrix(0, 7), Matrix(0, 7)});
}

QKV_TEST("queries, keys, values and a mask that do not fit are an error", "查询、键、值与掩码的形状不匹配是错误",
         "[attend_heads]") {
    const Misfits misfits("query, key, value, n_heads, mask", golden("heads/query"), golden("heads/key"),
                          golden("heads/value"), Index{3}, golden_mask());
    check_refused(learner::attend_heads, misfits.except({"value.columns"}));
}

QKV_TEST("heads that do not divide the columns of query, key or value are an error",
         "头数不能整除查询、键或值的列数是错误", "[attend_heads]") {
    const Matrix query = golden("heads/query"), key = golden("heads/key"), value = golden("heads/value");
    CHECK_THROWS_AS(learner::attend_heads(query, key, value, 4, no_mask), std::invalid_argument);  // of value only
    CHECK_THROWS_AS(learner::attend_heads(query, key, value, 5, no_mask), std::invalid_argument);
    CHECK_THROWS_AS(learner::attend_heads(query, key, value, 0, no_mask), std::invalid_argument);
    CHECK_THROWS_AS(learner::attend_heads(query, key, value, -3, no_mask), std::invalid_argument);
}

// ---------------------------------------------------------------------------- multi_head_attention

QKV_TEST("with one-hot memory the whole example of the statement comes out", "记忆为独热行时，题目的整个例子结果正确",
         "[multi_head_attention]") {
    // A one-hot row of memory picks a row of W_K and of W_V; W_Q leaves the tokens as they are.
    const RowVector none = RowVector::Zero(4);
    const MultiHeadWeights weights{
        {Matrix::Identity(4, 4), none}, {example_key, none}, {example_value, none}, example_output_layer, 2};
    const auto result = learner::multi_head_attention(example_query, Matrix::Identity(3, 3), weights, no_mask);
    CHECK_THAT(result.output, Equals(example_output).within(printed_digits));
    check_heads(result.weights, example_weights, printed_digits);
}

QKV_TEST("tokens in another order give the same outputs in that order", "打乱词元的次序，输出只是随之打乱",
         "[multi_head_attention]") {
    const Matrix tokens = reversed_rows(golden("self/tokens"));
    CHECK_THAT(learner::multi_head_attention(tokens, tokens, golden_weights("self"), no_mask).output,
               Equals(reversed_rows(golden("self/output"))));
}

QKV_TEST("the order of the memory does not matter", "记忆的顺序无关紧要", "[multi_head_attention]") {
    const auto result = learner::multi_head_attention(golden("self/tokens"), reversed_rows(golden("cross/memory")),
                                                      golden_weights("self"), no_mask);
    CHECK_THAT(result.output, Equals(golden("cross/output")));
    check_heads(result.weights, reversed_columns(golden_heads("cross/weights")));
}

QKV_TEST("heads in another order, with their rows of W_O, give the same output",
         "调换各个头（连同 W_O 的相应行），输出不变", "[multi_head_attention]") {
    MultiHeadWeights weights = golden_weights("wide");
    for (Linear* layer : {&weights.query, &weights.key, &weights.value}) {
        *layer = {turned(layer->weight), turned(layer->bias)};
    }
    weights.output.weight = turned(weights.output.weight.transpose()).transpose();
    const auto result =
        learner::multi_head_attention(golden("self/tokens"), golden("wide/memory"), weights, golden_mask());
    CHECK_THAT(result.output, Equals(golden("wide/output")));
    check_heads(result.weights, turned(golden_heads("wide/weights")));
}

QKV_TEST("values that are zero leave the bias of the output layer", "值全为零时，只剩输出层的偏置",
         "[multi_head_attention]") {
    MultiHeadWeights weights = golden_weights("self");
    weights.value.weight.setZero();
    weights.value.bias.setZero();
    const auto result = learner::multi_head_attention(golden("self/tokens"), golden("cross/memory"), weights, no_mask);
    CHECK_THAT(result.output, Equals(weights.output.bias.replicate(5, 1)));
    check_heads(result.weights, golden_heads("cross/weights"));
}

QKV_TEST("the bias of the keys changes nothing, that of the values goes through W_O",
         "键的偏置不起作用，值的偏置经过 W_O", "[multi_head_attention]") {
    // A bias of the keys adds the same number to all scores of a query.
    MultiHeadWeights weights = golden_weights("wide");
    const RowVector step = golden("self/tokens").row(0);
    weights.key.bias += step;
    weights.value.bias += step;
    const RowVector shift = step * weights.output.weight;
    CHECK_THAT(
        learner::multi_head_attention(golden("self/tokens"), golden("wide/memory"), weights, golden_mask()).output,
        Equals(golden("wide/output").rowwise() + shift));
}

QKV_TEST("a query that may attend to nothing gives the bias of the output layer",
         "什么都不能看的查询，输出就是输出层的偏置", "[multi_head_attention]") {
    Mask mask = golden_mask();
    mask.row(1).setConstant(false);
    const MultiHeadWeights weights = golden_weights("wide");
    Matrix output = golden("wide/output");
    output.row(1) = weights.output.bias;
    CHECK_THAT(learner::multi_head_attention(golden("self/tokens"), golden("wide/memory"), weights, mask).output,
               Equals(output));
}

QKV_TEST("a memory of one row that is hidden gives the bias of the output layer, one head or three",
         "记忆只有一行而且被遮住时，无论几个头，输出都是输出层的偏置", "[multi_head_attention]") {
    MultiHeadWeights weights = golden_weights("self");
    for (const Index n_heads : {1, 3}) {
        weights.n_heads = n_heads;
        const Matrix tokens = golden("self/tokens").topRows(2), memory = golden("cross/memory").topRows(1);
        const Mask mask{{true}, {false}};
        const auto result = learner::multi_head_attention(tokens, memory, weights, mask);
        REQUIRE(result.output.rows() == 2);
        CHECK_THAT(result.output.row(1), Equals(weights.output.bias));
        check_heads(result.weights, std::vector<Matrix>(static_cast<std::size_t>(n_heads), Matrix{{1}, {0}}));
    }
}

QKV_TEST("behind a causal mask, a later token changes no earlier row", "有因果掩码时，后面的词元不影响前面的行",
         "[multi_head_attention]") {
    Matrix tokens = golden("self/tokens");
    tokens.row(4).setConstant(3);
    Mask past = Mask::Constant(5, 5, false);
    for (Index i = 0; i < 5; ++i) past.row(i).head(i + 1).setConstant(true);
    const Matrix output = learner::multi_head_attention(tokens, tokens, golden_weights("self"), past).output;
    CHECK_THAT(output.topRows(4), Equals(golden("self/causal_output").topRows(4)));
    CHECK_FALSE(output.row(4).isApprox(golden("self/causal_output").row(4), Scalar{0.01}));
}

QKV_TEST("self-attention gives the numbers of nn.MultiheadAttention", "自注意力与 nn.MultiheadAttention 的结果一致",
         "[multi_head_attention]") {
    const Matrix tokens = golden("self/tokens");
    const auto result = learner::multi_head_attention(tokens, tokens, golden_weights("self"), no_mask);
    CHECK_THAT(result.output, Equals(golden("self/output")));
    check_heads(result.weights, golden_heads("self/weights"));
}

QKV_TEST("the same weights cut into four heads give PyTorch's numbers, too",
         "同样的权重切成四个头，也与 PyTorch 的结果一致", "[multi_head_attention]") {
    const Matrix tokens = golden("self/tokens");
    MultiHeadWeights weights = golden_weights("self");
    weights.n_heads = 4;
    const auto result = learner::multi_head_attention(tokens, tokens, weights, no_mask);
    CHECK_THAT(result.output, Equals(golden("self/four_heads_output")));
    check_heads(result.weights, golden_heads("self/four_heads_weights", 4));
}

QKV_TEST("behind a causal mask, too, self-attention gives the numbers of nn.MultiheadAttention",
         "带因果掩码的自注意力也与 nn.MultiheadAttention 的结果一致", "[multi_head_attention]") {
    const Matrix tokens = golden("self/tokens");
    Mask past = Mask::Constant(5, 5, false);
    for (Index i = 0; i < 5; ++i) past.row(i).head(i + 1).setConstant(true);
    const auto result = learner::multi_head_attention(tokens, tokens, golden_weights("self"), past);
    CHECK_THAT(result.output, Equals(golden("self/causal_output")));
    check_heads(result.weights, golden_heads("self/causal_weights"));
}

QKV_TEST("cross-attention to a longer memory gives the numbers of nn.MultiheadAttention",
         "对更长的记忆做交叉注意力，与 nn.MultiheadAttention 的结果一致", "[multi_head_attention]") {
    const auto result =
        learner::multi_head_attention(golden("self/tokens"), golden("cross/memory"), golden_weights("self"), no_mask);
    CHECK_THAT(result.output, Equals(golden("cross/output")));
    check_heads(result.weights, golden_heads("cross/weights"));
}

QKV_TEST("a memory of another width, and a mask, give the numbers of nn.MultiheadAttention",
         "记忆宽度不同并带有掩码时，与 nn.MultiheadAttention 的结果一致", "[multi_head_attention]") {
    const auto result = learner::multi_head_attention(golden("self/tokens"), golden("wide/memory"),
                                                      golden_weights("wide"), golden_mask());
    CHECK_THAT(result.output, Equals(golden("wide/output")));
    check_heads(result.weights, golden_heads("wide/weights"));
}

QKV_TEST("a memory of the same shape as the tokens is still another sequence", "记忆与词元形状相同时，仍是另一个序列",
         "[multi_head_attention]") {
    const Matrix tokens = golden("self/tokens"), memory = golden("cross/memory");
    Mask first_five = Mask::Constant(5, 7, true);
    first_five.rightCols(2).setConstant(false);
    const MultiHeadWeights weights = golden_weights("self");
    const Matrix from_five_rows = learner::multi_head_attention(tokens, memory.topRows(5), weights, no_mask).output;
    const Matrix two_rows_hidden = learner::multi_head_attention(tokens, memory, weights, first_five).output;
    CHECK_THAT(from_five_rows, SameAs(two_rows_hidden));
}

QKV_TEST("very large tokens do not overflow", "很大的词元不会溢出", "[multi_head_attention]") {
    const Matrix tokens = 4096 * golden("self/tokens");
    const auto result = learner::multi_head_attention(tokens, tokens, golden_weights("self"), no_mask);
    REQUIRE(result.weights.size() == 3);
    for (const Matrix& head : result.weights) CHECK_THAT(head.rowwise().sum(), Equals(filled(5, 1, 1)));
    CHECK(result.output.allFinite());
}

QKV_TEST("tokens whose scores are all far below zero lose nothing", "所有打分都远小于零的词元不会丢失任何东西",
         "[multi_head_attention]") {
    // Every query is 1000, every key -1000, in each of the two heads: all scores are -1000000.
    const Linear picks{Matrix::Identity(2, 2), RowVector{{1, -1}}};
    const MultiHeadWeights weights{
        {Matrix::Zero(2, 2), filled(1, 2, 1000)}, {Matrix::Zero(2, 2), filled(1, 2, -1000)}, picks, picks, 2};
    const Matrix memory{{2, 1}, {4, 0}, {9, 1}, {1, 2}};
    CHECK_THAT(learner::multi_head_attention(filled(3, 2, 1), memory, weights, no_mask).output,
               Equals(Matrix{{6, -1}, {6, -1}, {6, -1}}).within(far_score_tolerance));
}

QKV_TEST("tokens, memory, layers or a mask that do not fit each other are an error",
         "词元、记忆、各层或掩码彼此不匹配，是错误", "[multi_head_attention]") {
    const Misfits misfits("tokens, memory, weights, mask", golden("self/tokens"), golden("wide/memory"),
                          golden_weights("wide"), golden_mask());
    check_refused(learner::multi_head_attention, misfits);
}

QKV_TEST("a number of heads that does not divide d_model, or is below one, is an error",
         "头数不能整除 d_model 或小于一，是错误", "[multi_head_attention]") {
    MultiHeadWeights weights = golden_weights("self");
    for (const Index n_heads : {5, 0, -3}) {
        weights.n_heads = n_heads;
        CHECK_THROWS_AS(learner::multi_head_attention(golden("self/tokens"), golden("cross/memory"), weights, no_mask),
                        std::invalid_argument);
    }
}
