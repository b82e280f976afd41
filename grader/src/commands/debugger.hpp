// Starts gdb on the learner's file, in-process with the tests, stopped in one call.
#ifndef QKV_COMMANDS_DEBUGGER_HPP
#define QKV_COMMANDS_DEBUGGER_HPP

#include <filesystem>
#include <string>

#include "base/text.hpp"

namespace qkv::grader {

/// Where gdb is to stop.
struct DebugPlace {
    std::filesystem::path tests;         ///< the program with the functions in-process
    std::filesystem::path learner_code;  ///< the learner's code, preloaded into it
    std::filesystem::path printers;      ///< a Python file that shows matrices
    std::string test;                    ///< the English name of the test case
    std::string function;                ///< as C++ names it: attention::softmax_rows
    int call = 1;                        ///< which graded call of the test case, counted from 1
    bool throws = false;                 ///< the call throws: gdb stops at the throw as well
};

/// The path of gdb. Throws Failure (wrong_usage) that says how to install it.
std::string find_debugger();

/// A test case's name as Catch2's command line takes it: commas and brackets have a meaning there.
std::string as_test_spec(const std::string& name);

/// What gdb does before a person takes over. In batch mode it shows the call and ends.
std::string debugger_script(const DebugPlace& place, bool batch);

/// Gives the terminal to gdb; does not return. Throws Failure (wrong_usage) if gdb cannot be started.
[[noreturn]] void become_debugger(const std::string& debugger, const DebugPlace& place);

/// Without a terminal: runs gdb to the place and returns what it shows there.
std::string run_debugger(const std::string& debugger, const DebugPlace& place);

}  // namespace qkv::grader

#endif
