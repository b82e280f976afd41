"""Random cases of `memory_augmented_network`; what is expected comes from the papers' equations in NumPy's long double,
since similarities end where double does, and from PyTorch where it has the operation."""

import math

import numpy
import torch
from random_runs import Case, taller, wider

import expected as by_torch


def precise(array):
    return numpy.asarray(array, numpy.longdouble)


def distributions(draw, rows, n):
    """At times with zeros, at times all in one place."""
    weights = draw.random.dirichlet(numpy.full(n, draw.one_of(0.1, 1, 10)), rows)
    weights[:, ~draw.flags(n)] = 0
    weights[weights.sum(1) == 0, draw.between(0, n - 1)] = 1
    return weights / weights.sum(1, keepdims=True)


def ones(draw, n):
    return draw.flags(n).astype(float)


def signs(draw, *shape):
    return draw.random.choice([-1.0, 1.0], shape)


# -------------------------------------------------------------------------------- the equations


def cosines(keys, memory):
    """Santoro et al., equations 2 and 3."""
    keys, memory = precise(keys), precise(memory)
    norms = numpy.sqrt((keys**2).sum(1))[:, None] * numpy.sqrt((memory**2).sum(1))
    exponentials = numpy.exp(numpy.where(norms > 0, keys @ memory.T / numpy.where(norms > 0, norms, 1), 0))
    return exponentials / exponentials.sum(1, keepdims=True)


def updated(usage, decay, reads, writes):
    """Equation 5."""
    return precise(decay) * usage + precise(reads).sum(0) + precise(writes).sum(0)


def least_used(usage, n):
    """Equation 6; ties by number."""
    marked = numpy.zeros(len(usage))
    marked[numpy.argsort(usage, kind="stable")[:n]] = 1
    return marked


def gated(gates, reads, least):
    """Equation 7."""
    opened = precise(torch.sigmoid(torch.tensor(gates)).numpy())[:, None]
    return opened * reads + (1 - opened) * least


def written(memory, least, writes, keys):
    """Equation 8."""
    return precise(memory) * (least == 0)[:, None] + precise(writes).T @ precise(keys)


# ------------------------------------------------------------------------------------- the cases


def cosine_weights(draw):
    """Lengths are 0 or from 1e-70 to 1e70."""
    d_slot = draw.size()
    keys, memory = draw.matrix(draw.size(), d_slot), draw.matrix(draw.size(), d_slot)
    kind = draw.one_of("ordinary", "short and long", "zeros")
    if kind == "short and long":
        keys *= 10.0 ** draw.random.integers(-69, 70, (len(keys), 1))
        memory *= 10.0 ** draw.random.integers(-69, 70, (len(memory), 1))
    if kind == "zeros":
        memory[draw.between(0, len(memory) - 1)] = 0
        keys[0] *= draw.one_of(0, 1)
    return Case([keys, memory], cosines(keys, memory))


def update_usage(draw):
    n_slots, n_reads, decay = draw.size(), draw.size(), draw.one_of(0.0, 1.0, float(draw.random.random()))
    usage, reads, writes = 2 + draw.matrix(n_slots), distributions(draw, n_reads, n_slots), draw.matrix(n_reads, n_slots)
    return Case([usage, decay, reads, writes], updated(usage, decay, reads, writes))


def least_used_slots(draw):
    n_slots = draw.size()
    usage = draw.one_of(draw.matrix(n_slots), draw.whole(n_slots), numpy.zeros(n_slots))
    n = draw.between(1, n_slots)
    return Case([usage, n], least_used(usage, n))


def gate_writes(draw):
    n_slots, n_reads = draw.size(), draw.size()
    gates = draw.matrix(n_reads) * draw.one_of(1.0, 3.0, 1000.0)
    reads, least = distributions(draw, n_reads, n_slots), ones(draw, n_slots)
    return Case([gates, reads, least], gated(gates, reads, least))


