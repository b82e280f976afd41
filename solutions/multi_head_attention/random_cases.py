"""Random cases of `multi_head_attention`; what is expected comes from PyTorch."""

import expected
import numpy
import torch
from random_runs import Case, taller, wider


def drawn_linear(draw, d_in, d_out):
    return {"weight": draw.matrix(d_in, d_out), "bias": draw.matrix(d_out)}


def linear(draw):
    n_tokens, d_in, d_out = draw.size(0), draw.size(), draw.size()
    rows, layer = draw.matrix(n_tokens, d_in), drawn_linear(draw, d_in, d_out)
    return Case([rows, layer], expected.linear(rows, layer))


def split_heads(draw):
    n_tokens, n_heads, d_head = draw.size(0), draw.size(), draw.size()
    features = draw.matrix(n_tokens, n_heads * d_head)
    return Case([features, n_heads], list(torch.tensor(features).chunk(n_heads, 1)))


def merge_heads(draw):
    n_tokens, n_heads, d_head = draw.size(0), draw.size(), draw.size(0)
    heads = [draw.matrix(n_tokens, d_head) for _ in range(n_heads)]
    return Case([heads], torch.cat([torch.tensor(head) for head in heads], 1))


def result(parts):
    return dict(zip(("output", "weights"), parts))


def attend_heads(draw):
    n_queries, n_keys, n_heads, d_head, d_v = draw.size(0), draw.size(0), draw.size(1, 5), draw.size(), draw.size()
    kind = draw.one_of("ordinary", "ordinary", "large", "far below", "huge")
    if kind == "huge":  # whole numbers, and an exact root of d_head: equal scores stay equal
        d_head = draw.one_of(1, 4)
        query = draw.whole(n_queries, n_heads * d_head) * 2.0**500
        key = draw.whole(n_keys, n_heads * d_head) * 2.0**500
    else:
        query, key = draw.matrix(n_queries, n_heads * d_head), draw.matrix(n_keys, n_heads * d_head)
        query *= 256 if kind == "large" else 1
        if kind == "far below":
            query[:, 0], key[:, 0] = 512, -512
    value, mask = draw.matrix(n_keys, n_heads * d_v), draw.mask(n_queries, n_keys)
    due = expected.attend_heads(query, key, value, n_heads, mask)
    if mask.size > 0:  # what nobody may see can hold anything
        key[~mask.any(0)], value[~mask.any(0)] = 1e200, -1e300
    return Case([query, key, value, n_heads, mask], result(due), open=n_keys == 0)


def drawn_weights(draw, d_model, d_memory, n_heads):
    layers = {name: drawn_linear(draw, d_model, d_model) for name in ("query", "key", "value", "output")}
    layers |= {name: drawn_linear(draw, d_memory, d_model) for name in ("key", "value")}
    layers["query"]["weight"] *= draw.one_of(1, 1, 16)  # scores up to 10^4
    return layers | {"n_heads": n_heads}


def multi_head_attention(draw):
    n_queries, n_keys, n_heads, d_memory = draw.size(0), draw.size(0), draw.size(1, 4), draw.size()
    d_model = n_heads * draw.size(1, 4)
    tokens, memory = draw.matrix(n_queries, d_model), draw.matrix(n_keys, d_memory)
    if draw.one_of(False, True) and d_memory == d_model:
        memory = tokens
    weights, mask = drawn_weights(draw, d_model, memory.shape[1], n_heads), draw.mask(n_queries, len(memory))
    ask = expected.multi_head_attention
    if expected.sees(n_queries, len(memory), mask):
        ask = expected.torch_multi_head_attention
    return Case([tokens, memory, weights, mask], result(ask(tokens, memory, weights, mask)), open=len(memory) == 0)


def too_tall_mask(n_queries, n_keys):
    return numpy.ones((n_queries + 1, max(n_keys, 1)), bool)


def changed(weights, layer, field, change):
    return weights | {layer: weights[layer] | {field: change(weights[layer][field])}}


misfits = {
    "linear": [
        lambda draw, rows, layer: (wider(rows), layer),
        lambda draw, rows, layer: (rows, layer | {"bias": wider(layer["bias"])}),
        lambda draw, rows, layer: (rows, layer | {"weight": taller(layer["weight"])}),
    ],
    "split_heads": [
        lambda draw, x, n_heads: (x, draw.one_of(0, -1)),
        lambda draw, x, n_heads: (x, x.shape[1] + 1),
        lambda draw, x, n_heads: (wider(x), n_heads) if n_heads > 1 else None,
    ],
    "merge_heads": [
        lambda draw, heads: ([],),
        lambda draw, heads: (heads + [wider(heads[0])],),
        lambda draw, heads: ([taller(heads[0])] + heads,),
    ],
    "attend_heads": [
        lambda draw, q, k, v, n, mask: (wider(q), k, v, n, mask),
        lambda draw, q, k, v, n, mask: (q, k, taller(v), n, mask),
        lambda draw, q, k, v, n, mask: (q, k, v, draw.one_of(0, -1, q.shape[1] + 1), mask),
        lambda draw, q, k, v, n, mask: (q, k, wider(v), n, mask) if n > 1 else None,
        lambda draw, q, k, v, n, mask: (q, k, v, n, too_tall_mask(len(q), len(k))),
    ],
    "multi_head_attention": [
        lambda draw, x, memory, w, mask: (wider(x), memory, w, mask),
        lambda draw, x, memory, w, mask: (x, wider(memory), w, mask),
        lambda draw, x, memory, w, mask: (x, memory, w | {"n_heads": draw.one_of(0, -1, x.shape[1] + 1)}, mask),
        lambda draw, x, memory, w, mask: (x, memory, changed(w, "output", "bias", wider), mask),
        lambda draw, x, memory, w, mask: (x, memory, changed(w, "key", "weight", taller), mask),
        lambda draw, x, memory, w, mask: (x, memory, w, too_tall_mask(len(x), len(memory))),
    ],
}
