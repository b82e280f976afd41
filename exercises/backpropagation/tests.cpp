// The grader of `backpropagation`. A test's name states a law; its body sets the scene, calls your function and holds
// what comes back against the law. The differences are taken of the way forward in golden_model.hpp.
// Golden values are what PyTorch's autograd finds.
#include "testing/tests.hpp"
#include "golden_model.hpp"
#include "remote.hpp"
#include "testing/misfits.hpp"

#include <cmath>

using namespace qkv;
using namespace qkv::testing;
using namespace backpropagation::tests;
using backpropagation::AttentionGradients;
using backpropagation::CrossEntropy;
using backpropagation::LayerNormGradients;
using backpropagation::LinearGradients;
using backpropagation::MultiHeadGradients;
using multi_head_attention::Linear;
using multi_head_attention::MultiHeadWeights;

namespace {

/// What autograd found for an attention or for all of multi-head attention, against what came back.
void check_attention(const AttentionGradients& found, const std::string& name) {
    CHECK_THAT(found.query, Equals(golden(name + "/of/query")));
    CHECK_THAT(found.key, Equals(golden(name + "/of/key")));
    CHECK_THAT(found.value, Equals(golden(name + "/of/value")));
}

void check_heads(const MultiHeadGradients& found, const std::string& name) {
    CHECK_THAT(found.tokens, Equals(golden(name + "/of/tokens")));
    CHECK_THAT(found.memory, Equals(golden(name + "/of/memory")));
    CHECK_THAT(found.weights.query.weight, Equals(golden(name + "/of/query/weight")));
    CHECK_THAT(found.weights.query.bias, Equals(golden(name + "/of/query/bias")));
    CHECK_THAT(found.weights.key.weight, Equals(golden(name + "/of/key/weight")));
    CHECK_THAT(found.weights.key.bias, Equals(golden(name + "/of/key/bias")));
    CHECK_THAT(found.weights.value.weight, Equals(golden(name + "/of/value/weight")));
    CHECK_THAT(found.weights.value.bias, Equals(golden(name + "/of/value/bias")));
    CHECK_THAT(found.weights.output.weight, Equals(golden(name + "/of/output/weight")));
    CHECK_THAT(found.weights.output.bias, Equals(golden(name + "/of/output/bias")));
}

}  // namespace

// ------------------------------------------------------------------------------------------ linear

QKV_TEST("the statement's linear layer sends back these three gradients", "题目中的线性层传回这三个梯度", "[linear]") {
    const Matrix input{{1, 2, 0}, {3, -1, 2}}, upstream{{1, 2}, {-1, 0.5}};
    const Linear layer{Matrix{{1, 0}, {2, -1}, {0, 3}}, RowVector{{0.5, -0.5}}};
    const LinearGradients back = learner::linear_backward(input, layer, upstream);
    CHECK_THAT(back.input, Equals(Matrix{{1, 0, 6}, {-1, -2.5, 1.5}}));
    CHECK_THAT(back.layer.weight, Equals(Matrix{{-2, 3.5}, {3, 3.5}, {-2, 1}}));
    CHECK_THAT(back.layer.bias, Equals(Matrix{{0, 2.5}}));
}

QKV_TEST("what a small change of input, weight or bias does to the loss is what the gradients say",
         "输入、权重或偏置稍微一变，损失的变化正如梯度所说", "[linear]") {
    const Wide input = wide("linear/input"), weight = wide("linear/weight"), bias = wide("linear/bias");
    const Wide upstream = wide("linear/upstream");
    const LinearGradients back =
        learner::linear_backward(golden("linear/input"), linear_at("linear"), golden("linear/upstream"));
    const auto loss = [&](const Wide& x, const Wide& w, const Wide& b) {
        return weighted((x * w).rowwise() + b.row(0), upstream);
    };
    CHECK_THAT(back.input, by_differences(input, [&](const Wide& x) { return loss(x, weight, bias); }));
    CHECK_THAT(back.layer.weight, by_differences(weight, [&](const Wide& w) { return loss(input, w, bias); }));
    CHECK_THAT(back.layer.bias, by_differences(bias, [&](const Wide& b) { return loss(input, weight, b); }));
}

QKV_TEST("where the bias stands changes no gradient", "偏置取什么值，不影响任何梯度", "[linear]") {
    const Matrix input = golden("linear/input"), upstream = golden("linear/upstream");
    Linear layer = linear_at("linear");
    const LinearGradients back = learner::linear_backward(input, layer, upstream);
    layer.bias.setConstant(100);
    const LinearGradients with_another_bias = learner::linear_backward(input, layer, upstream);
    CHECK_THAT(with_another_bias.input, SameAs(back.input));
    CHECK_THAT(with_another_bias.layer.weight, SameAs(back.layer.weight));
    CHECK_THAT(with_another_bias.layer.bias, SameAs(back.layer.bias));
}

QKV_TEST("gradients are linear in the upstream gradient", "梯度对上游梯度是线性的", "[linear]") {
    const Matrix input = golden("linear/input"), upstream = golden("linear/upstream");
    const Matrix other = upstream.rowwise().reverse();
    const Linear layer = linear_at("linear");
    const LinearGradients first = learner::linear_backward(input, layer, upstream);
    const LinearGradients second = learner::linear_backward(input, layer, other);
    const LinearGradients of_both = learner::linear_backward(input, layer, 3 * upstream - other);
    CHECK_THAT(of_both.input, SameAs(3 * first.input - second.input));
    CHECK_THAT(of_both.layer.weight, SameAs(3 * first.layer.weight - second.layer.weight));
    CHECK_THAT(of_both.layer.bias, SameAs(3 * first.layer.bias - second.layer.bias));
}

QKV_TEST("a hundred equal tokens give a hundred times the gradient of the weights",
         "一百个相同的词元，权重的梯度是一个的一百倍", "[linear]") {
    const Linear layer{Matrix{{1, 0}, {2, -1}, {0, 3}}, RowVector{{0.5, -0.5}}};
    const RowVector token{{3, -1, 2}}, upstream{{-1, 0.5}};
    const LinearGradients back = learner::linear_backward(token.replicate(100, 1), layer, upstream.replicate(100, 1));
    CHECK_THAT(back.layer.weight, Equals(Matrix{{-300, 150}, {100, -50}, {-200, 100}}));
    CHECK_THAT(back.layer.bias, Equals(Matrix{{-100, 50}}));
}

QKV_TEST("without tokens the gradients of weight and bias are zero", "没有词元时，权重和偏置的梯度为零", "[linear]") {
    const LinearGradients back = learner::linear_backward(Matrix(0, 5), linear_at("linear"), Matrix(0, 7));
    CHECK_THAT(back.input, Equals(Matrix(0, 5)));
    CHECK_THAT(back.layer.weight, Equals(Matrix::Zero(5, 7)));
    CHECK_THAT(back.layer.bias, Equals(Matrix::Zero(1, 7)));
}

