"""Random cases of `attention`; what is expected comes from PyTorch."""

import numpy
import torch
from expected import attend, dot_attention
from random_runs import Case, taller, wider


def result(parts):
    return dict(zip(("output", "weights"), parts))


# Scores: ordinary; far below zero; large, up to 10^3; as large as a double holds, with whole numbers in them.
KINDS = "ordinary", "ordinary", "far below", "large", "huge"


def softmax_rows(draw):
    n_queries, n_keys = draw.size(0), draw.size(0)
    kind = draw.one_of(*KINDS)
    scores = draw.whole(n_queries, n_keys) * 2.0 ** draw.between(900, 1020) if kind == "huge" else None
    if scores is None:
        scores = draw.matrix(n_queries, n_keys) * draw.one_of(1, 500 if kind == "large" else 1)
        scores -= 2.0 ** draw.between(10, 40) if kind == "far below" else 0
    if draw.one_of(False, True):
        scores[~draw.flags(n_queries, n_keys)] = -numpy.inf
    if n_keys > 0:
        return Case([scores], attend(scores, numpy.zeros((n_keys, 1)))[1])
    return Case([scores], scores, open=True)


def causal_mask(draw):
    n_queries, n_keys = draw.size(0), draw.size(0)
    mask = torch.ones(n_queries, n_keys, dtype=torch.bool).tril(n_keys - n_queries)
    return Case([n_queries, n_keys], mask)


def padding_mask(draw):
    n_queries, is_token = draw.size(0), draw.flags(draw.size(0))
    return Case([n_queries, is_token], torch.tensor(is_token).expand(n_queries, len(is_token)))


def drawn_attention(draw):
    """Query, key and value, with scores of every kind."""
    n_queries, n_keys, d_k, d_v = draw.size(0), draw.size(0), draw.size(), draw.size()
    kind = draw.one_of(*KINDS)
    if kind == "huge":  # the root of d_k is exact, so equal scores stay equal
        d_k = draw.one_of(1, 4)
        query, key = draw.whole(n_queries, d_k) * 2.0**500, draw.whole(n_keys, d_k) * 2.0**500
    else:
        query, key = draw.matrix(n_queries, d_k), draw.matrix(n_keys, d_k)
        query *= 256 if kind == "large" else 1
        if kind == "far below":
            query[:, 0], key[:, 0] = 512, -512
    return query, key, draw.matrix(n_keys, d_v)


def swell_hidden(mask, key, value):
    """What nobody may see can hold anything."""
    if mask.size > 0:
        hidden = ~mask.any(0)
        key[hidden], value[hidden] = 1e200, -1e300


def scaled_dot_product_attention(draw):
    query, key, value = drawn_attention(draw)
    return Case([query, key, value], result(dot_attention(query, key, value)), open=len(key) == 0)


def masked_attention(draw):
    query, key, value = drawn_attention(draw)
    mask = draw.mask(len(query), len(key))
    expected = dot_attention(query, key, value, mask)
    swell_hidden(mask, key, value)
    return Case([query, key, value, mask], result(expected), open=len(key) == 0)


def projections(draw, d_model, d_memory):
    d_k, d_v = draw.size(), draw.size()
    return {"query": draw.matrix(d_model, d_k), "key": draw.matrix(d_memory, d_k), "value": draw.matrix(d_memory, d_v)}


def enlarge(draw, projection):
    """Scores up to 10^4, in one case of three."""
    projection["query"] *= draw.one_of(1, 1, 64)


def projected(tokens, memory, projection, mask):
    tokens, memory = torch.tensor(tokens), torch.tensor(memory)
    w_query, w_key, w_value = (torch.tensor(matrix) for matrix in projection.values())
    return result(dot_attention(tokens @ w_query, memory @ w_key, memory @ w_value, mask))


def self_attention(draw):
    n_tokens, d_model = draw.size(0), draw.size()
    tokens, projection = draw.matrix(n_tokens, d_model), projections(draw, d_model, d_model)
    enlarge(draw, projection)
    mask = draw.mask(n_tokens, n_tokens)
    return Case([tokens, projection, mask], projected(tokens, tokens, projection, mask), open=n_tokens == 0)


