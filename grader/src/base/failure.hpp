// How the driver stops: one sentence and a documented exit status.
#pragma once

#include <stdexcept>
#include <string>

#include "base/text.hpp"

namespace qkv::grader {

enum ExitStatus { all_earned = 0, points_missing = 1, wrong_usage = 2, kit_fault = 3 };

/// Ends the command: the sentence (`what()` in English) is printed as it stands, `status` is the exit status.
struct Failure : std::runtime_error {
    Failure(ExitStatus its_status, const std::string& sentence)
        : std::runtime_error(sentence), status(its_status), words{sentence, ""} {}
    Failure(ExitStatus its_status, const Text& sentence)
        : std::runtime_error(sentence.en), status(its_status), words(sentence) {}
    ExitStatus status;
    Text words;
};

}  // namespace qkv::grader
