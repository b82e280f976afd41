// Generated cases: from a size and a seed to arguments that a graded function must accept. All numbers
// are dyadic, so that they are the same in double and float and on every machine.
#pragma once

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "qkv/matrix.hpp"

namespace qkv {

/// What a generated case was made of, in the order it was asked for; the smaller, the simpler.
struct Choices {
    std::vector<Index> sizes;   ///< what `between` gave
    std::vector<Index> values;  ///< numbers in sixteenths; for a flag 0 is true
};

/// One case to be generated. Ask it for sizes and values; the same (size, seed) gives the same answers.
/// Prescribed choices come first, as far as they go: that is how a case is repeated, and made smaller.
class Case {
public:
    Case(Index size, std::uint64_t seed, Choices prescribed = {})
        : size_(size),
          size_state_(seed * golden + static_cast<std::uint64_t>(size)),
          value_state_(size_state_ ^ 0x5851f42d4c957f2dU),
          prescribed_(std::move(prescribed)) {}

    /// How large the case should be; small cases come first.
    Index size() const { return size_; }

    /// A whole number from `least` to `most`, both included.
    Index between(Index least, Index most) { return choose(least, most, size_state_, prescribed_.sizes, made_.sizes); }
    /// A side of a matrix: from 1 to size() + 1.
    Index side() { return between(1, size_ + 1); }

    /// 1, or one time in four `large`: for sizes at which a careless formula overflows or cancels. A float
    /// holds too few digits there for right formulas to agree, so it gets 1.
    Scalar extreme(Index large) {
        const bool rare = between(0, 3) == 3;
        return rare && sizeof(Scalar) == sizeof(double) ? static_cast<Scalar>(large) : 1;
    }

    /// A multiple of 1/16 from -2 to 2.
    Scalar number() { return static_cast<Scalar>(value(-32, 32)) / 16; }

    /// True two times out of three.
    bool flag() { return value(0, 2) != 2; }

    Matrix matrix(Index rows, Index columns) {
        Matrix result(rows, columns);
        for (Index i = 0; i < result.size(); ++i) result.data()[i] = number();
        return result;
    }
    RowVector row(Index columns) { return matrix(1, columns); }

    Mask mask(Index rows, Index columns) {
        Mask result(rows, columns);
        for (Index i = 0; i < result.size(); ++i) result.data()[i] = flag();
        return result;
    }
    std::vector<bool> flags(Index count) {
        std::vector<bool> result;
        for (Index i = 0; i < count; ++i) result.push_back(flag());
        return result;
    }

    /// All choices so far.
    const Choices& made() const { return made_; }

private:
    static constexpr std::uint64_t golden = 0x9e3779b97f4a7c15U;

    Index value(Index least, Index most) { return choose(least, most, value_state_, prescribed_.values, made_.values); }

    static Index choose(Index least, Index most, std::uint64_t& state, const std::vector<Index>& prescribed,
                        std::vector<Index>& made) {
        // Drawn always, so that what follows does not depend on how much was prescribed.
        Index choice = least + static_cast<Index>(next(state) % static_cast<std::uint64_t>(most - least + 1));
        if (made.size() < prescribed.size()) choice = std::clamp(prescribed[made.size()], least, most);
        made.push_back(choice);
        return choice;
    }

    static std::uint64_t next(std::uint64_t& state) {  // SplitMix64 (Steele, Lea and Flood 2014)
        std::uint64_t z = (state += golden);
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
        z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
        return z ^ (z >> 31);
    }

    Index size_;
    std::uint64_t size_state_, value_state_;
    Choices prescribed_, made_;
};

}  // namespace qkv
