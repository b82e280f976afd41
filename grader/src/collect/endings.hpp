// How names end: of the sources that are graded, and of the archives that they come in. In capitals too, as Windows
// may write them.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

namespace qkv::grader {

inline constexpr std::string_view archive_endings[] = {".zip",  ".tar", ".tar.gz", ".tgz", ".tar.bz2",
                                                       ".tbz2", ".tbz", ".tar.xz", ".txz", ".tar.zst",
                                                       ".tzst", ".7z",  ".rar"};

/// The name with small letters for A to Z.
inline std::string small_letters(std::string_view name) {
    std::string small(name);
    for (char& letter : small) letter = letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter + 32) : letter;
    return small;
}

/// Whether it is a C++ file, by its name.
inline bool is_source(std::string_view name) {
    return name.size() > 4 && small_letters(name.substr(name.size() - 4)) == ".cpp";
}

/// The longest ending that the name has; empty if it is no archive's.
inline std::string_view archive_ending(std::string_view name) {
    const std::string end = small_letters(name.substr(name.size() - std::min(name.size(), std::size_t{10})));
    std::string_view found;
    for (const std::string_view ending : archive_endings) {
        if (end.ends_with(ending) && ending.size() > found.size() && name.size() > ending.size()) found = ending;
    }
    return found;
}

/// Whether it is an archive, by its name.
inline bool is_archive(std::string_view name) { return !archive_ending(name).empty(); }

/// The name without an archive's ending.
inline std::string_view without_ending(std::string_view name) {
    name.remove_suffix(archive_ending(name).size());
    return name;
}

}  // namespace qkv::grader
