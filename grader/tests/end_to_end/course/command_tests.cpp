// The command line: what is refused, in how many lines, with which exit status; and the two languages.
#include <pty.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <regex>
#include <sstream>
#include <vector>

#include "qkv/matrix.hpp"

#include "base/text.hpp"
#include "grader.hpp"
#include "harness/catch2.hpp"

using namespace qkv::tests;

namespace {

bool says(const Said& said, const std::string& words) { return said.text.find(words) != std::string::npos; }

bool one_line(const Said& said) { return std::ranges::count(said.text, '\n') == 1; }

/// A kit with one exercise whose manifest is this text.
Said with_manifest(const std::string& manifest) {
    const Scratch scratch;
    scratch.write("exercises/counting/exercise.toml", manifest);
    return grader({"run"}, {scratch.path.string(), proven_kit().toolchain});
}

const std::string manifest = read_text(proven_kit().root + "/exercises/counting/exercise.toml");

}  // namespace

TEST_CASE("wrong usage is one line and status 2") {
    const std::vector<std::vector<std::string>> all = {
        {"run", "no_such_exercise"},
        {"no_such_verb"},
        {"run", "--no-such-option"},
        {"run", "--format", "yaml"},
        {"run", "--submission", "/no/such/folder"},
        {"run", "--seed", "3"},
        {"run", "--seed", "x", "--hidden"},
        {"run", "--part", "attention"},
        {"run", "--part", "attention/nothing"},
        {"run", "--jobs", "0"},
        {"run", "--sanitize", "--submission", "/tmp"},
        {"run", "--compiler", "no-such-compiler", "attention"},
        {"hint"},
        {"hint", "attention", "nothing"},
        {"run", "--lang", "fr"},
        {"run", "--solutions", "--submission", "/tmp"},
        {"run", "attention", "--output", "/no/such/folder/report"},
        {"compare"},
        {"compare", "no_such_exercise"},
        {"compare", "attention", "nothing"},
        {"compare", "attention", "--submission", "/no/such/folder"},
        {"reset"},
        {"reset", "no_such_exercise"},
        {"reset", "attention", "encoder"},
        {"debug"},
        {"debug", "no_such_exercise"},
        {"debug", "attention", "nothing"},
        {"debug", "attention", "--part", "encoder/masks"},
        {"new"},
        {"new", "Attention"},
        {"new", "attention"},
        {"new", "class"},
        {"new", "a_new_one", "--title-en", "a \"quoted\" title"},
    };
    for (const auto& arguments : all) {
        const Said said = grader(arguments);
        INFO(said.text);
        CHECK(said.status == 2);
        CHECK(one_line(said));
    }
    // What is missing has the name that the help gives it.
    for (const char* usage :
         {"hint ID [PART]", "class SUBMISSIONS", "handout DIR", "export gradescope|github DIR [ID...]"}) {
        const std::string verb = usage;
        const Said said = grader({verb.substr(0, verb.find(' '))});
        INFO(said.text);
        CHECK(said.status == 2);
        CHECK(said.text.find("it is written ./grade " + verb) != std::string::npos);
    }
}

TEST_CASE("a new exercise with a wrong option is refused, and nothing of it stays") {
    const Scratch scratch;
    const TestKit kit = copied_kit(scratch);
    const std::vector<std::vector<std::string>> all = {{"--track", "middle"}, {"--stars", "6"}, {"--needs", "nothing"}};
    for (const auto& options : all) {
        std::vector<std::string> arguments = {"new", "added"};
        arguments.insert(arguments.end(), options.begin(), options.end());
        const Said said = grader(arguments, kit);
        INFO(said.text);
        CHECK(said.status == 2);
        CHECK(one_line(said));
        CHECK_FALSE(std::filesystem::exists(scratch.path / "exercises" / "added"));
        CHECK_FALSE(std::filesystem::exists(scratch.path / "solutions" / "added"));
    }
}

TEST_CASE("a broken manifest is one line with file and line, and status 3") {
    struct Broken {
        std::string piece, replacement, words;
    };
    const std::vector<Broken> all = {
        {"hours = 0.5", "hours = 0.5\nhuors = 1", "exercise.toml:6: unknown key \"huors\""},
        {"points = 2", "points = 2\ncolour = \"red\"", "exercise.toml:20: unknown key \"colour\" in [[part]]"},
        {"needs = []", "needs = [\"nothing\"]", "exercise.toml:6: needs \"nothing\", which is no exercise"},
        {"needs = []", "needs = [\"counting\"]", "exercise.toml:6: needs form a cycle through \"counting\""},
        {"id = \"running_means\"", "id = \"running_sums\"", "two parts have the id \"running_sums\""},
        {"after = [\"running_sums\"]", "after = [\"sums\"]",
         "exercise.toml:16: part \"running_means\" comes after \"sums\", which is no part of counting"},
        {"points = 3\nafter = []", "points = 3\nafter = [\"running_means\"]",
         "exercise.toml:9: part \"running_sums\" comes after \"running_means\", which must stand above it"},
        {"points = 3", "points = 0", "exercise.toml:12: \"points\" in [[part]] must be a whole number"},
        {"points = 3\n", "", "exercise.toml:9: \"points\" in [[part]] is missing"},
        {"id = \"counting\"", "id = \"other\"", "exercise.toml:1: id \"other\" must equal the name of its folder"},
        {"track = \"basic\"", "track = \"easy\"",
         "\"track\" must be one of basic, advanced, challenge, extension, practice"},
        {"stars = 1", "stars = ", "exercise.toml:4:"},
    };
    for (const Broken& broken : all) {
        const Said said = with_manifest(with(manifest, broken.piece, broken.replacement));
        INFO(said.text);
        CHECK(said.status == 3);
        CHECK(says(said, broken.words));
        CHECK(one_line(said));
    }
}

