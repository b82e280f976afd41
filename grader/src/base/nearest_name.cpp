#include "base/nearest_name.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

namespace qkv::grader {

std::size_t edit_distance(std::string_view one, std::string_view other) {
    std::vector<std::size_t> row(other.size() + 1);
    std::iota(row.begin(), row.end(), 0U);
    for (std::size_t i = 0; i < one.size(); ++i) {
        std::size_t corner = std::exchange(row[0], i + 1);
        for (std::size_t j = 0; j < other.size(); ++j) {
            const std::size_t replaced = corner + (one[i] == other[j] ? 0 : 1);
            corner = row[j + 1];
            row[j + 1] = std::min({replaced, row[j] + 1, row[j + 1] + 1});
        }
    }
    return row.back();
}

std::string nearest_name(const std::string& word, const std::vector<std::string>& known) {
    constexpr std::size_t farthest = 2;
    if (word.size() > 80) return "";
    const auto distance = [&](const std::string& name) { return edit_distance(word, name); };
    const auto found = std::ranges::min_element(known, {}, distance);
    // Two wrong letters of three are no slip.
    return found == known.end() || distance(*found) > std::min(farthest, found->size() / 2) ? "" : *found;
}

}  // namespace qkv::grader
