// What the tests tell the driver about one test case: facts, not sentences. One JSON line each.
#ifndef QKV_RECORD_CASE_REPORT_HPP
#define QKV_RECORD_CASE_REPORT_HPP

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace qkv::record {

/// Why a test case is not passed. `kind` says which words to use, `values` fill them.
struct Facts {
    std::string kind;  ///< "", difference, assertion, no_exception, exception, crash, ...
    std::map<std::string, std::string> values;
    std::vector<std::uint64_t> addresses;  ///< call stack in the worker, innermost first
};

/// What one call returned: the numbers of a value, or the type of an exception.
struct Outcome {
    std::vector<double> numbers;
    std::string exception;
};

/// One call of a graded function, held against what the mutants return for the same arguments.
struct CallFacts {
    std::string function;
    std::string key;                 ///< hash of the arguments
    bool right = false;              ///< equals the reference
    std::vector<std::string> equal;  ///< mutants whose wrong output this is
    std::vector<std::string> wrong;  ///< mutants that are wrong on these arguments
    Outcome outcome;                 ///< only when recording
};

/// The smallest generated case in which a learner's function and the reference differ, as C++.
struct SmallestCase {
    std::string function;
    std::vector<std::string> arguments;
    std::string expected;
    std::string found;     ///< empty if nothing was returned
    std::size_t size = 0;  ///< shapes and numbers of the arguments
};

/// The call of a graded function at which a test case went wrong, for debuggers.
struct FailingCall {
    int number = 0;  ///< counted from 1 within the test case; 0: none
    std::string function;
    std::string shapes;  ///< of its arguments
};

struct CaseReport {
    std::string name_en, name_zh;
    std::vector<std::string> tags;
    std::string verdict;
    double seconds = 0;
    Facts facts;
    std::vector<CallFacts> calls;
    std::string output;     ///< what the learner's code printed
    SmallestCase smallest;  ///< only when comparing
    FailingCall failing_call;
};

/// A test case that the program holds, known before it runs.
struct PlannedCase {
    std::string name_en, name_zh;
    std::string tags;  ///< as Catch2 writes them: "[one][two]"
};

/// All that one run of a tests program said.
struct RunReport {
    std::vector<PlannedCase> plan;
    std::vector<CaseReport> cases;
    bool complete = false;  ///< the program came to its end
};

/// Lines of JSON without line breaks: the plan first, then each test case, then the end.
std::string to_line(const std::vector<PlannedCase>& plan);
std::string to_line(const CaseReport& report);
std::string end_line();

/// Adds what a line says. Throws std::invalid_argument if it is none of these.
void add_line(RunReport& report, const std::string& line);

}  // namespace qkv::record

#endif
