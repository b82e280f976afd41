// Hidden tests of `story_questions`: random texts and models against the reference, which also says what is refused;
// and all stories that the trained network has never read, against PyTorch.
#include "testing/hidden.hpp"

#include "cases.hpp"
#include "golden_model.hpp"
#include "remote.hpp"

using qkv::testing::Never;

namespace {

namespace tests = story_questions::tests;

constexpr auto may_refuse = [](const auto& arguments) { return story_questions::cases::may_refuse(arguments); };

}  // namespace

QKV_RANDOM_CASES_AND_MISFITS(story_questions, split_words, "words", Never{})
QKV_RANDOM_CASES_AND_MISFITS(story_questions, words_to_ids, "words", Never{})
QKV_RANDOM_CASES_AND_MISFITS(story_questions, read_text, "reading", Never{})
QKV_RANDOM_CASES_AND_MISFITS(story_questions, look_inside, "look_inside", Never{})
QKV_RANDOM_CASES_AND_MISFITS(story_questions, answers, "answer", may_refuse)
QKV_RANDOM_CASES_AND_MISFITS(story_questions, answer_text, "answer", Never{})
QKV_RANDOM_CASES_AND_MISFITS(story_questions, supporting_sentences, "support", Never{})
QKV_RANDOM_CASES_AND_MISFITS(story_questions, accuracy_by_kind, "evaluate", Never{})
QKV_RANDOM_CASES_AND_MISFITS(story_questions, support_by_kind, "evaluate", Never{})

QKV_TEST("all 300 held-out stories get the answers that PyTorch gives", "300 个未见过的故事，答案都与 PyTorch 相同",
         "[answer]") {
    const auto due = tests::numbers_of<int>(qkv::testing::golden("said"));
    for (std::size_t first = 0; first < due.size(); first += 100) {
        const auto from = static_cast<std::ptrdiff_t>(first);
        const std::vector<story_questions::Asked> some(tests::held().begin() + from,
                                                       tests::held().begin() + from + 100);
        const qkv::TokenIds right(due.begin() + from, due.begin() + from + 100);
        const auto said = learner::answers(some, tests::trained_model(), memory_network::Encoding::position);
        CHECK_THAT(qkv::testing::as_matrices(said), qkv::testing::Returned(qkv::testing::as_matrices(right)));
    }
}
