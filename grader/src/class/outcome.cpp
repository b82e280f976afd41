#include "class/outcome.hpp"

#include <sha2.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <fstream>

#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "base/files.hpp"
#include "commands/commands.hpp"
#include "explain/compiler.hpp"
#include "grading/tests.hpp"
#include "model/submission.hpp"
#include "report/json.hpp"
#include "report/text.hpp"

namespace qkv::grader {

namespace fs = std::filesystem;

namespace {

using Json = nlohmann::json;

std::string sha256(const std::string& text) {
    std::array<char, SHA256_DIGEST_STRING_LENGTH> digest{};
    SHA256Data(reinterpret_cast<const std::uint8_t*>(text.data()), text.size(), digest.data());
    return digest.data();
}

/// The result as a student may read it.
Result without_hidden(Result result, HiddenTests shown) {
    result.hidden = result.hidden && shown == HiddenTests::all;
    for (ExerciseResult& exercise : result.exercises) {
        for (PartResult& part : exercise.parts) {
            if (shown == HiddenTests::none)
                std::erase_if(part.tests, [](const TestResult& test) { return test.hidden; });
            for (TestResult& test : part.tests) {
                if (!test.hidden || !failed(test) || shown == HiddenTests::all) continue;
                test.name = say({"a hidden test", "一个隐藏测试"}, result.language);
                test.message = say({"This hidden test is not passed. What it asks is not shown.",
                                    "这个隐藏测试没有通过；它的内容不公开。"},
                                   result.language);
                test.origin.clear();
                test.diagnosis.clear();
                test.report = {};
                test.report.verdict = Verdict::failed;
                test.hidden = false;  // nothing that only who has hidden tests can do is advised
            }
        }
    }
    return result;
}

/// As if the files were the learner's own in a kit of theirs: that is where the report's reader has them.
Result as_own(Result result) {
    for (ExerciseResult& exercise : result.exercises) {
        const fs::path own = exercise.exercise.learners_file();
        exercise.diagnostics = replaced(exercise.diagnostics, exercise.source.string(), own.string());
        exercise.source = own;
    }
    return result;
}

/// A report of each exercise: what a student is told.
std::string feedback_on(const ClassRun& run, const Result& result) {
    std::string text;
    for (const ExerciseResult& exercise : result.exercises) {
        if (exercise.status == Status::missing) {
            text += say({"\n  {}: nothing handed in\n", "\n  {}：没有交\n"}, run.language, exercise.exercise.id);
            continue;
        }
        Result one = result;
        one.exercises = {exercise};
        one.whole_course = one.own_stack = false;
        text += replaced(to_text(one, false), run.kit.root.string() + "/", "");
    }
    return text;
}

GradeOptions options_for(const ClassRun& run, const fs::path& attempt) {
    GradeOptions options;
    options.submission = attempt;
    options.own_stack = run.course.own_stack;
    options.hidden = run.hidden;
    options.seed = run.seed;
    options.language = run.language;
    options.keeps = false;  // the class keeps results of its own
    return options;
}

Json to_object(const Trouble& trouble) {
    return {{"exercise", trouble.exercise}, {"part", trouble.part},       {"test", trouble.test},
            {"verdict", trouble.verdict},   {"message", trouble.message}, {"diagnosis", trouble.diagnosis},
            {"hidden", trouble.hidden}};
}

Json troubles_of(const Result& result) {
    Json troubles = Json::array();
    for (const ExerciseResult& exercise : result.exercises) {
        if (exercise.status == Status::build_failed) {
            const std::string line = first_error(exercise.diagnostics, clean(exercise.source.string()));
            const std::string first = line.substr(0, line.find('\n'));
            // Without its place, so that one mistake of many is one.
            const std::size_t error = first.find("error: ");
            troubles.push_back(
                to_object({exercise.exercise.id, "", "", "build_failed",
                           clean(error == std::string::npos ? first : first.substr(error), 300), "", false}));
        }
        for (const PartResult& part : exercise.parts) {
            for (const TestResult& test : part.tests) {
                if (failed(test))
                    troubles.push_back(
                        to_object({exercise.exercise.id, part.part.id, test.name, record::name_of(test.report.verdict),
                                   clean(test.message, 1000), test.diagnosis, test.hidden}));
            }
        }
    }
    return troubles;
}

Json scores_of(const Result& result) {
    Json exercises = Json::object();
    for (const ExerciseResult& exercise : result.exercises) {
        Json parts = Json::object();
        for (const PartResult& part : exercise.parts)
            parts[part.part.id] = {{"score", part.score}, {"status", name_of(part.status)}};
        exercises[exercise.exercise.id] = {{"status", name_of(exercise.status)}, {"parts", parts}};
    }
    return exercises;
}

}  // namespace

HiddenTests shown_now(const Course& course) {
    const Moment now =
        std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch()).count();
    return course.hidden_until && now >= *course.hidden_until ? HiddenTests::all : course.hidden;
}

std::string hash_of_kit(const Kit& kit, const std::vector<Exercise>& exercises) {
    std::string key = kit.toolchain.text + fingerprint(kit.toolchain.confine) + fingerprint(kit.toolchain.warm_object);
    for (const Exercise& exercise : exercises) {
        const fs::path built = kit.toolchain.exercise_folder(exercise.id);
        for (const fs::path& file : {built / "tests", built / "hidden_tests", exercise.manifest()})
            key += fs::exists(file) ? fingerprint(file) : "";
        key += fingerprint_of_values(exercise);
        // Linked with the learner's file, its own reference among them; a need's own tests judge nobody here.
        for (const Exercise& needed : with_needs(kit.catalog, {exercise.id}))
            key += fs::exists(needed.reference()) ? fingerprint(needed.reference()) : "";
    }
    return sha256(key);
}

