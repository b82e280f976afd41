// The grader of `decoding`. A test's name states a law; its body sets the scene, calls your function and holds what
// comes back against the law. Golden values are PyTorch's attention, softmax, topk and sort, an enumeration of all
// sentences, and NumPy's.
#include "testing/tests.hpp"
#include "golden_model.hpp"
#include "remote.hpp"
#include "testing/misfits.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

using namespace qkv;
using namespace qkv::testing;
using namespace decoding::tests;
using decoding::Cache;
using decoding::CachedAttention;
using decoding::Model;
using decoding::Sampling;

namespace {

/// The golden sequence from token `first` on, `count` of them.
CachedAttention attend_golden(Index first, Index count, const Cache& cache) {
    const Matrix query = golden("cache/query"), key = golden("cache/key"), value = golden("cache/value");
    return learner::attend_cached(query.middleRows(first, count), key.middleRows(first, count),
                                  value.middleRows(first, count), cache);
}
const Cache no_tokens{Matrix(0, 5), Matrix(0, 3)};

}  // namespace

// ------------------------------------------------------------------------------------------- cache

QKV_TEST("the two new tokens of the statement's example see the cache, and the second sees the first",
         "题目算例中的两个新词元看得到缓存，第二个还看得到第一个", "[cache]") {
    const auto [output, cache] = learner::attend_cached(example_query, example_key, example_value, example_cache);
    CHECK_THAT(output,
               Equals(Matrix{{1.4205124847200241, 1.5752103826044412}, {2.7276223812785374, 0.46555335461147695}}));
    CHECK_THAT(cache.keys, Equals(Matrix{{2, 0, 0, 0}, {0, 2, 0, 0}, {0, 2, 2, 0}, {2, 0, 0, 2}}));
    CHECK_THAT(cache.values, Equals(Matrix{{1, 0}, {0, 1}, {2, 2}, {4, 0}}));
}

QKV_TEST("with an empty cache it is causal attention", "缓存为空时，就是因果注意力", "[cache]") {
    const auto [output, cache] = attend_golden(0, 7, no_tokens);
    CHECK_THAT(output, Equals(golden("cache/full")));
    CHECK_THAT(cache.keys, Equals(golden("cache/key")));
    CHECK_THAT(cache.values, Equals(golden("cache/value")));
}

QKV_TEST("wherever the sequence is split, both halves together are the whole", "无论在哪里切开，两段合起来都等于整体",
         "[cache]") {
    const Matrix full = golden("cache/full");
    for (Index split = 1; split < 7; ++split) {
        const auto before = attend_golden(0, split, no_tokens);
        const auto after = attend_golden(split, 7 - split, before.cache);
        CHECK_THAT(before.output, Equals(full.topRows(split)));
        CHECK_THAT(after.output, Equals(full.bottomRows(7 - split)));
        CHECK_THAT(after.cache.keys, Equals(golden("cache/key")));
        CHECK_THAT(after.cache.values, Equals(golden("cache/value")));
    }
}

QKV_TEST("token by token, every row is that of the whole sequence", "一个词元一个词元地来，每一行都与整体计算的相同",
         "[cache]") {
    const Matrix full = golden("cache/full");
    Cache cache = no_tokens;
    for (Index t = 0; t < 7; ++t) {
        const auto step = attend_golden(t, 1, cache);
        CHECK_THAT(step.output, Equals(full.row(t)));
        cache = step.cache;
    }
}

QKV_TEST("a new token alone sees everything in the cache, and itself", "单个新词元看得到缓存里的一切，也看得到自己",
         "[cache]") {
    const Cache cache{filled(99, 2, 0), filled(99, 3, 1)};
    const auto step = learner::attend_cached(Matrix{{3, -1}}, Matrix{{0, 0}}, Matrix{{101, 1, -99}}, cache);
    CHECK_THAT(step.output, Equals(Matrix{{2, 1, 0}}));
    CHECK(step.cache.keys.rows() == 100);
}

QKV_TEST("scores of 10000 are no trouble, also where the future is hidden", "打分达到一万也没问题，未来被遮住时也一样",
         "[cache]") {
    const Cache cache{Matrix{{100, 0, 0, 0}, {0, 100, 0, 0}}, Matrix{{1, 2}, {3, 4}}};
    const Matrix query{{-200, 0, 0, 0}, {0, 200, 0, 0}}, key{{100, 0, 0, 0}, {0, 50, 0, 0}}, value{{5, 6}, {7, 8}};
    CHECK_THAT(learner::attend_cached(query, key, value, cache).output, Equals(Matrix{{3, 4}, {3, 4}}));
    const Matrix away{{-200, -200, 0, 0}};
    const auto far = learner::attend_cached(away, Matrix{{100, 0, 0, 0}}, Matrix{{5, 9}}, cache);
    CHECK_THAT(far.output, Equals(Matrix{{3, 5}}));
}

QKV_TEST("the future stays hidden where all scores are below minus a trillion", "打分都低于负一万亿时，未来仍然被遮住",
         "[cache]") {
    const Cache cache{Matrix{{1e6}}, Matrix{{3}}};
    const auto low = learner::attend_cached(Matrix{{-4e6}, {-4e6}}, Matrix{{2e6}, {5e5}}, Matrix{{5}, {7}}, cache);
    CHECK_THAT(low.output, Equals(Matrix{{3}, {7}}));
}

QKV_TEST("new tokens that do not fit each other or the cache are an error", "新词元之间或与缓存不匹配是错误",
         "[cache]") {
    const Matrix query = golden("cache/query"), key = golden("cache/key"), value = golden("cache/value");
    const Cache cache{key.topRows(4), value.topRows(4)};
    const Matrix new_query = query.middleRows(4, 2), new_key = key.middleRows(4, 2), new_value = value.middleRows(4, 2);
    check_refused(learner::attend_cached, Misfits("query, key, value, cache", new_query, new_key, new_value, cache));
    CHECK_THROWS_AS(learner::attend_cached(new_query, new_key, new_value, Cache{Matrix(0, 4), Matrix(0, 3)}),
                    std::invalid_argument);
    CHECK_THROWS_AS(learner::attend_cached(new_query, new_key, new_value, Cache{Matrix(0, 5), Matrix(0, 4)}),
                    std::invalid_argument);
}

// ------------------------------------------------------------------------------------------ logits

QKV_TEST("the statement's logits are penalized and made a distribution", "题目算例中的 logits 先受惩罚，再变成分布",
         "[logits]") {
    const Matrix penalized = learner::penalize_repetition(example_logits, {0, 2}, 2);
    CHECK_THAT(penalized, Equals(Matrix{{1, 1, -2, 0}}));
    const RowVector logits{{1, 1, -2, 0}};
    CHECK_THAT(learner::probabilities(logits, 1),
               Equals(Matrix{{0.4136219764199625, 0.4136219764199625, 0.02059302561847168, 0.1521630215416033}}));
    CHECK_THAT(learner::probabilities(logits, 0.5),
               Equals(Matrix{{0.4677675342358212, 0.4677675342358212, 0.0011594797936608971, 0.06330545173469679}}));
}

