#include "class/engines/slurm.hpp"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <set>
#include <sstream>
#include <thread>

#include "base/files.hpp"
#include "base/process.hpp"
#include "class/progress.hpp"

namespace qkv::grader {

namespace fs = std::filesystem;

namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::seconds;

constexpr int most_rounds = 5;

/// The beginning of the names of all jobs that write into this folder.
std::string jobs_of(const fs::path& out) { return fmt::format("qkv-{:08x}-", hash(out.string()) & 0xffffffff); }

/// Where it is noted that these slices are Slurm's.
fs::path mark_of(const fs::path& out) { return slices_folder(out) / "slurm"; }

/// One of Slurm's programs, and what it said.
Ended ask_slurm(std::vector<std::string> words) {
    words[0] = find_program(words[0]);
    Command command;
    command.arguments = std::move(words);
    command.seconds = 120;
    return run(command);
}

/// The jobs of this folder that wait or run; nothing if Slurm does not answer.
std::optional<std::vector<SlurmJob>> queue(const fs::path& out) {
    const Ended ended = ask_slurm({"squeue", "--me", "-h", "-o", "%j|%T|%F|%r"});
    if (ended.exit_code != 0) return std::nullopt;
    return read_queue(ended.output, jobs_of(out));
}

const SlurmJob* find_job(const std::vector<SlurmJob>& jobs, const std::string& name) {
    const auto found = std::ranges::find(jobs, name, &SlurmJob::name);
    return found == jobs.end() ? nullptr : &*found;
}

/// Waits for Slurm's answer, which may be away for a while. Throws Failure (kit_fault) if it stays away.
std::vector<SlurmJob> queue_at_last(const fs::path& out, seconds patience) {
    for (const auto began = Clock::now();; std::this_thread::sleep_for(seconds(5))) {
        if (auto jobs = queue(out)) return *jobs;
        if (Clock::now() - began < patience) continue;
        throw Failure(kit_fault, Text{"Slurm does not answer; \"scontrol ping\" and slurmctld's log say more",
                                      "Slurm 没有回应；请看 scontrol ping 和 slurmctld 的日志"});
    }
}

/// What `sbatch --parsable` prints, "12" or "12;cluster", among warnings.
std::string number_in(const std::string& output) {
    std::istringstream lines(output);
    for (std::string line; std::getline(lines, line);) {
        std::string number = line.substr(0, line.find(';'));
        if (!number.empty() && number.find_first_not_of("0123456789") == std::string::npos) return number;
    }
    return "";
}

/// Submits a job of this name, unless it is there: whether a submission that failed was heard is not known. Returns its
/// number. Throws Failure (kit_fault) where Slurm refuses, or stays away.
std::string submit(const fs::path& out, const std::string& name, const std::vector<std::string>& options,
                   const std::vector<std::string>& words, seconds patience) {
    std::vector<std::string> call = {"sbatch", "--parsable", "--job-name=" + name,
                                     "--chdir=" + slices_folder(out).string()};
    call.insert(call.end(), options.begin(), options.end());
    call.push_back((slices_folder(out) / "run.sh").string());
    call.insert(call.end(), words.begin(), words.end());
    std::string complaint;
    for (int i = 0; i < 3; ++i) {
        const auto jobs = queue_at_last(out, patience);
        if (const SlurmJob* job = find_job(jobs, name)) return job->id;
        const Ended ended = ask_slurm(call);
        if (std::string id = number_in(ended.output); ended.exit_code == 0 && !id.empty()) return id;
        complaint = stripped(clean(ended.output, 300));
        std::ranges::replace(complaint, '\n', ' ');
    }
    throw Failure(kit_fault, said({"Slurm refuses the jobs: {}", "Slurm 不接受作业：{}"}, complaint));
}

/// The array of a round, and the job that waits for its end.
void submit_round(const fs::path& out, int round, std::size_t slices, seconds patience) {
    const std::string name = fmt::format("{}{}", jobs_of(out), round), number = std::to_string(round);
    const std::string id =
        submit(out, name, {fmt::format("--array=0-{}", slices - 1), "--output=log/%x_%a.txt"}, {number}, patience);
    submit(out, name + "-gather", {"--dependency=afterany:" + id, "--output=log/%x.txt"}, {"gather", number}, patience);
}

/// Jobs of an earlier run that was killed, if there was one.
void cancel_all(const fs::path& out) {
    if (!fs::exists(mark_of(out)) || find_program("squeue").empty()) return;
    for (int i = 0; i < 30; ++i, std::this_thread::sleep_for(seconds(2))) {
        const auto jobs = queue_at_last(out, seconds(60));
        if (jobs.empty()) return;
        std::vector<std::string> words{"scancel"};
        for (const SlurmJob& job : jobs) words.push_back(job.id);
        ask_slurm(words);
    }
}

std::size_t slices_in(const fs::path& round) {
    return static_cast<std::size_t>(std::distance(fs::directory_iterator(round), fs::directory_iterator()));
}

/// Whether jobs of an earlier run grade all of these, and will see to what they leave.
bool goes_on(const fs::path& out, const std::vector<Task>& tasks) {
    const int round = last_round(out);
    if (!fs::exists(mark_of(out)) || round == 0) return false;
    const auto jobs = queue_at_last(out, seconds(60));
    if (find_job(jobs, fmt::format("{}{}-gather", jobs_of(out), round)) == nullptr) return false;
    const auto keys = keys_of_round(out, round);
    const std::set<std::string> there(keys.begin(), keys.end());
    return std::ranges::all_of(tasks, [&](const Task& task) { return there.contains(task.key); });
}

/// Read at once: on a shared disk, a question a submission would be many.
std::set<std::string> names_in(const fs::path& folder) {
    std::set<std::string> names;
    for (const auto& entry : fs::directory_iterator(folder)) names.insert(entry.path().filename().string());
    return names;
}

/// Looks after the jobs until each result is there or nothing more can be done.
class Watch {
public:
    Watch(const ClassRun& run, const std::vector<Task>& tasks)
        : run_(run), progress_(tasks.size(), run.language), every_(seconds(1 + tasks.size() / 10000)) {
        for (const Task& task : tasks) left_.push_back(task.key);
    }

