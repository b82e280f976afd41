"""Random cases of `copy_task`; what is expected comes from PyTorch, by the machine of golden.py."""

import importlib.util
import pathlib

import numpy
import torch
from drawn import changed, drawn_linear
from random_runs import Case, taller, wider

_spec = importlib.util.spec_from_file_location("machine", pathlib.Path(__file__).parent / "golden.py")
machine = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(machine)


def tensors(weights):
    return {name: tensors(part) if isinstance(part, dict) else torch.tensor(part) for name, part in weights.items()}


def head(weights):
    """Its single numbers as numbers."""
    return {name: part.item() if name in ("strength", "gate", "sharpening") else part for name, part in weights.items()}


# ------------------------------------------------------------------------------------------- heads


def drawn_raw(draw, length):
    return draw.matrix(length) * draw.one_of(1, 3, 1000)


def n_steps(draw):
    return draw.one_of(1, 3, 3, 5, 7)


def head_from(draw):
    d_slot = draw.size()
    raw = drawn_raw(draw, d_slot + 3 + n_steps(draw))
    return Case([raw, d_slot], head(machine.head_of(torch.tensor(raw), d_slot)))


def write_head_from(draw):
    d_slot = draw.size()
    raw = drawn_raw(draw, 3 * d_slot + 3 + n_steps(draw))
    expected = machine.write_head_of(torch.tensor(raw), d_slot)
    return Case([raw, d_slot], expected | {"head": head(expected["head"])})


# --------------------------------------------------------------------------------------- a machine


def initial_state(draw):
    n_slots, d_slot = draw.size(), draw.size()
    return Case([n_slots, d_slot], machine.start(n_slots, d_slot))


def drawn_machine(draw, n_bits=None):
    """Weights, a state that fits them, and the width of an input."""
    n_bits, d_slot, d_hidden, steps = n_bits or draw.size(), draw.size(), draw.size(), draw.one_of(1, 3, 5)
    n_slots, d_input = draw.size(steps, 9), n_bits + 1
    weights = {
        "controller": drawn_linear(draw, d_input + d_slot, d_hidden),
        "writer": drawn_linear(draw, d_hidden, 3 * d_slot + 3 + steps),
        "reader": drawn_linear(draw, d_hidden, d_slot + 3 + steps),
        "output": drawn_linear(draw, d_hidden + d_slot, n_bits),
    }
    places = [draw.one_of(numpy.eye(n_slots)[0], draw.random.dirichlet(numpy.ones(n_slots))) for _ in range(2)]
    memory = draw.one_of(draw.matrix(n_slots, d_slot), numpy.full((n_slots, d_slot), 0.01))
    state = {"memory": memory, "writing": places[0], "reading": places[1], "read": draw.matrix(d_slot)}
    return weights, state, d_input


def step(draw):
    weights, before, d_input = drawn_machine(draw)
    given = draw.matrix(d_input)
    logits, state = machine.step(torch.tensor(given), tensors(before), tensors(weights))
    return Case([given, before, weights], {"logits": logits, "state": state})


def drawn_run(draw):
    weights, start, d_input = drawn_machine(draw)
    inputs = draw.matrix(draw.size(1, 5), d_input)
    logits, states = machine.run(torch.tensor(inputs), tensors(start), tensors(weights))
    return [inputs, start, weights], logits, states


def run(draw):
    arguments, logits, states = drawn_run(draw)
    return Case(arguments, {"logits": logits, "end": states[-1]})


def heads_over_time(draw):
    arguments, _, states = drawn_run(draw)
    return Case(arguments, {name: machine.over_time(states, name) for name in ("writing", "reading")})


# ---------------------------------------------------------------------------------------- the task


def drawn_bits(draw, length, n_bits):
    return draw.random.integers(0, 2, (length, n_bits)).astype(float)


def task_inputs(draw):
    bits = drawn_bits(draw, draw.size(0), draw.size())
    return Case([bits], machine.inputs_of(torch.tensor(bits)))