TEST_CASE("one part can be graded by itself") {
    const Said said = graded({"--solutions", "--part", "attention/masks"});
    CHECK(said.status == 0);
    CHECK(said.json.at("max_score") == 2);
    CHECK(said.json.at("exercises").at(0).at("parts").size() == 1);
}

TEST_CASE("hints come one more at a time, in both languages, and are remembered") {
    const Scratch scratch;
    const TestKit kit = copied_kit(scratch);
    CHECK(says(grader({"hint", "counting", "running_means"}, kit), "1/3  How many rows are there so far?"));
    const Said again = grader({"hint", "counting", "running_means", "--lang", "zh"}, kit);
    CHECK(says(again, "1/3  到目前为止有几行？"));
    CHECK(says(again, "2/3  哪些和已经算好了？"));
    CHECK_FALSE(says(again, "提示到此为止"));
    grader({"hint", "counting", "running_means"}, kit);
    CHECK(says(grader({"hint", "counting", "running_means", "--lang", "zh"}, kit), "提示到此为止"));
    CHECK(std::filesystem::exists(scratch.path / ".qkv" / "state.json"));
    scratch.write(".qkv/state.json", "{ broken");
    CHECK(grader({"hint", "counting", "running_sums"}, kit).status == 0);
}

TEST_CASE("list and next show state, points and the place to go on") {
    const Scratch scratch;
    const TestKit kit = copied_kit(scratch);
    CHECK(says(grader({"list"}, kit), "- / 5"));
    std::filesystem::copy(scratch.path / "solutions/counting/counting.cpp",
                          scratch.path / "exercises/counting/counting.cpp",
                          std::filesystem::copy_options::overwrite_existing);
    const Said next = grader({"next"}, kit);
    CHECK(next.status == 0);
    CHECK(says(next, "exercises/summing/summing.cpp"));
    CHECK(says(grader({"list"}, kit), "5 / 5"));
    CHECK(says(grader({"list"}, kit), "5 / 9"));
    CHECK(std::regex_search(grader({"list"}, kit).text, std::regex("[0-9]+ of [0-9]+ laws hold")));
}

TEST_CASE("of a part that is not earned, the report counts the laws that hold") {
    const Scratch scratch;
    scratch.write("attention.cpp", with(reference_of("attention"), "j <= i + offset", "j < i + offset"));
    const Said said = grader({"run", "attention", "--submission", scratch.path.string()});
    INFO(said.text);
    CHECK(std::regex_search(said.text, std::regex("masks +0 / 2 +failed, [0-9]+ of [0-9]+ laws hold")));
}

TEST_CASE("the report speaks Chinese when asked to, test names included") {
    const Said said =
        grader({"run", "--lang", "zh", "counting", "--submission", proven_kit().root + "/exercises"}, proven_kit());
    CHECK(says(said, "running_sums 还没有写：运行到了它的 todo()"));
    const Said json =
        graded({"--lang", "zh", "counting", "--submission", proven_kit().root + "/exercises"}, proven_kit());
    CHECK(part(json.json, "counting", "running_sums").at("tests").at(0).at("name") == "三行之和");
}

TEST_CASE("another compiler grades as well") {
    CHECK(graded({"--solutions", "--compiler", "g++", "counting"}, proven_kit()).status == 0);
}

TEST_CASE("help and version succeed") {
    CHECK(grader({"--help"}).status == 0);
    CHECK(says(grader({"--version"}), "qkv 0.1.0"));
    CHECK(says(grader({"run", "--help"}), "--own-stack"));
}

TEST_CASE("list fits a terminal of 80 columns, in every language, and says when there is nothing") {
    for (const char* language : {"en", "zh"}) {
        std::istringstream lines(grader({"list", "--lang", language}).text);
        for (std::string line; std::getline(lines, line);) {
            INFO(line);
            CHECK(qkv::grader::width(line) <= 80);
        }
    }
    const Scratch scratch;
    std::filesystem::create_directories(scratch.path / "exercises");
    CHECK(says(grader({"list"}, {scratch.path.string(), real_kit().toolchain}), "There is no exercise here"));
    CHECK(says(grader({"list", "--lang", "zh"}, {scratch.path.string(), real_kit().toolchain}), "这里还没有练习"));
}

