// The numbers, the hash and the shapes by which calls are told apart.
#include <cmath>
#include <optional>
#include <string>
#include <vector>

#include "wire/flatten.hpp"

#include "harness/catch2.hpp"

namespace {

using namespace qkv;
using namespace qkv::wire;

std::vector<double> numbers(const auto&... arguments) {
    Flattened leaves;
    (walk(arguments, leaves), ...);
    return leaves.numbers;
}

std::uint64_t key(const auto&... arguments) { return hash(numbers(arguments...)); }

std::string shapes(const auto&... arguments) {
    Shapes all;
    (walk(arguments, all), ...);
    return all.text;
}

Matrix matrix(Index rows, Index columns) {
    Matrix result(rows, columns);
    for (Index i = 0; i < result.size(); ++i) result.data()[i] = static_cast<Scalar>(i + 1);
    return result;
}

}  // namespace

TEST_CASE("of very many arguments only the first shapes are named") {
    const std::string text = shapes(std::vector<Matrix>(1000, matrix(2, 3)), 7);
    CHECK(text.substr(0, 16) == "{(2 x 3), (2 x 3");
    CHECK(text.size() < 600);
}

TEST_CASE("a number among the arguments is told apart from every other") {
    CHECK(shapes(1., 0.5, -2.25, 10000., 0.1, 3) == "1, 0.5, -2.25, 10000, 0.1, 3");
    CHECK(shapes(-1e-9, 1 - 1e-9, 1 + 1e-6) == "-1e-09, 0.999999999, 1.000001");
    CHECK(shapes(0.1f) == "0.1");
}

TEST_CASE("a value's numbers are its shape and then its elements, row by row") {
    CHECK(numbers(matrix(2, 2)) == std::vector<double>{2, 2, 1, 2, 3, 4});
    CHECK(numbers(std::vector<bool>{true, false}) == std::vector<double>{2, 1, 0});
    CHECK(numbers(std::optional<int>(), std::optional<int>(7)) == std::vector<double>{0, 1, 7});
    CHECK(numbers(TokenIds{4, 5}) == std::vector<double>{2, 4, 5});
    CHECK(numbers(std::string("A"), true) == std::vector<double>{1, 65, 1});
}

TEST_CASE("equal values have equal hashes") {
    CHECK(key(matrix(2, 3), 0.5) == key(matrix(2, 3), 0.5));
    const Matrix transposed_twice = matrix(3, 4).transpose().eval().transpose();
    CHECK(key(transposed_twice) == key(matrix(3, 4)));
}

TEST_CASE("another element, shape or order gives another hash") {
    Matrix changed = matrix(2, 3);
    changed(1, 2) += 1;
    CHECK(key(changed) != key(matrix(2, 3)));
    CHECK(key(matrix(3, 2)) != key(matrix(2, 3)));
    CHECK(key(matrix(1, 6)) != key(matrix(6, 1)));
    CHECK(key(matrix(0, 2)) != key(matrix(0, 3)));
    CHECK(key(matrix(2, 3), matrix(3, 2)) != key(matrix(3, 2), matrix(2, 3)));
    CHECK(key(TokenIds{1, 2}) != key(TokenIds{2, 1}));
    CHECK(key(TokenIds{1}, TokenIds{}) != key(TokenIds{}, TokenIds{1}));
    CHECK(key(std::optional<int>()) != key(std::optional<int>(0)));
}

TEST_CASE("negative zero counts as zero") {
    CHECK(std::signbit(-0.0));
    CHECK(key(-0.0) == key(0.0));
    CHECK(key(Matrix(-Matrix::Zero(2, 2))) == key(Matrix(Matrix::Zero(2, 2))));
}

// Recorded outputs are kept under these hashes, so they must never change.
TEST_CASE("the hash is FNV-1a over little-endian doubles") {
    CHECK(hash({}) == 0xcbf29ce484222325U);
    CHECK(hash({1, 2.5}) == 0x2f2034ea1c68fe1cU);
}

TEST_CASE("a number is not rounded to another: what is nearly 1 is not told as 1, nor what is small as 0") {
    CHECK(shapes(std::nextafter(1.0, 0.0), 1e-9) == "0.9999999999999999, 1e-09");
    CHECK(shapes(std::nextafter(1.0F, 0.0F)) == "0.99999994");
}

TEST_CASE("shapes are written as a learner writes them") {
    CHECK(shapes(matrix(3, 4), RowVector(5), Mask(2, 6)) == "(3 x 4), (1 x 5), (2 x 6)");
    CHECK(shapes(7, std::optional<Matrix>(), std::string("secret")) == "7, none, text");
    CHECK(shapes(TokenIds{9, 9}, std::vector<bool>(3)) == "{9, 9}, {false, false, false}");
    CHECK(shapes(std::vector<Matrix>{matrix(1, 2), matrix(3, 4)}, 1) == "{(1 x 2), (3 x 4)}, 1");
    CHECK(shapes(TokenIds{}, 1) == "{}, 1");
    CHECK(shapes(std::optional<Matrix>(matrix(1, 2))) == "(1 x 2)");
    CHECK(shapes(2.0, 0.5, -1.25f, 0.1f, 10000.0) == "2, 0.5, -1.25, 0.1, 10000");
}
