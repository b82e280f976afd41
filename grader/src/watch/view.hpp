// What `./grade watch` shows, as plain data, and the picture made of it.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "model/catalog.hpp"
#include "watch/terminal.hpp"

namespace qkv::grader {

struct WatchView {
    const Exercise* exercise = nullptr;
    std::string path;                    ///< of the learner's file, as shown
    std::string saved;                   ///< time of the last save, hh:mm:ss; empty before the first
    bool by_key = false;                 ///< a key asked for the last grading; `saved` is then its time
    bool grading = false;                ///< a grading runs now
    double seconds = 0;                  ///< that the last one took
    std::map<std::string, bool> passed;  ///< of the running grading: the parts whose verdict is known
    std::string report;                  ///< of the last grading
    std::string banner;                  ///< an exercise was done
    std::string panel;                   ///< what a key asked for; shown in place of the report
    bool asking = false;                 ///< it is on its way
    bool compares = true;                ///< there is a reference to compare with
    std::size_t scrolled = 0;            ///< lines of the body above the picture, where it does not fit
};

/// The lines of a picture that fits the terminal exactly: title, file, body, and the keys in the last line. Scrolls
/// back what was scrolled too far.
std::vector<std::string> picture(WatchView& view, Size size, Language language, bool color);

}  // namespace qkv::grader
