#include "report/quiz.hpp"

#include <algorithm>
#include <sstream>

#include <fmt/format.h>

#include "report/failure.hpp"

namespace qkv::grader {

namespace {

/// A text with something in front of its first line, and its other lines as far in.
std::string hanging(const std::string& front, const std::string& text, std::size_t columns) {
    std::string all;
    for (const std::string& line : wrapped(text, columns - std::min(columns / 2, width(front)))) {
        const std::string before = all.empty() ? front : std::string(width(front), ' ');
        all += line.empty() ? "\n" : before + line + "\n";
    }
    return all;
}

}  // namespace

std::string question_words(const Question& question, const Paint& paint, std::size_t columns) {
    std::string text = hanging("  ", question.prompt.in(paint.language), columns);
    if (!question.code.empty()) text += "\n";
    std::istringstream code(question.code);
    for (std::string line; std::getline(code, line);) text += line.empty() ? "\n" : "      " + line + "\n";
    if (question.kind != QuestionKind::choice) return text;
    text += "\n";
    char letter = 'a';
    for (const Text& choice : choices(question))
        text += hanging(fmt::format("    {}  ", letter++), choice.in(paint.language), columns);
    return text;
}

Text wanted_words(const Question& question) {
    if (question.kind == QuestionKind::choice)
        return said({"A letter, please, from a to {}.", "请输入一个字母，a 到 {}。"},
                    std::string(1, static_cast<char>('a' + question.wrong.size())));
    if (question.kind == QuestionKind::brief && form_of(question) == AnswerForm::number)
        return {"A number, please: 3, 0.25, 1/4 or 2.5e-1.", "请输入一个数，例如 3、0.25、1/4 或 2.5e-1。"};
    if (question.kind == QuestionKind::brief && form_of(question) == AnswerForm::shape)
        return {"A shape, please, rows x columns, such as 4 x 6.", "请输入形状，行数 x 列数，例如 4 x 6。"};
    return {"An answer, please; ? tells it.", "请输入答案；输入 ? 可以看答案。"};
}

std::string verdict_words(const Question& question, const Judgement& judgement, const Paint& paint,
                          std::size_t columns) {
    if (judgement.worth == Worth::right)
        return "  " + paint.good(paint.say({"✓ Right.", "✓ 答对了。"})) + "\n" +
               hanging("    ", question.explanation.in(paint.language), columns);
    const std::string why =
        judgement.why ? judgement.why->in(paint.language) : paint.say({"That is not it.", "不对。"});
    const std::string front = "  ✗ ";  // painted afterwards: colours take no columns
    return paint.bad(front) + hanging(front, why, columns).substr(front.size()) + "    " +
           paint.faint(paint.say(
               {"The question comes back; ? then tells the answer.", "这道题还会再出现，到时输入 ? 可以看答案。"})) +
           "\n";
}

std::string told_words(const Question& question, const Paint& paint, std::size_t columns) {
    return hanging("  ", paint.say({"The answer: {}", "答案：{}"}, right_answer(question, paint.language)), columns) +
           hanging("    ", question.explanation.in(paint.language), columns) + "    " +
           paint.faint(paint.say({"The question comes back.", "这道题还会再出现。"})) + "\n";
}

std::string answer_sheet(const Quiz& quiz, Language language) {
    std::string sheet = say({"# {}: {}\n# One answer a line, after the colon. Of choices the letter; what a program "
                             "prints on one line.\n",
                             "# {}：{}\n# 每行一个答案，写在冒号后面。选择题写字母；程序输出写成一行。\n"},
                            language, quiz.id, quiz.title);
    const auto comment = [&](const std::string& text, const char* indent) {
        std::istringstream lines(text);
        for (std::string line; std::getline(lines, line);)
            sheet += fmt::format("# {}{}\n", line.empty() ? "" : indent, line);
    };
    for (const Question& question : quiz.questions) {
        sheet += "\n";
        comment(question.prompt.in(language), "");
        comment(question.code, "    ");
        char letter = 'a';
        if (question.kind == QuestionKind::choice) {
            for (const Text& choice : choices(question))
                comment(fmt::format("{}  {}", letter++, choice.in(language)), "  ");
        }
        sheet += question.id + ": \n";
    }
    return sheet;
}

std::string message_of(const QuestionResult& result, Language language) {
    if (result.judgement.why) return result.judgement.why->in(language);
    const bool unreadable = result.status == QuestionStatus::wrong && result.judgement.worth == Worth::unreadable;
    return unreadable ? wanted_words(result.question).in(language) : "";
}

std::string to_text(const QuizResult& result, const Paint& paint) {
    std::string text = fmt::format("\n  {} · {}   {} / {}\n", result.id, result.title.in(paint.language),
                                   result.count(QuestionStatus::right), result.questions.size());
    for (const QuestionResult& one : result.questions) {
        const std::string& id = one.question.id;
        if (one.status == QuestionStatus::right) {
            text += fmt::format("    {}\n", paint.good("✓ " + id));
        } else if (one.status == QuestionStatus::unanswered) {
            text += fmt::format("    {}   {}\n", paint.faint("- " + id), paint.say({"not answered", "没有作答"}));
        } else {
            text += fmt::format("    {}   {}\n", paint.bad("✗ " + id), one.answer);
            text += hanging("      ", message_of(one, paint.language), report_columns);
        }
    }
    return without_commands(text + "\n");
}

}  // namespace qkv::grader
