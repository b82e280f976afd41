// kill -9 at random moments: the learner's file and the state stay whole, and the next run is right.
// A few kills in ./check, a hundred in ./check --all.
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>
#include <thread>

#include "qkv/matrix.hpp"

#include "grader.hpp"
#include "harness/catch2.hpp"

using namespace qkv::tests;
namespace fs = std::filesystem;

namespace {

using Clock = std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

/// A command to be killed.
struct Victim {
    std::vector<std::string> command;
    bool takes_file_away = false;  ///< it may leave the stub, and then a whole kept copy
    double seconds = 0;            ///< the latest moment for a kill; 0: as long as the command takes
};

const std::vector<Victim> victims = {
    {{"run", "counting"}, false, 0},
    {{"reset", "counting"}, true, 0},
    {{"watch", "counting"}, false, 1},
};

const std::string stub = read_text(proven_kit().root + "/exercises/counting/stub.cpp");
const std::string solution = read_text(proven_kit().root + "/solutions/counting/counting.cpp");

/// Starts the command as a person does: in a terminal and a session of its own.
pid_t start(const Victim& victim, const TestKit& kit, int& terminal) {
    std::vector<std::string> words = {QKV_GRADER, "--root", kit.root, "--toolchain", kit.toolchain};
    words.insert(words.end(), victim.command.begin(), victim.command.end());
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    const pid_t process = forkpty(&terminal, nullptr, nullptr, nullptr);
    if (process == 0) {
        execv(arguments[0], arguments.data());
        _exit(127);
    }
    REQUIRE(process > 0);
    return process;
}

/// Reads what it prints, until it ends or the time is over.
void read_for(int terminal, Seconds time) {
    const auto deadline = Clock::now() + time;
    for (std::vector<char> buffer(4096); Clock::now() < deadline;) {
        pollfd entry{terminal, POLLIN, 0};
        const auto rest = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now());
        if (poll(&entry, 1, static_cast<int>(rest.count())) == 1 && read(terminal, buffer.data(), buffer.size()) <= 0)
            return;
    }
}

/// The living processes of a session.
std::vector<pid_t> members(pid_t session) {
    std::vector<pid_t> found;
    for (const auto& entry : fs::directory_iterator("/proc")) {
        const std::string name = entry.path().filename().string();
        if (name.find_first_not_of("0123456789") != std::string::npos) continue;
        const pid_t process = std::stoi(name);
        const std::string status = read_text(entry.path() / "stat");
        const bool dead = status.find(") Z") != std::string::npos;
        if (!dead && getsid(process) == session) found.push_back(process);
    }
    return found;
}

void kill_session(pid_t session) {
    kill(-session, SIGKILL);
    kill(session, SIGKILL);  // which may be no session yet
    waitpid(session, nullptr, 0);
    for (int i = 0; i < 1000; ++i) {
        const auto alive = members(session);
        if (alive.empty()) return;
        for (const pid_t process : alive) kill(process, SIGKILL);
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    FAIL("somebody outlives the kill");
}

/// Starts the victim and kills it after that time, or waits for its end.
double run_for(const Victim& victim, const TestKit& kit, Seconds time) {
    const auto began = Clock::now();
    int terminal = -1;
    const pid_t process = start(victim, kit, terminal);
    read_for(terminal, time);
    kill_session(process);
    close(terminal);
    return Seconds(Clock::now() - began).count();
}

/// What a learner has: the file and the hints taken.
struct Learner {
    const Scratch& scratch;

    fs::path file() const { return scratch.path / "exercises/counting/counting.cpp"; }

    /// A file never seen before, so that it is compiled; and points that change, so that they are written.
    std::string writes(int time) const {
        std::string text = (time % 2 == 0 ? solution : stub) + "// " + std::to_string(time) + "\n";
        scratch.write("exercises/counting/counting.cpp", text);
        return text;
    }

    bool kept(const std::string& text) const {
        std::error_code none;
        for (const auto& entry : fs::directory_iterator(scratch.path / ".qkv" / "kept", none)) {
            if (read_text(entry.path()) == text) return true;
        }
        return false;
    }

    void check_state() const {
        const std::string text = read_text(scratch.path / ".qkv/state.json");
        INFO(text);
        const auto state = nlohmann::json::parse(text, nullptr, false);
        REQUIRE(state.is_object());
        CHECK(state.at("hints").at("counting/running_sums") == 2);
    }
};

int score(const TestKit& kit) { return graded({"counting"}, kit).json.at("score"); }

}  // namespace

TEST_CASE("kill -9 at any moment leaves the learner's file and state whole") {
    const Scratch scratch;
    const TestKit kit = copied_kit(scratch);
    const Learner learner{scratch};
    scratch.write(".qkv/state.json", R"({"version": 1, "hints": {"counting/running_sums": 2}, "scores": {}})");
    const int kills = everything() ? 100 : 10;
    const auto seed = std::random_device{}();
    std::mt19937 random(seed);
    // The second time nothing is read from the disk any more.
    std::vector<double> usual;
    for (const Victim& victim : victims) usual.push_back(victim.seconds);
    for (int time = -2; time < 0; ++time) {
        for (std::size_t i = 0; i < victims.size(); ++i) {
            learner.writes(time);
            if (victims[i].seconds == 0) usual[i] = run_for(victims[i], kit, Seconds(60));
        }
    }
    int stubs = 0;
    for (int i = 1; i <= kills; ++i) {
        const std::size_t chosen = static_cast<std::size_t>(i) % victims.size();
        const Victim& victim = victims[chosen];
        const std::string mine = learner.writes(i / static_cast<int>(victims.size()));
        const double moment = std::uniform_real_distribution<double>(0, 1.1 * usual[chosen])(random);
        run_for(victim, kit, Seconds(moment));
        INFO(victim.command[0] << " killed after " << moment << " s; seed " << seed << ", kill " << i);
        const std::string left = read_text(learner.file());
        const bool is_stub = victim.takes_file_away && left == stub;
        CHECK((left == mine || (is_stub && learner.kept(mine))));
        stubs += is_stub ? 1 : 0;
        learner.check_state();
        CHECK(score(kit) == (left.starts_with(solution) ? 5 : 0));
        learner.check_state();
    }
    WARN(kills << " kills, " << stubs << " of them after the stub was back");
}
