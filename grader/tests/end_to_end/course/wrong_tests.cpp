// Mistakes that are in no list of mutants: each loses its part, and none is explained by a sentence
// that does not fit. Written down in grader/tests/data/wrong/<id>.toml as changes of the reference; `hidden` marks
// those that only the hidden tests see, at every seed.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <set>
#include <thread>

#include <toml++/toml.h>

#include "qkv/matrix.hpp"

#include "base/process.hpp"
#include "grader.hpp"
#include "grading/grade.hpp"
#include "harness/catch2.hpp"
#include "model/catalog.hpp"
#include "model/mutants.hpp"

using namespace qkv::tests;
namespace fs = std::filesystem;

namespace {

/// The sentence of a mutant; empty for no mutant.
std::string sentence_of(const std::string& exercise, const std::string& mutant) {
    qkv::grader::Exercise where;
    for (const qkv::grader::Exercise& candidate : qkv::grader::load_catalog(QKV_ROOT)) {
        if (candidate.id == exercise) where = candidate;
    }
    for (const qkv::grader::Mutant& candidate : qkv::grader::load_mutants(where)) {
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
int step(int few) { return everything() ? 1 : few; }

/// A reference with one mistake in it, and what its learner would read.
struct Trial {
    std::string exercise, id, part, source;
    std::set<std::string> fitting;  ///< the sentences that may be shown
    std::string seed;               ///< of the hidden tests; empty: visible tests only
    nlohmann::json result;
};

/// Grades them all, as many at once as there are processors.
void grade_all(std::vector<Trial>& trials) {
    qkv::grader::in_parallel(trials.size(), std::max(1U, std::thread::hardware_concurrency()), [&](std::size_t i) {
        const Scratch scratch;
        scratch.write(trials[i].exercise + ".cpp", trials[i].source);
        std::vector<std::string> arguments = {"--submission", scratch.path.string(), trials[i].exercise};
        if (!trials[i].seed.empty()) arguments.insert(arguments.end(), {"--hidden", "--seed", trials[i].seed});
        trials[i].result = graded(arguments).json;
    });
}

}  // namespace

TEST_CASE("a learner with a mistake that is listed reads its sentence, four times in five, and never another") {
    std::vector<Trial> trials;
    int count = 0, named = 0;
    for (const qkv::grader::Exercise& exercise : qkv::grader::load_catalog(QKV_ROOT)) {
        if (!is_examined(exercise.id)) continue;
        const std::string reference = reference_of(exercise.id);
        for (const qkv::grader::Mutant& mutant : qkv::grader::load_mutants(exercise)) {
            const std::string source = with(reference, mutant.find, mutant.replace);  // what it changes is still there
            if (++count % step(48) != 0) continue;  // verify has looked at each, but not as a learner does
            trials.push_back({exercise.id, mutant.id, mutant.part, source, {mutant.diagnosis.en}, "", nullptr});
        }
    }
    grade_all(trials);
    for (const Trial& trial : trials) {
        INFO(trial.exercise + ": " + trial.id);
        const auto found = sentences(trial.result);
        for (const std::string& sentence : found) {
            INFO(sentence);
            CHECK(trial.fitting.contains(sentence));
        }
        named += found.empty() ? 0 : 1;
    }
    WARN(named << " of " << trials.size() << " mutants are named in words");
    CHECK(5 * named >= 4 * static_cast<int>(trials.size()));
}

TEST_CASE("mistakes that nobody listed lose their part and get no other mistake's sentence") {
    std::vector<Trial> trials;
    for (const auto& file : fs::directory_iterator(QKV_TEST_DATA "/wrong")) {
        if (file.path().extension() != ".toml") continue;
        const std::string id = file.path().stem().string(), reference = reference_of(id);
        if (!is_examined(id)) continue;
        const auto document = toml::parse(read_text(file.path()));
        int count = 0;
        for (const auto& node : *document["wrong"].as_array()) {
            const auto& wrong = *node.as_table();
            const auto text = [&](const char* key) { return wrong[key].value_or(std::string()); };
            const std::string source =
                with(reference, text("find"), text("replace"));  // what it changes is still there
            if (++count % step(32) != 0) continue;
            const std::set<std::string> fitting = {sentence_of(id, text("diagnosis_of")),
                                                   sentence_of(id, text("or_of"))};
            const bool hidden = wrong["hidden"].value_or(false);
            std::vector<std::string> seeds = {hidden ? "1" : ""};
            if (hidden && everything()) seeds = {"1", "2", "3"};
            for (const std::string& seed : seeds)
                trials.push_back({id, text("id"), text("part"), source, fitting, seed, nullptr});
        }
        INFO(id);
        CHECK(count >= 10);
    }
    grade_all(trials);
    for (const Trial& trial : trials) {
        INFO(trial.exercise + ": " + trial.id);
        CHECK(trial.result.at("exercises").at(0).at("build").at("ok") == true);
        CHECK(part(trial.result, trial.exercise, trial.part).at("score") == 0);
        for (const std::string& sentence : sentences(trial.result)) {
            INFO(sentence);
            CHECK(trial.fitting.contains(sentence));
        }
    }
}
