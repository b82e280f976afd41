#include "diagnosis.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "testing/recorded.hpp"

namespace qkv {

std::map<std::string, Text> load_diagnoses(const Exercise& exercise) {
    std::map<std::string, Text> diagnoses;
    const RecordedOutputs recorded = read_recorded(exercise.folder / "golden" / "mutants.safetensors");
    for (const auto& [key, field] : {std::pair{"diagnosis/en", &Text::en}, {"diagnosis/zh", &Text::zh}}) {
        const auto found = recorded.find(key);
        if (found == recorded.end()) continue;
        for (const auto& [mutant, sentence] : found->second) diagnoses[mutant].*field = sentence.exception;
    }
    return diagnoses;
}

namespace {

/// How the learner's calls speak for and against one mutant.
struct Evidence {
    int equal = 0;                  ///< calls with the mutant's wrong output
    int right = 0;                  ///< calls with the right output where the mutant's is wrong
    int other = 0;                  ///< calls with another wrong output where the mutant's is wrong too
    bool denied_elsewhere = false;  ///< another part is right where the mutant is wrong

    bool convincing() const { return equal > 0 && right == 0 && other == 0; }
    /// Of two mutants with as many calls, the one that the whole exercise agrees with.
    std::pair<int, bool> weight() const { return {equal, !denied_elsewhere}; }
};

std::map<std::string, Evidence> weigh(const PartResult& part) {
    std::map<std::string, Evidence> evidence;
    for (const TestResult& test : part.tests) {
        for (const CallFacts& call : test.report.calls) {
            for (const std::string& mutant : call.wrong) {
                const bool equal = std::ranges::find(call.equal, mutant) != call.equal.end();
                (equal ? evidence[mutant].equal : call.right ? evidence[mutant].right : evidence[mutant].other) += 1;
            }
        }
    }
    return evidence;
}

/// The one sentence that fits best; empty if there is none, or two fit equally well.
std::string best_sentence(const std::map<std::string, Evidence>& evidence, const std::map<std::string, Text>& diagnoses,
                          Language language) {
    std::string best;
    std::pair<int, bool> most = {0, false};
    bool ambiguous = false;
    for (const auto& [mutant, found] : evidence) {
        const auto text = diagnoses.find(mutant);
        if (!found.convincing() || text == diagnoses.end()) continue;
        const std::string& sentence = text->second.in(language);
        if (const auto weight = found.weight(); weight > most) {
            best = sentence;
            most = weight;
            ambiguous = false;
        } else if (weight == most && sentence != best) {
            ambiguous = true;
        }
    }
    return ambiguous ? "" : best;
}

void diagnose_part(PartResult& part, const std::map<std::string, Evidence>& evidence,
                   const std::map<std::string, Text>& diagnoses, Language language) {
    const std::string sentence = best_sentence(evidence, diagnoses, language);
    if (sentence.empty()) return;
    const auto says_it = [&](const std::string& mutant) {
        const auto text = diagnoses.find(mutant);
        return text != diagnoses.end() && text->second.in(language) == sentence;
    };
    for (TestResult& test : part.tests) {
        const auto shows_it = [&](const CallFacts& call) { return std::ranges::any_of(call.equal, says_it); };
        if (test.report.verdict == "failed" && std::ranges::any_of(test.report.calls, shows_it))
            test.diagnosis = sentence;
    }
}

}  // namespace

void diagnose(ExerciseResult& result, const std::map<std::string, Text>& diagnoses, Language language) {
    std::vector<std::map<std::string, Evidence>> all;
    for (const PartResult& part : result.parts) all.push_back(weigh(part));
    for (std::size_t here = 0; here < all.size(); ++here) {
        for (auto& [mutant, evidence] : all[here]) {
            for (const auto& elsewhere : all) {
                const auto found = elsewhere.find(mutant);
                if (found != elsewhere.end() && found->second.right > 0) evidence.denied_elsewhere = true;
            }
        }
        // A blocked part's outputs are the echo of another part's mistake.
        if (result.parts[here].status != "blocked") diagnose_part(result.parts[here], all[here], diagnoses, language);
    }
}

}  // namespace qkv
