// Watch, driven in a real terminal (tmux) with real edits: saves, keys, sizes, and how it leaves.
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <fstream>
#include <sstream>
#include <thread>

#include "qkv/matrix.hpp"

#include "base/text.hpp"
#include "grader.hpp"
#include "harness/catch2.hpp"
#include "tmux.hpp"

using namespace qkv::tests;
namespace fs = std::filesystem;

namespace {

/// Watch in a terminal, on a copy of the kit `proven`.
struct Session {
    Scratch scratch;
    TestKit kit = copied_kit(scratch);
    Tmux tmux;

    explicit Session(const std::string& arguments) {
        const std::string command = "'" QKV_GRADER "' --root '" + kit.root + "' --toolchain '" + kit.toolchain + "'";
        std::ofstream(scratch.path / "w") << "cd '" << kit.root << "'\nexec " << command << " \"$@\"\n";
        tmux.keys({"stty -g > " + (scratch.path / "before").string() + "; sh " + (scratch.path / "w").string() + " " +
                       arguments + "; echo ended $?; stty -g > " + (scratch.path / "after").string(),
                   "Enter"});
    }
    fs::path file(const std::string& id) const { return scratch.path / "exercises" / id / (id + ".cpp"); }
    std::string solution(const std::string& id) const {
        return read_text(scratch.path / "solutions" / id / (id + ".cpp"));
    }
    /// As editors with backups do: another file is renamed into place.
    void save_by_rename(const std::string& id, const std::string& text) const {
        scratch.write("exercises/" + id + "/.aside", text);
        fs::rename(scratch.path / "exercises" / id / ".aside", file(id));
    }
    void save(const std::string& id, const std::string& text) const {
        scratch.write("exercises/" + id + "/" + id + ".cpp", text);
    }

    void expect_clean_end() const {
        tmux.wait_for("ended 0");
        CHECK(tmux.screen().find("qkv watch") == std::string::npos);
        for (int i = 0; i < 100 && !fs::exists(scratch.path / "after"); ++i)
            std::this_thread::sleep_for(std::chrono::milliseconds(20));
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
        CHECK(read_text(scratch.path / "after") == read_text(scratch.path / "before"));
    }
};

std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines;
    std::istringstream stream(text);
    for (std::string line; std::getline(stream, line);) lines.push_back(line);
    return lines;
}

}  // namespace

TEST_CASE("watch grades on save, in place or by rename, and a save during a grading starts it afresh") {
    const Session session("watch counting");
    session.tmux.wait_for("waiting for you to save");
    session.tmux.wait_for("not written yet");
    const std::string right = session.solution("counting");
    session.save_by_rename("counting", right);
    session.tmux.wait_for("5 / 5");
    session.tmux.wait_for("verdict after");

    const std::string endless = with(
        right, "namespace counting {",
        "namespace counting {\nstatic const int forever = [] { for (volatile int i = 0;; i = i) {} return 0; }();");
    session.save("counting", endless);
    session.tmux.wait_for("grading…");
    session.save("counting", right + "// right again\n");
    const auto began = std::chrono::steady_clock::now();
    session.tmux.wait_for("verdict after");
    session.tmux.wait_for("5 / 5");
    CHECK(std::chrono::steady_clock::now() - began < std::chrono::seconds(5));
    session.save("counting", "this is no C++\n");
    session.tmux.wait_for("does not compile");
    session.tmux.keys({"q"});
    session.expect_clean_end();
}

TEST_CASE("watch answers keys, loses none, and speaks both languages") {
    const Session session("watch counting");
    session.tmux.wait_for("not written yet");
    session.tmux.keys({"h", "h"});
    session.tmux.wait_for("2/");
    session.tmux.keys({"l"});
    session.tmux.wait_for("summing");
    session.tmux.keys({"n"});
    session.tmux.wait_for("the statement:");
    session.tmux.keys({"Escape"});
    session.tmux.wait_for("a hint:");
    session.tmux.keys({"c"});
    session.tmux.wait_for("2 functions are not written yet.");
    session.tmux.keys({"s"});
    session.tmux.wait_for("counting has no scenes");
    session.tmux.keys({"g"});
    session.tmux.wait_for("还没有写");
    CHECK(session.tmux.wait_for("q 退出").find("waiting") == std::string::npos);
    session.tmux.keys({"h"});
    session.tmux.wait_for("Esc 返回");
    session.tmux.keys({"q"});
    session.expect_clean_end();
}

TEST_CASE("watch follows the terminal's size, and Ctrl-C leaves the terminal as it was") {
    const Session session("watch counting");
    session.tmux.wait_for("not written yet");
    for (const auto& [columns, rows] : {std::pair{50, 12}, {30, 40}, {140, 20}}) {
        session.tmux.resize(columns, rows);
        const auto fits = [wide = static_cast<std::size_t>(columns),
                           high = static_cast<std::size_t>(rows)](const std::string& screen) {
            const auto lines = lines_of(screen);
            return lines.size() == high && lines.front().find("qkv watch · counting") != std::string::npos &&
                   lines.back().ends_with("quit") &&
                   std::ranges::all_of(lines, [&](const auto& line) { return qkv::grader::width(line) <= wide; });
        };
        session.tmux.wait_until(fits, "a picture of " + std::to_string(columns) + " x " + std::to_string(rows));
    }
    session.tmux.keys({"C-c"});
    session.expect_clean_end();
}

TEST_CASE("without an ID watch goes on to the next exercise when one is done, and returns to one that is saved") {
    const Session session("watch");
    session.tmux.wait_for("qkv watch · counting");
    session.tmux.wait_for("not written yet");
    session.save("counting", session.solution("counting"));
    session.tmux.wait_for("counting is done. Next: summing; begin by reading exercises/summing/README.md");
    session.tmux.wait_for("qkv watch · summing");
    session.save("counting", read_text(session.scratch.path / "exercises/counting/stub.cpp"));
    session.tmux.wait_for("qkv watch · counting");
    session.save("counting", session.solution("counting") + "\n");
    session.tmux.wait_for("Next: summing");
    session.save("summing", session.solution("summing"));
    session.tmux.wait_for("Every exercise is done.");
    session.tmux.keys({"q"});
    session.expect_clean_end();
}

TEST_CASE("new asks its questions in the reader's language") {
    const Session session("new added --lang zh");
    session.tmux.wait_for("英文标题 [Added]:");
    session.tmux.keys({"Enter"});
    session.tmux.wait_for("中文标题 [练习：Added]:");
    session.tmux.keys({"C-c"});
}