QKV_TEST("shapes that do not fit the linear layer are errors", "与线性层不符的形状是错误", "[linear]") {
    const Matrix input = golden("linear/input"), upstream = golden("linear/upstream");
    check_refused(learner::linear_backward, Misfits("input, layer, upstream", input, linear_at("linear"), upstream));
}

QKV_TEST("PyTorch finds the same gradients of a linear layer", "PyTorch 求出的线性层梯度与此相同", "[linear]") {
    const LinearGradients back =
        learner::linear_backward(golden("linear/input"), linear_at("linear"), golden("linear/upstream"));
    CHECK_THAT(back.input, Equals(golden("linear/of/input")));
    CHECK_THAT(back.layer.weight, Equals(golden("linear/of/weight")));
    CHECK_THAT(back.layer.bias, Equals(golden("linear/of/bias")));
}

// --------------------------------------------------------------------------------------- embedding

QKV_TEST("the statement's ids 2, 0, 2: row 2 gets the sum of two gradients, rows 1 and 3 none",
         "题目中的编号 2、0、2：第 2 行得到两个梯度之和，第 1、3 行没有", "[embedding]") {
    CHECK_THAT(learner::embedding_backward({2, 0, 2}, 4, Matrix{{1, 2}, {3, 4}, {5, -6}}),
               Equals(Matrix{{3, 4}, {0, 0}, {6, -4}, {0, 0}}));
}

QKV_TEST("what a small change of the table does to the loss is what its gradient says",
         "表稍微一变，损失的变化正如梯度所说", "[embedding]") {
    const TokenIds ids{3, 1, 3, 0, 4, 3, 1};
    const Wide upstream = wide("embedding/upstream");
    const auto loss = [&](const Wide& table) {
        double sum = 0;
        for (std::size_t i = 0; i < ids.size(); ++i) sum += table.row(ids[i]).dot(upstream.row(static_cast<Index>(i)));
        return sum;
    };
    CHECK_THAT(learner::embedding_backward(ids, 6, golden("embedding/upstream")),
               by_differences(wide("embedding/table"), loss));
}

QKV_TEST("an id that comes a hundred times adds up a hundred gradients", "出现一百次的编号累加一百个梯度",
         "[embedding]") {
    const RowVector upstream{{1, -2, 0.5}};
    Matrix due = Matrix::Zero(5, 3);
    due.row(3) = 100 * upstream;
    CHECK_THAT(learner::embedding_backward(TokenIds(100, 3), 5, upstream.replicate(100, 1)), Equals(due));
}

QKV_TEST("ids that all differ put each gradient into a row of its own", "编号各不相同时，每个梯度各占一行",
         "[embedding]") {
    const Matrix upstream{{1, 2}, {3, 4}, {5, 6}};
    CHECK_THAT(learner::embedding_backward({2, 0, 1}, 3, upstream), Equals(Matrix{{3, 4}, {5, 6}, {1, 2}}));
}

QKV_TEST("without ids the gradient of the table is zero", "没有编号时，表的梯度为零", "[embedding]") {
    CHECK_THAT(learner::embedding_backward({}, 4, Matrix(0, 3)), Equals(Matrix::Zero(4, 3)));
    CHECK_THAT(learner::embedding_backward({}, 0, Matrix(0, 3)), Equals(Matrix(0, 3)));
}

QKV_TEST("one upstream row for each id, and ids that have a row: else an error",
         "每个编号恰有一行上游梯度，每个编号在表中都有一行，否则是错误", "[embedding]") {
    const TokenIds ids{3, 1, 3, 0, 4, 3, 1};
    const Matrix upstream = golden("embedding/upstream");
    check_refused(learner::embedding_backward,
                  Misfits("ids, n_vocabulary, upstream", ids, Index{6}, upstream).except({"upstream.columns"}));
    for (const int wrong : {-1, 4, 5, 1000})
        CHECK_THROWS_AS(learner::embedding_backward({1, wrong}, 4, upstream.topRows(2)), std::invalid_argument);
    CHECK_THROWS_AS(learner::embedding_backward({}, -1, Matrix(0, 3)), std::invalid_argument);
}

QKV_TEST("PyTorch finds the same gradient of an embedding", "PyTorch 求出的嵌入梯度与此相同", "[embedding]") {
    CHECK_THAT(learner::embedding_backward({3, 1, 3, 0, 4, 3, 1}, 6, golden("embedding/upstream")),
               Equals(golden("embedding/of/table")));
}

// ----------------------------------------------------------------------------------------- softmax

QKV_TEST("the statement's two rows of weights send back these gradients", "题目中的两行权重传回这样的梯度",
         "[softmax]") {
    CHECK_THAT(learner::softmax_backward(Matrix{{0.5, 0.25, 0.25}, {0.25, 0.75, 0}}, Matrix{{4, 2, -2}, {8, 0, 5}}),
               Equals(Matrix{{1, 0, -1}, {1.5, -1.5, 0}}));
}

QKV_TEST("what a small change of the scores does to the loss is what the gradient says",
         "打分稍微一变，损失的变化正如梯度所说", "[softmax]") {
    const Wide upstream = wide("softmax/upstream");
    CHECK_THAT(learner::softmax_backward(golden("softmax/weights"), golden("softmax/upstream")),
               by_differences(wide("softmax/scores"), [&](const Wide& x) { return weighted(softmax(x), upstream); }));
}

QKV_TEST("each row of the gradient sums to zero", "梯度的每一行之和为零", "[softmax]") {
    const Matrix back = learner::softmax_backward(golden("softmax/weights"), golden("softmax/upstream"));
    CHECK_THAT(back.rowwise().sum(), Equals(Matrix::Zero(3, 1)));
}

QKV_TEST("adding a number to all of a row's upstream gradients changes nothing",
         "给一行的上游梯度都加上同一个数，什么也不变", "[softmax]") {
    const Matrix weights = golden("softmax/weights"), upstream = golden("softmax/upstream");
    const Matrix shifted = upstream.colwise() + RowVector{{5, -3, 40}}.transpose();
    const Matrix back = learner::softmax_backward(weights, upstream);
    const Matrix back_of_shifted = learner::softmax_backward(weights, shifted);
    CHECK_THAT(back_of_shifted, SameAs(back));
    CHECK_THAT(learner::softmax_backward(weights, filled(3, 5, 7)), Equals(Matrix::Zero(3, 5)));
}

QKV_TEST("a row that has made up its mind, and a row without weight, send nothing back",
         "权重全在一处的行，以及没有权重的行，什么也不传回", "[softmax]") {
    CHECK_THAT(learner::softmax_backward(Matrix{{0, 1, 0}, {0, 0, 0}}, Matrix{{4, -2, 1e6}, {1e6, 3, 5}}),
               Equals(Matrix::Zero(2, 3)));
}

