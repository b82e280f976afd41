// A right solution in the tensors of a NumPy programmer: a story is one rectangle of ids, filled up with -1, sentences
// x longest; position weights come from outer products; A, B and C are looked up once a model and kept for all hops.
#include "memory_network.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <stdexcept>

namespace memory_network {

namespace {

using Ids = Eigen::Array<int, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

Ids rectangle(const Story& story) {
    std::size_t longest = 0;
    for (const TokenIds& sentence : story) longest = std::max(longest, sentence.size());
    Ids ids = Ids::Constant(std::ssize(story), static_cast<Index>(longest), -1);
    for (Index i = 0; i < ids.rows(); ++i) {
        const TokenIds& sentence = story[static_cast<std::size_t>(i)];
        std::copy(sentence.begin(), sentence.end(), ids.row(i).begin());
    }
    return ids;
}

void known(const Story& story, const Matrix& embedding) {
    for (const TokenIds& sentence : story)
        if (std::ranges::any_of(sentence, [&](int id) { return id < 0 || id >= embedding.rows(); }))
            throw std::invalid_argument("an id that is no row of the embedding");
}

Matrix encode_all(const Story& story, const Matrix& embedding, Encoding encoding) {
    known(story, embedding);
    const Ids ids = rectangle(story);
    Matrix sum = Matrix::Zero(ids.rows(), embedding.cols());
    for (Index i = 0; i < ids.rows(); ++i) {
        const Index n_words = std::ssize(story[static_cast<std::size_t>(i)]);
        const bool weighted = encoding == Encoding::position && embedding.cols() > 0;
        const Matrix l =
            weighted ? position_encoding(n_words, embedding.cols()) : Matrix(Matrix::Ones(n_words, embedding.cols()));
        for (Index j = 0; j < ids.cols() && ids(i, j) != -1; ++j)
            sum.row(i) += l.row(j).cwiseProduct(embedding.row(ids(i, j)));
    }
    return sum;
}

void check(bool right) {
    if (!right) throw std::invalid_argument("shapes");
}

}  // namespace

RowVector bag_of_words(const TokenIds& sentence, const Matrix& embedding) {
    return encode_all({sentence}, embedding, Encoding::bag_of_words).row(0);
}

Matrix position_encoding(Index n_words, Index d) {
    check(n_words >= 0 && d >= 1);
    if (n_words == 0) return Matrix(0, d);
    const auto J = static_cast<Scalar>(n_words);
    const RowVector j = RowVector::LinSpaced(n_words, 1, J) / J,
                    k = RowVector::LinSpaced(d, 1, static_cast<Scalar>(d)) / static_cast<Scalar>(d);
    // (1 - j) - k (1 - 2 j) = 1 - j - k + 2 j k
    Matrix l = 2 * j.transpose() * k;
    l.colwise() += (1 - j.array()).matrix().transpose();
    return l.rowwise() - k;
}

RowVector encode_sentence(const TokenIds& sentence, const Matrix& embedding, Encoding encoding) {
    return encode_all(Story(1, sentence), embedding, encoding).row(0);
}

Matrix encode_story(const Story& story, const Matrix& embedding, const std::optional<Matrix>& temporal,
                    Encoding encoding) {
    Matrix memory = encode_all(story, embedding, encoding);
    if (!temporal.has_value()) return memory;
    check(temporal->cols() == embedding.cols() && temporal->rows() >= memory.rows());
    return memory + temporal->topRows(memory.rows()).colwise().reverse();
}

HopResult hop(const RowVector& u, const Matrix& memory_in, const Matrix& memory_out) {
    check(u.cols() == memory_in.cols());
    check(memory_in.rows() == memory_out.rows() && memory_in.cols() == memory_out.cols());
    if (memory_in.rows() == 0) return {RowVector::Zero(u.cols()), RowVector(0)};
    RowVector p = u * memory_in.transpose();
    p = (p.array() - p.maxCoeff()).exp();
    p /= p.lpNorm<1>();
    return {p * memory_out, p};
}

Answer answer_adjacent(const Story& story, const TokenIds& question, const AdjacentModel& model, Encoding encoding) {
    check(model.embeddings.size() > 1);
    check(model.temporal.empty() || model.temporal.size() == model.embeddings.size());
    std::vector<Matrix> memories;  // the k-th is what hop k compares with, and what hop k - 1 has read
    for (std::size_t k = 0; k < model.embeddings.size(); ++k) {
        check(model.embeddings[k].rows() == model.embeddings[0].rows() &&
              model.embeddings[k].cols() == model.embeddings[0].cols());
        memories.push_back(encode_story(story, model.embeddings[k],
                                        model.temporal.empty() ? std::nullopt : std::optional(model.temporal[k]),
                                        encoding));
    }
    RowVector u = encode_sentence(question, model.embeddings.front(), encoding);
    Answer answer{{}, Matrix(std::ssize(memories) - 1, std::ssize(story))};
    for (Index k = 0; k < answer.weights.rows(); ++k) {
        const auto at = static_cast<std::size_t>(k);
        const auto [output, weights] = hop(u, memories[at], memories[at + 1]);
        u += output;
        answer.weights.row(k) = weights;
    }
    answer.logits = (model.embeddings.back() * u.transpose()).transpose();
    return answer;
}

Answer answer_layer_wise(const Story& story, const TokenIds& question, const LayerWiseModel& model, Index n_hops,
                         Encoding encoding) {
    check(n_hops >= 1);
    const Index vocabulary = model.question.rows(), d = model.question.cols();
    for (const Matrix* table : {&model.input, &model.output}) check(table->rows() == vocabulary && table->cols() == d);
    check(model.transition.rows() == d && model.transition.cols() == d && model.answer.rows() == d);
    const Matrix in = encode_story(story, model.input, model.temporal_input, encoding);
    const Matrix out = encode_story(story, model.output, model.temporal_output, encoding);
    RowVector u = encode_sentence(question, model.question, encoding);
    Answer answer;
    answer.weights.resize(n_hops, in.rows());
    for (Index k = 0; k < n_hops; ++k) {
        const HopResult found = hop(u, in, out);
        answer.weights.row(k) = found.weights;
        u = u * model.transition + found.output;
    }
    answer.logits.noalias() = u * model.answer;
    return answer;
}

}  // namespace memory_network
