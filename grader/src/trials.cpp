#include "trials.hpp"

#include <algorithm>

#include "compiler_words.hpp"
#include "diagnosis.hpp"
#include "score.hpp"
#include "tests_run.hpp"

namespace qkv {

namespace fs = std::filesystem;

ExerciseResult scored(const Exercise& exercise, const RunReport& run, bool hidden) {
    ExerciseResult result = begin(exercise);
    add_tests(result, run, hidden);
    score_parts(result, {});
    return result;
}

fs::path worker_of(const Proof& proof, const SourceFile& source, bool probe) {
    const Built built = build_from(proof.kit, proof.exercise, source, {}, probe);
    if (!built.ok) proof.fault(source.path, 1, "does not compile: " + first_error(built.diagnostics));
    return built.ok ? built.worker : fs::path{};
}

std::map<std::string, Outcome> outcomes(const RunReport& run) {
    std::map<std::string, Outcome> result;
    for (const CaseReport& test : run.cases) {
        for (const CallFacts& call : test.calls) result.emplace(call.function + "/" + call.key, call.outcome);
    }
    return result;
}

namespace {

/// The reference with the mutant's mistake; a fault if the place is not found exactly once.
std::string mutated(const Proof& proof, const Mutant& mutant, const std::string& reference) {
    const std::size_t at = reference.find(mutant.find);
    if (at == std::string::npos || reference.find(mutant.find, at + 1) != std::string::npos) {
        proof.fault(proof.exercise.solution / "mutants.toml", mutant.line,
                    fmt::format("\"find\" of mutant \"{}\" stands {} in the reference; it must stand there once",
                                mutant.id, at == std::string::npos ? "nowhere" : "more than once"));
        return {};
    }
    return reference.substr(0, at) + mutant.replace + reference.substr(at + mutant.find.size());
}

/// The part and, transitively, those that come after it.
std::set<std::string> may_lose(const Exercise& exercise, const std::string& part_id) {
    std::set<std::string> parts = {part_id};
    for (const Part& part : exercise.parts) {
        const auto lost = [&](const std::string& other) { return parts.contains(other); };
        if (std::ranges::any_of(part.after, lost)) parts.insert(part.id);
    }
    return parts;
}

/// True if it returns another value where the reference returns one; another exception is not enough.
bool changes_output(const RunReport& mutant, const std::map<std::string, Outcome>& right) {
    const auto all = outcomes(mutant);
    return std::ranges::any_of(all, [&](const auto& entry) {
        const auto found = right.find(entry.first);
        return found != right.end() && found->second.exception.empty() && entry.second.exception.empty() &&
               !same_outcome(entry.second, found->second);
    });
}

/// What `compare` makes of a mutant: the size of the smallest case it finds.
void compare_mutant(const Proof& proof, MutantTrial& trial, const fs::path& worker) {
    TestsOptions options;
    options.hidden = options.compare = true;
    options.part = trial.mutant.part;
    for (const CaseReport& test : run_tests(proof.kit.recipe, proof.exercise, worker, options).cases) {
        const std::size_t size = test.smallest.size;
        if (size > 0 && (trial.smallest == 0 || size < trial.smallest)) trial.smallest = size;
    }
    if (trial.smallest == 0) {
        proof.fault(
            proof.exercise.solution / "mutants.toml", trial.mutant.line,
            fmt::format("compare does not find mutant \"{}\" on the cases that cases.hpp generates", trial.mutant.id));
    }
}

bool same_outcomes(const MutantTrial& left, const MutantTrial& right) {
    const auto all = outcomes(left.run), others = outcomes(right.run);
    return std::ranges::equal(all, others, [](const auto& a, const auto& b) {
        return a.first == b.first && same_outcome(a.second, b.second);
    });
}

}  // namespace

MutantTrial try_mutant(const Proof& proof, const Mutant& mutant, const std::string& reference,
                       const std::map<std::string, Outcome>& right) {
    MutantTrial trial;
    trial.mutant = mutant;
    const fs::path manifest = proof.exercise.solution / "mutants.toml";
    const SourceFile source{manifest, mutated(proof, mutant, reference), ""};
    if (source.text.empty()) return trial;
    const Built built = build_from(proof.kit, proof.exercise, source, {});
    if (!built.ok) {
        proof.fault(manifest, mutant.line,
                    fmt::format("mutant \"{}\" does not compile: {}", mutant.id, first_error(built.diagnostics)));
        return trial;
    }
    TestsOptions options;
    options.record = true;
    trial.run = run_tests(proof.kit.recipe, proof.exercise, built.worker, options);
    ExerciseResult result = scored(proof.exercise, trial.run);
    diagnose(result, load_diagnoses(proof.exercise), Language::en);
    for (const PartResult& part : result.parts) {
        if (part.status != "passed") trial.lost.insert(part.part.id);
        for (const TestResult& test : part.tests) {
            if (!test.diagnosis.empty()) trial.sentences.insert(test.diagnosis);
            if (part.part.id == mutant.part && test.report.verdict != "passed")
                trial.killers.push_back(test.report.name_en);
        }
    }
    if (trial.killers.empty()) {
        proof.fault(manifest, mutant.line,
                    fmt::format("mutant \"{}\" survives: no test of part \"{}\" notices it", mutant.id, mutant.part));
    }
    trial.changes_output = changes_output(trial.run, right);
    if (trial.changes_output) compare_mutant(proof, trial, built.worker);
    const auto allowed = may_lose(proof.exercise, mutant.part);
    for (const std::string& part : trial.lost) {
        if (!allowed.contains(part)) {
            proof.fault(manifest, mutant.line,
                        fmt::format("mutant \"{}\" also loses part \"{}\", which does not come after \"{}\"", mutant.id,
                                    part, mutant.part));
        }
    }
    return trial;
}

std::vector<std::string> idle_tests(const RunReport& reference, const std::vector<MutantTrial>& trials) {
    std::vector<std::string> idle;
    for (const CaseReport& test : reference.cases) {
        const auto kills = [&](const MutantTrial& trial) {
            return std::ranges::find(trial.killers, test.name_en) != trial.killers.end();
        };
        if (std::ranges::none_of(trials, kills)) idle.push_back(test.name_en);
    }
    return idle;
}

RecordedOutputs record(const RunReport& reference, const std::vector<MutantTrial>& trials) {
    RecordedOutputs recorded;
    const auto right = outcomes(reference);
    for (const MutantTrial& trial : trials) {
        for (const auto& [call, outcome] : outcomes(trial.run)) {
            const auto found = right.find(call);
            if (found == right.end() || same_outcome(outcome, found->second)) continue;
            recorded[call][trial.mutant.id] = outcome;
            recorded[call][reference_name] = found->second;
        }
    }
    return recorded;
}

void check_twins(const Proof& proof, const std::vector<MutantTrial>& trials) {
    for (std::size_t i = 0; i < trials.size(); ++i) {
        for (std::size_t j = 0; j < i; ++j) {
            const Mutant &mutant = trials[i].mutant, &other = trials[j].mutant;
            if (trials[i].run.cases.empty() || !same_outcomes(trials[i], trials[j])) continue;
            if (mutant.diagnosis.en == other.diagnosis.en && mutant.diagnosis.zh == other.diagnosis.zh) continue;
            proof.fault(proof.exercise.solution / "mutants.toml", mutant.line,
                        fmt::format("mutants \"{}\" and \"{}\" give the same outputs but have different diagnoses",
                                    mutant.id, other.id));
        }
    }
}

void check_sentences(const Proof& proof, const std::vector<MutantTrial>& trials) {
    const auto unnamed =
        std::ranges::count_if(trials, [](const MutantTrial& trial) { return trial.sentences.empty(); });
    if (5 * unnamed > std::ssize(trials)) {
        proof.fault(proof.exercise.solution / "mutants.toml", 1,
                    fmt::format("only {} of {} mutants are named in words; four in five should be",
                                std::ssize(trials) - unnamed, trials.size()));
    }
    for (const MutantTrial& trial : trials) {
        for (const std::string& sentence : trial.sentences) {
            if (sentence == trial.mutant.diagnosis.en) continue;
            proof.fault(
                proof.exercise.solution / "mutants.toml", trial.mutant.line,
                fmt::format("mutant \"{}\" is explained by another mistake's sentence: {}", trial.mutant.id, sentence));
        }
    }
}

}  // namespace qkv
