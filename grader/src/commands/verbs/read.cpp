// ./grade read ID: the statement in the terminal, formulas in Unicode.
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>

#include <fmt/format.h>

#include "base/files.hpp"
#include "commands/commands.hpp"
#include "report/pages/statement.hpp"
#include "report/text.hpp"
#include "watch/terminal.hpp"

namespace qkv::grader {

/// Through the reader's pager where there is a terminal: $PAGER, or less.
static void page(const std::string& text) {
    const char* chosen = std::getenv("PAGER");
    const std::string pager = chosen != nullptr && *chosen != '\0' ? chosen : "less -R";
    std::fflush(nullptr);
    FILE* pipe = isatty(STDOUT_FILENO) == 1 ? popen((pager + " 2>/dev/null").c_str(), "w") : nullptr;
    if (pipe != nullptr) {
        // A pager that is not there, or that the reader leaves early, reads no further.
        const auto usual = std::signal(SIGPIPE, SIG_IGN);
        std::fwrite(text.data(), 1, text.size(), pipe);
        const int status = pclose(pipe);
        std::signal(SIGPIPE, usual);
        constexpr int no_such_program = 127;
        if (WEXITSTATUS(status) != no_such_program) return;
    }
    std::fwrite(text.data(), 1, text.size(), stdout);
}

int read_command(const Kit& kit, const Arguments& arguments) {
    const Exercise& exercise = choose_one(kit.catalog, arguments.ids[0]);
    const std::size_t columns = std::clamp<std::size_t>(terminal_size().columns, 40, 100);
    const std::string markdown = read_file(statement_of(exercise, arguments.language));
    std::string text;
    for (const std::string& line : readable(markdown, columns, {wants_color(), arguments.language}))
        text += line + "\n";
    page(text);
    return all_earned;
}

}  // namespace qkv::grader
