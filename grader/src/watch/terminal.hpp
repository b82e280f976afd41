// A terminal that shows one picture, redrawn in place, and gives keys one by one.
#pragma once

#include <termios.h>

#include <cstddef>
#include <string>
#include <vector>

namespace qkv::grader {

/// Takes the terminal over for its lifetime: keys come unechoed and at once, the picture has a screen of its own.
/// Leaving puts everything back as it was, also what was on the screen.
class Terminal {
public:
    Terminal();
    ~Terminal();
    Terminal(const Terminal&) = delete;
    Terminal& operator=(const Terminal&) = delete;

    /// Gives it back for a while (Ctrl-Z), and takes it over again.
    void leave();
    void enter();

private:
    termios before_{};
};

struct Size {
    std::size_t rows = 24, columns = 80;
};
Size terminal_size();

/// Shows these lines from the top and clears the rest, in one write so that nothing flickers.
void show(const std::vector<std::string>& lines);

/// The keys among bytes that a terminal sent: printable ones, Escape alone as '\x1b', and what scrolls by these bytes.
/// Other keys that send sequences are left out.
constexpr char key_up = 'k', key_down = 'j', key_page_up = 'b', key_page_down = ' ';
std::string keys_of(const std::string& bytes);

/// Standard input and output are a terminal that can do this.
bool is_terminal();

}  // namespace qkv::grader
