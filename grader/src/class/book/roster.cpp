#include "class/book/roster.hpp"

#include <iconv.h>

#include <algorithm>
#include <map>
#include <set>
#include <unordered_map>

#include "base/failure.hpp"
#include "class/book/table.hpp"

namespace qkv::grader {

namespace fs = std::filesystem;

namespace {

/// An entry of the folder.
struct Entry {
    std::string word;  ///< its name
    int attempt = 0;   ///< the number behind it
    HandedName name;
    Piece piece;
    bool taken = false;
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
        const std::string word = each->path().filename().string();
        const fs::file_status status = each->symlink_status();
        const bool source = word.ends_with(".cpp") || is_archive(word);
        const bool is_it = fs::is_directory(status) || (fs::is_regular_file(status) && source);
        if (word.starts_with('.') || word == "__MACOSX" || !is_it) continue;
        if (word.find("_assignsubmission_onlinetext") != std::string::npos) continue;
        HandedName name = name_of_entry(word);
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

/// Whether the roster's row means this entry.
bool matches(const Sheet& sheet, std::size_t row, const Entry& entry, const std::string& student) {
    if (const std::string& path = sheet.cell(row, "path"); !path.empty()) return is_same_path(entry.word, path);
    const std::string& user = sheet.cell(row, "user");
    if (!user.empty() && (student == user || entry.word.ends_with("-" + user))) return true;
    const std::string& id = sheet.cell(row, "id");
    const std::string& name = sheet.cell(row, "name");
    return (!id.empty() && (student == id || entry.name.number == id)) || (!name.empty() && student == name);
}

/// The entries by all that a row may call them: a large class is looked through once, not once a row.
class Directory {
public:
    Directory(const std::vector<Entry>& entries, const Course& course) {
        for (std::size_t i = 0; i < entries.size(); ++i) {
            const Entry& entry = entries[i];
            students_.push_back(without_exercise(entry, course));
            for (const std::string& word : {entry.word, entry.name.number, students_.back()})
                by_word_[word].push_back(i);
            for (std::size_t at = 0; (at = entry.word.find('-', at)) != std::string::npos; ++at)
                by_word_[entry.word.substr(at + 1)].push_back(i);
        }
    }

    /// Those that the row means, in their order.
    std::vector<std::size_t> meant(const Sheet& sheet, std::size_t row, const std::vector<Entry>& entries) const {
        std::string path = sheet.cell(row, "path");
        while (path.ends_with('/')) path.pop_back();
        std::set<std::size_t> found;
        for (const std::string& word : {path, fs::path(path).filename().string(), sheet.cell(row, "user"),
                                        sheet.cell(row, "id"), sheet.cell(row, "name")}) {
            const auto some = word.empty() ? by_word_.end() : by_word_.find(word);
            if (some == by_word_.end()) continue;
            for (const std::size_t i : some->second) {
                if (matches(sheet, row, entries[i], students_[i])) found.insert(i);
            }
        }
        return {found.begin(), found.end()};
    }

private:
    std::vector<std::string> students_;  ///< what each entry calls its student
    std::unordered_map<std::string, std::vector<std::size_t>> by_word_;
};

using Places = std::unordered_map<std::string, std::size_t>;

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

std::vector<Student> from_roster(std::vector<Entry>& entries, const fs::path& roster, const Course& course) {
    const Sheet sheet = read_sheet(roster, {"id"});
    std::vector<Student> students;
    Places places;
    for (std::size_t row = 0; row < sheet.rows.size(); ++row) {
        if (sheet.cell(row, "id").empty())
            throw Failure(wrong_usage,
                          said({"{}: row {} has no id", "{}：第 {} 行没有 id"}, clean(roster.string(), 200), row + 2));
        student_of(students, places, sheet.cell(row, "id"), sheet.cell(row, "name"));
    }
    const Directory directory(entries, course);
    for (const std::size_t row : by_time(sheet, course)) {
        Student& student = student_of(students, places, sheet.cell(row, "id"), "");
        bool handed_in = false;
        for (const std::size_t i : directory.meant(sheet, row, entries)) {
            if (entries[i].taken) continue;
            give(student, entries[i]);
            handed_in = true;
        }
        if (handed_in)
            read_time(student, sheet.cell(row, "submitted_at"),
                      clean(roster.string(), 200) + ":" + std::to_string(row + 2), course);
    }
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
        const std::string name = as_utf8(without_exercise(entry, course));
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
