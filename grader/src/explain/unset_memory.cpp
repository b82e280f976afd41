#include "explain/unset_memory.hpp"

#include <cmath>
#include <cstdlib>

namespace qkv::grader {

std::string unset_memory_words(const record::Facts& facts, Language language) {
    const auto value = [&](const char* name) {
        const auto found = facts.values.find(name);
        return found == facts.values.end() ? 0.0 : std::strtod(found->second.c_str(), nullptr);
    };
    const double found = std::abs(value("found")), expected = std::abs(value("expected"));
    const bool absurd = found > 1e100 || (found > 0 && found < 1e-300);
    const bool ordinary = expected == 0 || (expected > 1e-50 && expected < 1e50);
    if (facts.kind != "difference" || !std::isfinite(found) || !absurd || !ordinary) return "";
    return language == Language::zh
               ? "\n这个数大得或小得离奇，多半是没有赋过值的元素：Matrix r(rows, cols) 在填好之前，里面什么都可能有。\n"
                 "先写 Matrix r = Matrix::Zero(rows, cols);"
               : "\nThis number looks like memory that was never set, or is gone. Matrix r(rows, cols) holds anything\n"
                 "until it is filled: begin with Matrix r = Matrix::Zero(rows, cols);";
}

}  // namespace qkv::grader