TEST_CASE("a word that is neither a verb nor an exercise is not taken for one") {
    CHECK(says(grader({"statistics"}), "neither a verb nor an exercise \"statistics\""));
    for (const char* path : {"attention.cpp", "attention/", "attention/attention.cpp", "exercises/attention",
                             "./exercises/attention/attention.cpp", "exercises/attention/stub.cpp"}) {
        INFO(path);
        CHECK(says(grader({path}), "did you mean ./grade attention?"));
    }
    CHECK(says(grader({"attention/masks"}), "did you mean ./grade --part attention/masks?"));
    CHECK(grader({"statistics"}).status == 2);
    CHECK(says(grader({"atention"}), "attention"));
}

TEST_CASE("read shows the statement, in both languages") {
    CHECK(says(grader({"read", "attention"}), "αᵢⱼ = exp(eᵢⱼ)"));
    CHECK(says(grader({"read", "attention", "--lang", "zh"}), "注意力"));
    CHECK(grader({"read", "nothing"}).status == 2);
    CHECK(grader({"read"}).status == 2);
}

TEST_CASE("read in a terminal goes through the pager, and shows all without one") {
    const auto read_with = [](const char* pager) {
        int terminal = -1, status = 0;
        const pid_t process = forkpty(&terminal, nullptr, nullptr, nullptr);
        if (process == 0) {
            setenv("PAGER", pager, 1);
            const TestKit kit = real_kit();
            execl(QKV_GRADER, QKV_GRADER, "--root", kit.root.c_str(), "--toolchain", kit.toolchain.c_str(), "read",
                  "attention", nullptr);
            _exit(127);
        }
        REQUIRE(process > 0);
        Said said;
        std::vector<char> buffer(4096);
        for (ssize_t count; (count = read(terminal, buffer.data(), buffer.size())) > 0;)
            said.text.append(buffer.data(), static_cast<std::size_t>(count));
        close(terminal);
        REQUIRE(waitpid(process, &status, 0) == process);
        said.status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
        return said;
    };
    for (const char* pager : {"cat", "no-such-pager"}) {
        const Said said = read_with(pager);
        INFO(pager);
        CHECK(said.status == 0);
        CHECK(says(said, "αᵢⱼ = exp(eᵢⱼ)"));
    }
    for (const char* pager : {"true", "false"}) CHECK(read_with(pager).status == 0);  // left before the end
}

TEST_CASE("play makes a playground once, and runs it on the learner's own functions") {
    const Scratch scratch;
    const TestKit kit = copied_kit(scratch);
    const std::string file = "exercises/counting/play.cpp";
    scratch.write("exercises/counting/counting.cpp", read_text(kit.root + "/solutions/counting/counting.cpp"));
    const Said first = grader({"play", "counting"}, kit);
    INFO(first.text);
    CHECK(first.status == 0);
    CHECK(says(first, "made "));
    CHECK(says(first, "x (2 x 3)\n    1  2  3\n    4  5  6"));
    CHECK(read_text(scratch.path / file).find("running_sums(values)") != std::string::npos);
    const auto played = [&](const std::string& statements) {
        scratch.write(file,
                      "#include \"qkv/play.hpp\"\nusing namespace counting;\nint main() {\n" + statements + "\n}\n");
        return grader({"play", "counting"}, kit);
    };
    const Said own = played("qkv::print(\"sums\", running_sums(Matrix{{1, 2}, {3, 4}}));\nreturn 7;");
    CHECK(says(own, "sums (2 x 2)\n    1  2\n    4  6"));
    CHECK(own.status == 7);  // it is a program of one's own
    CHECK_FALSE(says(own, "made "));
    CHECK(says(played("running_sums(Matrix(2, 3) * Matrix(2, 3));"), "Eigen stopped in"));
    const Said broken = played("nothing_of_this_name(1);");
    INFO(broken.text);
    CHECK(broken.status == 1);
    CHECK(says(broken, "play.cpp:4:1: error: use of undeclared identifier 'nothing_of_this_name'"));
    scratch.write(file, "int main() { return 3; }\n");
    CHECK(grader({"play", "counting"}, kit).status == 3);
    std::filesystem::remove(scratch.path / file);
    std::filesystem::create_symlink(scratch.path / "elsewhere.cpp", scratch.path / file);
    const Said link = grader({"play", "counting"}, kit);
    INFO(link.text);
    CHECK(link.status == 1);
    CHECK(says(link, "play.cpp"));
    CHECK(std::filesystem::is_symlink(scratch.path / file));
    std::filesystem::remove(scratch.path / file);
    scratch.write("exercises/counting/counting.cpp", "nonsense");
    CHECK(says(played(""), "counting.cpp:1:1: error"));
    scratch.write("exercises/counting/counting.cpp", read_text(kit.root + "/exercises/counting/stub.cpp"));
    CHECK(says(played("running_sums(Matrix(2, 3));"), "running_sums is not written yet"));
    CHECK(grader({"play", "nothing"}, kit).status == 2);
}
