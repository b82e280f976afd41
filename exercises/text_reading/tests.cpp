// The grader of `text_reading`. A test's name states a law; its body sets the scene, calls your function and holds
// what comes back against the law. Golden values were computed by PyTorch from the same weights, in double.
#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <utility>
#include <vector>

#include "golden_model.hpp"
#include "testing/tests.hpp"

#include "remote.hpp"
#include "testing/misfits.hpp"

using namespace qkv;
using namespace qkv::testing;
using namespace text_reading::tests;
using text_reading::EncoderWeights;
using text_reading::Encoding;
using text_reading::FusedOrder;
using text_reading::LayerResult;
using text_reading::Line;
using text_reading::Linear;
using text_reading::MultiHeadWeights;
using text_reading::Reading;

namespace {

/// Attention of some heads of a layer against PyTorch's.
void check_heads(const std::vector<Matrix>& attention, const std::string& name, std::size_t n_heads,
                 const std::vector<std::size_t>& heads) {
    REQUIRE(attention.size() == n_heads);
    for (const std::size_t h : heads) CHECK_THAT(attention[h], Equals(golden(name + "/" + std::to_string(h))));
}

/// Columns 0, 1, 2, ... in every row plus 100 for each row: a weight in which one sees where a column came from.
Linear counted(Index d_model) {
    Linear fused{Matrix(d_model, 3 * d_model), RowVector(3 * d_model)};
    for (Index j = 0; j < 3 * d_model; ++j) {
        for (Index i = 0; i < d_model; ++i) fused.weight(i, j) = static_cast<Scalar>(100 * i + j);
        fused.bias(j) = static_cast<Scalar>(j) / 4;
    }
    return fused;
}

Linear transposed(const Linear& layer) { return {layer.weight.transpose(), layer.bias}; }

/// Logits whose softmax has these rows.
Matrix logits_of(const Matrix& probabilities) { return probabilities.array().log(); }

}  // namespace

// -------------------------------------------------------------------------------------------- silu

QKV_TEST("the numbers of the statement come out", "题目里的数结果正确", "[silu]") {
    const Matrix output = learner::silu(Matrix{{-2, -1, 0, 1, 2}});
    const Scalar e = std::exp(Scalar{1});
    CHECK_THAT(output, Equals(Matrix{{-2 / (1 + e * e), -1 / (1 + e), 0, 1 / (1 + 1 / e), 2 / (1 + 1 / (e * e))}}));
}

QKV_TEST("every number is PyTorch's", "每个数都与 PyTorch 一致", "[silu]") {
    CHECK_THAT(learner::silu(golden("silu/input")), Equals(golden("silu/output")));
}

QKV_TEST("large numbers stay, those far below zero vanish", "很大的数不变，远小于零的数消失", "[silu]") {
    CHECK_THAT(learner::silu(Matrix{{1e3, 1e6, 1e9}, {-1e3, -1e6, -1e9}}), Equals(Matrix{{1e3, 1e6, 1e9}, {0, 0, 0}}));
}

QKV_TEST("at 12 and at -12 a trace is missing", "在 12 和 -12 处都还差一点", "[silu]") {
    CHECK_THAT(learner::silu(Matrix{{12, -12}}), Equals(Matrix{{11.999926269904773, -7.373009522657661e-05}}));
}

QKV_TEST("silu(x) - silu(-x) is x", "silu(x) - silu(-x) 等于 x", "[silu]") {
    const Matrix x = golden("small/tokens");
    CHECK_THAT(learner::silu(x) - learner::silu(-x), Equals(x));
}

QKV_TEST("any shape is answered, also an empty one", "任何形状都可以，空的也行", "[silu]") {
    CHECK_THAT(learner::silu(Matrix(0, 4)), Equals(Matrix(0, 4)));
    CHECK_THAT(learner::silu(Matrix(3, 0)), Equals(Matrix(3, 0)));
    CHECK_THAT(learner::silu(Matrix::Zero(70, 2)), Equals(Matrix::Zero(70, 2)));
}

// ------------------------------------------------------------------------------------- feed_forward

