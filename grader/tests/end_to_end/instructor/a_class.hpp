// A class of made-up submissions in a scratch folder, for the tests of ./grade class.
#pragma once

#include <algorithm>
#include <filesystem>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "qkv/matrix.hpp"

#include "grader.hpp"

namespace qkv::tests {

inline const std::string right_text = read_text(proven_kit().root + "/solutions/counting/counting.cpp");
inline const std::string stub_text = read_text(proven_kit().root + "/exercises/counting/stub.cpp");
/// It loses the second part.
inline const std::string wrong_text =
    with(right_text, "static_cast<Scalar>(i + 1)", "static_cast<Scalar>(i == 0 ? 1 : i)");

/// A class in a scratch folder.
struct Class {
    Scratch scratch;
    std::string course = "exercises = [\"counting\"]\nseed = 3\n";

    void hand_in(const std::string& name, const std::string& text) const { scratch.write("in/" + name, text); }
    Said grade(std::vector<std::string> more = {}, const TestKit& kit = proven_kit()) const {
        scratch.write("course.toml", course);
        std::vector<std::string> words = {"class", (scratch.path / "in").string(), "--out",
                                          (scratch.path / "out").string()};
        words.insert(words.end(), more.begin(), more.end());
        return grader(words, kit);
    }
    std::string out(const std::string& name) const { return read_text(scratch.path / "out" / name); }
};

/// Lines of the gradebook by id, without the line's end.
inline std::map<std::string, std::string> book_of(const Class& some) {
    std::map<std::string, std::string> rows;
    std::istringstream lines(some.out("gradebook.csv"));
    for (std::string line; std::getline(lines, line);) {
        if (line.ends_with('\r')) line.pop_back();
        rows[line.substr(0, line.find(','))] = line;
    }
    return rows;
}

/// The cell of the only exercise, counting.
inline std::string points(const Class& some, const std::string& id) {
    const std::string line = book_of(some)[id];
    std::size_t at = 0;
    for (int i = 0; i < 5; ++i) at = line.find(',', at) + 1;
    return line.substr(at, line.find(',', at) - at);
}

/// The summaries that are kept.
inline std::vector<std::filesystem::path> results_of(const Class& some) {
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::directory_iterator(some.scratch.path / "out" / "results")) {
        const std::string name = entry.path().filename().string();
        if (name.size() == 64 + 5) files.push_back(entry.path());
    }
    std::ranges::sort(files);
    return files;
}

inline bool says(const std::string& text, const std::string& piece) { return text.find(piece) != std::string::npos; }

}  // namespace qkv::tests
