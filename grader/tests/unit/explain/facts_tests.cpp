// What is said of results that should be equal, and of arguments that had to be refused.
#include <csignal>
#include <string>

#include "qkv/matrix.hpp"

#include "explain/facts.hpp"
#include "harness/catch2.hpp"

using namespace qkv::grader;
using qkv::record::Misfit;

namespace {

std::string message(const Facts& facts, Language language = Language::en) {
    CaseReport report;
    report.verdict = Verdict::failed;
    report.facts = facts;
    return message_for(report, {}, {}, language);
}

bool contains(const std::string& text, const std::string& piece) { return text.find(piece) != std::string::npos; }

}  // namespace

TEST_CASE("arguments that had to be refused are told: the call, and what does not fit") {
    const Facts facts{.fault = Fault::no_exception, .function = "f", .shapes = "2 x 3", .misfit = {"key", "5", "7"}};
    CHECK(message(facts) == "f(2 x 3) should throw std::invalid_argument, but it returned\nkey is 5 here; 7 would fit");
    Facts whole = facts;
    whole.misfit = {};
    CHECK(message(whole) == "f(2 x 3) should throw std::invalid_argument, but it returned");
    whole.expression = "f(a, -1)";
    CHECK(message(whole) == "f(a, -1) should throw std::invalid_argument, but it returned");
}

TEST_CASE("hidden tests know arguments by their number") {
    Facts facts{.fault = Fault::no_exception, .function = "f", .misfit = {"12.norm.gain", "1 x 6", "1 x 7"}};
    CHECK(contains(message(facts), "\nargument 12.norm.gain is 1 x 6 here; 1 x 7 would fit"));
    CHECK(contains(message(facts, Language::zh), "第 12 个参数.norm.gain 是 1 x 6；1 x 7 才合适"));
}

TEST_CASE("what another exception was due for is told behind it") {
    const Misfit misfit{"key", "5 x 6", "5 x 7"};
    for (const Fault fault : {Fault::exception, Fault::eigen_assertion}) {
        Facts facts{.fault = fault, .function = "f", .due = "std::invalid_argument", .misfit = misfit};
        CHECK(contains(message(facts), "std::invalid_argument was due here"));
        CHECK(contains(message(facts), "\nkey is 5 x 6 here; 5 x 7 would fit"));
    }
}

TEST_CASE("of two results that should be equal neither is called right") {
    Facts facts{.fault = Fault::other_value, .expression = "once", .other = "twice"};
    facts.difference.found = "1";
    facts.difference.expected = "2";
    CHECK(contains(message(facts), "once and twice () should be equal"));
    CHECK(contains(message(facts), "\n1 and 2   largest difference"));
    CHECK(!contains(message(facts), "expected"));
    facts.fault = Fault::other_shape;
    facts.difference.found_shape = "1 x 2";
    facts.difference.expected_shape = "2 x 1";
    CHECK(message(facts) == "once is 1 x 2 and twice is 2 x 1; they should be equal");
}

TEST_CASE("an assert of the learner's own is told by its condition, and only where it ended the program") {
    CaseReport report;
    report.verdict = Verdict::crashed;
    report.facts = {.fault = Fault::crash, .function = "softmax_rows", .shapes = "2 x 3", .signal = SIGABRT};
    Exercise exercise;
    exercise.id = "attention";
    report.output = "worker: attention.cpp:7: Matrix softmax_rows(const Matrix&): Assertion `rows > 3' failed.\n";
    const std::string en = message_for(report, exercise, {7, "", ""}, Language::en);
    CHECK(en.find("stopped at its own assert at attention.cpp:7: rows > 3 does not hold") != std::string::npos);
    CHECK(en.find("heap") == std::string::npos);
    CHECK(message_for(report, exercise, {}, Language::zh).find("停在自己写的 assert 上：rows > 3 不成立") !=
          std::string::npos);
    CHECK(printed_by(report).empty());
    report.output = "one\nstep " + report.output + "more\n";
    CHECK(printed_by(report) == "one\nstep more\n");
    report.output = "one\nAssertion `x\nabc";
    CHECK(printed_by(report) == report.output);
    CHECK(message_for(report, exercise, {}, Language::en).find("crashed: signal SIGABRT") != std::string::npos);
    report.output = "worker: a.cpp:7: f: Assertion `rows > 3' failed.\n";
    report.facts.signal = SIGSEGV;
    CHECK(printed_by(report) == report.output);
    CHECK(message_for(report, exercise, {}, Language::en).find("crashed: signal SIGSEGV") != std::string::npos);
}

TEST_CASE("who dies where a refusal was due is told of it") {
    const Facts facts{.fault = Fault::crash, .function = "f", .due = "std::invalid_argument", .signal = 8};
    CHECK(contains(message(facts), "SIGFPE"));
    CHECK(contains(message(facts), "\nstd::invalid_argument was due here: check the arguments first."));
    CHECK(contains(message(facts, Language::zh), "\n这里应当抛出 std::invalid_argument：先检查参数。"));
    CHECK(!contains(message({.fault = Fault::crash, .function = "f", .signal = 8}), "due"));
    for (const Fault fault :
         {Fault::stack_overflow, Fault::eigen_assertion, Fault::out_of_memory, Fault::timeout, Fault::cpu_limit}) {
        CHECK(contains(message({.fault = fault, .function = "f", .due = "std::invalid_argument"}),
                       "\nstd::invalid_argument was due here: check the arguments first."));
        CHECK(!contains(message({.fault = fault, .function = "f"}), "due"));
    }
}

TEST_CASE("a system call that left no trace is told as such, another by its name") {
    CHECK(contains(message({.fault = Fault::forbidden, .function = "f", .system_call = 0}), "the system call "));
    const std::string unknown = message({.fault = Fault::forbidden, .function = "f"});
    CHECK(contains(unknown, "as where a thread (std::thread, std::async)"));
    CHECK(!contains(unknown, "?"));
}

TEST_CASE("an answer to no call is not said to be one to ()") {
    const Facts facts{.fault = Fault::bad_reply, .complaint = qkv::record::Complaint::unasked};
    CHECK(message(facts).starts_with("the answer to a call could not be understood"));
    CHECK(message(facts, Language::zh).starts_with("无法理解 一次调用 的回复"));
}

TEST_CASE("a single number that differs has no row and column") {
    Facts facts{.fault = Fault::difference, .expression = "found.loss"};
    facts.difference = {.found_shape = "1 x 1", .expected = "1.1264", .found = "0.28159", .largest = "0.8448"};
    CHECK(message(facts) == "found.loss\nexpected 1.1264   found 0.28159   error 0.8448");
    CHECK(message(facts, Language::zh) == "found.loss\n应为 1.1264   得到 0.28159   误差 0.8448");
}

TEST_CASE("rows and columns are counted in one way in Chinese") {
    for (const Fault fault : {Fault::difference, Fault::not_finite, Fault::other_value})
        CHECK(contains(message({.fault = fault, .expression = "f"}, Language::zh), "第 0 行、第 0 列（从 0 数起）"));
}
