// The grader of `encoder`. A test's name states a law; its body sets the scene, calls your function and
// holds what comes back against the law. Golden values were computed by PyTorch: nn.LayerNorm,
// nn.TransformerEncoderLayer and nn.TransformerEncoder; what PyTorch answers with NaN, by the formulas.
#include "testing/tests.hpp"
#include "golden_model.hpp"
#include "remote.hpp"
#include "testing/misfits.hpp"

using namespace qkv;
using namespace qkv::testing;
using namespace encoder::tests;
using encoder::Activation;
using encoder::EncoderLayerWeights;
using encoder::EncoderWeights;
using encoder::FeedForwardWeights;
using encoder::LayerNormWeights;
using encoder::Linear;
using encoder::NormOrder;

namespace {

const Mask no_mask;

/// The worked example of the statement, and as many digits as are printed here.
constexpr double printed_digits = in_double ? 1e-11 : tolerance;
const Matrix example_tokens{{4, 0, 2, 2}, {0, 2, 0, 6}};
const FeedForwardWeights example_feed_forward{
    {Matrix{{1, 0, 0.5}, {0, -1, 0}, {1, 0, 0}, {0, 0, 1}}, RowVector{{0, 0.5, -1}}},
    {Matrix{{1, 0, 0, -1}, {0, 2, 1, 0}, {0, -1, 0, 1}}, RowVector::Zero(4)}};

/// All scores are equal, so the attention returns the mean of the rows it reads.
EncoderLayerWeights example_layer() {
    const Linear zero{Matrix::Zero(4, 4), RowVector::Zero(4)}, same{Matrix::Identity(4, 4), RowVector::Zero(4)};
    const LayerNormWeights norm = plain_norm(4, Scalar{1e-5});
    return {{zero, zero, same, same, 2}, example_feed_forward, norm, norm};
}

Matrix reversed_rows(const Matrix& matrix) { return matrix.colwise().reverse(); }

/// Two rows of filler below the tokens, and the mask that hides them from everybody.
Matrix padded(const Matrix& rows) {
    Matrix longer = filled(rows.rows() + 2, rows.cols(), 3);
    longer.topRows(rows.rows()) = rows;
    longer.row(rows.rows())(0) = -64;
    return longer;
}
Mask hidden_padding(Index n_tokens) {
    Mask mask = Mask::Constant(n_tokens + 2, n_tokens + 2, true);
    mask.rightCols(2).setConstant(false);
    return mask;
}

/// Rows of mean 0 and variance 4.5.
Matrix deviations() {
    return Matrix{{4, -4, 1, -1, 1, -1, 0, 0}, {0, 1, -4, 4, -1, 0, -1, 1}, {1, 0, 0, -1, -4, -1, 1, 4}};
}

}  // namespace

// -------------------------------------------------------------------------------------- layer_norm

QKV_TEST("the example of the statement: mean 5, variance 6, epsilon 0.25, so divide by 2.5",
         "题目里的例子：均值 5，方差 6，epsilon 0.25，所以除以 2.5", "[layer_norm]") {
    const Matrix input{{9, 1, 6, 4, 6, 4}, {5, 5, 8, 2, 8, 2}};
    CHECK_THAT(learner::layer_norm(input, plain_norm(6, Scalar{0.25})),
               Equals(Matrix{{1.6, -1.6, 0.4, -0.4, 0.4, -0.4}, {0, 0, 1.2, -1.2, 1.2, -1.2}}));
}

QKV_TEST("each normalised row has mean 0 and variance 1", "归一化之后，每一行的均值为 0，方差为 1", "[layer_norm]") {
    const Matrix output = learner::layer_norm(golden("norm/input"), plain_norm(8, tiny));
    REQUIRE((output.rows() == 5 && output.cols() == 8));
    CHECK_THAT(output.rowwise().mean(), Equals(filled(5, 1, 0)));
    CHECK_THAT(output.rowwise().squaredNorm(), Equals(filled(5, 1, 8)));
}

QKV_TEST("the gain scales and the bias shifts what is normalised", "增益缩放、偏置平移归一化之后的值", "[layer_norm]") {
    const Matrix input{{9, 1, 6, 4, 6, 4}, {5, 5, 8, 2, 8, 2}};
    const LayerNormWeights weights{RowVector{{5, 10, 2.5, -5, 7.5, 0}}, RowVector{{1, 2, 3, 4, 5, 6}}, Scalar{0.25}};
    CHECK_THAT(learner::layer_norm(input, weights), Equals(Matrix{{9, -14, 4, 6, 8, 6}, {1, 2, 6, 10, 14, 6}}));
}

QKV_TEST("another scale and another zero point change nothing, if epsilon is scaled along",
         "换一个刻度和零点，只要 epsilon 一起缩放，结果不变", "[layer_norm]") {
    const Matrix input = golden("norm/input");
    const Matrix moved = 2 * input.array() + 3;  // four times the variance
    const Matrix of_the_moved = learner::layer_norm(moved, norm_with(Scalar{0.5}));
    const Matrix of_the_input = learner::layer_norm(input, norm_with(Scalar{0.125}));
    CHECK_THAT(of_the_moved, SameAs(of_the_input));
}

QKV_TEST("each row is normalised by itself", "每一行各自归一化，互不影响", "[layer_norm]") {
    const Matrix input = golden("norm/input");
    for (Index i = 0; i < 5; ++i) {
        CHECK_THAT(learner::layer_norm(input.row(i), norm_with(Scalar{0.1})), Equals(golden("norm/tenth").row(i)));
    }
}

