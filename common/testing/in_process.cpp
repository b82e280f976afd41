// What stands in for listener and session when tests are built with QKV_IN_PROCESS.
#include <stdexcept>
#include <string>

#include "testing/tests.hpp"

namespace qkv {

namespace testing {

TestName::TestName(const char*, const char*, const char*) {}

void note_difference(const Facts&) {}

}  // namespace testing

void eigen_assertion_failed(const char* expression, const char* function) {
    throw std::logic_error(std::string(function) + ": " + expression);
}

}  // namespace qkv
