#include "class/book/course.hpp"

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <ctime>

#include "base/files.hpp"
#include "model/manifest.hpp"

namespace qkv::grader {

namespace fs = std::filesystem;

namespace {

/// The seconds that a clock is ahead of UTC: "+08:00", "Z"; nothing if that is not what it says.
std::optional<int> offset_of(const std::string& text) {
    if (text == "Z" || text == "z") return 0;
    int hours = 0, minutes = 0;
    char sign = 0;
    const bool written = text.size() == 6 && std::sscanf(text.c_str(), "%c%2d:%2d", &sign, &hours, &minutes) == 3;
    if (!written || (sign != '+' && sign != '-') || hours > 23 || minutes > 59) return std::nullopt;
    return (sign == '-' ? -1 : 1) * (hours * 3600 + minutes * 60);
}

std::string text_of(const toml::node& node) {
    std::ostringstream stream;
    if (const auto* both = node.as_date_time())
        stream << both->get();
    else if (const auto* text = node.as_string())
        stream << text->get();
    return stream.str();
}

/// What a time says of its clock at its end.
std::optional<int> named_offset(const std::string& time) {
    if (time.ends_with('Z') || time.ends_with('z')) return 0;
    return time.size() < 6 ? std::nullopt : offset_of(time.substr(time.size() - 6));
}

/// A time of the file.
std::optional<Moment> moment_in(const toml::node& node, const std::string& key, Faults& faults, int offset) {
    const auto moment = moment_of(text_of(node), offset);
    if (!moment)
        faults.add(line_of(node), said({"{} must be a time such as 2026-12-07T23:59:00+08:00",
                                        "{} 要写成像 2026-12-07T23:59:00+08:00 这样的时间"},
                                       key));
    return moment;
}

void read_times(Table& table, Course& course, Faults& faults) {
    if (const toml::node* node = table.node("deadline")) {
        course.offset = named_offset(stripped(text_of(*node))).value_or(0);
        course.deadline = moment_in(*node, "deadline", faults, course.offset);
    }
    if (const toml::node* node = table.node("hidden_until"))
        course.hidden_until = moment_in(*node, "hidden_until", faults, course.offset);
    if (const toml::table* all = table.table("extensions")) {
        for (const auto& [id, node] : *all) {
            if (const auto moment = moment_in(node, std::string(id.str()), faults, course.offset))
                course.extensions[std::string(id.str())] = *moment;
        }
    }
}

const Exercise* find_exercise(const Course& course, const std::string& id) {
    const auto found = std::ranges::find(course.exercises, id, &Exercise::id);
    return found == course.exercises.end() ? nullptr : &*found;
}

void read_weights(const toml::table& table, Course& course, Faults& faults) {
    for (const auto& [key, node] : table) {
        const std::string id(key.str());
        const auto value = node.is_number() ? node.value<double>() : std::nullopt;
        if (find_exercise(course, id) == nullptr)
            faults.add(line_of(node),
                       said({"[weights] {}: no exercise of this course", "[weights] {}：不是这门课的练习"}, id));
        else if (!value || !(*value >= 0 && *value <= 1000))
            faults.add(line_of(node),
                       said({"[weights] {} must be a number from 0 to 1000", "[weights] {} 要写 0 到 1000 的数"}, id));
        else
            course.weights[id] = *value;
    }
}

void read_parts(const toml::table& table, Course& course, Faults& faults) {
    for (const auto& [key, node] : table) {
        const std::string id(key.str());
        const Exercise* exercise = find_exercise(course, id);
        const toml::array* words = node.as_array();
        if (exercise == nullptr || words == nullptr || words->empty()) {
            faults.add(line_of(node), said({"[parts] {} must be an exercise of this course and a list of its parts",
                                            "[parts] {} 要写这门课的一个练习，后面是它的几个部分，写成列表"},
                                           id));
            continue;
        }
        for (const toml::node& word : *words) {
            const std::string part = word.value_or(std::string());
            if (exercise->find_part(part) == nullptr)
                faults.add(line_of(word),
                           said({"[parts] {}: there is no part \"{}\"", "[parts] {}：没有“{}”这个部分"}, id, part));
            course.parts[id].push_back(part);
        }
    }
}

/// One of these words, else the first.
std::size_t choice(Table& table, const std::string& key, const std::vector<std::string>& words, Faults& faults) {
    const std::string word = table.text(key, false);
    const auto found = std::ranges::find(words, word);
    if (found == words.end() && !word.empty())
        faults.add(table.line(key), said({"{} must be one of {}", "{} 要写其中之一：{}"}, key,
                                         fmt::format("{}", fmt::join(words, ", "))));
    return found == words.end() ? 0 : static_cast<std::size_t>(found - words.begin());
}

Late read_late(const toml::table& table, Faults& faults) {
    Table late(table, "[late]", faults);
    Late rule;
    rule.grace_minutes = late.number("grace_minutes", 0, 0, 10080);
    rule.percent_per_day = late.number("percent_per_day", 0, 0, 100);
    rule.days = late.number("days", 0, 0, 366);
    late.refuse_unknown_keys();
    return rule;
}

Course course_in(const Kit& kit) {
    Course course;
    for (const Exercise& exercise : kit.catalog) course.known.push_back(exercise.id);
    return course;
}

Course read_course(const toml::table& file, Kit& kit, Faults& faults) {
    Table table(file, "", faults);
    Course course = course_in(kit);
    Faults same("");  // for each exercise again
    for (Exercise& exercise : kit.catalog)
        exercise.limits = read_limits(table, &exercise == &kit.catalog.front() ? faults : same, exercise.limits);
    const auto ids = table.texts("exercises");
    try {
        course.exercises = ids.empty() ? of_course(kit.catalog) : choose(kit.catalog, ids);
    } catch (const Failure& failure) {
        faults.add(table.line("exercises"), failure.words);
        return course;
    }
    course.title = table.text("title", false);
    course.best = choice(table, "attempts", {"latest", "best"}, faults) == 1;
    if (file.contains("hidden"))
        course.hidden = static_cast<HiddenTests>(choice(table, "hidden", {"all", "points", "none", "off"}, faults));
    if (file.contains("seed")) course.seed = static_cast<std::uint64_t>(table.whole("seed", 0, 2147483647));
    course.own_stack = choice(table, "stack", {"kit", "own"}, faults) == 1;
    if (const std::string code = table.text("language", false); !code.empty()) {
        course.language = language_of_code(code);
        if (!course.language)
            faults.add(table.line("language"), Text{"language must be en or zh", "language 要写 en 或 zh"});
    }
    if (const toml::table* late = table.table("late")) course.late = read_late(*late, faults);
    if (const toml::table* weights = table.table("weights")) read_weights(*weights, course, faults);
    if (const toml::table* parts = table.table("parts")) read_parts(*parts, course, faults);
    read_times(table, course, faults);
    table.refuse_unknown_keys();
    return course;
}

}  // namespace

double Course::weight(const std::string& id) const {
    const auto found = weights.find(id);
    return found == weights.end() ? 1 : found->second;
}

bool Course::counts(const std::string& id, const std::string& part) const {
    const auto found = parts.find(id);
    return found == parts.end() || std::ranges::find(found->second, part) != found->second.end();
}

double Course::most_points(const Exercise& exercise) const {
    double sum = 0;
    for (const Part& part : exercise.parts) sum += counts(exercise.id, part.id) ? part.points : 0;
    return sum * weight(exercise.id);
}

double Course::most_points() const {
    double sum = 0;
    for (const Exercise& exercise : exercises) sum += most_points(exercise);
    return sum;
}

std::optional<Moment> moment_of(std::string text, int offset) {
    text = stripped(text);
    // Spreadsheets in Chinese write 2026/12/7.
    if (text.size() > 4 && text[4] == '/') std::ranges::replace(text, '/', '-');
    if (text.size() > 10 && (text[10] == 'T' || text[10] == 't')) text[10] = ' ';
    tm time{};
    const char* rest = nullptr;
    // The last two are Moodle's, in English here and in the United States.
    for (const char* form :
         {"%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%A, %d %B %Y, %I:%M %p", "%A, %B %d, %Y, %I:%M %p"}) {
        if (rest == nullptr) rest = strptime(text.c_str(), form, &(time = tm{}));
    }
    if (rest == nullptr) return std::nullopt;
    // timegm would make the second of March of the thirtieth of February.
    tm same = time;
    const std::time_t moment = timegm(&same);
    if (same.tm_mday != time.tm_mday) return std::nullopt;
    const std::size_t digits = *rest == '.' ? std::strspn(rest + 1, "0123456789") : 0;
    if (digits > 0) rest += 1 + digits;
    const std::string clock = stripped(rest);
    const auto seconds = clock.empty() ? std::optional(offset) : offset_of(clock);
    if (!seconds) return std::nullopt;
    return moment - *seconds;
}

Course load_course(const fs::path& file, Kit& kit) {
    if (file.empty()) {
        Course course = course_in(kit);
        course.exercises = of_course(kit.catalog);
        return course;
    }
    std::ifstream stream(file);
    if (!stream)
        throw Failure(wrong_usage,
                      said({"{}: this file cannot be read", "{}：这个文件读不了"}, clean(file.string(), 200)));
    Faults faults(file.string());
    Course course;
    try {
        course = read_course(toml::parse(stream, file.string()), kit, faults);
        course.text = read_file(file);
    } catch (const toml::parse_error& error) {
        const std::string why(error.description());
        faults.add(static_cast<int>(error.source().begin.line), Text{why, "这里不合 TOML 的写法：" + why});
    }
    if (!faults.lines().empty()) throw Failure(wrong_usage, faults.words());
    return course;
}

}  // namespace qkv::grader
