// What one tests program is: its test cases with both their names (Catch2 knows only the English ones), where its files
// are, and how its matchers reach the report.
#pragma once

#include <optional>
#include <string>

#include "record/case_report.hpp"

namespace qkv::harness {

/// Objects of this type, one beside each test case, make the program's plan.
struct TestName {
    TestName(const char* english, const char* chinese, const char* tags);
};

/// Empty if the test case has none.
std::string chinese_name(const std::string& english);

/// Makes the difference known to the report; matchers call it while an assertion is judged. `of_call`: it is in what
/// the last call returned, so the text of the assertion says nothing to a learner.
void note_difference(const record::Facts& facts, bool of_call = false);

/// Says what is wrong with the arguments of the next call, which must be refused; nothing when it is over.
void note_refusal_due(const std::optional<record::Misfit>& misfit);

/// Adds a picture to what the test case, a scene, shows.
void note_picture(record::Picture picture);

/// What the scenes are to show instead of their own examples; empty if nothing was given.
const std::string& given_input();

/// The folder of the exercise's golden values; written by CMake.
extern const char* const golden_folder;

/// Where the driver leaves the settings of this program's last grading; written by CMake.
extern const char* const run_file;

}  // namespace qkv::harness
