#include "commands/entry.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <exception>

#include "base/process.hpp"
#include "commands/commands.hpp"
#include "walls/sandbox.hpp"

namespace qkv::grader {

namespace fs = std::filesystem;

namespace {

/// A standard stream that was closed would give its number to the next file that is opened.
void keep_standard_streams() {
    for (const int descriptor : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
        if (fcntl(descriptor, F_GETFD) < 0) open(descriptor == STDOUT_FILENO ? "/dev/full" : "/dev/null", O_RDWR);
    }
}

/// What could not be written was not said.
void check_standard_output() {
    if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return;
    throw Failure(kit_fault,
                  Text{"standard output cannot be written: the report is not whole", "标准输出写不进去：报告不完整"});
}

/// Before anything is built for it.
void require_solutions(const fs::path& root, const Verb& verb) {
    if (fs::is_directory(root / "solutions")) return;
    throw Failure(wrong_usage,
                  said({"{} needs the solutions, and this copy of the kit has none", "{} 要用到参考解答，这一份里没有"},
                       verb.name));
}

/// A verb of the instructors: their program stands beside this one, and reads the same words.
[[noreturn]] void run_the_others(int argc, char** argv) {
    Command command;
    command.arguments.assign(argv, argv + argc);
    command.arguments[0] = (fs::read_symlink("/proc/self/exe").parent_path() / "instructors").string();
    run_instead(command);
}

int run(int argc, char** argv, const FindVerb& find) {
    const Arguments arguments = parse_arguments(argc, argv);
    if (!arguments.finished.empty()) {
        std::fputs(arguments.finished.c_str(), stdout);
        check_standard_output();
        return all_earned;
    }
    const Verb& verb = *find_verb(arguments.verb);
    const auto root = std::filesystem::absolute(arguments.root).lexically_normal();
    if (verb.solutions) require_solutions(root, verb);
    VerbFunction* const run_verb = find(verb);
    if (run_verb == nullptr) run_the_others(argc, argv);
    Kit kit{root, load_toolchain(arguments.toolchain), load_catalog(root)};
    if (verb.walls) kit.toolchain.walls = find_walls(arguments.sandbox, kit.toolchain.enclose, kit.root);
    if (verb.own_files && !arguments.solutions && arguments.submission.empty()) follow_stubs(kit, arguments.language);
    const int status = run_verb(kit, arguments);
    check_standard_output();
    // Below the report: a refusal stays one line.
    const std::string weaker = weaker_words(kit.toolchain.walls).in(arguments.language);
    for (const std::string& line : wrapped(weaker, 100)) std::fprintf(stderr, "%s\n", line.c_str());
    return status;
}

}  // namespace

int run_program(int argc, char** argv, const FindVerb& find) {
    keep_standard_streams();
    std::signal(SIGXFSZ, SIG_IGN);  // of files that must stay small (ulimit -f): a write that fails is told
    try {
        return run(argc, argv, find);
    } catch (const Failure& failure) {
        const std::string& words = failure.words.in(language_asked_for(argc, argv));
        std::fprintf(stderr, "%s\n", without_commands(words).c_str());
        return failure.status;
    } catch (const fs::filesystem_error& error) {  // a full disk, most likely
        const std::string words = say({"{}: {}", "{}：{}"}, language_asked_for(argc, argv),
                                      clean(error.path1().string(), 300), error.code().message());
        std::fprintf(stderr, "%s\n", without_commands(words).c_str());
        return kit_fault;
    } catch (const std::exception& error) {
        const std::string words = say({"a fault of the kit itself: {}", "工具本身有故障：{}"},
                                      language_asked_for(argc, argv), clean(error.what(), 600));
        std::fprintf(stderr, "%s\n", without_commands(words).c_str());
        return kit_fault;
    }
}

}  // namespace qkv::grader