QKV_TEST("the feed-forward network of the statement comes out", "题目里的前馈网络结果正确", "[feed_forward]") {
    const Linear inner{Matrix::Identity(2, 2), RowVector::Zero(2)}, outer{Matrix{{1, 0}, {0, 2}}, RowVector{{0, 1}}};
    const Scalar e = std::exp(Scalar{1});
    CHECK_THAT(learner::silu_feed_forward(Matrix{{1, -2}}, {inner, outer}),
               Equals(Matrix{{1 / (1 + 1 / e), 1 - 4 / (1 + e * e)}}));
}

QKV_TEST("the feed-forward network is PyTorch's", "前馈网络与 PyTorch 一致", "[feed_forward]") {
    CHECK_THAT(learner::silu_feed_forward(golden("feed_forward/input"), layer_of(small, 1, 3).feed_forward),
               Equals(golden("feed_forward/output")));
}

QKV_TEST("each position is worked on by itself", "各个位置互不相干", "[feed_forward]") {
    const auto weights = trained_reader().encoder.layers[1].feed_forward;
    const Matrix tokens = line(4).tokens;
    const Matrix all = learner::silu_feed_forward(tokens, weights);
    REQUIRE((all.rows() == tokens.rows() && all.cols() == 120));
    const Matrix third_row = learner::silu_feed_forward(tokens.middleRows(2, 1), weights);
    CHECK_THAT(all.middleRows(2, 1), SameAs(third_row));
}

QKV_TEST("weights that do not fit are an error, also without tokens", "权重不符是错误，没有词元时也是",
         "[feed_forward]") {
    const auto weights = layer_of(small, 0, 3).feed_forward;
    check_refused(learner::silu_feed_forward,
                  Misfits("input, weights", small("tokens"), weights).except({"input.rows"}));
    CHECK_THAT(learner::silu_feed_forward(Matrix(0, 6), weights), Equals(Matrix(0, 6)));
}

// -------------------------------------------------------------------------------------------- fused

QKV_TEST("the columns of the statement come out, in both orders", "题目里的列结果正确，两种次序都对", "[fused]") {
    const Linear output{Matrix::Identity(4, 4), RowVector::Zero(4)};
    const MultiHeadWeights kinds = learner::attention_from_fused(counted(4), output, 2, FusedOrder::kinds_first);
    CHECK_THAT(kinds.query.weight.topRows(1), Equals(Matrix{{0, 1, 2, 3}}));
    CHECK_THAT(kinds.key.weight.topRows(1), Equals(Matrix{{4, 5, 6, 7}}));
    CHECK_THAT(kinds.value.weight.topRows(1), Equals(Matrix{{8, 9, 10, 11}}));
    const MultiHeadWeights heads = learner::attention_from_fused(counted(4), output, 2, FusedOrder::heads_first);
    CHECK_THAT(heads.query.weight.topRows(1), Equals(Matrix{{0, 1, 6, 7}}));
    CHECK_THAT(heads.key.weight.topRows(1), Equals(Matrix{{2, 3, 8, 9}}));
    CHECK_THAT(heads.value.weight.topRows(1), Equals(Matrix{{4, 5, 10, 11}}));
}

QKV_TEST("query, key and value are those that PyTorch cuts out", "查询、键、值与 PyTorch 切出的一致", "[fused]") {
    const auto check_parts = [](const MultiHeadWeights& weights) {
        CHECK_THAT(weights.query.weight, Equals(golden("split/query/weight")));
        CHECK_THAT(weights.query.bias, Equals(golden("split/query/bias")));
        CHECK_THAT(weights.key.weight, Equals(golden("split/key/weight")));
        CHECK_THAT(weights.key.bias, Equals(golden("split/key/bias")));
        CHECK_THAT(weights.value.weight, Equals(golden("split/value/weight")));
        CHECK_THAT(weights.value.bias, Equals(golden("split/value/bias")));
    };
    const Linear fused = linear_of(small, "layer0/qkv"), output = linear_of(small, "layer0/output");
    check_parts(learner::attention_from_fused(fused, output, 3, FusedOrder::kinds_first));
    check_parts(learner::attention_from_fused(linear_of(golden, "by_head"), output, 3, FusedOrder::heads_first));
}

