// What an encoder does to its tokens: ./grade show encoder.
#include "testing/scene.hpp"

#include "remote.hpp"

#include <algorithm>

#include "golden_model.hpp"

namespace {

using namespace encoder;
using namespace qkv::testing;
using Words = std::vector<std::string>;

/// y = f(x) as a curve: columns are x from -3 to 3, rows are y from 3 down to -0.5, both by steps of 1/4.
constexpr Index n_x = 25, n_y = 15;

Matrix curve(const Matrix& y) {
    Matrix picture = Matrix::Zero(n_y, n_x);
    Index before = 0;
    for (Index j = 0; j < n_x; ++j) {
        const double height = std::clamp((3 - static_cast<double>(y(0, j))) * 4, 0.0, static_cast<double>(n_y - 1));
        const auto row = static_cast<Index>(std::lround(height));
        const bool steep = j > 0 && std::abs(row - before) > 1;
        for (Index i = steep ? std::min(row, before + 1) : row; i <= (steep ? std::max(row, before - 1) : row); ++i)
            picture(i, j) = 1;
        before = row;
    }
    return picture;
}

/// The names of whole numbers from `first` on in steps of 1/4; blank between.
Words ticks(Index count, int first, int direction) {
    Words names(static_cast<std::size_t>(count), " ");
    for (Index i = 0; i < count; i += 4)
        names[static_cast<std::size_t>(i)] = std::to_string(first + direction * static_cast<int>(i / 4));
    return names;
}

/// What words mean in features made by hand, and what the layer below may add.
const Words meanings = {"bank", "water", "money", "shore", "firm", "other"};

Matrix tokens_of(const Words& sentence) {
    Matrix tokens = Matrix::Zero(static_cast<Index>(sentence.size()), 6);
    for (Index i = 0; i < tokens.rows(); ++i) {
        const std::string& word = sentence[static_cast<std::size_t>(i)];
        const Index feature = word == "bank" ? 0 : word == "river" ? 1 : word == "loan" ? 2 : 5;
        tokens(i, feature) = 2;
    }
    return tokens;
}

/// A layer made by hand: attention lets "bank" look for water or money and fetch what it finds, and the other words
/// for what has neither; one neuron fires for "bank" with water, one for "bank" with money.
EncoderLayerWeights hand_made_layer() {
    const Linear zero{Matrix::Zero(6, 6), RowVector::Zero(6)};
    EncoderLayerWeights layer{
        {zero, zero, zero, {Matrix::Identity(6, 6), RowVector::Zero(6)}, 1},
        {{Matrix::Zero(6, 2), RowVector::Constant(2, -2)}, {Matrix::Zero(2, 6), RowVector::Zero(6)}},
        tests::plain_norm(6, Scalar{1e-5}),
        tests::plain_norm(6, Scalar{1e-5})};
    MultiHeadWeights& attention = layer.attention;
    attention.query.weight(0, 0) = 4;
    attention.key.weight(1, 0) = attention.key.weight(2, 0) = 1;
    for (const Index feature : {1, 2, 5}) attention.query.weight(feature, 1) = 4;
    attention.key.weight(5, 1) = 1;
    for (const Index feature : {1, 2}) {
        attention.value.weight(feature, feature) = 1;
        attention.value.bias(feature) = std::sqrt(Scalar{0.2});  // what is missing is -sqrt(0.2) behind the norm
    }
    layer.feed_forward.inner.weight.row(0).setConstant(1);
    layer.feed_forward.inner.weight(1, 0) = layer.feed_forward.inner.weight(2, 1) = 1;
    layer.feed_forward.outer.weight(0, 3) = layer.feed_forward.outer.weight(1, 4) = 2;
    return layer;
}

/// How large a number of the rows is, as root mean square.
Scalar size_of(const Matrix& rows) { return std::sqrt(rows.squaredNorm() / static_cast<Scalar>(rows.size())); }

}  // namespace

QKV_SCENE("What does layer normalisation take away?", "层归一化拿走了什么？", "[layer_norm]") {
    const Matrix x{{0.5, -1, 2, 0, 1, -0.5}};
    Matrix rows(6, 6);
    rows << x, 3 * x, (x.array() + 3).matrix(), -x, Matrix::Constant(1, 6, 4), Matrix{{0, 0, 0, 0, 0, 6}};
    const Words names{"x", "3 x", "x + 3", "-x", "4 ... 4", "0 ... 6"};
    say(
        {"Every row is brought to mean 0 and variance 1. So x, 3 x and x + 3 come out as one and the same row: size "
         "and offset are gone, what is left is the pattern. A row of equal numbers has no pattern and becomes 0.",
         "每一行都变成均值 0、方差 1。所以 x、3 x 和 x + 3 "
         "出来的是同一行：大小和偏移没有了，留下的是起伏的样子。各数相等的一行没有起伏，结果是 0。"});
    show({"before", "归一化之前"}, rows, names, 6, Look::values);
    show({"after, with gain 1 and bias 0", "归一化之后，增益为 1，偏置为 0"},
         learner::layer_norm(rows, tests::plain_norm(6, Scalar{1e-5})), names, 6, Look::values);
}

