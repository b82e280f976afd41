// Hidden tests of `decoding`: random shapes and values against the reference.
#include "testing/hidden.hpp"

#include "cases.hpp"
#include "remote.hpp"

namespace cases = decoding::cases;
using namespace qkv;
using decoding::Sampling;
using qkv::testing::check_random_cases;

namespace {

/// What a function does with a row that is no distribution is its own affair.
struct OfDistributions : qkv::testing::Never {
    bool leaves_out(const auto& arguments) const { return !cases::is_distribution(std::get<0>(arguments)); }
};

}  // namespace

QKV_RANDOM_CASES_AND_MISFITS(decoding, attend_cached, "cache", qkv::testing::Never{})
QKV_RANDOM_CASES_AND_MISFITS(decoding, penalize_repetition, "logits", qkv::testing::Never{})
QKV_RANDOM_CASES_AND_MISFITS(decoding, probabilities, "logits", qkv::testing::Never{})
QKV_RANDOM_CASES_AND_MISFITS(decoding, top_k, "top_k", OfDistributions{})
QKV_RANDOM_CASES_AND_MISFITS(decoding, top_p, "top_p", OfDistributions{})
QKV_RANDOM_CASES_AND_MISFITS(decoding, sample, "sampling", OfDistributions{})
QKV_RANDOM_CASES_AND_MISFITS(decoding, next_distribution, "generation", qkv::testing::Never{})
QKV_RANDOM_CASES_AND_MISFITS(decoding, generate, "generation", qkv::testing::Never{})
QKV_RANDOM_CASES_AND_MISFITS(decoding, beam_search, "beam", qkv::testing::Never{})
QKV_RANDOM_CASES_AND_MISFITS(decoding, acceptance, "speculative", qkv::testing::Never{})
QKV_RANDOM_CASES_AND_MISFITS(decoding, residual, "speculative", qkv::testing::Never{})
QKV_RANDOM_CASES_AND_MISFITS(decoding, speculate, "speculative", qkv::testing::Never{})

// Numbers out of range are refused, whatever the others are.

QKV_TEST("random logits, and ids that have none", "随机用例：编号没有对应的 logit", "[logits]") {
    for (const int beyond : {-1, 0, 7}) {
        const auto generate = [beyond](Case& drawn) {
            auto [logits, said, penalty] = cases::penalize_repetition(drawn);
            const int wrong = beyond < 0 ? beyond : static_cast<int>(logits.size()) + beyond;
            said.insert(drawn.one_of(2) == 0 ? said.begin() : said.end(), wrong);
            return std::tuple{logits, said, penalty};
        };
        check_random_cases(learner::penalize_repetition, decoding::penalize_repetition, generate);
    }
}

QKV_TEST("random penalties that are not greater than 0, temperatures below 0", "随机用例：惩罚不大于 0，温度小于 0",
         "[logits]") {
    for (const double wrong : {-1e-9, -2.}) {
        const auto of_penalty = [wrong](Case& drawn) {
            auto [logits, said, penalty] = cases::penalize_repetition(drawn);
            return std::tuple{logits, said, drawn.one_of(2) == 0 ? Scalar{0} : static_cast<Scalar>(wrong)};
        };
        check_random_cases(learner::penalize_repetition, decoding::penalize_repetition, of_penalty);
        const auto of_temperature = [wrong](Case& drawn) {
            auto [logits, temperature] = cases::probabilities(drawn);
            return std::tuple{logits, static_cast<Scalar>(wrong)};
        };
        check_random_cases(learner::probabilities, decoding::probabilities, of_temperature);
    }
}

QKV_TEST("random distributions of which nothing shall be kept", "随机用例：一个也不留", "[top_k]") {
    for (const Index k : {0, -1, -100}) {
        const auto generate = [k](Case& drawn) {
            auto [row, right] = cases::top_k(drawn);
            return std::tuple{row, k};
        };
        check_random_cases(learner::top_k, decoding::top_k, generate);
    }
}

