"""Random cases of `flash_attention`: what is expected comes from PyTorch's softmax, logsumexp and autograd of the whole
matrix of scores."""

import numpy
import torch
from random_runs import Case, taller, wider

INFINITY = float("inf")


def drawn_scores(draw, n):
    """Ordinary, large, far from 0, often equal; some or all of them may be -infinity."""
    scores = draw.one_of(draw.matrix(n), 5000 * draw.matrix(n), draw.matrix(n) + draw.one_of(-1e5, 1e5), draw.whole(n))
    scores[~draw.flags(n)] = -INFINITY
    return scores


def partial(scores):
    """Maximum and sum of the last dimension; of nothing, -infinity and 0."""
    scores = torch.as_tensor(scores)
    if scores.shape[-1] == 0:
        return torch.full(scores.shape[:-1], -INFINITY), torch.zeros(scores.shape[:-1])
    maximum = scores.max(-1).values
    total = torch.exp(scores - torch.where(maximum.isinf(), 0.0, maximum)[..., None]).sum(-1)
    return maximum, total


def as_partial(scores):
    maximum, total = partial(scores)
    return {"maximum": float(maximum), "sum": float(total)}


def summarize(draw):
    scores = drawn_scores(draw, draw.size(0))
    return Case([scores], as_partial(scores))


def merge(draw):
    left, right = (drawn_scores(draw, draw.size(0)) for _ in range(2))
    return Case([as_partial(left), as_partial(right)], as_partial(numpy.concatenate([left, right])))


def online_softmax(draw):
    scores = drawn_scores(draw, draw.size(0))
    weights = numpy.zeros(len(scores))
    if (scores > -INFINITY).any():
        weights = torch.softmax(torch.as_tensor(scores), 0)
    return Case([scores, draw.size()], weights)


def queries_and_keys(draw, n_queries, n_keys):
    """Scores that are ordinary, large, or all far from 0."""
    d_k = draw.size()
    query, key = draw.matrix(n_queries, d_k), draw.matrix(n_keys, d_k)
    factor = draw.one_of(1.0, 1.0, 60.0)
    query, key = factor * query, factor * key
    if draw.one_of(True, False):
        query[:, 0], key[:, 0] = 60, key[:, 0] + draw.one_of(-200.0, 200.0)
    return query, key


def scores_of(query, key, visible=None):
    scores = torch.as_tensor(query) @ torch.as_tensor(key).T / query.shape[1] ** 0.5
    return scores if visible is None else scores.masked_fill(~torch.as_tensor(visible), -INFINITY)


def as_running(scores, value):
    """What there is after these scores."""
    maximum, total = partial(scores)
    weights = torch.exp(scores - torch.where(maximum.isinf(), 0.0, maximum)[:, None])
    return {"maximum": maximum, "sum": total, "output": weights @ torch.as_tensor(value)}


def as_numpy(record):
    return {name: numpy.asarray(array) for name, array in record.items()}


def absorb_tile(draw):
    n_queries, before, n_keys, d_v = draw.size(0), draw.size(0), draw.size(), draw.size()
    query, key = queries_and_keys(draw, n_queries, before + n_keys)
    value, mask = draw.matrix(before + n_keys, d_v), draw.mask(n_queries, n_keys)
    visible = numpy.ones((n_queries, before + n_keys), bool)
    visible[:, :before] = draw.flags(n_queries, before)
    if mask.shape != (0, 0):
        visible[:, before:] = mask
        hidden = before + numpy.flatnonzero(~mask.any(0))
        key[hidden], value[hidden] = 1e200, -1e300  # what nobody sees can hold anything
    scores = scores_of(query, key, visible)
    first = as_running(scores[:, :before], value[:before])
    arguments = [as_numpy(first), query, key[before:], value[before:], mask]
    return Case(arguments, as_running(scores, value))


