#include "collect/stage.hpp"

#include <algorithm>
#include <deque>
#include <tuple>

#include "base/failure.hpp"
#include "base/files.hpp"
#include "collect/archive.hpp"
#include "collect/endings.hpp"
#include "collect/names.hpp"
#include "model/submission.hpp"

namespace qkv::grader {

namespace fs = std::filesystem;

namespace {

/// A C++ file of a submission.
struct Found {
    std::string name;  ///< its path in the submission
    fs::path file;     ///< where it is; may be a link
};

constexpr std::size_t most_entries = 20000, deepest = 8, most_files = 400;

/// Not the student's work: what a clone of the kit has beside it, and what a Mac adds.
bool is_skipped(const std::string& folder) {
    for (const char* name : {".git", "build", "solutions", "node_modules", "__MACOSX", "common", "grader"}) {
        if (folder == name) return true;
    }
    return false;
}

std::vector<std::string> words_of(const std::string& path) {
    std::vector<std::string> words{""};
    for (const char byte : path) {
        if (byte == '/' || byte == '\\')
            words.emplace_back();
        else
            words.back() += byte;
    }
    std::erase_if(words, [](const std::string& word) { return word.empty() || word == "."; });
    return words;
}

bool is_skipped_path(const std::string& path) {
    const auto words = words_of(path);
    if (words.empty() || words.back().starts_with("._")) return true;
    return std::any_of(words.begin(), words.end() - 1, is_skipped);
}

/// Everything of one submission, as it is collected.
struct Heap {
    const Toolchain& toolchain;
    fs::path folder;  ///< for what is unpacked
    std::vector<Found> files;
    std::vector<Text> notes;
    int unpacked = 0;
    std::string others;  ///< names of files of exercises that are not graded here
};

void add_archive(Heap& heap, const fs::path& path, const std::string& name) {
    const fs::path into = heap.folder / fmt::format("unpacked-{}", heap.unpacked++);
    fs::create_directories(into);
    const ArchiveContents contents = unpack(heap.toolchain, path, into);
    if (!contents.fault.en.empty()) heap.notes.push_back(said({"{}: {}", "{}：{}"}, clean(name, 200), contents.fault));
    for (const std::string& inner : contents.archives) {
        if (contents.files.empty() && !is_skipped_path(inner))
            heap.notes.push_back(said({"{}: {} in it is an archive again, and was not opened; hand in the files",
                                       "{}：里面的 {} 还是压缩包，没有再解开；请直接打包文件"},
                                      clean(name, 200), clean(inner, 200)));
    }
    for (const Unpacked& one : contents.files) {
        if (!is_skipped_path(one.name)) heap.files.push_back({one.name, one.file});
    }
}

void add_folder(Heap& heap, const fs::path& root) {
    std::deque<std::pair<fs::path, std::string>> waiting{{root, ""}};
    std::size_t entries = 0, archives = 0;
    while (!waiting.empty()) {
        const auto [folder, name] = waiting.front();
        waiting.pop_front();
        std::vector<fs::directory_entry> here;
        std::error_code error;
        for (fs::directory_iterator each(folder, error), end; !error && each != end; each.increment(error)) {
            if (++entries > most_entries) break;
            here.push_back(*each);
        }
        // Whatever is in it was handed in; who cannot read it may not book it as nothing.
        if (error)
            throw Failure(kit_fault, said({"{}: this folder cannot be read: {}", "{}：这个文件夹读不了：{}"},
                                          clean(folder.string(), 200), error.message()));
        std::ranges::sort(here, {}, [](const fs::directory_entry& one) { return one.path().filename().string(); });
        for (const fs::directory_entry& entry : here) {
            const std::string word = entry.path().filename().string(), path = name + word;
            const fs::file_status status = entry.symlink_status(error);
            const auto depth = static_cast<std::size_t>(std::ranges::count(path, '/'));
            if (fs::is_directory(status)) {
                if (!is_skipped(word) && depth < deepest) waiting.emplace_back(entry.path(), path + "/");
            } else if (is_source(word) && !word.starts_with("._")) {
                if (heap.files.size() < most_files) heap.files.push_back({path, entry.path()});
            } else if (is_archive(word) && fs::is_regular_file(status) && depth < 2 && ++archives <= 8) {
                add_archive(heap, entry.path(), path);
            }
        }
    }
    if (entries > most_entries)
        heap.notes.push_back({"the folder holds more than 20,000 files; the rest was not looked at",
                              "文件夹里超过 20000 个文件，其余的没有看"});
}

/// How far a file is from where it belongs: <id>.cpp, <id>/<id>.cpp, exercises/<id>/<id>.cpp, or further down.
auto distance_of(const Found& file, const std::string& id) {
    const auto words = words_of(file.name);
    const bool named = small_letters(words.back()) == id + ".cpp";
    const bool in_own = words.size() >= 2 && words[words.size() - 2] == id;
    const std::size_t depth = words.size() - (named && in_own ? 1 : 0);
    return std::tuple(!named, depth, file.name);
}

/// Without following a link, and only as much as tells that it is too long. Throws Failure (kit_fault) for a plain file
/// that cannot be read: that is no fault of who handed it in.
SourceFile read_found(const Found& file, const Exercise& exercise) {
    SourceFile source = read_source(file.file, exercise);
    std::error_code ignored;
    const bool plain = fs::is_regular_file(fs::symlink_status(file.file, ignored));
    if (source.fault.kind == BuildFault::Kind::no_plain_file && plain)
        throw Failure(kit_fault,
                      said({"{}: this file cannot be read", "{}：这个文件读不了"}, clean(file.file.string(), 200)));
    return source;
}

/// Puts the C++ files of one piece on the heap.
void add_piece(Heap& heap, const Piece& piece) {
    std::error_code ignored;
    const fs::file_status status = fs::symlink_status(piece.path, ignored);
    const std::string name = piece.file.empty() ? piece.path.filename().string() : piece.file;
    heap.files.clear();
    if (fs::is_directory(status))
        add_folder(heap, piece.path);
    else if (is_archive(name) && fs::is_regular_file(status))
        add_archive(heap, piece.path, name);
    else if (is_source(name))
        heap.files.push_back({name, piece.path});
}

/// The files of a piece by exercise, the nearest to where it belongs first; notes of what is for none.
std::map<std::string, std::vector<Found>> sorted_out(Heap& heap, const std::vector<Exercise>& exercises,
                                                     const std::vector<std::string>& known) {
    std::vector<std::string> ids;
    for (const Exercise& exercise : exercises) ids.push_back(exercise.id);
    std::map<std::string, std::vector<Found>> result;
    std::string unknown;
    bool others = false;  // files of exercises that are not graded here
    for (const Found& file : heap.files) {
        const auto words = words_of(file.name);
        const std::string word = words.empty() ? "" : words.back();
        if (word == "stub.cpp" || word == "tests.cpp" || word == "scenes.cpp") continue;
        const std::string named = known.size() > 1 ? exercise_of(word, "", known) : "";
        if (!named.empty() && std::ranges::find(ids, named) == ids.end()) {
            others = true;
            heap.others += (heap.others.empty() ? "" : ", ") + clean(file.name, 100);
            continue;
        }
        const std::string id = exercise_of(word, read_found(file, exercises.front()).text, ids);
        if (id.empty())
            unknown += (unknown.empty() ? "" : ", ") + clean(file.name, 100);
        else
            result[id].push_back(file);
    }
    if (!unknown.empty() && result.empty())
        heap.notes.push_back(said({"for which exercise is this? {}", "这是哪个练习的？{}"}, clean(unknown, 300)));
    if (unknown.empty() && result.empty() && !others) heap.notes.push_back({"no C++ file in it", "里面没有 C++ 文件"});
    for (auto& one : result) {
        const std::string& id = one.first;
        std::ranges::sort(one.second, {}, [&](const Found& file) { return distance_of(file, id); });
    }
    return result;
}

/// The learner's files, by exercise, oldest first. A piece that is one file is an attempt; of a folder's or an
/// archive's files of one exercise the nearest counts.
std::map<std::string, std::vector<Found>> by_exercise(Heap& heap, const std::vector<Piece>& pieces,
                                                      const std::vector<Exercise>& exercises,
                                                      const std::vector<std::string>& known) {
    std::map<std::string, std::vector<Found>> result;
    const auto may_hold_code = [](const Piece& piece) {
        const std::string name = piece.file.empty() ? piece.path.filename().string() : piece.file;
        return is_source(name) || is_archive(name) || fs::is_directory(fs::symlink_status(piece.path));
    };
    const bool only_others = std::ranges::none_of(pieces, may_hold_code);
    for (const Piece& piece : pieces) {
        if (!only_others && !may_hold_code(piece)) continue;  // a report beside the code
        add_piece(heap, piece);
        for (const auto& [id, files] : sorted_out(heap, exercises, known)) {
            const auto is_named = [&, name = id](const Found& file) { return !std::get<0>(distance_of(file, name)); };
            const bool twice = files.size() > 1 && is_named(files[0]) == is_named(files[1]);
            if (twice)
                heap.notes.push_back(said({"{} is there {} times; {} was graded", "{} 交了 {} 份，评的是 {}"}, id,
                                          files.size(), clean(files.front().name, 200)));
            result[id].push_back(files.front());
        }
    }
    if (result.empty() && !heap.others.empty())
        heap.notes.push_back(
            said({"of other exercises than those graded here: {}", "不是这次要评的练习：{}"}, clean(heap.others, 300)));
    return result;
}

/// As `run` on the folder itself would find it: what is no plain file stays none, what is too long stays too long.
void copy_source(const Found& file, const Exercise& exercise, const fs::path& to) {
    const SourceFile source = read_found(file, exercise);
    if (source.fault.kind == BuildFault::Kind::no_plain_file) {
        fs::create_symlink("no-plain-file", to);
        return;
    }
    std::string text = source.text;
    const auto limit = static_cast<std::size_t>(exercise.limits.source_kilobytes * 1024);
    if (source.fault.kind == BuildFault::Kind::file_too_large) text.assign(limit + 1, ' ');
    write_file(to, text);
}

}  // namespace

Staged stage(const Toolchain& toolchain, const std::vector<Piece>& pieces, const std::vector<Exercise>& exercises,
             const std::vector<std::string>& known, bool every_attempt, const fs::path& folder) {
    Heap heap{toolchain, folder, {}, {}, 0, ""};
    fs::create_directories(folder);
    const auto files = by_exercise(heap, pieces, exercises, known);
    std::size_t attempts = 1;
    for (const auto& [id, all] : files) {
        if (every_attempt) attempts = std::max(attempts, all.size());
    }
    Staged staged;
    for (std::size_t attempt = 0; attempt < attempts; ++attempt) {
        const fs::path into = folder / fmt::format("{}", attempt + 1);
        fs::create_directories(into);
        for (const Exercise& exercise : exercises) {
            const auto found = files.find(exercise.id);
            if (found == files.end()) continue;
            const auto& all = found->second;
            const std::size_t which = every_attempt ? std::min(attempt, all.size() - 1) : all.size() - 1;
            copy_source(all[which], exercise, into / (exercise.id + ".cpp"));
        }
        staged.attempts.push_back(into);
    }
    for (int i = 0; i < heap.unpacked; ++i) fs::remove_all(folder / fmt::format("unpacked-{}", i));
    staged.notes = heap.notes;
    return staged;
}

}  // namespace qkv::grader
