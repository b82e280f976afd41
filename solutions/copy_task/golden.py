"""Golden values of `copy_task`, computed by PyTorch in float64 from the trained float32 weights.

The machine is written here once more, a sequence at a time and as copy_task.hpp has it; that of train.py, which was
trained, must say the same.
"""

import pathlib
import sys

import torch
from torch import nn

HERE = pathlib.Path(__file__).resolve()
sys.path[:0] = [str(HERE.parents[2] / "common" / "golden"), str(HERE.parent)]
import golden  # noqa: E402
import golden_torch  # noqa: E402
import tensor_file  # noqa: E402
import train  # noqa: E402

torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)


def linear(x, layer):
    return nn.functional.linear(x, layer["weight"].T, layer["bias"])


def head_of(raw, d_slot):
    key, strength, gate, shift, sharpening = raw.split([d_slot, 1, 1, len(raw) - d_slot - 3, 1])
    softplus = nn.functional.softplus
    return {"key": torch.tanh(key), "strength": softplus(strength), "gate": torch.sigmoid(gate),
            "shift": torch.softmax(shift, 0), "sharpening": 1 + softplus(sharpening)}


def write_head_of(raw, d_slot):
    head, erase, add = raw.split([len(raw) - 2 * d_slot, d_slot, d_slot])
    return {"head": head_of(head, d_slot), "erase": torch.sigmoid(erase), "add": torch.tanh(add)}


def address(head, previous, memory):
    cosines = nn.functional.cosine_similarity(head["key"][None], memory, dim=1, eps=1e-150)
    weights = head["gate"] * torch.softmax(head["strength"] * cosines, 0) + (1 - head["gate"]) * previous
    reach = len(head["shift"]) // 2
    weights = sum(share * weights.roll(move) for move, share in enumerate(head["shift"], start=-reach))
    weights = (weights / weights.max()) ** head["sharpening"]
    return weights / weights.sum()


def start(n_slots, d_slot):
    first = torch.eye(n_slots)[0]
    return {"memory": torch.full((n_slots, d_slot), 0.01), "writing": first, "reading": first,
            "read": torch.zeros(d_slot)}


def step(given, before, weights):
    d_slot = before["memory"].shape[1]
    hidden = torch.tanh(linear(torch.cat([given, before["read"]]), weights["controller"]))
    writer = write_head_of(linear(hidden, weights["writer"]), d_slot)
    writing = address(writer["head"], before["writing"], before["memory"])
    memory = before["memory"] * (1 - torch.outer(writing, writer["erase"])) + torch.outer(writing, writer["add"])
    reading = address(head_of(linear(hidden, weights["reader"]), d_slot), before["reading"], memory)
    read = reading @ memory
    logits = linear(torch.cat([hidden, read]), weights["output"])
    return logits, {"memory": memory, "writing": writing, "reading": reading, "read": read}


def run(inputs, state, weights):
    """Logits of all steps, and the state after each."""
    logits, states = [], []
    for given in inputs:
        now, state = step(given, state, weights)
        logits.append(now)
        states.append(state)
    return torch.stack(logits), states


def inputs_of(bits):
    return train.inputs_of(bits[:, None])[:, 0]


