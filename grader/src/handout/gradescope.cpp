#include <algorithm>
#include <chrono>
#include <set>
#include <system_error>

#include "base/files.hpp"
#include "base/process.hpp"
#include "handout/aside.hpp"
#include "handout/export.hpp"
#include "handout/repository.hpp"
#include "report/gradescope.hpp"

namespace qkv::grader {

namespace fs = std::filesystem;

namespace {

/// What a program prints. Throws Failure (kit_fault) with its last words.
std::string output_of(const std::vector<std::string>& arguments, const fs::path& folder, std::string name = "") {
    if (name.empty()) name = arguments[0];
    Command command;
    command.arguments = arguments;
    command.arguments[0] = find_program(arguments[0]);
    if (command.arguments[0].empty())
        throw Failure(wrong_usage, said({"export needs the program {}", "export 需要程序 {}"}, arguments[0]));
    command.folder = folder.string();
    command.seconds = 600;
    command.longest_output = 64U << 20;
    const Ended ended = run(command);
    if (ended.exit_code != 0) {
        std::string words = stripped(clean(ended.output, 400));
        std::ranges::replace(words, '\n', ' ');
        if (words.empty()) words = first_line(ended);
        throw Failure(kit_fault, said({"export: {} failed: {}", "export：{} 失败：{}"}, name, words));
    }
    return ended.output;
}

/// The files that git tracks in the kit, as they are now.
std::set<std::string> tracked_files(const fs::path& root) {
    if (!fs::exists(root / ".git"))
        throw Failure(wrong_usage, said({"export gradescope takes the files that git tracks, and {} is no git checkout",
                                         "export gradescope 只打包 git 跟踪的文件，而 {} 不是 git 仓库"},
                                        clean(root.string(), 200)));
    std::set<std::string> files;
    for (const std::string& file : names_in(output_of({"git", "-c", "safe.directory=*", "ls-files", "-z"}, root)))
        if (fs::is_regular_file(root / file)) files.insert(file);
    return files;
}

/// Whatever is graded must be in the zip, with its hidden tests.
void check_tracked(const std::set<std::string>& files, const std::vector<Exercise>& exercises) {
    for (const Exercise& exercise : exercises) {
        for (const std::string& file :
             {"exercises/" + exercise.id + "/exercise.toml", "solutions/" + exercise.id + "/hidden_tests.cpp"})
            if (!files.contains(file))
                throw Failure(wrong_usage,
                              said({"export gradescope: git does not track {}, so it would not be in the zip",
                                    "export gradescope：git 没有跟踪 {}，它不会进入压缩包"},
                                   file));
    }
}

std::string line_of(const std::vector<std::string>& arguments) {
    const std::string output = output_of(arguments, "/");
    return output.substr(0, output.find('\n'));
}

/// Of a copy that fails, the library's own names the file that could be read.
void copy_to(const fs::path& from, const fs::path& to) {
    const std::string text = read_file(from);
    if (text.size() != fs::file_size(from))
        throw fs::filesystem_error("cannot be read", from, std::make_error_code(std::errc::io_error));
    fs::create_directories(to.parent_path());
    write_file(to, text);
    fs::permissions(to, fs::status(from).permissions());
}

/// toml++ as it is installed here, as a package for systems that do not have it: headers are all of it.
void write_toml_package(const fs::path& folder) {
    const fs::path headers = line_of({"pkg-config", "--variable=includedir", "tomlplusplus"}) + "/toml++";
    const std::string version = line_of({"pkg-config", "--modversion", "tomlplusplus"});
    for (const char* path : {"DEBIAN", "usr/include", "usr/lib/pkgconfig"}) fs::create_directories(folder / path);
    for (const auto& entry : fs::recursive_directory_iterator(headers))
        if (entry.is_regular_file())
            copy_to(entry.path(), folder / "usr" / "include" / "toml++" / fs::relative(entry.path(), headers));
    write_file(folder / "DEBIAN" / "control",
               fmt::format("Package: libtomlplusplus-dev\nVersion: {}\nArchitecture: all\nMaintainer: qkv\n"
                           "Description: toml++, its headers alone\n",
                           version));
    write_file(
        folder / "usr" / "lib" / "pkgconfig" / "tomlplusplus.pc",
        fmt::format("Name: tomlplusplus\nDescription: headers alone\nVersion: {}\nCflags: -I/usr/include\n", version));
}

/// Somebody else's autograder.zip stays. The names of files stand in a zip as they are.
void refuse_to_replace(const fs::path& zip) {
    if (!fs::exists(fs::symlink_status(zip))) return;
    const bool is_ours = fs::is_regular_file(zip) &&
                         read_file(zip).find("kit/grader/templates/gradescope/run_autograder") != std::string::npos;
    if (!is_ours) throw not_written_by_export(zip);
}

/// Copies what is there, all of one date: the same kit makes the same zip, and no time zone puts a file into the
/// future.
void fill(const Kit& kit, const Export& wanted, const std::set<std::string>& files, const fs::path& stage) {
    for (const std::string& file : files) copy_to(kit.root / file, stage / "kit" / file);
    const fs::path templates = kit.root / "grader" / "templates" / "gradescope";
    for (const char* script : {"setup.sh", "run_autograder"}) copy_to(templates / script, stage / script);
    write_file(stage / "settings", fmt::format("exercises='{}'\nseed={}\nlanguage={}\nseconds=480\n", wanted.ids(),
                                               wanted.seed, entry_of(wanted.language).code));
    write_file(stage / "not_graded.json",
               not_graded_for_gradescope({"run_autograder did not come to a result.", "run_autograder 没有得出结果。"},
                                         wanted.language));
    write_toml_package(stage / "toml++");
    const fs::file_time_type date =
        std::chrono::file_clock::from_sys(std::chrono::sys_seconds{std::chrono::days{50 * 365 + 12}});
    for (const auto& entry : fs::recursive_directory_iterator(stage))
        if (entry.is_regular_file()) fs::last_write_time(entry.path(), date);
}

}  // namespace

Text export_gradescope(const Kit& kit, const Export& wanted) {
    const fs::path zip = wanted.folder / "autograder.zip";
    refuse_to_replace(zip);
    const std::set<std::string> files = tracked_files(kit.root);
    check_tracked(files, wanted.exercises);
    const Aside stage(wanted.folder / ".autograder.new");
    fill(kit, wanted, files, stage.folder / "zip");
    // Written aside; zip would add to one that is there.
    output_of({"sh", "-c", "find . -type f | LC_ALL=C sort | TZ=UTC zip -q -X -@ ../autograder.zip"},
              stage.folder / "zip", "zip");
    fs::rename(stage.folder / "autograder.zip", zip);
    int points = 0;
    for (const Exercise& exercise : wanted.exercises)
        for (const Part& part : exercise.parts) points += part.points;
    return said(
        {"{} ({:.1f} MB): upload it as the assignment's autograder, base image Ubuntu 22.04, {} points; with "
         "the seed {}. It holds the solutions.",
         "{}（{:.1f} MB）：作为作业的 autograder 上传，基础镜像选 Ubuntu 22.04，满分 {}；种子是 {}。里面有参考解答。"},
        clean(zip.string(), 300), static_cast<double>(fs::file_size(zip)) / 1e6, points, wanted.seed);
}

}  // namespace qkv::grader
