"""Golden values of `multi_head_attention`, computed by PyTorch in float64."""

import pathlib
import sys

import torch

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "common" / "golden"))
import golden  # noqa: E402
import golden_torch  # noqa: E402

torch.set_default_dtype(torch.float64)
numbers = golden_torch.Numbers(322)
coins = torch.Generator().manual_seed(322)


def stacked(heads):
    """(heads, queries, keys) as one matrix, head below head."""
    return heads.reshape(-1, heads.shape[-1])


def with_parameters(module):
    """Every parameter a number from -1/2 to 1/2; nothing symmetric, no bias zero."""
    with torch.no_grad():
        for parameter in module.parameters():
            parameter.copy_(numbers(*parameter.shape) / 4)
    return module


def layers(name, attention):
    """The four layers of nn.MultiheadAttention as (in x out) matrices: it computes y = x W^T + b, and packs
    queries, keys and values into one matrix where they are equally wide."""
    if attention.in_proj_weight is not None:
        query, key, value = attention.in_proj_weight.chunk(3)
    else:
        query, key, value = attention.q_proj_weight, attention.k_proj_weight, attention.v_proj_weight
    query_bias, key_bias, value_bias = attention.in_proj_bias.chunk(3)
    parameters = {
        "query/weight": query.T, "query/bias": query_bias, "key/weight": key.T, "key/bias": key_bias,
        "value/weight": value.T, "value/bias": value_bias,
        "output/weight": attention.out_proj.weight.T, "output/bias": attention.out_proj.bias,
    }
    return {f"{name}/{key}": parameter.detach() for key, parameter in parameters.items()}


def run(attention, tokens, memory, may_attend=None):
    """In nn.MultiheadAttention True blocks; in qkv it allows."""
    blocked = None if may_attend is None else ~may_attend
    with torch.no_grad():
        output, weights = attention(tokens, memory, memory, attn_mask=blocked, average_attn_weights=False)
    return output, stacked(weights)


arrays = {}

# 4 rows, 5 features in, 7 out.
layer = with_parameters(torch.nn.Linear(5, 7))
rows = numbers(4, 5)
arrays |= {"linear/input": rows, "linear/output": layer(rows).detach()}
arrays |= {"linear/weight": layer.weight.detach().T, "linear/bias": layer.bias.detach()}

# 3 heads: 5 queries, 7 keys, d_model = 12 (4 a head), d_v = 6 (2 a head). The mask leaves every query some key.
query, key, value = numbers(5, 12), numbers(7, 12), numbers(7, 6)
mask = torch.rand(5, 7, generator=coins) < 0.6
mask[torch.arange(5), torch.tensor([3, 0, 6, 2, 4])] = True


def attend(value, may_attend):
    """Heads as PyTorch users make them: view, transpose, attend, transpose, reshape."""
    per_head = [x.view(len(x), 3, -1).transpose(0, 1) for x in (query, key, value)]
    scores = per_head[0] @ per_head[1].transpose(1, 2) / 4**0.5
    weights = torch.softmax(scores.masked_fill(~may_attend, float("-inf")), dim=-1)
    return (weights @ per_head[2]).transpose(0, 1).reshape(5, -1), stacked(weights)


arrays |= {"heads/query": query, "heads/key": key, "heads/value": value, "heads/mask": mask}
output, weights = attend(value, torch.ones_like(mask))
arrays |= {"heads/output": output, "heads/weights": weights}
output, weights = attend(value, mask)
arrays |= {"heads/masked_output": output, "heads/masked_weights": weights}

# Without projections (identity, no bias) nn.MultiheadAttention does the same.
identity = torch.nn.MultiheadAttention(12, 3, bias=False)
with torch.no_grad():
    identity.in_proj_weight.copy_(torch.eye(12).repeat(3, 1))
    identity.out_proj.weight.copy_(torch.eye(12))
    wide = numbers(7, 12)
    theirs = identity(query, key, wide, attn_mask=~mask, average_attn_weights=False)
    ours = attend(wide, mask)
    assert torch.allclose(theirs[0], ours[0], atol=1e-13) and torch.allclose(stacked(theirs[1]), ours[1], atol=1e-13)

# Self-attention: 5 tokens, d_model = 12, 3 heads, packed weights; once behind a causal mask.
attention = with_parameters(torch.nn.MultiheadAttention(12, 3))
tokens = numbers(5, 12)
arrays |= layers("self", attention) | {"self/tokens": tokens}
output, weights = run(attention, tokens, tokens)
arrays |= {"self/output": output, "self/weights": weights}
output, weights = run(attention, tokens, tokens, torch.ones(5, 5, dtype=torch.bool).tril())
arrays |= {"self/causal_output": output, "self/causal_weights": weights}
four_heads = torch.nn.MultiheadAttention(12, 4)
four_heads.load_state_dict(attention.state_dict())
output, weights = run(four_heads, tokens, tokens)
arrays |= {"self/four_heads_output": output, "self/four_heads_weights": weights}

# Cross-attention with the same layers: the memory has 7 rows, as wide as the tokens.
memory = numbers(7, 12)
output, weights = run(attention, tokens, memory)
arrays |= {"cross/memory": memory, "cross/output": output, "cross/weights": weights}

# A memory of another width, 8, and a mask: kdim and vdim, so nothing is packed.
attention = with_parameters(torch.nn.MultiheadAttention(12, 3, kdim=8, vdim=8))
memory = numbers(7, 8)
arrays |= layers("wide", attention) | {"wide/memory": memory}
output, weights = run(attention, tokens, memory, mask)
arrays |= {"wide/output": output, "wide/weights": weights}

golden.main("multi_head_attention", arrays)
