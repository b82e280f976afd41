// Reference: from the controller's numbers to heads, a step, a run, its errors and its picture.
#include "copy_task.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <stdexcept>
#include <string>

namespace copy_task {

using neural_turing_machine::Write;

namespace {

void require(bool fits, const std::string& sentence) {
    if (!fits) throw std::invalid_argument(sentence);
}

std::string text(Index number) { return std::to_string(number); }

/// exp never gets a positive number, so it cannot overflow.
Scalar softplus(Scalar x) { return std::max(x, Scalar{0}) + std::log1p(std::exp(-std::abs(x))); }

Scalar sigmoid(Scalar x) { return 1 / (1 + std::exp(-x)); }

RowVector softmax(const RowVector& scores) {
    const RowVector exponentials = (scores.array() - scores.maxCoeff()).exp();
    return exponentials / exponentials.sum();
}

RowVector tanh(const RowVector& row) {
    return row.unaryExpr([](Scalar x) { return std::tanh(x); });
}

RowVector through(const Linear& layer, const RowVector& row) {
    require(row.size() == layer.weight.rows(),
            text(row.size()) + " numbers for a layer that reads " + text(layer.weight.rows()));
    require(layer.bias.size() == layer.weight.cols(),
            "a bias of " + text(layer.bias.size()) + " for " + text(layer.weight.cols()) + " outputs");
    return row * layer.weight + layer.bias;
}

RowVector joined(const RowVector& left, const RowVector& right) {
    RowVector both(left.size() + right.size());
    both << left, right;
    return both;
}

}  // namespace

Head head_from(const RowVector& raw, Index d_slot) {
    require(d_slot > 0, "a slot must have at least one feature");
    const Index n_steps = raw.size() - d_slot - 3;
    require(n_steps > 0 && n_steps % 2 == 1, text(n_steps) + " steps of a shift have no middle");
    return {tanh(raw.head(d_slot)), softplus(raw(d_slot)), sigmoid(raw(d_slot + 1)),
            softmax(raw.segment(d_slot + 2, n_steps)), 1 + softplus(raw(raw.size() - 1))};
}

WriteHead write_head_from(const RowVector& raw, Index d_slot) {
    require(d_slot > 0, "a slot must have at least one feature");
    const Index n_head = raw.size() - 2 * d_slot;
    require(n_head > 0, text(raw.size()) + " numbers are too few for a head that writes");
    const RowVector erase = raw.segment(n_head, d_slot).unaryExpr(&sigmoid), add = tanh(raw.tail(d_slot));
    return {head_from(raw.head(n_head), d_slot), erase, add};
}

State initial_state(Index n_slots, Index d_slot) {
    require(n_slots > 0 && d_slot > 0, "a memory needs a slot, and a slot a feature");
    const RowVector on_first = RowVector::Unit(n_slots, 0);
    return {Matrix::Constant(n_slots, d_slot, Scalar{0.01}), on_first, on_first, RowVector::Zero(d_slot)};
}

Step step(const RowVector& input, const State& before, const MachineWeights& weights) {
    const Index d_slot = before.memory.cols();
    require(before.read.size() == d_slot, "what was read is not as wide as a slot");
    const RowVector hidden = tanh(through(weights.controller, joined(input, before.read)));  // d_hidden

    const WriteHead writer = write_head_from(through(weights.writer, hidden), d_slot);
    const RowVector writing = address(writer.head, before.writing, before.memory);  // n_slots
    const Matrix memory = neural_turing_machine::write(before.memory, {Write{writing, writer.erase, writer.add}});

    const Head reader = head_from(through(weights.reader, hidden), d_slot);
    const RowVector reading = address(reader, before.reading, memory);  // n_slots
    const RowVector read = neural_turing_machine::read(memory, reading);
    return {through(weights.output, joined(hidden, read)), {memory, writing, reading, read}};
}

Matrix task_inputs(const Matrix& bits) {
    require(bits.unaryExpr([](Scalar bit) { return bit * (bit - 1); }).isZero(0), "a bit is neither 0 nor 1");
    const Index length = bits.rows(), n_bits = bits.cols();
    Matrix inputs = Matrix::Zero(2 * length + 1, n_bits + 1);
    inputs.topLeftCorner(length, n_bits) = bits;
    inputs.bottomRightCorner(length + 1, 1).setOnes();  // now it is your turn
    return inputs;
}

Run run(const Matrix& inputs, const State& start, const MachineWeights& weights) {
    Run result{Matrix(inputs.rows(), weights.output.bias.size()), start};
    for (Index t = 0; t < inputs.rows(); ++t) {
        const Step now = step(inputs.row(t), result.end, weights);
        result.logits.row(t) = now.logits;
        result.end = now.state;
    }
    return result;
}

Matrix said_bits(const Matrix& logits) {
    require(logits.rows() % 2 == 1, text(logits.rows()) + " rows have no middle, where the mark was");
    return (logits.bottomRows(logits.rows() / 2).array() > 0).cast<Scalar>();
}

Index wrong_bits(const Matrix& bits, const Matrix& said) {
    require(bits.rows() == said.rows() && bits.cols() == said.cols(), "the answer has not the shape of the bits");
    return (bits.array() != said.array()).count();
}

std::vector<LengthErrors> wrong_by_length(const std::vector<Matrix>& sequences, const State& start,
                                          const MachineWeights& weights) {
    std::map<Index, std::vector<Index>> wrong;  // of each length, in rising order
    for (const Matrix& bits : sequences) {
        const Matrix said = said_bits(run(task_inputs(bits), start, weights).logits);
        wrong[bits.rows()].push_back(wrong_bits(bits, said));
    }
    std::vector<LengthErrors> errors;
    for (const auto& [length, counts] : wrong) {
        Scalar sum = 0;
        for (const Index count : counts) sum += static_cast<Scalar>(count);
        errors.push_back({length, sum / static_cast<Scalar>(counts.size())});
    }
    return errors;
}

HeadsOverTime heads_over_time(const Matrix& inputs, const State& start, const MachineWeights& weights) {
    HeadsOverTime heads{Matrix(inputs.rows(), start.writing.size()), Matrix(inputs.rows(), start.reading.size())};
    State state = start;
    for (Index t = 0; t < inputs.rows(); ++t) {
        state = step(inputs.row(t), state, weights).state;
        heads.writing.row(t) = state.writing;
        heads.reading.row(t) = state.reading;
    }
    return heads;
}

std::vector<Index> path(const Matrix& weights) {
    require(weights.cols() > 0, "there are no slots");
    std::vector<Index> slots;
    for (const auto& row : weights.rowwise()) {
        slots.push_back(std::max_element(row.begin(), row.end()) - row.begin());  // the first of equal ones
    }
    return slots;
}

}  // namespace copy_task
