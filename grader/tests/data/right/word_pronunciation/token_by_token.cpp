// A decoder that reads one token at a time and keeps keys and values of those before; hypotheses carry its state. The
// beam is chosen with a priority queue, the distance is computed in two rows.
#include <cmath>
#include <memory>
#include <queue>
#include <stdexcept>
#include <utility>

#include "word_pronunciation.hpp"

namespace word_pronunciation {

namespace mha = ::multi_head_attention;

namespace {

void expect(bool fits) {
    if (!fits) throw std::invalid_argument("word_pronunciation: an argument does not fit");
}

void append(Matrix& rows, const Matrix& row) {
    Matrix longer(rows.rows() + 1, row.cols());
    if (rows.rows() > 0) longer.topRows(rows.rows()) = rows;
    longer.bottomRows(1) = row;
    rows = std::move(longer);
}

Matrix plus(const Matrix& x, const Matrix& more) {
    expect(more.rows() == x.rows() && more.cols() == x.cols());
    return x + more;
}

/// Keys and values of an attention, as many as were read so far.
struct Remembered {
    Matrix keys, values;
};

Remembered remembered(const Matrix& memory, const mha::MultiHeadWeights& weights) {
    return {mha::linear(memory, weights.key), mha::linear(memory, weights.value)};
}

/// What one token gets from what is remembered; and how it looked, head by head.
std::pair<Matrix, std::vector<Matrix>> look(const Matrix& token, const Remembered& at, const std::vector<bool>& visible,
                                            const mha::MultiHeadWeights& weights) {
    qkv::Mask mask(1, static_cast<Index>(visible.size()));
    for (std::size_t j = 0; j < visible.size(); ++j) mask(0, static_cast<Index>(j)) = visible[j];
    const auto heads = mha::attend_heads(mha::linear(token, weights.query), at.keys, at.values, weights.n_heads, mask);
    return {mha::linear(heads.output, weights.output), heads.weights};
}

std::vector<bool> not_padding(const TokenIds& ids, int padding) {
    std::vector<bool> visible;
    for (const int id : ids) visible.push_back(id != padding);
    return visible;
}

/// The decoder while it speaks of one word. The word's keys and values are computed once and shared by all copies.
class Speaker {
public:
    Speaker(const Reading& reading, const TransformerModel& model)
        : model_(&model),
          letters_(not_padding(reading.source, model.padding)),
          own_(model.decoder.layers.size()),
          word_(std::make_shared<std::vector<Remembered>>()) {
        for (const auto& layer : model.decoder.layers)
            word_->push_back(remembered(reading.memory, layer.cross_attention));
    }

    /// Reads the next token and gives back its features after all layers.
    Matrix read(int id) {
        Matrix x = begin(id);
        for (std::size_t l = 0; l < own_.size(); ++l) x = layer(x, l);
        if (model_->decoder.final_norm) x = encoder::layer_norm(x, *model_->decoder.final_norm);
        return x;
    }

    /// Reads the next token and gives back how it looks at the word in the last layer.
    std::vector<Matrix> glance(int id) {
        Matrix x = begin(id);
        for (std::size_t l = 0; l + 1 < own_.size(); ++l) x = layer(x, l);
        const std::size_t last = own_.size() - 1;
        const auto& weights = model_->decoder.layers[last];
        x = after_self_attention(x, last);
        if (!post()) x = encoder::layer_norm(x, weights.cross_norm);
        return look(x, (*word_)[last], letters_, weights.cross_attention).second;
    }

private:
    bool post() const { return model_->order == encoder::NormOrder::post; }

    Matrix begin(int id) {
        said_.push_back(id);
        const Matrix rows = transformer::embed_tokens(said_, model_->target_table);  // positions count from the first
        return rows.bottomRows(1);
    }

    Matrix after_self_attention(const Matrix& x, std::size_t l) {
        const auto& weights = model_->decoder.layers[l];
        const Matrix in = post() ? x : encoder::layer_norm(x, weights.self_norm);
        const Remembered now = remembered(in, weights.self_attention);
        append(own_[l].keys, now.keys);
        append(own_[l].values, now.values);
        const std::vector<bool> visible = not_padding(said_, model_->padding);
        const Matrix sum = plus(x, look(in, own_[l], visible, weights.self_attention).first);
        return post() ? encoder::layer_norm(sum, weights.self_norm) : sum;
    }