def finish(draw):
    n_queries, n_keys, d_v = draw.size(0), draw.size(0), draw.size()
    query, key = queries_and_keys(draw, n_queries, n_keys)
    scores, value = scores_of(query, key, draw.flags(n_queries, n_keys)), draw.matrix(n_keys, d_v)
    seen = (scores > -INFINITY).any(1)
    weights = torch.zeros(scores.shape)
    weights[seen] = torch.softmax(scores[seen], 1)
    log_sum_exp = torch.logsumexp(scores, 1) if n_keys > 0 else torch.full((n_queries,), -INFINITY)
    expected = {"output": weights @ torch.as_tensor(value), "log_sum_exp": log_sum_exp}
    return Case([as_numpy(as_running(scores, value))], expected)


def sizes(draw):
    """Queries, keys, and whether the future is hidden."""
    n_queries, causal = draw.size(0), draw.one_of(True, False)
    return n_queries, max(1, n_queries + draw.size(0)) if causal else draw.size(), causal


def tiling(draw, causal):
    return {"query_block": draw.size(), "key_block": draw.size(), "causal": causal}


def seen_by(n_queries, n_keys, causal):
    seen = numpy.ones((n_queries, n_keys), bool)
    return numpy.tril(seen, n_keys - n_queries) if causal else seen


def tiles(draw):
    n_queries, n_keys, causal = sizes(draw)
    cut, seen = tiling(draw, causal), seen_by(n_queries, n_keys, causal)
    expected = []
    for q in range(0, n_queries, cut["query_block"]):
        for k in range(0, n_keys, cut["key_block"]):
            inside = seen[q : q + cut["query_block"], k : k + cut["key_block"]]
            q_end, k_end = q + inside.shape[0], k + inside.shape[1]
            if inside.any():
                tile = {"query_begin": q, "query_end": q_end, "key_begin": k, "key_end": k_end}
                expected.append(tile | {"partly_hidden": bool(not inside.all())})
    return Case([n_queries, n_keys, cut], expected)


def drawn_attention(draw):
    n_queries, n_keys, causal = sizes(draw)
    query, key = queries_and_keys(draw, n_queries, n_keys)
    return query, key, draw.matrix(n_keys, draw.size()), causal


def attention(query, key, value, causal):
    scores = scores_of(query, key, seen_by(len(query), len(key), causal))
    return torch.softmax(scores, 1) @ torch.as_tensor(value), torch.logsumexp(scores, 1)


def forward(draw):
    query, key, value, causal = drawn_attention(draw)
    output, log_sum_exp = attention(query, key, value, causal)
    return Case([query, key, value, tiling(draw, causal)], {"output": output, "log_sum_exp": log_sum_exp})


def row_dots(draw):
    output = draw.matrix(draw.size(0), draw.size())
    gradient = draw.matrix(*output.shape)
    return Case([output, gradient], torch.einsum("ic,ic->i", torch.tensor(output), torch.tensor(gradient)))


def backward(draw):
    query, key, value, causal = drawn_attention(draw)
    leaves = [torch.tensor(each, requires_grad=True) for each in (query, key, value)]
    scores = leaves[0] @ leaves[1].T / query.shape[1] ** 0.5
    scores = scores.masked_fill(~torch.as_tensor(seen_by(len(query), len(key), causal)), -INFINITY)
    output, log_sum_exp = torch.softmax(scores, 1) @ leaves[2], torch.logsumexp(scores, 1)
    gradient = draw.matrix(*output.shape)
    output.backward(torch.as_tensor(gradient))
    result = {"output": output.detach().numpy(), "log_sum_exp": log_sum_exp.detach().numpy()}
    expected = {name: leaf.grad for name, leaf in zip(("query", "key", "value"), leaves)}
    # A weight is as exact as its score, which is 1e5 times as large as others; gradients of that size, too.
    largest = max(1.0, float(numpy.abs(scores.detach().numpy()[numpy.isfinite(scores.detach().numpy())]).max(initial=0)))
    return Case([query, key, value, result, gradient, tiling(draw, causal)], expected, bound=max(1e-9, largest * 1e-12))