QKV_TEST("a row of equal numbers gives the bias, not NaN", "各数都相等的行得到偏置，而不是 NaN", "[layer_norm]") {
    const Matrix bias = golden("norm/bias");
    CHECK_THAT(learner::layer_norm(filled(3, 8, -7), norm_with(Scalar{0.125})), Equals(bias.replicate(3, 1)));
    CHECK_THAT(learner::layer_norm(Matrix::Zero(2, 8), norm_with(tiny)), Equals(bias.replicate(2, 1)));
}

QKV_TEST("numbers that lie close together far from zero keep their variance", "离零很远而彼此很近的数，方差不会丢失",
         "[layer_norm]") {
    const Scalar far = in_double ? Scalar{1e8} : Scalar{4096};
    // Half steps: the variance by n - 1 is 1.5, and what a difference of squares leaves out there is even.
    const Matrix near_zero{{0.5, 1, 1.5, 2, 2.5, 3, 3.5, 4}, {4, 0.5, 3, 1.5, 2, 2.5, 1, 3.5}};
    const Matrix far_away = near_zero.array() + far;
    const Matrix expected = (near_zero.array() - Scalar{2.25}) / Scalar{1.25};  // variance 1.3125, epsilon 0.25
    // A running mean (Welford) keeps fewer digits out there, and is right too.
    CHECK_THAT(learner::layer_norm(far_away, plain_norm(8, Scalar{0.25})),
               Equals(expected).within(in_double ? 1e-6 : 2e-3));
}

QKV_TEST("layer normalisation gives PyTorch's numbers, whatever epsilon is",
         "无论 epsilon 取多少，层归一化都与 PyTorch 一致", "[layer_norm]") {
    const Matrix input = golden("norm/input");
    CHECK_THAT(learner::layer_norm(input, norm_with(Scalar{1e-5})), Equals(golden("norm/usual")));
    CHECK_THAT(learner::layer_norm(input, norm_with(Scalar{0.1})), Equals(golden("norm/tenth")));
    CHECK_THAT(learner::layer_norm(input / 512, norm_with(Scalar{1e-5})), Equals(golden("norm/small")));
}

QKV_TEST("very large numbers are normalised like others, very small ones vanish beside epsilon",
         "很大的数照样归一化，很小的数在 epsilon 面前可以忽略", "[layer_norm]") {
    const Scalar much = std::ldexp(Scalar{1}, in_double ? 400 : 40);
    const Matrix expected = deviations() / std::sqrt(Scalar{4.5});
    CHECK_THAT(learner::layer_norm(much * deviations(), plain_norm(8, 1)), Equals(expected));
    CHECK_THAT(learner::layer_norm(deviations() / much, plain_norm(8, 1)), Equals(Matrix::Zero(3, 8)));
}

QKV_TEST("very small numbers are normalised where epsilon is smaller still, and a gain may be large",
         "epsilon 更小时，很小的数同样要归一化；增益可以很大", "[layer_norm]") {
    for (const int exponent : {-20, -40}) {
        const Scalar little = std::ldexp(Scalar{1}, exponent);
        const LayerNormWeights weights{RowVector{{1, 1000}}, RowVector::Zero(2), 3 * little * little};  // variance: 1
        CHECK_THAT(learner::layer_norm(Matrix{{little, -little}}, weights), Equals(Matrix{{0.5, -500}}));
    }
}

QKV_TEST("a single feature is its own mean: nothing but the bias is left", "只有一个特征时，它就是自己的均值：只剩偏置",
         "[layer_norm]") {
    CHECK_THAT(learner::layer_norm(Matrix{{3}, {-1}, {0}}, {filled(1, 1, 4), filled(1, 1, 7), Scalar{0.5}}),
               Equals(filled(3, 1, 7)));
}

QKV_TEST("two hundred features are normalised over all two hundred", "两百个特征就对全部两百个归一化", "[layer_norm]") {
    Matrix input = filled(1, 200, 2), expected = filled(1, 200, 0.8);  // mean 0, variance 4, epsilon 2.25
    input.rightCols(100) *= -1, expected.rightCols(100) *= -1;
    CHECK_THAT(learner::layer_norm(input, plain_norm(200, Scalar{2.25})), Equals(expected));
}

QKV_TEST("no tokens give no rows", "没有词元就没有行", "[layer_norm]") {
    CHECK_THAT(learner::layer_norm(Matrix(0, 8), norm_with(tiny)), Equals(Matrix(0, 8)));
}

QKV_TEST("a gain or a bias of another width is an error", "增益或偏置的宽度不符是错误", "[layer_norm]") {
    const Misfits misfits("input, weights", golden("norm/input"), norm_with(tiny));
    check_refused(learner::layer_norm, misfits.except({"input.rows"}));
}

// -------------------------------------------------------------------------------------- activation

QKV_TEST("the table of the statement comes out: a standard normal number is below -1 in 0.1587 of all cases",
         "题目里的表格结果正确：标准正态的数小于 -1 的概率是 0.1587", "[activation]") {
    const Matrix input{{-3, -1, -0.5, 0, 0.5, 1, 3}};
    CHECK_THAT(learner::activate(input, Activation::relu), Equals(Matrix{{0, 0, 0, 0, 0.5, 1, 3}}));
    CHECK_THAT(learner::activate(input, Activation::gelu),
               Equals(Matrix{{-0.004049694095, -0.158655253931, -0.154268769363, 0, 0.345731230637, 0.841344746069,
                              2.995950305905}}));
    CHECK_THAT(learner::activate(filled(1, 1, -1), Activation::gelu), Equals(filled(1, 1, Scalar{-0.158655253931})));
}

