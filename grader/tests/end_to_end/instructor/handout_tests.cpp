// ./grade handout: the learners' copy of a small kit, and a newer kit in one, in every order of events.
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <thread>

#include <fmt/format.h>

#include "base/process.hpp"

#include "a_handout.hpp"

#include "harness/catch2.hpp"

using namespace qkv::grader;
using namespace qkv::tests;
namespace fs = std::filesystem;

namespace {

/// A kit of two small exercises, no checkout, with what may lie about in one.
TestKit small_kit(const Scratch& scratch) {
    TestKit kit = copied_kit(scratch);
    scratch.write(".gitignore", "/build/\n.qkv/\n");
    scratch.write("exercises/.gitignore", "/*/*.cpp\n!/*/stub.cpp\n!/*/tests.cpp\n");
    scratch.write("README.md",
                  "# Small\n\n<!-- kit only -->\nsecret\n<!-- end -->\n<!-- copy only\na copy\n-->\n"
                  "```sh\n./grade counting\n./grade compare counting\n```\n");
    scratch.write("grade", "#!/bin/sh\n");
    fs::permissions(scratch.path / "grade", fs::perms(0755));
    scratch.write("docs/setup.md", "old\n");
    scratch.write("docs/dropped.md", "one\n");
    scratch.write("build/rubbish.txt", "built\n");
    scratch.write("roster.csv", "Ada\n");
    scratch.write("exercises/counting/counting.cpp", "// somebody's own\n");
    return kit;
}

bool says(const Said& said, const std::string& words) { return said.text.find(words) != std::string::npos; }

/// The kit as it is some weeks later.
void make_newer(const Scratch& kit) {
    kit.write("docs/setup.md", "new\n");
    kit.write("docs/added.md", "there\n");
    fs::remove(kit.path / "docs/dropped.md");
    kit.write("exercises/counting/stub.cpp", read_text(kit.path / "exercises/counting/stub.cpp") + "// corrected\n");
}

}  // namespace

TEST_CASE("the same kit gives the same bytes, with a repository or without, and from a copy") {
    const Scratch kit_folder, outside;
    const TestKit kit = small_kit(kit_folder);
    const auto there = [&](const char* name) { return (outside.path / name).string(); };
    REQUIRE(handout(kit, {there("walked")}).status == 0);
    const auto walked = tree(there("walked"));
    CHECK(walked.contains("exercises/counting/stub.cpp"));
    for (const char* name :
         {"roster.csv", "build/rubbish.txt", "exercises/counting/counting.cpp", "solutions/counting/counting.cpp"})
        CHECK_FALSE(walked.contains(name));
    CHECK(walked.at("grade") == "runs: #!/bin/sh\n");
    CHECK(walked.at("README.md") == "# Small\n\na copy\n```sh\n./grade counting\n```\n");

    shell("git init -q && git add -A ':!roster.csv' && git commit -q -m all", kit_folder.path);
    kit_folder.write("docs/not_added.md", "mine\n");
    const Said tracked = handout(kit, {there("tracked")});
    REQUIRE(tracked.status == 0);
    CHECK(says(tracked, "not tracked by git, so they stay out: 1 files, docs/not_added.md among them"));
    REQUIRE(handout(kit, {there("again")}).status == 0);
    REQUIRE(handout({there("tracked"), kit.toolchain}, {there("handed on")}).status == 0);
    for (const char* name : {"tracked", "again", "handed on"}) CHECK(tree(there(name)) == walked);
    CHECK(shell("git rev-parse HEAD", there("tracked")) == shell("git rev-parse HEAD", there("again")));

    outside.write("tracked/docs/setup.md", "changed\n");
    const Said changed = handout({there("tracked"), kit.toolchain}, {there("not this")});
    CHECK(changed.status == 2);
    CHECK(says(changed, "docs/setup.md is not as it was handed out"));
}