QKV_TEST("a transposed checkpoint gives the same layers, and its output layer is transposed, too",
         "转置存放的检查点得到同样的层，输出层也要转置", "[fused]") {
    const Linear fused = linear_of(small, "layer0/qkv"), output = linear_of(small, "layer0/output");
    const Linear by_head = linear_of(golden, "by_head");
    const auto check_all = [&](const MultiHeadWeights& weights) {
        CHECK_THAT(weights.query.weight, Equals(golden("split/query/weight")));
        CHECK_THAT(weights.key.weight, Equals(golden("split/key/weight")));
        CHECK_THAT(weights.value.weight, Equals(golden("split/value/weight")));
        CHECK_THAT(weights.value.bias, Equals(golden("split/value/bias")));
        CHECK_THAT(weights.output.weight, Equals(output.weight));
        CHECK_THAT(weights.output.bias, Equals(output.bias));
    };
    check_all(learner::attention_from_fused(transposed(fused), transposed(output), 3, FusedOrder::kinds_first));
    check_all(learner::attention_from_fused(transposed(by_head), transposed(output), 3, FusedOrder::heads_first));
}

QKV_TEST("from PP-OCRv4's checkpoint come its query, key, value, output and eight heads",
         "从 PP-OCRv4 的检查点得到它的查询、键、值、输出和八个头", "[fused]") {
    const Linear fused = linear_of(trained, "layer1/qkv"), output = linear_of(trained, "layer1/output");
    const MultiHeadWeights weights = learner::attention_from_fused(fused, output, 8, FusedOrder::kinds_first);
    CHECK(weights.n_heads == 8);
    CHECK_THAT(weights.query.weight, Equals(fused.weight.leftCols(120)));
    CHECK_THAT(weights.key.weight, Equals(fused.weight.middleCols(120, 120)));
    CHECK_THAT(weights.value.weight, Equals(fused.weight.rightCols(120)));
    CHECK_THAT(weights.value.bias, Equals(fused.bias.tail(120)));
    CHECK_THAT(weights.output.weight, Equals(output.weight));
    CHECK_THAT(weights.output.bias, Equals(output.bias));
}

QKV_TEST("with one head both orders are the same", "只有一个头时，两种次序相同", "[fused]") {
    const Linear output{Matrix::Identity(3, 3), RowVector::Zero(3)};
    for (const FusedOrder order : {FusedOrder::kinds_first, FusedOrder::heads_first}) {
        const MultiHeadWeights weights = learner::attention_from_fused(counted(3), output, 1, order);
        CHECK_THAT(weights.key.weight, Equals(counted(3).weight.middleCols(3, 3)));
        CHECK_THAT(weights.key.bias, Equals(Matrix{{0.75, 1, 1.25}}));
    }
}

QKV_TEST("a number of heads that does not divide, and shapes that do not fit, are errors",
         "头数除不尽、形状不符，都是错误", "[fused]") {
    const Linear fused = linear_of(small, "layer0/qkv"), output = linear_of(small, "layer0/output");
    for (const Index n_heads : {0, -1, 4, 12}) {
        CHECK_THROWS_AS(learner::attention_from_fused(fused, output, n_heads, FusedOrder::kinds_first),
                        std::invalid_argument);
    }
    // Transposed a fused weight fits, too: its misfits are written out below.
    const Misfits misfits("fused, output, n_heads, order", fused, output, Index{3}, FusedOrder::heads_first);
    check_refused(learner::attention_from_fused, misfits.except({"fused.weight.rows", "fused.weight.columns"}));
    for (const auto& [rows, columns] : {std::pair<Index, Index>{6, 19}, {7, 18}, {6, 12}, {18, 7}, {5, 18}}) {
        CHECK_THROWS_AS(
            learner::attention_from_fused({filled(rows, columns, 1), fused.bias}, output, 3, FusedOrder::kinds_first),
            std::invalid_argument);
    }
    const Linear square{Matrix::Identity(6, 6), RowVector::Zero(18)};
    CHECK_THROWS_AS(learner::attention_from_fused(square, output, 3, FusedOrder::kinds_first), std::invalid_argument);
    const Linear nothing{Matrix(0, 0), RowVector(0)};
    CHECK_THROWS_AS(learner::attention_from_fused(nothing, nothing, 1, FusedOrder::kinds_first), std::invalid_argument);
}

