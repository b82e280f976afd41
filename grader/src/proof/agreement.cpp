#include "proof/agreement.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>

#include <fmt/format.h>

#include "base/failure.hpp"
#include "model/declarations.hpp"
#include "model/mutants.hpp"
#include "quiz/quiz.hpp"

namespace qkv::grader {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t fewest_hints = 3;
constexpr std::size_t telling_length = 24;  ///< of a line, without its indentation, that tells something

struct File {
    fs::path path;
    std::string text;
};

int line_at(const std::string& text, std::size_t at) {
    return 1 + static_cast<int>(std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(at), '\n'));
}

bool has_chinese(const std::string& text) {
    return std::ranges::any_of(text, [](char byte) { return static_cast<unsigned char>(byte) >= 0xe3; });
}

/// The checks of one exercise, and the list that their faults go to.
class Checks {
public:
    explicit Checks(const Exercise& exercise) : exercise_(exercise) {}

    std::vector<std::string> all() {
        read_files();
        check_languages();
        check_tags();
        check_functions();
        check_statements();
        check_quiz();
        check_secrets();
        return faults_;
    }

private:
    void fault(const fs::path& file, int line, const std::string& sentence) {
        faults_.push_back(fmt::format("{}:{}: {}", file.string(), line, sentence));
    }

    File read(const fs::path& path) {
        std::ifstream stream(path, std::ios::binary);
        if (!stream) fault(path, 1, "this file is missing");
        return {path, {std::istreambuf_iterator<char>(stream), {}}};
    }

    void read_files() {
        const std::string& id = exercise_.id;
        header_ = read(exercise_.folder / (id + ".hpp"));
        stub_ = read(exercise_.folder / "stub.cpp");
        remote_ = read(exercise_.folder / "remote.hpp");
        tests_ = read(exercise_.folder / "tests.cpp");
        statements_ = {read(exercise_.folder / "README.md"), read(exercise_.folder / "README.zh.md")};
        reference_ = read(exercise_.reference());
        hidden_ = read(exercise_.solution / "hidden_tests.cpp");
        read(exercise_.solution / "cases.hpp");
        read(exercise_.solution / "mutants.toml");
        if (fs::exists(exercise_.folder / "golden" / "golden.safetensors")) read(exercise_.solution / "golden.py");
    }

    void check_languages() {
        const fs::path manifest = exercise_.manifest();
        if (!has_chinese(exercise_.title.zh)) fault(manifest, 1, "the title has no Chinese text");
        for (const Part& part : exercise_.parts) {
            if (!has_chinese(part.title.zh))
                fault(manifest, part.line, fmt::format("the title of part \"{}\" has no Chinese text", part.id));
            if (part.hints.size() < fewest_hints) {
                fault(manifest, part.line,
                      fmt::format("part \"{}\" has {} hints; it needs at least {}", part.id, part.hints.size(),
                                  fewest_hints));
            }
            for (const Text& hint : part.hints) {
                if (!has_chinese(hint.zh))
                    fault(manifest, part.line, fmt::format("a hint of part \"{}\" has no Chinese text", part.id));
            }
        }
        for (const Mutant& mutant : load_mutants(exercise_)) {
            if (mutant.diagnosis.en.empty() || !has_chinese(mutant.diagnosis.zh)) {
                fault(exercise_.solution / "mutants.toml", mutant.line,
                      fmt::format("mutant \"{}\" is not explained in both languages", mutant.id));
            }
        }
    }

