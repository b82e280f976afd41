// The shipped course as a whole: a hundred points, one stack.
#include <filesystem>

#include "qkv/matrix.hpp"

#include "base/process.hpp"
#include "grader.hpp"
#include "harness/catch2.hpp"
#include "model/toolchain.hpp"

using namespace qkv::tests;

namespace {

const std::vector<std::string> course = {"attention",      "positional_encoding",  "multi_head_attention",
                                         "encoder",        "transformer",          "vision_transformer",
                                         "memory_network", "neural_turing_machine"};

/// All references as one submission.
void write_references(const Scratch& scratch) {
    for (const std::string& id : course)
        scratch.write(id + ".cpp", read_text(real_kit().root + "/solutions/" + id + "/" + id + ".cpp"));
}

bool says(const Said& said, const std::string& words) { return said.text.find(words) != std::string::npos; }

}  // namespace

TEST_CASE("the eight exercises make a hundred points, and stubs earn none of them") {
    std::vector<std::string> arguments = {"--solutions"};
    arguments.insert(arguments.end(), course.begin(), course.end());
    const Said solved = graded(arguments);
    CHECK(solved.status == 0);
    CHECK(solved.json.at("score") == 100);
    CHECK(solved.json.at("max_score") == 100);
    const Scratch scratch;
    for (const std::string& id : course)
        scratch.write(id + ".cpp", read_text(real_kit().root + "/exercises/" + id + "/stub.cpp"));
    arguments = {"--submission", scratch.path.string()};
    arguments.insert(arguments.end(), course.begin(), course.end());
    const Said untouched = graded(arguments);
    CHECK(untouched.status == 1);
    CHECK(untouched.json.at("score") == 0);
    for (const auto& exercise : untouched.json.at("exercises")) {
        for (const auto& part : exercise.at("parts")) CHECK(part.at("status") == "not_implemented");
    }
}

TEST_CASE("the whole stack of one's own earns everything, and the terminal says so") {
    const Scratch scratch;
    write_references(scratch);
    const std::vector<std::string> arguments = {"--submission", scratch.path.string(), "--own-stack"};
    CHECK(graded(arguments).json.at("score") == 100);
    const Said said = grader({"run", "--submission", scratch.path.string(), "--own-stack"});
    CHECK(said.status == 0);
    CHECK(says(said, "The whole stack is yours"));
    CHECK_FALSE(says(grader({"run", "--submission", scratch.path.string()}), "yours"));
    const Said some = grader({"run", "--submission", scratch.path.string(), "--own-stack", "attention"});
    CHECK_FALSE(says(some, "whole stack"));
}

TEST_CASE("with a broken attention below, what rests on it is blocked or fails, and says why") {
    const Scratch scratch;
    write_references(scratch);
    const std::string right = read_text(scratch.path / "attention.cpp");
    scratch.write("attention.cpp",
                  with(right, "std::sqrt(static_cast<Scalar>(key.cols()))", "static_cast<Scalar>(key.cols())"));
    const Said own = graded({"--submission", scratch.path.string(), "--own-stack"});
    CHECK(own.status == 1);
    int blocked = 0;
    for (const auto& exercise : own.json.at("exercises")) {
        for (const auto& part : exercise.at("parts")) {
            const bool lost = part.at("status") != "passed";
            if (exercise.at("id") != "attention" && lost) {
                CHECK(part.at("status") == "blocked");
                ++blocked;
            }
            for (const auto& test : part.at("tests")) {
                if (test.at("verdict") != "passed") CHECK_FALSE(test.at("message").get<std::string>().empty());
            }
        }
    }
    CHECK(blocked >= 5);
    CHECK(earned(own.json, "positional_encoding").size() == 5);
    CHECK(earned(own.json, "neural_turing_machine").size() == 7);
    const Said text = grader(
        {"run", "--submission", scratch.path.string(), "--own-stack", "attention", "encoder", "multi_head_attention"});
    CHECK(says(text, "divided by d_k"));
    // With the references below, the same mistake costs only its own exercise.
    const Said borrowed = graded({"--submission", scratch.path.string()});
    for (const auto& exercise : borrowed.json.at("exercises")) {
        if (exercise.at("id") != "attention") CHECK(exercise.at("score") == exercise.at("max_score"));
    }
}

TEST_CASE("the expressions that references are made of are compiled once, with the warm header") {
    // What it lacks is compiled again in every file and makes the object ten times as large; these have 24 to 123 KB.
    const auto toolchain = qkv::grader::load_toolchain(real_kit().toolchain);
    for (const std::string& id : course) {
        INFO(id);
        const Scratch scratch;
        scratch.write(id + ".cpp", reference_of(id));
        qkv::grader::Command command;
        command.arguments = {toolchain.clang};
        command.arguments.insert(command.arguments.end(), toolchain.flags.begin(), toolchain.flags.end());
        command.arguments.insert(command.arguments.end(), {"-gline-tables-only", "-O0", "-include-pch",
                                                           toolchain.warm_header.string(), "-c", id + ".cpp"});
        for (const std::string& needed : course) command.arguments.push_back("-I" QKV_ROOT "/exercises/" + needed);
        command.folder = scratch.path.string();
        const auto ended = qkv::grader::run(command);
        INFO(ended.output);
        REQUIRE(ended.exit_code == 0);
        CHECK(std::filesystem::file_size(scratch.path / (id + ".o")) < 200'000);
    }
}
