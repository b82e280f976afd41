// The command line as a plain struct.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/text.hpp"

namespace qkv::grader {

struct Arguments {
    std::filesystem::path root;       ///< of the kit
    std::filesystem::path toolchain;  ///< toolchain.json
    std::string verb = "run";
    std::vector<std::string> ids;  ///< positional arguments
    std::filesystem::path submission;
    bool solutions = false, own_stack = false, hidden = false, record = false, trust = false, sanitize = false;
    std::optional<std::uint64_t> seed;
    std::string part;  ///< ID/PART
    std::string format = "text";
    std::filesystem::path output;
    unsigned jobs = 0;   ///< 0: as many as there are processors
    unsigned every = 1;  ///< of so many mutants one is tried
    std::string sandbox = "auto";
    std::string compiler;
    Language language = Language::en;
    std::string title_en, title_zh, track, stars, needs;              ///< of a new exercise
    std::filesystem::path answers;                                    ///< of a quiz, filled in
    bool sheet = false;                                               ///< of a quiz, to be filled in
    std::string input, colors = "auto";                               ///< of scenes: what to show, and how many colours
    std::filesystem::path html, svg;                                  ///< where the page or the picture is to go
    bool open = false;                                                ///< show the page in the browser
    unsigned width = 0;                                               ///< columns of the terminal; 0: as it is
    std::filesystem::path out, course, roster, overrides, last_year;  ///< of a class
    std::string gradebook = "csv", engine = "local";                  ///< of a class: form, and where it is graded
    bool regrade = false;                                             ///< a class anew
    unsigned per_job = 0;                                             ///< submissions a slice of it; 0: a minute's
    std::filesystem::path slice;                                      ///< grade this slice of it
    std::string gather;                                               ///< see what a round of slices has left
    bool update = false, check = false;                               ///< of a handout
    std::string finished;                                             ///< help or version text: print it and stop
};

/// What --lang says, else the locale: for complaints about the other words.
Language language_asked_for(int argc, char** argv);

/// Throws Failure (wrong_usage) with one line.
Arguments parse_arguments(int argc, char** argv);

}  // namespace qkv::grader
