#include "explain/origin.hpp"

#include <regex>

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

Operation operation_at(const std::vector<Frame>& stack, const Frame& place, const std::string& instruction) {
    if (stack.empty() || place.line == 0) return Operation::none;
    // log(0) is how many make the minus infinity of a mask: not to be blamed for an infinity that stayed.
    if (stack.front().function == "__math_divzero") return Operation::none;
    const Operation operation = operation_of_instruction(instruction);
    // Of C, and without a line: in the mathematical library.
    const bool in_library = stack.front().of_c && stack.front().line == 0;
    return operation != Operation::none && in_library ? Operation::function : operation;
}

}  // namespace

Operation operation_of_instruction(const std::string& instruction) {
    static const std::regex form("v?(div|addsub|add|sub|hadd|hsub|mul|sqrt|fn?m(?:add|sub)[0-9]*)[sp][sd]");
    std::smatch parts;
    if (!std::regex_match(instruction, parts, form)) return Operation::none;
    const std::string word = parts[1];
    if (word == "div") return Operation::division;
    if (word == "sqrt") return Operation::root;
    if (word == "mul") return Operation::product;
    return word.starts_with('f') ? Operation::product_sum : Operation::sum;
}

std::string origin_sentence(const Facts& facts, const std::string& exercise, const std::vector<Frame>& stack,
                            const Frame& place, const std::string& instruction, Language language) {
    const auto words = facts.origin == record::Origin::none
                           ? origin_sentences().end()
                           : origin_sentences().find(operation_at(stack, place, instruction));
    if (words == origin_sentences().end()) {
        if (facts.fault != Fault::not_finite) return "";
        return say({"NaN comes from 0/0, inf - inf or 0 * inf; inf from an overflow such as exp(1000).",
                    "NaN 来自 0/0、inf - inf 或 0 * inf；inf 来自溢出，例如 exp(1000)。"},
                   language);
    }
    const bool nan = facts.origin == record::Origin::nan;
    const Text what = nan ? Text{"NaN", " NaN "} : Text{"An infinity", "无穷大"};
    const std::string inside = other_exercise(stack, place);
    const std::string in_function =
        place.function.empty() ? "" : say({" in {},", "（{} 中）"}, language, place.function);
    const std::string in_other = inside.empty() ? "" : say({", inside {}", "所调用的 {}"}, language, inside);
    return say({"{what} was first made{in} at {exercise}.cpp:{line}{inside}, by {by}.",
                "第一个{what}产生在 {exercise}.cpp 第 {line} 行{in}{inside}：{by}。"},
               language, fmt::arg("what", what.in(language)), fmt::arg("in", in_function),
               fmt::arg("exercise", exercise), fmt::arg("line", place.line), fmt::arg("inside", in_other),
               fmt::arg("by", (nan ? words->second.nan : words->second.infinity).in(language)));
}

}  // namespace qkv::grader
