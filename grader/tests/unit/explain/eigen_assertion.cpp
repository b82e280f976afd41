// What Eigen's assertions do in the unit tests: a test that breaks one fails with this exception.
#include <stdexcept>
#include <string>

#include "qkv/eigen_assert.hpp"

void qkv::eigen_assertion_failed(const char* expression, const char* function) {
    throw std::logic_error(std::string(function) + ": " + expression);
}
