#include "class/engines/slices.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <sstream>

#include <nlohmann/json.hpp>

#include "base/files.hpp"

namespace qkv::grader {

namespace fs = std::filesystem;

namespace {

using Slice = nlohmann::json;  // as CBOR: learners' files are bytes of any kind

Slice to_binary(const std::string& bytes) { return Slice::binary({bytes.begin(), bytes.end()}); }

std::string from_binary(const Slice& bytes) { return {bytes.get_binary().begin(), bytes.get_binary().end()}; }

std::string packed(const Slice& slice) {
    const auto bytes = Slice::to_cbor(slice);
    return {bytes.begin(), bytes.end()};
}

/// Throws Failure (kit_fault) if it is none.
Slice read_slice(const fs::path& file) {
    Slice slice = Slice::from_cbor(read_file(file), true, false);
    if (slice.is_object() && slice.value("schema", "") == "qkv-slice/1") return slice;
    throw Failure(kit_fault, said({"{}: this slice cannot be read", "{}：这一片读不了"}, clean(file.string(), 300)));
}

/// The staged files of an attempt. What is no plain file, and is graded as such, has no text.
Slice packed_attempt(const Task& task) {
    Slice files = Slice::object();
    for (const auto& file : fs::directory_iterator(task.attempt))
        files[file.path().filename().string()] = file.is_symlink() ? Slice() : to_binary(read_file(file.path()));
    return {{"key", task.key}, {"files", files}};
}

void unpack_attempt(const Slice& task, const fs::path& folder) {
    fs::create_directories(folder);
    for (const auto& [name, text] : task["files"].items()) {
        if (text.is_null())
            fs::create_symlink("no-plain-file", folder / name);
        else
            write_file(folder / name, from_binary(text));
    }
}

/// How a class is graded, without its tasks.
Slice rules_of(const ClassRun& run) {
    return {{"schema", "qkv-slice/1"},   {"out", run.out.string()},
            {"course", run.course.text}, {"kit", run.kit_hash},
            {"seed", run.seed},          {"hidden", run.hidden},
            {"shown", run.shown},        {"language", entry_of(run.language).code}};
}

ClassRun run_of(const Slice& slice, const Kit& kit, const fs::path& scratch) {
    ClassRun run;
    run.kit = kit;
    run.kit.toolchain.kept = scratch;  // what many nodes write in one folder is no quicker than to make it again
    const std::string course = slice["course"];
    if (!course.empty()) write_file(scratch / "course.toml", course);
    run.course = load_course(course.empty() ? fs::path() : scratch / "course.toml", run.kit);
    run.out = slice["out"].get<std::string>();
    run.kit_hash = slice["kit"].get<std::string>();
    run.seed = slice["seed"];
    run.hidden = slice["hidden"];
    run.shown = slice["shown"];
    run.language = language_of_code(slice["language"].get<std::string>()).value_or(Language::en);
    return run;
}

/// Writes `count` tasks, each as `pack` gives it when its slice is written: a class may be larger than memory.
std::size_t write_slices(const fs::path& out, int round, Slice rules, std::size_t count, std::size_t per_slice,
                         const std::function<Slice(std::size_t)>& pack) {
    per_slice = std::max(per_slice, (count + most_slices - 1) / most_slices);
    const fs::path folder = round_folder(out, round), aside = folder.string() + ".new";
    fs::remove_all(aside);
    fs::create_directories(aside);
    std::size_t slices = 0;
    for (std::size_t i = 0; i < count;) {
        Slice tasks = Slice::array();
        for (; tasks.size() < per_slice && i < count; ++i) tasks.push_back(pack(i));
        rules["tasks"] = std::move(tasks);
        write_file(aside / std::to_string(slices++), packed(rules));
    }
    fs::remove_all(folder);
    fs::rename(aside, folder);
    return slices;
}

/// Each file takes about a second.
std::size_t a_minutes_work(const std::vector<Task>& tasks) {
    std::size_t files = 0;
    for (const Task& task : tasks)
        files += static_cast<std::size_t>(
            std::max<std::ptrdiff_t>(1, std::distance(fs::directory_iterator(task.attempt), fs::directory_iterator())));
    return std::max<std::size_t>(1, 60 * tasks.size() / std::max<std::size_t>(1, files));
}

constexpr const char* script = R"sh(#!/bin/sh
# Grades one slice of a class: run.sh ROUND [NUMBER]. Without NUMBER it is that of a task of Slurm's, or of a pod of an
# indexed Job of Kubernetes. "run.sh gather ROUND" tries again what a round has left, through Slurm.
#SBATCH --requeue --ntasks=1 --cpus-per-task=1 --mem-per-cpu=2G --time=60
QKV_SLICE_SCRATCH="$(mktemp -d "${{TMPDIR:-/tmp}}/qkv-slice.XXXXXX")" || exit 3
export QKV_SLICE_SCRATCH
trap 'rm -rf "$QKV_SLICE_SCRATCH"' EXIT
trap 'kill $! 2>/dev/null; exit 143' TERM INT HUP
if [ "$1" = gather ]; then
  set -- --gather "$2"
else
  set -- --slice {out}/slices/"$1/${{2:-${{SLURM_ARRAY_TASK_ID:-$JOB_COMPLETION_INDEX}}}}"
fi
{program} --root {root} --toolchain {toolchain} class {out} --jobs 1 --sandbox {sandbox} "$@" &
wait $!
)sh";

void write_script(const ClassRun& run, const Arguments& arguments) {
    const auto quoted = [](const fs::path& path) { return shell_quoted(path.string()); };
    const fs::path file = slices_folder(run.out) / "run.sh";
    write_file(file, fmt::format(script, fmt::arg("out", quoted(run.out)), fmt::arg("root", quoted(run.kit.root)),
                                 fmt::arg("program", quoted(fs::read_symlink("/proc/self/exe"))),
                                 fmt::arg("toolchain", quoted(fs::absolute(arguments.toolchain))),
                                 fmt::arg("sandbox", arguments.sandbox)));
    fs::permissions(file, fs::perms::owner_exec | fs::perms::group_exec, fs::perm_options::add);
}

/// A compiler or a header that differs from node to node would be taken for a learner's mistake: throws Failure
/// (kit_fault) if a file of the system is not the one that the kit was built from (grader/build.sh).
void check_system(const Toolchain& toolchain) {
    std::istringstream lines(read_file(toolchain.build / "system.times"));
    for (std::string line; std::getline(lines, line);) {
        long long changed = 0, size = 0;
        int path = 0;
        if (std::sscanf(line.c_str(), "%lld.%*d %lld %n", &changed, &size, &path) != 2) continue;
        struct stat here {};
        if (stat(line.c_str() + path, &here) == 0 && here.st_size == size && here.st_mtim.tv_sec == changed) continue;
        throw Failure(kit_fault,
                      said({"{} on this machine is not what the kit was built from: every node needs the same packages",
                            "这台机器上的 {} 和构建时用的不一样：每个节点要装同样的软件包"},
                           line.substr(static_cast<std::size_t>(path))));
    }
}

/// Of this slice, on this machine; run.sh makes it and removes it, however the slice ends.
fs::path scratch_folder() {
    const char* folder = std::getenv("QKV_SLICE_SCRATCH");
    if (folder != nullptr && fs::is_directory(folder)) return folder;
    throw Failure(wrong_usage,
                  Text{"--slice: OUT/slices/run.sh grades a slice", "--slice：评一片请用 OUT/slices/run.sh"});
}

FaultsOfMachine grade_here(const Kit& kit, const Slice& slice, unsigned jobs) {
    const fs::path scratch = scratch_folder();
    check_system(kit.toolchain);
    const ClassRun run = run_of(slice, kit, scratch);
    if (hash_of_kit(run.kit, run.course.exercises) != run.kit_hash)
        throw Failure(kit_fault, Text{"the build on this machine is not the one that the class was begun with",
                                      "这台机器上的构建结果和开始评分时的不一样"});
    FaultsOfMachine faults;
    std::vector<Task> tasks;
    for (const Slice& one : slice["tasks"]) {
        const Task task{one["key"].get<std::string>(), scratch / "attempts" / std::to_string(tasks.size())};
        if (fs::exists(result_file(run, task.key))) continue;
        unpack_attempt(one, task.attempt);
        if (key_of(run, task.attempt) == task.key)
            tasks.push_back(task);
        else
            faults[task.key] = {"the rules of the course changed while it was graded", "评分期间课程的规则变了"};
    }
    faults.merge(grade_tasks(run, tasks, jobs));
    return faults;
}

}  // namespace

