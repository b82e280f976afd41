// The grader of `training`. A test's name states a law; its body sets the scene, calls your function and holds what
// comes back against the law. Golden values come from PyTorch: its autograd, torch.optim.Adam, clip_grad_norm_.
#include "testing/tests.hpp"
#include "golden_model.hpp"
#include "remote.hpp"
#include "testing/misfits.hpp"

#include <cmath>
#include <numeric>

using namespace qkv;
using namespace qkv::testing;
using namespace training;
using namespace training::tests;

namespace {

using List = std::vector<Matrix>;

/// Every matrix of a list against one of another; the message names the first that differs.
void check_all(const List& found, const List& expected) {
    REQUIRE_THAT(one(static_cast<Scalar>(found.size())), Equals(one(static_cast<Scalar>(expected.size()))));
    for (std::size_t i = 0; i < found.size(); ++i) CHECK_THAT(found[i], Equals(expected[i]));
}

void check_same(const List& found, const List& other) {
    REQUIRE_THAT(one(static_cast<Scalar>(found.size())), SameAs(one(static_cast<Scalar>(other.size()))));
    for (std::size_t i = 0; i < found.size(); ++i) CHECK_THAT(found[i], SameAs(other[i]));
}

List list_of(const FeedForwardWeights& weights) {
    return {weights.inner.weight, weights.inner.bias, weights.outer.weight, weights.outer.bias};
}

/// What parameters() lists of a model with this encoder or this decoder: the others are empty there.
List list_of(const EncoderLayerWeights& weights) {
    const List all = parameters(Model{{}, {}, weights, {}, {}});
    return {all.begin() + 2, all.begin() + 18};
}

List list_of(const DecoderLayerWeights& weights) {
    const List all = parameters(Model{{}, {}, {}, weights, {}});
    return {all.begin() + 18, all.begin() + 44};
}

Linear zeros(Index d_in, Index d_out) { return {Matrix::Zero(d_in, d_out), RowVector::Zero(d_out)}; }
Linear identity(Index width) { return {Matrix::Identity(width, width), RowVector::Zero(width)}; }

LayerNormWeights plain_norm(double epsilon) {
    return {RowVector::Ones(2), RowVector::Zero(2), static_cast<Scalar>(epsilon)};
}

/// An attention of width 2 that hands each token what it sees, or nothing.
MultiHeadWeights handing_on(bool something) {
    return {zeros(2, 2), zeros(2, 2), identity(2), something ? identity(2) : zeros(2, 2), 1};
}

const FeedForwardWeights silent{zeros(2, 3), zeros(3, 2)};
const Matrix example_token{{1, 3}}, example_memory{{-1.5, 1.5}}, example_upstream{{1, 0}};
const Scalar example_share = Scalar{25} / 486;  // what comes back through both norms

/// The layers of the statement.
const EncoderLayerWeights example_encoder{handing_on(true), silent, plain_norm(5), plain_norm(5. / 9)};
const DecoderLayerWeights example_decoder{handing_on(false), handing_on(true), silent,
                                          plain_norm(3),     plain_norm(5),    plain_norm(5. / 9)};

/// The model of the statement: of three ids, whatever it reads, it says all with the same score.
Model undecided() {
    Model model = model_by_formula(3, {4, 3, 2, 1, 3, 0});
    model.decoder.feed_forward_norm.gain.setZero();
    model.output = zeros(2, 3);
    return model;
}

Sentence example_sentence() { return {{3, 2, 3}, {2, 1}, {}, {}}; }

const AdamSettings example_adam{Scalar{0.9}, Scalar{0.99}, Scalar{0.01}};

FeedForwardWeights golden_ff() { return golden_feed_forward("feed_forward/weights"); }

}  // namespace

// ---------------------------------------------------------------------------------------- clipping

QKV_TEST("the statement's gradients are 13 long, and shortened to 6.5", "题目中的梯度长 13，被缩短到 6.5",
         "[clipping]") {
    const List gradients{Matrix{{3, 0}}, Matrix{{4}, {12}}};
    CHECK_THAT(one(learner::global_norm(gradients)), Equals(one(13)));
    const Scalar factor = Scalar(6.5) / (13 + Scalar(1e-6));
    check_all(learner::clip_gradients(gradients, Scalar(6.5)),
              {Matrix{{3 * factor, 0}}, Matrix{{4 * factor}, {12 * factor}}});
}

QKV_TEST("gradients that are short enough stay as they are", "梯度不超长时保持原样", "[clipping]") {
    const List gradients = golden_list("clip/gradients", 3);
    check_all(learner::clip_gradients(gradients, 100), gradients);
    check_all(learner::clip_gradients({Matrix{{0.003, 0.004}}}, Scalar(0.006)), {Matrix{{0.003, 0.004}}});
}

QKV_TEST("gradients as long as is allowed lose a millionth", "恰好等于上限的梯度减小百万分之一", "[clipping]") {
    const Scalar one = 1 / (1 + Scalar(1e-6));
    check_all(learner::clip_gradients({Matrix{{0.6}}, Matrix{{-0.8}}}, 1),
              {Matrix{{Scalar(0.6) * one}}, Matrix{{Scalar(-0.8) * one}}});
}

QKV_TEST("the millionth counts below the largest norm, too: half as long as a millionth is already too long",
         "上限以下也要算上那百万分之一：上限为百万分之一时，一半的长度就已过长", "[clipping]") {
    const List clipped = learner::clip_gradients({Matrix{{3e-7}}, Matrix{{-4e-7}}}, Scalar(1e-6));
    REQUIRE(clipped.size() == 2);
    CHECK_THAT(clipped[0] * Scalar{1e6}, Equals(one(Scalar(0.2))));
    CHECK_THAT(clipped[1] * Scalar{1e6}, Equals(one(Scalar(-0.8) / 3)));
}

