// Reference: ids of letters and phonemes, one step of the model, greedy and beam search, error rate, alignment.
#include "word_pronunciation.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace word_pronunciation {

using encoder::layer_norm;
using encoder::NormOrder;
using multi_head_attention::linear;
using multi_head_attention::multi_head_attention;
using qkv::Mask;
using transformer::DecoderLayerWeights;
using transformer::DecoderWeights;

namespace {

void require(bool fits, const std::string& sentence) {
    if (!fits) throw std::invalid_argument(sentence);
}

Index length(const auto& list) { return static_cast<Index>(list.size()); }

/// What each id says, up to the end; `name` knows the ids from first_id on, `count` of them.
std::vector<std::string> sayings(const TokenIds& ids, Index count, const auto& name) {
    std::vector<std::string> said;
    for (const int id : ids) {
        if (id == end_id) break;
        require(id >= 0 && id < first_id + count,
                "id " + std::to_string(id) + " is not one of the " + std::to_string(first_id + count));
        if (id == unknown_id) said.push_back("?");
        if (id >= first_id) said.push_back(name(static_cast<std::size_t>(id - first_id)));
    }
    return said;
}

}  // namespace

TokenIds letters_to_ids(const std::string& word) {
    TokenIds ids{begin_id};
    for (const char character : word) {
        const char small = character >= 'A' && character <= 'Z' ? static_cast<char>(character - 'A' + 'a') : character;
        const auto place = alphabet.find(small);
        ids.push_back(place == std::string::npos ? unknown_id : first_id + static_cast<int>(place));
    }
    ids.push_back(end_id);
    return ids;
}

std::string ids_to_letters(const TokenIds& ids) {
    std::string word;
    for (const auto& letter : sayings(ids, length(alphabet), [](auto i) { return std::string(1, alphabet[i]); }))
        word += letter;
    return word;
}

std::string ids_to_phonemes(const TokenIds& ids) {
    std::string line;
    for (const auto& phoneme : sayings(ids, length(phonemes), [](auto i) { return phonemes[i]; }))
        line += (line.empty() ? "" : " ") + phoneme;
    return line;
}

Reading read_word(const TokenIds& source, const TransformerModel& model) {
    const Matrix embedded = transformer::embed_tokens(source, model.source_table);  // n_source x d_model
    const Mask mask = transformer::source_mask(length(source), source, model.padding);
    return {source, encoder::encode(embedded, model.encoder, model.order, model.activation, mask)};
}

namespace {

/// What the decoder reads: begin_id, and what was said.
TokenIds target_of(const TokenIds& said) {
    TokenIds target{begin_id};
    target.insert(target.end(), said.begin(), said.end());
    return target;
}

}  // namespace

RowVector next_log_probabilities(const Reading& reading, const TokenIds& said, const TransformerModel& model) {
    const TokenIds target = target_of(said);
    const Matrix embedded = transformer::embed_tokens(target, model.target_table);  // (1 + n_said) x d_model
    const Mask self_mask = transformer::target_mask(target, model.padding);
    const Mask cross_mask = transformer::source_mask(length(target), reading.source, model.padding);
    const Matrix features = transformer::decode(embedded, reading.memory, model.decoder, model.order, model.activation,
                                                self_mask, cross_mask);

    const RowVector logits = linear(features.bottomRows(1), model.output);
    require(logits.size() > end_id, "there are " + std::to_string(logits.size()) + " logits, and none for the end");
    const RowVector shifted = logits.array() - logits.maxCoeff();  // n_target_vocabulary, none above 0
    return shifted.array() - std::log(shifted.array().exp().sum());
}

std::vector<TokenIds> pronounce(const std::vector<TokenIds>& sources, const TransformerModel& model, Index max_tokens) {
    require(max_tokens >= 1, "max_tokens is " + std::to_string(max_tokens) + ", but must be at least 1");
    std::vector<TokenIds> words;
    for (const TokenIds& source : sources) {
        const Reading reading = read_word(source, model);  // the word does not change: once is enough
        TokenIds said;
        while (length(said) < max_tokens) {
            const RowVector next = next_log_probabilities(reading, said, model);
            int best = end_id;
            for (int id = first_id; id < next.size(); ++id) {
                if (next(id) > next(best)) best = id;
            }
            if (best == end_id) break;
            said.push_back(best);
        }
        words.push_back(said);
    }
    return words;
}

namespace {

/// A hypothesis that is still being said.
struct Beginning {
    TokenIds ids;
    Scalar log_probability;
};

/// Every hypothesis of the beam, continued by every id that may be said; end_id stands with the others.
std::vector<Beginning> continuations(const std::vector<Beginning>& beam, const Reading& reading,
                                     const TransformerModel& model) {
    std::vector<Beginning> all;
    for (const auto& [ids, log_probability] : beam) {
        const RowVector next = next_log_probabilities(reading, ids, model);
        for (int id = end_id; id < next.size(); ++id) {
            if (id == unknown_id) continue;
            all.push_back({ids, log_probability + next(id)});
            all.back().ids.push_back(id);
        }
    }
    return all;
}

Hypothesis finished(Beginning beginning, Scalar alpha) {
    const auto n = static_cast<Scalar>(beginning.ids.size());
    if (beginning.ids.back() == end_id) beginning.ids.pop_back();
    return {beginning.ids, beginning.log_probability, beginning.log_probability / std::pow((5 + n) / 6, alpha)};
}

}  // namespace

