// Questions: asked through a pipe and in a real terminal, on paper, and whether what the shipped ones say is so.
#include <algorithm>
#include <fstream>
#include <set>
#include <sstream>

#include <fmt/ranges.h>

#include "qkv/matrix.hpp"

#include "base/process.hpp"
#include "base/text.hpp"
#include "build/worker.hpp"
#include "grader.hpp"
#include "harness/catch2.hpp"
#include "proof/agreement.hpp"
#include "quiz/quiz.hpp"
#include "tmux.hpp"

using namespace qkv::grader;
using namespace qkv::tests;

namespace fs = std::filesystem;

namespace {

const fs::path root = real_kit().root;

bool says(const Said& said, const std::string& words) { return said.text.find(words) != std::string::npos; }

bool one_line(const Said& said) { return std::ranges::count(said.text, '\n') == 1; }

const std::string three_questions = R"(
[[question]]
id = "sum"
kind = "short"
prompt = { en = "One and two?", zh = "一加二？" }
answer = "3"
check = "1 + 2"
explanation = { en = "Three fingers.", zh = "三根手指。" }
[[question.wrong]]
answer = "2"
why = { en = "That is the product.", zh = "这是乘积。" }

[[question]]
id = "colour"
kind = "choice"
prompt = { en = "Which colour has the sky?", zh = "天是什么颜色？" }
answer = { en = "blue", zh = "蓝" }
explanation = { en = "Look up.", zh = "抬头看。" }
[[question.wrong]]
answer = { en = "green", zh = "绿" }
why = { en = "That is grass.", zh = "那是草。" }
[[question.wrong]]
answer = { en = "red", zh = "红" }
why = { en = "In the evening only.", zh = "傍晚才是。" }

[[question]]
id = "printed"
kind = "trace"
prompt = { en = "What does this print?", zh = "输出什么？" }
code = 'std::cout << 7 / 2;'
answer = "3"
explanation = { en = "Whole numbers.", zh = "整数除法。" }
)";

/// The kit `proven`, with three questions about counting.
struct QuizKit {
    Scratch scratch;
    TestKit kit = copied_kit(scratch);
    QuizKit() { scratch.write("exercises/counting/quiz.toml", three_questions); }

    /// Runs a command with these lines as its input.
    Said fed(const std::string& input, const std::string& options) const {
        scratch.write("input", input);
        Command command;
        command.arguments = {"/bin/sh", "-c",
                             std::string("'" QKV_GRADER "' --root '") + kit.root + "' --toolchain '" + kit.toolchain +
                                 "' " + options + " < '" + (scratch.path / "input").string() + "'"};
        command.environment = {{"LC_ALL", "C.UTF-8"}, {"NO_COLOR", "1"}};
        const Ended ended = qkv::grader::run(command);
        return {ended.exit_code, ended.output, {}};
    }
    nlohmann::json remembered() const {
        return nlohmann::json::parse(grader({"quiz", "counting", "--format", "json"}, kit).text).at("quizzes").at(0);
    }
};

std::vector<Quiz> shipped() { return load_quizzes(root, load_catalog(root)); }

/// A program that prints what each trace of the shipped questions prints, one after the other, with a mark between.
constexpr char mark = '\x1e';
std::string program_of(const std::vector<Question>& traces) {
    std::string text =
        "#include <algorithm>\n#include <cmath>\n#include <iostream>\n#include <numeric>\n#include <optional>\n"
        "#include <string>\n#include <utility>\n#include <vector>\n#include \"qkv/matrix.hpp\"\n"
        "void qkv::eigen_assertion_failed(const char*, const char*) { std::exit(1); }\nusing namespace qkv;\n";
    for (std::size_t i = 0; i < traces.size(); ++i)
        text += fmt::format("static void trace_{}() {{\n#line 1 \"{}\"\n{}\n}}\n", i, traces[i].id, traces[i].code);
    text += "int main() {\n";
    for (std::size_t i = 0; i < traces.size(); ++i) text += fmt::format("    trace_{}(); std::cout << '\\x1e';\n", i);
    return text + "}\n";
}

}  // namespace

