// The trust matrix on this machine, attack by attack: ./grade verify --trust runs it.
//   trust_matrix TOOLCHAIN ROOT auto|on|off JOBS [FAMILY | FAMILY/NAME]...
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/failure.hpp"
#include "base/process.hpp"
#include "trust/attacks.hpp"

namespace qkv::grader {

namespace {

/// The made-up exercise that the attacks are submitted to, built beside the shipped ones.
Kit kit_of_attacks(const Kit& kit) {
    const auto root = kit.toolchain.source / "grader" / "tests" / "data" / "kits" / "proven";
    // Asked from a test, it may be the kit at hand already.
    const bool here = std::filesystem::equivalent(kit.root, root);
    Kit attacked{root, here ? kit.toolchain : load_toolchain(kit.toolchain.build / "proven" / "toolchain.json"),
                 load_catalog(root)};
    attacked.toolchain.walls = kit.toolchain.walls;
    return attacked;
}

struct FamilyTally {
    int attacks = 0, as_declared = 0;
    double slowest = 0;
};

}  // namespace

int print_matrix(const Kit& kit, const std::set<std::string>& chosen, unsigned jobs) {
    const Kit attacked = kit_of_attacks(kit);
    const auto exercises = choose(attacked.catalog, {"counting"});
    prepare(attacked, exercises, KitOf::learners);
    std::vector<std::string> faults;
    auto attacks = load_attacks(kit.toolchain.source / "grader" / "tests" / "data" / "hostile", faults);
    // IDs name families or single attacks: family/name.
    if (!chosen.empty()) {
        std::erase_if(attacks, [&](const Attack& attack) {
            return !chosen.contains(attack.family) && !chosen.contains(attack.family + "/" + attack.name);
        });
        if (attacks.empty()) throw Failure(wrong_usage, fmt::format("no attack is called {}", fmt::join(chosen, ", ")));
    }
    std::vector<AttackOutcome> outcomes(attacks.size());
    in_parallel(attacks.size(), jobs,
                [&](std::size_t i) { outcomes[i] = try_attack(attacked, exercises.front(), attacks[i]); });
    std::map<std::string, FamilyTally> families;
    for (const AttackOutcome& outcome : outcomes) {
        FamilyTally& family = families[outcome.attack.family];
        ++family.attacks;
        family.as_declared += outcome.complaint.empty() ? 1 : 0;
        family.slowest = std::max(family.slowest, outcome.seconds);
        if (!outcome.complaint.empty()) faults.push_back(outcome.attack.file.string() + ":1: " + outcome.complaint);
    }
    const Walls& walls = attacked.toolchain.walls;
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

}  // namespace qkv::grader

int main(int argc, char** argv) {
    using namespace qkv::grader;
    const std::vector<std::string> words(argv + 1, argv + argc);
    if (words.size() < 4) return wrong_usage;
    try {
        Kit kit{words[1], load_toolchain(words[0]), {}};
        kit.toolchain.walls = find_walls(words[2], kit.toolchain.enclose, kit.root);
        return print_matrix(kit, {words.begin() + 4, words.end()},
                            static_cast<unsigned>(std::max(1, std::atoi(words[3].c_str()))));
    } catch (const Failure& failure) {
        std::fprintf(stderr, "%s\n", failure.what());
        return failure.status;
    }
}
