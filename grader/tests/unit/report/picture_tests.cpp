// Pictures: colours, what fits into a terminal, SVG and pages.
#include <regex>
#include <string>
#include <vector>

#include "qkv/matrix.hpp"

#include "base/text.hpp"
#include "harness/catch2.hpp"
#include "report/pages/page.hpp"
#include "report/pages/picture.hpp"

namespace {

using namespace qkv::grader;
using Lines = std::vector<std::string>;

Picture small() {
    return {
        "weights", "权重", Look::weights, 2, 3, {0, 0.25, 0.75, 1, 0, 0}, {"a", "很长的名字"}, {"x", "猫", "longer"},
        {},        {}};
}

Picture large(std::int64_t rows, std::int64_t columns) {
    Picture picture{"values", "", Look::values, rows, columns, {}, {}, {}, {}, {}};
    for (std::int64_t i = 0; i < rows * columns; ++i) picture.values.push_back(static_cast<double>(i % 7) - 3);
    return picture;
}

std::string without_colors(const std::string& line) {
    return std::regex_replace(line, std::regex("\x1b\\[[0-9;]*m"), "");
}

std::size_t times(const std::string& text, const std::string& piece) {
    std::size_t count = 0;
    for (std::size_t at = text.find(piece); at != std::string::npos; at = text.find(piece, at + 1)) ++count;
    return count;
}

}  // namespace

TEST_CASE("a picture without colours, with numbers where there is room and without where there is not") {
    CHECK(drawn(small(), {60, Colors::none}, Language::en) == Lines{"  weights",                          //
                                                                    "                           longe",   //
                                                                    "                   x    猫     r",   //
                                                                    "             a     0  0.25▒ 0.75█",  //
                                                                    "    很长的名字     1█    0     0",   //
                                                                    "    0  ░▒▒▓▓███ 1"});
    CHECK(drawn(small(), {22, Colors::none}, Language::zh) == Lines{"  权重",                 //
                                                                    "                   l",   //
                                                                    "                   o",   //
                                                                    "                   n",   //
                                                                    "                   g",   //
                                                                    "                   e",   //
                                                                    "               x 猫r",   //
                                                                    "             a   ▒▒██",  //
                                                                    "    很长的名字 ██",      //
                                                                    "    0  ░▒▒▓▓███ 1"});
}

TEST_CASE("a picture in 256 and in 16 million colours shows the same letters as without") {
    const Picture picture = small();
    const std::string indexed = drawn(picture, {60, Colors::indexed}, Language::en)[3];
    CHECK(indexed ==
          "             a \x1b[38;5;16;48;5;231m    0 \x1b[0m\x1b[38;5;16;48;5;153m 0.25 \x1b[0m"
          "\x1b[38;5;231;48;5;25m 0.75 \x1b[0m");
    const std::string direct = drawn(picture, {60, Colors::direct}, Language::en)[3];
    CHECK(direct.find("\x1b[38;2;0;0;0;48;2;246;247;249m    0 \x1b[0m") != std::string::npos);
    for (const Colors colors : {Colors::indexed, Colors::direct}) {
        for (const std::size_t columns : {30U, 80U}) {
            for (const std::string& line : drawn(large(9, 20), {columns, colors}, Language::en))
                CHECK(width(without_colors(line)) <= columns);
        }
    }
}

TEST_CASE("the largest numbers that there are have colours, and a scale") {
    const double most = 0x1p1023;  // twice as much is no number
    const Picture picture{"values", "", Look::values, 1, 3, {-most, 0, most}, {}, {}, {}, {}};
    CHECK(drawn(picture, {60, Colors::none}, Language::en).back() == "    -9e+307 -█-█-▓-▒  ▒▒▓▓████ 9e+307");
    for (const Colors colors : {Colors::indexed, Colors::direct}) {
        const Lines lines = drawn(picture, {60, colors}, Language::en);
        // The scale goes from the first cell's colour to the last one's, over white.
        const auto color_at = [](const std::string& line, std::size_t cell) {
            const std::regex color("\x1b\\[38;[0-9;]*;48;([0-9;]*)m");
            auto found = std::sregex_iterator(line.begin(), line.end(), color);
            for (; cell > 0; --cell) ++found;
            return (*found)[1].str();
        };
        CHECK(color_at(lines.back(), 0) == color_at(lines[2], 0));
        CHECK(color_at(lines.back(), 4) == color_at(lines[2], 1));
        CHECK(color_at(lines.back(), 8) == color_at(lines[2], 2));
    }
    CHECK(to_svg(picture, Language::en, true).find("8.988e+307") != std::string::npos);
}

