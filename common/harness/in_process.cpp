// What stands in for listener and session when tests are built with QKV_IN_PROCESS.
#include <cstdlib>
#include <stdexcept>
#include <string>

#include "qkv/matrix.hpp"
#include "qkv/todo.hpp"

#include "harness/catch2.hpp"
#include "harness/direct_function.hpp"
#include "harness/program.hpp"
#if QKV_CATCH2_VERSION == 3
#include <catch2/catch_translate_exception.hpp>
#endif

#ifdef _WIN32  // ./grade debug is not there
static void qkv_failing_call() {}
#else
/// Where a debugger waits for the call that fails; the next function entered is the learner's.
extern "C" __attribute__((noinline)) void qkv_failing_call() {
    asm volatile("");  // a call to it is never optimised away
}
#endif

namespace qkv::harness {

void begin_direct_call() {
    // Its number comes from the driver; a debugger runs one test case, so the count is that case's.
    static const char* const text = std::getenv("QKV_FAILING_CALL");
    static const int failing_call = text == nullptr ? 0 : std::atoi(text);
    static int calls = 0;
    if (++calls == failing_call) qkv_failing_call();
}

TestName::TestName(const char*, const char*, const char*) {}

void note_difference(const record::Facts&, bool) {}

void note_refusal_due(const std::optional<record::Misfit>&) {}

}  // namespace qkv::harness

void qkv::eigen_assertion_failed(const char* expression, const char* function) {
    throw std::logic_error("an assertion of Eigen failed in " + std::string(function) + ": " + expression);
}

CATCH_TRANSLATE_EXCEPTION(const qkv::NotImplemented& todo) {
    return std::string(todo.function) + " is not written yet: its qkv::todo() was reached";
}
