#include "class/grade_class.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <mutex>
#include <random>
#include <set>
#include <thread>

#include <fmt/format.h>

#include "base/files.hpp"
#include "base/process.hpp"
#include "class/alike.hpp"
#include "class/book/table.hpp"
#include "class/engines/slurm.hpp"
#include "class/pages/feedback.hpp"
#include "class/pages/overview.hpp"
#include "class/progress.hpp"

namespace qkv::grader {

namespace fs = std::filesystem;

namespace {

/// Two runs would take each other's work away. Held until the program ends, however it ends.
class Lock {
public:
    explicit Lock(const fs::path& out) : file_(open((out / "lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666)) {
        if (file_ >= 0 && flock(file_, LOCK_EX | LOCK_NB) == 0) return;
        const int error = errno;
        if (file_ >= 0) close(file_);
        if (error == EWOULDBLOCK)
            throw Failure(wrong_usage, said({"--out {}: another ./grade class is at work there",
                                             "--out {}：另一个 ./grade class 正在那里工作"},
                                            clean(out.string(), 200)));
        throw Failure(wrong_usage, said({"--out {}: nothing can be written there: {}", "--out {}：无法写入：{}"},
                                        clean(out.string(), 200), std::generic_category().message(error)));
    }
    ~Lock() { close(file_); }
    Lock(const Lock&) = delete;
    Lock& operator=(const Lock&) = delete;

private:
    int file_;
};

fs::path folder_of(const fs::path& path, const char* option) {
    if (!fs::is_directory(path))
        throw Failure(wrong_usage, said({"{} {}: there is no such folder", "{} {}：没有这个文件夹"}, option,
                                        clean(path.string(), 200)));
    return fs::canonical(path);
}

bool lies_in(const fs::path& path, const fs::path& folder) {
    return (path / "").string().starts_with((folder / "").string());
}

/// What is cleared away or written anew must be ours: every folder of ours has a lock.
void refuse_foreign(const fs::path& out) {
    if (fs::exists(out / "lock")) return;
    for (const char* name : {"work", "results", "feedback", "cases", "slices", "class.html", "gradebook.csv"}) {
        if (!fs::exists(fs::symlink_status(out / name))) continue;
        throw Failure(wrong_usage, said({"--out {0}: what is {1} there? ./grade class would overwrite it; name another "
                                         "folder (or, if ./grade class made it: touch {2})",
                                         "--out {0}：里面的 {1} 是什么？./grade class 会覆盖它，请换一个文件夹"
                                         "（如果它本来就是 ./grade class 写的：touch {2}）"},
                                        clean(out.string(), 200), name, shell_quoted((out / "lock").string())));
    }
}

fs::path out_folder(const Arguments& arguments, const fs::path& submissions) {
    if (arguments.out.empty())
        throw Failure(wrong_usage, Text{"--out DIR is missing: where the gradebook and everything else goes",
                                        "缺少 --out DIR：成绩册和其他结果放在哪里"});
    fs::path out = fs::weakly_canonical(fs::absolute(arguments.out));
    if (lies_in(out, submissions) || lies_in(submissions, out))
        throw Failure(wrong_usage, Text{"--out must lie beside the submissions, neither in them nor around them",
                                        "--out 要放在提交文件夹之外，不能在它里面，也不能包含它"});
    std::error_code error;
    fs::create_directories(out, error);
    if (error)
        throw Failure(wrong_usage, said({"--out {}: this folder cannot be made: {}", "--out {}：建不了这个文件夹：{}"},
                                        clean(out.string(), 200), error.message()));
    refuse_foreign(out);
    return out;
}

/// --course, else course.toml beside the submissions or in them; empty: none.
fs::path course_file(const Arguments& arguments, const fs::path& submissions) {
    if (!arguments.course.empty()) return arguments.course;
    for (const fs::path& file : {submissions / "course.toml", submissions.parent_path() / "course.toml"}) {
        if (fs::is_regular_file(file)) return file;
    }
    return {};
}

/// One for the class: the course's, else drawn once and kept.
std::uint64_t seed_of(const Course& course, const fs::path& out) {
    if (course.seed) return *course.seed;
    const fs::path file = out / "seed";
    if (!fs::exists(file)) write_file(file, std::to_string(std::random_device{}()) + "\n");
    const std::string text = read_file(file);
    std::uint64_t seed = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seed);
    if (error != std::errc() || std::string_view(end).find_first_not_of("\r\n ") != std::string::npos)
        throw Failure(kit_fault,
                      said({"{}: this is no seed; put the old one back, or remove the file to have a new one "
                            "drawn and everything graded anew",
                            "{}：里面不是种子；请恢复原来的，或者删掉这个文件：那样会另取一个种子，全部重新评分"},
                           clean(file.string(), 200)));
    return seed;
}

/// Those whose files are linked: what is graded, and what it needs where that is the students' own too.
std::vector<Exercise> staged_exercises(const Kit& kit, const Course& course) {
    const bool practice = std::ranges::count(course.exercises, Tally::practice, tally_of) > 0;
    if (!course.own_stack && !practice) return course.exercises;
    std::vector<std::string> ids;
    for (const Exercise& exercise : course.exercises) ids.push_back(exercise.id);
    return with_needs(kit.catalog, ids);
}

std::vector<Row> rows_for(const std::vector<Student>& students) {
    std::vector<Row> rows;
    for (const Student& student : students) {
        Row row;
        row.student = student;
        row.label = fmt::format("S{:03}", rows.size() + 1);
        row.standing = student.pieces.empty() ? Standing::absent : Standing::graded;
        row.notes = student.notes;
        if (student.stranger) row.notes.push_back({"not on the roster", "不在名单上"});
        rows.push_back(row);
    }
    return rows;
}

/// With a roster everybody is known, and an extension of nobody's is a slip of the pen.
void refuse_unknown_extensions(const Course& course, const std::vector<Row>& rows) {
    std::set<std::string> ids;
    for (const Row& row : rows) ids.insert(row.student.id);
    for (const auto& extension : course.extensions) {
        if (!ids.contains(extension.first))
            throw Failure(wrong_usage, said({"course.toml, [extensions]: nobody in this class has the id \"{}\"",
                                             "course.toml 的 [extensions]：班里没有 id 为“{}”的人"},
                                            clean(extension.first, 80)));
    }
}

/// Stages what everybody handed in and gives each attempt the name of its result. Returns what has none yet, each once:
/// equal files are graded once. What the machine cannot read or unpack does not stop the others.
std::vector<Task> stage_all(const ClassRun& run, std::vector<Row>& rows, unsigned jobs) {
    const fs::path work = run.out / "work";
    fs::remove_all(work);
    const auto exercises = staged_exercises(run.kit, run.course);
    std::vector<std::vector<Task>> found(rows.size());
    in_parallel(rows.size(), jobs, [&](std::size_t i) {
        Row& row = rows[i];
        if (row.student.pieces.empty()) return;
        try {
            const Staged staged = stage(run.kit.toolchain, row.student.pieces, exercises, run.course.known,
                                        run.course.best, work / row.label);
            row.notes.insert(row.notes.end(), staged.notes.begin(), staged.notes.end());
            for (const fs::path& attempt : staged.attempts) {
                row.keys.push_back(key_of(run, attempt));
                if (!has_outcome(run, row.keys.back())) found[i].push_back({row.keys.back(), attempt});
            }
        } catch (const Failure& failure) {
            row.fault = failure.words;
            row.keys.clear();
            found[i].clear();
        }
    });
    std::set<std::string> known;
    std::vector<Task> tasks;
    for (const auto& some : found) {
        for (const Task& task : some) {
            if (known.insert(task.key).second) tasks.push_back(task);
        }
    }
    return tasks;
}

/// What a killed run had not yet renamed; some of it names students. Jobs of other machines may be at work, so what is
/// new stays.
void clear_half_written(const fs::path& out) {
    const auto old = fs::file_time_type::clock::now() - std::chrono::hours(1);
    for (const fs::path& folder : {out, out / "results", out / "cases"}) {
        std::error_code ignored;
        for (const auto& entry : fs::directory_iterator(folder, ignored)) {
            const std::string name = entry.path().filename().string();
            const bool ours = folder != out || name.starts_with("gradebook") || name.starts_with("class.html");
            if (ours && name.ends_with(".new") && entry.last_write_time(ignored) < old)
                fs::remove(entry.path(), ignored);
        }
    }
}

/// Aside, to be compared with: nothing that was said of a student is lost.
void keep_old(const fs::path& out, const std::string& name, const fs::path& history) {
    if (!fs::exists(out / name)) return;
    fs::create_directories(history);
    fs::rename(out / name, history / name);
}

fs::path history_folder(const fs::path& out) {
    const auto now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
    tm time{};
    localtime_r(&now, &time);
    char name[32];
    strftime(name, sizeof name, "%Y-%m-%d-%H%M%S", &time);
    fs::path folder = out / "history" / name;
    for (int i = 2; fs::exists(folder); ++i) folder = out / "history" / fmt::format("{}-{}", name, i);
    return folder;
}

/// A cell, of any bytes, where it can begin no line of its own.
std::string in_line(const std::string& cell) {
    std::string text = clean(cell, 80);
    std::ranges::replace(text, '\n', ' ');
    return text;
}

/// What a new gradebook says otherwise than the old one.
void print_changes(const std::string& old_book, const std::string& new_book, Language language) {
    const Sheet before = sheet_of(old_book, "gradebook.csv", {}), after = sheet_of(new_book, "gradebook.csv", {});
    std::map<std::string, std::size_t> known;
    for (std::size_t i = 0; i < before.rows.size(); ++i) known[before.cell(i, "id")] = i;
    std::size_t changed = 0;
    for (std::size_t i = 0; i < after.rows.size(); ++i) {
        const auto old = known.find(after.cell(i, "id"));
        std::string words;
        for (const std::string& column : after.columns) {
            const std::string was = old == known.end() ? "" : before.cell(old->second, column);
            const std::string& is = after.cell(i, column);
            if (column == "label" || column == "notes" || was == is) continue;
            words += fmt::format("  {}: {} -> {}", column, was.empty() ? "-" : in_line(was), in_line(is));
        }
        if (words.empty()) continue;
        ++changed;
        fmt::print("  {} {}{}\n", after.cell(i, "label"), in_line(after.cell(i, "id")), words);
    }
    fmt::print("{}\n", say({"{} rows of the gradebook changed", "成绩册里有 {} 行变了"}, language, changed));
}

void book_all(const ClassRun& run, std::vector<Row>& rows, const Overrides& overrides, const FaultsOfMachine& faults) {
    for (Row& row : rows) {
        std::vector<Outcome> outcomes;
        for (const std::string& key : row.keys) {
            const auto fault = faults.find(key);
            auto outcome = load_outcome(run, key);
            if (outcome) outcomes.push_back(std::move(*outcome));
            if (fault != faults.end()) row.fault = fault->second;
            if (fault != faults.end() || outcome) continue;
            // Damaged since it was kept.
            fs::remove(result_file(run, key));
            row.fault = {"the result that was kept cannot be read; run this again", "保存的结果读不了；请再运行一次"};
        }
        if (!row.fault.en.empty()) {
            row.standing = Standing::not_graded;
            row.notes.push_back(row.fault);
        }
        book(row, outcomes, run.course, overrides);
    }
}

/// Writes the gradebook; an older one that says something else is kept, and the changes are printed.
void write_gradebook(const ClassRun& run, const std::vector<Row>& rows, const Arguments& arguments,
                     const fs::path& history) {
    const std::string book = gradebook(rows, run.course, "csv", run.language);
    const fs::path file = run.out / "gradebook.csv";
    const std::string old = read_file(file);
    if (!old.empty() && old != book) {
        // A copy: until the new one is there whole, the old one stays.
        fs::create_directories(history);
        write_file(history / "gradebook.csv", old);
        try {
            print_changes(old, book, run.language);
        } catch (const Failure& failure) {  // a spreadsheet saved it anew, or the power failed while it was written
            fmt::print(stderr, "{}\n",
                       say({"{}; so the changes are not listed, and the old gradebook is in {}",
                            "{}；所以没有列出变化，旧的成绩册在 {} 里"},
                           run.language, failure.words.in(run.language), clean(history.string(), 200)));
        }
    }
    // Else who uploads it would upload the old points.
    for (const std::string form : {"moodle", "canvas"}) {
        if (!old.empty() && old != book) keep_old(run.out, fmt::format("gradebook-{}.csv", form), history);
    }
    if (old != book || !fs::exists(file)) write_file(file, book);
    if (arguments.gradebook == "csv") return;
    write_file(run.out / fmt::format("gradebook-{}.csv", arguments.gradebook),
               gradebook(rows, run.course, arguments.gradebook, run.language));
}

int tell(const ClassRun& run, const std::vector<Row>& rows, std::size_t newly, const Arguments& arguments) {
    const auto count = [&](Standing standing) { return std::ranges::count(rows, standing, &Row::standing); };
    fmt::print("{}\n", say({"{} students: {} graded ({} attempts newly), {} handed nothing in, {} not graded",
                            "共 {} 人：已评分 {} 人（新评 {} 份），没有交 {} 人，没能评分 {} 人"},
                           run.language, rows.size(), count(Standing::graded), newly, count(Standing::absent),
                           count(Standing::not_graded)));
    fmt::print("{}\n", say({"gradebook: {0}/gradebook.csv   feedback: {0}/feedback/   the class: {0}/class.html",
                            "成绩册：{0}/gradebook.csv   反馈：{0}/feedback/   全班情况：{0}/class.html"},
                           run.language, clean(run.out.string(), 300)));
    const auto strangers = std::ranges::count_if(rows, [](const Row& row) { return row.student.stranger; });
    if (strangers > 0)
        fmt::print("{}\n", say({"{} of them not on the roster: see the notes in the gradebook",
                                "其中 {} 人不在名单上：见成绩册的备注"},
                               run.language, strangers));
    const auto time_known = [](const Row& row) { return row.student.submitted_at || row.student.marked_late; };
    if (run.course.deadline && count(Standing::graded) > 0 && std::ranges::none_of(rows, time_known))
        fmt::print("{}\n", say({"when they handed in is known of nobody, so nobody is late: the roster's column "
                                "submitted_at would tell",
                                "谁都没有提交时间，所以不算任何人迟交：提交时间写在名单的 submitted_at 一列"},
                               run.language));
    if (arguments.gradebook != "csv")
        fmt::print("{0}/gradebook-{1}.csv\n", clean(run.out.string(), 300), arguments.gradebook);
    const auto without_number = std::ranges::count_if(rows, [](const Row& row) { return row.student.number.empty(); });
    if (arguments.gradebook == "moodle" && without_number > 0)
        fmt::print("{}\n", say({"{} of them are not in it: their number in Moodle is not known",
                                "其中 {} 人不在里面：不知道他们在 Moodle 上的编号"},
                               run.language, without_number));
    for (const Row& row : rows) {
        if (row.standing != Standing::not_graded) continue;
        fmt::print(stderr, "{}\n",
                   say({"{} was not graded: {}", "{} 没能评分：{}"}, run.language, row.label,
                       clean(row.fault.in(run.language), 300)));
    }
    return count(Standing::not_graded) == 0 ? all_earned : kit_fault;
}

}  // namespace

/// Why it could not be graded; nothing if it was.
static std::optional<Text> try_to_grade(const ClassRun& run, const Task& task) {
    try {
        grade_attempt(run, task.attempt, task.key);
        return std::nullopt;
    } catch (const Failure& failure) {
        return failure.words;
    } catch (const std::exception& error) {  // a full disk, no memory, no more threads
        return Text{clean(error.what(), 300), ""};
    }
}

FaultsOfMachine grade_tasks(const ClassRun& run, const std::vector<Task>& tasks, unsigned jobs) {
    FaultsOfMachine faults;
    std::mutex guard;
    Progress progress(tasks.size(), run.language);
    constexpr std::array pauses = {std::chrono::seconds(1), std::chrono::seconds(5)};
    in_parallel(tasks.size(), jobs, [&](std::size_t i) {
        auto fault = try_to_grade(run, tasks[i]);
        for (const auto pause : pauses) {
            if (!fault || kit_has_changed(run)) break;
            std::this_thread::sleep_for(pause);
            fault = try_to_grade(run, tasks[i]);
        }
        if (fault) {
            const std::lock_guard lock(guard);
            faults[tasks[i].key] = *fault;
        }
        progress.one_more();
    });
    return faults;
}

int class_command(const Kit& kit, const Arguments& arguments) {
    if (!arguments.slice.empty()) return grade_slice(kit, arguments);
    if (!arguments.gather.empty()) return gather_slices(arguments);
    if (arguments.engine == "slurm") require_slurm();
    const fs::path submissions = folder_of(arguments.ids.front(), "class");
    ClassRun run;
    run.kit = kit;
    run.course = load_course(course_file(arguments, submissions), run.kit);
    run.out = out_folder(arguments, submissions);
    run.language = run.course.language.value_or(arguments.language);
    const Lock lock(run.out);
    clear_half_written(run.out);
    run.seed = seed_of(run.course, run.out);
    const auto has_hidden = [](const Exercise& exercise) { return fs::exists(exercise.solution / "hidden_tests.cpp"); };
    run.hidden = run.course.hidden != HiddenTests::off && std::ranges::all_of(run.course.exercises, has_hidden);
    run.shown = shown_now(run.course);
    std::vector<Row> rows = rows_for(find_students(submissions, arguments.roster, run.course));
    if (!arguments.roster.empty()) refuse_unknown_extensions(run.course, rows);
    const Overrides overrides = load_overrides(arguments.overrides, rows, run.course);
    prepare(run.kit, staged_exercises(run.kit, run.course), run.hidden ? KitOf::hidden_tests : KitOf::learners);
    run.kit_hash = hash_of_kit(run.kit, run.course.exercises);
    const fs::path history = history_folder(run.out);
    if (arguments.regrade) keep_old(run.out, "results", history);
    fs::create_directories(run.results());
    const std::vector<Task> tasks = stage_all(run, rows, arguments.jobs);
    if (arguments.engine == "slices") return leave_slices(run, tasks, arguments);
    const FaultsOfMachine faults = grade_by_engine(run, tasks, arguments);
    book_all(run, rows, overrides, faults);
    write_gradebook(run, rows, arguments, history);
    write_feedback(run, rows);
    const Likeness likeness = find_alike(run, rows, arguments.last_year);
    if (!likeness.not_compared.en.empty()) fmt::print(stderr, "{}\n", likeness.not_compared.in(run.language));
    write_overview(run, rows, likeness);
    fs::remove_all(run.out / "work");
    return tell(run, rows, tasks.size() - faults.size(), arguments);
}

}  // namespace qkv::grader
