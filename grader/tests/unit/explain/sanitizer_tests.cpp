// What sanitizers say, cut down to what a learner needs. The samples are what clang 14 prints, shortened; two
// lines are as later versions have them.
#include <algorithm>
#include <string>

#include "qkv/matrix.hpp"

#include "explain/sanitizer.hpp"
#include "explain/tables.hpp"
#include "harness/catch2.hpp"

namespace {

using namespace qkv::grader;
using Tool = SanitizerTool;

const std::string heap_overflow = R"(=================================================================
==21139==ERROR: AddressSanitizer: heap-buffer-overflow on address 0x604000000080 at pc 0x555555ab1ae7 bp 0x7ffe sp 0x7ffd
READ of size 8 at 0x604000000080 thread T0
    #0 0x555555ab1ae6  (/kit/build/dev/workers/c4b7/worker+0x55dae6) (BuildId: b5b2d32c3e805ad3)
    #1 0x7ffff7a45249  (/lib/x86_64-linux-gnu/libc.so.6+0x27249) (BuildId: 93ac61ec5a8eb139)
    #2 0x555555ac4f0d  (/kit/build/dev/workers/c4b7/worker+0x570f0d)

0x604000000080 is located 0 bytes to the right of 48-byte region [0x604000000050,0x604000000080)
allocated by thread T0 here:
    #0 0x555555a7dafe  (/kit/build/dev/workers/c4b7/worker+0x529afe)

SUMMARY: AddressSanitizer: heap-buffer-overflow (/kit/build/dev/workers/c4b7/worker+0x55dae6)
Shadow bytes around the buggy address:
  0x0c087fff8000: fa fa 00 00 00 00 00 00
)";

const std::string double_free = R"(==7==ERROR: AddressSanitizer: attempting double-free on 0x603000000040 in thread T0:
    #0 0x1  (/w/worker+0x1)
0x603000000040 is located 0 bytes inside of 24-byte region [0x603000000040,0x603000000058)
freed by thread T0 here:
    #0 0x2  (/w/worker+0x2)
previously allocated by thread T0 here:
    #0 0x3  (/w/worker+0x3)
SUMMARY: AddressSanitizer: double-free (/w/worker+0x1)
)";

const std::string scope =
    R"(==7==ERROR: AddressSanitizer: stack-use-after-scope on address 0x7ffff5c00028 at pc 0x1 bp 0x2 sp 0x3
WRITE of size 16 at 0x7ffff5c00028 thread T0
    #0 0x1  (/w/worker+0x10)
Address 0x7ffff5c00028 is located in stack of thread T0 at offset 40 in frame
    #0 0x2  (/w/worker+0x20)
  This frame has 3 object(s):
    [32, 56) 'ref.tmp' (line 10) <== Memory access at offset 40 is inside this variable
    [96, 152) 'other' (line 11)
SUMMARY: AddressSanitizer: stack-use-after-scope (/w/worker+0x10)
)";

const std::string overflow =
    R"(attention.cpp:20:15: runtime error: signed integer overflow: 2147483647 + 1 cannot be represented in type 'int'
    #0 0x1  (/w/worker+0x10)
SUMMARY: UndefinedBehaviorSanitizer: undefined-behavior attention.cpp:20:15 in
)";

SanitizerReport undefined(const std::string& sentence) {
    return read_sanitizer_report("attention.cpp:20:15: runtime error: " + sentence + "\n");
}

SanitizerReport address(const std::string& kind) {
    return read_sanitizer_report("==7==ERROR: AddressSanitizer: " + kind + " on address 0x1\n");
}

const SourceLine known = {"attention.cpp", 17, "softmax_rows"};

bool has(const std::string& text, const std::string& piece) { return text.find(piece) != std::string::npos; }

}  // namespace

