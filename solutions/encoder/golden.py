"""Golden values of `encoder`, computed by PyTorch in float64."""

import pathlib
import sys

import torch
from torch import nn

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "common" / "golden"))
import golden  # noqa: E402
from golden_torch import Numbers, encoder_layer, fill_norm, named  # noqa: E402

torch.set_default_dtype(torch.float64)
numbers = Numbers(2016)

# All sizes differ: 5 tokens, d_model = 8 in 4 heads of 2, d_ff = 11, 3 layers.
n_tokens, d_model, n_heads, d_ff, n_layers = 5, 8, 4, 11, 3


def linear(d_in, d_out):
    return {"weight": numbers(d_in, d_out) / 4, "bias": numbers(d_out) / 4}


def norm(epsilon):
    return {"gain": 1 + numbers(d_model) / 4, "bias": numbers(d_model) / 4, "epsilon": torch.tensor([epsilon])}


def layer(attention_epsilon, feed_forward_epsilon):
    parts = {name: linear(d_model, d_model) for name in ("query", "key", "value", "output")}
    parts |= {"inner": linear(d_model, d_ff), "outer": linear(d_ff, d_model)}
    return parts | {"attention_norm": norm(attention_epsilon), "feed_forward_norm": norm(feed_forward_epsilon)}


# ------------------------------------------------------------------------------------- PyTorch


def torch_layer(parts, order, activation):
    return encoder_layer(parts, n_heads, order, activation).eval()


def torch_stack(layers, order, activation, final_norm):
    last = None if final_norm is None else fill_norm(nn.LayerNorm(d_model), final_norm)
    stack = nn.TransformerEncoder(
        torch_layer(layers[0], order, activation), len(layers), norm=last, enable_nested_tensor=False
    )
    stack.layers = nn.ModuleList(torch_layer(parts, order, activation) for parts in layers)
    return stack.eval()


def run(module, tokens, mask=None):
    """PyTorch's mask is the opposite of ours: true = blocked. Gradients stay on, so the fast path stays off."""
    return module(tokens[None], None if mask is None else ~mask)[0].detach()


# ------------------------------------------------ the papers, for what PyTorch 1.13 answers with NaN


def by_hand_attention(x, parts, mask):
    query, key, value = (x @ parts[n]["weight"] + parts[n]["bias"] for n in ("query", "key", "value"))
    heads = []
    for q, k, v in zip(query.chunk(n_heads, 1), key.chunk(n_heads, 1), value.chunk(n_heads, 1)):
        scores = (q @ k.T / (d_model // n_heads) ** 0.5).masked_fill(~mask, float("-inf"))
        heads.append(torch.nan_to_num(torch.softmax(scores, -1), nan=0.0) @ v)  # who sees nothing gets zeros
    return torch.cat(heads, 1) @ parts["output"]["weight"] + parts["output"]["bias"]


def by_hand_norm(x, weights):
    centred = x - x.mean(1, keepdim=True)
    variance = (centred**2).mean(1, keepdim=True)
    return centred / torch.sqrt(variance + weights["epsilon"]) * weights["gain"] + weights["bias"]


def by_hand_layer(x, parts, order, activation, mask):
    def attention(rows):
        return by_hand_attention(rows, parts, mask)

    def feed_forward(rows):
        inner = rows @ parts["inner"]["weight"] + parts["inner"]["bias"]
        return getattr(nn.functional, activation)(inner) @ parts["outer"]["weight"] + parts["outer"]["bias"]

    if order == "post":
        h = by_hand_norm(x + attention(x), parts["attention_norm"])
        return by_hand_norm(h + feed_forward(h), parts["feed_forward_norm"])
    h = x + attention(by_hand_norm(x, parts["attention_norm"]))
    return h + feed_forward(by_hand_norm(h, parts["feed_forward_norm"]))


def by_hand_stack(x, layers, order, activation, mask, final_norm):
    for parts in layers:
        x = by_hand_layer(x, parts, order, activation, mask)
    return x if final_norm is None else by_hand_norm(x, final_norm)


# ------------------------------------------------------------------------------------ the values

arrays = {}

# Layer normalisation: usual, with an epsilon that weighs, and of numbers so small that 1e-5 weighs.
tokens, weights = numbers(n_tokens, d_model), norm(1e-5)
arrays |= {"norm/input": tokens, "norm/gain": weights["gain"], "norm/bias": weights["bias"]}
for name, rows, epsilon in (("usual", tokens, 1e-5), ("tenth", tokens, 0.1), ("small", tokens / 512, 1e-5)):
    module = fill_norm(nn.LayerNorm(d_model), weights | {"epsilon": torch.tensor([epsilon])})
    arrays[f"norm/{name}"] = module(rows).detach()

# Activations: 4 rows of 7, from -4 to 4.
inputs = numbers(4, 7) * 2
arrays |= {"activation/input": inputs}
arrays |= {f"activation/{name}": getattr(nn.functional, name)(inputs) for name in ("relu", "gelu")}

# Three layers, every norm with an epsilon of its own.
layers = [layer(0.1, 1e-5), layer(0.0625, 0.25), layer(1e-5, 0.5)]
final_norm = norm(0.125)
for i, parts in enumerate(layers):
    arrays |= named(f"layer{i}", parts)
arrays |= named("stack", {"final_norm": final_norm})

# The feed-forward network of the first layer.
tokens = numbers(n_tokens, d_model)
arrays |= {"tokens": tokens}
for activation in ("relu", "gelu"):
    module = torch_layer(layers[0], "post", activation)
    arrays[f"feed_forward/{activation}"] = module.linear2(module.activation(module.linear1(tokens))).detach()

# The first layer, in both orders. The mask leaves every token somebody to see; the third row of `nothing` does not.
mask = torch.tensor(
    [[1, 0, 1, 1, 0], [0, 1, 0, 0, 0], [1, 1, 0, 1, 1], [0, 0, 1, 0, 1], [1, 1, 0, 0, 1]], dtype=torch.bool
)
nothing = mask.clone()
nothing[2] = False
arrays |= {"mask": mask, "nothing": nothing}
for order in ("post", "pre"):
    for activation in ("relu", "gelu"):
        arrays[f"layer/{order}_{activation}"] = run(torch_layer(layers[0], order, activation), tokens)
    arrays[f"layer/{order}_masked"] = run(torch_layer(layers[0], order, "gelu"), tokens, mask)
    same = by_hand_layer(tokens, layers[0], order, "gelu", mask)
    assert torch.allclose(same, arrays[f"layer/{order}_masked"], rtol=1e-12, atol=1e-12)
    arrays[f"layer/{order}_nothing"] = by_hand_layer(tokens, layers[0], order, "gelu", nothing)

# The stack of three layers, with and without a norm at the end.
for order in ("post", "pre"):
    arrays[f"stack/{order}"] = run(torch_stack(layers, order, "relu", None), tokens)
    arrays[f"stack/{order}_final"] = run(torch_stack(layers, order, "gelu", final_norm), tokens)
    arrays[f"stack/{order}_masked"] = run(torch_stack(layers, order, "relu", final_norm), tokens, mask)
    same = by_hand_stack(tokens, layers, order, "relu", mask, final_norm)
    assert torch.allclose(same, arrays[f"stack/{order}_masked"], rtol=1e-12, atol=1e-12)
    arrays[f"stack/{order}_nothing"] = by_hand_stack(tokens, layers, order, "gelu", nothing, None)

golden.main("encoder", arrays)