TEST_CASE("questions come back until they are right, each mistake with its own sentence") {
    const QuizKit here;
    const Said said = here.fed("2\ngreen\n3\n3\nBLUE\n", "quiz counting");
    INFO(said.text);
    CHECK(said.status == 0);
    CHECK(says(said, "One and two?"));
    CHECK(says(said, "✗ That is the product."));
    CHECK(says(said, "✗ That is grass."));
    CHECK(says(said, "Three fingers."));
    CHECK(says(said, "Whole numbers."));
    CHECK(says(said, "counting: 3 of 3 questions answered, 1 of them at the first try."));
    CHECK(here.remembered().at("right") == 3);
    CHECK(here.remembered().at("questions").at(0) == nlohmann::json::parse(R"({"id": "sum", "kind": "short",
        "status": "right", "tries": 2, "answer": "", "message": ""})"));
}

TEST_CASE("what is no answer is not counted as one") {
    const QuizKit here;
    const Said said = here.fed("three\n\n3\n", "quiz counting");
    INFO(said.text);
    CHECK(says(said, "A number, please"));
    CHECK(here.remembered().at("questions").at(0).at("tries") == 1);
}

TEST_CASE("? tells the answer, and the question comes back") {
    const QuizKit here;
    const Said said = here.fed("?\nblue\n3\n3\n", "quiz counting");
    INFO(said.text);
    CHECK(says(said, "The answer: 3"));
    CHECK(here.remembered().at("questions").at(0).at("tries") == 2);
    CHECK(here.remembered().at("right") == 3);
}

TEST_CASE("the end of the input ends kindly; the next sitting asks only what is open, and none begins anew") {
    const QuizKit here;
    const Said first = here.fed("3\n", "quiz counting");
    CHECK(first.status == 0);
    CHECK(says(first, "To go on: ./grade quiz counting"));
    const Said second = here.fed("blue", "quiz counting");  // no line break at the end
    CHECK_FALSE(says(second, "One and two?"));
    CHECK(says(second, "2 of 3 questions are open"));
    CHECK(here.remembered().at("right") == 2);
    here.fed("3\n", "quiz");  // the first with an open question
    CHECK(here.remembered().at("right") == 3);
    CHECK(says(here.fed("", "quiz"), "Every question is answered"));
    const Said again = here.fed("2\n", "quiz counting --lang zh");
    CHECK(says(again, "一加二？"));
    CHECK(says(again, "这是乘积。"));
    CHECK(here.remembered().at("right") == 3);  // once right, always right
}

TEST_CASE("list shows what was answered, and still fits its columns") {
    const QuizKit here;
    CHECK(says(grader({"list"}, here.kit), "quiz 0/3"));
    here.fed("3\nblue\n", "quiz counting");
    CHECK(says(grader({"list"}, here.kit), "quiz 2/3"));
    CHECK(says(grader({"list", "--lang", "zh"}, here.kit), "问答 2/3"));
    here.scratch.write("exercises/before/quiz.toml", "title = { en = \"Before\", zh = \"之前\" }\n" + three_questions);
    CHECK(says(grader({"list"}, here.kit), "before  Before  quiz 0/3"));
    CHECK(says(here.fed("", "quiz"), "before · Before"));
}

TEST_CASE("questions give no points") {
    const QuizKit here;
    const auto points = [&] { return graded({"counting"}, here.kit).json.at("max_score"); };
    const auto before = points();
    here.fed("3\nblue\n3\n", "quiz counting");
    CHECK(points() == before);
}

TEST_CASE("a sheet is graded without a terminal, its status says whether all is right, nothing is remembered") {
    const QuizKit here;
    here.scratch.write("ada.txt", "# Ada\nsum: 2\ncolour: blue\n");
    const std::string file = (here.scratch.path / "ada.txt").string();
    const Said said = grader({"quiz", "counting", "--answers", file}, here.kit);
    INFO(said.text);
    CHECK(said.status == 1);
    CHECK(says(said, "1 / 3"));
    CHECK(says(said, "✗ sum   2"));
    CHECK(says(said, "That is the product."));
    CHECK(says(said, "- printed   not answered"));
    CHECK(here.remembered().at("right") == 0);
    const Said chinese = grader({"quiz", "counting", "--answers", file, "--lang", "zh"}, here.kit);
    CHECK(says(chinese, "这是乘积。"));
    const std::string output = (here.scratch.path / "ada.json").string();
    CHECK(grader({"quiz", "counting", "--answers", file, "--format", "json", "--output", output}, here.kit).status ==
          1);
    const auto json = nlohmann::json::parse(read_text(output));
    CHECK(json.at("schema") == "qkv-quiz/1");
    CHECK(json.at("quizzes").at(0).at("right") == 1);
    CHECK(json.at("quizzes").at(0).at("all") == 3);
    CHECK(json.at("quizzes").at(0).at("questions").at(0).at("message") == "That is the product.");
    here.scratch.write("ada.txt", "sum: 3\ncolour: blue\nprinted: 3\n");
    CHECK(grader({"quiz", "counting", "--answers", file}, here.kit).status == 0);
}

