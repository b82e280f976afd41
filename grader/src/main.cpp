// The grader: reads the command line, loads the kit, runs one verb.
#include <cstdio>
#include <exception>
#include <functional>
#include <map>

#include "commands/arguments.hpp"
#include "commands/commands.hpp"
#include "base/failure.hpp"
#include "walls/sandbox.hpp"

static int run(int argc, char** argv) {
    using namespace qkv::grader;
    const Arguments arguments = parse_arguments(argc, argv);
    if (!arguments.finished.empty()) {
        std::fputs(arguments.finished.c_str(), stdout);
        return all_earned;
    }
    static const std::map<std::string, std::function<int(const Kit&, const Arguments&)>> commands = {
        {"run", run_command},       {"list", list_command},   {"next", next_command},       {"hint", hint_command},
        {"verify", verify_command}, {"new", new_command},     {"compare", compare_command}, {"reset", reset_command},
        {"debug", debug_command},   {"watch", watch_command},
    };
    const auto root = std::filesystem::absolute(arguments.root).lexically_normal();
    Kit kit{root, load_toolchain(arguments.toolchain), load_catalog(root)};
    if (arguments.verb != "list" && arguments.verb != "reset")
        kit.toolchain.walls = find_walls(arguments.sandbox, kit.toolchain.enclose);
    const int status = commands.at(arguments.verb)(kit, arguments);
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