QKV_TEST("a token that was said becomes less likely, whatever the sign of its logit",
         "说过的词元可能性变小，无论它的 logit 是正是负", "[logits]") {
    const RowVector logits{{3, -3, 0, 5, -5}};
    CHECK_THAT(learner::penalize_repetition(logits, {0, 1, 2}, 1.5), Equals(Matrix{{2, -4.5, 0, 5, -5}}));
    CHECK_THAT(learner::penalize_repetition(logits, {4, 3}, 4), Equals(Matrix{{3, -3, 0, 1.25, -20}}));
}

QKV_TEST("however often it was said, it is penalized once", "说过多少次都只罚一次", "[logits]") {
    CHECK_THAT(learner::penalize_repetition(RowVector{{8, -8, 8}}, {0, 1, 0, 0, 1}, 2), Equals(Matrix{{4, -16, 8}}));
}

QKV_TEST("a penalty of 1, or nothing said, changes nothing; below 1 it is a reward",
         "惩罚为 1，或什么都还没说，就什么也不变；小于 1 则成了奖励", "[logits]") {
    const RowVector logits = golden("logits/logits");
    CHECK_THAT(learner::penalize_repetition(logits, {0, 3, 8}, 1), Equals(logits));
    CHECK_THAT(learner::penalize_repetition(logits, {}, 1.5), Equals(logits));
    CHECK_THAT(learner::penalize_repetition(RowVector{{3, -3, 1}}, {0, 1}, 0.5), Equals(Matrix{{6, -1.5, 1}}));
}

QKV_TEST("penalized logits are PyTorch's", "受罚后的 logits 与 PyTorch 相同", "[logits]") {
    CHECK_THAT(learner::penalize_repetition(golden("logits/logits"), {1, 2, 1, 5, 1}, Scalar(1.3)),
               Equals(golden("logits/penalized")));
}

QKV_TEST("probabilities are PyTorch's, cold and hot", "冷或热，概率都与 PyTorch 相同", "[logits]") {
    const RowVector logits = golden("logits/logits");
    CHECK_THAT(learner::probabilities(logits, 1), Equals(golden("logits/at_1")));
    CHECK_THAT(learner::probabilities(logits, Scalar(0.3)), Equals(golden("logits/at_cold")));
    CHECK_THAT(learner::probabilities(logits, Scalar(2.5)), Equals(golden("logits/at_hot")));
}

QKV_TEST("at temperature 0 the best has it all, of equal ones the lowest id",
         "温度为 0 时最大的独占全部，相等时归编号最小的", "[logits]") {
    CHECK_THAT(learner::probabilities(RowVector{{1, 4, -2, 4, 3}}, 0), Equals(Matrix{{0, 1, 0, 0, 0}}));
    CHECK_THAT(learner::probabilities(RowVector{{-5, -7, -1, -3}}, 0), Equals(Matrix{{0, 0, 1, 0}}));
}

QKV_TEST("logits of 1000 and of -1000 are no trouble", "logits 为 1000 或 -1000 也没问题", "[logits]") {
    CHECK_THAT(learner::probabilities(RowVector{{1000, 1000, -1000}}, 0.5), Equals(Matrix{{0.5, 0.5, 0}}));
    CHECK_THAT(learner::probabilities(RowVector{{-1000, -1000, -1000, -1000}}, 0.25), Equals(filled(1, 4, 0.25)));
}

QKV_TEST("however cold, logits that are as close together keep their shares: only 0 is 0",
         "温度再低，靠得同样近的 logits 仍各有份额：只有 0 才是 0", "[logits]") {
    const Matrix shares{{0.24472847105479764, 0.6652409557748219, 0.09003057317038046}};
    for (const int exponent : {-20, -30, -40}) {
        const Scalar cold = std::ldexp(Scalar{1}, exponent);
        CHECK_THAT(learner::probabilities(RowVector{{0, cold, -cold}}, cold), Equals(shares));
    }
}

QKV_TEST("an endless heat makes all tokens equal", "热到极点，所有词元机会均等", "[logits]") {
    CHECK_THAT(learner::probabilities(RowVector{{3, -2, 1, 0, 2}}, Scalar(1e15)), Equals(filled(1, 5, 0.2)));
}

QKV_TEST("ids without a logit, no logits, and numbers out of range are errors",
         "编号没有对应的 logit、没有 logits、数值越界，都是错误", "[logits]") {
    for (const int id : {-1, 4, 1000}) {
        CHECK_THROWS_AS(learner::penalize_repetition(example_logits, {0, id}, 2), std::invalid_argument);
        CHECK_THROWS_AS(learner::penalize_repetition(example_logits, {id}, 1), std::invalid_argument);
    }
    for (const double penalty : {0., -1.}) {
        CHECK_THROWS_AS(learner::penalize_repetition(example_logits, {0}, Scalar(penalty)), std::invalid_argument);
        CHECK_THROWS_AS(learner::penalize_repetition(example_logits, {}, Scalar(penalty)), std::invalid_argument);
    }
    CHECK_THROWS_AS(learner::probabilities(example_logits, Scalar(-0.5)), std::invalid_argument);
    CHECK_THROWS_AS(learner::probabilities(RowVector(0), 1), std::invalid_argument);
    CHECK_THROWS_AS(learner::probabilities(RowVector(0), 0), std::invalid_argument);
}

// ------------------------------------------------------------------------------------------- top_k

QKV_TEST("the two most probable tokens of the statement's distribution share all",
         "题目的分布里，最可能的两个词元分掉全部", "[top_k]") {
    CHECK_THAT(learner::top_k(example_distribution, 3), Equals(Matrix{{0, 3, 2, 2}} / 7));
    CHECK_THAT(learner::top_k(example_distribution, 2), Equals(Matrix{{0, 0.6, 0.4, 0}}));
}

QKV_TEST("of equal tokens the lower id comes first, and exactly k are kept", "概率相等时编号小的在先，恰好留下 k 个",
         "[top_k]") {
    const RowVector equals{{0.125, 0.25, 0.125, 0.125, 0.25, 0.125}};
    CHECK_THAT(learner::top_k(equals, 2), Equals(Matrix{{0, 0.5, 0, 0, 0.5, 0}}));
    CHECK_THAT(learner::top_k(equals, 1), Equals(Matrix{{0, 1, 0, 0, 0, 0}}));
    CHECK_THAT(learner::top_k(equals, 3), Equals(Matrix{{0.2, 0.4, 0, 0, 0.4, 0}}));
    CHECK_THAT(learner::top_k(equals, 4), Equals(Matrix{{1, 2, 1, 0, 2, 0}} / 6));
    CHECK_THAT(learner::top_k(equals, 5), Equals(Matrix{{1, 2, 1, 1, 2, 0}} / 7));
}

