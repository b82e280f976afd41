#include "proof/mutation.hpp"

#include <algorithm>

#include "explain/compiler.hpp"
#include "explain/diagnosis.hpp"
#include "grading/score.hpp"
#include "grading/tests.hpp"

namespace qkv::grader {

namespace fs = std::filesystem;

ExerciseResult scored(const Exercise& exercise, const RunReport& run, bool hidden) {
    ExerciseResult result = begin(exercise);
    add_tests(result, run, {}, hidden);
    score_parts(result, {});
    return result;
}

Built worker_of(const Proof& proof, const SourceFile& source, bool probe) {
    Built built = build_from(proof.kit, proof.exercise, source, {}, probe);
    if (built.fault) proof.fault(source.path, 1, "does not compile: " + first_error(built.diagnostics));
    return built;
}

std::map<std::string, record::Outcome> outcomes(const RunReport& run) {
    std::map<std::string, record::Outcome> result;
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
bool changes_output(const RunReport& mutant, const std::map<std::string, record::Outcome>& right) {
    const auto all = outcomes(mutant);
    return std::ranges::any_of(all, [&](const auto& entry) {
        const auto found = right.find(entry.first);
        return found != right.end() && found->second.exception.empty() && entry.second.exception.empty() &&
               !record::same_outcome(entry.second, found->second);
    });
}

/// What `compare` makes of a mutant: the size of the smallest case it finds.
void compare_mutant(const Proof& proof, MutantRun& tried, const fs::path& worker) {
    TestsOptions options;
    options.hidden = options.compare = true;
    options.parts = {tried.mutant.part};
    for (const CaseReport& test : run_tests(proof.kit.toolchain, proof.exercise, worker, options).cases) {
        const std::size_t size = test.smallest.size;
        if (size > 0 && (tried.smallest == 0 || size < tried.smallest)) tried.smallest = size;
    }
    if (tried.smallest == 0) {
        proof.fault(
            proof.exercise.solution / "mutants.toml", tried.mutant.line,
            fmt::format("compare does not find mutant \"{}\" on the cases that cases.hpp generates", tried.mutant.id));
    }
}

bool same_outcomes(const std::map<std::string, record::Outcome>& left,
                   const std::map<std::string, record::Outcome>& right) {
    return std::ranges::equal(left, right, [](const auto& a, const auto& b) {
        return a.first == b.first && record::same_outcome(a.second, b.second);
    });
}

}  // namespace

MutantRun try_mutant(const Proof& proof, const Mutant& mutant, const std::string& reference,
                     const std::map<std::string, record::Outcome>& right) {
    MutantRun tried;
    tried.mutant = mutant;
    const fs::path manifest = proof.exercise.solution / "mutants.toml";
    const SourceFile source{manifest, mutated(proof, mutant, reference), {}};
    if (source.text.empty()) return tried;
    const Built built = build_from(proof.kit, proof.exercise, source, {});
    if (built.fault) {
        proof.fault(manifest, mutant.line,
                    fmt::format("mutant \"{}\" does not compile: {}", mutant.id, first_error(built.diagnostics)));
        return tried;
    }
    TestsOptions options;
    options.record = true;
    tried.report = run_tests(proof.kit.toolchain, proof.exercise, built.worker, options);
    ExerciseResult result = scored(proof.exercise, tried.report);
    diagnose(result, load_diagnoses(proof.exercise), Language::en);
    for (const PartResult& part : result.parts) {
        if (part.status != Status::passed) tried.lost.insert(part.part.id);
        for (const TestResult& test : part.tests) {
            if (!test.diagnosis.empty()) tried.sentences.insert(test.diagnosis);
            if (part.part.id == mutant.part && failed(test)) tried.killers.push_back(test.report.name_en);
        }
    }
    if (tried.killers.empty()) {
        proof.fault(manifest, mutant.line,
                    fmt::format("mutant \"{}\" survives: no test of part \"{}\" notices it", mutant.id, mutant.part));
    }
    tried.changes_output = changes_output(tried.report, right);
    if (tried.changes_output) compare_mutant(proof, tried, built.worker);
    const auto allowed = may_lose(proof.exercise, mutant.part);
    for (const std::string& part : tried.lost) {
        if (!allowed.contains(part)) {
            proof.fault(manifest, mutant.line,
                        fmt::format("mutant \"{}\" also loses part \"{}\", which does not come after \"{}\"", mutant.id,
                                    part, mutant.part));
        }
    }
    return tried;
}

std::vector<std::string> idle_tests(const RunReport& reference, const std::vector<MutantRun>& runs) {
    std::vector<std::string> idle;
    for (const CaseReport& test : reference.cases) {
        const auto kills = [&](const MutantRun& tried) {
            return std::ranges::find(tried.killers, test.name_en) != tried.killers.end();
        };
        if (std::ranges::none_of(runs, kills)) idle.push_back(test.name_en);
    }
    return idle;
}

record::RecordedOutputs record(const RunReport& reference, const std::vector<MutantRun>& runs) {
    record::RecordedOutputs recorded;
    const auto right = outcomes(reference);
    for (const MutantRun& tried : runs) {
        for (const auto& [call, outcome] : outcomes(tried.report)) {
            const auto found = right.find(call);
            if (found == right.end() || record::same_outcome(outcome, found->second)) continue;
            recorded[call][tried.mutant.id] = outcome;
            recorded[call][record::reference_name] = found->second;
        }
    }
    return recorded;
}

void check_equal_outputs(const Proof& proof, const std::vector<MutantRun>& runs) {
    std::vector<std::map<std::string, record::Outcome>> returned;
    for (const MutantRun& tried : runs) returned.push_back(outcomes(tried.report));
    for (std::size_t i = 0; i < runs.size(); ++i) {
        for (std::size_t j = 0; j < i; ++j) {
            const Mutant &mutant = runs[i].mutant, &other = runs[j].mutant;
            if (runs[i].report.cases.empty() || !same_outcomes(returned[i], returned[j])) continue;
            if (mutant.diagnosis.en == other.diagnosis.en && mutant.diagnosis.zh == other.diagnosis.zh) continue;
            proof.fault(proof.exercise.solution / "mutants.toml", mutant.line,
                        fmt::format("mutants \"{}\" and \"{}\" give the same outputs but have different diagnoses",
                                    mutant.id, other.id));
        }
    }
}

void check_sentences(const Proof& proof, const std::vector<MutantRun>& runs) {
    const auto unnamed = std::ranges::count_if(runs, [](const MutantRun& tried) { return tried.sentences.empty(); });
    if (5 * unnamed > std::ssize(runs)) {
        proof.fault(proof.exercise.solution / "mutants.toml", 1,
                    fmt::format("only {} of {} mutants are named in words; four in five should be{}",
                                std::ssize(runs) - unnamed, runs.size(),
                                unnamed == std::ssize(runs)
                                    ? ": ./grade verify " + proof.exercise.id + " --record writes down what they return"
                                    : ""));
    }
    for (const MutantRun& tried : runs) {
        for (const std::string& sentence : tried.sentences) {
            if (sentence == tried.mutant.diagnosis.en) continue;
            proof.fault(
                proof.exercise.solution / "mutants.toml", tried.mutant.line,
                fmt::format("mutant \"{}\" is explained by another mistake's sentence: {}", tried.mutant.id, sentence));
        }
    }
}

}  // namespace qkv::grader
