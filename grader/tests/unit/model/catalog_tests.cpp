// Manifests: what is read, and that everything wrong with one is told with its file and line.
#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "qkv/matrix.hpp"

#include "base/failure.hpp"
#include "base/text.hpp"
#include "harness/catch2.hpp"
#include "model/catalog.hpp"
#include "model/result.hpp"
#include "scratch.hpp"

namespace {

using namespace qkv::grader;
using qkv::tests::Scratch;

const std::string good = R"(# A manifest without fault.
id = "alpha"
title = { en = "Alpha", zh = "甲" }
track = "basic"
stars = 3
hours = 2.5
needs = []
source = "a paper"

[[part]]
id = "one"
title = { en = "One" }
points = 2
hints = [
  { en = "think" },
  { en = "think again", zh = "再想想" },
]

[[part]]
id = "two"
title = { en = "Two" }
points = 3
after = ["one"]

[limits]
call_seconds = 0.5
)";

/// The text with one piece replaced; the piece must be there.
std::string with(std::string text, const std::string& piece, const std::string& replacement) {
    const std::size_t at = text.find(piece);
    if (at == std::string::npos) throw std::logic_error("not found: " + piece);
    return text.replace(at, piece.size(), replacement);
}

std::string manifest_of(const std::string& id, const std::string& needs, const std::string& track = "basic",
                        int stars = 3) {
    std::string text = with(with(good, "\"alpha\"", '"' + id + '"'), "needs = []", "needs = [" + needs + "]");
    return with(with(text, "basic", track), "stars = 3", "stars = " + std::to_string(stars));
}

/// What the catalog says about these files; must be a fault of the kit.
std::string told(const Scratch& scratch) {
    try {
        load_catalog(scratch.path());
    } catch (const Failure& failure) {
        CHECK(failure.status == kit_fault);
        return failure.what();
    }
    return "accepted";
}

/// The line of a text that holds a piece, counted from 1.
int line_of(const std::string& text, const std::string& piece) {
    const auto end = text.begin() + static_cast<std::ptrdiff_t>(text.find(piece));
    return 1 + static_cast<int>(std::count(text.begin(), end, '\n'));
}

/// A manifest whose line with `piece` is told with these words, and nothing else is.
void check_fault(const std::string& manifest, const std::string& piece, const std::string& words) {
    const Scratch scratch;
    const auto file = scratch.write("exercises/alpha/exercise.toml", manifest);
    REQUIRE(manifest.find(piece) != std::string::npos);
    CHECK(told(scratch) == file.string() + ":" + std::to_string(line_of(manifest, piece)) + ": " + words);
}

/// The same for one change of the good manifest.
void check_change(const std::string& before, const std::string& after, const std::string& words) {
    check_fault(with(good, before, after), after, words);
}

std::vector<std::string> ids(const std::vector<Exercise>& exercises) {
    std::vector<std::string> result;
    for (const Exercise& exercise : exercises) result.push_back(exercise.id);
    return result;
}

}  // namespace

TEST_CASE("a good manifest is read whole") {
    const Scratch scratch;
    scratch.write("exercises/alpha/exercise.toml", good);
    const auto catalog = load_catalog(scratch.path());
    REQUIRE(catalog.size() == 1);
    const Exercise& alpha = catalog[0];
    CHECK(alpha.id == "alpha");
    CHECK(alpha.title.in(Language::zh) == "甲");
    CHECK(alpha.track == "basic");
    CHECK(alpha.stars == 3);
    CHECK(alpha.hours == 2.5);
    CHECK(alpha.source == "a paper");
    CHECK(alpha.max_score() == 5);
    CHECK(alpha.folder == scratch.path() / "exercises" / "alpha");
    CHECK(alpha.solution == scratch.path() / "solutions" / "alpha");
    CHECK(alpha.limits.call_seconds == 0.5);
    CHECK(alpha.limits.exercise_seconds == Limits().exercise_seconds);
    REQUIRE(alpha.parts.size() == 2);
    CHECK(alpha.parts[0].hints.at(1).zh == "再想想");
    CHECK(alpha.parts[1].after == std::vector<std::string>{"one"});
    CHECK(alpha.parts[1].line == line_of(good, "id = \"two\"") - 1);
    CHECK(alpha.find_part("two")->points == 3);
    CHECK(alpha.find_part("three") == nullptr);
}

