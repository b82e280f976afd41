// A right solution that refuses early and strictly: every function checks all its arguments before it computes, one
// condition a line; embeddings without columns are refused too.
#include "memory_network.hpp"

#include <cmath>
#include <sstream>
#include <stdexcept>

namespace memory_network {

namespace {

struct WrongArguments : std::invalid_argument {
    using std::invalid_argument::invalid_argument;
};

void agree(const char* what, Index one, Index other) {
    if (one == other) return;
    std::ostringstream text;
    text << what << " differ: " << one << " and " << other;
    throw WrongArguments(text.str());
}

void check_embedding(const Matrix& embedding) {
    if (embedding.cols() < 1) throw WrongArguments("an embedding needs at least one column");
}

void check_words(const TokenIds& words, const Matrix& embedding) {
    for (const auto word : words) {
        if (word < 0) throw WrongArguments("a word has a negative number");
        if (static_cast<Index>(word) > embedding.rows() - 1) throw WrongArguments("a word is not in the vocabulary");
    }
}

void check_story(const Story& story, const Matrix& embedding, const std::optional<Matrix>& temporal) {
    check_embedding(embedding);
    for (const auto& sentence : story) check_words(sentence, embedding);
    if (!temporal.has_value()) return;
    agree("columns of temporal table and embedding", temporal->cols(), embedding.cols());
    if (temporal->rows() < static_cast<Index>(story.size())) throw WrongArguments("not every sentence has an age");
}

RowVector encoded(const TokenIds& sentence, const Matrix& embedding, Encoding encoding) {
    const Index d = embedding.cols();
    const auto n_words = static_cast<Index>(sentence.size());
    RowVector sum = RowVector::Zero(d);
    for (Index j = 1; j <= n_words; ++j) {
        const auto word = embedding.row(sentence[static_cast<std::size_t>(j - 1)]);
        for (Index k = 1; k <= d; ++k) {
            // Over one denominator: ((J - j) d - k (J - 2 j)) / (J d), in whole numbers up to the division.
            const Index above = (n_words - j) * d - k * (n_words - 2 * j);
            const bool bag = encoding == Encoding::bag_of_words;
            sum(k - 1) += word(k - 1) * (bag ? 1 : static_cast<Scalar>(above) / static_cast<Scalar>(n_words * d));
        }
    }
    return sum;
}

Matrix remembered(const Story& story, const Matrix& embedding, const std::optional<Matrix>& temporal,
                  Encoding encoding) {
    Matrix memory(static_cast<Index>(story.size()), embedding.cols());
    for (Index i = 0; i < memory.rows(); ++i) {
        memory.row(i) = encoded(story[static_cast<std::size_t>(i)], embedding, encoding);
        if (temporal) memory.row(i) += temporal->row(memory.rows() - i - 1);
    }
    return memory;
}

/// The sum first; the largest weight last, as what the others leave over.
HopResult looked_up(const RowVector& u, const Matrix& in, const Matrix& out) {
    HopResult result{RowVector::Zero(out.cols()), RowVector::Zero(in.rows())};
    if (in.rows() == 0) return result;
    const RowVector scores = (in * u.transpose()).transpose();
    Index best = 0;
    const Scalar top = scores.maxCoeff(&best);
    Scalar rest = 0;
    for (Index i = 0; i < scores.size(); ++i) {
        if (i != best) rest += std::exp(scores(i) - top);
    }
    for (Index i = 0; i < scores.size(); ++i) {
        result.weights(i) = i == best ? 1 / (1 + rest) : std::exp(scores(i) - top) / (1 + rest);
        result.output += result.weights(i) * out.row(i);
    }
    return result;
}

}  // namespace

RowVector bag_of_words(const TokenIds& sentence, const Matrix& embedding) {
    check_embedding(embedding);
    check_words(sentence, embedding);
    return encoded(sentence, embedding, Encoding::bag_of_words);
}

Matrix position_encoding(Index n_words, Index d) {
    if (n_words < 0) throw WrongArguments("fewer than no words");
    if (d <= 0) throw WrongArguments("no columns");
    Matrix table(n_words, d);
    for (Index i = 0; i < n_words; ++i) {
        for (Index j = 0; j < d; ++j) {
            const Index above = (n_words - i - 1) * d - (j + 1) * (n_words - 2 * (i + 1));
            table(i, j) = static_cast<Scalar>(above) / static_cast<Scalar>(n_words * d);
        }
    }
    return table;
}

RowVector encode_sentence(const TokenIds& sentence, const Matrix& embedding, Encoding encoding) {
    check_embedding(embedding);
    check_words(sentence, embedding);
    return encoded(sentence, embedding, encoding);
}

Matrix encode_story(const Story& story, const Matrix& embedding, const std::optional<Matrix>& temporal,
                    Encoding encoding) {
    check_story(story, embedding, temporal);
    return remembered(story, embedding, temporal, encoding);
}

HopResult hop(const RowVector& u, const Matrix& memory_in, const Matrix& memory_out) {
    agree("columns of state and memory_in", u.size(), memory_in.cols());
    agree("rows of memory_in and memory_out", memory_in.rows(), memory_out.rows());
    agree("columns of memory_in and memory_out", memory_in.cols(), memory_out.cols());
    return looked_up(u, memory_in, memory_out);
}

Answer answer_adjacent(const Story& story, const TokenIds& question, const AdjacentModel& model, Encoding encoding) {
    const std::size_t tables = model.embeddings.size();
    if (tables < 2) throw WrongArguments("no hop");
    if (!model.temporal.empty() && model.temporal.size() != tables) throw WrongArguments("temporal tables");
    const auto table = [&](std::size_t k) {
        return model.temporal.empty() ? std::optional<Matrix>() : std::optional<Matrix>(model.temporal[k]);
    };
    for (std::size_t k = 0; k < tables; ++k) {
        agree("vocabularies", model.embeddings[k].rows(), model.embeddings[0].rows());
        agree("columns of embeddings", model.embeddings[k].cols(), model.embeddings[0].cols());
        check_story(story, model.embeddings[k], table(k));
    }
    check_words(question, model.embeddings[0]);
    Answer answer;
    answer.weights.resize(static_cast<Index>(tables) - 1, static_cast<Index>(story.size()));
    RowVector u = encoded(question, model.embeddings[0], encoding);
    for (std::size_t k = 1; k < tables; ++k) {
        const auto in = remembered(story, model.embeddings[k - 1], table(k - 1), encoding);
        const auto out = remembered(story, model.embeddings[k], table(k), encoding);
        const auto read = looked_up(u, in, out);
        answer.weights.row(static_cast<Index>(k) - 1) = read.weights;
        u += read.output;
    }
    answer.logits = (model.embeddings[tables - 1] * u.transpose()).transpose();
    return answer;
}

Answer answer_layer_wise(const Story& story, const TokenIds& question, const LayerWiseModel& model, Index n_hops,
                         Encoding encoding) {
    if (n_hops <= 0) throw WrongArguments("no hop");
    agree("vocabularies of A and B", model.input.rows(), model.question.rows());
    agree("vocabularies of C and B", model.output.rows(), model.question.rows());
    agree("columns of A and B", model.input.cols(), model.question.cols());
    agree("columns of C and B", model.output.cols(), model.question.cols());
    agree("rows of H and columns of B", model.transition.rows(), model.question.cols());
    agree("columns of H and of B", model.transition.cols(), model.question.cols());
    agree("rows of W and columns of B", model.answer.rows(), model.question.cols());
    check_story(story, model.input, model.temporal_input);
    check_story(story, model.output, model.temporal_output);
    check_words(question, model.question);
    const auto in = remembered(story, model.input, model.temporal_input, encoding);
    const auto out = remembered(story, model.output, model.temporal_output, encoding);
    Answer answer{RowVector(), Matrix(n_hops, in.rows())};
    RowVector u = encoded(question, model.question, encoding);
    for (Index k = 0; k < n_hops; ++k) {
        const auto read = looked_up(u, in, out);
        answer.weights.row(k) = read.weights;
        u = (model.transition.transpose() * u.transpose()).transpose() + read.output;
    }
    answer.logits = u * model.answer;
    return answer;
}

}  // namespace memory_network
