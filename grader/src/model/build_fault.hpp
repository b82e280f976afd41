// Why a learner's file could not be built: facts; explain/compiler puts them into words.
#pragma once

#include <string>

namespace qkv::grader {

struct BuildFault {
    enum class Kind {
        none,
        no_plain_file,      ///< a folder, a link, or without permission to read
        file_too_large,     ///< `limit` in KB
        compiler,           ///< the compiler or linker says why
        timed_out,          ///< `limit` in seconds
        object_too_large,   ///< `limit` in MB
        forbidden_function  ///< `function`
    };
    Kind kind = Kind::none;
    double limit = 0;
    std::string function;

    explicit operator bool() const { return kind != Kind::none; }
};

}  // namespace qkv::grader