TEST_CASE("handouts at once do not disturb each other, where the kit is no repository either") {
    const Scratch kit_folder, outside;
    const TestKit kit = small_kit(kit_folder);
    std::vector<Said> said(4);
    {
        std::vector<std::jthread> threads;
        for (std::size_t i = 0; i < said.size(); ++i)
            threads.emplace_back([&, i] { said[i] = handout(kit, {(outside.path / std::to_string(i)).string()}); });
    }
    for (std::size_t i = 0; i < said.size(); ++i) {
        INFO(said[i].text);
        CHECK(said[i].status == 0);
        CHECK(tree(outside.path / std::to_string(i)) == tree(outside.path / "0"));
    }
}

TEST_CASE("where a copy may not be made, nothing is") {
    const Scratch kit_folder, outside;
    const TestKit kit = small_kit(kit_folder);
    outside.write("full/notes.txt", "mine\n");
    const auto before = tree(outside.path);
    const std::vector<std::pair<std::vector<std::string>, std::string>> all = {
        {{(outside.path / "full").string()}, "not empty"},
        {{(outside.path / "full/notes.txt").string()}, "not empty"},
        {{(kit_folder.path / "copy").string()}, "inside the kit"},
        {{kit_folder.path.string()}, "inside the kit"},
        {{"--update", kit_folder.path.string()}, "inside the kit"},
        {{"--update", (outside.path / "full").string()}, "no learners' copy"},
        {{"--update", (outside.path / "none").string()}, "no learners' copy"},
        {{"/proc/copy"}, "cannot be written"}};
    for (const auto& [arguments, words] : all) {
        const Said said = handout(kit, arguments);
        INFO(arguments.back() << ": " << said.text);
        CHECK(said.status == 2);
        CHECK(says(said, words));
        CHECK(said.text.find('\n') == said.text.size() - 1);
    }
    CHECK(tree(outside.path) == before);
    fs::create_directory(outside.path / "empty");
    CHECK(handout(kit, {(outside.path / "empty").string()}).status == 0);
    CHECK(says(handout(kit, {(outside.path / "empty").string()}), "a newer kit: ./grade handout --update"));
}

TEST_CASE("what gives a solution away is refused with its place") {
    const Scratch kit_folder, outside;
    const TestKit kit = small_kit(kit_folder);
    const std::string reference = read_text(kit_folder.path / "solutions/summing/summing.cpp");
    kit_folder.write("solutions/summing/summing.cpp",
                     reference +
                         "\nqkv::Scalar told(int a) {\n    const int very_telling_name = a * 12345 + 678;\n"
                         "    return very_telling_name - 1;\n}\n");
    const std::string copy = (outside.path / "copy").string();
    kit_folder.write("docs/setup.md", "first\n-    const int very_telling_name = a * 12345 + 678;  // so\n");
    Said said = handout(kit, {copy});
    CHECK(said.status == 2);
    CHECK(says(said, "docs/setup.md:2: this would give away a part of solutions/summing/summing.cpp"));
    kit_folder.write("docs/setup.md",
                     "{const int very_telling_name\n= a * 12345\n+ 678; return very_telling_name -\n1;}");
    said = handout(kit, {copy});
    CHECK(said.status == 2);
    CHECK(says(said, "docs/setup.md:1: this would give away a part of solutions/summing/summing.cpp"));
    CHECK_FALSE(fs::exists(copy));
    // What the statement shows is no secret.
    kit_folder.write("docs/setup.md", "    const int very_telling_name = a * 12345 + 678;\n");
    kit_folder.write("exercises/summing/README.md", "Hint: `const int very_telling_name = a * 12345 + 678;`\n");
    CHECK(handout(kit, {copy}).status == 0);
}

