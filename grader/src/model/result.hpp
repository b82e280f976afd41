// What one grading run yields; the stages fill it, the reports show it.
#ifndef QKV_MODEL_RESULT_HPP
#define QKV_MODEL_RESULT_HPP

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "model/catalog.hpp"
#include "record/case_report.hpp"

namespace qkv::grader {

using record::CallFacts;
using record::CaseReport;
using record::FailingCall;
using record::Facts;
using record::PlannedCase;
using record::RunReport;
using record::SmallestCase;

struct TestResult {
    CaseReport report;  ///< the facts
    bool hidden = false;
    std::string name;       ///< in the reader's language
    std::string message;    ///< why it is not passed, in the reader's language
    std::string diagnosis;  ///< which mistake it is, if it is known
};

inline bool failed(const TestResult& test) { return test.report.verdict != "passed"; }

struct PartResult {
    Part part;
    int score = 0;
    std::string status;      ///< passed, failed, not_implemented, blocked, build_failed, missing
    std::string root_cause;  ///< of a blocked part: the part or function it waits for
    std::vector<TestResult> tests;
};

struct ExerciseResult {
    Exercise exercise;
    std::string status;  ///< graded, build_failed, missing
    int score = 0;
    bool built = false;
    double build_seconds = 0;
    std::string diagnostics;       ///< of the compiler
    std::filesystem::path source;  ///< the learner's file
    std::vector<PartResult> parts;
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

    int score() const;
    int max_score() const;
};

}  // namespace qkv::grader

#endif
