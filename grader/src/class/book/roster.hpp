// Who is in the class, and what each handed in.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "class/book/course.hpp"
#include "collect/names.hpp"
#include "collect/stage.hpp"

namespace qkv::grader {

struct Student {
    std::string id;             ///< of the roster; else the number of Moodle or Canvas, or the name
    std::string name;           ///< of any bytes
    std::string number;         ///< of Moodle or Canvas
    bool stranger = false;      ///< handed something in, and is not on the roster
    std::vector<Piece> pieces;  ///< oldest first
    std::optional<Moment> submitted_at;
    bool marked_late = false;  ///< by Canvas, which does not say how late
    std::vector<Text> notes;   ///< what the gradebook says of the roster's row
};

/// Finds what was handed in below a folder, and whose it is. `roster`: a CSV file with a column id and, if known, name,
/// path (the entry's name in the folder), user (that an entry's name ends with, as GitHub Classroom's do) and
/// submitted_at; or Moodle's grading worksheet or Canvas's gradebook as they are exported; empty: there is none, and
/// everybody who handed in is in the class. In the roster's order, strangers after it by name. Throws Failure
/// (wrong_usage).
std::vector<Student> find_students(const std::filesystem::path& submissions, const std::filesystem::path& roster,
                                   const Course& course);

}  // namespace qkv::grader
