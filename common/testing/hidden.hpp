// What a hidden_tests.cpp includes besides tests.hpp: random cases against the reference, which is
// linked into the program and runs beside the worker.
#ifndef QKV_TESTING_HIDDEN_HPP
#define QKV_TESTING_HIDDEN_HPP

#include <tuple>
#include <utility>
#include <vector>

#include "remote/walk.hpp"
#include "testing/cases.hpp"
#include "testing/tests.hpp"

namespace qkv::testing {

/// Visitor that lists a value's parts as matrices, so that one comparer serves all types.
class Matrices {
public:
    std::vector<Matrix> all;

    template <Leaf T>
    void leaf(const T& value) {
        if constexpr (std::is_arithmetic_v<T> || std::is_enum_v<T>) {
            all.push_back(filled(1, 1, static_cast<Scalar>(value)));
        } else if constexpr (std::same_as<T, Mask>) {
            all.push_back(as_matrix(value));
        } else if constexpr (std::same_as<T, std::vector<bool>> || std::same_as<T, std::string>) {
            Matrix row(1, static_cast<Index>(value.size()));
            for (std::size_t i = 0; i < value.size(); ++i)
                row(0, static_cast<Index>(i)) = static_cast<Scalar>(value[i]);
            all.push_back(row);
        } else {
            all.push_back(value);
        }
    }
    void length(const auto& list) { leaf(list.size()); }
    void presence(const auto& optional) { leaf(optional.has_value()); }
};

template <class T>
std::vector<Matrix> as_matrices(const T& value) {
    Matrices matrices;
    walk(value, matrices);
    return matrices.all;
}

/// The seed of this run.
std::uint64_t seed();

/// The learner's function against the reference on cases of growing size.
void check_random_cases(const auto& learner, auto* reference, auto generate, int how_many = 12) {
    for (int i = 0; i < how_many; ++i) {
        Case drawn(1 + i / 2, seed() + static_cast<std::uint64_t>(i));
        const auto arguments = generate(drawn);
        const auto expected = as_matrices(std::apply(reference, arguments));
        const auto actual = as_matrices(std::apply(learner, arguments));
        REQUIRE(actual.size() == expected.size());
        for (std::size_t part = 0; part < expected.size(); ++part) REQUIRE_THAT(actual[part], Equals(expected[part]));
    }
}

}  // namespace qkv::testing

/// The hidden test of one graded function; its cases come from <exercise>::cases::<function>.
#define QKV_RANDOM_CASES(exercise, function, part)                                                          \
    QKV_TEST("random cases of " #function, "随机用例：" #function, "[" part "]") {                          \
        qkv::testing::check_random_cases(learner::function, exercise::function, exercise::cases::function); \
    }

#endif