QKV_TEST("relu keeps what is positive and makes the rest 0", "relu 保留正数，其余变成 0", "[activation]") {
    const Matrix input{{-3, 0, 2.5, 8}, {0.125, -0.125, -100, 100}};
    CHECK_THAT(learner::activate(input, Activation::relu), Equals(Matrix{{0, 0, 2.5, 8}, {0.125, 0, 0, 100}}));
    CHECK_THAT(learner::activate(golden("activation/input"), Activation::relu), Equals(golden("activation/relu")));
}

QKV_TEST("gelu(x) - gelu(-x) = x", "恒有 gelu(x) - gelu(-x) = x", "[activation]") {
    const Matrix input = golden("activation/input");
    const Matrix plus = learner::activate(input, Activation::gelu), minus = learner::activate(-input, Activation::gelu);
    REQUIRE((plus.rows() == 4 && plus.cols() == 7 && minus.rows() == 4 && minus.cols() == 7));
    CHECK_THAT(plus - minus, Equals(input));
}

QKV_TEST("far from zero, gelu is relu", "离零很远时，gelu 就是 relu", "[activation]") {
    const Scalar much = std::ldexp(Scalar{1}, in_double ? 600 : 60);
    const Matrix input{{-1000, -40, 12}, {16, 500, -16}, {much, -much, 0}};
    CHECK_THAT(learner::activate(input, Activation::gelu), Equals(Matrix{{0, 0, 12}, {16, 500, 0}, {much, 0, 0}}));
    CHECK_THAT(learner::activate(input, Activation::relu), Equals(Matrix{{0, 0, 12}, {16, 500, 0}, {much, 0, 0}}));
}

QKV_TEST("gelu gives PyTorch's numbers", "gelu 与 PyTorch 的结果一致", "[activation]") {
    CHECK_THAT(learner::activate(golden("activation/input"), Activation::gelu), Equals(golden("activation/gelu")));
}

QKV_TEST("a matrix without rows, or without columns, keeps its shape", "没有行或没有列的矩阵，形状不变",
         "[activation]") {
    for (const Activation activation : {Activation::relu, Activation::gelu}) {
        CHECK_THAT(learner::activate(Matrix(0, 3), activation), Equals(Matrix(0, 3)));
        CHECK_THAT(learner::activate(Matrix(3, 0), activation), Equals(Matrix(3, 0)));
    }
}

// ------------------------------------------------------------------------------------ feed_forward

QKV_TEST("F(h) of the statement's example comes out", "题目算例中的 F(h) 结果正确", "[feed_forward]") {
    const Matrix h{{0.942807994018, -1.414211991027, -0.471403997009, 0.942807994018},
                   {-0.565685198675, -0.282842599338, -0.848527798013, 1.697055596026}};
    CHECK_THAT(learner::feed_forward(h, example_feed_forward, Activation::relu),
               Equals(Matrix{{0.471403997009, 3.414211991027, 1.914211991027, -0.057192005982},
                             {0, 1.151472201987, 0.782842599338, 0.414212996688}})
                   .within(printed_digits));
}

QKV_TEST("each token goes through the network by itself", "每个词元各自通过网络", "[feed_forward]") {
    for (Index i = 0; i < 5; ++i) {
        CHECK_THAT(learner::feed_forward(tokens().row(i), golden_feed_forward("layer0"), Activation::gelu),
                   Equals(golden("feed_forward/gelu").row(i)));
    }
}

QKV_TEST("a network that takes each feature with plus and minus gives it back",
         "把每个特征以正负号各送一遍，就原样还回来", "[feed_forward]") {
    Matrix inner = Matrix::Zero(6, 12);  // (I, -I), then f(x) - f(-x) = x
    inner.leftCols(6).setIdentity();
    inner.rightCols(6) = -inner.leftCols(6).eval();
    const RowVector shift{{1, -2, 3, -4, 5, -6}};
    const FeedForwardWeights weights{{inner, RowVector::Zero(12)}, {inner.transpose(), shift}};
    const Matrix input = tokens().leftCols(6), expected = input.rowwise() + shift;
    CHECK_THAT(learner::feed_forward(input, weights, Activation::relu), Equals(expected));
    CHECK_THAT(learner::feed_forward(input, weights, Activation::gelu), Equals(expected));
}

QKV_TEST("with all hidden units off, relu leaves the outer bias", "隐藏单元全部关闭时，relu 网络只剩外层偏置",
         "[feed_forward]") {
    FeedForwardWeights weights = golden_feed_forward("layer0");
    weights.inner.bias.setConstant(-1000);
    const Matrix bias = weights.outer.bias;  // some of it is negative
    CHECK_THAT(learner::feed_forward(tokens(), weights, Activation::relu), Equals(bias.replicate(5, 1)));
}

QKV_TEST("the order of the hidden units does not matter", "隐藏单元的顺序无关紧要", "[feed_forward]") {
    FeedForwardWeights weights = golden_feed_forward("layer0");
    weights.inner.weight = weights.inner.weight.rowwise().reverse().eval();
    weights.inner.bias = weights.inner.bias.reverse().eval();
    weights.outer.weight = weights.outer.weight.colwise().reverse().eval();
    CHECK_THAT(learner::feed_forward(tokens(), weights, Activation::gelu), Equals(golden("feed_forward/gelu")));
}

QKV_TEST("the feed-forward network gives PyTorch's numbers", "前馈网络与 PyTorch 的结果一致", "[feed_forward]") {
    const FeedForwardWeights weights = golden_feed_forward("layer0");
    CHECK_THAT(learner::feed_forward(tokens(), weights, Activation::relu), Equals(golden("feed_forward/relu")));
    CHECK_THAT(learner::feed_forward(tokens(), weights, Activation::gelu), Equals(golden("feed_forward/gelu")));
}