def cross_attention(draw):
    n_queries, n_keys, d_model, d_memory = draw.size(0), draw.size(0), draw.size(), draw.size()
    tokens, memory = draw.matrix(n_queries, d_model), draw.matrix(n_keys, d_memory)
    projection, mask = projections(draw, d_model, d_memory), draw.mask(n_queries, n_keys)
    enlarge(draw, projection)
    return Case([tokens, memory, projection, mask], projected(tokens, memory, projection, mask), open=n_keys == 0)


def additive_attention(draw):
    n_queries, n_keys, d_query, d_key = draw.size(0), draw.size(0), draw.size(), draw.size()
    d_hidden, d_v = draw.size(), draw.size()
    query, key, value = draw.matrix(n_queries, d_query), draw.matrix(n_keys, d_key), draw.matrix(n_keys, d_v)
    weights = {"query": draw.matrix(d_query, d_hidden), "key": draw.matrix(d_key, d_hidden), "v": draw.matrix(d_hidden)}
    weights["v"] *= draw.one_of(1, 1, 1000)
    query *= draw.one_of(1, 1, 1e6)  # every tanh is 1 or -1
    mask = draw.mask(n_queries, n_keys)
    from_query, from_key = torch.tensor(query @ weights["query"]), torch.tensor(key @ weights["key"])
    scores = torch.tanh(from_query[:, None, :] + from_key[None, :, :]) @ torch.tensor(weights["v"])
    expected = attend(scores, value, mask)
    swell_hidden(mask, key, value)
    return Case([query, key, value, weights, mask], result(expected), open=n_keys == 0)


def bilinear_attention(draw):
    n_queries, n_keys, d_query, d_key, d_v = draw.size(0), draw.size(0), draw.size(), draw.size(), draw.size()
    huge = draw.one_of(False, False, True)
    numbers = draw.whole if huge else draw.matrix
    query, key, weight = numbers(n_queries, d_query), numbers(n_keys, d_key), numbers(d_query, d_key)
    if huge:
        query, key, weight = query * 2.0**300, key * 2.0**300, weight * 2.0**300
    value, mask = draw.matrix(n_keys, d_v), draw.mask(n_queries, n_keys)
    expected = attend(torch.tensor(query) @ torch.tensor(weight) @ torch.tensor(key).T, value, mask)
    if not huge:
        swell_hidden(mask, key, value)
    return Case([query, key, value, weight, mask], result(expected), open=n_keys == 0)


def another_mask(draw, mask, n_queries, n_keys):
    """One that does not fit, and is not empty: an empty one may be taken for none."""
    return numpy.ones((n_queries + 1, n_keys), bool) if n_keys > 0 else numpy.ones((n_queries + 1, 1), bool)


attention_misfits = [
    lambda draw, q, k, v, *mask: (wider(q), k, v, *mask),
    lambda draw, q, k, v, *mask: (q, wider(k), v, *mask),
    lambda draw, q, k, v, *mask: (q, k, taller(v), *mask),
]
mask_misfits = [lambda draw, q, k, *rest: (q, k, *rest[:-1], another_mask(draw, rest[-1], len(q), len(k)))]
weighted_misfits = [
    lambda draw, q, k, v, w, mask: (wider(q), k, v, w, mask),
    lambda draw, q, k, v, w, mask: (q, wider(k), v, w, mask),
    lambda draw, q, k, v, w, mask: (q, k, taller(v), w, mask),
]

misfits = {
    "scaled_dot_product_attention": attention_misfits,
    "masked_attention": attention_misfits + mask_misfits,
    "self_attention": [
        lambda draw, tokens, p, mask: (wider(tokens), p, mask),
        lambda draw, tokens, p, mask: (tokens, p | {"query": wider(p["query"])}, mask),
        lambda draw, tokens, p, mask: (tokens, p | {"value": taller(p["value"])}, mask),
        lambda draw, tokens, p, mask: (tokens, p, another_mask(draw, mask, len(tokens), len(tokens))),
    ],
    "cross_attention": [
        lambda draw, tokens, memory, p, mask: (wider(tokens), memory, p, mask),
        lambda draw, tokens, memory, p, mask: (tokens, wider(memory), p, mask),
        lambda draw, tokens, memory, p, mask: (tokens, memory, p | {"key": wider(p["key"])}, mask),
    ] + mask_misfits,
    "additive_attention": weighted_misfits + mask_misfits + [
        lambda draw, q, k, v, w, mask: (q, k, v, w | {"v": wider(w["v"])}, mask),
    ],
    "bilinear_attention": weighted_misfits + mask_misfits,
}