QKV_TEST("of a hundred equal tokens the first forty are kept", "一百个相等的词元，留下前四十个", "[top_k]") {
    RowVector kept = RowVector::Zero(100);
    kept.head(40).setConstant(Scalar{1} / 40);
    CHECK_THAT(learner::top_k(RowVector::Constant(100, Scalar{1} / 100), 40), Equals(kept));
}

QKV_TEST("the smallest difference is no tie", "再小的差别也不算并列", "[top_k]") {
    const Scalar little = std::numeric_limits<Scalar>::epsilon() / 4;
    CHECK_THAT(learner::top_k(RowVector{{0.25, Scalar{0.25} - little, Scalar{0.25} + little, 0.25}}, 1),
               Equals(Matrix{{0, 0, 1, 0}}));
}

QKV_TEST("with k as large as the vocabulary, or larger, nothing is changed", "k 等于或超过词表大小时什么也不变",
         "[top_k]") {
    for (const Index k : {Index{4}, Index{5}, Index{1000}, std::numeric_limits<Index>::max()})
        CHECK_THAT(learner::top_k(example_distribution, k), Equals(example_distribution));
}

QKV_TEST("kept tokens are PyTorch's topk, for every k", "对每个 k，留下的都与 PyTorch 的 topk 相同", "[top_k]") {
    const Matrix kept = golden("filter/top_k");
    for (Index k = 1; k <= 9; ++k)
        CHECK_THAT(learner::top_k(golden("filter/distribution"), k), Equals(kept.row(k - 1)));
}

QKV_TEST("a k below 1 is an error", "k 小于 1 是错误", "[top_k]") {
    for (const Index k : {0, -1, -5}) CHECK_THROWS_AS(learner::top_k(example_distribution, k), std::invalid_argument);
}

// ------------------------------------------------------------------------------------------- top_p

QKV_TEST("the nuclei of the statement's distribution come out", "题目分布的几个核都正确", "[top_p]") {
    CHECK_THAT(learner::top_p(example_distribution, 0.5), Equals(Matrix{{0, 0.6, 0.4, 0}}));
    CHECK_THAT(learner::top_p(example_distribution, Scalar(0.7)), Equals(Matrix{{0, 3, 2, 2}} / 7));
}

QKV_TEST("the token that crosses p is kept, and it is the last", "跨过 p 的词元留下，并且是最后一个", "[top_p]") {
    const RowVector distribution{{0.0625, 0.5, 0.125, 0.3125}};
    CHECK_THAT(learner::top_p(distribution, 0.5625), Equals(Matrix{{0, 8, 0, 5}} / 13));
    CHECK_THAT(learner::top_p(distribution, 0.75), Equals(Matrix{{0, 8, 0, 5}} / 13));
    CHECK_THAT(learner::top_p(distribution, 0.875), Equals(Matrix{{0, 8, 2, 5}} / 15));
}

QKV_TEST("where the sum is exactly p, no more are taken", "和恰好等于 p 时，不再多取", "[top_p]") {
    CHECK_THAT(learner::top_p(example_distribution, 0.375), Equals(Matrix{{0, 1, 0, 0}}));
    CHECK_THAT(learner::top_p(example_distribution, 0.625), Equals(Matrix{{0, 0.6, 0.4, 0}}));
    CHECK_THAT(learner::top_p(example_distribution, 0.875), Equals(Matrix{{0, 3, 2, 2}} / 7));
}

QKV_TEST("one token is always kept, however small p is", "p 再小，也总留下一个词元", "[top_p]") {
    CHECK_THAT(learner::top_p(example_distribution, Scalar(1e-9)), Equals(Matrix{{0, 1, 0, 0}}));
}

QKV_TEST("of equal tokens the lower id is taken first", "概率相等时先取编号小的", "[top_p]") {
    const RowVector equals{{0.125, 0.25, 0.125, 0.125, 0.25, 0.125}};
    CHECK_THAT(learner::top_p(equals, 0.25), Equals(Matrix{{0, 1, 0, 0, 0, 0}}));
    CHECK_THAT(learner::top_p(equals, 0.625), Equals(Matrix{{0.2, 0.4, 0, 0, 0.4, 0}}));
    CHECK_THAT(learner::top_p(equals, 0.75), Equals(Matrix{{1, 2, 1, 0, 2, 0}} / 6));
}

QKV_TEST("with p = 1 nothing is changed", "p 为 1 时什么也不变", "[top_p]") {
    CHECK_THAT(learner::top_p(example_distribution, 1), Equals(example_distribution));
    const RowVector rounded = RowVector::Constant(10, Scalar(0.1));
    CHECK_THAT(learner::top_p(rounded, 1), Equals(rounded));
}

QKV_TEST("a p that is almost 1 is a limit, too", "p 接近 1 时仍然起作用", "[top_p]") {
    const Scalar almost = 1 - Scalar{0x1p-14};
    CHECK_THAT(learner::top_p(RowVector{{1 - almost, almost}}, almost), Equals(Matrix{{0, 1}}));
}

QKV_TEST("the smallest difference between the sum and p counts", "和与 p 之间再小的差别也算数", "[top_p]") {
    const Scalar little = in_double ? Scalar{0x1p-30} : Scalar{0x1p-20};
    const RowVector distribution{{0.5, Scalar{0.25} - little, Scalar{0.25} + little}};
    const Scalar sum = Scalar{0.75} + little;  // of the two most probable
    CHECK_THAT(learner::top_p(distribution, sum),
               Equals(Matrix{{Scalar{0.5} / sum, 0, (Scalar{0.25} + little) / sum}}));
    CHECK_THAT(learner::top_p(distribution, sum + little), Equals(distribution));
}

QKV_TEST("of a hundred equal tokens, half the probability is the first fifty", "一百个相等的词元，一半概率就是前五十个",
         "[top_p]") {
    RowVector kept = RowVector::Zero(128);
    kept.head(64).setConstant(Scalar{1} / 64);
    CHECK_THAT(learner::top_p(RowVector::Constant(128, Scalar{1} / 128), 0.5), Equals(kept));
}

QKV_TEST("nuclei are PyTorch's, for every p", "对每个 p，核都与 PyTorch 相同", "[top_p]") {
    const Matrix kept = golden("filter/top_p");
    const double ps[] = {0.05, 0.3, 0.6, 0.8, 0.95, 0.999, 1.0};
    for (Index i = 0; i < 7; ++i)
        CHECK_THAT(learner::top_p(golden("filter/distribution"), Scalar(ps[i])), Equals(kept.row(i)));
}

QKV_TEST("a p that is 0, negative or above 1 is an error", "p 为 0、为负或大于 1 是错误", "[top_p]") {
    for (const double p : {0., -0.5, 1.5, 1 + 1e-6})
        CHECK_THROWS_AS(learner::top_p(example_distribution, Scalar(p)), std::invalid_argument);
}

