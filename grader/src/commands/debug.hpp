// Starts gdb on the learner's file, in-process with the tests, stopped in one call.
#pragma once

#include <filesystem>
#include <string>

namespace qkv::grader {

/// Where gdb is to stop.
struct DebugPlace {
    std::filesystem::path tests;         ///< the program with the functions in-process
    std::filesystem::path learner_code;  ///< the learner's code, preloaded into it
    std::filesystem::path scripts;       ///< the folder of gdb's script, and of the one that shows matrices
    std::string test;                    ///< the English name of the test case
    std::string function;                ///< as C++ names it: attention::softmax_rows
    int call = 1;                        ///< which graded call of the test case, counted from 1
    bool throws = false;                 ///< the call throws: gdb stops at the throw as well
};

/// A test case's name as Catch2's command line takes it: commas and brackets have a meaning there.
std::string as_test_spec(const std::string& name);

/// What gdb does before a person takes over. In batch mode it shows the call and ends.
std::string debugger_script(const DebugPlace& place, bool batch);

}  // namespace qkv::grader
