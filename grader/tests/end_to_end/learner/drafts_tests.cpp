// What a first draft gets to read when it does not compile is true, whichever compiler complains; and what it is
// advised to write compiles and gives what it should.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

#include <toml++/toml.h>

#include "qkv/matrix.hpp"

#include "base/process.hpp"
#include "build/worker.hpp"
#include "explain/compiler.hpp"
#include "explain/tables.hpp"
#include "grader.hpp"
#include "harness/catch2.hpp"
#include "model/toolchain.hpp"

using namespace qkv::tests;
using qkv::grader::Language;

namespace {

struct Draft {
    std::string line, says;
};

std::vector<Draft> load_drafts() {
    std::vector<Draft> drafts;
    const toml::table file = toml::parse_file(QKV_TEST_DATA "/messages/drafts.toml");
    for (const toml::node& node : *file["draft"].as_array()) {
        const toml::table& entry = *node.as_table();
        drafts.push_back({entry["line"].value_or(""), entry["says"].value_or("")});
    }
    return drafts;
}

/// How the kit's compiler, or g++, is called for one file. Looking at it is enough: nothing is written.
std::vector<std::string> compiler(const qkv::grader::Toolchain& toolchain, bool clang) {
    std::vector<std::string> step = {clang ? toolchain.clang : qkv::grader::find_compiler("g++")};
    step.insert(step.end(), toolchain.flags.begin(), toolchain.flags.end());
    if (clang) step.insert(step.end(), {"-fno-spell-checking", "-include-pch", toolchain.warm_header.string()});
    step.emplace_back("-I" QKV_ROOT "/exercises/attention");
    step.insert(step.end(), {"-include", "attention.hpp", "-Wall", "-Wextra"});
    return step;
}

std::string told(const qkv::grader::Toolchain& toolchain, bool clang, const Draft& draft,
                 const std::filesystem::path& folder) {
    std::filesystem::create_directories(folder);
    std::ofstream(folder / "attention.cpp")
        << "#include \"attention.hpp\"\n\n#include <cmath>\n#include <stdexcept>\n\nnamespace attention {\n\n"
           "Matrix softmax_rows(const Matrix& scores) {\n    "
        << draft.line << "\n    return scores;\n}\n\n}  // namespace attention\n";
    qkv::grader::Command command;
    command.arguments = compiler(toolchain, clang);
    command.arguments.insert(command.arguments.end(), {"-fsyntax-only", "attention.cpp"});
    command.folder = folder.string();
    command.environment = {{"LC_ALL", "C.UTF-8"}};
    const auto ended = qkv::grader::run(command);
    const auto words = qkv::grader::explain_error(ended.output, "attention", "attention.cpp");
    return (ended.exit_code == 0 ? "it compiles\n" : words.in(Language::en) + "\n" + words.in(Language::zh) + "\n") +
           ended.output.substr(0, 600);
}

}  // namespace

TEST_CASE("a first draft is told what is true, by clang's words and by g++'s") {
    std::vector<Draft> drafts = load_drafts();
    // ./check tries a few, ./check --all every one.
    if (!everything()) {
        std::vector<Draft> few;
        for (std::size_t i = 3; i < drafts.size(); i += 32) few.push_back(drafts[i]);
        drafts = few;
    }
    const Scratch scratch;
    const auto toolchain = qkv::grader::load_toolchain(real_kit().toolchain);
    std::vector<std::string> said(2 * drafts.size());
    qkv::grader::in_parallel(said.size(), std::max(1U, std::thread::hardware_concurrency()), [&](std::size_t i) {
        said[i] = told(toolchain, i % 2 == 0, drafts[i / 2], scratch.path / std::to_string(i));
    });
    for (std::size_t i = 0; i < said.size(); ++i) {
        INFO(drafts[i / 2].line << "\nshould say: " << drafts[i / 2].says << "\nbut says: " << said[i]);
        const std::string en = said[i].substr(0, said[i].find('\n'));
        CHECK(en.find(drafts[i / 2].says) != std::string::npos);
        const std::string zh = said[i].substr(std::min(said[i].size(), en.size() + 1));
        CHECK(qkv::grader::width(zh.substr(0, zh.find('\n'))) > 0);
        CHECK_FALSE(zh.starts_with(en));
    }
}

TEST_CASE("what is not declared is not looked for among all names that are spelt alike") {
    // Looking, clang tries Eigen on the whole C library for a minute and asks "did you mean 'scalb'?".
    const Scratch scratch;
    scratch.write("counting.cpp",
                  with(read_text(proven_kit().root + "/exercises/counting/stub.cpp"), "qkv::todo()", "values / scale"));
    const Said said = grader({"run", "--submission", scratch.path.string(), "counting"}, proven_kit());
    INFO(said.text);
    CHECK(said.text.find("use of undeclared identifier 'scale'") != std::string::npos);
    CHECK(said.text.find("did you mean") == std::string::npos);
}

TEST_CASE("what is advised compiles and gives what it should, and is what is advised") {
    const Scratch scratch;
    const auto toolchain = qkv::grader::load_toolchain(real_kit().toolchain);
    for (const bool clang : {true, false}) {
        if (!clang && !everything()) continue;
        qkv::grader::Command command;
        // The kit's clang reads its warm header, whose object is another file's: compiled without it here.
        command.arguments = {clang ? toolchain.clang : qkv::grader::find_compiler("g++")};
        for (const std::string& flag : toolchain.flags) command.arguments.push_back(flag);
        command.arguments.insert(command.arguments.end(), {QKV_TEST_DATA "/messages/advice.cpp", "-o", "advice"});
        command.folder = scratch.path.string();
        const auto built = qkv::grader::run(command);
        INFO(built.output);
        REQUIRE(built.exit_code == 0);
        command.arguments = {(scratch.path / "advice").string()};
        const auto ended = qkv::grader::run(command);
        INFO(ended.output);
        CHECK(ended.exit_code == 0);
        std::istringstream pieces(ended.output);
        for (std::string piece; std::getline(pieces, piece);) {
            INFO(piece);
            for (const auto& language : qkv::grader::languages) {
                const auto holds = [&](const qkv::grader::Meaning& meaning) {
                    std::string words = qkv::grader::say(meaning.words, language.language, "ID");
                    return words.find(piece) != std::string::npos;
                };
                CHECK(std::ranges::any_of(qkv::grader::meanings("compile_error"), holds));
            }
        }
    }
}
