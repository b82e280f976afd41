#include "class/pages/feedback.hpp"

#include <algorithm>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/files.hpp"
#include "collect/names.hpp"
#include "report/pages/html.hpp"

namespace qkv::grader {

namespace fs = std::filesystem;

namespace {

/// A line above the reports: the sum, and what the clock and a person did to it.
std::vector<std::string> summary_of(const Row& row, const Course& course, Language language) {
    std::vector<std::string> lines;
    if (row.standing == Standing::not_graded)
        lines.push_back(
            say({"This could not be graded yet; no points are lost by that.", "这份作业暂时没能评分，不会因此扣分。"},
                language));
    else
        lines.push_back(say({"{} of {} points", "得分 {} / {}"}, language, points_text(row.total()),
                            points_text(course.most_points())));
    for (const auto& [id, weight] : course.weights) {
        if (weight != 1)
            lines.push_back(say({"{}: points count {} times", "{}：分数乘以 {}"}, language, id, points_text(weight)));
    }
    for (const auto& [id, parts] : course.parts)
        lines.push_back(say({"{}: only these parts count: {}", "{}：只算这几个部分：{}"}, language, id,
                            fmt::format("{}", fmt::join(parts, say({", ", "、"}, language)))));
    for (const Text& note : row.notes) lines.push_back(note.in(language));
    for (const auto& [id, one] : row.overrides)
        lines.push_back(say({"{}: {} points by decision of the instructor: {}", "{}：老师改为 {} 分，理由：{}"},
                            language, id, points_text(one.points), one.reason));
    return lines;
}

/// The attempt whose report is shown: the last, or of several the best.
std::optional<Outcome> shown_outcome(const ClassRun& run, const Row& row) {
    std::optional<Outcome> shown;
    double most = -1;
    for (const std::string& key : row.keys) {
        auto outcome = load_outcome(run, key);
        if (!outcome) continue;
        double points = 0;
        for (const Exercise& exercise : run.course.exercises) points += points_of(run.course, exercise, *outcome);
        if (run.course.best && points <= most) continue;
        most = points;
        shown = std::move(outcome);
    }
    return shown;
}

std::string page_of(const ClassRun& run, const Row& row, const std::vector<std::string>& summary,
                    const std::string& report) {
    const Language language = run.language;
    const std::string title = clean(run.course.title.empty() ? "qkv" : run.course.title);
    std::string body = fmt::format("<h1>{}</h1>\n<p>{}</p>\n", escaped(title), escaped(clean(row.student.name)));
    for (const std::string& line : summary) body += "<p>" + escaped(clean(line)) + "</p>\n";
    const std::string points_word = say({"points", "得分"}, language);
    std::string table = fmt::format(
        "<table>\n<thead><tr><th scope=\"col\">{}</th><th scope=\"col\">{}</th><th "
        "scope=\"col\">{}</th></tr></thead>\n<tbody>\n",
        say({"exercise", "练习"}, language), points_word, say({"out of", "满分"}, language));
    for (const Exercise& exercise : run.course.exercises) {
        const auto points = row.points.find(exercise.id);
        const bool known = row.standing == Standing::graded || row.overrides.contains(exercise.id);
        table += fmt::format("<tr><th scope=\"row\">{}</th><td>{}</td><td>{}</td></tr>\n",
                             escaped(exercise.title.in(language)),
                             known && points != row.points.end() ? points_text(points->second) : "–",
                             points_text(run.course.most_points(exercise)));
    }
    body += scrolled(points_word, table + "</tbody></table>") + "\n<h2>" +
            say({"What to look at next", "接下来看哪里"}, language) + "</h2>\n<pre>" + escaped(report) + "</pre>\n";
    return html_page(title, body, language);
}

}  // namespace

void write_feedback(const ClassRun& run, const std::vector<Row>& rows) {
    const fs::path folder = run.out / "feedback";
    fs::create_directories(folder);
    std::set<std::string> written;
    for (const Row& row : rows) {
        if (row.student.pieces.empty() && row.overrides.empty()) continue;
        const std::string who = as_file_name(row.student.name.empty() || row.student.name == row.student.id
                                                 ? row.student.id
                                                 : row.student.name + "_" + row.student.id);
        std::string name = who;
        for (int i = 2; written.contains(name + ".txt"); ++i) name = fmt::format("{}-{}", who, i);
        const auto outcome = shown_outcome(run, row);
        const std::string report = outcome ? outcome->text : "";
        const auto summary = summary_of(row, run.course, run.language);
        std::string text = clean(row.student.name) + "\n";
        for (const std::string& line : summary) text += clean(line) + "\n";
        const std::string page = page_of(run, row, summary, report);
        for (const auto& [ending, content] : {std::pair(".txt", text + report), std::pair(".html", page)}) {
            written.insert(name + ending);
            if (read_file(folder / (name + ending)) != content) write_file(folder / (name + ending), content);
        }
    }
    std::vector<fs::path> old;
    for (const auto& entry : fs::directory_iterator(folder)) {
        // What else somebody keeps there, a .git say, stays.
        const std::string ending = entry.path().extension().string();
        const bool ours = entry.is_regular_file() && (ending == ".txt" || ending == ".html" || ending == ".new");
        if (ours && !written.contains(entry.path().filename().string())) old.push_back(entry.path());
    }
    for (const fs::path& file : old) fs::remove(file);
}

}  // namespace qkv::grader