    std::vector<std::string> wait() {
        for (auto looked = Clock::now();; std::this_thread::sleep_for(every_)) {
            const std::size_t before = left_.size();
            const auto there = names_in(run_.results());
            std::erase_if(left_, [&](const std::string& key) { return there.contains(key + ".json"); });
            for (std::size_t i = left_.size(); i < before; ++i) progress_.one_more();
            if (before != left_.size()) {
                idle_ = 0;
                moved_ = Clock::now();
            }
            if (left_.empty()) return {};
            if (Clock::now() - looked < seconds(10)) continue;
            looked = Clock::now();
            if (!look_after_jobs()) return left_;
        }
    }

private:
    /// False once nothing more will come.
    bool look_after_jobs() {
        const auto jobs = queue(run_.out);
        if (!jobs) {
            if (!away_) tell({"Slurm does not answer; waiting for it", "Slurm 没有回应，等它回来"});
            away_ = true;
            return true;
        }
        away_ = false;
        if (jobs->empty()) return ++idle_ < 2 || next_round();  // the job that gathers was lost, or could not submit
        idle_ = 0;
        for (const std::string& id : held_since_launch(*jobs)) {
            if (!find_program("scontrol").empty()) ask_slurm({"scontrol", "release", id});
        }
        if (std::ranges::any_of(*jobs, [](const SlurmJob& job) { return job.state == "RUNNING"; }))
            moved_ = Clock::now();
        if (Clock::now() - moved_ >= seconds(120) && Clock::now() >= tell_at_) tell_why_none_runs(*jobs);
        return true;
    }

    void tell_why_none_runs(const std::vector<SlurmJob>& jobs) {
        tell_at_ = Clock::now() + std::chrono::hours(1);
        const SlurmJob* job = find_job(jobs, fmt::format("{}{}", jobs_of(run_.out), last_round(run_.out)));
        if (job == nullptr) job = &jobs.front();
        tell(said({"for two minutes no job has run: {} is {} ({}); \"squeue --me\" and \"sinfo -R\" say more",
                   "两分钟没有作业在运行：{} 的状态是 {}（{}）；详情见 squeue --me 和 sinfo -R"},
                  job->id, job->state, job->reason));
    }

    bool next_round() {
        idle_ = 0;
        if (last_round(run_.out) >= most_rounds) return false;
        const std::size_t slices = make_next_round(run_.out);
        if (slices > 0) submit_round(run_.out, last_round(run_.out), slices, std::chrono::hours(24));
        return true;
    }

    /// Below the line of progress.
    void tell(const Text& words) const {
        fmt::print(stderr, "{}{}\n", isatty(STDERR_FILENO) == 1 ? "\n" : "", words.in(run_.language));
    }

