#include "model/mutants.hpp"

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

}  // namespace qkv::grader
