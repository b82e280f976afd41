// ./grade verify: for instructors, the proof that an exercise can be trusted.
#include <algorithm>
#include <cstdio>

#include <fmt/format.h>

#include "base/failure.hpp"
#include "base/files.hpp"
#include "base/process.hpp"
#include "build/kit_build.hpp"
#include "commands/commands.hpp"
#include "proof/verify.hpp"

namespace qkv::grader {

namespace {

bool same_recorded(const record::RecordedOutputs& left, const record::RecordedOutputs& right) {
    return std::ranges::equal(left, right, [](const auto& a, const auto& b) {
        return a.first == b.first && std::ranges::equal(a.second, b.second, [](const auto& x, const auto& y) {
                   return x.first == y.first && record::same_outcome(x.second, y.second);
               });
    });
}

/// What is recorded, but for mutants that were not tried. One that is no longer listed stays, and is noticed.
record::RecordedOutputs without(record::RecordedOutputs recorded, const std::set<std::string>& untried) {
    for (auto& [call, outcomes] : recorded)
        std::erase_if(outcomes, [&](const auto& entry) { return untried.contains(entry.first); });
    if (!untried.empty()) std::erase_if(recorded, [](const auto& entry) { return entry.second.size() == 1; });
    return recorded;
}

void print_trials(const Verification& verification, bool diagnosed) {
    std::size_t columns = 0, part_columns = 0;
    for (const MutantRun& tried : verification.runs) {
        columns = std::max(columns, width(tried.mutant.id));
        part_columns = std::max(part_columns, width(tried.mutant.part));
    }
    for (const MutantRun& tried : verification.runs) {
        const std::string first = tried.killers.empty() ? "SURVIVES" : tried.killers.front();
        const std::string more =
            tried.killers.size() > 1 ? fmt::format(" (and {} more)", tried.killers.size() - 1) : "";
        fmt::print("  {}  {}  {}{}{}\n", padded(tried.mutant.id, columns), padded(tried.mutant.part, part_columns),
                   first, more, diagnosed && tried.sentences.empty() ? "  [not named in words]" : "");
    }
    if (verification.idle_tests.empty()) return;
    fmt::print("  tests that catch no mutant:\n");
    for (const std::string& test : verification.idle_tests) fmt::print("    {}\n", test);
}

/// What is counted over one exercise or all of them.
struct Proven {
    std::size_t mutants = 0, named = 0, change_output = 0;
    std::vector<std::size_t> sizes;  ///< of the smallest cases that compare found

    void add(const Verification& verification) {
        for (const MutantRun& tried : verification.runs) {
            ++mutants;
            named += tried.sentences.empty() ? 0 : 1;
            change_output += tried.changes_output ? 1 : 0;
            if (tried.smallest > 0) sizes.push_back(tried.smallest);
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
    return std::ranges::find(kit.toolchain.flags, "-DQKV_FLOAT") == kit.toolchain.flags.end();
}

/// Writes what is recorded of the mutants, or notes that what is committed is old.
void record_or_check(const Exercise& exercise, Verification& verification, bool write) {
    const auto outputs = recorded_file(exercise), sentences = diagnoses_file(exercise);
    if (write) {
        if (!verification.faults.empty()) return;
        std::filesystem::create_directories(outputs.parent_path());
        record::write_recorded(outputs, verification.recorded);
        write_file(sentences, verification.diagnoses);
        return;
    }
    const auto note_old = [&](const std::filesystem::path& file, const char* what) {
        verification.faults.push_back(
            fmt::format("{}:1: not what {}; run ./grade verify --record {}", file.string(), what, exercise.id));
    };
    if (!same_recorded(without(record::read_recorded(outputs), verification.untried), verification.recorded))
        note_old(outputs, "the mutants return now");
    if (read_file(sentences) != verification.diagnoses) note_old(sentences, "mutants.toml says now");
}

/// The attacks are tests of the kit, so the program that tries them stands with the tests.
int run_trust_matrix(const Kit& kit, const Arguments& arguments) {
    build_target(kit.toolchain, "trust_matrix");
    Command command;
    command.arguments = {(kit.toolchain.build / "bin" / "trust_matrix").string(), arguments.toolchain.string(),
                         kit.root.string(), arguments.sandbox, std::to_string(arguments.jobs)};
    command.arguments.insert(command.arguments.end(), arguments.ids.begin(), arguments.ids.end());
    command.seconds = 24 * 3600;
    command.on_output = [](std::string_view bytes) { std::fwrite(bytes.data(), 1, bytes.size(), stdout); };
    return run(command).exit_code;
}

}  // namespace

int verify_command(const Kit& kit, const Arguments& arguments) {
    if (arguments.trust) return run_trust_matrix(kit, arguments);
    const auto exercises = choose(kit.catalog, arguments.ids);
    prepare(kit, exercises, KitOf::instructors);
    std::vector<std::string> faults;
    Proven all;
    for (const Exercise& exercise : exercises) {
        const bool recordings = recordings_apply(kit);
        Verification verification =
            verify(kit, exercise, {arguments.jobs, arguments.every, recordings && !arguments.record});
        if (recordings) record_or_check(exercise, verification, arguments.record);
        Proven here;
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

}  // namespace qkv::grader
