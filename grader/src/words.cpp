#include "words.hpp"

#include <algorithm>
#include <cctype>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <map>

#include <fmt/format.h>
#include <seccomp.h>

#include "eigen_words.hpp"
#include "origin.hpp"
#include "precision.hpp"

namespace qkv {

namespace {

using Values = std::map<std::string, std::string>;

/// One entry a kind of facts. {name} stands for a value.
const std::map<std::string, Text>& sentences() {
    static const std::map<std::string, Text> table = {
        {"difference",
         {"{expression} ({found_shape}), first difference at row {row}, column {column}\n"
          "expected {expected}   found {found}   largest error {largest} (row {largest_row}, column {largest_column})"
          "{precision}",
          "{expression}（{found_shape}），第一处不同在行 {row}、列 {column}（从 0 数起）\n"
          "应为 {expected}   得到 {found}   最大误差 {largest}（行 {largest_row}、列 {largest_column}）"
          "{precision}"}},
        {"not_finite",
         {"{expression} ({found_shape}) holds {found} at row {row}, column {column}; expected {expected}\n"
          "{origin}",
          "{expression}（{found_shape}）在第 {row} 行、第 {column} 列是 {found}，应为 {expected}\n"
          "{origin}"}},
        {"shape",
         {"{expression} has shape {found_shape}, expected {expected_shape} (rows x columns)",
          "{expression} 的形状是 {found_shape}，应为 {expected_shape}（行 x 列）"}},
        {"assertion",
         {"expected {expression}\nfound    {expanded}\n{origin}", "应有 {expression}\n得到 {expanded}\n{origin}"}},
        {"no_exception",
         {"{expression} should throw std::invalid_argument, but it returned{misfit}",
          "{expression} 应抛出 std::invalid_argument，但它正常返回了{misfit}"}},
        {"other_value",
         {"{expression} and {other} ({found_shape}) should be equal\n"
          "first difference at row {row}, column {column}: {found} and {expected}   "
          "largest difference {largest} (row {largest_row}, column {largest_column})\n"
          "{origin}",
          "{expression} 与 {other}（{found_shape}）应当相等\n"
          "第一处不同在行 {row}、列 {column}（从 0 数起）：{found} 与 {expected}   "
          "最大相差 {largest}（行 {largest_row}、列 {largest_column}）\n"
          "{origin}"}},
        {"other_shape",
         {"{expression} is {found_shape} and {other} is {expected_shape}; they should be equal",
          "{expression} 的形状是 {found_shape}，{other} 的形状是 {expected_shape}；两者应当相等"}},
        {"exception", {"{call} threw {type}{message}{due}", "{call} 抛出了 {type}{message}{due}"}},
        {"eigen_assertion",
         {"{call} stopped in Eigen{place}: {operation}{message}{due}",
          "{call} 在 Eigen 中停下{place}：{operation}{message}{due}"}},
        {"crash", {"{call} crashed: signal {signal_name}{place}", "{call} 崩溃了：信号 {signal_name}{place}"}},
        {"sanitizer", {"{call} crashed", "{call} 崩溃了"}},  // its report is put into words elsewhere
        {"stack_overflow",
         {"{call} used up the stack{place}: a function that calls itself without end?",
          "{call} 用尽了栈空间{place}：是不是有函数无休止地调用自己？"}},
        {"exit",
         {"{call} ended the whole program with exit status {status}; a function must return or throw",
          "{call} 以退出状态 {status} 结束了整个程序；函数应当返回或抛出异常"}},
        {"timeout",
         {"{call} did not return within {seconds} s{stuck}: a loop that never ends?",
          "{call} 在 {seconds} 秒内没有返回{stuck}：是不是有死循环？"}},
        {"cpu_limit",
         {"{call} used up the computing time of its program{stuck}: a loop that never ends?",
          "{call} 用尽了程序的计算时间{stuck}：是不是有死循环？"}},
        {"timed_out_before",
         {"not run: {function} had run out of time in an earlier test", "未运行：{function} 在前面的测试中已经超时"}},
        {"exercise_limit",
         {"not run: the tests of the exercise reached their limit of {seconds} s",
          "未运行：本练习的测试达到了 {seconds} 秒的上限"}},
        {"out_of_memory",
         {"{call} asked for more memory than the limit of {memory_limit} MB",
          "{call} 申请的内存超过了 {memory_limit} MB 的上限"}},
        {"forbidden",
         {"{call} tried something that graded code may not do: the system call {system_call_name}{place}\n"
          "Graded functions only compute: no files, no network, no processes.",
          "{call} 做了评分代码不允许的事：系统调用 {system_call_name}{place}\n"
          "评分的函数只做计算：不用文件、网络和进程。"}},
        {"bad_reply",
         {"the answer to {call} could not be understood: {complaint}\n"
          "Only the grader's own code may use descriptor 3.",
          "无法理解 {call} 的回复：{complaint}\n描述符 3 只供评分程序使用。"}},
        {"mask_never_set",
         {"{call} returned a mask whose elements are not all true or false: some were never set\n"
          "Mask m(rows, cols) holds anything until it is filled: begin with Mask::Constant(rows, cols, false).",
          "{call} 返回的掩码里，有的元素既不是 true 也不是 false：没有赋过值\n"
          "Mask m(rows, cols) 在填好之前，里面什么都可能有：先写 Mask::Constant(rows, cols, false)。"}},
        {"todo", {"{todo} is not written yet: its todo() was reached", "{todo} 还没有写：运行到了它的 todo()"}},
        {"missing",
         {"{todo} is declared in {exercise}.hpp but not defined in your file; did its parameters change?",
          "{todo} 在 {exercise}.hpp 中有声明，但你的文件里没有定义；是不是改了参数？"}},
        {"null_call",
         {"{call} called a function{place} that is declared in {exercise}.hpp but not defined in your file",
          "{call} 调用了一个函数{place}，它在 {exercise}.hpp 中有声明，但你的文件里没有定义"}},
        {"no_assertion",
         {"this test checked nothing: a fault of the kit, please report it",
          "这个测试什么也没有检查：这是工具的错误，请报告"}},
    };
    return table;
}

std::string signal_words(int signal, Language language) {
    const bool zh = language == Language::zh;
    switch (signal) {
        case SIGSEGV:
            return zh ? "SIGSEGV（访问了不属于它的内存）" : "SIGSEGV (memory that is not its own)";
        case SIGABRT:
            return zh ? "SIGABRT（程序中止，或堆内存被写坏）" : "SIGABRT (aborted, or the heap was overwritten)";
        case SIGFPE:
            return zh ? "SIGFPE（整数除以零）" : "SIGFPE (integer division by zero)";
        case SIGILL:
            return zh ? "SIGILL（多半是函数走到了结尾却没有 return）"
                      : "SIGILL (did a function end without returning a value?)";
        case SIGTRAP:
            return zh ? "SIGTRAP（多半是函数走到了结尾却没有 return）"
                      : "SIGTRAP (did a function end without returning a value?)";
        default:
            return fmt::format("{} ({})", signal, strsignal(signal));
    }
}

std::string system_call_name(int number) {
    char* name = number < 0 ? nullptr : seccomp_syscall_resolve_num_arch(SCMP_ARCH_NATIVE, number);
    std::string result = name == nullptr ? "?" : name;
    std::free(name);
    return result;
}

int to_number(const Values& values, const char* name) {
    const auto found = values.find(name);
    return found == values.end() ? -1 : std::atoi(found->second.c_str());
}

std::string filled_in(const std::string& sentence, const Values& values) {
    std::string text;
    for (std::size_t i = 0; i < sentence.size();) {
        const std::size_t end = sentence[i] == '{' ? sentence.find('}', i) : std::string::npos;
        if (end == std::string::npos) {
            text += sentence[i++];
            continue;
        }
        const auto found = values.find(sentence.substr(i + 1, end - i - 1));
        if (found != values.end()) text += found->second;
        i = end + 1;
    }
    return text;
}

/// What is wrong with a reply, for readers of Chinese.
std::string complaint_in_chinese(const std::string& complaint) {
    static const std::map<std::string, std::string> table = {
        {"it came without a call", "没有调用却发来了回复"},
        {"it ends in the middle", "回复只有半截"},
        {"it describes an exception in a wrong way", "对异常的描述有误"},
        {"it names no function", "没有写明是哪个函数"},
        {"it is of an unknown kind", "回复的种类不明"},
        {"it is not what the function returns", "不是这个函数的返回类型"},
        {"it is not in the grader's format", "不是评分程序的格式"},
        {"it answers another call", "回复的是另一次调用"},
        {"it is larger than 64 MiB", "回复超过了 64 MiB"},
        {"the channel was closed", "通道被关闭了"},
    };
    const auto found = table.find(complaint);
    return found == table.end() ? complaint : found->second;
}

/// The text of an assertion as a learner would write it.
std::string expression_of(const std::string& text, const CaseReport& report) {
    // The hidden tests' own words for what a function returned.
    if (text == "actual[part]" && !report.calls.empty()) return report.calls.back().function + "(...)";
    if (text.starts_with("as_matrix(") && text.find(')') == text.size() - 2) return text.substr(10, text.size() - 11);
    constexpr std::string_view expected_type = ", std::invalid_argument";
    return text.ends_with(expected_type) ? text.substr(0, text.size() - expected_type.size()) : text;
}

/// What an error that is small everywhere comes from.
std::string precision_words(const Facts& facts, Language language) {
    static const Text single = {"\ncomputed in single precision (float); use Scalar",
                                "\n这是用单精度（float）算出来的；请用 Scalar"},
                      low = {"\nan error as small as single precision leaves: is there a float on the way? use Scalar",
                             "\n误差这么小，像是单精度留下的：计算途中是不是用了 float？请用 Scalar"};
    const Precision precision = precision_of(facts);
    return precision == Precision::enough ? "" : (precision == Precision::single ? single : low).in(language);
}

/// What is wrong with arguments that were to be refused. Hidden tests know arguments only by their number.
std::string misfit_words(const Values& values, Language language) {
    const auto found = values.find("argument");
    if (found == values.end() || found->second.empty()) return "";
    std::string name = found->second;
    if (std::isdigit(static_cast<unsigned char>(name.front())) != 0) {
        const std::size_t end = std::min(name.find_first_not_of("0123456789"), name.size());
        name =
            language == Language::zh ? "第 " + name.substr(0, end) + " 个参数" + name.substr(end) : "argument " + name;
    }
    return fmt::format(
        fmt::runtime(language == Language::zh ? "\n这里 {} 是 {}；{} 才合适" : "\n{} is {} here; {} would fit"), name,
        values.at("wrong_shape"), values.at("right_shape"));
}

/// The facts, and what can be said from them.
Values complete(const Facts& facts, const Exercise& exercise, int learner_line, Language language) {
    Values values;
    for (const auto& [name, value] : facts.values) values[name] = clean(value, 1000);
    if (values.contains("shapes")) values["shapes"] = clean(values["shapes"], 120);
    values["call"] = values["function"] + "(" + values["shapes"] + ")";
    values["exercise"] = exercise.id;
    values["memory_limit"] = fmt::format("{}", exercise.limits.memory_megabytes);
    if (learner_line > 0)
        values["place"] = fmt::format(fmt::runtime(language == Language::zh ? "（{}.cpp 第 {} 行）" : " at {}.cpp:{}"),
                                      exercise.id, learner_line);
    values["origin"] = origin_words(facts, exercise.id, learner_line, language);
    if (learner_line > 0) {
        const std::string function = values["place_function"];
        const bool helper = !function.empty() && function != values["function"];
        values["stuck"] =
            language == Language::zh
                ? fmt::format("，停在 {}.cpp 第 {} 行{}", exercise.id, learner_line,
                              helper ? "（" + function + " 中）" : "")
                : fmt::format(" and was{} at {}.cpp:{}", helper ? " in " + function : "", exercise.id, learner_line);
    }
    values["precision"] = precision_words(facts, language);
    values["misfit"] = misfit_words(values, language);
    if (values.contains("due")) {
        const bool zh = language == Language::zh, stopped = facts.kind == "eigen_assertion";
        values["due"] =
            zh ? fmt::format("\n这里应当抛出 {}{}", values["due"], stopped ? "：先检查形状。" : "，而不是别的类型。")
               : fmt::format("\n{} was due here{}", values["due"],
                             stopped ? ": check the arguments first." : ", and no other type.");
    }
    if (values.contains("due")) values["due"] += values["misfit"];
    if (facts.kind == "exception" && !values["message"].empty())
        values["message"] = (language == Language::zh ? "：" : ": ") + values["message"];
    if (values.contains("complaint") && language == Language::zh)
        values["complaint"] = complaint_in_chinese(values["complaint"]);
    if (facts.kind == "exception" && values["type"] == "std::invalid_argument" && !values.contains("due"))
        values["due"] = language == Language::zh ? "\n这组参数是合法的：这里应当返回结果。"
                                                 : "\nThese arguments are valid: a result was due here.";
    if (facts.kind == "crash") values["signal_name"] = signal_words(to_number(values, "signal"), language);
    if (facts.kind == "forbidden") values["system_call_name"] = system_call_name(to_number(values, "system_call"));
    if (facts.kind == "eigen_assertion") {
        const auto known = eigen_words(values["message"]);
        const Text unknown = {"two shapes or an index do not fit", "形状或下标不匹配"};
        values["operation"] = known.value_or(unknown).in(language);
        // Eigen's own condition helps where we have no words; what follows it is advice.
        const std::string condition = values["message"].substr(0, values["message"].find(" && \"")).substr(0, 120);
        values["message"] = known ? "" : "\n" + condition;
    }
    return values;
}

}  // namespace

/// Lists of unequal length in a hidden test: the comparison's own words help nobody.
static bool say_length(Values& values, const CaseReport& report, Language language) {
    if (values["expression"] != "actual.size() == expected.size()" || report.calls.empty()) return false;
    const std::string expanded = values["expanded"];
    const std::size_t sign = expanded.find(" == ");
    if (sign == std::string::npos) return false;
    values["text"] = fmt::format(fmt::runtime(language == Language::zh ? "{}(...) 返回了 {} 个元素，应为 {} 个"
                                                                       : "{}(...) returned {} elements, expected {}"),
                                 report.calls.back().function, expanded.substr(0, sign), expanded.substr(sign + 4));
    return true;
}

std::string message_for(const CaseReport& report, const Exercise& exercise, int learner_line, Language language) {
    if (report.verdict == "passed") return "";
    const auto found = sentences().find(report.facts.kind);
    if (found == sentences().end()) return report.verdict;
    Values values = complete(report.facts, exercise, learner_line, language);
    if (say_length(values, report, language)) return values["text"];
    values["expression"] = values.contains("argument") ? values["call"] : expression_of(values["expression"], report);
    std::string text = filled_in(found->second.in(language), values);
    text.erase(text.find_last_not_of('\n') + 1);
    return clean(text, 4000);
}

/// A name that a learner chose must not look like lines of ours.
static std::string on_one_line(std::string text) {
    std::ranges::replace(text, '\n', ' ');
    return text;
}

std::string status_words(const PartResult& part, Language language) {
    static const std::map<std::string, Text> table = {
        {"passed", {"passed", "通过"}},
        {"failed", {"failed", "未通过"}},
        {"not_implemented", {"not written yet", "还没有写"}},
        {"build_failed", {"does not compile", "编译不通过"}},
        {"missing", {"no file", "没有文件"}},
    };
    if (part.status == "blocked") {
        return fmt::format(fmt::runtime(language == Language::zh ? "等待 {}" : "waits for {}"),
                           on_one_line(clean(part.root_cause, 80)));
    }
    return table.at(part.status).in(language);
}

}  // namespace qkv
