#include "watch/terminal.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <string_view>

namespace qkv::grader {

static void write_all(std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t count = write(STDOUT_FILENO, bytes.data(), bytes.size());
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) return;  // the terminal is gone
        bytes.remove_prefix(static_cast<std::size_t>(count));
    }
}

Terminal::Terminal() {
    tcgetattr(STDIN_FILENO, &before_);
    enter();
}

Terminal::~Terminal() { leave(); }

void Terminal::enter() {
    termios modes = before_;
    modes.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO);  // signals stay: Ctrl-C, Ctrl-Z
    modes.c_cc[VMIN] = 1;
    modes.c_cc[VTIME] = 0;
    tcsetattr(STDIN_FILENO, TCSADRAIN, &modes);
    write_all("\x1b[?1049h\x1b[?25l\x1b[2J");  // own screen, no cursor
}

void Terminal::leave() {
    write_all("\x1b[?25h\x1b[?1049l");
    tcsetattr(STDIN_FILENO, TCSADRAIN, &before_);
}

Size terminal_size() {
    winsize size{};
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_row == 0 || size.ws_col == 0) return {};
    return {size.ws_row, size.ws_col};
}

void show(const std::vector<std::string>& lines) {
    // Terminals that know it hold the picture back until it is whole.
    std::string frame = "\x1b[?2026h\x1b[H";
    for (std::size_t i = 0; i < lines.size(); ++i) frame += (i == 0 ? "" : "\r\n") + lines[i] + "\x1b[0m\x1b[K";
    write_all(frame + "\x1b[J\x1b[?2026l");
}

std::string keys_of(const std::string& bytes) {
    std::string keys;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        const bool sequence =
            bytes[i] == '\x1b' && i + 1 < bytes.size() && (bytes[i + 1] == '[' || bytes[i + 1] == 'O');
        if (!sequence) {
            keys += bytes[i];
            continue;
        }
        i += 2;
        const std::size_t begin = i;
        while (i < bytes.size() && (bytes[i] < '@' || bytes[i] > '~')) ++i;
        const std::string_view name = std::string_view(bytes).substr(begin, i + 1 - begin);
        if (name == "A") keys += key_up;
        if (name == "B") keys += key_down;
        if (name == "5~") keys += key_page_up;
        if (name == "6~") keys += key_page_down;
    }
    return keys;
}

bool is_terminal() {
    const char* kind = std::getenv("TERM");
    return isatty(STDIN_FILENO) == 1 && isatty(STDOUT_FILENO) == 1 && kind != nullptr &&
           std::string_view(kind) != "dumb";
}

}  // namespace qkv::grader
