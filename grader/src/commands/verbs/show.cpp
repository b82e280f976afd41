// ./grade show ID [SCENE]: what the learner's functions compute, as pictures: in the terminal, as a page, as SVG.
#include <algorithm>
#include <cstdio>
#include <optional>

#include <fmt/format.h>

#include "base/process.hpp"
#include "commands/commands.hpp"
#include "report/failure.hpp"
#include "report/pages/page.hpp"
#include "report/pages/picture.hpp"
#include "report/text.hpp"
#include "watch/terminal.hpp"

namespace qkv::grader {

namespace {

namespace fs = std::filesystem;

Exercise exercise_with_scenes(const Kit& kit, const std::string& id) {
    Exercise exercise = choose_one(kit.catalog, id);
    if (!fs::exists(exercise.folder / "scenes.cpp"))
        throw Failure(wrong_usage, said({"{} has no scenes to show", "{} 没有可以展示的画面"}, exercise.id));
    return exercise;
}

/// Which of the scenes are wanted.
struct Wanted {
    std::string part;  ///< empty: of all parts
    std::optional<std::size_t> number;
    bool with_input = false;  ///< only those that show what --input gave
};

Wanted wanted_of(const Exercise& exercise, const Arguments& arguments) {
    Wanted wanted;
    wanted.with_input = !arguments.input.empty();
    constexpr std::size_t longest = 4000;
    if (arguments.input.size() > longest)
        throw Failure(wrong_usage, said({"--input takes at most {} bytes", "--input 最多 {} 字节"}, longest));
    if (arguments.ids.size() < 2) return wanted;
    const std::string& word = arguments.ids[1];
    const bool is_number =
        !word.empty() && word.size() < 4 && std::ranges::all_of(word, [](char c) { return c >= '0' && c <= '9'; });
    if (is_number)
        wanted.number = std::stoul(word);
    else
        wanted.part = choose_part(exercise, word).id;
    return wanted;
}

/// Rows and columns get their Chinese names, where they have some.
void name_in_chinese(ExerciseResult& result) {
    for (PartResult& part : result.parts) {
        for (TestResult& scene : part.tests) {
            for (Picture& picture : scene.report.pictures) {
                if (!picture.row_names_zh.empty()) picture.row_names = picture.row_names_zh;
                if (!picture.column_names_zh.empty()) picture.column_names = picture.column_names_zh;
            }
        }
    }
}

/// Runs the scenes on the files of a folder.
ExerciseResult run_scenes(const Kit& kit, const Exercise& exercise, const fs::path& files, const Wanted& wanted,
                          const Arguments& arguments) {
    GradeOptions options;
    options.scenes = true;
    options.part = wanted.part;
    options.input = clean(arguments.input);  // what is no text could not travel to the scenes
    options.submission = files;
    options.language = arguments.language;
    options.own_stack = arguments.own_stack && files != kit.root / "solutions";
    Result result = grade(kit, {exercise}, options);
    if (!result.not_graded.empty()) throw Failure(kit_fault, result.not_graded.front().why);
    if (arguments.language == Language::zh) name_in_chinese(result.exercises.front());
    return std::move(result.exercises.front());
}

/// Leaves only the wanted scenes. Throws Failure (wrong_usage) if there are none.
void keep_wanted(ExerciseResult& result, const Wanted& wanted) {
    std::size_t all = 0;
    for (PartResult& part : result.parts) {
        std::vector<TestResult> kept;
        for (TestResult& scene : part.tests) {
            ++all;
            const bool is_it =
                (!wanted.number || *wanted.number == all) && (!wanted.with_input || scene.report.took_input);
            if (is_it) kept.push_back(std::move(scene));
        }
        part.tests = std::move(kept);
    }
    if (std::ranges::any_of(result.parts, [](const PartResult& part) { return !part.tests.empty(); })) return;
    const std::string& id = result.exercise.id;
    if (wanted.number)
        throw Failure(wrong_usage, said({"{} has {} scenes; ./grade show {} shows them all",
                                         "{} 有 {} 个画面；./grade show {} 全部展示"},
                                        id, all, id));
    if (wanted.with_input)
        throw Failure(wrong_usage, said({"--input: no scene of {} takes one, or none came so far",
                                         "--input：{} 没有能接受输入的画面，或者还没有运行到"},
                                        id));
    throw Failure(wrong_usage, said({"{} has no scene of this part; ./grade show {} shows them all",
                                     "{} 的这一部分没有画面；./grade show {} 全部展示"},
                                    id, id));
}

Canvas canvas_of(const Arguments& arguments) {
    Canvas canvas;
    canvas.columns = arguments.width > 0 ? std::max(arguments.width, 20U)
                                         : std::clamp<std::size_t>(terminal_size().columns, 20, 200);
    canvas.colors = wants_color() ? terminal_colors() : Colors::none;
    for (const Colors colors : {Colors::none, Colors::indexed, Colors::direct}) {
        if (arguments.colors == name_of(colors)) canvas.colors = colors;
    }
    return canvas;
}

/// Lines, each without spaces at its end.
std::string text_of(const std::vector<std::string>& lines) {
    std::string text;
    for (const std::string& line : lines) text += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
    return text;
}

std::string text_of(const TestResult& scene, const TestResult* reference, const Canvas& canvas, const Paint& paint) {
    const auto in_paint = [&](std::string (Paint::*color)(const std::string&) const, const std::string& words) {
        std::string text;
        for (const std::string& line : wrapped(words, canvas.columns)) text += (paint.*color)(line) + "\n";
        return text;
    };
    std::string text = "\n" + in_paint(&Paint::strong, scene.name);
    const auto& pictures = scene.report.pictures;
    for (std::size_t i = 0; i < pictures.size(); ++i) {
        text += text_of(drawn(pictures[i], canvas, paint.language));
        if (reference == nullptr || i >= reference->report.pictures.size()) continue;
        if (difference_of(pictures[i], reference->report.pictures[i]).rows == 0) continue;
        text += "  " + paint.strong(paint.say({"and so the reference draws it:", "参考实现画出来的是："})) + "\n";
        text += text_of(drawn(reference->report.pictures[i], canvas, paint.language));
    }
    if (failed(scene)) text += in_paint(&Paint::bad, "  " + scene.message);
    if (failed(scene) && !scene.diagnosis.empty()) text += in_paint(&Paint::strong, "  " + scene.diagnosis);
    return text;
}

void print_scenes(const ExerciseResult& result, const ExerciseResult* reference, const Arguments& arguments) {
    const Canvas canvas = canvas_of(arguments);
    const Paint paint{canvas.colors != Colors::none, arguments.language};
    std::string text;
    for (const PartResult& part : result.parts) {
        for (const TestResult& scene : part.tests)
            text += text_of(scene, find_scene(reference, scene.name), canvas, paint);
    }
    fmt::print("{}\n", without_commands(text));
}

/// Shows a page in the browser, if there is a program that does it.
void open_page(const fs::path& page, Language language) {
    for (const char* opener : {"xdg-open", "wslview", "open"}) {
        const std::string program = find_program(opener);
        if (program.empty()) continue;
        // It may be the browser itself, or have started one: that is the reader's, and stays.
        constexpr double seconds = 3;
        if (leave_running({program, fs::absolute(page).string()}, seconds)) return;
    }
    fmt::print(stderr, "{}",
               say({"no browser was found here; open {} yourself\n", "这里没有找到浏览器，请自己打开 {}\n"}, language,
                   shown_path(page)));
}

/// The first picture among the scenes. Throws Failure: points_missing where the learner's functions are why there is
/// none.
const Picture& first_picture(const ExerciseResult& result) {
    for (const PartResult& part : result.parts) {
        for (const TestResult& scene : part.tests) {
            const auto found =
                std::ranges::find_if(scene.report.pictures, [](const Picture& one) { return one.rows > 0; });
            if (found != scene.report.pictures.end()) return *found;
        }
    }
    for (const PartResult& part : result.parts) {
        const auto found = std::ranges::find_if(part.tests, failed);
        if (found != part.tests.end())
            throw Failure(
                points_missing,
                said({"--svg: there is no picture to write: {}", "--svg：没有可以写出的图：{}"}, found->message));
    }
    throw Failure(wrong_usage, Text{"--svg: there is no picture to write", "--svg：没有可以写出的图"});
}

void leave_files(const ExerciseResult& result, const ExerciseResult* reference, const Arguments& arguments) {
    if (!arguments.html.empty()) {
        write_out(to_page(result, reference, arguments.language), arguments.html, "--html");
        fmt::print("{}", say({"  the page: {}\n", "  网页：{}\n"}, arguments.language, shown_path(arguments.html)));
        if (arguments.open) open_page(arguments.html, arguments.language);
    }
    if (!arguments.svg.empty())
        write_out(to_svg(first_picture(result), arguments.language, true) + "\n", arguments.svg, "--svg");
}

}  // namespace

int show_command(const Kit& kit, const Arguments& given) {
    Arguments arguments = given;
    const Exercise exercise = exercise_with_scenes(kit, arguments.ids[0]);
    const Wanted wanted = wanted_of(exercise, arguments);
    if (arguments.open && arguments.html.empty()) arguments.html = kit.toolchain.build / (exercise.id + ".html");
    const fs::path files = submission_folder(kit, arguments);
    announce_build(kit, exercise, "scenes", arguments.language);
    prepare(kit, {exercise}, KitOf::scenes);
    ExerciseResult result = run_scenes(kit, exercise, files, wanted, arguments);
    if (result.status != Status::graded) {
        Result all;
        fmt::print("{}\n", without_commands(next_step(result, all, {wants_color(), arguments.language})));
        return points_missing;
    }
    keep_wanted(result, wanted);
    std::optional<ExerciseResult> reference;
    if (fs::exists(exercise.reference()) && !arguments.solutions)
        reference = run_scenes(kit, exercise, kit.root / "solutions", wanted, arguments);
    const ExerciseResult* beside = reference ? &*reference : nullptr;
    if (arguments.html.empty() && arguments.svg.empty()) print_scenes(result, beside, arguments);
    leave_files(result, beside, arguments);
    const bool all_shown = std::ranges::all_of(
        result.parts, [](const PartResult& part) { return std::ranges::none_of(part.tests, failed); });
    return all_shown ? all_earned : points_missing;
}

}  // namespace qkv::grader