QKV_TEST("how score j moves weight k is how score k moves weight j",
         "打分 j 对权重 k 的影响，等于打分 k 对权重 j 的影响", "[softmax]") {
    const RowVector weights = golden("softmax/weights").row(1);
    const Matrix jacobian = learner::softmax_backward(weights.replicate(5, 1), Matrix::Identity(5, 5));
    const Matrix transposed = jacobian.transpose();
    CHECK_THAT(transposed, SameAs(jacobian));
}

QKV_TEST("the gradient of a softmax is linear in the upstream gradient", "softmax 的梯度对上游梯度是线性的",
         "[softmax]") {
    const Matrix weights = golden("softmax/weights"), upstream = golden("softmax/upstream");
    const Matrix other = upstream.rowwise().reverse();
    const Matrix first = learner::softmax_backward(weights, upstream);
    const Matrix second = learner::softmax_backward(weights, other);
    const Matrix of_both = learner::softmax_backward(weights, 3 * upstream - other);
    CHECK_THAT(of_both, SameAs(3 * first - second));
}

QKV_TEST("a hundred equal weights are no special case", "一百个相等的权重也没什么特别", "[softmax]") {
    RowVector upstream = RowVector::Zero(100);
    upstream(7) = 100;
    RowVector due = RowVector::Constant(100, Scalar(-0.01));
    due(7) = Scalar(0.99);
    CHECK_THAT(learner::softmax_backward(filled(1, 100, Scalar(0.01)), upstream), Equals(due));
}

QKV_TEST("without queries or without keys there is nothing to send back", "没有查询或没有键时，没有什么可传回",
         "[softmax]") {
    CHECK_THAT(learner::softmax_backward(Matrix(0, 5), Matrix(0, 5)), Equals(Matrix(0, 5)));
    CHECK_THAT(learner::softmax_backward(Matrix(3, 0), Matrix(3, 0)), Equals(Matrix(3, 0)));
}

QKV_TEST("weights and upstream gradient of different shapes are an error", "权重与上游梯度形状不同是错误",
         "[softmax]") {
    const Matrix weights = golden("softmax/weights"), upstream = golden("softmax/upstream");
    check_refused(learner::softmax_backward, Misfits("weights, upstream", weights, upstream));
}

QKV_TEST("PyTorch finds the same gradient of a softmax", "PyTorch 求出的 softmax 梯度与此相同", "[softmax]") {
    CHECK_THAT(learner::softmax_backward(golden("softmax/weights"), golden("softmax/upstream")),
               Equals(golden("softmax/of/scores")));
}

// ----------------------------------------------------------------------------------- cross_entropy

QKV_TEST("the statement's two tokens cost 1.625 log 2, and this is the gradient",
         "题目中的两个词元损失为 1.625 log 2，梯度也如题目所示", "[cross_entropy]") {
    const Scalar log2 = std::log(Scalar{2});
    const Matrix logits{{2 * log2, log2, 0, 0}, {0, 0, 0, 0}};
    const CrossEntropy found = learner::cross_entropy(logits, {0, 2}, Scalar(0.2));
    CHECK_THAT(one(found.loss), Equals(one(Scalar(1.625) * log2)));
    CHECK_THAT(found.gradient, Equals(Matrix{{-0.175, 0.1, 0.0375, 0.0375}, {0.1, 0.1, -0.3, 0.1}}));
}

QKV_TEST("what a small change of the logits does to the loss is what the gradient says",
         "logits 稍微一变，损失的变化正如梯度所说", "[cross_entropy]") {
    const TokenIds targets{6, 0, 2, 2, 5};
    const Wide logits = wide("cross_entropy/logits");
    for (const double smoothing : {0., 0.1, 0.6}) {
        const CrossEntropy found =
            learner::cross_entropy(golden("cross_entropy/logits"), targets, static_cast<Scalar>(smoothing));
        CHECK_THAT(one(found.loss), Equals(one(static_cast<Scalar>(cross_entropy(logits, targets, smoothing)))));
        CHECK_THAT(found.gradient,
                   by_differences(logits, [&](const Wide& x) { return cross_entropy(x, targets, smoothing); }));
    }
}

QKV_TEST("each token's gradient sums to zero", "每个词元的梯度之和为零", "[cross_entropy]") {
    const CrossEntropy found = learner::cross_entropy(golden("cross_entropy/logits"), {6, 0, 2, 2, 5}, Scalar(0.1));
    CHECK_THAT(found.gradient.rowwise().sum(), Equals(Matrix::Zero(5, 1)));
}

QKV_TEST("adding a number to all logits of a token changes nothing", "给一个词元的所有 logit 加上同一个数，什么也不变",
         "[cross_entropy]") {
    const Matrix logits = golden("cross_entropy/logits");
    const Matrix shifted = logits.colwise() + RowVector{{5, -3, 40, 0.5, -60}}.transpose();
    const CrossEntropy found = learner::cross_entropy(logits, {6, 0, 2, 2, 5}, Scalar(0.1));
    const CrossEntropy of_shifted = learner::cross_entropy(shifted, {6, 0, 2, 2, 5}, Scalar(0.1));
    CHECK_THAT(one(of_shifted.loss), SameAs(one(found.loss)));
    CHECK_THAT(of_shifted.gradient, SameAs(found.gradient));
}

QKV_TEST("who knows nothing pays the logarithm of the number of classes, smoothed or not",
         "一无所知的代价是类别数的对数，平滑与否都一样", "[cross_entropy]") {
    for (const double smoothing : {0., 0.3, 1.}) {
        const CrossEntropy found =
            learner::cross_entropy(filled(3, 80, 2), {0, 79, 41}, static_cast<Scalar>(smoothing));
        CHECK_THAT(one(found.loss), Equals(one(std::log(Scalar{80}))));
    }
}

QKV_TEST("who predicts just what is due gets no gradient", "预测恰好等于应有的分布时，没有梯度", "[cross_entropy]") {
    // Due with smoothing 0.4 and five classes: 0.68 on the target, 0.08 on the others.
    Matrix logits = filled(2, 5, std::log(Scalar(0.08)));
    logits(0, 3) = logits(1, 1) = std::log(Scalar(0.68));
    CHECK_THAT(learner::cross_entropy(logits, {3, 1}, Scalar(0.4)).gradient, Equals(Matrix::Zero(2, 5)));
}

