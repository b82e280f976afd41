// A machine that is unwell: what it did wrong is never booked to the learner, and never kept.
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <iterator>
#include <string>
#include <string_view>
#include <thread>

#include "qkv/matrix.hpp"

#include "base/failure.hpp"
#include "base/process.hpp"
#include "grader.hpp"
#include "grading/grade.hpp"
#include "grading/tests.hpp"
#include "harness/catch2.hpp"

using namespace qkv::tests;

namespace {

bool says(const Said& said, const std::string& words) { return said.text.find(words) != std::string::npos; }

/// Grades the reference of `counting`, with its own text so that nothing is built yet, in a shell with less than usual.
Said graded_in_shell(const Scratch& scratch, const std::string& before, const std::string& text) {
    scratch.write("counting.cpp", read_text(proven_kit().root + "/solutions/counting/counting.cpp") + "\n// " + text);
    Command command;
    command.arguments = {
        "/bin/sh",
        "-c",
        before + " \"$0\" --root \"$1\" --toolchain \"$2\" run --submission \"$3\" --format json counting",
        QKV_GRADER,
        proven_kit().root,
        proven_kit().toolchain,
        scratch.path.string()};
    command.seconds = 300;
    const Ended ended = run(command);
    return {ended.exit_code, ended.output, {}};
}

/// A compiler that does this instead of compiling.
std::string compiler_that(const Scratch& scratch, const std::string& does) {
    scratch.write("cc", "#!/bin/sh\n" + does + "\n");
    chmod((scratch.path / "cc").c_str(), 0755);
    return (scratch.path / "cc").string();
}

/// Whether this program started the process, or one that did.
bool is_ours(int process) {
    while (process > 1 && process != getpid()) {
        const std::string stat = read_text("/proc/" + std::to_string(process) + "/stat");
        // "number (name) state parent ...", and a name may hold anything.
        const std::size_t behind_name = stat.rfind(") ");
        if (behind_name == std::string::npos) return false;
        process = std::atoi(stat.c_str() + behind_name + 4);
    }
    return process == getpid();
}

/// Kills our programs of that name, as the system does when memory runs out.
void kill_all(const std::string& name) {
    for (const auto& process : std::filesystem::directory_iterator("/proc")) {
        const std::string words = read_text(process.path() / "cmdline"), number = process.path().filename().string();
        const bool is_named =
            words.starts_with(QKV_BUILD "/") && words.substr(0, words.find('\0')).ends_with("/" + name);
        if (is_named && is_ours(std::atoi(number.c_str()))) kill(std::atoi(number.c_str()), SIGKILL);
    }
}

/// Grades, and again and again kills what has that name.
Said graded_while_killing(const std::string& name, const Scratch& scratch) {
    std::atomic<bool> done = false;
    std::thread system([&] {
        while (!done) {
            kill_all(name);
            std::this_thread::sleep_for(std::chrono::milliseconds(50));
        }
    });
    Said said = grader({"run", "--submission", scratch.path.string(), "counting"}, proven_kit());
    done = true;
    system.join();
    return said;
}

}  // namespace

TEST_CASE("less memory or smaller files than a build may have are no mistake in the file, and leave nothing behind") {
    const Scratch scratch;
    for (const char* limit : {"ulimit -v 300000;", "ulimit -f 8;", "ulimit -t 0;"}) {
        // Of two words that differ, so that the second grading does not find the first one's build.
        const Said said = graded_in_shell(scratch, limit, limit);
        INFO(limit << "\n" << said.text);
        CHECK(said.status != 0);
        CHECK(said.status != 1);
        // The others end this program too.
        if (std::string_view(limit).starts_with("ulimit -f")) CHECK(said.status == 3);
        CHECK_FALSE(says(said, "build_failed"));
        const Said after = graded_in_shell(scratch, "", limit);
        INFO(after.text);
        CHECK(after.status == 0);
    }
}

TEST_CASE("a compiler that the system kills, or that finds no room, is a fault of the machine") {
    const Scratch scratch;
    for (const char* does :
         {"kill -9 $$", "echo 'x.cpp: error: No space left on device'; exit 1", "exit 127",
          "echo 'g++: fatal error: Killed signal terminated program cc1plus'; exit 1",
          "echo \"fatal error: malformed or corrupted AST file: 'could not find file x'\"; exit 1",
          "echo \"error: file '/x.h' has been modified since the precompiled header '/y' was built\"; exit 1",
          "echo \"bwrap: Can't find source path /x: No such file or directory\"; exit 1"}) {
        const Said said =
            grader({"run", "--solutions", "--compiler", compiler_that(scratch, does), "counting"}, proven_kit());
        INFO(does << "\n" << said.text);
        CHECK(said.status == 3);
        CHECK((says(said, "cannot work on this machine now") || says(said, "cannot be started")));
        CHECK_FALSE(says(said, "does not compile"));
    }
}

