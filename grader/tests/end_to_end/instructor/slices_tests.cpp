// A class that is graded elsewhere: slices, and Slurm played by three scripts (grader/tests/by_hand/slurm.sh has a real
// one).
#include "base/process.hpp"
#include "qkv/matrix.hpp"

#include "grader.hpp"
#include "harness/catch2.hpp"

using namespace qkv::tests;
namespace fs = std::filesystem;

namespace {

const std::string right_text = read_text(proven_kit().root + "/solutions/counting/counting.cpp");

/// Three submissions of a course with one exercise: right, wrong in its second part, and none.
struct SmallClass {
    Scratch scratch;

    SmallClass() {
        scratch.write("course.toml", "exercises = [\"counting\"]\nseed = 3\n");
        scratch.write("in/right/counting.cpp", right_text);
        scratch.write("in/wrong/counting.cpp",
                      with(right_text, "static_cast<Scalar>(i + 1)", "static_cast<Scalar>(i == 0 ? 1 : i)"));
        scratch.write("in/none/notes.txt", "\xff\xfe not yet");
    }
    fs::path out(const std::string& name) const { return scratch.path / name; }

    /// In a system where `programs` come first.
    Said run_class(const std::string& to, const std::vector<std::string>& more, const fs::path& programs = {}) const {
        Command command;
        command.arguments = {QKV_GRADER, "--root",           proven_kit().root, "--toolchain",   proven_kit().toolchain,
                             "class",    out("in").string(), "--out",           out(to).string()};
        command.arguments.insert(command.arguments.end(), more.begin(), more.end());
        command.environment = {{"LC_ALL", "C.UTF-8"}, {"PLACE", scratch.path.string()}};
        if (!programs.empty()) command.environment["PATH"] = programs.string() + ":" + std::getenv("PATH");
        command.seconds = 600;
        const Ended ended = run(command);
        return {ended.exit_code, ended.output, {}};
    }

    void add_program(const std::string& name, const std::string& text) const {
        scratch.write("bin/" + name, "#!/bin/sh\n" + text);
        fs::permissions(out("bin/" + name), fs::perms::owner_all);
    }
};

bool says(const Said& said, const std::string& piece) { return said.text.find(piece) != std::string::npos; }

std::size_t results_in(const fs::path& out) {
    std::size_t count = 0;
    for (const auto& file : fs::directory_iterator(out / "results"))
        count += file.path().filename().string().size() == 64 + 5 ? 1 : 0;  // the summaries
    return count;
}

Ended run_slice(const fs::path& out, const std::string& number) {
    Command command;
    command.arguments = {(out / "slices" / "run.sh").string(), "1", number};
    command.seconds = 600;
    return run(command);
}

/// Runs the jobs of an array at once, one after the other, but never the first job of the first round.
const char* const jobs_at_once = R"(
while [ $# -gt 0 ]; do
  case "$1" in
    --array=*) last="${1##*-}" ;;
    --chdir=*) cd "${1#*=}" || exit 1 ;;
    -*) ;;
    *) break ;;
  esac
  shift
done
echo "$*" >>"$PLACE/submitted"
echo 7
[ -n "$last" ] || { "$@" >&2; exit 0; }
for i in $(seq 0 "$last"); do
  [ "$2 $i" = "1 0" ] || SLURM_ARRAY_TASK_ID=$i "$@" >&2
done
)";

}  // namespace

TEST_CASE("a class graded slice by slice is the class graded here") {
    const SmallClass some;
    REQUIRE(some.run_class("here", {}).status == 0);
    const Said left = some.run_class("apart", {"--engine", "slices", "--per-job", "1"});
    REQUIRE(left.status == 0);
    CHECK(says(left, "3 submissions in 3 slices"));
    CHECK_FALSE(fs::exists(some.out("apart/gradebook.csv")));
    for (const char* number : {"0", "1", "2"}) CHECK(run_slice(some.out("apart"), number).exit_code == 0);
    CHECK(results_in(some.out("apart")) == 3);
    const Said booked = some.run_class("apart", {});
    CHECK(booked.status == 0);
    CHECK(says(booked, "(0 attempts newly)"));
    CHECK(read_text(some.out("apart/gradebook.csv")) == read_text(some.out("here/gradebook.csv")));
    CHECK_FALSE(fs::exists(some.out("apart/slices")));
}

TEST_CASE("what the machine did to a slice is never a zero") {
    const SmallClass some;
    REQUIRE(some.run_class("out", {"--engine", "slices"}).status == 0);
    SECTION("the kit is another one") {
        // The slice names the kit by a hash of 64 letters: one of them changes.
        std::string slice = read_text(some.out("out/slices/1/0"));
        const std::size_t at = slice.find("ckit");
        REQUIRE(at != std::string::npos);
        slice[at + 10] = slice[at + 10] == '0' ? '1' : '0';
        some.scratch.write("out/slices/1/0", slice);
    }
    SECTION("the slice is not whole") {
        const std::string slice = read_text(some.out("out/slices/1/0"));
        some.scratch.write("out/slices/1/0", slice.substr(0, slice.size() / 2));
    }
    CHECK(run_slice(some.out("out"), "0").exit_code == 3);
    CHECK(results_in(some.out("out")) == 0);
}

TEST_CASE("a task that Slurm loses is submitted again") {
    const SmallClass some;
    some.add_program("sbatch", jobs_at_once);
    some.add_program("squeue", "exit 0\n");
    some.add_program("scancel", "exit 0\n");
    REQUIRE(some.run_class("here", {}).status == 0);
    const Said said = some.run_class("out", {"--engine", "slurm", "--per-job", "1"}, some.out("bin"));
    CHECK(said.status == 0);
    CHECK(read_text(some.out("out/gradebook.csv")) == read_text(some.out("here/gradebook.csv")));
    const std::string submitted = read_text(some.out("submitted"));
    CHECK(submitted.find("run.sh gather 1\n") != std::string::npos);
    CHECK(submitted.find("run.sh 2\n") != std::string::npos);
    CHECK_FALSE(fs::exists(some.out("out/slices")));
}

TEST_CASE("what Slurm refuses is said in its words") {
    const SmallClass some;
    some.add_program("sbatch", "echo 'sbatch: error: invalid account' >&2; exit 1\n");
    some.add_program("squeue", "exit 0\n");
    some.add_program("scancel", "exit 0\n");
    const Said said = some.run_class("out", {"--engine", "slurm"}, some.out("bin"));
    CHECK(said.status == 3);
    CHECK(says(said, "Slurm refuses the jobs: sbatch: error: invalid account"));
    CHECK(results_in(some.out("out")) == 0);
}
