#include "commands/commands.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <string_view>

#include <fmt/format.h>

#include "base/failure.hpp"
#include "base/files.hpp"
#include "grading/tests.hpp"

namespace qkv::grader {

namespace fs = std::filesystem;

// Each in the file of its name in verbs/; next is in list.cpp.
VerbFunction run_command, list_command, next_command, hint_command, watch_command, compare_command, debug_command,
    reset_command, show_command, play_command, read_command, quiz_command, new_command, verify_command;

const std::vector<Verb>& verbs() {
    using A = Arguments;
    const Operands none{"", "", 0, 0, {}};
    const Operands any{"[ID...]", "...", 0, 1 << 20, {"exercises; none means all", "练习，不写就是全部"}};
    const Operands part{"ID [PART]", "[PART]", 1, 2, {"exercise, and part if you like", "练习，后面可以再写一个部分"}};
    const Operands part_or_option{part.shown, part.after_id, 0, 2, part.does};  // --part names the exercise too
    const Operands one{"ID", " ", 1, 1, {"exercise", "练习"}};
    const Operands scene{"ID [SCENE]",
                         "[SCENE]",
                         1,
                         2,
                         {"exercise, and a scene's number or its part", "练习，后面可以写画面的号码或它的部分"}};
    const Operands quiz{"[ID]",
                        " ",
                        0,
                        1,
                        {"exercise, or prerequisites; none means the next", "练习，或 prerequisites；不写就是下一个"}};
    const Operands id{"ID", " ", 1, 1, {"its name, in snake_case", "练习的名字，用 snake_case"}};

    const Option sandbox{
        "--sandbox auto|on|off", {"the second wall, bubblewrap", "第二道防护 bubblewrap"}, &A::sandbox};
    const Option jobs{"--jobs N", {"how many exercises at once", "同时处理几个练习"}, &A::jobs};
    const Option solutions{
        "--solutions", {"the reference solutions instead of my files", "不用我的文件，用参考解答"}, &A::solutions};
    const Option own_stack{"--own-stack",
                           {"link my own files of the exercises that one needs", "所依赖的练习也用我自己写的文件"},
                           &A::own_stack};
    const std::vector<Option> grading = {
        solutions,
        {"--submission DIR",
         {"grade the files of this folder, DIR/<id>.cpp or DIR/<id>/<id>.cpp; or one file or archive",
          "给这个文件夹里的文件评分：DIR/<id>.cpp 或 DIR/<id>/<id>.cpp；也可以是单个文件或压缩包"},
         &A::submission},
        own_stack,
        {"--hidden", {"the hidden tests too", "隐藏测试也要运行"}, &A::hidden},
        {"--seed N", {"of the hidden tests, to repeat a run", "隐藏测试的种子，用来重现一次评分"}, &A::seed},
        {"--part ID/PART", {"only this part: ID/PART", "只评这个部分：ID/PART"}, &A::part},
        {"--format text|json|junit|gradescope|github", {"of the report", "报告的格式"}, &A::format},
        {"--output FILE", {"write the report to this file", "把报告写进这个文件"}, &A::output},
        jobs,
        sandbox,
        {"--compiler PROGRAM",
         {"another compiler for learners' files, for example g++", "换一个编译器，例如 g++"},
         &A::compiler},
        {"--sanitize",
         {"my own files with ASan and UBSan in them, which find reads and writes out of bounds",
          "用 ASan 和 UBSan 编译我自己的文件，找出越界读写"},
         &A::sanitize}};
    const Option theirs{"--submission DIR",
                        {"the files of this folder instead of mine", "不用我的文件，用这个文件夹里的"},
                        &A::submission};
    const Option of_part{"--part ID/PART", {"the part, as ID/PART", "哪个部分：ID/PART"}, &A::part};
    const std::vector<Option> manifest = {
        {"--title-en TEXT", {"title in English", "英文标题"}, &A::title_en},
        {"--title-zh TEXT", {"title in Chinese", "中文标题"}, &A::title_zh},
        {"--track TRACK",
         {"basic, advanced, challenge, extension or practice",
          "路线：basic、advanced、challenge、extension 或 practice"},
         &A::track},
        {"--stars N", {"1 to 5", "难度：1 到 5"}, &A::stars},
        {"--needs IDS",
         {"exercises whose functions it calls, with commas", "它要调用哪些练习的函数，用逗号隔开"},
         &A::needs}};
    const Option record{"--record",
                        {"write down what the mutants return and the sentences that explain them",
                         "记下各个变异体的返回值，以及解释它们的句子"},
                        &A::record};
    const Option every{"--every N", {"a sample: of N mutants one is tried", "抽样：每 N 个变异体只试一个"}, &A::every};
    const Option trust{"--trust",
                       {"the trust matrix instead: hostile files, by family or family/name",
                        "改为检验防护：运行恶意文件，可以写类别，或类别/名字"},
                       &A::trust};

    static const std::vector<Verb> all = {
        {"run",
         any,
         grading,
         run_command,
         {"grade my files; without ID all of them (what ./grade alone does)",
          "给我的文件评分，不写 ID 就是全部（./grade 不带命令时做的就是它）"}},
        {"list",
         none,
         {},
         list_command,
         {"the exercises, their order, state and points", "全部练习：先后次序、进度、得分"},
         false},
        {"next", none, {}, next_command, {"what to do next", "接下来做什么"}},
        {"read", one, {}, read_command, {"the statement, in the terminal", "在终端里读题目"}, false},
        {"hint", part, {}, hint_command, {"one more hint each time", "每次多给一条提示"}},
        {"watch",
         any,
         {sandbox},
         watch_command,
         {"grade on every save, with keys for hints and more", "每次存盘就评分，按键可看提示等"}},
        {"compare",
         part,
         {theirs},
         compare_command,
         {"my functions against the reference: shows the smallest case that differs",
          "与参考实现对比：找出结果不同的最小的一个例子"},
         true,
         true,
         true},
        {"debug",
         part_or_option,
         {of_part},
         debug_command,
         {"my function in gdb, stopped at the call that fails", "在 gdb 里停在出错的那次调用，就在我的函数里"}},
        {"show",
         scene,
         {{"--input TEXT",
           {"show this instead of the scene's own example", "展示这段文字，不用画面自带的例子"},
           &A::input},
          {"--html FILE",
           {"a page for the browser: mine, the reference's, the difference", "写成网页：我的、参考实现的、两者之差"},
           &A::html},
          {"--open", {"open that page in the browser", "在浏览器里打开这个网页"}, &A::open},
          {"--svg FILE", {"the first picture as SVG", "把第一幅图写成 SVG"}, &A::svg},
          {"--colors auto|true|256|none",
           {"true: 16 million; none: shades", "true：1600 万色；none：用深浅不同的方块"},
           &A::colors},
          {"--width N", {"columns of the terminal, at least 20", "终端的列数，至少 20"}, &A::width},
          own_stack,
          theirs,
          solutions,
          sandbox},
         show_command,
         {"what my functions compute, as pictures", "把我的函数算出来的东西画成图"}},
        {"play",
         one,
         {own_stack},
         play_command,
         {"a main of my own to try my functions in", "自己写一段 main，试用我的函数"}},
        {"reset",
         one,
         {},
         reset_command,
         {"back to the stub; my version is kept aside", "恢复成最初的样子，我写的那一份会另存起来"},
         false,
         false},
        {"quiz",
         quiz,
         {{"--answers FILE", {"grade this answer sheet instead of asking", "不提问，改为批改这份答卷"}, &A::answers},
          {"--sheet", {"print the answer sheet, to be filled in", "打印空白答卷"}, &A::sheet},
          {"--format text|json",
           {"json: what is remembered, or what came of the sheet; nothing is asked",
            "json：输出已记住的成绩，或答卷的批改结果；不提问"},
           &A::format},
          {"--output FILE", {"write that to this file", "写进这个文件"}, &A::output}},
         quiz_command,
         {"questions about an exercise, with explanations; they give no points", "关于一个练习的问答，附讲解，不计分"},
         false,
         false},
        {"new",
         id,
         manifest,
         new_command,
         {"instructors: a complete new exercise that already passes verify",
          "教师用：新建一个完整的、能通过 verify 的练习"},
         true,
         false},
        {"class",
         {"SUBMISSIONS", " ", 1, 1, {"the folder with what was handed in", "装着全班提交的文件夹"}},
         {{"--out DIR", {"where the gradebook and everything else goes", "成绩册和其他结果放在哪里"}, &A::out},
          {"--course FILE",
           {"what is graded, and how; else course.toml beside SUBMISSIONS, or in it",
            "评什么、怎么评；不写就找 SUBMISSIONS 旁边或里面的 course.toml"},
           &A::course},
          {"--roster FILE",
           {"CSV with id, name, path, submitted_at: who should have handed in",
            "应交名单，CSV：id、name、path、submitted_at"},
           &A::roster},
          {"--overrides FILE",
           {"CSV with id, exercise, score, reason: what a person decided",
            "人工改分，CSV：id、exercise、score、reason"},
           &A::overrides},
          {"--last-year DIR", {"an older class to look for likeness in, too", "去年的提交，也一并查重"}, &A::last_year},
          {"--regrade", {"grade everything anew, and say what changed", "全部重新评分，并列出有变化的"}, &A::regrade},
          {"--for csv|moodle|canvas", {"the gradebook's form", "成绩册的格式"}, &A::gradebook},
          {"--engine local|slurm|slices",
           {"where the work is done; slices: by whatever runs OUT/slices/run.sh (docs/scaling.md)",
            "在哪里评分；slices：由你自己的系统运行 OUT/slices/run.sh（见 docs/scaling.zh.md）"},
           &A::engine},
          {"--per-job N",
           {"submissions that a job of Slurm grades; else about a minute's work",
            "Slurm 的一个作业评几份；不写则约一分钟的量"},
           &A::per_job},
          {"--slice FILE", {}, &A::slice},
          {"--gather ROUND", {}, &A::gather},
          jobs,
          sandbox},
         nullptr,
         {"instructors: grade a whole class", "教师用：给全班评分"},
         true,
         false,
         true},
        {"handout",
         {"DIR", " ", 1, 1, {"where the learners' copy goes", "学生用的那一份放在哪里"}},
         {{"--update",
           {"bring a newer kit into the copy in DIR; learners' files stay", "把 DIR 更新到新版；学生的文件不动"},
           &A::update},
          {"--check", {"only say what would change", "只列出会有什么变化"}, &A::check}},
         nullptr,
         {"instructors: the learners' copy, without solutions", "教师用：生成不含解答的学生版"},
         false,
         false},
        {"export",
         {"gradescope|github DIR [ID...]",
          "DIR [ID...]",
          2,
          1 << 20,
          {"the service, where its files go, and exercises; none means all",
           "哪个平台，文件放在哪里，评哪些练习；不写就是全部"}},
         {{"--seed N",
           {"of the hidden tests on Gradescope, the same for everybody", "Gradescope 上隐藏测试的种子，人人相同"},
           &A::seed}},
         nullptr,
         {"instructors: what Gradescope or GitHub need to grade", "教师用：生成 Gradescope 或 GitHub 评分所需的文件"},
         false,
         false,
         true},
        {"verify",
         any,
         {record, every, trust, sandbox, jobs},
         verify_command,
         {"instructors: prove that the tests catch mistakes and accept solutions",
          "教师用：证明测试抓得住错误、认得出正确的解"},
         true,
         false,
         true},
    };
    return all;
}

const Verb* find_verb(const std::string& name) {
    const auto found = std::ranges::find(verbs(), name, &Verb::name);
    return found == verbs().end() ? nullptr : &*found;
}

Asked asked_for(const Kit& kit, const Arguments& arguments) {
    std::vector<std::string> words = arguments.ids;
    if (!arguments.part.empty()) {
        const std::size_t slash = arguments.part.find('/');
        const std::string id = arguments.part.substr(0, slash);
        if (slash == std::string::npos || (!words.empty() && words != std::vector{id}))
            throw Failure(wrong_usage,
                          Text{"--part takes ID/PART, for example attention/softmax_rows, and no other ID beside it",
                               "--part 后面写 ID/PART，例如 attention/softmax_rows，此外不再写别的 ID"});
        words = {id, arguments.part.substr(slash + 1)};
    }
    if (words.empty())
        throw Failure(wrong_usage,
                      said({"{0} needs an exercise: ./grade {0} ID [PART]", "{0} 后面要写练习：./grade {0} ID [PART]"},
                           arguments.verb));
    Asked asked{choose_one(kit.catalog, words[0]), words.size() == 2 ? words[1] : ""};
    if (words.size() == 2) choose_part(asked.exercise, asked.part);
    return asked;
}

void announce_build(const Kit& kit, const Exercise& exercise, const std::string& program, Language language) {
    if (fs::exists(kit.toolchain.exercise_folder(exercise.id) / program)) return;
    const Text sentence =
        program == "tests" ? Text{"compiling the tests of {}, once; this may take a minute …\n",
                                  "正在编译 {} 的测试，只需这一次，可能要一分钟……\n"}
        : program == "scenes"
            ? Text{"compiling the scenes of {}, once …\n", "正在编译 {} 的画面，只需这一次……\n"}
            : Text{"compiling the reference of {} and its random cases, once; this may take a minute …\n",
                   "正在编译 {} 的参考实现和随机例子，只需这一次，可能要一分钟……\n"};
    fmt::print(stderr, "{}", say(sentence, language, exercise.id));
}

Result grade_own(const Kit& kit, const std::vector<Exercise>& exercises, const Arguments& arguments) {
    for (const Exercise& exercise : exercises) announce_build(kit, exercise, "tests", arguments.language);
    prepare(kit, exercises, KitOf::learners);
    Result result = grade(kit, exercises, own_options(kit, arguments));
    if (!result.not_graded.empty()) throw Failure(kit_fault, result.not_graded.front().why);
    remember(kit, result);
    return result;
}

GradeOptions own_options(const Kit& kit, const Arguments& arguments) {
    GradeOptions options;
    options.submission = kit.root / "exercises";
    options.jobs = arguments.jobs;
    options.language = arguments.language;
    options.settings_file = own_settings;
    return options;
}

void remember(const Kit& kit, Language language, const std::function<void(State&)>& change) {
    const std::string trouble = update_state(kit.root, change).in(language);
    if (!trouble.empty()) fmt::print(stderr, "{}\n", trouble);
}

void remember(const Kit& kit, const Result& result) {
    remember(kit, result.language, [&](State& state) {
        for (const ExerciseResult& exercise : result.exercises) {
            state.scores[exercise.exercise.id] = exercise.score;
            int& all = state.laws[exercise.exercise.id] = 0;
            int& held = state.laws_held[exercise.exercise.id] = 0;
            for (const PartResult& part : exercise.parts) {
                all += static_cast<int>(part.tests.size());
                held += part.laws_held();
            }
        }
    });
}

/// Writes the text into what is there, a fifo that somebody reads, say; false if it cannot all be written.
static bool write_into(const fs::path& path, std::string_view text) {
    // Without O_NONBLOCK a fifo would wait for a reader.
    const int descriptor = open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_NONBLOCK | O_CLOEXEC, 0666);
    if (descriptor < 0) return false;
    fcntl(descriptor, F_SETFL, 0);
    while (!text.empty()) {
        const ssize_t count = write(descriptor, text.data(), text.size());
        if (count <= 0 && errno != EINTR) break;
        text.remove_prefix(static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
    }
    return close(descriptor) == 0 && text.empty();
}

/// Writes a file, or into what is no plain one. An older report stays whole until the new one is: the disk may be full.
static bool write_to(const fs::path& path, const std::string& text) {
    std::error_code ignored;
    const fs::path file = fs::weakly_canonical(path, ignored);
    const fs::file_status there = fs::symlink_status(file, ignored);
    const bool plain = !fs::exists(there) || fs::is_regular_file(there);
    if (!plain || access(file.parent_path().c_str(), W_OK) != 0) return write_into(path, text);
    if (fs::exists(there) && access(file.c_str(), W_OK) != 0) return false;
    try {
        write_file(file, text);
    } catch (const fs::filesystem_error&) {
        return false;
    }
    return true;
}

/// Whether a file with C++ is there, by its own name or behind a link: somebody's work, which no report may replace.
static bool holds_code(const fs::path& file) {
    std::error_code ignored;
    const std::string kind = fs::weakly_canonical(file, ignored).extension().string();
    constexpr std::array<std::string_view, 8> code = {".cpp", ".hpp", ".cc", ".hh", ".cxx", ".hxx", ".h", ".c"};
    return std::ranges::find(code, kind) != code.end() && fs::is_regular_file(file, ignored) &&
           fs::file_size(file, ignored) > 0;
}

void write_out(const std::string& text, const fs::path& file, const char* option) {
    if (holds_code(file))
        throw Failure(wrong_usage, said({"{} {}: that file holds code, which would be lost; name another one",
                                         "{} {}：这个文件里是代码，写进去代码就没了；请换一个文件名"},
                                        option, clean(file.string(), 200)));
    if (!write_to(file, text))
        throw Failure(wrong_usage, said({"{} {}: this file cannot be written", "{} {}：这个文件写不进去"}, option,
                                        clean(file.string(), 200)));
}

void put_out(const std::string& report, const Arguments& arguments) {
    if (arguments.output.empty())
        std::fwrite(report.data(), 1, report.size(), stdout);
    else
        write_out(report, arguments.output, "--output");
}

fs::path submission_folder(const Kit& kit, const Arguments& arguments) {
    fs::path solutions = kit.root / "solutions";
    if (arguments.solutions && !fs::is_directory(solutions))
        throw Failure(wrong_usage, Text{"--solutions: this copy of the kit has no solutions/ folder",
                                        "--solutions：这一份里没有 solutions/ 文件夹"});
    if (arguments.solutions) return solutions;
    if (arguments.submission.empty()) return kit.root / "exercises";
    if (!fs::is_directory(arguments.submission))
        throw Failure(wrong_usage, said({"--submission {}: there is no such folder", "--submission {}：没有这个文件夹"},
                                        clean(arguments.submission.string(), 200)));
    return fs::absolute(arguments.submission).lexically_normal();
}

bool submits_file(const Arguments& arguments) { return fs::is_regular_file(arguments.submission); }

void set_submission(GradeOptions& options, const Kit& kit, const Arguments& arguments,
                    const std::vector<Exercise>& exercises) {
    if (!submits_file(arguments)) {
        options.submission = submission_folder(kit, arguments);
        return;
    }
    if (exercises.size() != 1)
        throw Failure(wrong_usage, said({"--submission {} is one file: name the one exercise that it is of",
                                         "--submission {} 是单个文件：请写明它属于哪一个练习"},
                                        clean(arguments.submission.string(), 200)));
    options.submission = fs::absolute(arguments.submission).lexically_normal();
    options.file_of = exercises.front().id;
}

fs::path statement_of(const Exercise& exercise, Language language) {
    const fs::path translated = exercise.folder / fmt::format("README.{}.md", entry_of(language).code);
    return fs::exists(translated) ? translated : exercise.folder / "README.md";
}

}  // namespace qkv::grader
