#include "class/book/book.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/failure.hpp"
#include "class/book/table.hpp"

namespace qkv::grader {

namespace {

double rounded(double points) { return std::round(points * 100) / 100; }

/// Begun days behind the deadline; 0 in time.
int days_late(const Student& student, const Course& course) {
    if (!course.deadline) return 0;
    const auto extension = course.extensions.find(student.id);
    const Moment deadline = extension == course.extensions.end() ? *course.deadline : extension->second;
    // Canvas marks what was late, by its own deadline, but its names do not say how late: one day.
    if (!student.submitted_at) return student.marked_late && extension == course.extensions.end() ? 1 : 0;
    const double seconds = static_cast<double>(*student.submitted_at - deadline) - course.late.grace_minutes * 60;
    return seconds <= 0 ? 0 : static_cast<int>(std::ceil(seconds / 86400));
}

void count_late(Row& row, const Course& course) {
    row.late_days = days_late(row.student, course);
    if (row.late_days == 0) return;
    const bool accepted = row.late_days <= course.late.days;
    row.percent_off = accepted ? std::min(100.0, course.late.percent_per_day * row.late_days) : 100;
    row.notes.push_back(said(accepted ? Text{"{} day(s) late: {} % off", "迟交 {} 天，扣 {}%"}
                                      : Text{"{} day(s) late: no longer accepted", "迟交 {} 天，已不再接收"},
                             row.late_days, points_text(row.percent_off)));
}

const char* state_word(Standing standing) {
    return standing == Standing::graded ? "graded" : standing == Standing::absent ? "nothing handed in" : "not graded";
}

Text state_text(Standing standing) {
    return standing == Standing::graded   ? Text{state_word(standing), "已评分"}
           : standing == Standing::absent ? Text{state_word(standing), "没有交"}
                                          : Text{state_word(standing), "没能评分"};
}

/// What stands in a cell of points: nothing where the machine could not grade.
std::string cell_of(const Row& row, const std::string& id) {
    const auto found = row.points.find(id);
    const bool known = row.standing != Standing::not_graded || row.overrides.contains(id);
    return known ? points_text(found == row.points.end() ? 0 : found->second) : "";
}

std::string total_cell(const Row& row) { return row.standing == Standing::not_graded ? "" : points_text(row.total()); }

std::string joined(const std::vector<std::string>& all, Language language) {
    return fmt::format("{}", fmt::join(all, say({"; ", "；"}, language)));
}

std::string notes_of(const Row& row, Language language) {
    std::vector<std::string> notes;
    for (const Text& note : row.notes) notes.push_back(note.in(language));
    return joined(notes, language);
}

std::string overrides_of(const Row& row, Language language) {
    std::vector<std::string> all;
    for (const auto& [id, one] : row.overrides) {
        const auto machine = row.machine.find(id);
        all.push_back(say({"{}: {} instead of {} ({})", "{}：{}，机器评 {}（{}）"}, language, id,
                          points_text(one.points), machine == row.machine.end() ? "-" : points_text(machine->second),
                          one.reason));
    }
    return joined(all, language);
}

std::vector<Cells> own_form(const std::vector<Row>& rows, const Course& course, Language language) {
    Cells heading = {"id", "name", "label", "state", "late_days"};
    for (const Exercise& exercise : course.exercises) heading.push_back(exercise.id);
    for (const char* column : {"total", "out_of", "machine_total", "overrides", "notes"}) heading.emplace_back(column);
    std::vector<Cells> table = {heading};
    for (const Row& row : rows) {
        Cells cells = {row.student.id, row.student.name, row.label, state_text(row.standing).in(language),
                       std::to_string(row.late_days)};
        for (const Exercise& exercise : course.exercises) cells.push_back(cell_of(row, exercise.id));
        double machine = 0;
        for (const auto& [id, points] : row.machine) machine += points;
        cells.insert(cells.end(), {total_cell(row), points_text(course.most_points()),
                                   row.standing == Standing::not_graded ? "" : points_text(machine),
                                   overrides_of(row, language), notes_of(row, language)});
        table.push_back(cells);
    }
    return table;
}

/// Moodle's grading worksheet: it finds a participant by the number in the folder's name. It reads only the headings
/// and the word "Participant " of its own language, as its language packs have them.
std::vector<Cells> moodle_form(const std::vector<Row>& rows, const Course& course, Language language) {
    const auto word = [&](const Text& text) { return text.in(language); };
    std::vector<Cells> table = {{word({"Identifier", "标识符"}), word({"Full name", "全名"}), word({"Grade", "成绩"}),
                                 word({"Maximum Grade", "最高分"}), word({"Grade can be changed", "允许更改成绩"}),
                                 word({"Last modified (grade)", "上次修改（评分）"}),
                                 word({"Feedback comments", "反馈评论"})}};
    for (const Row& row : rows) {
        if (row.student.number.empty() || row.standing == Standing::not_graded) continue;
        table.push_back({word({"Participant ", "参与人"}) + row.student.number, row.student.name, total_cell(row),
                         points_text(course.most_points()), word({"Yes", "是"}), "", notes_of(row, language)});
    }
    return table;
}

/// Canvas's gradebook: the first five columns name the student, a line below the heading the possible points.
std::vector<Cells> canvas_form(const std::vector<Row>& rows, const Course& course) {
    const std::string title = course.title.empty() ? "qkv" : course.title;
    std::vector<Cells> table = {{"Student", "ID", "SIS User ID", "SIS Login ID", "Section", title},
                                {"    Points Possible", "", "", "", "", points_text(course.most_points())}};
    for (const Row& row : rows) {
        if (row.standing == Standing::not_graded) continue;
        const bool sis = row.student.id != row.student.number;
        table.push_back({row.student.name, row.student.number, sis ? row.student.id : "", "", "", total_cell(row)});
    }
    return table;
}

}  // namespace

double Row::total() const {
    double sum = 0;
    for (const auto& [id, one] : points) sum += one;
    return rounded(sum);
}

std::string points_text(double points) {
    std::string text = fmt::format("{:.2f}", rounded(points));
    text.erase(text.find_last_not_of('0') + 1);
    if (text.ends_with('.')) text.pop_back();
    return text;
}

Overrides load_overrides(const std::filesystem::path& file, const std::vector<Row>& rows, const Course& course) {
    Overrides overrides;
    if (file.empty()) return overrides;
    const Sheet sheet = read_sheet(file, {"id", "exercise", "score", "reason"});
    std::set<std::string> ids;
    for (const Row& row : rows) ids.insert(row.student.id);
    for (std::size_t i = 0; i < sheet.rows.size(); ++i) {
        const auto refuse = [&](const Text& why) {
            throw Failure(wrong_usage, said({"{}:{}: {}", "{}:{}：{}"}, clean(file.string(), 200), i + 2, why));
        };
        const std::string &id = sheet.cell(i, "id"), &exercise = sheet.cell(i, "exercise"),
                          &score = sheet.cell(i, "score");
        if (!ids.contains(id))
            refuse(said({"nobody in this class has the id \"{}\"", "班里没有 id 为“{}”的人"}, clean(id, 80)));
        if (std::ranges::find(course.exercises, exercise, &Exercise::id) == course.exercises.end())
            refuse(said({"\"{}\" is no exercise of this course", "“{}”不是这门课的练习"}, clean(exercise, 80)));
        double points = 0;
        const auto [end, error] = std::from_chars(score.data(), score.data() + score.size(), points);
        if (error != std::errc() || end != score.data() + score.size() || !(points >= 0 && points <= 1e6))
            refuse(said({"the score \"{}\" is no number of points", "分数“{}”不对：要写一个不小于 0 的数"},
                        clean(score, 40)));
        if (stripped(sheet.cell(i, "reason")).empty()) refuse({"a reason is missing", "缺少理由"});
        if (overrides[id].contains(exercise))
            refuse(
                said({"{} has a score for {} above already", "{} 的 {} 上面已经写过分数了"}, clean(id, 80), exercise));
        overrides[id][exercise] = {points, sheet.cell(i, "reason")};
    }
    return overrides;
}

void book(Row& row, const std::vector<Outcome>& attempts, const Course& course, const Overrides& overrides) {
    for (const Exercise& exercise : course.exercises) {
        double& machine = row.machine[exercise.id] = 0;
        for (const Outcome& attempt : attempts) {
            const double points = points_of(course, exercise, attempt);
            const bool counts = !row.status.contains(exercise.id) || !course.best || points > machine;
            if (!counts) continue;
            machine = points;
            const auto found = attempt.exercises.find(exercise.id);
            row.status[exercise.id] = found == attempt.exercises.end() ? "missing" : found->second.status;
        }
    }
    if (row.standing == Standing::graded) count_late(row, course);
    for (const auto& [id, points] : row.machine) row.points[id] = rounded(points * (100 - row.percent_off) / 100);
    const auto decided = overrides.find(row.student.id);
    if (decided == overrides.end()) return;
    row.overrides = decided->second;
    for (const auto& [id, one] : row.overrides) row.points[id] = one.points;
}

std::string gradebook(const std::vector<Row>& rows, const Course& course, const std::string& form, Language language) {
    if (form == "moodle") return to_csv(moodle_form(rows, course, language));
    if (form == "canvas") return to_csv(canvas_form(rows, course));
    return to_csv(own_form(rows, course, language), language);
}

}  // namespace qkv::grader
