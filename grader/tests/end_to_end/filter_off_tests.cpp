// Each refusal is the filter's own: without it, in a throw-away place, the same attempt succeeds.
#include <algorithm>
#include <cstdlib>
#include <set>

#include "qkv/matrix.hpp"

#include "build/worker.hpp"
#include "grading/grade.hpp"
#include "grader.hpp"
#include "base/process.hpp"
#include "record/case_report.hpp"
#include "harness/catch2.hpp"
#include "record/run_settings.hpp"
#include "grading/tests.hpp"
#include "trust/attacks.hpp"

using namespace qkv::tests;
namespace fs = std::filesystem;

namespace {

/// A machine of its own: every namespace unshared, the real files only to be read, folders to write that are gone
/// afterwards. The worker starts without the filter and without a memory limit.
std::vector<std::string> throw_away_place(const qkv::Toolchain& toolchain, const fs::path& worker, const fs::path& kit) {
    return {toolchain.walls.bubblewrap,
            "--unshare-all",
            "--die-with-parent",
            "--new-session",
            "--ro-bind",
            "/",
            "/",
            "--dev",
            "/dev",
            "--proc",
            "/proc",
            "--tmpfs",
            "/tmp",
            "--tmpfs",
            "/var/tmp",
            "--tmpfs",
            "/root",
            "--ro-bind",
            kit.string(),
            kit.string(),
            "--ro-bind",
            toolchain.build.string(),
            toolchain.build.string(),
            "--ro-bind",
            worker.string(),
            worker.string(),
            "--",
            toolchain.confine.string(),
            "--unfiltered",
            "536870912",
            "20",
            "1048576",
            worker.string()};
}

/// What the attack's code prints in the tests.
std::string printed_without_filter(const qkv::Kit& kit, const qkv::Exercise& exercise, const qkv::Attack& attack) {
    const qkv::SourceFile source = qkv::read_source(attack.file, exercise, qkv::Language::en);
    const Scratch scratch;
    scratch.write(exercise.id + ".cpp", source.text);
    const qkv::Built built = qkv::build_from(
        kit, exercise, qkv::read_source(scratch.path / (exercise.id + ".cpp"), exercise, qkv::Language::en), {});
    REQUIRE(built.ok);
    qkv::testing::RunSettings settings = qkv::settings_for(kit.toolchain, exercise, built.worker, {});
    settings.worker = throw_away_place(kit.toolchain, built.worker, kit.root);
    settings.report_descriptor = qkv::line_descriptor;
    qkv::Command command;
    command.arguments = {qkv::tests_program(kit.toolchain, exercise, {}).string()};
    command.environment["QKV_RUN"] = qkv::testing::to_text(settings);
    command.seconds = 20;
    qkv::RunReport report;
    command.on_line = [&](const std::string& line) { qkv::add_line(report, line); };
    qkv::run(command);
    std::string printed;
    for (const qkv::CaseReport& test : report.cases) printed += test.output;
    return printed;
}

/// What this place, or today's kernels, refuse too: hardware, a terminal, other processes to attach to or to wait for,
/// services that listen, rights of the real root, numbers that the kernel was built without. Bombs are not tried.
const std::set<std::string> needs_more = {"daemon",
                                          "executable_stack",
                                          "fork_bomb",
                                          "iopl",
                                          "mounts",
                                          "output_grown",
                                          "reads_golden_values",
                                          "reads_memory_of_others",
                                          "reads_the_solution",
                                          "shell_behind_blocked_signals",
                                          "signals_every_process",
                                          "takes_pages_from_the_machine",
                                          "thread_bomb",
                                          "types_into_the_terminal",
                                          "userfaultfd",
                                          "waits_for_everyone",
                                          "x32",
                                          "abstract_socket"};

}  // namespace

TEST_CASE("what the filter refuses succeeds without it") {
    const TestKit proven = proven_kit();
    qkv::Kit kit{proven.root, qkv::load_toolchain(proven.toolchain), qkv::load_catalog(proven.root)};
    kit.toolchain.walls = qkv::find_walls("auto", kit.toolchain.enclose);
    if (kit.toolchain.walls.bubblewrap.empty()) {
        WARN("not shown here: there is no throw-away place without namespaces");
        return;
    }
    const qkv::Exercise exercise = qkv::choose(kit.catalog, {"counting"}).front();
    const bool everything = std::getenv("QKV_ALL_MISTAKES") != nullptr;
    std::vector<std::string> faults;
    std::set<std::string> families;
    int shown = 0;
    for (const qkv::Attack& attack : qkv::load_attacks(QKV_TEST_DATA "/hostile", faults)) {
        if (attack.wall != "filter" || attack.reaches.empty() || needs_more.contains(attack.name)) continue;
        if (!everything && !families.insert(attack.family).second) continue;
        INFO(attack.file.string());
        CHECK(printed_without_filter(kit, exercise, attack).find(attack.reaches) != std::string::npos);
        ++shown;
    }
    CHECK(shown >= (everything ? 55 : 4));
}
