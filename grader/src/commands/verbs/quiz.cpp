// ./grade quiz [ID]: questions about an exercise, asked until each was answered right. They give no points.
#include <poll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <fstream>
#include <optional>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/files.hpp"
#include "base/state.hpp"
#include "commands/commands.hpp"
#include "quiz/quiz.hpp"
#include "report/failure.hpp"
#include "report/json.hpp"
#include "report/paint.hpp"
#include "report/quiz.hpp"
#include "report/text.hpp"
#include "watch/terminal.hpp"

namespace qkv::grader {

namespace {

/// The lines of standard input, until it ends or somebody wants to leave. Ctrl-C arrives as bytes on a descriptor, so
/// that it comes between two answers and never within what is written.
class Lines {
public:
    Lines() {
        sigset_t signals;
        sigemptyset(&signals);
        for (const int signal : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&signals, signal);
        sigprocmask(SIG_BLOCK, &signals, nullptr);
        signals_ = signalfd(-1, &signals, SFD_CLOEXEC);
    }
    ~Lines() { close(signals_); }
    Lines(const Lines&) = delete;
    Lines& operator=(const Lines&) = delete;

    /// Nothing at the end.
    std::optional<std::string> next() {
        while (bytes_.find('\n') == std::string::npos) {
            if (bytes_.size() > longest_ || !read_more()) return std::nullopt;
        }
        const std::size_t end = bytes_.find('\n');
        std::string line = bytes_.substr(0, end);
        bytes_.erase(0, end + 1);
        return line;
    }

private:
    bool read_more() {
        std::array<pollfd, 2> entries = {{{STDIN_FILENO, POLLIN, 0}, {signals_, POLLIN, 0}}};
        while (poll(entries.data(), entries.size(), -1) < 0 && errno == EINTR) {
        }
        if (entries[1].revents != 0) return false;
        std::array<char, 4096> buffer{};
        const ssize_t count = read(STDIN_FILENO, buffer.data(), buffer.size());
        if (count > 0) bytes_.append(buffer.data(), static_cast<std::size_t>(count));
        if (count <= 0 && !bytes_.empty() && !bytes_.ends_with('\n')) bytes_ += '\n';  // the last line of a file
        return count > 0 || !bytes_.empty();
    }

