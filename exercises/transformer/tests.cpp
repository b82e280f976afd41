// The grader of `transformer`. A test's name states a law; its body sets the scene, calls your function and
// holds what comes back against the law. Golden values were computed by PyTorch: nn.TransformerDecoderLayer,
// nn.TransformerDecoder and nn.Transformer; what PyTorch answers with NaN, by the formulas.
#include <algorithm>
#include <cmath>

#include "golden_model.hpp"
#include "testing/tests.hpp"

#include "remote.hpp"
#include "testing/misfits.hpp"

using namespace qkv;
using namespace qkv::testing;
using namespace transformer::tests;
using transformer::Activation;
using transformer::DecoderLayerWeights;
using transformer::DecoderWeights;
using transformer::LayerNormWeights;
using transformer::Linear;
using transformer::NormOrder;
using transformer::TransformerModel;

namespace {

const Mask no_mask;

/// Ids with others behind them.
TokenIds with(TokenIds ids, const TokenIds& more) {
    ids.insert(ids.end(), more.begin(), more.end());
    return ids;
}

/// Token i sees tokens 0 to i.
Mask past(Index n_tokens) {
    Mask mask = Mask::Constant(n_tokens, n_tokens, false);
    for (Index i = 0; i < n_tokens; ++i) mask.row(i).head(i + 1).setConstant(true);
    return mask;
}

/// Without its last column, or with the first one once more behind it.
Linear narrow(const Linear& layer) { return {layer.weight.leftCols(7), layer.bias.head(7)}; }
Linear broad(const Linear& layer) {
    return {layer.weight.replicate(1, 2).leftCols(9), layer.bias.replicate(1, 2).leftCols(9)};
}

/// Rows of mean 0 and variance 4.5.
Matrix deviations() {
    return Matrix{{4, -4, 1, -1, 1, -1, 0, 0}, {0, 1, -4, 4, -1, 0, -1, 1}, {1, 0, 0, -1, -4, -1, 1, 4}};
}

}  // namespace

// ------------------------------------------------------------------------------------ embed_tokens

QKV_TEST("the statement's token 7 at position 1 comes out", "题目里位置 1 上的词元 7 结果正确", "[embed_tokens]") {
    Matrix table = uneven(8, 4);
    table.row(0).setZero();
    table.row(7) = RowVector{{0.5, -1, 0, 2}};
    CHECK_THAT(
        learner::embed_tokens({0, 7}, table),
        Equals(Matrix{{0, 1, 0, 1}, {1.841470984807897, -1.459697694131860, 0.009999833334167, 4.999950000416665}}));
}

QKV_TEST("with 16 features, a row of the table counts four times", "16 个特征时，表中的行要乘以四", "[embed_tokens]") {
    const Matrix table = uneven(300, 16);
    const Matrix one = learner::embed_tokens({3, 290, 4}, table), other = learner::embed_tokens({1, 2, 4}, table);
    REQUIRE((one.rows() == 3 && one.cols() == 16 && other.rows() == 3 && other.cols() == 16));
    Matrix difference = Matrix::Zero(3, 16);  // the positions cancel
    difference.row(0) = 4 * (table.row(3) - table.row(1));
    difference.row(1) = 4 * (table.row(290) - table.row(2));
    CHECK_THAT(one - other, Equals(difference));
}

QKV_TEST("the first token stands at position 0: sines add 0, cosines 1", "第一个词元在位置 0：正弦加 0，余弦加 1",
         "[embed_tokens]") {
    const Matrix table{{1, 2, 3, 4}, {-0.5, 0.25, 8, 1}, {5, 6, 7, 8}};
    CHECK_THAT(learner::embed_tokens({1}, table), Equals(Matrix{{-1, 1.5, 16, 3}}));
}

QKV_TEST("a table of zeros leaves the positions, unscaled", "表中全是零时，只剩位置编码，且没有缩放",
         "[embed_tokens]") {
    CHECK_THAT(learner::embed_tokens({3, 1}, Matrix::Zero(5, 6)),
               Equals(Matrix{
                   {0, 1, 0, 1, 0, 1},
                   {0.841470984808, 0.540302305868, 0.046399223465, 0.998922976041, 0.002154433023, 0.999997679206}}));
}

QKV_TEST("embedded tokens are PyTorch's nn.functional.embedding, scaled, plus positions",
         "词元嵌入等于 PyTorch 的 nn.functional.embedding 缩放后加上位置编码", "[embed_tokens]") {
    CHECK_THAT(learner::embed_tokens(source(), golden("source_table")), Equals(golden("embedded/source")));
    CHECK_THAT(learner::embed_tokens(target(), golden("target_table")), Equals(golden("embedded/target")));
}

QKV_TEST("no ids give no rows, but as many columns as the table has", "没有编号就没有行，但列数与表相同",
         "[embed_tokens]") {
    CHECK_THAT(learner::embed_tokens({}, uneven(5, 6)), Equals(Matrix(0, 6)));
}

QKV_TEST("a text may be longer than any table of positions", "文本可以比任何位置表都长", "[embed_tokens]") {
    const Matrix embedded = learner::embed_tokens(TokenIds(10002, 1), Matrix::Zero(3, 2));
    REQUIRE((embedded.rows() == 10002 && embedded.cols() == 2));
    CHECK_THAT(embedded.bottomRows(1),
               Equals(Matrix{{static_cast<Scalar>(std::sin(10001.)), static_cast<Scalar>(std::cos(10001.))}}));
}

QKV_TEST("ids may have more than 16 bits", "编号可以超过 16 位", "[embed_tokens]") {
    Matrix table = Matrix::Zero(70000, 1);
    table(69999, 0) = 7, table(40000, 0) = 5;
    CHECK_THAT(learner::embed_tokens({69999}, table), Equals(Matrix{{7}}));
    CHECK_THAT(learner::embed_tokens({40000}, table), Equals(Matrix{{5}}));
}

