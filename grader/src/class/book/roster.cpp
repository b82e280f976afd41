#include "class/book/roster.hpp"

#include <iconv.h>

#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/failure.hpp"
#include "class/book/table.hpp"

namespace qkv::grader {

namespace fs = std::filesystem;

namespace {

/// An entry of the folder.
struct Entry {
    std::string word;  ///< its name, in UTF-8
    HandedName name;
    Piece piece;
    bool taken = false;
    std::optional<std::size_t> row;  ///< of the roster
};

/// Names are UTF-8 in all that is written. What is not came from an older Windows, most likely a Chinese one.
std::string as_utf8(const std::string& name) {
    const std::string valid = clean(name, name.size() * 4 + 1);
    if (valid.find("\xEF\xBF\xBD") == std::string::npos) return name;
    const iconv_t converter = iconv_open("UTF-8", "GB18030");
    std::string result(name.size() * 4, '\0'), from = name;
    char *in = from.data(), *out = result.data();
    std::size_t in_left = from.size(), out_left = result.size();
    const bool whole = converter != reinterpret_cast<iconv_t>(-1) &&
                       iconv(converter, &in, &in_left, &out, &out_left) != static_cast<std::size_t>(-1);
    if (converter != reinterpret_cast<iconv_t>(-1)) iconv_close(converter);
    result.resize(result.size() - out_left);
    return whole ? result : valid;
}

std::vector<Entry> entries_of(const fs::path& folder) {
    std::vector<Entry> entries;
    std::error_code error;
    for (fs::directory_iterator each(folder, error), end; !error && each != end; each.increment(error)) {
        const std::string word = as_utf8(each->path().filename().string());
        const fs::file_status status = each->symlink_status();
        const bool source = is_source(word) || is_archive(word);
        const bool is_it = fs::is_directory(status) || (fs::is_regular_file(status) && source);
        if (word.starts_with('.') || word == "__MACOSX" || !is_it) continue;
        if (word.find("_assignsubmission_onlinetext") != std::string::npos) continue;
        HandedName name = name_of_entry(word);
        // A folder's name is whole: "ada.cpp" may be one.
        if (fs::is_directory(status) && name.of == HandedName::Of::plain) name = {word, "", "", false, {}};
        entries.push_back({word, name, {each->path(), name.file}, false, {}});
    }
    if (error)
        throw Failure(wrong_usage,
                      said({"{}: this folder cannot be read", "{}：这个文件夹读不了"}, clean(folder.string(), 200)));
    // Older attempts first: Canvas counts them up, in the submission's number and behind the file's name.
    std::ranges::sort(entries, {}, [](const Entry& one) { return std::tuple(attempt_of(one.word), one.word); });
    return entries;
}

/// Of "ada_attention.cpp" the student is "ada".
std::string without_exercise(const Entry& entry, const Course& course) {
    std::string student = entry.name.student;
    if (entry.name.of != HandedName::Of::plain || entry.name.file.empty()) return student;
    std::string longest;
    for (const Exercise& exercise : course.exercises) {
        for (const char* mark : {"_", "-"}) {
            const std::string ending = mark + exercise.id;
            if (student.ends_with(ending) && ending.size() > longest.size() && student.size() > ending.size())
                longest = ending;
        }
    }
    return student.substr(0, student.size() - longest.size());
}

void give(Student& student, Entry& entry) {
    entry.taken = true;
    student.pieces.push_back(entry.piece);
    student.marked_late = student.marked_late || entry.name.late;
    if (student.number.empty()) student.number = entry.name.number;
}

bool is_same_path(const std::string& entry, std::string path) {
    while (path.ends_with('/')) path.pop_back();
    return entry == path || entry == fs::path(path).filename().string();
}

enum class Match { no, by_name, surely };

/// Whether the roster's row means this entry.
Match match(const Sheet& sheet, std::size_t row, const Entry& entry, const std::string& student) {
    if (const std::string& path = sheet.cell(row, "path"); !path.empty())
        return is_same_path(entry.word, path) ? Match::surely : Match::no;
    const std::string& user = sheet.cell(row, "user");
    if (!user.empty() && (student == user || entry.word.ends_with("-" + user))) return Match::surely;
    const std::string& id = sheet.cell(row, "id");
    const std::string& name = sheet.cell(row, "name");
    if (!id.empty() && (student == id || entry.name.number == id)) return Match::surely;
    return !name.empty() && student == name ? Match::by_name : Match::no;
}

/// Several people may have one name: then it tells nothing, and nobody gets what another handed in.
void refuse_shared_names(const Sheet& sheet, const std::vector<Entry>& entries, const fs::path& roster,
                         const Course& course) {
    struct Shared {
        std::set<std::string> ids, numbers, words;
    };
    std::map<std::string, Shared> names;
    for (const Entry& entry : entries) {
        const std::string student = without_exercise(entry, course);
        for (std::size_t row = 0; row < sheet.rows.size() && !entry.row; ++row) {
            if (match(sheet, row, entry, student) != Match::by_name) continue;
            Shared& shared = names[student];
            shared.ids.insert(sheet.cell(row, "id"));
            shared.words.insert(entry.word);
            if (!entry.name.number.empty()) shared.numbers.insert(entry.name.number);
        }
    }
    for (const auto& [name, shared] : names) {
        if (shared.ids.size() < 2 && shared.numbers.size() < 2) continue;
        throw Failure(wrong_usage,
                      said({"{}: more than one has the name \"{}\" (id {}): say whose is whose in a column path ({})",
                            "{}：叫“{}”的不止一人（id：{}），分不清哪一份是谁交的。请加一列 path，写明各人对应的是 {}"},
                           clean(roster.string(), 200), clean(name, 80),
                           clean(fmt::format("{}", fmt::join(shared.ids, ", ")), 200),
                           clean(fmt::format("{}", fmt::join(shared.words, ", ")), 400)));
    }
}

/// A row may be one more attempt of a student who is there.
Student& student_of(std::vector<Student>& students, const std::string& id, const std::string& name) {
    const auto found = std::ranges::find(students, id, &Student::id);
    if (found != students.end()) return *found;
    Student student;
    student.id = id;
    student.name = name;
    return students.emplace_back(student);
}

void read_time(Student& student, const std::string& text, const std::string& where, const Course& course) {
    if (stripped(text).empty()) return;
    const auto moment = moment_of(text, course.offset);
    if (!moment)
        throw Failure(wrong_usage, said({"{}: submitted_at \"{}\" is no time such as 2026-12-07T23:59:00+08:00",
                                         "{}：submitted_at “{}”不是像 2026-12-07T23:59:00+08:00 这样的时间"},
                                        where, clean(text, 60)));
    student.submitted_at = std::max(student.submitted_at.value_or(*moment), *moment);
}

/// Rows in the order of their times, so that the latest attempt comes last.
std::vector<std::size_t> by_time(const Sheet& sheet, const Course& course) {
    std::vector<std::size_t> rows(sheet.rows.size());
    for (std::size_t i = 0; i < rows.size(); ++i) rows[i] = i;
    std::ranges::stable_sort(rows, {}, [&](std::size_t row) {
        return moment_of(sheet.cell(row, "submitted_at"), course.offset).value_or(0);
    });
    return rows;
}

/// A spreadsheet shows a number of twelve digits as 2.02301E+11, and saves that: many would have one id.
bool is_rounded_number(const std::string& id) {
    const std::size_t e = id.find_first_of("eE");
    return e != std::string::npos && e > 0 && e + 2 < id.size() && id[e + 1] == '+' &&
           id.find_first_not_of("0123456789.") == e && id.find_first_not_of("0123456789", e + 2) == std::string::npos;
}

std::vector<Student> students_on(const Sheet& sheet, const fs::path& roster) {
    std::vector<Student> students;
    for (std::size_t row = 0; row < sheet.rows.size(); ++row) {
        const std::string& id = sheet.cell(row, "id");
        if (id.empty())
            throw Failure(wrong_usage,
                          said({"{}: row {} has no id", "{}：第 {} 行没有 id"}, clean(roster.string(), 200), row + 2));
        if (is_rounded_number(id))
            throw Failure(
                wrong_usage,
                said({"{}:{}: a spreadsheet has rounded the id to {}; format the column as text, type the ids again",
                      "{}:{}：id 被电子表格改成了 {}，后几位已经丢了；请先把这一列设为“文本”格式，再重新填写"},
                     clean(roster.string(), 200), row + 2, clean(id, 40)));
        student_of(students, id, sheet.cell(row, "name"));
    }
    return students;
}

std::vector<Student> from_roster(std::vector<Entry>& entries, const fs::path& roster, const Course& course) {
    const Sheet sheet = read_sheet(roster, {"id"});
    std::vector<Student> students = students_on(sheet, roster);
    const auto order = by_time(sheet, course);
    const auto find_rows = [&](Match least) {
        for (Entry& entry : entries) {
            const std::string student = without_exercise(entry, course);
            for (std::size_t i = 0; i < order.size() && !entry.row; ++i) {
                if (match(sheet, order[i], entry, student) >= least) entry.row = order[i];
            }
        }
    };
    find_rows(Match::surely);
    refuse_shared_names(sheet, entries, roster, course);
    find_rows(Match::by_name);
    std::vector<std::vector<Entry*>> of_row(sheet.rows.size());
    for (Entry& entry : entries) {
        if (entry.row) of_row[*entry.row].push_back(&entry);
    }
    for (const std::size_t row : order) {
        if (of_row[row].empty()) continue;
        Student& student = student_of(students, sheet.cell(row, "id"), "");
        for (Entry* entry : of_row[row]) give(student, *entry);
        read_time(student, sheet.cell(row, "submitted_at"), clean(roster.string(), 200) + ":" + std::to_string(row + 2),
                  course);
    }
    return students;
}

}  // namespace

std::vector<Student> find_students(const fs::path& submissions, const fs::path& roster, const Course& course) {
    std::vector<Entry> entries = entries_of(submissions);
    std::vector<Student> students;
    if (!roster.empty()) students = from_roster(entries, roster, course);
    const std::size_t on_roster = students.size();
    for (Entry& entry : entries) {
        if (entry.taken) continue;
        const std::string name = without_exercise(entry, course);
        const std::string id = entry.name.number.empty() ? name : entry.name.number;
        const auto found = std::find_if(students.begin() + static_cast<std::ptrdiff_t>(on_roster), students.end(),
                                        [&](const Student& one) { return one.id == id; });
        Student added;
        added.id = id;
        added.name = name;
        added.stranger = !roster.empty();
        give(found == students.end() ? students.emplace_back(added) : *found, entry);
    }
    std::stable_sort(
        students.begin() + static_cast<std::ptrdiff_t>(on_roster), students.end(),
        [](const Student& a, const Student& b) { return std::tie(a.name, a.id) < std::tie(b.name, b.id); });
    return students;
}

}  // namespace qkv::grader
