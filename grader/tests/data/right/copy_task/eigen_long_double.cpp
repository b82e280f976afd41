// Written with Eigen's array functions; softplus and softmax in long double; all states are kept in a list.
#include "copy_task.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <string>
#include <tuple>

namespace copy_task {

namespace {

Scalar softplus(Scalar x) {
    const long double wide = x;
    if (wide > 40) return static_cast<Scalar>(wide + std::exp(-wide));
    return static_cast<Scalar>(std::log1p(std::exp(wide)));
}

RowVector sigmoids(const RowVector& x) { return (1 + (-x.array()).exp()).inverse(); }

RowVector squashed(const RowVector& x) { return x.array().tanh(); }

void check(bool right, const std::string& what) {
    if (!right) throw std::invalid_argument(what + " does not fit");
}

RowVector apply(const RowVector& x, const Linear& layer, const std::string& name) {
    check(x.cols() == layer.weight.rows() && layer.bias.cols() == layer.weight.cols(), name);
    return (x * layer.weight).rowwise() + layer.bias;
}

std::vector<Step> all_steps(const Matrix& inputs, const State& start, const MachineWeights& weights) {
    std::vector<Step> steps;
    for (Index t = 0; t < inputs.rows(); ++t) {
        steps.push_back(step(inputs.row(t), t == 0 ? start : State(steps.back().state), weights));
    }
    return steps;
}

}  // namespace

Head head_from(const RowVector& raw, Index d_slot) {
    const Index steps = raw.cols() - d_slot - 3;
    check(d_slot >= 1 && steps >= 1 && steps % 2 == 1, "a head");
    using Wide = Eigen::Array<long double, 1, Eigen::Dynamic>;
    const Wide scores = raw.middleCols(d_slot + 2, steps).cast<long double>().array();
    const Wide shares = (scores - std::log((scores - scores.maxCoeff()).exp().sum()) - scores.maxCoeff()).exp();
    Head head;
    head.key = squashed(raw.leftCols(d_slot));
    head.strength = softplus(raw[d_slot]);
    head.gate = sigmoids(raw.segment(d_slot + 1, 1))(0);
    head.shift = shares.cast<Scalar>().matrix();
    head.sharpening = softplus(raw[raw.cols() - 1]) + 1;
    return head;
}

WriteHead write_head_from(const RowVector& raw, Index d_slot) {
    check(d_slot >= 1 && raw.cols() > 3 * d_slot + 3, "a head that writes");
    const Index front = raw.cols() - 2 * d_slot;
    return {head_from(raw.leftCols(front), d_slot), sigmoids(raw.middleCols(front, d_slot)),
            squashed(raw.rightCols(d_slot))};
}

State initial_state(Index n_slots, Index d_slot) {
    check(std::min(n_slots, d_slot) >= 1, "a memory of nothing");
    State state{Matrix::Ones(n_slots, d_slot) / 100, RowVector::Zero(n_slots), {}, RowVector::Zero(d_slot)};
    state.writing[0] = 1;
    state.reading = state.writing;
    return state;
}

Step step(const RowVector& input, const State& before, const MachineWeights& weights) {
    const auto& [memory, writing, reading, read] = before;
    check(read.cols() == memory.cols(), "the last reading");
    RowVector seen(input.cols() + read.cols());
    seen.leftCols(input.cols()) = input;
    seen.rightCols(read.cols()) = read;
    const RowVector hidden = squashed(apply(seen, weights.controller, "the controller"));
    const WriteHead writer = write_head_from(apply(hidden, weights.writer, "the writer"), memory.cols());
    const Head reader = head_from(apply(hidden, weights.reader, "the reader"), memory.cols());

    Step now;
    now.state.writing = address(writer.head, writing, memory);
    now.state.memory =
        write(memory, std::vector<neural_turing_machine::Write>{{now.state.writing, writer.erase, writer.add}});
    now.state.reading = address(reader, reading, now.state.memory);
    now.state.read = neural_turing_machine::read(now.state.memory, now.state.reading);
    RowVector told(hidden.cols() + memory.cols());
    told << hidden, now.state.read;
    now.logits = apply(told, weights.output, "the output");
    return now;
}

Matrix task_inputs(const Matrix& bits) {
    check(((bits.array() == 0) || (bits.array() == 1)).all(), "a bit");
    Matrix inputs = Matrix::Zero(bits.rows() * 2 + 1, bits.cols() + 1);
    inputs.block(0, 0, bits.rows(), bits.cols()) = bits;
    inputs.rightCols(1).bottomRows(bits.rows() + 1).setConstant(1);
    return inputs;
}

Run run(const Matrix& inputs, const State& start, const MachineWeights& weights) {
    const std::vector<Step> steps = all_steps(inputs, start, weights);
    Run result{Matrix(inputs.rows(), weights.output.weight.cols()), steps.empty() ? start : steps.back().state};
    for (Index t = 0; t < inputs.rows(); ++t) result.logits.row(t) = steps[static_cast<std::size_t>(t)].logits;
    return result;
}

Matrix said_bits(const Matrix& logits) {
    check(logits.rows() % 2 != 0, "an even number of rows");
    const Matrix answer = logits.bottomRows((logits.rows() - 1) / 2);
    return answer.unaryExpr([](Scalar logit) { return logit > 0 ? Scalar{1} : Scalar{0}; });
}

Index wrong_bits(const Matrix& bits, const Matrix& said) {
    check(bits.rows() == said.rows() && bits.cols() == said.cols(), "the answer");
    return static_cast<Index>(std::lround((bits - said).cwiseAbs().sum()));
}

std::vector<LengthErrors> wrong_by_length(const std::vector<Matrix>& sequences, const State& start,
                                          const MachineWeights& weights) {
    std::vector<std::pair<Index, Scalar>> counts;
    for (const Matrix& bits : sequences) {
        const Run whole = run(task_inputs(bits), start, weights);
        counts.emplace_back(bits.rows(), static_cast<Scalar>(wrong_bits(bits, said_bits(whole.logits))));
    }
    std::sort(counts.begin(), counts.end());
    std::vector<LengthErrors> errors;
    for (std::size_t i = 0; i < counts.size();) {
        std::size_t end = i;
        Scalar sum = 0;
        for (; end < counts.size() && counts[end].first == counts[i].first; ++end) sum += counts[end].second;
        errors.push_back({counts[i].first, sum / static_cast<Scalar>(end - i)});
        i = end;
    }
    return errors;
}

HeadsOverTime heads_over_time(const Matrix& inputs, const State& start, const MachineWeights& weights) {
    HeadsOverTime heads{Matrix(inputs.rows(), start.memory.rows()), Matrix(inputs.rows(), start.memory.rows())};
    Index t = 0;
    for (const Step& each : all_steps(inputs, start, weights)) {
        heads.writing.row(t) = each.state.writing;
        heads.reading.row(t++) = each.state.reading;
    }
    return heads;
}

std::vector<Index> path(const Matrix& weights) {
    check(weights.cols() > 0, "a memory without slots");
    std::vector<Index> slots;
    for (Index t = 0; t < weights.rows(); ++t) {
        const Scalar largest = weights.row(t).maxCoeff();
        Index slot = 0;
        while (weights(t, slot) < largest) ++slot;
        slots.push_back(slot);
    }
    return slots;
}

}  // namespace copy_task
