#include "report/pages/page.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "explain/facts.hpp"
#include "record/compare.hpp"
#include "report/pages/html.hpp"

namespace qkv::grader {

namespace {

std::string hex(Rgb color) { return fmt::format("#{:02x}{:02x}{:02x}", color.red, color.green, color.blue); }

double value_at(const Picture& picture, std::size_t row, std::size_t column) {
    return picture.values[row * columns_of(picture) + column];
}

/// In usual fonts of 13 px, rather too much than too little; wide letters count two.
double length_of(const std::string& text) { return 8.5 * static_cast<double>(width(text)); }

/// The numbers, for who does not see the picture or wants them all.
std::string table_of(const Picture& picture, Language language) {
    constexpr std::size_t most = 1024;
    if (picture.values.size() > most) return "";
    std::string text = "<table><thead><tr><td></td>";
    for (std::size_t j = 0; j < columns_of(picture); ++j)
        text += fmt::format("<th scope=\"col\">{}</th>", escaped(column_name(picture, j)));
    text += "</tr></thead><tbody>";
    for (std::size_t i = 0; i < rows_of(picture); ++i) {
        text += fmt::format("<tr><th scope=\"row\">{}</th>", escaped(row_name(picture, i)));
        for (std::size_t j = 0; j < columns_of(picture); ++j)
            text += fmt::format("<td>{:.4g}</td>", value_at(picture, i, j));
        text += "</tr>";
    }
    return fmt::format("<details><summary>{}</summary>{}</details>\n", say({"the numbers", "数值"}, language),
                       scrolled(say({"the numbers of {}", "数值：{}"}, language, title_of(picture, language)),
                                text + "</tbody></table>"));
}

std::string figure_of(const Picture& picture, const std::string& caption, Language language) {
    return fmt::format("<figure><figcaption>{}</figcaption>{}{}</figure>\n", escaped(caption),
                       scrolled(caption + ": " + title_of(picture, language), to_svg(picture, language, false)),
                       table_of(picture, language));
}

/// One picture of a scene: the learner's, the reference's and the difference, or a sentence.
std::string trio(const Picture& own, const Picture* reference, const std::string& whose, Language language) {
    const std::string title = escaped(title_of(own, language));
    if (own.rows == 0 || own.columns == 0) {
        std::string text = "<p>" + title + "</p>\n";
        const bool other = reference != nullptr && title_of(*reference, language) != title_of(own, language);
        if (other)
            text += "<p class=\"faint\">" +
                    say({"the reference: {}", "参考实现：{}"}, language, escaped(title_of(*reference, language))) +
                    "</p>\n";
        return text;
    }
    std::string text = "<h3 class=\"faint\" style=\"font-size:1rem;font-weight:400;margin:.75rem 0 0\">" + title +
                       "</h3>\n<div class=\"row\">\n";
    text += figure_of(own, whose, language);
    if (reference == nullptr) return text + "</div>\n";
    const Picture difference = difference_of(own, *reference);
    if (difference.rows == 0)
        return text + "</div>\n<p class=\"faint\">" +
               say({"The reference's picture is the same.", "参考实现画出来的与此相同。"}, language) + "</p>\n";
    text += figure_of(*reference, say({"the reference's", "参考实现的"}, language), language);
    text += figure_of(difference, say({"yours minus the reference's", "你的减去参考实现的"}, language), language);
    return text + "</div>\n";
}

std::string section_of(const PartResult& part, const TestResult& scene, const ExerciseResult* reference,
                       const std::string& whose, Language language) {
    std::string text = "<section>\n<h2>" + escaped(scene.name) + "</h2>\n<p class=\"faint\">" +
                       escaped(part.part.title.in(language)) + "</p>\n";
    if (failed(scene)) {
        text += "<p class=\"bad\">" + escaped(scene.message) + "</p>\n";
        if (!scene.diagnosis.empty()) text += "<p><strong>" + escaped(scene.diagnosis) + "</strong></p>\n";
    }
    const TestResult* other = find_scene(reference, scene.name);
    const auto& pictures = scene.report.pictures;
    for (std::size_t i = 0; i < pictures.size(); ++i) {
        const bool known = other != nullptr && i < other->report.pictures.size();
        text += trio(pictures[i], known ? &other->report.pictures[i] : nullptr, whose, language);
    }
    if (const std::string printed = printed_by(scene.report); !printed.empty())
        text += "<p class=\"faint\">" + say({"your code printed:", "你的代码输出："}, language) + "</p>\n<pre>" +
                escaped(clean(printed, 4096)) + "</pre>\n";
    return text + "</section>\n";
}

}  // namespace

const TestResult* find_scene(const ExerciseResult* result, const std::string& name) {
    if (result == nullptr) return nullptr;
    for (const PartResult& part : result->parts) {
        const auto found = std::ranges::find(part.tests, name, &TestResult::name);
        if (found != part.tests.end()) return &*found;
    }
    return nullptr;
}

Picture difference_of(const Picture& own, const Picture& reference) {
    Picture difference = reference;
    difference.look = Look::values;
    bool same = own.rows == reference.rows && own.columns == reference.columns;
    if (!same) return Picture{};
    for (std::size_t i = 0; i < own.values.size(); ++i) {
        difference.values[i] = own.values[i] - reference.values[i];
        same = same && std::abs(difference.values[i]) <= record::tolerance * (1 + std::abs(reference.values[i]));
    }
    return same ? Picture{} : difference;
}

std::string to_svg(const Picture& picture, Language language, bool alone) {
    const std::size_t rows = rows_of(picture), columns = columns_of(picture);
    const double largest = largest_of(picture);
    const bool numbers = picture.look != Look::image && columns <= 16 && rows <= 24;
    const double cell = numbers ? 40 : columns > 48 || rows > 48 ? 8 : picture.look == Look::image ? 16 : 20;
    const double height = numbers ? 28 : cell, gap = 6;
    const bool named_rows = height >= 14, named_columns = cell >= 14;
    double left = 0, above = 0;
    for (std::size_t i = 0; i < rows && named_rows; ++i) left = std::max(left, length_of(row_name(picture, i)) + gap);
    for (std::size_t j = 0; j < columns && named_columns; ++j)
        above = std::max(above, length_of(column_name(picture, j)));
    const bool upright = above + 4 > cell;  // then the names stand on their heads
    above = columns == 0 || !named_columns ? 0 : (upright ? above : 14) + gap;
    const double edge = alone ? 12 : 1, title = alone ? 24 : 0;
    const double all_width =
        std::max(left + cell * static_cast<double>(columns), alone ? length_of(title_of(picture, language)) * 0.9 : 0) +
        2 * edge;
    const double all_height = title + above + height * static_cast<double>(rows) + 2 * edge;
    std::string text = fmt::format(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" width=\"{0:.0f}\" height=\"{1:.0f}\" viewBox=\"0 0 "
        "{0:.0f} {1:.0f}\" "
        "aria-label=\"{2}\" font-family=\"system-ui, sans-serif\" font-size=\"13\">\n",
        all_width, all_height, escaped(title_of(picture, language)));
    if (alone)
        text += fmt::format(
            "<style>.ink{{fill:#1c2129}}.ground{{fill:#ffffff}}@media (prefers-color-scheme: "
            "dark){{.ink{{fill:#e8ecf1}}.ground{{fill:#14171c}}}}</style>\n"
            "<rect class=\"ground\" width=\"100%\" height=\"100%\"/>\n<text class=\"ink\" x=\"{}\" y=\"{}\" "
            "font-weight=\"600\">{}</text>\n",
            edge, edge + 12, escaped(title_of(picture, language)));
    const std::string ink = alone ? "class=\"ink\"" : "fill=\"currentColor\"";
    const double x0 = edge + left, y0 = edge + title + above;
    for (std::size_t j = 0; j < columns && named_columns; ++j) {
        const double x = x0 + cell * (static_cast<double>(j) + 0.5);
        const std::string place =
            upright ? fmt::format("transform=\"translate({:.1f} {:.1f}) rotate(-90)\"", x + 4.5, y0 - gap)
                    : fmt::format("x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"middle\"", x, y0 - gap);
        text += fmt::format("<text {} {}>{}</text>\n", ink, place, escaped(column_name(picture, j)));
    }
    for (std::size_t i = 0; i < rows; ++i) {
        const double y = y0 + height * static_cast<double>(i);
        if (named_rows)
            text += fmt::format("<text {} x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"end\">{}</text>\n", ink, x0 - gap,
                                y + height / 2 + 4.5, escaped(row_name(picture, i)));
        for (std::size_t j = 0; j < columns; ++j) {
            const double value = value_at(picture, i, j), x = x0 + cell * static_cast<double>(j);
            const Rgb color = color_of(picture.look, value, largest);
            text += fmt::format(
                "<rect x=\"{:.0f}\" y=\"{:.0f}\" width=\"{:.0f}\" height=\"{:.0f}\" fill=\"{}\"><title>{}, {}: "
                "{:.4g}</title></rect>",
                x, y, cell, height, hex(color), escaped(row_name(picture, i)), escaped(column_name(picture, j)), value);
            if (numbers)
                text += fmt::format(
                    "<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"middle\" font-size=\"12\" fill=\"{}\" "
                    "pointer-events=\"none\">{}</text>",
                    x + cell / 2, y + height / 2 + 4.5, is_light(color) ? "#000000" : "#ffffff", short_number(value));
        }
        text += "\n";
    }
    return text + "</svg>";
}

std::string to_page(const ExerciseResult& result, const ExerciseResult* reference, Language language) {
    const std::string title = result.exercise.title.in(language);
    const bool of_reference = result.source == result.exercise.reference();
    const std::string whose =
        of_reference ? say({"the reference's", "参考实现的"}, language) : say({"yours", "你的"}, language);
    std::string text =
        fmt::format("<h1>{}</h1>\n<p class=\"faint\">{}</p>\n", escaped(title),
                    of_reference ? say({"What the reference solution computes.", "这是参考解答算出来的。"}, language)
                                 : say({"What your own functions compute.", "这是你自己写的函数算出来的。"}, language));
    for (const PartResult& part : result.parts) {
        for (const TestResult& scene : part.tests) text += section_of(part, scene, reference, whose, language);
    }
    return html_page(title, text, language);
}

}  // namespace qkv::grader