    /// QKV_TEST("English", "中文", "[part]"): every tag a part, every part a test, every name twice.
    void check_tags() {
        static const std::regex test(R"re(QKV_TEST\(\s*"((?:[^"\\]|\\.)*)",\s*"((?:[^"\\]|\\.)*)",\s*"\[(\w*)\]"\))re");
        std::set<std::string> tested;
        for (const File* file : {&tests_, &hidden_}) {
            for (auto found = std::sregex_iterator(file->text.begin(), file->text.end(), test);
                 found != std::sregex_iterator(); ++found) {
                const std::string name = (*found)[1], chinese = (*found)[2], tag = (*found)[3];
                const int line = line_at(file->text, static_cast<std::size_t>(found->position()));
                if (exercise_.find_part(tag) == nullptr)
                    fault(file->path, line, fmt::format("[{}] is no part of {}", tag, exercise_.id));
                if (!has_chinese(chinese)) fault(file->path, line, fmt::format("\"{}\" has no Chinese name", name));
                if (file == &tests_) tested.insert(tag);
            }
        }
        for (const Part& part : exercise_.parts) {
            if (!tested.contains(part.id))
                fault(exercise_.manifest(), part.line, fmt::format("part \"{}\" has no test in tests.cpp", part.id));
        }
    }

    static std::vector<std::string> names(const std::vector<Declaration>& declared, bool defined) {
        std::vector<std::string> list;
        for (const Declaration& one : declared) {
            if (one.defined == defined) list.push_back(one.name);
        }
        return list;
    }

    void check_functions() {
        const auto declared = declarations(header_.text);
        const auto stubs = declarations(stub_.text);
        const auto in_stub = names(stubs, true), in_reference = names(declarations(reference_.text), true);
        const auto holds = [](const std::vector<std::string>& list, const std::string& name) {
            return std::ranges::find(list, name) != list.end();
        };
        for (const Declaration& function : declared) {
            if (function.defined) continue;  // the interface's own, not the learner's
            functions_.push_back(function);
            const auto missing = [&](const File& file, const char* what) {
                fault(
                    header_.path, function.line,
                    fmt::format("{} is declared here, but {} {}", function.name, file.path.filename().string(), what));
            };
            if (!holds(in_stub, function.name)) missing(stub_, "does not define it");
            if (!holds(in_reference, function.name)) missing(reference_, "does not define it");
            if (!named_in(remote_.text, "QKV_REMOTE(" + exercise_.id + ", " + function.name + ")"))
                missing(remote_, "does not list it");
            if (!calls(hidden_.text, function.name)) missing(hidden_, "does not test it");
            if (!calls(tests_.text, function.name)) missing(tests_, "does not call it");
        }
        for (const Part& part : exercise_.parts) {
            for (const std::string& name : part.functions) {
                if (!holds(names(declared, false), name))
                    fault(exercise_.manifest(), part.line,
                          fmt::format("part \"{}\" grades {}, which {} does not declare", part.id, name,
                                      header_.path.filename().string()));
            }
        }
        for (const Declaration& function : stubs) {
            if (!holds(names(declared, false), function.name)) {
                fault(stub_.path, function.line,
                      fmt::format("{} is defined here, but {} does not declare it", function.name,
                                  header_.path.filename().string()));
            }
        }
    }

    static bool named_in(const std::string& text, const std::string& piece) {
        return text.find(piece) != std::string::npos;
    }

    /// learner::name, or a line QKV_RANDOM_CASES(exercise, name, ...).
    bool calls(const std::string& text, const std::string& name) const {
        return std::regex_search(text, std::regex("learner::" + name + R"(\b)")) ||
               std::regex_search(text,
                                 std::regex(R"(QKV_RANDOM_CASES(_AND_MISFITS)?\()" + exercise_.id + ", " + name + ","));
    }

    void check_statements() {
        for (const File& statement : statements_) {
            if (statement.text.empty()) continue;
            for (const Part& part : exercise_.parts) {
                if (!named_in(statement.text, part.id))
                    fault(statement.path, 1, fmt::format("part \"{}\" is not mentioned", part.id));
            }
            for (const Declaration& function : functions_) {
                if (!named_in(statement.text, function.name))
                    fault(statement.path, 1, fmt::format("function {} is not mentioned", function.name));
            }
        }
        if (!statements_[1].text.empty() && !has_chinese(statements_[1].text))
            fault(statements_[1].path, 1, "this statement is not in Chinese");
    }

