// The grader: reads the command line, loads the kit, runs one verb.
#include <cstdio>
#include <exception>
#include <functional>
#include <map>

#include "arguments.hpp"
#include "commands/commands.hpp"
#include "failure.hpp"
#include "sandbox.hpp"

static int run(int argc, char** argv) {
    using namespace qkv;
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
    Kit kit{root, load_recipe(arguments.recipe), load_catalog(root)};
    if (arguments.verb != "list" && arguments.verb != "reset")
        kit.recipe.walls = find_walls(arguments.sandbox, kit.recipe.enclose);
    follow_stubs(kit, arguments);
    const int status = commands.at(arguments.verb)(kit, arguments);
    std::fflush(stdout);
    // Below the report: a refusal stays one line.
    const std::string weaker = weaker_words(kit.recipe.walls, arguments.language);
    if (!weaker.empty()) std::fprintf(stderr, "%s\n", weaker.c_str());
    return status;
}

int main(int argc, char** argv) {
    try {
        return run(argc, argv);
    } catch (const qkv::Failure& failure) {
        std::fprintf(stderr, "%s\n", failure.words.in(qkv::language_asked_for(argc, argv)).c_str());
        return failure.status;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "a fault of the kit itself: %s\n", qkv::clean(error.what(), 600).c_str());
        return qkv::kit_fault;
    }
}
