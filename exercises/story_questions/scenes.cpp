// A trained memory network reads stories: ./grade show story_questions [--input "Omar ran ... Where is Omar?"].
#include <algorithm>
#include <string>
#include <vector>

#include "golden_model.hpp"
#include "testing/scene.hpp"

#include "remote.hpp"

namespace {

using namespace qkv::testing;
namespace tests = story_questions::tests;
using memory_network::Encoding;
using qkv::Index;
using qkv::Matrix;
using qkv::RowVector;
using qkv::Scalar;
using qkv::TokenIds;
using story_questions::Asked;
using Words = std::vector<std::string>;

/// What a text is made of: read by the scene itself, which tells what the network cannot read.
struct Text {
    Words words, sentences;
    std::string question;
    bool goes_on = false;  ///< there are words behind the question
};

Text text_of(const std::string& input) {
    Text text;
    constexpr auto gaps = " \t\n\r,;:\"()", gaps_and_ends = " \t\n\r,;:\"().!?";
    std::size_t begin = input.find_first_not_of(' '), end = 0;
    bool has_words = false;
    for (std::size_t at = 0; (at = input.find_first_not_of(gaps, at)) != std::string::npos; at = end) {
        end = std::min(input.find_first_of(gaps_and_ends, at), input.size());
        if (end > at) {
            std::string& word = text.words.emplace_back(input.substr(at, end - at));
            for (char& letter : word) letter = letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter | 32) : letter;
            has_words = true;
            text.goes_on |= !text.question.empty();
            continue;
        }
        const std::string sentence = input.substr(begin, at - begin);
        if (input[at] == '?' && has_words) text.question = sentence;
        if (input[at] != '?' && has_words) text.sentences.push_back(sentence);
        end = at + 1;
        begin = std::min(input.find_first_not_of(' ', end), input.size());
        has_words = false;
    }
    return text;
}

std::string joined(const Words& words) {
    std::string text;
    for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
    return text;
}

/// A name of the picture is short: "Omar hurried to the library" becomes "Omar hurried library".
Words labels_of(const Words& sentences) {
    Words labels;
    for (const std::string& sentence : sentences) {
        labels.emplace_back();
        for (const std::string& word : words_of(sentence)) {
            if (word == "to" || word == "the" || word == "up" || word == "down") continue;
            labels.back() += (labels.back().empty() ? "" : " ") + word;
        }
    }
    return labels;
}

RowVector probabilities_of(const RowVector& logits) {
    const RowVector raised = (logits.array() - logits.maxCoeff()).exp();
    return raised / raised.sum();
}

/// False, and a sentence says why, if the network cannot read this.
bool is_readable(const Text& text, const std::string& input) {
    const Words& known = tests::vocabulary();
    Words unknown;
    for (const std::string& word : text.words) {
        const bool is_known = std::find(known.begin(), known.end(), word) != known.end();
        if (!is_known && std::find(unknown.begin(), unknown.end(), word) == unknown.end()) unknown.push_back(word);
    }
    if (!unknown.empty()) {
        say({"The network has never met: " + joined(unknown) + ". It knows these words only: " + joined(known) + ".",
             "这个网络没见过：" + joined(unknown) + "。它只认识这些词：" + joined(known) + "。"});
        return false;
    }
    if (text.question.empty() || text.goes_on || std::count(input.begin(), input.end(), '?') != 1) {
        say({"A text ends with one question: \"Omar ran to the attic. Where is Omar?\"",
             "文本要以一个问题结尾，例如 “Omar ran to the attic. Where is Omar?”"});
        return false;
    }
    return true;
}

}  // namespace

