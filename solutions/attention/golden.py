"""Golden values of `attention`, computed by PyTorch in float64."""

import pathlib
import sys

import torch

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "common" / "golden"))
import golden  # noqa: E402
import golden_torch  # noqa: E402

torch.set_default_dtype(torch.float64)
numbers = golden_torch.Numbers(2017)


def attend(scores, value, mask=None):
    if mask is not None:
        scores = scores.masked_fill(~mask, float("-inf"))
    weights = torch.softmax(scores, dim=-1)
    return weights, weights @ value


arrays = {}

scores = numbers(4, 6)
arrays |= {"softmax/scores": scores, "softmax/weights": torch.softmax(scores, dim=-1)}

# All sizes differ: 3 queries, 5 keys, d_k = 7, d_v = 4. The mask leaves every query some key.
query, key, value = numbers(3, 7), numbers(5, 7), numbers(5, 4)
mask = torch.tensor([[1, 0, 1, 1, 0], [0, 1, 0, 0, 0], [1, 1, 0, 1, 1]], dtype=torch.bool)
arrays |= {"dot/query": query, "dot/key": key, "dot/value": value, "dot/mask": mask}
weights, output = attend(query @ key.T / 7**0.5, value)
arrays |= {"dot/weights": weights, "dot/output": output}
weights, output = attend(query @ key.T / 7**0.5, value, mask)
arrays |= {"masked/weights": weights, "masked/output": output}

# d_model = 6, d_memory = 8, d_k = 4, d_v = 3; 5 tokens, 7 of memory.
tokens, memory = numbers(5, 6), numbers(7, 8)
w_query, w_key, w_value = numbers(6, 4) / 2, numbers(6, 4) / 2, numbers(6, 3) / 2
arrays |= {"self/tokens": tokens, "self/w_query": w_query, "self/w_key": w_key, "self/w_value": w_value}
weights, output = attend((tokens @ w_query) @ (tokens @ w_key).T / 4**0.5, tokens @ w_value)
arrays |= {"self/weights": weights, "self/output": output}
m_key, m_value = numbers(8, 4) / 2, numbers(8, 3) / 2
cross_mask = torch.ones(5, 7, dtype=torch.bool)
cross_mask[1, 2:5] = False
cross_mask[4, 0] = False
arrays |= {"cross/memory": memory, "cross/w_key": m_key, "cross/w_value": m_value, "cross/mask": cross_mask}
weights, output = attend((tokens @ w_query) @ (memory @ m_key).T / 4**0.5, memory @ m_value, cross_mask)
arrays |= {"cross/weights": weights, "cross/output": output}

# Additive: 3 queries of 4, 5 keys of 6, hidden layer of 7, values of 2.
query, key, value = numbers(3, 4), numbers(5, 6), numbers(5, 2)
w, u, v = numbers(4, 7), numbers(6, 7), numbers(7)
hidden = torch.tanh((query @ w)[:, None, :] + (key @ u)[None, :, :])
arrays |= {"additive/query": query, "additive/key": key, "additive/value": value}
arrays |= {"additive/w": w, "additive/u": u, "additive/v": v}
weights, output = attend(hidden @ v, value)
arrays |= {"additive/weights": weights, "additive/output": output}
weights, output = attend(hidden @ v, value, mask)
arrays |= {"additive/masked_weights": weights, "additive/masked_output": output}

# Bilinear: the same queries, keys and values, W of 4 x 6.
w = numbers(4, 6) / 2
arrays |= {"bilinear/w": w}
bilinear = torch.nn.functional.bilinear(
    query[:, None, :].expand(3, 5, 4).reshape(15, 4), key[None, :, :].expand(3, 5, 6).reshape(15, 6), w[None]
).reshape(3, 5)
weights, output = attend(bilinear, value)
arrays |= {"bilinear/weights": weights, "bilinear/output": output}
weights, output = attend(bilinear, value, mask)
arrays |= {"bilinear/masked_weights": weights, "bilinear/masked_output": output}

golden.main("attention", arrays)