QKV_TEST("a hundred hidden units all count", "一百个隐藏单元个个有用", "[feed_forward]") {
    // Hidden unit j is j for the first token and 2 j for the second; each has the weight 1 / 50.
    Matrix inner(1, 101);
    for (Index j = 0; j < 101; ++j) inner(0, j) = static_cast<Scalar>(j);
    const FeedForwardWeights weights{{inner, RowVector::Zero(101)}, {filled(101, 1, 0.02), filled(1, 1, -1)}};
    CHECK_THAT(learner::feed_forward(Matrix{{1}, {2}}, weights, Activation::relu), Equals(Matrix{{100}, {201}}));
}

QKV_TEST("a single hidden unit has the activation that is asked for", "只有一个隐藏单元时，同样使用要求的激活函数",
         "[feed_forward]") {
    const FeedForwardWeights weights{{filled(1, 1, 0.5), filled(1, 1, -2)}, {filled(1, 1, 1), filled(1, 1, 10)}};
    const Matrix input{{2}, {6}};  // the hidden unit is -1 and 1
    CHECK_THAT(learner::feed_forward(input, weights, Activation::relu), Equals(Matrix{{10}, {11}}));
    CHECK_THAT(learner::feed_forward(input, weights, Activation::gelu),
               Equals(Matrix{{9.841344746069}, {10.841344746069}}).within(printed_digits));
}

QKV_TEST("hidden units may be enormous", "隐藏单元的值可以极大", "[feed_forward]") {
    const Scalar much = std::ldexp(Scalar{1}, 40);
    const FeedForwardWeights weights{{filled(1, 1, much), filled(1, 1, 0)}, {filled(1, 1, 1 / much), filled(1, 1, 0)}};
    for (const Activation activation : {Activation::relu, Activation::gelu})
        CHECK_THAT(learner::feed_forward(Matrix{{3}, {-3}}, weights, activation), Equals(Matrix{{3}, {0}}));
}

QKV_TEST("no tokens go in, none come out", "没有词元进来，也就没有词元出去", "[feed_forward]") {
    CHECK_THAT(learner::feed_forward(Matrix(0, 8), golden_feed_forward("layer0"), Activation::gelu),
               Equals(Matrix(0, 8)));
}

QKV_TEST("feed-forward weights that do not fit are an error", "前馈网络的权重形状不符是错误", "[feed_forward]") {
    const FeedForwardWeights good = golden_feed_forward("layer0");
    const Misfits misfits("input, weights, activation", tokens(), good, Activation::relu);
    check_refused(learner::feed_forward, misfits.except({"input.rows"}));
    // W_2 and b_2 fit each other, but what comes out is not d_model wide.
    for (const FeedForwardWeights& weights :
         {FeedForwardWeights{good.inner, {good.outer.weight.leftCols(7), good.outer.bias.head(7)}},
          FeedForwardWeights{good.inner, {Matrix::Ones(good.outer.weight.rows(), 9), RowVector::Ones(9)}}}) {
        CHECK_THROWS_AS(learner::feed_forward(tokens(), weights, Activation::relu), std::invalid_argument);
    }
}

// --------------------------------------------------------------------------------- post_norm_layer

// What holds in both norm orders.
namespace {

void check_blind_token(NormOrder order) {
    EncoderLayerWeights weights = golden_layer();
    const Matrix token = tokens().row(3);
    const Matrix blind = learner::encoder_layer(token, weights, order, Activation::gelu, Mask{{false}});
    weights.attention.output.weight.setZero();
    const Matrix with_bias_only = learner::encoder_layer(token, weights, order, Activation::gelu, no_mask);
    CHECK_THAT(blind, SameAs(with_bias_only));
}

void check_scores_of_any_size(NormOrder order) {
    const auto layer = [order](const EncoderLayerWeights& weights) {
        return learner::encoder_layer(tokens(), weights, order, Activation::relu, no_mask);
    };
    EncoderLayerWeights weights = golden_layer();
    weights.attention.query.weight *= 65536;
    CHECK(layer(weights).allFinite());
    weights.attention.query = weights.attention.key = {Matrix::Zero(8, 8), RowVector::Zero(8)};
    const Matrix with_scores_of_zero = layer(weights);
    weights.attention.query.bias.setConstant(512), weights.attention.key.bias.setConstant(-512);
    const Matrix with_scores_far_below = layer(weights);  // all alike, too
    CHECK_THAT(with_scores_far_below, SameAs(with_scores_of_zero));
}

/// However low the scores of the others are.
void check_hidden_stays_hidden(NormOrder order) {
    EncoderLayerWeights weights = golden_layer();
    weights.attention_norm = plain_norm(8, tiny);
    weights.attention.query = weights.attention.key = {Matrix::Zero(8, 8), RowVector::Zero(8)};
    weights.attention.query.bias.setConstant(1 << 20);
    weights.attention.key.weight.row(0).setConstant(-(1 << 20));  // the lower, the larger feature 0 is: 4, 0 and 1
    const auto layer = [&](const Mask& mask) {
        return learner::encoder_layer(deviations(), weights, order, Activation::relu, mask);
    };
    Mask all_but_the_second = Mask::Constant(3, 3, true), only_the_third = Mask::Constant(3, 3, false);
    all_but_the_second.col(1).setConstant(false);
    only_the_third.col(2).setConstant(true);
    const Matrix behind_a_mask = layer(all_but_the_second), alone = layer(only_the_third);
    CHECK_THAT(behind_a_mask, SameAs(alone));
}

void check_shapes(NormOrder order) {
    const Misfits misfits("tokens, weights, order, activation, mask", tokens(), golden_layer(), order, Activation::relu,
                          past(5));
    check_refused(learner::encoder_layer, misfits);
    // W_O and b_O fit each other, but not the tokens.
    CHECK_THROWS_AS(learner::encoder_layer(tokens(), narrow_output(), order, Activation::relu, no_mask),
                    std::invalid_argument);
}

}  // namespace