TEST_CASE("an unknown key is told, wherever it stands") {
    check_fault(with(good, "stars = 3", "stars = 3\nsters = 3"), "sters = 3", "unknown key \"sters\"");
    check_fault(with(good, "points = 3", "points = 3\npoint = 3"), "point = 3", "unknown key \"point\" in [[part]]");
    check_fault(with(good, "call_seconds = 0.5", "call_second = 1"),
                "call_second =", "unknown key \"call_second\" in [limits]");
    check_change("zh = \"甲\"", "cn = \"甲\"", "unknown key \"cn\" in \"title\"");
}

TEST_CASE("a missing key is told at its table") {
    check_fault(with(good, "track = \"basic\"\n", ""), "# A manifest", "\"track\" is missing");
    check_fault(with(good, "title = { en = \"Two\" }\n", ""), "[[part]]\nid = \"two\"",
                "\"title\" in [[part]] is missing");
    check_fault(with(good, "points = 2\n", ""), "[[part]]\nid = \"one\"", "\"points\" in [[part]] is missing");
    check_change("title = { en = \"One\" }", "title = { zh = \"一\" }", "\"en\" in \"title\" is missing");
}

TEST_CASE("a value of another type is told") {
    check_change("stars = 3", "stars = \"three\"", "\"stars\" must be a whole number from 1 to 5");
    check_change("stars = 3", "stars = 3.5", "\"stars\" must be a whole number from 1 to 5");
    check_change("hours = 2.5", "hours = nan", "\"hours\" must be a number from 0 to 1000");
    check_change("needs = []", "needs = \"beta\"", "\"needs\" must be a list");
    check_change("needs = []", "needs = [5]", "\"needs\" must hold texts");
    check_change("source = \"a paper\"", "source = 5", "\"source\" must be a text");
    check_change("title = { en = \"One\" }", "title = \"One\"",
                 "\"title\" in [[part]] must be { en = \"...\", zh = \"...\" }");
    check_change("{ en = \"think\" },", "\"think\",", "\"hints\" in [[part]] must be { en = \"...\", zh = \"...\" }");
    check_change("[limits]", "[[limits]]", "\"limits\" must be a table");
}

TEST_CASE("a number out of its range is told") {
    check_change("stars = 3", "stars = 0", "\"stars\" must be a whole number from 1 to 5");
    check_change("stars = 3", "stars = 6", "\"stars\" must be a whole number from 1 to 5");
    check_change("points = 2", "points = 0", "\"points\" in [[part]] must be a whole number from 1 to 1000");
    check_change("call_seconds = 0.5", "call_seconds = 0",
                 "\"call_seconds\" in [limits] must be a number from 0.01 to 600");
}

TEST_CASE("a bad track or id is told where it stands") {
    check_change("track = \"basic\"", "track = \"easy\"",
                 "\"track\" must be one of basic, advanced, challenge, extension, practice");
    check_change("id = \"alpha\"", "id = \"beta\"", "id \"beta\" must equal the name of its folder, \"alpha\"");
    check_fault(with(good, "id = \"two\"", "id = \"Two\""), "[[part]]\nid = \"Two\"",
                "part id \"Two\" must be snake_case");
}

TEST_CASE("a folder must be named in snake_case") {
    const Scratch scratch;
    const auto file = scratch.write("exercises/Alpha-1/exercise.toml", with(good, "alpha", "Alpha-1"));
    CHECK(told(scratch) == file.string() + ":2: id \"Alpha-1\" must be snake_case");
}