// -------------------------------------------------------------------------------------------- layer

QKV_TEST("the layer of the statement comes out", "题目里的层结果正确", "[layer]") {
    const LayerResult result = learner::silu_encoder_layer(example_tokens(), example_layer());
    CHECK_THAT(result.tokens, Equals(golden("example/layer")));
    REQUIRE(result.attention.size() == 1);
    CHECK_THAT(result.attention[0], Equals(filled(3, 3, Scalar{1} / 3)));
}

QKV_TEST("three heads give PyTorch's tokens and attention", "三个头的词元和注意力与 PyTorch 一致", "[layer]") {
    const LayerResult first = learner::silu_encoder_layer(small("tokens"), layer_of(small, 0, 3));
    CHECK_THAT(first.tokens, Equals(golden("small/tokens/1")));
    check_heads(first.attention, "small/attention/0", 3, {0, 1, 2});
    const LayerResult second = learner::silu_encoder_layer(golden("small/tokens/1"), layer_of(small, 1, 3));
    CHECK_THAT(second.tokens, Equals(golden("small/tokens/2")));
    check_heads(second.attention, "small/attention/1", 3, {0, 1, 2});
}

QKV_TEST("PP-OCRv4's first layer gives PyTorch's attention and tokens",
         "PP-OCRv4 的第一层，注意力和词元与 PyTorch 一致", "[layer]") {
    const LayerResult result = learner::silu_encoder_layer(line(0).tokens, trained_reader().encoder.layers[0]);
    check_heads(result.attention, "line0/attention/0", 8, {0, 7});
    CHECK_THAT(result.tokens, Equals(golden("line0/tokens/1")));
}

QKV_TEST("every row of attention sums to one", "注意力的每一行之和为 1", "[layer]") {
    const LayerResult result = learner::silu_encoder_layer(line(2).tokens, trained_reader().encoder.layers[1]);
    REQUIRE(result.attention.size() == 8);
    for (const Matrix& head : result.attention) CHECK_THAT(head.rowwise().sum(), Equals(filled(45, 1, 1)));
}

QKV_TEST("positions in another order are only in another order: the encoder has no table of positions",
         "位置换个次序，结果也只是换个次序：这个编码器没有位置编码", "[layer]") {
    const Matrix tokens = small("tokens");
    const LayerResult result = learner::silu_encoder_layer(tokens.colwise().reverse(), layer_of(small, 0, 3));
    CHECK_THAT(result.tokens, Equals(golden("small/tokens/1").colwise().reverse()));
}

QKV_TEST("a layer that does not fit is an error", "层的权重不符是错误", "[layer]") {
    const Misfits misfits("tokens, weights", small("tokens"), layer_of(small, 0, 3));
    check_refused(learner::silu_encoder_layer, misfits.except({"tokens.rows"}));
}

// -------------------------------------------------------------------------------------------- stack

QKV_TEST("two layers give all that PyTorch computes between them", "两层之间的一切都与 PyTorch 一致", "[stack]") {
    const Encoding encoding = learner::encode_line(small("tokens"), encoder_of(small, 3));
    REQUIRE((encoding.tokens.size() == 3 && encoding.attention.size() == 2));
    CHECK_THAT(encoding.tokens[0], Equals(small("tokens")));
    CHECK_THAT(encoding.tokens[1], Equals(golden("small/tokens/1")));
    CHECK_THAT(encoding.tokens[2], Equals(golden("small/tokens/2")));
    check_heads(encoding.attention[0], "small/attention/0", 3, {0, 1, 2});
    check_heads(encoding.attention[1], "small/attention/1", 3, {0, 1, 2});
    CHECK_THAT(encoding.output, Equals(golden("small/encoded")));
}

