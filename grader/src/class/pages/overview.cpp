#include "class/pages/overview.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/failure.hpp"
#include "base/files.hpp"
#include "class/progress.hpp"
#include "report/pages/html.hpp"

namespace qkv::grader {

namespace {

/// Students with one thing in common: a mistake, a wrong output, a crash.
struct Group {
    std::string exercise, part, words, example;
    std::set<std::string> labels;
};

struct Slow {
    double seconds;
    std::string label;
};

/// What the outcomes add up to; no more of them than one is in memory.
struct Sums {
    std::vector<double> totals;
    std::map<std::string, std::map<std::string, std::map<std::string, int>>>
        parts;  ///< exercise, part, status: students
    std::map<std::string, Group> mistakes, unnamed, ended;
    std::vector<Slow> slow;
};

void add_trouble(Sums& sums, const Trouble& trouble, const std::string& label) {
    const bool by_end = trouble.verdict == "crashed" || trouble.verdict == "timed_out" ||
                        trouble.verdict == "out_of_memory" || trouble.verdict == "forbidden" ||
                        trouble.verdict == "build_failed" || trouble.verdict == "bad_reply";
    if (trouble.verdict == "not_implemented" || trouble.verdict == "not_run") return;
    auto& groups = !trouble.diagnosis.empty() ? sums.mistakes : by_end ? sums.ended : sums.unnamed;
    const std::string words = !trouble.diagnosis.empty() ? trouble.diagnosis : trouble.message;
    Group& group = groups[trouble.exercise + "\n" + trouble.part + "\n" + words];
    if (group.labels.empty()) {
        group.exercise = trouble.exercise;
        group.part = trouble.part;
        group.words = words;
        group.example = trouble.test.empty() ? trouble.message : trouble.test + ": " + trouble.message;
    } else if (group.example.size() > trouble.test.size() + 2 + trouble.message.size() && !trouble.test.empty()) {
        group.example = trouble.test + ": " + trouble.message;  // the smallest case says it best
    }
    group.labels.insert(label);
}

/// The smallest case of the wrong results that most share.
void find_smallest_cases(Sums& sums, const ClassRun& run, const std::vector<Row>& rows) {
    std::vector<Group*> groups;
    for (auto& [key, group] : sums.unnamed) {
        if (group.labels.size() >= 2) groups.push_back(&group);
    }
    std::ranges::stable_sort(groups, std::ranges::greater{}, [](const Group* group) { return group->labels.size(); });
    constexpr std::size_t most = 5;
    for (std::size_t i = 0; i < std::min(most, groups.size()) && run.hidden; ++i) {
        Group& group = *groups[i];
        const auto row = std::ranges::find(rows, *group.labels.begin(), &Row::label);
        const auto attempt = run.out / "work" / row->label / std::to_string(row->keys.size());
        try {
            const std::string found = smallest_case(run, attempt, row->keys.back(), group.exercise, group.part);
            if (!found.empty()) group.example = found.substr(found.find_first_not_of("\n "));
        } catch (const Failure&) {
            continue;  // the page does without
        }
    }
}

/// A student's first trouble of each part: what comes after it often comes of it.
void add_outcome(Sums& sums, const Outcome& outcome, const Row& row, const Course& course) {
    for (const Exercise& exercise : course.exercises) {
        const auto found = outcome.exercises.find(exercise.id);
        for (const Part& part : exercise.parts) {
            if (!course.counts(exercise.id, part.id)) continue;
            const bool missing = found == outcome.exercises.end() || !found->second.states.contains(part.id);
            ++sums.parts[exercise.id][part.id][missing ? "missing" : found->second.states.at(part.id)];
        }
    }
    std::set<std::string> seen;
    for (const Trouble& trouble : outcome.troubles) {
        if (!trouble.part.empty() && !course.counts(trouble.exercise, trouble.part)) continue;
        if (seen.insert(trouble.exercise + "\n" + trouble.part).second) add_trouble(sums, trouble, row.label);
    }
    sums.slow.push_back({outcome.seconds, row.label});
}

Sums sums_of(const ClassRun& run, const std::vector<Row>& rows) {
    Sums sums;
    for (const Row& row : rows) {
        if (row.standing == Standing::not_graded) continue;
        sums.totals.push_back(row.total());
        if (row.keys.empty()) continue;
        if (const auto outcome = load_outcome(run, row.keys.back())) add_outcome(sums, *outcome, row, run.course);
    }
    std::ranges::stable_sort(sums.slow, std::ranges::greater{}, &Slow::seconds);
    return sums;
}

/// A table that a phone can move sideways.
std::string table_of(const std::string& name, const std::vector<std::string>& heading,
                     const std::vector<std::vector<std::string>>& rows) {
    std::string text = "<table>\n<thead><tr>";
    for (const std::string& cell : heading) text += "<th scope=\"col\" class=\"words\">" + escaped(cell) + "</th>";
    text += "</tr></thead>\n<tbody>\n";
    for (const auto& row : rows) {
        text += "<tr>";
        for (std::size_t i = 0; i < row.size(); ++i)
            text += (i == 0 ? "<th scope=\"row\" class=\"words\">" : "<td class=\"words\">") +
                    escaped(clean(row[i], 1200)) + (i == 0 ? "</th>" : "</td>");
        text += "</tr>\n";
    }
    return scrolled(name, text + "</tbody></table>") + "\n";
}

std::string section(const std::string& heading, const std::string& body) {
    return "<section>\n<h2>" + escaped(heading) + "</h2>\n" + body + "</section>\n";
}

/// Ten steps from 0 to all points: how many students are in each.
std::string distribution(const Sums& sums, double most, Language language) {
    constexpr std::size_t steps = 10;
    std::array<int, steps> counts{};
    for (const double total : sums.totals)
        ++counts[std::min(steps - 1, static_cast<std::size_t>(most > 0 ? std::max(0.0, total) / most * steps : 0))];
    const int largest = std::max(1, *std::ranges::max_element(counts));
    std::string svg = fmt::format(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" width=\"560\" height=\"190\" viewBox=\"0 0 560 190\" "
        "aria-label=\"{}\" "
        "font-family=\"system-ui, sans-serif\" font-size=\"12\">\n",
        say({"students by points, in ten steps", "各分数段的人数，共十段"}, language));
    std::vector<std::vector<std::string>> rows;
    for (std::size_t i = 0; i < steps; ++i) {
        const double height = 130.0 * counts[i] / largest, x = 56.0 * static_cast<double>(i);
        const std::string range = fmt::format("{}–{}", points_text(most * static_cast<double>(i) / steps),
                                              points_text(most * static_cast<double>(i + 1) / steps));
        svg += fmt::format(
            "<rect x=\"{:.0f}\" y=\"{:.1f}\" width=\"48\" height=\"{:.1f}\" fill=\"#4c78a8\"/><text "
            "fill=\"currentColor\" x=\"{:.0f}\" y=\"{:.1f}\" text-anchor=\"middle\">{}</text>\n",
            x + 4, 155 - height, height, x + 28, 150 - height, counts[i]);
        rows.push_back({range, std::to_string(counts[i])});
    }
    // Where one step ends and the next begins: there two numbers have room that within a step have none.
    for (std::size_t i = 0; i <= steps; ++i)
        svg += fmt::format(
            "<text fill=\"currentColor\" x=\"{}\" y=\"172\" text-anchor=\"{}\" font-size=\"11\">{}</text>\n", 56 * i,
            i == 0       ? "start"
            : i == steps ? "end"
                         : "middle",
            points_text(most * static_cast<double>(i) / steps));
    const std::string name = say({"points", "得分"}, language), heading = say({"students", "人数"}, language);
    return scrolled(name, svg + "</svg>") + "\n<details><summary>" + say({"the numbers", "数值"}, language) +
           "</summary>" + table_of(name + ", " + heading, {name, heading}, rows) + "</details>\n";
}

std::string summary(const Sums& sums, const std::vector<Row>& rows, double most, Language language) {
    std::vector<double> sorted = sums.totals;
    std::ranges::sort(sorted);
    double sum = 0;
    for (const double total : sorted) sum += total;
    const auto count = [&](Standing standing) { return std::ranges::count(rows, standing, &Row::standing); };
    const double middle = sorted.empty() ? 0 : (sorted[(sorted.size() - 1) / 2] + sorted[sorted.size() / 2]) / 2;
    return "<p>" +
           say({"{} students: {} graded, {} handed nothing in, {} not graded. Median {} of {}, mean {}.",
                "共 {} 人：已评分 {} 人，没有交 {} 人，没能评分 {} 人。中位数 {}（满分 {}），平均 {}。"},
               language, rows.size(), count(Standing::graded), count(Standing::absent), count(Standing::not_graded),
               points_text(middle), points_text(most),
               points_text(sorted.empty() ? 0 : sum / static_cast<double>(sorted.size()))) +
           "</p>\n";
}

std::string parts_table(const Sums& sums, const Course& course, Language language) {
    std::vector<std::vector<std::string>> rows;
    for (const Exercise& exercise : course.exercises) {
        for (const Part& part : exercise.parts) {
            if (!course.counts(exercise.id, part.id)) continue;
            const auto of_exercise = sums.parts.find(exercise.id);
            const auto count = [&](const char* state) {
                if (of_exercise == sums.parts.end() || !of_exercise->second.contains(part.id)) return 0;
                const auto& students = of_exercise->second.at(part.id);
                return students.contains(state) ? students.at(state) : 0;
            };
            rows.push_back({exercise.id + " / " + part.id, points_text(part.points * course.weight(exercise.id)),
                            std::to_string(count("passed")), std::to_string(count("failed")),
                            std::to_string(count("not_implemented")), std::to_string(count("blocked")),
                            std::to_string(count("build_failed")), std::to_string(count("missing"))});
        }
    }
    const auto word = [&](const Text& text) { return text.in(language); };
    return table_of(
        word({"parts", "各部分"}),
        {word({"part", "部分"}), word({"points", "分值"}), word({"earned", "得分人数"}), word({"failed", "未通过"}),
         word({"not written", "没写"}), word({"waiting for another part", "受别的部分牵连"}),
         word({"does not compile", "编译不过"}), word({"no file", "没有文件"})},
        rows);
}

/// Groups, the largest first. `least`: how many students one must have.
std::string groups_table(const std::map<std::string, Group>& all, std::size_t least, std::size_t most, const Text& name,
                         const Text& what, Language language) {
    std::vector<const Group*> groups;
    for (const auto& [key, group] : all) {
        if (group.labels.size() >= least) groups.push_back(&group);
    }
    std::ranges::stable_sort(groups, std::ranges::greater{}, [](const Group* group) { return group->labels.size(); });
    if (groups.size() > most) groups.resize(most);
    if (groups.empty()) return "<p class=\"faint\">" + say({"none", "没有"}, language) + "</p>\n";
    std::vector<std::vector<std::string>> rows;
    for (const Group* group : groups) {
        std::vector<std::string> labels(group->labels.begin(), group->labels.end());
        if (labels.size() > 12) labels.resize(12);
        const std::string more = labels.size() < group->labels.size() ? ", …" : "";
        rows.push_back({std::to_string(group->labels.size()),
                        group->exercise + (group->part.empty() ? "" : " / " + group->part), group->words,
                        group->words == group->example ? "" : group->example,
                        fmt::format("{}{}", fmt::join(labels, ", "), more)});
    }
    return table_of(name.in(language),
                    {say({"students", "人数"}, language), say({"part", "部分"}, language), what.in(language),
                     say({"smallest example", "最小的例子"}, language), say({"who", "学生代号"}, language)},
                    rows);
}

std::string slow_table(const Sums& sums, Language language) {
    std::vector<std::vector<std::string>> rows;
    for (std::size_t i = 0; i < std::min<std::size_t>(8, sums.slow.size()); ++i)
        rows.push_back({sums.slow[i].label, duration_words(sums.slow[i].seconds, language)});
    return table_of(say({"slowest", "耗时最长的"}, language),
                    {say({"who", "学生代号"}, language), say({"building and testing", "编译和测试用时"}, language)},
                    rows);
}

std::string alike_table(const Likeness& likeness, Language language) {
    std::string missing;
    if (!likeness.not_compared.en.empty())
        missing = "<p>" + escaped(clean(likeness.not_compared.in(language), 300)) + "</p>\n";
    if (likeness.pairs.empty())
        return missing.empty() ? "<p class=\"faint\">" + say({"none", "没有"}, language) + "</p>\n" : missing;
    std::vector<std::vector<std::string>> rows;
    const auto name = [&](const std::string& label) {
        return label == the_reference ? say({"the reference", "参考解答"}, language) : label;
    };
    for (const Alike& pair : likeness.pairs) {
        const bool compared = !pair.other.empty();
        rows.push_back({name(pair.one),
                        compared ? name(pair.other) : say({"too long to be compared", "太长，没有比较"}, language),
                        pair.exercise, compared ? say({"{} %", "{}%"}, language, pair.percent) : "–"});
    }
    return missing + table_of(say({"alike", "雷同"}, language),
                              {say({"of this", "学生代号"}, language), say({"so much is in", "与谁雷同"}, language),
                               say({"exercise", "练习"}, language), say({"share", "相同的比例"}, language)},
                              rows);
}

}  // namespace

void write_overview(const ClassRun& run, const std::vector<Row>& rows, const Likeness& likeness) {
    const Language language = run.language;
    Sums sums = sums_of(run, rows);
    find_smallest_cases(sums, run, rows);
    const double most = run.course.most_points();
    const std::string title =
        run.course.title.empty() ? say({"The class", "全班情况"}, language) : clean(run.course.title);
    std::string body = "<h1>" + escaped(title) + "</h1>\n" + summary(sums, rows, most, language);
    body += section(say({"Distribution", "分数分布"}, language), distribution(sums, most, language));
    body += section(say({"Points by part", "各部分得分"}, language), parts_table(sums, run.course, language));
    body += section(say({"The most frequent mistakes", "最常见的错误"}, language),
                    groups_table(sums.mistakes, 1, 25, {"mistakes", "错误"}, {"mistake", "错误"}, language));
    body += section(
        say({"Wrong results that several share and no mutant names", "多人相同、却没有变异体能解释的错误结果"},
            language),
        "<p class=\"faint\">" +
            say({"Each may be a mistake worth a mutant: see docs/instructors.md, section 3.",
                 "每一条都可能值得写成一个变异体，见 docs/instructors.zh.md 第 3 节。"},
                language) +
            "</p>\n" + groups_table(sums.unnamed, 2, 25, {"unnamed", "无名错误"}, {"message", "报告的内容"}, language));
    body += section(say({"Crashes, time-outs, what does not compile", "崩溃、超时、编译不过"}, language),
                    groups_table(sums.ended, 1, 25, {"crashes", "崩溃"}, {"what happened", "情况"}, language));
    body += section(say({"Slowest", "耗时最长的"}, language), slow_table(sums, language));
    body += section(say({"Files that look alike", "雷同的文件"}, language),
                    "<p class=\"faint\">" +
                        say({"Names, layout and comments are not looked at; the stub's and the reference's own lines "
                             "are left out. A reason "
                             "to look, no proof: short functions are often written alike.",
                             "不看名字、排版和注释，骨架和参考解答里的行已经去掉。这只说明值得看一看，不是证据：短函数"
                             "本来就容易写得一样。"},
                            language) +
                        "</p>\n" + alike_table(likeness, language));
    write_file(run.out / "class.html", html_page(title, body, language));
}

}  // namespace qkv::grader
