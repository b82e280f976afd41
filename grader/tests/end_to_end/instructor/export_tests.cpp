// What other services take: results.json, a job's summary, the autograder's zip, a workflow; and one file handed in
// alone.
#include <sys/stat.h>

#include <algorithm>
#include <cstdlib>
#include <set>

#include "qkv/matrix.hpp"

#include "base/process.hpp"
#include "grader.hpp"
#include "harness/catch2.hpp"

using namespace qkv::tests;
using nlohmann::json;
namespace fs = std::filesystem;

namespace {

bool has(const std::string& text, const std::string& piece) { return text.find(piece) != std::string::npos; }

std::string counting() { return read_text(proven_kit().root + "/solutions/counting/counting.cpp"); }

const std::set<std::string> visibilities = {"visible", "hidden", "after_due_date", "after_published"};
const std::set<std::string> formats = {"text", "html", "simple_format", "md", "ansi"};

/// The keys of Gradescope's documentation, https://gradescope-autograders.readthedocs.io/en/latest/specs/
void check_documented_test(const json& test) {
    for (const auto& [key, value] : test.items()) {
        INFO(key);
        if (key == "score" || key == "max_score")
            CHECK(value.is_number());
        else if (key == "status")
            CHECK((value == "passed" || value == "failed"));
        else if (key == "visibility")
            CHECK(visibilities.contains(value));
        else if (key == "output_format" || key == "name_format")
            CHECK(formats.contains(value));
        else if (key == "name" || key == "number" || key == "output")
            CHECK(value.is_string());
        else
            CHECK((key == "tags" || key == "extra_data"));
    }
}

void check_documented(const json& results) {
    REQUIRE(results.is_object());
    for (const auto& [key, value] : results.items()) {
        INFO(key);
        if (key == "score" || key == "execution_time")
            CHECK(value.is_number());
        else if (key == "output")
            CHECK(value.is_string());
        else if (key == "visibility" || key == "stdout_visibility")
            CHECK(visibilities.contains(value));
        else if (key == "output_format" || key == "test_output_format" || key == "test_name_format")
            CHECK(formats.contains(value));
        else if (key == "tests")
            for (const json& test : value) check_documented_test(test);
        else
            CHECK((key == "extra_data" && value.is_object()));  // no leaderboard
    }
    REQUIRE(results.at("tests").is_array());
    // Scores are everywhere or nowhere, and their sum is that of the parts.
    double sum = 0;
    bool any = false;
    for (const json& test : results.at("tests")) {
        any = any || test.contains("score");
        sum += test.value("score", 0.0);
    }
    CHECK(any == results.contains("score"));
    CHECK(sum == results.value("score", 0.0));
}

/// results.json of the exercise `counting` for this file; nothing is handed in if it is empty.
json results_of(const std::string& file) {
    const Scratch scratch;
    fs::create_directories(scratch.path / "submission");
    if (!file.empty()) scratch.write("submission/counting.cpp", file);
    const fs::path results = scratch.path / "results.json";
    grader({"run", "--submission", (scratch.path / "submission").string(), "--hidden", "--seed", "3", "--format",
            "gradescope", "--output", results.string(), "counting"},
           proven_kit());
    json parsed = json::parse(read_text(results));
    check_documented(parsed);
    return parsed;
}

Said run_program(const std::vector<std::string>& arguments,
                 const std::map<std::string, std::string>& environment = {}) {
    Command command;
    command.arguments = arguments;
    command.environment = environment;
    const Ended ended = run(command);
    return {ended.exit_code, ended.output, {}};
}

/// Gradescope's folders, with a ./grade of which only this is known.
struct Autograder {
    explicit Autograder(const std::string& grade) {
        for (const char* folder : {"submission", "results", "source/kit"})
            fs::create_directories(scratch.path / folder);
        scratch.write("source/settings", "exercises=counting\nseed=3\nlanguage=en\nseconds=5\n");
        scratch.write("source/not_graded.json", "{\"tests\": []}");
        scratch.write("source/kit/grade", "#!/bin/sh\n" + grade);
        fs::permissions(scratch.path / "source/kit/grade", fs::perms::owner_all);
    }