    const ClassRun& run_;
    std::vector<std::string> left_;
    Progress progress_;
    seconds every_;
    int idle_ = 0;  ///< so often there was no job and nothing new
    bool away_ = false;
    Clock::time_point moved_ = Clock::now(), tell_at_{};  ///< when something ran last; when to complain again
};

/// Goes on with jobs of an earlier run that was killed, if they grade all of these; else cancels them.
FaultsOfMachine grade_on_slurm(const ClassRun& run, const std::vector<Task>& tasks, const Arguments& arguments) {
    if (!arguments.regrade && goes_on(run.out, tasks)) {
        fmt::print(
            stderr, "{}\n",
            say({"jobs of an earlier run are at work; going on with them", "上次运行提交的作业还在跑，接着等它们"},
                run.language));
    } else {
        cancel_all(run.out);
        const std::size_t slices = make_round(run, tasks, arguments);
        write_file(mark_of(run.out), "");
        submit_round(run.out, 1, slices, seconds(60));
        fmt::print(stderr, "{}\n",
                   say({"{} submissions in {} jobs of Slurm; they go on if this is stopped, and the same "
                        "command goes on with them",
                        "{} 份提交分成 {} 个 Slurm 作业；中断本命令不影响它们，再运行一次就接着等"},
                       run.language, tasks.size(), slices));
    }
    const auto left = Watch(run, tasks).wait();
    return faults_of_slices(run.out, left);
}

}  // namespace

std::vector<SlurmJob> read_queue(const std::string& output, const std::string& prefix) {
    std::vector<SlurmJob> jobs;
    std::istringstream lines(output);
    for (std::string line; std::getline(lines, line);) {
        std::istringstream words(line);
        SlurmJob job;
        if (std::getline(words, job.name, '|') && std::getline(words, job.state, '|') &&
            std::getline(words, job.id, '|') && std::getline(words, job.reason) && job.name.starts_with(prefix))
            jobs.push_back(job);
    }
    return jobs;
}

std::vector<std::string> held_since_launch(const std::vector<SlurmJob>& jobs) {
    std::vector<std::string> ids;
    for (const SlurmJob& job : jobs) {
        // With spaces or underscores, by Slurm's version. Who holds a job by hand has another reason.
        const bool held = job.reason.starts_with("launch") && job.reason.ends_with("held");
        if (held && std::ranges::find(ids, job.id) == ids.end()) ids.push_back(job.id);
    }
    return ids;
}

void require_slurm() {
    for (const char* name : {"sbatch", "squeue", "scancel"}) {
        if (find_program(name).empty())
            throw Failure(
                wrong_usage,
                said({"--engine slurm: there is no {} on this machine; run this where jobs are submitted from",
                      "--engine slurm：这台机器上没有 {}；请在能提交作业的机器上运行"},
                     name));
    }
}

FaultsOfMachine grade_by_engine(const ClassRun& run, const std::vector<Task>& tasks, const Arguments& arguments) {
    FaultsOfMachine faults;
    if (arguments.engine == "slurm" && !tasks.empty()) {
        faults = grade_on_slurm(run, tasks, arguments);
    } else {
        cancel_all(run.out);
        faults = grade_tasks(run, tasks, arguments.jobs);
    }
    if (!faults.empty()) return faults;
    cancel_all(run.out);  // the job that would gather
    std::error_code ignored;
    fs::remove_all(slices_folder(run.out), ignored);
    return faults;
}

int gather_slices(const Arguments& arguments) {
    const fs::path out = arguments.ids.front();
    const int round = last_round(out);
    if (std::to_string(round) == arguments.gather && round >= most_rounds) return all_earned;
    // Whoever was killed after the next round was made is here again.
    const std::size_t slices =
        std::to_string(round) == arguments.gather ? make_next_round(out) : slices_in(round_folder(out, round));
    if (slices > 0) submit_round(out, last_round(out), slices, seconds(600));
    return all_earned;
}

int leave_slices(const ClassRun& run, const std::vector<Task>& tasks, const Arguments& arguments) {
    if (tasks.empty()) {
        fmt::print("{}\n", say({"every result is there already", "结果都已经有了"}, run.language));
        return all_earned;
    }
    cancel_all(run.out);
    const std::size_t slices = make_round(run, tasks, arguments);
    fmt::print("{}\n", say({"{0} submissions in {1} slices. Grade slice N, from 0 to {2}, by: {3} 1 N\n"
                            "Then run this again without --engine slices.",
                            "{0} 份提交分成 {1} 片。评第 N 片（0 到 {2}）：{3} 1 N\n"
                            "都评完以后，去掉 --engine slices 再运行一次。"},
                           run.language, tasks.size(), slices, slices - 1,
                           shell_quoted((slices_folder(run.out) / "run.sh").string())));
    return all_earned;
}

}  // namespace qkv::grader
