// What one grading run yields; the stages fill it, the reports show it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "model/build_fault.hpp"
#include "model/catalog.hpp"
#include "record/case_report.hpp"

namespace qkv::grader {

using record::CallFacts;
using record::CaseReport;
using record::Facts;
using record::FailingCall;
using record::Fault;
using record::PlannedCase;
using record::RunReport;
using record::SmallestCase;
using record::Verdict;

struct TestResult {
    CaseReport report;  ///< the facts
    bool hidden = false;
    std::string name;       ///< in the reader's language
    std::string message;    ///< why it is not passed, in the reader's language
    std::string origin;     ///< the sentence of the message that says where NaN or an infinity was first made
    std::string diagnosis;  ///< which mistake it is, if it is known
    int line = 0;           ///< of the learner's file, where the message speaks of one
};

inline bool failed(const TestResult& test) { return test.report.verdict != Verdict::passed; }

/// What became of a part, or of a whole exercise (graded, build_failed, missing); the names are those of the JSON.
enum class Status { unknown, graded, passed, failed, not_implemented, blocked, build_failed, missing };
const char* name_of(Status status);

struct PartResult {
    Part part;
    int score = 0;
    Status status = Status::unknown;
    std::string root_cause;                   ///< of a blocked part: the part or function it waits for
    std::vector<std::string> with_reference;  ///< functions of failed parts that the reference stood in for
    std::vector<TestResult> tests;
    std::filesystem::path worker;  ///< that the tests ran against

    int laws_held() const;  ///< tests that passed
};

struct ExerciseResult {
    Exercise exercise;
    Status status = Status::unknown;
    int score = 0;
    double build_seconds = 0;
    BuildFault fault;                     ///< why there is no worker
    std::string diagnostics;              ///< of the compiler, or our words about the fault
    std::filesystem::path source;         ///< the learner's file
    std::vector<std::string> own_needs;   ///< needed exercises that were the learner's own ...
    std::vector<std::string> kits_needs;  ///< ... and those that were the kit's
    std::vector<PartResult> parts;

    int max_score() const;  ///< of the parts that were graded
};

/// An exercise that the kit or the machine could not grade: no verdict, and no points lost.
struct NotGraded {
    std::string exercise;
    Text why;
};

struct Result {
    std::string kit_version;
    std::string sandbox;  ///< the walls that were in force
    bool hidden = false;
    std::uint64_t seed = 0;
    bool own_stack = false;     ///< what an exercise needs is the learner's own too
    bool whole_course = false;  ///< no exercise of the kit is left out
    Language language = Language::en;
    std::vector<ExerciseResult> exercises;
    std::vector<NotGraded> not_graded;

    int score() const;
    int max_score() const;
    /// Of the exercises of one tally; max_score is 0 if none was graded.
    int score(Tally tally) const;
    int max_score(Tally tally) const;
};

}  // namespace qkv::grader
