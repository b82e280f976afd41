// The trust matrix: every hostile file gets its declared verdict, and leaves nothing behind.
#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <map>
#include <set>
#include <thread>
#include <utility>

#include <sys/wait.h>
#include <unistd.h>

#include "qkv/matrix.hpp"

#include "base/process.hpp"
#include "grader.hpp"
#include "harness/catch2.hpp"
#include "trust/attacks.hpp"
#include "walls/sandbox.hpp"

using namespace qkv::tests;
namespace fs = std::filesystem;

namespace {

bool says(const Said& said, const std::string& words) { return said.text.find(words) != std::string::npos; }

/// All attacks, or the first of each family.
std::vector<std::string> chosen() {
    std::vector<std::string> faults, names;
    std::set<std::string> families;
    for (const qkv::grader::Attack& attack : qkv::grader::load_attacks(QKV_TEST_DATA "/hostile", faults)) {
        if (everything() || families.insert(attack.family).second) names.push_back(attack.family + "/" + attack.name);
    }
    return names;
}

/// The processes of this build's workers and walls, by number and command line.
std::map<std::string, std::string> processes() {
    std::map<std::string, std::string> found;
    for (const auto& entry : fs::directory_iterator("/proc")) {
        const std::string number = entry.path().filename().string();
        if (number.find_first_not_of("0123456789") != std::string::npos) continue;
        const std::string line = read_text(entry.path() / "cmdline");
        if (line.find(QKV_BUILD "/proven/workers/") != std::string::npos) found[number] = line;
    }
    return found;
}

/// Those that are new and stay. Other tests run beside this one; their workers come and go.
std::map<std::string, std::string> left_behind(const std::map<std::string, std::string>& before) {
    auto left = processes();
    std::erase_if(left, [&](const auto& process) { return before.contains(process.first); });
    for (int tries = 0; tries < 200 && !left.empty(); ++tries) {
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
        const auto now = processes();
        std::erase_if(left, [&](const auto& process) {
            const auto found = now.find(process.first);
            return found == now.end() || found->second != process.second;
        });
    }
    return left;
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
    const auto attacks = qkv::grader::load_attacks(QKV_TEST_DATA "/hostile", faults);
    for (const std::string& fault : faults) FAIL_CHECK(fault);
    CHECK(attacks.size() >= 120);
    static const std::set<std::string> walls = {"filter", "limits", "boundary", "compile", "none"};
    for (const qkv::grader::Attack& attack : attacks) {
        INFO(attack.file.string());
        CHECK(walls.contains(attack.wall));
        // What is honest earns everything, and only that may.
        CHECK((attack.wall != "none" || attack.verdicts.front() == "passed" ||
               attack.earns == std::vector<std::string>{"0"}));
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
    CHECK(left_behind(before).empty());
}

TEST_CASE("behind the first wall alone every attack gets its verdict too") {
    const Said said = trust({"--sandbox", "off"});
    INFO(said.text);
    CHECK(said.status == 0);
    CHECK(says(said, "walls: confine"));
}

TEST_CASE("a skipped or unknown attack never counts as a pass") {
    CHECK(grader({"verify", "--trust", "no_such_family"}).status == 2);
}

TEST_CASE("a function that the manifest forbids is found in the object file, however it is written") {
    const Scratch scratch;
    const TestKit kit = copied_kit(scratch);
    const fs::path manifest = scratch.path / "exercises" / "summing" / "exercise.toml";
    scratch.write("exercises/summing/exercise.toml",
                  with(read_text(manifest), "needs = [\"counting\"]",
                       "needs = [\"counting\"]\nforbids = [\"counting::running_sums\"]"));
    const Said used = grader({"run", "--solutions", "summing"}, kit);
    CHECK(used.status == 1);
    CHECK(says(used, "counting::running_sums is not to be used in summing"));
    const Scratch other;
    other.write("summing.cpp",
                "#include \"counting.hpp\"\n#include \"summing.hpp\"\n#define again(x) running_##x\nnamespace summing "
                "{\nRowVector "
                "total(const Matrix& values) {\n    auto* f = &counting::again(sums);\n    return "
                "f(values).bottomRows(1);\n}\n}\n");
    CHECK(says(grader({"run", "--submission", other.path.string(), "summing"}, kit), "is not to be used in summing"));
    other.write("summing.cpp",
                "#include \"summing.hpp\"\nnamespace summing {\n// counting::running_sums(values)\nRowVector "
                "total(const Matrix& values) { return values.colwise().sum(); }\n}\n");
    CHECK(grader({"run", "--submission", other.path.string(), "summing"}, kit).status == 0);
}

TEST_CASE("names that take for ever to read, or fill what is read of them, hide no forbidden function") {
    const Scratch scratch;
    const TestKit kit = copied_kit(scratch);
    const fs::path manifest = scratch.path / "exercises" / "summing" / "exercise.toml";
    scratch.write("exercises/summing/exercise.toml",
                  with(read_text(manifest), "needs = [\"counting\"]",
                       "needs = [\"counting\"]\nforbids = [\"counting::running_sums\"]"));
    // Names that double with each letter when they are demangled, and names that fill 16 MB.
    std::string doubling, filling;
    for (int i = 0; i < 200; ++i)
        doubling += "extern \"C\" void d" + std::to_string(i) + "() __asm__(\"_Z1f" + std::string(60, 'S') + "T_" +
                    std::to_string(i) + "\");\n";
    for (int i = 0; i < 20; ++i)
        filling += "extern \"C\" void f" + std::to_string(i) + "() __asm__(\"f" + std::to_string(i) +
                   std::string(900'000, 'x') + "\");\n";
    const auto calls = [](const char* letter, int count) {
        std::string text;
        for (int i = 0; i < count; ++i) text += std::string("if (never) ") + letter + std::to_string(i) + "();\n";
        return text;
    };
    const auto file = [](const std::string& declared, const std::string& called) {
        return "#include \"counting.hpp\"\n#include \"summing.hpp\"\n" + declared +
               "namespace summing {\nvolatile bool never = false;\nRowVector total(const Matrix& values) {\n" + called +
               "return counting::running_sums(values).bottomRows(1);\n}\n}\n";
    };
    const Scratch other;
    for (const std::string& text : {file(doubling, calls("d", 200)), file(filling, calls("f", 20))}) {
        other.write("summing.cpp", text);
        const Said said = grader({"run", "--submission", other.path.string(), "summing"}, kit);
        CHECK(said.status == 1);
        CHECK_FALSE(says(said, "1 / 1"));
    }
}

TEST_CASE("no worker links what solves the exercise being graded") {
    const qkv::grader::Kit kit{QKV_ROOT, qkv::grader::load_toolchain(real_kit().toolchain),
                               qkv::grader::load_catalog(QKV_ROOT)};
    for (const qkv::grader::Exercise& exercise : kit.catalog) {
        if (!is_examined(exercise.id)) continue;
        const qkv::grader::SourceFile nothing{exercise.folder / (exercise.id + ".cpp"), "// nothing\n", {}};
        const qkv::grader::Built built = qkv::grader::build_from(kit, exercise, nothing, {});
        REQUIRE_FALSE(built.fault);
        qkv::grader::Command command;
        command.arguments = {kit.toolchain.nm, "--defined-only", "--format=posix", built.worker.string()};
        command.longest_output = std::size_t{64} << 20;
        const std::string defined = "\n" + qkv::grader::run(command).output;
        std::ifstream graded_symbols(kit.toolchain.exercise_folder(exercise.id) / "symbols");
        int count = 0;
        for (std::string symbol; std::getline(graded_symbols, symbol); ++count) {
            INFO(exercise.id + ": " + symbol);
            CHECK(defined.find("\n" + symbol + " ") == std::string::npos);
        }
        CHECK(count >= 1);
    }
}

TEST_CASE(
    "where the reference stands in for a failed function, its others are not linked: none is a known distance away") {
    const qkv::grader::Kit kit{QKV_ROOT, qkv::grader::load_toolchain(real_kit().toolchain),
                               qkv::grader::load_catalog(QKV_ROOT)};
    for (const auto& [id, function] : {std::pair("attention", "softmax_rows"), std::pair("encoder", "layer_norm")}) {
        const qkv::grader::Exercise exercise = qkv::grader::choose(kit.catalog, {id}).front();
        const qkv::grader::SourceFile nothing{exercise.folder / (exercise.id + ".cpp"), "// nothing\n", {}};
        const qkv::grader::Built built = qkv::grader::build_from(kit, exercise, nothing, {}, false, {function});
        REQUIRE_FALSE(built.fault);
        qkv::grader::Command command;
        command.arguments = {kit.toolchain.nm, "--defined-only", "--format=posix", built.worker.string()};
        command.longest_output = std::size_t{64} << 20;
        const std::string defined = "\n" + qkv::grader::run(command).output;
        std::ifstream graded_symbols(kit.toolchain.exercise_folder(exercise.id) / "symbols");
        int count = 0;
        for (std::string symbol; std::getline(graded_symbols, symbol); ++count) {
            INFO(symbol);
            const bool stands_in = symbol.find(std::string(function) + "E") != std::string::npos;
            CHECK((defined.find("\n" + symbol + " ") != std::string::npos) == stands_in);
        }
        CHECK(count >= 4);
    }
}

TEST_CASE("no byte of a learner reaches a report unescaped") {
    const qkv::grader::Exercise exercise =
        qkv::grader::choose(qkv::grader::load_catalog(proven_kit().root), {"counting"}).front();
    std::vector<std::string> faults;
    int tried = 0;
    for (const qkv::grader::Attack& attack : qkv::grader::load_attacks(QKV_TEST_DATA "/hostile/reports", faults)) {
        if (!everything() && ++tried > 3) continue;
        const Scratch scratch;
        hand_in(attack, exercise, scratch.path);
        for (const char* format : {"text", "json", "junit"}) {
            const Said said =
                grader({"run", "--submission", scratch.path.string(), "--format", format, "counting"}, proven_kit());
            INFO(attack.name + ", " + format);
            const bool only_text = std::ranges::none_of(said.text, [](char byte) {
                const auto code = static_cast<unsigned char>(byte);
                return (code < 32 && byte != '\n') || code == 127;
            });
            CHECK(only_text);
            CHECK(nlohmann::json(said.text).dump().size() > 2);  // throws if it is no UTF-8
            // A note about missing walls may stand below.
            const std::string json = said.text.substr(0, said.text.rfind('}') + 1);
            if (std::string_view(format) == "json") CHECK(nlohmann::json::parse(json).contains("score"));
        }
    }
}

TEST_CASE("two hundred gradings at once: honest scores are right, memory stays flat, nothing stays behind") {
    const qkv::grader::Kit kit = [] {
        qkv::grader::Kit attacked{proven_kit().root, qkv::grader::load_toolchain(proven_kit().toolchain),
                                  qkv::grader::load_catalog(proven_kit().root)};
        attacked.toolchain.walls = qkv::grader::find_walls("auto", attacked.toolchain.enclose, attacked.root);
        return attacked;
    }();
    const qkv::grader::Exercise exercise = qkv::grader::choose(kit.catalog, {"counting"}).front();
    std::vector<std::string> faults;
    auto attacks = qkv::grader::load_attacks(QKV_TEST_DATA "/hostile", faults);
    std::erase_if(
        attacks, [](const qkv::grader::Attack& attack) { return attack.wall == "compile" || attack.wall == "limits"; });
    qkv::grader::Attack honest;
    honest.file = fs::path(proven_kit().root) / "solutions" / "counting" / "counting.cpp";
    honest.verdicts = {"passed"};
    honest.earns = {"5"};
    const auto resident = [] {
        std::ifstream file("/proc/self/statm");
        long all = 0, pages = 0;
        file >> all >> pages;
        return pages * sysconf(_SC_PAGESIZE) / 1024 / 1024;
    };
    const auto before = processes();
    const std::size_t many = everything() ? 200 : 24;
    std::vector<std::string> complaints(many);
    const auto round = [&](std::size_t begin, std::size_t end) {
        qkv::grader::in_parallel(end - begin, 8, [&](std::size_t i) {
            const std::size_t at = begin + i;
            const qkv::grader::Attack& attack = at % 2 == 0 ? honest : attacks[at % attacks.size()];
            const auto outcome = qkv::grader::try_attack(kit, exercise, attack);
            if (at % 2 == 0) complaints[at] = outcome.complaint;
        });
    };
    round(0, many / 2);
    const long half_way = resident();
    round(many / 2, many);
    for (const std::string& complaint : complaints) CHECK(complaint.empty());
    CHECK(resident() - half_way < 50);  // megabytes
    CHECK(left_behind(before).empty());
}
