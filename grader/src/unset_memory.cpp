#include "unset_memory.hpp"

#include <cmath>
#include <cstdlib>

#include <fmt/format.h>

namespace qkv {

std::string unset_memory_words(const Facts& facts, Language language) {
    const auto value = [&](const char* name) {
        const auto found = facts.values.find(name);
        return found == facts.values.end() ? 0.0 : std::strtod(found->second.c_str(), nullptr);
    };
    const double found = std::abs(value("found")), expected = std::abs(value("expected"));
    const bool absurd = found > 1e100 || (found > 0 && found < 1e-300);
    const bool ordinary = expected == 0 || (expected > 1e-50 && expected < 1e50);
    if (facts.kind != "difference" || !std::isfinite(found) || !absurd || !ordinary) return "";
    std::string size = clean(facts.values.contains("found_shape") ? facts.values.at("found_shape") : "", 40);
    if (const std::size_t at = size.find(" x "); at != std::string::npos) size.replace(at, 3, ", ");
    return fmt::format(
        fmt::runtime(
            language == Language::zh
                ? "这个数大得或小得离奇，多半是没有赋过值的元素：Matrix r({0}) 在填好之前，里面什么都可能有。\n"
                  "先写 Matrix r = Matrix::Zero({0});"
                : "This number looks like memory that was never set: Matrix r({0}) holds anything until it is "
                  "filled.\nBegin with Matrix r = Matrix::Zero({0});"),
        size);
}

}  // namespace qkv