fs::path slices_folder(const fs::path& out) { return out / "slices"; }

fs::path round_folder(const fs::path& out, int round) { return slices_folder(out) / std::to_string(round); }

int last_round(const fs::path& out) {
    int round = 0;
    while (fs::exists(round_folder(out, round + 1))) ++round;
    return round;
}

std::size_t make_round(const ClassRun& run, const std::vector<Task>& tasks, const Arguments& arguments) {
    fs::remove_all(slices_folder(run.out));
    fs::create_directories(slices_folder(run.out) / "faults");
    fs::create_directories(slices_folder(run.out) / "log");
    write_script(run, arguments);
    return write_slices(run.out, 1, rules_of(run), tasks.size(),
                        arguments.per_job == 0 ? a_minutes_work(tasks) : arguments.per_job,
                        [&](std::size_t i) { return packed_attempt(tasks[i]); });
}

std::vector<std::string> keys_of_round(const fs::path& out, int round) {
    std::vector<std::string> keys;
    for (const auto& file : fs::directory_iterator(round_folder(out, round))) {
        const Slice slice = read_slice(file.path());
        for (const Slice& task : slice["tasks"]) keys.push_back(task["key"].get<std::string>());
    }
    return keys;
}

std::size_t make_next_round(const fs::path& out) {
    const int round = last_round(out);
    std::vector<Slice> left;
    Slice rules;
    for (const auto& file : fs::directory_iterator(round_folder(out, round))) {
        rules = read_slice(file.path());
        for (const Slice& task : rules["tasks"]) {
            if (!fs::exists(out / "results" / (task["key"].get<std::string>() + ".json"))) left.push_back(task);
        }
    }
    if (left.empty()) return 0;
    return write_slices(out, round + 1, rules, left.size(), 1, [&](std::size_t i) { return left[i]; });
}

