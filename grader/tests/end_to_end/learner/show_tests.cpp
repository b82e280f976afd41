// ./grade show: scenes as pictures. QKV_WRITE_PICTURES=1 writes what grader/tests/data/pictures holds anew.
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <regex>
#include <string>
#include <vector>

#include "qkv/matrix.hpp"

#include "base/process.hpp"
#include "base/text.hpp"
#include "grader.hpp"
#include "harness/catch2.hpp"

using namespace qkv::tests;

namespace {

namespace fs = std::filesystem;

bool says(const Said& said, const std::string& words) { return said.text.find(words) != std::string::npos; }

/// The exercises with scenes.
std::vector<std::string> shown_exercises() {
    std::vector<std::string> ids;
    for (const auto& folder : fs::directory_iterator(real_kit().root + "/exercises")) {
        const std::string id = folder.path().filename().string();
        if (is_examined(id) && fs::exists(folder.path() / "scenes.cpp")) ids.push_back(id);
    }
    std::ranges::sort(ids);
    return ids;
}

/// Shows the reference with one piece replaced.
Said shown_with(const std::string& id, const std::string& piece, const std::string& replacement,
                std::vector<std::string> more = {}) {
    const Scratch scratch;
    scratch.write(id + ".cpp", with(reference_of(id), piece, replacement));
    more.insert(more.begin(), {"show", id});
    more.insert(more.end(), {"--submission", scratch.path.string()});
    return grader(more);
}

void check_picture(const std::string& name, const std::string& said) {
    // Without what is said of a build.
    const std::string text = std::regex_replace(said, std::regex("(^|\n)Building[^\n]*(?=\n)"), "");
    const fs::path file = fs::path(QKV_TEST_DATA) / "pictures" / (name + ".txt");
    if (std::getenv("QKV_WRITE_PICTURES") != nullptr) {
        fs::create_directories(file.parent_path());
        std::ofstream(file) << text;
    }
    INFO(name << "; if that is how it is to look: QKV_WRITE_PICTURES=1 ctest --test-dir build/dev -R '^show_tests$'");
    CHECK(read_text(file) == text);
}

std::string page_of(const std::vector<std::string>& arguments) {
    const Scratch scratch;
    std::vector<std::string> all = arguments;
    all.insert(all.end(), {"--html", (scratch.path / "page.html").string()});
    const Said said = grader(all);
    INFO(said.text);
    CHECK(said.status == 0);
    return read_text(scratch.path / "page.html");
}

}  // namespace

TEST_CASE("every scene of every exercise is drawn as it was, at two widths, and fits them") {
    for (const std::string& id : shown_exercises()) {
        for (const unsigned columns : {44U, 80U}) {
            for (const char* language : {"en", "zh"}) {
                const Said said = grader({"show", id, "--solutions", "--width", std::to_string(columns), "--colors",
                                          "none", "--lang", language});
                INFO(id);
                CHECK(said.status == 0);
                std::istringstream lines(said.text);
                for (std::string line; std::getline(lines, line);) {
                    INFO(line);
                    CHECK(width(line) <= columns);
                }
                if (std::string(language) == "en") check_picture(id + "." + std::to_string(columns), said.text);
            }
        }
    }
}

TEST_CASE("rows and columns that are words of ours have Chinese names") {
    CHECK(says(grader({"show", "encoder", "--solutions", "--width", "80"}), "post   pre"));
    const Said chinese = grader({"show", "encoder", "--solutions", "--width", "80", "--lang", "zh"});
    INFO(chinese.text);
    CHECK(says(chinese, "后置"));
    CHECK_FALSE(says(chinese, "post"));
}

