#include "class/book/roster.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <unordered_map>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/failure.hpp"
#include "class/book/table.hpp"
#include "collect/endings.hpp"

namespace qkv::grader {

namespace fs = std::filesystem;

namespace {

/// An entry of the folder.
struct Entry {
    std::string word;  ///< its name, in UTF-8
    int attempt = 0;   ///< the number behind it
    HandedName name;
    Piece piece;
    bool taken = false;
};

/// Names are UTF-8 in all that is written. What is not came from an older Windows, most likely a Chinese one; of what
/// is that neither, each byte is written out, so that two names stay two.
std::string as_utf8(const std::string& name) {
    if (is_utf8(name)) return name;
    if (const auto chinese = to_utf8(name, "GB18030")) return *chinese;
    std::string result;
    for (const char byte : name) {
        const auto value = static_cast<unsigned char>(byte);
        result += value < 0x80 ? std::string(1, byte) : fmt::format("%{:02X}", value);
    }
    return result;
}

std::vector<Entry> entries_of(const fs::path& folder) {
    std::vector<Entry> entries;
    std::error_code error;
    for (fs::directory_iterator each(folder, error), end; !error && each != end; each.increment(error)) {
        const std::string word = as_utf8(each->path().filename().string());
        const fs::file_status status = each->symlink_status();
        const bool source = is_source(word) || is_archive(word);
        if (word.starts_with('.') || word == "__MACOSX") continue;
        if (word.find("_assignsubmission_onlinetext") != std::string::npos) continue;
        HandedName name = name_of_entry(word);
        // A report alone, as Moodle or Canvas names it, was handed in, too; what else lies there may be anybody's.
        const bool handed_in = source || name.of != HandedName::Of::plain;
        if (!fs::is_directory(status) && !(fs::is_regular_file(status) && handed_in)) continue;
        // A folder's name is whole: "ada.cpp" may be one.
        if (fs::is_directory(status) && name.of == HandedName::Of::plain) name = {word, "", "", false, {}};
        entries.push_back({word, attempt_of(word), name, {each->path(), name.file}, false});
    }
    if (error)
        throw Failure(wrong_usage,
                      said({"{}: this folder cannot be read", "{}：这个文件夹读不了"}, clean(folder.string(), 200)));
    // Older attempts first: Canvas counts them up, in the submission's number and behind the file's name.
    std::ranges::sort(entries, {}, [](const Entry& one) { return std::tie(one.attempt, one.word); });
    return entries;
}

/// Of "ada_attention.cpp" and "ada_attention (1).cpp" the student is "ada", whether attention is graded or not.
std::string without_exercise(const Entry& entry, const Course& course) {
    const std::string& student = entry.name.student;
    if (entry.name.of != HandedName::Of::plain || entry.name.file.empty()) return student;
    const std::string stem = stem_of(entry.name.file);
    std::string longest;
    for (const std::string& id : course.known) {
        for (const char* mark : {"_", "-"}) {
            const std::string ending = mark + id;
            if (stem.ends_with(ending) && ending.size() > longest.size() && stem.size() > ending.size())
                longest = ending;
        }
    }
    return longest.empty() ? student : stem.substr(0, stem.size() - longest.size());
}

void give(Student& student, Entry& entry) {
    entry.taken = true;
    student.pieces.push_back(entry.piece);
    student.marked_late = student.marked_late || entry.name.late;
    if (student.number.empty()) student.number = entry.name.number;
}

/// The entries that a path of the roster means, by their places.
std::set<std::size_t> entries_at(const std::unordered_multimap<std::string, std::size_t>& by_word, std::string path) {
    while (path.ends_with('/')) path.pop_back();
    std::set<std::size_t> places;
    for (const std::string& word : {path, fs::path(path).filename().string()}) {
        const auto [begin, end] = by_word.equal_range(word);
        for (auto each = begin; each != end; ++each) places.insert(each->second);
    }
    return places;
}

/// Names that two have: by the roster's ids, or by the numbers of Moodle and Canvas.
std::set<std::string> names_of_two(const Sheet& sheet, const std::vector<Entry>& entries) {
    std::map<std::string, std::set<std::string>> ids, numbers;
    for (std::size_t row = 0; row < sheet.rows.size(); ++row)
        ids[sheet.cell(row, "name")].insert(sheet.cell(row, "id"));
    for (const Entry& entry : entries) numbers[entry.name.student].insert(entry.name.number);
    std::set<std::string> names = {""};
    for (const auto* known : {&ids, &numbers}) {
        for (const auto& [name, who] : *known) {
            if (who.size() > 1) names.insert(name);
        }
    }
    return names;
}

/// Where each word stands.
template <typename Value>
using ByWord = std::unordered_map<std::string, Value>;

/// What may be a user's in the name of a repository, "week3-not-ada": "not-ada", "ada".
std::vector<std::string> endings_of(const Entry& entry) {
    std::vector<std::string> endings;
    const std::string& name = entry.name.student;
    for (std::size_t at = 0; entry.name.of == HandedName::Of::plain && (at = name.find('-', at)) != std::string::npos;)
        endings.push_back(name.substr(++at));
    return endings;
}

/// A roster, by what tells whose an entry is that no row names by its path.
struct Owners {
    ByWord<std::vector<std::size_t>> rows;  ///< without a path, by id
    ByWord<std::string> by_user, by_name;   ///< ids
    ByWord<std::size_t> shortest;           ///< by ending: the length of the shortest name that has it
    std::set<std::string> ids;
};

Owners owners_of(const Sheet& sheet, const std::vector<Entry>& entries, const std::vector<std::size_t>& order) {
    Owners owners;
    const auto shared_names = names_of_two(sheet, entries);
    for (std::size_t row = 0; row < sheet.rows.size(); ++row) {
        const std::string &id = sheet.cell(row, "id"), &name = sheet.cell(row, "name");
        owners.ids.insert(id);
        owners.by_user.emplace(sheet.cell(row, "user"), id);
        if (!shared_names.contains(name)) owners.by_name.emplace(name, id);
    }
    owners.by_user.erase("");
    for (const std::size_t row : order) {
        if (sheet.cell(row, "path").empty()) owners.rows[sheet.cell(row, "id")].push_back(row);
    }
    for (const Entry& entry : entries) {
        for (const std::string& ending : endings_of(entry)) {
            const std::size_t length = entry.name.student.size();
            std::size_t& least = owners.shortest.emplace(ending, length).first->second;
            least = std::min(least, length);
        }
    }
    return owners;
}

/// The id of a row; empty: nobody's. Numbers and ids tell more than users, users more than names; a name that two have
/// tells nothing. A user's repository is "week3-ada", and not that of a user whose name ends like it, "week3-not-ada".
std::string owner_of(const Owners& owners, const Entry& entry, const std::string& student) {
    for (const std::string& word : {entry.name.number, student}) {
        if (!word.empty() && owners.ids.contains(word)) return word;
    }
    if (const auto user = owners.by_user.find(student); user != owners.by_user.end()) return user->second;
    for (const std::string& ending : endings_of(entry)) {
        const auto user = owners.by_user.find(ending);
        const bool its = user != owners.by_user.end() && owners.shortest.at(ending) == entry.name.student.size();
        if (its) return user->second;
    }
    const auto name = owners.by_name.find(student);
    return name == owners.by_name.end() ? "" : name->second;
}

using Places = ByWord<std::size_t>;

/// A row may be one more attempt of a student who is there.
Student& student_of(std::vector<Student>& students, Places& places, const std::string& id, const std::string& name) {
    const auto [place, is_new] = places.emplace(id, students.size());
    if (!is_new) return students[place->second];
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

std::vector<Student> students_on(const Sheet& sheet, const fs::path& roster, Places& places) {
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
        const std::string &name = sheet.cell(row, "name"), &known = student_of(students, places, id, name).name;
        if (!stripped(name).empty() && !stripped(known).empty() && stripped(name) != stripped(known))
            throw Failure(wrong_usage,
                          said({"{}:{}: the id {} is {}'s already, and not {}'s: two rows with one id are "
                                "two attempts of one student",
                                "{}:{}：id {} 已经是 {} 的，不能又是 {} 的：同一个 id 写两行，"
                                "是同一个人的两次提交"},
                               clean(roster.string(), 200), row + 2, clean(id, 40), clean(known, 80), clean(name, 80)));
    }
    return students;
}

void rename_column(Sheet& sheet, const std::string& from, const std::string& to) {
    if (std::ranges::count(sheet.columns, to) == 0) std::ranges::replace(sheet.columns, from, to);
}

/// A roster, or what Moodle and Canvas export: a grading worksheet ("Participant 123"), a gradebook (below whose
/// heading stand rows of no student).
Sheet read_roster(const fs::path& file) {
    Sheet sheet = read_sheet(file, {});
    const auto has = [&](const char* column) { return std::ranges::count(sheet.columns, column) > 0; };
    const bool canvas = has("student") && has("id") && has("section");
    const bool moodle = !has("id") && (has("identifier") || has("标识符"));
    if (!has("id") && !moodle) return read_sheet(file, {"id"});  // says that there is none
    for (const char* column : {"student", "full name", "全名"}) rename_column(sheet, column, "name");
    for (const char* column : {"identifier", "标识符"}) rename_column(sheet, column, "id");
    rename_column(sheet, "submitted at", "submitted_at");
    if (moodle) rename_column(sheet, "last modified (submission)", "submitted_at");
    const auto place = [&](const char* column) {
        return static_cast<std::size_t>(std::ranges::find(sheet.columns, column) - sheet.columns.begin());
    };
    for (Cells& row : sheet.rows) {
        for (const char* column : {"id", "path", "user", "submitted_at"}) {
            if (place(column) < row.size()) row[place(column)] = stripped(row[place(column)]);
        }
        std::string& id = row[place("id")];
        if (moodle) id.erase(0, id.find_first_of("0123456789"));
        if (moodle && place("submitted_at") < row.size() && row[place("submitted_at")] == "-")
            row[place("submitted_at")].clear();
    }
    if (canvas) std::erase_if(sheet.rows, [&](const Cells& row) { return row[place("id")].empty(); });
    return sheet;
}

/// Where the ids are the numbers of Moodle or Canvas, that is known of those, too, who handed nothing in.
void number_absentees(std::vector<Student>& students) {
    const auto is_number = [](const Student& one) { return !one.number.empty() && one.number == one.id; };
    if (std::ranges::none_of(students, is_number)) return;
    for (Student& student : students) {
        const bool digits = student.id.find_first_not_of("0123456789") == std::string::npos;
        if (student.number.empty() && digits) student.number = student.id;
    }
}

std::vector<Student> from_roster(std::vector<Entry>& entries, const fs::path& roster, const Course& course) {
    const Sheet sheet = read_roster(roster);
    Places places;
    std::vector<Student> students = students_on(sheet, roster, places);
    const auto rows = by_time(sheet, course);
    std::vector<std::vector<Entry*>> of_row(rows.size());
    std::vector<bool> handed_in(rows.size());
    const auto take = [&](Entry& entry, std::size_t row) {
        handed_in[row] = true;
        if (!entry.taken) of_row[row].push_back(&entry);
        entry.taken = true;
    };
    std::unordered_multimap<std::string, std::size_t> by_word;
    for (std::size_t i = 0; i < entries.size(); ++i) by_word.emplace(entries[i].word, i);
    std::map<std::size_t, std::size_t> named_by;  // of an entry: the row
    for (const std::size_t row : rows) {
        const std::string &path = sheet.cell(row, "path"), &id = sheet.cell(row, "id");
        const auto found = entries_at(by_word, path);
        for (const std::size_t place : found) {
            const std::string& first = sheet.cell(named_by.emplace(place, row).first->second, "id");
            if (first != id)
                throw Failure(wrong_usage,
                              said({"{}: the path \"{}\" stands with two ids, {} and {}; if both did the "
                                    "work, put a copy of it beside it",
                                    "{}：路径“{}”写在了两个 id 后面：{} 和 {}；如果是两人合作，"
                                    "请在旁边再放一份，各写各的路径"},
                                   clean(roster.string(), 200), clean(path, 80), clean(first, 40), clean(id, 40)));
            if (!entries[place].taken) take(entries[place], row);
        }
        if (!path.empty() && found.empty())
            student_of(students, places, id, "")
                .notes.push_back(
                    said({"the roster's path \"{}\" is not there", "名单上的路径“{}”不存在"}, clean(path, 80)));
    }
    const Owners owners = owners_of(sheet, entries, rows);
    for (Entry& entry : entries) {
        if (entry.taken) continue;
        const auto found = owners.rows.find(owner_of(owners, entry, without_exercise(entry, course)));
        if (found == owners.rows.end()) continue;
        for (const std::size_t row : found->second) take(entry, row);
    }
    for (const std::size_t row : rows) {
        if (!handed_in[row]) continue;
        Student& student = student_of(students, places, sheet.cell(row, "id"), "");
        for (Entry* entry : of_row[row]) give(student, *entry);
        read_time(student, sheet.cell(row, "submitted_at"), clean(roster.string(), 200) + ":" + std::to_string(row + 2),
                  course);
    }
    number_absentees(students);
    return students;
}

}  // namespace

std::vector<Student> find_students(const fs::path& submissions, const fs::path& roster, const Course& course) {
    std::vector<Entry> entries = entries_of(submissions);
    std::vector<Student> students;
    if (!roster.empty()) students = from_roster(entries, roster, course);
    const std::size_t on_roster = students.size();
    Places places;  // of strangers, whose ids are no roster's
    for (Entry& entry : entries) {
        if (entry.taken) continue;
        const std::string name = without_exercise(entry, course);
        const std::string id = entry.name.number.empty() ? name : entry.name.number;
        const std::size_t before = students.size();
        Student& student = student_of(students, places, id, name);
        if (students.size() > before) student.stranger = !roster.empty();
        give(student, entry);
    }
    std::stable_sort(
        students.begin() + static_cast<std::ptrdiff_t>(on_roster), students.end(),
        [](const Student& a, const Student& b) { return std::tie(a.name, a.id) < std::tie(b.name, b.id); });
    return students;
}

}  // namespace qkv::grader