QKV_TEST("PP-OCRv4's encoder computes what PyTorch computes, in every layer",
         "PP-OCRv4 的编码器每一层都与 PyTorch 一致", "[stack]") {
    const Encoding encoding = learner::encode_line(line(0).tokens, trained_reader().encoder);
    REQUIRE((encoding.tokens.size() == 3 && encoding.attention.size() == 2));
    check_heads(encoding.attention[0], "line0/attention/0", 8, {0, 7});
    CHECK_THAT(encoding.tokens[1], Equals(golden("line0/tokens/1")));
    check_heads(encoding.attention[1], "line0/attention/1", 8, {0, 7});
    CHECK_THAT(encoding.tokens[2], Equals(golden("line0/tokens/2")));
    CHECK_THAT(encoding.output, Equals(golden("line0/output")));
}

QKV_TEST("without final norm the output is the last layer's", "没有最后的归一化时，输出就是最后一层的结果", "[stack]") {
    EncoderWeights weights = encoder_of(small, 3);
    weights.final_norm.reset();
    const Encoding encoding = learner::encode_line(small("tokens"), weights);
    CHECK_THAT(encoding.output, Equals(golden("small/tokens/2")));
}

QKV_TEST("without layers the tokens come back, normalised if there is a norm",
         "没有层时，词元原样返回；有最后的归一化则归一化", "[stack]") {
    const Encoding bare = learner::encode_line(small("tokens"), {{}, std::nullopt});
    REQUIRE((bare.tokens.size() == 1 && bare.attention.empty()));
    CHECK_THAT(bare.tokens[0], Equals(small("tokens")));
    CHECK_THAT(bare.output, Equals(small("tokens")));
    const Encoding normal = learner::encode_line(golden("small/tokens/2"), {{}, norm_of(small, "final_norm")});
    CHECK_THAT(normal.output, Equals(golden("small/encoded")));
    REQUIRE(normal.tokens.size() == 1);
    CHECK_THAT(normal.tokens[0], Equals(golden("small/tokens/2")));
}

QKV_TEST("an encoder that does not fit is an error", "编码器的权重不符是错误", "[stack]") {
    const Misfits misfits("tokens, weights", small("tokens"), encoder_of(small, 3));
    check_refused(learner::encode_line, misfits.except({"tokens.rows", "weights.layers.size()"}));
}

// --------------------------------------------------------------------------------------------- head

QKV_TEST("the neighbours of the statement come out", "题目里的邻居结果正确", "[head]") {
    CHECK_THAT(learner::with_neighbours(Matrix{{1, 2}, {3, 4}, {5, 6}}),
               Equals(Matrix{{0, 0, 1, 2, 3, 4}, {1, 2, 3, 4, 5, 6}, {3, 4, 5, 6, 0, 0}}));
}

QKV_TEST("a single position has zeros on both sides; no position has none",
         "只有一个位置时，两边都是零；没有位置就什么也没有", "[head]") {
    CHECK_THAT(learner::with_neighbours(Matrix{{7, -8}}), Equals(Matrix{{0, 0, 7, -8, 0, 0}}));
    CHECK_THAT(learner::with_neighbours(Matrix(0, 2)), Equals(Matrix(0, 6)));
}

QKV_TEST("the logits of the statement come out", "题目里的 logits 结果正确", "[head]") {
    CHECK_THAT(learner::line_logits(Matrix{{1}, {2}}, Matrix{{2}, {0}}, example_head()),
               Equals(golden("example/logits")));
}

QKV_TEST("small layers give the logits of PyTorch's convolutions", "小的例子，logits 与 PyTorch 的卷积一致", "[head]") {
    CHECK_THAT(learner::line_logits(golden("small/encoded"), small("beside"), head_of(small)),
               Equals(golden("small/logits")));
}

QKV_TEST("PP-OCRv4's logits come out", "得到 PP-OCRv4 的 logits", "[head]") {
    CHECK_THAT(learner::line_logits(golden("line0/output"), line(0).beside, trained_reader().head),
               Equals(golden("line0/logits")));
}

QKV_TEST("layers that do not fit are an error", "层的形状不符是错误", "[head]") {
    check_refused(learner::line_logits,
                  Misfits("encoded, beside, weights", golden("small/encoded"), small("beside"), head_of(small)));
}

