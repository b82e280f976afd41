// Generated cases: from a size and a seed to arguments of a graded function. All numbers are dyadic, so that
// they are the same on every machine; in double they have more digits than float holds, so that whoever
// computes in float is found out.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <utility>
#include <vector>

#include "qkv/matrix.hpp"

namespace qkv {

/// 2^exponent.
inline Scalar two_to(int exponent) { return std::ldexp(Scalar{1}, exponent); }

/// What a generated case was made of, in the order it was asked for; the smaller, the simpler.
struct Choices {
    std::vector<Index> sizes;   ///< what `side`, `one_of` and `between` gave
    std::vector<Index> values;  ///< numbers in units of 1 / Choices::one; for a flag 0 is true

    static constexpr Index one = in_double ? Index{1} << 36 : 16;
};

/// What was asked for when a size was chosen: the strata of the hidden tests follow from it.
struct Question {
    enum class Kind { side, one_of, between } kind;
    Index least, most;
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

    /// A side of a matrix or the length of a list: from `least` to size() + 1. At every seed the hidden tests
    /// make each side its least, 1, and longer than usual blocks; and all sides equal.
    Index side(Index least = 1) {
        return size_choice({Question::Kind::side, least, std::max(least, size_ + 1)}, std::max(least, longest_side));
    }

    /// One of `count` kinds, numbered from 0. At every seed the hidden tests try each.
    Index one_of(Index count) { return size_choice({Question::Kind::one_of, 0, count - 1}, count - 1); }

    /// Any other whole number from `least` to `most`, both included.
    Index between(Index least, Index most) { return size_choice({Question::Kind::between, least, most}, most); }

    /// 1, or one time in four `large`: for sizes at which a careless formula overflows or cancels. A float
    /// holds too few digits there for right formulas to agree, so it gets 1.
    Scalar extreme(Index large) {
        const bool rare = one_of(4) == 3;
        return rare && in_double ? static_cast<Scalar>(large) : 1;
    }

    /// From -2 to 2, with 36 binary digits after the point; in float with four.
    Scalar number() {
        return static_cast<Scalar>(value(-2 * Choices::one, 2 * Choices::one)) / static_cast<Scalar>(Choices::one);
    }

    /// From 0 to 2.
    Scalar magnitude() { return std::abs(number()); }

    /// A multiple of 1/16 from -2 to 2: where equal numbers shall be met.
    Scalar simple_number() { return std::round(16 * number()) / 16; }

    /// True two times out of three.
    bool flag() { return value(0, 2) != 2; }

    Matrix matrix(Index rows, Index columns) {
        Matrix result(rows, columns);
        for (Index i = 0; i < result.size(); ++i) result.data()[i] = number();
        return result;
    }
    Matrix simple_matrix(Index rows, Index columns) {
        Matrix result(rows, columns);
        for (Index i = 0; i < result.size(); ++i) result.data()[i] = simple_number();
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
    /// One for each of made().sizes.
    const std::vector<Question>& questions() const { return questions_; }

    static constexpr Index longest_side = 144;  ///< of those that are prescribed

private:
    static constexpr std::uint64_t golden = 0x9e3779b97f4a7c15U;

    Index size_choice(const Question& question, Index most_prescribed) {
        questions_.push_back(question);
        return choose(question.least, question.most, most_prescribed, size_state_, prescribed_.sizes, made_.sizes);
    }
    Index value(Index least, Index most) {
        return choose(least, most, most, value_state_, prescribed_.values, made_.values);
    }

    static Index choose(Index least, Index most, Index most_prescribed, std::uint64_t& state,
                        const std::vector<Index>& prescribed, std::vector<Index>& made) {
        // Drawn always, so that what follows does not depend on how much was prescribed.
        Index choice = least + static_cast<Index>(next(state) % static_cast<std::uint64_t>(most - least + 1));
        if (made.size() < prescribed.size()) choice = std::clamp(prescribed[made.size()], least, most_prescribed);
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
    std::vector<Question> questions_;
};

}  // namespace qkv
