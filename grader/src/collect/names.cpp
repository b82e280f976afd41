#include "collect/names.hpp"

#include <algorithm>
#include <regex>

#include "base/text.hpp"
#include "collect/endings.hpp"

namespace qkv::grader {

namespace {

/// How often the text opens or closes this namespace by name.
bool opens_namespace(const std::string& text, const std::string& id) {
    for (std::size_t at = 0; (at = text.find("namespace", at)) != std::string::npos; ++at) {
        const std::size_t name = text.find_first_not_of(" \t\r\n", at + 9);
        if (name == std::string::npos || name == at + 9) continue;
        const std::size_t end = name + id.size();
        if (text.compare(name, id.size(), id) == 0 && (end == text.size() || !is_word(text[end]))) return true;
    }
    return false;
}

}  // namespace

std::string stem_of(const std::string& file_name) {
    static const std::regex again(R"(([^]*?)(-\d{1,3}| \(\d{1,3}\))?\.cpp)", std::regex::icase);
    std::smatch found;
    return std::regex_match(file_name, found, again) ? found[1].str() : file_name;
}

HandedName name_of_entry(const std::string& entry) {
    // Of any bytes: a regular expression over names may not stop at what is no letter, so [^] instead of a dot.
    // The last words are the student's own, and may say what they like: of numbers the first counts, but in a folder of
    // Moodle's, which ends with its mark.
    static const std::regex folder(R"(([^]+)_(\d+)_assignsubmission_file_?)");
    // Canvas leaves the underscores of a name, but no number between two; who is anonymous there has only a code.
    static const std::regex canvas(R"(([^]+?)_(LATE_)?(\d+)_(\d+)_([^]+))");
    static const std::regex anonymous(R"((LATE_)?(anon_[A-Za-z0-9]{1,20})_(\d+)_([^]+))");
    static const std::regex moodle(R"(([^]+?)_(\d+)_assignsubmission_file_([^]+))");
    HandedName name;
    std::smatch found;
    const bool is_short = entry.size() < 1000;
    if (is_short && std::regex_match(entry, found, folder)) {
        name = {found[1], found[2], "", false, HandedName::Of::moodle};
    } else if (is_short && std::regex_match(entry, found, anonymous)) {
        name = {found[2], "", found[4], found[1].matched, HandedName::Of::canvas};
    } else if (is_short && std::regex_match(entry, found, canvas)) {
        name = {found[1], found[3], found[5], found[2].matched, HandedName::Of::canvas};
    } else if (is_short && std::regex_match(entry, found, moodle)) {
        name = {found[1], found[2], found[3], false, HandedName::Of::moodle};
    } else {
        const bool source = is_source(entry);
        name.student = source ? entry.substr(0, entry.size() - 4) : without_ending(entry);
        if (source) name.file = entry;
    }
    return name;
}

std::string exercise_of(const std::string& file_name, const std::string& text, const std::vector<std::string>& ids) {
    const std::string stem = small_letters(stem_of(file_name));
    std::string found;  // the longest: multi_head_attention ends with attention, too
    for (const std::string& id : ids) {
        const bool named = stem == id || stem.ends_with("_" + id) || stem.ends_with("-" + id);
        if (named && id.size() > found.size()) found = id;
    }
    if (!found.empty()) return found;
    if (ids.size() == 1) return ids.front();
    int count = 0;
    for (const std::string& id : ids) {
        if (!opens_namespace(text, id)) continue;
        found = id;
        ++count;
    }
    return count == 1 ? found : "";
}

int attempt_of(const std::string& file_name) {
    static const std::regex numbered(R"([^]*?(?:-(\d{1,3})| \((\d{1,3})\))(?:\.[A-Za-z0-9.]{1,8}))");
    std::smatch found;
    if (file_name.size() > 1000 || !std::regex_match(file_name, found, numbered)) return 0;
    return std::stoi(found[1].matched ? found[1] : found[2]);
}

std::string as_file_name(const std::string& name) {
    std::string result = name.substr(0, 120);
    for (char& byte : result) {
        const auto value = static_cast<unsigned char>(byte);
        if (value < 32 || value == 127 || byte == '/' || byte == '\\') byte = '_';
    }
    // Not through the middle of a letter.
    while (name.size() > result.size() && !result.empty() &&
           (static_cast<unsigned char>(name[result.size()]) & 0xc0) == 0x80)
        result.pop_back();
    if (result.empty() || result.front() == '.' || result.front() == '-') result.insert(0, "_");
    return result;
}

}  // namespace qkv::grader
