// ./grade verify: for instructors, the proof that an exercise can be trusted.
#include <algorithm>
#include <cstdio>

#include <fmt/format.h>

#include "../failure.hpp"
#include "../files.hpp"
#include "../verify.hpp"
#include "commands.hpp"

namespace qkv {

namespace {

bool same_recorded(const RecordedOutputs& left, const RecordedOutputs& right) {
    return std::ranges::equal(left, right, [](const auto& a, const auto& b) {
        return a.first == b.first && std::ranges::equal(a.second, b.second, [](const auto& x, const auto& y) {
                   return x.first == y.first && same_outcome(x.second, y.second);
               });
    });
}

void print_trials(const Verification& verification, bool diagnosed) {
    std::size_t columns = 0, part_columns = 0;
    for (const MutantTrial& trial : verification.trials) {
        columns = std::max(columns, width(trial.mutant.id));
        part_columns = std::max(part_columns, width(trial.mutant.part));
    }
    for (const MutantTrial& trial : verification.trials) {
        const std::string first = trial.killers.empty() ? "SURVIVES" : trial.killers.front();
        const std::string more =
            trial.killers.size() > 1 ? fmt::format(" (and {} more)", trial.killers.size() - 1) : "";
        fmt::print("  {}  {}  {}{}{}\n", padded(trial.mutant.id, columns), padded(trial.mutant.part, part_columns),
                   first, more, diagnosed && trial.sentences.empty() ? "  [not named in words]" : "");
    }
    if (verification.idle_tests.empty()) return;
    fmt::print("  tests that catch no mutant:\n");
    for (const std::string& test : verification.idle_tests) fmt::print("    {}\n", test);
}

/// What is counted over one exercise or all of them.
struct Tally {
    std::size_t mutants = 0, named = 0, change_output = 0;
    std::vector<std::size_t> sizes;  ///< of the smallest cases that compare found

    void add(const Verification& verification) {
        for (const MutantTrial& trial : verification.trials) {
            ++mutants;
            named += trial.sentences.empty() ? 0 : 1;
            change_output += trial.changes_output ? 1 : 0;
            if (trial.smallest > 0) sizes.push_back(trial.smallest);
        }
    }

    std::string words(bool diagnosed) {
        std::ranges::sort(sizes);
        std::string text = fmt::format("{} mutants", mutants);
        if (diagnosed) text += fmt::format(", {} of them named in words", named);
        text += fmt::format(", compare finds {} of {} that change an output", sizes.size(), change_output);
        if (!sizes.empty()) text += fmt::format(" (median size {} numbers)", sizes[sizes.size() / 2]);
        return text;
    }
};

/// Outputs are recorded in double; in float, small differences can lead to another mutant.
bool recordings_apply(const Kit& kit) {
    return std::ranges::find(kit.recipe.flags, "-DQKV_FLOAT") == kit.recipe.flags.end();
}

/// Writes what is recorded of the mutants, or notes that what is committed is old.
void record_or_check(const Exercise& exercise, Verification& verification, bool write) {
    const auto outputs = recorded_file(exercise), sentences = diagnoses_file(exercise);
    if (write) {
        if (!verification.faults.empty()) return;
        std::filesystem::create_directories(outputs.parent_path());
        write_recorded(outputs, verification.recorded);
        write_file(sentences, verification.diagnoses);
        return;
    }
    const auto note_old = [&](const std::filesystem::path& file, const char* what) {
        verification.faults.push_back(
            fmt::format("{}:1: not what {}; run ./grade verify --record {}", file.string(), what, exercise.id));
    };
    if (!same_recorded(read_recorded(outputs), verification.recorded)) note_old(outputs, "the mutants return now");
    if (read_file(sentences) != verification.diagnoses) note_old(sentences, "mutants.toml says now");
}

}  // namespace

int verify_command(const Kit& kit, const Arguments& arguments) {
    if (arguments.trust) return verify_trust_command(kit, arguments);
    const auto exercises = choose(kit.catalog, arguments.ids);
    prepare(kit, exercises, true);
    std::vector<std::string> faults;
    Tally all;
    for (const Exercise& exercise : exercises) {
        const bool recordings = recordings_apply(kit);
        Verification verification = verify(kit, exercise, arguments.jobs, recordings && !arguments.record);
        if (recordings) record_or_check(exercise, verification, arguments.record);
        Tally here;
        here.add(verification);
        all.add(verification);
        fmt::print("\n{}: {} parts, {}, {} faults\n", exercise.id, exercise.parts.size(), here.words(!arguments.record),
                   verification.faults.size());
        print_trials(verification, !arguments.record);
        std::fflush(stdout);
        faults.insert(faults.end(), verification.faults.begin(), verification.faults.end());
    }
    fmt::print("\n{} exercises, {}, {} faults\n", exercises.size(), all.words(!arguments.record), faults.size());
    for (const std::string& fault : faults) fmt::print("{}\n", fault);
    return faults.empty() ? all_earned : points_missing;
}

}  // namespace qkv
