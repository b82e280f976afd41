"""Random cases of `neural_turing_machine`; what is expected comes from the paper's equations in NumPy's long double,
since similarities and powers end where double does, and from PyTorch where it has the operation."""

import numpy
import torch
from random_runs import Case, taller, wider


def precise(array):
    return numpy.asarray(array, numpy.longdouble)


def distribution(draw, n):
    """At times with zeros, at times all in one place."""
    weights = draw.random.dirichlet(numpy.full(n, draw.one_of(0.1, 1, 10)))
    weights[~draw.flags(n)] = 0
    if not weights.sum() > 0:
        weights[draw.between(0, n - 1)] = 1
    return weights / weights.sum()


# -------------------------------------------------------------------------------- the equations


def content(key, strength, memory):
    """Equations 5 and 6."""
    key, memory = precise(key), precise(memory)
    norms = numpy.sqrt((key**2).sum()) * numpy.sqrt((memory**2).sum(1))
    cosines = numpy.where(norms > 0, memory @ key / numpy.where(norms > 0, norms, 1), 0)
    scores = numpy.longdouble(strength) * cosines
    exponentials = numpy.exp(scores - scores.max())
    return exponentials / exponentials.sum()


def gated(now, before, gate):
    """Equation 7."""
    return precise(before) + precise(gate) * (precise(now) - precise(before))


def shifted(weights, shift):
    """Equation 8."""
    reach = len(shift) // 2
    return sum(precise(part) * numpy.roll(precise(weights), step) for step, part in enumerate(shift, start=-reach))


def sharpened(weights, gamma):
    """Equation 9, by logarithms."""
    weights = precise(weights)
    with numpy.errstate(divide="ignore"):
        powers = numpy.exp(precise(gamma) * numpy.log(weights / weights.max()))
    return powers / powers.sum()


# ------------------------------------------------------------------------------------- the cases


def content_weights(draw):
    """Lengths are 0 or from 1e-70 to 1e70."""
    n_slots, d_slot = draw.size(), draw.size()
    key, memory, strength = draw.matrix(d_slot), draw.matrix(n_slots, d_slot), draw.one_of(0.0, 1.0, 5.0, 1e4)
    kind = draw.one_of("ordinary", "short and long", "zeros", "certain", "little")
    if kind == "short and long":
        key *= 10.0 ** draw.between(-69, 69)
        memory *= 10.0 ** draw.random.integers(-69, 70, (n_slots, 1))
    if kind == "zeros":
        memory[draw.between(0, n_slots - 1)] = 0
        key *= draw.one_of(0, 1)
    if kind == "certain":  # along the axes: cosines are exactly 1, 0 or -1
        axes = numpy.eye(d_slot) * draw.one_of(1, -1)
        key, memory = axes[0] * 2.0 ** draw.between(-200, 200), axes[draw.random.integers(0, d_slot, n_slots)]
        memory = memory * draw.random.choice([-1, 1], (n_slots, 1))
        memory *= 2.0 ** draw.random.integers(-200, 200, (n_slots, 1))
        strength = draw.one_of(1.0, 1e10, 1e300)
    if kind == "little" and d_slot > 1:  # nearly at right angles, and a strength that makes it count
        little = 2.0 ** -draw.between(10, 100)
        key[:], key[0], key[1], memory[:, 1:] = 0, little, 1, 0
        strength = draw.random.uniform(0, 2) / little
    return Case([key, strength, memory], content(key, strength, memory))


def drawn_gate(draw):
    return draw.one_of(0.0, 1.0, float(draw.random.random()))


def interpolate(draw):
    n_slots, gate = draw.size(), drawn_gate(draw)
    now, before = distribution(draw, n_slots), distribution(draw, n_slots)
    return Case([now, before, gate], gated(now, before, gate))


