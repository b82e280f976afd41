#include "grading/score.hpp"

#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>

#include "base/failure.hpp"

namespace qkv::grader {

namespace {

/// The part that one of these tags names; null if there is none.
template <class Exercise>
auto part_of(Exercise& result, const std::vector<std::string>& tags) -> decltype(&result.parts.front()) {
    for (const std::string& tag : tags) {
        const auto found = std::ranges::find(result.parts, tag, [](const PartResult& part) { return part.part.id; });
        if (found != result.parts.end()) return &*found;
    }
    return nullptr;
}

/// Whether the reference stood in for all of a part's functions. Of a part that names none nobody knows.
bool all_in(const std::vector<std::string>& functions, const std::vector<std::string>& stood_in) {
    const auto known = [&](const std::string& name) { return std::ranges::find(stood_in, name) != stood_in.end(); };
    return !functions.empty() && std::ranges::all_of(functions, known);
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
    part.root_cause.clear();
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
        if (test.report.verdict != Verdict::not_implemented) continue;
        // The word is the learner's, and in a hidden test it could tell what is asked.
        if (!test.hidden)
            part.root_cause = test.report.facts.todo;
        else if (part.root_cause.empty())
            part.root_cause = "todo()";
    }
    for (const std::string& other : part.part.after) {
        const PartResult* found = part_of(result, {other});
        if (found == nullptr || found->status == Status::passed || found->status == Status::unknown) continue;
        if (all_in(found->part.functions, part.with_reference)) continue;
        part.root_cause = found->status == Status::blocked ? found->root_cause : other;
        break;
    }
    if (part.root_cause.empty() && !failed_needs.empty()) part.root_cause = *failed_needs.begin();
    if (part.root_cause.empty()) return;
    part.status = Status::blocked;
    for (TestResult& test : part.tests) test.diagnosis.clear();  // one mistake, one message
}

}  // namespace

Waiting waiting_parts(ExerciseResult result) {
    Waiting waiting;
    std::map<std::string, std::set<std::string>> causes;  // of each blocked part: functions that failed below it
    std::set<std::string> functions, tried;
    for (PartResult& part : result.parts) {
        judge(part, result, {});
        if (part.status != Status::blocked) continue;
        std::set<std::string>& below = causes[part.part.id];
        for (const std::string& other : part.part.after) {
            const PartResult* found = part_of(result, {other});
            if (found == nullptr || found->status == Status::passed) continue;
            if (found->status == Status::blocked) below.merge(std::set(causes[other]));
            if (found->status == Status::blocked) continue;
            below.insert(found->part.functions.begin(), found->part.functions.end());
            below.insert(found->with_reference.begin(), found->with_reference.end());
        }
        std::set<std::string> own(part.part.functions.begin(), part.part.functions.end()), all = functions;
        all.insert(below.begin(), below.end());
        own.insert(tried.begin(), tried.end());
        const bool new_ones =
            !std::ranges::includes(std::set(part.with_reference.begin(), part.with_reference.end()), below);
        const auto is_judged = [&](const std::string& name) { return own.contains(name); };
        if (part.part.functions.empty() || !new_ones || std::ranges::any_of(all, is_judged)) continue;
        waiting.parts[part.part.id] = {below.begin(), below.end()};
        functions = all;
        tried = own;
    }
    waiting.functions = {functions.begin(), functions.end()};
    return waiting;
}

void add_tests(ExerciseResult& result, const RunReport& run, const std::filesystem::path& worker, bool hidden) {
    for (PartResult& part : result.parts) {
        if (part.tests.empty()) part.worker = worker;
    }
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
