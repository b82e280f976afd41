"""Trains the Neural Turing Machine of `copy_task` and writes exercises/copy_task/model/model.safetensors.

    apt-get install python3-torch
    /usr/bin/python3 solutions/copy_task/train.py             train, write the model; a few minutes
    /usr/bin/python3 solutions/copy_task/train.py --measure   bits wrong of the committed model, by length

There is no data set: the sequences are drawn at random, with a fixed seed. As in Graves et al. 2014, section 4.1, the
machine reads up to 20 vectors of 8 random bits, then a mark, and then says the vectors again. Unlike there, the mark
stays until the end: the controller is a feed-forward network, which cannot remember that it was there. One head writes,
one reads. Short sequences come first: as soon as they are copied, longer ones.
"""

import argparse
import pathlib
import sys
import time

import numpy
import torch
from torch import nn

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "common" / "golden"))
import tensor_file  # noqa: E402

MODEL = pathlib.Path(__file__).resolve().parents[2] / "exercises/copy_task/model/model.safetensors"

N_BITS, D_SLOT, N_HIDDEN, N_STEPS = 8, 16, 64, 3  # three steps of a shift: back, stay, on
START = 0.01  # every number of the memory before the first step
LONGEST, LENGTHS, N_TEST = 20, (10, 20, 40, 80), 8
BATCH, RATE, CLIP, N_UPDATES = 16, 1e-3, 10.0, 2400
TRAIN_SLOTS, TEST_SLOTS = 32, 128  # the weights are for any number of slots
SEED = 1


@torch.jit.script
def address(key, gate, shift, sharpening, previous, directions, tiny: float):
    """For a batch. The key has the strength as its length, the directions are slots of length 1."""
    content = torch.softmax(torch.bmm(directions, key.unsqueeze(2)).squeeze(2), 1)
    gated = torch.lerp(previous, content, gate)
    around = torch.cat([gated[:, -1:], gated, gated[:, :1]], 1).unfold(1, 3, 1)  # of each slot i: i - 1, i, i + 1
    shifted = torch.bmm(around, shift.unsqueeze(2)).squeeze(2)
    return torch.softmax(sharpening * torch.log(shifted + tiny), 1)  # shifted ** sharpening, divided by the sum


@torch.jit.script
def run(inputs, layers: list[torch.Tensor], n_slots: int, d_slot: int, start: float, tiny: float):
    """inputs: n_times x batch x (n_bits + 1). The logits of all time steps."""
    controller, controller_bias, heads, heads_bias, output, output_bias = layers
    batch = inputs.shape[1]
    memory = torch.full([batch, n_slots, d_slot], start, dtype=inputs.dtype)
    writing = torch.zeros([batch, n_slots], dtype=inputs.dtype)
    writing[:, 0] = 1
    reading = writing
    read = torch.zeros([batch, d_slot], dtype=inputs.dtype)
    directions = memory / torch.linalg.vector_norm(memory, 2.0, [2], True)
    outcomes = []
    for t in range(inputs.shape[0]):
        hidden = torch.tanh(nn.functional.linear(torch.cat([inputs[t], read], 1), controller, controller_bias))
        raw = nn.functional.linear(hidden, heads, heads_bias)
        rows = torch.tanh(raw[:, : 3 * d_slot]).view(batch, 3, d_slot)  # the writer's key, the reader's, add
        gates = torch.sigmoid(raw[:, 3 * d_slot : 4 * d_slot + 2])  # the writer's, the reader's, then erase
        positive = nn.functional.softplus(raw[:, 4 * d_slot + 2 : 4 * d_slot + 6])  # two strengths, two sharpenings
        shift = torch.softmax(raw[:, 4 * d_slot + 6 :].view(batch, 2, 3).flip([2]), 2)
        keys = rows[:, :2]
        lengths = torch.linalg.vector_norm(keys, 2.0, [2], True).clamp_min(tiny)
        keys = keys * (positive[:, :2].unsqueeze(2) / lengths)
        writing = address(keys[:, 0], gates[:, 0:1], shift[:, 0], 1 + positive[:, 2:3], writing, directions, tiny)
        place, erase = writing.unsqueeze(2), gates[:, 2:].unsqueeze(1)
        memory = torch.baddbmm(memory * (1 - torch.bmm(place, erase)), place, rows[:, 2:3])
        directions = memory / torch.linalg.vector_norm(memory, 2.0, [2], True).clamp_min(tiny)
        reading = address(keys[:, 1], gates[:, 1:2], shift[:, 1], 1 + positive[:, 3:4], reading, directions, tiny)
        read = torch.bmm(reading.unsqueeze(1), memory).squeeze(1)
        outcomes.append(torch.cat([hidden, read], 1))
    return nn.functional.linear(torch.stack(outcomes), output, output_bias)


class Machine(nn.Module):
    """`heads` are both heads' numbers, those of a kind side by side."""

    def __init__(self):
        super().__init__()
        self.hidden = nn.Linear(N_BITS + 1 + D_SLOT, N_HIDDEN)
        self.heads = nn.Linear(N_HIDDEN, 4 * D_SLOT + 6 + 2 * N_STEPS)
        self.output = nn.Linear(N_HIDDEN + D_SLOT, N_BITS)

    def forward(self, inputs, n_slots):
        tiny = 1e-12 if inputs.dtype == torch.float32 else 1e-300
        layers = [part for layer in (self.hidden, self.heads, self.output) for part in (layer.weight, layer.bias)]
        return run(inputs, layers, n_slots, D_SLOT, START, tiny)


# -------------------------------------------------------------------------------------- the task


