// ./grade watch [ID...]: grade on save. The loop waits for saves, keys, signals and the two jobs that may run: a
// grading, and what a key asked for. All of them change a WatchView; the terminal shows its picture.
#include <poll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <ctime>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "commands/commands.hpp"
#include "report/pages/picture.hpp"
#include "report/text.hpp"
#include "watch/file_watch.hpp"
#include "watch/job.hpp"
#include "watch/terminal.hpp"
#include "watch/view.hpp"

namespace qkv::grader {

namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

struct Watch {
    const Kit& kit;
    Arguments arguments;  ///< the language may change
    std::vector<Exercise> exercises;
    bool moves_on = false;  ///< to the next exercise when one is done
    bool plain = false;     ///< no terminal: each report is printed as it comes
    bool color = false;
    std::size_t current = 0;
    std::set<std::string> done = {}, prepared = {};
    Job grading = {}, asked = {};
    Clock::time_point began = {};
    std::string waiting = {};  ///< keys that were typed while an answer was on its way
    bool quit = false;
    WatchView view = {};

    const Exercise& exercise() const { return exercises[current]; }
};

/// In the child: grades one exercise, tells each part's verdict at once, prints the report.
int grade_in_job(const Watch& watch, int events) {
    const Exercise& exercise = watch.exercise();
    if (!watch.prepared.contains(exercise.id)) prepare(watch.kit, {exercise}, KitOf::learners);
    GradeOptions options = own_options(watch.kit, watch.arguments);
    options.on_part = [events](const Exercise&, const std::string& part, bool passed) {
        dprintf(events, "%s %d\n", part.c_str(), passed ? 1 : 0);
    };
    const Result result = grade(watch.kit, {exercise}, options);
    remember(watch.kit, result);
    fmt::print("\f{}", to_text(result, watch.color));  // what came before was the progress of a build
    return result.score() == result.max_score() ? all_earned : points_missing;
}

void start_grading(Watch& watch) {
    give_up(watch.grading);
    watch.began = Clock::now();
    watch.view.exercise = &watch.exercise();
    watch.view.compares = fs::exists(watch.exercise().reference());
    watch.view.path = shown_path(watch.exercise().learners_file());
    watch.view.passed.clear();
    watch.view.scrolled = 0;
    watch.view.grading = true;
    watch.grading = start_job(watch.arguments.language, [&](int events) { return grade_in_job(watch, events); });
}

std::string done_words(const std::string& id, const Exercise* next, Language language) {
    if (next == nullptr)
        return say({"\n  ✓ {} is done. Every exercise is done.", "\n  ✓ {} 完成了。所有练习都完成了。"}, language, id);
    return say({"\n  ✓ {} is done. Next: {}; begin by reading {}.", "\n  ✓ {} 完成了。接下来是 {}，先读 {}。"},
               language, id, next->id, shown_path(statement_of(*next, language)));
}

void finish_grading(Watch& watch, int status) {
    WatchView& view = watch.view;
    const std::string id = watch.exercise().id;
    view.grading = false;
    view.seconds = std::chrono::duration<double>(Clock::now() - watch.began).count();
    view.report = watch.grading.said.substr(watch.grading.said.rfind('\f') + 1);
    if (status == all_earned || status == points_missing) watch.prepared.insert(id);
    if (watch.plain) {
        fmt::print("{}", view.report);
        fmt::print("{}", say({"  {}: verdict after {:.3f} s\n", "  {}：{:.3f} 秒后得到结果\n"},
                             watch.arguments.language, id, view.seconds));
        std::fflush(stdout);
    }
    if (status != all_earned || !watch.moves_on) return;
    watch.done.insert(id);
    const auto next =
        std::ranges::find_if(watch.exercises, [&](const Exercise& one) { return !watch.done.contains(one.id); });
    const bool finished = next == watch.exercises.end();
    view.banner = done_words(id, finished ? nullptr : &*next, watch.arguments.language);
    if (finished) return;
    watch.current = static_cast<std::size_t>(next - watch.exercises.begin());
    start_grading(watch);
}

std::string time_now() { return fmt::format("{:%H:%M:%S}", fmt::localtime(std::time(nullptr))); }

/// Keys that run a verb as it is; those that need an exercise are about the one that is watched.
const std::map<char, std::string> verbs_of_keys = {
    {'h', "hint"}, {'c', "compare"}, {'s', "show"}, {'n', "next"}, {'l', "list"}};

/// In a job, which has no terminal of its own: pictures are drawn for this one.
int answer(const Watch& watch, const Verb& verb, std::size_t columns) {
    Arguments arguments = watch.arguments;
    arguments.width = static_cast<unsigned>(columns);
    arguments.colors = watch.color ? name_of(terminal_colors()) : "none";
    arguments.verb = verb.name;
    arguments.ids.clear();
    if (verb.operands.least > 0) arguments.ids = {watch.exercise().id};
    return verb.run(watch.kit, arguments);
}

/// True if the key was one that scrolls.
bool scroll(WatchView& view, char key) {
    const std::size_t page = terminal_size().rows / 2;
    if (key == key_up || key == key_page_up)
        view.scrolled -= std::min(view.scrolled, key == key_up ? 1 : page);
    else if (key == key_down || key == key_page_down)
        view.scrolled += key == key_down ? 1 : page;
    else
        return false;
    return true;
}

void take_key(Watch& watch, char key) {
    WatchView& view = watch.view;
    if (scroll(view, key)) return;
    view.scrolled = 0;
    if (key == 'q') {
        watch.quit = true;
    } else if (key == '\x1b') {
        give_up(watch.asked);
        watch.waiting.clear();
        view.asking = false;
    } else if (view.asking) {
        watch.waiting += key;
        return;
    }
    view.panel.clear();
    if (key == 'g') {
        watch.arguments.language = entry_after(watch.arguments.language).language;
        view.banner.clear();
        start_grading(watch);
    } else if (key == 'r') {
        view.saved = time_now();
        view.by_key = true;
        start_grading(watch);
    } else if (verbs_of_keys.contains(key)) {
        view.asking = true;
        watch.asked = start_job(watch.arguments.language, [&, columns = terminal_size().columns](int) {
            return answer(watch, *find_verb(verbs_of_keys.at(key)), columns);
        });
    }
}

/// What was typed meanwhile is served in order; each answer stays until the next key is served.
void take_keys(Watch& watch, std::string keys) {
    for (std::size_t i = 0; i < keys.size() && !watch.quit; ++i) take_key(watch, keys[i]);
}

void take_saves(Watch& watch, const std::set<fs::path>& saved) {
    for (std::size_t i = 0; i < watch.exercises.size(); ++i) {
        if (!saved.contains(watch.exercises[i].learners_file())) continue;
        watch.done.erase(watch.exercises[i].id);
        watch.current = i;
        watch.view.saved = time_now();
        watch.view.by_key = false;
        watch.view.banner.clear();
        give_up(watch.asked);
        watch.view.asking = false;
        watch.view.panel.clear();
        start_grading(watch);
    }
}

std::string last_lines(const std::string& text, int count) {
    std::size_t at = text.size();
    for (int i = 0; i <= count && at != 0 && at != std::string::npos; ++i) at = text.rfind('\n', at - 1);
    return text.substr(at == std::string::npos ? 0 : at);
}

void attend_jobs(Watch& watch) {
    int status = 0;
    const auto on_verdict = [&](const std::string& line) {
        watch.view.passed[line.substr(0, line.find(' '))] = line.ends_with("1");
    };
    if (watch.grading.running() && attend(watch.grading, on_verdict, status)) finish_grading(watch, status);
    if (watch.grading.running() && !watch.prepared.contains(watch.exercise().id))
        watch.view.report = last_lines(watch.grading.said, 5);  // the tests are being built
    if (!watch.asked.running()) return;
    const bool ended = attend(
        watch.asked, [](const std::string&) {}, status);
    watch.view.panel = watch.asked.said;
    if (!ended) return;
    watch.view.asking = false;
    take_keys(watch, std::exchange(watch.waiting, ""));
}

/// Signals arrive as bytes on a descriptor, so that none comes between two writes.
int open_signals() {
    sigset_t signals;
    sigemptyset(&signals);
    for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGWINCH, SIGTSTP}) sigaddset(&signals, signal);
    sigprocmask(SIG_BLOCK, &signals, nullptr);
    return signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
}