QKV_TEST("post-norm: the example of the statement comes out", "后置归一化：题目里的例子结果正确", "[post_norm_layer]") {
    CHECK_THAT(learner::encoder_layer(example_tokens, example_layer(), NormOrder::post, Activation::relu, no_mask),
               Equals(Matrix{{-0.054406196997, 1.431605575329, 0.018135398999, -1.395334777332},
                             {-1.130779421650, 0.276116428285, -0.640337627200, 1.495000620565}})
                   .within(printed_digits));
}

QKV_TEST("post-norm: what comes out is normalised", "后置归一化：输出是归一化过的", "[post_norm_layer]") {
    EncoderLayerWeights weights = golden_layer();
    weights.feed_forward_norm = plain_norm(8, tiny);
    const Matrix output = learner::encoder_layer(tokens(), weights, NormOrder::post, Activation::relu, no_mask);
    REQUIRE((output.rows() == 5 && output.cols() == 8));
    CHECK_THAT(output.rowwise().mean(), Equals(filled(5, 1, 0)));
    CHECK_THAT(output.rowwise().squaredNorm(), Equals(filled(5, 1, 8)));
}

QKV_TEST("post-norm: silent sublayers leave one norm of the other norm, of padding, too",
         "后置归一化：子层沉默时，只剩两次归一化，填充也一样", "[post_norm_layer]") {
    EncoderLayerWeights weights = constant_layer(RowVector::Zero(8), RowVector::Zero(8));
    weights.attention_norm = {filled(1, 8, 5), RowVector::Zero(8), Scalar{1.75}};             // variance 4.5: doubles
    weights.feed_forward_norm = {RowVector{{5, 5, 10, 10, 5, 5, 5, 5}}, filled(1, 8, 1), 7};  // variance 18: by 5
    const Matrix input = deviations().array() + 3;
    const Matrix expected{{9, -7, 5, -3, 3, -1, 1, 1}, {1, 3, -15, 17, -1, 1, -1, 3}, {3, 1, 1, -3, -7, -1, 3, 9}};
    for (const Mask& mask : {no_mask, only_first(3)}) {
        CHECK_THAT(learner::encoder_layer(input, weights, NormOrder::post, Activation::relu, mask), Equals(expected));
    }
}

QKV_TEST("post-norm: tokens may be enormous", "后置归一化：词元的数可以极大", "[post_norm_layer]") {
    EncoderLayerWeights weights = constant_layer(RowVector::Zero(8), RowVector::Zero(8));
    weights.attention_norm = plain_norm(8, 1), weights.feed_forward_norm = plain_norm(8, 3);
    const Matrix input = deviations() * std::ldexp(Scalar{1}, 20);
    const Matrix expected = deviations() / (2 * std::sqrt(Scalar{4.5}));  // of variance 1, and then 4 with epsilon
    CHECK_THAT(learner::encoder_layer(input, weights, NormOrder::post, Activation::relu, no_mask), Equals(expected));
}

QKV_TEST("post-norm: without positions, the order of the tokens does not matter",
         "后置归一化：没有位置编码时，词元的顺序无关紧要", "[post_norm_layer]") {
    CHECK_THAT(
        learner::encoder_layer(reversed_rows(tokens()), golden_layer(), NormOrder::post, Activation::relu, no_mask),
        Equals(reversed_rows(golden("layer/post_relu"))));
}

QKV_TEST("post-norm: a token that sees only itself is worked on alone", "后置归一化：只看得到自己的词元，如同独自一个",
         "[post_norm_layer]") {
    const auto layer = [](const Matrix& rows, const Mask& mask) {
        return learner::encoder_layer(rows, golden_layer(), NormOrder::post, Activation::gelu, mask);
    };
    const Matrix together = layer(tokens(), only_itself(5));
    REQUIRE(together.rows() == 5);
    for (Index i = 0; i < 5; ++i) {
        const Matrix alone = layer(tokens().row(i), no_mask), among_others = together.row(i);
        CHECK_THAT(among_others, SameAs(alone));
    }
}

QKV_TEST("post-norm: hidden padding changes no token", "后置归一化：被遮住的填充不影响任何词元", "[post_norm_layer]") {
    const auto layer = [](const Matrix& rows, const Mask& mask) {
        return learner::encoder_layer(rows, golden_layer(), NormOrder::post, Activation::gelu, mask);
    };
    const Matrix output = layer(padded(tokens()), hidden_padding(5));
    REQUIRE(output.rows() == 7);
    CHECK_THAT(output.topRows(5), Equals(golden("layer/post_gelu")));
}

QKV_TEST("post-norm: the layer is PyTorch's nn.TransformerEncoderLayer",
         "后置归一化：与 PyTorch 的 nn.TransformerEncoderLayer 一致", "[post_norm_layer]") {
    const auto layer = [](Activation activation) {
        return learner::encoder_layer(tokens(), golden_layer(), NormOrder::post, activation, no_mask);
    };
    CHECK_THAT(layer(Activation::relu), Equals(golden("layer/post_relu")));
    CHECK_THAT(layer(Activation::gelu), Equals(golden("layer/post_gelu")));
}

QKV_TEST("post-norm: a mask hides the columns that are false", "后置归一化：掩码遮住为 false 的列",
         "[post_norm_layer]") {
    const auto layer = [](const Mask& mask) {
        return learner::encoder_layer(tokens(), golden_layer(), NormOrder::post, Activation::gelu, mask);
    };
    CHECK_THAT(layer(golden_mask("mask")), Equals(golden("layer/post_masked")));
    CHECK_THAT(layer(golden_mask("nothing")), Equals(golden("layer/post_nothing")));  // the third token sees nothing
}