    Matrix layer(Matrix x, std::size_t l) {
        const auto& weights = model_->decoder.layers[l];
        x = after_self_attention(x, l);
        const auto read_word = [&](const Matrix& in) {
            return plus(x, look(in, (*word_)[l], letters_, weights.cross_attention).first);
        };
        const auto think = [&](const Matrix& in) {
            return plus(x, encoder::feed_forward(in, weights.feed_forward, model_->activation));
        };
        if (post()) {
            x = encoder::layer_norm(read_word(x), weights.cross_norm);
            return encoder::layer_norm(think(x), weights.feed_forward_norm);
        }
        x = read_word(encoder::layer_norm(x, weights.cross_norm));
        return think(encoder::layer_norm(x, weights.feed_forward_norm));
    }

    const TransformerModel* model_;
    std::vector<bool> letters_;
    TokenIds said_;
    std::vector<Remembered> own_;
    std::shared_ptr<std::vector<Remembered>> word_;
};

RowVector log_softmax(const RowVector& logits) {
    expect(logits.size() > 0);
    double largest = logits(0);
    for (const Scalar logit : logits) largest = std::fmax(largest, logit);
    double sum = 0;
    for (const Scalar logit : logits) sum += std::exp(logit - largest);
    RowVector result(logits.size());
    for (Index j = 0; j < logits.size(); ++j) {
        result(j) = static_cast<Scalar>((logits(j) - largest) - std::log(sum));
    }
    return result;
}

RowVector log_probabilities(const Matrix& features, const TransformerModel& model) {
    return log_softmax(mha::linear(features, model.output));
}

bool may_be_said(Index id) { return id == end_id || id >= first_id; }

}  // namespace

TokenIds letters_to_ids(const std::string& word) {
    TokenIds ids = {begin_id};
    for (const char c : word) {
        int id = unknown_id;
        if ('a' <= c && c <= 'z') id = first_id + (c - 'a');
        if ('A' <= c && c <= 'Z') id = first_id + (c - 'A');
        if (c == '\'') id = first_id + 26;
        ids.push_back(id);
    }
    ids.push_back(end_id);
    return ids;
}

std::string ids_to_letters(const TokenIds& ids) {
    std::string word;
    for (const int id : ids) {
        if (id == end_id) return word;
        expect(0 <= id && id <= 30);
        if (id == unknown_id) word.push_back('?');
        if (id == 30) word.push_back('\'');
        if (id >= first_id && id < 30) word.push_back(static_cast<char>('a' + id - first_id));
    }
    return word;
}

std::string ids_to_phonemes(const TokenIds& ids) {
    std::string line;
    for (const int id : ids) {
        if (id == end_id) break;
        expect(0 <= id && id <= 42);
        if (id >= unknown_id) line += id == unknown_id ? "? " : phonemes.at(static_cast<std::size_t>(id - 4)) + " ";
    }
    if (!line.empty()) line.pop_back();
    return line;
}

Reading read_word(const TokenIds& source, const TransformerModel& model) {
    expect(!source.empty());
    const auto n = static_cast<Index>(source.size());
    const auto mask = transformer::source_mask(n, source, model.padding);
    return {source, encoder::encode(transformer::embed_tokens(source, model.source_table), model.encoder, model.order,
                                    model.activation, mask)};
}

RowVector next_log_probabilities(const Reading& reading, const TokenIds& said, const TransformerModel& model) {
    Speaker speaker(reading, model);
    Matrix features = speaker.read(begin_id);
    for (const int id : said) features = speaker.read(id);
    return log_probabilities(features, model);
}

std::vector<TokenIds> pronounce(const std::vector<TokenIds>& sources, const TransformerModel& model, Index max_tokens) {
    expect(max_tokens > 0);
    std::vector<TokenIds> words(sources.size());
    for (std::size_t i = 0; i < sources.size(); ++i) {
        Speaker speaker(read_word(sources[i], model), model);
        int id = begin_id;
        for (Index step = 0; step < max_tokens; ++step) {
            const RowVector next = log_probabilities(speaker.read(id), model);
            id = end_id;
            for (Index other = first_id; other < next.size(); ++other) {
                if (next(other) > next(id)) id = static_cast<int>(other);
            }
            if (id == end_id) break;
            words[i].push_back(id);
        }
    }
    return words;
}

namespace {

/// A hypothesis, and the decoder after all of it but the last id.
struct Beginning {
    Speaker speaker;
    TokenIds ids;
    Scalar log_probability;
};

struct Step {
    Scalar log_probability;
    std::size_t of;
    Index id;
};

/// Of two steps the worse: what a priority queue lets wait.
struct Worse {
    bool operator()(const Step& a, const Step& b) const {
        if (a.log_probability < b.log_probability) return true;
        if (b.log_probability < a.log_probability) return false;
        return std::pair{b.of, b.id} < std::pair{a.of, a.id};
    }
};

}  // namespace

std::vector<Hypothesis> beam_search(const TokenIds& source, const TransformerModel& model, Index beam_width,
                                    Scalar alpha, Index max_tokens) {
    expect(beam_width > 0 && max_tokens > 0 && alpha >= 0);
    std::vector<Beginning> beam{{Speaker(read_word(source, model), model), {}, 0}};
    std::vector<Hypothesis> finished;
    for (Index n = 1; n <= max_tokens; ++n) {
        std::priority_queue<Step, std::vector<Step>, Worse> steps;
        for (std::size_t h = 0; h < beam.size(); ++h) {
            const int last = beam[h].ids.empty() ? begin_id : beam[h].ids.back();
            const RowVector next = log_probabilities(beam[h].speaker.read(last), model);
            for (Index id = 0; id < next.size(); ++id) {
                if (may_be_said(id)) steps.push({beam[h].log_probability + next(id), h, id});
            }
        }
        const Scalar normaliser = std::exp(alpha * std::log(static_cast<Scalar>(5 + n) / 6));
        std::vector<Beginning> longer;
        for (Index room = beam_width - std::ssize(finished); room > 0 && !steps.empty(); --room) {
            const Step step = steps.top();
            steps.pop();
            if (step.id != end_id) {
                longer.push_back({beam[step.of].speaker, beam[step.of].ids, step.log_probability});
                longer.back().ids.push_back(static_cast<int>(step.id));
                continue;
            }
            finished.push_back({beam[step.of].ids, step.log_probability, step.log_probability / normaliser});
        }
        beam = longer;
        if (n == max_tokens) {
            for (const Beginning& each : beam)
                finished.push_back({each.ids, each.log_probability, each.log_probability / normaliser});
        }
    }
    std::vector<Hypothesis> in_order;
    for (Hypothesis& each : finished) {  // each before the first that is worse
        auto place = in_order.begin();
        while (place != in_order.end() && place->score >= each.score) ++place;
        in_order.insert(place, std::move(each));
    }
    return in_order;
}

Index edit_distance(const TokenIds& said, const TokenIds& expected) {
    std::vector<Index> above(said.size() + 1), row(said.size() + 1);
    for (std::size_t j = 0; j < above.size(); ++j) above[j] = static_cast<Index>(j);
    for (std::size_t i = 0; i < expected.size(); ++i) {
        row[0] = above[0] + 1;
        for (std::size_t j = 0; j < said.size(); ++j) {
            row[j + 1] = above[j] + (said[j] == expected[i] ? 0 : 1);
            if (above[j + 1] + 1 < row[j + 1]) row[j + 1] = above[j + 1] + 1;
            if (row[j] + 1 < row[j + 1]) row[j + 1] = row[j] + 1;
        }
        std::swap(above, row);
    }
    return above.back();
}

Scalar phoneme_error_rate(const std::vector<TokenIds>& said, const std::vector<TokenIds>& expected) {
    expect(said.size() == expected.size());
    Index changes = 0, total = 0;
    for (std::size_t i = 0; i < said.size(); ++i) {
        changes += edit_distance(said[i], expected[i]);
        total += std::ssize(expected[i]);
    }
    expect(total > 0);
    return static_cast<Scalar>(changes) / static_cast<Scalar>(total);
}

Alignment align(const Reading& reading, const TokenIds& said, const TransformerModel& model) {
    const Index n_letters = std::ssize(reading.source) - 2;
    expect(n_letters > 0 && !model.decoder.layers.empty());
    Speaker speaker(reading, model);
    Alignment alignment;
    TokenIds target = said;
    target.insert(target.begin(), begin_id);
    for (const int id : target) {
        const std::vector<Matrix> heads = speaker.glance(id);
        if (alignment.weights.rows() == std::ssize(said)) continue;  // the last is read, but chooses nothing
        Matrix mean = Matrix::Zero(1, n_letters);
        for (const Matrix& head : heads) mean += head.middleCols(1, n_letters);
        mean /= static_cast<Scalar>(heads.size());
        append(alignment.weights, mean);
        Index best = n_letters - 1;
        for (Index letter = best; letter >= 0; --letter) best = mean(0, letter) >= mean(0, best) ? letter : best;
        alignment.letters.push_back(best);
    }
    if (said.empty()) alignment.weights.resize(0, n_letters);
    return alignment;
}

}  // namespace word_pronunciation
