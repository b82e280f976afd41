"""Golden values of `neural_turing_machine`: the equations of Graves et al. 2014, literally, in NumPy's
float64; wherever PyTorch knows another way to the same numbers, both must agree."""

import pathlib
import sys

import numpy
import torch

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "common" / "golden"))
import golden  # noqa: E402
import golden_torch  # noqa: E402

torch.set_default_dtype(torch.float64)
numbers = golden_torch.Numbers(2014)
draw = torch.Generator().manual_seed(2014)


def drawn(*shape):
    """From -2 to 2, in NumPy."""
    return numbers(*shape).numpy()


def distribution(n):
    """Uneven, and sums to one exactly: 64 grains, at least one for each entry, of which a part is passed on."""
    popular = torch.rand(n, generator=draw) ** 3
    grains = torch.multinomial(popular, 64 - n, replacement=True, generator=draw)
    little = torch.randint(0, 2**30, (n,), generator=draw) / 2**37
    return ((1 + torch.bincount(grains, minlength=n)) / 64 - little + little.roll(1)).numpy()


def agree(ours, other):
    assert numpy.allclose(ours, other, rtol=1e-13, atol=1e-15), (ours, other)
    return ours


def content(key, strength, memory):
    """Equations 5 and 6."""

    def similarity(u, v):
        norms = numpy.sqrt((u * u).sum()) * numpy.sqrt((v * v).sum())
        return (u * v).sum() / norms if norms > 0 else 0.0

    exponentials = numpy.array([numpy.exp(strength * similarity(key, slot)) for slot in memory])
    cosines = torch.nn.functional.cosine_similarity(torch.tensor(key)[None], torch.tensor(memory), eps=1e-100)
    return agree(exponentials / exponentials.sum(), torch.softmax(strength * cosines, dim=0).numpy())


def interpolate(content_weights, previous, gate):
    """Equation 7."""
    ours = gate * content_weights + (1 - gate) * previous
    return agree(ours, torch.lerp(torch.tensor(previous), torch.tensor(content_weights), gate).numpy())


def shift_weights(weights, shift):
    """Equation 8: the sum over j of w(j) s(i - j), all indices modulo N."""
    n, reach = len(weights), len(shift) // 2
    ring = numpy.zeros(n)  # s of the paper: indexed by the step modulo N
    for step in range(-reach, reach + 1):
        ring[step % n] += shift[reach + step]
    ours = numpy.array([sum(weights[j] * ring[(i - j) % n] for j in range(n)) for i in range(n)])
    spectrum = torch.fft.fft(torch.tensor(weights)) * torch.fft.fft(torch.tensor(ring))
    return agree(ours, torch.fft.ifft(spectrum).real.numpy())


def sharpen(weights, gamma):
    """Equation 9."""
    powers = weights**gamma
    return agree(powers / powers.sum(), torch.softmax(gamma * torch.log(torch.tensor(weights)), dim=0).numpy())


def write(memory, heads):
    """Equations 3 and 4: all erasures, then all additions."""
    erased = memory.copy()
    for weights, erase, _ in heads:
        for i, slot in enumerate(erased):
            erased[i] = slot * (1 - weights[i] * erase)
    for weights, _, add in heads:
        for i, slot in enumerate(erased):
            erased[i] = slot + weights[i] * add
    where, what, new = (torch.tensor(numpy.array(each)) for each in zip(*heads))
    kept = (1 - torch.einsum("hi,hj->hij", where, what)).prod(dim=0)
    return agree(erased, (torch.tensor(memory) * kept + where.T @ new).numpy())


arrays = {}

# 5 slots of 6 features.
key, memory = drawn(6), drawn(5, 6)
arrays |= {"content/key": key, "content/memory": memory, "content/weights": content(key, 3.7, memory)}

# Cosines 1, 0, 0.8, 0, -1: twice as long, all zeros, at an angle, orthogonal, opposite.
hand = numpy.array([[6.0, 8], [0, 0], [0, 5], [-4, 3], [-1.5, -2]])
arrays |= {"content/hand": content(numpy.array([3.0, 4]), 2.0, hand)}

# Cosines of a millionth: with a strength of 8 they make a difference in the sixth digit.
small_key, small_memory = numpy.array([2.0**-20, 1]), numpy.array([[3.0, 0], [-2, 0], [0, 0], [-5, 2.0**-18]])
arrays |= {"content/small_key": small_key, "content/small_memory": small_memory}
arrays |= {"content/small": content(small_key, 8, small_memory)}

# 7 slots, steps from -2 to 2.
now, before, shift = distribution(7), distribution(7), distribution(5)
arrays |= {"gate/content": now, "gate/previous": before, "gate/gated": interpolate(now, before, 0.61)}
arrays |= {"shift/weights": now, "shift/shift": shift, "shift/shifted": shift_weights(now, shift)}
arrays |= {"sharpen/weights": before, "sharpen/sharpened": sharpen(before, 2.3)}

# (1/4)^600 is no double any more, but its fractions are. Over the largest: 1, 1 - 1/1024, ...
grains = numpy.array([1022.0, 24, 1024, 1003, 1023])
arrays |= {"sharpen/grains": grains / 4096, "sharpen/steep": sharpen(grains / 1024, 600)}

# The whole step: 7 slots of 4 features, 5 steps; then one stage after the other.
key, memory, previous, shift = drawn(4), drawn(7, 4), distribution(7), distribution(5)
arrays |= {"address/key": key, "address/memory": memory, "address/previous": previous, "address/shift": shift}
found = content(key, 4.7, memory)
shifted = shift_weights(interpolate(found, previous, 0.61), shift)
arrays |= {"address/content": found, "address/blurred": shifted, "address/weights": sharpen(shifted, 2.3)}

memory, weights = drawn(5, 6), distribution(5)
mean = sum(weight * slot for weight, slot in zip(weights, memory))  # equation 2
arrays |= {"read/memory": memory, "read/weights": weights, "read/read": agree(mean, weights @ memory)}

# 3 heads on 5 slots of 6 features.
arrays |= {"write/memory": drawn(5, 6)}
heads = [(distribution(5), (drawn(6) + 2.5) / 5, drawn(6)) for _ in range(3)]
for number, (weights, erase, add) in enumerate(heads):
    arrays |= {f"write/weights_{number}": weights, f"write/erase_{number}": erase, f"write/add_{number}": add}
arrays |= {"write/one": write(arrays["write/memory"], heads[:1]), "write/three": write(arrays["write/memory"], heads)}

golden.main("neural_turing_machine", arrays)