TEST_CASE("in colour every scene has the lines that it has without, and fits as well") {
    const std::regex escape("\x1b\\[[0-9;]*m");
    const auto lines_of = [&](const std::string& text) {
        std::vector<std::string> lines;
        std::istringstream stream(std::regex_replace(text, escape, ""));
        for (std::string line; std::getline(stream, line);) lines.push_back(line);
        return lines;
    };
    for (const std::string& id : shown_exercises()) {
        if (id != "attention" && !everything()) continue;
        for (const unsigned columns : {44U, 80U}) {
            const auto shown = [&](const char* colors) {
                return lines_of(
                    grader({"show", id, "--solutions", "--width", std::to_string(columns), "--colors", colors}).text);
            };
            const auto plain = shown("none");
            for (const char* colors : {"256", "true"}) {
                const auto colored = shown(colors);
                INFO(id << " " << columns << " " << colors);
                CHECK(colored.size() == plain.size());
                for (const std::string& line : colored) CHECK(width(line) <= columns);
            }
        }
    }
}

TEST_CASE("colours change no letter, and their pictures are as they were") {
    const std::regex escape("\x1b\\[[0-9;]*m");
    const Said plain = grader({"show", "attention", "2", "--solutions", "--width", "60"});  // no terminal: no colour
    for (const char* colors : {"256", "true"}) {
        const Said said = grader({"show", "attention", "2", "--solutions", "--width", "60", "--colors", colors});
        check_picture(std::string("attention.60.") + colors, said.text);
        CHECK(std::regex_replace(said.text, escape, "").size() > plain.text.size() / 2);
        CHECK(said.text.find('\x1b') != std::string::npos);
    }
    CHECK(plain.text.find('\x1b') == std::string::npos);
}

TEST_CASE("what is wrong is shown beside what the reference draws") {
    const Said said = shown_with("attention", "j <= i + offset", "j < i + offset", {"masks"});
    INFO(said.text);
    CHECK(said.status == 0);  // a scene judges nothing
    CHECK(says(said, "and so the reference draws it:"));
    CHECK_FALSE(says(grader({"show", "attention", "masks", "--solutions"}), "and so the reference"));
}

TEST_CASE("what is not there yet, throws, crashes, or is no number, is said as the tests say it") {
    const std::string body = "Matrix softmax_rows(const Matrix& scores) {";
    const auto with_body = [&](const std::string& statement) {
        return shown_with("attention", body, body + "\n    " + statement, {"softmax_rows"});
    };
    for (const auto& [statement, words] : std::vector<std::pair<std::string, std::string>>{
             {"qkv::todo();", "softmax_rows is not written yet"},
             {"if (scores.rows() > 0) throw std::runtime_error(\"no idea\");", "threw std::runtime_error: no idea"},
             {"if (scores.rows() > 0) { volatile int* p = nullptr; *p = 1; }", "crashed"},
             {"if (scores.rows() > 0) return Matrix::Constant(scores.rows(), scores.cols(), std::nan(\"\"));", "nan"},
             {"if (scores.rows() > 0) return scores.transpose();", "has shape 5 x 6, expected 6 x 5"},
             {"while (scores.rows() > 0) { }", "did not return within"}}) {
        const Said said = with_body(statement);
        INFO(said.text);
        CHECK(said.status == 1);
        CHECK(says(said, words));
        CHECK_FALSE(says(said, "softmax of 2, 1"));  // no picture
    }
    const Scratch scratch;
    const std::string page = (scratch.path / "page.html").string(), svg = (scratch.path / "picture.svg").string();
    const Said without =
        shown_with("attention", body, body + "\n    qkv::todo();", {"softmax_rows", "--html", page, "--svg", svg});
    INFO(without.text);
    CHECK(without.status == 1);
    CHECK(says(without, "--svg: there is no picture to write: softmax_rows is not written yet"));
    CHECK(fs::exists(page));
    CHECK_FALSE(fs::exists(svg));
    scratch.write("attention.cpp", "int main( {");
    const Said broken = grader({"show", "attention", "--submission", scratch.path.string()});
    CHECK(broken.status == 1);
    CHECK(says(broken, "does not compile"));
    CHECK(grader({"show", "attention", "--submission", (scratch.path / "nowhere").string()}).status == 2);
}