QKV_TEST("an id that has no row in the table is an error", "编号在表中没有对应的行是错误", "[embed_tokens]") {
    for (const int id : {-1, 5, 6, 1000000}) {
        CHECK_THROWS_AS(learner::embed_tokens({0, 4, id, 1}, uneven(5, 6)), std::invalid_argument);
        CHECK_THROWS_AS(learner::embed_tokens({id}, uneven(5, 6)), std::invalid_argument);
        CHECK_THROWS_AS(learner::embed_tokens({0, 4, id}, uneven(5, 6)), std::invalid_argument);
    }
}

// ------------------------------------------------------------------------------------------- masks

QKV_TEST("the masks of the statement come out", "题目里的两个掩码结果正确", "[masks]") {
    CHECK_THAT(as_matrix(learner::source_mask(3, {5, 8, 0, 3, 0}, 0)),
               Equals(Matrix{{1, 1, 0, 1, 0}, {1, 1, 0, 1, 0}, {1, 1, 0, 1, 0}}));
    CHECK_THAT(as_matrix(learner::target_mask({6, 0, 4}, 0)), Equals(Matrix{{1, 0, 0}, {1, 0, 0}, {1, 0, 1}}));
}

QKV_TEST("every query sees the source tokens and no padding", "每个查询都看得到源序列的词元，看不到填充", "[masks]") {
    const Matrix expected{{1, 1, 0, 1, 0}, {1, 1, 0, 1, 0}, {1, 1, 0, 1, 0}};
    CHECK_THAT(as_matrix(learner::source_mask(3, {4, 0, 2, 9, 2}, 2)), Equals(expected));
    CHECK_THAT(as_matrix(learner::source_mask(6, {4, 0, 2, 9, 2}, 2)), Equals(expected.row(0).replicate(6, 1)));
}

QKV_TEST("any id can be padding, in the source", "任何编号都可以是填充（源序列）", "[masks]") {
    CHECK_THAT(as_matrix(learner::source_mask(2, {4, 0, 2, 9, 2}, 9)),
               Equals(Matrix{{1, 1, 1, 0, 1}, {1, 1, 1, 0, 1}}));
    CHECK_THAT(as_matrix(learner::source_mask(1, {4, 0, 2, 9, 2}, 7)), Equals(filled(1, 5, 1)));
}

QKV_TEST("a target token sees itself and what stands before it", "目标词元看得到自己和前面的词元", "[masks]") {
    CHECK_THAT(as_matrix(learner::target_mask({6, 3, 0, 8, 1, 5}, 2)), Equals(as_matrix(past(6))));
}

QKV_TEST("target padding is hidden from everybody, from itself too", "目标序列里的填充谁也看不见，它自己也看不见",
         "[masks]") {
    const Matrix expected{{1, 0, 0, 0, 0}, {1, 0, 0, 0, 0}, {1, 0, 1, 0, 0}, {1, 0, 1, 1, 0}, {1, 0, 1, 1, 0}};
    CHECK_THAT(as_matrix(learner::target_mask({6, 2, 8, 0, 2}, 2)), Equals(expected));
    CHECK_THAT(as_matrix(learner::target_mask({6, 7, 8, 0, 7}, 7)), Equals(expected));
}

QKV_TEST("a target that begins with padding sees nothing at first", "以填充开头的目标序列，一开始什么都看不到",
         "[masks]") {
    CHECK_THAT(as_matrix(learner::target_mask({5, 5, 1, 4}, 5)),
               Equals(Matrix{{0, 0, 0, 0}, {0, 0, 0, 0}, {0, 0, 1, 0}, {0, 0, 1, 1}}));
}

QKV_TEST("a padding of -1 hides nothing", "填充为 -1 时什么也不遮", "[masks]") {
    CHECK_THAT(as_matrix(learner::source_mask(2, {4, 0, 1}, -1)), Equals(filled(2, 3, 1)));
    CHECK_THAT(as_matrix(learner::target_mask({1, 0, 1}, -1)), Equals(as_matrix(past(3))));
}

QKV_TEST("a sequence of padding alone is hidden from everybody", "全是填充的序列谁也看不见", "[masks]") {
    CHECK_THAT(as_matrix(learner::source_mask(3, {2, 2}, 2)), Equals(filled(3, 2, 0)));
    CHECK_THAT(as_matrix(learner::target_mask({2, 2}, 2)), Equals(filled(2, 2, 0)));
}

QKV_TEST("without queries a mask has no rows, without source no columns", "没有查询时掩码没有行，没有源序列时没有列",
         "[masks]") {
    CHECK_THAT(as_matrix(learner::source_mask(0, {4, 2}, 2)), Equals(Matrix(0, 2)));
    CHECK_THAT(as_matrix(learner::source_mask(3, {}, 2)), Equals(Matrix(3, 0)));
    CHECK_THAT(as_matrix(learner::target_mask({}, 2)), Equals(Matrix(0, 0)));
}

// ----------------------------------------------------------------------------------- decoder_layer

QKV_TEST("the layer of the statement comes out, in either order", "题目里的一层，两种次序结果都正确",
         "[decoder_layer]") {
    const auto layer = [](NormOrder order) {
        return learner::decoder_layer(example_tokens, example_memory, example_layer(), order, Activation::relu,
                                      example_self_mask, example_cross_mask);
    };
    CHECK_THAT(layer(NormOrder::post), Equals(golden("example/post")));
    CHECK_THAT(layer(NormOrder::pre), Equals(golden("example/pre")));
}

QKV_TEST("post-norm: silent sublayers leave three norms, one of the other", "后置归一化：子层沉默时，只剩三次归一化",
         "[decoder_layer]") {
    DecoderLayerWeights weights = constant_layer(RowVector::Zero(8), RowVector::Zero(8), RowVector::Zero(8));
    weights.self_norm = {filled(1, 8, 5), RowVector::Zero(8), Scalar{1.75}};                  // variance 4.5: doubles
    weights.cross_norm = {filled(1, 8, 10), filled(1, 8, 6), 7};                              // variance 18: doubles
    weights.feed_forward_norm = {RowVector{{9, 9, 18, 18, 9, 9, 9, 9}}, filled(1, 8, 1), 9};  // variance 72: by 9
    const Matrix input = deviations().array() + 3;
    const Matrix expected{{17, -15, 9, -7, 5, -3, 1, 1}, {1, 5, -31, 33, -3, 1, -3, 5}, {5, 1, 1, -7, -15, -3, 5, 17}};
    CHECK_THAT(learner::decoder_layer(input, memory(), weights, NormOrder::post, Activation::relu, no_mask, no_mask),
               Equals(expected));
}

