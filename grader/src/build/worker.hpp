// Compiles a learner's file and links it into a worker. Kept by content: the same file, kit, compiler and flags are
// never compiled twice.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "build/cache.hpp"
#include "model/build_fault.hpp"
#include "model/catalog.hpp"
#include "model/submission.hpp"
#include "model/toolchain.hpp"

namespace qkv::grader {

struct BuildOptions {
    std::string compiler;  ///< empty: the kit's clang++ with its warm header
    bool probe = false;    ///< replace what functions return by the probe's values
    bool debug = false;    ///< with full debugging information, for a library in the tests' own process
    bool apart = false;    ///< each function in a section of its own, so that what nobody calls is not linked
};

/// The path of a compiler named on the command line. Throws Failure (wrong_usage) if there is none.
std::string find_compiler(const std::string& name);

struct Built {
    BuildFault fault;
    bool optimised = false;        ///< one graded function may be part of another
    double seconds = 0;            ///< 0 if nothing had to be done
    std::string diagnostics;       ///< of the compiler or linker, cleaned; paths as the learner knows them
    std::filesystem::path object;  ///< the learner's code, with only its graded functions visible
    std::filesystem::path worker;  ///< the program; a shared library if it is for debugging
    std::vector<Kept> kept;        ///< where these lie
};

/// A compiler's words with the learner's own path instead of that of the copy it compiled in `folder`.
std::string as_learner_knows(const std::string& output, const std::filesystem::path& path,
                             const std::filesystem::path& folder);

/// Compiles the file. `visible` are the exercises whose interfaces it may include, itself among them.
Built build_object(const Toolchain& toolchain, const Exercise& exercise, const std::vector<Exercise>& visible,
                   const SourceFile& source, const BuildOptions& options);

/// Links the objects: the exercise's own, which `object` is about, and those of the exercises it needs. Of a graded
/// function that two of them hold, the first is taken. Adds to what `build_object` returned.
Built build_worker(const Toolchain& toolchain, const Exercise& exercise, const Built& object,
                   const std::vector<Built>& objects, const BuildOptions& options);

/// Compiles a file with a `main` of its own and links it with the objects, for `./grade play`: nothing of the grader is
/// in that program.
Built build_program(const Toolchain& toolchain, const Exercise& exercise, const std::vector<Exercise>& visible,
                    const SourceFile& source, const std::vector<Built>& objects);

/// Of an object only these graded functions; what they call stays with them. Throws Failure (kit_fault).
Built only_functions(const Toolchain& toolchain, const Exercise& exercise, const Built& object,
                     const std::vector<std::string>& functions);

/// Links the objects into a shared library instead, for `./grade debug`.
Built build_library(const Toolchain& toolchain, const Exercise& exercise, const Built& object,
                    const std::vector<Built>& objects);

}  // namespace qkv::grader
