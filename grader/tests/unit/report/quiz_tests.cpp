// quiz.toml: what is read, what is wrong with one, and what an answer is worth.
#include <string>
#include <vector>

#include "qkv/matrix.hpp"

#include "base/failure.hpp"
#include "harness/catch2.hpp"
#include "proof/agreement.hpp"
#include "quiz/quiz.hpp"
#include "report/quiz.hpp"
#include "scratch.hpp"

namespace {

using namespace qkv::grader;
using qkv::tests::Scratch;

const std::string good = R"toml(title = { en = "All kinds", zh = "各种题" }

[[question]]
id = "scale"
kind = "choice"
prompt = { en = "Divided by what?", zh = "除以什么？" }
answer = "√d_k"
explanation = { en = "Variance.", zh = "方差。" }
[[question.wrong]]
answer = "d_k"
why = { en = "The root.", zh = "要开方。" }
[[question.wrong]]
answer = { en = "nothing", zh = "不除" }
why = { en = "Too large.", zh = "太大。" }

[[question]]
id = "weight"
kind = "short"
prompt = { en = "How much?", zh = "多少？" }
answer = "0.4519"
check = "0.4519"
explanation = { en = "So.", zh = "如此。" }
[[question.wrong]]
answer = "0.3910"
check = "0.391"
why = { en = "By d_k.", zh = "除以了 d_k。" }

[[question]]
id = "shape"
kind = "short"
prompt = { en = "Which shape?", zh = "什么形状？" }
answer = "4 x 6"
check = "(4, 6)"
explanation = { en = "So.", zh = "如此。" }

[[question]]
id = "word"
kind = "short"
prompt = { en = "Who asks?", zh = "谁提问？" }
answer = { en = "the query", zh = "查询" }
accept = ["query", "queries"]
explanation = { en = "So.", zh = "如此。" }

[[question]]
id = "printed"
kind = "trace"
prompt = { en = "What?", zh = "什么？" }
code = '''
std::cout << 1 << '\n' << 0.5;'''
answer = "1 0.5"
explanation = { en = "So.", zh = "如此。" }
)toml";

Quiz loaded(const std::string& text) {
    const Scratch scratch;
    return load_quiz(scratch.write("quiz.toml", text), "all_kinds", {});
}

const Question& question(const std::string& id) {
    static const Quiz quiz = loaded(good);
    return *std::ranges::find(quiz.questions, id, &Question::id);
}

Worth worth(const std::string& id, const std::string& said) { return judge(question(id), said).worth; }

std::string letter_of(const Question& asked, const std::string& choice) {
    const auto all = choices(asked);
    const auto place = std::ranges::find(all, choice, &Text::en) - all.begin();
    return {static_cast<char>('a' + place)};
}

/// The good file with one piece replaced is refused with exactly these words, at this line.
void check_change(const std::string& before, const std::string& after, int line, const std::string& words) {
    const Scratch scratch;
    std::string text = good;
    REQUIRE(text.find(before) != std::string::npos);
    const auto file = scratch.write("quiz.toml", text.replace(text.find(before), before.size(), after));
    try {
        load_quiz(file, "all_kinds", {});
        FAIL("it was accepted");
    } catch (const Failure& failure) {
        CHECK(failure.status == kit_fault);
        CHECK(failure.what() == file.string() + ":" + std::to_string(line) + ": " + words);
    }
}

std::string with(std::string text, const std::string& before, const std::string& after) {
    REQUIRE(text.find(before) != std::string::npos);
    return text.replace(text.find(before), before.size(), after);
}

/// The faults of the good file with one piece replaced, without their places.
std::vector<std::string> faults(const std::string& before, const std::string& after) {
    std::vector<std::string> all;
    for (const std::string& line : disagreements(loaded(with(good, before, after))))
        all.push_back(line.substr(line.find("question \"")));
    return all;
}

}  // namespace

TEST_CASE("a quiz is read whole") {
    const Quiz quiz = loaded(good);
    CHECK(quiz.id == "all_kinds");
    CHECK(quiz.title.zh == "各种题");
    REQUIRE(quiz.questions.size() == 5);
    CHECK(quiz.questions[0].line == 3);
    CHECK(quiz.questions[0].wrong.size() == 2);
    CHECK(quiz.questions[0].answer.zh == "√d_k");
    CHECK(quiz.questions[4].kind == QuestionKind::trace);
    CHECK(quiz.questions[4].code == "std::cout << 1 << '\\n' << 0.5;");
    CHECK(disagreements(quiz).empty());
}

