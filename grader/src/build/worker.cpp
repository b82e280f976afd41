#include "build/worker.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <cmath>
#include <csignal>
#include <functional>
#include <sstream>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "base/failure.hpp"
#include "base/files.hpp"
#include "base/process.hpp"
#include "build/cache.hpp"
#include "build/shortage.hpp"
#include "walls/sandbox.hpp"

namespace qkv::grader {

namespace fs = std::filesystem;

std::string find_compiler(const std::string& name) {
    if (name.find('/') != std::string::npos) return name;
    std::string found = find_program(name);
    if (!found.empty()) return found;
    throw Failure(wrong_usage,
                  said({"--compiler {}: there is no such program", "--compiler {}：没有这个程序"}, clean(name, 80)));
}

std::string as_learner_knows(const std::string& output, const fs::path& path, const fs::path& folder) {
    const std::string name = path.filename().string();
    std::istringstream stream(output);
    std::string result;
    for (std::string line; std::getline(stream, line);) {
        // The compiler was given the bare name, so that is how places in the learner's file begin.
        for (const std::string& known : {folder.string() + "/" + name + ":", name + ":"}) {
            const std::size_t at = line.find(known);
            if (at == std::string::npos || (at != 0 && line[at - 1] != ' ')) continue;
            line = line.substr(0, at) + path.string() + line.substr(at + known.size() - 1);
            break;
        }
        result += line + "\n";
    }
    return result;
}

namespace {

/// A program and its arguments.
using Step = std::vector<std::string>;

/// The steps as one line for the shell, each run if the one before succeeded.
std::string shell_line(const std::vector<Step>& steps) {
    std::string line;
    for (const Step& step : steps) {
        line += line.empty() ? "" : " && ";
        for (const std::string& argument : step) line += " " + shell_quoted(argument);
    }
    return line;
}

/// Steps of a build behind one wall, in a folder that they may write.
Command build_command(const Toolchain& toolchain, const std::vector<Step>& steps, const Exercise& exercise,
                      const fs::path& folder, std::vector<fs::path> readable) {
    Command command;
    for (const Step& step : steps) {
        if (!step.front().starts_with("/usr/")) readable.emplace_back(step.front());
    }
    // The shell stays, and tells which signal killed a step: a linker that is a namespace's first process cannot hand
    // on what killed its own child, and ends as if it had found a mistake.
    const Step all = {"/bin/sh", "-c", shell_line(steps) + "; exit $?"};
    command.arguments = enclosed(toolchain.walls, {std::move(readable), folder, true}, all);
    command.folder = folder.string();
    command.seconds = exercise.limits.compile_seconds * busyness();
    command.memory = static_cast<std::uint64_t>(exercise.limits.compile_megabytes * 1024 * 1024);
    command.file = static_cast<std::uint64_t>(exercise.limits.object_megabytes * 1024 * 1024);
    command.environment = {{"LC_ALL", "C.UTF-8"}, {"TMPDIR", folder.string()}};
    return command;
}

Step compile_step(const Toolchain& toolchain, const Exercise& exercise, const std::vector<Exercise>& visible,
                  const std::string& file, const fs::path& learner_folder, const BuildOptions& options) {
    // The warm header's object does not fit into a shared library.
    const bool warm = options.compiler.empty() && !options.debug;
    Step step = {options.compiler.empty() ? toolchain.clang : options.compiler};
    step.insert(step.end(), toolchain.flags.begin(), toolchain.flags.end());
    const bool clang = fs::path(step[0]).filename().string().find("clang") != std::string::npos;
    // Looking for a name that is meant, clang tries functions of C in Eigen's expressions: `scores / scale` with no
    // such scale takes a minute.
    if (clang) step.emplace_back("-fno-spell-checking");
    if (options.debug)
        // Every type in full, and the learner's own file instead of the copy that is compiled.
        step.insert(step.end(), {"-g", "-fstandalone-debug", "-fdebug-compilation-dir=" + learner_folder.string()});
    else
        step.push_back(clang ? "-gline-tables-only" : "-g1");
    if (warm)
        step.insert(step.end(), {"-O0", "-include-pch", toolchain.warm_header.string()});
    else
        step.push_back(options.debug ? "-O0" : "-O1");
    if (options.apart) step.emplace_back("-ffunction-sections");
    for (const Exercise& other : visible) step.push_back("-I" + other.folder.string());
    step.insert(step.end(), {"-Wall", "-Wextra", "-Wfloat-conversion", "-Wno-unused-parameter", "-include",
                             exercise.id + ".hpp", "-c", file, "-o", "learner.o"});
    return step;
}

/// Runs the steps of a build. What goes wrong is in `built.fault`, if it is the file's doing: where the machine may
/// have done it, `control` (a file without fault, in the same place) must succeed and the steps are tried once more.
/// Throws Failure (kit_fault) if that does not clear it up.
void run_build(const Command& command, Built& built, const std::function<Ended()>& control) {
    Ended ended = run(command);
    if (may_be_shortage(ended, command)) {
        const Ended harmless = control();
        if (harmless.exit_code != 0) stop_for_shortage(harmless);
        ended = run(command);
        if (may_be_shortage(ended, command) && is_the_systems(ended, command)) stop_for_shortage(ended);
    }
    built.seconds += ended.seconds;
    built.diagnostics += ended.output;
    if (ended.exit_code == 0) return;
    if (ended.timed_out)
        built.fault = {BuildFault::Kind::timed_out, std::round(command.seconds), ""};
    else if (ended.signal == SIGXFSZ || ended.exit_code == 128 + SIGXFSZ)
        built.fault = {BuildFault::Kind::object_too_large, static_cast<double>(command.file) / 1024 / 1024, ""};
    else
        built.fault.kind = BuildFault::Kind::compiler;
    if (built.fault.kind == BuildFault::Kind::compiler && ended.output.empty())
        built.diagnostics += fmt::format("{}: signal {}", command.arguments[0], ended.signal);
}

/// How a compiler writes the beginning of a function's name, "attention::softmax_rows" as _ZN9attention12softmax_rows;
/// with the lengths in it, no other name begins so.
std::string mangled(const std::string& name) {
    std::string words;
    int count = 0;
    for (std::size_t begin = 0; begin < name.size(); ++count) {
        const std::size_t end = std::min(name.find("::", begin), name.size());
        const std::string word = name.substr(begin, end - begin);
        words += word == "std" ? "St" : fmt::format("{}{}", word.size(), word);
        begin = end + 2;
    }
    // Of std alone it is no nested name.
    return (count > 1 && !(count == 2 && name.starts_with("std::")) ? "_ZN" : "_Z") + words;
}

/// A function that the manifest forbids and the object calls; from its symbols, not from the text. Symbols that cannot
/// all be read may hide anything.
std::string forbidden_use(const Toolchain& toolchain, const Exercise& exercise, const fs::path& object) {
    if (exercise.forbids.empty()) return "";
    const auto command_on = [&](const fs::path& file) {
        Command command;
        command.arguments = enclosed(toolchain.walls, {{file}, {}, true},
                                     {toolchain.nm, "--undefined-only", "--format=posix", file.string()});
        command.longest_output = std::size_t{16} << 20;
        command.seconds = 10 * busyness();
        return command;
    };
    const Command command = command_on(object);
    const Ended ended = run(command);
    if (may_be_shortage(ended, command)) {
        const Ended harmless = run(command_on(toolchain.warm_object));
        if (harmless.exit_code != 0) stop_for_shortage(harmless);
        if (is_the_systems(ended, command)) stop_for_shortage(ended);
    }
    if (ended.exit_code != 0 || ended.output.size() >= command.longest_output) return exercise.forbids.front();
    std::istringstream symbols(ended.output);
    for (std::string symbol; std::getline(symbols, symbol);) {
        for (const std::string& name : exercise.forbids) {
            if (symbol.starts_with(mangled(name)) || symbol.starts_with(name + " ")) return name;
        }
    }
    return "";
}

/// Moves what a build made from the folder that it could write to one of ours. A taken-over compiler may have left a
/// link there, or a pipe: nothing of it is followed or kept but one plain file. False if it made none.
bool take_over(const fs::path& made, const fs::path& ours) {
    struct stat info {};
    if (lstat(made.c_str(), &info) != 0 || !S_ISREG(info.st_mode) || info.st_nlink != 1) return false;
    fs::rename(made, ours / made.filename());
    return true;
}

/// A folder below ours that a build may write; gone with all that it leaves there.
struct BuildFolder {
    fs::path path;
    BuildFolder(const fs::path& ours, const char* name) : path(ours / name) { fs::create_directory(path); }
    ~BuildFolder() {
        std::error_code ignored;
        fs::remove_all(path, ignored);
    }
    BuildFolder(const BuildFolder&) = delete;
    BuildFolder& operator=(const BuildFolder&) = delete;
};

/// What became of a compile, beside its object.
void write_outcome(const fs::path& folder, const Built& built) {
    write_file(folder / "outcome.json", nlohmann::json{{"kind", built.fault.kind},
                                                       {"limit", built.fault.limit},
                                                       {"function", built.fault.function},
                                                       {"diagnostics", built.diagnostics}}
                                            .dump());
}

Built read_outcome(const fs::path& folder) {
    const auto json = nlohmann::json::parse(read_file(folder / "outcome.json"));
    Built built;
    built.fault = {json.at("kind").get<BuildFault::Kind>(), json.at("limit"), json.at("function")};
    built.diagnostics = json.at("diagnostics");
    built.object = folder / "object.o";
    return built;
}

/// What compiling reads beside the file itself.
std::vector<fs::path> read_by_compiler(const Toolchain& toolchain, const std::vector<Exercise>& visible,
                                       const BuildOptions& options) {
    std::vector<fs::path> readable = {toolchain.source / "common" / "include"};
    if (options.compiler.empty())
        readable.insert(readable.end(), {toolchain.warm_header, toolchain.source / "common" / "worker" / "warm.hpp"});
    for (const Exercise& other : visible) readable.push_back(other.folder / (other.id + ".hpp"));
    return readable;
}

/// The same steps for a file without fault, in a folder beside.
Ended build_nothing(const Toolchain& toolchain, const std::vector<Step>& steps, const Exercise& exercise,
                    const std::string& file, const fs::path& ours, const std::vector<fs::path>& readable) {
    const BuildFolder other(ours, "control");
    write_file(other.path / file, "// nothing\n");
    return run(build_command(toolchain, steps, exercise, other.path, readable));
}

/// The linker's step with these in the place of "OBJECTS".
Step link_step(const Toolchain& toolchain, const Step& objects) {
    Step step = toolchain.link;
    const auto place = std::ranges::find(step, "OBJECTS");
    step.insert(step.erase(place), objects.begin(), objects.end());
    return step;
}

/// What was built with the program that was published, if one was.
Built with_program(Built built, std::optional<Kept> kept, const std::string& name) {
    if (!kept) return built;
    built.worker = kept->folder / name;
    built.kept.push_back(std::move(*kept));
    return built;
}

/// Compiles into `ours`. A plain objcopy breaks COMDAT groups; merging them into the object first is right.
Built compile_in(const fs::path& ours, const Toolchain& toolchain, const Exercise& exercise,
                 const std::vector<Exercise>& visible, const SourceFile& source, const BuildOptions& options,
                 const Step& compile) {
    const fs::path symbols = toolchain.exercise_folder(exercise.id) / "symbols";
    const BuildFolder build(ours, "build");
    const fs::path& folder = build.path;
    const std::string file = exercise.id + ".cpp";
    write_file(folder / file, source.text);
    std::vector<fs::path> readable = read_by_compiler(toolchain, visible, options);
    readable.push_back(symbols);
    Step keep = {toolchain.objcopy, "--keep-global-symbols=" + symbols.string(), "--weaken-symbols=" + symbols.string(),
                 "grouped.o", "object.o"};
    // Else ASan would register the variables of the whole program once for every object.
    if (toolchain.sanitize) keep.insert(keep.begin() + 1, "--keep-global-symbol=___asan_globals_registered");
    const Step group = {toolchain.ld, "-r", "--force-group-allocation", "learner.o", "-o", "grouped.o"};
    Built built;
    const auto control = [&] { return build_nothing(toolchain, {compile, group}, exercise, file, ours, readable); };
    run_build(build_command(toolchain, {compile, group, keep}, exercise, folder, readable), built, control);
    built.diagnostics = clean(as_learner_knows(built.diagnostics, source.path, folder));
    if (!built.fault && !take_over(folder / "object.o", ours)) built.fault.kind = BuildFault::Kind::compiler;
    if (!built.fault) built.fault.function = forbidden_use(toolchain, exercise, ours / "object.o");
    if (!built.fault.function.empty()) built.fault.kind = BuildFault::Kind::forbidden_function;
    return built;
}

}  // namespace

Built build_object(const Toolchain& toolchain, const Exercise& exercise, const std::vector<Exercise>& visible,
                   const SourceFile& source, const BuildOptions& options) {
    Built built;
    built.fault = source.fault;
    if (built.fault) return built;
    const Step compile =
        compile_step(toolchain, exercise, visible, exercise.id + ".cpp", source.path.parent_path(), options);
    // What may be included depends on the wall.
    std::string key = fmt::format("{}\n{}\n{}\n{}", fmt::join(compile, "\n"),
                                  read_file(toolchain.exercise_folder(exercise.id) / "symbols"), source.path.string(),
                                  toolchain.walls.names());
    key += fingerprint(options.compiler.empty() ? toolchain.warm_header : fs::path(compile.front()));
    for (const Exercise& other : visible) key += read_file(other.folder / (other.id + ".hpp"));
    key += fmt::format("\n{}\n{}", fmt::join(exercise.forbids, "\n"), source.text);
    if (auto found = find_built(toolchain.workers(), key)) {
        built = read_outcome(found->folder);
        built.kept = {std::move(*found)};
        return built;
    }
    auto published = publish(toolchain.workers(), key, [&](const fs::path& aside) {
        built = compile_in(aside, toolchain, exercise, visible, source, options, compile);
        // A busy machine is no property of the file: what ran out of time is tried anew.
        if (built.fault.kind == BuildFault::Kind::timed_out) return false;
        write_outcome(aside, built);
        return true;
    });
    if (!published) return built;
    built.object = published->folder / "object.o";
    built.kept = {std::move(*published)};
    return built;
}

namespace {

/// Links `name` into the folder of the key; WORKER in the commands stands for it. `control` links all but the
/// learner's.
Built link(const char* name, const Toolchain& toolchain, const Exercise& exercise, const Built& object, Step step,
           Step control, const std::vector<fs::path>& parts) {
    std::string key = fmt::format("{}\n\n", fmt::join(step, "\n"));
    for (const fs::path& part : parts) key += fingerprint(part);
    std::ranges::replace(step, "WORKER", name);
    std::ranges::replace(control, "WORKER", "control");
    Built built = object;
    auto kept = find_built(toolchain.workers(), key);
    if (!kept) {
        kept = publish(toolchain.workers(), key, [&](const fs::path& aside) {
            const BuildFolder build(aside, "build");
            run_build(build_command(toolchain, {step}, exercise, build.path, parts), built,
                      [&] { return run(build_command(toolchain, {control}, exercise, build.path, parts)); });
            built.diagnostics = clean(built.diagnostics);
            if (!built.fault && !take_over(build.path / name, aside)) built.fault.kind = BuildFault::Kind::compiler;
            return !built.fault;
        });
    }
    return with_program(built, std::move(kept), name);
}

}  // namespace

Built build_worker(const Toolchain& toolchain, const Exercise& exercise, const Built& object,
                   const std::vector<Built>& objects, const BuildOptions& options) {
    if (object.fault) return object;
    const fs::path glue = toolchain.exercise_folder(exercise.id) / (options.probe ? "libprobe_glue.a" : "libglue.a");
    // Of functions that stand in several objects the first is taken, so the warm ones come before the glue's.
    Step words = {"--gc-sections", toolchain.warm_object.string(),    "--whole-archive",
                  glue.string(),   toolchain.worker_library.string(), "--no-whole-archive"};
    const Step control = link_step(toolchain, words);
    Step learners;
    std::vector<fs::path> parts = {glue, toolchain.worker_library, toolchain.warm_object};
    for (const Built& each : objects) {
        learners.push_back(each.object.string());
        parts.push_back(each.object);
    }
    words.insert(words.begin() + 1, learners.begin(), learners.end());
    return link("worker", toolchain, exercise, object, link_step(toolchain, words), control, parts);
}

Built build_library(const Toolchain& toolchain, const Exercise& exercise, const Built& object,
                    const std::vector<Built>& objects) {
    if (object.fault) return object;
    Step step = {toolchain.clang, "-shared", "--ld-path=" + toolchain.link.front(), "-o", "WORKER"};
    const Step control = {toolchain.ld, "-r", object.object.string(), "-o", "WORKER"};
    std::vector<fs::path> parts;
    for (const Built& each : objects) {
        step.push_back(each.object.string());
        parts.push_back(each.object);
    }
    return link("learner.so", toolchain, exercise, object, step, control, parts);
}

Built build_program(const Toolchain& toolchain, const Exercise& exercise, const std::vector<Exercise>& visible,
                    const SourceFile& source, const std::vector<Built>& objects) {
    Built built;
    built.fault = source.fault;
    if (built.fault) return built;
    const std::string file = source.path.filename().string(), name = "program";
    std::vector<fs::path> parts;
    for (const Built& each : objects) parts.push_back(each.object);
    parts.push_back(toolchain.warm_object);
    std::vector<fs::path> readable = read_by_compiler(toolchain, visible, {});
    readable.insert(readable.end(), parts.begin(), parts.end());
    std::string key = source.text + fingerprint(toolchain.warm_header);
    Step words = {"learner.o"};
    for (const fs::path& part : parts) {
        words.push_back(part.string());
        key += fingerprint(part);
    }
    Step compile = compile_step(toolchain, exercise, visible, file, source.path.parent_path(), {});
    compile.insert(compile.begin() + 1, {"-include", "qkv/play.hpp"});  // a main of one's own may do without it
    Step linked = link_step(toolchain, words);
    std::ranges::replace(linked, "WORKER", name);
    key += fmt::format("{}\n{}", fmt::join(compile, "\n"), fmt::join(linked, "\n"));
    auto kept = find_built(toolchain.workers(), key);
    if (!kept) {
        kept = publish(toolchain.workers(), key, [&](const fs::path& aside) {
            const BuildFolder build(aside, "build");
            write_file(build.path / file, source.text);
            run_build(build_command(toolchain, {compile, linked}, exercise, build.path, readable), built,
                      [&] { return build_nothing(toolchain, {compile}, exercise, file, aside, readable); });
            built.diagnostics = clean(as_learner_knows(built.diagnostics, source.path, build.path));
            return !built.fault && take_over(build.path / name, aside);
        });
    }
    return with_program(built, std::move(kept), name);
}

Built only_functions(const Toolchain& toolchain, const Exercise& exercise, const Built& object,
                     const std::vector<std::string>& functions) {
    Step step = {toolchain.objcopy, object.object.string(), "some.o"};
    std::istringstream symbols(read_file(toolchain.exercise_folder(exercise.id) / "symbols"));
    for (std::string symbol; std::getline(symbols, symbol);) {
        for (const std::string& function : functions) {
            if (symbol.starts_with(mangled(exercise.id + "::" + function)))
                step.insert(step.begin() + 1, "--keep-global-symbol=" + symbol);
        }
    }
    const std::string key = fmt::format("{}\n{}", fmt::join(step, "\n"), fingerprint(object.object));
    auto kept = find_built(toolchain.workers(), key);
    if (!kept) {
        kept = publish(toolchain.workers(), key, [&](const fs::path& aside) {
            const Ended ended = run(build_command(toolchain, {step}, exercise, aside, {object.object}));
            if (ended.exit_code != 0) stop_for_shortage(ended);
            return true;
        });
    }
    Built some;
    some.object = kept->folder / "some.o";
    some.kept = {std::move(*kept)};
    return some;
}

}  // namespace qkv::grader
