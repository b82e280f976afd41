// A time step is a function from one tuple to the next; sums are tensor products, nothing of Eigen's block functions is
// used but rows, and the run is a recursion.
#include "copy_task.hpp"

#include <cmath>
#include <functional>
#include <numeric>
#include <set>
#include <stdexcept>

namespace copy_task {

namespace {

using Numbers = std::vector<Scalar>;

[[noreturn]] void refuse(const char* why) { throw std::invalid_argument(why); }

RowVector row_of(const Numbers& numbers) {
    return Eigen::Map<const RowVector>(numbers.data(), static_cast<Index>(numbers.size()));
}

/// Takes numbers off the front of a row.
struct Source {
    const RowVector& raw;
    Index at = 0;

    Scalar one() { return raw(at++); }
    RowVector many(Index count, const std::function<Scalar(Scalar)>& squash) {
        Numbers numbers;
        while (count-- > 0) numbers.push_back(squash(one()));
        return row_of(numbers);
    }
};

Scalar logistic(Scalar x) { return (1 + std::tanh(x / 2)) / 2; }

Scalar soft_positive(Scalar x) { return x > 0 ? x - std::log(logistic(x)) : std::log1p(std::exp(x)); }

Scalar squashed(Scalar x) { return std::tanh(x); }

Head take_head(Source& source, Index d_slot, Index n_steps) {
    Head head;
    head.key = source.many(d_slot, squashed);
    head.strength = soft_positive(source.one());
    head.gate = logistic(source.one());
    const RowVector scores = source.many(n_steps, [](Scalar x) { return x; });
    Numbers steps;
    for (const Scalar score : scores) {
        Scalar others = 0;  // 1 / sum of exp(other - score) is the softmax, and may be 1 / infinity
        for (const Scalar other : scores) others += std::exp(other - score);
        steps.push_back(1 / others);
    }
    head.shift = row_of(steps);
    head.sharpening = soft_positive(source.one()) + 1;
    return head;
}

RowVector layer(const Linear& weights, const RowVector& left, const RowVector& right) {
    const Index n_left = left.size();
    if (n_left + right.size() != weights.weight.rows()) refuse("the layer reads another number of features");
    if (weights.bias.size() != weights.weight.cols()) refuse("the bias is of another width");
    RowVector result = weights.bias;
    for (Index i = 0; i < weights.weight.rows(); ++i)
        result += (i < n_left ? left(i) : right(i - n_left)) * weights.weight.row(i);
    return result;
}

}  // namespace

Head head_from(const RowVector& raw, Index d_slot) {
    const Index n_steps = raw.size() - 3 - d_slot;
    if (d_slot <= 0 || n_steps <= 0 || n_steps % 2 == 0) refuse("these are no numbers of a head");
    Source source{raw};
    return take_head(source, d_slot, n_steps);
}

WriteHead write_head_from(const RowVector& raw, Index d_slot) {
    const Index n_steps = raw.size() - 3 - 3 * d_slot;
    if (d_slot <= 0 || n_steps <= 0 || n_steps % 2 == 0) refuse("these are no numbers of a head that writes");
    Source source{raw};
    WriteHead writer;
    writer.head = take_head(source, d_slot, n_steps);
    writer.erase = source.many(d_slot, logistic);
    writer.add = source.many(d_slot, squashed);
    return writer;
}

State initial_state(Index n_slots, Index d_slot) {
    if (std::min(n_slots, d_slot) < 1) refuse("there is no such memory");
    State state{Matrix(n_slots, d_slot), RowVector::Zero(n_slots), RowVector::Zero(n_slots), RowVector::Zero(d_slot)};
    state.memory.fill(Scalar(0.01));
    state.writing(0) = state.reading(0) = 1;
    return state;
}

Step step(const RowVector& input, const State& before, const MachineWeights& weights) {
    if (before.read.size() != before.memory.cols()) refuse("what was read is no slot");
    RowVector hidden = layer(weights.controller, input, before.read);
    for (Scalar& x : hidden) x = squashed(x);
    const RowVector nothing;
    Step now;
    const WriteHead writer = write_head_from(layer(weights.writer, hidden, nothing), before.memory.cols());
    now.state.writing = neural_turing_machine::address(writer.head, before.writing, before.memory);
    now.state.memory = neural_turing_machine::write(before.memory, {{now.state.writing, writer.erase, writer.add}});
    const Head reader = head_from(layer(weights.reader, hidden, nothing), before.memory.cols());
    now.state.reading = neural_turing_machine::address(reader, before.reading, now.state.memory);
    now.state.read = neural_turing_machine::read(now.state.memory, now.state.reading);
    now.logits = layer(weights.output, hidden, now.state.read);
    return now;
}

Matrix task_inputs(const Matrix& bits) {
    for (const Scalar bit : bits.reshaped()) {
        if (bit != 0 && bit != 1) refuse("a bit is 0 or 1");
    }
    return Matrix::NullaryExpr(2 * bits.rows() + 1, bits.cols() + 1, [&](Index t, Index channel) {
        const bool listening = t < bits.rows(), mark = channel == bits.cols();
        return listening ? (mark ? Scalar{0} : bits(t, channel)) : Scalar(mark ? 1 : 0);
    });
}

namespace {

/// All steps from step t on, the last one first.
std::vector<Step> steps_from(Index t, const Matrix& inputs, const State& state, const MachineWeights& weights) {
    if (t == inputs.rows()) return {};
    const Step now = step(inputs.row(t), state, weights);
    std::vector<Step> later = steps_from(t + 1, inputs, now.state, weights);
    later.push_back(now);
    return later;
}

}  // namespace

Run run(const Matrix& inputs, const State& start, const MachineWeights& weights) {
    const std::vector<Step> steps = steps_from(0, inputs, start, weights);
    Run result{Matrix(inputs.rows(), weights.output.bias.size()), steps.empty() ? start : steps.front().state};
    Index t = inputs.rows();
    for (const Step& each : steps) result.logits.row(--t) = each.logits;
    return result;
}

Matrix said_bits(const Matrix& logits) {
    if (logits.rows() % 2 == 0) refuse("no row of these is the one with the mark");
    Matrix said = logits.bottomRows((logits.rows() - 1) / 2);
    for (Scalar& number : said.reshaped()) number = std::signbit(number) || number == 0 ? 0 : 1;
    return said;
}

Index wrong_bits(const Matrix& bits, const Matrix& said) {
    if (bits.rows() != said.rows() || bits.cols() != said.cols()) refuse("another shape");
    return std::inner_product(bits.data(), bits.data() + bits.size(), said.data(), Index{0}, std::plus<>(),
                              [](Scalar a, Scalar b) { return Index{a == b ? 0 : 1}; });
}

std::vector<LengthErrors> wrong_by_length(const std::vector<Matrix>& sequences, const State& start,
                                          const MachineWeights& weights) {
    std::set<Index> lengths;
    std::vector<Index> wrong;
    for (const Matrix& bits : sequences) {
        lengths.insert(bits.rows());
        wrong.push_back(wrong_bits(bits, said_bits(run(task_inputs(bits), start, weights).logits)));
    }
    std::vector<LengthErrors> errors;
    for (const Index length : lengths) {
        Scalar n = 0, mean = 0;  // a running mean
        for (std::size_t i = 0; i < wrong.size(); ++i) {
            if (sequences[i].rows() != length) continue;
            n += 1;
            mean += (static_cast<Scalar>(wrong[i]) - mean) / n;
        }
        errors.push_back({length, mean});
    }
    return errors;
}

HeadsOverTime heads_over_time(const Matrix& inputs, const State& start, const MachineWeights& weights) {
    HeadsOverTime heads;
    heads.writing.resize(inputs.rows(), start.writing.size());
    heads.reading.resize(inputs.rows(), start.reading.size());
    Index t = inputs.rows();
    for (const Step& each : steps_from(0, inputs, start, weights)) {
        heads.writing.row(--t) = each.state.writing;
        heads.reading.row(t) = each.state.reading;
    }
    return heads;
}

std::vector<Index> path(const Matrix& weights) {
    if (weights.cols() == 0) refuse("no slots");
    std::vector<Index> slots(static_cast<std::size_t>(weights.rows()), 0);
    for (Index slot = weights.cols() - 1; slot >= 0; --slot) {  // from behind: what is as large as the largest wins
        for (Index t = 0; t < weights.rows(); ++t) {
            if (weights(t, slot) == weights.row(t).maxCoeff()) slots[static_cast<std::size_t>(t)] = slot;
        }
    }
    return slots;
}

}  // namespace copy_task