TEST_CASE("what is wrong with a quiz is one line with its place") {
    check_change("kind = \"choice\"", "kind = \"chioce\"", 5, "\"kind\" must be choice, short or trace");
    check_change("kind = \"trace\"", "kind = \"tracing\"", 46, "\"kind\" must be choice, short or trace");
    check_change("id = \"weight\"", "id = \"scale\"", 16, "two questions have the id \"scale\"");
    check_change("id = \"weight\"", "id = \"The Weight\"", 16, "question id \"The Weight\" must be snake_case");
    check_change("check = \"(4, 6)\"", "chekc = \"(4, 6)\"", 33, "unknown key \"chekc\" in [[question]]");
    check_change("why = { en = \"The root.\", zh = \"要开方。\" }", "", 9, "\"why\" in [[wrong]] is missing");
    check_change("en = \"Variance.\", ", "", 8, "\"en\" in \"explanation\" is missing");
    check_change(
        "[[question.wrong]]\nanswer = { en = \"nothing\", zh = \"不除\" }\nwhy = { en = \"Too large.\", zh = "
        "\"太大。\" }",
        "", 3, "a choice needs 2 to 7 [[question.wrong]]; this one has 1");
    check_change("code = '''\nstd::cout << 1 << '\\n' << 0.5;'''\n", "", 44, "\"code\" in [[question]] is missing");
    check_change("answer = \"0.4519\"", "answer = 0.4519", 20,
                 "\"answer\" in [[question]] must be a text, or { en = \"...\", zh = \"...\" }");
    check_change("title = { en = \"All kinds\", zh = \"各种题\" }", "", 1, "\"title\" is missing");
}

TEST_CASE("a quiz that is no TOML, or has no question, is one line") {
    for (const std::string text :
         {"[[question", "title = { en = \"x\" }", "\xff\xfe", "title = { en = \"x\" }\nquestion = 5"}) {
        INFO(text);
        try {
            loaded(text);
            FAIL("it was accepted");
        } catch (const Failure& failure) {
            CHECK(failure.status == kit_fault);
            CHECK(std::string(failure.what()).find("quiz.toml:") != std::string::npos);
        }
    }
}

TEST_CASE("nothing of a quiz commands the terminal") {
    const Quiz quiz = loaded(with(good, "Divided by what?", "Divided\\u001b[2J by what?"));
    CHECK(quiz.questions[0].prompt.en.find('\x1b') == std::string::npos);
}

TEST_CASE("a choice is made by its letter or its words") {
    const std::string right = letter_of(question("scale"), "√d_k"), wrong = letter_of(question("scale"), "d_k");
    for (const std::string& said :
         {right, " " + right + ") ", std::string(1, static_cast<char>(right[0] - 32)), std::string("√d_k")})
        CHECK(worth("scale", said) == Worth::right);
    CHECK(worth("scale", wrong) == Worth::wrong);
    CHECK(judge(question("scale"), wrong).why->en == "The root.");
    CHECK(judge(question("scale"), "Nothing").why->en == "Too large.");
    CHECK(judge(question("scale"), "不除").why->en == "Too large.");
    for (const char* said : {"", "  ", "d", "e", "1", "ab", "perhaps"})
        CHECK(worth("scale", said) == Worth::unreadable);
    // As an input method for Chinese types it.
    const std::string full_width = {'\xef', '\xbd', static_cast<char>(0x81 + (right[0] - 'a'))};
    CHECK(worth("scale", full_width) == Worth::right);
}

TEST_CASE("the right answer of a choice stands at different places, and at the same one always") {
    std::vector<std::size_t> places(3);
    for (int i = 0; i < 60; ++i) {
        Question asked = question("scale");
        asked.id += std::to_string(i);
        const auto all = choices(asked);
        REQUIRE(all.size() == 3);
        CHECK(all[0].en == choices(asked)[0].en);
        ++places[static_cast<std::size_t>(std::ranges::find(all, "√d_k", &Text::en) - all.begin())];
    }
    for (const std::size_t count : places) CHECK(count >= 10);
}