TEST_CASE("wrong usage of quiz is one line and status 2") {
    const QuizKit here;
    here.scratch.write("bad.txt", "sum: 3\nno answer\n");
    const std::string bad = (here.scratch.path / "bad.txt").string();
    const std::vector<std::vector<std::string>> all = {{"quiz", "nothing"},
                                                       {"quiz", "countin"},
                                                       {"quiz", "counting", "summing"},
                                                       {"quiz", "summing"},  // it has no questions
                                                       {"quiz", "--answers", bad},
                                                       {"quiz", "counting", "--answers", bad},
                                                       {"quiz", "counting", "--answers", "/no/such/file"},
                                                       {"quiz", "counting", "--answers", "/"},
                                                       {"quiz", "counting", "--answers", "/dev/zero"},
                                                       {"quiz", "counting", "--answers", bad, "--output", bad},
                                                       {"quiz", "counting", "--sheet", "--output", bad},
                                                       {"quiz", "--sheet"},
                                                       {"quiz", "counting", "--sheet", "--format", "json"},
                                                       {"quiz", "counting", "--format", "junit"},
                                                       {"quiz", "counting", "--output", "/tmp/x"},
                                                       {"quiz", "counting", "--hidden"}};
    for (auto arguments : all) {
        for (const char* language : {"en", "zh"}) {
            arguments.insert(arguments.begin() + 1, {"--lang", language});
            const Said said = grader(arguments, here.kit);
            INFO(fmt::format("{}", fmt::join(arguments, " ")) << "\n" << said.text);
            CHECK(said.status == 2);
            CHECK(one_line(said));
            arguments.erase(arguments.begin() + 1, arguments.begin() + 3);
        }
    }
    CHECK(read_text(bad) == "sum: 3\nno answer\n");  // neither a report nor an empty sheet replaces answers
    CHECK(says(grader({"quiz", "countin"}, here.kit), "did you mean counting?"));
    CHECK(says(grader({"quiz", "counting", "--answers", bad}, here.kit), "bad.txt:2: a line of answers is"));
    CHECK(says(grader({"quiz", "counting", "--format", "junit"}, here.kit), "--format takes one of these: text|json"));
}

TEST_CASE("a broken quiz is one line with file and line, status 3; gradings do not read it") {
    const QuizKit here;
    const std::string broken = with(three_questions, "kind = \"trace\"", "kind = \"tracing\"");
    here.scratch.write("exercises/counting/quiz.toml", broken);
    for (const char* verb : {"quiz", "list"}) {
        const Said said = grader({verb}, here.kit);
        INFO(said.text);
        CHECK(said.status == 3);
        CHECK(one_line(said));
        CHECK(says(said, "counting/quiz.toml:28: \"kind\" must be choice, short or trace"));
    }
    CHECK(graded({"counting"}, here.kit).status == 1);
    for (const std::string& text : {std::string("\x00\x01", 2), std::string("[[[["), std::string(5000, '[')}) {
        here.scratch.write("exercises/counting/quiz.toml", text);
        const Said said = grader({"quiz", "counting"}, here.kit);
        CHECK(said.status == 3);
        CHECK(one_line(said));
        CHECK(says(said, "counting/quiz.toml:1: "));
    }
}

TEST_CASE("a place that remembers nothing asks all the same") {
    const QuizKit here;
    here.scratch.write(".qkv", "a file, no folder");
    const Said said = here.fed("2\nblue\n3\n3\n", "quiz counting");
    INFO(said.text);
    CHECK(says(said, "3 of 3 questions answered, 2 of them at the first try"));
}

TEST_CASE("the shipped questions: ten or more an exercise, of all kinds, in both languages, true to themselves") {
    std::set<std::string> seen;
    for (const Quiz& quiz : shipped()) {
        INFO(quiz.id);
        seen.insert(quiz.id);
        for (const std::string& fault : disagreements(quiz)) FAIL_CHECK(fault);
        CHECK(quiz.questions.size() >= 10);
        for (const QuestionKind kind : {QuestionKind::choice, QuestionKind::brief, QuestionKind::trace})
            CHECK(std::ranges::count(quiz.questions, kind, &Question::kind) >= 2);
        for (const Question& question : quiz.questions) {
            INFO(question.id);
            if (question.kind == QuestionKind::choice) CHECK(question.wrong.size() >= 2);
            if (question.kind != QuestionKind::choice) CHECK(question.wrong.size() + question.accept.size() >= 1);
        }
    }
    CHECK(seen.contains("prerequisites"));
    for (const Exercise& exercise : load_catalog(root)) {
        INFO(exercise.id);
        CHECK(seen.contains(exercise.id));
    }
}