QKV_TEST("all matrices are shortened by the same factor, the small ones too", "所有矩阵缩短同样的倍数，小的也不例外",
         "[clipping]") {
    const Scalar factor = 1 / (500 + Scalar(1e-6));
    check_all(learner::clip_gradients({Matrix{{300}, {0}}, Matrix{{-400, 0}}, Matrix{{0, 0}}}, 1),
              {Matrix{{300 * factor}, {0}}, Matrix{{-400 * factor, 0}}, Matrix{{0, 0}}});
    const List far{Matrix{{1e6}}, Matrix{{0.001}}};
    check_all(learner::clip_gradients(far, 1000), {Matrix{{1e9 / (1e6 + 1e-6)}}, Matrix{{1 / (1e6 + 1e-6)}}});
}

QKV_TEST("zeros stay zeros, and no gradients are 0 long", "零保持为零；没有梯度，长度就是 0", "[clipping]") {
    const List nothing{Matrix::Zero(2, 3), Matrix::Zero(1, 4)};
    CHECK_THAT(one(learner::global_norm(nothing)), Equals(one(0)));
    check_all(learner::clip_gradients(nothing, Scalar(0.5)), nothing);
    CHECK_THAT(one(learner::global_norm({})), Equals(one(0)));
    check_all(learner::clip_gradients({}, Scalar(0.5)), {});
    CHECK_THAT(one(learner::global_norm({Matrix(0, 3), Matrix{{2}}, Matrix(2, 0)})), Equals(one(2)));
}

QKV_TEST("a largest norm that is not greater than 0 is an error", "上限不大于 0 是错误", "[clipping]") {
    for (const double wrong : {0., -1., -1e-6}) {
        CHECK_THROWS_AS(learner::clip_gradients({Matrix{{1}}}, static_cast<Scalar>(wrong)), std::invalid_argument);
        CHECK_THROWS_AS(learner::clip_gradients({}, static_cast<Scalar>(wrong)), std::invalid_argument);
    }
}

QKV_TEST("norm and shortened gradients are PyTorch's", "长度与缩短后的梯度和 PyTorch 一致", "[clipping]") {
    const List gradients = golden_list("clip/gradients", 3);
    CHECK_THAT(one(learner::global_norm(gradients)), Equals(golden("clip/norm")));
    check_all(learner::clip_gradients(gradients, 3), golden_list("clip/clipped", 3));
}

// -------------------------------------------------------------------------------------------- adam

QKV_TEST("the statement's parameter takes its first and its second step", "题目中的参数走第一步和第二步", "[adam]") {
    const AdamState fresh{0, {Matrix{{0}}}, {Matrix{{0}}}};
    const AdamStep one = learner::adam_step({Matrix{{1}}}, {Matrix{{0.5}}}, fresh, Scalar(0.1), example_adam);
    check_all(one.parameters, {Matrix{{1 - Scalar(0.1) * Scalar(0.5) / Scalar(0.51)}}});
    check_all(one.state.first, {Matrix{{0.05}}});
    check_all(one.state.second, {Matrix{{0.0025}}});
    CHECK(one.state.steps == 1);
    const AdamState after_one{1, {Matrix{{0.05}}}, {Matrix{{0.0025}}}};
    const Matrix before{{0.9019607843137255}};
    const AdamStep two = learner::adam_step({before}, {Matrix{{-1}}}, after_one, Scalar(0.1), example_adam);
    check_all(two.parameters, {Matrix{{0.9380655494080753}}});
    check_all(two.state.first, {Matrix{{-0.055}}});
    check_all(two.state.second, {Matrix{{0.012475}}});
    CHECK(two.state.steps == 2);
}

QKV_TEST("Adam starts with no steps, and with zeros of the parameters' shapes",
         "Adam 从零步开始，状态全为零、形状与参数相同", "[adam]") {
    const AdamState state = learner::adam_start({Matrix{{1, 2, 3}}, Matrix{{4}, {5}}});
    CHECK(state.steps == 0);
    check_all(state.first, {Matrix{{0, 0, 0}}, Matrix{{0}, {0}}});
    check_all(state.second, {Matrix{{0, 0, 0}}, Matrix{{0}, {0}}});
    CHECK(learner::adam_start({}).first.empty());
}

QKV_TEST("the first step is as long as the rate, whatever the size of the gradient",
         "第一步的长度等于学习率，与梯度大小无关", "[adam]") {
    const AdamSettings tiny{Scalar{0.9}, Scalar{0.999}, std::ldexp(Scalar{1}, -100)};
    const AdamState fresh{0, {Matrix::Zero(1, 4)}, {Matrix::Zero(1, 4)}};
    check_all(
        learner::adam_step({Matrix{{1, 1, 1, 1}}}, {Matrix{{1000, -1000, 0.0078125, 3}}}, fresh, Scalar(0.25), tiny)
            .parameters,
        {Matrix{{0.75, 1.25, 0.75, 0.75}}});
}

QKV_TEST("a gradient that stays the same moves by the rate, also at step one thousand",
         "梯度一直不变时，每步移动学习率那么多，第一千步也是", "[adam]") {
    const Scalar beta1{0.9}, beta2{0.999};
    const Matrix gradient{{3, -0.5}};
    for (const Index steps : {9, 999}) {
        const auto t = static_cast<Scalar>(steps);
        const AdamState state{
            steps, {(1 - std::pow(beta1, t)) * gradient}, {(1 - std::pow(beta2, t)) * gradient.cwiseAbs2()}};
        const AdamSettings tiny{beta1, beta2, std::ldexp(Scalar{1}, -100)};
        check_all(learner::adam_step({Matrix{{1, 1}}}, {gradient}, state, Scalar(0.25), tiny).parameters,
                  {Matrix{{0.75, 1.25}}});
    }
}

QKV_TEST("where no gradient has been, nothing moves", "从未有过梯度的地方不动", "[adam]") {
    const AdamState fresh{0, {Matrix::Zero(1, 3)}, {Matrix::Zero(1, 3)}};
    const AdamStep after = learner::adam_step({Matrix{{1, -2, 3}}}, {Matrix{{0, 0, 0}}}, fresh, 1, example_adam);
    check_all(after.parameters, {Matrix{{1, -2, 3}}});
    CHECK(after.state.steps == 1);
}

