// What Eigen's assertions are called. Each is broken for real, so an Eigen with other words fails here.
#include <algorithm>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "qkv/matrix.hpp"

#include "explain/facts.hpp"
#include "explain/tables.hpp"
#include "harness/catch2.hpp"

namespace {

using namespace qkv::grader;
using namespace qkv;

/// The assertion that `broken` breaks, as a worker tells it; empty if it breaks none.
std::string assertion_of(const std::function<void()>& broken) {
    try {
        broken();
    } catch (const std::logic_error& error) {
        return error.what();
    }
    return "";
}

/// Values after <<, without the destructor, which asserts again and cannot throw.
struct Comma {
    explicit Comma(Matrix& target, const Matrix& first) { std::construct_at(&list, target, first); }
    ~Comma() {}
    union {
        Eigen::CommaInitializer<Matrix> list;
    };
};

struct Broken {
    std::string words;  ///< that must occur in the English sentence
    std::function<void()> code;
};

}  // namespace

TEST_CASE("each shape or index that does not fit is named in words") {
    Matrix a = Matrix::Ones(2, 3), b = a, c = Matrix::Ones(3, 2), square = Matrix::Ones(3, 3), empty, x;
    RowVector v = RowVector::Ones(3), w = RowVector::Ones(4), r;
    const Mask mask = Mask::Constant(3, 2, true);
    Scalar number = 0;
    const std::vector<Broken> all = {
        {"matrix product", [&] { x = a * b; }},
        {"matrix product", [&] { x = a * v; }},
        {"matrix product", [&] { x = v.asDiagonal() * b; }},
        {"element-wise", [&] { x = a + c; }},
        {"element-wise", [&] { x = a - c; }},
        {"element-wise", [&] { x = a.cwiseProduct(c); }},
        {"element-wise", [&] { x = a.array() / c.array(); }},
        {"rowwise() + v", [&] { x = a.rowwise() + w; }},
        {"element-wise", [&] { x = a.colwise() - v.transpose(); }},
        {"+=, -=", [&] { a += c; }},
        {"+=, -=", [&] { a.array() /= c.array(); }},
        {"+=, -=", [&] { a.rowwise() += w; }},
        {"+=, -=", [&] { a.noalias() += a * c; }},
        {"assignment to a row", [&] { a.row(0) = w; }},
        {"assignment to a row", [&] { a.block(0, 0, 2, 2) = square; }},
        {"assignment to a row", [&] { a.row(1) = c * a; }},
        {"whole matrix", [&] { const RowVector fresh = square; }},
        {"a RowVector has one row", [&] { r = square; }},
        {"a RowVector has one row", [&] { r = square * square; }},
        {"needs .transpose()", [&] { r = square * Matrix::Ones(3, 1); }},
        {"no size is negative", [&] { x.resize(-1, 2); }},
        {"negative size", [&] { r.resize(-3); }},
        {"Zero, Ones", [&] { x = Matrix::Zero(-1, 2); }},
        {"row(i) or col(i)", [&] { x = a.row(7); }},
        {"row(i) or col(i)", [&] { x = a.col(-1); }},
        {"reaches beyond", [&] { x = a.block(0, 0, 5, 5); }},
        {"reaches beyond", [&] { r = v.segment(2, 7); }},
        {"reaches beyond", [&] { x = a.topRows(3); }},
        {"m(row, column)", [&] { a(2, 0) = 1; }},
        {"m(row, column)", [&] { number = std::as_const(a)(0, 9); }},
        {"v(i)", [&] { v(9) = 1; }},
        {"v(i)", [&] { number = std::as_const(v)[-1]; }},
        {"dot product", [&] { number = v.dot(w); }},
        {"reshaped", [&] { x = a.reshaped(4, 2); }},
        {"mask.select", [&] { x = mask.select(a, Scalar{0}); }},
        {"maximum", [&] { number = empty.maxCoeff(); }},
        {"maximum", [&] { x = Matrix(2, 0).rowwise().maxCoeff(); }},
        {"not 1 x 1", [&] { number = square.value(); }},
        {"swap", [&] { a.row(0).swap(w); }},
        {"read and written", [&] { square = square.transpose(); }},
        {"between the braces",
         [&] {
             x = Matrix{{1, 2}, {3}};
         }},
        {"outside the matrix", [&] { x = a.diagonal(9); }},
        {"too few values", [&] { Comma(square, a).list.finished(); }},
        {"too many values", [&] { Comma(square, square).list, 1; }},
        {"too many values", [&] { x.resize(2, 4), (Comma(x, a).list, b); }},
        {"too small", [&] { x.resize(1, 1), Comma(x, a); }},
        {"side by side", [&] { x.resize(3, 5), (Comma(x, a).list, c); }},
    };
    for (const Broken& broken : all) {
        const std::string assertion = assertion_of(broken.code);
        INFO(broken.words << " | " << assertion);
        CHECK_FALSE(assertion.empty());
        const Text* known = meaning_of("eigen_assertion", assertion);
        REQUIRE(known != nullptr);
        CHECK(known->en.find(broken.words) != std::string::npos);
    }
}

TEST_CASE("a message names call, shapes, line and operation; Eigen's own words only where ours are missing") {
    CaseReport report;
    report.verdict = Verdict::failed;
    report.facts = {.fault = Fault::eigen_assertion,
                    .function = "softmax_rows",
                    .shapes = "(2 x 3)",
                    .message = "Product: lhs.cols() == rhs.rows() && \"invalid matrix product\""};
    Exercise exercise;
    exercise.id = "attention";
    CHECK(message_for(report, exercise, {7, "", ""}, Language::en) ==
          "softmax_rows((2 x 3)) stopped in Eigen at attention.cpp:7: matrix product a * b needs as many columns in a "
          "as rows in b; element by element it is a.cwiseProduct(b)");
    CHECK(message_for(report, exercise, {7, "", ""}, Language::zh) ==
          "softmax_rows((2 x 3)) 在 Eigen 中停下（attention.cpp 第 7 行）：矩阵乘积 a * b 要求 a 的列数等于 b 的行数；"
          "逐元素相乘写 a.cwiseProduct(b)");
    report.facts.message = "solve: never == heard && \"of\"";
    CHECK(message_for(report, exercise, {}, Language::en).find("do not fit\nsolve: never == heard") !=
          std::string::npos);
}