def said_bits(draw):
    logits = draw.one_of(draw.matrix, draw.whole)(2 * draw.size(0) + 1, draw.size())
    return Case([logits], machine.said(torch.tensor(logits)))


def wrong_bits(draw):
    length, n_bits = draw.size(0), draw.size()
    bits, said = drawn_bits(draw, length, n_bits), drawn_bits(draw, length, n_bits)
    return Case([bits, said], int((bits != said).sum()))


def wrong_by_length(draw):
    n_bits = draw.size(1, 4)
    weights, start, _ = drawn_machine(draw, n_bits)
    sequences = [drawn_bits(draw, draw.between(1, 4), n_bits) for _ in range(draw.size(1, 6))]
    expected = []
    for length in sorted({len(bits) for bits in sequences}):
        same = [torch.tensor(bits) for bits in sequences if len(bits) == length]
        expected.append({"length": length, "wrong": float(machine.wrong_of(same, tensors(start), tensors(weights)))})
    return Case([sequences, start, weights], expected)


def path(draw):
    weights = draw.one_of(draw.matrix, draw.whole)(draw.size(0), draw.size())
    return Case([weights], [int(slot) for slot in weights.argmax(1)])  # NumPy takes the first of equal ones


# ------------------------------------------------------------------------------------- the misfits


def misfit_machines(first):
    """Of (first, state, weights): a state or weights that do not fit."""
    return [
        lambda draw, given, state, w: (first(given), state, w),
        lambda draw, given, state, w: (given, changed(state, "writing", wider), w),
        lambda draw, given, state, w: (given, changed(state, "reading", wider), w),
        lambda draw, given, state, w: (given, changed(state, "read", wider), w),
        lambda draw, given, state, w: (given, changed(state, "memory", taller), w),
        lambda draw, given, state, w: (given, changed(state, "memory", wider), w),
        lambda draw, given, state, w: (given, state, changed(w, "controller", "bias", wider)),
        lambda draw, given, state, w: (given, state, changed(w, "writer", "weight", taller)),
        lambda draw, given, state, w: (given, state, changed(w, "reader", "bias", wider)),
        lambda draw, given, state, w: (given, state, changed(w, "output", "weight", taller)),
    ]


misfits = {
    "head_from": [
        lambda draw, raw, d_slot: (wider(raw), d_slot),
        lambda draw, raw, d_slot: (raw[: d_slot + 3], d_slot),
        lambda draw, raw, d_slot: (raw, draw.one_of(0, -2)),
    ],
    "write_head_from": [
        lambda draw, raw, d_slot: (wider(raw), d_slot),
        lambda draw, raw, d_slot: (raw[: 3 * d_slot + 3], d_slot),
        lambda draw, raw, d_slot: (raw[:d_slot], d_slot),
        lambda draw, raw, d_slot: (raw, draw.one_of(0, -2)),
    ],
    "initial_state": [
        lambda draw, n_slots, d_slot: (draw.one_of(0, -1), d_slot),
        lambda draw, n_slots, d_slot: (n_slots, draw.one_of(0, -1)),
    ],
    "step": misfit_machines(wider),
    "task_inputs": [
        lambda draw, bits: (bits + 1e-9,) if bits.size else None,
        lambda draw, bits: (taller(bits) * 2,),
    ],
    "run": misfit_machines(wider),
    "said_bits": [lambda draw, logits: (taller(logits),), lambda draw, logits: (logits[:0],)],
    "wrong_bits": [
        lambda draw, bits, said: (taller(bits), said),
        lambda draw, bits, said: (bits, wider(said)),
    ],
    "wrong_by_length": misfit_machines(lambda sequences: sequences + [wider(sequences[0])]),
    "heads_over_time": misfit_machines(wider),
    "path": [lambda draw, weights: (weights[:, :0],)],
}
