// Cases are repeated by their choices, and made as small as what they show allows.
#include "testing/shrink.hpp"

#include "harness/catch2.hpp"

using qkv::Case;
using qkv::Choices;
using qkv::Index;
using qkv::Matrix;
using qkv::testing::shrink;

namespace {

Matrix drawn_matrix(Case& drawn) {
    const Index rows = drawn.side(), columns = drawn.side();
    return drawn.matrix(rows, columns);
}

/// The matrix that is left when shrinking one that shows it.
Matrix smallest(const std::function<bool(const Matrix&)>& shows, int most_trials = 4000) {
    for (std::uint64_t seed = 0; seed < 1000; ++seed) {
        Case drawn(8, seed);
        if (!shows(drawn_matrix(drawn))) continue;
        const auto again = [&](Case& other) { return shows(drawn_matrix(other)); };
        Case last(8, seed, shrink(8, seed, drawn.made(), again, most_trials));
        return drawn_matrix(last);
    }
    return {};
}

}  // namespace

TEST_CASE("the same size and seed give the same case, and so do its choices") {
    Case first(5, 7), second(5, 7);
    const Matrix matrix = drawn_matrix(first);
    CHECK(drawn_matrix(second) == matrix);
    Case repeated(5, 99, first.made());
    CHECK(drawn_matrix(repeated) == matrix);
}

TEST_CASE("prescribed choices are brought into range, and drawn where they end") {
    Case drawn(3, 1, Choices{{1000, 1000}, {4 * Choices::one, Choices::one / 2}});
    CHECK(drawn.between(1, 4) == 4);
    CHECK(drawn.side() == Case::longest_side);
    CHECK(drawn.number() == 2);
    CHECK(drawn.number() == 0.5);
    const auto third = drawn.number();
    CHECK((third >= -2 && third <= 2));
    CHECK(drawn.made().values.size() == 3);
}

TEST_CASE("what holds of every case shrinks to a single zero") {
    CHECK(smallest([](const Matrix&) { return true; }) == Matrix::Zero(1, 1));
}

TEST_CASE("a size that is needed stays, the others go") {
    const Matrix left = smallest([](const Matrix& matrix) { return matrix.cols() >= 3; });
    CHECK(left == Matrix::Zero(1, 3));
}

TEST_CASE("a value that is needed becomes the simplest that will do") {
    const Matrix left = smallest([](const Matrix& matrix) { return matrix.size() > 1 && matrix.maxCoeff() > 0.4; });
    CHECK(left.size() == 2);
    CHECK(left.sum() == 1);
}

TEST_CASE("no more trials are made than allowed, and the case left still shows it") {
    int trials = 0;
    const auto counted = [&](const Matrix& matrix) {
        ++trials;
        return matrix.size() >= 2;
    };
    CHECK(smallest(counted, 5).size() >= 2);
    CHECK(trials <= 1000 + 5);
}
