// Files that look alike: found by similarity-tester (sim_c++), which sees through names, layout and comments. A reason
// to look, no proof.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "class/book/book.hpp"

namespace qkv::grader {

/// Stands for a label where a file is like the exercise's own solution.
inline constexpr const char* the_reference = "the reference";

/// Two files; or, with no other, one that is too long to be compared; or, with neither, a comparison that did not end.
struct Alike {
    std::string exercise;
    std::string one, other;  ///< labels of students, "L012" of last year's, or the_reference
    int percent = 0;         ///< how much of the one is in the other
};

struct Likeness {
    std::vector<Alike> pairs;
    Text not_compared;  ///< why some files, or all, were not compared; empty if they were
};

/// What looks alike among the staged files of the class, against last year's folder (empty: none) and against the
/// references; lines of the stub are left out, and between students those of the reference too. Most alike first.
/// Writes who last year's labels are into gradebook-last-year.csv.
Likeness find_alike(const ClassRun& run, const std::vector<Row>& rows, const std::filesystem::path& last_year);

/// The text without lines that are in one of the others, and without blank ones.
std::string without_lines_of(const std::string& text, const std::vector<std::string>& others);

/// What sim_c++ -p says: "A.cpp consists for 97 % of B.cpp material".
std::vector<Alike> read_percentages(const std::string& output, const std::string& exercise);

}  // namespace qkv::grader