// ---------------------------------------------------------------------------------------- sampling

QKV_TEST("the statement's uniform numbers fall on its tokens; a border belongs to the right one",
         "题目里的均匀随机数落在各自的词元上；分界点属于右边", "[sampling]") {
    CHECK(learner::sample(example_distribution, 0) == 0);
    CHECK(learner::sample(example_distribution, Scalar(0.1)) == 0);
    CHECK(learner::sample(example_distribution, 0.125) == 1);
    CHECK(learner::sample(example_distribution, Scalar(0.4)) == 1);
    CHECK(learner::sample(example_distribution, 0.5) == 2);
    CHECK(learner::sample(example_distribution, 0.75) == 3);
    CHECK(learner::sample(example_distribution, Scalar(0.99)) == 3);
}

QKV_TEST("of evenly spread uniform numbers, each token gets its share exactly",
         "均匀铺开的随机数里，每个词元恰好得到自己的那一份", "[sampling]") {
    const RowVector distribution{{0.25, 0, 0.0625, 0.5, 0.1875, 0}};
    RowVector share = RowVector::Zero(6);
    for (int i = 0; i < 32; ++i) {
        const int token = learner::sample(distribution, static_cast<Scalar>(2 * i + 1) / 64);
        REQUIRE((token >= 0 && token < 6));
        share(token) += Scalar{1} / 32;
    }
    CHECK_THAT(share, Equals(distribution));
}

QKV_TEST("a token of probability 0 is never drawn, at neither end and at no border",
         "概率为 0 的词元永远抽不到，无论在两端还是分界处", "[sampling]") {
    const RowVector distribution{{0, 0.5, 0, 0, 0.5, 0}};
    CHECK(learner::sample(distribution, 0) == 1);
    CHECK(learner::sample(distribution, 0.5) == 4);
    CHECK(learner::sample(distribution, std::nextafter(Scalar{1}, Scalar{0})) == 4);
}

QKV_TEST("where rounding leaves the sum below 1, the last possible token takes what is left",
         "舍入使总和略小于 1 时，剩下的归最后一个可能的词元", "[sampling]") {
    RowVector tenths = RowVector::Constant(12, Scalar(0.1));
    tenths.tail(2).setZero();
    CHECK(learner::sample(tenths, std::nextafter(Scalar{1}, Scalar{0})) == 9);
    const RowVector thirds{{Scalar(0.3333333), Scalar(0.3333333), Scalar(0.3333333), 0}};  // sum 0.9999999
    CHECK(learner::sample(thirds, std::nextafter(Scalar{1}, Scalar{0})) == 2);
}

QKV_TEST("the smallest difference between the number and a border counts", "随机数与分界点之间再小的差别也算数",
         "[sampling]") {
    const Scalar little = in_double ? Scalar{0x1p-30} : Scalar{0x1p-20};
    const RowVector distribution{{Scalar{0.25} + little, Scalar{0.75} - little}};
    CHECK(learner::sample(distribution, 0.25) == 0);
    CHECK(learner::sample(distribution, Scalar{0.25} + little) == 1);
}

QKV_TEST("a hundred tokens are drawn alike", "一百个词元也同样抽取", "[sampling]") {
    const RowVector even = RowVector::Constant(128, Scalar{1} / 128);
    for (const int token : {0, 1, 63, 64, 100, 127})
        CHECK(learner::sample(even, (static_cast<Scalar>(token) + Scalar{0.5}) / 128) == token);
}

QKV_TEST("a uniform number below 0, or of 1 or more, is an error", "均匀随机数小于 0，或大于等于 1，是错误",
         "[sampling]") {
    for (const double uniform : {-1e-9, -1., 1., 1.5})
        CHECK_THROWS_AS(learner::sample(example_distribution, Scalar(uniform)), std::invalid_argument);
}

// -------------------------------------------------------------------------------------- generation

QKV_TEST("the statement's model says b b and ends; at temperature 0 it says a a and ends",
         "题目的模型说 b b 然后结束；温度为 0 时说 a a 然后结束", "[generation]") {
    const Model model = example_model();
    const RowVector uniforms{{0.6, 0.1, 0.7}};
    CHECK_THAT(as_row(learner::generate(model, 0, 0, {1, 1, 2, 1}, uniforms)), Equals(Matrix{{2, 2, 0}}));
    CHECK_THAT(as_row(learner::generate(model, 0, 0, {1, 0, 2, 1}, uniforms)), Equals(Matrix{{1, 1, 0}}));
}

QKV_TEST("with neutral settings the next distribution is the softmax", "各项设置都取中性值时，下一个分布就是 softmax",
         "[generation]") {
    const RowVector logits = golden("logits/logits");
    CHECK_THAT(learner::next_distribution(logits, {3, 1, 3}, as_it_is), Equals(golden("logits/at_1")));
}

QKV_TEST("first the k best, and of these the nucleus", "先取最好的 k 个，再从中取核", "[generation]") {
    const RowVector logits{{log_of(0.2), log_of(0.4), log_of(0.1), log_of(0.3)}};
    CHECK_THAT(learner::next_distribution(logits, {}, {1, 1, 2, Scalar(0.55)}), Equals(Matrix{{0, 1, 0, 0}}));
    CHECK_THAT(learner::next_distribution(logits, {}, {1, 1, 3, Scalar(0.55)}), Equals(Matrix{{0, 4, 0, 3}} / 7));
}

QKV_TEST("the penalty is for logits, before the temperature; the nucleus is that of the tempered distribution",
         "惩罚作用于 logits，在温度之前；核取自调过温度的分布", "[generation]") {
    const RowVector logits{{log_of(0.25), 2 * log_of(0.5), 2 * log_of(0.75), log_of(0.125)}};
    // Token 3 was said: log(1/8) becomes 2 log(1/8). Then all are halved: 1/2, 1/2, 3/4, 1/8.
    const Matrix tempered = Matrix{{4, 4, 6, 1}} / 15;
    CHECK_THAT(learner::next_distribution(logits, {3}, {2, 2, 4, 1}), Equals(tempered));
    CHECK_THAT(learner::next_distribution(logits, {3}, {2, 2, 4, Scalar(0.7)}), Equals(Matrix{{4, 4, 6, 0}} / 14));
    CHECK_THAT(learner::next_distribution(logits, {3}, {2, 2, 3, 1}), Equals(Matrix{{4, 4, 6, 0}} / 14));
}

QKV_TEST("the next distribution is PyTorch's", "下一个分布与 PyTorch 相同", "[generation]") {
    const RowVector logits = golden_model("generate/model")[0].row(4);
    CHECK_THAT(learner::next_distribution(logits, {6, 4, 4, 1}, {1.25, Scalar(0.8), 5, Scalar(0.9)}),
               Equals(golden("generate/next")));
}