void take_signals(Watch& watch, int signals, std::optional<Terminal>& terminal) {
    signalfd_siginfo info{};
    while (read(signals, &info, sizeof info) == sizeof info) {
        if (info.ssi_signo == SIGTSTP) {
            if (terminal) terminal->leave();
            raise(SIGSTOP);
            if (terminal) terminal->enter();
        } else if (info.ssi_signo != SIGWINCH) {
            watch.quit = true;
        }
    }
}

void take_input(Watch& watch) {
    std::array<char, 256> buffer{};
    const ssize_t count = read(STDIN_FILENO, buffer.data(), buffer.size());
    if (count <= 0)
        watch.quit = true;  // the terminal is gone
    else
        take_keys(watch, keys_of({buffer.data(), static_cast<std::size_t>(count)}));
}

}  // namespace

int watch_command(const Kit& kit, const Arguments& arguments) {
    Watch watch{kit, arguments, arguments.ids.empty() ? of_course(kit.catalog) : choose(kit.catalog, arguments.ids)};
    watch.moves_on = arguments.ids.empty();
    watch.plain = !is_terminal();
    watch.color = wants_color();
    std::vector<fs::path> files;
    for (const Exercise& exercise : watch.exercises) files.push_back(exercise.learners_file());
    FileWatch saves(files);
    const int signals = open_signals();
    std::optional<Terminal> terminal;
    if (!watch.plain) terminal.emplace();
    start_grading(watch);
    while (!watch.quit) {
        if (terminal) show(picture(watch.view, terminal_size(), watch.arguments.language, watch.color));
        std::array<pollfd, 7> entries = {{{saves.descriptor(), POLLIN, 0},
                                          {signals, POLLIN, 0},
                                          {terminal ? STDIN_FILENO : -1, POLLIN, 0},
                                          {watch.grading.output, POLLIN, 0},
                                          {watch.grading.events, POLLIN, 0},
                                          {watch.asked.output, POLLIN, 0},
                                          {watch.asked.events, POLLIN, 0}}};
        poll(entries.data(), entries.size(), saves.complete() ? -1 : 500);
        take_signals(watch, signals, terminal);
        if (entries[2].revents != 0) take_input(watch);
        take_saves(watch, saves.read());
        if (!saves.complete() && saves.renew()) start_grading(watch);
        attend_jobs(watch);
    }
    give_up(watch.grading);
    give_up(watch.asked);
    close(signals);
    return all_earned;
}

}  // namespace qkv::grader