bool kit_has_changed(const ClassRun& run) try {
    return hash_of_kit(run.kit, run.course.exercises) != run.kit_hash;
} catch (const Failure&) {  // a program of it is gone
    return true;
}

static void must_be_the_same_kit(const ClassRun& run) {
    if (kit_has_changed(run))
        throw Failure(kit_fault, Text{"the kit was changed or built anew while the class was graded; run this again",
                                      "评分期间工具被改动或重新构建了；请再运行一次"});
}

std::string key_of(const ClassRun& run, const fs::path& attempt) {
    std::string key = fmt::format("1 {} {} {} {} {} {}\n", run.kit_hash, run.seed, run.hidden, run.course.own_stack,
                                  static_cast<int>(run.shown), entry_of(run.language).code);
    for (const Exercise& exercise : run.kit.catalog) {
        const Limits& limits = exercise.limits;
        const auto source = find_source(attempt, exercise);
        const bool asked =
            std::ranges::find(run.course.exercises, exercise.id, &Exercise::id) != run.course.exercises.end();
        if (!source && !asked) continue;
        key += fmt::format("{} {} {} {} {} {} {} {} {} {} {}\n", exercise.id, asked, limits.call_seconds,
                           limits.exercise_seconds, limits.cpu_seconds, limits.compile_seconds,
                           limits.compile_megabytes, limits.object_megabytes, limits.memory_megabytes,
                           limits.output_kilobytes, limits.source_kilobytes);
        if (source) key += fmt::format("{} {}\n", static_cast<int>(source->fault.kind), sha256(source->text));
    }
    return sha256(key);
}

fs::path result_file(const ClassRun& run, const std::string& key) { return run.results() / (key + ".json"); }

bool has_outcome(const ClassRun& run, const std::string& key) {
    // Written aside and renamed: what is there is whole, but for what a full disk or a person did to it.
    std::ifstream file(result_file(run, key), std::ios::binary | std::ios::ate);
    char last = 0;
    return file && file.tellg() > 2 && file.seekg(-2, std::ios::end) && file.get(last) && last == '}';
}

std::optional<Outcome> load_outcome(const ClassRun& run, const std::string& key) try {
    const Json json = Json::parse(read_file(result_file(run, key)));
    Outcome outcome;
    outcome.seconds = json.at("seconds");
    outcome.text = json.at("text");
    for (const auto& [id, exercise] : json.at("exercises").items()) {
        ExerciseOutcome& one = outcome.exercises[id];
        one.status = exercise.at("status");
        for (const auto& [part, result] : exercise.at("parts").items()) {
            one.parts[part] = result.at("score");
            one.states[part] = result.at("status");
        }
    }
    for (const Json& trouble : json.at("troubles"))
        outcome.troubles.push_back({trouble.at("exercise"), trouble.at("part"), trouble.at("test"),
                                    trouble.at("verdict"), trouble.at("message"), trouble.at("diagnosis"),
                                    trouble.at("hidden")});
    return outcome;
} catch (const Json::exception&) {
    return std::nullopt;
}

void grade_attempt(const ClassRun& run, const fs::path& attempt, const std::string& key) {
    must_be_the_same_kit(run);
    const auto began = std::chrono::steady_clock::now();
    Result result = grade(run.kit, run.course.exercises, options_for(run, attempt));
    must_be_the_same_kit(run);
    if (!result.not_graded.empty()) throw Failure(kit_fault, result.not_graded.front().why);
    const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - began;
    result = as_own(std::move(result));
    const Json json = {{"schema", "qkv-outcome/1"},
                       {"name", key},
                       {"kit", run.kit_hash},
                       {"compiler", run.kit.toolchain.clang_version},
                       {"seed", run.seed},
                       {"graded_at", std::chrono::system_clock::to_time_t(std::chrono::system_clock::now())},
                       {"seconds", taken.count()},
                       {"text", feedback_on(run, without_hidden(result, run.shown))},
                       {"troubles", troubles_of(result)},
                       {"exercises", scores_of(result)}};
    write_file(run.results() / (key + ".result.json"), to_json(result));
    // Last: where it is, all is.
    write_file(result_file(run, key), json.dump(1, ' ', false, Json::error_handler_t::replace) + "\n");
}

std::string smallest_case(const ClassRun& run, const fs::path& attempt, const std::string& key,
                          const std::string& exercise_id, const std::string& part_id) {
    const fs::path file = run.out / "cases" / (sha256(key + exercise_id + part_id) + ".txt");
    if (fs::exists(file)) return read_file(file);
    const Exercise& exercise = choose_one(run.kit.catalog, exercise_id);
    GradeOptions options = options_for(run, attempt);
    options.compare = true;
    options.part = part_id;
    std::string text;
    const Result compared = grade(run.kit, {exercise}, options);
    if (!compared.not_graded.empty()) throw Failure(kit_fault, compared.not_graded.front().why);
    for (const ExerciseResult& result : compared.exercises) {
        for (const PartResult& part : result.parts) {
            const auto found = std::ranges::find_if(part.tests, [](const TestResult& test) {
                return test.hidden && !test.report.smallest.arguments.empty();
            });
            if (found != part.tests.end() && text.empty())
                text = smallest_difference(exercise, part, *found, run.language);
        }
    }
    fs::create_directories(file.parent_path());
    write_file(file, text);
    return text;
}

double points_of(const Course& course, const Exercise& exercise, const Outcome& outcome) {
    const auto found = outcome.exercises.find(exercise.id);
    if (found == outcome.exercises.end()) return 0;
    double sum = 0;
    for (const auto& [part, score] : found->second.parts) sum += course.counts(exercise.id, part) ? score : 0;
    return sum * course.weight(exercise.id);
}

}  // namespace qkv::grader
