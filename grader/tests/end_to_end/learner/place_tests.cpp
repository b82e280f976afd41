// Messages name the learner's line: where NaN was first made, and never a wrong place; where Eigen stopped.
#include <algorithm>
#include <cfenv>

#include "qkv/matrix.hpp"

#include "grader.hpp"
#include "harness/catch2.hpp"

using namespace qkv::tests;

namespace {

/// The number of the line in which the piece begins.
std::string line_of(const std::string& text, const std::string& piece) {
    const auto end = text.begin() + static_cast<std::ptrdiff_t>(text.find(piece));
    return std::to_string(std::count(text.begin(), end, '\n') + 1);
}

/// Grades a file and returns all messages of one part, one after the other.
std::string messages(const std::string& id, const std::string& part_id, const std::string& text,
                     const std::string& language = "en") {
    const Scratch scratch;
    scratch.write(id + ".cpp", text);
    const Said said = graded({"--submission", scratch.path.string(), id, "--lang", language});
    const auto graded_part = part(said.json, id, part_id);
    std::string all;
    for (const auto& test : graded_part.at("tests")) all += test.at("message").get<std::string>() + "\n";
    return all;
}

bool has(const std::string& text, const std::string& piece) { return text.find(piece) != std::string::npos; }

/// Whether the sentence about where NaN was made is there. Many ARM processors cannot trap, so none names a place
/// there.
bool tells(const std::string& text, const std::string& origin) {
    std::feclearexcept(FE_ALL_EXCEPT);
    static const bool traps = feenableexcept(FE_INVALID) != -1 && fedisableexcept(FE_INVALID) != -1;
    return traps ? has(text, origin) : has(text, "NaN comes from 0/0") || has(text, "NaN 来自 0/0");
}

}  // namespace

TEST_CASE("softmax without the largest subtracted: inf/inf, in the helper that divides") {
    std::string text =
        with(reference_of("attention"), "(scores.row(i).array() - largest).exp();", "scores.row(i).array().exp();");
    text = with(text, "weights.row(i) /= weights.row(i).sum();", "weights.row(i) = fractions(weights.row(i));");
    const std::string divides = "return powers / powers.sum();";
    text =
        with(text, "Matrix softmax_rows(",
             "static RowVector fractions(const RowVector& powers) {\n    " + divides + "\n}\n\nMatrix softmax_rows(");
    const std::string line = line_of(text, divides);
    const std::string en = messages("attention", "softmax_rows", text);
    INFO(en);
    CHECK(tells(en, "NaN was first made in fractions, at attention.cpp:" + line + ", by a division, 0/0 or inf/inf."));
    const std::string zh = messages("attention", "softmax_rows", text, "zh");
    INFO(zh);
    CHECK(tells(zh, "第一个 NaN 产生在 attention.cpp 第 " + line + " 行（fractions 中）：除法"));
}

TEST_CASE("a masked row: inf - inf where the largest is subtracted, 0/0 where it is not") {
    const std::string shortcut = "if (largest == minus_infinity) {";
    const std::string text = with(reference_of("attention"), shortcut, "if (false) {");
    const std::string en = messages("attention", "softmax_rows", text);
    INFO(en);
    CHECK(tells(en, "first made in softmax_rows, at attention.cpp:" + line_of(text, "weights.row(i) = (scores") +
                        ", by a sum or difference, inf - inf."));
    // By std::exp: Eigen's own exp of minus infinity is tiny, not zero.
    const std::string divided =
        with(text, "weights.row(i) = (scores.row(i).array() - largest).exp();",
             "for (Index j = 0; j < scores.cols(); ++j) weights(i, j) = std::exp(scores(i, j));");
    const std::string zeros = messages("attention", "softmax_rows", divided);
    INFO(zeros);
    CHECK(tells(zeros, "first made in softmax_rows, at attention.cpp:" + line_of(divided, "weights.row(i) /=") +
                           ", by a division, 0/0 or inf/inf."));
}

