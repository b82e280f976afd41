#include "grading/score.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/failure.hpp"

namespace qkv::grader {

namespace {

PartResult* part_of(ExerciseResult& result, const std::vector<std::string>& tags) {
    for (const std::string& tag : tags) {
        const auto found = std::ranges::find(result.parts, tag, [](const PartResult& part) { return part.part.id; });
        if (found != result.parts.end()) return &*found;
    }
    return nullptr;
}

/// "[one][two]" to its words.
std::vector<std::string> split_tags(const std::string& text) {
    std::vector<std::string> tags;
    for (std::size_t begin = 0; (begin = text.find('[', begin)) != std::string::npos; ++begin) {
        tags.push_back(text.substr(begin + 1, text.find(']', begin) - begin - 1));
    }
    return tags;
}

/// The first test whose call never got to its own code: its own todo, or its absence.
bool own_todo(const TestResult& test) {
    const Facts& facts = test.report.facts;
    if (test.report.verdict != Verdict::not_implemented) return false;
    return facts.fault == Fault::missing || (facts.fault == Fault::todo && facts.todo == facts.function);
}

void judge(PartResult& part, const ExerciseResult& result, const std::set<std::string>& failed_needs) {
    if (std::ranges::none_of(part.tests, failed)) {
        part.status = Status::passed;
        part.score = part.part.points;
        return;
    }
    if (std::ranges::any_of(part.tests, own_todo)) {
        part.status = Status::not_implemented;
        return;
    }
    part.status = Status::failed;
    for (const TestResult& test : part.tests) {
        if (test.report.verdict == Verdict::not_implemented) part.root_cause = test.report.facts.todo;
    }
    for (const std::string& other : part.part.after) {
        const auto found = std::ranges::find(result.parts, other, [](const PartResult& p) { return p.part.id; });
        if (found != result.parts.end() && found->status != Status::passed && found->status != Status::unknown) {
            part.root_cause = found->status == Status::blocked ? found->root_cause : other;
            break;
        }
    }
    if (part.root_cause.empty() && !failed_needs.empty()) part.root_cause = *failed_needs.begin();
    if (part.root_cause.empty()) return;
    part.status = Status::blocked;
    for (TestResult& test : part.tests) test.diagnosis.clear();  // one mistake, one message
}

}  // namespace

void add_tests(ExerciseResult& result, const RunReport& run, bool hidden) {
    for (const CaseReport& report : run.cases) {
        PartResult* part = part_of(result, report.tags);
        if (part == nullptr) {
            throw Failure(kit_fault, fmt::format("{}: the test \"{}\" is tagged with no part of the exercise",
                                                 result.exercise.manifest().string(), report.name_en));
        }
        TestResult& test = part->tests.emplace_back();
        test.report = report;
        test.hidden = hidden;
    }
    for (const PlannedCase& planned : run.plan) {
        const auto same = [&](const CaseReport& report) { return report.name_en == planned.name_en; };
        PartResult* part = part_of(result, split_tags(planned.tags));
        if (part == nullptr || std::ranges::any_of(run.cases, same)) continue;
        TestResult& test = part->tests.emplace_back();
        test.report.name_en = planned.name_en;
        test.report.name_zh = planned.name_zh;
        test.report.tags = split_tags(planned.tags);
        test.report.verdict = Verdict::not_run;
        test.report.facts = {.fault = Fault::exercise_limit, .seconds = result.exercise.limits.exercise_seconds};
        test.hidden = hidden;
    }
}

void score_parts(ExerciseResult& result, const std::set<std::string>& failed_needs) {
    std::string without_test;
    for (PartResult& part : result.parts) {
        if (part.tests.empty()) {
            without_test += fmt::format("{}{}:{}: part \"{}\" has no test", without_test.empty() ? "" : "\n",
                                        result.exercise.manifest().string(), part.part.line, part.part.id);
        }
    }
    if (!without_test.empty()) throw Failure(kit_fault, without_test);
    for (PartResult& part : result.parts) {
        judge(part, result, failed_needs);
        result.score += part.score;
    }
}

void score_nothing(ExerciseResult& result, Status status) {
    result.status = status;
    for (PartResult& part : result.parts) part.status = status;
}

}  // namespace qkv::grader
