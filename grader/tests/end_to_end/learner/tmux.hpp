// A real terminal for tests: tmux, with a shell in it.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "base/process.hpp"
#include "grader.hpp"
#include "harness/catch2.hpp"

namespace qkv::tests {

/// A terminal with a shell in it, on a server of its own.
class Tmux {
public:
    Tmux() {
        tmux({"-f", "/dev/null", "new-session", "-d", "-x", "100", "-y", "30", "env", "PS1=$ ", "TERM=screen",
              "LC_ALL=C.UTF-8", "sh"});
    }
    ~Tmux() { tmux({"kill-server"}); }
    Tmux(const Tmux&) = delete;
    Tmux& operator=(const Tmux&) = delete;

    void keys(const std::vector<std::string>& names) const {
        std::vector<std::string> all = {"send-keys"};
        all.insert(all.end(), names.begin(), names.end());
        tmux(all);
    }
    void resize(int columns, int rows) const {
        tmux({"resize-window", "-x", std::to_string(columns), "-y", std::to_string(rows)});
    }
    std::string screen() const { return tmux({"capture-pane", "-p"}); }

    /// Waits at most ten seconds until the screen is so; returns it.
    std::string wait_until(const std::function<bool(const std::string&)>& so, const std::string& what) const {
        std::string now;
        for (int i = 0; i < 500; ++i) {
            now = screen();
            if (so(now)) break;
            std::this_thread::sleep_for(std::chrono::milliseconds(20));
        }
        INFO("waited for \"" << what << "\" on the screen:\n" << now);
        CHECK(so(now));
        return now;
    }
    std::string wait_for(const std::string& words) const {
        return wait_until([&](const std::string& now) { return now.find(words) != std::string::npos; }, words);
    }

private:
    std::string tmux(const std::vector<std::string>& arguments) const {
        qkv::grader::Command command;
        command.arguments = {"/usr/bin/tmux", "-u", "-S", (scratch_.path / "socket").string()};
        command.arguments.insert(command.arguments.end(), arguments.begin(), arguments.end());
        command.seconds = 20;
        return qkv::grader::run(command).output;
    }
    Scratch scratch_;
};

}  // namespace qkv::tests
