// Statements for a terminal, and formulas in Unicode.
#include <filesystem>
#include <string>
#include <vector>

#include "qkv/matrix.hpp"

#include "base/files.hpp"
#include "base/text.hpp"
#include "harness/catch2.hpp"
#include "report/pages/formula.hpp"
#include "report/pages/statement.hpp"

namespace {

using namespace qkv::grader;
using Lines = std::vector<std::string>;

}  // namespace

TEST_CASE("a formula becomes one line of Unicode") {
    const std::vector<std::pair<std::string, std::string>> all = {
        {R"(\mathrm{softmax}\left(\frac{Q K^{\top}}{\sqrt{d_k}}\right) V)", "softmax((Q Kᵀ) / √dₖ) V"},
        {R"(x_1, \dots, x_n)", "x₁, …, xₙ"},
        {R"(\frac{1}{d} \sum_{j=1}^{d} (x_j - \mu)^2)", "1 / d Σ_(j=1)ᵈ (xⱼ - μ)²"},
        {R"(\theta_i = \frac{p}{10000^{2i / d_{\mathrm{model}}}})", "θᵢ = p / (10000^(2i / d_model))"},
        {R"(a, \qquad b)", "a,    b"},
        {R"(f(x W_1 + b_1) \thinspace W_2)", "f(x W₁ + b₁) W₂"},
        {R"(\text{queries from } q)", "queries from q"},
        {R"(e^{-x})", "e⁻ˣ"},
        {R"(K = \begin{pmatrix} K_{old} \\ k \end{pmatrix}, \qquad V)", "K = [K_old; k],    V"},
        {R"(\begin{pmatrix} a)", "[a"},
        {R"(\unknown{x})", "unknownx"},
        {R"(\{a\ b\})", "{a b}"},
        {R"(\tilde{w}(i))", "w\u0303(i)"},
        {R"(\sqrt{)", "√"},
        {R"(x^)", "x"},
        {"", ""},
        {R"(\)", ""},
        {"}", ""},
        {"数_k", "数ₖ"}};
    for (const auto& [latex, text] : all) {
        INFO(latex);
        CHECK(in_unicode(latex) == text);
    }
}

TEST_CASE("a statement: headings, formulas, code, quotes, links, tables") {
    const std::string markdown =
        "# A *title*\n\n[中文](README.zh.md) · $x_1$ and `code $y$`\n\n> [!IMPORTANT]\n> **Rows** are tokens and this "
        "is long\n>\n\n"
        "| name | shape |\n|---|---|\n| `a|b` $x|y$ | a\\|cell that is much wider than the others |\n\n```cpp\nint x = "
        "1;  // $no$\n```\n- an item [not a link] * 2\n";
    CHECK(readable(markdown, 36, {false, Language::en}) == Lines{"A title",                               //
                                                                 "",                                      //
                                                                 "中文 · x₁ and code $y$",                //
                                                                 "",                                      //
                                                                 "  │ IMPORTANT",                         //
                                                                 "  │ Rows are tokens and this is long",  //
                                                                 "  │",                                   //
                                                                 "",                                      //
                                                                 "  name     shape",                      //
                                                                 "  a|b x|y  a|cell that is much",        //
                                                                 "           wider than the others",      //
                                                                 "",                                      //
                                                                 "    int x = 1;  // $no$",               //
                                                                 "- an item [not a link] * 2"});
}

TEST_CASE("every statement can be read: no LaTeX is left, no line is too wide") {
    for (const auto& folder : std::filesystem::directory_iterator(std::string(QKV_ROOT) + "/exercises")) {
        for (const char* name : {"README.md", "README.zh.md"}) {
            const std::string markdown = read_file(folder.path() / name);
            for (const std::string& line : readable(markdown, 80, {false, Language::en})) {
                INFO(folder.path() << " " << line);
                if (line.starts_with("    ")) continue;  // code
                CHECK(width(line) <= 80);
                CHECK(line.find('$') == std::string::npos);
                CHECK(line.find('\\') == std::string::npos);
            }
            const auto painted = readable(markdown, 80, {true, Language::en}),
                       plain = readable(markdown, 80, {false, Language::en});
            REQUIRE(painted.size() == plain.size());
            for (std::size_t i = 0; i < plain.size(); ++i)
                CHECK(stripped(without_paint(painted[i])) == stripped(plain[i]));
        }
    }
}
