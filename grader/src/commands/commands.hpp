// The verbs of the command line; each returns the exit status. One file a verb.
#ifndef QKV_GRADER_COMMANDS_HPP
#define QKV_GRADER_COMMANDS_HPP

#include "../arguments.hpp"
#include "../grade.hpp"

namespace qkv {

int run_command(const Kit& kit, const Arguments& arguments);
int list_command(const Kit& kit, const Arguments& arguments);
int next_command(const Kit& kit, const Arguments& arguments);
int hint_command(const Kit& kit, const Arguments& arguments);
int new_command(const Kit& kit, const Arguments& arguments);
int reset_command(const Kit& kit, const Arguments& arguments);
int debug_command(const Kit& kit, const Arguments& arguments);
int watch_command(const Kit& kit, const Arguments& arguments);
int compare_command(const Kit& kit, const Arguments& arguments);
int verify_command(const Kit& kit, const Arguments& arguments);
int verify_trust_command(const Kit& kit, const Arguments& arguments);

/// Makes learners' files that are missing, follows corrected stubs, and says so on standard error. Does nothing where
/// the command is not about the learner's own files.
void follow_stubs(const Kit& kit, const Arguments& arguments);

/// Grades the learner's own stubs for `list`, `next` and `hint`, and remembers the points.
Result grade_own(const Kit& kit, const std::vector<Exercise>& exercises, const Arguments& arguments);

/// How the learner's own files are graded.
GradeOptions own_options(const Kit& kit, const Arguments& arguments);

/// Keeps the points for `list`.
void remember(const Kit& kit, const Result& result);

/// The folder that --solutions or --submission names, or the kit's exercises.
/// Throws Failure (wrong_usage) if it is not there.
std::filesystem::path submission_folder(const Kit& kit, const Arguments& arguments);

}  // namespace qkv

#endif