QKV_TEST("pre-norm: what the sublayers return is added to the tokens, unscaled",
         "前置归一化：子层的输出直接加到词元上，不缩放", "[decoder_layer]") {
    const RowVector a{{1, 0, -1, 2, 0, 0.5, 3, -2}}, c{{0, 4, 1, -0.5, 8, 2, -1, 0}}, f{{2, 1, 0, 0, -3, 1, 0.25, 5}};
    const Matrix expected = tokens().rowwise() + (a + c + f);
    CHECK_THAT(learner::decoder_layer(tokens(), memory(), constant_layer(a, c, f), NormOrder::pre, Activation::relu,
                                      no_mask, no_mask),
               Equals(expected));
}

QKV_TEST("seven copies of one memory row say what one says", "记忆中同一行重复七遍，与只有一行没有区别",
         "[decoder_layer]") {
    const auto layer = [](const Matrix& read, NormOrder order) {
        return learner::decoder_layer(tokens(), read, golden_layer(), order, Activation::gelu, past(5), no_mask);
    };
    const Matrix row = memory().row(2);
    for (const NormOrder order : {NormOrder::post, NormOrder::pre}) {
        const Matrix seven_copies = layer(row.replicate(7, 1), order), one_row = layer(row, order);
        CHECK_THAT(seven_copies, SameAs(one_row));
    }
}

QKV_TEST("behind a causal mask, a later token changes no earlier row", "有因果掩码时，后面的词元不影响前面的行",
         "[decoder_layer]") {
    Matrix changed = tokens();
    changed.row(3).head(5).setConstant(7);
    for (const NormOrder order : {NormOrder::post, NormOrder::pre}) {
        const auto layer = [order](const Matrix& rows) {
            return learner::decoder_layer(rows, memory(), golden_layer(), order, Activation::relu, past(5), no_mask);
        };
        const Matrix before = layer(tokens()), after = layer(changed);
        REQUIRE((before.rows() == 5 && after.rows() == 5));
        const Matrix first_rows = before.topRows(3), first_rows_after_the_change = after.topRows(3);
        CHECK_THAT(first_rows_after_the_change, SameAs(first_rows));
        CHECK_FALSE(after.row(4).isApprox(before.row(4), Scalar{1e-4}));
    }
}

QKV_TEST("memory rows that are hidden change nothing", "被遮住的记忆行不影响任何东西", "[decoder_layer]") {
    Matrix longer = filled(9, 8, -64);
    longer.topRows(7) = memory();
    Mask mask = Mask::Constant(5, 9, true);
    mask.rightCols(2).setConstant(false);
    CHECK_THAT(
        learner::decoder_layer(tokens(), longer, golden_layer(), NormOrder::post, Activation::relu, no_mask, mask),
        Equals(golden("layer/post_relu")));
    CHECK_THAT(
        learner::decoder_layer(tokens(), longer, golden_layer(), NormOrder::pre, Activation::gelu, no_mask, mask),
        Equals(golden("layer/pre_gelu")));
}

QKV_TEST("the layer is PyTorch's nn.TransformerDecoderLayer, in either order",
         "两种次序都与 PyTorch 的 nn.TransformerDecoderLayer 一致", "[decoder_layer]") {
    const auto layer = [](NormOrder order, Activation activation) {
        return learner::decoder_layer(tokens(), memory(), golden_layer(), order, activation, no_mask, no_mask);
    };
    CHECK_THAT(layer(NormOrder::post, Activation::relu), Equals(golden("layer/post_relu")));
    CHECK_THAT(layer(NormOrder::post, Activation::gelu), Equals(golden("layer/post_gelu")));
    CHECK_THAT(layer(NormOrder::pre, Activation::relu), Equals(golden("layer/pre_relu")));
    CHECK_THAT(layer(NormOrder::pre, Activation::gelu), Equals(golden("layer/pre_gelu")));
}

QKV_TEST("one mask hides target tokens, the other memory rows", "一个掩码遮住目标词元，另一个遮住记忆行",
         "[decoder_layer]") {
    const auto layer = [](NormOrder order, Activation activation) {
        return learner::decoder_layer(tokens(), memory(), golden_layer(), order, activation, golden_mask("self_mask"),
                                      golden_mask("cross_mask"));
    };
    CHECK_THAT(layer(NormOrder::post, Activation::relu), Equals(golden("layer/post_relu_masked")));
    CHECK_THAT(layer(NormOrder::pre, Activation::gelu), Equals(golden("layer/pre_gelu_masked")));
    // A memory as long as the target: only here would each mask fit in the other's place.
    CHECK_THAT(learner::decoder_layer(tokens(), golden("short_memory"), golden_layer(), NormOrder::post,
                                      Activation::relu, past(5), golden_mask("self_mask")),
               Equals(golden("layer/square")));
}

QKV_TEST("a token that may see nothing still goes through all three sublayers", "什么都不能看的词元，照样通过三个子层",
         "[decoder_layer]") {
    Mask self_mask = golden_mask("self_mask"), cross_mask = golden_mask("cross_mask");
    self_mask.row(2).setConstant(false);   // the third sees no target token
    cross_mask.row(3).setConstant(false);  // the fourth sees no memory
    for (const NormOrder order : {NormOrder::post, NormOrder::pre}) {
        CHECK_THAT(
            learner::decoder_layer(tokens(), memory(), golden_layer(), order, Activation::gelu, self_mask, cross_mask),
            Equals(golden(order == NormOrder::post ? "layer/post_nothing" : "layer/pre_nothing")));
    }
}

