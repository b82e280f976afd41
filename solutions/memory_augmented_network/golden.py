"""Golden values of `memory_augmented_network`: the equations of Santoro et al. 2016, Hopfield 1982 and Ramsauer et al.
2021, literally, in NumPy's float64; wherever PyTorch knows another way to the same numbers, both must agree. What one
update of a modern Hopfield network must return is PyTorch's attention."""

import pathlib
import sys

import numpy
import torch

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "common" / "golden"))
import golden  # noqa: E402
import golden_torch  # noqa: E402

torch.set_default_dtype(torch.float64)
numbers = golden_torch.Numbers(2016)
draw = torch.Generator().manual_seed(2016)


def drawn(*shape):
    """From -2 to 2, in NumPy."""
    return numbers(*shape).numpy()


def distributions(rows, n):
    """Uneven rows that sum to one exactly: 64 grains, of which a part is passed on."""
    weights = []
    for _ in range(rows):
        popular = torch.rand(n, generator=draw) ** 3
        grains = torch.multinomial(popular, 64 - n, replacement=True, generator=draw)
        little = torch.randint(0, 2**30, (n,), generator=draw) / 2**37
        weights.append((1 + torch.bincount(grains, minlength=n)) / 64 - little + little.roll(1))
    return torch.stack(weights).numpy()


def agree(ours, other):
    assert numpy.allclose(ours, other, rtol=1e-13, atol=1e-14), (ours, other)
    return ours


def cosine_weights(keys, memory):
    """Equations 2 and 3."""

    def similarity(u, v):
        norms = numpy.sqrt((u * u).sum()) * numpy.sqrt((v * v).sum())
        return (u * v).sum() / norms if norms > 0 else 0.0

    exponentials = numpy.array([[numpy.exp(similarity(key, slot)) for slot in memory] for key in keys])
    cosines = torch.nn.functional.cosine_similarity(torch.tensor(keys)[:, None], torch.tensor(memory), dim=2, eps=1e-100)
    return agree(exponentials / exponentials.sum(1, keepdims=True), torch.softmax(cosines, dim=1).numpy())


def update_usage(usage, decay, reads, writes):
    """Equation 5."""
    ours = numpy.array([decay * used + r.sum() + w.sum() for used, r, w in zip(usage, reads.T, writes.T)])
    return agree(ours, numpy.concatenate([decay * usage[None], reads, writes]).sum(0))


def least_used_slots(usage, n):
    """Equation 6, for usages that all differ."""
    smallest = numpy.sort(usage)[n - 1]
    least_used = (usage <= smallest).astype(float)
    assert least_used.sum() == n
    return least_used


def gate_writes(gates, reads, least_used):
    """Equation 7."""
    ours = numpy.array([
        1 / (1 + numpy.exp(-gate)) * read + (1 - 1 / (1 + numpy.exp(-gate))) * least_used
        for gate, read in zip(gates, reads)
    ])
    open_ = torch.sigmoid(torch.tensor(gates))[:, None]
    return agree(ours, torch.lerp(torch.tensor(least_used), torch.tensor(reads), open_).numpy())


def write_memory(memory, least_used, writes, keys):
    """The least used slots are set to zero; then equation 8."""
    written = memory.copy()
    written[least_used == 1] = 0
    for key, weights in zip(keys, writes):
        for i, weight in enumerate(weights):
            written[i] = written[i] + weight * key
    masked = torch.tensor(memory).masked_fill(torch.tensor(least_used)[:, None] == 1, 0)
    return agree(written, torch.addmm(masked, torch.tensor(writes).T, torch.tensor(keys)).numpy())


def step(memory, usage, reads, keys, gates, decay):
    """Section 3: write, then read. Returns what was read, and the next state."""
    least_used = least_used_slots(usage, len(keys))
    writes = gate_writes(gates, reads, least_used)
    memory = write_memory(memory, least_used, writes, keys)
    reads = cosine_weights(keys, memory)
    return reads @ memory, memory, update_usage(usage, decay, reads, writes), reads


