// What a hidden_tests.cpp includes besides tests.hpp: random cases against the reference, which is
// linked into the program and runs beside the worker.
#pragma once

#include <tuple>

#include "testing/cases.hpp"
#include "testing/comparison.hpp"
#include "testing/tests.hpp"

namespace qkv::testing {

/// The learner's function against the reference, for one set of arguments.
template <class Arguments>
void check_case(const auto& learner, auto* reference, const Arguments& arguments) {
    const auto expected = as_matrices(std::apply(reference, arguments));
    REQUIRE_THAT(as_matrices(std::apply(learner, arguments)), Returned(expected));
}

/// The learner's function against the reference on cases of growing size; for `./grade compare` on more
/// of them, and then on the smallest one found that differs.
void check_random_cases(const auto& learner, auto* reference, auto generate, int how_many = 12) {
    if (comparing()) {
        if (const auto drawn = smallest_difference(learner, reference, generate)) {
            Case smallest = *drawn;
            check_case(learner, reference, generate(smallest));
        } else {
            SUCCEED("no difference found");
        }
        return;
    }
    for (int i = 0; i < how_many; ++i) {
        Case drawn(1 + i / 2, harness::session().settings().seed + static_cast<std::uint64_t>(i));
        check_case(learner, reference, generate(drawn));
    }
}

}  // namespace qkv::testing

/// The hidden test of one graded function; its cases come from <exercise>::cases::<function>.
#define QKV_RANDOM_CASES(exercise, function, part)                                                          \
    QKV_TEST("random cases of " #function, "随机用例：" #function, "[" part "]") {                          \
        qkv::testing::check_random_cases(learner::function, exercise::function, exercise::cases::function); \
    }
