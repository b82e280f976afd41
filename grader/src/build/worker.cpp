#include "build/worker.hpp"

#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <sstream>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "build/build_steps.hpp"
#include "explain/compiler_words.hpp"
#include "base/failure.hpp"
#include "base/files.hpp"
#include "base/process.hpp"

namespace qkv::grader {

namespace fs = std::filesystem;

std::string find_program(const std::string& name) {
    const char* path = std::getenv("PATH");
    const std::string folders = path == nullptr ? "/usr/bin:/bin" : path;
    for (std::size_t begin = 0; begin <= folders.size();) {
        const std::size_t end = std::min(folders.find(':', begin), folders.size());
        const fs::path candidate = fs::path(folders.substr(begin, end - begin)) / name;
        if (access(candidate.c_str(), X_OK) == 0) return candidate.string();
        begin = end + 1;
    }
    return "";
}

std::string find_compiler(const std::string& name) {
    if (name.find('/') != std::string::npos) return name;
    std::string found = find_program(name);
    if (!found.empty()) return found;
    throw Failure(wrong_usage, Text{fmt::format("--compiler {}: there is no such program", clean(name, 80)),
                                    fmt::format("--compiler {}：没有这个程序", clean(name, 80))});
}

namespace {

std::vector<std::string> compile_arguments(const Toolchain& toolchain, const Exercise& exercise,
                                           const std::vector<Exercise>& visible, const fs::path& learner_folder,
                                           const BuildOptions& options) {
    // The warm header's object does not fit into a shared library.
    const bool warm = options.compiler.empty() && !options.debug;
    std::vector<std::string> arguments = {options.compiler.empty() ? toolchain.clang : options.compiler};
    arguments.insert(arguments.end(), toolchain.flags.begin(), toolchain.flags.end());
    const bool clang = fs::path(arguments[0]).filename().string().find("clang") != std::string::npos;
    if (options.debug)
        // Every type in full, and the learner's own file instead of the copy that is compiled.
        arguments.insert(arguments.end(),
                         {"-g", "-fstandalone-debug", "-fdebug-compilation-dir=" + learner_folder.string()});
    else
        arguments.push_back(clang ? "-gline-tables-only" : "-g1");
    if (warm) {
        arguments.insert(arguments.end(), {"-O0", "-include-pch", toolchain.warm_header.string()});
    } else {
        arguments.push_back(options.debug ? "-O0" : "-O1");
    }
    for (const Exercise& other : visible) arguments.push_back("-I" + other.folder.string());
    arguments.insert(arguments.end(), {"-Wall", "-Wextra", "-Wno-unused-parameter", "-include", exercise.id + ".hpp",
                                       "-c", exercise.id + ".cpp", "-o", "learner.o"});
    return arguments;
}

/// Runs a build; what it says goes to the diagnostics. True if it succeeded.
bool run_build(const Command& command, Built& built, const SourceFile* source, const BuildOptions& options) {
    const Ended ended = run(command);
    built.seconds += ended.seconds;
    std::string said = ended.output;
    built.timed_out = ended.timed_out;
    const bool too_large = ended.signal == SIGXFSZ || ended.exit_code == 128 + SIGXFSZ;
    built.own_words |= too_large;
    if (ended.timed_out)
        said = compile_timeout_words(command.seconds).in(options.language);
    else if (too_large)
        said = object_size_words(static_cast<double>(command.file) / 1024 / 1024).in(options.language);
    else if (ended.exit_code != 0 && said.empty())
        said = fmt::format("{}: signal {}", command.arguments[0], ended.signal);
    if (source != nullptr) said = as_learner_knows(said, source->path.string(), fs::path(command.folder));
    built.diagnostics += clean(said);
    return ended.exit_code == 0;
}

/// A function that the manifest forbids and the object calls; from its symbols, not from the text.
std::string forbidden_use(const Toolchain& toolchain, const Exercise& exercise, const fs::path& object) {
    if (exercise.forbids.empty()) return "";
    Command command;
    command.arguments = {toolchain.nm, "--undefined-only", "--demangle", "--format=posix", object.string()};
    command.longest_output = std::size_t{16} << 20;
    std::istringstream symbols(run(command).output);
    for (std::string symbol; std::getline(symbols, symbol);) {
        for (const std::string& name : exercise.forbids) {
            if (symbol.starts_with(name + "(") || symbol.starts_with(name + " ") || symbol.starts_with(name + "["))
                return name;
        }
    }
    return "";
}

}  // namespace

Built build_object(const Toolchain& toolchain, const Exercise& exercise, const std::vector<Exercise>& visible,
                   const SourceFile& source, const BuildOptions& options) {
    Built built;
    if (!source.fault.empty()) {
        built.diagnostics = clean(source.path.string()) + ": " + source.fault;
        return built;
    }
    const auto arguments = compile_arguments(toolchain, exercise, visible, source.path.parent_path(), options);
    const fs::path symbols = toolchain.exercise_folder(exercise.id) / "symbols";
    // What may be included depends on the wall.
    std::string key = fmt::format("{}\n{}\n{}\n{}", fmt::join(arguments, "\n"), read_file(symbols),
                                  source.path.string(), toolchain.walls.names());
    if (options.compiler.empty()) key += fingerprint(toolchain.warm_header);
    for (const Exercise& other : visible) key += read_file(other.folder / (other.id + ".hpp"));
    key += fmt::format("\n{}\n{}", fmt::join(exercise.forbids, "\n"), source.text);

    const fs::path folder = folder_of(toolchain, key);
    built.object = folder / "object.o";
    // A compiler's words are kept for every reader, ours for those of one language.
    const fs::path said = folder / "diagnostics",
                   own = folder / (options.language == Language::zh ? "own.zh" : "own.en");
    if (!fs::exists(said) && !fs::exists(own)) {
        write_file(folder / (exercise.id + ".cpp"), source.text);
        const std::string aside = fmt::format("object.{}.o", getpid());
        // A plain objcopy breaks COMDAT groups; merging them into the object first is right.
        std::vector<fs::path> headers = {toolchain.source / "common" / "include"};
        if (options.compiler.empty()) headers.push_back(toolchain.warm_header);
        for (const Exercise& other : visible) headers.push_back(other.folder / (other.id + ".hpp"));
        headers.push_back(symbols);
        Step keep = {toolchain.objcopy, "--keep-global-symbols=" + symbols.string(),
                     "--weaken-symbols=" + symbols.string(), "grouped.o", aside};
        // Else ASan would register the variables of the whole program once for every object.
        if (toolchain.sanitize) keep.insert(keep.begin() + 1, "--keep-global-symbol=___asan_globals_registered");
        const std::vector<Step> steps = {
            arguments, {toolchain.ld, "-r", "--force-group-allocation", "learner.o", "-o", "grouped.o"}, keep};
        const bool ok = run_build(build_command(toolchain, steps, exercise, folder, headers), built, &source, options);
        const std::string forbidden = ok ? forbidden_use(toolchain, exercise, folder / aside) : "";
        if (!forbidden.empty()) built.diagnostics += forbidden_words(forbidden, exercise.id).in(options.language);
        built.own_words |= !forbidden.empty();
        if (ok && forbidden.empty()) fs::rename(folder / aside, built.object);
        std::error_code ignored;
        for (const char* name : {"learner.o", "grouped.o"}) fs::remove(folder / name, ignored);
        // A busy machine is no property of the file: what ran out of time is tried anew.
        if (built.timed_out) return built;
        write_file(built.own_words ? own : said, built.diagnostics);
    }
    built.diagnostics = read_file(fs::exists(said) ? said : own);
    built.ok = fs::exists(built.object);
    return built;
}

/// Links `parts` into `<folder of the key>/name`, unless it is there; WORKER in the command stands for the result.
/// The links are tried one after the other.
static Built link_as(const std::string& name, const Toolchain& toolchain, const Exercise& exercise, const Built& object,
                     const std::vector<Step>& links, const std::vector<fs::path>& parts, const std::string& key,
                     const BuildOptions& options) {
    const fs::path folder = folder_of(toolchain, fmt::format("{}\n\n{}", fmt::join(links.back(), "\n"), key));
    Built built = object;
    built.worker = folder / name;
    if (fs::exists(built.worker)) return built;
    const std::string aside = fmt::format("{}.{}", name, getpid());
    for (Step link : links) {
        built.diagnostics = object.diagnostics;
        std::ranges::replace(link, "WORKER", aside);
        built.ok = run_build(build_command(toolchain, {link}, exercise, folder, parts), built, nullptr, options);
        if (built.ok) break;
    }
    if (built.ok) fs::rename(folder / aside, built.worker);
    forget_old(toolchain.workers(), 300);
    return built;
}

/// The same link, but of the system's libraries only the part that workers are known to need: reading all of them
/// takes half of the time, and nobody asks for the hash of a worker. Right if it succeeds.
static Step with_runtime(Step link, const fs::path& runtime) {
    std::erase_if(link, [](const std::string& word) { return word.starts_with("-l") || word == "--build-id"; });
    link.insert(std::ranges::find(link, "--no-whole-archive") + 1, runtime.string());
    return link;
}

Built build_worker(const Toolchain& toolchain, const Exercise& exercise, Built object,
                   const std::vector<fs::path>& needed_objects, const BuildOptions& options) {
    if (!object.ok) return object;
    const fs::path glue = toolchain.exercise_folder(exercise.id) / (options.probe ? "libprobe_glue.a" : "libglue.a");
    Step objects = {"--gc-sections", object.object.string()};
    std::string key = fingerprint(object.object) + fingerprint(glue) + fingerprint(toolchain.worker_library) + fingerprint(toolchain.warm_object);
    if (!toolchain.runtime.empty()) key += fingerprint(toolchain.runtime);
    for (const fs::path& needed : needed_objects) {
        objects.push_back(needed.string());
        key += fingerprint(needed);
    }
    // Of functions that stand in several objects the first is taken, so the warm ones come before the glue's.
    objects.insert(objects.end(), {toolchain.warm_object.string(), "--whole-archive", glue.string(),
                                   toolchain.worker_library.string(), "--no-whole-archive"});
    Step link = toolchain.link;
    const auto place = std::ranges::find(link, "OBJECTS");
    link.insert(link.erase(place), objects.begin(), objects.end());
    std::vector<fs::path> parts = {object.object, glue, toolchain.worker_library, toolchain.warm_object};
    parts.insert(parts.end(), needed_objects.begin(), needed_objects.end());
    std::vector<Step> links = {link};
    if (!toolchain.runtime.empty()) {
        links.insert(links.begin(), with_runtime(link, toolchain.runtime));
        parts.push_back(toolchain.runtime);
    }
    return link_as("worker", toolchain, exercise, object, links, parts, key, options);
}

Built build_library(const Toolchain& toolchain, const Exercise& exercise, Built object,
                    const std::vector<fs::path>& needed_objects, const BuildOptions& options) {
    if (!object.ok) return object;
    Step link = {toolchain.clang, "-shared", "--ld-path=" + toolchain.link.front(), "-o", "WORKER"};
    std::vector<fs::path> parts = {object.object};
    parts.insert(parts.end(), needed_objects.begin(), needed_objects.end());
    std::string key;
    for (const fs::path& part : parts) {
        link.push_back(part.string());
        key += fingerprint(part);
    }
    return link_as("learner.so", toolchain, exercise, object, {link}, parts, key, options);
}

}  // namespace qkv::grader
