// ./grade class: everything that was handed in, graded, booked and shown.
#pragma once

#include "class/book/book.hpp"
#include "commands/commands.hpp"

namespace qkv::grader {

int class_command(const Kit& kit, const Arguments& arguments);

/// An attempt that has to be graded: the name of its result, and its staged files.
struct Task {
    std::string key;
    std::filesystem::path attempt;
};

/// What could not be graded: why, by the name of the result.
using FaultsOfMachine = std::map<std::string, Text>;

/// Grades these, several at once; what the machine could not do is tried again, at most three times.
FaultsOfMachine grade_tasks(const ClassRun& run, const std::vector<Task>& tasks, unsigned jobs);

}  // namespace qkv::grader
