#include "model/manifest.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace qkv::grader {

void Table::refuse_unknown_keys() const {
    for (const auto& [key, node] : table_) {
        const std::string name(key.str());
        if (!asked_.contains(name)) {
            faults_.add(static_cast<int>(key.source().begin.line),
                        said({"unknown key {}", "不认识{}"}, named(clean(name, 80))));
        }
    }
}

void stop(const std::vector<std::string>& faults) {
    throw Failure(kit_fault, fmt::format("{}", fmt::join(faults, "\n")));
}

}  // namespace qkv::grader
