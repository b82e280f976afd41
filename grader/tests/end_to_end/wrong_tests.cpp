// Mistakes that are in no list of mutants: each loses its part, and none is explained by a sentence
// that does not fit. Written down in grader/tests/wrong/<id>.toml as changes of the reference.
#include <cstdlib>
#include <filesystem>
#include <set>

#include <toml++/toml.h>

#include "qkv/matrix.hpp"

#include "catalog.hpp"
#include "grader.hpp"
#include "mutants.hpp"
#include "testing/catch2.hpp"

using namespace qkv::tests;
namespace fs = std::filesystem;

namespace {

/// The sentence of a mutant; empty for no mutant.
std::string sentence_of(const std::string& exercise, const std::string& mutant) {
    qkv::Exercise where;
    for (const qkv::Exercise& candidate : qkv::load_catalog(QKV_ROOT)) {
        if (candidate.id == exercise) where = candidate;
    }
    for (const qkv::Mutant& candidate : qkv::load_mutants(where)) {
        if (candidate.id == mutant) return candidate.diagnosis.en;
    }
    return "";
}

std::set<std::string> sentences(const nlohmann::json& result) {
    std::set<std::string> found;
    for (const auto& candidate : result.at("exercises").at(0).at("parts")) {
        for (const auto& test : candidate.at("tests")) {
            if (!test.at("diagnosis").get<std::string>().empty()) found.insert(test.at("diagnosis"));
        }
    }
    return found;
}

/// ./check tries a few, ./check --all every one.
int step(int few) { return std::getenv("QKV_ALL_MISTAKES") == nullptr ? few : 1; }

}  // namespace

TEST_CASE("a learner with a mistake that is listed reads its sentence, four times in five, and never another") {
    int tried = 0, named = 0, count = 0;
    for (const qkv::Exercise& exercise : qkv::load_catalog(QKV_ROOT)) {
        const std::string reference = read_text(exercise.solution / (exercise.id + ".cpp"));
        for (const qkv::Mutant& mutant : qkv::load_mutants(exercise)) {
            if (++count % step(16) != 0) continue;
            const Scratch scratch;
            scratch.write(exercise.id + ".cpp", with(reference, mutant.find, mutant.replace));
            const auto found = sentences(graded({"--submission", scratch.path.string(), exercise.id}).json);
            INFO(exercise.id + ": " + mutant.id);
            for (const std::string& sentence : found) CHECK(sentence == mutant.diagnosis.en);
            ++tried;
            named += found.empty() ? 0 : 1;
        }
    }
    WARN(named << " of " << tried << " mutants are named in words");
    CHECK(5 * named >= 4 * tried);
}

TEST_CASE("mistakes that nobody listed lose their part and get no other mistake's sentence") {
    for (const auto& file : fs::directory_iterator(QKV_TESTS "/wrong")) {
        if (file.path().extension() != ".toml") continue;
        const std::string id = file.path().stem().string();
        if (!is_listed(id)) continue;
        const std::string reference = read_text(QKV_ROOT "/solutions/" + id + "/" + id + ".cpp");
        const auto document = toml::parse(read_text(file.path()));
        int count = 0;
        for (const auto& node : *document["wrong"].as_array()) {
            const auto& wrong = *node.as_table();
            const auto text = [&](const char* key) { return wrong[key].value_or(std::string()); };
            if (++count % step(4) != 0) continue;
            const Scratch scratch;
            scratch.write(id + ".cpp", with(reference, text("find"), text("replace")));
            const Said said = graded({"--submission", scratch.path.string(), id});
            INFO(id + ": " + text("id"));
            CHECK(said.json.at("exercises").at(0).at("build").at("diagnostics").get<std::string>().find("error:") ==
                  std::string::npos);
            CHECK(part(said.json, id, text("part")).at("score") == 0);
            const std::string fitting = sentence_of(id, text("diagnosis_of"));
            for (const std::string& sentence : sentences(said.json)) CHECK(sentence == fitting);
        }
        CHECK(count >= 10);
    }
}