TEST_CASE("a number is right within its last digit, however it is written") {
    for (const char* said : {"0.4519", ".4519", " 0.45190 ", "4.519e-1", "45.19%", "0,4519", "+0.4519", "4519/10000",
                             "0.45186", "０．４５１９"})
        CHECK(worth("weight", said) == Worth::right);
    for (const char* said : {"0.452", "0.4518", "-0.4519", "0.5", "4519"}) CHECK(worth("weight", said) == Worth::wrong);
    for (const char* said : {"about a half", "nan", "inf", "1/0", "0.45.19", "4 x 6"})
        CHECK(worth("weight", said) == Worth::unreadable);
    CHECK(judge(question("weight"), "0.391").why->en == "By d_k.");
    CHECK_FALSE(judge(question("weight"), "0.5").why.has_value());
}

TEST_CASE("whole numbers are exact, and may have commas between thousands") {
    Question asked = question("weight");
    asked.answer = {"1050624", "1050624"};
    for (const char* said : {"1050624", "1,050,624", "1 050 624"}) CHECK(judge(asked, said).worth == Worth::right);
    for (const char* said : {"1050625", "1,050", "1.050624"}) CHECK(judge(asked, said).worth == Worth::wrong);
    asked.tolerance = 1;
    CHECK(judge(asked, "1050625").worth == Worth::right);
    CHECK(judge(asked, "1050626").worth == Worth::wrong);
    asked.answer = {"1/3", "1/3"};
    asked.tolerance = -1;
    CHECK(judge(asked, "2/6").worth == Worth::right);
    CHECK(judge(asked, "0.333").worth == Worth::wrong);
}

TEST_CASE("a shape is a shape in many ways of writing") {
    for (const char* said : {"4 x 6", "4x6", "(4, 6)", "[4,6]", "4×6", "4 * 6", "4 X 6", "４×６", "（4，6）"})
        CHECK(worth("shape", said) == Worth::right);
    for (const char* said : {"6 x 4", "4 x 6 x 1", "4 x 7"}) CHECK(worth("shape", said) == Worth::wrong);
    for (const char* said : {"24", "4 by 6", "x", "4 x", "-4 x 6", "4 x 6.5"})
        CHECK(worth("shape", said) == Worth::unreadable);
}

TEST_CASE("a word is right in every language and by its synonyms") {
    for (const char* said : {"the query", "The  Query", "query", "queries", "查询"})
        CHECK(worth("word", said) == Worth::right);
    for (const char* said : {"the key", "?!", "键"}) CHECK(worth("word", said) == Worth::wrong);
}

TEST_CASE("what a program prints is compared word by word") {
    for (const char* said : {"1 0.5", "1  .5", " 1, 0.50 ", "1.0 5e-1"}) CHECK(worth("printed", said) == Worth::right);
    for (const char* said : {"10.5", "1", "1 0.5 0", "0.5 1", "true 0.5"})
        CHECK(worth("printed", said) == Worth::wrong);
    CHECK(worth("printed", "") == Worth::unreadable);
}

TEST_CASE("who gives up is told what to type") {
    CHECK(right_answer(question("weight"), Language::en) == "0.4519");
    CHECK(right_answer(question("word"), Language::zh) == "查询");
    CHECK(right_answer(question("scale"), Language::en) == letter_of(question("scale"), "√d_k") + "  √d_k");
}

TEST_CASE("a question that was missed comes back after three others, until it is right") {
    Sitting sitting = sitting_of({0, 1, 2, 3, 4});
    take_answer(sitting, false);
    CHECK(sitting.waiting == std::deque<std::size_t>{1, 2, 3, 0, 4});
    for (int i = 0; i < 4; ++i) take_answer(sitting, true);
    CHECK(sitting.waiting == std::deque<std::size_t>{4});
    take_answer(sitting, false);
    CHECK(sitting.waiting == std::deque<std::size_t>{4});
    take_answer(sitting, true);
    CHECK(sitting.waiting.empty());
}

TEST_CASE("questions that contradict themselves are faults of verify") {
    CHECK(faults("zh = \"方差。\"", "zh = \"Variance.\"") ==
          std::vector<std::string>{"question \"scale\": the explanation has no Chinese text"});
    CHECK(faults("zh = \"要开方。\"", "zh = \"\"") ==
          std::vector<std::string>{"question \"scale\": the sentence of the wrong answer \"d_k\" has no Chinese text"});
    CHECK(faults("answer = \"d_k\"", "answer = \"√d_k\"") ==
          std::vector<std::string>{"question \"scale\": the wrong answer \"√d_k\" is taken for right"});
    CHECK(faults("answer = \"0.3910\"", "answer = \"0.45187\"") ==
          std::vector<std::string>{"question \"weight\": the wrong answer \"0.45187\" is taken for right"});
    CHECK(faults("check = \"(4, 6)\"\n", "") ==
          std::vector<std::string>{"question \"shape\": a number or a shape needs a `check` that computes it"});
}