QKV_TEST("a single token that may see neither itself nor the only memory row gets the biases of W_O",
         "唯一的词元看不到自己，也看不到唯一的记忆行时，只得到两个 W_O 的偏置", "[decoder_layer]") {
    DecoderLayerWeights weights = example_layer();
    weights.self_attention.output.bias = RowVector{{1, -2, 0, 4}};
    weights.cross_attention.output.bias = RowVector{{0.5, 8, -1, 0}};
    weights.feed_forward.outer.weight.setZero();
    const Mask blind = Mask::Constant(1, 1, false);
    CHECK_THAT(learner::decoder_layer(Matrix{{4, 0, 2, 2}}, Matrix{{1, -1, 3, 1}}, weights, NormOrder::pre,
                                      Activation::relu, blind, blind),
               Equals(Matrix{{5.5, 6, 1, 6}}));
}

QKV_TEST("the memory may have a width of its own", "记忆可以有自己的宽度", "[decoder_layer]") {
    CHECK_THAT(learner::decoder_layer(tokens(), golden("wide_memory"), golden_layer("wide"), NormOrder::pre,
                                      Activation::gelu, golden_mask("self_mask"), golden_mask("cross_mask")),
               Equals(golden("layer/wide")));
}

QKV_TEST("scores of any size are right, far below zero and behind a mask, too",
         "打分无论多大都算得对：远小于零时，有掩码时，也是一样", "[decoder_layer]") {
    // All scores of a head are equal, and so far from zero that exp makes 0 or infinity of them: the mean again.
    for (const Scalar size : {-1, 1}) {
        DecoderLayerWeights weights = example_layer();
        for (auto* attention : {&weights.self_attention, &weights.cross_attention}) {
            attention->query.bias = filled(1, 4, 1000);
            attention->key.bias = filled(1, 4, size * 500);
        }
        CHECK_THAT(learner::decoder_layer(example_tokens, example_memory, weights, NormOrder::post, Activation::relu,
                                          example_self_mask, example_cross_mask),
                   Equals(golden("example/post")));
        CHECK_THAT(learner::decoder_layer(example_tokens, example_memory.topRows(2), weights, NormOrder::pre,
                                          Activation::relu, example_self_mask, no_mask),
                   Equals(golden("example/pre")));
    }
}

QKV_TEST("a hidden memory row stays hidden, however low the scores of the others are",
         "其他行的打分再低，被遮住的记忆行也不会露出来", "[decoder_layer]") {
    DecoderLayerWeights weights = example_layer();
    weights.self_attention.output.weight.setZero();
    weights.feed_forward.outer.weight.setZero();
    // The scores are -2^39 times feature 0 of the memory: 1 and 3; 9 is hidden. The first row has all the weight.
    weights.cross_attention.query.bias(0) = 1 << 20;
    weights.cross_attention.key.weight(0, 0) = -(1 << 20);
    const Matrix expected = example_tokens.rowwise() + example_memory.row(0);
    CHECK_THAT(learner::decoder_layer(example_tokens, example_memory, weights, NormOrder::pre, Activation::relu,
                                      example_self_mask, example_cross_mask),
               Equals(expected));
}

QKV_TEST("seventy copies of the tokens see what one sees, and so for the memory",
         "词元重复七十遍，记忆也重复七十遍，结果不变", "[decoder_layer]") {
    const Matrix many = tokens().replicate(14, 1), read = memory().replicate(10, 1);
    CHECK_THAT(learner::decoder_layer(many, read, golden_layer(), NormOrder::pre, Activation::gelu, no_mask, no_mask),
               Equals(golden("layer/pre_gelu").replicate(14, 1)));
    CHECK_THAT(learner::decoder_layer(many, read, golden_layer(), NormOrder::post, Activation::relu, no_mask,
                                      Mask::Constant(70, 70, true)),
               Equals(golden("layer/post_relu").replicate(14, 1)));
}

QKV_TEST("each attention splits into heads of its own", "每个注意力各按自己的头数切分", "[decoder_layer]") {
    const auto layer = [](Index in_self, Index in_cross) {
        DecoderLayerWeights weights = golden_layer();
        weights.self_attention.n_heads = in_self;
        weights.cross_attention.n_heads = in_cross;
        return learner::decoder_layer(tokens(), memory(), weights, NormOrder::pre, Activation::gelu,
                                      golden_mask("self_mask"), no_mask);
    };
    CHECK_THAT(layer(2, 8), Equals(golden("layer/two_and_eight")));
    CHECK_THAT(layer(8, 2), Equals(golden("layer/eight_and_two")));
}

QKV_TEST("no tokens give no rows, unless the call is refused", "没有词元就没有行，或者拒绝这次调用",
         "[decoder_layer]") {
    for (const NormOrder order : {NormOrder::post, NormOrder::pre}) {
        const auto output = unless_refused(learner::decoder_layer, Matrix(0, 8), memory(), golden_layer(), order,
                                           Activation::relu, no_mask, no_mask);
        const Matrix rows = output ? *output : Matrix(0, 8);
        CHECK_THAT(rows, Equals(Matrix(0, 8)));
    }
}

QKV_TEST("tokens, memory, weights or masks that do not fit are an error", "词元、记忆、权重或掩码的形状不符是错误",
         "[decoder_layer]") {
    for (const NormOrder order : {NormOrder::post, NormOrder::pre}) {
        const Misfits misfits("tokens, memory, weights, order, activation, self_mask, cross_mask", tokens(),
                              golden("wide_memory"), golden_layer("wide"), order, Activation::relu, past(5),
                              golden_mask("cross_mask"));
        check_refused(learner::decoder_layer, misfits);
    }
    // A sublayer that fits in itself, but returns too few features or too many.
    std::vector<DecoderLayerWeights> faulty(6, golden_layer());
    faulty[0].self_attention.output = narrow(faulty[0].self_attention.output);
    faulty[1].cross_attention.output = narrow(faulty[1].cross_attention.output);
    faulty[2].feed_forward.outer = narrow(faulty[2].feed_forward.outer);
    faulty[3].self_attention.output = broad(faulty[3].self_attention.output);
    faulty[4].cross_attention.output = broad(faulty[4].cross_attention.output);
    faulty[5].feed_forward.outer = broad(faulty[5].feed_forward.outer);
    for (const DecoderLayerWeights& weights : faulty) {
        CHECK_THROWS_AS(
            learner::decoder_layer(tokens(), memory(), weights, NormOrder::pre, Activation::relu, no_mask, no_mask),
            std::invalid_argument);
    }
}