QKV_TEST("the loss is a mean: the same tokens twice cost the same, and each has half the gradient",
         "损失是平均：同样的词元出现两遍，损失不变，每个词元的梯度减半", "[cross_entropy]") {
    const Matrix logits = golden("cross_entropy/logits");
    const CrossEntropy once = learner::cross_entropy(logits, {6, 0, 2, 2, 5}, Scalar(0.1));
    const CrossEntropy twice =
        learner::cross_entropy(logits.replicate(2, 1), {6, 0, 2, 2, 5, 6, 0, 2, 2, 5}, Scalar(0.1));
    CHECK_THAT(one(twice.loss), SameAs(one(once.loss)));
    CHECK_THAT(2 * twice.gradient, SameAs(once.gradient.replicate(2, 1)));
}

QKV_TEST("logits that lie far apart, or all far below zero, leave loss and gradient finite",
         "logits 相差悬殊，或都远小于零，损失和梯度仍是有限的", "[cross_entropy]") {
    const CrossEntropy wrong = learner::cross_entropy(Matrix{{2000, 0, -2000}}, {1}, 0);
    CHECK_THAT(one(wrong.loss), Equals(one(2000)));
    CHECK_THAT(wrong.gradient, Equals(Matrix{{1, -1, 0}}));
    const CrossEntropy right = learner::cross_entropy(Matrix{{2000, 0, -2000}}, {0}, 0);
    CHECK_THAT(one(right.loss), Equals(one(0)));
    CHECK_THAT(right.gradient, Equals(Matrix::Zero(1, 3)));
    const CrossEntropy low = learner::cross_entropy(Matrix{{0, 0}, {-100000, -100000}}, {1, 0}, 0);
    CHECK_THAT(one(low.loss), Equals(one(std::log(Scalar{2}))));
    CHECK_THAT(low.gradient, Equals(Matrix{{0.25, -0.25}, {-0.25, 0.25}}));
    const CrossEntropy high = learner::cross_entropy(Matrix{{100000, 100000}, {0, 0}}, {1, 0}, 0);
    CHECK_THAT(one(high.loss), Equals(one(std::log(Scalar{2}))));
    CHECK_THAT(high.gradient, Equals(Matrix{{0.25, -0.25}, {-0.25, 0.25}}));
    const CrossEntropy smoothed = learner::cross_entropy(Matrix{{2000, 0}}, {0}, Scalar(0.5));
    CHECK_THAT(one(smoothed.loss), Equals(one(500)));
    CHECK_THAT(smoothed.gradient, Equals(Matrix{{0.25, -0.25}}));
    const CrossEntropy far = learner::cross_entropy(Matrix{{1e12, 0}}, {1}, 0);
    CHECK_THAT(one(far.loss), Equals(one(1e12)));
    CHECK_THAT(far.gradient, Equals(Matrix{{1, -1}}));
}

QKV_TEST("one target for each token, which is a class, and a smoothing from 0 to 1: else an error",
         "每个词元恰有一个目标，目标是存在的类别，平滑在 0 到 1 之间，否则是错误", "[cross_entropy]") {
    const Matrix logits = golden("cross_entropy/logits");
    const TokenIds targets{6, 0, 2, 2, 5};
    check_refused(learner::cross_entropy,
                  Misfits("logits, targets, smoothing", logits, targets, Scalar(0.25)).except({"logits.columns"}));
    for (const int wrong : {-1, 7, 8, 1000, -100})  // PyTorch leaves out what is due -100
        CHECK_THROWS_AS(learner::cross_entropy(logits, {6, 0, wrong, 2, 5}, 0), std::invalid_argument);
    for (const double wrong : {-0.1, 1.1, -1e-6, 2.})
        CHECK_THROWS_AS(learner::cross_entropy(logits, targets, static_cast<Scalar>(wrong)), std::invalid_argument);
    CHECK_THROWS_AS(learner::cross_entropy(Matrix(0, 7), {}, 0), std::invalid_argument);
}

QKV_TEST("PyTorch finds the same losses and gradients, for four smoothings",
         "四种平滑下，PyTorch 求出的损失和梯度与此相同", "[cross_entropy]") {
    const double smoothings[] = {0, 0.1, 0.75, 1};
    for (std::size_t i = 0; i < 4; ++i) {
        const std::string name = "cross_entropy/" + std::to_string(i);
        const CrossEntropy found =
            learner::cross_entropy(golden("cross_entropy/logits"), {6, 0, 2, 2, 5}, static_cast<Scalar>(smoothings[i]));
        CHECK_THAT(one(found.loss), Equals(golden(name + "/loss")));
        CHECK_THAT(found.gradient, Equals(golden(name + "/gradient")));
    }
}

// -------------------------------------------------------------------------------------- layer_norm

QKV_TEST("the statement's two tokens, one of them of equal numbers, send back these gradients",
         "题目中的两个词元（其中一个各数相等）传回这样的梯度", "[layer_norm]") {
    const Matrix input{{3, 1, 1, -1}, {2, 2, 2, 2}}, upstream{{3, 2, 1, -1}, {1, -1, 0, 2}};
    const LayerNormGradients back =
        learner::layer_norm_backward(input, RowVector{{1, 2, -1, 3}}, Scalar(0.25), upstream);
    const Scalar third = Scalar{1} / 3;
    CHECK_THAT(back.input, Equals(Matrix{{-5 * third / 6, 13 * third / 2, -7 * third / 2, -13 * third / 6},
                                         {-0.5, -6.5, -2.5, 9.5}}));
    CHECK_THAT(back.gain, Equals(Matrix{{4, 0, 0, 4 * third}}));
    CHECK_THAT(back.bias, Equals(Matrix{{4, 1, 1, 1}}));
}

QKV_TEST("what a small change of input, gain or bias does to the loss is what the gradients say",
         "输入、增益或偏置稍微一变，损失的变化正如梯度所说", "[layer_norm]") {
    const Wide input = wide("norm/input"), gain = wide("norm/gain"), bias = wide("norm/bias");
    const Wide upstream = wide("norm/upstream");
    for (const double epsilon : {0.25, 1e-5}) {
        const LayerNormGradients back = learner::layer_norm_backward(
            golden("norm/input"), golden("norm/gain"), static_cast<Scalar>(epsilon), golden("norm/upstream"));
        const auto loss = [&](const Wide& x, const Wide& g, const Wide& b) {
            return weighted(layer_norm(x, g, b, epsilon), upstream);
        };
        CHECK_THAT(back.input, by_differences(input, [&](const Wide& x) { return loss(x, gain, bias); }));
        CHECK_THAT(back.gain, by_differences(gain, [&](const Wide& g) { return loss(input, g, bias); }));
        CHECK_THAT(back.bias, by_differences(bias, [&](const Wide& b) { return loss(input, gain, b); }));
    }
}

QKV_TEST("moving a whole token costs nothing: its gradient is orthogonal to ones",
         "整体平移一个词元没有代价：它的梯度与全 1 向量正交", "[layer_norm]") {
    const LayerNormGradients back =
        learner::layer_norm_backward(golden("norm/input"), golden("norm/gain"), Scalar(0.25), golden("norm/upstream"));
    CHECK_THAT(back.input.rowwise().sum(), Equals(Matrix::Zero(4, 1)));
}

