#include "testing/shrink.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace qkv::testing {

namespace {

/// The best choices so far, and what it takes to try others.
class Shrinker {
public:
    Shrinker(Index size, std::uint64_t seed, Choices start, const Shows& shows, int trials)
        : size_(size), seed_(seed), best_(std::move(start)), shows_(shows), trials_(trials) {}

    /// Each size as small as it goes, again and again until none gives way.
    void shrink_sizes() {
        for (bool smaller = true; smaller && trials_ > 0;) {
            smaller = false;
            for (std::size_t i = 0; i < best_.sizes.size(); ++i) smaller = shrink_size(i) || smaller;
        }
    }

    /// Runs of values to zero, long runs first; then each to the simplest number that will do.
    void shrink_values() {
        for (std::size_t run = best_.values.size(); run > 0; run /= 2) {
            for (std::size_t begin = 0; begin < best_.values.size(); begin += run) zero(begin, run);
        }
        for (std::size_t i = 0; i < best_.values.size(); ++i) simplify(i);
    }

    const Choices& best() const { return best_; }

private:
    /// Generates a case; its choices if it shows it. Values that are not prescribed are drawn with `seed`.
    std::optional<Choices> tried(const Choices& choices, std::uint64_t seed) {
        if (trials_ <= 0) return std::nullopt;
        --trials_;
        Case drawn(size_, seed, choices);
        if (!shows_(drawn)) return std::nullopt;
        return drawn.made();
    }

    bool keep(std::optional<Choices> shown) {
        if (shown) best_ = std::move(*shown);
        return shown.has_value();
    }

    bool shrink_size(std::size_t i) {
        if (i >= best_.sizes.size()) return false;
        const Index now = best_.sizes[i];
        for (const Index smaller : {Index{0}, Index{1}, Index{2}, Index{3}, now / 2, now - 1}) {
            if (smaller < now && keep(with_size(i, smaller))) return true;
        }
        return false;
    }

    /// Another size means other values, so a few sets of them are tried.
    std::optional<Choices> with_size(std::size_t i, Index smaller) {
        std::vector<Index> sizes = best_.sizes;
        sizes[i] = smaller;
        for (std::uint64_t other = 0; other < 6; ++other) {
            auto shown = tried({sizes, {}}, seed_ + other);
            // The generator's lower bound may have brought the old size back.
            if (shown && shown->sizes[i] < best_.sizes[i]) return shown;
        }
        return std::nullopt;
    }

    void zero(std::size_t begin, std::size_t count) {
        Choices choices = best_;
        bool changes = false;
        for (std::size_t i = begin; i < std::min(begin + count, choices.values.size()); ++i) {
            changes = changes || choices.values[i] != 0;
            choices.values[i] = 0;
        }
        if (changes) keep(tried(choices, seed_));
    }

    void simplify(std::size_t i) {
        constexpr Index one = Choices::one, sixteenth = one / 16;
        const Index now = i < best_.values.size() ? best_.values[i] : 0;
        for (const Index simpler : {Index{0}, one, -one, 2 * one, -2 * one, one / 2, -one / 2, now - now % sixteenth}) {
            if (i >= best_.values.size() || best_.values[i] == simpler) return;
            Choices choices = best_;
            choices.values[i] = simpler;
            if (keep(tried(choices, seed_))) return;
        }
    }

    Index size_;
    std::uint64_t seed_;
    Choices best_;
    const Shows& shows_;
    int trials_;
};

}  // namespace

Choices shrink(Index size, std::uint64_t seed, Choices start, const Shows& shows, int most_trials) {
    Shrinker shrinker(size, seed, std::move(start), shows, most_trials);
    shrinker.shrink_sizes();
    shrinker.shrink_values();
    return shrinker.best();
}

}  // namespace qkv::testing