// ---------------------------------------------------------------------------------- decoder_stack

QKV_TEST("the stack of the statement comes out", "题目里的两层结果正确", "[decoder_stack]") {
    const DecoderWeights weights{{example_layer(), example_layer()},
                                 LayerNormWeights{filled(1, 4, 2), filled(1, 4, 1), Scalar{1e-5}}};
    CHECK_THAT(learner::decode(example_tokens, example_memory, weights, NormOrder::post, Activation::relu,
                               example_self_mask, example_cross_mask),
               Equals(golden("example/stack")));
}

QKV_TEST("without layers, the tokens come out as they went in", "没有层时，词元原样输出", "[decoder_stack]") {
    CHECK_THAT(learner::decode(tokens(), memory(), {}, NormOrder::post, Activation::relu, past(5), no_mask),
               Equals(tokens()));
}

QKV_TEST("without layers, a final norm is all there is, in either order", "没有层时，无论哪种次序，都只剩最后的归一化",
         "[decoder_stack]") {
    const DecoderWeights weights{{}, LayerNormWeights{filled(1, 8, 5), filled(1, 8, 1), Scalar{1.75}}};
    const Matrix input = deviations().array() + 3;
    const Matrix expected = 2 * deviations().array() + 1;  // variance 4.5: divided by 2.5, times 5, plus 1
    for (const NormOrder order : {NormOrder::post, NormOrder::pre}) {
        CHECK_THAT(learner::decode(input, memory(), weights, order, Activation::relu, no_mask, no_mask),
                   Equals(expected));
    }
}

QKV_TEST("three layers are two layers and then the third, with the same memory", "三层等于先两层、再第三层，记忆不变",
         "[decoder_stack]") {
    const DecoderWeights first{{golden_layer("decoder0"), golden_layer("decoder1")}, {}};
    const DecoderWeights last{{golden_layer("decoder2")}, golden_norm("model/decoder_norm")};
    for (const NormOrder order : {NormOrder::post, NormOrder::pre}) {
        const auto stack = [order](const Matrix& rows, const DecoderWeights& weights) {
            return learner::decode(rows, memory(), weights, order, Activation::gelu, past(5),
                                   golden_mask("cross_mask"));
        };
        const Matrix three_layers = stack(tokens(), golden_decoder(true));
        const Matrix two_and_one = stack(stack(tokens(), first), last);
        CHECK_THAT(three_layers, SameAs(two_and_one));
    }
}

QKV_TEST("the stack is PyTorch's nn.TransformerDecoder, with and without a final norm",
         "无论有没有最后的归一化，都与 PyTorch 的 nn.TransformerDecoder 一致", "[decoder_stack]") {
    const auto stack = [](NormOrder order, bool with_norm) {
        return learner::decode(tokens(), memory(), golden_decoder(with_norm), order, Activation::relu, no_mask,
                               no_mask);
    };
    CHECK_THAT(stack(NormOrder::post, false), Equals(golden("stack/post")));
    CHECK_THAT(stack(NormOrder::pre, false), Equals(golden("stack/pre")));
    CHECK_THAT(stack(NormOrder::post, true), Equals(golden("stack/post_final")));
    CHECK_THAT(stack(NormOrder::pre, true), Equals(golden("stack/pre_final")));
}

QKV_TEST("every layer has both masks", "每一层都使用两个掩码", "[decoder_stack]") {
    const auto stack = [](NormOrder order) {
        return learner::decode(tokens(), memory(), golden_decoder(true), order, Activation::relu, past(5),
                               golden_mask("cross_mask"));
    };
    CHECK_THAT(stack(NormOrder::post), Equals(golden("stack/post_masked")));
    CHECK_THAT(stack(NormOrder::pre), Equals(golden("stack/pre_masked")));
}

QKV_TEST("a single token that may see neither itself nor the only memory row gets biases in every layer",
         "唯一的词元看不到自己，也看不到唯一的记忆行时，每一层都只得到偏置", "[decoder_stack]") {
    DecoderLayerWeights weights = example_layer();
    weights.self_attention.output.bias = RowVector{{1, -2, 0, 4}};
    weights.cross_attention.output.bias = RowVector{{0.5, 8, -1, 0}};
    weights.feed_forward.outer.weight.setZero();
    const Mask blind = Mask::Constant(1, 1, false);
    CHECK_THAT(learner::decode(Matrix{{4, 0, 2, 2}}, Matrix{{1, -1, 3, 1}}, {{weights, weights}, {}}, NormOrder::pre,
                               Activation::relu, blind, blind),
               Equals(Matrix{{7, 12, 0, 10}}));
}

QKV_TEST("a stack may have thirty layers, with heads of their own", "可以有三十层，各层有自己的头数",
         "[decoder_stack]") {
    // Layer after layer adds one, in pre-norm order; the heads do not show.
    DecoderWeights weights;
    for (Index i = 0; i < 30; ++i) {
        weights.layers.push_back(constant_layer(RowVector::Zero(8), RowVector::Zero(8), RowVector::Ones(8)));
        weights.layers.back().self_attention.n_heads = i % 2 == 0 ? 4 : 2;
    }
    const Matrix expected = tokens().array() + 30;
    CHECK_THAT(learner::decode(tokens(), memory(), weights, NormOrder::pre, Activation::relu, past(5), no_mask),
               Equals(expected));
}

