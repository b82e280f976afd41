#include "proof/verify.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/process.hpp"
#include "grading/tests.hpp"
#include "proof/agreement.hpp"

namespace qkv::grader {

namespace fs = std::filesystem;

namespace {

void check_stub(const Proof& proof) {
    const fs::path path = proof.exercise.folder / "stub.cpp";
    const SourceFile source = read_source(path, proof.exercise);
    const Built built = worker_of(proof, source);
    if (built.worker.empty()) return;
    for (const PartResult& part :
         scored(proof.exercise, run_tests(proof.kit.toolchain, proof.exercise, built.worker, {})).parts) {
        if (part.status != Status::not_implemented) {
            proof.fault(path, 1,
                        fmt::format("as shipped, part \"{}\" is {} instead of not_implemented", part.part.id,
                                    name_of(part.status)));
        }
    }
}

/// Worthless values of the right shape and of others, and functions that only throw, must earn nothing; nor may they
/// end a program of tests.
void check_probes(const Proof& proof, const SourceFile& reference) {
    const Built built = worker_of(proof, reference, true);
    if (built.worker.empty()) return;
    for (const char* probe : {"zeros", "input", "random", "throws", "nothing", "fewer", "more"}) {
        for (const bool hidden : {false, true}) {
            TestsOptions options;
            options.probe = probe;
            options.hidden = hidden;
            const auto run = run_tests(proof.kit.toolchain, proof.exercise, built.worker, options);
            for (const PartResult& part : scored(proof.exercise, run, hidden).parts) {
                if (part.tests.empty() || part.status != Status::passed) continue;
                const auto file =
                    hidden ? proof.exercise.solution / "hidden_tests.cpp" : proof.exercise.folder / "tests.cpp";
                proof.fault(file, 1, fmt::format("part \"{}\" is earned by the probe \"{}\"", part.part.id, probe));
            }
        }
    }
}

void expect_everything(const Proof& proof, const fs::path& file, const RunReport& run, bool hidden,
                       const std::string& how) {
    for (const PartResult& part : scored(proof.exercise, run, hidden).parts) {
        for (const TestResult& test : part.tests) {
            if (!failed(test)) continue;
            proof.fault(file, 1,
                        fmt::format("the reference does not pass \"{}\" of part \"{}\"{}: {}", test.report.name_en,
                                    part.part.id, how, record::name_of(test.report.verdict)));
        }
    }
}

void check_hidden_tests(const Proof& proof, const fs::path& worker, std::uint64_t seeds) {
    const fs::path file = proof.exercise.solution / "hidden_tests.cpp";
    if (!fs::exists(file)) {
        proof.fault(file, 1, "there are no hidden tests");
        return;
    }
    for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
        TestsOptions options;
        options.hidden = true;
        options.seed = seed;
        expect_everything(proof, file, run_tests(proof.kit.toolchain, proof.exercise, worker, options), true,
                          fmt::format(" with --seed {}", seed));
    }
}

}  // namespace

fs::path recorded_file(const Exercise& exercise) { return exercise.folder / "golden" / "mutants.safetensors"; }

Verification verify(const Kit& kit, const Exercise& exercise, const VerifyOptions& options) {
    Verification verification;
    verification.faults = disagreements(exercise);
    const Proof proof{kit, exercise, verification.faults};
    const fs::path reference_path = exercise.reference();
    const SourceFile reference = read_source(reference_path, exercise);
    if (reference.fault) {
        proof.fault(reference_path, 1, "there is no reference solution");
        return verification;
    }
    const Built built = worker_of(proof, reference);
    if (built.worker.empty()) return verification;
    check_stub(proof);
    check_probes(proof, reference);
    TestsOptions recording;
    recording.record = true;
    const RunReport run = run_tests(kit.toolchain, exercise, built.worker, recording);
    expect_everything(proof, reference_path, run, false, "");
    check_hidden_tests(proof, built.worker, options.every == 1 ? 3 : 1);

    const auto mutants = load_mutants(exercise);
    std::vector<Mutant> tried;
    for (std::size_t i = 0; i < mutants.size(); ++i) {
        if (i % options.every == 0)
            tried.push_back(mutants[i]);
        else
            verification.untried.insert(mutants[i].id);
    }
    const auto right = outcomes(run);
    verification.runs.resize(tried.size());
    std::vector<std::vector<std::string>> faults(tried.size());
    in_parallel(tried.size(), options.jobs, [&](std::size_t i) {
        verification.runs[i] = try_mutant({kit, exercise, faults[i]}, tried[i], reference.text, right);
    });
    for (const auto& lines : faults) verification.faults.insert(verification.faults.end(), lines.begin(), lines.end());
    check_equal_outputs(proof, verification.runs);
    // A sample may hold just those that are not named.
    if (options.check_diagnoses && options.every == 1) check_sentences(proof, verification.runs);
    if (options.every == 1) verification.idle_tests = idle_tests(run, verification.runs);
    verification.recorded = record(run, verification.runs);
    verification.diagnoses = diagnoses_of(mutants);
    return verification;
}

}  // namespace qkv::grader