def energy(state, patterns, beta):
    """Ramsauer et al., equation 2."""
    ours = -numpy.log(numpy.exp(beta * patterns @ state).sum()) / beta + state @ state / 2
    ours += numpy.log(len(patterns)) / beta + max(pattern @ pattern for pattern in patterns) / 2
    lse = torch.logsumexp(beta * torch.tensor(patterns) @ torch.tensor(state), 0) / beta
    longest = numpy.linalg.norm(patterns, axis=1).max()
    other = -lse + (state**2).sum() / 2 + numpy.log(len(patterns)) / beta + longest**2 / 2
    return agree(ours, float(other))


def attention(queries, patterns):
    """PyTorch's own attention, whose beta is 1/sqrt(d_k), with the patterns as keys and as values."""
    query, pattern = torch.tensor(queries)[None], torch.tensor(patterns)[None]
    output, _ = torch.nn.functional._scaled_dot_product_attention(query, pattern, pattern)
    module = torch.nn.MultiheadAttention(queries.shape[1], 1, bias=False, batch_first=True)
    one = torch.eye(queries.shape[1])
    module.in_proj_weight.data, module.out_proj.weight.data = torch.cat([one] * 3), one
    agree(output[0].numpy(), module(query, pattern, pattern)[0][0].detach().numpy())
    return output[0].numpy()


arrays = {}

# 3 reads, 5 slots of 6 features.
keys, memory = drawn(3, 6), drawn(5, 6)
arrays |= {"cosine/keys": keys, "cosine/memory": memory, "cosine/weights": cosine_weights(keys, memory)}

# Cosines 1, 0, 0.8, 0, -1: twice as long, all zeros, at an angle, orthogonal, opposite.
hand = numpy.array([[6.0, 8], [0, 0], [0, 5], [-4, 3], [-1.5, -2]])
arrays |= {"cosine/hand": cosine_weights(numpy.array([[3.0, 4]]), hand)}

# 2 reads, 7 slots.
usage, reads, writes = numpy.abs(drawn(7)), distributions(2, 7), distributions(2, 7)
arrays |= {"usage/usage": usage, "usage/reads": reads, "usage/writes": writes}
arrays |= {"usage/updated": update_usage(usage, 0.95, reads, writes)}

# The least used slots, 1 to 7 of them.
arrays |= {"least/usage": usage, "least/marked": numpy.array([least_used_slots(usage, n + 1) for n in range(7)])}

# 3 reads, 5 slots, two of them used least.
gates, reads, least_used = drawn(3), distributions(3, 5), numpy.array([0.0, 1, 0, 0, 1])
arrays |= {"gate/gates": gates, "gate/reads": reads, "gate/least_used": least_used}
arrays |= {"gate/writes": gate_writes(gates, reads, least_used)}

# 2 reads, 5 slots of 4 features.
memory, writes, keys, least_used = drawn(5, 4), distributions(2, 5), drawn(2, 4), numpy.array([0.0, 0, 1, 1, 0])
arrays |= {"write/memory": memory, "write/writes": writes, "write/keys": keys, "write/least_used": least_used}
arrays |= {"write/written": write_memory(memory, least_used, writes, keys)}

# Four steps with 2 reads, 6 slots of 5 features.
memory, usage, reads = drawn(6, 5), numpy.abs(drawn(6)), distributions(2, 6)
arrays |= {"step/0/memory": memory, "step/0/usage": usage, "step/0/reads": reads}
for number in range(1, 5):
    keys, gates = drawn(2, 5), drawn(2)
    read, memory, usage, reads = step(memory, usage, reads, keys, gates, 0.9)
    # No two usages may be so close that digits decide which slot is written.
    assert numpy.diff(numpy.sort(usage)).min() > 1e-3
    arrays |= {f"step/{number}/keys": keys, f"step/{number}/gates": gates, f"step/{number}/read": read}
    arrays |= {f"step/{number}/memory": memory, f"step/{number}/usage": usage, f"step/{number}/reads": reads}

# Attention of 4 states over 6 patterns of 5 features; and other betas.
states, patterns = drawn(4, 5), drawn(6, 5)
arrays |= {"modern/states": states, "modern/patterns": patterns, "modern/attention": attention(states, patterns)}
sharp = torch.softmax(2.3 * torch.tensor(states) @ torch.tensor(patterns).T, dim=1) @ torch.tensor(patterns)
arrays |= {"modern/sharp": sharp.numpy()}
arrays |= {"modern/energies": numpy.array([energy(state, patterns, 2.3) for state in states])}

golden.main("memory_augmented_network", arrays)
