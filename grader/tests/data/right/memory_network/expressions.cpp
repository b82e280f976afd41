// A right solution in whole matrices: one-hot words times the embedding, outer products for the positions.
#include "memory_network.hpp"

#include <algorithm>
#include <stdexcept>

namespace memory_network {

static void refuse(bool wrong, const char* what) {
    if (wrong) throw std::invalid_argument(what);
}

/// (n_words x vocabulary), one 1 a row.
static Matrix one_hot(const TokenIds& sentence, Index vocabulary) {
    Matrix words = Matrix::Zero(static_cast<Index>(sentence.size()), vocabulary);
    for (std::size_t j = 0; j < sentence.size(); ++j) {
        refuse(sentence[j] < 0 || sentence[j] >= vocabulary, "word");
        words(static_cast<Index>(j), sentence[j]) = 1;
    }
    return words;
}

static Matrix softmax(const Matrix& scores) {
    if (scores.cols() == 0) return scores;
    const Matrix powers = (scores.array() - scores.maxCoeff()).exp();
    return powers / powers.sum();
}

RowVector bag_of_words(const TokenIds& sentence, const Matrix& embedding) {
    const RowVector counts = one_hot(sentence, embedding.rows()).colwise().sum();
    return counts * embedding;
}

Matrix position_encoding(Index n_words, Index d) {
    refuse(n_words < 0 || d <= 0, "size");
    // Multiplied out: l = 1 - j/J - k/d + 2 (j/J)(k/d).
    const RowVector along =
        RowVector::LinSpaced(n_words, 1, static_cast<Scalar>(n_words)) / static_cast<Scalar>(n_words);
    const RowVector across = RowVector::LinSpaced(d, 1, static_cast<Scalar>(d)) / static_cast<Scalar>(d);
    Matrix l = 2 * along.transpose() * across;
    l.rowwise() -= across;
    l.colwise() -= along.transpose();
    return l.array() + 1;
}

RowVector encode_sentence(const TokenIds& sentence, const Matrix& embedding, Encoding encoding) {
    Matrix l = Matrix::Ones(static_cast<Index>(sentence.size()), embedding.cols());
    if (encoding == Encoding::position) l = position_encoding(l.rows(), l.cols());
    return (one_hot(sentence, embedding.rows()) * embedding).cwiseProduct(l).colwise().sum();
}

Matrix encode_story(const Story& story, const Matrix& embedding, const std::optional<Matrix>& temporal,
                    Encoding encoding) {
    const auto n = static_cast<Index>(story.size());
    const Matrix ages = temporal.value_or(Matrix::Zero(n, embedding.cols()));
    refuse(ages.cols() != embedding.cols() || ages.rows() < n, "temporal");
    Matrix memory = ages.topRows(n).colwise().reverse();
    for (Index i = 0; i < n; ++i)
        memory.row(i) += encode_sentence(story[static_cast<std::size_t>(i)], embedding, encoding);
    return memory;
}

HopResult hop(const RowVector& u, const Matrix& memory_in, const Matrix& memory_out) {
    refuse(u.cols() != memory_in.cols() || memory_in.rows() != memory_out.rows(), "u or rows");
    refuse(memory_in.cols() != memory_out.cols(), "columns");
    HopResult result;
    result.weights = softmax(u * memory_in.transpose());
    result.output = result.weights * memory_out;
    return result;
}

Answer answer_adjacent(const Story& story, const TokenIds& question, const AdjacentModel& model, Encoding encoding) {
    const auto& [embeddings, temporal] = model;
    refuse(embeddings.size() < 2, "embeddings");
    refuse(!temporal.empty() && temporal.size() != embeddings.size(), "tables");
    std::vector<Matrix> memories;
    for (std::size_t k = 0; k < embeddings.size(); ++k) {
        refuse(embeddings[k].rows() != embeddings[0].rows() || embeddings[k].cols() != embeddings[0].cols(), "shape");
        std::optional<Matrix> ages;
        if (!temporal.empty()) ages = temporal[k];
        memories.push_back(encode_story(story, embeddings[k], ages, encoding));
    }
    Answer answer{encode_sentence(question, embeddings[0], encoding), Matrix(memories.size() - 1, story.size())};
    RowVector& u = answer.logits;
    for (std::size_t k = 1; k < memories.size(); ++k) {
        const auto [output, weights] = hop(u, memories[k - 1], memories[k]);
        answer.weights.row(static_cast<Index>(k) - 1) = weights;
        u += output;
    }
    u = (embeddings.back() * u.transpose()).transpose().eval();
    return answer;
}

Answer answer_layer_wise(const Story& story, const TokenIds& question, const LayerWiseModel& model, Index n_hops,
                         Encoding encoding) {
    const auto& [B, A, C, T_A, T_C, H, W] = model;
    refuse(n_hops < 1, "hops");
    refuse(A.rows() != B.rows() || A.cols() != B.cols() || C.rows() != B.rows() || C.cols() != B.cols(), "A, B, C");
    refuse(H.rows() != B.cols() || H.cols() != H.rows() || W.rows() != H.rows(), "H, W");
    const Matrix m = encode_story(story, A, T_A, encoding), c = encode_story(story, C, T_C, encoding);
    Matrix states(n_hops + 1, B.cols()), weights(n_hops, m.rows());
    states.row(0) = encode_sentence(question, B, encoding);
    for (Index k = 0; k < n_hops; ++k) {
        weights.row(k) = softmax(states.row(k) * m.transpose());
        states.row(k + 1) = states.row(k) * H;
        states.row(k + 1) += weights.row(k) * c;
    }
    return {states.row(n_hops) * W, weights};
}

}  // namespace memory_network
