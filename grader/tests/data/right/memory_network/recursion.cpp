// Tensor sums written out: memories as word counts times embeddings, hops as recursion.
#include "memory_network.hpp"

#include <cmath>
#include <map>
#include <stdexcept>

namespace memory_network {
namespace {

[[noreturn]] void refuse() { throw std::invalid_argument("does not fit"); }

Answer ask(const RowVector& u, std::size_t k, std::size_t n, auto&& memories, auto&& next, Matrix& looked) {
    if (k == n) return {u, looked};
    const auto [in, out] = memories(k);
    const HopResult read = hop(u, in, out);
    looked.row(static_cast<Index>(k)) = read.weights;
    return ask(next(u, read.output), k + 1, n, memories, next, looked);
}

}  // namespace

RowVector bag_of_words(const TokenIds& sentence, const Matrix& embedding) {
    std::map<int, int> counts;
    for (const int id : sentence) ++counts[id];
    RowVector sum = RowVector::Zero(embedding.cols());
    for (const auto [id, count] : counts) {
        if (id < 0 || id >= embedding.rows()) refuse();
        sum += static_cast<Scalar>(count) * embedding.row(id);
    }
    return sum;
}

Matrix position_encoding(Index n_words, Index d) {
    if (n_words < 0 || d < 1) refuse();
    Matrix l(n_words, d);
    const auto n = static_cast<Scalar>(n_words), width = static_cast<Scalar>(d);
    for (Index at = 0; at < l.size(); ++at) {
        const Scalar j = static_cast<Scalar>(at / d + 1), k = static_cast<Scalar>(at % d + 1);
        l.data()[at] = ((n - j) * width - k * (n - 2 * j)) / (n * width);
    }
    return l;
}

RowVector encode_sentence(const TokenIds& sentence, const Matrix& embedding, Encoding encoding) {
    if (encoding == Encoding::bag_of_words || sentence.empty() || embedding.cols() == 0)
        return bag_of_words(sentence, embedding);
    const Matrix l = position_encoding(static_cast<Index>(sentence.size()), embedding.cols());
    RowVector sum = RowVector::Zero(embedding.cols());
    for (std::size_t j = sentence.size(); j-- > 0;) {
        if (sentence[j] < 0 || sentence[j] >= embedding.rows()) refuse();
        sum.array() += l.row(static_cast<Index>(j)).array() * embedding.row(sentence[j]).array();
    }
    return sum;
}

Matrix encode_story(const Story& story, const Matrix& embedding, const std::optional<Matrix>& temporal,
                    Encoding encoding) {
    const auto n = static_cast<Index>(story.size());
    if (temporal && (temporal->rows() < n || temporal->cols() != embedding.cols())) refuse();
    Matrix memory(n, embedding.cols());
    for (Index age = 0; age < n; ++age) {
        const Index i = n - 1 - age;
        memory.row(i) = encode_sentence(story[static_cast<std::size_t>(i)], embedding, encoding);
        if (temporal) memory.row(i) += temporal->row(age);
    }
    return memory;
}

HopResult hop(const RowVector& u, const Matrix& memory_in, const Matrix& memory_out) {
    if (u.size() != memory_in.cols() || memory_in.rows() != memory_out.rows() || memory_in.cols() != memory_out.cols())
        refuse();
    const Index n = memory_in.rows();
    RowVector scores(n), weights(n), output = RowVector::Zero(memory_out.cols());
    for (Index i = 0; i < n; ++i) scores(i) = (memory_in.row(i).array() * u.array()).sum();
    for (Index i = 0; i < n; ++i) {
        Scalar others = 0;  // 1 / sum of exp(s_j - s_i): no maximum is needed, infinity gives 0
        for (Index j = 0; j < n; ++j) others += std::exp(scores(j) - scores(i));
        weights(i) = 1 / others;
        output += weights(i) * memory_out.row(i);
    }
    return {output, weights};
}

Answer answer_adjacent(const Story& story, const TokenIds& question, const AdjacentModel& model, Encoding encoding) {
    const std::size_t n = model.embeddings.size();
    if (n < 2 || (model.temporal.size() != 0 && model.temporal.size() != n)) refuse();
    for (const Matrix& e : model.embeddings)
        if (e.rows() != model.embeddings[0].rows() || e.cols() != model.embeddings[0].cols()) refuse();
    std::vector<Matrix> all;
    for (std::size_t k = 0; k < n; ++k) {
        std::optional<Matrix> ages;
        if (!model.temporal.empty()) ages = model.temporal[k];
        all.push_back(encode_story(story, model.embeddings[k], ages, encoding));
    }
    Matrix looked(static_cast<Index>(n) - 1, static_cast<Index>(story.size()));
    Answer answer = ask(
        encode_sentence(question, model.embeddings[0], encoding), 0, n - 1,
        [&](std::size_t k) { return std::pair<const Matrix&, const Matrix&>(all[k], all[k + 1]); },
        [](const RowVector& u, const RowVector& o) -> RowVector { return u + o; }, looked);
    return {(model.embeddings[n - 1] * answer.logits.transpose()).transpose(), answer.weights};
}

Answer answer_layer_wise(const Story& story, const TokenIds& question, const LayerWiseModel& model, Index n_hops,
                         Encoding encoding) {
    const auto shaped = [](const Matrix& m, Index rows, Index cols) {
        if (m.rows() != rows || m.cols() != cols) refuse();
    };
    if (n_hops < 1) refuse();
    shaped(model.input, model.question.rows(), model.question.cols());
    shaped(model.output, model.question.rows(), model.question.cols());
    shaped(model.transition, model.question.cols(), model.question.cols());
    if (model.answer.rows() != model.question.cols()) refuse();
    const Matrix in = encode_story(story, model.input, model.temporal_input, encoding);
    const Matrix out = encode_story(story, model.output, model.temporal_output, encoding);
    Matrix looked(n_hops, in.rows());
    Answer answer = ask(
        encode_sentence(question, model.question, encoding), 0, static_cast<std::size_t>(n_hops),
        [&](std::size_t) { return std::pair<const Matrix&, const Matrix&>(in, out); },
        [&](const RowVector& u, const RowVector& o) -> RowVector { return o + u * model.transition; }, looked);
    return {answer.logits * model.answer, answer.weights};
}

}  // namespace memory_network
