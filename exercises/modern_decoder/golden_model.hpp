// What the tests of `modern_decoder` ask about: a model that was trained on the definitions of a dictionary, and a
// small one of drawn weights.
#ifndef QKV_MODERN_DECODER_GOLDEN_MODEL_HPP
#define QKV_MODERN_DECODER_GOLDEN_MODEL_HPP

#include <algorithm>
#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "modern_decoder.hpp"
#include "testing/golden.hpp"

namespace modern_decoder::tests {

using qkv::testing::golden;
using qkv::testing::trained;

/// Arrays by name: golden or trained.
using Arrays = std::function<Matrix(const std::string&)>;

inline Block block_of(const Arrays& arrays, const std::string& name) {
    return {arrays(name + "/attention_norm/gain"),
            arrays(name + "/query"),
            arrays(name + "/key"),
            arrays(name + "/value"),
            arrays(name + "/output"),
            arrays(name + "/feed_forward_norm/gain"),
            {arrays(name + "/gate"), arrays(name + "/up"), arrays(name + "/down")}};
}

// ------------------------------------------------------------------------------ the trained model

/// With this id every entry begins and ends.
inline constexpr int end_id = 0;

/// Entries "word: definition". d_model = 64, 4 heads in 2 groups, d_ff = 176, four blocks, output tied.
inline const Model& trained_model() {
    static const Model model{
        trained("embedding"),
        {block_of(trained, "blocks/0"), block_of(trained, "blocks/1"), block_of(trained, "blocks/2"),
         block_of(trained, "blocks/3")},
        trained("norm/gain"),
        std::nullopt,
        {.n_heads = 4, .n_groups = 2, .window = 16, .sinks = 4, .base = 10000, .epsilon = Scalar{1e-5}}};
    return model;
}

/// What each id says: a piece of a word, with the space before it; end_id says nothing.
inline const std::vector<std::string>& pieces() {
    static const std::vector<std::string> all = [] {
        std::vector<std::string> found(1);
        const Matrix letters = trained("pieces");
        for (Index i = 0; i < letters.size(); ++i) {
            if (letters(0, i) == '\n') {
                found.emplace_back();
            } else {
                found.back() += static_cast<char>(letters(0, i));
            }
        }
        found.pop_back();
        return found;
    }();
    return all;
}

/// end_id, then from left to right always the longest piece that fits. What is no piece is left out.
inline TokenIds ids_of(const std::string& text) {
    TokenIds ids{end_id};
    for (std::size_t place = 0; place < text.size();) {
        std::size_t longest = 0;
        for (std::size_t id = 1; id < pieces().size(); ++id) {
            const std::string& piece = pieces()[id];
            if (piece.size() <= longest || text.compare(place, piece.size(), piece) != 0) continue;
            if (longest == 0) ids.push_back(0);
            ids.back() = static_cast<int>(id);
            longest = piece.size();
        }
        place += std::max<std::size_t>(longest, 1);
    }
    return ids;
}

/// A learner's ids may be anything.
inline std::string text_of(const TokenIds& ids) {
    std::string text;
    for (const int id : ids) {
        const auto place = static_cast<std::size_t>(id);
        text += id >= 0 && place < pieces().size() ? pieces()[place] : "?";
    }
    return text;
}

// -------------------------------------------------------------------------------- the small model

inline TokenIds golden_ids(const std::string& name) {
    TokenIds ids;
    const Matrix row = golden(name);
    for (Index i = 0; i < row.size(); ++i) ids.push_back(static_cast<int>(row(0, i)));
    return ids;
}

inline const Settings small_settings{
    .n_heads = 6, .n_groups = 3, .window = 3, .sinks = 1, .base = 500, .epsilon = 0.25};

/// d_model = 5, 6 heads of 4 features in 3 groups, d_ff = 7, two blocks, 9 ids, an output of its own.
inline Model small_model() {
    return {golden("small/embedding"),
            {block_of(golden, "small/blocks/0"), block_of(golden, "small/blocks/1")},
            golden("small/norm/gain"),
            golden("small/output"),
            small_settings};
}

}  // namespace modern_decoder::tests

#endif
