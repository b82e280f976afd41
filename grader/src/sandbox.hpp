// The second wall: bubblewrap, around compilers and workers. What a view does not name is not there: no
// other file, no network, no other process.
#ifndef QKV_GRADER_SANDBOX_HPP
#define QKV_GRADER_SANDBOX_HPP

#include <filesystem>
#include <string>
#include <vector>

#include "text.hpp"

namespace qkv {

/// What a command behind the wall sees, each under its own path.
struct View {
    std::vector<std::filesystem::path> readable;
    std::filesystem::path writable;  ///< a folder; empty: none
    bool system = false;             ///< the compilers, and the libraries and headers of the system
};

/// The program bubblewrap, tried out on this machine; empty if `mode` is "off", or if it is "auto" and
/// bubblewrap is missing or forbidden: then `why_not` says so in one line.
/// Throws Failure (wrong_usage) where `mode` is "on" and it cannot work.
std::string find_bubblewrap(const std::string& mode, std::string& why_not);

/// One line for a person: what is weaker without bubblewrap.
std::string weaker_words(const std::string& why_not, Language language);

/// The command, behind the wall. `bubblewrap` empty: the command as it is.
std::vector<std::string> enclosed(const std::string& bubblewrap, const View& view, std::vector<std::string> command);

}  // namespace qkv

#endif
