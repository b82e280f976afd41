// An exercise.toml, a mutants.toml and a quiz.toml of any content: read, or refused by Failure (kit_fault). What can be
// read of a quiz is asked, and answered with the same bytes.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "../unit/scratch.hpp"
#include "base/failure.hpp"
#include "model/catalog.hpp"
#include "model/mutants.hpp"
#include "quiz/quiz.hpp"

namespace {

void expect_no_other_exception(const auto& load) {
    try {
        load();
    } catch (const qkv::grader::Failure& failure) {
        if (failure.status != qkv::grader::kit_fault) std::abort();
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const qkv::tests::Scratch scratch;
    const std::string text(reinterpret_cast<const char*>(data), size);
    scratch.write("exercises/alpha/exercise.toml", text);
    scratch.write("solutions/alpha/mutants.toml", text);
    expect_no_other_exception([] { qkv::grader::load_catalog(scratch.path()); });
    expect_no_other_exception([] {
        qkv::grader::Exercise exercise;
        exercise.id = "alpha";
        exercise.solution = scratch.path() / "solutions" / "alpha";
        exercise.parts.resize(1);
        exercise.parts[0].id = "one";
        qkv::grader::load_mutants(exercise);
    });
    expect_no_other_exception([&] {
        const auto file = scratch.write("exercises/alpha/quiz.toml", text);
        for (const auto& question : qkv::grader::load_quiz(file, "alpha", {}).questions) {
            qkv::grader::judge(question, text);
            qkv::grader::judge(question, question.answer.en);
            qkv::grader::choices(question);
        }
    });
    return 0;
}
