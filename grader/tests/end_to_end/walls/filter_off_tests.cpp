// Each refusal is the filter's own: without it, in a throw-away place, the same attempt succeeds.
#include <algorithm>
#include <cstdlib>
#include <set>

#include "qkv/matrix.hpp"

#include "base/process.hpp"
#include "build/worker.hpp"
#include "grader.hpp"
#include "grading/grade.hpp"
#include "grading/tests.hpp"
#include "harness/catch2.hpp"
#include "record/case_report.hpp"
#include "record/run_settings.hpp"
#include "trust/attacks.hpp"

using namespace qkv::tests;
namespace fs = std::filesystem;

namespace {

/// A machine of its own: every namespace unshared, the real files only to be read, folders to write that are gone
/// afterwards. The worker starts without the filter and without a memory limit.
std::vector<std::string> throw_away_place(const qkv::grader::Toolchain& toolchain, const fs::path& worker,
                                          const fs::path& kit) {
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
std::string printed_without_filter(const qkv::grader::Kit& kit, const qkv::grader::Exercise& exercise,
                                   const qkv::grader::Attack& attack) {
    const qkv::grader::SourceFile source = qkv::grader::read_source(attack.file, exercise);
    const Scratch scratch;
    scratch.write(exercise.id + ".cpp", source.text);
    const qkv::grader::Built built = qkv::grader::build_from(
        kit, exercise, qkv::grader::read_source(scratch.path / (exercise.id + ".cpp"), exercise), {});
    REQUIRE_FALSE(built.fault);
    qkv::record::RunSettings settings = qkv::grader::settings_for(kit.toolchain, exercise, built.worker, {});
    settings.worker = throw_away_place(kit.toolchain, built.worker, kit.root);
    settings.report_descriptor = qkv::grader::line_descriptor;
    qkv::grader::Command command;
    command.arguments = {qkv::grader::tests_program(kit.toolchain, exercise, {}).string()};
    command.environment["QKV_RUN"] = qkv::record::to_text(settings);
    command.seconds = 20;
    qkv::grader::RunReport report;
    command.on_line = [&](const std::string& line) { qkv::record::add_line(report, line); };
    qkv::grader::run(command);
    std::string printed;
    for (const qkv::grader::CaseReport& test : report.cases) printed += test.output;
    return printed;
}

/// What this place, or today's kernels, refuse too: hardware, a terminal, other processes to attach to or to wait for,
/// services that listen, rights of the real root, numbers that the kernel was built without. Bombs are not tried.
const std::set<std::string> needs_more = {"daemon",
                                          "executable_stack",
                                          "executable_stack_aarch64",
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
    qkv::grader::Kit kit{proven.root, qkv::grader::load_toolchain(proven.toolchain),
                         qkv::grader::load_catalog(proven.root)};
    kit.toolchain.walls = qkv::grader::find_walls("auto", kit.toolchain.enclose, kit.root);
    if (kit.toolchain.walls.bubblewrap.empty()) {
        WARN("not shown here: there is no throw-away place without namespaces");
        return;
    }
    const qkv::grader::Exercise exercise = qkv::grader::choose(kit.catalog, {"counting"}).front();
    std::vector<std::string> faults;
    std::set<std::string> families;
    int shown = 0;
    for (const qkv::grader::Attack& attack : qkv::grader::load_attacks(QKV_TEST_DATA "/hostile", faults)) {
        if (attack.wall != "filter" || attack.reaches.empty() || needs_more.contains(attack.name)) continue;
        if (!everything() && !families.insert(attack.family).second) continue;
        INFO(attack.file.string());
        CHECK(printed_without_filter(kit, exercise, attack).find(attack.reaches) != std::string::npos);
        ++shown;
    }
    CHECK(shown >= (everything() ? 55 : 4));
}