def drawn_shift(draw, n_slots):
    """At most as long as there are slots."""
    return distribution(draw, 1 + 2 * draw.between(0, (n_slots - 1) // 2))


def shift_weights(draw):
    n_slots = draw.size()
    weights, shift = distribution(draw, n_slots), drawn_shift(draw, n_slots)
    return Case([weights, shift], shifted(weights, shift))


def sharpen(draw):
    n_slots = draw.size()
    kind = draw.one_of("ordinary", "ordinary", "steep", "certain", "close", "tiny")
    weights, gamma = distribution(draw, n_slots), draw.one_of(1.0, 2.0, float(draw.random.uniform(1, 60)))
    if kind == "steep":
        gamma = float(draw.one_of(600, 1e4, 1e6))
    if kind == "certain":  # fractions of the largest are exact
        weights, gamma = 2.0 ** draw.random.integers(-3, 0, n_slots), draw.one_of(1e3, 1e12, 1e300)
    if kind == "close":
        weights, gamma = (1 + draw.matrix(n_slots) / 1000) / n_slots, float(draw.random.uniform(1, 5000))
    if kind == "tiny":
        weights = weights * 2.0 ** -draw.between(100, 900)
    return Case([weights, gamma], sharpened(weights, gamma))


def address(draw):
    n_slots, d_slot = draw.size(), draw.size()
    head = {"key": draw.matrix(d_slot), "strength": draw.one_of(0.0, 3.0, 1e3), "gate": drawn_gate(draw)}
    head |= {"shift": drawn_shift(draw, n_slots), "sharpening": draw.one_of(1.0, float(draw.random.uniform(1, 60)))}
    previous, memory = distribution(draw, n_slots), draw.matrix(n_slots, d_slot)
    found = gated(content(head["key"], head["strength"], memory), previous, head["gate"])
    return Case([head, previous, memory], sharpened(shifted(found, head["shift"]), head["sharpening"]))


def read(draw):
    memory = draw.matrix(draw.size(), draw.size())
    weights = distribution(draw, len(memory))
    return Case([memory, weights], torch.tensor(weights) @ torch.tensor(memory))


def write(draw):
    """Equations 3 and 4."""
    memory, heads = draw.matrix(draw.size(), draw.size()), []
    n_slots, d_slot = memory.shape
    for _ in range(draw.size(0, 4)):
        erase = draw.one_of(draw.random.random(d_slot), draw.flags(d_slot).astype(float))
        heads.append({"weights": distribution(draw, n_slots), "erase": erase, "add": draw.matrix(d_slot)})
    written = torch.tensor(memory)
    if heads:
        where, what, new = (torch.tensor(numpy.array([h[n] for h in heads])) for n in ("weights", "erase", "add"))
        written = written * (1 - torch.einsum("hi,hj->hij", where, what)).prod(0) + where.T @ new
    return Case([memory, heads], written)


# ----------------------------------------------------------------------------------- the misfits


def changed(head, name, value):
    return head | {name: value}


def another_head(name, change):
    """Changes the last head that writes, if there is one."""
    return lambda draw, memory, heads: (
        (memory, [*heads[:-1], changed(heads[-1], name, change(heads[-1][name]))]) if heads else None
    )


def with_first(array, number):
    return numpy.concatenate([[number], array[1:]])


misfits = {
    "content_weights": [
        lambda draw, key, strength, memory: (wider(key), strength, memory),
        lambda draw, key, strength, memory: (key, -1e-9, memory),
    ],
    "interpolate": [
        lambda draw, now, before, gate: (wider(now), before, gate),
        lambda draw, now, before, gate: (now, wider(before), gate),
        lambda draw, now, before, gate: (now, before, draw.one_of(-1e-9, 1 + 1e-9)),
    ],
    "shift_weights": [
        lambda draw, weights, shift: (weights, wider(shift)),
        lambda draw, weights, shift: (weights, numpy.zeros(0)),
        lambda draw, weights, shift: (weights, distribution(draw, 2 * (len(weights) // 2) + 3)),
    ],
    "sharpen": [
        lambda draw, weights, gamma: (weights, 1 - 1e-9),
        lambda draw, weights, gamma: (with_first(weights, -1e-9), gamma),
        lambda draw, weights, gamma: (0 * weights, gamma),
    ],
    "address": [
        lambda draw, head, previous, memory: (head, wider(previous), memory),
        lambda draw, head, previous, memory: (head, previous, wider(memory)),
        lambda draw, head, previous, memory: (head, previous, taller(memory)),
        lambda draw, head, previous, memory: (changed(head, "strength", -1.0), previous, memory),
        lambda draw, head, previous, memory: (changed(head, "gate", 1.5), previous, memory),
        lambda draw, head, previous, memory: (changed(head, "shift", wider(head["shift"])), previous, memory),
        lambda draw, head, previous, memory: (changed(head, "sharpening", 0.5), previous, memory),
    ],
    "read": [
        lambda draw, memory, weights: (memory, wider(weights)),
        lambda draw, memory, weights: (taller(memory), weights),
    ],
    "write": [
        another_head("weights", wider),
        another_head("erase", wider),
        another_head("add", wider),
        another_head("erase", lambda erase: with_first(erase, -1e-9)),
        another_head("erase", lambda erase: with_first(erase, 1 + 1e-9)),
    ],
}