QKV_TEST("each step asks its own table, in the row of the token before", "每一步查自己的表，用前一个词元那一行",
         "[generation]") {
    const RowVector uniforms{{0.1, 0.9, 0.5, 0.3, 0.7}};
    CHECK_THAT(as_row(learner::generate(counting(7, 5), 2, -1, as_it_is, uniforms)), Equals(Matrix{{3, 5, 1, 5, 3}}));
}

QKV_TEST("it ends with the end token, at once or later; a number that is no token never ends it",
         "一抽到结束词元就停，早晚都可能；不是词元的编号永远不会使它结束", "[generation]") {
    const Model model = counting(7, 5);
    const RowVector uniforms{{0.1, 0.9, 0.5, 0.3, 0.7}};
    CHECK_THAT(as_row(learner::generate(model, 2, 3, as_it_is, uniforms)), Equals(Matrix{{3}}));
    CHECK_THAT(as_row(learner::generate(model, 2, 1, as_it_is, uniforms)), Equals(Matrix{{3, 5, 1}}));
    for (const int end : {-1, 7, 1000})
        CHECK_THAT(as_row(learner::generate(model, 2, end, as_it_is, uniforms)), Equals(Matrix{{3, 5, 1, 5, 3}}));
}

QKV_TEST("what stands before the first word counts as said", "第一个词之前的那个词元也算说过", "[generation]") {
    // After token 1, token 1 would come; penalized by a million it is as likely as token 0.
    const Model model{Matrix{{0, 0}, {0, 3}}};
    CHECK_THAT(as_row(learner::generate(model, 1, -1, {1e6, 1, 2, 1}, RowVector{{0.25}})), Equals(Matrix{{0}}));
    CHECK_THAT(as_row(learner::generate(model, 1, -1, {1, 1, 2, 1}, RowVector{{0.25}})), Equals(Matrix{{1}}));
}

QKV_TEST("a large penalty lets nothing be said twice before everything was said once",
         "惩罚足够大时，全都说过一遍之前，什么也不会说第二遍", "[generation]") {
    const Model model(4, Matrix{{9, 8, 7, 6, 5}, {9, 8, 7, 6, 5}, {9, 8, 7, 6, 5}, {9, 8, 7, 6, 5}, {9, 8, 7, 6, 5}});
    CHECK_THAT(as_row(learner::generate(model, 2, -1, {100, 0, 5, 1}, RowVector{{0.5, 0.5, 0.5, 0.5}})),
               Equals(Matrix{{0, 1, 3, 4}}));
}

QKV_TEST("whole sentences are PyTorch's, with all settings and without any",
         "整句与 PyTorch 相同，无论用上全部设置还是都不用", "[generation]") {
    const Model model = golden_model("generate/model");
    const Matrix uniforms = golden("generate/uniforms");
    const Sampling all{1.25, Scalar(0.8), 5, Scalar(0.9)};
    CHECK_THAT(as_row(learner::generate(model, 6, 3, all, uniforms.row(0))), Equals(golden("generate/all")));
    CHECK_THAT(as_row(learner::generate(model, 6, -1, all, uniforms.row(0))), Equals(golden("generate/endless")));
    CHECK_THAT(as_row(learner::generate(model, 6, 3, {1, 1, 7, 1}, uniforms.row(1))), Equals(golden("generate/plain")));
    CHECK_THAT(as_row(learner::generate(model, 6, 3, {2, 1.5, 6, 0.75}, uniforms.row(2))),
               Equals(golden("generate/hot")));
}

QKV_TEST("tables and uniform numbers that do not fit, no table, and a start that is no token are errors",
         "表与随机数不匹配、没有表、起始词元不存在，都是错误", "[generation]") {
    const Model model = counting(4, 3);
    const RowVector uniforms{{0.1, 0.9, 0.5}};
    check_refused(learner::generate,
                  Misfits("model, start, end, settings, uniforms", model, 2, -1, as_it_is, uniforms));
    CHECK_THROWS_AS(learner::generate({}, 0, -1, as_it_is, RowVector(0)), std::invalid_argument);
    for (const int start : {-1, 4, 100})
        CHECK_THROWS_AS(learner::generate(model, start, -1, as_it_is, uniforms), std::invalid_argument);
}

QKV_TEST("what one of the parts refuses is refused here", "任何一部分拒绝的，这里也要拒绝", "[generation]") {
    const Model model = counting(4, 3);
    const RowVector uniforms{{0.1, 0.9, 0.5}};
    for (const Sampling& wrong : {Sampling{0, 1, 2, 1}, Sampling{1, -1, 2, 1}, Sampling{1, 1, 0, 1},
                                  Sampling{1, 1, 2, 0}, Sampling{1, 1, 2, 1.5}}) {
        CHECK_THROWS_AS(learner::generate(model, 2, -1, wrong, uniforms), std::invalid_argument);
        CHECK_THROWS_AS(learner::next_distribution(example_logits, {0}, wrong), std::invalid_argument);
    }
    for (const Sampling& wrong : {Sampling{1, 0, 0, 1}, Sampling{1, 0, 2, 0}, Sampling{1, 0, 2, 1.5}})
        CHECK_THROWS_AS(learner::next_distribution(example_logits, {0}, wrong), std::invalid_argument);
    CHECK_THROWS_AS(learner::next_distribution(example_logits, {4}, as_it_is), std::invalid_argument);
    CHECK_THROWS_AS(learner::generate(model, 2, -1, as_it_is, RowVector{{0.5, 1, 0.5}}), std::invalid_argument);
}

// -------------------------------------------------------------------------------------------- beam

QKV_TEST("a beam of two finds what a beam of one misses: the statement's example",
         "宽度为二的束找到宽度为一时错过的：题目的例子", "[beam]") {
    const auto two = learner::beam_search(example_model(), 0, 0, 2, 0);
    REQUIRE(two.size() == 2);
    CHECK_THAT(ids_of(two), Equals(Matrix{{2, 2, 0}, {1, 0, -1}}));
    CHECK_THAT(log_probabilities_of(two), Equals(Matrix{{log_of(0.324), log_of(0.15)}}));
    CHECK_THAT(scores_of(two), Equals(Matrix{{log_of(0.324), log_of(0.15)}}));
    const auto one = learner::beam_search(example_model(), 0, 0, 1, 0);
    CHECK_THAT(ids_of(one), Equals(Matrix{{1, 0}}));
}

QKV_TEST("normalised by the length, the longer sentence of the statement's example comes second",
         "按长度归一化之后，题目例子里排第二的换成了更长的句子", "[beam]") {
    const auto found = learner::beam_search(example_model(), 0, 0, 2, 1);
    REQUIRE(found.size() == 2);
    CHECK_THAT(ids_of(found), Equals(Matrix{{2, 2, 0}, {1, 1, 0}}));
    CHECK_THAT(log_probabilities_of(found), Equals(Matrix{{log_of(0.324), log_of(0.135)}}));
    CHECK_THAT(scores_of(found), Equals(Matrix{{log_of(0.324) / 3, log_of(0.135) / 3}}));
}

