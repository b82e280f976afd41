// Many at once, with nothing built yet.
#include <string>
#include <vector>

#include "qkv/matrix.hpp"

#include "base/process.hpp"
#include "grader.hpp"
#include "harness/catch2.hpp"

using namespace qkv::tests;

TEST_CASE("drivers that build one file at once all give its verdict, and nothing of the others is seen") {
    const std::string right = read_text(proven_kit().root + "/solutions/counting/counting.cpp");
    for (const auto& [text, status] : {std::pair{right, 0}, std::pair{right + "\nnot C++", 1}}) {
        const Scratch scratch;
        // Words that no grading before has met.
        scratch.write("counting.cpp", text + "\n// " + scratch.path.string());
        Command command;
        command.arguments = {QKV_GRADER, "--root",       proven_kit().root,     "--toolchain", proven_kit().toolchain,
                             "run",      "--submission", scratch.path.string(), "--part",      "counting/running_sums"};
        command.seconds = 300;
        std::vector<Ended> ended(6);
        qkv::grader::in_parallel(ended.size(), 6, [&](std::size_t i) { ended[i] = run(command); });
        for (const Ended& one : ended) {
            INFO(one.output);
            CHECK(one.exit_code == status);
            CHECK(one.output == ended.front().output);
            CHECK(one.output.find("learner.o") == std::string::npos);
        }
    }
}
