"""Golden values of `flash_attention`: PyTorch's plain attention in float64, which stores the whole matrix of scores, its
logsumexp, and its autograd. Nothing here knows of tiles."""

import pathlib
import sys

import numpy
import torch

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "common" / "golden"))
import golden  # noqa: E402
import golden_torch  # noqa: E402

torch.set_default_dtype(torch.float64)
numbers = golden_torch.Numbers(2022)


def scores_of(query, key, visible):
    return (query @ key.T / query.shape[1] ** 0.5).masked_fill(~visible, float("-inf"))


def seen_by(n_queries, n_keys, causal):
    """Query i stands at position i + n_keys - n_queries."""
    everything = torch.ones(n_queries, n_keys, dtype=torch.bool)
    return torch.tril(everything, n_keys - n_queries) if causal else everything


def partial(scores):
    """Maximum and sum of each row, relative to it."""
    maximum = scores.max(1).values
    return maximum, torch.exp(scores - maximum[:, None]).sum(1)


def attention(name, query, key, value, causal, output_gradient=None):
    """Output, log-sum-exp, and with an output gradient what autograd makes of it."""
    query, key, value = (each.clone().requires_grad_() for each in (query, key, value))
    scores = scores_of(query, key, seen_by(len(query), len(key), causal))
    output = torch.softmax(scores, dim=1) @ value
    if not causal:
        theirs, _ = torch.nn.functional._scaled_dot_product_attention(query[None], key[None], value[None])
        assert torch.allclose(output, theirs[0], rtol=1e-13, atol=1e-14)
    found = {f"{name}/output": output, f"{name}/log_sum_exp": torch.logsumexp(scores, dim=1)}
    if output_gradient is not None:
        output.backward(output_gradient)
        found |= {f"{name}/{what}_gradient": each.grad for what, each in zip(("query", "key", "value"), (query, key, value))}
    return {name: array.detach().numpy() for name, array in found.items()}


arrays = {}

# A row of 11 scores, and the partial result of its first 7 and of all.
row = 2 * numbers(11)
arrays |= {"online/scores": row, "online/weights": torch.softmax(row, 0)}
for name, part in (("left", row[:7]), ("right", row[7:]), ("all", row)):
    maximum, total = partial(part[None])
    arrays |= {f"online/{name}": torch.cat([maximum, total])}

# 3 queries of 4 features; 5 keys with values of 2 features, of which not all are seen; then 6 more, all seen.
query, key, value = numbers(3, 4), numbers(11, 4), numbers(11, 2)
visible = torch.ones(3, 11, dtype=torch.bool)
visible[:, :5] = torch.tensor([[1, 0, 1, 1, 0], [0, 1, 0, 0, 0], [1, 1, 1, 1, 0]], dtype=torch.bool)
arrays |= {"tile/query": query, "tile/key": key, "tile/value": value, "tile/visible": visible[:, :5].double()}
for name, end in (("first", 5), ("both", 11)):
    scores = scores_of(query, key[:end], visible[:, :end])
    maximum, total = partial(scores)
    arrays |= {f"tile/{name}/maximum": maximum, f"tile/{name}/sum": total}
    arrays |= {f"tile/{name}/output": torch.exp(scores - maximum[:, None]) @ value[:end]}
arrays |= {"tile/output": torch.softmax(scores, dim=1) @ value, "tile/log_sum_exp": torch.logsumexp(scores, dim=1)}

# 7 queries, 9 keys of 4 features, values of 3; the same with scores of which each is about 10000; and with scores from
# -10000 to 10000.
query, key, value, output_gradient = numbers(7, 4), numbers(9, 4), numbers(9, 3), numbers(7, 3)
arrays |= {"query": query, "key": key, "value": value, "output_gradient": output_gradient}
arrays |= attention("plain", query, key, value, False, output_gradient)
arrays |= attention("causal", query, key, value, True, output_gradient)

high_query, high_key = query.clone(), key.clone()
high_query[:, 3], high_key[:, 3] = 128, 160
arrays |= {"high_query": high_query, "high_key": high_key}
arrays |= attention("high", high_query, high_key, value, False, output_gradient)
arrays |= attention("high_causal", high_query, high_key, value, True, output_gradient)

large_query = 3000 * query
assert torch.abs(scores_of(large_query, key, seen_by(7, 9, False))).max() > 1e4
arrays |= {"large_query": large_query}
arrays |= attention("large", large_query, key, value, False)

golden.main("flash_attention", arrays)