QKV_TEST("a layer, a final norm, tokens, a memory or masks that do not fit are an error",
         "某一层、最后的归一化、词元、记忆或掩码的形状不符是错误", "[decoder_stack]") {
    const DecoderWeights weights{{golden_layer("decoder0"), golden_layer("decoder1")},
                                 golden_norm("model/decoder_norm")};
    const Misfits misfits("tokens, memory, weights, order, activation, self_mask, cross_mask", tokens(), memory(),
                          weights, NormOrder::pre, Activation::relu, past(5), golden_mask("cross_mask"));
    check_refused(learner::decode, misfits.except({"weights.layers.size()"}));
    DecoderWeights seven{std::vector(7, golden_layer()), {}};
    seven.layers[5].feed_forward_norm.gain = filled(1, 9, 1);
    CHECK_THROWS_AS(learner::decode(tokens(), memory(), seven, NormOrder::pre, Activation::relu, no_mask, no_mask),
                    std::invalid_argument);
    const DecoderWeights no_layers{{}, golden_norm("model/decoder_norm")};
    CHECK_THROWS_AS(
        learner::decode(tokens().leftCols(7), memory(), no_layers, NormOrder::pre, Activation::relu, no_mask, no_mask),
        std::invalid_argument);
}

// ------------------------------------------------------------------------------ transformer_logits

QKV_TEST("the logits of the statement come out", "题目里的 logits 结果正确", "[transformer_logits]") {
    CHECK_THAT(learner::transformer_logits({1, 2, 0}, {1, 2}, example_model()), Equals(golden("example/logits")));
}

QKV_TEST("without layers, the logits are the output layer of the embedded target",
         "没有任何层时，logits 就是目标嵌入经过输出层的结果", "[transformer_logits]") {
    TransformerModel model = paper();
    model.encoder.layers.clear();
    model.decoder.layers.clear();
    const Matrix expected = (golden("embedded/target") * model.output.weight).rowwise() + model.output.bias;
    CHECK_THAT(learner::transformer_logits(source(), target(), model), Equals(expected));
}

QKV_TEST("logits are no probabilities: what is added to each bias is added to each of them",
         "logits 不是概率：偏置加多少，它就加多少", "[transformer_logits]") {
    for (const Scalar added : {3, -512, 512}) {
        TransformerModel model = paper();
        model.output.bias.array() += added;
        const Matrix expected = golden("logits/paper").array() + added;
        CHECK_THAT(learner::transformer_logits(source(), target(), model), Equals(expected));
    }
}

QKV_TEST("a later token of the target changes no logits before it", "目标序列里后面的词元不影响前面的 logits",
         "[transformer_logits]") {
    TokenIds changed = target();
    changed[2] = 9;
    changed[4] = 1;
    const Matrix logits = learner::transformer_logits(source(), changed, pre());
    REQUIRE((logits.rows() == 5 && logits.cols() == 10));
    CHECK_THAT(logits.topRows(2), Equals(golden("logits/pre").topRows(2)));
    for (Index t = 2; t < 5; ++t) CHECK_FALSE(logits.row(t).isApprox(golden("logits/pre").row(t), Scalar{1e-4}));
}

QKV_TEST("padding behind the source changes nothing, behind the target nothing before it",
         "源序列末尾的填充不影响任何东西，目标序列末尾的填充不影响前面", "[transformer_logits]") {
    TransformerModel model = pre();
    model.source_table.row(2).setConstant(-32);
    const Matrix logits = learner::transformer_logits(with(source(), {2, 2, 2}), with(target(), {2, 2}), model);
    REQUIRE((logits.rows() == 7 && logits.cols() == 10));
    CHECK_THAT(logits.topRows(5), Equals(golden("logits/pre")));
}

QKV_TEST("every source token reaches every row, the last one the first row, too",
         "源序列的每个词元都影响每一行，最后一个也影响第一行", "[transformer_logits]") {
    for (const auto position : {0U, 3U, 6U}) {
        TokenIds changed = source();
        changed[position] = 10;
        const Matrix logits = learner::transformer_logits(changed, target(), pre());
        REQUIRE((logits.rows() == 5 && logits.cols() == 10));
        for (Index t = 0; t < 5; ++t) CHECK_FALSE(logits.row(t).isApprox(golden("logits/pre").row(t), Scalar{1e-4}));
    }
}

QKV_TEST("the seventieth source token reaches the logits, too", "第七十个源词元同样影响 logits",
         "[transformer_logits]") {
    const TokenIds many(70, 5);
    TokenIds changed = many;
    changed.back() = 10;
    const Matrix before = learner::transformer_logits(many, target(), pre());
    const Matrix after = learner::transformer_logits(changed, target(), pre());
    REQUIRE((before.rows() == 5 && after.rows() == 5 && before.cols() == 10 && after.cols() == 10));
    CHECK_FALSE(after.isApprox(before, Scalar{1e-6}));
}

QKV_TEST("the model is PyTorch's nn.Transformer; without final norms, that of the paper",
         "与 PyTorch 的 nn.Transformer 一致；去掉最后的归一化，就是论文的模型", "[transformer_logits]") {
    CHECK_THAT(learner::transformer_logits(source(), target(), paper()), Equals(golden("logits/paper")));
    CHECK_THAT(learner::transformer_logits(source(), target(), pytorch()), Equals(golden("logits/pytorch")));
    CHECK_THAT(learner::transformer_logits(source(), target(), pre()), Equals(golden("logits/pre")));
}

QKV_TEST("with padding, between tokens too, the model is still PyTorch's nn.Transformer",
         "有填充（包括夹在词元之间的）时，仍与 PyTorch 的 nn.Transformer 一致", "[transformer_logits]") {
    const TokenIds from = golden_ids("padded_source"), to = golden_ids("padded_target");
    CHECK_THAT(learner::transformer_logits(from, to, paper()), Equals(golden("logits/paper_padded")));
    CHECK_THAT(learner::transformer_logits(from, to, pytorch()), Equals(golden("logits/pytorch_padded")));
    CHECK_THAT(learner::transformer_logits(from, to, pre()), Equals(golden("logits/pre_padded")));
}

