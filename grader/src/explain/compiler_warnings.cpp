#include "explain/compiler_warnings.hpp"

#include <algorithm>
#include <cstdlib>
#include <regex>
#include <set>
#include <sstream>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "model/declarations.hpp"
#include "base/files.hpp"
#include "model/submission.hpp"
#include "base/text.hpp"

namespace qkv::grader {

namespace {

/// An option of the compiler, -Wreturn-type without its -W, and what it means; {} is what the compiler names.
struct WarningMeaning {
    std::string_view option;
    Text words;
};

/// Those that may explain a wrong number; what honest code may do as well is not among them.
const std::vector<WarningMeaning> meanings = {
    {"return-type", {"a path through this function ends without a return", "这个函数有一条路径走到末尾也没有 return"}},
    {"uninitialized", {"{} is read before anything was written into it", "{} 还没有赋值就被读取了"}},
    {"maybe-uninitialized", {"{} may be read before anything was written into it", "{} 可能还没有赋值就被读取了"}},
    {"sometimes-uninitialized",
     {"on one path {} is read before anything was written into it", "有一条路径上，{} 还没有赋值就被读取了"}},
    {"parentheses",
     {"= assigns, == compares; or && and || stand together without parentheses",
      "= 是赋值，== 才是比较；或者 && 和 || 混用而没有加括号"}},
    {"logical-op-parentheses",
     {"&& binds tighter than ||: are parentheses missing?", "&& 比 || 结合得更紧：是不是少了括号？"}},
    {"logical-not-parentheses",
     {"! applies to its left side only: parentheses are missing", "! 只作用于左边：少了括号"}},
    {"int-in-bool-context", {"a number stands where a condition is expected", "这里应当是条件，写的却是一个数"}},
    {"tautological-compare", {"this comparison always has the same result", "这个比较的结果永远一样"}},
    {"tautological-overlap-compare", {"this comparison always has the same result", "这个比较的结果永远一样"}},
    {"unused-value", {"the result of this expression is thrown away", "这个表达式的结果没有用上"}},
    {"unused-result", {"the result of this call is thrown away", "这次调用的结果没有用上"}},
    {"unused-comparison",
     {"the result of this comparison is thrown away: = assigns", "这个比较的结果没有用上：赋值要写 ="}},
    {"unused-variable", {"{} is never used", "{} 从未用到"}},
    {"unused-but-set-variable", {"{} is written and never read", "{} 只写不读"}},
    {"for-loop-analysis",
     {"what the loop's condition asks for does not change in the loop", "循环条件里的变量在循环中从不改变"}},
    {"infinite-recursion",
     {"this function calls itself on every path, without end", "这个函数在每条路径上都调用自己，没有尽头"}},
    {"empty-body", {"the semicolon here is the whole body", "这里的分号就是全部的循环体（或分支）"}},
    {"misleading-indentation",
     {"this line looks as if it belonged to the if or loop above; it does not, braces are missing",
      "这一行看上去属于上面的 if 或循环，其实不属于：少了花括号"}},
    {"dangling-else", {"this else belongs to the inner if: braces are missing", "这个 else 属于里面的 if：少了花括号"}},
    {"return-stack-address",
     {"what is returned refers to a variable that ends with the function",
      "返回的引用指向函数里的局部变量，函数结束它就没了"}},
    {"return-local-addr",
     {"what is returned refers to a variable that ends with the function",
      "返回的引用指向函数里的局部变量，函数结束它就没了"}},
    {"dangling",
     {"this refers to a temporary that is gone after this line", "这里引用了一个临时对象，过了这一行它就没了"}},
    {"dangling-gsl",
     {"this refers to a temporary that is gone after this line", "这里引用了一个临时对象，过了这一行它就没了"}},
    {"array-bounds", {"this index is outside of the array", "这个下标超出了数组"}},
    {"division-by-zero", {"this divides by zero", "这里除以零"}},
    {"div-by-zero", {"this divides by zero", "这里除以零"}},
    {"literal-conversion",
     {"this number loses its fraction when it becomes a whole one", "这个数变成整数时丢掉了小数部分"}},
    {"absolute-value",
     {"abs for whole numbers cuts off the fraction: write std::abs", "整数的 abs 会丢掉小数部分：请写 std::abs"}},
    {"string-plus-int",
     {"+ moves the beginning of this text; to append a number, write std::to_string",
      "这里的 + 会移动字符串的起点；要接上一个数，请用 std::to_string"}},
    {"unsequenced",
     {"{} is changed and used in one expression, in no defined order",
      "{} 在同一个表达式里既被修改又被使用，先后没有定义"}},
    {"self-assign", {"a variable is assigned to itself", "变量赋值给了它自己"}},
    {"self-assign-overloaded", {"a variable is assigned to itself", "变量赋值给了它自己"}},
};

bool about_something_unused(std::string_view option) {
    return option == "unused-variable" || option == "unused-but-set-variable";
}

}  // namespace

std::optional<CompilerWarning> first_warning(const std::string& diagnostics, const std::string& path,
                                             const std::function<bool(int line)>& matters) {
    static const std::regex warning(R"(^:(\d{1,9}):\d{1,9}: warning: (.*) \[-W([^\],=]+)[^\]]*\]$)");
    std::optional<CompilerWarning> unused;
    std::istringstream stream(diagnostics);
    for (std::string line; std::getline(stream, line);) {
        if (line.size() > path.size() + 1000 || !line.starts_with(path)) continue;
        const std::string rest = line.substr(path.size());
        std::smatch found;
        if (!std::regex_match(rest, found, warning)) continue;
        const std::string option = found[3];
        const int place = std::atoi(found[1].str().c_str());
        const auto meaning = std::ranges::find(meanings, option, &WarningMeaning::option);
        if (meaning == meanings.end() || !matters(place)) continue;
        // GCC's quotes are typographic.
        const std::string words = std::regex_replace(found[2].str(), std::regex("\u2018|\u2019"), "'");
        const std::size_t begin = words.find('\''), end = words.find('\'', begin + 1);
        const std::string name = end == std::string::npos ? "" : words.substr(begin + 1, end - begin - 1);
        // A warning may quote what a file says, line breaks and all: nobody's sentences but ours are told.
        const bool names = meaning->words.en.find("{}") != std::string::npos;
        if (names && (name.empty() || !std::ranges::all_of(name, is_word))) continue;
        const auto told = [&](const std::string& text) { return fmt::format(fmt::runtime(text), name); };
        const CompilerWarning result{place, {told(meaning->words.en), told(meaning->words.zh)}};
        if (about_something_unused(option)) {
            if (!unused) unused = result;
            continue;
        }
        return result;
    }
    return unused;
}

std::optional<CompilerWarning> warning_for(const ExerciseResult& result, const PartResult& part) {
    if (result.diagnostics.find(": warning: ") == std::string::npos) return std::nullopt;
    const Exercise& exercise = result.exercise;
    std::set<std::string> graded, called;
    for (const Declaration& function : declarations(read_file(exercise.folder / (exercise.id + ".hpp"))))
        graded.insert(function.name);
    for (const TestResult& test : part.tests) {
        for (const CallFacts& call : test.report.calls) called.insert(call.function);
        // A call without an answer.
        const auto unanswered = test.report.facts.values.find("function");
        if (unanswered != test.report.facts.values.end()) called.insert(unanswered->second);
    }
    const auto functions = declarations(read_source(result.source, exercise, Language::en).text);
    const auto matters = [&](int line) {
        // The graded function that begins last above the line; what stands above all of them is everybody's.
        std::string around;
        for (const Declaration& function : functions) {
            if (function.defined && function.line <= line) around = function.name;
        }
        return !graded.contains(around) || called.contains(around);
    };
    return first_warning(result.diagnostics, clean(result.source.string()), matters);
}

}  // namespace qkv::grader