TEST_CASE("a sheet that was filled in is judged") {
    const Quiz quiz = loaded(good);
    const Answers answers =
        read_sheet("\xef\xbb\xbf# a comment\n\nweight: 0.4519\r\nshape : 6 x 4\nword：查询\nprinted:\nscale: q\n",
                   "ada.txt", quiz);
    CHECK(answers.size() == 4);
    const QuizResult result = judge_sheet(quiz, answers);
    std::vector<std::string> said;
    for (const QuestionResult& one : result.questions)
        said.push_back(one.question.id + " " + name_of(one.status) + " " + one.answer);
    CHECK(said == std::vector<std::string>{"scale wrong q", "weight right 0.4519", "shape wrong 6 x 4",
                                           "word right 查询", "printed unanswered "});
    CHECK(result.count(QuestionStatus::right) == 2);
    CHECK(to_text(result, {false, Language::en}).find("A letter, please, from a to c.") != std::string::npos);
}

TEST_CASE("a sheet that is none is refused with its line") {
    const Quiz quiz = loaded(good);
    for (const auto& [text, words] : std::vector<std::pair<std::string, std::string>>{
             {"weight: 1\nb", "ada.txt:2: a line of answers is \"id: answer\""},
             {"nothing: b", "ada.txt:1: all_kinds has no question \"nothing\""},
             {"# x\nweight: 1\nweight: 2", "ada.txt:3: \"weight\" is answered twice"}}) {
        try {
            read_sheet(text, "ada.txt", quiz);
            FAIL("it was accepted");
        } catch (const Failure& failure) {
            CHECK(failure.status == wrong_usage);
            CHECK(failure.what() == words);
            CHECK(failure.words.zh != failure.words.en);
        }
    }
}

TEST_CASE("an empty sheet can be read again, and nothing of it is an answer") {
    const Quiz quiz = loaded(good);
    for (const Language language : {Language::en, Language::zh}) {
        const std::string sheet = answer_sheet(quiz, language);
        CHECK(read_sheet(sheet, "sheet", quiz).empty());
        for (const Question& one : quiz.questions) {
            CHECK(sheet.find("\n" + one.id + ": \n") != std::string::npos);
            CHECK(sheet.find("# " + one.prompt.in(language)) != std::string::npos);
        }
    }
}

TEST_CASE("what is remembered becomes a result") {
    const Quiz quiz = loaded(good);
    const QuizResult result =
        remembered(quiz, {{"all_kinds/scale", {true, 2}}, {"all_kinds/word", {false, 1}}, {"other/shape", {true, 1}}});
    std::vector<std::string> said;
    for (const QuestionResult& one : result.questions)
        said.push_back(fmt::format("{} {}", name_of(one.status), one.tries));
    CHECK(said == std::vector<std::string>{"right 2", "unanswered 0", "unanswered 0", "wrong 1", "unanswered 0"});
}

TEST_CASE("no line of a question is wider than it may be, but for its code") {
    Question asked = question("scale");
    asked.wrong[0].answer.en =
        "a very long choice that must be broken into several lines, each of them as far in as the first one";
    for (const std::string& line : wrapped(question_words(asked, {false, Language::en}, 40), 1000))
        CHECK(width(line) <= 40);
}

TEST_CASE("colours move nothing") {
    const Text sentence{"a sentence that is long enough to be broken into several lines of a narrow terminal", ""};
    for (const Judgement& judgement :
         {Judgement{Worth::wrong, sentence}, Judgement{Worth::right, {}}, Judgement{Worth::wrong, {}}}) {
        std::string painted = verdict_words(question("scale"), judgement, {true, Language::en}, 40);
        for (std::size_t at = 0; (at = painted.find('\x1b')) != std::string::npos;)
            painted.erase(at, painted.find('m', at) + 1 - at);
        CHECK(painted == verdict_words(question("scale"), judgement, {false, Language::en}, 40));
    }
}
