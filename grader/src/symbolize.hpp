// From addresses in a worker to lines of the learner's file.
#ifndef QKV_GRADER_SYMBOLIZE_HPP
#define QKV_GRADER_SYMBOLIZE_HPP

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "recipe.hpp"

namespace qkv {

/// The first line of `file_name` on a call stack, innermost first; 0 if there is none.
int line_in_file(const Recipe& recipe, const std::filesystem::path& worker, const std::vector<std::uint64_t>& addresses,
                 const std::string& file_name);

/// A line of source and the function around it, without its parameters.
struct SourceLine {
    std::string file;  ///< only its name
    int line = 0;
    std::string function;
};

/// The lines of these files on a call stack, innermost first. Only for one's own worker: it demangles names.
std::vector<SourceLine> lines_in_files(const Recipe& recipe, const std::filesystem::path& worker,
                                       const std::vector<std::uint64_t>& addresses,
                                       const std::vector<std::string>& file_names);

}  // namespace qkv

#endif
