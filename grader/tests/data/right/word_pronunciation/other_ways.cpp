// Greedy as a beam of one, log probabilities by attention's softmax where it is safe, distances by recursion with a
// memory, the queries of the last layer out of a decoder whose last layer is cut short.
#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <numeric>
#include <stdexcept>

#include "word_pronunciation.hpp"

namespace word_pronunciation {

namespace {

[[noreturn]] void refuse(const char* why) { throw std::invalid_argument(why); }

const std::map<char, int>& ids_of_letters() {
    static const std::map<char, int> ids = [] {
        std::map<char, int> made;
        int id = first_id;
        for (const char c : alphabet) {
            made[c] = id;
            if (c >= 'a') made[static_cast<char>(c - 32)] = id;
            ++id;
        }
        return made;
    }();
    return ids;
}

std::vector<std::string> names(const TokenIds& ids, const std::vector<std::string>& known) {
    const auto end = std::find(ids.begin(), ids.end(), end_id);
    std::vector<std::string> found;
    std::for_each(ids.begin(), end, [&](int id) {
        if (id < 0 || static_cast<std::size_t>(id) >= known.size()) refuse("an id without a name");
        if (!known[static_cast<std::size_t>(id)].empty()) found.push_back(known[static_cast<std::size_t>(id)]);
    });
    return found;
}

TokenIds with_begin(TokenIds said) {
    said.insert(said.begin(), begin_id);
    return said;
}

struct Masks {
    qkv::Mask own, cross;
};
Masks masks(const Reading& reading, const TokenIds& target, int padding) {
    return {transformer::target_mask(target, padding),
            transformer::source_mask(static_cast<Index>(target.size()), reading.source, padding)};
}

}  // namespace

TokenIds letters_to_ids(const std::string& word) {
    TokenIds ids{begin_id};
    std::transform(word.begin(), word.end(), std::back_inserter(ids), [](char c) {
        const auto found = ids_of_letters().find(c);
        return found == ids_of_letters().end() ? unknown_id : found->second;
    });
    ids.push_back(end_id);
    return ids;
}

std::string ids_to_letters(const TokenIds& ids) {
    std::vector<std::string> known{"", "", "", "?"};
    for (const char c : alphabet) known.emplace_back(1, c);
    const auto found = names(ids, known);
    return std::accumulate(found.begin(), found.end(), std::string());
}

std::string ids_to_phonemes(const TokenIds& ids) {
    std::vector<std::string> known{"", "", "", "?"};
    known.insert(known.end(), phonemes.begin(), phonemes.end());
    const auto found = names(ids, known);
    if (found.empty()) return "";
    return std::accumulate(found.begin() + 1, found.end(), found[0],
                           [](const std::string& a, const std::string& b) { return a + " " + b; });
}

Reading read_word(const TokenIds& source, const TransformerModel& model) {
    const Matrix embedded = transformer::embed_tokens(source, model.source_table);
    const auto mask = transformer::source_mask(embedded.rows(), source, model.padding);
    return Reading{source, encoder::encode(embedded, model.encoder, model.order, model.activation, mask)};
}

RowVector next_log_probabilities(const Reading& reading, const TokenIds& said, const TransformerModel& model) {
    const TokenIds target = with_begin(said);
    const auto [own, cross] = masks(reading, target, model.padding);
    const Matrix rows = transformer::decode(transformer::embed_tokens(target, model.target_table), reading.memory,
                                            model.decoder, model.order, model.activation, own, cross);
    const Matrix logits = multi_head_attention::linear(rows, model.output).bottomRows(1);
    if (logits.size() == 0) refuse("no logits");
    Index at = 0;
    const Scalar largest = logits.row(0).maxCoeff(&at);
    // The others beside the largest: log(1 + rest).
    Scalar rest = 0;
    for (Index j = 0; j < logits.cols(); ++j) rest += j == at ? 0 : std::exp(logits(0, j) - largest);
    return logits.array() - largest - std::log1p(rest);
}

std::vector<TokenIds> pronounce(const std::vector<TokenIds>& sources, const TransformerModel& model, Index max_tokens) {
    if (max_tokens < 1) refuse("max_tokens");
    std::vector<TokenIds> said;
    for (const TokenIds& source : sources) said.push_back(beam_search(source, model, 1, 0, max_tokens)[0].ids);
    return said;
}

std::vector<Hypothesis> beam_search(const TokenIds& source, const TransformerModel& model, Index beam_width,
                                    Scalar alpha, Index max_tokens) {
    if (beam_width < 1) refuse("beam_width");
    if (max_tokens < 1) refuse("max_tokens");
    if (!(alpha >= 0)) refuse("alpha");
    struct Continuation {
        std::size_t of;
        int id;
        Scalar total;
    };
    const Reading reading = read_word(source, model);
    std::vector<Hypothesis> beam(1), finished;
    for (Index n = 1; n <= max_tokens && !beam.empty(); ++n) {
        std::vector<Continuation> all;
        for (std::size_t h = 0; h < beam.size(); ++h) {
            const RowVector next = next_log_probabilities(reading, beam[h].ids, model);
            for (int id = 0; id < next.size(); ++id) {
                if (id == end_id || id >= first_id) all.push_back({h, id, beam[h].log_probability + next(id)});
            }
        }
        std::sort(all.begin(), all.end(), [](const Continuation& a, const Continuation& b) {
            if (a.total != b.total) return a.total > b.total;
            return a.of != b.of ? a.of < b.of : a.id < b.id;
        });
        const auto room = static_cast<std::size_t>(beam_width) - finished.size();
        if (all.size() > room) all.resize(room);
        std::vector<Hypothesis> next_beam;
        for (const auto& [of, id, total] : all) {
            Hypothesis made = beam[of];
            made.log_probability = total;
            made.score = total * std::pow(6 / static_cast<Scalar>(5 + n), alpha);
            if (id != end_id) made.ids.push_back(id);
            (id == end_id ? finished : next_beam).push_back(made);
        }
        beam.swap(next_beam);
    }
    finished.insert(finished.end(), beam.begin(), beam.end());
    std::stable_sort(finished.begin(), finished.end(), [](auto& a, auto& b) { return a.score > b.score; });
    return finished;
}

Index edit_distance(const TokenIds& said, const TokenIds& expected) {
    std::map<std::pair<std::size_t, std::size_t>, Index> known;
    const std::function<Index(std::size_t, std::size_t)> of = [&](std::size_t i, std::size_t j) -> Index {
        if (i == 0 || j == 0) return static_cast<Index>(i + j);
        const auto found = known.find({i, j});
        if (found != known.end()) return found->second;
        const Index here = said[i - 1] == expected[j - 1]
                               ? of(i - 1, j - 1)
                               : 1 + std::min({of(i - 1, j), of(i, j - 1), of(i - 1, j - 1)});
        return known[{i, j}] = here;
    };
    return of(said.size(), expected.size());
}

Scalar phoneme_error_rate(const std::vector<TokenIds>& said, const std::vector<TokenIds>& expected) {
    if (said.size() != expected.size()) refuse("as many words must be said as are expected");
    Index changes = 0;
    std::size_t phonemes_in_all = 0;
    for (const TokenIds& each : expected) phonemes_in_all += each.size();
    if (phonemes_in_all == 0) refuse("nothing is expected");
    for (std::size_t i = 0; i < said.size(); ++i) changes += edit_distance(said[i], expected[i]);
    return static_cast<Scalar>(changes) / static_cast<Scalar>(phonemes_in_all);
}

Alignment align(const Reading& reading, const TokenIds& said, const TransformerModel& model) {
    if (reading.source.size() < 3) refuse("a word without letters");
    if (model.decoder.layers.empty()) refuse("a decoder without layers");
    const TokenIds target = with_begin(said);
    const Masks seen = masks(reading, target, model.padding);

    // The last layer without anything behind its self-attention: cross-attention and feed-forward add nothing.
    transformer::DecoderWeights cut{model.decoder.layers, {}};
    const auto last = cut.layers.back();
    cut.layers.pop_back();
    const Matrix x = transformer::decode(transformer::embed_tokens(target, model.target_table), reading.memory, cut,
                                         model.order, model.activation, seen.own, seen.cross);
    if (last.self_attention.output.weight.cols() != x.cols()) refuse("another width");
    const auto add_own = [&](const Matrix& from) -> Matrix {
        return x + multi_head_attention::multi_head_attention(from, from, last.self_attention, seen.own).output;
    };
    const Matrix queries = model.order == encoder::NormOrder::post
                               ? encoder::layer_norm(add_own(x), last.self_norm)
                               : encoder::layer_norm(add_own(encoder::layer_norm(x, last.self_norm)), last.cross_norm);
    // Queries and keys alone: what the values are does not matter, the shapes of all four maps are checked by the call.
    const auto heads =
        multi_head_attention::multi_head_attention(queries, reading.memory, last.cross_attention, seen.cross).weights;
    Matrix sum = heads[0];
    for (std::size_t h = 1; h < heads.size(); ++h) sum += heads[h];
    Alignment result;
    result.weights = sum.block(0, 1, sum.rows() - 1, sum.cols() - 2) / static_cast<Scalar>(heads.size());
    result.letters.resize(said.size());
    for (std::size_t t = 0; t < said.size(); ++t)
        result.weights.row(static_cast<Index>(t)).maxCoeff(&result.letters[t]);
    return result;
}

}  // namespace word_pronunciation