    /// What results.json holds at the end.
    std::string run() const {
        const Said said = run_program({"/bin/bash", QKV_ROOT "/grader/templates/gradescope/run_autograder"},
                                      {{"QKV_AUTOGRADER", scratch.path.string()}});
        CHECK(said.status == 0);
        return read_text(scratch.path / "results/results.json");
    }

    Scratch scratch;
};

/// A ./grade that writes its arguments where --output says, and ends so.
std::string ends_with(int status) {
    return "echo \"$*\" > \"$(dirname \"$0\")/../../results/results.json.new\"; exit " + std::to_string(status) + "\n";
}

}  // namespace

TEST_CASE("a results.json from elsewhere is as Gradescope's documentation has it") {
    const char* file = std::getenv("QKV_RESULTS_JSON");  // grader/tests/by_hand/gradescope.sh
    if (file != nullptr) check_documented(json::parse(read_text(file)));
}

TEST_CASE("every kind of submission gives a results.json as documented") {
    CHECK(results_of(counting()).at("score") == 5);
    CHECK(results_of("this is no C++\n").at("tests").at(0).at("name") == "counting.cpp does not compile");
    CHECK(results_of("").at("tests").at(0).at("name") == "counting.cpp is missing");
    CHECK(results_of(with(counting(), "Matrix sums = values;", "std::exit(0); Matrix sums = values;")).at("score") ==
          0);
    const json wrong = results_of(with(counting(), "Scalar>(i + 1)", "Scalar>(i + 2)"));
    CHECK(wrong.at("score") == 3);
    CHECK(wrong.at("tests").back().at("visibility") == "after_published");
}

TEST_CASE("what a learner prints is text to Gradescope, and never a key of results.json") {
    const json results =
        results_of("#include <cstdio>\n" +
                   with(counting(), "Matrix sums = values;",
                        "std::puts(\"\\\"}], \\\"score\\\": 99 <b>\\x1b[31m\"); Matrix sums = 2 * values;"));
    CHECK(results.at("score") == 0);
    CHECK(has(results.at("tests").at(0).at("output"), "\"}], \"score\": 99 <b>"));
}

TEST_CASE("lines of a learner are no commands to GitHub: of the compiler, of a print, of an exception") {
    const Scratch scratch;
    const auto report_on = [&](const std::string& file) {
        scratch.write("counting.cpp", file);
        return grader({"run", "--submission", scratch.path.string(), "--format", "github", "--output",
                       (scratch.path / "summary.md").string(), "counting"},
                      proven_kit())
            .text;
    };
    const auto only_errors = [](const std::string& text) {
        std::istringstream lines(text);
        int count = 0;
        for (std::string line; std::getline(lines, line); ++count) {
            if (!line.starts_with("::error file=")) return -1;
            CHECK_FALSE(has(line, "##["));
        }
        return count;
    };
    const std::string printed =
        report_on("#include <cstdio>\n" + with(counting(), "Matrix sums = values;",
                                               "std::puts(\"::error::x\\n::stop-commands::y\\n##[group]\"); throw "
                                               "std::runtime_error(\"a\\n::add-mask::b\");"));
    CHECK(only_errors(printed) == 1);
    CHECK(has(read_text(scratch.path / "summary.md"), "## qkv: 0 / 5"));
    CHECK_FALSE(has(read_text(scratch.path / "summary.md"), "\n::"));
    const std::string compiled = report_on("#error \"x\\n\" ::error::y %0A::error::z\n");
    CHECK(only_errors(compiled) == 1);
    CHECK(has(compiled, "counting.cpp,line=1,title=counting%3A does not compile::"));
    CHECK(has(compiled, "%250A"));
}

TEST_CASE("run_autograder hands on what a grading wrote, with the exercises, the seed and the language") {
    for (const int status : {0, 1}) {
        const std::string results = Autograder(ends_with(status)).run();
        CHECK(has(results, "--lang en run --submission"));
        CHECK(has(results, "/submission --hidden --seed 3 --jobs 1 --format gradescope --output"));
        CHECK(has(results, " counting\n"));
    }
    // Status 3 may still have said which exercise was not graded.
    CHECK(has(Autograder(ends_with(3)).run(), "--format gradescope"));
}

