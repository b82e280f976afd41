// The gradebook: what each student has, by the machine, by the clock and by a person.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "class/book/roster.hpp"
#include "class/outcome.hpp"

namespace qkv::grader {

/// What a person decided for one exercise of one student.
struct Override {
    double points = 0;
    std::string reason;
};

/// By student's id, then by exercise.
using Overrides = std::map<std::string, std::map<std::string, Override>>;

enum class Standing { graded, absent, not_graded };

struct Row {
    Student student;
    std::string label;  ///< "S017": what everybody but the gradebook and the feedback calls the student
    Standing standing = Standing::absent;
    std::vector<std::string> keys;              ///< of the attempts' results, oldest first
    std::map<std::string, double> machine;      ///< points by exercise, as graded
    std::map<std::string, std::string> status;  ///< by exercise, as in the result's JSON
    std::map<std::string, double> points;       ///< after the rule about time, and after overrides
    int late_days = 0;
    double percent_off = 0;
    std::map<std::string, Override> overrides;
    std::vector<Text> notes;
    Text fault;  ///< why it is not graded

    double total() const;
};

/// Reads overrides: a CSV file with id, exercise, score, reason. Throws Failure (wrong_usage), with the line, for an id
/// or an exercise that the class does not have, a score that is no number, a reason that is missing.
Overrides load_overrides(const std::filesystem::path& file, const std::vector<Row>& rows, const Course& course);

/// Books the outcomes of a student's attempts into the row.
void book(Row& row, const std::vector<Outcome>& attempts, const Course& course, const Overrides& overrides);

/// The gradebook as CSV: "csv", "moodle" (its grading worksheet) or "canvas" (its gradebook import). Of csv in Chinese
/// the first three bytes say that it is UTF-8.
std::string gradebook(const std::vector<Row>& rows, const Course& course, const std::string& form, Language language);

/// Points with as many digits as they need, at most two behind the point.
std::string points_text(double points);

}  // namespace qkv::grader