QKV_TEST("stretching a token costs nothing, if epsilon is tiny: its gradient is orthogonal to the normalised token",
         "epsilon 极小时，把一个词元拉长没有代价：它的梯度与归一化后的词元正交", "[layer_norm]") {
    const double epsilon = 1e-12;
    const LayerNormGradients back = learner::layer_norm_backward(golden("norm/input"), golden("norm/gain"),
                                                                 static_cast<Scalar>(epsilon), golden("norm/upstream"));
    const Matrix normal = normalised(wide("norm/input"), epsilon).cast<Scalar>();
    REQUIRE_THAT(back.input, Equals(golden("norm/2/of/input")));
    CHECK_THAT(back.input.cwiseProduct(normal).rowwise().sum(), Equals(Matrix::Zero(4, 1)));
}

QKV_TEST("the gradients of layer normalisation are linear in the upstream gradient", "层归一化的梯度对上游梯度是线性的",
         "[layer_norm]") {
    const Matrix input = golden("norm/input"), upstream = golden("norm/upstream");
    const Matrix other = upstream.rowwise().reverse();
    const RowVector gain = golden("norm/gain");
    const LayerNormGradients first = learner::layer_norm_backward(input, gain, Scalar(0.25), upstream);
    const LayerNormGradients second = learner::layer_norm_backward(input, gain, Scalar(0.25), other);
    const LayerNormGradients of_both = learner::layer_norm_backward(input, gain, Scalar(0.25), 3 * upstream - other);
    CHECK_THAT(of_both.input, SameAs(3 * first.input - second.input));
    CHECK_THAT(of_both.gain, SameAs(3 * first.gain - second.gain));
    CHECK_THAT(of_both.bias, SameAs(3 * first.bias - second.bias));
}

QKV_TEST("an upstream gradient that is alike in all features moves the bias, not the input",
         "各特征的上游梯度都相同时，它改变偏置，不改变输入", "[layer_norm]") {
    const LayerNormGradients back =
        learner::layer_norm_backward(golden("norm/input"), RowVector::Ones(6), Scalar(0.25), filled(4, 6, 3));
    CHECK_THAT(back.input, Equals(Matrix::Zero(4, 6)));
    CHECK_THAT(back.bias, Equals(filled(1, 6, 12)));
}

QKV_TEST("tokens are worked on one by one; what they want of gain and bias adds up",
         "词元各算各的；它们对增益和偏置的要求相加", "[layer_norm]") {
    const RowVector input = golden("norm/input").row(2), upstream = golden("norm/upstream").row(2);
    const RowVector gain = golden("norm/gain");
    const LayerNormGradients once = learner::layer_norm_backward(input, gain, Scalar(0.25), upstream);
    const LayerNormGradients of_eighty =
        learner::layer_norm_backward(input.replicate(80, 1), gain, Scalar(0.25), upstream.replicate(80, 1));
    CHECK_THAT(of_eighty.input, SameAs(once.input.replicate(80, 1)));
    CHECK_THAT(of_eighty.gain, SameAs(80 * once.gain));
    CHECK_THAT(of_eighty.bias, SameAs(80 * once.bias));
}

QKV_TEST("tokens far from zero, and huge ones, have gradients too", "离零很远的词元和巨大的词元也有梯度",
         "[layer_norm]") {
    if (!in_double) {
        SUCCEED("float has too few digits for it");
        return;
    }
    const Matrix input = golden("norm/input"), upstream = golden("norm/upstream");
    const RowVector gain = golden("norm/gain");
    const Matrix far = input.array() + 4096;
    const LayerNormGradients here = learner::layer_norm_backward(input, gain, Scalar(0.25), upstream);
    const LayerNormGradients there = learner::layer_norm_backward(far, gain, Scalar(0.25), upstream);
    CHECK_THAT(there.input, SameAs(here.input));
    CHECK_THAT(there.gain, SameAs(here.gain));
    const Scalar huge = static_cast<Scalar>(std::ldexp(1., 400));
    const LayerNormGradients of_huge = learner::layer_norm_backward(huge * input, gain, Scalar(1e-12), upstream);
    CHECK_THAT(of_huge.gain, Equals(golden("norm/2/of/gain")));
    CHECK_THAT(huge * of_huge.input, Equals(golden("norm/2/of/input")));
}

QKV_TEST("without tokens the gradients of gain and bias are zero", "没有词元时，增益和偏置的梯度为零", "[layer_norm]") {
    const LayerNormGradients back =
        learner::layer_norm_backward(Matrix(0, 6), golden("norm/gain"), Scalar(0.25), Matrix(0, 6));
    CHECK_THAT(back.input, Equals(Matrix(0, 6)));
    CHECK_THAT(back.gain, Equals(Matrix::Zero(1, 6)));
    CHECK_THAT(back.bias, Equals(Matrix::Zero(1, 6)));
}

QKV_TEST("a gain of another width, and an upstream gradient of another shape, are errors",
         "增益宽度不符，或上游梯度形状不符，是错误", "[layer_norm]") {
    const Matrix input = golden("norm/input"), upstream = golden("norm/upstream");
    const RowVector gain = golden("norm/gain");
    check_refused(learner::layer_norm_backward,
                  Misfits("input, gain, epsilon, upstream", input, gain, Scalar(0.25), upstream));
}

QKV_TEST("PyTorch finds the same gradients of layer normalisation", "PyTorch 求出的层归一化梯度与此相同",
         "[layer_norm]") {
    const double epsilons[] = {1e-5, 0.25, 1e-12};
    for (std::size_t i = 0; i < 3; ++i) {
        const std::string name = "norm/" + std::to_string(i) + "/of/";
        const LayerNormGradients back = learner::layer_norm_backward(
            golden("norm/input"), golden("norm/gain"), static_cast<Scalar>(epsilons[i]), golden("norm/upstream"));
        CHECK_THAT(back.input, Equals(golden(name + "input")));
        CHECK_THAT(back.gain, Equals(golden(name + "gain")));
        CHECK_THAT(back.bias, Equals(golden(name + "bias")));
    }
}

// --------------------------------------------------------------------------------------- attention

