// Written with plain loops, element by element; a piece of the raw row is read by a running index.
#include "copy_task.hpp"

#include <cmath>
#include <stdexcept>

namespace copy_task {

static void refuse_if(bool wrong, const char* why) {
    if (wrong) throw std::invalid_argument(why);
}

static Scalar soft_plus(Scalar x) { return x > 0 ? x + std::log1p(std::exp(-x)) : std::log1p(std::exp(x)); }

static Scalar logistic(Scalar x) {
    if (x >= 0) return 1 / (1 + std::exp(-x));
    const Scalar e = std::exp(x);
    return e / (1 + e);
}

Head head_from(const RowVector& raw, Index d_slot) {
    refuse_if(d_slot < 1, "no features");
    const Index steps = raw.size() - d_slot - 3;
    refuse_if(steps < 1 || steps % 2 == 0, "the steps have no middle");
    Head head;
    Index at = 0;
    head.key.resize(d_slot);
    for (Index i = 0; i < d_slot; ++i) head.key(i) = std::tanh(raw(at++));
    head.strength = soft_plus(raw(at++));
    head.gate = logistic(raw(at++));
    Scalar largest = raw(at);
    for (Index s = 1; s < steps; ++s) largest = std::max(largest, raw(at + s));
    head.shift.resize(steps);
    Scalar sum = 0;
    for (Index s = 0; s < steps; ++s) sum += head.shift(s) = std::exp(raw(at++) - largest);
    for (Index s = 0; s < steps; ++s) head.shift(s) /= sum;
    head.sharpening = 1 + soft_plus(raw(at));
    return head;
}

WriteHead write_head_from(const RowVector& raw, Index d_slot) {
    refuse_if(d_slot < 1 || raw.size() < 3 * d_slot + 4, "too short");
    WriteHead writer;
    const Index front = raw.size() - 2 * d_slot;
    RowVector first(front);
    for (Index i = 0; i < front; ++i) first(i) = raw(i);
    writer.head = head_from(first, d_slot);
    writer.erase.resize(d_slot);
    writer.add.resize(d_slot);
    for (Index i = 0; i < d_slot; ++i) {
        writer.erase(i) = logistic(raw(front + i));
        writer.add(i) = std::tanh(raw(front + d_slot + i));
    }
    return writer;
}

State initial_state(Index n_slots, Index d_slot) {
    refuse_if(n_slots < 1 || d_slot < 1, "no memory");
    State state;
    state.memory.resize(n_slots, d_slot);
    state.memory.fill(Scalar(0.01));
    state.writing = RowVector::Zero(n_slots);
    state.writing(0) = 1;
    state.reading = state.writing;
    state.read = RowVector::Zero(d_slot);
    return state;
}

static RowVector layer(const RowVector& left, const RowVector& right, const Linear& linear) {
    const Index n = left.size() + right.size();
    refuse_if(linear.weight.rows() != n || linear.weight.cols() != linear.bias.size(), "a layer does not fit");
    RowVector result = linear.bias;
    for (Index j = 0; j < result.size(); ++j) {
        for (Index i = 0; i < n; ++i) {
            result(j) += (i < left.size() ? left(i) : right(i - left.size())) * linear.weight(i, j);
        }
    }
    return result;
}

Step step(const RowVector& input, const State& before, const MachineWeights& weights) {
    const Index d_slot = before.memory.cols(), n_slots = before.memory.rows();
    refuse_if(before.read.size() != d_slot, "the reading does not fit");
    refuse_if(before.writing.size() != n_slots || before.reading.size() != n_slots, "a place for each slot");
    RowVector hidden = layer(input, before.read, weights.controller);
    for (Index i = 0; i < hidden.size(); ++i) hidden(i) = std::tanh(hidden(i));
    const WriteHead writer = write_head_from(layer(hidden, RowVector(), weights.writer), d_slot);
    const Head reader = head_from(layer(hidden, RowVector(), weights.reader), d_slot);
    Step result;
    State& after = result.state;
    after.writing = neural_turing_machine::address(writer.head, before.writing, before.memory);
    neural_turing_machine::Write write;
    write.weights = after.writing;
    write.erase = writer.erase;
    write.add = writer.add;
    after.memory = neural_turing_machine::write(before.memory, {write});
    after.reading = neural_turing_machine::address(reader, before.reading, after.memory);
    after.read = neural_turing_machine::read(after.memory, after.reading);
    result.logits = layer(hidden, after.read, weights.output);
    return result;
}

Matrix task_inputs(const Matrix& bits) {
    const Index length = bits.rows();
    Matrix table(2 * length + 1, bits.cols() + 1);
    for (Index t = 0; t < table.rows(); ++t) {
        for (Index k = 0; k < bits.cols(); ++k) {
            table(t, k) = t < length ? bits(t, k) : 0;
            refuse_if(table(t, k) != 0 && table(t, k) != 1, "no bit");
        }
        table(t, bits.cols()) = t < length ? 0 : 1;
    }
    return table;
}

Run run(const Matrix& inputs, const State& start, const MachineWeights& weights) {
    Run result;
    result.end = start;
    result.logits.resize(inputs.rows(), weights.output.bias.size());
    for (Index t = 0; t < inputs.rows(); ++t) {
        Step now = step(inputs.row(t), result.end, weights);
        for (Index k = 0; k < result.logits.cols(); ++k) result.logits(t, k) = now.logits(k);
        result.end = now.state;
    }
    return result;
}

Matrix said_bits(const Matrix& logits) {
    refuse_if(logits.rows() % 2 != 1, "no middle");
    const Index length = (logits.rows() - 1) / 2;
    Matrix said(length, logits.cols());
    for (Index t = 0; t < length; ++t) {
        for (Index k = 0; k < logits.cols(); ++k) said(t, k) = logits(length + 1 + t, k) > 0 ? 1 : 0;
    }
    return said;
}

Index wrong_bits(const Matrix& bits, const Matrix& said) {
    refuse_if(bits.rows() != said.rows() || bits.cols() != said.cols(), "another shape");
    Index wrong = 0;
    for (Index t = 0; t < bits.rows(); ++t) {
        for (Index k = 0; k < bits.cols(); ++k) {
            if (bits(t, k) != said(t, k)) ++wrong;
        }
    }
    return wrong;
}

std::vector<LengthErrors> wrong_by_length(const std::vector<Matrix>& sequences, const State& start,
                                          const MachineWeights& weights) {
    Index longest = -1;
    for (const Matrix& bits : sequences) longest = std::max(longest, bits.rows());
    std::vector<LengthErrors> errors;
    for (Index length = 0; length <= longest; ++length) {
        Index wrong = 0, count = 0;
        for (const Matrix& bits : sequences) {
            if (bits.rows() != length) continue;
            wrong += wrong_bits(bits, said_bits(run(task_inputs(bits), start, weights).logits));
            ++count;
        }
        if (count > 0) errors.push_back({length, static_cast<Scalar>(wrong) / static_cast<Scalar>(count)});
    }
    return errors;
}

HeadsOverTime heads_over_time(const Matrix& inputs, const State& start, const MachineWeights& weights) {
    HeadsOverTime heads;
    heads.writing.resize(inputs.rows(), start.memory.rows());
    heads.reading.resize(inputs.rows(), start.memory.rows());
    State now = start;
    for (Index t = 0; t < inputs.rows(); ++t) {
        now = step(inputs.row(t), now, weights).state;
        for (Index i = 0; i < now.writing.size(); ++i) {
            heads.writing(t, i) = now.writing(i);
            heads.reading(t, i) = now.reading(i);
        }
    }
    return heads;
}

std::vector<Index> path(const Matrix& weights) {
    refuse_if(weights.cols() == 0, "no slots");
    std::vector<Index> slots(static_cast<std::size_t>(weights.rows()), 0);
    for (Index t = 0; t < weights.rows(); ++t) {
        Index best = 0;
        for (Index i = 1; i < weights.cols(); ++i) {
            if (weights(t, i) > weights(t, best)) best = i;
        }
        slots[static_cast<std::size_t>(t)] = best;
    }
    return slots;
}

}  // namespace copy_task