# ----------------------------------------------------------------------------------- the misfits


def changed(record, name, change):
    return record | {name: change(record[name])}


def with_block(cut, draw):
    return cut | {draw.one_of("query_block", "key_block"): draw.one_of(0, -1)}


def more_queries(query, key):
    return numpy.ones((len(key) + 1, query.shape[1]))


misfits = {
    "online_softmax": [lambda draw, scores, chunk: (scores, draw.one_of(0, -1))],
    "absorb_tile": [
        lambda draw, running, query, key, value, mask: (changed(running, "maximum", wider), query, key, value, mask),
        lambda draw, running, query, key, value, mask: (changed(running, "sum", wider), query, key, value, mask),
        lambda draw, running, query, key, value, mask: (changed(running, "output", wider), query, key, value, mask),
        lambda draw, running, query, key, value, mask: (changed(running, "output", taller), query, key, value, mask),
        lambda draw, running, query, key, value, mask: (running, wider(query), key, value, mask),
        lambda draw, running, query, key, value, mask: (running, taller(query), key, value, mask),
        lambda draw, running, query, key, value, mask: (running, query, wider(key), value, mask),
        lambda draw, running, query, key, value, mask: (running, query, taller(key), value, mask),
        lambda draw, running, query, key, value, mask: (running, query, key, wider(value), mask),
        lambda draw, running, query, key, value, mask: (running, query, key, value, wider(mask)) if mask.size else None,
        lambda draw, running, query, key, value, mask: (running, query, key, value, taller(mask)) if mask.size else None,
    ],
    "finish": [
        lambda draw, running: (changed(running, "maximum", wider),),
        lambda draw, running: (changed(running, "sum", wider),),
        lambda draw, running: (changed(running, "output", taller),),
    ],
    "tiles": [
        lambda draw, n_queries, n_keys, cut: (n_queries, n_keys, with_block(cut, draw)),
        lambda draw, n_queries, n_keys, cut: (-1, n_keys, cut),
        lambda draw, n_queries, n_keys, cut: (n_queries, draw.one_of(0, -1), cut),
        lambda draw, n_queries, n_keys, cut: (n_keys + 1, n_keys, cut | {"causal": True}),
    ],
    "forward": [
        lambda draw, query, key, value, cut: (wider(query), key, value, cut),
        lambda draw, query, key, value, cut: (query, key, taller(value), cut),
        lambda draw, query, key, value, cut: (query, key[:0], value[:0], cut),
        lambda draw, query, key, value, cut: (query, key, value, with_block(cut, draw)),
        lambda draw, query, key, value, cut: (more_queries(query, key), key, value, cut | {"causal": True}),
    ],
    "row_dots": [
        lambda draw, output, gradient: (wider(output), gradient),
        lambda draw, output, gradient: (output, taller(gradient)),
    ],
    "backward": [
        lambda draw, query, key, value, result, gradient, cut: (wider(query), key, value, result, gradient, cut),
        lambda draw, query, key, value, result, gradient, cut: (taller(query), key, value, result, gradient, cut),
        lambda draw, query, key, value, result, gradient, cut: (query, key, taller(value), result, gradient, cut),
        lambda draw, query, key, value, result, gradient, cut: (query, key, wider(value), result, gradient, cut),
        lambda draw, query, key, value, result, gradient, cut: (query, key, value, result, wider(gradient), cut),
        lambda draw, query, key, value, result, gradient, cut: (
            query, key, value, changed(result, "log_sum_exp", wider), gradient, cut),
        lambda draw, query, key, value, result, gradient, cut: (
            query, key, value, changed(result, "output", taller), gradient, cut),
        lambda draw, query, key, value, result, gradient, cut: (query, key, value, result, gradient, with_block(cut, draw)),
    ],
}
