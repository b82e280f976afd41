// Archives of strangers: zip, tar with any compression, 7z, rar. They are read by a program of their own (unpack.cpp)
// behind a wall, and only the C++ files in them are looked at.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/text.hpp"
#include "model/toolchain.hpp"

namespace qkv::grader {

/// A C++ file of an archive: what it was called there, and where it is now.
struct Unpacked {
    std::string name;  ///< a path with slashes, of any bytes
    std::filesystem::path file;
};

/// What an archive holds, or why it cannot be read.
struct ArchiveContents {
    std::vector<Unpacked> files;
    std::vector<std::string> archives;  ///< names of those in it, which are not opened
    Text fault;                         ///< empty if it could be read
};

/// Copies the C++ files of an archive into a folder that is empty. Throws Failure (kit_fault) if the program that does
/// it is not there or could not write.
ArchiveContents unpack(const Toolchain& toolchain, const std::filesystem::path& archive,
                       const std::filesystem::path& folder);

}  // namespace qkv::grader