TEST_CASE("what is too large is cut, and the picture says so") {
    const Lines lines = drawn(large(200, 300), {40, Colors::none}, Language::en);
    CHECK(lines.back() == "    shown: 96 of 200 rows, 32 of 300 columns");
    CHECK(drawn(large(3, 3), {40, Colors::none}, Language::en).back() == "    -3 -█-█-▓-▒  ▒▒▓▓████ 3");
    for (const std::string& line : lines) CHECK(width(line) <= 44);
    CHECK(drawn({"a sentence", "一句话", Look::weights, 0, 0, {}, {}, {}, {}, {}}, {40, Colors::none}, Language::zh) ==
          Lines{"  一句话"});
    CHECK(drawn({"zeros", "", Look::weights, 1, 2, {0, 0}, {}, {}, {}, {}}, {40, Colors::none}, Language::zh)[2] ==
          "    0     0     0");
}

TEST_CASE("colours: blank at zero, stronger with size, two directions, and always one ink that is readable") {
    CHECK(color_of(Look::weights, 0, 1) == color_of(Look::values, 0, 1));
    CHECK(color_of(Look::values, -1, 1) == Rgb{110, 16, 26});
    CHECK(color_of(Look::values, 1, 1) == Rgb{10, 44, 92});
    CHECK(color_of(Look::image, 0.5, 1) == Rgb{128, 128, 128});
    CHECK(color_of(Look::image, 7, 1) == Rgb{255, 255, 255});
    CHECK(is_light({255, 255, 255}));
    CHECK_FALSE(is_light({0, 0, 0}));
    CHECK(is_light(color_of(Look::values, 0.3, 1)));
    CHECK_FALSE(is_light(color_of(Look::weights, 0.9, 1)));
    for (const auto& [value, text] : std::vector<std::pair<double, std::string>>{{0, "0"},
                                                                                 {1, "1"},
                                                                                 {-12, "-12"},
                                                                                 {0.001, "0.00"},
                                                                                 {-0.25, "-0.25"},
                                                                                 {12.34, "12.3"},
                                                                                 {-4321, "-4321"},
                                                                                 {1e6, "1e+06"}})
        CHECK(short_number(value) == text);
}

TEST_CASE("the difference of two pictures is there only where they differ") {
    const Picture one = small();
    Picture other = one;
    CHECK(difference_of(one, other).rows == 0);
    other.values[1] += 1e-12;
    CHECK(difference_of(one, other).rows == 0);
    other.values[1] = 0.5;
    const Picture difference = difference_of(one, other);
    CHECK(difference.rows == 2);
    CHECK(difference.values[1] == -0.25);
    CHECK(difference.look == Look::values);
    other.columns = 1;
    other.values = {1, 2};
    CHECK(difference_of(one, other).rows == 0);  // not to be compared
}

TEST_CASE("SVG: a rectangle a cell, names and numbers as text, nothing that a name could smuggle in") {
    Picture picture = small();
    picture.column_names[2] = "<script>\"&";
    const std::string svg = to_svg(picture, Language::zh, true);
    CHECK(times(svg, "<rect x=") == 6);
    CHECK(svg.find("aria-label=\"权重\"") != std::string::npos);
    CHECK(svg.find("<script") == std::string::npos);
    CHECK(svg.find("&lt;script&gt;&quot;&amp;") != std::string::npos);
    CHECK(svg.find(">0.25</text>") != std::string::npos);
    CHECK(times(to_svg(large(60, 60), Language::en, false), "<text") == 0);  // cells too small for names
}

TEST_CASE("a page holds every scene, messages and output as text, and asks for nothing from elsewhere") {
    ExerciseResult result;
    result.exercise.title = {"Title & more", "标题"};
    PartResult& part = result.parts.emplace_back();
    part.part.title = {"part", "部分"};
    TestResult scene;
    scene.name = "What <does> it show?";
    scene.report.verdict = Verdict::failed;
    scene.message = "it threw <script>alert(1)</script>";
    scene.report.output = "</pre><img src=x onerror=alert(1)>";
    scene.report.pictures = {small(), {"a sentence", "", Look::weights, 0, 0, {}, {}, {}, {}, {}}};
    part.tests.push_back(scene);
    ExerciseResult reference = result;
    reference.parts[0].tests[0].report.pictures[0].values[0] = 0.5;
    reference.parts[0].tests[0].report.pictures[1].title_en = "another sentence";
    const std::string page = to_page(result, &reference, Language::en);
    CHECK(page.find("<script") == std::string::npos);
    CHECK(page.find("<img") == std::string::npos);
    CHECK(page.find("Title &amp; more") != std::string::npos);
    CHECK(times(page, "<svg") == 3);  // own, reference, difference
    CHECK(page.find("the reference: another sentence") != std::string::npos);
    CHECK(times(page, "http") == times(page, "http://www.w3.org/2000/svg"));
    CHECK(times(to_page(result, nullptr, Language::zh), "<svg") == 1);
    reference.parts[0].tests[0].report.pictures[0] = small();
    CHECK(to_page(result, &reference, Language::en).find("picture is the same") != std::string::npos);
}