QKV_TEST("a target that begins with padding has logits, too", "以填充开头的目标序列也有 logits",
         "[transformer_logits]") {
    CHECK_THAT(learner::transformer_logits(source(), {2, 3, 8, 0, 5}, pre()), Equals(golden("logits/pre_blind")));
}

QKV_TEST("padding alone says nothing, one token of it as little as three",
         "只有填充的源序列什么也没说，一个填充和三个填充一样", "[transformer_logits]") {
    const Matrix of_one = learner::transformer_logits({2}, target(), pre());
    const Matrix of_three = learner::transformer_logits({2, 2, 2}, target(), pre());
    CHECK_THAT(of_one, SameAs(of_three));
}

QKV_TEST("a target of one token has the first row of a longer one, also if it is padding",
         "只有一个词元的目标序列，logits 就是更长序列的第一行，填充也一样", "[transformer_logits]") {
    for (const int id : {2, 3}) {
        const Matrix alone = learner::transformer_logits(source(), {id}, pre());
        const Matrix longer = learner::transformer_logits(source(), {id, 8, 0}, pre());
        REQUIRE((longer.rows() == 3 && longer.cols() == 10));
        const Matrix first_row_of_three = longer.topRows(1);
        CHECK_THAT(alone, SameAs(first_row_of_three));
    }
}

QKV_TEST("a square output layer is not turned", "方阵的输出层不会被转置", "[transformer_logits]") {
    TransformerModel model = example_model();
    model.decoder.layers.clear();
    model.output = {Matrix{{0, 1, 0, 0}, {0, 0, 1, 0}, {0, 0, 0, 1}, {1, 0, 0, 0}}, RowVector::Zero(4)};
    model.target_table = uneven(4, 4);
    const Matrix before = learner::embed_tokens({1, 2, 0}, model.target_table);
    const Matrix expected = learner::transformer_logits({1, 2, 0}, {1, 2, 0}, model);
    REQUIRE((before.rows() == 3 && before.cols() == 4 && expected.rows() == 3 && expected.cols() == 4));
    const Matrix logits_turned_back = expected.rightCols(3), first_features = before.leftCols(3);
    CHECK_THAT(logits_turned_back, SameAs(first_features));
}

QKV_TEST("ids that are not in their table, and weights that do not fit, are an error",
         "编号不在各自的表中，或权重的形状不符，是错误", "[transformer_logits]") {
    const TransformerModel model = pytorch();
    CHECK_THROWS_AS(learner::transformer_logits({5, 13, 1}, target(), model), std::invalid_argument);
    CHECK_THROWS_AS(learner::transformer_logits({-1, 5}, target(), model), std::invalid_argument);
    CHECK_THROWS_AS(learner::transformer_logits(source(), {6, 10}, model), std::invalid_argument);  // 10 is a source id
    CHECK_THROWS_AS(learner::transformer_logits(source(), {6, -1}, model), std::invalid_argument);
    TransformerModel small = model;  // one layer each, for speed
    small.encoder.layers.resize(1);
    small.decoder.layers.resize(1);
    const Misfits misfits("source, target, model", TokenIds{5, 12}, TokenIds{6, 3, 8}, small);
    check_refused(
        learner::transformer_logits,
        misfits.except({"source.size()", "target.size()", "model.source_table.rows", "model.target_table.rows",
                        "model.encoder.layers.size()", "model.decoder.layers.size()"}));
}

// ----------------------------------------------------------------------------------- greedy_decode

QKV_TEST("the answer of the statement comes out: the start token, also the end token, ends nothing",
         "题目里的答案结果正确：起始词元同时是结束词元，并不会立刻结束", "[greedy_decode]") {
    CHECK_THAT(as_row(learner::greedy_decode({1, 2}, chain(), 0, 0, 9)), Equals(Matrix{{3, 5, 1, 0}}));
}

QKV_TEST("a model that knows what follows what says it, from the first token to the end token",
         "只知道“谁后面跟谁”的模型，从第一个词元一直说到结束词元", "[greedy_decode]") {
    CHECK_THAT(as_row(learner::greedy_decode({1, 2}, chain(), 3, 0, 6)), Equals(Matrix{{5, 1, 0}}));
    CHECK_THAT(as_row(learner::greedy_decode({1, 2}, chain(), 4, 5, 3)), Equals(Matrix{{6, 2, 2}}));
}

QKV_TEST("the limit counts generated tokens", "上限数的是生成的词元", "[greedy_decode]") {
    const Matrix whole = golden("greedy/ends");  // 5 tokens, the last is the end token, 7
    for (const Index limit : {0, 1, 2, 4, 5, 6}) {
        CHECK_THAT(as_row(learner::greedy_decode(source(), pre(), 3, 7, limit)),
                   Equals(whole.leftCols(std::min<Index>(limit, 5))));
    }
}

QKV_TEST("ties go to the lowest id", "打分相同时，取编号最小的", "[greedy_decode]") {
    TransformerModel model = paper();
    model.output.weight.setZero();
    model.output.bias = RowVector{{-9, 1, 0, -2, 4, 3, 4, 4, -5, 2}};
    CHECK_THAT(as_row(learner::greedy_decode(source(), model, 6, 8, 3)), Equals(filled(1, 3, 4)));
}

QKV_TEST("only differences of scores count: the best one may be negative", "只看打分之差：最高的打分也可以是负数",
         "[greedy_decode]") {
    for (const Scalar added : {-1024, 1024}) {
        TransformerModel model = pre();
        model.output.bias.array() += added;
        CHECK_THAT(as_row(learner::greedy_decode(source(), model, 3, 7, 9)), Equals(golden("greedy/ends")));
    }
    TransformerModel model = pre();
    model.output.weight.setZero();
    model.output.bias = RowVector{{-4, -3, -8, -5, -2, -9, -6, -8, -7, -3}} * Scalar{1e30};
    CHECK_THAT(as_row(learner::greedy_decode(source(), model, 3, 7, 3)), Equals(filled(1, 3, 4)));
}

