// What a hidden_tests.cpp includes besides tests.hpp: random cases against the reference, which is linked into the
// program and runs beside the worker. Where the reference refuses arguments, the learner's function must, too.
#pragma once

#include <tuple>

#include "testing/cases.hpp"
#include "testing/comparison.hpp"
#include "testing/misfits.hpp"
#include "testing/strata.hpp"
#include "testing/tests.hpp"

namespace qkv::testing {

/// The default for `may_refuse`: the header leaves nothing open.
struct Never {
    bool operator()(const auto&) const { return false; }
};

/// True if the learner's function throws something; for arguments that it may refuse.
template <class Arguments>
bool throws(const auto& learner, const Arguments& arguments) {
    try {
        std::apply(learner, arguments);
        return false;
    } catch (const harness::CallFailed&) {
        throw;
    } catch (const std::exception&) {
        return true;
    }
}

/// The learner's function against the reference's answer, for one set of arguments.
template <class Arguments>
void check_answer(const auto& learner, const auto& answer, const Arguments& arguments) {
    REQUIRE_THAT(as_matrices(std::apply(learner, arguments)), Returned(as_matrices(answer)));
}

/// True for arguments that the header excludes without saying what happens: nobody is asked. `may_refuse` may know
/// them.
template <class Arguments>
bool is_left_out(const auto& may_refuse, const Arguments& arguments) {
    if constexpr (requires { may_refuse.leaves_out(arguments); }) {
        return may_refuse.leaves_out(arguments);
    } else {
        return false;
    }
}

/// The same for arguments that may be wrong: the reference says whether they are. False if they should have been
/// refused.
template <class Arguments>
bool check_misfit(const auto& learner, auto* reference, const Arguments& arguments, const Change& change,
                  const auto& may_refuse) {
    if (is_left_out(may_refuse, arguments)) return true;
    const auto answer = answer_of(reference, arguments);
    if (!answer) return may_refuse(arguments) || is_refused([&] { std::apply(learner, arguments); }, change);
    if (!may_refuse(arguments) || !throws(learner, arguments)) check_answer(learner, *answer, arguments);
    return true;
}

/// "1", "2", ...: the hidden tests know arguments by their place.
template <class... T>
std::vector<std::string> numbered(const std::tuple<T...>&) {
    std::vector<std::string> names;
    for (std::size_t i = 1; i <= sizeof...(T); ++i) names.push_back(std::to_string(i));
    return names;
}

/// The learner's function against the reference on the cases of the seed's strata and on misfits of them; for
/// `./grade compare` on more cases, and then on the smallest one found that differs. `may_refuse` says of which
/// arguments the header leaves it open whether they are refused.
void check_random_cases(const auto& learner, auto* reference, auto generate, auto may_refuse, bool misfits) {
    if (comparing()) {
        if (const auto drawn = smallest_difference(learner, reference, generate, may_refuse)) {
            Case smallest = *drawn;
            const auto arguments = generate(smallest);
            check_answer(learner, std::apply(reference, arguments), arguments);
        } else {
            SUCCEED("no difference found");
        }
        return;
    }
    for (const Draw& draw : strata([&](Case& drawn) { generate(drawn); }, harness::session().settings().seed)) {
        Case drawn = draw.begin();
        const auto arguments = generate(drawn);
        bool held = check_misfit(learner, reference, arguments, {}, may_refuse);
        const auto see = [&](const Change& change, const auto& misfit) {
            return held = check_misfit(learner, reference, misfit, change, may_refuse);
        };
        if (held && misfits) each_misfit(arguments, numbered(arguments), draw.most_misfits, draw.seed, see);
        if (!held) return;
    }
}

/// The cases alone.
void check_random_cases(const auto& learner, auto* reference, auto generate) {
    check_random_cases(learner, reference, generate, Never{}, false);
}

}  // namespace qkv::testing

/// The hidden test of one graded function; its cases come from <exercise>::cases::<function>.
#define QKV_RANDOM_CASES(exercise, function, part)                                                          \
    QKV_TEST("random cases of " #function, "随机用例：" #function, "[" part "]") {                          \
        qkv::testing::check_random_cases(learner::function, exercise::function, exercise::cases::function); \
    }

/// The same, and of each case some misfits, for functions whose header promises to refuse what does not fit.
/// `may_refuse` says of which arguments (as a tuple) the header leaves that open.
#define QKV_RANDOM_CASES_AND_MISFITS(exercise, function, part, may_refuse)                                             \
    QKV_TEST("random cases of " #function, "随机用例：" #function, "[" part "]") {                                     \
        qkv::testing::check_random_cases(learner::function, exercise::function, exercise::cases::function, may_refuse, \
                                         true);                                                                        \
    }