QKV_TEST("post-norm: a single token that may not even see itself gets the bias of W_O",
         "后置归一化：唯一的词元连自己也不能看时，注意力只给出 W_O 的偏置", "[post_norm_layer]") {
    check_blind_token(NormOrder::post);
}

QKV_TEST("post-norm: no score is too large or too small", "后置归一化：打分再大再小都可以", "[post_norm_layer]") {
    check_scores_of_any_size(NormOrder::post);
}

QKV_TEST("post-norm: a hidden token stays hidden, however low the scores of the others are",
         "后置归一化：其他词元的打分再低，被遮住的词元也不会露出来", "[post_norm_layer]") {
    check_hidden_stays_hidden(NormOrder::post);
}

QKV_TEST("post-norm: shapes that do not fit are an error", "后置归一化：形状不符是错误", "[post_norm_layer]") {
    check_shapes(NormOrder::post);
}

// ---------------------------------------------------------------------------------- pre_norm_layer

QKV_TEST("pre-norm: the example of the statement comes out", "前置归一化：题目里的例子结果正确", "[pre_norm_layer]") {
    CHECK_THAT(learner::encoder_layer(example_tokens, example_layer(), NormOrder::pre, Activation::relu, no_mask),
               Equals(Matrix{{5.330018295323, 3.173631939772, 3.568240088519, 1.857573792715},
                             {0.298857063169, 2.396206212183, 0.340233277325, 7.210147130069}})
                   .within(printed_digits));
}

QKV_TEST("pre-norm: silent sublayers leave the tokens as they are, and padding, too",
         "前置归一化：子层沉默时，词元原样通过，填充也一样", "[pre_norm_layer]") {
    const EncoderLayerWeights weights = constant_layer(RowVector::Zero(8), RowVector::Zero(8));
    for (const Mask& mask : {no_mask, only_first(5)}) {
        CHECK_THAT(learner::encoder_layer(tokens(), weights, NormOrder::pre, Activation::relu, mask), Equals(tokens()));
    }
}

QKV_TEST("pre-norm: attention reads what the norm returns, however large it is",
         "前置归一化：注意力读到的就是归一化的输出，多大都不截断", "[pre_norm_layer]") {
    const RowVector large{{64, -16, 8, -128, 0, 32, -6, 100}};
    EncoderLayerWeights weights = constant_layer(RowVector::Zero(8), RowVector::Zero(8));
    weights.attention_norm = {RowVector::Zero(8), large, Scalar{1}};  // every token becomes the bias
    weights.attention.value = weights.attention.output = {Matrix::Identity(8, 8), RowVector::Zero(8)};
    const Matrix expected = tokens().rowwise() + large;
    CHECK_THAT(learner::encoder_layer(tokens(), weights, NormOrder::pre, Activation::relu, no_mask), Equals(expected));
}

QKV_TEST("pre-norm: what the sublayers return is added to the tokens, unscaled",
         "前置归一化：子层的输出直接加到词元上，不缩放", "[pre_norm_layer]") {
    const RowVector a{{1, 0, -1, 2, 0, 0.5, 3, -2}}, f{{0, 4, 1, -0.5, 8, 2, -1, 0}};
    const Matrix expected = tokens().rowwise() + (a + f);
    CHECK_THAT(learner::encoder_layer(tokens(), constant_layer(a, f), NormOrder::pre, Activation::relu, no_mask),
               Equals(expected));
}

QKV_TEST("pre-norm: a change of all features by the same amount passes straight through",
         "前置归一化：所有特征同增一个数，输出也恰好增加这个数", "[pre_norm_layer]") {
    const Matrix moved = tokens().array() + 3, expected = golden("layer/pre_gelu").array() + 3;
    CHECK_THAT(learner::encoder_layer(moved, golden_layer(), NormOrder::pre, Activation::gelu, no_mask),
               Equals(expected));
}

QKV_TEST("pre-norm: without positions, the order of the tokens does not matter",
         "前置归一化：没有位置编码时，词元的顺序无关紧要", "[pre_norm_layer]") {
    CHECK_THAT(
        learner::encoder_layer(reversed_rows(tokens()), golden_layer(), NormOrder::pre, Activation::relu, no_mask),
        Equals(reversed_rows(golden("layer/pre_relu"))));
}

QKV_TEST("pre-norm: behind a causal mask, a later token changes no earlier row",
         "前置归一化：有因果掩码时，后面的词元不影响前面的行", "[pre_norm_layer]") {
    const auto layer = [](const Matrix& rows) {
        return learner::encoder_layer(rows, golden_layer(), NormOrder::pre, Activation::gelu, past(5));
    };
    Matrix changed = tokens();
    changed.row(4).head(3).setConstant(9);
    const Matrix before = layer(tokens()), after = layer(changed);
    REQUIRE((before.rows() == 5 && after.rows() == 5));
    CHECK_THAT(after.topRows(4), SameAs(before.topRows(4)));
    CHECK_FALSE(after.row(4).isApprox(before.row(4)));
}

QKV_TEST("pre-norm: hidden padding changes no token", "前置归一化：被遮住的填充不影响任何词元", "[pre_norm_layer]") {
    const auto layer = [](const Matrix& rows, const Mask& mask) {
        return learner::encoder_layer(rows, golden_layer(), NormOrder::pre, Activation::gelu, mask);
    };
    const Matrix output = layer(padded(tokens()), hidden_padding(5));
    REQUIRE(output.rows() == 7);
    CHECK_THAT(output.topRows(5), Equals(golden("layer/pre_gelu")));
}

