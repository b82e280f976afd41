// A class on Slurm: each round of slices is an array of jobs, and a job that waits for its end makes the next round of
// what it has left. Whoever is killed, what goes on and what is in OUT tell the next one how far it is.
#pragma once

#include "class/engines/slices.hpp"

namespace qkv::grader {

/// Throws Failure (wrong_usage) where jobs of Slurm cannot be submitted.
void require_slurm();

/// Grades these here, or as jobs of Slurm. Throws Failure (kit_fault) where Slurm refuses, or does not answer.
FaultsOfMachine grade_by_engine(const ClassRun& run, const std::vector<Task>& tasks, const Arguments& arguments);

/// In a job, when a round has ended: submits what it has left, if anything. Returns the exit status.
int gather_slices(const Arguments& arguments);

/// Makes slices for whatever else runs jobs, and says what to run. Returns the exit status.
int leave_slices(const ClassRun& run, const std::vector<Task>& tasks, const Arguments& arguments);

/// A line of squeue.
struct SlurmJob {
    std::string name, state, reason, id;
};

/// What `squeue -h -o "%j|%T|%F|%r"` prints, of jobs whose names begin so.
std::vector<SlurmJob> read_queue(const std::string& output, const std::string& prefix);

/// The jobs that Slurm holds back since they could not be launched, as on a node that was just lost; each once.
std::vector<std::string> held_since_launch(const std::vector<SlurmJob>& jobs);

}  // namespace qkv::grader
