// Whether what is handed out gives solutions away.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "handout/contents.hpp"

namespace qkv::grader {

/// A line, or a whole function, of a solution in a file that would be handed out.
struct Leak {
    std::string path;
    int line = 1;
    std::string solution;  ///< where it is from, relative to the kit's root
    std::string text;      ///< the line, or how the function's body begins
};

/// Looks for what tells something of solutions/*/*.cpp: lines of more than thirty characters, without what is around
/// them, and bodies of functions, however they are laid out. Not what stubs, interfaces and statements show anyway, and
/// not lines that every program has: heads of loops, comments, names of other namespaces.
std::vector<Leak> leaks(const std::filesystem::path& kit, const std::vector<HandedOut>& files);

}  // namespace qkv::grader
