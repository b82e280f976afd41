// Pages in two languages: what must be the same in both is found to differ, and words are not.
#include "qkv/matrix.hpp"

#include "harness/catch2.hpp"
#include "pages/pages.hpp"

namespace {

using namespace qkv::grader;

const std::string page = R"(# Softmax

A row sums to $1$; the price is `$HOME`.

$$w_j = \frac{e^{s_j}}{\sum_k e^{s_k}} \qquad \text{for every } j$$

## Commands

```sh
./grade attention   # grades
# a remark
```

> ```
> weights 0.45 0.55
> ```

| a | b |
|---|---|
| 1 | 2 |
)";

const std::string twin = R"(# 逐行 softmax

每行之和为 $1$。价格：`$HOME`。

$$w_j = \frac{e^{s_j}}{\sum_k e^{s_k}}\ \qquad \text{对每个 } j$$

## 命令

```sh
./grade attention   # 评分
# 说明，第 2 句
```

> ```
> 权重 0.45 0.55
> ```

| 甲 | 乙 |
|---|---|
| 1 | 2 |
)";

std::string with(std::string text, const std::string& piece, const std::string& replacement) {
    const std::size_t at = text.find(piece);
    REQUIRE(at != std::string::npos);
    return text.replace(at, piece.size(), replacement);
}

/// The only difference after one change of the twin.
PageDifference after_change(const std::string& piece, const std::string& replacement) {
    const auto found = differences_of_twins(page, with(twin, piece, replacement));
    INFO(piece << " -> " << replacement);
    REQUIRE(found.size() == 1);
    return found.front();
}

}  // namespace

TEST_CASE("words may differ between the languages of a page") { CHECK(differences_of_twins(page, twin).empty()); }

TEST_CASE("a section that one language lacks is found") {
    CHECK(after_change("## 命令\n", "").sentence == "1 headings here, 2 in the other language");
    const auto level = after_change("## 命令", "### 命令");
    CHECK(level.line == 7);
    CHECK(level.sentence == "a heading of level 3, in the other language of level 2");
}

TEST_CASE("a command or number of a code block that differs is found") {
    const auto command = after_change("./grade attention", "./grade encoder");
    CHECK(command.line == 9);
    CHECK(command.sentence ==
          "the code block that begins here has the command \"./grade encoder\", in the other language \"./grade "
          "attention\"");
    CHECK(after_change("./grade attention   # 评分\n", "").sentence ==
          "the code block that begins here has the command \"(none)\", in the other language \"./grade attention\"");
    CHECK(after_change("0.55", "0.56").line == 14);
    CHECK(after_change("```sh", "```").line == 9);
    CHECK(after_change("> ```\n> 权重 0.45 0.55\n> ```\n", "").sentence ==
          "1 code blocks here, 2 in the other language");
}

TEST_CASE("a command may choose the language of its page") {
    CHECK(differences_of_twins(page, with(twin, "./grade attention", "./grade attention --lang zh")).empty());
    CHECK(differences_of_twins("```sh\nless README.md\n```\n", "```sh\nless README.zh.md\n```\n").empty());
}

TEST_CASE("what a command quotes may be translated, and nothing else of it") {
    const auto sh = [](const std::string& command) { return "```sh\n" + command + "\n```\n"; };
    CHECK(differences_of_twins(sh("title = \"Week 3\""), sh("title = \"第三周\"")).empty());
    CHECK(differences_of_twins(sh("language = \"en\""), sh("language = \"zh\"")).empty());
    CHECK(differences_of_twins(sh("attempts = \"best\""), sh("attempts = \"latest\"")).size() == 1);
    CHECK(differences_of_twins(sh("title = \"Week 3\""), sh("标题 = \"第三周\"")).size() == 1);
}

TEST_CASE("what a program answers to a command may be worded with other numbers") {
    CHECK(
        differences_of_twins("```\n$ ./grade\n  row 0\n```\n", "```\n$ ./grade --lang zh\n  从 0 数起，第 0 行\n```\n")
            .empty());
}

TEST_CASE("a formula that differs is found") {
    CHECK(after_change("\\sum_k", "\\sum_j").line == 5);
    CHECK(after_change("$1$", "1").sentence == "$1$ stands only in the other language");
    const auto more = after_change("。价格", "，即 $e^0$。价格");
    CHECK(more.line == 3);
    CHECK(more.sentence == "$e^0$ stands only here, not in the other language");
}

TEST_CASE("a row of a table that one language lacks is found") {
    CHECK(after_change("| 1 | 2 |\n", "").sentence == "2 rows of tables here, 3 in the other language");
}

TEST_CASE("pages that are cut off or empty do no harm") {
    for (const char* text : {"", "$", "$$", "`", "```", ">", "# ", "\\text{", "$\\text{$", "$\\"}) {
        CHECK(differences_of_twins(text, text).empty());
    }
}
