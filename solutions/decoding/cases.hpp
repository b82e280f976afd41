// Generated cases of `decoding`: from (size, seed) to arguments that each function must accept.
#ifndef QKV_DECODING_CASES_HPP
#define QKV_DECODING_CASES_HPP

#include <algorithm>
#include <cmath>
#include <functional>
#include <tuple>
#include <vector>

#include "decoding.hpp"
#include "testing/cases.hpp"

namespace decoding::cases {

using qkv::Case;
using qkv::in_double;
using qkv::two_to;

/// From 0 to count - 1. It is made of a value and not of a size, so that long vocabularies are used to their ends.
inline Index index(Case& drawn, Index count) {
    return std::min(static_cast<Index>(drawn.magnitude() / 2 * static_cast<Scalar>(count)), count - 1);
}

inline int token(Case& drawn, Index n_vocabulary) { return static_cast<int>(index(drawn, n_vocabulary)); }

inline TokenIds tokens(Case& drawn, Index count, Index n_vocabulary) {
    TokenIds ids;
    for (Index i = 0; i < count; ++i) ids.push_back(token(drawn, n_vocabulary));
    return ids;
}

/// From 0 to a little less than 1.
inline constexpr Scalar last_below_1 = in_double ? 1 - Scalar(0x1p-38) : 1 - Scalar(0x1p-6);
inline Scalar uniform(Case& drawn) { return std::min((drawn.number() + 2) / 4, last_below_1); }
/// The same where it is held against sums that are rounded: in float it must not fall on a border.
inline Scalar fine_uniform(Case& drawn) {
    const Scalar number = uniform(drawn);
    return in_double ? number : number + drawn.magnitude() / 256;
}
inline RowVector uniforms(Case& drawn, Index count) {
    RowVector row(count);
    for (Index i = 0; i < count; ++i) row(i) = fine_uniform(drawn);
    return row;
}

/// A distribution whose sums are exact, in any order: the pieces of a line that is cut. Pieces that all differ; many
/// that are equal, and many 0; all in one piece; all alike where that is exact, or nearly.
inline RowVector distribution(Case& drawn, Index n, Index kind) {
    std::vector<Scalar> cuts{0, 1};
    for (Index i = 1; i < n; ++i) {
        const Scalar number = kind == 1 ? drawn.simple_number() : drawn.number();
        const Scalar step = std::floor(256 * static_cast<Scalar>(i) / static_cast<Scalar>(n)) / 256;
        cuts.push_back(kind == 2 ? (number < 0 ? 0 : 1) : kind == 3 ? step : (number + 2) / 4);
    }
    std::ranges::sort(cuts);
    RowVector pieces(n);
    for (Index i = 0; i < n; ++i) pieces(i) = cuts[static_cast<std::size_t>(i + 1)] - cuts[static_cast<std::size_t>(i)];
    return pieces;
}

/// Logits no two of which are equal but by design: float's numbers get more digits.
inline Matrix logits(Case& drawn, Index rows, Index columns) {
    const Matrix coarse = drawn.matrix(rows, columns);
    return in_double ? coarse : Matrix(coarse + drawn.matrix(rows, columns) / 64 + drawn.matrix(rows, columns) / 4096);
}

inline auto attend_cached(Case& drawn) {
    const Index n_cached = drawn.side(0), n_new = drawn.side(), d_k = drawn.side(), d_v = drawn.side();
    const Index kind = drawn.one_of(3);
    Matrix query = drawn.matrix(n_new, d_k), key = drawn.matrix(n_new, d_k);
    const Matrix value = drawn.matrix(n_new, d_v);
    Cache cache{drawn.matrix(n_cached, d_k), drawn.matrix(n_cached, d_v)};
    if (kind == 1 && in_double) query *= 64;
    if (kind == 2 && in_double) {  // all keys point far away from all queries
        const RowVector centre = 1 + drawn.row(d_k).array() / 4;
        key = (key / 64).rowwise() + centre;
        cache.keys = (cache.keys / 64).rowwise() + centre;
        query = (query / 4).rowwise() - 256 * centre;
    }
    return std::tuple{query, key, value, cache};
}

/// A penalty: any, none, a reward, or a large one.
inline Scalar penalty(Case& drawn, Index kind) {
    const Scalar any = 1 + drawn.magnitude();
    return kind == 1 ? 1 : kind == 2 ? any / 4 : kind == 3 ? 64 * any : any;
}

inline auto penalize_repetition(Case& drawn) {
    const Index n = drawn.side(), n_said = drawn.side(0), kind = drawn.one_of(4), zero = drawn.one_of(3);
    RowVector logits = drawn.row(n);
    if (zero == 1) logits(index(drawn, n)) = 0;
    const TokenIds said = tokens(drawn, n_said, n);
    return std::tuple{logits, said, penalty(drawn, kind)};
}

/// A temperature: any, 0, 1, cold, hot.
inline Scalar temperature(Case& drawn, Index kind) {
    const Scalar any = Scalar(0.25) + drawn.magnitude();
    return kind == 1 ? 0 : kind == 2 ? 1 : kind == 3 ? any / (in_double ? 32 : 2) : kind == 4 ? 512 * any : any;
}

inline auto probabilities(Case& drawn) {
    const Index n = drawn.side(), kind = drawn.one_of(5), heat = drawn.one_of(5);
    RowVector logits = kind == 1 ? RowVector(drawn.simple_matrix(1, n)) : drawn.row(n);  // that may tie
    if (kind == 2 && in_double) logits *= 512;
    if (kind == 3 && in_double) logits = logits.array() - 1000;
    if (kind == 4 && in_double) logits = 1 + logits.array() * two_to(-30);
    // Of equal logits at temperature 0 the last digits decide; elsewhere cold makes much of them.
    return std::tuple{logits, temperature(drawn, heat)};
}

inline Index how_many(Case& drawn, Index n, Index kind) {
    const Index any = 1 + index(drawn, n);
    return kind == 1 ? 1 : kind == 2 ? n : kind == 3 ? n + 3 : any;
}

inline auto top_k(Case& drawn) {
    const Index n = drawn.side(), kind = drawn.one_of(4), which = drawn.one_of(4);
    const RowVector row = distribution(drawn, n, kind);
    return std::tuple{row, how_many(drawn, n, which)};
}

/// A sum of the most probable tokens, exactly.
inline Scalar sum_of_first(RowVector row, Index count) {
    std::sort(row.data(), row.data() + row.size(), std::greater{});
    return row.head(count).sum();
}

inline auto top_p(Case& drawn) {
    const Index n = drawn.side(), kind = drawn.one_of(4), which = drawn.one_of(5);
    const RowVector row = distribution(drawn, n, kind);
    const Scalar any = 1 - uniform(drawn), exactly = sum_of_first(row, 1 + index(drawn, n));
    const Scalar little = two_to(in_double ? -40 : -10);
    return std::tuple{row, which == 1   ? Scalar{1}
                           : which == 2 ? exactly
                           : which == 3 ? std::min(exactly + little, Scalar{1})
                           : which == 4 ? little
                                        : any};
}

inline auto sample(Case& drawn) {
    const Index n = drawn.side(), kind = drawn.one_of(4), which = drawn.one_of(5);
    RowVector row = distribution(drawn, n, kind);
    const Scalar any = uniform(drawn), border = row.head(index(drawn, n)).sum();
    if (which == 4 && in_double) row *= 1 - two_to(-36);  // as if rounded: the line ends before the number
    return std::tuple{row, which == 1   ? std::min(border, last_below_1)
                           : which == 2 ? Scalar{0}
                           : which >= 3 ? last_below_1
                                        : any};
}

/// All choices of a Sampling, first those that are sizes.
struct Kinds {
    Index penalty, temperature, top_k, top_p;
};
inline Kinds kinds(Case& drawn) {
    const Index penalty = drawn.one_of(4), temperature = drawn.one_of(5), k = drawn.one_of(4), p = drawn.one_of(3);
    return {penalty, temperature, k, p};
}
inline Sampling sampling(Case& drawn, Index n_vocabulary, const Kinds& kinds) {
    const Scalar penalized = penalty(drawn, kinds.penalty), heat = temperature(drawn, kinds.temperature);
    const Index k = how_many(drawn, n_vocabulary, kinds.top_k);
    const Scalar p = Scalar(0.125) + 7 * (1 - uniform(drawn)) / 8;
    return {penalized, heat, k, kinds.top_p == 1 ? 1 : p};
}

inline auto next_distribution(Case& drawn) {
    const Index n = drawn.side(), n_said = drawn.side(0);
    const Kinds chosen = kinds(drawn);
    const RowVector row = logits(drawn, 1, n);
    const TokenIds said = tokens(drawn, n_said, n);
    return std::tuple{row, said, sampling(drawn, n, chosen)};
}

/// An end: none, the start itself, or any.
inline int end_of(Case& drawn, Index n_vocabulary, int start, Index kind) {
    const int any = token(drawn, n_vocabulary);
    return kind == 1 ? -1 : kind == 2 ? start : any;
}

inline Model model(Case& drawn, Index n_steps, Index n_vocabulary) {
    Model tables;
    for (Index t = 0; t < n_steps; ++t) tables.push_back(logits(drawn, n_vocabulary, n_vocabulary));
    return tables;
}

inline auto generate(Case& drawn) {
    const Index n = drawn.side(), n_steps = 1 + drawn.one_of(4), ends = drawn.one_of(3);
    const Kinds chosen = kinds(drawn);
    const int start = token(drawn, n), end = end_of(drawn, n, start, ends);
    const Sampling settings = sampling(drawn, n, chosen);
    const RowVector numbers = uniforms(drawn, n_steps);
    return std::tuple{model(drawn, n_steps, n), start, end, settings, numbers};
}

inline auto beam_search(Case& drawn) {
    const Index n = drawn.side(), n_steps = 1 + drawn.one_of(4), ends = drawn.one_of(3), kind = drawn.one_of(4);
    const Index width = drawn.one_of(5), normalised = drawn.one_of(4);
    const int start = token(drawn, n), end = end_of(drawn, n, start, ends);
    const Scalar any = 2 * drawn.magnitude();
    Model tables = model(drawn, n_steps, n);
    for (std::size_t t = 0; t < tables.size(); ++t) {
        if (kind == 1) tables[t].setConstant(static_cast<Scalar>(t));  // everything ties
        if (kind == 2 && in_double) tables[t] *= 256;
        if (kind == 3 && in_double) tables[t].array() += 1000 - 500 * static_cast<Scalar>(t);
    }
    // Where scores of different lengths would be equal but for rounding, the lengths must count.
    const Scalar alpha = normalised == 1 || kind == 1 ? 0 : normalised == 2 ? 1 : normalised == 3 ? any : Scalar(0.625);
    // Of many sentences some are closer than float can tell.
    const Index widths[] = {2, 1, 3, in_double ? n : 4, in_double ? 100 : 5};
    return std::tuple{tables, start, end, widths[width], alpha};
}

/// A token that the draft can have drawn, from `first` on.
inline int possible(const RowVector& draft, int first) {
    const auto n = static_cast<int>(draft.size());
    for (int i = 0; i < n; ++i) {
        if (draft((first + i) % n) > 0) return (first + i) % n;
    }
    return 0;
}

inline auto acceptance(Case& drawn) {
    const Index n = drawn.side(), kind = drawn.one_of(4), other = drawn.one_of(4);
    const RowVector target = distribution(drawn, n, kind), draft = distribution(drawn, n, other);
    return std::tuple{target, draft, possible(draft, token(drawn, n))};
}

inline auto residual(Case& drawn) {
    const Index n = drawn.side(), kind = drawn.one_of(4), other = drawn.one_of(4), same = drawn.one_of(4);
    const RowVector target = distribution(drawn, n, kind), draft = distribution(drawn, n, other);
    return std::tuple{target, same == 3 ? target : draft};
}

inline auto speculate(Case& drawn) {
    const Index n_drafted = drawn.side(0), n = drawn.side(), kind = drawn.one_of(4), other = drawn.one_of(4);
    const Index same = drawn.one_of(3), how = drawn.one_of(4);
    Matrix draft(n_drafted, n), target(n_drafted + 1, n);
    TokenIds drafted;
    for (Index i = 0; i <= n_drafted; ++i) {
        target.row(i) = distribution(drawn, n, kind);
        if (i == n_drafted) break;
        draft.row(i) = same == 1 ? RowVector(target.row(i)) : distribution(drawn, n, other);
        if (same == 2 && i + 1 < n_drafted) draft.row(i) = target.row(i);  // the last one is in doubt
        drafted.push_back(possible(draft.row(i), token(drawn, n)));
    }
    RowVector numbers = uniforms(drawn, n_drafted);
    if (how == 1) numbers.setZero();
    if (how == 2) numbers.setConstant(last_below_1);
    if (how == 3) numbers /= 8;
    return std::tuple{drafted, draft, target, numbers, fine_uniform(drawn)};
}

/// The header speaks of distributions only.
inline bool is_distribution(const RowVector& row) {
    return row.size() > 0 && row.minCoeff() >= 0 && std::abs(row.sum() - 1) < Scalar(in_double ? 1e-9 : 1e-6);
}

}  // namespace decoding::cases

#endif
