// The test cases of a program with both their names; Catch2 knows only the English ones.
#ifndef QKV_TESTING_TEST_NAME_HPP
#define QKV_TESTING_TEST_NAME_HPP

#include <string>

namespace qkv::testing {

/// Objects of this type, one beside each test case, make the program's plan.
struct TestName {
    TestName(const char* english, const char* chinese, const char* tags);
};

/// Empty if the test case has none.
std::string chinese_name(const std::string& english);

}  // namespace qkv::testing

#endif