QKV_TEST("what is finished takes no place in the beam", "说完的不占束里的位置", "[beam]") {
    // The end is the most probable in each step; the beam of one goes on all the same.
    const Matrix row{{0.6, 0.4}, {0.6, 0.4}};
    const auto found = learner::beam_search(model_of({row, row, row}), 0, 0, 1, 4);
    REQUIRE(found.size() == 1);
    CHECK_THAT(as_row(found[0].ids), Equals(Matrix{{1, 1, 0}}));
    CHECK_THAT(one(found[0].score), Equals(one(log_of(0.096) / 81)));
}

QKV_TEST("what ends is finished, however unlikely: here the least probable word of a beam of one",
         "说完的就算说完，无论多不可能：这里是宽度为一的束里最不可能的词", "[beam]") {
    // All other beginnings lose more in the step that follows.
    const Matrix first = RowVector{{0.375, 0.25, 0.25, 0.125}}.replicate(4, 1), later = filled(4, 4, 0.25);
    const auto found = learner::beam_search(model_of({first, later, later}), 0, 3, 1, 0);
    REQUIRE(found.size() == 1);
    CHECK_THAT(as_row(found[0].ids), Equals(Matrix{{3}}));
    CHECK_THAT(one(found[0].score), Equals(one(log_of(0.125))));
}

QKV_TEST("what is cut short after the last step counts, too", "最后一步之后还没说完的也算数", "[beam]") {
    const Matrix row{{0.125, 0.875}, {0.125, 0.875}};
    const auto found = learner::beam_search(model_of({row, row}), 1, 0, 9, 0);
    REQUIRE(found.size() == 3);
    CHECK_THAT(ids_of(found), Equals(Matrix{{1, 1}, {0, -1}, {1, 0}}));
    CHECK_THAT(log_probabilities_of(found), Equals(Matrix{{2 * log_of(0.875), log_of(0.125), log_of(0.109375)}}));
}

QKV_TEST("a beam that is wide enough finds the best of all sentences, in their order",
         "束足够宽时，找到的就是所有句子里最好的，次序也对", "[beam]") {
    const Model model = golden_model("beam/model");
    for (const std::string name : {"0", "75", "200"}) {
        const auto found = learner::beam_search(model, 0, 2, 81, Scalar(std::stoi(name)) / 100);
        REQUIRE(found.size() == 81);
        CHECK_THAT(ids_of(found), Equals(golden("beam/all_" + name + "/ids")));
        CHECK_THAT(log_probabilities_of(found), Equals(golden("beam/all_" + name + "/log_probabilities")));
        CHECK_THAT(scores_of(found), Equals(golden("beam/all_" + name + "/scores")));
    }
}

QKV_TEST("there are never more hypotheses than sentences: 121", "假设不会比句子多：一共 121 个", "[beam]") {
    CHECK(learner::beam_search(golden_model("beam/model"), 0, 2, 500, 1).size() == 121);
}

QKV_TEST("narrow beams find what NumPy's find", "窄的束找到的与 NumPy 相同", "[beam]") {
    const Model model = golden_model("beam/model");
    for (const Index width : {1, 2, 3, 5}) {
        for (const std::string alpha : {"0", "75", "200"}) {
            const std::string name = "beam/" + std::to_string(width) + "_" + alpha;
            const auto found = learner::beam_search(model, 0, 2, width, Scalar(std::stoi(alpha)) / 100);
            CHECK_THAT(ids_of(found), Equals(golden(name + "/ids")));
            CHECK_THAT(log_probabilities_of(found), Equals(golden(name + "/log_probabilities")));
            CHECK_THAT(scores_of(found), Equals(golden(name + "/scores")));
        }
    }
}

QKV_TEST("only differences of logits count: each row may be moved by its own number",
         "只有 logits 之差算数：每一行都可以加上各自的一个数", "[beam]") {
    Model model = golden_model("beam/model");
    for (Index t = 0; t < 4; ++t) {
        for (Index i = 0; i < 4; ++i)
            model[static_cast<std::size_t>(t)].row(i).array() += static_cast<Scalar>(2 * i - 3 * t);
    }
    const auto found = learner::beam_search(model, 0, 2, 3, 0.75);
    CHECK_THAT(ids_of(found), Equals(golden("beam/3_75/ids")));
    CHECK_THAT(scores_of(found), Equals(golden("beam/3_75/scores")));
}

QKV_TEST("what is most unlikely still has a log probability: logits of 0 and -2000, of 10000 and 10000",
         "再不可能的也有对数概率：logits 为 0 与 -2000，或同为 10000", "[beam]") {
    const auto far = learner::beam_search({Matrix{{0, -2000}, {0, 0}}}, 0, -1, 2, 0);
    CHECK_THAT(ids_of(far), Equals(Matrix{{0}, {1}}));
    CHECK_THAT(log_probabilities_of(far), Equals(Matrix{{0, -2000}}));
    const auto large = learner::beam_search({Matrix{{10000, 10000}, {0, 0}}}, 0, -1, 2, 0);
    CHECK_THAT(log_probabilities_of(large), Equals(filled(1, 2, log_of(0.5))));
}

QKV_TEST("six hundred steps are no trouble: the probability is below every number, its logarithm is not",
         "六百步也没问题：概率小到没有数能表示，它的对数却不会", "[beam]") {
    const Index steps = in_double ? 600 : 90;  // float has no numbers below 1e-45
    const auto found = learner::beam_search(Model(static_cast<std::size_t>(steps), filled(4, 4, 7)), 3, -1, 2, 1);
    REQUIRE(found.size() == 2);
    CHECK_THAT(as_row(found[0].ids), Equals(filled(1, steps, 0)));
    CHECK_THAT(one(found[0].log_probability), Equals(one(static_cast<Scalar>(steps) * log_of(0.25))));
    CHECK_THAT(scores_of(found), Equals(filled(1, 2, log_of(0.25))));
}

QKV_TEST("ties: what stands first in the beam, then the lower id; of finished ones the earlier",
         "并列时先看束里的次序，再看编号；说完的先看谁早", "[beam]") {
    const Model even(2, filled(3, 3, 1));
    for (const Scalar alpha : {0, 1}) {
        CHECK_THAT(ids_of(learner::beam_search(even, 0, 1, 9, alpha)),
                   Equals(Matrix{{1, -1}, {0, 1}, {2, 1}, {0, 0}, {0, 2}, {2, 0}, {2, 2}}));
    }
    CHECK_THAT(ids_of(learner::beam_search(Model(2, filled(4, 4, 0)), 0, -1, 3, 1)),
               Equals(Matrix{{0, 0}, {0, 1}, {0, 2}}));
    const Matrix skewed{{0.25, 0.25, 0.5}, {0.25, 0.25, 0.5}, {0.25, 0.25, 0.5}};
    CHECK_THAT(ids_of(learner::beam_search(model_of({skewed, skewed}), 0, -1, 4, 0)),
               Equals(Matrix{{2, 2}, {2, 0}, {2, 1}, {0, 2}}));
}