def drawn(length, batch, draw):
    """length x batch x N_BITS random bits."""
    return torch.randint(0, 2, (length, batch, N_BITS), generator=draw).float()


def inputs_of(bits):
    """The bits, and then silence for as long as the answer takes, with a mark on a channel of its own."""
    length, batch, n_bits = bits.shape
    inputs = torch.zeros(2 * length + 1, batch, n_bits + 1, dtype=bits.dtype)
    inputs[:length, :, :n_bits] = bits
    inputs[length:, :, n_bits] = 1
    return inputs


def wrong_bits(model, bits):
    """Of each sequence, how many bits are said wrongly."""
    with torch.no_grad():
        logits = model(inputs_of(bits), TEST_SLOTS)[len(bits) + 1 :]
    return ((logits > 0) != (bits > 0.5)).sum((0, 2)).double()


def test_sequences():
    """Of each length some that training did not draw."""
    draw = torch.Generator().manual_seed(SEED + 1)
    return {length: drawn(length, N_TEST, draw) for length in LENGTHS}


# -------------------------------------------------------------------------------------- training


def train(report):
    torch.manual_seed(SEED)
    draw = torch.Generator().manual_seed(SEED)
    model = Machine()
    optimizer = torch.optim.Adam(model.parameters(), RATE)
    longest, recent = 3, 1.0
    for update in range(1, N_UPDATES + 1):
        length = int(torch.randint(1, longest + 1, (1,), generator=draw))
        bits = drawn(length, BATCH, draw)
        logits = model(inputs_of(bits), TRAIN_SLOTS)[length + 1 :]
        loss = nn.functional.binary_cross_entropy_with_logits(logits, bits)
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), CLIP)
        optimizer.step()
        recent = 0.97 * recent + 0.03 * loss.item()
        if recent < 0.05 and longest < LONGEST:
            longest, recent = longest + 1, 0.1
        if update % 100 == 0:
            report(update, longest, recent, model)
    return model


# ------------------------------------------------------------------------------------- the file


def pieces():
    """Which outputs of Machine.heads are the writer's and which the reader's, in the order of copy_task.hpp."""
    d, s = D_SLOT, N_STEPS
    rest = 4 * d + 2
    writer = [*range(d), rest, 3 * d, *range(rest + 4, rest + 4 + s), rest + 2]
    writer += [*range(3 * d + 2, 4 * d + 2), *range(2 * d, 3 * d)]
    reader = [*range(d, 2 * d), rest + 1, 3 * d + 1, *range(rest + 4 + s, rest + 4 + 2 * s), rest + 3]
    return {"writer": writer, "reader": reader}


def arrays_of(model):
    """The weights under the kit's names, a linear layer as y = x W + b; and the test's sequences, one below the other."""
    layers = {"controller": (model.hidden, slice(None)), "output": (model.output, slice(None))}
    layers |= {name: (model.heads, rows) for name, rows in pieces().items()}
    arrays = {f"{name}/weight": layer.weight[rows].T for name, (layer, rows) in layers.items()}
    arrays |= {f"{name}/bias": layer.bias[rows] for name, (layer, rows) in layers.items()}
    for length, bits in test_sequences().items():
        arrays[f"test/{length}"] = bits.transpose(0, 1).reshape(-1, N_BITS).to(torch.bool)
    return {name: array.detach().numpy() for name, array in arrays.items()}


def loaded(arrays, dtype=torch.float64):
    """The model of a file, in PyTorch."""
    model = Machine().to(dtype)
    state = {name: torch.tensor(array, dtype=dtype) for name, array in arrays.items()}
    with torch.no_grad():
        for name, layer, rows in (
            ("controller", model.hidden, slice(None)),
            ("output", model.output, slice(None)),
            *((name, model.heads, rows) for name, rows in pieces().items()),
        ):
            layer.weight[rows], layer.bias[rows] = state[name + "/weight"].T, state[name + "/bias"]
    return model


# ------------------------------------------------------------------------------------- figures


def measure(path):
    arrays = tensor_file.read(path)
    model = loaded(arrays)
    print("parameters:", sum(array.size for array in arrays.values() if array.dtype == numpy.float32))
    for length in LENGTHS:
        bits = torch.tensor(arrays[f"test/{length}"].astype(numpy.float64)).reshape(-1, length, N_BITS).transpose(0, 1)
        wrong = wrong_bits(model, bits)
        more = wrong_bits(model, drawn(length, 100, torch.Generator().manual_seed(SEED + 2)).double())
        print(f"length {length}: of {N_BITS * length} bits wrong {wrong.mean():g} (mean of {len(wrong)} sequences); "
              f"{more.mean():g} (of 100 others, {int((more > 0).sum())} of them not faultless)")


def main():
    words = argparse.ArgumentParser()
    words.add_argument("--measure", action="store_true", help="measure the committed model")
    words.add_argument("--model", type=pathlib.Path, default=MODEL)
    chosen = words.parse_args()
    torch.set_num_threads(1)
    if chosen.measure:
        return measure(chosen.model)

    started = time.time(), time.process_time()

    def report(update, longest, loss, model):
        seconds = time.time() - started[0], time.process_time() - started[1]
        print(f"{update}: up to {longest}, loss {loss:.5f}; {seconds[0]:.0f} s, of a processor {seconds[1]:.0f} s", flush=True)
        if update % 400 == 0:
            print({length: wrong_bits(model, bits).mean().item() for length, bits in test_sequences().items()}, flush=True)
            tensor_file.write(chosen.model, arrays_of(model))

    train(report)
    print(f"{chosen.model}: {chosen.model.stat().st_size} bytes")


if __name__ == "__main__":
    sys.exit(main())