QKV_TEST("what was set in motion goes on without a gradient", "已经动起来的，没有梯度也会继续", "[adam]") {
    const AdamState moving{3, {Matrix{{0.5}}}, {Matrix{{4}}}};
    const AdamSettings settings{Scalar{0.5}, Scalar{0.75}, 1};
    const Scalar m = Scalar{0.25} / (1 - Scalar{0.0625}), v = 3 / (1 - Scalar{0.31640625});
    check_all(learner::adam_step({Matrix{{2}}}, {Matrix{{0}}}, moving, 1, settings).parameters,
              {Matrix{{2 - m / (std::sqrt(v) + 1)}}});
}

QKV_TEST("with both betas 0 only the gradient of now counts", "两个 beta 都为 0 时只看当前的梯度", "[adam]") {
    const AdamState state{7, {Matrix{{9, 9}}}, {Matrix{{9, 9}}}};
    const AdamStep after = learner::adam_step({Matrix{{1, 1}}}, {Matrix{{3, -1}}}, state, 2, {0, 0, 1});
    check_all(after.parameters, {Matrix{{-0.5, 2}}});
    check_all(after.state.first, {Matrix{{3, -1}}});
    check_all(after.state.second, {Matrix{{9, 1}}});
    CHECK(after.state.steps == 8);
}

QKV_TEST("a rate of 0 moves nothing, but is remembered", "学习率为 0 时参数不动，但状态照常更新", "[adam]") {
    const List parameters = golden_list("adam/0/parameters", 3), gradients = golden_list("adam/1/gradients", 3);
    const AdamState fresh{0,
                          {Matrix::Zero(3, 2), Matrix::Zero(1, 5), Matrix::Zero(4, 1)},
                          {Matrix::Zero(3, 2), Matrix::Zero(1, 5), Matrix::Zero(4, 1)}};
    const AdamStep after = learner::adam_step(parameters, gradients, fresh, 0, {Scalar{0.5}, Scalar{0.5}, 1});
    check_all(after.parameters, parameters);
    check_all(after.state.first, {gradients[0] / 2, gradients[1] / 2, gradients[2] / 2});
}

QKV_TEST("lists and shapes that differ are errors", "列表长度或形状不同是错误", "[adam]") {
    const List three{filled(2, 3, 1), filled(4, 5, 2)};
    const AdamState state{2, three, three};
    check_refused(learner::adam_step, Misfits("parameters, gradients, state, rate, settings", three, three, state,
                                              Scalar(0.1), example_adam));
    CHECK_THROWS_AS(learner::adam_step(three, three, {0, {}, {}}, Scalar(0.1), example_adam), std::invalid_argument);
}

QKV_TEST("betas outside 0 to 1, an epsilon of 0 and fewer than no steps are errors",
         "beta 超出 0 到 1、epsilon 为 0、步数为负，都是错误", "[adam]") {
    const List one{Matrix{{1}}};
    const auto refuse = [&](Index steps, const AdamSettings& settings) {
        CHECK_THROWS_AS(learner::adam_step(one, one, {steps, one, one}, Scalar(0.1), settings), std::invalid_argument);
    };
    for (const double beta : {1., -1e-6, 1.5}) {
        refuse(0, {static_cast<Scalar>(beta), Scalar{0.5}, 1});
        refuse(0, {Scalar{0.5}, static_cast<Scalar>(beta), 1});
    }
    refuse(0, {Scalar{0.5}, Scalar{0.5}, 0});
    refuse(0, {Scalar{0.5}, Scalar{0.5}, Scalar(-1e-6)});
    refuse(-1, {Scalar{0.5}, Scalar{0.5}, 1});
}

QKV_TEST("four steps in a row are PyTorch's", "连走四步与 PyTorch 一致", "[adam]") {
    List parameters = golden_list("adam/0/parameters", 3);
    AdamState state{0,
                    {Matrix::Zero(3, 2), Matrix::Zero(1, 5), Matrix::Zero(4, 1)},
                    {Matrix::Zero(3, 2), Matrix::Zero(1, 5), Matrix::Zero(4, 1)}};
    for (const int step : {1, 2, 3, 4}) {
        const std::string prefix = "adam/" + std::to_string(step);
        const AdamStep after =
            learner::adam_step(parameters, golden_list(prefix + "/gradients", 3), state,
                               Scalar(0.25) / static_cast<Scalar>(step), {Scalar(0.8), Scalar(0.95), Scalar(0.01)});
        check_all(after.parameters, golden_list(prefix + "/parameters", 3));
        parameters = after.parameters;
        state = after.state;
    }
    check_all(state.first, golden_list("adam/4/first", 3));
    check_all(state.second, golden_list("adam/4/second", 3));
}

// ---------------------------------------------------------------------------------------- schedule

QKV_TEST("the statement's rates: 0.03125, 0.125 at the top, 0.0625", "题目中的学习率：0.03125，最高 0.125，再到 0.0625",
         "[schedule]") {
    CHECK_THAT(one(learner::noam_rate(1, 16, 4)), Equals(one(0.03125)));
    CHECK_THAT(one(learner::noam_rate(4, 16, 4)), Equals(one(0.125)));
    CHECK_THAT(one(learner::noam_rate(16, 16, 4)), Equals(one(0.0625)));
}

QKV_TEST("while it warms up, the rate grows in a straight line", "预热期间学习率直线上升", "[schedule]") {
    const Scalar peak = 1 / std::sqrt(Scalar{3} * 10);
    for (const Index step : {1, 2, 5, 9, 10})
        CHECK_THAT(one(learner::noam_rate(step, 3, 10)), Equals(one(peak * static_cast<Scalar>(step) / 10)));
}

QKV_TEST("afterwards it falls with the root of the step", "之后按步数的平方根下降", "[schedule]") {
    for (const Index step : {10, 11, 40, 1000, 1000000}) {
        const Scalar due = 1 / std::sqrt(static_cast<Scalar>(5 * step));
        CHECK_THAT(one(learner::noam_rate(step, 5, 10)), Equals(one(due)));
    }
    CHECK_THAT(one(learner::noam_rate(7, 5, 1)), Equals(one(1 / std::sqrt(Scalar{35}))));
}

