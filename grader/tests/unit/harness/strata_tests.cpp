// The cases of a seed: what they have in common at every seed.
#include "testing/strata.hpp"

#include <set>
#include <vector>

#include "harness/catch2.hpp"

using qkv::Case;
using qkv::Index;
using qkv::testing::Draw;
using qkv::testing::strata;

namespace {

struct Made {
    Index rows, columns, tokens, kind;
    std::size_t most_misfits;
};

/// A generator with two sides, one that may be 0, and three kinds.
void generate(Case& drawn, Made& made) {
    made.rows = drawn.side();
    made.columns = drawn.side();
    made.kind = drawn.one_of(3);
    made.tokens = drawn.side(0);
}

std::vector<Made> made_at(std::uint64_t seed) {
    std::vector<Made> all;
    const auto draws = strata(
        [](Case& drawn) {
            Made made{};
            generate(drawn, made);
        },
        seed);
    for (const Draw& draw : draws) {
        Case drawn = draw.begin();
        Made made{};
        generate(drawn, made);
        made.most_misfits = draw.most_misfits;
        all.push_back(made);
    }
    return all;
}

bool any(const std::vector<Made>& all, auto holds) { return std::ranges::any_of(all, holds); }

}  // namespace

TEST_CASE("every seed meets each kind, and each side at its least, at one, beyond 64 and beyond 128") {
    for (std::uint64_t seed = 0; seed < 100; ++seed) {
        const auto all = made_at(seed);
        for (Index kind = 0; kind < 3; ++kind) CHECK(any(all, [&](const Made& made) { return made.kind == kind; }));
        for (const auto side : {&Made::rows, &Made::columns, &Made::tokens}) {
            CHECK(any(all, [&](const Made& made) { return made.*side == 1; }));
            for (Index kind = 0; kind < 3; ++kind) {
                CHECK(any(all, [&](const Made& made) { return made.*side == 1 && made.kind == kind; }));
                CHECK(any(all,
                          [&](const Made& made) { return made.*side > 65 && made.*side < 129 && made.kind == kind; }));
                CHECK(any(all, [&](const Made& made) { return made.*side > 129 && made.kind == kind; }));
            }
        }
        for (Index kind = 0; kind < 3; ++kind)
            CHECK(any(all, [&](const Made& made) { return made.tokens == 0 && made.rows > 1 && made.kind == kind; }));
        CHECK(any(all, [](const Made& made) { return made.rows == 1 && made.columns == 1 && made.tokens == 0; }));
    }
}

TEST_CASE("every seed meets equal sides with each kind, neighbours long ones, too") {
    for (std::uint64_t seed = 0; seed < 100; ++seed) {
        const auto all = made_at(seed);
        for (Index kind = 0; kind < 3; ++kind) {
            for (Index length = 1; length <= 4; ++length) {
                CHECK(any(all, [&](const Made& made) {
                    return made.kind == kind && made.rows == length && made.columns == length && made.tokens == length;
                }));
            }
        }
        for (Index kind = 0; kind < 2; ++kind) {
            CHECK(any(all, [&](const Made& made) {
                return made.kind == kind && made.rows > 64 && made.rows == made.columns && made.tokens < 10;
            }));
            CHECK(any(all, [&](const Made& made) {
                return made.kind == kind && made.tokens > 64 && made.tokens == made.columns && made.rows < 10;
            }));
        }
    }
}

TEST_CASE("every seed tries all misfits of a case whose sides differ and are no ones") {
    for (std::uint64_t seed = 0; seed < 100; ++seed) {
        CHECK(any(made_at(seed), [](const Made& made) {
            const std::set<Index> sides = {made.rows, made.columns, made.tokens};
            return sides.size() == 3 && *sides.begin() > 1 && made.most_misfits > 1000;
        }));
    }
}

TEST_CASE("another seed means other numbers, the same seed the same") {
    const auto draws = [](std::uint64_t seed) {
        std::vector<qkv::Matrix> numbers;
        for (const Draw& draw : strata([](Case& drawn) { drawn.matrix(2, drawn.side()); }, seed)) {
            Case drawn = draw.begin();
            numbers.push_back(drawn.matrix(2, drawn.side()));
        }
        return numbers;
    };
    CHECK(draws(5) == draws(5));
    CHECK(draws(5).back() != draws(99).back());
}

TEST_CASE("numbers have more digits than float holds, or few where ties shall be met") {
    Case drawn(3, 7);
    const qkv::Matrix fine = drawn.matrix(4, 5), simple = drawn.simple_matrix(4, 5);
    if (qkv::in_double) CHECK(fine.cast<float>().cast<qkv::Scalar>() != fine);
    CHECK((16 * simple.array() == (16 * simple.array()).round()).all());
    CHECK(fine.cwiseAbs().maxCoeff() <= 2);
}
