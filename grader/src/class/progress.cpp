#include "class/progress.hpp"

#include <unistd.h>

#include <cmath>
#include <cstdio>

namespace qkv::grader {

std::string duration_words(double seconds) {
    if (seconds < 90) return fmt::format("{:.0f} s", std::ceil(seconds));
    const auto minutes = static_cast<long>(std::ceil(seconds / 60));
    if (minutes < 90) return fmt::format("{} min", minutes);
    return fmt::format("{} h {} min", minutes / 60, minutes % 60);
}

Progress::Progress(std::size_t all, Language language)
    : all_(all), language_(language), terminal_(isatty(STDERR_FILENO) == 1) {}

Progress::~Progress() {
    if (terminal_ && done_ > 0) std::fprintf(stderr, "\n");
}

void Progress::one_more() {
    const std::lock_guard lock(guard_);
    ++done_;
    const std::chrono::duration<double> since = std::chrono::steady_clock::now() - printed_;
    if (done_ == all_ || since.count() > (terminal_ ? 0.2 : 30)) print();
}

void Progress::print() {
    printed_ = std::chrono::steady_clock::now();
    const std::chrono::duration<double> taken = printed_ - began_;
    const double left = taken.count() / static_cast<double>(done_) * static_cast<double>(all_ - done_);
    constexpr std::size_t cells = 30;
    std::string bar;
    for (std::size_t i = 0; i < cells; ++i) bar += i < done_ * cells / all_ ? "█" : "░";
    const std::string words =
        say({"{} {}/{}  {} left", "{} {}/{}  还要 {}"}, language_, bar, done_, all_, duration_words(left));
    // The rest of the line may hold an older, longer one.
    std::fprintf(stderr, terminal_ ? "\r%s\033[K" : "%s\n", words.c_str());
    std::fflush(stderr);
}

}  // namespace qkv::grader