    /// An exercise may do without questions.
    void check_quiz() {
        const fs::path file = exercise_.folder / "quiz.toml";
        if (!fs::exists(file)) return;
        quiz_ = read(file);
        try {
            std::ranges::move(disagreements(load_quiz(file, exercise_.id, exercise_.title)),
                              std::back_inserter(faults_));
        } catch (const Failure& failure) {
            faults_.emplace_back(failure.what());
        }
    }

    /// Lines inside the reference's functions; their heads stand in the stub too.
    std::set<std::string> telling_lines() const {
        std::set<std::string> lines;
        std::size_t begin = 0;
        while (begin < reference_.text.size()) {
            const std::size_t end = std::min(reference_.text.find('\n', begin), reference_.text.size());
            const std::string line = reference_.text.substr(begin, end - begin);
            const std::string content = stripped(line.substr(0, line.find("  //")));
            const bool in_a_body = line.starts_with(" ") && !content.ends_with(") {");
            const bool tells = content.size() >= telling_length && content.find_first_of("=(") != std::string::npos;
            if (in_a_body && tells && !content.starts_with("//")) lines.insert(content);
            begin = end + 1;
        }
        return lines;
    }

    void check_secrets() {
        const auto secrets = telling_lines();
        std::vector<File> given = {
            header_, stub_, remote_, tests_, statements_[0], statements_[1], read(exercise_.manifest()), quiz_};
        for (const File& file : given) {
            std::size_t begin = 0;
            for (int line = 1; begin < file.text.size(); ++line) {
                const std::size_t end = std::min(file.text.find('\n', begin), file.text.size());
                const std::string content = stripped(file.text.substr(begin, end - begin));
                for (const std::string& secret : secrets) {
                    if (content.size() >= secret.size() && content.find(secret) != std::string::npos)
                        fault(file.path, line, "this line gives the reference away: " + secret);
                }
                begin = end + 1;
            }
        }
    }

    const Exercise& exercise_;
    File header_, stub_, remote_, tests_, reference_, hidden_, quiz_;
    std::vector<File> statements_;
    std::vector<Declaration> functions_;  ///< that a learner writes
    std::vector<std::string> faults_;
};

/// What may be wrong with one question that can be read.
std::vector<std::string> faults_of(const Question& question) {
    std::vector<std::string> faults;
    const auto check_words = [&](const std::string& what, const Text& text) {
        if (!has_chinese(text.zh)) faults.push_back(fmt::format("{} has no Chinese text", what));
    };
    check_words("the prompt", question.prompt);
    check_words("the explanation", question.explanation);
    if (judge(question, question.answer.en).worth != Worth::right ||
        judge(question, question.answer.in(Language::zh)).worth != Worth::right)
        faults.emplace_back("its own answer is not taken for right");
    if (question.answer.en != question.answer.zh) check_words("the answer", question.answer);
    for (const WrongAnswer& wrong : question.wrong) {
        const std::string what = fmt::format("the wrong answer \"{}\"", wrong.answer.en);
        check_words("the sentence of " + what, wrong.why);
        if (wrong.answer.en != wrong.answer.zh) check_words(what, wrong.answer);
        const Judgement judgement = judge(question, wrong.answer.en);
        if (judgement.worth == Worth::right)
            faults.push_back(what + " is taken for right");
        else if (!judgement.why || judgement.why->en != wrong.why.en)
            faults.push_back(what + " is taken for another one");
    }
    if (question.kind == QuestionKind::brief && form_of(question) != AnswerForm::words && question.check.empty())
        faults.emplace_back("a number or a shape needs a `check` that computes it");
    return faults;
}

}  // namespace

std::vector<std::string> disagreements(const Exercise& exercise) { return Checks(exercise).all(); }

std::vector<std::string> disagreements(const Quiz& quiz) {
    std::vector<std::string> faults;
    for (const Question& question : quiz.questions) {
        for (const std::string& fault : faults_of(question))
            faults.push_back(
                fmt::format("{}:{}: question \"{}\": {}", quiz.file.string(), question.line, question.id, fault));
    }
    return faults;
}

}  // namespace qkv::grader
