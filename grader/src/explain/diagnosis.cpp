#include "explain/diagnosis.hpp"

#include <algorithm>
#include <set>
#include <vector>

namespace qkv::grader {

namespace {

/// How the learner's calls speak for and against one mutant.
struct Evidence {
    int equal = 0;  ///< calls with the mutant's wrong output
    int right = 0;  ///< calls that are right where the mutant's output is wrong
    int other = 0;  ///< calls with another wrong output there

    bool convincing() const { return equal > 0 && right == 0 && other == 0; }
    /// One of two mistakes: the other one may have changed what is neither right nor the mutant's, but not most calls.
    bool possible() const { return equal > 1 && right == 0 && equal >= other; }
};

std::map<std::string, Evidence> weigh(const PartResult& part) {
    std::map<std::string, Evidence> evidence;
    for (const TestResult& test : part.tests) {
        for (const CallFacts& call : test.report.calls) {
            for (const std::string& mutant : call.wrong) {
                const bool equal = std::ranges::find(call.equal, mutant) != call.equal.end();
                Evidence& found = evidence[mutant];
                (equal ? found.equal : call.right ? found.right : found.other) += 1;
            }
        }
    }
    return evidence;
}

/// The call that the test's message is about; null if it gave no answer.
const CallFacts* told_call(const TestResult& test) {
    const FailingCall& failing = test.report.failing_call;
    const auto index = static_cast<std::size_t>(failing.number - 1);
    if (failing.number < 1 || index >= test.report.calls.size()) return nullptr;
    const CallFacts& call = test.report.calls[index];
    return call.function == failing.function ? &call : nullptr;
}

using Fits = bool (Evidence::*)() const;

/// The one sentence that explains this call best; empty if there is none, or two fit equally well.
std::string best_sentence(const CallFacts& call, const std::map<std::string, Evidence>& evidence, Fits fits,
                          const std::map<std::string, Text>& diagnoses, Language language) {
    std::string best;
    int most = 0;
    bool ambiguous = false;
    for (const std::string& mutant : call.equal) {
        const auto found = evidence.find(mutant);
        const auto text = diagnoses.find(mutant);
        if (found == evidence.end() || !(found->second.*fits)() || text == diagnoses.end()) continue;
        const std::string& sentence = text->second.in(language);
        if (found->second.equal > most) {
            best = sentence;
            most = found->second.equal;
            ambiguous = false;
        } else if (found->second.equal == most && sentence != best) {
            ambiguous = true;
        }
    }
    return ambiguous ? "" : best;
}

void diagnose_part(PartResult& part, const std::map<std::string, Evidence>& evidence,
                   const std::map<std::string, Text>& diagnoses, Language language) {
    TestResult* first = nullptr;
    bool named = false;
    for (TestResult& test : part.tests) {
        const CallFacts* call = test.report.verdict == Verdict::failed ? told_call(test) : nullptr;
        if (call == nullptr) continue;
        if (first == nullptr) first = &test;
        test.diagnosis = best_sentence(*call, evidence, &Evidence::convincing, diagnoses, language);
        named = named || !test.diagnosis.empty();
    }
    // Two mistakes at once: the first test that fails has the simplest arguments, which only one of them may change.
    if (first != nullptr && !named)
        first->diagnosis = best_sentence(*told_call(*first), evidence, &Evidence::possible, diagnoses, language);
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
            if (at_home && ((!found.convincing() && !found.possible()) || part.status == Status::blocked))
                excluded.insert(mutant);
        }
        for (const std::string& mutant : excluded) evidence.erase(mutant);
        if (part.status != Status::blocked) diagnose_part(part, evidence, diagnoses, language);
    }
}

bool about_refusal(const TestResult& test) {
    return test.report.facts.fault == Fault::no_exception || !test.report.facts.due.empty();
}

}  // namespace qkv::grader
