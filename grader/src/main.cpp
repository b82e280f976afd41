// The grader: reads the command line, loads the kit, runs one verb.
#include <cstdio>
#include <exception>

#include "commands/commands.hpp"
#include "walls/sandbox.hpp"

static int run(int argc, char** argv) {
    using namespace qkv::grader;
    const Arguments arguments = parse_arguments(argc, argv);
    if (!arguments.finished.empty()) {
        std::fputs(arguments.finished.c_str(), stdout);
        return all_earned;
    }
    const Verb& verb = *find_verb(arguments.verb);
    const auto root = std::filesystem::absolute(arguments.root).lexically_normal();
    Kit kit{root, load_toolchain(arguments.toolchain), load_catalog(root)};
    if (verb.walls) kit.toolchain.walls = find_walls(arguments.sandbox, kit.toolchain.enclose);
    if (verb.own_files && !arguments.solutions && arguments.submission.empty()) follow_stubs(kit, arguments.language);
    const int status = verb.run(kit, arguments);
    std::fflush(stdout);
    // Below the report: a refusal stays one line.
    const std::string weaker = weaker_words(kit.toolchain.walls).in(arguments.language);
    if (!weaker.empty()) std::fprintf(stderr, "%s\n", weaker.c_str());
    return status;
}

int main(int argc, char** argv) {
    try {
        return run(argc, argv);
    } catch (const qkv::grader::Failure& failure) {
        std::fprintf(stderr, "%s\n", failure.words.in(qkv::grader::language_asked_for(argc, argv)).c_str());
        return failure.status;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "a fault of the kit itself: %s\n", qkv::grader::clean(error.what(), 600).c_str());
        return qkv::grader::kit_fault;
    }
}