TEST_CASE("an update replaces what is as it came, and touches nothing of the learner's") {
    const Scratch kit_folder, outside;
    const TestKit kit = small_kit(kit_folder);
    const fs::path copy = outside.path / "copy", fresh = outside.path / "fresh";
    REQUIRE(handout(kit, {copy.string()}).status == 0);
    fs::remove_all(copy / ".git");
    outside.write("copy/exercises/counting/counting.cpp", "// my work\n");
    outside.write("copy/docs/notes.md", "mine\n");
    outside.write("copy/docs/added.md", "mine before yours\n");
    outside.write("copy/README.md", "my readme\n");
    make_newer(kit_folder);
    kit_folder.write("README.md", "a newer one\n");
    const auto before = tree(copy);

    const Said check = handout(kit, {"--update", "--check", copy.string()});
    CHECK(check.status == 1);
    CHECK(tree(copy) == before);
    CHECK_FALSE(fs::exists(copy / ".qkv"));
    const Said update = handout(kit, {"--update", copy.string()});
    INFO(update.text);
    CHECK(update.status == 0);
    CHECK(update.text == check.text);
    for (const char* words :
         {"replaced   docs/setup.md", "replaced   exercises/counting/stub.cpp", "kept       README.md",
          "kept       docs/added.md", "removed    docs/dropped.md", "0 new, 2 replaced, 1 removed, 2 kept"})
        CHECK(says(update, words));
    const auto after = tree(copy);
    for (const char* mine : {"exercises/counting/counting.cpp", "docs/notes.md", "docs/added.md", "README.md"})
        CHECK(after.at(mine) == before.at(mine));
    CHECK(after.at("docs/setup.md") == "new\n");
    CHECK_FALSE(after.contains("docs/dropped.md"));
    REQUIRE(handout(kit, {fresh.string()}).status == 0);
    CHECK(after.at(".handout") == tree(fresh).at(".handout"));

    const Said again = handout(kit, {"--update", copy.string()});
    CHECK(says(again, "0 new, 0 replaced, 0 removed, 0 kept"));
    CHECK(handout(kit, {"--check", copy.string()}).status == 0);
    CHECK(tree(copy) == after);
}

TEST_CASE("an update follows no link out of the copy") {
    const Scratch kit_folder, outside;
    const TestKit kit = small_kit(kit_folder);
    const fs::path copy = outside.path / "copy";
    REQUIRE(handout(kit, {copy.string()}).status == 0);
    fs::rename(copy / "docs", outside.path / "elsewhere");
    fs::create_symlink(outside.path / "elsewhere", copy / "docs");
    const auto before = tree(outside.path / "elsewhere");
    make_newer(kit_folder);
    const Said said = handout(kit, {"--update", copy.string()});
    CHECK(says(said, "kept       docs/setup.md"));
    CHECK(tree(outside.path / "elsewhere") == before);
}

TEST_CASE("in a repository an update is one commit of the kit's files, and clones pull it") {
    const Scratch kit_folder, outside;
    const TestKit kit = small_kit(kit_folder);
    const fs::path copy = outside.path / "copy";
    REQUIRE(handout(kit, {copy.string()}).status == 0);
    shell(
        "git clone -q --bare copy class.git && git clone -q class.git learner && cd copy && git remote add class "
        "../class.git",
        outside.path);
    outside.write("learner/exercises/counting/counting.cpp", "// my work\n");
    make_newer(kit_folder);
    outside.write("copy/notes.txt", "of the instructor\n");
    outside.write("copy/staged.txt", "for another commit\n");
    shell("git add staged.txt", copy);
    const Said said = handout(kit, {"--update", copy.string()});
    INFO(said.text);
    CHECK(said.status == 0);
    CHECK(says(said, "git pull"));
    CHECK(shell("git log --format=%s", copy).find("a newer kit\nqkv") != std::string::npos);
    CHECK(shell("git status --porcelain", copy) == "A  staged.txt\n?? notes.txt");
    CHECK(shell("git diff --name-only HEAD~1 HEAD | tr '\\n' ' '", copy) ==
          ".handout docs/added.md docs/dropped.md docs/setup.md exercises/counting/stub.cpp ");
    shell("git push -q class HEAD && cd ../learner && git pull -q", copy);
    CHECK(read_text(outside.path / "learner/docs/setup.md") == "new\n");
    CHECK(read_text(outside.path / "learner/exercises/counting/counting.cpp") == "// my work\n");
    CHECK(shell("git status --porcelain", outside.path / "learner").empty());
    // Nothing new: no commit.
    REQUIRE(handout(kit, {"--update", copy.string()}).status == 0);
    CHECK(shell("git log --format=%s | wc -l", copy) == "2");
}