QKV_TEST("the statement's two queries, one of which sees nothing, send back these gradients",
         "题目中的两个查询（其中一个什么也看不到）传回这样的梯度", "[attention]") {
    const Matrix query{{1, 2, 0, -1}, {3, 1, 4, 1}}, key{{2, 0, 1, 0}, {0, 1, 3, 0}, {5, 5, 5, 5}};
    const Matrix value{{4, 0}, {0, 2}, {9, 9}}, upstream{{1, 3}, {7, -8}};
    const Mask mask{{true, true, false}, {false, false, false}};
    const AttentionGradients back = learner::attention_backward(query, key, value, mask, upstream);
    CHECK_THAT(back.query, Equals(Matrix{{-0.5, 0.25, 0.5, 0}, {0, 0, 0, 0}}));
    CHECK_THAT(back.key, Equals(Matrix{{-0.25, -0.5, 0, 0.25}, {0.25, 0.5, 0, -0.25}, {0, 0, 0, 0}}));
    CHECK_THAT(back.value, Equals(Matrix{{0.5, 1.5}, {0.5, 1.5}, {0, 0}}));
}

QKV_TEST("what a small change of query, key or value does to the loss is what the gradients say",
         "查询、键或值稍微一变，损失的变化正如梯度所说", "[attention]") {
    const Wide query = wide("attention/query"), key = wide("attention/key"), value = wide("attention/value");
    const Wide upstream = wide("attention/upstream");
    for (const Mask& mask : {Mask(), golden_mask("attention/mask")}) {
        const AttentionGradients back =
            learner::attention_backward(golden("attention/query"), golden("attention/key"), golden("attention/value"),
                                        mask, golden("attention/upstream"));
        const auto loss = [&](const Wide& q, const Wide& k, const Wide& v) {
            return weighted(attend(q, k, v, mask), upstream);
        };
        CHECK_THAT(back.query, by_differences(query, [&](const Wide& q) { return loss(q, key, value); }));
        CHECK_THAT(back.key, by_differences(key, [&](const Wide& k) { return loss(query, k, value); }));
        CHECK_THAT(back.value, by_differences(value, [&](const Wide& v) { return loss(query, key, v); }));
    }
}

QKV_TEST("no gradient goes through a hidden key, whatever it holds and whatever its value is",
         "被遮住的键不传梯度，不管键和值是什么", "[attention]") {
    Matrix key = golden("attention/key"), value = golden("attention/value");
    const Matrix query = golden("attention/query"), upstream = golden("attention/upstream");
    const Mask mask = golden_mask("attention/mask");  // key 1 is hidden from all
    const AttentionGradients back = learner::attention_backward(query, key, value, mask, upstream);
    CHECK_THAT(back.key.row(1), Equals(Matrix::Zero(1, 3)));
    CHECK_THAT(back.value.row(1), Equals(Matrix::Zero(1, 5)));
    key.row(1).setConstant(1000);
    value.row(1).setConstant(-100000);
    const AttentionGradients back_with_another_key = learner::attention_backward(query, key, value, mask, upstream);
    CHECK_THAT(back_with_another_key.query, SameAs(back.query));
    CHECK_THAT(back_with_another_key.key, SameAs(back.key));
    CHECK_THAT(back_with_another_key.value, SameAs(back.value));
}

QKV_TEST("a query that sees nothing gets no gradient and gives none", "什么也看不到的查询既得不到梯度，也不给出梯度",
         "[attention]") {
    Matrix query = golden("attention/query"), upstream = golden("attention/upstream");
    const Matrix key = golden("attention/key"), value = golden("attention/value");
    Mask mask = golden_mask("attention/mask");
    mask.row(2).setConstant(false);
    const AttentionGradients back = learner::attention_backward(query, key, value, mask, upstream);
    CHECK_THAT(back.query.row(2), Equals(Matrix::Zero(1, 3)));
    query.row(2).setConstant(9);
    upstream.row(2).setConstant(-9);
    const AttentionGradients back_with_another_query = learner::attention_backward(query, key, value, mask, upstream);
    CHECK_THAT(back_with_another_query.query, SameAs(back.query));
    CHECK_THAT(back_with_another_query.key, SameAs(back.key));
    CHECK_THAT(back_with_another_query.value, SameAs(back.value));
}

QKV_TEST("the gradients of all keys add up to zero, those of all values to the upstream gradients",
         "所有键的梯度之和为零，所有值的梯度之和等于上游梯度之和", "[attention]") {
    const Matrix upstream = golden("attention/upstream");
    const AttentionGradients back =
        learner::attention_backward(golden("attention/query"), golden("attention/key"), golden("attention/value"),
                                    golden_mask("attention/mask"), upstream);
    CHECK_THAT(back.key.colwise().sum(), Equals(Matrix::Zero(1, 3)));
    CHECK_THAT(back.value.colwise().sum(), Equals(upstream.colwise().sum()));
}

QKV_TEST("a query that sees a single key, or prefers one by far, moves only that value",
         "只看得到一个键的查询，或远远偏爱一个键的查询，只改变那个值", "[attention]") {
    const Matrix key{{1, 0, 2}, {-1, 3, 0}}, value{{2, 1}, {0, 5}}, upstream{{3, -2}};
    const Mask only_first{{true, false}};
    for (const bool masked : {true, false}) {
        // Unmasked, the scores are 20000 and -20000 over the root of 3.
        const Matrix query = masked ? Matrix{{1, 2, 3}} : Matrix{{20000, 0, 0}};
        const AttentionGradients back =
            learner::attention_backward(query, key, value, masked ? only_first : Mask(), upstream);
        CHECK_THAT(back.query, Equals(Matrix::Zero(1, 3)));
        CHECK_THAT(back.key, Equals(Matrix::Zero(2, 3)));
        CHECK_THAT(back.value, Equals(Matrix{{3, -2}, {0, 0}}));
    }
}

QKV_TEST("where all scores are far below zero, the gradients are those of equal weights",
         "所有打分都远小于零时，梯度与权重相等时相同", "[attention]") {
    if (!in_double) {
        SUCCEED("float has too few digits for it");
        return;
    }
    const Matrix query{{-4000, 2}}, key{{3000, 0}, {3000, 0}}, value{{2}, {4}};
    const Scalar root = std::sqrt(Scalar{2});
    const AttentionGradients back = learner::attention_backward(query, key, value, Mask(), Matrix{{root}});
    CHECK_THAT(back.query, Equals(Matrix::Zero(1, 2)));
    CHECK_THAT(back.key, Equals(Matrix{{2000, -1}, {-2000, 1}}));
    CHECK_THAT(back.value, Equals(filled(2, 1, root / 2)));
    // Below what is often taken for "minus infinity": a score of -1e12, and a hidden key.
    const AttentionGradients low = learner::attention_backward(
        filled(1, 1, -1e6), filled(3, 1, 1e6), Matrix{{2}, {4}, {100}}, Mask{{true, true, false}}, filled(1, 1, 2));
    CHECK_THAT(low.query, Equals(filled(1, 1, 0)));
    CHECK_THAT(low.key, Equals(Matrix{{1e6}, {-1e6}, {0}}));
    CHECK_THAT(low.value, Equals(Matrix{{1}, {1}, {0}}));
}

