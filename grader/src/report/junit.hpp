// The result as JUnit XML, for the test pages of CI systems.
#pragma once

#include <string>

#include "model/result.hpp"

namespace qkv::grader {

/// One testsuite an exercise, one testcase a test; a part without tests is a testcase too.
std::string to_junit(const Result& result);

}  // namespace qkv::grader