    static constexpr std::size_t longest_ = 1U << 16;
    std::string bytes_;
    int signals_ = -1;
};

std::size_t columns() { return std::min(terminal_size().columns, report_columns); }

std::size_t count_right(const State& state, const Quiz& quiz) {
    return remembered(quiz, state.quiz).count(QuestionStatus::right);
}

const Quiz& choose_quiz(const std::vector<Quiz>& quizzes, const std::string& id) {
    const auto found = std::ranges::find(quizzes, id, &Quiz::id);
    if (found != quizzes.end()) return *found;
    std::vector<std::string> known;
    for (const Quiz& quiz : quizzes) known.push_back(quiz.id);
    const Text guess = guess_words(id, known, "there are");
    throw Failure(wrong_usage, Text{fmt::format("there are no questions about \"{}\"{}", clean(id, 80), guess.en),
                                    fmt::format("没有关于 {} 的问答{}", clean(id, 80), guess.zh)});
}

/// The first with a question that is still open; null if there is none.
const Quiz* next_quiz(const std::vector<Quiz>& quizzes, const State& state) {
    const auto open = std::ranges::find_if(
        quizzes, [&](const Quiz& quiz) { return count_right(state, quiz) < quiz.questions.size(); });
    return open == quizzes.end() ? nullptr : &*open;
}

/// Those that are open; all of them once none is.
std::vector<std::size_t> questions_to_ask(const Quiz& quiz, const State& state) {
    const QuizResult result = remembered(quiz, state.quiz);
    const bool again = result.count(QuestionStatus::right) == quiz.questions.size();
    std::vector<std::size_t> asked;
    for (std::size_t i = 0; i < quiz.questions.size(); ++i) {
        if (again || result.questions[i].status != QuestionStatus::right) asked.push_back(i);
    }
    return asked;
}

void print_wrapped(const std::string& text) {
    for (const std::string& line : wrapped(text, columns())) fmt::print("{}\n", line);
}

void print_head(const Quiz& quiz, std::size_t asked, const Paint& paint) {
    const std::size_t all = quiz.questions.size();
    const Text number = asked == all
                            ? said({"{} questions", "共 {} 题"}, all)
                            : said({"{} of {} questions are open", "共 {1} 题，还有 {0} 题没有答对"}, asked, all);
    fmt::print("\n  {} · {}\n", paint.strong(quiz.id), quiz.title.in(paint.language));
    print_wrapped(
        paint.say({"  {}; they give no points. ? tells an answer, Ctrl-D ends; what you answer is remembered.",
                   "  {}，不计分。输入 ? 看答案，按 Ctrl-D 结束；答过的都会记住。"},
                  number));
}

void print_end(const Quiz& quiz, const State& state, const Paint& paint, const Quiz* next) {
    const QuizResult result = remembered(quiz, state.quiz);
    const std::size_t right = result.count(QuestionStatus::right), all = quiz.questions.size();
    const auto at_once = std::ranges::count_if(result.questions, [](const QuestionResult& one) {
        return one.status == QuestionStatus::right && one.tries == 1;
    });
    fmt::print("\n");
    print_wrapped(paint.say({"  {}: {} of {} questions answered, {} of them at the first try.",
                             "  {0}：共 {2} 题，答对 {1} 题，其中 {3} 题一次答对。"},
                            quiz.id, right, all, at_once));
    if (right < all)
        fmt::print("{}", paint.say({"  To go on: ./grade quiz {}\n", "  接着答：./grade quiz {}\n"}, quiz.id));
    else if (next != nullptr)
        fmt::print("{}",
                   paint.say({"  The next questions: ./grade quiz {}\n", "  下一组问答：./grade quiz {}\n"}, next->id));
    fmt::print("\n");
}

void note(State& state, const std::string& key, bool right) {
    Answered& answered = state.quiz[key];
    if (!answered.right) answered = {right, std::min(answered.tries + 1, 1'000'000)};
}

bool wants_to_be_told(std::string line) {
    std::erase_if(line, [](char byte) { return byte == ' ' || byte == '\t' || byte == '\r'; });
    return line == "?" || line == "？";
}

/// Asks until what comes is an answer. True if it was right; nothing if somebody leaves.
std::optional<bool> ask(const Question& question, Lines& lines, const Paint& paint) {
    fmt::print("\n{}\n", question_words(question, paint, columns()));
    while (true) {
        fmt::print("  > ");
        std::fflush(stdout);
        const auto line = lines.next();
        if (!line) return std::nullopt;
        if (isatty(STDIN_FILENO) == 0) fmt::print("{}\n", without_commands(clean(*line, 200)));  // a pipe shows nothing
        if (wants_to_be_told(*line)) {
            fmt::print("{}", told_words(question, paint, columns()));
            return false;
        }
        const Judgement judgement = judge(question, *line);
        if (judgement.worth != Worth::unreadable) {
            fmt::print("{}", verdict_words(question, judgement, paint, columns()));
            return judgement.worth == Worth::right;
        }
        fmt::print("  {}\n", wanted_words(question).in(paint.language));
    }
}

int sit(const Kit& kit, const std::vector<Quiz>& quizzes, const Quiz& quiz, Language language) {
    const Paint paint{wants_color(), language};
    State state = load_state(kit.root);  // ours beside the file, which perhaps cannot be written
    const auto asked = questions_to_ask(quiz, state);
    print_head(quiz, asked.size(), paint);
    Lines lines;
    for (Sitting sitting = sitting_of(asked); !sitting.waiting.empty();) {
        const Question& question = quiz.questions[sitting.waiting.front()];
        fmt::print("\n  {}\n", paint.faint(paint.say({"{} to go", "还剩 {} 题"}, sitting.waiting.size())));
        const auto right = ask(question, lines, paint);
        if (!right) {
            fmt::print("\n");
            break;
        }
        take_answer(sitting, *right);
        const std::string key = key_of(quiz, question);
        note(state, key, *right);
        remember(kit, language, [&](State& kept) { note(kept, key, *right); });
    }
    print_end(quiz, state, paint, next_quiz(quizzes, state));
    return all_earned;
}

/// What a file or a pipe holds that --answers names.
std::string sheet_in(const std::filesystem::path& file) {
    constexpr std::size_t longest = 1U << 20;
    std::error_code error;
    if (access(file.c_str(), R_OK) != 0 || std::filesystem::is_directory(file, error))
        throw Failure(wrong_usage, said({"--answers {}: this file cannot be read", "--answers {}：这个文件读不了"},
                                        clean(file.string(), 200)));
    std::ifstream stream(file, std::ios::binary);
    std::string text(longest + 1, '\0');
    stream.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(stream.gcount()));
    if (text.size() > longest)
        throw Failure(wrong_usage, said({"--answers {}: larger than {} bytes", "--answers {}：超过了 {} 字节"},
                                        clean(file.string(), 200), longest));
    return text;
}

int grade_sheet(const Kit& kit, const Quiz& quiz, const Arguments& arguments) {
    const QuizResult result =
        judge_sheet(quiz, read_sheet(sheet_in(arguments.answers), arguments.answers.string(), quiz));
    const Paint paint{arguments.output.empty() && wants_color(), arguments.language};
    put_out(arguments.format == "json" ? to_json({result}, kit.toolchain.kit_version, arguments.language)
                                       : to_text(result, paint),
            arguments);
    return result.count(QuestionStatus::right) == result.questions.size() ? all_earned : points_missing;
}

void print_remembered(const Kit& kit, const std::vector<Quiz>& quizzes, const Quiz* chosen,
                      const Arguments& arguments) {
    const State state = load_state(kit.root);
    std::vector<QuizResult> results;
    for (const Quiz& quiz : quizzes) {
        if (chosen == nullptr || chosen == &quiz) results.push_back(remembered(quiz, state.quiz));
    }
    put_out(to_json(results, kit.toolchain.kit_version, arguments.language), arguments);
}

void refuse_loose_options(const Arguments& arguments) {
    const bool on_paper = arguments.sheet || !arguments.answers.empty();
    if (on_paper && arguments.ids.empty())
        throw Failure(wrong_usage, Text{"--answers and --sheet need an exercise: ./grade quiz ID --answers FILE",
                                        "--answers 和 --sheet 要写明练习：./grade quiz ID --answers FILE"});
    if (!arguments.output.empty() && !on_paper && arguments.format == "text")
        throw Failure(wrong_usage,
                      Text{"--output goes with --format json, --answers or --sheet: questions are asked here",
                           "--output 要和 --format json、--answers 或 --sheet 一起用：提问只在终端里进行"});
}

/// Answers are somebody's work: neither an empty sheet nor a report takes their place.
void refuse_to_lose_answers(const Arguments& arguments) {
    std::error_code error;
    if (arguments.output.empty() || !std::filesystem::is_regular_file(arguments.output, error)) return;
    const bool is_filled = arguments.sheet && std::filesystem::file_size(arguments.output, error) > 0;
    if (is_filled || std::filesystem::equivalent(arguments.output, arguments.answers, error))
        throw Failure(wrong_usage, said({"--output {}: what is in that file would be lost; name another one",
                                         "--output {}：这个文件里的内容会丢失；请换一个文件名"},
                                        clean(arguments.output.string(), 200)));
}

}  // namespace

