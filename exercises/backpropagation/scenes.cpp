// What gradients look like: ./grade show backpropagation.
#include "testing/scene.hpp"

#include "remote.hpp"

#include <cmath>

namespace {

using namespace backpropagation;
using namespace qkv::testing;

const std::vector<std::string> words = words_of("the cat sat because it was tired");

/// Words as vectors: the animal and what refers to it point the same way.
const Matrix meanings{{0.2, 0.1, -0.3, 0.1}, {2, 0.5, 0, -0.5}, {0, 1.5, 0.5, 0},  {-0.3, 0, 0.2, 0.4},
                      {2.2, 0, 0.3, 0.2},    {0, 0.7, 1, 0.3},  {1.5, 0.2, 1.2, 0}};

Mask causal(Index n) {
    Mask mask(n, n);
    for (Index i = 0; i < n; ++i) {
        for (Index j = 0; j < n; ++j) mask(i, j) = j <= i;
    }
    return mask;
}

/// A softmax of one row.
RowVector distribution(const RowVector& scores) {
    RowVector shares = (scores.array() - scores.maxCoeff()).exp();
    return shares /= shares.sum();
}

}  // namespace

QKV_SCENE("Which words learn from one word's mistake?", "一个词错了，哪些词跟着学？", "[attention]") {
    const auto n = static_cast<Index>(words.size());
    Matrix blame(n, n);
    for (Index i = 0; i < n; ++i) {
        // Only word i is told that its output should be another.
        Matrix upstream = Matrix::Zero(n, 4);
        upstream.row(i).setOnes();
        const AttentionGradients back = learner::attention_backward(meanings, meanings, meanings, causal(n), upstream);
        REQUIRE_THAT(back.value, Pictured(n, 4));
        blame.row(i) = back.value.rowwise().norm().transpose() / 2;
    }
    say(
        {"Row i: only word i got a gradient from above. How much of it arrives at the value of each word? As much as "
         "the "
         "word was looked at, and nothing from the future: the mask holds on the way back, too.",
         "第 i 行：只有第 i 个词从上面得到梯度。每个词的值分到多少？被看了多少，就分到多少；未来的词一点也没有：掩码在"
         "回程中同样有效。"});
    show({"length of the gradient of each word's value", "每个词的值的梯度长度"}, blame, words, words);
}

QKV_SCENE("Why are scores divided by the root of d_k?", "打分为什么要除以 d_k 的平方根？", "[softmax]") {
    const RowVector scores{{3, 1, 0, -1, -2}};
    RowVector upstream = RowVector::Zero(5);
    upstream(1) = 1;  // key 1 should have got more
    Matrix weights(5, 5), gradients(5, 5);
    for (Index i = 0; i < 5; ++i)
        weights.row(i) = distribution(scores * std::ldexp(Scalar{1}, static_cast<int>(i) - 1));
    const Matrix back = learner::softmax_backward(weights, upstream.replicate(5, 1));
    REQUIRE_THAT(back, Pictured(5, 5));
    gradients = back.cwiseAbs();
    const std::vector<std::string> factors{"x 0.5", "x 1", "x 2", "x 4", "x 8"};
    say(
        {"The same scores, multiplied by 0.5 to 8. Key 1 should have got more weight. The surer the softmax is, the "
         "less "
         "comes back; at last nothing does, and it cannot learn that it was wrong.",
         "同样的打分，分别乘以 0.5 到 8。键 1 本该得到更多权重。softmax "
         "越肯定，传回的就越少；最后什么也传不回，它再也学不到自己错了。"});
    show({"weights", "权重"}, weights, factors, 5);
    show({"size of the gradient of each score", "每个打分的梯度大小"}, gradients, factors, 5);
}

QKV_SCENE("What was said, what was due", "说的与应有的", "[cross_entropy]") {
    const Matrix logits{{4, 1, 0, 0}, {0, 0, 0, 0}, {1, 4, 0, -1}};
    Matrix gradients(6, 4);
    for (Index i = 0; i < 2; ++i) {
        const CrossEntropy found = learner::cross_entropy(logits, {0, 0, 0}, i == 0 ? Scalar{0} : Scalar(0.4));
        REQUIRE_THAT(found.gradient, Pictured(3, 4));
        gradients.middleRows(3 * i, 3) = found.gradient.cwiseAbs();
    }
    say(
        {"Class 0 is right, three times. The first token knows it, the second has no idea, the third is wrong. With "
         "smoothing, who is sure and right is pulled back a little, too.",
         "三次的正确答案都是类别 0。第一个词元知道，第二个一无所知，第三个错了。有平滑时，又肯定又正确的也会被往回拉一"
         "点。"});
    show({"size of the gradient: three tokens without smoothing, then with 0.4",
          "梯度的大小：先是没有平滑的三个词元，再是平滑 0.4 的"},
         gradients,
         {std::vector<std::string>{"sure", "no idea", "wrong", "sure 0.4", "no idea 0.4", "wrong 0.4"},
          {"有把握", "不知道", "答错", "有把握 0.4", "不知道 0.4", "答错 0.4"}},
         4);
}
