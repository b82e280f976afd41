// The trust matrix: every hostile file gets its declared verdict, and leaves nothing behind.
#include <cstdlib>
#include <fstream>
#include <map>
#include <set>

#include <sys/wait.h>
#include <unistd.h>

#include "qkv/matrix.hpp"

#include "grader.hpp"
#include "process.hpp"
#include "testing/catch2.hpp"
#include "trust.hpp"

using namespace qkv::tests;
namespace fs = std::filesystem;

namespace {

bool says(const Said& said, const std::string& words) { return said.text.find(words) != std::string::npos; }

bool everything() { return std::getenv("QKV_ALL_MISTAKES") != nullptr; }

/// All attacks, or the first of each family.
std::vector<std::string> chosen() {
    std::vector<std::string> faults, names;
    std::set<std::string> families;
    for (const qkv::Attack& attack : qkv::load_attacks(QKV_TESTS "/hostile", faults)) {
        if (everything() || families.insert(attack.family).second) names.push_back(attack.family + "/" + attack.name);
    }
    return names;
}

/// The processes of this machine that are not the kernel's, by number and name.
std::map<std::string, std::string> processes() {
    std::map<std::string, std::string> found;
    for (const auto& entry : fs::directory_iterator("/proc")) {
        const std::string number = entry.path().filename().string();
        if (number.find_first_not_of("0123456789") != std::string::npos) continue;
        std::string name;
        std::getline(std::ifstream(entry.path() / "comm"), name);
        if (name == "worker" || name == "counting" || name == "confine" || name == "bwrap") found[number] = name;
    }
    return found;
}

/// Every file of the kit that belongs to the repository, with its content.
std::map<std::string, std::string> tree() {
    std::map<std::string, std::string> files;
    for (const char* folder : {"exercises", "solutions", "common", "grader", "docs", "cmake"}) {
        for (const auto& entry : fs::recursive_directory_iterator(fs::path(QKV_ROOT) / folder)) {
            if (entry.is_regular_file()) files[entry.path().string()] = read_text(entry.path());
        }
    }
    return files;
}

Said trust(const std::vector<std::string>& options, const TestKit& kit = real_kit()) {
    std::vector<std::string> arguments = {"verify", "--trust"};
    const auto attacks = chosen();
    arguments.insert(arguments.end(), attacks.begin(), attacks.end());
    arguments.insert(arguments.end(), options.begin(), options.end());
    return grader(arguments, kit);
}

}  // namespace

TEST_CASE("every file of the trust matrix says what it tries and what it must get") {
    std::vector<std::string> faults;
    const auto attacks = qkv::load_attacks(QKV_TESTS "/hostile", faults);
    for (const std::string& fault : faults) FAIL_CHECK(fault);
    CHECK(attacks.size() >= 120);
    static const std::set<std::string> walls = {"filter", "limits", "boundary", "compile", "none"};
    for (const qkv::Attack& attack : attacks) {
        INFO(attack.file.string());
        CHECK(walls.contains(attack.wall));
        // What is honest earns everything, and only that may.
        CHECK((attack.wall != "none" || attack.verdicts == std::vector<std::string>{"passed"} || attack.earns == 0));
    }
}

TEST_CASE("behind both walls every attack gets its verdict, and nothing of it stays") {
    const auto files = tree();
    const auto before = processes();
    const Said said = trust({"--sandbox", "auto"});
    INFO(said.text);
    CHECK(said.status == 0);
    CHECK(says(said, ", 0 faults"));
    CHECK(tree() == files);
    for (const auto& [number, name] : processes()) {
        INFO(name + " " + number);
        CHECK(before.contains(number));
    }
}

TEST_CASE("behind the first wall alone every attack gets its verdict too") {
    const Said said = trust({"--sandbox", "off"});
    INFO(said.text);
    CHECK(said.status == 0);
    CHECK(says(said, "walls: confine\n"));
}

TEST_CASE("a skipped or unknown attack never counts as a pass") {
    CHECK(grader({"verify", "--trust", "no_such_family"}).status == 2);
}