TEST_CASE("a read behind the end: what, where in the learner's file, and what it means") {
    const SanitizerReport report = read_sanitizer_report(heap_overflow);
    CHECK((report.tool == Tool::address));
    CHECK(report.kind == "heap-buffer-overflow");
    CHECK(report.access == "READ of size 8");
    CHECK(report.stack == std::vector<std::uint64_t>{0x55dae6, 0x570f0d});
    CHECK(has(sanitizer_message(report, known, "softmax_rows((3 x 2))", Language::en),
              "softmax_rows((3 x 2)) crashed: AddressSanitizer: heap-buffer-overflow (READ of size 8)\n"
              "at attention.cpp:17 in softmax_rows\nCheck the index and the size"));
    CHECK(has(sanitizer_message(report, known, "f()", Language::zh), "\n在 attention.cpp 第 17 行（softmax_rows）\n"));
}

TEST_CASE("only the stack of the mistake is read: not where memory came from and went, nor a variable's frame") {
    const SanitizerReport freed = read_sanitizer_report(double_free);
    CHECK(freed.kind == "double-free");
    CHECK(freed.stack == std::vector<std::uint64_t>{1});
    CHECK(read_sanitizer_report(scope).stack == std::vector<std::uint64_t>{0x10});
    CHECK(has(sanitizer_message(read_sanitizer_report(scope), known, "f()", Language::en),
              "\nDo not use auto: write Matrix y = f(x) * w; or end it with .eval()."));
}

TEST_CASE("UBSan names the place itself") {
    const SanitizerReport report = read_sanitizer_report(overflow);
    CHECK((report.tool == Tool::undefined));
    CHECK(report.file == "attention.cpp");
    CHECK(report.line == 20);
    CHECK(has(report.kind, "2147483647 + 1"));
}

TEST_CASE("the usual kinds are explained in both languages, in at most five lines") {
    for (const SanitizerReport& report :
         {address("heap-buffer-overflow"),
          address("stack-buffer-overflow"),
          address("stack-buffer-underflow"),
          address("global-buffer-overflow"),
          address("heap-use-after-free"),
          address("stack-use-after-scope"),
          address("stack-use-after-return"),
          address("attempting double-free"),
          address("alloc-dealloc-mismatch"),
          address("stack-overflow"),
          address("SEGV"),
          undefined("signed integer overflow: 1 + 2 cannot be ..."),
          undefined("shift exponent 40 is too large for 32-bit type 'int'"),
          undefined("left shift of negative value -1"),
          undefined("load of null pointer of type 'double'"),
          undefined("load of misaligned address 0x1 for type 'double'"),
          undefined("execution reached the end of a value-returning function without returning a value"),
          undefined("execution reached an unreachable program point"),
          undefined("index 3 out of bounds for type 'double[3]'"),
          undefined("load of value 7, which is not a valid value for type 'bool'"),
          undefined("division by zero"),
          undefined("1e+300 is outside the range of representable values of type 'int'"),
          read_sanitizer_report("==ERROR: libstdc++: assertion-failed __n < this->size()\n")}) {
        INFO(report.kind);
        const Text* meaning = meaning_of(report.tool == SanitizerTool::address     ? "sanitizer_address"
                                         : report.tool == SanitizerTool::undefined ? "sanitizer_undefined"
                                                                                   : "sanitizer_library",
                                         report.kind);
        REQUIRE(meaning != nullptr);
        for (const Language language : {Language::en, Language::zh}) {
            const std::string message = sanitizer_message(report, known, "f()", language);
            CHECK(std::ranges::count(message, '\n') < 5);
            CHECK(has(message, meaning->in(language)));
        }
    }
}

TEST_CASE("a report that is none, or is made to harm, is short and clean") {
    for (const std::string& text :
         {std::string(), std::string("printed\n"), std::string(1 << 20, '('),
          "==7==ERROR: AddressSanitizer: \x1b[31m" + std::string(100'000, 'x'), heap_overflow.substr(0, 300),
          std::string("a:9999999999999999999:1: runtime error: ?"),
          "==7==ERROR: AddressSanitizer: x\n" + std::string(100'000, '#')}) {
        const SanitizerReport report = read_sanitizer_report(text);
        CHECK(report.stack.size() <= 48);
        const std::string message = sanitizer_message(report, {}, "f()", Language::en);
        CHECK(message.size() < 1000);
        CHECK_FALSE(has(message, "\x1b"));
    }
    CHECK((read_sanitizer_report("printed\n").tool == Tool::none));
}
