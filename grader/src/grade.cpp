#include "grade.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <exception>
#include <map>
#include <mutex>
#include <optional>
#include <thread>

#include <fmt/format.h>

#include "compiler_words.hpp"
#include "diagnosis.hpp"
#include "failure.hpp"
#include "kept_results.hpp"
#include "mutants.hpp"
#include "origin.hpp"
#include "sanitizer_report.hpp"
#include "sanitizer_words.hpp"
#include "score.hpp"
#include "shared_build.hpp"
#include "symbolize.hpp"
#include "unset_memory.hpp"
#include "words.hpp"

namespace qkv {

namespace fs = std::filesystem;

void in_parallel(std::size_t count, unsigned jobs, const std::function<void(std::size_t)>& work) {
    std::atomic<std::size_t> next = 0;
    std::exception_ptr first;
    std::mutex guard;
    const auto loop = [&] {
        for (std::size_t i; (i = next++) < count;) {
            try {
                work(i);
            } catch (...) {
                const std::lock_guard lock(guard);
                if (!first) first = std::current_exception();
            }
        }
    };
    std::vector<std::jthread> threads;
    for (unsigned i = 1; i < jobs && i < count; ++i) threads.emplace_back(loop);
    loop();
    threads.clear();
    if (first) std::rethrow_exception(first);
}

namespace {

/// The exercises below this one, itself among them: whose interfaces its file may include.
std::vector<Exercise> visible_to(const Kit& kit, const Exercise& exercise) {
    return with_needs(kit.catalog, {exercise.id});
}

/// The file that stands for a needed exercise: the reference, or the learner's own where that is
/// asked for or where there is no reference.
std::optional<SourceFile> needed_source(const Exercise& needed, const GradeOptions& options) {
    const fs::path reference = needed.solution / (needed.id + ".cpp");
    if (!options.own_stack && fs::exists(reference)) return read_source(reference, needed, options.language);
    return find_source(options.submission, needed, options.language);
}

bool uses_own(const Exercise& needed, const GradeOptions& options) {
    return options.own_stack || !fs::exists(needed.solution / (needed.id + ".cpp"));
}

/// Tells of the parts whose planned test cases have all ended, each once.
void tell_parts(const RunReport& run, const Exercise& exercise, const GradeOptions& options,
                std::set<std::string>& told) {
    for (const Part& part : exercise.parts) {
        const auto planned = std::ranges::count_if(run.plan, [&](const PlannedCase& test) {
            return test.tags.find("[" + part.id + "]") != std::string::npos;
        });
        const auto of_part = [&](const CaseReport& test) {
            return std::ranges::find(test.tags, part.id) != test.tags.end();
        };
        if (std::ranges::count_if(run.cases, of_part) < std::max<std::ptrdiff_t>(planned, 1)) continue;
        if (!told.insert(part.id).second) continue;
        options.on_part(exercise, part.id, std::ranges::all_of(run.cases, [&](const CaseReport& test) {
                            return !of_part(test) || test.verdict == "passed";
                        }));
    }
}

ExerciseResult grade_one(const Kit& kit, const Exercise& exercise, const GradeOptions& options) {
    ExerciseResult result = begin(exercise);
    if (!options.part.empty()) {
        std::erase_if(result.parts, [&](const PartResult& part) { return part.part.id != options.part; });
    }
    const auto source = find_source(options.submission, exercise, options.language);
    if (!source) {
        result.source = options.submission / (exercise.id + ".cpp");
        score_nothing(result, "missing");
        return result;
    }
    result.source = source->path;
    const Built built = build_from(kit, exercise, *source, options);
    result.built = built.ok;
    result.build_seconds = built.seconds;
    result.diagnostics = built.diagnostics;
    if (!built.ok) {
        score_nothing(result, "build_failed");
        return result;
    }
    TestsOptions tests;
    tests.part = options.part;
    tests.leave_settings = options.leave_settings;
    std::set<std::string> told;
    if (options.on_part) tests.on_case = [&](const RunReport& run) { tell_parts(run, exercise, options, told); };
    add_tests(result, run_tests_once(kit.recipe, exercise, built.worker, tests), false);
    if (options.hidden) {
        tests.hidden = true;
        tests.on_case = nullptr;
        tests.seed = options.seed;
        tests.compare = options.compare;
        add_tests(result, run_tests_once(kit.recipe, exercise, built.worker, tests), true);
    }
    put_into_words(kit, result, built.worker, options.language);
    return result;
}

/// Needed exercises that are the learner's own and did not earn everything.
std::set<std::string> failed_needs(const Kit& kit, const ExerciseResult& result, const Result& all,
                                   const GradeOptions& options) {
    std::set<std::string> failed;
    for (const Exercise& needed : visible_to(kit, result.exercise)) {
        const auto found =
            std::ranges::find(all.exercises, needed.id, [](const ExerciseResult& other) { return other.exercise.id; });
        const bool graded = needed.id != result.exercise.id && found != all.exercises.end();
        if (graded && uses_own(needed, options) && found->score < needed.max_score()) failed.insert(needed.id);
    }
    return failed;
}

}  // namespace

ExerciseResult begin(const Exercise& exercise) {
    ExerciseResult result;
    result.exercise = exercise;
    result.status = "graded";
    for (const Part& part : exercise.parts) result.parts.emplace_back().part = part;
    return result;
}

void prepare(const Kit& kit, const std::vector<Exercise>& exercises, bool for_instructors) {
    std::vector<std::string> ids;
    for (const Exercise& exercise : exercises) ids.push_back(exercise.id);
    build_kit(kit.recipe, exercises, with_needs(kit.catalog, ids), for_instructors);
}

Built build_from(const Kit& kit, const Exercise& exercise, const SourceFile& source, const GradeOptions& options,
                 bool probe) {
    const BuildOptions build{options.compiler, probe, options.language, options.debug};
    const auto compiled = [&](const Exercise& one, const SourceFile& file) {
        Built built = build_object(kit.recipe, one, visible_to(kit, one), file, build);
        const bool by_choice = !options.compiler.empty() || options.debug || kit.recipe.sanitize;
        if (built.ok || by_choice || !is_beyond_clang(built.diagnostics)) return built;
        BuildOptions with_gcc = build;
        with_gcc.compiler = find_program("g++");
        if (with_gcc.compiler.empty()) return built;
        const Built again = build_object(kit.recipe, one, visible_to(kit, one), file, with_gcc);
        return again.ok ? again : built;
    };
    const Built object = compiled(exercise, source);
    std::vector<fs::path> needed_objects;
    for (const Exercise& needed : visible_to(kit, exercise)) {
        if (needed.id == exercise.id || !object.ok) continue;
        const auto needed_file = needed_source(needed, options);
        if (!needed_file) continue;  // its functions are missing, and say so when called
        const Built built = compiled(needed, *needed_file);
        if (!built.ok && needed_file->path == needed.solution / (needed.id + ".cpp"))
            throw Failure(kit_fault,
                          fmt::format("{}: does not compile:\n{}", needed_file->path.string(), built.diagnostics));
        if (built.ok) needed_objects.push_back(built.object);
    }
    if (options.debug) return build_library(kit.recipe, exercise, object, needed_objects, build);
    return build_worker(kit.recipe, exercise, object, needed_objects, build);
}

static void drop(std::string& text, const std::string& piece) {
    const std::size_t at = text.find(piece);
    if (at != std::string::npos) text.erase(at, piece.size());
}

/// What a sanitizer found, with the learner's own lines: those of this exercise and of the ones it needs.
static std::string sanitizer_words(const Kit& kit, const Exercise& exercise, const fs::path& worker, const Facts& facts,
                                   Language language) {
    const auto value = [&](const char* name) {
        const auto found = facts.values.find(name);
        return found == facts.values.end() ? std::string() : found->second;
    };
    const SanitizerReport report = read_sanitizer_report(value("report"));
    std::vector<std::string> own;
    for (const Exercise& visible : visible_to(kit, exercise)) own.push_back(visible.id + ".cpp");
    const auto innermost = [&](const std::vector<std::uint64_t>& stack) {
        const auto lines = lines_in_files(kit.recipe, worker, stack, own);
        return lines.empty() ? SourceLine{} : lines.front();
    };
    ReportPlaces places{innermost(report.at), innermost(report.allocated), innermost(report.freed)};
    // UBSan knows the place itself, unless it is in a header.
    if (std::ranges::find(own, report.file) != own.end()) places.at.file = report.file, places.at.line = report.line;
    const std::string call = clean(value("function"), 80) + "(" + clean(value("shapes"), 120) + ")";
    return sanitizer_message(report, places, call, language);
}

void put_into_words(const Kit& kit, ExerciseResult& result, const fs::path& worker, Language language) {
    const auto wrong = [](const TestResult& test) { return test.report.verdict == "failed"; };
    const auto any_wrong = [&](const PartResult& part) { return std::ranges::any_of(part.tests, wrong); };
    if (std::ranges::any_of(result.parts, any_wrong)) diagnose(result, load_diagnoses(result.exercise), language);
    // A stranger's debugging information may take long to read, each time.
    constexpr auto longest = std::chrono::seconds(10);
    const auto until = std::chrono::steady_clock::now() + longest;
    // Many tests fail at one place.
    std::map<std::vector<std::uint64_t>, std::pair<std::vector<Frame>, std::string>> known;
    const auto traced = [&](const Facts& facts) -> const auto& {
        const auto [entry, is_new] = known.try_emplace(facts.addresses);
        if (std::chrono::steady_clock::now() > until) return entry->second;
        if (is_new) entry->second.first = call_stack(kit.recipe, worker, facts.addresses);
        if (facts.values.contains("origin") && !facts.addresses.empty() && entry->second.second.empty())
            entry->second.second = instruction_at(kit.recipe, worker, facts.addresses.front());
        return entry->second;
    };
    for (PartResult& part : result.parts) {
        for (TestResult& test : part.tests) {
            CaseReport& report = test.report;
            test.name = language == Language::zh && !report.name_zh.empty() ? report.name_zh : report.name_en;
            if (kit.recipe.sanitize && report.facts.kind == "sanitizer") {
                test.message = sanitizer_words(kit, result.exercise, worker, report.facts, language);
                drop(test.report.output, "AddressSanitizer:DEADLYSIGNAL\n");  // said before its report
                continue;
            }
            const auto& [stack, instruction] = traced(report.facts);
            const Frame place = first_in(stack, result.exercise.id + ".cpp");
            if (!place.function.empty()) report.facts.values["place_function"] = place.function;
            add_origin(stack, place, instruction, report.facts);
            test.message = message_for(report, result.exercise, place.line, language);
            if (report.verdict == "failed" && test.diagnosis.empty())
                test.message += unset_memory_words(report.facts, language);
        }
    }
}

Result grade(const Kit& kit, const std::vector<Exercise>& exercises, const GradeOptions& options) {
    Result result;
    result.kit_version = kit.recipe.kit_version;
    result.sandbox = kit.recipe.sanitize ? "none" : kit.recipe.walls.names();
    result.hidden = options.hidden;
    result.seed = options.seed;
    result.own_stack =
        std::ranges::all_of(exercises, [&](const Exercise& exercise) { return uses_own(exercise, options); });
    result.whole_course = exercises.size() == kit.catalog.size() && options.part.empty();
    result.language = options.language;
    result.exercises.resize(exercises.size());
    in_parallel(exercises.size(), options.jobs,
                [&](std::size_t i) { result.exercises[i] = grade_one(kit, exercises[i], options); });
    // Needed exercises come first, so what rests on them finds them scored.
    for (ExerciseResult& exercise : result.exercises) {
        if (exercise.status == "graded") score_parts(exercise, failed_needs(kit, exercise, result, options));
    }
    return result;
}

}  // namespace qkv
