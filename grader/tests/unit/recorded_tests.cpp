// What the mutants return, kept beside the golden values, and how a learner's call is held against it.
#include <limits>
#include <set>
#include <string>
#include <vector>

#include "qkv/matrix.hpp"

#include "scratch.hpp"
#include "harness/catch2.hpp"
#include "record/recorded.hpp"

namespace {

using namespace qkv;
using namespace qkv::record;
using qkv::tests::Scratch;

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

Outcome numbers(std::vector<double> values) { return {std::move(values), ""}; }

std::vector<double> up_to(int count) {
    std::vector<double> result;
    for (int i = 0; i < count; ++i) result.push_back(i);
    return result;
}

const RecordedOutputs recorded = {
    {"softmax/07",
     {{"reference", numbers({1, 2})},
      {"adds", numbers({1, 3})},
      {"also_adds", numbers({1, 3})},
      {"throws", {{}, "std::out_of_range: no"}}}},
    {"check/01", {{"reference", {{}, "std::invalid_argument: 2 rows"}}, {"throws", {{}, "std::out_of_range: no"}}}}};

CallFacts looked_up(const Outcome& outcome) { return look_up(recorded, "softmax", "07", outcome); }

}  // namespace

TEST_CASE("recorded outputs that were written are read") {
    const Scratch scratch;
    const auto path = scratch.path() / "mutants.safetensors";
    write_recorded(path, recorded);
    const RecordedOutputs read = read_recorded(path);
    REQUIRE(read.size() == 2);
    const auto& outcomes = read.at("softmax/07");
    CHECK(outcomes.size() == 4);
    CHECK(outcomes.at("adds").numbers == std::vector<double>{1, 3});
    CHECK(outcomes.at("throws").exception == "std::out_of_range: no");
    CHECK(outcomes.at("throws").numbers.empty());
}

TEST_CASE("where nothing is recorded there is nothing, but a broken file is told") {
    const Scratch scratch;
    CHECK(read_recorded(scratch.path() / "absent").empty());
    CHECK_THROWS_AS(read_recorded(scratch.write("broken", "no tensors")), std::runtime_error);
}

TEST_CASE("short outputs are kept whole, long ones by some of their numbers") {
    CHECK(abridged(numbers(up_to(256))).numbers == up_to(256));
    const auto kept = abridged(numbers(up_to(5000))).numbers;
    CHECK(kept.size() <= 256);
    CHECK(kept.size() > 200);
    CHECK(std::vector<double>(kept.begin(), kept.begin() + 8) == up_to(8));
    CHECK(kept[8] == 5000);
    CHECK(kept.back() > 4900);
}

TEST_CASE("abridged outputs of different length differ, also where they begin alike") {
    CHECK_FALSE(same_outcome(abridged(numbers(up_to(5000))), abridged(numbers(up_to(5001)))));
    CHECK(same_outcome(abridged(numbers(up_to(5000))), abridged(numbers(up_to(5000)))));
}

TEST_CASE("outcomes are equal up to rounding") {
    CHECK(same_outcome(numbers({1}), numbers({1 + 1e-12})));
    CHECK_FALSE(same_outcome(numbers({1}), numbers({1.001})));
    CHECK_FALSE(same_outcome(numbers({1}), numbers({1, 1})));
    CHECK_FALSE(same_outcome(numbers({}), {{}, "an exception"}));
    CHECK_FALSE(same_outcome({{}, "one"}, {{}, "another"}));
}

TEST_CASE("NaN and infinities equal themselves and nothing else") {
    const std::vector<double> all = {not_a_number, infinity, -infinity, 0, 1e300};
    for (std::size_t i = 0; i < all.size(); ++i) {
        for (std::size_t j = 0; j < all.size(); ++j) {
            INFO(all[i] << " and " << all[j]);
            CHECK(same_outcome(numbers({all[i]}), numbers({all[j]})) == (i == j));
        }
    }
}

TEST_CASE("the reference's output is right, and every mutant is wrong there") {
    const CallFacts facts = looked_up(numbers({1, 2}));
    CHECK(facts.right);
    CHECK(facts.equal.empty());
    CHECK(facts.wrong == std::vector<std::string>{"adds", "also_adds", "throws"});
    CHECK(facts.function == "softmax");
    CHECK(facts.key == "07");
}

TEST_CASE("a mutant's output equals all mutants that return it") {
    const CallFacts facts = looked_up(numbers({1, 3}));
    CHECK_FALSE(facts.right);
    CHECK(facts.equal == std::vector<std::string>{"adds", "also_adds"});
}

TEST_CASE("an exception tells a mutant only where an error was due") {
    const Outcome thrown = {{}, "std::out_of_range: no"};
    CHECK(looked_up(thrown).equal.empty());
    CHECK_FALSE(looked_up(thrown).right);
    CHECK(look_up(recorded, "check", "01", thrown).equal == std::vector<std::string>{"throws"});
    CHECK(look_up(recorded, "check", "01", {{}, "std::invalid_argument: 2 rows"}).right);
}

TEST_CASE("an output of nobody is neither right nor known") {
    const CallFacts facts = looked_up(numbers({7, 7}));
    CHECK_FALSE(facts.right);
    CHECK(facts.equal.empty());
    CHECK(facts.wrong.size() == 3);
}

TEST_CASE("a mutant is wrong only about errors if it returns every value right") {
    CHECK(wrong_only_about_errors(recorded).empty());  // "throws" is wrong about a value too
    RecordedOutputs more = recorded;
    more["check/01"]["accepts"] = numbers({1});
    more["diagnosis/en"]["accepts"] = {{}, "You accept everything."};
    CHECK(wrong_only_about_errors(more) == std::set<std::string>{"accepts"});
}

TEST_CASE("a call that was never recorded says nothing") {
    for (const auto& facts :
         {look_up(recorded, "softmax", "08", numbers({1, 2})), look_up(recorded, "other", "07", {})}) {
        CHECK_FALSE(facts.right);
        CHECK(facts.equal.empty());
        CHECK(facts.wrong.empty());
    }
}