// ---------------------------------------------------------------------------------------------- ctc

QKV_TEST("the paths of the statement come out", "题目里的路径结果正确", "[ctc]") {
    CHECK_THAT(as_row(learner::collapse({3, 0, 2, 2, 0, 2})), Equals(Matrix{{3, 2, 2}}));
    CHECK_THAT(as_row(learner::collapse({3, 3, 2, 2, 2, 0})), Equals(Matrix{{3, 2}}));
    CHECK_THAT(as_row(learner::collapse({2, 2, 0, 2, 3, 3, 0})), Equals(Matrix{{2, 2, 3}}));
    CHECK_THAT(as_row(learner::best_path(Matrix{{2, 1, 0}, {0, 3, 3}, {-7, -9, -6}})), Equals(Matrix{{0, 1, 2}}));
}

QKV_TEST("nothing, and nothing but blanks, give no letters", "空路径、全是空白的路径，都没有字", "[ctc]") {
    CHECK(learner::collapse({}).empty());
    CHECK(learner::collapse({0}).empty());
    CHECK(learner::collapse({0, 0, 0, 0}).empty());
}

QKV_TEST("a blank stands between double letters, in `committee` three times", "叠字之间隔着空白，committee 里有三处",
         "[ctc]") {
    const Matrix best = golden("line1/path");
    std::vector<Index> path;
    for (Index t = 0; t < best.cols(); ++t) path.push_back(static_cast<Index>(best(0, t)));
    std::string text;
    for (const Index letter : learner::collapse(path)) {
        REQUIRE((letter > 0 && letter < 111));
        text += trained_reader().letters[static_cast<std::size_t>(letter)];
    }
    CHECK(text == "committee");
}

QKV_TEST("letters far apart and letters next to each other", "相隔很远的字和紧挨着的字", "[ctc]") {
    CHECK_THAT(as_row(learner::collapse({5, 4, 5, 4, 4, 5})), Equals(Matrix{{5, 4, 5, 4, 5}}));
    CHECK_THAT(as_row(learner::collapse({0, 9, 0, 0, 0, 9, 0, 9, 9})), Equals(Matrix{{9, 9, 9}}));
    CHECK_THAT(as_row(learner::collapse(std::vector<Index>(90, 6000))), Equals(Matrix{{6000}}));
}

QKV_TEST("of equal logits the lower letter is taken, and all may be far below zero",
         "logits 相等时取编号小的；它们也可以全都远小于零", "[ctc]") {
    Matrix logits = filled(70, 90, -1e12);
    for (Index t = 0; t < 70; ++t) logits(t, t + 3) = logits(t, t + 11) = -1e11;
    const std::vector<Index> path = learner::best_path(logits);
    REQUIRE(path.size() == 70);
    for (Index t = 0; t < 70; ++t) CHECK(path[static_cast<std::size_t>(t)] == t + 3);
}

QKV_TEST("the smallest difference of two logits is no tie", "两个 logits 之差再小也不算相等", "[ctc]") {
    const Scalar more = 1 + std::numeric_limits<Scalar>::epsilon();
    const std::vector<Index> path = learner::best_path(Matrix{{1, more, 1}, {-more, -1, -more}});
    REQUIRE(path.size() == 2);
    CHECK((path[0] == 1 && path[1] == 1));
}

QKV_TEST("no positions have no path, but without letters there is an error", "没有位置就没有路径；没有字则是错误",
         "[ctc]") {
    CHECK(learner::best_path(Matrix(0, 4)).empty());
    CHECK_THROWS_AS(learner::best_path(Matrix(3, 0)), std::invalid_argument);
}

// --------------------------------------------------------------------------------------------- read

QKV_TEST("the reading of the statement comes out", "题目里读出的结果正确", "[read]") {
    const Matrix probabilities{{0.125, 0.125, 0.75}, {0.0625, 0.0625, 0.875}, {0.5, 0.25, 0.25}, {0.25, 0.5, 0.25}};
    const Reading reading = learner::read_logits(logits_of(probabilities), {"-", "o", "t"});
    CHECK(reading.text == "to");
    CHECK_THAT(one(reading.confidence), Equals(one(0.625)));
}

