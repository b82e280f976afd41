#include "testing/strata.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace qkv::testing {

namespace {

constexpr std::size_t every = std::numeric_limits<std::size_t>::max(), many = 48, some = 12, few = 2;
constexpr int growing = 12, squares = 3;
constexpr Index kinds_of_sides = 4, kinds_of_pairs = 2;

/// Makes draws of a seed, one after the other, each with numbers of its own.
class Drawing {
public:
    Drawing(const Generate& generate, std::uint64_t seed) : generate_(generate), seed_(seed) {}

    void add(Index size, std::size_t most_misfits, Choices prescribed = {}) {
        draws_.push_back({size, seed_++, std::move(prescribed), most_misfits});
    }

    /// A draw in which `change` has changed what the generator would have chosen: sizes and their questions.
    template <class Change>
    void add_changed(Index size, std::size_t most_misfits, Change change) {
        Case drawn(size, seed_);
        generate_(drawn);
        Choices choices{drawn.made().sizes, {}};
        for (std::size_t i = 0, side = 0; i < choices.sizes.size(); ++i) {
            const Question& question = drawn.questions()[i];
            const bool is_side = question.kind == Question::Kind::side;
            choices.sizes[i] = change(i, is_side ? side++ : 0, question, choices.sizes[i]);
        }
        add(size, most_misfits, std::move(choices));
    }

    /// The same, with every side changed alike.
    template <class Change>
    void add_sides(Index size, std::size_t most_misfits, Change change) {
        add_changed(size, most_misfits, [&](std::size_t, std::size_t side, const Question& question, Index chosen) {
            return question.kind == Question::Kind::side ? change(static_cast<Index>(side), question) : chosen;
        });
    }

    /// The same, with every `one_of` at the kind of this number: what is hidden in a side may show behind a mask only,
    /// or without one.
    template <class Change>
    void add_sides_of_kind(Index kind, std::size_t most_misfits, Change change) {
        add_changed(3, most_misfits, [&](std::size_t, std::size_t side, const Question& question, Index chosen) {
            if (question.kind == Question::Kind::one_of) return kind % (question.most + 1);
            return question.kind == Question::Kind::side ? change(static_cast<Index>(side), question, chosen) : chosen;
        });
    }

    /// One choice prescribed; the other sides at least 2, so that it alone is special.
    void add_one(std::size_t which, Index value, std::size_t most_misfits) {
        add_changed(3, most_misfits, [&](std::size_t i, std::size_t, const Question& question, Index chosen) {
            if (i == which) return value;
            return question.kind == Question::Kind::side ? std::max<Index>(chosen, 2) : chosen;
        });
    }

    /// `count` sides prescribed, this one and those asked for next; the others at least 2.
    void add_equal(Index which, Index count, Index length, Index kind, std::size_t most_misfits) {
        add_sides_of_kind(kind, most_misfits, [&](Index side, const Question&, Index chosen) {
            return which <= side && side < which + count ? length : std::max<Index>(chosen, 2);
        });
    }

    std::vector<Draw> draws() { return std::move(draws_); }

private:
    const Generate& generate_;
    std::uint64_t seed_;
    std::vector<Draw> draws_;
};

}  // namespace

std::vector<Draw> strata(const Generate& generate, std::uint64_t seed) {
    Drawing drawing(generate, seed);
    for (int i = 0; i < growing; ++i) drawing.add(1 + i / 2, few);

    Case plain(3, seed);
    generate(plain);
    const std::vector<Question>& questions = plain.questions();
    Index n_sides = 0;
    for (const Question& question : questions) n_sides += question.kind == Question::Kind::side ? 1 : 0;
    const auto turn = static_cast<Index>(seed % 64);
    const Index beyond_blocks = 66 + turn % 15;  // 64 are fewer, and 64 with a class token
    const Index beyond_large_blocks = Case::longest_side - turn % 15;
    drawing.add_sides(3, every, [&](Index side, const Question&) { return 2 + (side + turn) % n_sides; });

    Index side_number = 0;
    for (std::size_t i = 0; i < questions.size(); ++i) {
        const Question& question = questions[i];
        if (question.kind == Question::Kind::one_of) {
            for (Index kind = question.least; kind <= question.most; ++kind) drawing.add_one(i, kind, many);
        } else if (question.kind == Question::Kind::side) {
            for (Index side = question.least; side <= std::max<Index>(question.least, 1); ++side) {
                drawing.add_one(i, side, many);
                for (Index kind = 0; kind < kinds_of_sides; ++kind)
                    drawing.add_equal(side_number, 1, side, kind, kind == 0 ? some : few);
            }
            for (Index kind = 0; kind < kinds_of_sides; ++kind)
                drawing.add_equal(side_number, 1, beyond_blocks, kind, few);
            for (Index kind = 0; kind < kinds_of_pairs && side_number + 1 < n_sides; ++kind)
                drawing.add_equal(side_number, 2, beyond_blocks, kind, few);
            ++side_number;
        }
    }
    for (Index kind = 0; kind < kinds_of_sides; ++kind) {
        for (Index i = 0; i < squares; ++i) drawing.add_equal(0, n_sides, 2 + i, kind, few);
        drawing.add_sides_of_kind(
            kind, some, [](Index, const Question& question, Index) { return std::max<Index>(question.least, 1); });
    }
    drawing.add_sides(3, many, [](Index, const Question& question) { return std::max<Index>(question.least, 1); });
    drawing.add_sides(3, many, [](Index, const Question& question) { return question.least; });
    for (Index side = 0; side < n_sides; ++side) {
        for (Index kind = 0; kind < kinds_of_sides; ++kind) drawing.add_equal(side, 1, beyond_large_blocks, kind, few);
    }
    return drawing.draws();
}

}  // namespace qkv::testing