TEST_CASE("a library of the system's that is gone is no mistake in the file") {
    const Scratch scratch, copy;
    scratch.write("counting.cpp",
                  read_text(proven_kit().root + "/solutions/counting/counting.cpp") + "\n// no library");
    TestKit upgraded = copied_kit(copy);
    auto json = nlohmann::json::parse(read_text(upgraded.toolchain));
    for (auto& word : json["link"]) {
        if (word.get<std::string>().ends_with("crti.o")) word = "/lib/gone/crti.o";
    }
    copy.write("upgraded.json", json.dump());
    upgraded.toolchain = (copy.path / "upgraded.json").string();
    const Said said = grader({"run", "--submission", scratch.path.string(), "counting"}, upgraded);
    INFO(said.text);
    CHECK(said.status == 3);
    CHECK(says(said, "cannot work on this machine now"));
}

TEST_CASE("a linker that the system kills, or that finds no room, is a fault of the machine") {
    const Scratch scratch, copy;
    scratch.write("counting.cpp", read_text(proven_kit().root + "/solutions/counting/counting.cpp") + "\n// no linker");
    TestKit sick = copied_kit(copy);
    auto json = nlohmann::json::parse(read_text(sick.toolchain));
    json["link"][0] = (scratch.path / "cc").string();
    copy.write("sick.json", json.dump());
    sick.toolchain = (copy.path / "sick.json").string();
    // mold waits for its own child, kills itself by what killed that, and has nothing more to say.
    for (const char* does :
         {"kill -9 $$; exit 1", "echo 'mold: failed to write to an output file. Disk full?'; exit 1"}) {
        compiler_that(scratch, does);
        const Said said = grader({"run", "--submission", scratch.path.string(), "counting"}, sick);
        INFO(does << "\n" << said.text);
        CHECK(said.status == 3);
        CHECK(says(said, "cannot work on this machine now"));
    }
}

TEST_CASE("who looks for forbidden functions and is killed has found none") {
    const Scratch scratch, copy;
    TestKit sick = copied_kit(copy);
    copy.write("exercises/counting/exercise.toml", with(read_text(copy.path / "exercises/counting/exercise.toml"),
                                                        "needs = []", "needs = []\nforbids = [\"std::printf\"]"));
    auto json = nlohmann::json::parse(read_text(sick.toolchain));
    const auto graded = [&] {
        copy.write("sick.json", json.dump());
        sick.toolchain = (copy.path / "sick.json").string();
        return grader({"run", "--solutions", "counting"}, sick);
    };
    json["nm"] = compiler_that(scratch, "exit 137");  // as the shell says that a program was killed
    const Said killed = graded();
    INFO(killed.text);
    CHECK(killed.status == 3);
    CHECK(says(killed, "cannot work on this machine now"));
    json["nm"] = "/bin/false";  // names that cannot be read may hide anything
    CHECK(says(graded(), "is not to be used in counting"));
}

TEST_CASE("less memory than an exercise promises costs no points, and is not kept") {
    const Scratch scratch;
    scratch.write("counting.cpp",
                  "#include \"counting.hpp\"\n#include <vector>\n" +
                      with(read_text(proven_kit().root + "/solutions/counting/counting.cpp"), "Matrix sums = values;",
                           "std::vector<char> large(350u << 20, 1);\n    Matrix sums = values;"));
    // Built without the limit, since a compiler needs more.
    grader({"run", "--submission", scratch.path.string(), "--part", "counting/running_means"}, proven_kit());
    const std::string grades = " \"$0\" --root \"$1\" --toolchain \"$2\" run --submission \"$3\" counting";
    Command command;
    command.arguments = {"/bin/sh",
                         "-c",
                         "ulimit -v 330000;" + grades,
                         QKV_GRADER,
                         proven_kit().root,
                         proven_kit().toolchain,
                         scratch.path.string()};
    command.seconds = 300;
    const Ended less = run(command);
    INFO(less.output);
    CHECK(less.exit_code == 3);
    CHECK(less.output.find("a limit of this shell") != std::string::npos);
    // A limit that is low, but high enough, is no obstacle.
    command.arguments[2] = "ulimit -t 100;" + grades;
    const Ended enough = run(command);
    INFO(enough.output);
    CHECK(enough.exit_code == 0);
}

TEST_CASE("a compiler or a linker that finds a mistake is believed, whatever words the mistake holds") {
    const Scratch scratch;
    const std::string right = read_text(proven_kit().root + "/solutions/counting/counting.cpp");
    for (const std::string& mistake :
         {std::string("#error No space left on device\n"),
          std::string("#error since the precompiled header was built\n"),
          right + "\nextern int missing asm(\"cannot find -lstdc++\");\nint* there() { return &missing; }\n"
                  "namespace counting { static int* const kept [[gnu::used]] = there(); }\n"}) {
        scratch.write("counting.cpp", mistake);
        const Said said = grader({"run", "--submission", scratch.path.string(), "counting"}, proven_kit());
        INFO(mistake << "\n" << said.text);
        CHECK(said.status == 1);
        CHECK(says(said, "does not compile"));
    }
}

