// The grader of `transformer`. A test's name states a law; its body sets the scene, calls your function and
// holds what comes back against the law. Golden values were computed by PyTorch: nn.TransformerDecoderLayer,
// nn.TransformerDecoder and nn.Transformer; what PyTorch answers with NaN, by the formulas.
#include <algorithm>
#include <cmath>

#include "golden_model.hpp"
#include "testing/tests.hpp"

#include "remote.hpp"

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

/// So small that a variance of ordinary size does not notice it.
const Scalar tiny = std::ldexp(Scalar{1}, -40);

const Mask no_mask;

Matrix as_row(const TokenIds& ids) {
    Matrix row(1, static_cast<Index>(ids.size()));
    for (std::size_t i = 0; i < ids.size(); ++i) row(0, static_cast<Index>(i)) = static_cast<Scalar>(ids[i]);
    return row;
}

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

LayerNormWeights plain_norm(Index d_model, Scalar epsilon) {
    return {RowVector::Ones(d_model), RowVector::Zero(d_model), epsilon};
}

/// Without its last column.
Linear narrow(const Linear& layer) { return {layer.weight.leftCols(7), layer.bias.head(7)}; }

/// Rows of mean 0 and variance 4.5.
Matrix deviations() {
    return Matrix{{4, -4, 1, -1, 1, -1, 0, 0}, {0, 1, -4, 4, -1, 0, -1, 1}, {1, 0, 0, -1, -4, -1, 1, 4}};
}

}  // namespace

// ------------------------------------------------------------------------------------ embed_tokens

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

QKV_TEST("an id that has no row in the table is an error", "编号在表中没有对应的行是错误", "[embed_tokens]") {
    for (const int id : {-1, 5, 6, 1000000}) {
        CHECK_THROWS_AS(learner::embed_tokens({0, 4, id, 1}, uneven(5, 6)), std::invalid_argument);
    }
}

// ------------------------------------------------------------------------------------------- masks

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

// ----------------------------------------------------------------------------------- decoder_layer

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
        CHECK_THAT(layer(row.replicate(7, 1), order), Equals(layer(row, order)));
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
        CHECK_THAT(after.topRows(3), Equals(before.topRows(3)));
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

QKV_TEST("the memory may have a width of its own", "记忆可以有自己的宽度", "[decoder_layer]") {
    CHECK_THAT(learner::decoder_layer(tokens(), golden("wide_memory"), golden_layer("wide"), NormOrder::pre,
                                      Activation::gelu, golden_mask("self_mask"), golden_mask("cross_mask")),
               Equals(golden("layer/wide")));
}

QKV_TEST("tokens, memory or masks that do not fit are an error", "词元、记忆或掩码的形状不符是错误",
         "[decoder_layer]") {
    const auto refuses = [](const Matrix& rows, const Matrix& read, const Mask& self_mask, const Mask& cross_mask) {
        CHECK_THROWS_AS(learner::decoder_layer(rows, read, golden_layer(), NormOrder::post, Activation::relu, self_mask,
                                               cross_mask),
                        std::invalid_argument);
    };
    refuses(tokens().leftCols(7), memory(), no_mask, no_mask);
    refuses(tokens(), memory().leftCols(6), no_mask, no_mask);
    refuses(tokens(), memory(), Mask::Constant(5, 7, true), no_mask);
    refuses(tokens(), memory(), no_mask, Mask::Constant(7, 5, true));
}

QKV_TEST("a sublayer or a norm that is not as wide as the tokens is an error", "子层或归一化与词元宽度不符是错误",
         "[decoder_layer]") {
    std::vector<DecoderLayerWeights> faulty(6, golden_layer());
    faulty[0].self_attention.output = narrow(faulty[0].self_attention.output);
    faulty[1].cross_attention.output = narrow(faulty[1].cross_attention.output);
    faulty[2].feed_forward.outer = narrow(faulty[2].feed_forward.outer);
    faulty[3].self_norm = plain_norm(7, tiny);
    faulty[4].cross_norm = plain_norm(7, tiny);
    faulty[5].feed_forward_norm = plain_norm(7, tiny);
    for (const DecoderLayerWeights& weights : faulty) {
        CHECK_THROWS_AS(
            learner::decoder_layer(tokens(), memory(), weights, NormOrder::pre, Activation::relu, no_mask, no_mask),
            std::invalid_argument);
    }
}

// ---------------------------------------------------------------------------------- decoder_stack

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
        CHECK_THAT(stack(tokens(), golden_decoder(true)), Equals(stack(stack(tokens(), first), last)));
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

QKV_TEST("a layer or a final norm of another width is an error", "某一层或最后的归一化宽度不符是错误",
         "[decoder_stack]") {
    DecoderWeights narrow_layer = golden_decoder(false), narrow_norm = golden_decoder(false);
    narrow_layer.layers[1].cross_norm = plain_norm(7, tiny);
    narrow_norm.final_norm = plain_norm(9, tiny);
    for (const DecoderWeights& weights : {narrow_layer, narrow_norm}) {
        CHECK_THROWS_AS(
            learner::decode(tokens(), memory(), weights, NormOrder::pre, Activation::relu, no_mask, no_mask),
            std::invalid_argument);
    }
}

// ------------------------------------------------------------------------------ transformer_logits

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

QKV_TEST("ids that are not in their table, and an output layer that does not fit, are an error",
         "编号不在各自的表中，或输出层形状不符，是错误", "[transformer_logits]") {
    TransformerModel model = paper();
    CHECK_THROWS_AS(learner::transformer_logits({5, 13, 1}, target(), model), std::invalid_argument);
    CHECK_THROWS_AS(learner::transformer_logits(source(), {6, 10}, model), std::invalid_argument);  // 10 is a source id
    CHECK_THROWS_AS(learner::transformer_logits(source(), {6, -1}, model), std::invalid_argument);
    model.output.weight = model.output.weight.topRows(7).eval();
    CHECK_THROWS_AS(learner::transformer_logits(source(), target(), model), std::invalid_argument);
}

// ----------------------------------------------------------------------------------- greedy_decode

QKV_TEST("a model that knows what follows what says it, from the first token to the end token",
         "只知道“谁后面跟谁”的模型，从第一个词元一直说到结束词元", "[greedy_decode]") {
    CHECK_THAT(as_row(learner::greedy_decode({1, 2}, chain(), 3, 0, 6)), Equals(Matrix{{5, 1, 0}}));
    CHECK_THAT(as_row(learner::greedy_decode({1, 2}, chain(), 4, 5, 3)), Equals(Matrix{{6, 2, 2}}));
}

QKV_TEST("a start token that is also the end token ends nothing", "起始词元同时是结束词元，并不会立刻结束",
         "[greedy_decode]") {
    CHECK_THAT(as_row(learner::greedy_decode({1, 2}, chain(), 0, 0, 9)), Equals(Matrix{{3, 5, 1, 0}}));
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
    CHECK_THAT(as_row(learner::greedy_decode({4, 5, 12}, pre(), 1, 7, 9)),
               Equals(golden("greedy/begins_with_padding")));
}

QKV_TEST("a negative limit, and ids that are not in their table, are an error",
         "上限为负数，或编号不在各自的表中，是错误", "[greedy_decode]") {
    CHECK_THROWS_AS(learner::greedy_decode(source(), pre(), 3, 7, -1), std::invalid_argument);
    CHECK_THROWS_AS(learner::greedy_decode(source(), pre(), 10, 7, 4), std::invalid_argument);
    CHECK_THROWS_AS(learner::greedy_decode({5, 13}, pre(), 3, 7, 4), std::invalid_argument);
}
