#include "explain/facts.hpp"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <csignal>
#include <cstdlib>
#include <cstring>

#include <seccomp.h>

#include "explain/tables.hpp"

namespace qkv::grader {

namespace {

std::string signal_name(int signal, Language language) {
    const auto found = signal_words().find(signal);
    return found == signal_words().end() ? fmt::format("{} ({})", signal, strsignal(signal))
                                         : found->second.in(language);
}

/// The system call by its name. Where the C library blocks signals nothing can be told but that: it does so to begin
/// threads and processes.
std::string system_call_words(int number, Language language) {
    char* name = number < 0 ? nullptr : seccomp_syscall_resolve_num_arch(SCMP_ARCH_NATIVE, number);
    std::string words =
        name != nullptr ? say({"the system call {}", "系统调用 {}"}, language, name)
                        : say({"a system call that leaves no trace, as where a thread (std::thread, std::async) or a "
                               "process begins",
                               "没有留下痕迹的系统调用，多半是新开线程（std::thread、std::async）或进程"},
                              language);
    std::free(name);
    return words;
}

/// The operation of a failed assertion of Eigen's in words; null if it is not known.
const Text* operation_of(const std::string& assertion) { return meaning_of("eigen_assertion", assertion); }

/// What was thrown, behind the exception's type; of Eigen's assertions its own condition where we have no words.
std::string thrown_words(const Facts& facts, Language language) {
    const std::string message = clean(facts.message, 1000);
    if (facts.fault == Fault::exception) return message.empty() ? "" : say({": {}", "：{}"}, language, message);
    // What follows the condition is advice.
    return operation_of(facts.message) != nullptr ? ""
                                                  : "\n" + message.substr(0, message.find(" && \"")).substr(0, 120);
}

/// What is wrong with arguments that were to be refused. Hidden tests know arguments only by their number.
std::string misfit_words(const record::Misfit& misfit, Language language) {
    if (misfit.argument.empty()) return "";
    std::string name = clean(misfit.argument, 120);
    if (std::isdigit(static_cast<unsigned char>(name.front())) != 0) {
        const std::size_t end = std::min(name.find_first_not_of("0123456789"), name.size());
        name = say({"argument {}{}", "第 {} 个参数{}"}, language, name.substr(0, end), name.substr(end));
    }
    return say({"\n{} is {} here; {} would fit", "\n这里 {} 是 {}；{} 才合适"}, language, name, misfit.wrong,
               misfit.right);
}

/// The exception that was due and why, or that none was.
std::string due_words(const Facts& facts, Language language) {
    if (facts.fault == Fault::exception && facts.due.empty() && facts.type == "std::invalid_argument")
        return say({"\nThese arguments are valid: a result was due here.", "\n这组参数是合法的：这里应当返回结果。"},
                   language);
    if (facts.due.empty()) return "";
    const std::string type =
        facts.fault != Fault::exception
            ? say({"\n{} was due here: check the arguments first.", "\n这里应当抛出 {}：先检查参数。"}, language,
                  facts.due)
            : say({"\n{} was due here, and no other type.", "\n这里应当抛出 {}，而不是别的类型。"}, language,
                  facts.due);
    return type + misfit_words(facts.misfit, language);
}

/// Where a call was when its time ran out.
std::string stuck_words(const Facts& facts, const std::string& exercise, const Traced& traced, Language language) {
    if (traced.line == 0) return "";
    const bool helper = !traced.function.empty() && traced.function != facts.function;
    return helper ? say({" and was in {} at {}.cpp:{}", "，停在 {1}.cpp 第 {2} 行（{0} 中）"}, language,
                        traced.function, exercise, traced.line)
                  : say({" and was at {}.cpp:{}", "，停在 {}.cpp 第 {} 行"}, language, exercise, traced.line);
}

/// What a test looked at: its own words, or the call whose result it judged.
std::string expression_of(const CaseReport& report, const std::string& call) {
    if (report.facts.expression.empty() && report.facts.fault == Fault::no_exception) return call;
    if (!report.facts.expression.empty() || report.calls.empty()) return clean(report.facts.expression, 1000);
    return report.calls.back().function + "(...)";
}

/// An assert of the learner's own that failed: its condition, and where in the output the C library's line about it is.
struct OwnAssertion {
    std::string condition;  ///< empty if none failed
    std::size_t begin = 0, end = 0;
};

OwnAssertion own_assertion(const CaseReport& report) {
    constexpr std::string_view before = ": Assertion `", after = "' failed.", program = "worker: ";
    const std::string& output = report.output;
    const std::size_t middle = output.find(before), end = output.find(after, middle);
    const bool aborted = report.facts.fault == Fault::crash && report.facts.signal == SIGABRT;
    if (!aborted || end == std::string::npos) return {};
    const std::size_t condition = middle + before.size(), line = output.rfind('\n', middle) + 1;
    // What the learner's code printed last may stand on the same line.
    const std::size_t name = output.rfind(program, middle);
    const std::size_t behind = end + after.size();
    return {clean(output.substr(condition, end - condition), 300),
            name == std::string::npos ? line : std::max(line, name),
            behind + (output.substr(behind, 1) == "\n" ? 1 : 0)};
}

/// True if an error is so small everywhere that only the precision of the arithmetic can be to blame.
bool is_slight(const Facts& facts) {
    // A float has 24 binary digits: its rounding error is 6e-8, and grows a little on the way.
    constexpr double most = 1e-6;
    const double error = std::strtod(facts.difference.relative.c_str(), nullptr);
    return facts.fault == Fault::difference && error > 0 && error <= most;
}

/// A name that a learner chose must not look like lines of ours.
std::string on_one_line(std::string text) {
    std::ranges::replace(text, '\n', ' ');
    return text;
}

}  // namespace

std::string message_for(const CaseReport& report, const Exercise& exercise, const Traced& traced, Language language) {
    if (report.verdict == Verdict::passed) return "";
    const Facts& facts = report.facts;
    const auto sentence = fault_sentences().find(facts.fault);
    if (sentence == fault_sentences().end()) return name_of(report.verdict);
    const auto& d = facts.difference;
    const std::string function = clean(facts.function, 1000);
    const std::string call = function + "(" + clean(facts.shapes, 120) + ")";
    const Text unknown = {"two shapes or an index do not fit", "形状或下标不匹配"};
    const Text* operation = operation_of(facts.message);
    const auto complaint = complaint_words().find(facts.complaint);
    static const Text at_assert = {"{call} stopped at its own assert{place}: {assertion} does not hold",
                                   "{call} 停在自己写的 assert 上{place}：{assertion} 不成立"};
    static const Text of_number = {"{expression}\nexpected {expected}   found {found}   error {largest}",
                                   "{expression}\n应为 {expected}   得到 {found}   误差 {largest}"};
    const std::string assertion = on_one_line(own_assertion(report).condition);
    const bool is_number = facts.fault == Fault::difference && d.found_shape == "1 x 1";
    const Text& words = !assertion.empty() ? at_assert : is_number ? of_number : sentence->second;
    std::string text =
        say(words, language, fmt::arg("assertion", assertion), fmt::arg("expression", expression_of(report, call)),
            fmt::arg("other", clean(facts.other, 1000)), fmt::arg("expanded", clean(facts.expanded, 1000)),
            fmt::arg("expected_shape", d.expected_shape), fmt::arg("found_shape", d.found_shape),
            fmt::arg("row", d.row), fmt::arg("column", d.column), fmt::arg("largest_row", d.largest_row),
            fmt::arg("largest_column", d.largest_column), fmt::arg("expected", d.expected), fmt::arg("found", d.found),
            fmt::arg("largest", d.largest), fmt::arg("misfit", misfit_words(facts.misfit, language)),
            fmt::arg("function", function), fmt::arg("call", call),
            fmt::arg("asked", function.empty() ? say({"a call", "一次调用"}, language) : call),
            fmt::arg("type", clean(facts.type, 1000)), fmt::arg("message", thrown_words(facts, language)),
            fmt::arg("due", due_words(facts, language)),
            fmt::arg("operation", (operation == nullptr ? unknown : *operation).in(language)),
            fmt::arg("todo", clean(facts.todo, 1000)), fmt::arg("exercise", exercise.id),
            fmt::arg("place", traced.line == 0
                                  ? ""
                                  : say({" at {}.cpp:{}", "（{}.cpp 第 {} 行）"}, language, exercise.id, traced.line)),
            fmt::arg("stuck", stuck_words(facts, exercise.id, traced, language)), fmt::arg("origin", traced.origin),
            fmt::arg("seconds", facts.seconds), fmt::arg("memory_limit", exercise.limits.memory_megabytes),
            fmt::arg("status", facts.exit_status), fmt::arg("signal_name", signal_name(facts.signal, language)),
            fmt::arg("system_call", system_call_words(facts.system_call, language)),
            fmt::arg("complaint", complaint == complaint_words().end() ? "" : complaint->second.in(language)));
    text.erase(text.find_last_not_of('\n') + 1);
    return clean(text, 4000);
}

std::string printed_by(const CaseReport& report) {
    const OwnAssertion assertion = own_assertion(report);
    return report.output.substr(0, assertion.begin) + report.output.substr(assertion.end);
}

bool asks_for_floats(const PartResult& part) {
    std::ptrdiff_t slight = 0, others = 0;
    for (const TestResult& test : part.tests) {
        const Facts& facts = test.report.facts;
        if (!test.diagnosis.empty()) return false;
        const bool differs = facts.fault == Fault::difference || facts.fault == Fault::not_finite;
        if (differs) ++(is_slight(facts) ? slight : others);
    }
    return slight >= others;
}

std::string unset_memory_words(const Facts& facts, Language language) {
    const double found = std::abs(std::strtod(facts.difference.found.c_str(), nullptr));
    const double expected = std::abs(std::strtod(facts.difference.expected.c_str(), nullptr));
    // Pointers and small whole numbers, read as a double, are below 7e-310. exp of what is very negative is not:
    // Eigen's never falls below 5.5e-309.
    const bool absurd = found > 1e100 || (found > 0 && found < 1e-309);
    const bool ordinary = expected == 0 || (expected > 1e-50 && expected < 1e50);
    if (facts.fault != Fault::difference || !std::isfinite(found) || !absurd || !ordinary) return "";
    return say({"\nThis number looks like memory that was never set, or is gone. Matrix r(rows, cols) holds anything\n"
                "until it is filled: begin with Matrix r = Matrix::Zero(rows, cols);",
                "\n这个数大得或小得离奇，多半是没有赋过值的元素：Matrix r(rows, cols) 在填好之前，里面什么都可能有。\n"
                "先写 Matrix r = Matrix::Zero(rows, cols);"},
               language);
}

std::string precision_words(const Facts& facts, Language language) {
    if (!is_slight(facts)) return "";
    return facts.difference.floats
               ? say({"\ncomputed in single precision (float); use Scalar",
                      "\n这是用单精度（float）算出来的；请用 Scalar"},
                     language)
               : say({"\nan error as small as single precision leaves: is there a float on the way? use Scalar",
                      "\n误差这么小，像是单精度留下的：计算途中是不是用了 float？请用 Scalar"},
                     language);
}

std::string reference_words(const PartResult& part, Language language) {
    if (part.with_reference.empty()) return "";
    const std::string names = fmt::format("{}", fmt::join(part.with_reference, ", "));
    return part.status == Status::passed
               ? say({"with the kit's {}", "{} 用的是参考实现"}, language, names)
               : say({"judged with the kit's {} in the place of yours", "判这一部分时，{} 已换成参考实现"}, language,
                     names);
}

std::string words_for(const PartResult& part, Language language) {
    return say(status_words().at(part.status), language, on_one_line(clean(part.root_cause, 80)));
}

}  // namespace qkv::grader