std::vector<Hypothesis> beam_search(const TokenIds& source, const TransformerModel& model, Index beam_width,
                                    Scalar alpha, Index max_tokens) {
    require(beam_width >= 1, "beam_width is " + std::to_string(beam_width) + ", but must be at least 1");
    require(alpha >= 0, "alpha is " + std::to_string(alpha) + ", but must be at least 0");
    require(max_tokens >= 1, "only " + std::to_string(max_tokens) + " tokens may be said, but one is the least");

    const Reading reading = read_word(source, model);
    std::vector<Beginning> beam{{{}, 0}};
    std::vector<Hypothesis> done;
    for (Index step = 0; step < max_tokens && !beam.empty(); ++step) {
        std::vector<Beginning> all = continuations(beam, reading, model);
        std::ranges::stable_sort(all, std::ranges::greater{}, &Beginning::log_probability);
        all.resize(static_cast<std::size_t>(std::min(length(all), beam_width - length(done))));
        beam.clear();
        for (const Beginning& each : all) {
            if (each.ids.back() == end_id) {
                done.push_back(finished(each, alpha));
            } else {
                beam.push_back(each);
            }
        }
    }
    for (const Beginning& each : beam) done.push_back(finished(each, alpha));
    std::ranges::stable_sort(done, std::ranges::greater{}, &Hypothesis::score);
    return done;
}

Index edit_distance(const TokenIds& said, const TokenIds& expected) {
    std::vector<Index> row(expected.size() + 1);  // from what was said so far to each beginning of what is expected
    for (std::size_t j = 0; j < row.size(); ++j) row[j] = static_cast<Index>(j);
    for (const int id : said) {
        Index diagonal = row[0]++;
        for (std::size_t j = 1; j < row.size(); ++j) {
            const Index replaced = diagonal + (id != expected[j - 1]);
            diagonal = row[j];
            row[j] = std::min({replaced, row[j - 1] + 1, row[j] + 1});
        }
    }
    return row.back();
}

Scalar phoneme_error_rate(const std::vector<TokenIds>& said, const std::vector<TokenIds>& expected) {
    require(said.size() == expected.size(),
            std::to_string(said.size()) + " words were said, but " + std::to_string(expected.size()) + " are expected");
    Index changes = 0, total = 0;
    for (std::size_t i = 0; i < said.size(); ++i) {
        changes += edit_distance(said[i], expected[i]);
        total += length(expected[i]);
    }
    require(total > 0, "no phoneme is expected");
    return static_cast<Scalar>(changes) / static_cast<Scalar>(total);
}

Alignment align(const Reading& reading, const TokenIds& said, const TransformerModel& model) {
    require(reading.source.size() >= 3, "the source has no letter between its first and its last id");
    require(!model.decoder.layers.empty(), "the decoder has no layer to look into");
    const DecoderLayerWeights& last = model.decoder.layers.back();
    DecoderWeights before;
    before.layers.assign(model.decoder.layers.begin(), model.decoder.layers.end() - 1);

    const TokenIds target = target_of(said);
    const Mask looks_back = transformer::target_mask(target, model.padding),
               reads = transformer::source_mask(length(target), reading.source, model.padding);
    const Matrix x = transformer::decode(transformer::embed_tokens(target, model.target_table), reading.memory, before,
                                         model.order, model.activation, looks_back, reads);
    require(last.self_attention.output.weight.cols() == x.cols(), "W_O of the self-attention is not as wide as x");
    Matrix asking;  // (1 + n_said) x d_model, what the cross-attention makes queries of
    if (model.order == NormOrder::post) {
        asking = layer_norm(x + multi_head_attention(x, x, last.self_attention, looks_back).output, last.self_norm);
    } else {
        const Matrix normed = layer_norm(x, last.self_norm);
        const Matrix a = x + multi_head_attention(normed, normed, last.self_attention, looks_back).output;
        asking = layer_norm(a, last.cross_norm);
    }
    const auto heads = multi_head_attention(asking, reading.memory, last.cross_attention, reads).weights;
    Matrix mean = Matrix::Zero(length(target), length(reading.source));
    for (const Matrix& head : heads) mean += head / static_cast<Scalar>(heads.size());

    Alignment found{mean.block(0, 1, length(said), mean.cols() - 2), {}};  // row t has chosen said[t]
    for (const auto& row : found.weights.rowwise()) {
        const auto largest = std::max_element(row.begin(), row.end());  // of equal ones the first
        found.letters.push_back(largest - row.begin());
    }
    return found;
}

}  // namespace word_pronunciation
