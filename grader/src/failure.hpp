// How the driver stops: one sentence and a documented exit status.
#ifndef QKV_GRADER_FAILURE_HPP
#define QKV_GRADER_FAILURE_HPP

#include <stdexcept>
#include <string>

namespace qkv {

enum ExitStatus { all_earned = 0, points_missing = 1, wrong_usage = 2, kit_fault = 3 };

/// Ends the command: `what()` is printed as it stands, `status` is the exit status.
struct Failure : std::runtime_error {
    Failure(ExitStatus its_status, const std::string& sentence) : std::runtime_error(sentence), status(its_status) {}
    ExitStatus status;
};

}  // namespace qkv

#endif