TEST_CASE("wrong usage of show is one line") {
    for (const auto& [arguments, words] : std::vector<std::pair<std::vector<std::string>, std::string>>{
             {{"show", "attention", "99"}, "attention has 4 scenes"},
             {{"show", "attention", "no_part"}, "attention has no part \"no_part\""},
             {{"show", "nothing"}, "there is no exercise \"nothing\""},
             {{"show", "basic"}, "there is no exercise \"basic\""},
             {{"show", "attention", "--input", "a cat"}, "no scene of attention takes one"},
             {{"show", "attention", "--input", "\xff\xc3"}, "no scene of attention takes one"},
             {{"show", "attention", "--input", std::string(5000, 'x')}, "--input takes at most"},
             {{"show", "attention", "--html", "/dev/full/page.html"}, "this file cannot be written"},
             {{"show", "attention", "--colors", "some"}, "--colors"},
             {{"show"}, "ID"}}) {
        std::vector<std::string> all = arguments;
        if (all.size() > 1 && all[1] == "attention") all.emplace_back("--solutions");
        const Said said = grader(all);
        INFO(said.text);
        CHECK(said.status == 2);
        CHECK(says(said, words));
        CHECK(said.text.find('\n') == said.text.size() - 1);
    }
    CHECK(says(grader({"show", "counting"}, proven_kit()), "counting has no scenes"));
}

TEST_CASE("the page is whole in itself, in both languages, and what a learner says stays text") {
    const std::string english = page_of({"show", "attention", "--solutions"}),
                      chinese = page_of({"show", "attention", "--solutions", "--lang", "zh"});
    CHECK(english.find("<html lang=\"en\">") != std::string::npos);
    CHECK(chinese.find("<html lang=\"zh-CN\">") != std::string::npos);
    CHECK(chinese.find("每个词在看哪里？") != std::string::npos);
    for (const std::string& page : {english, chinese}) {
        CHECK(page.find("<script") == std::string::npos);
        CHECK(page.find("src=") == std::string::npos);
        CHECK(page.find("url(") == std::string::npos);
    }
    const Scratch scratch;
    const std::string body = "Matrix softmax_rows(const Matrix& scores) {";
    scratch.write(
        "attention.cpp",
        with(reference_of("attention"), body,
             body + "\n    if (scores.rows() == 6) throw std::runtime_error(\"<script>alert(1)</script>\");"));
    const auto file = scratch.path / "page.html";
    CHECK(grader({"show", "attention", "--submission", scratch.path.string(), "--html", file.string()}).status == 1);
    const std::string hostile = read_text(file);
    CHECK(hostile.find("<script") == std::string::npos);
    CHECK(hostile.find("&lt;script&gt;") != std::string::npos);
}

TEST_CASE("what a learner throws is no command to a build service, and files are written where they lead") {
    const Scratch scratch;
    const std::string body = "Matrix softmax_rows(const Matrix& scores) {";
    scratch.write("attention.cpp",
                  with(reference_of("attention"), body,
                       body + "\n    if (scores.rows() == 6) throw std::runtime_error(\"\\n::error::x\");"));
    const Said said = grader({"show", "attention", "softmax_rows", "--submission", scratch.path.string()});
    INFO(said.text);
    CHECK(says(said, "std::runtime_error"));
    CHECK_FALSE(std::regex_search(said.text, std::regex("(^|\n)\\s*::error::")));
    fs::create_symlink(scratch.path / "far.html", scratch.path / "near.html");
    CHECK(grader({"show", "attention", "--solutions", "--html", (scratch.path / "near.html").string()}).status == 0);
    CHECK(fs::is_symlink(scratch.path / "near.html"));  // a device or a fifo would be kept, too
    CHECK(read_text(scratch.path / "far.html").find("<svg") != std::string::npos);
}

