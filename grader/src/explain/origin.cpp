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

/// How the instructions of a processor are called that compute with numbers of floating point.
struct Arithmetic {
    const char* processor;
    const char* words;
    Operation operation;
};

constexpr Arithmetic arithmetic[] = {
    {"x86_64", "v?div[sp][sd]", Operation::division},
    {"x86_64", "v?sqrt[sp][sd]", Operation::root},
    {"x86_64", "v?mul[sp][sd]", Operation::product},
    {"x86_64", "v?h?(add|sub)[sp][sd]|v?addsubp[sd]", Operation::sum},
    {"x86_64", "vfn?m(add|sub|addsub|subadd)[0-9]*[sp][sd]", Operation::product_sum},
    {"aarch64", "fdiv", Operation::division},
    {"aarch64", "fsqrt", Operation::root},
    {"aarch64", "fn?mul|fmulx", Operation::product},
    {"aarch64", "fadd|fsub|faddp|fabd", Operation::sum},
    {"aarch64", "fn?m(add|sub)|fml[as]", Operation::product_sum},
};

Operation judged(const std::vector<Frame>& stack, const Frame& place, Operation operation) {
    if (stack.empty() || place.line == 0) return Operation::none;
    // log(0) is how many make the minus infinity of a mask: not to be blamed for an infinity that stayed.
    if (stack.front().function == "__math_divzero") return Operation::none;
    // Of C, and without a line: in the mathematical library.
    const bool in_library = stack.front().of_c && stack.front().line == 0;
    return operation != Operation::none && in_library ? Operation::function : operation;
}

}  // namespace

Operation operation_of_instruction(const std::string& instruction, const std::string& processor) {
    for (const Arithmetic& known : arithmetic) {
        if (processor == known.processor && std::regex_match(instruction, std::regex(known.words)))
            return known.operation;
    }
    return Operation::none;
}

std::string origin_sentence(const Facts& facts, const std::string& exercise, const std::vector<Frame>& stack,
                            const Frame& place, Operation operation, Language language) {
    const auto words = facts.origin == record::Origin::none ? origin_sentences().end()
                                                            : origin_sentences().find(judged(stack, place, operation));
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