TEST_CASE("a fault, a time-out and a second try: there is always a results.json, and a fault has no scores") {
    const std::string without_scores = "{\"tests\": []}";
    CHECK(Autograder("exit 3\n").run() == without_scores);
    CHECK(Autograder(ends_with(2)).run() == without_scores);
    CHECK(Autograder("kill -KILL $$\n").run() == without_scores);
    Autograder slow("sleep 60\n");
    slow.scratch.write("source/settings", "exercises=counting\nseed=3\nlanguage=en\nseconds=1\n");
    CHECK(slow.run() == without_scores);
    const std::string once = "mkdir \"$0.once\" 2>/dev/null && exit 3\n";
    CHECK(has(Autograder(once + ends_with(0)).run(), "--format gradescope"));
}

TEST_CASE("a clone of the learners' copy is graded in its exercises/, a link to elsewhere is not followed") {
    const Autograder clone(ends_with(0)), link(ends_with(0));
    fs::create_directories(clone.scratch.path / "submission/exercises");
    CHECK(has(clone.run(), "/submission/exercises --hidden"));
    fs::create_directory_symlink(link.scratch.path / "source", link.scratch.path / "submission/exercises");
    CHECK(has(link.run(), "/submission --hidden"));
}

TEST_CASE("the autograder's zip holds what git tracks, the solutions and no history") {
    if (!fs::exists(QKV_ROOT "/.git")) return;
    const Scratch scratch;
    const Said said = grader({"export", "gradescope", scratch.path.string(), "attention", "--seed", "5"});
    INFO(said.text);
    REQUIRE(said.status == 0);
    CHECK(has(said.text, "15 points"));
    const std::string list = run_program({find_program("zip"), "-sf", (scratch.path / "autograder.zip").string()}).text;
    for (const char* file :
         {"  setup.sh\n", "  run_autograder\n", "  settings\n", "  not_graded.json\n", "  kit/grade\n",
          "  kit/solutions/attention/hidden_tests.cpp\n", "  toml++/DEBIAN/control\n"})
        CHECK(has(list, file));
    CHECK_FALSE(has(list, ".git/"));
    CHECK_FALSE(has(list, "kit/build/"));
    CHECK_FALSE(has(list, "kit/exercises/attention/attention.cpp"));  // nobody's own file
    CHECK(std::distance(fs::directory_iterator(scratch.path), fs::directory_iterator()) == 1);
}

TEST_CASE("where there is no room for the zip, one line says where, and nothing is left there") {
    if (!fs::exists(QKV_ROOT "/.git")) return;
    const Scratch scratch;
    const fs::path place = scratch.path / "place";
    const auto exported = [&](const std::string& limit) {
        Command command;
        command.arguments = {"/bin/sh",
                             "-c",
                             limit + " exec \"$0\" --root \"$1\" --toolchain \"$2\" export gradescope \"$3\" attention",
                             QKV_GRADER,
                             real_kit().root,
                             real_kit().toolchain,
                             place.string()};
        command.seconds = 300;
        return run(command);
    };
    // Smaller than files of the kit; than the zip of them.
    for (const auto& [limit, words] : std::vector<std::pair<std::string, std::string>>{
             {"ulimit -f 40;", place.string() + "/.autograder.new/"}, {"ulimit -f 6000;", "export: zip failed: "}}) {
        const Ended cut = exported(limit);
        INFO(limit << "\n" << cut.output);
        CHECK(cut.exit_code == 3);
        CHECK(cut.output.starts_with(words));
        CHECK(std::ranges::count(cut.output, '\n') == 1);
        CHECK(fs::is_empty(place));
    }
    CHECK(exported("").exit_code == 0);
}

TEST_CASE("an archive that export did not write stays, and what lies behind a link as well") {
    const Scratch scratch;
    scratch.write("place/autograder.zip", "mine");
    const std::string place = (scratch.path / "place").string();
    const Said said = grader({"export", "gradescope", place}, proven_kit());
    INFO(said.text);
    CHECK(said.status == 2);
    CHECK(has(said.text, "autograder.zip is there already, and not written by export"));
    CHECK(read_text(scratch.path / "place/autograder.zip") == "mine");
    if (!fs::exists(QKV_ROOT "/.git")) return;
    fs::remove(scratch.path / "place/autograder.zip");
    scratch.write("others/kept", "mine");
    fs::create_directory_symlink(scratch.path / "others", scratch.path / "place/.autograder.new");
    const Said linked = grader({"export", "gradescope", place, "attention"});
    INFO(linked.text);
    CHECK(linked.status == 2);
    CHECK(read_text(scratch.path / "others/kept") == "mine");
}