QKV_TEST("double letters count twice, and a shift of all logits changes nothing",
         "叠字算两次；所有 logits 同加一个数，结果不变", "[read]") {
    const Matrix probabilities{{0.25, 0.75}, {0.25, 0.75}, {0.875, 0.125}, {0.5, 0.5}, {0.375, 0.625}, {0.125, 0.875}};
    const Matrix logits = logits_of(probabilities).array() + 2048;
    const Reading reading = learner::read_logits(logits, {"", "学"});
    CHECK(reading.text == "学学");
    CHECK_THAT(one(reading.confidence),
               Equals(one(0.6875)).within(std::max(1e-8, tolerance)));  // 2048 costs digits of the logarithms
}

QKV_TEST("nothing but blanks is no text, read without confidence", "全是空白就没有文字，置信度为 0", "[read]") {
    const Reading blanks = learner::read_logits(Matrix{{3, 1}, {2, 2}}, {"#", "a"});
    CHECK(blanks.text.empty());
    CHECK_THAT(one(blanks.confidence), Equals(one(0)));
    const Reading nothing = learner::read_logits(Matrix(0, 2), {"#", "a"});
    CHECK(nothing.text.empty());
    CHECK_THAT(one(nothing.confidence), Equals(one(0)));
}

QKV_TEST("the logits of PP-OCRv4's first line are read as in PyTorch", "第一行文字的 logits，读出的结果与 PyTorch 一致",
         "[read]") {
    const Reading reading = learner::read_logits(golden("line0/logits"), trained_reader().letters);
    CHECK(reading.text == "天天向上");
    CHECK_THAT(one(reading.confidence), Equals(golden("confidences").leftCols(1)));
}

QKV_TEST("all twelve lines are read as PyTorch reads them, and with the same confidence",
         "十二行文字读出的结果和置信度都与 PyTorch 相同", "[read]") {
    const std::vector<std::string> texts = texts_of(golden("texts"));
    Matrix confidences(1, n_lines);
    for (int first = 0; first < n_lines; first += 3) {  // a call is short, also for loops that nobody optimises
        const std::vector<Reading> readings =
            learner::read_lines({line(first), line(first + 1), line(first + 2)}, trained_reader());
        REQUIRE(readings.size() == 3);
        for (int i = 0; i < 3; ++i) {
            const Reading& reading = readings[static_cast<std::size_t>(i)];
            CHECK(reading.text == texts[static_cast<std::size_t>(first + i)]);
            confidences(0, first + i) = reading.confidence;
        }
    }
    CHECK_THAT(confidences, Equals(golden("confidences")));
}

QKV_TEST("no lines, no readings; and each line for itself", "没有行就没有结果；各行互不相干", "[read]") {
    CHECK(learner::read_lines({}, small_reader()).empty());
    const Line first = small_line();
    Line second = first;
    second.tokens = second.tokens.topRows(2).eval(), second.beside = second.beside.topRows(2).eval();
    const std::vector<Reading> together = learner::read_lines({second, first}, small_reader());
    const std::vector<Reading> alone = learner::read_lines({first}, small_reader());
    REQUIRE((together.size() == 2 && alone.size() == 1));
    CHECK(together[1].text == alone[0].text);
    const Matrix alone_confidence = one(alone[0].confidence);
    CHECK_THAT(one(together[1].confidence), SameAs(alone_confidence));
}

QKV_TEST("letters, lines or weights that do not fit are an error", "字、行或权重不符是错误", "[read]") {
    CHECK_THROWS_AS(learner::read_logits(Matrix{{1, 2, 3}}, {"", "a"}), std::invalid_argument);
    CHECK_THROWS_AS(learner::read_logits(Matrix{{1, 2, 3}}, {"", "a", "b", "c"}), std::invalid_argument);
    CHECK_THROWS_AS(learner::read_logits(Matrix(2, 0), {}), std::invalid_argument);
    const Misfits misfits("lines, weights", std::vector<Line>{small_line(), small_line()}, small_reader());
    check_refused(learner::read_lines, misfits.except({"lines.size()", "weights.encoder.layers.size()"}));
}
