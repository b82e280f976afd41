// Work done in a child process, so that it can be given up at any moment without a trace.
#pragma once

#include <sys/types.h>

#include <functional>
#include <string>

#include "base/text.hpp"

namespace qkv::grader {

struct Job {
    pid_t process = -1;
    int output = -1;   ///< what it prints, on standard output and error
    int events = -1;   ///< lines that it tells
    std::string said;  ///< the output so far
    std::string rest;  ///< of a line of `events` that is not whole yet

    bool running() const { return process > 0; }
};

/// Starts `work` in a child. Its result is the exit status; a Failure becomes its sentence and status.
/// `work` is given the descriptor to tell events on. Throws Failure (kit_fault) if there can be no child.
Job start_job(Language language, const std::function<int(int events)>& work);

/// Reads what has come. Calls `on_event` with each line told. Returns true once the job has ended; `status` is then
/// its exit status, or -1 if it was killed.
bool attend(Job& job, const std::function<void(const std::string&)>& on_event, int& status);

/// Kills it and all that it started.
void give_up(Job& job);

}  // namespace qkv::grader