TEST_CASE("a report that cannot be written is no success") {
    const Scratch scratch;
    for (const char* where : {">/dev/full", ">&-"}) {
        for (const char* words : {"run --solutions counting", "list", "--help"}) {
            Command command;
            command.arguments = {"/bin/sh",
                                 "-c",
                                 std::string("\"$0\" --root \"$1\" --toolchain \"$2\" ") + words + " " + where,
                                 QKV_GRADER,
                                 proven_kit().root,
                                 proven_kit().toolchain};
            INFO(words << where);
            CHECK(run(command).exit_code == 3);
        }
    }
    REQUIRE(mkfifo((scratch.path / "fifo").c_str(), 0600) == 0);
    const Said said =
        grader({"run", "--solutions", "--output", (scratch.path / "fifo").string(), "counting"}, proven_kit());
    CHECK(said.status == 2);
    CHECK(says(said, "this file cannot be written"));
}

TEST_CASE("a report that cannot be written whole leaves the older one as it was, and nothing beside it") {
    const Scratch scratch;
    namespace fs = std::filesystem;
    const fs::path nothing = scratch.path / "nothing", reports = scratch.path / "reports",
                   file = reports / "report.json";
    fs::create_directories(nothing);
    scratch.write("reports/report.json", "older\n");
    fs::permissions(file, fs::perms::owner_read | fs::perms::owner_write);
    const auto graded = [&](const std::string& limit) {
        Command command;
        command.arguments = {"/bin/sh",
                             "-c",
                             limit +
                                 "\"$0\" --root \"$1\" --toolchain \"$2\" run --format json --submission \"$3\" "
                                 "--output \"$4\" counting",
                             QKV_GRADER,
                             proven_kit().root,
                             proven_kit().toolchain,
                             nothing.string(),
                             file.string()};
        return run(command);
    };
    const Ended cut = graded("ulimit -f 1; ");
    INFO(cut.output);
    CHECK(cut.exit_code == 2);
    CHECK(cut.output.find("this file cannot be written") != std::string::npos);
    CHECK(read_text(file) == "older\n");
    CHECK(std::distance(fs::directory_iterator(reports), {}) == 1);
    CHECK(graded("").exit_code == 1);
    CHECK(read_text(file).size() > 512);  // more than the limit let through
    CHECK(fs::status(file).permissions() == (fs::perms::owner_read | fs::perms::owner_write));
}

TEST_CASE("what the machine did to one exercise does not stop the others") {
    const Scratch scratch;
    // The compiler is killed at this one file.
    const std::string compiler =
        compiler_that(scratch, "case \"$*\" in *summing.cpp*) kill -9 $$;; *) exec g++ \"$@\";; esac");
    const Said said =
        grader({"run", "--solutions", "--format", "json", "--compiler", compiler, "counting", "summing"}, proven_kit());
    INFO(said.text);
    CHECK(said.status == 3);
    CHECK(says(said, "summing was not graded: "));
    CHECK(says(said, "\"id\": \"counting\",\n   \"track\": \"basic\",\n   \"status\": \"graded\""));
}

TEST_CASE("what a compiler said before it was upgraded counts no more") {
    const Scratch scratch;
    const auto graded = [&](const std::string& does) {
        return grader({"run", "--solutions", "--compiler", compiler_that(scratch, does), "counting"}, proven_kit());
    };
    CHECK(graded("echo 'counting.cpp:1:1: error: this compiler is older'; exit 1").status == 1);
    CHECK(graded("exec g++ \"$@\"").status == 0);
}

TEST_CASE("a program that the system kills, or that the walls cannot start, costs no points") {
    const Scratch scratch;
    scratch.write("counting.cpp", R"(#include "counting.hpp"
#include <time.h>
namespace counting {
Matrix running_sums(const Matrix& values) {
    const timespec second{1, 500000000};
    nanosleep(&second, nullptr);
    return values;
}
Matrix running_means(const Matrix& values) { return values; }
})");
    const Said said = graded_while_killing("worker", scratch);
    INFO(said.text);
    CHECK(said.status == 3);
    CHECK(says(said, "cannot run on this machine now"));
    CHECK(says(said, "killed by signal 9"));
    const Said without_tests = graded_while_killing("tests", scratch);
    INFO(without_tests.text);
    CHECK(without_tests.status == 3);
    CHECK(says(without_tests, "the tests of counting were killed"));
    // Nothing of it was kept.
    const Said after = grader({"run", "--submission", scratch.path.string(), "counting"}, proven_kit());
    CHECK(after.status == 1);

    const TestKit kit = proven_kit();
    Kit broken{kit.root, load_toolchain(kit.toolchain), load_catalog(kit.root)};
    const Exercise exercise = choose(broken.catalog, {"counting"}).front();
    const Built built = build_from(broken, exercise, read_source(exercise.reference(), exercise), {});
    scratch.write("confine", "#!/bin/sh\necho no walls\nexit 120\n");
    chmod((scratch.path / "confine").c_str(), 0755);
    broken.toolchain.confine = scratch.path / "confine";
    std::string sentence;
    try {
        run_tests(broken.toolchain, exercise, built.worker, {});
    } catch (const Failure& failure) {
        sentence = failure.what();
        CHECK(failure.status == kit_fault);
    }
    INFO(sentence);
    CHECK(sentence.find("cannot run on this machine now (worker: exit status 120; it printed: no walls)") !=
          std::string::npos);
}