QKV_TEST("the gradients of attention are linear in the upstream gradient", "注意力的梯度对上游梯度是线性的",
         "[attention]") {
    const Matrix query = golden("attention/query"), key = golden("attention/key"), value = golden("attention/value");
    const Matrix upstream = golden("attention/upstream"), other = upstream.rowwise().reverse();
    const Mask mask = golden_mask("attention/mask");
    const AttentionGradients first = learner::attention_backward(query, key, value, mask, upstream);
    const AttentionGradients second = learner::attention_backward(query, key, value, mask, other);
    const AttentionGradients of_both = learner::attention_backward(query, key, value, mask, 3 * upstream - other);
    CHECK_THAT(of_both.query, SameAs(3 * first.query - second.query));
    CHECK_THAT(of_both.key, SameAs(3 * first.key - second.key));
    CHECK_THAT(of_both.value, SameAs(3 * first.value - second.value));
}

QKV_TEST("a hundred equal keys share the gradient", "一百个相同的键平分梯度", "[attention]") {
    if (!in_double) {
        SUCCEED("a hundredth is too coarse in float");
        return;
    }
    const RowVector key{{1, -1, 2}}, value{{3, 5}}, upstream{{50, -20}};
    const AttentionGradients back = learner::attention_backward(RowVector{{2, 1, 4}}, key.replicate(100, 1),
                                                                value.replicate(100, 1), Mask(), upstream);
    CHECK_THAT(back.query, Equals(Matrix::Zero(1, 3)));
    CHECK_THAT(back.key, Equals(Matrix::Zero(100, 3)));
    CHECK_THAT(back.value, Equals((upstream / 100).replicate(100, 1)));
}

QKV_TEST("without queries keys and values get no gradient; without keys there is none, or a refusal",
         "没有查询时，键和值没有梯度；没有键时，梯度为零，或拒绝调用", "[attention]") {
    const Matrix query = golden("attention/query"), key = golden("attention/key"), value = golden("attention/value");
    const AttentionGradients back = learner::attention_backward(Matrix(0, 3), key, value, Mask(), Matrix(0, 5));
    CHECK_THAT(back.query, Equals(Matrix(0, 3)));
    CHECK_THAT(back.key, Equals(Matrix::Zero(7, 3)));
    CHECK_THAT(back.value, Equals(Matrix::Zero(7, 5)));
    const auto without_keys = unless_refused(learner::attention_backward, query, Matrix(0, 3), Matrix(0, 5), Mask(),
                                             golden("attention/upstream"));
    if (without_keys) CHECK_THAT(without_keys->query, Equals(Matrix::Zero(4, 3)));
}

QKV_TEST("shapes that do not fit the attention are errors", "与注意力不符的形状是错误", "[attention]") {
    const Matrix query = golden("attention/query"), key = golden("attention/key"), value = golden("attention/value");
    const Matrix upstream = golden("attention/upstream");
    check_refused(learner::attention_backward, Misfits("query, key, value, mask, upstream", query, key, value,
                                                       golden_mask("attention/mask"), upstream));
}

QKV_TEST("PyTorch finds the same gradients of attention, with a mask and without",
         "PyTorch 求出的注意力梯度与此相同，有无掩码都是", "[attention]") {
    const Matrix query = golden("attention/query"), key = golden("attention/key"), value = golden("attention/value");
    const Matrix upstream = golden("attention/upstream");
    check_attention(learner::attention_backward(query, key, value, Mask(), upstream), "attention/plain");
    check_attention(learner::attention_backward(query, key, value, golden_mask("attention/mask"), upstream),
                    "attention/masked");
}

// -------------------------------------------------------------------------------------- multi_head

QKV_TEST("the statement's two heads send back these gradients", "题目中的两个头传回这样的梯度", "[multi_head]") {
    const MultiHeadWeights weights{{Matrix{{2, 0}, {-1, 1}}, RowVector{{0, 0}}},
                                   {Matrix{{3, 0}}, RowVector{{0, 1}}},
                                   {Matrix{{2, 4}}, RowVector{{0, 1}}},
                                   {Matrix{{1, 1}, {0, 2}}, RowVector{{0, 0}}},
                                   2};
    const MultiHeadGradients back =
        learner::multi_head_attention_backward(Matrix{{1, 2}}, Matrix{{1}, {-1}}, weights, Mask(), Matrix{{1, 3}});
    CHECK_THAT(back.tokens, Equals(Matrix{{48, -24}}));
    CHECK_THAT(back.memory, Equals(Matrix{{16}, {16}}));
    CHECK_THAT(back.weights.query.weight, Equals(Matrix{{24, 0}, {48, 0}}));
    CHECK_THAT(back.weights.query.bias, Equals(Matrix{{24, 0}}));
    CHECK_THAT(back.weights.key.weight, Equals(Matrix{{0, 48}}));
    CHECK_THAT(back.weights.key.bias, Equals(Matrix{{0, 0}}));
    CHECK_THAT(back.weights.value.weight, Equals(Matrix{{0, 0}}));
    CHECK_THAT(back.weights.value.bias, Equals(Matrix{{4, 6}}));
    CHECK_THAT(back.weights.output.weight, Equals(Matrix{{0, 0}, {1, 3}}));
    CHECK_THAT(back.weights.output.bias, Equals(Matrix{{1, 3}}));
    CHECK(back.weights.n_heads == 2);
}

QKV_TEST("what a small change of tokens, memory or any weight does to the loss is what the gradients say",
         "词元、记忆或任何一个权重稍微一变，损失的变化正如梯度所说", "[multi_head]") {
    const Mask mask = golden_mask("attention/mask");
    const MultiHeadWeights weights = golden_weights(3);
    const Wide tokens = wide("heads/tokens"), memory = wide("heads/memory"), upstream = wide("heads/upstream");
    const MultiHeadGradients back = learner::multi_head_attention_backward(
        golden("heads/tokens"), golden("heads/memory"), weights, mask, golden("heads/upstream"));
    Layers layers;
    const std::vector<Matrix> all = listed(weights), found = listed(back.weights);
    for (std::size_t i = 0; i < layers.size(); ++i) layers[i] = all[i].cast<double>();
    const auto loss = [&](const Wide& x, const Wide& m, const Layers& w) {
        return weighted(multi_head(x, m, w, 3, mask), upstream);
    };
    CHECK_THAT(back.tokens, by_differences(tokens, [&](const Wide& x) { return loss(x, memory, layers); }));
    CHECK_THAT(back.memory, by_differences(memory, [&](const Wide& m) { return loss(tokens, m, layers); }));
    for (std::size_t i = 0; i < layers.size(); ++i) {
        CHECK_THAT(found[i], by_differences(layers[i], [&](const Wide& w) {
                       Layers changed = layers;
                       changed[i] = w;
                       return loss(tokens, memory, changed);
                   }));
    }
}

