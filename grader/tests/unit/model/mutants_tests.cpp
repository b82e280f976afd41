// mutants.toml and diagnoses.toml: what is read, and what is wrong with one.
#include <string>
#include <utility>
#include <vector>

#include "qkv/matrix.hpp"

#include "base/failure.hpp"
#include "harness/catch2.hpp"
#include "model/catalog.hpp"
#include "model/mutants.hpp"
#include "scratch.hpp"

namespace {

using namespace qkv::grader;
using qkv::tests::Scratch;

const std::string good = R"(# Typical mistakes.
[[mutant]]
id = "adds"
part = "one"
find = "a - b"
replace = '''
a +
b'''
diagnosis = { en = "You add.", zh = "你在做加法。" }
seen = "a forum"

[[mutant]]
id = "does_nothing"
part = "one"
find = "step();"
replace = ""
diagnosis = { en = "A step is missing." }
)";

Exercise exercise_in(const Scratch& scratch) {
    Exercise exercise;
    exercise.id = "alpha";
    exercise.solution = scratch.path();
    exercise.parts.resize(1);
    exercise.parts[0].id = "one";
    return exercise;
}

/// The good file with one piece replaced is told with exactly these words, at this line.
void check_change(const std::string& before, const std::string& after, int line, const std::string& words) {
    const Scratch scratch;
    std::string text = good;
    REQUIRE(text.find(before) != std::string::npos);
    const auto file = scratch.write("mutants.toml", text.replace(text.find(before), before.size(), after));
    try {
        load_mutants(exercise_in(scratch));
        FAIL("it was accepted");
    } catch (const Failure& failure) {
        CHECK(failure.status == kit_fault);
        CHECK(failure.what() == file.string() + ":" + std::to_string(line) + ": " + words);
    }
}

}  // namespace

TEST_CASE("good mutants are read whole") {
    const Scratch scratch;
    scratch.write("mutants.toml", good);
    const auto mutants = load_mutants(exercise_in(scratch));
    REQUIRE(mutants.size() == 2);
    CHECK(mutants[0].id == "adds");
    CHECK(mutants[0].part == "one");
    CHECK(mutants[0].find == "a - b");
    CHECK(mutants[0].replace == "a +\nb");
    CHECK(mutants[0].diagnosis.zh == "你在做加法。");
    CHECK(mutants[0].seen == "a forum");
    CHECK(mutants[1].replace.empty());
    CHECK(mutants[1].line == 12);
}

TEST_CASE("an exercise may have no mutants") {
    const Scratch scratch;
    CHECK(load_mutants(exercise_in(scratch)).empty());
    scratch.write("mutants.toml", "# none yet\n");
    CHECK(load_mutants(exercise_in(scratch)).empty());
}

TEST_CASE("a mutant's unknown, missing or wrong key is told") {
    check_change("seen = ", "sean = ", 10, "unknown key \"sean\" in [[mutant]]");
    check_change("find = \"a - b\"\n", "", 2, "\"find\" in [[mutant]] is missing");
    check_change("find = \"a - b\"", "find = \"\"", 5, "\"find\" in [[mutant]] must be a text");
    check_change("find = \"a - b\"", "find = 5", 5, "\"find\" in [[mutant]] must be a text");
    check_change("diagnosis = { en = \"A step is missing.\" }\n", "", 12, "\"diagnosis\" in [[mutant]] is missing");
    check_change("{ en = \"A step is missing.\" }", "\"A step\"", 17,
                 "\"diagnosis\" in [[mutant]] must be { en = \"...\", zh = \"...\" }");
    check_change("# Typical mistakes.", "mutants = 5", 1, "unknown key \"mutants\"");
}

TEST_CASE("a mutant's id is snake_case, its own, and not the reference's") {
    check_change("id = \"adds\"", "id = \"Adds\"", 2, "mutant id \"Adds\" must be snake_case");
    check_change("id = \"does_nothing\"", "id = \"adds\"", 12, "two mutants have the id \"adds\"");
    check_change("id = \"adds\"", "id = \"reference\"", 2, "a mutant cannot be called \"reference\"");
}

TEST_CASE("a mutant loses a part of its exercise") {
    check_change("part = \"one\"", "part = \"two\"", 2, "part \"two\" is no part of alpha");
}

TEST_CASE("mutants that are no TOML or no list are told") {
    const Scratch scratch;
    for (const char* text : {"[[mutant]", "mutant = 5\n", "[mutant]\nid = \"x\"\n"}) {
        const auto file = scratch.write("mutants.toml", text);
        try {
            load_mutants(exercise_in(scratch));
            FAIL("it was accepted");
        } catch (const Failure& failure) {
            CHECK(failure.status == kit_fault);
            CHECK(std::string(failure.what()).starts_with(file.string() + ":1: "));
        }
    }
}

TEST_CASE("learners have each sentence once, on a line of its own, in the order of the mutants") {
    Mutant adds, halves, also_adds;
    adds.id = "adds", adds.diagnosis = {"You \"add\" a \\.", "你在做加法。"};
    halves.id = "halves", halves.diagnosis = {"You halve.\nTwice.", ""};
    also_adds.id = "also_adds", also_adds.diagnosis = adds.diagnosis;
    const std::string text = diagnoses_of({adds, halves, also_adds});
    CHECK(text == R"(# What a learner reads who made a typical mistake. Written by ./grade verify --record.

[[diagnosis]]
mutants = ["adds", "also_adds"]
en = "You \"add\" a \\."
zh = "你在做加法。"

[[diagnosis]]
mutants = ["halves"]
en = "You halve.\nTwice."
)");
    const Scratch scratch;
    Exercise exercise;
    exercise.folder = scratch.path();
    CHECK(load_diagnoses(exercise).empty());
    scratch.write("diagnoses.toml", text);
    const auto diagnoses = load_diagnoses(exercise);
    CHECK(diagnoses.size() == 3);
    for (const Mutant& mutant : {adds, halves, also_adds}) {
        CHECK(diagnoses.at(mutant.id).en == mutant.diagnosis.en);
        CHECK(diagnoses.at(mutant.id).zh == mutant.diagnosis.zh);
    }
}

TEST_CASE("a diagnoses.toml that is damaged is told with its line") {
    const Scratch scratch;
    Exercise exercise;
    exercise.folder = scratch.path();
    const std::string entry = "[[diagnosis]]\nmutants = [\"adds\"]\n";
    for (const auto& [text, words] : std::vector<std::pair<std::string, std::string>>{
             {entry, "1: \"en\" in [[diagnosis]] is missing"},
             {entry + "en = 5\n", "3: \"en\" in [[diagnosis]] must be a text"},
             {entry + "en = \"a\"\nde = \"a\"\n", "4: unknown key \"de\" in [[diagnosis]]"},
             {"[[diagnosis]]\nmutants = \"adds\"\nen = \"a\"\n", "2: \"mutants\" in [[diagnosis]] must be a list"},
             {"[[diagnosis]\n", "1: "},
             {"sentences = 5\n", "1: unknown key \"sentences\""}}) {
        const auto file = scratch.write("diagnoses.toml", text);
        try {
            load_diagnoses(exercise);
            FAIL("it was accepted");
        } catch (const Failure& failure) {
            CHECK(failure.status == kit_fault);
            INFO(failure.what());
            CHECK(std::string(failure.what()).starts_with(file.string() + ":" + words));
        }
    }
}
