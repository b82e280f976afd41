// Reference: an end-to-end memory network, from the words of a sentence to the logits of an answer.
#include "memory_network.hpp"

#include <stdexcept>
#include <string>
#include <utility>

namespace memory_network {

namespace {

void require(bool fits, const std::string& sentence) {
    if (!fits) throw std::invalid_argument(sentence);
}

std::string text(Index number) { return std::to_string(number); }

bool same_shape(const Matrix& left, const Matrix& right) {
    return left.rows() == right.rows() && left.cols() == right.cols();
}

/// Row j is the embedding of word j of the sentence.
Matrix look_up(const TokenIds& sentence, const Matrix& embedding) {
    Matrix words(static_cast<Index>(sentence.size()), embedding.cols());
    Index j = 0;
    for (const int id : sentence) {
        require(id >= 0 && id < embedding.rows(),
                "word " + text(id) + " is not in a vocabulary of " + text(embedding.rows()));
        words.row(j++) = embedding.row(id);
    }
    return words;  // n_words x d
}

}  // namespace

RowVector bag_of_words(const TokenIds& sentence, const Matrix& embedding) {
    return look_up(sentence, embedding).colwise().sum();  // d
}

Matrix position_encoding(Index n_words, Index d) {
    require(n_words >= 0, "a sentence cannot have " + text(n_words) + " words");
    require(d >= 1, "an embedding must have at least 1 column, not " + text(d));
    Matrix l(n_words, d);
    for (Index j = 1; j <= n_words; ++j) {
        const Scalar along = static_cast<Scalar>(j) / static_cast<Scalar>(n_words);  // j / J
        for (Index k = 1; k <= d; ++k) {
            const Scalar across = static_cast<Scalar>(k) / static_cast<Scalar>(d);  // k / d
            l(j - 1, k - 1) = (1 - along) - across * (1 - 2 * along);
        }
    }
    return l;
}

RowVector encode_sentence(const TokenIds& sentence, const Matrix& embedding, Encoding encoding) {
    if (encoding == Encoding::bag_of_words) return bag_of_words(sentence, embedding);
    const Matrix words = look_up(sentence, embedding);               // n_words x d
    if (words.size() == 0) return RowVector::Zero(words.cols());     // nothing to weigh
    const Matrix l = position_encoding(words.rows(), words.cols());  // n_words x d
    return words.cwiseProduct(l).colwise().sum();                    // d
}

Matrix encode_story(const Story& story, const Matrix& embedding, const std::optional<Matrix>& temporal,
                    Encoding encoding) {
    const auto n_sentences = static_cast<Index>(story.size());
    Matrix memory(n_sentences, embedding.cols());
    Index i = 0;
    for (const TokenIds& sentence : story) memory.row(i++) = encode_sentence(sentence, embedding, encoding);
    if (temporal) {
        require(temporal->cols() == embedding.cols(), "the temporal table has " + text(temporal->cols()) +
                                                          " columns, but the embedding " + text(embedding.cols()));
        require(n_sentences <= temporal->rows(),
                "the story has " + text(n_sentences) + " sentences, but the temporal table " + text(temporal->rows()));
        memory += temporal->topRows(n_sentences).colwise().reverse();  // row 0 belongs to the newest
    }
    return memory;  // n_sentences x d
}

HopResult hop(const RowVector& u, const Matrix& memory_in, const Matrix& memory_out) {
    require(u.cols() == memory_in.cols(),
            "the state has " + text(u.cols()) + " columns, but the memory " + text(memory_in.cols()));
    require(same_shape(memory_in, memory_out), "both memories must be n_sentences x d");
    RowVector weights = u * memory_in.transpose();  // n_sentences
    if (weights.size() > 0) {
        weights = (weights.array() - weights.maxCoeff()).exp();
        weights /= weights.sum();
    }
    return {weights * memory_out, weights};  // d, n_sentences
}

Answer answer_adjacent(const Story& story, const TokenIds& question, const AdjacentModel& model, Encoding encoding) {
    const std::vector<Matrix>& embeddings = model.embeddings;
    const std::vector<Matrix>& temporal = model.temporal;
    require(embeddings.size() >= 2, "a hop needs an embedding to compare and one to read");
    for (const Matrix& embedding : embeddings) {
        require(same_shape(embedding, embeddings.front()), "all embeddings must be vocabulary x d");
    }
    require(temporal.empty() || temporal.size() == embeddings.size(),
            "there must be one temporal table for each embedding, or none");
    const auto memory = [&](std::size_t k) {
        return encode_story(story, embeddings[k], temporal.empty() ? std::nullopt : std::optional(temporal[k]),
                            encoding);
    };
    const std::size_t n_hops = embeddings.size() - 1;
    Matrix weights(static_cast<Index>(n_hops), static_cast<Index>(story.size()));
    RowVector u = encode_sentence(question, embeddings.front(), encoding);  // B = A^1
    Matrix memory_in = memory(0);                                           // n_sentences x d
    for (std::size_t k = 0; k < n_hops; ++k) {
        Matrix memory_out = memory(k + 1);  // C^k = A^{k+1}
        const HopResult read = hop(u, memory_in, memory_out);
        u += read.output;
        weights.row(static_cast<Index>(k)) = read.weights;
        memory_in = std::move(memory_out);
    }
    return {u * embeddings.back().transpose(), weights};  // W^T = C^K
}

Answer answer_layer_wise(const Story& story, const TokenIds& question, const LayerWiseModel& model, Index n_hops,
                         Encoding encoding) {
    const Index d = model.question.cols();
    require(n_hops >= 1, "there must be at least 1 hop, not " + text(n_hops));
    require(same_shape(model.input, model.question) && same_shape(model.output, model.question),
            "A, B and C must be vocabulary x d");
    require(model.transition.rows() == d && model.transition.cols() == d, "H must be d x d with d = " + text(d));
    require(model.answer.rows() == d,
            "W has " + text(model.answer.rows()) + " rows, but the state " + text(d) + " columns");
    const Matrix memory_in = encode_story(story, model.input, model.temporal_input, encoding);     // n_sentences x d
    const Matrix memory_out = encode_story(story, model.output, model.temporal_output, encoding);  // n_sentences x d
    Matrix weights(n_hops, memory_in.rows());
    RowVector u = encode_sentence(question, model.question, encoding);  // d
    for (Index k = 0; k < n_hops; ++k) {
        const HopResult read = hop(u, memory_in, memory_out);
        u = u * model.transition + read.output;
        weights.row(k) = read.weights;
    }
    return {u * model.answer, weights};  // n_answers, n_hops x n_sentences
}

}  // namespace memory_network
