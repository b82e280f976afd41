// What the name of a handed-in file or folder tells: whose it is, which exercise, which attempt, whether it was late.
// Moodle, Canvas and GitHub Classroom each have a way of naming; what fits none of them is a plain name.
#pragma once

#include <string>
#include <vector>

namespace qkv::grader {

struct HandedName {
    std::string student;  ///< the name's part that names somebody, of any bytes
    std::string number;   ///< Moodle's number of the participant, Canvas's of the user; empty in plain names
    std::string file;     ///< what the student called the file, if the name tells that; else empty
    bool late = false;    ///< Canvas says so
    enum class Of { plain, moodle, canvas } of = Of::plain;
};

/// Of an entry of the folder with submissions: "Ada Lovelace_12345_assignsubmission_file",
/// "lovelaceada_LATE_123_456_attention-1.cpp", "ada.zip", "ada".
HandedName name_of_entry(const std::string& entry);

/// A C++ file's name without its ending and without what browsers and Canvas add to a second one: of
/// "attention (1).cpp" and "attention-1.cpp" it is "attention". Other names stay.
std::string stem_of(const std::string& file_name);

/// Which exercise a C++ file is for, by its name or else by the namespaces it opens; empty if neither tells.
std::string exercise_of(const std::string& file_name, const std::string& text, const std::vector<std::string>& ids);

/// Which attempt a file name tells, "attention-2.cpp" and "attention (2).cpp" the third; the first is 0.
int attempt_of(const std::string& file_name);

/// A name as the name of a file: no slash, no leading dot, nothing that ends a line, at most 120 bytes.
std::string as_file_name(const std::string& name);

}  // namespace qkv::grader