QKV_TEST("the bias of the keys never learns anything; those of values and output get what comes from above",
         "键的偏置永远学不到东西；值和输出的偏置得到上面传来的全部", "[multi_head]") {
    const MultiHeadWeights weights = golden_weights(2);
    const RowVector above = golden("heads/upstream").colwise().sum();
    const MultiHeadGradients back =
        learner::multi_head_attention_backward(golden("heads/tokens"), golden("heads/memory"), weights,
                                               golden_mask("attention/mask"), golden("heads/upstream"));
    CHECK_THAT(back.weights.key.bias, Equals(Matrix::Zero(1, 6)));
    CHECK_THAT(back.weights.output.bias, Equals(above));
    CHECK_THAT(back.weights.value.bias, Equals(above * weights.output.weight.transpose()));
}

QKV_TEST("a memory row that nobody sees gets no gradient and changes none",
         "谁也看不到的记忆行得不到梯度，也不改变任何梯度", "[multi_head]") {
    const Mask mask = golden_mask("attention/mask");  // row 1 is hidden from all
    const MultiHeadWeights weights = golden_weights(2);
    const Matrix tokens = golden("heads/tokens"), upstream = golden("heads/upstream");
    Matrix memory = golden("heads/memory");
    const MultiHeadGradients back = learner::multi_head_attention_backward(tokens, memory, weights, mask, upstream);
    CHECK_THAT(back.memory.row(1), Equals(Matrix::Zero(1, 5)));
    memory.row(1).setConstant(1000);
    const MultiHeadGradients back_with_another_row =
        learner::multi_head_attention_backward(tokens, memory, weights, mask, upstream);
    CHECK_THAT(back_with_another_row.tokens, SameAs(back.tokens));
    CHECK_THAT(back_with_another_row.memory, SameAs(back.memory));
    CHECK_THAT(back_with_another_row.weights.key.weight, SameAs(back.weights.key.weight));
    CHECK_THAT(back_with_another_row.weights.value.weight, SameAs(back.weights.value.weight));
}

QKV_TEST("all gradients of multi-head attention are linear in the upstream gradient",
         "多头注意力的所有梯度对上游梯度都是线性的", "[multi_head]") {
    const MultiHeadWeights weights = golden_weights(3);
    const Matrix tokens = golden("heads/tokens"), memory = golden("heads/memory");
    const Matrix upstream = golden("heads/upstream"), other = upstream.rowwise().reverse();
    const auto back_of = [&](const Matrix& from) {
        return learner::multi_head_attention_backward(tokens, memory, weights, Mask(), from);
    };
    const MultiHeadGradients first = back_of(upstream), second = back_of(other),
                             of_both = back_of(3 * upstream - other);
    CHECK_THAT(of_both.tokens, SameAs(3 * first.tokens - second.tokens));
    CHECK_THAT(of_both.memory, SameAs(3 * first.memory - second.memory));
    const std::vector<Matrix> firsts = listed(first.weights), seconds = listed(second.weights);
    const std::vector<Matrix> boths = listed(of_both.weights);
    for (std::size_t i = 0; i < boths.size(); ++i) CHECK_THAT(boths[i], SameAs(3 * firsts[i] - seconds[i]));
}

QKV_TEST("without tokens all gradients are zero; without memory, too, or a refusal",
         "没有词元时所有梯度为零；没有记忆时也是，或拒绝调用", "[multi_head]") {
    const MultiHeadWeights weights = golden_weights(2);
    const MultiHeadGradients back =
        learner::multi_head_attention_backward(Matrix(0, 6), golden("heads/memory"), weights, Mask(), Matrix(0, 6));
    CHECK_THAT(back.tokens, Equals(Matrix(0, 6)));
    CHECK_THAT(back.memory, Equals(Matrix::Zero(7, 5)));
    CHECK_THAT(back.weights.key.weight, Equals(Matrix::Zero(5, 6)));
    CHECK_THAT(back.weights.output.bias, Equals(Matrix::Zero(1, 6)));
    const Matrix upstream = golden("heads/upstream");
    const auto without_memory = unless_refused(learner::multi_head_attention_backward, golden("heads/tokens"),
                                               Matrix(0, 5), weights, Mask(), upstream);
    if (without_memory) CHECK_THAT(without_memory->weights.output.bias, Equals(upstream.colwise().sum()));
}

QKV_TEST("heads that cannot be cut, and shapes that do not fit, are errors", "无法平分的头数和不符的形状是错误",
         "[multi_head]") {
    const Matrix tokens = golden("heads/tokens"), memory = golden("heads/memory");
    const Matrix upstream = golden("heads/upstream");
    const Mask mask = golden_mask("attention/mask");
    check_refused(learner::multi_head_attention_backward, Misfits("tokens, memory, weights, mask, upstream", tokens,
                                                                  memory, golden_weights(2), mask, upstream));
    for (const int wrong : {0, -1, -2, 4, 5, 7, 12}) {
        CHECK_THROWS_AS(learner::multi_head_attention_backward(tokens, memory, golden_weights(wrong), mask, upstream),
                        std::invalid_argument);
    }
}

QKV_TEST("in self-attention a sequence gets both gradients, tokens and memory",
         "自注意力中，序列得到词元和记忆两份梯度", "[multi_head]") {
    MultiHeadWeights weights = golden_weights(3);
    weights.key = linear_at("self/key"), weights.value = linear_at("self/value");
    const Matrix tokens = golden("heads/tokens");
    Mask causal = Mask::Constant(4, 4, true);
    for (Index i = 0; i < 4; ++i) causal.row(i).tail(3 - i).setConstant(false);
    const MultiHeadGradients back =
        learner::multi_head_attention_backward(tokens, tokens, weights, causal, golden("heads/upstream"));
    CHECK_THAT(back.tokens + back.memory, Equals(golden("self/of/tokens")));
    CHECK_THAT(back.weights.key.weight, Equals(golden("self/of/key/weight")));
}

QKV_TEST("PyTorch finds the same gradients of multi-head attention: two heads, three heads, with a mask",
         "PyTorch 求出的多头注意力梯度与此相同：两个头、三个头、带掩码", "[multi_head]") {
    const Matrix tokens = golden("heads/tokens"), memory = golden("heads/memory");
    const Matrix upstream = golden("heads/upstream");
    check_heads(learner::multi_head_attention_backward(tokens, memory, golden_weights(2), Mask(), upstream),
                "heads/two");
    check_heads(learner::multi_head_attention_backward(tokens, memory, golden_weights(3), Mask(), upstream),
                "heads/three");
    check_heads(learner::multi_head_attention_backward(tokens, memory, golden_weights(2), golden_mask("attention/mask"),
                                                       upstream),
                "heads/masked");
}
