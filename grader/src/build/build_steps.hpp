// Compilers and linkers behind walls, each result in a folder that belongs to all it was made from.
#ifndef QKV_BUILD_BUILD_STEPS_HPP
#define QKV_BUILD_BUILD_STEPS_HPP

#include <filesystem>
#include <string>
#include <vector>

#include "model/catalog.hpp"
#include "base/process.hpp"
#include "model/toolchain.hpp"

namespace qkv::grader {

/// A program and its arguments.
using Step = std::vector<std::string>;

/// The folder that belongs to a key. The whole key is kept in it and compared: a file made to have
/// another's hash is not taken for it.
std::filesystem::path folder_of(const Toolchain& toolchain, const std::string& key);

/// Steps of a build, behind one wall, in a folder of their own, each run if the one before succeeded.
Command build_command(const Toolchain& toolchain, const std::vector<Step>& steps, const Exercise& exercise,
                      const std::filesystem::path& folder, std::vector<std::filesystem::path> readable);

}  // namespace qkv::grader

#endif
