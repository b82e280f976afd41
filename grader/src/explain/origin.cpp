#include "explain/origin.hpp"

#include <map>
#include <regex>
#include <utility>

#include <fmt/format.h>

namespace qkv::grader {

namespace {

/// The function of another exercise that the place called and in which it happened; empty if there is none.
std::string other_exercise(const std::vector<Frame>& stack, const Frame& place) {
    std::string function;
    for (const Frame& frame : stack) {
        if (frame.file == place.file) break;
        if (frame.file.extension() == ".cpp") function = frame.function;
    }
    return function;
}

}  // namespace

std::string arithmetic_of(const std::string& instruction) {
    static const std::regex form("v?(div|addsub|add|sub|hadd|hsub|mul|sqrt|fn?m(?:add|sub)[0-9]*)[sp][sd]");
    std::smatch parts;
    if (!std::regex_match(instruction, parts, form)) return "";
    const std::string word = parts[1];
    if (word == "div") return "division";
    if (word == "sqrt") return "root";
    if (word == "mul") return "product";
    return word.starts_with('f') ? "product_sum" : "sum";
}

void add_origin(const std::vector<Frame>& stack, const Frame& place, const std::string& instruction, record::Facts& facts) {
    if (!facts.values.contains("origin")) return;
    std::string by = place.line == 0 ? "" : arithmetic_of(instruction);
    // log(0) is how many make the minus infinity of a mask: not to be blamed for an infinity that stayed.
    if (!stack.empty() && stack.front().function == "__math_divzero") by.clear();
    if (by.empty()) {
        facts.values.erase("origin");
        return;
    }
    // Of C, and without a line: in the mathematical library.
    facts.values["origin_by"] = stack.front().of_c && stack.front().line == 0 ? "function" : by;
    const std::string inside = other_exercise(stack, place);
    if (!inside.empty()) facts.values["origin_inside"] = inside;
}

std::string origin_words(const record::Facts& facts, const std::string& exercise, int learner_line, Language language) {
    // One entry for each value of `origin_by`: what NaN is made from, what an infinity.
    static const std::map<std::string, std::pair<Text, Text>> makers = {
        {"division",
         {{"a division, 0/0 or inf/inf", "除法（0/0 或 inf/inf）"},
          {"a division, by zero or by too small a number", "除法（除数为零或太小）"}}},
        {"sum", {{"a sum or difference, inf - inf", "加减法（inf - inf）"}, {"a sum that overflowed", "加法溢出"}}},
        {"product", {{"a product, 0 * inf", "乘法（0 * inf）"}, {"a product that overflowed", "乘法溢出"}}},
        {"product_sum",
         {{"a sum of products, 0 * inf or inf - inf", "乘加（0 * inf 或 inf - inf）"},
          {"a sum of products that overflowed", "乘加溢出"}}},
        {"root", {{"the square root of a negative number", "对负数开平方"}, {"a square root", "开平方"}}},
        {"function",
         {{"a mathematical function outside its domain, such as the root or logarithm of a negative number",
           "数学函数的自变量超出定义域（例如对负数开平方或取对数）"},
          {"a mathematical function that overflowed, such as exp(1000)", "数学函数溢出（例如 exp(1000)）"}}},
    };
    const bool zh = language == Language::zh;
    const auto value = [&](const char* name) {
        const auto found = facts.values.find(name);
        return found == facts.values.end() ? std::string() : found->second;
    };
    const auto maker = makers.find(value("origin_by"));
    if (value("origin").empty() || maker == makers.end()) {
        if (facts.kind != "not_finite") return "";
        return zh ? "NaN 来自 0/0、inf - inf 或 0 * inf；inf 来自溢出，例如 exp(1000)。"
                  : "NaN comes from 0/0, inf - inf or 0 * inf; inf from an overflow such as exp(1000).";
    }
    const bool nan = value("origin") == "nan";
    const std::string by = (nan ? maker->second.first : maker->second.second).in(language);
    const std::string function = value("place_function"), inside = value("origin_inside");
    if (zh) {
        return fmt::format("第一个{}产生在 {}.cpp 第 {} 行{}{}{}：{}。", nan ? " NaN " : "无穷大", exercise,
                           learner_line, function.empty() ? "" : "（" + function + " 中）",
                           inside.empty() ? "" : "所调用的 ", inside, by);
    }
    return fmt::format("{} was first made{} at {}.cpp:{}{}, by {}.", nan ? "NaN" : "An infinity",
                       function.empty() ? "" : " in " + function + ",", exercise, learner_line,
                       inside.empty() ? "" : ", inside " + inside, by);
}

}  // namespace qkv::grader