FaultsOfMachine faults_of_slices(const fs::path& out, const std::vector<std::string>& keys) {
    FaultsOfMachine faults;
    for (const std::string& key : keys) {
        const std::string words = read_file(slices_folder(out) / "faults" / key);
        const std::size_t line = words.find('\n');
        if (line != std::string::npos)
            faults[key] = {words.substr(0, line), stripped(words.substr(line + 1))};
        else
            faults[key] = said({"no job finished it; {} may say why", "没有作业评完它；原因可能在 {} 里"},
                               (slices_folder(out) / "log").string());
    }
    return faults;
}

int grade_slice(const Kit& kit, const Arguments& arguments) {
    const Slice slice = read_slice(arguments.slice);
    const fs::path out = slice["out"].get<std::string>();
    FaultsOfMachine faults;
    try {
        faults = grade_here(kit, slice, arguments.jobs);
    } catch (const Failure& failure) {
        for (const Slice& task : slice["tasks"]) faults[task["key"].get<std::string>()] = failure.words;
    }
    for (const auto& [key, words] : faults) {
        const auto line = [](std::string text) {
            std::ranges::replace(text, '\n', ' ');
            return text;
        };
        write_file(slices_folder(out) / "faults" / key, line(words.en) + "\n" + line(words.zh) + "\n");
        fmt::print(stderr, "{}: {}\n", key, words.in(arguments.language));
    }
    return faults.empty() ? all_earned : kit_fault;
}

}  // namespace qkv::grader