TEST_CASE("layer_norm without epsilon on a constant row") {
    const std::string text =
        with(reference_of("encoder"), "std::sqrt(variance + weights.epsilon)", "std::sqrt(variance)");
    const std::string line = line_of(text, "std::sqrt(variance)");
    const std::string en = messages("encoder", "layer_norm", text);
    INFO(en);
    CHECK(tells(en, "NaN was first made in layer_norm, at encoder.cpp:" + line + ", by a division"));
    CHECK(
        tells(messages("encoder", "layer_norm", text, "zh"), "encoder.cpp 第 " + line + " 行（layer_norm 中）：除法"));
}

TEST_CASE("the cosine of a zero vector") {
    const std::string text = with(reference_of("neural_turing_machine"), "norms == 0 ? 0 : ", "");
    const std::string line = line_of(text, "const Scalar similarity");
    const std::string en = messages("neural_turing_machine", "content", text);
    INFO(en);
    CHECK(tells(en, "NaN was first made in content_weights, at neural_turing_machine.cpp:" + line + ", by a division"));
    CHECK(tells(messages("neural_turing_machine", "content", text, "zh"),
                "第 " + line + " 行（content_weights 中）：除法"));
}

TEST_CASE("a function of cmath in a lambda is traced to the learner's line") {
    const std::string product = "Matrix scores = query * weight * key.transpose();";
    const std::string text = with(reference_of("attention"), product,
                                  "Matrix scores = query * weight * key.transpose();\n"
                                  "scores = scores.unaryExpr([](Scalar x) {\nreturn std::log(-1 - x * x); });\n");
    const std::string en = messages("attention", "bilinear_attention", text);
    INFO(en);
    CHECK(tells(en, "NaN was first made in bilinear_attention, at attention.cpp:" + line_of(text, "return std::log(") +
                        ", by a mathematical function outside its domain"));
}

TEST_CASE("NaN that was written, not computed, has no place; what meets it later is not blamed") {
    const std::string text = with(
        reference_of("attention"), "Matrix scores = query * weight * key.transpose();",
        "Matrix scores = query * weight * key.transpose();\nscores(0, 0) = std::numeric_limits<Scalar>::quiet_NaN();");
    const std::string en = messages("attention", "bilinear_attention", text);
    INFO(en);
    CHECK(has(en, "nan"));
    CHECK(has(en, "NaN comes from 0/0"));
    CHECK_FALSE(has(en, "first made"));
}

TEST_CASE("an assertion inside Eigen leads to the learner's line and names the operation") {
    const std::string product = "tokens * projections.query.transpose();", offset = "    const Index offset = ";
    const std::string text = with(with(reference_of("attention"), "tokens * projections.query;", product), offset,
                                  "    Matrix small(2, 2);\n    small << 1, 2, 3;\n" + offset);
    const std::string at = "stopped in Eigen at attention.cpp:";
    const std::string shapes = messages("attention", "projected_attention", text);
    INFO(shapes);
    CHECK(has(shapes, "self_attention((5 x 6), (6 x 4)"));
    CHECK(has(shapes, at + line_of(text, product) + ": matrix product a * b needs"));
    const std::string comma = messages("attention", "masks", text, "zh");
    INFO(comma);
    CHECK(has(comma, "在 Eigen 中停下（attention.cpp 第 " + line_of(text, "small <<") + " 行）：<< 后面的数太少"));
}

// A function that ends without a value stops this way on ARM, with SIGILL on x86. There, what is told is the place
// after it.
TEST_CASE("a breakpoint of the compiler's has its line") {
    const std::string text = with(reference_of("attention"), "Matrix scores = query * weight * key.transpose();",
                                  "__builtin_debugtrap(); Matrix scores = query * weight * key.transpose();");
    const std::string en = messages("attention", "bilinear_attention", text);
    INFO(en);
    CHECK(has(en, "crashed: signal SIGTRAP (did a function end without returning a value?) at attention.cpp:" +
                      line_of(text, "__builtin_debugtrap")));
}
