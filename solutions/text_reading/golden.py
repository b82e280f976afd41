"""Golden values of `text_reading`, computed by PyTorch in float64 from the committed half-precision weights."""

import pathlib
import sys

import numpy
import torch
from torch.nn import functional

HERE = pathlib.Path(__file__).resolve()
sys.path[:0] = [str(HERE.parents[2] / "common" / "golden"), str(HERE.parent)]
import fetch  # noqa: E402
import golden  # noqa: E402
from golden_torch import Numbers  # noqa: E402

torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)
arrays = {}


def store(name, passed, attention, heads):
    arrays.update({f"{name}/tokens/{i}": tokens for i, tokens in enumerate(passed) if i > 0})
    arrays.update({f"{name}/attention/{i}/{h}": each[h] for i, each in enumerate(attention) for h in heads})


def utf8(texts):
    return torch.tensor(list("\n".join(texts).encode()), dtype=torch.float64)


# ---------------------------------------------------------- PP-OCRv4's weights and the lines that come with them

with torch.no_grad():
    model, letters = fetch.read()
    readings = []
    for i, _ in enumerate(fetch.LINES):
        passed, attention, last = fetch.encoded(model, model[f"line{i}/tokens"])
        logits = fetch.logits_of(model, last, model[f"line{i}/beside"])
        readings.append(fetch.text_and_confidence(logits, letters))
        if i == 0:
            store("line0", passed, attention, (0, 7))
            arrays |= {"line0/output": last, "line0/logits": logits}
        if i in (0, 1):
            arrays[f"line{i}/path"] = logits.argmax(1)
    arrays["confidences"] = torch.tensor([confidence for _, confidence in readings])
    arrays["texts"] = utf8([text for text, _ in readings])

# --------------- a small one: 5 positions, d_model 6 in 3 heads, d_ff 11; d_wide 7, d_narrow 4, d_mixed 8, 9 letters

numbers = Numbers(2006)
sizes = {"qkv": (6, 18), "output": (6, 6), "inner": (6, 11), "outer": (11, 6)}
head = {"widen": (6, 7), "gather": (21, 4), "mix": (4, 8), "letters": (8, 9)}
small = {"tokens": numbers(5, 6), "beside": numbers(5, 4)}


def linear(name, d_in, d_out):
    return {f"{name}/weight": numbers(d_in, d_out) / 2, f"{name}/bias": numbers(d_out) / 4}


def norm(name, epsilon):
    return {f"{name}/gain": 1 + numbers(6) / 4, f"{name}/bias": numbers(6) / 4, f"{name}/epsilon": torch.tensor([epsilon])}


for i, epsilons in enumerate([(0.125, 0.25), (1e-5, 0.0625)]):
    for name, sides in sizes.items():
        small |= linear(f"layer{i}/{name}", *sides)
    small |= norm(f"layer{i}/attention_norm", epsilons[0]) | norm(f"layer{i}/feed_forward_norm", epsilons[1])
small |= norm("final_norm", 0.5)
for name, sides in head.items():
    small |= linear(f"head/{name}", *sides)
arrays |= {f"small/{name}": array for name, array in small.items()}
with torch.no_grad():
    passed, attention, last = fetch.encoded(small, small["tokens"], 2, 3)
    store("small", passed, attention, range(3))
    arrays |= {"small/encoded": last, "small/logits": fetch.logits_of(small, last, small["beside"])}

    # Query, key and value by themselves; and the same weights as others keep them: head by head.
    weight, bias = small["layer0/qkv/weight"], small["layer0/qkv/bias"]
    for k, name in enumerate(("query", "key", "value")):
        arrays |= {f"split/{name}/weight": weight.reshape(6, 3, 6)[:, k], f"split/{name}/bias": bias.reshape(3, 6)[k]}
    arrays["by_head/weight"] = weight.reshape(6, 3, 3, 2).transpose(1, 2).reshape(6, 18)
    arrays["by_head/bias"] = bias.reshape(3, 3, 2).transpose(0, 1).reshape(18)

    x = numbers(4, 6)
    inner, outer = ({field: small[f"layer1/{name}/{field}"] for field in ("weight", "bias")} for name in ("inner", "outer"))
    hidden = functional.silu(x @ inner["weight"] + inner["bias"])
    arrays |= {"feed_forward/input": x, "feed_forward/output": hidden @ outer["weight"] + outer["bias"]}
    x = torch.cat([4 * numbers(3, 7), torch.tensor([[0, 30, -30, 700, -700, 1e-9, -1e-9]])])
    arrays |= {"silu/input": x, "silu/output": functional.silu(x)}

# ------------------------------------------------------------------------------- the statement's examples

same, none = torch.eye(2), torch.zeros(2, 2)
example = {"qkv/weight": torch.cat([none, none, same], 1), "qkv/bias": torch.zeros(6)}
for name in ("output", "inner", "outer"):
    example |= {f"{name}/weight": same, f"{name}/bias": torch.zeros(2)}
for name in ("attention_norm", "feed_forward_norm"):
    example |= {f"{name}/gain": torch.ones(2), f"{name}/bias": torch.zeros(2), f"{name}/epsilon": torch.tensor([1e-5])}
layer = fetch.SiluLayer({f"example/{name}": array for name, array in example.items()}, "example", 1).eval()
with torch.no_grad():
    arrays["example/layer"] = layer(torch.tensor([[2, 0], [4, 0], [0, 4.0]])[None])[0]
    weights = {"widen": [[1]], "gather": [[1], [0], [-1]], "mix": [[2]], "letters": [[1, -1]]}
    weights = {f"head/{name}/weight": torch.tensor(weight).double() for name, weight in weights.items()}
    weights |= {f"head/{name}/bias": torch.zeros(1) for name in ("widen", "gather", "mix")}
    weights["head/letters/bias"] = torch.tensor([0, 0.5])
    arrays["example/logits"] = fetch.logits_of(weights, torch.tensor([[1], [2.0]]), torch.tensor([[2], [0.0]]))

golden.main("text_reading", {name: numpy.asarray(array.detach()) for name, array in arrays.items()})