QKV_TEST("that the best is finished ends nothing: what comes second may still go on",
         "最好的说完了，搜索也不停：第二好的可能还没说完", "[beam]") {
    const Matrix first = RowVector{{0.375, 0.125, 0.5}}.replicate(3, 1);
    const Matrix second = RowVector{{0.75, 0.125, 0.125}}.replicate(3, 1);
    const Matrix third = RowVector{{0.125, 0.125, 0.75}}.replicate(3, 1);
    const auto found = learner::beam_search(model_of({first, second, third}), 0, 2, 2, 0);
    CHECK_THAT(ids_of(found), Equals(Matrix{{2, -1, -1}, {0, 0, 2}}));
    CHECK_THAT(scores_of(found), Equals(Matrix{{log_of(0.5), log_of(0.2109375)}}));
}

QKV_TEST("with a large alpha the longer wins", "alpha 大，长的占优", "[beam]") {
    const Matrix first{{0.55, 0.45}, {0.5, 0.5}}, later{{0.5, 0.5}, {0.1, 0.9}};
    const Model model = model_of({first, later, later});
    CHECK_THAT(as_row(learner::beam_search(model, 0, 0, 1, 0)[0].ids), Equals(Matrix{{0}}));
    CHECK_THAT(as_row(learner::beam_search(model, 0, 0, 1, 1)[0].ids), Equals(Matrix{{1, 1, 1}}));
}

QKV_TEST("no beam, a negative alpha, tables that do not fit, and a start that is no token are errors",
         "束宽小于 1、alpha 为负、表不匹配、起始词元不存在，都是错误", "[beam]") {
    const Model model = golden_model("beam/model");
    CHECK_THROWS_AS(learner::beam_search(model, 0, 2, 0, 1), std::invalid_argument);
    CHECK_THROWS_AS(learner::beam_search(model, 0, 2, -1, 1), std::invalid_argument);
    CHECK_THROWS_AS(learner::beam_search(model, 0, 2, 2, Scalar(-0.5)), std::invalid_argument);
    CHECK_THROWS_AS(learner::beam_search({}, 0, 2, 2, 1), std::invalid_argument);
    for (const int start : {-1, 4, 100})
        CHECK_THROWS_AS(learner::beam_search(model, start, 2, 2, 1), std::invalid_argument);
    const Misfits misfits("model, start, end, beam_width, alpha", model, 0, 2, Index{3}, Scalar(1));
    check_refused(learner::beam_search, misfits.except({"model.size()"}));
}

// ------------------------------------------------------------------------------------- speculative

QKV_TEST("acceptance and residual of the statement's example come out", "题目算例中的接受概率和剩余分布都正确",
         "[speculative]") {
    const double due[] = {0.5, 1, 1, 1};
    for (int token = 0; token < 4; ++token) {
        CHECK_THAT(one(learner::acceptance(example_target, example_draft, token)),
                   Equals(one(static_cast<Scalar>(due[token]))));
    }
    CHECK_THAT(learner::residual(example_target, example_draft), Equals(Matrix{{0, 0, 0.5, 0.5}}));
}

QKV_TEST("two rounds of the statement's example: all stay and one more is drawn, or the second is replaced",
         "题目算例的两轮：全部保留并再抽一个，或者第二个被换掉", "[speculative]") {
    Matrix draft(2, 4), target(3, 4);
    draft << example_draft, example_draft;
    target << example_target, example_target, RowVector{{0.5, 0.5, 0, 0}};
    const Scalar last = Scalar(0.24);
    CHECK_THAT(as_row(learner::speculate({1, 0}, draft, target, RowVector{{0.9, 0.4}}, last)),
               Equals(Matrix{{1, 0, 0}}));
    CHECK_THAT(as_row(learner::speculate({1, 0}, draft, target, RowVector{{0.9, 0.5}}, last)), Equals(Matrix{{1, 2}}));
}

QKV_TEST("what is accepted and what replaces the rejected add up to the target, whatever the draft",
         "接受的与替换被拒的加起来正好是目标分布，无论草稿怎样", "[speculative]") {
    const RowVector even = RowVector::Constant(6, Scalar{1} / 6), golden_target = golden("speculative/target");
    const RowVector certain{{0, 0, 1, 0, 0, 0}}, half{{0.5, 0.25, 0, 0, 0.25, 0}};
    for (const RowVector& target : {golden_target, even, certain, half}) {
        for (const RowVector& draft : {RowVector(golden("speculative/draft")), even, half, golden_target}) {
            const RowVector left = learner::residual(target, draft);
            REQUIRE(left.size() == 6);
            RowVector said = RowVector::Zero(6);
            Scalar rejected = 0;
            for (int token = 0; token < 6; ++token) {
                if (draft(token) == 0) continue;
                const Scalar stays = learner::acceptance(target, draft, token);
                said(token) += draft(token) * stays;
                rejected += draft(token) * (1 - stays);
            }
            said += rejected * left;
            CHECK_THAT(said, Equals(target));
        }
    }
}

QKV_TEST("over all drafts and evenly spread uniform numbers, a round says what the target says",
         "对所有草稿和均匀铺开的随机数，一轮说出的正是目标分布", "[speculative]") {
    Matrix target(2, 4);
    target << example_target, RowVector{{1, 0, 0, 0}};
    RowVector said = RowVector::Zero(4);
    for (int drafted = 0; drafted < 4; ++drafted) {
        for (const double uniform : {0.25, 0.75}) {
            for (const double last : {0.24, 0.74}) {
                const TokenIds round =
                    learner::speculate({drafted}, example_draft, target, RowVector{{Scalar(uniform)}}, Scalar(last));
                REQUIRE((!round.empty() && round[0] >= 0 && round[0] < 4));
                said(round[0]) += example_draft(drafted) / 4;
            }
        }
    }
    CHECK_THAT(said, Equals(example_target));
}

QKV_TEST("acceptance is never above 1; what the target never says is never accepted",
         "接受概率不超过 1；目标从来不说的，永远不接受", "[speculative]") {
    const RowVector target{{0, 0.75, 0.25}}, draft{{0.5, 0.25, 0.25}};
    CHECK_THAT(one(learner::acceptance(target, draft, 0)), Equals(one(0)));
    CHECK_THAT(one(learner::acceptance(target, draft, 1)), Equals(one(1)));
    CHECK_THAT(one(learner::acceptance(target, draft, 2)), Equals(one(1)));
    const Matrix both{{0, 0.75, 0.25}, {0, 0, 1}};
    CHECK_THAT(as_row(learner::speculate({0}, draft, both, RowVector{{0}}, Scalar(0.74))), Equals(Matrix{{1}}));
}

