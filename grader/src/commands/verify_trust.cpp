// ./grade verify --trust: the trust matrix on this machine, attack by attack.
#include <algorithm>
#include <cstdio>
#include <map>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "../failure.hpp"
#include "../trust.hpp"
#include "commands.hpp"

namespace qkv {

namespace {

/// The made-up exercise that the attacks are submitted to, built beside the shipped ones.
Kit kit_of_attacks(const Kit& kit) {
    const auto root = kit.recipe.source / "grader" / "tests" / "data" / "kits" / "proven";
    // Asked from a test, it may be the kit at hand already.
    const bool here = std::filesystem::equivalent(kit.root, root);
    Kit attacked{root, here ? kit.recipe : load_recipe(kit.recipe.build / "proven" / "recipe.json"),
                 load_catalog(root)};
    attacked.recipe.walls = kit.recipe.walls;
    return attacked;
}

struct FamilyTally {
    int attacks = 0, as_declared = 0;
    double slowest = 0;
};

}  // namespace

int verify_trust_command(const Kit& kit, const Arguments& arguments) {
    const Kit attacked = kit_of_attacks(kit);
    const auto exercises = choose(attacked.catalog, {"counting"});
    prepare(attacked, exercises, false);
    std::vector<std::string> faults;
    auto attacks = load_attacks(kit.recipe.source / "grader" / "tests" / "data" / "hostile", faults);
    // IDs name families or single attacks: family/name.
    if (!arguments.ids.empty()) {
        const std::set<std::string> chosen(arguments.ids.begin(), arguments.ids.end());
        std::erase_if(attacks, [&](const Attack& attack) {
            return !chosen.contains(attack.family) && !chosen.contains(attack.family + "/" + attack.name);
        });
        if (attacks.empty()) throw Failure(wrong_usage, fmt::format("no attack is called {}", fmt::join(chosen, ", ")));
    }
    std::vector<AttackOutcome> outcomes(attacks.size());
    in_parallel(attacks.size(), arguments.jobs,
                [&](std::size_t i) { outcomes[i] = try_attack(attacked, exercises.front(), attacks[i]); });
    std::map<std::string, FamilyTally> families;
    for (const AttackOutcome& outcome : outcomes) {
        FamilyTally& family = families[outcome.attack.family];
        ++family.attacks;
        family.as_declared += outcome.complaint.empty() ? 1 : 0;
        family.slowest = std::max(family.slowest, outcome.seconds);
        if (!outcome.complaint.empty()) faults.push_back(outcome.attack.file.string() + ":1: " + outcome.complaint);
    }
    const Walls& walls = attacked.recipe.walls;
    const bool enclosed = !walls.bubblewrap.empty();
    fmt::print("\n  walls: {}\n", walls.names());
    fmt::print("    system calls, memory, time, output   enforced (confine)\n");
    fmt::print("    files, network, other processes      {}\n",
               enclosed ? "enforced twice (confine, and namespaces by bubblewrap)" : "enforced (confine)");
    fmt::print("    what the compiler may read           {}\n\n", enclosed ? "enforced (bubblewrap)"
                                                                  : !walls.enclose.empty()
                                                                      ? "enforced (Landlock)"
                                                                      : "NOT enforced: every file that you can read");
    for (const auto& [name, family] : families)
        fmt::print("  {:<14} {:>3} of {:<3} as declared   slowest {:.1f} s\n", name, family.as_declared, family.attacks,
                   family.slowest);
    fmt::print("\n  {} attacks, {} faults\n", outcomes.size(), faults.size());
    for (const std::string& fault : faults) fmt::print("{}\n", fault);
    return faults.empty() ? all_earned : points_missing;
}

}  // namespace qkv