QKV_SCENE("How do ReLU and GELU differ?", "ReLU 和 GELU 有什么不同？", "[activation]") {
    Matrix x(1, n_x);
    for (Index j = 0; j < n_x; ++j) x(0, j) = static_cast<Scalar>(j) / 4 - 3;
    const Matrix relu = learner::activate(x, Activation::relu), gelu = learner::activate(x, Activation::gelu);
    REQUIRE_THAT(relu, Pictured(1, n_x));
    REQUIRE_THAT(gelu, Pictured(1, n_x));
    const Words across = ticks(n_x, -3, 1), down = ticks(n_y, 3, -1);
    say(
        {"ReLU has a corner at 0. GELU is smooth there and dips a little below 0, deepest near -0.75; far out on both "
         "sides they are the same.",
         "ReLU 在 0 处有一个折角。GELU 在那里是光滑的，还略微降到 0 以下，在 -0.75 附近最低；两头远处，二者相同。"});
    show({"ReLU over x from -3 to 3", "ReLU，x 从 -3 到 3"}, curve(relu), down, across);
    show({"GELU over x from -3 to 3", "GELU，x 从 -3 到 3"}, curve(gelu), down, across);
    show({"the difference", "二者之差"}, gelu - relu, Words{"GELU - ReLU"}, across, Look::values);
}

QKV_SCENE("Which bank is meant?", "说的是哪一种 bank？", "[pre_norm_layer]") {
    say(
        {"One layer, made by hand, in pre-norm order; shown is what it has added to each token. Attention fetches "
         "water or money to \"bank\", the feed-forward network concludes: shore, or firm. To the other words the layer "
         "has nothing to say and lets them pass.",
         "手工设定的一层，前置归一化；图中是这一层给每个词元加上了什么。注意力把 water（水）或 money（钱）取到 bank "
         "身上，前馈网络由此得出结论：shore（河岸）还是 firm（银行）。对其他的词，这一层没什么可说的，原样放行。"});
    for (const char* text : {"the bank of the river", "a loan from the bank"}) {
        const Words sentence = words_of(text);
        const Matrix tokens = tokens_of(sentence);
        const Matrix output = learner::encoder_layer(tokens, hand_made_layer(), NormOrder::pre, Activation::relu, {});
        REQUIRE_THAT(output, Pictured(tokens.rows(), 6));
        show({std::string("added to \"") + text + "\"", std::string("给“") + text + "”加上的"}, output - tokens,
             sentence, meanings, Look::values);
    }
}

QKV_SCENE("How large do tokens grow from layer to layer?", "一层一层下来，词元会变多大？", "[encoder_stack]") {
    constexpr Index deepest = 12;
    Matrix sizes(deepest + 1, 2);
    EncoderWeights stack;
    for (Index depth = 0; depth <= deepest; ++depth) {
        for (const auto& [column, order] : {std::pair{0, NormOrder::post}, {1, NormOrder::pre}}) {
            const Matrix encoded = learner::encode(tests::tokens(), stack, order, Activation::gelu, {});
            REQUIRE_THAT(encoded, Pictured(5, 8));
            sizes(depth, column) = size_of(encoded);
        }
        EncoderLayerWeights next = tests::golden_layer(static_cast<int>(depth % 3));
        next.attention_norm = next.feed_forward_norm = tests::plain_norm(8, Scalar{1e-5});
        stack.layers.push_back(next);
    }
    say(
        {"Root mean square of the tokens after 0 to 12 layers with random (golden) weights and plain norms. Post-norm "
         "brings them back to 1 in each layer. In pre-norm order every layer adds to the sum, which goes on growing: "
         "that is why there is a norm at the end.",
         "经过 0 到 12 层之后，词元各数的均方根；权重是随机的（测试用的那一套），增益为 1，偏置为 "
         "0。后置归一化每一层都把它拉回 1。前置归一化则一层层往上加，和越来越大：所以最后要再做一次归一化。"});
    show({"size of the tokens: rows are layers", "词元的大小：一行是一层"}, sizes, deepest + 1,
         {Words{"post", "pre"}, Words{"后置", "前置"}});
}
