// Generated cases: from a size and a seed to arguments that a graded function must accept. All numbers
// are dyadic, so that they are the same in double and float and on every machine.
#ifndef QKV_TESTING_CASES_HPP
#define QKV_TESTING_CASES_HPP

#include <cstdint>
#include <vector>

#include "qkv/matrix.hpp"

namespace qkv {

/// One case to be generated. Ask it for sizes and values; the same (size, seed) gives the same answers.
class Case {
public:
    Case(Index size, std::uint64_t seed)
        : size_(size), state_(seed * 0x9e3779b97f4a7c15U + static_cast<std::uint64_t>(size)) {}

    /// How large the case should be; small cases come first.
    Index size() const { return size_; }

    /// A whole number from `least` to `most`, both included.
    Index between(Index least, Index most) {
        return least + static_cast<Index>(next() % static_cast<std::uint64_t>(most - least + 1));
    }
    /// A side of a matrix: from 1 to size() + 1.
    Index side() { return between(1, size_ + 1); }

    /// A multiple of 1/16 from -2 to 2.
    Scalar number() { return static_cast<Scalar>(between(-32, 32)) / 16; }

    Matrix matrix(Index rows, Index columns) {
        Matrix result(rows, columns);
        for (Index i = 0; i < result.size(); ++i) result.data()[i] = number();
        return result;
    }
    RowVector row(Index columns) { return matrix(1, columns); }

    /// About two thirds of the entries are true.
    Mask mask(Index rows, Index columns) {
        Mask result(rows, columns);
        for (Index i = 0; i < result.size(); ++i) result.data()[i] = between(0, 2) != 0;
        return result;
    }
    std::vector<bool> flags(Index count) {
        std::vector<bool> result;
        for (Index i = 0; i < count; ++i) result.push_back(between(0, 2) != 0);
        return result;
    }

private:
    std::uint64_t next() {  // SplitMix64 (Steele, Lea and Flood 2014)
        std::uint64_t z = (state_ += 0x9e3779b97f4a7c15U);
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
        z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
        return z ^ (z >> 31);
    }

    Index size_;
    std::uint64_t state_;
};

}  // namespace qkv

#endif
