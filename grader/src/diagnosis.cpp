#include "diagnosis.hpp"

#include <algorithm>
#include <set>
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
    int equal = 0;  ///< calls with the mutant's wrong output
    int other = 0;  ///< calls with another output, right or wrong, where the mutant's is wrong

    bool convincing() const { return equal > 0 && other == 0; }
};

std::map<std::string, Evidence> weigh(const PartResult& part) {
    std::map<std::string, Evidence> evidence;
    for (const TestResult& test : part.tests) {
        for (const CallFacts& call : test.report.calls) {
            for (const std::string& mutant : call.wrong) {
                const bool equal = std::ranges::find(call.equal, mutant) != call.equal.end();
                (equal ? evidence[mutant].equal : evidence[mutant].other) += 1;
            }
        }
    }
    return evidence;
}

/// The one sentence that fits best; empty if there is none, or two fit equally well.
std::string best_sentence(const std::map<std::string, Evidence>& evidence, const std::map<std::string, Text>& diagnoses,
                          Language language) {
    std::string best;
    int most = 0;
    bool ambiguous = false;
    for (const auto& [mutant, found] : evidence) {
        const auto text = diagnoses.find(mutant);
        if (!found.convincing() || text == diagnoses.end()) continue;
        const std::string& sentence = text->second.in(language);
        if (found.equal > most) {
            best = sentence;
            most = found.equal;
            ambiguous = false;
        } else if (found.equal == most && sentence != best) {
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
    // Code that stops where a result is due stops where an error is due too: that tells nothing about its checks.
    const auto stops = [](const TestResult& test, bool due) {
        return test.report.facts.kind == "eigen_assertion" && test.report.facts.values.contains("due") == due;
    };
    const bool stops_anyway =
        std::ranges::any_of(part.tests, [&](const TestResult& test) { return stops(test, false); });
    for (TestResult& test : part.tests) {
        if (stops_anyway && stops(test, true)) continue;
        const auto shows_it = [&](const CallFacts& call) { return std::ranges::any_of(call.equal, says_it); };
        if (test.report.verdict == "failed" && std::ranges::any_of(test.report.calls, shows_it))
            test.diagnosis = sentence;
    }
}

}  // namespace

void diagnose(ExerciseResult& result, const std::map<std::string, Text>& diagnoses, Language language) {
    // A mutant is at home in the first part where it is wrong. A learner who is right there, or whose
    // outputs there are the echo of an earlier mistake, did not make it.
    std::set<std::string> met, excluded;
    for (PartResult& part : result.parts) {
        auto evidence = weigh(part);
        for (const auto& [mutant, found] : evidence) {
            const bool at_home = met.insert(mutant).second;
            if (at_home && (!found.convincing() || part.status == "blocked")) excluded.insert(mutant);
        }
        for (const std::string& mutant : excluded) evidence.erase(mutant);
        if (part.status != "blocked") diagnose_part(part, evidence, diagnoses, language);
    }
}

}  // namespace qkv
