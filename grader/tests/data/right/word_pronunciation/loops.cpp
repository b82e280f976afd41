// Loops and tables, nothing clever: long double sums, the whole table of distances, weights computed score by score.
#include <cctype>
#include <cmath>
#include <limits>
#include <stdexcept>

#include "word_pronunciation.hpp"

namespace word_pronunciation {

TokenIds letters_to_ids(const std::string& word) {
    TokenIds ids(word.size() + 2, unknown_id);
    ids.front() = begin_id;
    ids.back() = end_id;
    for (std::size_t i = 0; i < word.size(); ++i) {
        for (std::size_t l = 0; l < alphabet.size(); ++l) {
            const bool capital = l < 26 && word[i] == "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[l];
            if (word[i] == alphabet[l] || capital) ids[i + 1] = first_id + static_cast<int>(l);
        }
    }
    return ids;
}

std::string ids_to_letters(const TokenIds& ids) {
    std::string word;
    for (std::size_t i = 0; i < ids.size() && ids[i] != end_id; ++i) {
        switch (ids[i]) {
            case padding_id:
            case begin_id:
                break;
            case unknown_id:
                word += '?';
                break;
            default:
                if (ids[i] < 0 || ids[i] - first_id >= 27) throw std::invalid_argument("no such letter");
                word += alphabet[static_cast<std::size_t>(ids[i] - first_id)];
        }
    }
    return word;
}

std::string ids_to_phonemes(const TokenIds& ids) {
    std::string line;
    for (std::size_t i = 0; i < ids.size() && ids[i] != end_id; ++i) {
        if (ids[i] == padding_id || ids[i] == begin_id) continue;
        if (ids[i] < 0 || ids[i] >= first_id + 39) throw std::invalid_argument("no such phoneme");
        if (!line.empty()) line += ' ';
        line += ids[i] == unknown_id ? "?" : phonemes[static_cast<std::size_t>(ids[i] - first_id)];
    }
    return line;
}

Reading read_word(const TokenIds& source, const TransformerModel& model) {
    Reading reading;
    reading.source = source;
    reading.memory = transformer::embed_tokens(source, model.source_table);
    const auto mask = transformer::source_mask(reading.memory.rows(), source, model.padding);
    for (const auto& layer : model.encoder.layers) {
        reading.memory = encoder::encoder_layer(reading.memory, layer, model.order, model.activation, mask);
    }
    if (model.encoder.final_norm) reading.memory = encoder::layer_norm(reading.memory, *model.encoder.final_norm);
    return reading;
}

static TokenIds after_begin(const TokenIds& said) {
    TokenIds target(1, begin_id);
    for (const int id : said) target.push_back(id);
    return target;
}

RowVector next_log_probabilities(const Reading& reading, const TokenIds& said, const TransformerModel& model) {
    const TokenIds target = after_begin(said);
    const auto n = static_cast<Index>(target.size());
    Matrix x = transformer::embed_tokens(target, model.target_table);
    for (const auto& layer : model.decoder.layers) {
        x = transformer::decoder_layer(x, reading.memory, layer, model.order, model.activation,
                                       transformer::target_mask(target, model.padding),
                                       transformer::source_mask(n, reading.source, model.padding));
    }
    if (model.decoder.final_norm) x = encoder::layer_norm(x, *model.decoder.final_norm);
    const Matrix all = multi_head_attention::linear(x, model.output);
    RowVector result = all.row(n - 1);
    if (result.size() == 0) throw std::invalid_argument("no logits");
    Scalar largest = result(0);
    for (Index j = 1; j < result.size(); ++j) largest = std::max(largest, result(j));
    long double total = 0;
    for (Index j = 0; j < result.size(); ++j) total += std::exp(static_cast<long double>(result(j) - largest));
    for (Index j = 0; j < result.size(); ++j) {
        result(j) = static_cast<Scalar>(static_cast<long double>(result(j) - largest) - std::log(total));
    }
    return result;
}

std::vector<TokenIds> pronounce(const std::vector<TokenIds>& sources, const TransformerModel& model, Index max_tokens) {
    if (max_tokens < 1) throw std::invalid_argument("nothing may be said");
    std::vector<TokenIds> words;
    for (const TokenIds& source : sources) {
        const Reading reading = read_word(source, model);
        TokenIds said;
        for (Index step = 0; step < max_tokens; ++step) {
            RowVector next = next_log_probabilities(reading, said, model);
            for (const int never : {padding_id, begin_id, unknown_id}) {
                next(never) = -std::numeric_limits<Scalar>::infinity();
            }
            Index best = 0;
            next.maxCoeff(&best);
            if (best == end_id) break;
            said.push_back(static_cast<int>(best));
        }
        words.push_back(said);
    }
    return words;
}

std::vector<Hypothesis> beam_search(const TokenIds& source, const TransformerModel& model, Index beam_width,
                                    Scalar alpha, Index max_tokens) {
    if (beam_width < 1 || max_tokens < 1 || alpha < 0) throw std::invalid_argument("too few");
    const Reading reading = read_word(source, model);
    std::vector<Hypothesis> beam{{{}, 0, 0}}, done;
    for (Index step = 1; step <= max_tokens; ++step) {
        std::vector<RowVector> next;
        for (const Hypothesis& each : beam) next.push_back(next_log_probabilities(reading, each.ids, model));
        std::vector<Hypothesis> longer;
        const Index places = beam_width - static_cast<Index>(done.size());
        const Scalar penalty = std::pow(static_cast<Scalar>(5 + step) / 6, alpha);
        // The best of all that are left, again and again: the first of equal ones.
        std::vector<Hypothesis> now_done;
        for (Index taken = 0; taken < places; ++taken) {
            std::size_t best_of = beam.size();
            Index best_id = 0;
            Scalar best = -std::numeric_limits<Scalar>::infinity();
            for (std::size_t h = 0; h < beam.size(); ++h) {
                for (Index id = end_id; id < next[h].size(); ++id) {
                    if (id == unknown_id) continue;
                    const Scalar total = beam[h].log_probability + next[h](id);
                    if (total > best) best = total, best_of = h, best_id = id;
                }
            }
            if (best_of == beam.size()) break;
            next[best_of](best_id) = -std::numeric_limits<Scalar>::infinity();
            Hypothesis chosen{beam[best_of].ids, best, best / penalty};
            if (best_id == end_id) {
                now_done.push_back(chosen);
            } else {
                chosen.ids.push_back(static_cast<int>(best_id));
                longer.push_back(chosen);
            }
        }
        done.insert(done.end(), now_done.begin(), now_done.end());
        beam = longer;
        if (beam.empty()) break;
    }
    done.insert(done.end(), beam.begin(), beam.end());
    for (std::size_t i = 1; i < done.size(); ++i) {  // insertion sort keeps the order of equal ones
        for (std::size_t j = i; j > 0 && done[j - 1].score < done[j].score; --j) std::swap(done[j - 1], done[j]);
    }
    return done;
}

Index edit_distance(const TokenIds& said, const TokenIds& expected) {
    const auto rows = static_cast<Index>(said.size()) + 1, columns = static_cast<Index>(expected.size()) + 1;
    Eigen::Matrix<Index, Eigen::Dynamic, Eigen::Dynamic> d(rows, columns);
    for (Index i = 0; i < rows; ++i) {
        for (Index j = 0; j < columns; ++j) {
            if (i == 0 || j == 0) {
                d(i, j) = i + j;
                continue;
            }
            const bool same = said[static_cast<std::size_t>(i - 1)] == expected[static_cast<std::size_t>(j - 1)];
            d(i, j) = std::min(std::min(d(i - 1, j), d(i, j - 1)) + 1, d(i - 1, j - 1) + (same ? 0 : 1));
        }
    }
    return d(rows - 1, columns - 1);
}

Scalar phoneme_error_rate(const std::vector<TokenIds>& said, const std::vector<TokenIds>& expected) {
    if (said.size() != expected.size()) throw std::invalid_argument("other words");
    Scalar changes = 0, total = 0;
    for (std::size_t i = 0; i < said.size(); ++i) {
        changes += static_cast<Scalar>(edit_distance(said[i], expected[i]));
        total += static_cast<Scalar>(expected[i].size());
    }
    if (total == 0) throw std::invalid_argument("nothing is expected");
    return changes / total;
}

Alignment align(const Reading& reading, const TokenIds& said, const TransformerModel& model) {
    if (reading.source.size() < 3) throw std::invalid_argument("no letters");
    if (model.decoder.layers.empty()) throw std::invalid_argument("no layers");
    const TokenIds target = after_begin(said);
    const auto n = static_cast<Index>(target.size()), n_source = static_cast<Index>(reading.source.size());
    const auto own = transformer::target_mask(target, model.padding);
    const auto cross = transformer::source_mask(n, reading.source, model.padding);
    Matrix x = transformer::embed_tokens(target, model.target_table);
    for (std::size_t l = 0; l + 1 < model.decoder.layers.size(); ++l) {
        x = transformer::decoder_layer(x, reading.memory, model.decoder.layers[l], model.order, model.activation, own,
                                       cross);
    }
    const auto& last = model.decoder.layers.back();
    const bool post = model.order == encoder::NormOrder::post;
    const Matrix in = post ? x : encoder::layer_norm(x, last.self_norm);
    const Matrix out = multi_head_attention::multi_head_attention(in, in, last.self_attention, own).output;
    if (out.cols() != x.cols()) throw std::invalid_argument("the self-attention has another width");
    x += out;
    x = encoder::layer_norm(x, post ? last.self_norm : last.cross_norm);
    const auto result = multi_head_attention::multi_head_attention(x, reading.memory, last.cross_attention, cross);
    Alignment found;
    found.weights = Matrix::Zero(n - 1, n_source - 2);
    for (Index t = 0; t < n - 1; ++t) {
        Index best = 0;
        for (Index l = 0; l < n_source - 2; ++l) {
            for (const Matrix& head : result.weights) found.weights(t, l) += head(t, l + 1);
            found.weights(t, l) /= static_cast<Scalar>(result.weights.size());
            if (found.weights(t, l) > found.weights(t, best)) best = l;
        }
        found.letters.push_back(best);
    }
    return found;
}

}  // namespace word_pronunciation