QKV_TEST("random distributions and a p outside 0 to 1", "随机用例：p 超出 0 到 1", "[top_p]") {
    for (const double p : {0., -1e-9, 1 + 1e-6, 3.}) {
        const auto generate = [p](Case& drawn) {
            auto [row, right] = cases::top_p(drawn);
            return std::tuple{row, static_cast<Scalar>(p)};
        };
        check_random_cases(learner::top_p, decoding::top_p, generate);
    }
}

QKV_TEST("random distributions and uniform numbers outside 0 to 1", "随机用例：均匀随机数超出 0 到 1", "[sampling]") {
    for (const double uniform : {-1e-9, 1., 1 + 1e-6, -3.}) {
        const auto generate = [uniform](Case& drawn) {
            auto [row, right] = cases::sample(drawn);
            return std::tuple{row, static_cast<Scalar>(uniform)};
        };
        check_random_cases(learner::sample, decoding::sample, generate);
    }
}

QKV_TEST("random settings of which one is out of range", "随机用例：有一项设置越界", "[generation]") {
    for (const int which : {0, 1, 2, 3}) {
        const auto spoil = [which](Sampling settings) {
            if (which == 0) settings.repetition_penalty = 0;
            if (which == 1) settings.temperature = -1;
            if (which == 2) settings.top_k = 0;
            if (which == 3) settings.top_p = 0;
            return settings;
        };
        const auto of_next = [&](Case& drawn) {
            auto [logits, said, settings] = cases::next_distribution(drawn);
            return std::tuple{logits, said, spoil(settings)};
        };
        check_random_cases(learner::next_distribution, decoding::next_distribution, of_next);
        const auto of_generate = [&](Case& drawn) {
            auto [model, start, end, settings, uniforms] = cases::generate(drawn);
            return std::tuple{model, start, end, spoil(settings), uniforms};
        };
        check_random_cases(learner::generate, decoding::generate, of_generate);
    }
}

QKV_TEST("random beams without a beam, with a negative alpha, or from a token that does not exist",
         "随机用例：束宽小于 1、alpha 为负、起始词元不存在", "[beam]") {
    for (const int which : {0, 1, 2, 3}) {
        const auto generate = [which](Case& drawn) {
            auto [model, start, end, width, alpha] = cases::beam_search(drawn);
            if (which == 0) width = 0;
            if (which == 1) alpha = Scalar(-1e-6);
            if (which == 2) start = static_cast<int>(model[0].rows());
            if (which == 3) start = -1;
            return std::tuple{model, start, end, width, alpha};
        };
        check_random_cases(learner::beam_search, decoding::beam_search, generate);
    }
}

QKV_TEST("random drafts of a token that cannot have been drawn", "随机用例：草稿词元不可能抽到", "[speculative]") {
    for (const int which : {0, 1, 2}) {
        const auto generate = [which](Case& drawn) {
            auto [target, draft, token] = cases::acceptance(drawn);
            if (which == 0) token = -1;
            if (which == 1) token = static_cast<int>(target.size());
            if (which == 2) draft(token) = 0;
            return std::tuple{target, draft, token};
        };
        check_random_cases(learner::acceptance, decoding::acceptance, generate);
    }
}

QKV_TEST("random rounds with a number out of range", "随机用例：一轮之中有随机数越界", "[speculative]") {
    for (const double wrong : {-1e-9, 1.}) {
        const auto generate = [wrong](Case& drawn) {
            auto [drafted, draft, target, uniforms, last] = cases::speculate(drawn);
            const bool at_the_end = drawn.one_of(2) == 0 || uniforms.size() == 0;
            (at_the_end ? last : uniforms(uniforms.size() - 1)) = static_cast<Scalar>(wrong);
            return std::tuple{drafted, draft, target, uniforms, last};
        };
        check_random_cases(learner::speculate, decoding::speculate, generate);
    }
}