QKV_TEST("pre-norm: the layer is PyTorch's nn.TransformerEncoderLayer with norm_first",
         "前置归一化：与 PyTorch 中设 norm_first 的 nn.TransformerEncoderLayer 一致", "[pre_norm_layer]") {
    const auto layer = [](Activation activation) {
        return learner::encoder_layer(tokens(), golden_layer(), NormOrder::pre, activation, no_mask);
    };
    CHECK_THAT(layer(Activation::relu), Equals(golden("layer/pre_relu")));
    CHECK_THAT(layer(Activation::gelu), Equals(golden("layer/pre_gelu")));
}

QKV_TEST("pre-norm: a mask hides the columns that are false", "前置归一化：掩码遮住为 false 的列", "[pre_norm_layer]") {
    const auto layer = [](const Mask& mask) {
        return learner::encoder_layer(tokens(), golden_layer(), NormOrder::pre, Activation::gelu, mask);
    };
    CHECK_THAT(layer(golden_mask("mask")), Equals(golden("layer/pre_masked")));
    CHECK_THAT(layer(golden_mask("nothing")), Equals(golden("layer/pre_nothing")));  // the third token sees nothing
}

QKV_TEST("pre-norm: a single token that may not even see itself gets the bias of W_O",
         "前置归一化：唯一的词元连自己也不能看时，注意力只给出 W_O 的偏置", "[pre_norm_layer]") {
    check_blind_token(NormOrder::pre);
}

QKV_TEST("pre-norm: no score is too large or too small", "前置归一化：打分再大再小都可以", "[pre_norm_layer]") {
    check_scores_of_any_size(NormOrder::pre);
}

QKV_TEST("pre-norm: a hidden token stays hidden, however low the scores of the others are",
         "前置归一化：其他词元的打分再低，被遮住的词元也不会露出来", "[pre_norm_layer]") {
    check_hidden_stays_hidden(NormOrder::pre);
}

QKV_TEST("pre-norm: shapes that do not fit are an error", "前置归一化：形状不符是错误", "[pre_norm_layer]") {
    check_shapes(NormOrder::pre);
}

// ----------------------------------------------------------------------------------- encoder_stack

QKV_TEST("two layers of the statement's example, and a norm at the end", "题目里的层叠两层，末尾再做归一化",
         "[encoder_stack]") {
    const EncoderWeights two{{example_layer(), example_layer()}, {}};
    const EncoderWeights normalised{two.layers, plain_norm(4, Scalar{1e-5})};
    CHECK_THAT(learner::encode(example_tokens, two, NormOrder::post, Activation::relu, no_mask),
               Equals(Matrix{{-0.471301143074, 1.664829466105, -0.213408482950, -0.980119840080},
                             {-1.255339972366, 0.823098928004, -0.693047654910, 1.125288699272}})
                   .within(printed_digits));
    CHECK_THAT(learner::encode(example_tokens, normalised, NormOrder::pre, Activation::relu, no_mask),
               Equals(Matrix{{1.283801350276, 0.255195302470, -0.027047417579, -1.511949235167},
                             {-0.820429444764, 0.039085206380, -0.838171585047, 1.619515823431}})
                   .within(printed_digits));
}

QKV_TEST("without layers, the tokens come out as they went in", "没有层时，词元原样输出", "[encoder_stack]") {
    CHECK_THAT(learner::encode(tokens(), {}, NormOrder::post, Activation::relu, no_mask), Equals(tokens()));
    CHECK_THAT(learner::encode(tokens(), {}, NormOrder::pre, Activation::gelu, no_mask), Equals(tokens()));
}

QKV_TEST("without layers, a final norm is all there is, in either order", "没有层时，无论哪种次序，都只剩最后的归一化",
         "[encoder_stack]") {
    const Matrix input = deviations().array() + 3;
    const EncoderWeights weights{{}, LayerNormWeights{filled(1, 8, 5), filled(1, 8, 1), Scalar{1.75}}};
    const Matrix expected = 2 * deviations().array() + 1;  // variance 4.5: divided by 2.5, times 5, plus 1
    CHECK_THAT(learner::encode(input, weights, NormOrder::post, Activation::relu, no_mask), Equals(expected));
    CHECK_THAT(learner::encode(input, weights, NormOrder::pre, Activation::relu, no_mask), Equals(expected));
}

QKV_TEST("three layers are two layers and then the third", "三层等于先两层、再第三层", "[encoder_stack]") {
    const EncoderWeights first{{golden_layer(0), golden_layer(1)}, {}};
    const EncoderWeights last{{golden_layer(2)}, golden_norm("stack/final_norm")};
    const Mask mask = golden_mask("mask");
    for (const NormOrder order : {NormOrder::post, NormOrder::pre}) {
        const Matrix between = learner::encode(tokens(), first, order, Activation::relu, mask);
        CHECK_THAT(learner::encode(between, last, order, Activation::relu, mask),
                   Equals(golden(order == NormOrder::post ? "stack/post_masked" : "stack/pre_masked")));
    }
}

QKV_TEST("without a final norm, the stack is PyTorch's nn.TransformerEncoder",
         "没有最后的归一化时，与 PyTorch 的 nn.TransformerEncoder 一致", "[encoder_stack]") {
    const auto stack = [](NormOrder order) {
        return learner::encode(tokens(), stack_without_norm(), order, Activation::relu, no_mask);
    };
    CHECK_THAT(stack(NormOrder::post), Equals(golden("stack/post")));
    CHECK_THAT(stack(NormOrder::pre), Equals(golden("stack/pre")));
}