TEST_CASE("export says in one line what it cannot do") {
    const Scratch scratch;
    const std::string folder = scratch.path.string();
    for (const auto& [words, line] : std::vector<std::pair<std::vector<std::string>, std::string>>{
             {{"gitlab", folder}, "export knows gradescope and github, not \"gitlab\"\n"},
             {{"github"}, "export needs a folder: ./grade export github DIR [ID...]\n"},
             {{"github", folder, "nothing"}, "there is no exercise"},
             {{"github", "/dev/null/x"}, "export: the folder /dev/null/x cannot be made"}}) {
        std::vector<std::string> all = {"export"};
        all.insert(all.end(), words.begin(), words.end());
        const Said said = grader(all, proven_kit());
        CHECK(said.status == 2);
        CHECK(has(said.text, line));
    }
    const Said no_git = grader({"export", "gradescope", folder}, proven_kit());
    CHECK(no_git.status == 2);
    CHECK(has(no_git.text, "is no git checkout"));
}

TEST_CASE("the workflow grades the chosen exercises, and one that is somebody else's stays") {
    const Scratch scratch;
    const fs::path file = scratch.path / ".github/workflows/qkv.yml";
    CHECK(grader({"--lang", "zh", "export", "github", scratch.path.string(), "counting"}, proven_kit()).status == 0);
    CHECK(has(read_text(file), "./grade --lang zh run --format github --output \"$GITHUB_STEP_SUMMARY\" counting\n"));
    CHECK_FALSE(has(read_text(file), "@EXERCISES@"));
    CHECK(grader({"export", "github", scratch.path.string()}, proven_kit()).status == 0);
    CHECK(has(read_text(file), "./grade --lang en run"));
    scratch.write(".github/workflows/qkv.yml", "name: mine\n");
    CHECK(grader({"export", "github", scratch.path.string()}, proven_kit()).status == 2);
    CHECK(read_text(file) == "name: mine\n");
    fs::remove(file);
    REQUIRE(mkfifo(file.c_str(), 0600) == 0);
    CHECK(grader({"export", "github", scratch.path.string()}, proven_kit()).status == 2);  // and does not wait
}

TEST_CASE("one file can be handed in: by its own name, or as whatever with the exercise named") {
    const Scratch scratch;
    scratch.write("counting.cpp", counting());
    scratch.write("Ada's work.cpp", counting());
    const std::string named = (scratch.path / "counting.cpp").string(),
                      other = (scratch.path / "Ada's work.cpp").string();
    const Said by_name = graded({"--submission", named}, proven_kit());
    CHECK(by_name.status == 0);
    CHECK(by_name.json.at("exercises").size() == 1);
    CHECK(graded({"--submission", other, "counting"}, proven_kit()).status == 0);
    for (const std::vector<std::string>& ids : {std::vector<std::string>{}, {"counting", "summing"}}) {
        std::vector<std::string> all = {"run", "--submission", other};
        all.insert(all.end(), ids.begin(), ids.end());
        const Said said = grader(all, proven_kit());
        CHECK(said.status == 2);
        CHECK(has(said.text, "is one file: name the one exercise that it is of"));
    }
    // What it says to type next works as it stands.
    scratch.write("Ada's work.cpp", with(counting(), "Scalar>(i + 1)", "Scalar>(i + 2)"));
    CHECK(has(grader({"run", "--submission", other, "counting", "--hidden", "--seed", "1"}, proven_kit()).text,
              " work.cpp'"));
}

TEST_CASE("a missing file, a failed build and lost points are told apart") {
    const Scratch scratch;
    const auto status_of = [&] {
        const json exercise =
            graded({"--submission", scratch.path.string(), "counting"}, proven_kit()).json.at("exercises").at(0);
        return exercise.at("status").get<std::string>();
    };
    CHECK(status_of() == "missing");
    scratch.write("counting.cpp", "this is no C++\n");
    CHECK(status_of() == "build_failed");
    scratch.write("counting.cpp", with(counting(), "Scalar>(i + 1)", "Scalar>(i + 2)"));
    CHECK(status_of() == "graded");
}
