// The grader: reads the command line, loads the kit, runs one verb.
#include <fcntl.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <exception>

#include "commands/commands.hpp"
#include "walls/sandbox.hpp"

/// A standard stream that was closed would give its number to the next file that is opened.
static void keep_standard_streams() {
    for (const int descriptor : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
        if (fcntl(descriptor, F_GETFD) < 0) open(descriptor == STDOUT_FILENO ? "/dev/full" : "/dev/null", O_RDWR);
    }
}

/// What could not be written was not said.
static void check_standard_output() {
    if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return;
    throw qkv::grader::Failure(qkv::grader::kit_fault,
                               qkv::grader::Text{"standard output cannot be written: the report is not whole",
                                                 "标准输出写不进去：报告不完整"});
}

static int run(int argc, char** argv) {
    using namespace qkv::grader;
    const Arguments arguments = parse_arguments(argc, argv);
    if (!arguments.finished.empty()) {
        std::fputs(arguments.finished.c_str(), stdout);
        check_standard_output();
        return all_earned;
    }
    const Verb& verb = *find_verb(arguments.verb);
    const auto root = std::filesystem::absolute(arguments.root).lexically_normal();
    Kit kit{root, load_toolchain(arguments.toolchain), load_catalog(root)};
    if (verb.walls) kit.toolchain.walls = find_walls(arguments.sandbox, kit.toolchain.enclose, kit.root);
    if (verb.own_files && !arguments.solutions && arguments.submission.empty()) follow_stubs(kit, arguments.language);
    const int status = verb.run(kit, arguments);
    check_standard_output();
    // Below the report: a refusal stays one line.
    const std::string weaker = weaker_words(kit.toolchain.walls).in(arguments.language);
    for (const std::string& line : wrapped(weaker, 100)) std::fprintf(stderr, "%s\n", line.c_str());
    return status;
}

int main(int argc, char** argv) {
    keep_standard_streams();
    std::signal(SIGXFSZ, SIG_IGN);  // of files that must stay small (ulimit -f): a write that fails is told
    try {
        return run(argc, argv);
    } catch (const qkv::grader::Failure& failure) {
        const std::string& words = failure.words.in(qkv::grader::language_asked_for(argc, argv));
        std::fprintf(stderr, "%s\n", qkv::grader::without_commands(words).c_str());
        return failure.status;
    } catch (const std::exception& error) {
        const std::string words =
            qkv::grader::say({"a fault of the kit itself: {}", "工具本身有故障：{}"},
                             qkv::grader::language_asked_for(argc, argv), qkv::grader::clean(error.what(), 600));
        std::fprintf(stderr, "%s\n", words.c_str());
        return qkv::grader::kit_fault;
    }
}