def write_memory(draw):
    n_slots, n_reads, d_slot = draw.size(), draw.size(), draw.size()
    memory, least = draw.matrix(n_slots, d_slot), ones(draw, n_slots)
    writes, keys = draw.matrix(n_reads, n_slots), draw.matrix(n_reads, d_slot)
    return Case([memory, least, writes, keys], written(memory, least, writes, keys))


def step(draw):
    n_slots, d_slot = draw.size(), draw.size()
    n_reads, decay = draw.between(1, n_slots), draw.one_of(0.0, 1.0, float(draw.random.random()))
    usage = draw.one_of(2 + draw.matrix(n_slots), 2 + draw.whole(n_slots), numpy.zeros(n_slots))
    state = {"memory": draw.matrix(n_slots, d_slot), "usage": usage, "reads": distributions(draw, n_reads, n_slots)}
    control = {"keys": draw.matrix(n_reads, d_slot), "gates": draw.matrix(n_reads) * draw.one_of(1, 3, 20)}
    least = least_used(usage, n_reads)
    writes = gated(control["gates"], state["reads"], least)
    memory = written(state["memory"], least, writes, control["keys"])
    reads = cosines(control["keys"], memory)
    after = {"memory": memory, "usage": updated(usage, decay, reads, writes), "reads": reads}
    return Case([state, control, decay], {"read": reads @ memory, "state": after})


def hebbian_weights(draw):
    patterns = signs(draw, draw.size(0), draw.size())
    weights = sum((numpy.outer(pattern, pattern) for pattern in patterns), numpy.zeros((patterns.shape[1],) * 2))
    return Case([patterns], weights - numpy.diag(numpy.diag(weights)))


def couplings(draw, n_units):
    """Small whole numbers, so that inputs are exact, and often exactly 0."""
    weights = draw.whole(n_units, n_units)
    return draw.one_of(weights, weights + weights.T, hebbian_weights(draw).expected)


def hopfield_energy(draw):
    weights = draw.one_of(couplings(draw, draw.size()), draw.matrix(*(draw.size(),) * 2))
    if weights.shape[0] != weights.shape[1]:
        weights = weights @ weights.T
    state = signs(draw, len(weights))
    return Case([weights, state], float(-torch.einsum("ij,i,j->", *map(torch.tensor, (weights, state, state))) / 2))


def hopfield_recall(draw):
    weights = couplings(draw, draw.size())
    state = signs(draw, len(weights))
    order = draw.words(draw.size(0, 20), len(weights))
    recalled = state.copy()
    for unit in order:
        recalled[unit] = numpy.sign(weights[unit] @ recalled) or recalled[unit]
    return Case([weights, state, order], recalled)


def drawn_beta(draw, d):
    return draw.one_of(1 / math.sqrt(d), 1.0, 0.01, 100.0, float(draw.random.uniform(0.1, 8)))


def modern_recall(draw):
    d = draw.size()
    states, patterns, beta = draw.matrix(draw.size(0), d), draw.matrix(draw.size(), d), drawn_beta(draw, d)
    scores = beta * torch.tensor(states) @ torch.tensor(patterns).T
    return Case([states, patterns, beta], by_torch.attend(scores, patterns)[0])


def modern_energy(draw):
    d = draw.size()
    state, patterns, beta = draw.matrix(d), draw.matrix(draw.size(), d), drawn_beta(draw, d)
    lse = float(torch.logsumexp(beta * torch.tensor(patterns) @ torch.tensor(state), 0)) / beta
    longest = max(pattern @ pattern for pattern in patterns)
    return Case([state, patterns, beta], -lse + state @ state / 2 + math.log(len(patterns)) / beta + longest / 2)


# ----------------------------------------------------------------------------------- the misfits


def changed(fields, name, change):
    return fields | {name: change(fields[name])}


def with_first(array, number):
    array = array.copy()
    array.flat[0] = number
    return array