TEST_CASE("a browser that --open has started stays, in the foreground or not; one that fails is told") {
    const Scratch scratch;
    const fs::path mark = scratch.path / "mark", opener = scratch.path / "bin/xdg-open";
    const auto opened_by = [&](const std::string& does) {
        fs::remove(mark);
        scratch.write("bin/xdg-open", "#!/bin/sh\n" + does + "\n");
        fs::permissions(opener, fs::perms::owner_all);
        const std::string shows =
            "PATH=\"$3\" exec \"$0\" --root \"$1\" --toolchain \"$2\" show attention 1 --solutions --html \"$4\" "
            "--open";
        Command command;
        command.arguments = {"/bin/sh",
                             "-c",
                             shows,
                             QKV_GRADER,
                             real_kit().root,
                             real_kit().toolchain,
                             opener.parent_path().string() + ":/usr/bin:/bin",
                             (scratch.path / "page.html").string()};
        command.seconds = 300;
        return run(command);
    };
    const std::string browser = "echo $$ >" + mark.string() + "; exec sleep 60";
    for (const std::string& does : {browser, "sh -c '" + browser + "' & sleep 0.5"}) {
        const Ended said = opened_by(does);
        INFO(does << "\n" << said.output);
        CHECK(said.exit_code == 0);
        CHECK(said.seconds < 9);
        CHECK(said.output.find("no browser") == std::string::npos);
        const int process = std::atoi(read_text(mark).c_str());
        REQUIRE(process > 1);
        CHECK(kill(process, SIGKILL) == 0);
    }
    CHECK(opened_by("exit 3").output.find("no browser was found here; open ") != std::string::npos);
}

TEST_CASE("no page, picture or report takes the place of code") {
    const Scratch scratch;
    const std::string right = reference_of("attention"), file = (scratch.path / "attention.cpp").string();
    scratch.write("attention.cpp", right);
    fs::create_symlink(file, scratch.path / "page.html");
    for (const std::vector<std::string>& more :
         std::vector<std::vector<std::string>>{{"show", "attention", "--html", file},
                                               {"show", "attention", "--html", (scratch.path / "page.html").string()},
                                               {"show", "attention", "--svg", file},
                                               {"run", "attention", "--output", file}}) {
        std::vector<std::string> arguments = more;
        arguments.insert(arguments.end(), {"--submission", scratch.path.string()});
        const Said said = grader(arguments);
        INFO(said.text);
        CHECK(said.status == 2);
        CHECK(says(said, "that file holds code, which would be lost"));
        CHECK(read_text(file) == right);
    }
}

TEST_CASE("numbers of any size that a learner's function returns are drawn, in any colours") {
    const Scratch scratch;
    scratch.write("encoder.cpp",
                  with(reference_of("encoder"), "Matrix activate(const Matrix& input, Activation activation) {",
                       "Matrix activate(const Matrix& input, Activation activation) {\n    if (input.cols() == 25) "
                       "return Matrix::Constant(1, 25, activation == Activation::relu ? 1e308 : 0);"));
    for (const char* colors : {"none", "256", "true"}) {
        const Said said =
            grader({"show", "encoder", "activation", "--colors", colors, "--submission", scratch.path.string()});
        INFO(said.text);
        CHECK(said.status == 0);
        CHECK(says(said, "-1e+308"));
    }
}

TEST_CASE("a text of any length that a learner's function returns is a short name in a picture") {
    if (!is_examined("text_reading")) return;
    const Said said = shown_with("text_reading", "    return readings;\n}",
                                 "    for (Reading& one : readings) one.text = std::string(30'000'000, '\\x01');\n"
                                 "    return readings;\n}",
                                 {"read"});
    INFO(said.text);
    CHECK(said.status == 0);
    CHECK(says(said, "confidence"));
}

TEST_CASE("a finished exercise says what was built, and the command that shows it") {
    const Said said = grader({"run", "--solutions", "attention"});
    CHECK(says(said, "You have built attention"));
    CHECK(says(said, "./grade show attention"));
    CHECK_FALSE(says(grader({"run", "--solutions", "counting"}, proven_kit()), "grade show"));
}