QKV_TEST("scores that are nearly equal are no tie", "打分只差一点点，不算并列", "[greedy_decode]") {
    const Scalar little = std::ldexp(Scalar{1}, in_double ? -40 : -18);
    TransformerModel model = paper();
    model.output.weight.setZero();
    model.output.bias = RowVector{{1, 1, 1 - little, 1, 1, 1 + little, 1, 1 + little, 0, 1}};
    CHECK_THAT(as_row(learner::greedy_decode(source(), model, 6, 8, 2)), Equals(filled(1, 2, 5)));
}

QKV_TEST("an end token that is no id never comes: only the limit ends the answer",
         "结束词元不是任何编号时，它永远不会出现，只有上限能结束", "[greedy_decode]") {
    const Matrix expected{{6, 2, 2, 2, 2, 2, 2, 2}};
    for (const int end_token : {-1, 7, 1000}) {
        CHECK_THAT(as_row(learner::greedy_decode({1, 2}, chain(), 4, end_token, 8)), Equals(expected));
    }
}

QKV_TEST("after each token, the answer goes on with the largest of the logits",
         "每个词元之后，答案接着的都是 logits 最大的那个", "[greedy_decode]") {
    const TokenIds answer = learner::greedy_decode(source(), pre(), 3, -1, 24);
    REQUIRE(answer.size() == 24);
    const Matrix logits = learner::transformer_logits(source(), with({3}, answer), pre());
    REQUIRE((logits.rows() == 25 && logits.cols() == 10));
    TokenIds best;
    for (Index t = 0; t < 24; ++t) {
        const RowVector scores = logits.row(t);
        best.push_back(static_cast<int>(std::max_element(scores.begin(), scores.end()) - scores.begin()));
    }
    const Matrix generated = as_row(answer), of_the_largest_logits = as_row(best);
    CHECK_THAT(generated, SameAs(of_the_largest_logits));
}

QKV_TEST("a square output layer is not turned when an answer is said", "生成答案时，方阵的输出层也不会被转置",
         "[greedy_decode]") {
    TransformerModel model = chain();
    model.source_table = uneven(4, 4);
    model.target_table = 4 * Matrix::Identity(4, 4);  // 8 after scaling; positions add 1 at most
    model.output = {Matrix{{0, 1, 0, 0}, {0, 0, 1, 0}, {0, 0, 0, 1}, {1, 0, 0, 0}}, RowVector::Zero(4)};
    CHECK_THAT(as_row(learner::greedy_decode({1, 2}, model, 0, -1, 5)), Equals(Matrix{{1, 2, 3, 0, 1}}));
}

QKV_TEST("an answer may have seventy tokens", "答案可以有七十个词元", "[greedy_decode]") {
    Matrix expected = filled(1, 70, 2);
    expected(0, 0) = 6;
    CHECK_THAT(as_row(learner::greedy_decode({1, 2}, chain(), 4, -1, 70)), Equals(expected));
}

QKV_TEST("a limit may be far beyond the end", "上限可以远在答案结束之后", "[greedy_decode]") {
    CHECK_THAT(as_row(learner::greedy_decode({1, 2}, chain(), 4, 2, 1'000'000)), Equals(Matrix{{6, 2}}));
}

QKV_TEST("padding behind the source changes no token of the answer", "源序列末尾的填充不改变答案中的任何词元",
         "[greedy_decode]") {
    CHECK_THAT(as_row(learner::greedy_decode({3, 0, 11}, pre(), 6, 7, 9)), Equals(golden("greedy/padded")));
    CHECK_THAT(as_row(learner::greedy_decode({3, 0, 11, 2, 2}, pre(), 6, 7, 9)), Equals(golden("greedy/padded")));
    CHECK_THAT(as_row(learner::greedy_decode(with(source(), {2, 2, 2}), pre(), 3, 7, 9)),
               Equals(golden("greedy/ends")));
}

QKV_TEST("each token is the best one after all that was said, in PyTorch's nn.Transformer too",
         "每个词元都是说完前面全部内容之后得分最高的，与 PyTorch 的 nn.Transformer 一致", "[greedy_decode]") {
    CHECK_THAT(as_row(learner::greedy_decode(source(), pre(), 3, 7, 9)), Equals(golden("greedy/ends")));
    CHECK_THAT(as_row(learner::greedy_decode(source(), pre(), 3, 6, 9)), Equals(golden("greedy/one")));
    CHECK_THAT(as_row(learner::greedy_decode({11, 1, 10, 4}, paper(), 0, 8, 9)), Equals(golden("greedy/limited")));
}

QKV_TEST("padding that was said is a token of the answer, and nobody looks at it",
         "说出的填充也算答案里的词元，只是谁也不看它", "[greedy_decode]") {
    CHECK_THAT(as_row(learner::greedy_decode({3, 8, 6}, pre(), 3, 8, 6)), Equals(golden("greedy/says_padding")));
    for (const int end_token : {7, -1}) {  // the fourth token is 7
        CHECK_THAT(as_row(learner::greedy_decode({4, 5, 12}, pre(), 1, end_token, 4)),
                   Equals(golden("greedy/begins_with_padding")));
    }
}

QKV_TEST("a negative limit, ids that are not in their table, and weights that do not fit, are an error",
         "上限为负数、编号不在各自的表中，或权重的形状不符，是错误", "[greedy_decode]") {
    CHECK_THROWS_AS(learner::greedy_decode(source(), pre(), 3, 7, -1), std::invalid_argument);
    CHECK_THROWS_AS(learner::greedy_decode(source(), pre(), 10, 7, 4), std::invalid_argument);
    CHECK_THROWS_AS(learner::greedy_decode(source(), pre(), -1, 7, 4), std::invalid_argument);
    CHECK_THROWS_AS(learner::greedy_decode({5, 13}, pre(), 3, 7, 4), std::invalid_argument);
    CHECK_THROWS_AS(learner::greedy_decode({-2}, pre(), 3, 7, 1), std::invalid_argument);
    TransformerModel faulty = pre();
    faulty.output.weight = faulty.output.weight.topRows(7).eval();
    CHECK_THROWS_AS(learner::greedy_decode(source(), faulty, 3, 7, 1), std::invalid_argument);
}
