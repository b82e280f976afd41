// A right solution that keeps the paper's columns: A is d x V, memories are d x sentences, H u and W u as written
// there; sums are long double where they run over words; weights by 1 / sum of exp(difference).
#include "memory_network.hpp"

#include <cmath>
#include <stdexcept>

namespace memory_network {

namespace {

using Wide = Eigen::Matrix<long double, Eigen::Dynamic, Eigen::Dynamic>;  // column-major
using Column = Eigen::Matrix<long double, Eigen::Dynamic, 1>;

Wide turned(const Matrix& matrix) { return matrix.transpose().cast<long double>(); }

Column sentence_column(const TokenIds& x, const Wide& A, bool by_position) {
    Column m = Column::Zero(A.rows());
    const auto d = static_cast<long double>(A.rows()), J = static_cast<long double>(x.size());
    for (std::size_t j = 0; j < x.size(); ++j) {
        if (x[j] < 0 || x[j] >= A.cols()) throw std::invalid_argument("x");
        for (Index k = 0; k < A.rows(); ++k) {
            const long double part = static_cast<long double>(j + 1) / J;
            const long double l = by_position ? (1 - part) - static_cast<long double>(k + 1) / d * (1 - 2 * part) : 1;
            m(k) += l * A(k, x[j]);
        }
    }
    return m;
}

Wide memory_columns(const Story& story, const Wide& A, const std::optional<Matrix>& T, Encoding encoding) {
    const Index n = std::ssize(story);
    if (T && (T->cols() != A.rows() || T->rows() < n)) throw std::invalid_argument("T");
    Wide m(A.rows(), n);
    for (Index i = n - 1; i >= 0; --i) {
        m.col(i) = sentence_column(story[static_cast<std::size_t>(i)], A, encoding == Encoding::position);
        if (T) m.col(i) += T->row(n - 1 - i).transpose().cast<long double>();
    }
    return m;
}

Column attention_to(const Wide& m, const Column& u) {
    const Column scores = m.transpose() * u;
    Column p(scores.size());
    for (Index i = 0; i < p.size(); ++i) {
        long double sum = 0;
        for (Index j = 0; j < p.size(); ++j) sum += std::exp(scores(j) - scores(i));
        p(i) = 1 / sum;
    }
    return p;
}

RowVector rounded(const Column& column) { return column.cast<Scalar>().transpose(); }

}  // namespace

RowVector bag_of_words(const TokenIds& sentence, const Matrix& embedding) {
    return rounded(sentence_column(sentence, turned(embedding), false));
}

Matrix position_encoding(Index n_words, Index d) {
    if (n_words < 0 || d < 1) throw std::invalid_argument("J, d");
    // The encoding of word j alone by an embedding of ones is a difference of two sentences; here it is the formula.
    Matrix l(n_words, d);
    for (Index k = 1; k <= d; ++k)
        for (Index j = 1; j <= n_words; ++j) {
            const long double part = static_cast<long double>(j) / static_cast<long double>(n_words);
            l(j - 1, k - 1) = static_cast<Scalar>((1 - part) - static_cast<long double>(k) /
                                                                   static_cast<long double>(d) * (1 - 2 * part));
        }
    return l;
}

RowVector encode_sentence(const TokenIds& sentence, const Matrix& embedding, Encoding encoding) {
    return rounded(sentence_column(sentence, turned(embedding), encoding == Encoding::position));
}

Matrix encode_story(const Story& story, const Matrix& embedding, const std::optional<Matrix>& temporal,
                    Encoding encoding) {
    return memory_columns(story, turned(embedding), temporal, encoding).transpose().cast<Scalar>();
}

HopResult hop(const RowVector& u, const Matrix& memory_in, const Matrix& memory_out) {
    if (u.cols() != memory_in.cols()) throw std::invalid_argument("u");
    if (memory_in.rows() != memory_out.rows() || memory_in.cols() != memory_out.cols())
        throw std::invalid_argument("m, c");
    const Column p = attention_to(turned(memory_in), u.transpose().cast<long double>());
    return {rounded(turned(memory_out) * p), rounded(p)};
}

Answer answer_adjacent(const Story& story, const TokenIds& question, const AdjacentModel& model, Encoding encoding) {
    const std::size_t n = model.embeddings.size();
    if (n < 2 || (!model.temporal.empty() && model.temporal.size() != n)) throw std::invalid_argument("K");
    for (const Matrix& A : model.embeddings)
        if (A.rows() != model.embeddings[0].rows() || A.cols() != model.embeddings[0].cols())
            throw std::invalid_argument("A");
    const auto memory = [&](std::size_t k) {
        std::optional<Matrix> T;
        if (!model.temporal.empty()) T = model.temporal[k];
        return memory_columns(story, turned(model.embeddings[k]), T, encoding);
    };
    Answer answer;
    answer.weights.resize(static_cast<Index>(n) - 1, std::ssize(story));
    Column u = sentence_column(question, turned(model.embeddings[0]), encoding == Encoding::position);
    for (std::size_t k = 0; k + 1 < n; ++k) {
        const Column p = attention_to(memory(k), u);
        answer.weights.row(static_cast<Index>(k)) = rounded(p);
        u += memory(k + 1) * p;
    }
    answer.logits = rounded(turned(model.embeddings.back()).transpose() * u);
    return answer;
}

Answer answer_layer_wise(const Story& story, const TokenIds& question, const LayerWiseModel& model, Index n_hops,
                         Encoding encoding) {
    const Wide A = turned(model.input), B = turned(model.question), C = turned(model.output),
               H = turned(model.transition), W = turned(model.answer);
    if (n_hops < 1) throw std::invalid_argument("K");
    if (A.rows() != B.rows() || A.cols() != B.cols() || C.rows() != B.rows() || C.cols() != B.cols())
        throw std::invalid_argument("A, B, C");
    if (H.rows() != B.rows() || H.cols() != B.rows() || W.cols() != B.rows()) throw std::invalid_argument("H, W");
    const Wide m = memory_columns(story, A, model.temporal_input, encoding),
               c = memory_columns(story, C, model.temporal_output, encoding);
    Answer answer;
    answer.weights.resize(n_hops, std::ssize(story));
    Column u = sentence_column(question, B, encoding == Encoding::position);
    for (Index k = 0; k < n_hops; ++k) {
        const Column p = attention_to(m, u);
        answer.weights.row(k) = rounded(p);
        u = (H * u + c * p).eval();
    }
    answer.logits = rounded(W * u);
    return answer;
}

}  // namespace memory_network
