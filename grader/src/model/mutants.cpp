#include "model/mutants.hpp"

#include <set>
#include <sstream>
#include <utility>

#include <fmt/ranges.h>

#include "model/manifest.hpp"

namespace qkv::grader {

namespace fs = std::filesystem;

std::vector<Mutant> load_mutants(const Exercise& exercise) {
    std::vector<Mutant> mutants;
    const fs::path path = exercise.solution / "mutants.toml";
    if (!fs::exists(path)) return mutants;
    Faults faults(path.string());
    const toml::table document = parse_toml(path, faults);
    Table file(document, "", faults);
    std::set<std::string> ids;
    for (Table& entry : file.tables("mutant")) {
        Mutant mutant;
        mutant.line = entry.line();
        mutant.id = entry.text("id");
        mutant.part = entry.text("part");
        mutant.find = entry.text("find");
        mutant.replace = entry.text("replace", false);
        mutant.diagnosis = entry.translated("diagnosis");
        mutant.seen = entry.text("seen", false);
        entry.refuse_unknown_keys();
        if (!is_id(mutant.id))
            faults.add(mutant.line, fmt::format("mutant id \"{}\" must be snake_case", clean(mutant.id, 80)));
        if (mutant.id == "reference") faults.add(mutant.line, "a mutant cannot be called \"reference\"");
        if (!ids.insert(mutant.id).second)
            faults.add(mutant.line, fmt::format("two mutants have the id \"{}\"", mutant.id));
        if (exercise.find_part(mutant.part) == nullptr) {
            faults.add(mutant.line, fmt::format("part \"{}\" is no part of {}", clean(mutant.part, 80), exercise.id));
        }
        mutants.push_back(std::move(mutant));
    }
    file.refuse_unknown_keys();
    if (!faults.lines().empty()) stop(faults.lines());
    return mutants;
}

fs::path diagnoses_file(const Exercise& exercise) { return exercise.folder / "diagnoses.toml"; }

std::map<std::string, Text> load_diagnoses(const Exercise& exercise) {
    std::map<std::string, Text> diagnoses;
    const fs::path path = diagnoses_file(exercise);
    if (!fs::exists(path)) return diagnoses;
    Faults faults(path.string());
    const toml::table document = parse_toml(path, faults);
    Table file(document, "", faults);
    for (Table& entry : file.tables("diagnosis")) {
        const Text sentence{entry.text("en"), entry.text("zh", false)};
        for (const std::string& mutant : entry.texts("mutants")) diagnoses[mutant] = sentence;
        entry.refuse_unknown_keys();
    }
    file.refuse_unknown_keys();
    if (!faults.lines().empty()) stop(faults.lines());
    return diagnoses;
}

/// A text as TOML writes it, on one line.
static std::string quoted(const std::string& text) {
    const toml::value<std::string> value(text);
    std::ostringstream line;
    line << toml::toml_formatter(value, toml::format_flags::allow_unicode_strings);
    return line.str();
}

std::string diagnoses_of(const std::vector<Mutant>& mutants) {
    std::string text = "# What a learner reads who made a typical mistake. Written by ./grade verify --record.\n";
    std::set<std::pair<std::string, std::string>> written;
    for (const Mutant& mutant : mutants) {
        const auto& [en, zh] = mutant.diagnosis;
        if (!written.emplace(en, zh).second) continue;
        std::vector<std::string> sharing;
        for (const Mutant& other : mutants) {
            if (other.diagnosis.en == en && other.diagnosis.zh == zh) sharing.push_back(quoted(other.id));
        }
        text += fmt::format("\n[[diagnosis]]\nmutants = [{}]\nen = {}\n", fmt::join(sharing, ", "), quoted(en));
        if (!zh.empty()) text += fmt::format("zh = {}\n", quoted(zh));
    }
    return text;
}

}  // namespace qkv::grader
