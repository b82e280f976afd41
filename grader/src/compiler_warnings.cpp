#include "compiler_warnings.hpp"

#include <algorithm>
#include <cstdlib>
#include <regex>
#include <set>
#include <sstream>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "declarations.hpp"
#include "files.hpp"
#include "submission.hpp"

namespace qkv {

namespace {

/// An option of the compiler, -Wreturn-type without its -W, and what it means; {} is what the compiler names.
struct Meaning {
    std::string_view option;
    Text words;
};

const std::vector<Meaning> meanings = {
    {"return-type", {"a path through this function ends without a return", "这个函数有一条路径走到末尾也没有 return"}},
    {"uninitialized", {"{} is read before anything was written into it", "{} 还没有赋值就被读取了"}},
    {"sometimes-uninitialized",
     {"on one path {} is read before anything was written into it", "有一条路径上，{} 还没有赋值就被读取了"}},
    {"parentheses",
     {"= assigns, == compares; or && and || stand together without parentheses",
      "= 是赋值，== 才是比较；或者 && 和 || 混用而没有加括号"}},
    {"unused-value", {"the result of this expression is thrown away", "这个表达式的结果没有用上"}},
    {"unused-comparison",
     {"the result of this comparison is thrown away: = assigns", "这个比较的结果没有用上：赋值要写 ="}},
    {"unused-variable", {"{} is never used", "{} 从未用到"}},
    {"unused-but-set-variable", {"{} is written and never read", "{} 只写不读"}},
    {"infinite-recursion",
     {"this function calls itself on every path, without end", "这个函数在每条路径上都调用自己，没有尽头"}},
    {"empty-body", {"the semicolon here is the whole body", "这里的分号就是全部的循环体（或分支）"}},
    {"misleading-indentation",
     {"this line looks as if it belonged to the if or loop above; it does not, braces are missing",
      "这一行看上去属于上面的 if 或循环，其实不属于：少了花括号"}},
    {"return-stack-address",
     {"what is returned refers to a variable that ends with the function",
      "返回的引用指向函数里的局部变量，函数结束它就没了"}},
    {"dangling-gsl",
     {"this refers to a temporary that is gone after this line", "这里引用了一个临时对象，过了这一行它就没了"}},
    {"self-assign", {"{} is assigned to itself", "{} 赋值给了它自己"}},
    {"self-assign-overloaded", {"a variable is assigned to itself", "变量赋值给了它自己"}},
};

/// True, and honest code may have it: no reason for a wrong number.
const std::vector<std::string_view> of_style = {"sign-compare",
                                                "unused-function",
                                                "unused-lambda-capture",
                                                "unused-const-variable",
                                                "unused-local-typedef",
                                                "unused-typedefs",
                                                "reorder",
                                                "reorder-ctor",
                                                "comment",
                                                "unknown-pragmas",
                                                "extra-semi",
                                                "pedantic",
                                                "c++20-extensions",
                                                "missing-field-initializers"};

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
        if (std::ranges::find(of_style, option) != of_style.end() || !matters(place)) continue;
        const auto meaning = std::ranges::find(meanings, option, &Meaning::option);
        // GCC's quotes are typographic.
        const std::string words = std::regex_replace(found[2].str(), std::regex("\u2018|\u2019"), "'");
        const std::size_t begin = words.find('\''), end = words.find('\'', begin + 1);
        const std::string name = end == std::string::npos ? "" : words.substr(begin + 1, end - begin - 1);
        const auto told = [&](const std::string& text) { return fmt::format(fmt::runtime(text), name); };
        const CompilerWarning result{place, meaning == meanings.end()
                                                ? Text{words, words}
                                                : Text{told(meaning->words.en), told(meaning->words.zh)}};
        if (about_something_unused(option)) {
            if (!unused) unused = result;
            continue;
        }
        return result;
    }
    return unused;
}

std::optional<CompilerWarning> warning_for(const ExerciseResult& result, const PartResult& part) {
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

}  // namespace qkv
