// How far a class is: one line that grows on a terminal, a line now and then elsewhere.
#pragma once

#include <chrono>
#include <cstddef>
#include <mutex>

#include "base/text.hpp"

namespace qkv::grader {

class Progress {
public:
    Progress(std::size_t all, Language language);
    ~Progress();
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;

    void one_more();

private:
    void print();

    std::size_t all_, done_ = 0;
    Language language_;
    bool terminal_;
    std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now(), printed_{};
    std::mutex guard_;
};

/// "40 s", "3 min", "2 h 5 min".
std::string duration_words(double seconds, Language language);

}  // namespace qkv::grader