TEST_CASE("whoever is killed leaves whole files, and the next one finishes") {
    const Scratch kit_folder, outside;
    const int kills = everything() ? 20 : 6;
    const TestKit kit = small_kit(kit_folder);
    const fs::path first = outside.path / "first", fresh = outside.path / "fresh";
    REQUIRE(handout(kit, {first.string()}).status == 0);
    const auto old_tree = tree(first);
    make_newer(kit_folder);
    for (int i = 0; i < 300; ++i) kit_folder.write(fmt::format("docs/more/{}.md", i), fmt::format("page {}\n", i));
    REQUIRE(handout(kit, {fresh.string()}).status == 0);
    const auto new_tree = tree(fresh);
    const std::string grader =
        fmt::format("'{}' --root '{}' --toolchain '{}' handout --update", QKV_GRADER, kit.root, kit.toolchain);
    double whole = 0;  // seconds one takes here
    int in_the_middle = 0;
    // Killed in turns after a time, and as soon as a file is seen to have been moved: it may take many tries for that
    // to be in the middle on a busy machine.
    for (int i = 0; i <= kills || (in_the_middle == 0 && i < 100); ++i) {
        const fs::path copy = outside.path / fmt::format("copy{}", i);
        fs::copy(first, copy, fs::copy_options::recursive);
        const std::string until = i % 2 == 0
                                      ? fmt::format("sleep {:.3f}", whole * (0.3 + 0.7 * i / kills))
                                      : fmt::format("until [ -e '{}'/docs/more/{}.md ]; do kill -0 $! || break; done",
                                                    copy.string(), 10 * (i % 30));
        Command command;
        command.arguments = {"/bin/sh", "-c",
                             i == 0
                                 ? fmt::format("exec {} '{}'", grader, copy.string())
                                 : fmt::format("{} '{}' & {}; kill -KILL $!; wait $!", grader, copy.string(), until)};
        const Ended ended = run(command);
        if (i == 0) whole = ended.seconds;
        for (const auto& [path, text] : tree(copy)) {
            const bool is_old = old_tree.contains(path) && old_tree.at(path) == text;
            const bool is_new = new_tree.contains(path) && new_tree.at(path) == text;
            if (!is_old && !is_new) FAIL_CHECK(path << " is neither the old nor the new one");
        }
        in_the_middle += tree(copy).size() > old_tree.size() && tree(copy).size() < new_tree.size() ? 1 : 0;
        const Said said = handout(kit, {"--update", copy.string()});
        INFO(until << ": " << said.text);
        CHECK(said.status == 0);
        CHECK(tree(copy) == new_tree);
        CHECK(shell("git status --porcelain", copy).empty());
        CHECK(shell("git log --format=%s | wc -l", copy) == "2");
    }
    INFO(in_the_middle << " were killed with some files moved");
    CHECK(in_the_middle > 0);
}

TEST_CASE("what a killed handout left is cleared away; one that is at work is left alone") {
    const Scratch kit_folder, place;
    const TestKit kit = small_kit(kit_folder);
    const std::string copy = (place.path / "copy").string();
    place.write(".copy.handout.new/exercises/counting/half.cpp", "half");
    const int other = open((place.path / ".copy.handout.new").c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    REQUIRE(flock(other, LOCK_EX | LOCK_NB) == 0);
    const Said refused = handout(kit, {copy});
    INFO(refused.text);
    CHECK(refused.status == 2);
    CHECK(says(refused, "another ./grade is at work there"));
    CHECK(fs::exists(place.path / ".copy.handout.new/exercises/counting/half.cpp"));
    close(other);
    CHECK(handout(kit, {copy}).status == 0);
    CHECK_FALSE(fs::exists(place.path / ".copy.handout.new"));
    CHECK_FALSE(fs::exists(place.path / "copy/exercises/counting/half.cpp"));
}