def said(logits):
    return (logits[len(logits) // 2 + 1 :] > 0).double()


def wrong_of(sequences, state, weights):
    """Bits wrong of a sequence, the mean."""
    wrong = [(said(run(inputs_of(bits), state, weights)[0]) != bits).sum() for bits in sequences]
    return torch.stack(wrong).double().mean()


def over_time(states, name):
    return torch.stack([state[name] for state in states])


def main():
    arrays = {}
    numbers = golden_torch.Numbers(2014)

    # --------------------------------------------------------------------------- the numbers of heads
    raw = 2 * numbers(3 * 4 + 3 + 5)
    writer = write_head_of(raw, 4)
    arrays |= {"heads/raw": raw, "heads/erase": writer["erase"], "heads/add": writer["add"]}
    arrays |= {f"heads/{name}": array for name, array in writer["head"].items()}

    # ----------------------------------------------------------------------------- the trained machine
    model_file = tensor_file.read(train.MODEL)
    trained = {name: torch.tensor(array.astype("float64")) for name, array in model_file.items()}
    weights = {layer: {part: trained[f"{layer}/{part}"] for part in ("weight", "bias")}
               for layer in ("controller", "writer", "reader", "output")}
    sequences = {length: trained[f"test/{length}"].reshape(-1, length, train.N_BITS) for length in train.LENGTHS}
    d_slot, n_slots = train.D_SLOT, train.TEST_SLOTS

    module = train.loaded(model_file)
    for length in (10, 20, 80):
        bits = sequences[length][0]
        logits = run(inputs_of(bits), start(n_slots, d_slot), weights)[0]
        with torch.no_grad():
            other = module(train.inputs_of(bits[:, None]), n_slots)[:, 0]
        print(f"length {length}: the two machines of PyTorch differ by {(logits - other).abs().max():.1e} at most")
        assert torch.allclose(logits, other, atol=1e-9)
        arrays[f"logits/{length}"] = logits
    arrays["heads_10/logits"], states = run(inputs_of(sequences[10][0]), start(32, d_slot), weights)
    for name in ("writing", "reading"):
        arrays[f"heads_10/{name}"] = over_time(states, name)
    for number in (3, 4, 13, 14):  # while it reads, and while it answers
        arrays |= {f"state/{number}/{name}": array for name, array in states[number].items()}
    for slots in (n_slots, 32):
        arrays[f"wrong/{slots}"] = torch.stack([
            wrong_of(all_of_them[:2], start(slots, d_slot), weights) for all_of_them in sequences.values()
        ])
        print(f"bits wrong with {slots} slots:", arrays[f"wrong/{slots}"].tolist())

    # ---------------------------- a small one: 2 bits, slots of 3, 5 hidden, shifts by up to two, 7 slots
    def layer(d_in, d_out):
        return {"weight": numbers(d_in, d_out) / 2, "bias": numbers(d_out) / 4}

    small = {"controller": layer(3 + 3, 5), "writer": layer(5, 9 + 3 + 5), "reader": layer(5, 3 + 3 + 5),
             "output": layer(5 + 3, 2)}
    first = {"memory": numbers(7, 3), "writing": torch.softmax(numbers(7), 0),
             "reading": torch.softmax(numbers(7), 0), "read": numbers(3)}
    inputs = numbers(6, 3)
    logits, states = run(inputs, first, small)
    arrays |= golden_torch.named("small", small) | {f"small/start/{name}": array for name, array in first.items()}
    arrays |= {"small/inputs": inputs, "small/logits": logits}
    for when, state in (("first", states[0]), ("end", states[-1])):
        arrays |= {f"small/{when}/{name}": array for name, array in state.items()}
    arrays |= {f"small/{name}": over_time(states, name) for name in ("writing", "reading")}

    # ------------------------- the statement's machine: one bit, slots of one number, weights set by hand
    writer, reader = torch.zeros(3, 9), torch.zeros(3, 7)
    writer[0, 8], reader[1, 4], reader[1, 5] = 10, -10, 10
    example = {
        "controller": {"weight": 20 * torch.eye(3), "bias": torch.tensor([-10, -10, 0.0])},
        "writer": {"weight": writer, "bias": torch.tensor([0, 0, -20, -20, -20, 0, 9, 20, 0.0])},
        "reader": {"weight": reader, "bias": torch.tensor([0, 0, -20, -20, 0, 0, 9.0])},
        "output": {"weight": torch.tensor([[0], [0], [10], [0.0]]), "bias": torch.zeros(1)},
    }
    bits = torch.tensor([[1], [0], [1.0]])
    logits, states = run(inputs_of(bits), start(8, 1), example)
    arrays |= {"example/logits": logits, "example/memory": states[-1]["memory"]}
    arrays |= {f"example/first/{name}": array for name, array in states[0].items()}
    arrays |= {f"example/{name}": over_time(states, name) for name in ("writing", "reading")}
    print("the example's reading over time:", over_time(states, "read").flatten().tolist())
    six = torch.tensor([[1, 1, 1, 0, 0, 0], [0, 0, 1, 1, 1, 0.0]])[..., None]  # too long for four slots
    assert wrong_of([bits], start(4, 1), example) == 0 and wrong_of(six, start(4, 1), example) == 3.5

    golden.main("copy_task", {name: array.detach() for name, array in arrays.items()})


if __name__ == "__main__":
    main()
