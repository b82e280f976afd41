// What the tests tell the driver about one test case: facts, not sentences. One JSON line each.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "record/picture.hpp"

namespace qkv::record {

/// What became of a test case; the names are those of the result's JSON.
enum class Verdict {
    none,  ///< not known yet
    passed,
    failed,
    not_implemented,
    crashed,
    timed_out,
    out_of_memory,
    forbidden,
    bad_reply,
    not_run,
};
std::string name_of(Verdict verdict);

/// Why a test case is not passed; each has its sentence in the driver.
enum class Fault {
    none,
    difference,
    not_finite,
    shape,
    length,
    other_value,  ///< of two results of the learner's, neither known to be right
    other_shape,
    assertion,
    no_exception,
    exception,
    eigen_assertion,
    crash,
    sanitizer,
    stack_overflow,
    exit,
    timeout,
    cpu_limit,
    timed_out_before,
    exercise_limit,
    out_of_memory,
    forbidden,
    bad_reply,
    mask_never_set,
    todo,
    missing,
    no_assertion,
};

/// What is wrong with a reply that could not be understood.
enum class Complaint {
    none,
    unasked,         ///< it came without a call
    cut_short,       ///< it ends in the middle
    bad_exception,   ///< it describes an exception in a wrong way
    no_function,     ///< it names no function
    unknown_kind,    ///< it is of an unknown kind
    wrong_type,      ///< it is not what the function returns
    unknown_format,  ///< it is not in the grader's format
    other_call,      ///< it answers another call
    too_large,       ///< it is larger than 64 MiB
    closed,          ///< the channel was closed
};

/// What a call returned that ordinary numbers do not explain, traced to where it was first made.
enum class Origin { none, nan, infinity };

/// Where two values differ first and where most; positions count from 0. Numbers are written with as few digits as tell
/// them apart.
struct Difference {
    std::string expected_shape, found_shape;  ///< "2 x 3"; of lists, their lengths
    std::int64_t row = 0, column = 0, largest_row = 0, largest_column = 0;
    std::string expected, found, largest;
    std::string relative;  ///< the largest error as the tolerance measures it: |a - b| / (1 + |b|)
    bool floats = false;   ///< each number found is a float, not each expected one, and not all are as short as 1.5
    std::int64_t wrong = 0, size = 0;  ///< elements that differ, and all
};

/// What is wrong with arguments that had to be refused.
struct Misfit {
    std::string argument;      ///< by its name, "key"; in hidden tests by its number, "2", "3.norm.gain"
    std::string wrong, right;  ///< "5 x 6", "5 x 7"
};

/// The facts of one fault; what does not belong to its kind is empty.
struct Facts {
    Fault fault = Fault::none;
    std::string function, shapes;  ///< the call it is about, and the shapes of its arguments
    std::string due;               ///< the exception that was due, if one was
    std::string expression;        ///< of an assertion of the tests; empty: what the call returned
    std::string expanded;          ///< the same with its values
    std::string other;             ///< what `expression` should equal, if that is a result too
    Misfit misfit;                 ///< where an exception was due for one
    Difference difference;
    std::string type, message;  ///< of what was thrown
    std::string todo;           ///< the function that is not written
    Complaint complaint = Complaint::none;
    int signal = 0, exit_status = 0, system_call = -1;
    double seconds = 0;                    ///< the limit that was reached
    Origin origin = Origin::none;          ///< `addresses` tell where it was made
    std::string report;                    ///< of a sanitizer
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
    Verdict verdict = Verdict::none;
    double seconds = 0;
    Facts facts;
    std::vector<CallFacts> calls;
    std::string output;     ///< what the learner's code printed
    SmallestCase smallest;  ///< only when comparing
    FailingCall failing_call;
    std::vector<Picture> pictures;  ///< of a scene
    bool took_input = false;        ///< the scene asked for what the reader wants to see
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
