// Hidden tests of `word_pronunciation`: random models against the reference, which also says what is refused; and all
// words that the trained model has never read, against PyTorch.
#include "testing/hidden.hpp"

#include "cases.hpp"
#include "golden_model.hpp"
#include "remote.hpp"

using qkv::testing::Never;

namespace {

namespace tests = word_pronunciation::tests;

constexpr auto may_refuse = [](const auto& arguments) { return word_pronunciation::cases::may_refuse(arguments); };

/// Without sources nobody reads the model, and whether it fits need not be checked.
constexpr auto may_refuse_to_speak = [](const auto& arguments) {
    return may_refuse(arguments) || (std::get<0>(arguments).empty() && std::get<2>(arguments) >= 1);
};

/// What comes after the last cross-attention may be checked or not.
constexpr auto may_refuse_to_look = [](const auto& arguments) {
    if (may_refuse(arguments)) return true;
    return !qkv::testing::answer_of(word_pronunciation::next_log_probabilities, arguments) &&
           qkv::testing::answer_of(word_pronunciation::align, arguments);
};

struct NoCloseCalls {
    bool operator()(const auto& arguments) const { return may_refuse(arguments); }
    bool leaves_out(const auto& arguments) const {
        return word_pronunciation::cases::hangs_on_rounding(std::get<1>(arguments), std::get<4>(arguments));
    }
};

}  // namespace

QKV_RANDOM_CASES_AND_MISFITS(word_pronunciation, letters_to_ids, "spelling", Never{})
QKV_RANDOM_CASES_AND_MISFITS(word_pronunciation, ids_to_letters, "spelling", Never{})
QKV_RANDOM_CASES_AND_MISFITS(word_pronunciation, ids_to_phonemes, "spelling", Never{})
QKV_RANDOM_CASES_AND_MISFITS(word_pronunciation, read_word, "one_step", may_refuse)
QKV_RANDOM_CASES_AND_MISFITS(word_pronunciation, next_log_probabilities, "one_step", may_refuse)
QKV_RANDOM_CASES_AND_MISFITS(word_pronunciation, pronounce, "pronounce", may_refuse_to_speak)
QKV_RANDOM_CASES_AND_MISFITS(word_pronunciation, beam_search, "beam_search", NoCloseCalls{})
QKV_RANDOM_CASES_AND_MISFITS(word_pronunciation, edit_distance, "error_rate", Never{})
QKV_RANDOM_CASES_AND_MISFITS(word_pronunciation, phoneme_error_rate, "error_rate", Never{})
QKV_RANDOM_CASES_AND_MISFITS(word_pronunciation, align, "align", may_refuse_to_look)

QKV_TEST("all 500 held words are pronounced as PyTorch pronounces them", "500 个未见过的单词，读音都与 PyTorch 相同",
         "[pronounce]") {
    const auto sources = tests::held_sources(), due = tests::said_by_pytorch();
    for (std::size_t first = 0; first < sources.size(); first += 50) {
        const auto from = static_cast<std::ptrdiff_t>(first);
        const std::vector<qkv::TokenIds> some(sources.begin() + from, sources.begin() + from + 50);
        const std::vector<qkv::TokenIds> right(due.begin() + from, due.begin() + from + 50);
        const auto said = learner::pronounce(some, tests::trained_model(), 24);
        CHECK_THAT(qkv::testing::as_matrices(said), qkv::testing::Returned(qkv::testing::as_matrices(right)));
    }
}
