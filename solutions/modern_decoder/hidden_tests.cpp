// Hidden tests of `modern_decoder`: random shapes and values against the reference.
#include "testing/hidden.hpp"

#include "cases.hpp"
#include "remote.hpp"

namespace cases = modern_decoder::cases;
using namespace qkv;
using modern_decoder::Model;
using modern_decoder::Settings;
using qkv::testing::check_random_cases;
using qkv::testing::Never;

namespace {

/// Settings that the header lets no block have, whatever its weights are.
bool cannot_be(const Settings& settings) {
    return settings.n_groups < 1 || settings.n_heads < 1 || settings.n_heads % settings.n_groups != 0 ||
           settings.window < 1 || settings.sinks < 0 || !(settings.base > 0);
}

/// What is not read need not be checked.
struct MayRefuseModel {
    bool operator()(const auto& arguments) const {
        const Model& model = std::get<1>(arguments);
        return model.blocks.empty() && cannot_be(model.settings);
    }
};

/// The output, too.
struct MayRefuseOutput {
    bool operator()(const auto& arguments) const {
        const Model& model = std::get<1>(arguments);
        const bool fits = !model.output || (model.output->rows() == model.embedding.cols() &&
                                            model.output->cols() == model.embedding.rows());
        return MayRefuseModel{}(arguments) || !fits;
    }
};

/// Of two logits that differ by digits alone, either may be the larger.
struct CloseCalls : MayRefuseModel {
    bool leaves_out(const auto& arguments) const {
        const auto& [prompt, model, end, most_new] = arguments;
        if (most_new < 1) return false;
        try {
            TokenIds text = prompt;
            for (Index turn = 0; turn < most_new; ++turn) {
                const RowVector last = modern_decoder::logits(text, model).bottomRows(1);
                Index best = 0;
                const Scalar most = last.maxCoeff(&best);
                for (Index other = 0; other < last.size(); ++other) {
                    const bool zeros = most == 0 && last(other) == 0;  // equal however a product is summed
                    if (other != best && !zeros && last(other) > most - Scalar(1e-6) * (1 + std::abs(most)))
                        return true;
                }
                if (best == end) break;
                text.push_back(static_cast<int>(best));
            }
        } catch (const std::invalid_argument&) {  // not asked
            return false;
        }
        return false;
    }
};

}  // namespace

QKV_RANDOM_CASES_AND_MISFITS(modern_decoder, rms_norm, "rms_norm", Never{})
QKV_RANDOM_CASES_AND_MISFITS(modern_decoder, rotate_pairs, "rotary", Never{})
QKV_RANDOM_CASES_AND_MISFITS(modern_decoder, rotate_halves, "rotary", Never{})
QKV_RANDOM_CASES_AND_MISFITS(modern_decoder, halves_from_pairs, "layouts", Never{})
QKV_RANDOM_CASES_AND_MISFITS(modern_decoder, swiglu, "swiglu", Never{})
QKV_RANDOM_CASES_AND_MISFITS(modern_decoder, grouped_attention, "grouped", Never{})
QKV_RANDOM_CASES_AND_MISFITS(modern_decoder, window_mask, "window", Never{})
QKV_RANDOM_CASES_AND_MISFITS(modern_decoder, run_block, "block", Never{})
QKV_RANDOM_CASES_AND_MISFITS(modern_decoder, hidden_states, "model", MayRefuseOutput{})
QKV_RANDOM_CASES_AND_MISFITS(modern_decoder, logits, "model", MayRefuseModel{})
QKV_RANDOM_CASES_AND_MISFITS(modern_decoder, continue_text, "continuation", CloseCalls{})

// Numbers out of range are refused, whatever the others are.

QKV_TEST("random norms whose epsilon is not greater than 0", "随机用例：epsilon 不大于 0", "[rms_norm]") {
    for (const double epsilon : {0., -0.5}) {
        const auto generate = [epsilon](Case& drawn) {
            auto [tokens, gain, its] = cases::rms_norm(drawn);
            return std::tuple{tokens, gain, static_cast<Scalar>(epsilon)};
        };
        check_random_cases(learner::rms_norm, modern_decoder::rms_norm, generate);
    }
}

QKV_TEST("random rotations whose base is not greater than 0", "随机用例：base 不大于 0", "[rotary]") {
    for (const double base : {0., -10.}) {
        const auto generate = [base](Case& drawn) {
            auto [head, offset, its] = cases::rotation(drawn);
            return std::tuple{head, offset, static_cast<Scalar>(base)};
        };
        check_random_cases(learner::rotate_pairs, modern_decoder::rotate_pairs, generate);
        check_random_cases(learner::rotate_halves, modern_decoder::rotate_halves, generate);
    }
}

QKV_TEST("random masks of less than no tokens, no window, and less than no sinks",
         "随机用例：词元数为负、没有窗口、汇点数为负", "[window]") {
    for (const int which : {0, 1, 2}) {
        const auto generate = [which](Case& drawn) {
            auto [n_tokens, window, sinks] = cases::window_mask(drawn);
            if (which == 0) n_tokens = -1;
            if (which == 1) window = 0;
            if (which == 2) sinks = -1;
            return std::tuple{n_tokens, window, sinks};
        };
        check_random_cases(learner::window_mask, modern_decoder::window_mask, generate);
    }
}

QKV_TEST("random blocks whose base or epsilon is not greater than 0", "随机用例：块的 base 或 epsilon 不大于 0",
         "[block]") {
    for (const bool of_base : {false, true}) {
        const auto generate = [of_base](Case& drawn) {
            auto [tokens, block, settings] = cases::run_block(drawn);
            (of_base ? settings.base : settings.epsilon) = 0;
            return std::tuple{tokens, block, settings};
        };
        check_random_cases(learner::run_block, modern_decoder::run_block, generate);
    }
}
