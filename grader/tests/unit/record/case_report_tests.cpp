// The lines in which a tests program reports to the driver.
#include <cmath>
#include <limits>
#include <stdexcept>
#include <string>

#include "qkv/matrix.hpp"

#include "harness/catch2.hpp"
#include "record/case_report.hpp"

namespace {

using namespace qkv::record;

CaseReport report() {
    CaseReport report;
    report.name_en = "each row sums to one";
    report.name_zh = "每一行的和为一";
    report.tags = {"softmax_rows", "slow"};
    report.verdict = Verdict::failed;
    report.seconds = 0.25;
    report.facts = {.fault = Fault::difference,
                    .due = "2\n\"x\"",
                    .complaint = Complaint::closed,
                    .system_call = 7,
                    .origin = Origin::infinity,
                    .addresses = {0x10, ~std::uint64_t{0}}};
    report.facts.difference.row = 1;
    report.facts.difference.relative = "inf";
    report.facts.difference.floats = true;
    report.facts.other = "twice";
    report.facts.misfit = {"key", "5 x 6", "5 x 7"};
    report.output = "printed\n";
    report.failing_call = {2, "softmax_rows", "(2 x 4)"};
    report.calls.push_back({"softmax_rows", "00ff", false, {"a"}, {"a", "b"}, {{1.5, -2}, ""}});
    report.calls.push_back({"softmax_rows", "0100", true, {}, {}, {{}, "std::range_error: no"}});
    return report;
}

CaseReport there_and_back(const CaseReport& written) {
    RunReport run;
    add_line(run, to_line(written));
    return run.cases.at(0);
}

}  // namespace

TEST_CASE("a report comes back as it was") {
    const CaseReport back = there_and_back(report());
    CHECK(back.name_en == "each row sums to one");
    CHECK(back.name_zh == "每一行的和为一");
    CHECK(back.tags == report().tags);
    CHECK((back.verdict == Verdict::failed));
    CHECK(back.seconds == 0.25);
    CHECK((back.facts.fault == Fault::difference));
    CHECK(back.facts.due == "2\n\"x\"");
    CHECK((back.facts.complaint == Complaint::closed));
    CHECK((back.facts.origin == Origin::infinity));
    CHECK(back.facts.system_call == 7);
    CHECK(back.facts.difference.row == 1);
    CHECK(back.facts.difference.relative == "inf");
    CHECK(back.facts.difference.floats);
    CHECK(back.facts.other == "twice");
    CHECK(back.facts.misfit.argument == "key");
    CHECK(back.facts.misfit.wrong == "5 x 6");
    CHECK(back.facts.misfit.right == "5 x 7");
    CHECK(back.facts.addresses == report().facts.addresses);
    CHECK(back.output == "printed\n");
    CHECK(back.failing_call.number == 2);
    CHECK(back.failing_call.function == "softmax_rows");
    CHECK(back.failing_call.shapes == "(2 x 4)");
    REQUIRE(back.calls.size() == 2);
    CHECK(back.calls[0].function == "softmax_rows");
    CHECK(back.calls[0].key == "00ff");
    CHECK_FALSE(back.calls[0].right);
    CHECK(back.calls[0].equal == std::vector<std::string>{"a"});
    CHECK(back.calls[0].wrong == std::vector<std::string>{"a", "b"});
    CHECK(back.calls[0].outcome.numbers == std::vector<double>{1.5, -2});
    CHECK(back.calls[1].right);
    CHECK(back.calls[1].outcome.exception == "std::range_error: no");
}

TEST_CASE("numbers that JSON does not know come back") {
    const double infinity = std::numeric_limits<double>::infinity();
    CaseReport written = report();
    written.calls[0].outcome.numbers = {std::nan(""), infinity, -infinity, -0.0, 0.1, 5e-324};
    const auto back = there_and_back(written).calls[0].outcome.numbers;
    REQUIRE(back.size() == 6);
    CHECK(std::isnan(back[0]));
    CHECK(back[1] == infinity);
    CHECK(back[2] == -infinity);
    CHECK(std::signbit(back[3]));
    CHECK(back[4] == 0.1);
    CHECK(back[5] == 5e-324);
}

TEST_CASE("a line is one line of ASCII, whatever a learner prints or throws") {
    CaseReport written = report();
    written.output = std::string("\xff\xc0\x80 line\r\n\0 \xe2\x80\xa8", 14);
    written.facts.message = "\xf5";
    written.calls[1].outcome.exception = "\x80";
    const std::string line = to_line(written);
    CHECK(line.find_first_of("\r\n") == std::string::npos);
    for (const char letter : line) REQUIRE((letter >= ' ' && letter <= '~'));
    const CaseReport back = there_and_back(written);
    CHECK(back.output.find(" line\r\n") != std::string::npos);
    CHECK(back.facts.message == "\xef\xbf\xbd");
}

TEST_CASE("plan, reports and end are told apart") {
    RunReport run;
    add_line(run, to_line(std::vector<PlannedCase>{{"one", "一", "[a]"}, {"two", "", "[b][c]"}}));
    add_line(run, to_line(report()));
    add_line(run, to_line(report()));
    CHECK_FALSE(run.complete);
    add_line(run, end_line());
    CHECK(run.complete);
    REQUIRE(run.plan.size() == 2);
    CHECK(run.plan[0].name_zh == "一");
    CHECK(run.plan[1].tags == "[b][c]");
    CHECK(run.cases.size() == 2);
}

TEST_CASE("other lines are refused, and change nothing") {
    const std::string whole = to_line(report());
    RunReport run;
    for (const std::string& line :
         {std::string(), std::string("x"), std::string("null"), std::string("[]"), std::string("{}"),
          std::string("\"end\""), std::string(R"({"plan": 5})"), std::string(R"({"plan": [{"en": "x"}]})"),
          std::string(R"({"case": {"name_en": 1}})"), whole.substr(0, whole.size() - 1), whole + "x"}) {
        INFO(line);
        CHECK_THROWS_AS(add_line(run, line), std::invalid_argument);
    }
    CHECK(run.cases.empty());
    CHECK(run.plan.empty());
    CHECK_FALSE(run.complete);
}

TEST_CASE("a number that is none is refused") {
    std::string line = to_line(report());
    const std::size_t at = line.find("-2.0");
    REQUIRE(at != std::string::npos);
    RunReport run;
    CHECK_THROWS_AS(add_line(run, line.replace(at, 4, "\"x\"")), std::invalid_argument);
}
