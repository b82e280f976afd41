// The walls beside confine: bubblewrap, around compilers and workers; where it cannot work, Landlock around
// compilers. What a view does not name is not there: no other file, and with bubblewrap no network and no
// other process.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/text.hpp"

namespace qkv::grader {

/// What works on this machine; empty paths for what does not.
struct Walls {
    std::string bubblewrap;        ///< the program
    std::string enclose;           ///< the kit's launcher with Landlock; only where there is no bubblewrap
    Text why_not;                  ///< why bubblewrap is not used, if nobody asked for that
    std::filesystem::path masked;  ///< a folder below /usr that is not the system's: the kit itself; empty: none

    std::string names() const;  ///< for reports: "confine", "confine+landlock", "confine+bubblewrap"
};

/// What a command behind a wall sees, each under its own path.
struct View {
    std::vector<std::filesystem::path> readable;
    std::filesystem::path writable;  ///< a folder; empty: none
    bool system = false;             ///< the compilers, and the libraries and headers of the system
};

/// Tries out bubblewrap and, without it, Landlock. `mode`: auto; on; off, which leaves bubblewrap aside. A kit that is
/// installed below /usr is hidden from what sees the system.
/// Throws Failure (wrong_usage) where `mode` is "on" and bubblewrap cannot work.
Walls find_walls(const std::string& mode, const std::string& enclose, const std::filesystem::path& kit);

/// One line for a person: what is weaker without bubblewrap. Empty if nothing is, or it was asked for.
Text weaker_words(const Walls& walls);

/// The command, behind bubblewrap; the command as it is where there is none.
std::vector<std::string> behind_bubblewrap(const Walls& walls, const View& view, std::vector<std::string> command);

/// The command, behind bubblewrap or Landlock; the command as it is where there is neither.
std::vector<std::string> enclosed(const Walls& walls, const View& view, std::vector<std::string> command);

}  // namespace qkv::grader
