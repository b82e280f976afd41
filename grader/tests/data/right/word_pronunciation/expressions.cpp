// Eigen expressions and ranges. The beam is a matrix of totals, hypothesis by id, whose largest number is taken again
// and again; alignment is a softmax of head blocks; the distance is found along diagonals, one change after the other.
#include <algorithm>
#include <cmath>
#include <functional>
#include <iterator>
#include <limits>
#include <numeric>
#include <span>
#include <stdexcept>

#include "attention.hpp"
#include "word_pronunciation.hpp"

namespace word_pronunciation {

using multi_head_attention::linear;

namespace {

constexpr Scalar never = -std::numeric_limits<Scalar>::infinity();

void check(bool fits, const std::string& what) {
    if (!fits) throw std::invalid_argument(what + " does not fit");
}

/// Ids that have a say, with all others behind the end cut off and all ids checked.
TokenIds told(const TokenIds& ids, std::ptrdiff_t n_ids) {
    const std::span before_end(ids.begin(), std::ranges::find(ids, end_id));
    check(std::ranges::all_of(before_end, [&](int id) { return id >= 0 && id < n_ids; }), "an id");
    TokenIds result;
    std::ranges::copy_if(before_end, std::back_inserter(result), [](int id) { return id >= unknown_id; });
    return result;
}

/// The decoder's input, and who may look at what.
struct Target {
    Matrix embedded;
    qkv::Mask own, word;
};
Target target_of(const TokenIds& said, const Reading& reading, const TransformerModel& model) {
    TokenIds ids(said.size() + 1, begin_id);
    std::ranges::copy(said, ids.begin() + 1);
    return {transformer::embed_tokens(ids, model.target_table), transformer::target_mask(ids, model.padding),
            transformer::source_mask(std::ssize(ids), reading.source, model.padding)};
}

/// What may not be said gets no probability at all.
RowVector sayable(RowVector log_probabilities) {
    for (const int id : {padding_id, begin_id, unknown_id}) log_probabilities(id) = never;
    return log_probabilities;
}

Index first_largest(const auto& numbers) {
    return std::distance(numbers.begin(), std::ranges::max_element(numbers.begin(), numbers.end()));
}

}  // namespace

TokenIds letters_to_ids(const std::string& word) {
    const auto id_of = [](char c) {
        static const std::string capitals = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
        const auto place = std::min(alphabet.find(c), capitals.find(c));
        return place == std::string::npos ? unknown_id : static_cast<int>(place) + first_id;
    };
    TokenIds ids(word.size() + 2);
    ids.front() = begin_id;
    *std::ranges::transform(word, ids.begin() + 1, id_of).out = end_id;
    return ids;
}

std::string ids_to_letters(const TokenIds& ids) {
    const std::string signs = "?" + alphabet;
    std::string word;
    std::ranges::transform(told(ids, first_id + std::ssize(alphabet)), std::back_inserter(word),
                           [&](int id) { return signs.at(static_cast<std::size_t>(id - unknown_id)); });
    return word;
}

std::string ids_to_phonemes(const TokenIds& ids) {
    std::string line;
    for (const int id : told(ids, first_id + std::ssize(phonemes))) {
        const std::string name = id == unknown_id ? "?" : phonemes[static_cast<std::size_t>(id - first_id)];
        line.append(line.empty() ? 0 : 1, ' ').append(name);
    }
    return line;
}

Reading read_word(const TokenIds& source, const TransformerModel& model) {
    const qkv::Mask letters = transformer::source_mask(std::ssize(source), source, model.padding);
    return {.source = source,
            .memory = encoder::encode(transformer::embed_tokens(source, model.source_table), model.encoder, model.order,
                                      model.activation, letters)};
}

RowVector next_log_probabilities(const Reading& reading, const TokenIds& said, const TransformerModel& model) {
    const auto [embedded, own, word] = target_of(said, reading, model);
    const Matrix features =
        transformer::decode(embedded, reading.memory, model.decoder, model.order, model.activation, own, word);
    const RowVector logits = linear(features, model.output).bottomRows<1>();
    check(logits.size() > 0, "a model without logits");
    const Scalar middle = (logits.maxCoeff() + logits.minCoeff()) / 2, half = logits.maxCoeff() - middle;
    // Around the middle first, so that nothing is far from zero; then the logarithm of the sum.
    const RowVector centred = logits.array() - middle;
    return centred.array() - half - std::log((centred.array() - half).exp().sum());
}

std::vector<TokenIds> pronounce(const std::vector<TokenIds>& sources, const TransformerModel& model, Index max_tokens) {
    check(max_tokens >= 1, "max_tokens");
    check(model.output.weight.cols() > end_id, "a model that cannot end");  // also where there is no word
    const auto speak = [&](const TokenIds& source) {
        const Reading reading = read_word(source, model);
        const std::function<TokenIds(TokenIds)> more = [&](TokenIds said) {
            if (std::ssize(said) == max_tokens) return said;
            const Index best = first_largest(sayable(next_log_probabilities(reading, said, model)));
            if (best == end_id) return said;
            said.push_back(static_cast<int>(best));
            return more(std::move(said));
        };
        return more({});
    };
    std::vector<TokenIds> words;
    std::ranges::transform(sources, std::back_inserter(words), speak);
    return words;
}

std::vector<Hypothesis> beam_search(const TokenIds& source, const TransformerModel& model, Index beam_width,
                                    Scalar alpha, Index max_tokens) {
    check(std::min(beam_width, max_tokens) >= 1, "a number below one");
    check(alpha >= 0, "alpha");
    const Reading reading = read_word(source, model);
    std::vector<Hypothesis> beam{Hypothesis{}}, finished;
    beam[0].log_probability = 0;
    for (Index n = 1; n <= max_tokens && !beam.empty(); ++n) {
        Matrix totals(std::ssize(beam), model.output.weight.cols());
        for (Index h = 0; h < totals.rows(); ++h) {
            const auto& [ids, log_probability, score] = beam[static_cast<std::size_t>(h)];
            totals.row(h) = sayable(next_log_probabilities(reading, ids, model)).array() + log_probability;
        }
        // Both kinds in the order of their totals; what is not finished is worth its score if this is the last step.
        std::vector<Hypothesis> chosen;
        const Index count = std::min(beam_width - std::ssize(finished), (totals.array() > never).count());
        for (Index i = 0; i < count; ++i) {
            auto flat = totals.reshaped<Eigen::RowMajor>();
            const Index place = first_largest(flat);
            Hypothesis next = beam[static_cast<std::size_t>(place / totals.cols())];
            next.ids.push_back(static_cast<int>(place % totals.cols()));
            next.log_probability = flat(place);
            next.score = flat(place) * std::pow(6 / static_cast<Scalar>(5 + n), alpha);
            flat(place) = never;
            chosen.push_back(std::move(next));
        }
        const auto ended =
            std::ranges::stable_partition(chosen, [](const auto& each) { return each.ids.back() != end_id; });
        for (Hypothesis& each : ended) {
            each.ids.pop_back();
            finished.push_back(each);
        }
        chosen.erase(ended.begin(), chosen.end());
        beam = std::move(chosen);
    }
    std::ranges::move(beam, std::back_inserter(finished));
    std::ranges::stable_sort(finished, std::greater<>(), &Hypothesis::score);
    return finished;
}

/// How far one comes on each diagonal (place in expected - place in said) with so many changes: Ukkonen 1985.
Index edit_distance(const TokenIds& said, const TokenIds& expected) {
    const Index n = std::ssize(said), m = std::ssize(expected), most = n + m;
    const auto slide = [&](Index i, Index diagonal) {  // equal ids cost nothing
        while (i < n && i + diagonal < m && i + diagonal >= 0 &&
               said[static_cast<std::size_t>(i)] == expected[static_cast<std::size_t>(i + diagonal)])
            ++i;
        return i;
    };
    constexpr Index nowhere = -1;
    std::vector<Index> reached(static_cast<std::size_t>(2 * most + 3), nowhere);  // by diagonal + most + 1
    const auto at = [&](std::vector<Index>& list, Index diagonal) -> Index& {
        return list[static_cast<std::size_t>(diagonal + most + 1)];
    };
    at(reached, 0) = slide(0, 0);
    Index changes = 0;
    for (; at(reached, m - n) < n; ++changes) {
        std::vector<Index> further = reached;
        for (Index d = -std::min(n, changes + 1); d <= std::min(m, changes + 1); ++d) {
            const Index inserted = at(reached, d - 1), deleted = at(reached, d + 1), replaced = at(reached, d);
            Index i = replaced;
            if (replaced != nowhere) i = std::max(i, replaced + 1);
            if (inserted != nowhere) i = std::max(i, inserted);
            if (deleted != nowhere) i = std::max(i, deleted + 1);
            i = std::min({i, n, m - d});
            at(further, d) = i == nowhere ? nowhere : slide(i, d);
        }
        reached = std::move(further);
    }
    return changes;
}

Scalar phoneme_error_rate(const std::vector<TokenIds>& said, const std::vector<TokenIds>& expected) {
    check(said.size() == expected.size(), "the number of words");
    const auto total = std::accumulate(expected.begin(), expected.end(), Index{0},
                                       [](Index sum, const TokenIds& word) { return sum + std::ssize(word); });
    check(total != 0, "a dictionary without phonemes");
    return static_cast<Scalar>(std::transform_reduce(said.begin(), said.end(), expected.begin(), Index{0},
                                                     std::plus<>(), edit_distance)) /
           static_cast<Scalar>(total);
}

Alignment align(const Reading& reading, const TokenIds& said, const TransformerModel& model) {
    check(!model.decoder.layers.empty(), "a decoder without layers");
    check(reading.source.size() >= 3, "a word without letters");
    // Whatever next_log_probabilities refuses is refused here, too.
    (void)next_log_probabilities(reading, said, model);

    Target target = target_of(said, reading, model);
    Matrix& x = target.embedded;
    const qkv::Mask &own = target.own, &word = target.word;
    const std::span layers(model.decoder.layers);
    for (const auto& layer : layers.first(layers.size() - 1)) {
        x = transformer::decoder_layer(x, reading.memory, layer, model.order, model.activation, own, word);
    }
    const auto& last = layers.back();
    const auto self = [&](const Matrix& in) -> Matrix {
        return x + multi_head_attention::multi_head_attention(in, in, last.self_attention, own).output;
    };
    const Matrix asking = model.order == encoder::NormOrder::pre
                              ? encoder::layer_norm(self(encoder::layer_norm(x, last.self_norm)), last.cross_norm)
                              : encoder::layer_norm(self(x), last.self_norm);
    const Matrix query = linear(asking, last.cross_attention.query),
                 key = linear(reading.memory, last.cross_attention.key);
    const Index n_heads = last.cross_attention.n_heads, d_head = query.cols() / n_heads;
    const Matrix hidden = word.select(Matrix::Zero(word.rows(), word.cols()), never);
    Matrix mean = Matrix::Zero(word.rows(), word.cols());
    for (Index h = 0; h < n_heads; ++h) {
        const Matrix scores = query.middleCols(h * d_head, d_head) * key.middleCols(h * d_head, d_head).transpose() /
                              std::sqrt(static_cast<Scalar>(d_head));
        mean += attention::softmax_rows(scores + hidden) / static_cast<Scalar>(n_heads);
    }
    Alignment found{mean.topLeftCorner(std::ssize(said), mean.cols() - 1).rightCols(mean.cols() - 2), {}};
    for (const auto& row : found.weights.rowwise()) found.letters.push_back(first_largest(row));
    return found;
}

}  // namespace word_pronunciation
