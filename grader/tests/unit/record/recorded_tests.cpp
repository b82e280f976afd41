// What the mutants return, kept beside the golden values, and how a learner's call is held against it.
#include <cmath>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include "qkv/matrix.hpp"

#include "harness/catch2.hpp"
#include "record/recorded.hpp"
#include "record/safetensors.hpp"
#include "scratch.hpp"

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

/// What is wrong with a file.
std::string fault_of(const std::filesystem::path& path) {
    try {
        read_recorded(path);
    } catch (const std::runtime_error& error) {
        return error.what();
    }
    return "accepted";
}

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
    CHECK(outcomes.at("adds").exception.empty());
    CHECK(outcomes.at("throws").exception == "std::out_of_range: no");
    CHECK(outcomes.at("throws").numbers.empty());
    CHECK(read.at("check/01").at("reference").exception == "std::invalid_argument: 2 rows");
}

TEST_CASE("NaN, infinities and outputs without numbers are kept") {
    const Scratch scratch;
    const auto path = scratch.path() / "mutants.safetensors";
    const RecordedOutputs strange = {
        {"f/1",
         {{"reference", numbers({})}, {"a", numbers({not_a_number, -infinity, infinity, not_a_number, 1e300})}}}};
    write_recorded(path, strange);
    const RecordedOutputs read = read_recorded(path);
    CHECK(read.at("f/1").at("reference").numbers.empty());
    CHECK(same_outcome(read.at("f/1").at("a"), strange.at("f/1").at("a")));
    write_recorded(path, {});
    CHECK(read_recorded(path).empty());
}

TEST_CASE("what occurs again and again is stored once") {
    const Scratch scratch;
    RecordedOutputs many;
    for (int call = 0; call < 100; ++call) {
        auto& outcomes = many["softmax_of_everything/" + std::to_string(call)];
        for (const char* who : {"reference", "a_mutant_with_a_long_name", "another_mutant_with_a_long_name"})
            outcomes[who] = numbers({1, 2, 0.123456789, 0.987654321});
    }
    write_recorded(scratch.path() / "a", many);
    // 16 bits an index: three outcomes of seven each call, its name and their number; a name of at most 25 bytes.
    CHECK(std::filesystem::file_size(scratch.path() / "a") < 100 * (2 * (3 * 7 + 2) + 25) + 500);
}

TEST_CASE("where nothing is recorded there is nothing, but a broken file is told") {
    const Scratch scratch;
    CHECK(read_recorded(scratch.path() / "absent").empty());
    CHECK_THROWS_AS(read_recorded(scratch.write("broken", "no tensors")), std::runtime_error);
}

TEST_CASE("a file that was cut short is refused, wherever") {
    const Scratch scratch;
    const auto path = scratch.path() / "a";
    write_recorded(path, recorded);
    for (auto size = std::filesystem::file_size(path); size-- > 0;) {
        std::filesystem::resize_file(path, size);
        INFO(size);
        CHECK(fault_of(path).starts_with(path.string() + ": "));
    }
}

TEST_CASE("indices that point nowhere or end early are refused, whatever they say") {
    const Scratch scratch;
    const auto path = scratch.path() / "a";
    write_recorded(path, recorded);
    const Tensors whole = read_safetensors(path);
    REQUIRE(whole.at("outcomes").indices.size() > 20);
    for (std::size_t i = 0; i < whole.at("outcomes").indices.size(); ++i) {
        INFO(i);
        Tensors changed = whole;
        changed.at("outcomes").indices[i] = 0xffffffff;  // also as a number of outcomes or numbers
        write_safetensors(path, changed);
        CHECK(fault_of(path) == path.string() + ": the recorded outputs are damaged");
    }
}

TEST_CASE("indices that end within a call are refused") {
    const Scratch scratch;
    const auto path = scratch.path() / "a";
    write_recorded(path, recorded);
    Tensors changed = read_safetensors(path);
    auto& indices = changed.at("outcomes").indices;
    int accepted = 0;
    while (!indices.empty()) {
        indices.pop_back();
        changed.at("outcomes").shape = {std::ssize(indices)};
        write_safetensors(path, changed);
        accepted += fault_of(path) == "accepted" ? 1 : 0;
    }
    CHECK(accepted == 2);  // one call of two, and none
}

TEST_CASE("a file without one of the arrays, or without a right output, is refused") {
    const Scratch scratch;
    const auto path = scratch.path() / "a";
    write_recorded(path, recorded);
    const Tensors whole = read_safetensors(path);
    for (const char* name : {"texts", "numbers", "outcomes"}) {
        Tensors changed = whole;
        changed.erase(name);
        write_safetensors(path, changed);
        CHECK(fault_of(path) == path.string() + ": there is no array named " + name);
    }
    write_recorded(path, {{"f/1", {{"adds", numbers({1})}}}});
    CHECK(fault_of(path) == path.string() + ": a call's right output is missing");
}

TEST_CASE("short outputs are kept whole, long ones by some of their numbers") {
    CHECK(abridged(numbers(up_to(12))).numbers == up_to(12));
    for (const int size : {13, 24, 100, 5000}) {
        const auto kept = abridged(numbers(up_to(size))).numbers;
        INFO(size);
        CHECK(kept.size() == 12);
        CHECK(std::vector<double>(kept.begin(), kept.begin() + 4) == up_to(4));
        CHECK(kept[4] == size);
        // The rest, from every stretch; kept[5] is the sum.
        const double stretch = (size - 4) / 6.0;
        for (int i = 0; i < 6; ++i) {
            CHECK(kept[static_cast<std::size_t>(6 + i)] >= 4 + std::floor(i * stretch));
            CHECK(kept[static_cast<std::size_t>(6 + i)] < 4 + (i + 1) * stretch);
        }
    }
}

TEST_CASE("the sum of long outputs has fixed weights") {
    // minstd_rand of the C++ standard: x * 48271 mod 2^31 - 1, from 1.
    const double first = 48271 / 2147483646.0, second = 182605794 / 2147483646.0;
    std::vector<double> values(20, 0.0);
    values[0] = 2;
    CHECK(abridged(numbers(values)).numbers[5] == 2 * first);
    values[1] = infinity;
    CHECK(abridged(numbers(values)).numbers[5] == 2 * first + 0.2468013579246 * second);
}

TEST_CASE("abridged outputs of different length differ, also where they begin alike") {
    CHECK_FALSE(same_outcome(abridged(numbers(up_to(5000))), abridged(numbers(up_to(5001)))));
    CHECK(same_outcome(abridged(numbers(up_to(5000))), abridged(numbers(up_to(5000)))));
}

TEST_CASE("one number that differs is noticed, wherever it is, also beside NaN and infinities") {
    std::vector<double> values = up_to(100);
    values[20] = not_a_number;
    values[30] = -infinity;
    const Outcome whole = abridged(numbers(values));
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (i == 20 || i == 30) continue;
        INFO(i);
        for (const double other : {values[i] + 1e-3, not_a_number, infinity, -infinity}) {
            auto changed = values;
            changed[i] = other;
            CHECK_FALSE(same_outcome(abridged(numbers(changed)), whole));
        }
        auto rounded = values;
        rounded[i] += 1e-13;
        CHECK(same_outcome(abridged(numbers(rounded)), whole));
    }
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