QKV_SCENE("Three hops over a story", "在故事上跳三次", "[look_inside]") {
    const std::string input = input_or(
        "Omar took the lamp. Lena ran to the garden. Omar went to the attic. Lena went to the cellar. "
        "Omar hurried to the library. Omar dropped the lamp. Omar went to the kitchen. "
        "Where was the lamp before the library?");
    const Text text = text_of(input);
    if (!is_readable(text, input)) return;
    const Asked asked = learner::read_text(input, tests::vocabulary());
    const auto trace = learner::look_inside(asked, tests::trained_model(), Encoding::position);
    if (!text.sentences.empty())
        show({"weights: " + text.question + "?", "权重：" + text.question + "?"}, trace.weights.transpose(),
             labels_of(text.sentences), Words{"1", "2", "3"});
    const Index n_words = std::ssize(tests::vocabulary());
    REQUIRE_THAT(trace.logits, Pictured(1, n_words));
    Index best = 0;
    const Scalar probability = probabilities_of(trace.logits).maxCoeff(&best);
    const std::string answer = tests::vocabulary()[static_cast<std::size_t>(best)];
    const std::string percent = std::to_string(static_cast<int>(100 * probability + Scalar{0.5}));
    say({"The network answers: " + answer + " (probability " + percent + " %).",
         "网络回答：" + answer + "（概率 " + percent + " %）。"});
}

QKV_SCENE("One question, two endings", "同一个问题，两种结局", "[look_inside]") {
    const Words story{"Mary took the violin", "Mary went to the garden", "Mary left the violin",
                      "Mary ran to the attic"};
    const std::string question = "Where is the violin?";
    say(
        {"A violin that was put down stays where it is; one that is carried comes along. The two stories differ in one "
         "sentence: in the first Mary leaves the violin in the garden, in the second nobody says so.",
         "放下的小提琴（violin）留在原地，拿着的跟着走。两个故事只差一句：第一个里 Mary "
         "把它放在了花园，第二个没有说。"});
    for (const bool left : {true, false}) {
        Words told = story;
        if (!left) told.erase(told.begin() + 2);
        std::string all;
        for (const std::string& sentence : told) all += sentence + ". ";
        const Asked asked = learner::read_text(all + question, tests::vocabulary());
        const auto trace = learner::look_inside(asked, tests::trained_model(), Encoding::position);
        REQUIRE_THAT(trace.logits, Pictured(1, std::ssize(tests::vocabulary())));
        Index best = 0;
        trace.logits.maxCoeff(&best);
        const std::string answer = tests::vocabulary()[static_cast<std::size_t>(best)];
        show({question + " " + answer, question + " " + answer}, trace.weights.transpose(), labels_of(told),
             Words{"1", "2", "3"});
    }
}

QKV_SCENE("Right, and for the right reason", "答得对，理由也对", "[evaluate]") {
    const auto kinds = tests::numbers_of<Index>(trained("held/kinds"));
    const auto right = tests::numbers_of<int>(trained("held/answers"));
    const TokenIds said = learner::answers(tests::held(), tests::trained_model(), Encoding::position);
    Matrix found(tests::n_held, tests::n_hops), shares(tests::n_kinds, 1 + tests::n_hops);
    for (Index n = 0; n < tests::n_held; ++n) {
        const auto trace = learner::look_inside(tests::held(n), tests::trained_model(), Encoding::position);
        const std::vector<Index> sentences = learner::supporting_sentences(trace.weights);
        REQUIRE(sentences.size() == 3);
        for (Index k = 0; k < 3; ++k) found(n, k) = static_cast<Scalar>(sentences[static_cast<std::size_t>(k)]);
    }
    const Matrix accuracy = learner::accuracy_by_kind(said, right, kinds, tests::n_kinds);
    const Matrix support = learner::support_by_kind(found, trained("held/support"), kinds, tests::n_kinds);
    REQUIRE_THAT(accuracy, Pictured(1, 3));
    REQUIRE_THAT(support, Pictured(3, 3));
    shares << accuracy.transpose(), support;
    say(
        {"300 stories that the network has never seen. Nearly all answers are right; but with three facts hop 2 never "
         "looks "
         "at the sentence at which a person would.",
         "300 个网络从没见过的故事。答案几乎全对；但有三个事实时，第 2 跳从来不看人会去看的那一句。"});
    show({"share of right answers, and of hops that look at the expected sentence",
          "答对的比例，以及各跳看对句子的比例"},
         shares, {Words{"1 fact", "2 facts", "3 facts"}, Words{"一个事实", "两个事实", "三个事实"}},
         {Words{"said", "hop 1", "hop 2", "hop 3"}, Words{"答案", "第 1 跳", "第 2 跳", "第 3 跳"}});
}
