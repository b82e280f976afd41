// The learners' copy of the real kit: what must not be in it, what must be, and that it grades.
#include <set>
#include <sstream>

#include "base/text.hpp"

#include "a_handout.hpp"

#include "harness/catch2.hpp"

using namespace qkv::grader;
using namespace qkv::tests;
namespace fs = std::filesystem;

namespace {

std::vector<std::string> lines_of(const std::string& text) {
    std::istringstream stream(text);
    std::vector<std::string> lines;
    for (std::string line; std::getline(stream, line);) lines.push_back(stripped(line));
    return lines;
}

std::string squeezed(std::string text) {
    std::erase_if(text, [](char byte) { return byte == ' ' || byte == '\n'; });
    return text;
}

/// What a grading says, but for how long it took.
nlohmann::json without_times(nlohmann::json json) {
    if (json.is_object()) json.erase("seconds");
    if (json.is_structured()) {
        for (auto& inner : json) inner = without_times(inner);
    }
    return json;
}

/// The bodies of a reference's functions that are longer than an idiom, without spaces.
std::vector<std::string> bodies_of(const std::string& reference) {
    std::vector<std::string> bodies;
    for (std::size_t end = 0; (end = reference.find("\n}\n", end + 1)) != std::string::npos;) {
        const std::size_t begin = reference.rfind(") {\n", end);
        // The head that is not indented, not one of a loop.
        std::size_t head = begin;
        while (head != std::string::npos) {
            const std::size_t line = reference.rfind('\n', head) + 1;
            if (reference[line] != ' ' || reference.compare(line, 9, "         ") == 0) break;
            head = line < 5 ? std::string::npos : reference.rfind(") {\n", line - 2);
        }
        if (head == std::string::npos) continue;
        const std::string body = squeezed(reference.substr(head + 3, end - head - 3));
        if (body.size() >= 60) bodies.push_back(body);
    }
    return bodies;
}

}  // namespace

TEST_CASE("nothing of a solution is in the copy, and nothing is missing that learners need") {
    const Scratch scratch;
    const fs::path copy = scratch.path / "copy";
    const Said said = handout(real_kit(), {copy.string()});
    INFO(said.text);
    REQUIRE(said.status == 0);
    const auto files = tree(copy);
    for (const char* name :
         {"grade", "check", "README.md", "exercises/attention/golden/mutants.safetensors",
          "exercises/attention/diagnoses.toml", "exercises/word_pronunciation/model/model.safetensors",
          "exercises/attention/scenes.cpp", "exercises/attention/quiz.toml", ".handout"})
        CHECK(files.contains(name));
    std::string all, legitimate, shown;
    for (const auto& [path, text] : files) {
        INFO(path);
        CHECK(path.find("solution") == std::string::npos);
        for (const char* name : {"mutants.toml", "hidden_tests.cpp", "cases.hpp", "golden.py", "random_cases.py"})
            CHECK((fs::path(path).filename() != name || path == "common/testing/cases.hpp"));
        if (text.find('\0') != std::string::npos) continue;
        const bool meant = path.starts_with("exercises/") &&
                           (path.ends_with("stub.cpp") || path.ends_with(".hpp") || path.ends_with(".md"));
        (meant ? shown : all) += text + "\n";
    }
    const std::string everything = squeezed(all + shown);
    const auto lines = lines_of(all);
    const std::set<std::string> given(lines.begin(), lines.end());
    std::size_t looked_at = 0, bodies = 0;
    for (const auto& folder : fs::directory_iterator(QKV_ROOT "/solutions")) {
        const std::string id = folder.path().filename();
        const std::string reference = read_text(folder.path() / (id + ".cpp"));
        for (const std::string& line : lines_of(reference)) {
            const bool idiom = line.starts_with("for (") || line.starts_with("using ") || line.starts_with("//") ||
                               line.starts_with("#include") || line.find_first_of("(=") == std::string::npos;
            if (line.size() <= 30 || idiom || shown.find(line) != std::string::npos) continue;
            ++looked_at;
            if (given.contains(line)) FAIL_CHECK(id << ": " << line);
        }
        for (const std::string& body : bodies_of(reference)) {
            ++bodies;
            if (everything.find(body) != std::string::npos) FAIL_CHECK(id << ": " << body);
        }
    }
    CHECK(looked_at > 600);
    CHECK(bodies > 120);

    CHECK(shell("git log --format=%H | wc -l", copy) == "1");
    CHECK(shell("git status --porcelain --ignored", copy).empty());
    // Every object is of that commit: the commit, its folders, its files.
    CHECK(shell("git cat-file --batch-all-objects --batch-check='%(objectname)' | sort | md5sum", copy) ==
          shell("git rev-list --objects HEAD | cut -d ' ' -f 1 | sort | md5sum", copy));
    CHECK(shell("sha256sum --check --quiet .handout", copy).empty());
    const std::string readme = files.at("README.md");
    CHECK(readme.find("## This copy") != std::string::npos);
    for (const char* words : {"<!--", "-->", "For instructors", "./grade compare", "--solutions   "})
        CHECK(readme.find(words) == std::string::npos);
}

TEST_CASE("links in the copy's pages lead somewhere") {
    const Scratch scratch;
    const fs::path copy = scratch.path / "copy";
    REQUIRE(handout(real_kit(), {copy.string()}).status == 0);
    const auto files = tree(copy);
    std::size_t checked = 0;
    for (const auto& [path, text] : files) {
        if (!path.ends_with(".md")) continue;
        if (text.find("```sh\n```") != std::string::npos) FAIL_CHECK(path << " has a block without commands");
        for (std::size_t at = 0; (at = text.find("](", at)) != std::string::npos; ++at) {
            const std::string link = text.substr(at + 2, text.find_first_of(")#", at) - at - 2);
            if (link.empty() || link.find_first_of(": ") != std::string::npos) continue;
            ++checked;
            const fs::path there = (copy / fs::path(path).parent_path() / link).lexically_normal();
            if (!fs::exists(there)) FAIL_CHECK(path << " leads to " << link);
        }
    }
    CHECK(checked > 100);
}

TEST_CASE("a copy grades as the kit does on one's own stack") {
    const Scratch scratch, submission;
    const fs::path copy = scratch.path / "copy";
    REQUIRE(handout(real_kit(), {copy.string()}).status == 0);
    submission.write("attention.cpp", with(reference_of("attention"), "weights.row(i) /= weights.row(i).sum();", ""));
    submission.write("multi_head_attention.cpp", reference_of("multi_head_attention"));
    submission.write("positional_encoding.cpp", reference_of("positional_encoding"));
    submission.write("encoder/encoder.cpp", "int main( {");
    const std::vector<std::string> arguments = {"--own-stack", "--submission",         submission.path.string(),
                                                "attention",   "multi_head_attention", "positional_encoding",
                                                "encoder"};
    const Said whole = graded(arguments), there = graded(arguments, {copy.string(), real_kit().toolchain});
    CHECK(whole.status == there.status);
    REQUIRE(whole.json.at("exercises").size() == 4);
    CHECK(without_times(whole.json).at("exercises") == without_times(there.json).at("exercises"));
    CHECK(whole.json.at("score") == there.json.at("score"));
    // The mistake is named from what is recorded.
    CHECK_FALSE(part(there.json, "attention", "softmax_rows").at("tests")[0].at("message").empty());
}
