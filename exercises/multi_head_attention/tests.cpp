// The grader of `multi_head_attention`. A test's name states a law; its body sets the scene, calls your
// function and holds what comes back against the law. Golden values were computed by PyTorch.
#include "testing/tests.hpp"
#include "golden_model.hpp"
#include "remote.hpp"

using namespace qkv;
using namespace qkv::testing;
using namespace multi_head_attention::tests;
using multi_head_attention::Linear;
using multi_head_attention::MultiHeadResult;
using multi_head_attention::MultiHeadWeights;

namespace {

constexpr double printed_digits = sizeof(Scalar) == sizeof(float) ? tolerance : 1e-11;

const Mask no_mask;

/// Head after head; that one is missing or too many is said first.
void check_heads(const std::vector<Matrix>& heads, const std::vector<Matrix>& expected) {
    REQUIRE(heads.size() == expected.size());
    for (std::size_t h = 0; h < heads.size(); ++h) CHECK_THAT(heads[h], Equals(expected[h]));
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

QKV_TEST("a weight or a bias that does not fit is an error", "权重或偏置的形状不匹配是错误", "[linear]") {
    const Matrix input = golden("linear/input");
    const Linear layer = golden_layer("linear");
    CHECK_THROWS_AS(learner::linear(input.leftCols(4), layer), std::invalid_argument);
    CHECK_THROWS_AS(learner::linear(input, Linear{layer.weight.leftCols(6), layer.bias}), std::invalid_argument);
    CHECK_THROWS_AS(learner::linear(input, Linear{layer.weight, layer.bias.head(1)}), std::invalid_argument);
}

// --------------------------------------------------------------------------------- split_and_merge

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
}

QKV_TEST("fewer than one head is an error", "头数小于一是错误", "[split_and_merge]") {
    CHECK_THROWS_AS(learner::split_heads(numbered(4, 12), 0), std::invalid_argument);
    CHECK_THROWS_AS(learner::split_heads(numbered(4, 12), -3), std::invalid_argument);
}

QKV_TEST("merging nothing, or heads of different shapes, is an error", "没有头可合并，或各头形状不同，是错误",
         "[split_and_merge]") {
    CHECK_THROWS_AS(learner::merge_heads({}), std::invalid_argument);
    CHECK_THROWS_AS(learner::merge_heads({numbered(4, 3), numbered(4, 3), numbered(5, 3)}), std::invalid_argument);
    CHECK_THROWS_AS(learner::merge_heads({numbered(4, 3), numbered(3, 3), numbered(4, 3)}), std::invalid_argument);
    CHECK_THROWS_AS(learner::merge_heads({numbered(4, 3), numbered(4, 2), numbered(4, 4)}), std::invalid_argument);
}

// ------------------------------------------------------------------------------------ attend_heads

QKV_TEST("three heads are three attentions with one head, side by side", "三个头就是三次单头注意力，并排在一起",
         "[attend_heads]") {
    const Matrix query = golden("heads/query"), key = golden("heads/key"), value = golden("heads/value");
    const MultiHeadResult all = learner::attend_heads(query, key, value, 3, golden_mask());
    REQUIRE(all.weights.size() == 3);
    for (Index h = 0; h < 3; ++h) {
        const auto one = learner::attend_heads(block(query, h), block(key, h), block(value, h), 1, golden_mask());
        check_heads(one.weights, {all.weights[static_cast<std::size_t>(h)]});
        CHECK_THAT(one.output, Equals(golden("heads/masked_output").middleCols(2 * h, 2)));
    }
}

QKV_TEST("in each head the weights sum to one and the output is their mean of the head's values",
         "每个头的权重之和为一，输出是该头的值的加权平均", "[attend_heads]") {
    const Matrix value = golden("heads/value");
    const auto result = learner::attend_heads(golden("heads/query"), golden("heads/key"), value, 3, no_mask);
    REQUIRE(result.weights.size() == 3);
    for (Index h = 0; h < 3; ++h) {
        const Matrix weights = result.weights[static_cast<std::size_t>(h)];
        CHECK_THAT(weights.rowwise().sum(), Equals(filled(5, 1, 1)));
        CHECK_THAT(weights * block(value, h), Equals(golden("heads/output").middleCols(2 * h, 2)));
    }
    CHECK_THAT(result.output, Equals(golden("heads/output")));
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

QKV_TEST("the example of the statement comes out: each head looks elsewhere",
         "题目里的例子结果正确：各个头看向不同的地方", "[attend_heads]") {
    const Matrix query{{2, 0, 0, 2}, {0, 2, 2, 0}}, key{{2, 0, 1, 0}, {0, 1, 0, 0}, {0, 0, 0, 2}};
    const Matrix value{{1, 2, 10, 20}, {3, 4, 30, 40}, {5, 6, 50, 60}};
    CHECK_THAT(learner::attend_heads(query, key, value, 2, no_mask).output,
               Equals(Matrix{{1.317144369873, 2.317144369873, 46.828556301268, 56.828556301268},
                             {3, 4, 19.814746048721, 29.814746048721}})
                   .within(printed_digits));
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

QKV_TEST("queries, keys, values and a mask that do not fit are an error", "查询、键、值与掩码的形状不匹配是错误",
         "[attend_heads]") {
    const Matrix query = golden("heads/query"), key = golden("heads/key"), value = golden("heads/value");
    CHECK_THROWS_AS(learner::attend_heads(query, key.leftCols(9), value, 3, no_mask), std::invalid_argument);
    CHECK_THROWS_AS(learner::attend_heads(query, key, value.topRows(5), 3, no_mask), std::invalid_argument);
    CHECK_THROWS_AS(learner::attend_heads(query, key, value, 3, Mask::Constant(7, 5, true)), std::invalid_argument);
    CHECK_THROWS_AS(learner::attend_heads(query, key, value, 3, Mask::Constant(1, 7, true)), std::invalid_argument);
    CHECK_THROWS_AS(learner::attend_heads(query, key, value.colwise().replicate(2), 3, no_mask), std::invalid_argument);
    // One side right, the other one short or long by one.
    for (const auto& mask : {Mask::Constant(5, 6, true), Mask::Constant(5, 8, true), Mask::Constant(4, 7, true),
                             Mask::Constant(6, 7, true)}) {
        CHECK_THROWS_AS(learner::attend_heads(query, key, value, 3, mask), std::invalid_argument);
    }
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

QKV_TEST("tokens and memory that do not fit the layers, or a mask that does not fit them, are an error",
         "词元、记忆与各层不匹配，或掩码与它们不匹配，是错误", "[multi_head_attention]") {
    const Matrix tokens = golden("self/tokens"), memory = golden("wide/memory");
    MultiHeadWeights weights = golden_weights("wide");
    CHECK_THROWS_AS(learner::multi_head_attention(memory, memory, weights, no_mask), std::invalid_argument);
    CHECK_THROWS_AS(learner::multi_head_attention(tokens, tokens, weights, no_mask), std::invalid_argument);
    CHECK_THROWS_AS(learner::multi_head_attention(tokens, memory, weights, Mask::Constant(7, 5, true)),
                    std::invalid_argument);
    weights.output.weight = weights.output.weight.topRows(9).eval();
    CHECK_THROWS_AS(learner::multi_head_attention(tokens, memory, weights, no_mask), std::invalid_argument);
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