TEST_CASE("an id of any length is judged") {
    check_fault(with(good, "id = \"two\"", "id = \"" + std::string(300'000, 'a') + "!\""), "[[part]]\nid = \"aaa",
                "part id \"" + std::string(80, 'a') + "…\" must be snake_case");
}

TEST_CASE("two parts with one id are told") {
    const Scratch scratch;
    scratch.write("exercises/alpha/exercise.toml",
                  with(with(good, "after = [\"one\"]", ""), "id = \"two\"", "id = \"one\""));
    CHECK(told(scratch).find("two parts have the id \"one\"") != std::string::npos);
}

TEST_CASE("`after` names parts above, so that it cannot lead in a circle") {
    check_fault(with(good, "after = [\"one\"]", "after = [\"three\"]"), "[[part]]\nid = \"two\"",
                "part \"two\" comes after \"three\", which is no part of alpha");
    check_fault(with(good, "after = [\"one\"]", "after = [\"two\"]"), "[[part]]\nid = \"two\"",
                "part \"two\" comes after \"two\", which must stand above it (or they form a cycle)");
    check_fault(with(good, "points = 2", "points = 2\nafter = [\"two\"]"), "[[part]]\nid = \"one\"",
                "part \"one\" comes after \"two\", which must stand above it (or they form a cycle)");
}

TEST_CASE("an exercise without parts is told") {
    const std::string none = good.substr(0, good.find("[[part]]"));
    check_fault(none, "# A manifest", "the exercise has no [[part]]");
}

TEST_CASE("an empty file is told, key by key") {
    const Scratch scratch;
    const auto file = scratch.write("exercises/alpha/exercise.toml", "");
    for (const char* key : {"id", "title", "track", "stars"}) {
        INFO(told(scratch));
        CHECK(told(scratch).find(file.string() + ":1: \"" + key + "\" is missing") != std::string::npos);
    }
}

TEST_CASE("what is no TOML is told at its line") {
    const Scratch scratch;
    const auto file = scratch.write("exercises/alpha/exercise.toml", with(good, "stars = 3", "stars = "));
    CHECK(told(scratch).starts_with(file.string() + ":5: "));
    scratch.write("exercises/alpha/exercise.toml", "id = \"alpha\"\nid = \"alpha\"\n");
    CHECK(told(scratch).starts_with(file.string() + ":2: "));
    scratch.write("exercises/alpha/exercise.toml", "\xff\xfe");
    CHECK(told(scratch).starts_with(file.string() + ":1: "));
}

TEST_CASE("the faults of all manifests are told at once") {
    const Scratch scratch;
    scratch.write("exercises/alpha/exercise.toml",
                  with(with(good, "stars = 3", "stars = 9"), "hours = 2.5", "hours = -1"));
    scratch.write("exercises/beta/exercise.toml", "?");
    const std::string text = told(scratch);
    CHECK(std::count(text.begin(), text.end(), '\n') == 2);
    CHECK(text.find("alpha/exercise.toml:5: ") != std::string::npos);
    CHECK(text.find("alpha/exercise.toml:6: ") != std::string::npos);
    CHECK(text.find("beta/exercise.toml:1: ") != std::string::npos);
}

TEST_CASE("a kit without exercises is told") {
    const Scratch scratch;
    CHECK(load_catalog(scratch.path()).empty());  // `new` begins there
    scratch.write("exercises/notes/README.md", "no exercise");
    scratch.write("exercises/a_file", "no folder");
    CHECK_THROWS_WITH(choose(load_catalog(scratch.path()), {}), "exercises/: no exercise found here");
}

TEST_CASE("an exercise that needs an unknown one is told") {
    check_change("needs = []", "needs = [\"beta\"]", "needs \"beta\", which is no exercise");
}

TEST_CASE("needs that lead in a circle are told") {
    check_change("needs = []", "needs = [\"alpha\"]", "needs form a cycle through \"alpha\"");
    const Scratch scratch;
    scratch.write("exercises/alpha/exercise.toml", manifest_of("alpha", "\"beta\""));
    scratch.write("exercises/beta/exercise.toml", manifest_of("beta", "\"gamma\""));
    scratch.write("exercises/gamma/exercise.toml", manifest_of("gamma", "\"alpha\""));
    scratch.write("exercises/delta/exercise.toml", manifest_of("delta", "\"alpha\""));
    const std::string text = told(scratch);
    for (const char* id : {"alpha", "beta", "gamma"}) {
        CHECK(text.find(std::string(id) + "/exercise.toml:7: needs form a cycle through \"" + id + '"') !=
              std::string::npos);
    }
    CHECK(text.find("through \"delta\"") == std::string::npos);  // it only rests on the circle
}

TEST_CASE("exercises come in the order of needs, then of track, stars and id") {
    const Scratch scratch;
    const auto add = [&](const std::string& id, const std::string& needs, const std::string& track, int stars) {
        scratch.write("exercises/" + id + "/exercise.toml", manifest_of(id, needs, track, stars));
    };
    add("hard", "", "challenge", 1);
    add("later", "", "advanced", 1);
    add("two_stars", "", "basic", 2);
    add("one_star", "", "basic", 1);
    add("a_star", "\"hard\"", "basic", 1);
    const auto catalog = load_catalog(scratch.path());
    CHECK(ids(catalog) == std::vector<std::string>{"one_star", "two_stars", "later", "hard", "a_star"});
    CHECK(ids(choose(catalog, {"hard", "one_star"})) == std::vector<std::string>{"one_star", "hard"});
    CHECK(choose(catalog, {}).size() == 5);
    CHECK(ids(with_needs(catalog, {"a_star"})) == std::vector<std::string>{"hard", "a_star"});
}

TEST_CASE("practice and extension stand behind the course, have tallies of their own, and go by their name") {
    const Scratch scratch;
    const auto add = [&](const std::string& id, const std::string& track, int stars) {
        scratch.write("exercises/" + id + "/exercise.toml", manifest_of(id, "", track, stars));
    };
    add("cases", "practice", 1);
    add("more", "extension", 1);
    CHECK(ids(of_course(load_catalog(scratch.path()))) == std::vector<std::string>{"more", "cases"});  // nothing else
    add("hard", "challenge", 5);
    const auto catalog = load_catalog(scratch.path());
    CHECK(ids(catalog) == std::vector<std::string>{"hard", "more", "cases"});
    CHECK(ids(of_course(catalog)) == std::vector<std::string>{"hard"});
    CHECK(ids(choose(catalog, {"practice", "hard"})) == std::vector<std::string>{"hard", "cases"});
    Result result;
    for (const Exercise& exercise : catalog) {
        ExerciseResult one;
        one.exercise = exercise;
        for (const Part& part : exercise.parts) one.parts.emplace_back().part = part;
        one.score = exercise.id == "more" ? 2 : 1;
        result.exercises.push_back(one);
    }
    CHECK(result.score(Tally::course) == 1);
    CHECK(result.score(Tally::extension) == 2);
    CHECK(result.max_score(Tally::practice) == catalog[2].max_score());
    result.exercises.pop_back();
    CHECK(result.max_score(Tally::practice) == 0);
}

TEST_CASE("an unknown exercise on the command line is wrong usage, and the known ones are named") {
    const Scratch scratch;
    scratch.write("exercises/alpha/exercise.toml", good);
    try {
        choose(load_catalog(scratch.path()), {"alhpa\x1b"});
        FAIL("it was accepted");
    } catch (const Failure& failure) {
        CHECK(failure.status == wrong_usage);
        CHECK(failure.what() == std::string("there is no exercise \"alhpa\xef\xbf\xbd\"; there are: alpha"));
    }
}

TEST_CASE("the name that was probably meant is guessed") {
    CHECK(edit_distance("", "abc") == 3);
    CHECK(edit_distance("abc", "abc") == 0);
    CHECK(edit_distance("kitten", "sitting") == 3);
    CHECK(edit_distance("atention", "attention") == 1);
    const std::vector<std::string> known = {"attention", "encoder", "hop"};
    CHECK(nearest_name("atention", known) == "attention");
    CHECK(nearest_name("attenntoin", known).empty());  // three
    CHECK(nearest_name("Encodr", known) == "encoder");
    CHECK(nearest_name("xyp", known).empty());
    CHECK(nearest_name("hp", known) == "hop");
    CHECK(nearest_name("x", {}).empty());

    const Scratch scratch;
    scratch.write("exercises/alpha/exercise.toml", good);
    const auto complaint = [](const auto& action) -> Text {
        try {
            action();
        } catch (const Failure& failure) {
            return failure.words;
        }
        return {};
    };
    const auto catalog = load_catalog(scratch.path());
    const Text unknown = complaint([&] { choose(catalog, {"alfa"}); });
    CHECK(unknown.en == "there is no exercise \"alfa\"; did you mean alpha?");
    CHECK(unknown.zh == "没有叫 alfa 的练习；你要的是不是 alpha？");
    const Text far = complaint([&] { choose(catalog, {"xyz"}); });
    CHECK(far.en == "there is no exercise \"xyz\"; there are: alpha");
    CHECK(far.zh == "没有叫 xyz 的练习。现有：alpha");
    const Text part = complaint([&] { choose_part(catalog.front(), "oen"); });
    CHECK(part.en.find("alpha has no part \"oen\"") == 0);
    CHECK(part.zh.find("alpha 没有叫 oen 的部分") == 0);
}