TEST_CASE("a sheet filled in with the right answers is right, for every shipped quiz") {
    const Scratch scratch;
    for (const Quiz& quiz : shipped()) {
        std::string sheet;
        for (const Question& question : quiz.questions)
            sheet += question.id + ": " +
                     right_answer(question, Language::en).substr(0, question.kind == QuestionKind::choice ? 1 : 200) +
                     "\n";
        scratch.write("sheet", sheet);
        const Said said = grader({"quiz", quiz.id, "--answers", (scratch.path / "sheet").string()});
        INFO(said.text);
        CHECK(said.status == 0);
        CHECK(says(grader({"quiz", quiz.id, "--sheet", "--lang", "zh"}), quiz.questions.front().prompt.zh));
    }
}

TEST_CASE("the snippets of the shipped questions print what their answers say") {
    std::vector<Question> traces;
    for (const Quiz& quiz : shipped())
        std::ranges::copy_if(quiz.questions, std::back_inserter(traces),
                             [](const Question& one) { return one.kind == QuestionKind::trace; });
    REQUIRE(traces.size() >= 18);
    const Scratch scratch;
    scratch.write("traces.cpp", program_of(traces));
    Command compile;
    compile.seconds = 600;
    compile.folder = root.string();
    compile.arguments = {find_compiler("clang++"), "-Werror"};
    std::istringstream flags(read_text(root / "compile_flags.txt"));
    for (std::string flag; std::getline(flags, flag);) compile.arguments.push_back(flag);
    compile.arguments.emplace_back("-Wno-unused-but-set-variable");  // what a snippet shows may be a mistake
    compile.arguments.insert(compile.arguments.end(),
                             {(scratch.path / "traces.cpp").string(), "-o", (scratch.path / "traces").string()});
    const Ended compiled = qkv::grader::run(compile);
    INFO(compiled.output);
    REQUIRE(compiled.exit_code == 0);
    Command command;
    command.arguments = {(scratch.path / "traces").string()};
    const Ended ended = qkv::grader::run(command);
    REQUIRE(ended.exit_code == 0);
    std::istringstream outputs(ended.output);
    for (const Question& trace : traces) {
        std::string output;
        std::getline(outputs, output, mark);
        INFO(trace.id << " prints " << output << ", not " << trace.answer.en);
        CHECK(judge(trace, output).worth == Worth::right);
    }
}

TEST_CASE("in a terminal, in both languages: answers, a mistake, Ctrl-C, and what was answered is remembered") {
    for (const bool chinese : {false, true}) {
        const QuizKit here;
        const Tmux tmux;
        here.scratch.write("w", std::string("exec '" QKV_GRADER "' --root '") + here.kit.root + "' --toolchain '" +
                                    here.kit.toolchain + "' \"$@\"\n");
        const std::string command = "sh " + (here.scratch.path / "w").string() + " quiz counting" +
                                    (chinese ? " --lang zh" : "") + "; echo ended $?";
        tmux.keys({command, "Enter"});
        tmux.wait_for(chinese ? "一加二？" : "One and two?");
        tmux.keys({"2", "Enter"});
        tmux.wait_for(chinese ? "这是乘积。" : "That is the product.");
        tmux.wait_for(chinese ? "天是什么颜色？" : "Which colour has the sky?");
        tmux.keys({chinese ? "蓝" : "blue", "Enter"});
        tmux.wait_for(chinese ? "抬头看。" : "Look up.");
        tmux.wait_for("std::cout << 7 / 2;");
        tmux.keys({"C-c"});
        tmux.wait_for(chinese ? "接着答：./grade quiz counting" : "To go on: ./grade quiz counting");
        tmux.wait_for("ended 0");
        CHECK(here.remembered().at("right") == 1);
        tmux.keys({"clear; " + command, "Enter"});
        tmux.wait_for(chinese ? "还有 2 题没有答对" : "2 of 3 questions are open");
        tmux.keys({"3", "Enter"});
        tmux.wait_for(chinese ? "三根手指。" : "Three fingers.");
        tmux.keys({"C-d"});
        tmux.wait_for("ended 0");
        CHECK(here.remembered().at("right") == 2);
    }
}