int quiz_command(const Kit& kit, const Arguments& arguments) {
    refuse_loose_options(arguments);
    refuse_to_lose_answers(arguments);
    const auto quizzes = load_quizzes(kit.root, kit.catalog);
    const Quiz* chosen = arguments.ids.empty() ? nullptr : &choose_quiz(quizzes, arguments.ids.front());
    const bool named = chosen != nullptr;  // --answers and --sheet come with a name
    if (named && !arguments.answers.empty()) return grade_sheet(kit, *chosen, arguments);
    if (named && arguments.sheet)
        put_out(answer_sheet(*chosen, arguments.language), arguments);
    else if (arguments.format == "json")
        print_remembered(kit, quizzes, chosen, arguments);
    if (arguments.sheet || arguments.format == "json") return all_earned;
    if (chosen == nullptr) chosen = next_quiz(quizzes, load_state(kit.root));
    if (chosen != nullptr) return sit(kit, quizzes, *chosen, arguments.language);
    fmt::print("\n  {}\n\n", quizzes.empty()
                                 ? say({"There are no questions here.", "这里没有问答。"}, arguments.language)
                                 : say({"Every question is answered. ./grade quiz ID asks those of ID again.",
                                        "所有题目都答对了。./grade quiz ID 可以再答一遍。"},
                                       arguments.language));
    return all_earned;
}

}  // namespace qkv::grader
