// Listens to Catch2, 2 or 3, and tells the session what happens. Part of every tests program.
#define CATCH_CONFIG_EXTERNAL_INTERFACES  // Catch2 2 shows its listeners only then
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <utility>

#include "qkv/matrix.hpp"

#include "testing/catch2.hpp"
#if QKV_CATCH2_VERSION == 3
#include <catch2/catch_test_case_info.hpp>
#include <catch2/reporters/catch_reporter_event_listener.hpp>
#include <catch2/reporters/catch_reporter_registrars.hpp>
#endif
#include "testing/session.hpp"
#include "testing/test_name.hpp"
#include "testing/tests.hpp"

namespace qkv::testing {

namespace {

std::vector<PlannedCase>& plan() {
    static std::vector<PlannedCase> the_plan;
    return the_plan;
}

/// An assertion as a learner reads it: without the matcher, and without the word for the boundary.
std::string for_learners(std::string expression) {
    expression = expression.substr(0, expression.rfind(", Equals"));
    const std::size_t other = expression.rfind(", SameAs(");
    if (other != std::string::npos) expression = expression.substr(0, other);
    for (std::size_t at; (at = expression.find("learner::")) != std::string::npos;) expression.erase(at, 9);
    return expression;
}

std::vector<std::string> tags_of(const Catch::TestCaseInfo& info) {
    std::vector<std::string> tags;
#if QKV_CATCH2_VERSION == 3
    for (const auto& tag : info.tags) tags.emplace_back(tag.original.begin(), tag.original.end());
#else
    tags = info.tags;
#endif
    return tags;
}

/// Catch2 2 has no skipped assertions.
auto skipped(const auto& counts) {
    if constexpr (requires { counts.skipped; })
        return counts.skipped;
    else
        return 0;
}

/// The second of two results that should be equal.
std::string other_of(const std::string& expression) {
    constexpr std::string_view matcher = ", SameAs(";
    const std::size_t begin = expression.rfind(matcher);
    if (begin == std::string::npos) return "";
    return for_learners(expression.substr(begin + matcher.size(), expression.size() - begin - matcher.size() - 1));
}

std::optional<Facts> pending_difference;
std::map<std::string, std::string> refusal_due;

void note_assertion(const Catch::AssertionResult& result) {
    if (result.getResultType() == Catch::ResultWas::ThrewException) {
        const bool error_was_due = std::string(result.getTestMacroName()).find("THROWS_AS") != std::string::npos;
        auto due = refusal_due;
        if (error_was_due) due["due"] = "std::invalid_argument";
        if (session().note_thrown(due)) return;
        session().note(
            {"assertion", {{"expression", "no exception in the tests"}, {"expanded", result.getMessage()}}, {}});
        return;
    }
    Facts facts{"assertion", {}, {}};
    if (result.getResultType() == Catch::ResultWas::DidntThrowException) facts = {"no_exception", refusal_due, {}};
    if (pending_difference) facts = *std::exchange(pending_difference, std::nullopt);
    facts.values["expression"] = for_learners(result.getExpression());
    if (facts.kind.starts_with("other_")) facts.values["other"] = other_of(result.getExpression());
    if (facts.kind == "assertion") facts.values["expanded"] = result.getExpandedExpression();
    facts.values["line"] = std::to_string(result.getSourceInfo().line);
    session().note(facts);
}

#if QKV_CATCH2_VERSION == 3
using ListenerBase = Catch::EventListenerBase;
#else
using ListenerBase = Catch::TestEventListenerBase;
#endif

struct Listener : ListenerBase {
    using ListenerBase::ListenerBase;

    void testRunStarting(const Catch::TestRunInfo&) override { session().begin_run(plan()); }
    void testCaseStarting(const Catch::TestCaseInfo& info) override {
        pending_difference.reset();
        refusal_due.clear();
        session().begin_case(info.name, chinese_name(info.name), tags_of(info));
    }
    void testCaseEnded(const Catch::TestCaseStats& stats) override {
        const auto& counts = stats.totals.assertions;
        const bool held = counts.failed == 0 && counts.failedButOk == 0;
        session().end_case(held, counts.passed + counts.failed + counts.failedButOk > 0 && skipped(counts) == 0);
    }
    void testRunEnded(const Catch::TestRunStats&) override { session().end_run(); }

#if QKV_CATCH2_VERSION == 3
    void assertionEnded(const Catch::AssertionStats& stats) override {
        if (!stats.assertionResult.isOk()) note_assertion(stats.assertionResult);
    }
#else
    void assertionStarting(const Catch::AssertionInfo&) override {}
    bool assertionEnded(const Catch::AssertionStats& stats) override {
        if (!stats.assertionResult.isOk()) note_assertion(stats.assertionResult);
        return true;
    }
#endif
};

CATCH_REGISTER_LISTENER(Listener)

}  // namespace

TestName::TestName(const char* english, const char* chinese, const char* tags) {
    plan().push_back({english, chinese, tags});
}

std::string chinese_name(const std::string& english) {
    const auto same = [&](const PlannedCase& planned) { return planned.name_en == english; };
    const auto found = std::ranges::find_if(plan(), same);
    return found == plan().end() ? "" : found->name_zh;
}

void note_difference(const Facts& facts) { pending_difference = facts; }

void note_refusal_due(const std::map<std::string, std::string>& why) { refusal_due = why; }

Session& session() try {
    static Session the_session(current_settings(), std::string(golden_folder) + "/mutants.safetensors");
    return the_session;
} catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    std::exit(2);
}

}  // namespace qkv::testing
