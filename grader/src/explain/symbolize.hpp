// From addresses in a worker to lines and functions of the learner's file.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "model/toolchain.hpp"

namespace qkv::grader {

/// One function on a call stack. What is not known is empty, or 0.
struct Frame {
    std::string function;  ///< its own name, without namespace and parameters; a lambda has its function's name
    bool of_c = false;     ///< a function of C, such as log
    std::filesystem::path file;
    int line = 0;
};

/// The functions that were being called, innermost first, inlined ones among them.
std::vector<Frame> call_stack(const Toolchain& toolchain, const std::filesystem::path& worker,
                              const std::vector<std::uint64_t>& addresses);

/// The innermost frame in the file of this name; an empty one if there is none.
Frame first_in(const std::vector<Frame>& stack, const std::string& file_name);

/// The name of a function as one would say it: "attention::softmax_rows(Eigen::Matrix<...> const&)" is
/// softmax_rows, a lambda in it too. Empty if it has none, or none that C++ would take.
std::string short_name(std::string demangled);

/// The processor's word for the instruction at an address of what objdump wrote: "divsd"; empty if it is not there.
std::string instruction_in(const std::string& disassembly, std::uint64_t address);

/// The same of a worker.
std::string instruction_at(const Toolchain& toolchain, const std::filesystem::path& worker, std::uint64_t address);

/// A line of source and the function around it, without its parameters.
struct SourceLine {
    std::string file;  ///< only its name
    int line = 0;
    std::string function;
};

/// The lines of these files on a call stack, innermost first.
std::vector<SourceLine> lines_in_files(const Toolchain& toolchain, const std::filesystem::path& worker,
                                       const std::vector<std::uint64_t>& addresses,
                                       const std::vector<std::string>& file_names);

}  // namespace qkv::grader
