
#include "grading/grade.hpp"

#include <algorithm>
#include <optional>
#include <set>

#include <fmt/format.h>

#include "base/failure.hpp"
#include "base/files.hpp"
#include "base/process.hpp"
#include "build/kit_build.hpp"
#include "explain/compiler.hpp"
#include "explain/explain.hpp"
#include "grading/kept_results.hpp"
#include "grading/score.hpp"

namespace qkv::grader {

namespace fs = std::filesystem;

namespace {

bool uses_own(const Exercise& needed, const GradeOptions& options) {
    return options.own_stack || options.own.contains(needed.id) || !fs::exists(needed.reference());
}

/// What was handed in for an exercise; nothing if nothing was.
std::optional<SourceFile> submitted(const Exercise& exercise, const GradeOptions& options) {
    if (options.file_of.empty()) return find_source(options.submission, exercise);
    if (options.file_of != exercise.id) return std::nullopt;
    return read_source(options.submission, exercise);
}

/// The file that stands for a needed exercise: the reference, or the learner's own where that is
/// asked for or where there is no reference.
std::optional<SourceFile> needed_source(const Exercise& needed, const GradeOptions& options) {
    if (!uses_own(needed, options)) return read_source(needed.reference(), needed);
    return submitted(needed, options);
}

void must_compile(const Built& reference, const fs::path& path) {
    if (reference.fault)
        throw Failure(kit_fault, fmt::format("{}: does not compile:\n{}", path.string(), reference.diagnostics));
}

/// Tells of the parts whose planned test cases have all ended, each once.
void tell_parts(const RunReport& run, const Exercise& exercise, const GradeOptions& options,
                std::set<std::string>& told) {
    for (const Part& part : exercise.parts) {
        if (!options.part.empty() && part.id != options.part) continue;
        const auto planned = std::ranges::count_if(run.plan, [&](const PlannedCase& test) {
            return test.tags.find("[" + part.id + "]") != std::string::npos;
        });
        const auto of_part = [&](const CaseReport& test) {
            return std::ranges::find(test.tags, part.id) != test.tags.end();
        };
        if (std::ranges::count_if(run.cases, of_part) < std::max<std::ptrdiff_t>(planned, 1)) continue;
        if (!told.insert(part.id).second) continue;
        options.on_part(exercise, part.id, std::ranges::all_of(run.cases, [&](const CaseReport& test) {
                            return !of_part(test) || test.verdict == Verdict::passed;
                        }));
    }
}

/// The visible tests, and the hidden ones if they are asked for.
void run_all_tests(const Kit& kit, ExerciseResult& result, const fs::path& worker, TestsOptions tests,
                   const GradeOptions& options) {
    const Exercise& exercise = result.exercise;
    add_tests(result, run_tests_once(kit.toolchain, exercise, worker, tests), worker, false);
    if (!options.hidden) return;
    tests.hidden = true;
    tests.on_case = nullptr;
    tests.seed = options.seed;
    tests.compare = options.compare;
    add_tests(result, run_tests_once(kit.toolchain, exercise, worker, tests), worker, true);
}

/// Whether the reference may stand in for functions of failed parts. Not on one's own stack; and an optimiser may have
/// put one function into another.
bool may_stand_in(const Kit& kit, const Exercise& exercise, const GradeOptions& options) {
    return !options.own_stack && options.compiler.empty() && !kit.toolchain.sanitize && !options.compare &&
           !options.scenes && fs::exists(exercise.reference());
}

/// The part, and those that it comes after, directly or not.
std::set<std::string> with_those_before(const Exercise& exercise, const std::string& id) {
    std::set<std::string> ids = {id};
    for (const Part& part : exercise.parts) {
        if (part.id != id) continue;
        for (const std::string& before : part.after) ids.merge(with_those_before(exercise, before));
    }
    return ids;
}

void keep_parts(ExerciseResult& result, const std::set<std::string>& ids) {
    std::erase_if(result.parts, [&](const PartResult& part) { return !ids.contains(part.part.id); });
}

/// A slip costs once: parts that wait for failed ones are tried again with the reference's functions in the place of
/// those. What passes then is earned, what fails is its own fault. Each round may find more that failed by itself.
/// Returns the programs that these parts ran against.
std::vector<Built> judge_waiting_parts(const Kit& kit, ExerciseResult& result, const SourceFile& source,
                                       TestsOptions tests, const GradeOptions& options) {
    std::vector<Built> workers;
    for (std::size_t round = 0; round < result.parts.size(); ++round) {
        const Waiting waiting = waiting_parts(result);
        if (waiting.parts.empty()) break;
        const Built& built =
            workers.emplace_back(build_from(kit, result.exercise, source, options, false, waiting.functions));
        if (built.fault) break;
        tests.parts.clear();
        for (PartResult& part : result.parts) {
            const auto found = waiting.parts.find(part.part.id);
            if (found == waiting.parts.end()) continue;
            part.tests.clear();
            part.with_reference = found->second;
            tests.parts.push_back(part.part.id);
        }
        run_all_tests(kit, result, built.worker, tests, options);
    }
    return workers;
}

ExerciseResult grade_parts(const Kit& kit, const Exercise& exercise, const GradeOptions& options) {
    ExerciseResult result = begin(exercise);
    TestsOptions tests;
    if (!options.part.empty()) {
        std::set<std::string> chosen = {options.part};
        if (may_stand_in(kit, exercise, options)) chosen = with_those_before(exercise, options.part);
        keep_parts(result, chosen);
        tests.parts.assign(chosen.begin(), chosen.end());
    }
    const auto source = submitted(exercise, options);
    if (!source) {
        result.source = options.submission / (exercise.id + ".cpp");
        score_nothing(result, Status::missing);
        return result;
    }
    result.source = source->path;
    for (const Exercise& needed : visible_to(kit, exercise)) {
        const auto file = needed.id == exercise.id ? std::nullopt : needed_source(needed, options);
        if (!file) continue;
        (file->path == needed.reference() ? result.kits_needs : result.own_needs).push_back(needed.id);
    }
    const Built built = build_from(kit, exercise, *source, options);
    result.build_seconds = built.seconds;
    result.fault = built.fault;
    result.diagnostics = built.diagnostics + fault_words(result, options.language);
    if (built.fault) {
        score_nothing(result, Status::build_failed);
        return result;
    }
    tests.scenes = options.scenes;
    tests.keeps = options.keeps;
    tests.input = options.input;
    tests.settings_file = options.settings_file;
    std::set<std::string> told;
    if (options.on_part) tests.on_case = [&](const RunReport& run) { tell_parts(run, exercise, options, told); };
    run_all_tests(kit, result, built.worker, tests, options);
    tests.on_case = nullptr;
    tests.settings_file.clear();
    std::vector<Built> others;
    if (may_stand_in(kit, exercise, options) && !built.optimised)
        others = judge_waiting_parts(kit, result, *source, tests, options);
    put_into_words(kit, result, options.language);
    return result;
}

/// Of a part that was asked for those before it are tested, too, since a slip there must not cost it; they are not
/// told.
ExerciseResult grade_one(const Kit& kit, const Exercise& exercise, const GradeOptions& options) {
    ExerciseResult result = grade_parts(kit, exercise, options);
    if (!options.part.empty()) keep_parts(result, {options.part});
    return result;
}

/// The needed exercises that the learner has begun.
std::vector<Exercise> begun_needs(const Kit& kit, const Exercise& exercise, const GradeOptions& options) {
    std::vector<Exercise> begun;
    for (const Exercise& needed : visible_to(kit, exercise)) {
        const auto source = needed.id == exercise.id ? std::nullopt : submitted(needed, options);
        if (!source || source->path == needed.reference()) continue;
        if (source->text != read_file(needed.folder / "stub.cpp")) begun.push_back(needed);
    }
    return begun;
}

/// Practice runs on the learner's own functions where they earn all their points, each on the kit's below it.
GradeOptions on_what_is_earned(const Kit& kit, const Exercise& exercise, const GradeOptions& options) {
    GradeOptions practice = options;
    const bool own_anyway = options.own_stack || !fs::exists(exercise.reference());
    if (tally_of(exercise) != Tally::practice || own_anyway) return practice;
    const std::vector<Exercise> begun = begun_needs(kit, exercise, options);
    if (begun.empty()) return practice;
    prepare(kit, begun, KitOf::learners);
    GradeOptions alone;
    alone.submission = options.submission;
    alone.file_of = options.file_of;
    alone.compiler = options.compiler;
    alone.language = options.language;
    for (const Exercise& needed : begun) {
        ExerciseResult result = grade_one(kit, needed, alone);
        if (result.status != Status::graded) continue;
        score_parts(result, {});
        if (result.score == needed.max_score()) practice.own.insert(needed.id);
    }
    return practice;
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
    result.status = Status::graded;
    for (const Part& part : exercise.parts) result.parts.emplace_back().part = part;
    return result;
}

void prepare(const Kit& kit, const std::vector<Exercise>& exercises, KitOf whom) {
    std::vector<std::string> ids;
    for (const Exercise& exercise : exercises) ids.push_back(exercise.id);
    build_kit(kit.toolchain, exercises, with_needs(kit.catalog, ids), whom);
}

static Built compiled(const Kit& kit, const Exercise& exercise, const SourceFile& file, const GradeOptions& options,
                      const BuildOptions& build) {
    Built built = build_object(kit.toolchain, exercise, visible_to(kit, exercise), file, build);
    const bool by_choice = !options.compiler.empty() || options.debug || kit.toolchain.sanitize;
    built.optimised = !options.compiler.empty();
    if (!built.fault || by_choice || !is_beyond_clang(built.diagnostics)) return built;
    BuildOptions with_gcc = build;
    with_gcc.compiler = find_program("g++");
    if (with_gcc.compiler.empty()) return built;
    Built again = build_object(kit.toolchain, exercise, visible_to(kit, exercise), file, with_gcc);
    again.optimised = true;
    return again.fault ? built : again;
}

/// The objects of an exercise: its own, then those of what it needs. Of its own alone the fault is the learner's.
static std::vector<Built> objects_of(const Kit& kit, const Exercise& exercise, const SourceFile& source,
                                     const GradeOptions& options, const BuildOptions& build) {
    std::vector<Built> objects = {compiled(kit, exercise, source, options, build)};
    for (const Exercise& needed : visible_to(kit, exercise)) {
        if (needed.id == exercise.id || objects.front().fault) continue;
        const auto needed_file = needed_source(needed, options);
        if (!needed_file) continue;  // its functions are missing, and say so when called
        const Built built = compiled(kit, needed, *needed_file, options, build);
        if (needed_file->path == needed.reference()) must_compile(built, needed_file->path);
        if (!built.fault) objects.push_back(built);
    }
    return objects;
}

Built build_from(const Kit& kit, const Exercise& exercise, const SourceFile& source, const GradeOptions& options,
                 bool probe, const std::vector<std::string>& from_reference) {
    const BuildOptions usual{options.compiler, probe, options.debug};
    std::vector<Built> objects = objects_of(kit, exercise, source, options, usual);
    const Built object = objects.front();
    if (options.debug) return build_library(kit.toolchain, exercise, object, objects);
    if (!from_reference.empty()) {
        // Else the functions that are still to be judged lie beside these, a known distance away.
        BuildOptions apart = usual;
        apart.apart = true;
        const Built reference = compiled(kit, exercise, read_source(exercise.reference(), exercise), options, apart);
        must_compile(reference, exercise.reference());
        objects.insert(objects.begin(), only_functions(kit.toolchain, exercise, reference, from_reference));
    }
    return build_worker(kit.toolchain, exercise, object, objects, usual);
}

Program build_main(const Kit& kit, const Exercise& exercise, const SourceFile& main, const SourceFile& source,
                   const GradeOptions& options) {
    const std::vector<Built> objects = objects_of(kit, exercise, source, options, {});
    if (objects.front().fault) return {objects.front(), false};
    return {build_program(kit.toolchain, exercise, visible_to(kit, exercise), main, objects), true};
}

Result grade(const Kit& kit, const std::vector<Exercise>& exercises, const GradeOptions& options) {
    Result result;
    result.kit_version = kit.toolchain.kit_version;
    result.sandbox = kit.toolchain.sanitize ? "none" : kit.toolchain.walls.names();
    result.hidden = options.hidden;
    result.seed = options.seed;
    result.own_stack =
        std::ranges::all_of(exercises, [&](const Exercise& exercise) { return uses_own(exercise, options); });
    result.whole_course = std::ranges::count(exercises, Tally::course, tally_of) ==
                              std::ranges::count(kit.catalog, Tally::course, tally_of) &&
                          options.part.empty();
    result.language = options.language;
    std::vector<std::optional<ExerciseResult>> graded(exercises.size());
    std::vector<std::optional<Failure>> faults(exercises.size());
    in_parallel(exercises.size(), options.jobs, [&](std::size_t i) {
        try {
            graded[i] = grade_one(kit, exercises[i], on_what_is_earned(kit, exercises[i], options));
        } catch (const Failure& failure) {
            if (failure.status != kit_fault) throw;
            faults[i] = failure;
        }
    });
    for (std::size_t i = 0; i < exercises.size(); ++i) {
        if (graded[i]) result.exercises.push_back(std::move(*graded[i]));
        if (faults[i]) result.not_graded.push_back({exercises[i].id, faults[i]->words});
        if (faults[i]) result.whole_course = result.own_stack = false;
    }
    if (result.exercises.empty() && !exercises.empty()) throw *faults.front();
    // Needed exercises come first, so what rests on them finds them scored.
    for (ExerciseResult& exercise : result.exercises) {
        if (exercise.status == Status::graded && !options.scenes)
            score_parts(exercise, failed_needs(kit, exercise, result, options));
    }
    return result;
}

}  // namespace qkv::grader