QKV_TEST("a final norm is applied once, at the end, in either order", "无论哪种次序，最后的归一化都只在末尾做一次",
         "[encoder_stack]") {
    const auto stack = [](NormOrder order) {
        return learner::encode(tokens(), stack_with_norm(), order, Activation::gelu, no_mask);
    };
    CHECK_THAT(stack(NormOrder::post), Equals(golden("stack/post_final")));
    CHECK_THAT(stack(NormOrder::pre), Equals(golden("stack/pre_final")));
}

QKV_TEST("every layer has the mask", "每一层都使用掩码", "[encoder_stack]") {
    const auto stack = [](NormOrder order) {
        return learner::encode(tokens(), stack_with_norm(), order, Activation::relu, golden_mask("mask"));
    };
    CHECK_THAT(stack(NormOrder::post), Equals(golden("stack/post_masked")));
    CHECK_THAT(stack(NormOrder::pre), Equals(golden("stack/pre_masked")));
}

QKV_TEST("a token that may see nothing still goes through all layers", "什么都不能看的词元，照样通过每一层",
         "[encoder_stack]") {
    const auto stack = [](NormOrder order) {
        return learner::encode(tokens(), stack_without_norm(), order, Activation::gelu, golden_mask("nothing"));
    };
    CHECK_THAT(stack(NormOrder::post), Equals(golden("stack/post_nothing")));
    CHECK_THAT(stack(NormOrder::pre), Equals(golden("stack/pre_nothing")));
}

QKV_TEST("padding that is hidden in every layer changes no token", "每一层都遮住的填充，不影响任何词元",
         "[encoder_stack]") {
    const auto stack = [](const Matrix& rows, const Mask& mask) {
        return learner::encode(rows, stack_with_norm(), NormOrder::pre, Activation::gelu, mask);
    };
    const Matrix output = stack(padded(tokens()), hidden_padding(5));
    REQUIRE(output.rows() == 7);
    CHECK_THAT(output.topRows(5), Equals(golden("stack/pre_final")));
}

QKV_TEST("without positions, the order of the tokens does not matter to the stack",
         "没有位置编码时，词元的顺序对整个编码器无关紧要", "[encoder_stack]") {
    const auto stack = [](const Matrix& rows) {
        return learner::encode(rows, stack_with_norm(), NormOrder::post, Activation::gelu, no_mask);
    };
    CHECK_THAT(stack(reversed_rows(tokens())), Equals(reversed_rows(golden("stack/post_final"))));
}

QKV_TEST("seven layers are applied, each once", "七层都要计算，每层一次", "[encoder_stack]") {
    EncoderWeights weights;  // layer i adds 2^i to feature i and to the last one
    Matrix expected = tokens();
    for (Index i = 0; i < 7; ++i) {
        RowVector step = RowVector::Zero(8);
        step(i) = step(7) = static_cast<Scalar>(1 << i);
        weights.layers.push_back(constant_layer(step, RowVector::Zero(8)));
        expected.rowwise() += step;
    }
    CHECK_THAT(learner::encode(tokens(), weights, NormOrder::pre, Activation::relu, no_mask), Equals(expected));
}

QKV_TEST("forty layers are applied, too", "四十层也都要计算", "[encoder_stack]") {
    EncoderWeights weights;
    for (Index i = 0; i < 40; ++i) weights.layers.push_back(constant_layer(RowVector::Zero(8), RowVector::Ones(8)));
    const Matrix expected = tokens().array() + 40;
    CHECK_THAT(learner::encode(tokens(), weights, NormOrder::pre, Activation::relu, no_mask), Equals(expected));
}

QKV_TEST("each layer has as many heads and hidden units as its weights say", "每一层的头数和隐藏单元数由自己的权重决定",
         "[encoder_stack]") {
    EncoderWeights four_and_two{{golden_layer(0), golden_layer(1)}, {}};
    EncoderLayerWeights& second = four_and_two.layers[1];
    second.attention.n_heads = 2;
    second.feed_forward = {{second.feed_forward.inner.weight.leftCols(6), second.feed_forward.inner.bias.head(6)},
                           {second.feed_forward.outer.weight.topRows(6), second.feed_forward.outer.bias}};
    const auto stack = [](const Matrix& rows, const EncoderWeights& weights) {
        return learner::encode(rows, weights, NormOrder::pre, Activation::gelu, past(5));
    };
    const Matrix at_once = stack(tokens(), four_and_two);
    const Matrix one_by_one = stack(stack(tokens(), {{golden_layer(0)}, {}}), {{second}, {}});
    CHECK_THAT(at_once, SameAs(one_by_one));
}

QKV_TEST("tokens, a layer, a final norm or a mask that do not fit are an error",
         "词元、某一层、最后的归一化或掩码形状不符是错误", "[encoder_stack]") {
    const EncoderWeights two{{golden_layer(0), golden_layer(1)}, golden_norm("stack/final_norm")};
    const Misfits misfits("tokens, weights, order, activation, mask", tokens(), two, NormOrder::pre, Activation::relu,
                          past(5));
    check_refused(learner::encode, misfits.except({"weights.layers.size()"}));
    const auto refuses = [](const EncoderWeights& weights) {
        CHECK_THROWS_AS(learner::encode(tokens(), weights, NormOrder::pre, Activation::relu, no_mask),
                        std::invalid_argument);
    };
    refuses({{golden_layer(0), narrow_output()}, {}});
    EncoderWeights seven{std::vector(7, golden_layer()), {}};
    seven.layers[5].feed_forward_norm.gain = filled(1, 9, 1);
    refuses(seven);
    refuses({{}, plain_norm(7, tiny)});
    refuses({{}, plain_norm(9, tiny)});
}