bad_decays, bad_betas = (-1e-9, 1 + 1e-9), (0.0, -1e-9)

misfits = {
    "cosine_weights": [
        lambda draw, keys, memory: (wider(keys), memory),
        lambda draw, keys, memory: (keys, wider(memory)),
    ],
    "update_usage": [
        lambda draw, usage, decay, reads, writes: (wider(usage), decay, reads, writes),
        lambda draw, usage, decay, reads, writes: (usage, decay, wider(reads), writes),
        lambda draw, usage, decay, reads, writes: (usage, decay, reads, wider(writes)),
        lambda draw, usage, decay, reads, writes: (usage, decay, taller(reads), writes),
        lambda draw, usage, decay, reads, writes: (usage, draw.one_of(*bad_decays), reads, writes),
    ],
    "least_used_slots": [lambda draw, usage, n: (usage, draw.one_of(0, -1, len(usage) + 1))],
    "gate_writes": [
        lambda draw, gates, reads, least: (wider(gates), reads, least),
        lambda draw, gates, reads, least: (gates, taller(reads), least),
        lambda draw, gates, reads, least: (gates, wider(reads), least),
        lambda draw, gates, reads, least: (gates, reads, wider(least)),
    ],
    "write_memory": [
        lambda draw, memory, least, writes, keys: (taller(memory), least, writes, keys),
        lambda draw, memory, least, writes, keys: (wider(memory), least, writes, keys),
        lambda draw, memory, least, writes, keys: (memory, wider(least), writes, keys),
        lambda draw, memory, least, writes, keys: (memory, least, wider(writes), keys),
        lambda draw, memory, least, writes, keys: (memory, least, taller(writes), keys),
        lambda draw, memory, least, writes, keys: (memory, least, writes, wider(keys)),
    ],
    "step": [
        lambda draw, state, control, decay: (changed(state, "memory", taller), control, decay),
        lambda draw, state, control, decay: (changed(state, "memory", wider), control, decay),
        lambda draw, state, control, decay: (changed(state, "usage", wider), control, decay),
        lambda draw, state, control, decay: (changed(state, "reads", taller), control, decay),
        lambda draw, state, control, decay: (changed(state, "reads", wider), control, decay),
        lambda draw, state, control, decay: (state, changed(control, "keys", taller), decay),
        lambda draw, state, control, decay: (state, changed(control, "gates", wider), decay),
        lambda draw, state, control, decay: (state, control, draw.one_of(*bad_decays)),
    ],
    "hebbian_weights": [
        lambda draw, patterns: (with_first(patterns, draw.one_of(0, 2, 1 - 1e-9)),) if len(patterns) else None,
    ],
    "hopfield_energy": [
        lambda draw, weights, state: (taller(weights), state),
        lambda draw, weights, state: (weights, wider(state)),
        lambda draw, weights, state: (weights, with_first(state, draw.one_of(0, -2))),
    ],
    "hopfield_recall": [
        lambda draw, weights, state, order: (wider(weights), state, order),
        lambda draw, weights, state, order: (weights, wider(state), order),
        lambda draw, weights, state, order: (weights, with_first(state, draw.one_of(0, -2)), order),
        lambda draw, weights, state, order: (weights, state, [*order, draw.one_of(-1, len(state))]),
    ],
    "modern_recall": [
        lambda draw, states, patterns, beta: (states, patterns[:0], beta),
        lambda draw, states, patterns, beta: (wider(states), patterns, beta),
        lambda draw, states, patterns, beta: (states, patterns, draw.one_of(*bad_betas)),
    ],
    "modern_energy": [
        lambda draw, state, patterns, beta: (state, patterns[:0], beta),
        lambda draw, state, patterns, beta: (wider(state), patterns, beta),
        lambda draw, state, patterns, beta: (state, patterns, draw.one_of(*bad_betas)),
    ],
}
