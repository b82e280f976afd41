"""What golden.py of several exercises share: numbers, and modules of torch.nn filled with our weights.

Weights are dictionaries as the exercises name them: a linear map has `weight` (in x out) and `bias`; a norm has
`gain`, `bias` and `epsilon`; an encoder layer has `query`, `key`, `value`, `output`, `inner`, `outer` and two norms.
"""

import torch
from torch import nn


class Numbers:
    """Draws arrays of numbers from -2 to 2: multiples of 1/8, and digits beyond float, down to 2^-36.

    So they are the same on every machine, and whoever computes in float is found out.
    """

    def __init__(self, seed):
        self.draw = torch.Generator().manual_seed(seed)
        self.digits = torch.Generator().manual_seed(seed + 1)

    def __call__(self, *shape):
        coarse = torch.randint(-16, 17, shape, generator=self.draw).double() / 8
        return coarse + torch.randint(-(2**30), 2**30 + 1, shape, generator=self.digits).double() / 2**36


def named(prefix, parts):
    """The arrays of a layer, each under prefix/part/field."""
    return {f"{prefix}/{part}/{field}": array for part, fields in parts.items() for field, array in fields.items()}


def fill_linear(module, weights):
    """PyTorch keeps W transposed: y = x W^T + b."""
    module.weight.data, module.bias.data = weights["weight"].T.contiguous(), weights["bias"]


def fill_norm(module, weights):
    module.weight.data, module.bias.data, module.eps = weights["gain"], weights["bias"], weights["epsilon"].item()
    return module


def multi_head_attention(parts, n_heads, prefix=""):
    """PyTorch packs W_Q, W_K and W_V into one matrix where they are equally wide."""
    projections = [parts[prefix + name] for name in ("query", "key", "value")]
    d_model, d_memory = len(projections[0]["weight"]), len(projections[1]["weight"])
    module = nn.MultiheadAttention(d_model, n_heads, kdim=d_memory, vdim=d_memory, batch_first=True)
    query, key, value = (p["weight"].T.contiguous() for p in projections)
    if d_memory == d_model:
        module.in_proj_weight.data = torch.cat([query, key, value])
    else:
        module.q_proj_weight.data, module.k_proj_weight.data, module.v_proj_weight.data = query, key, value
    module.in_proj_bias.data = torch.cat([p["bias"] for p in projections])
    fill_linear(module.out_proj, parts[prefix + "output"])
    return module


def choices(order, activation):
    return {"dropout": 0.0, "activation": activation, "batch_first": True, "norm_first": order == "pre"}


def encoder_layer(parts, n_heads, order, activation):
    d_model, d_ff = parts["inner"]["weight"].shape
    module = nn.TransformerEncoderLayer(d_model, n_heads, d_ff, **choices(order, activation))
    module.self_attn = multi_head_attention(parts, n_heads)
    fill_linear(module.linear1, parts["inner"])
    fill_linear(module.linear2, parts["outer"])
    fill_norm(module.norm1, parts["attention_norm"])
    fill_norm(module.norm2, parts["feed_forward_norm"])
    return module