QKV_TEST("where draft and target agree, everything stays and nothing is left", "草稿与目标一致时，全部保留，也没有剩余",
         "[speculative]") {
    const RowVector target = golden("speculative/target");
    CHECK_THAT(learner::residual(target, target), Equals(target));
    for (int token = 0; token < 6; ++token) CHECK_THAT(one(learner::acceptance(target, target, token)), Equals(one(1)));
    const Scalar largest = std::nextafter(Scalar{1}, Scalar{0});
    const TokenIds round = learner::speculate({5, 0, 3}, target.replicate(3, 1), target.replicate(4, 1),
                                              RowVector::Constant(3, largest), 0);
    CHECK_THAT(as_row(round), Equals(Matrix{{5, 0, 3, 0}}));
}

QKV_TEST("however little is left, it is shared out; however unlikely a drafted token was, it is judged",
         "剩余再少也要分配；草稿词元再不可能也要判定", "[speculative]") {
    const Scalar little = std::ldexp(Scalar{1}, std::numeric_limits<Scalar>::digits == 53 ? -42 : -20);
    const RowVector target{{0.5, 0.25, 0.25}},
        draft{{Scalar{0.5} - little, Scalar{0.25} + 2 * little, Scalar{0.25} - little}};
    CHECK_THAT(learner::residual(target, draft), Equals(Matrix{{0.5, 0, 0.5}}));
    const RowVector rare{{little, 1 - little}}, twice{{2 * little, 1 - 2 * little}};
    CHECK_THAT(one(learner::acceptance(rare, twice, 0)), Equals(one(0.5)));
}

QKV_TEST("acceptance and residual have NumPy's values", "接受概率与剩余分布和 NumPy 相同", "[speculative]") {
    const RowVector target = golden("speculative/target"), draft = golden("speculative/draft");
    const Matrix accepted = golden("speculative/accepted");
    for (int token = 0; token < 6; ++token)
        CHECK_THAT(one(learner::acceptance(target, draft, token)), Equals(one(accepted(0, token))));
    CHECK_THAT(learner::residual(target, draft), Equals(golden("speculative/residual")));
}

QKV_TEST("what comes after the first rejected token is thrown away, though it might have stayed",
         "第一个被拒的词元之后的全部作废，即使它们本可以保留", "[speculative]") {
    const Matrix draft = example_draft.replicate(4, 1), target = example_target.replicate(5, 1);
    const auto round = [&](const RowVector& uniforms) {
        return as_row(learner::speculate({0, 1, 0, 2}, draft, target, uniforms, Scalar(0.24)));
    };
    CHECK_THAT(round(RowVector{{0.625, 0, 0, 0}}), Equals(Matrix{{2}}));
    CHECK_THAT(round(RowVector{{0.25, 0.75, 0.5, 0}}), Equals(Matrix{{0, 1, 2}}));
    CHECK_THAT(round(RowVector{{0.25, 0.75, 0.375, 0.875}}), Equals(Matrix{{0, 1, 0, 2, 0}}));
}

QKV_TEST("each token is judged by its own rows", "每个词元由自己的那两行来判定", "[speculative]") {
    const Matrix draft{{0.5, 0.5, 0}, {0.25, 0.5, 0.25}, {0.125, 0.125, 0.75}};
    const Matrix target{{0.25, 0.75, 0}, {0.5, 0.25, 0.25}, {0.75, 0.0625, 0.1875}, {0, 0.5, 0.5}};
    const auto round = [&](const RowVector& uniforms, Scalar last) {
        return as_row(learner::speculate({0, 1, 2}, draft, target, uniforms, last));
    };
    CHECK_THAT(round(RowVector{{0.375, 0.375, 0.125}}, 0.25), Equals(Matrix{{0, 1, 2, 1}}));
    CHECK_THAT(round(RowVector{{0.375, 0.375, 0.125}}, 0.5), Equals(Matrix{{0, 1, 2, 2}}));
    CHECK_THAT(round(RowVector{{0.375, 0.375, 0.25}}, Scalar(0.76)), Equals(Matrix{{0, 1, 0}}));
    CHECK_THAT(round(RowVector{{0.375, 0.5, 0.125}}, Scalar(0.72)), Equals(Matrix{{0, 0}}));
    CHECK_THAT(round(RowVector{{0.5, 0.375, 0.125}}, Scalar(0.26)), Equals(Matrix{{1}}));
}

QKV_TEST("without drafted tokens the target says one", "没有草稿时，由目标说一个", "[speculative]") {
    CHECK_THAT(as_row(learner::speculate({}, Matrix(0, 4), example_target, RowVector(0), Scalar(0.6))),
               Equals(Matrix{{2}}));
}

QKV_TEST("two distributions of different vocabularies, and tokens that cannot have been drawn, are errors",
         "两个分布词表不同，或词元不可能是抽出来的，都是错误", "[speculative]") {
    check_refused(learner::acceptance, Misfits("target, draft, token", example_target, example_draft, 0));
    check_refused(learner::residual, Misfits("target, draft", example_target, example_draft));
    for (const int token : {-1, 4, 100})
        CHECK_THROWS_AS(learner::acceptance(example_target, example_draft, token), std::invalid_argument);
    CHECK_THROWS_AS(learner::acceptance(example_target, RowVector{{0.5, 0.5, 0, 0}}, 2), std::invalid_argument);
}

QKV_TEST("rounds that do not fit together are errors, also where an earlier token is rejected",
         "一轮里互相不匹配是错误，即使前面的词元已被拒绝也一样", "[speculative]") {
    const Matrix draft = example_draft.replicate(2, 1), target = example_target.replicate(3, 1);
    const RowVector uniforms{{0.75, 0.25}};
    check_refused(learner::speculate, Misfits("drafted, draft, target, uniforms, last", TokenIds{0, 1}, draft, target,
                                              uniforms, Scalar(0.5)));
    CHECK_THROWS_AS(learner::speculate({}, Matrix(0, 3), example_target, RowVector(0), 0.5), std::invalid_argument);
    for (const int token : {-1, 4})
        CHECK_THROWS_AS(learner::speculate({0, token}, draft, target, uniforms, 0.5), std::invalid_argument);
    Matrix never = draft;
    never.row(1) << 0.5, 0, 0.25, 0.25;
    CHECK_THROWS_AS(learner::speculate({0, 1}, never, target, uniforms, 0.5), std::invalid_argument);
    for (const double wrong : {-0.5, 1., 2.}) {
        CHECK_THROWS_AS(learner::speculate({0, 1}, draft, target, uniforms, Scalar(wrong)), std::invalid_argument);
        CHECK_THROWS_AS(learner::speculate({0, 1}, draft, target, RowVector{{0.75, Scalar(wrong)}}, 0.5),
                        std::invalid_argument);
    }
}
