#include "class/progress.hpp"

#include <unistd.h>

#include <cmath>
#include <cstdio>

namespace qkv::grader {

std::string duration_words(double seconds, Language language) {
    if (seconds < 90) return say({"{:.0f} s", "{:.0f} 秒"}, language, std::ceil(seconds));
    const auto minutes = static_cast<long>(std::ceil(seconds / 60));
    if (minutes < 90) return say({"{} min", "{} 分钟"}, language, minutes);
    return say({"{} h {} min", "{} 小时 {} 分"}, language, minutes / 60, minutes % 60);
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
        say({"{} {}/{}  {} left", "{} {}/{}  还剩约 {}"}, language_, bar, done_, all_, duration_words(left, language_));
    // The rest of the line may hold an older, longer one.
    std::fprintf(stderr, terminal_ ? "\r%s\033[K" : "%s\n", words.c_str());
    std::fflush(stderr);
}

}  // namespace qkv::grader
