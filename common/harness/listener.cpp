// Listens to Catch2, 2 or 3, and tells the session what happens. Part of every tests program.
#define CATCH_CONFIG_EXTERNAL_INTERFACES  // Catch2 2 shows its listeners only then
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <utility>

#include "qkv/matrix.hpp"

#include "harness/catch2.hpp"
#if QKV_CATCH2_VERSION == 3
#include <catch2/catch_test_case_info.hpp>
#include <catch2/reporters/catch_reporter_event_listener.hpp>
#include <catch2/reporters/catch_reporter_registrars.hpp>
#endif
#include "harness/program.hpp"
#include "harness/session.hpp"

namespace qkv::harness {

namespace {

std::vector<PlannedCase>& plan() {
    static std::vector<PlannedCase> the_plan;
    return the_plan;
}

/// What stands in the parentheses if `conversion` is called with everything else; otherwise the expression as it is.
std::string without(const std::string& conversion, const std::string& expression) {
    if (!expression.starts_with(conversion)) return expression;
    std::size_t end = conversion.size();
    for (int open = 1; end < expression.size(); ++end) {
        if (expression[end] == '(') ++open;
        if (expression[end] == ')' && --open == 0) break;
    }
    if (end + 1 != expression.size()) return expression;
    return expression.substr(conversion.size(), end - conversion.size());
}

/// An assertion as a learner reads it: without matcher, expected type and conversion, and without the word for the
/// boundary.
std::string for_learners(std::string expression) {
    for (const char* rest : {", Equals", ", SameAs(", ", std::invalid_argument"})
        expression = expression.substr(0, expression.rfind(rest));
    for (const char* conversion : {"as_matrix(", "one(", "filled(1, 1, ", "static_cast<Scalar>("})
        expression = without(conversion, expression);
    for (std::size_t at; (at = expression.find("learner::")) != std::string::npos;) expression.erase(at, 9);
    return expression;
}

/// Catch2 adds to a whole number above 255 how it looks in hexadecimal: "500 (0x1f4)".
std::string without_hexadecimal(std::string text) {
    for (std::size_t at = 0; (at = text.find(" (0x", at)) != std::string::npos;)
        text.erase(at, text.find(')', at) - at + 1);
    return text;
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

struct Pending {
    Facts facts;
    bool of_call = false;
};
std::optional<Pending> pending_difference;
std::optional<Misfit> refusal_due;

void note_assertion(const Catch::AssertionResult& result) {
    if (result.getResultType() == Catch::ResultWas::ThrewException) {
        const bool error_was_due = std::string(result.getTestMacroName()).find("THROWS_AS") != std::string::npos;
        if (session().note_thrown(error_was_due ? "std::invalid_argument" : "", refusal_due.value_or(Misfit{}))) return;
        session().note(
            {.fault = Fault::assertion, .expression = "no exception in the tests", .expanded = result.getMessage()});
        return;
    }
    Facts facts{.fault = Fault::assertion};
    if (result.getResultType() == Catch::ResultWas::DidntThrowException)
        facts = {.fault = Fault::no_exception, .misfit = refusal_due.value_or(Misfit{})};
    const auto pending = std::exchange(pending_difference, std::nullopt);
    if (pending) facts = pending->facts;
    const bool of_call = pending ? pending->of_call : refusal_due.has_value();
    if (!of_call) facts.expression = for_learners(result.getExpression());
    if (facts.fault == Fault::other_value || facts.fault == Fault::other_shape)
        facts.other = other_of(result.getExpression());
    if (facts.fault == Fault::assertion) facts.expanded = without_hexadecimal(result.getExpandedExpression());
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
        refusal_due.reset();
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

void note_difference(const Facts& facts, bool of_call) { pending_difference = Pending{facts, of_call}; }

/// Names and titles may hold what a learner returned.
void note_picture(record::Picture picture) {
    constexpr std::size_t longest_title = 16384, longest_name = 256;
    for (std::string* title : {&picture.title_en, &picture.title_zh})
        if (title->size() > longest_title) title->resize(longest_title);
    for (auto* names : {&picture.row_names, &picture.column_names, &picture.row_names_zh, &picture.column_names_zh})
        for (std::string& name : *names)
            if (name.size() > longest_name) name.resize(longest_name);
    session().note_picture(std::move(picture));
}

const std::string& given_input() {
    session().note_input();
    return session().settings().input;
}

void note_refusal_due(const std::optional<Misfit>& misfit) { refusal_due = misfit; }

Session& session() try {
    static Session the_session(current_settings(), std::string(golden_folder) + "/mutants.safetensors");
    return the_session;
} catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    std::exit(2);
}

}  // namespace qkv::harness