QKV_TEST("steps and warm-up may be as many as they like", "步数和预热步数再多也行", "[schedule]") {
    const Scalar many = 1e4;
    CHECK_THAT(one(many * learner::noam_rate(4'000'000'000, 1, 100)), Equals(one(many / std::sqrt(Scalar(4e9)))));
    CHECK_THAT(one(many * learner::noam_rate(1'000'000, 1, 4'000'000)), Equals(one(many / 8000)));
}

QKV_TEST("a step, a width or a warm-up below 1 is an error", "步数、宽度或预热步数小于 1 是错误", "[schedule]") {
    for (const Index wrong : {0, -1, -1000}) {
        CHECK_THROWS_AS(learner::noam_rate(wrong, 16, 4), std::invalid_argument);
        CHECK_THROWS_AS(learner::noam_rate(3, wrong, 4), std::invalid_argument);
        CHECK_THROWS_AS(learner::noam_rate(3, 16, wrong), std::invalid_argument);
    }
}

QKV_TEST("the rates of the paper's model: 512 wide, 4000 steps of warm-up", "论文模型的学习率：宽 512，预热 4000 步",
         "[schedule]") {
    const Matrix rates = golden("noam") * 1e6;  // small numbers, so that each digit counts
    const Index warmups[] = {400, 4000}, steps[] = {1, 10, 399, 4000, 5000, 100000};
    for (Index row = 0; row < 2; ++row) {
        for (Index column = 0; column < 6; ++column)
            CHECK_THAT(one(learner::noam_rate(steps[column], 512, warmups[row]) * Scalar{1e6}),
                       Equals(one(rates(row, column))));
    }
}

// ----------------------------------------------------------------------------------------- dropout

QKV_TEST("of the statement's four numbers, three grow by a third", "题目中的四个数，三个变为原来的 4/3", "[dropout]") {
    Mask kept(1, 4);
    kept << true, false, true, true;
    CHECK_THAT(learner::dropout(Matrix{{1, 2, 3, 4}}, kept, Scalar(0.25)),
               Equals(Matrix{{Scalar{4} / 3, 0, 4, Scalar{16} / 3}}));
    CHECK_THAT(learner::dropout_backward(Matrix{{3, 3, -3, 6}}, kept, Scalar(0.25)), Equals(Matrix{{4, 0, -4, 8}}));
}

QKV_TEST("on the average over all ways to drop, every number is itself", "对所有丢弃方式取平均，每个数都等于自己",
         "[dropout]") {
    const Matrix input{{3, -1, 0.125}};
    Matrix mean = Matrix::Zero(1, 3);
    for (int way = 0; way < 8; ++way) {
        Mask kept(1, 3);
        Scalar probability = 1;
        for (int i = 0; i < 3; ++i) {
            kept(0, i) = (way >> i) % 2 == 1;
            probability *= kept(0, i) ? Scalar(0.7) : Scalar(0.3);
        }
        mean += probability * learner::dropout(input, kept, Scalar(0.3));
    }
    CHECK_THAT(mean, Equals(input));
}

QKV_TEST("no mask is no dropout, and nothing is scaled", "没有掩码就不丢弃，也不缩放", "[dropout]") {
    const Matrix input{{1, 2}, {3, 4}, {5, 6}};
    CHECK_THAT(learner::dropout(input, Mask(), Scalar(0.5)), Equals(input));
    CHECK_THAT(learner::dropout_backward(input, Mask(), Scalar(0.5)), Equals(input));
}

QKV_TEST("a rate of 0 drops what is not kept and scales nothing", "丢弃率为 0 时只清零、不缩放", "[dropout]") {
    Mask kept(2, 2);
    kept << true, false, false, true;
    CHECK_THAT(learner::dropout(Matrix{{1, 2}, {3, 4}}, kept, 0), Equals(Matrix{{1, 0}, {0, 4}}));
    CHECK_THAT(learner::dropout_backward(Matrix{{1, 2}, {3, 4}}, kept, 0), Equals(Matrix{{1, 0}, {0, 4}}));
}

QKV_TEST("there and back agree: the product with what comes out is that with what comes back",
         "前向与反向一致：输出与上游的内积等于输入与回传梯度的内积", "[dropout]") {
    Formula formula(5);
    const Matrix input = formula.matrix(4, 70), upstream = formula.matrix(4, 70);
    const Mask kept = formula.matrix(4, 70).array() > Scalar(-0.5);
    const Matrix forward = learner::dropout(input, kept, Scalar(0.25));
    const Matrix backward = learner::dropout_backward(upstream, kept, Scalar(0.25));
    REQUIRE(forward.size() == 280);
    REQUIRE(backward.size() == 280);
    const Matrix of_the_output = one(forward.cwiseProduct(upstream).sum());
    const Matrix of_the_input = one(input.cwiseProduct(backward).sum());
    CHECK_THAT(of_the_output, SameAs(of_the_input));
    CHECK_THAT(backward, Equals(kept.select(upstream / Scalar(0.75), 0)));
}

QKV_TEST("a mask of another shape, and a rate outside 0 to 1, are errors", "掩码形状不符，或丢弃率超出 0 到 1，是错误",
         "[dropout]") {
    const Matrix input = filled(3, 4, 1);
    const Mask kept = Mask::Constant(3, 4, true);
    check_refused(learner::dropout, Misfits("input, kept, rate", input, kept, Scalar(0.25)));
    check_refused(learner::dropout_backward, Misfits("upstream, kept, rate", input, kept, Scalar(0.25)));
    for (const double wrong : {1., -1e-6, 1.5}) {
        for (const Mask& mask : {kept, Mask()}) {
            CHECK_THROWS_AS(learner::dropout(input, mask, static_cast<Scalar>(wrong)), std::invalid_argument);
            CHECK_THROWS_AS(learner::dropout_backward(input, mask, static_cast<Scalar>(wrong)), std::invalid_argument);
        }
    }
}

// ------------------------------------------------------------------------------------ feed_forward

QKV_TEST("the statement's network sends back what went through relu", "题目中的网络只回传通过了 relu 的部分",
         "[feed_forward]") {
    const FeedForwardWeights weights{{Matrix{{1, -1}, {1, 1}}, RowVector{{0, -1}}},
                                     {Matrix{{2, 0}, {5, 1}}, RowVector{{0, 0}}}};
    const auto back = learner::feed_forward_backward(Matrix{{1, 2}}, weights, Matrix{{1, 1}});
    CHECK_THAT(back.input, Equals(Matrix{{2, 2}}));
    check_all(list_of(back.weights), {Matrix{{2, 0}, {4, 0}}, Matrix{{2, 0}}, Matrix{{3, 3}, {0, 0}}, Matrix{{1, 1}}});
}

QKV_TEST("behind a relu that is shut nothing is learned, but the last bias is",
         "relu 关闭时什么也学不到，除了最后的偏置", "[feed_forward]") {
    const FeedForwardWeights shut{{filled(2, 3, 1), RowVector::Constant(3, -9)}, {filled(3, 2, 1), RowVector::Zero(2)}};
    const auto back = learner::feed_forward_backward(Matrix{{1, 2}, {3, 4}}, shut, Matrix{{1, 0}, {2, 5}});
    CHECK_THAT(back.input, Equals(filled(2, 2, 0)));
    check_all(list_of(back.weights), {filled(2, 3, 0), filled(1, 3, 0), filled(3, 2, 0), Matrix{{3, 5}}});
}

QKV_TEST("twice the upstream gradient is twice the gradients", "上游梯度加倍，梯度就加倍", "[feed_forward]") {
    const Matrix input = golden("feed_forward/input"), upstream = golden("feed_forward/upstream"), twice = 2 * upstream;
    const auto once = learner::feed_forward_backward(input, golden_ff(), upstream);
    const auto both = learner::feed_forward_backward(input, golden_ff(), twice);
    CHECK_THAT(both.input, SameAs(2 * once.input));
    CHECK_THAT(both.weights.inner.weight, SameAs(2 * once.weights.inner.weight));
}

QKV_TEST("shapes that do not fit are errors", "形状不符是错误", "[feed_forward]") {
    const Misfits misfits("input, weights, upstream", golden("feed_forward/input"), golden_ff(),
                          golden("feed_forward/upstream"));
    check_refused(learner::feed_forward_backward, misfits);
}

QKV_TEST("the gradients of the feed-forward network are autograd's", "前馈网络的梯度与 autograd 一致",
         "[feed_forward]") {
    const auto back =
        learner::feed_forward_backward(golden("feed_forward/input"), golden_ff(), golden("feed_forward/upstream"));
    CHECK_THAT(back.input, Equals(golden("feed_forward/gradient/input")));
    check_all(list_of(back.weights), list_of(golden_feed_forward("feed_forward/gradient/weights")));
}

// ----------------------------------------------------------------------------------- encoder_layer

QKV_TEST("to the statement's token come back 25/486 along the residual and as much through attention",
         "题目中的词元：沿残差回来 25/486，经注意力再回来同样多", "[encoder_layer]") {
    const auto back = learner::encoder_layer_backward(example_token, example_encoder, example_upstream);
    CHECK_THAT(back.tokens, Equals(Matrix{{2 * example_share, -2 * example_share}}));
    CHECK_THAT(back.weights.attention.output.weight,
               Equals(Matrix{{example_share, -example_share}, {3 * example_share, -3 * example_share}}));
    CHECK_THAT(back.weights.feed_forward.outer.bias, Equals(Matrix{{Scalar{5} / 18, Scalar{-5} / 18}}));
    CHECK_THAT(back.weights.feed_forward_norm.gain, Equals(Matrix{{Scalar{-2} / 3, 0}}));
}

QKV_TEST("without upstream gradient nothing comes back", "上游梯度为零，什么也不会回来", "[encoder_layer]") {
    const auto back = learner::encoder_layer_backward(golden("encoder/tokens"), golden_encoder("encoder/weights"),
                                                      Matrix::Zero(4, 6));
    CHECK_THAT(back.tokens, Equals(filled(4, 6, 0)));
    for (const Matrix& each : list_of(back.weights)) CHECK_THAT(each, Equals(filled(each.rows(), each.cols(), 0)));
}

QKV_TEST("tokens in another order get their gradients in that order, and the weights the same",
         "词元换个次序，梯度跟着换，权重的梯度不变", "[encoder_layer]") {
    const EncoderLayerWeights weights = golden_encoder("encoder/weights");
    const Matrix tokens = golden("encoder/tokens"), upstream = golden("encoder/upstream");
    const Matrix turned = tokens.colwise().reverse(), upstream_turned = upstream.colwise().reverse();
    const auto back = learner::encoder_layer_backward(tokens, weights, upstream);
    const auto back_turned = learner::encoder_layer_backward(turned, weights, upstream_turned);
    const Matrix turned_again = back_turned.tokens.colwise().reverse();
    CHECK_THAT(turned_again, SameAs(back.tokens));
    check_same(list_of(back_turned.weights), list_of(back.weights));
}

QKV_TEST("what is not trained stays as it is: heads and epsilons", "不训练的保持原样：头数和 epsilon",
         "[encoder_layer]") {
    const EncoderLayerWeights weights = golden_encoder("encoder/weights");
    const auto back = learner::encoder_layer_backward(golden("encoder/tokens"), weights, golden("encoder/upstream"));
    CHECK(back.weights.attention.n_heads == 2);
    CHECK_THAT(one(back.weights.attention_norm.epsilon), Equals(one(weights.attention_norm.epsilon)));
    CHECK_THAT(one(back.weights.feed_forward_norm.epsilon), Equals(one(weights.feed_forward_norm.epsilon)));
}

QKV_TEST("a layer, tokens and an upstream gradient that do not fit are errors", "层、词元与上游梯度不匹配是错误",
         "[encoder_layer]") {
    const Misfits misfits("tokens, weights, upstream", golden("encoder/tokens"), golden_encoder("encoder/weights"),
                          golden("encoder/upstream"));
    check_refused(learner::encoder_layer_backward, misfits);
}

QKV_TEST("the gradients of the encoder layer are autograd's", "编码器层的梯度与 autograd 一致", "[encoder_layer]") {
    const auto back = learner::encoder_layer_backward(golden("encoder/tokens"), golden_encoder("encoder/weights"),
                                                      golden("encoder/upstream"));
    CHECK_THAT(back.tokens, Equals(golden("encoder/gradient/tokens")));
    check_all(list_of(back.weights), list_of(golden_encoder("encoder/gradient/weights")));
}

// ----------------------------------------------------------------------------------- decoder_layer

QKV_TEST("the statement's memory gets 25/486, its token 25/1296", "题目中的记忆得到 25/486，词元得到 25/1296",
         "[decoder_layer]") {
    const auto back = learner::decoder_layer_backward(example_token, example_memory, example_decoder, example_upstream);
    CHECK_THAT(back.memory, Equals(Matrix{{example_share, -example_share}}));
    CHECK_THAT(back.tokens, Equals(Matrix{{Scalar{25} / 1296, Scalar{-25} / 1296}}));
}

QKV_TEST("what target token 1 says depends on no later token", "目标词元 1 说的话与后面的词元无关", "[decoder_layer]") {
    Matrix upstream = golden("decoder/upstream");
    upstream.row(0).setZero();
    upstream.row(2).setZero();
    const auto back = learner::decoder_layer_backward(golden("decoder/tokens"), golden("decoder/memory"),
                                                      golden_decoder("decoder/weights"), upstream);
    REQUIRE(back.tokens.rows() == 3);
    CHECK_THAT(back.tokens.row(2), Equals(filled(1, 6, 0)));
    CHECK(back.tokens.row(0).norm() > 0.001);
    CHECK(back.tokens.row(1).norm() > 0.001);
}

QKV_TEST("without upstream gradient nothing comes back, to the memory neither",
         "上游梯度为零，什么也不会回来，记忆也一样", "[decoder_layer]") {
    const auto back = learner::decoder_layer_backward(golden("decoder/tokens"), golden("decoder/memory"),
                                                      golden_decoder("decoder/weights"), Matrix::Zero(3, 6));
    CHECK_THAT(back.tokens, Equals(filled(3, 6, 0)));
    CHECK_THAT(back.memory, Equals(filled(5, 4, 0)));
    for (const Matrix& each : list_of(back.weights)) CHECK_THAT(each, Equals(filled(each.rows(), each.cols(), 0)));
}

QKV_TEST("the memory in another order gets its gradients in that order", "记忆换个次序，梯度跟着换",
         "[decoder_layer]") {
    const DecoderLayerWeights weights = golden_decoder("decoder/weights");
    const Matrix tokens = golden("decoder/tokens"), memory = golden("decoder/memory");
    const Matrix turned = memory.colwise().reverse(), upstream = golden("decoder/upstream");
    const auto back = learner::decoder_layer_backward(tokens, memory, weights, upstream);
    const auto back_turned = learner::decoder_layer_backward(tokens, turned, weights, upstream);
    const Matrix turned_again = back_turned.memory.colwise().reverse();
    CHECK_THAT(turned_again, SameAs(back.memory));
    CHECK_THAT(back_turned.tokens, SameAs(back.tokens));
}

QKV_TEST("what is not trained stays as it is in the decoder, too", "解码器里不训练的也保持原样", "[decoder_layer]") {
    const DecoderLayerWeights weights = golden_decoder("decoder/weights");
    const auto back = learner::decoder_layer_backward(golden("decoder/tokens"), golden("decoder/memory"), weights,
                                                      golden("decoder/upstream"));
    CHECK(back.weights.self_attention.n_heads == 2);
    CHECK(back.weights.cross_attention.n_heads == 3);
    CHECK_THAT(one(back.weights.self_norm.epsilon), Equals(one(weights.self_norm.epsilon)));
    CHECK_THAT(one(back.weights.cross_norm.epsilon), Equals(one(weights.cross_norm.epsilon)));
    CHECK_THAT(one(back.weights.feed_forward_norm.epsilon), Equals(one(weights.feed_forward_norm.epsilon)));
}

QKV_TEST("a layer, tokens, a memory and an upstream gradient that do not fit are errors",
         "层、词元、记忆与上游梯度不匹配是错误", "[decoder_layer]") {
    const Misfits misfits("tokens, memory, weights, upstream", golden("decoder/tokens"), golden("decoder/memory"),
                          golden_decoder("decoder/weights"), golden("decoder/upstream"));
    check_refused(learner::decoder_layer_backward, misfits.except({"memory.rows"}));
}

QKV_TEST("the gradients of the decoder layer are autograd's", "解码器层的梯度与 autograd 一致", "[decoder_layer]") {
    const auto back = learner::decoder_layer_backward(golden("decoder/tokens"), golden("decoder/memory"),
                                                      golden_decoder("decoder/weights"), golden("decoder/upstream"));
    CHECK_THAT(back.tokens, Equals(golden("decoder/gradient/tokens")));
    CHECK_THAT(back.memory, Equals(golden("decoder/gradient/memory")));
    check_all(list_of(back.weights), list_of(golden_decoder("decoder/gradient/weights")));
}

// -------------------------------------------------------------------------------------------- loss

QKV_TEST("the statement's model is undecided between three ids: ln 3, and its bias would rather be fair",
         "题目中的模型在三个编号之间犹豫：损失 ln 3，偏置的梯度指向公平", "[loss]") {
    CHECK_THAT(learner::logits(undecided(), example_sentence(), 0), Equals(filled(2, 3, 0)));
    const LossAndGradient found = learner::loss_and_gradient(undecided(), {example_sentence()}, 0, 0);
    CHECK_THAT(one(found.loss), Equals(one(std::log(Scalar{3}))));
    CHECK_THAT(found.gradient.output.bias, Equals(Matrix{{Scalar{1} / 3, Scalar{-1} / 6, Scalar{-1} / 6}}));
    CHECK_THAT(found.gradient.output.weight, Equals(filled(2, 3, 0)));
    CHECK_THAT(found.gradient.source_table, Equals(filled(4, 2, 0)));
}

QKV_TEST("what is said first depends on no target token, what is said next on the first only",
         "说的第一个词元与目标无关，第二个只与目标的第一个有关", "[loss]") {
    const Sentence one{{2, 5, 3}, {2, 3, 4, 1}, {}, {}}, other{{2, 5, 3}, {2, 5, 5, 5}, {}, {}};
    const Matrix says = learner::logits(small_model(), one, 0), says_other = learner::logits(small_model(), other, 0);
    REQUIRE(says.rows() == 4);
    REQUIRE(says_other.rows() == 4);
    CHECK_THAT(says.topRows(2), SameAs(says_other.topRows(2)));
    CHECK((says - says_other).row(2).norm() > 0.01);
    Sentence last = one;
    last.target.back() = 5;
    CHECK_THAT(learner::logits(small_model(), last, 0), SameAs(says));
}

QKV_TEST("each target token counts alike, in whichever sentence it stands", "每个目标词元一样重，无论在哪个句子里",
         "[loss]") {
    const Model model = small_model();
    const std::vector<Sentence> batch = small_batch();  // 4, 2 and 6 target tokens
    Scalar sum = 0;
    Matrix bias = Matrix::Zero(1, 6);
    for (const Sentence& sentence : batch) {
        const auto share = static_cast<Scalar>(sentence.target.size()) / 12;
        const LossAndGradient alone = learner::loss_and_gradient(model, {sentence}, Scalar{0.1}, small_rate);
        REQUIRE(alone.gradient.output.bias.size() == 6);
        sum += share * alone.loss;
        bias += share * alone.gradient.output.bias;
    }
    const LossAndGradient found = learner::loss_and_gradient(model, batch, Scalar{0.1}, small_rate);
    CHECK_THAT(one(found.loss), SameAs(one(sum)));
    CHECK_THAT(found.gradient.output.bias, SameAs(bias));
}

QKV_TEST("a small step against the gradient lowers the loss by its squared length",
         "沿负梯度走一小步，损失下降梯度长度的平方那么多", "[loss]") {
    const Model model = small_model();
    const std::vector<Sentence> batch = small_batch();
    const LossAndGradient found = learner::loss_and_gradient(model, batch, Scalar{0.1}, small_rate);
    const Scalar small = std::ldexp(Scalar{1}, in_double ? -18 : -8);
    const List gradients = parameters(found.gradient);
    Scalar squares = 0;
    List there = parameters(model), back = there;
    for (std::size_t i = 0; i < there.size(); ++i) {
        REQUIRE_THAT(gradients[i], Equals(gradients[i]));  // finite
        REQUIRE((gradients[i].rows() == there[i].rows() && gradients[i].cols() == there[i].cols()));
        squares += gradients[i].squaredNorm();
        there[i] += small * gradients[i];
        back[i] -= small * gradients[i];
    }
    const Scalar above = learner::loss_and_gradient(with_parameters(model, there), batch, Scalar{0.1}, small_rate).loss;
    const Scalar below = learner::loss_and_gradient(with_parameters(model, back), batch, Scalar{0.1}, small_rate).loss;
    const Scalar ratio = (above - below) / (2 * small * squares);
    const Scalar slack = in_double ? 1e-3 : 5e-2;  // a difference of two losses
    CHECK((ratio > 1 - slack && ratio < 1 + slack));
}

QKV_TEST("an id that is never read gets no gradient, one that is read twice both",
         "没读到的编号没有梯度，读到两次的得到两份", "[loss]") {
    const Model model = small_model();
    const LossAndGradient found = learner::loss_and_gradient(model, {{{2, 5, 2}, {4, 1}, {}, {}}}, 0, 0);
    REQUIRE(found.gradient.source_table.rows() == 7);
    REQUIRE(found.gradient.target_table.rows() == 6);
    for (const Index id : {0, 1, 3, 4, 6}) CHECK_THAT(found.gradient.source_table.row(id), Equals(filled(1, 4, 0)));
    for (const Index id : {1, 2, 3, 5}) CHECK_THAT(found.gradient.target_table.row(id), Equals(filled(1, 4, 0)));
    CHECK(found.gradient.target_table.row(0).norm() > 0.001);  // begin_token
}

QKV_TEST("without a source, without a target, without a sentence there is nothing to learn",
         "没有源、没有目标、没有句子，都是错误", "[loss]") {
    const Model model = small_model();
    for (const Sentence& wrong : {Sentence{{}, {2}, {}, {}}, Sentence{{2}, {}, {}, {}}, Sentence{{7}, {2}, {}, {}},
                                  Sentence{{-1}, {2}, {}, {}}, Sentence{{2}, {6, 1}, {}, {}}}) {
        CHECK_THROWS_AS(learner::logits(model, wrong, 0), std::invalid_argument);
        CHECK_THROWS_AS(learner::loss_and_gradient(model, {wrong}, 0, 0), std::invalid_argument);
    }
    const Sentence right{{2}, {3, 1}, {}, {}};
    CHECK_THROWS_AS(learner::loss_and_gradient(model, {}, 0, 0), std::invalid_argument);
    CHECK_THROWS_AS(learner::loss_and_gradient(model, {right}, Scalar{1.5}, 0), std::invalid_argument);
    CHECK_THROWS_AS(learner::loss_and_gradient(model, {right}, 0, 1), std::invalid_argument);
    CHECK_THROWS_AS(learner::logits(model, right, 1), std::invalid_argument);
    CHECK_THROWS_AS(learner::loss_and_gradient(model, {right, {{2}, {3, 6}, {}, {}}}, 0, 0), std::invalid_argument);
}

QKV_TEST("a model and a sentence that do not fit are errors", "模型与句子不匹配是错误", "[loss]") {
    const Misfits misfits("model, sentence, drop_rate", small_model(), small_batch()[0], small_rate);
    check_refused(learner::logits, misfits.except({"model.source_table.rows", "model.target_table.rows"}));
}

QKV_TEST("the logits are PyTorch's, with dropped places and without", "有丢弃和没有丢弃时，logits 都与 PyTorch 一致",
         "[loss]") {
    const std::vector<Sentence> batch = small_batch();
    for (std::size_t i = 0; i < 3; ++i)
        CHECK_THAT(learner::logits(small_model(), batch[i], small_rate), Equals(golden("logits/" + std::to_string(i))));
}

QKV_TEST("the gradient of the loss keeps what is not trained: heads and epsilons",
         "损失的梯度里，不训练的保持原样：头数和 epsilon", "[loss]") {
    const Model model = small_model();
    const Model gradient = learner::loss_and_gradient(model, small_batch(), Scalar{0.1}, small_rate).gradient;
    CHECK(gradient.encoder.attention.n_heads == model.encoder.attention.n_heads);
    CHECK(gradient.decoder.self_attention.n_heads == model.decoder.self_attention.n_heads);
    CHECK(gradient.decoder.cross_attention.n_heads == model.decoder.cross_attention.n_heads);
    const auto epsilons = [](const Model& of) {
        return Matrix{{of.encoder.attention_norm.epsilon, of.encoder.feed_forward_norm.epsilon,
                       of.decoder.self_norm.epsilon, of.decoder.cross_norm.epsilon,
                       of.decoder.feed_forward_norm.epsilon}};
    };
    CHECK_THAT(epsilons(gradient), Equals(epsilons(model)));
}

QKV_TEST("the loss and all its gradients are autograd's", "损失和全部梯度与 autograd 一致", "[loss]") {
    const LossAndGradient found = learner::loss_and_gradient(small_model(), small_batch(), Scalar{0.1}, small_rate);
    CHECK_THAT(one(found.loss), Equals(golden("loss")));
    check_all(parameters(found.gradient), golden_list("gradient", 46));
}

// -------------------------------------------------------------------------------------------- step

QKV_TEST("the statement's model takes its first step: only the bias moves, by nearly the rate",
         "题目中的模型走第一步：只有偏置动，幅度接近学习率", "[step]") {
    const Model model = undecided();
    List zeros_like = parameters(model);
    for (Matrix& each : zeros_like) each.setZero();
    const TrainingSettings choices{0, 0, Scalar{0.1}, 4, {Scalar{0.9}, Scalar{0.98}, Scalar{0.01}}};
    const TrainingStep after =
        learner::training_step(model, {0, zeros_like, zeros_like}, {example_sentence()}, choices);
    CHECK_THAT(one(after.loss), Equals(one(std::log(Scalar{3}))));
    CHECK_THAT(after.model.output.bias,
               Equals(Matrix{{-0.07874417195026091, 0.07099753232941672, 0.07099753232941672}}));
    CHECK_THAT(after.model.source_table, Equals(model.source_table));
    CHECK(after.state.steps == 1);
}

QKV_TEST("the loss that is told is the one before the step", "返回的损失是这一步之前的", "[step]") {
    const Model model = small_model();
    List zeros_like = parameters(model);
    for (Matrix& each : zeros_like) each.setZero();
    const TrainingSettings choices = settings(small_rate, 100);
    const TrainingStep made = learner::training_step(model, {0, zeros_like, zeros_like}, small_batch(), choices);
    CHECK_THAT(one(made.loss), Equals(golden("loss")));
}

QKV_TEST("settings that a part refuses, the step refuses", "任何一部分拒绝的设置，整个一步也要拒绝", "[step]") {
    const Model model = small_model();
    List zeros_like = parameters(model);
    for (Matrix& each : zeros_like) each.setZero();
    const auto refuse = [&](const auto& change) {
        TrainingSettings choices = settings(small_rate, 100);
        AdamState state{0, zeros_like, zeros_like};
        std::vector<Sentence> batch = small_batch();
        change(choices, state, batch);
        CHECK_THROWS_AS(learner::training_step(model, state, batch, choices), std::invalid_argument);
    };
    refuse([](auto& choices, auto&, auto&) { choices.max_norm = 0; });
    refuse([](auto& choices, auto&, auto&) { choices.warmup = 0; });
    refuse([](auto& choices, auto&, auto&) { choices.adam.beta2 = 1; });
    refuse([](auto& choices, auto&, auto&) { choices.drop_rate = 1; });
    refuse([](auto& choices, auto&, auto&) { choices.smoothing = -1; });
    refuse([](auto&, auto& state, auto&) { state.steps = -1; });
    refuse([](auto&, auto& state, auto&) { state.first.pop_back(); });
    refuse([](auto&, auto& state, auto&) { state = {0, {}, {}}; });  // adam_start is the state of a new model
    refuse([](auto&, auto& state, auto&) { state.second[3].conservativeResize(5, 4); });
    refuse([](auto&, auto&, auto& batch) { batch.clear(); });
}

QKV_TEST("after two steps every parameter is PyTorch's", "两步之后每个参数都与 PyTorch 一致", "[step]") {
    Model model = small_model();
    List zeros_like = parameters(model);
    for (Matrix& each : zeros_like) each.setZero();
    AdamState state{0, zeros_like, zeros_like};
    TrainingSettings choices = settings(small_rate, 3);
    choices.max_norm = Scalar{0.5};
    choices.adam.epsilon = Scalar{0.01};
    std::vector<Sentence> batch = small_batch();
    for (const Index step : {0, 1}) {
        const TrainingStep after = learner::training_step(model, state, batch, choices);
        CHECK_THAT(one(after.loss), Equals(one(golden("step/losses")(0, step))));
        model = after.model;
        state = after.state;
        batch.erase(batch.begin());
    }
    check_all(parameters(model), golden_list("step/parameters", 46));
}

QKV_TEST("over twenty steps with dropout the loss is PyTorch's, to a millionth",
         "带丢弃训练二十步，每一步的损失与 PyTorch 相差不到百万分之一", "[step]") {
    Model model = fresh_model();
    List zeros_like = parameters(model);
    for (Matrix& each : zeros_like) each.setZero();
    AdamState state{0, zeros_like, zeros_like};
    Matrix losses(1, 20);
    Index step = 0;
    for (const std::vector<Sentence>& batch : task_batches(20, 3, Scalar{0.1})) {
        const TrainingStep after = learner::training_step(model, state, batch, settings(Scalar{0.1}, 30));
        losses(0, step++) = after.loss;
        model = after.model;
        state = after.state;
    }
    // Where the gradient is zero but for rounding (the keys' biases), Adam makes of the rounding a step.
    const double allowed = in_double ? 1e-6 : 1e-2;
    CHECK_THAT(losses, Equals(golden("losses")).within(allowed));
}
