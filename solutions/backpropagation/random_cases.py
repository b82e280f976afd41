"""Random cases of `backpropagation`; what is expected comes from PyTorch's autograd, for layer norms of an unusual size
from the formula in NumPy's long double."""

import numpy
import torch
from drawn import changed
from random_runs import Case, taller, wider
from torch.nn import functional


def leaf(array):
    return torch.tensor(array).requires_grad_()


def gradients(output, upstream, *leaves):
    """Of the sum of output * upstream; zero for what the output does not depend on."""
    found = torch.autograd.grad((output * torch.tensor(upstream)).sum(), leaves, allow_unused=True)
    return [torch.zeros_like(x) if gradient is None else gradient for x, gradient in zip(leaves, found)]


def drawn_linear(draw, d_in, d_out):
    return {"weight": draw.matrix(d_in, d_out), "bias": draw.matrix(d_out)}


def linear_backward(draw):
    n_tokens, d_in, d_out = draw.size(0), draw.size(), draw.size()
    rows, layer, upstream = draw.matrix(n_tokens, d_in), drawn_linear(draw, d_in, d_out), draw.matrix(n_tokens, d_out)
    x, weight, bias = leaf(rows), leaf(layer["weight"]), leaf(layer["bias"])
    of_input, of_weight, of_bias = gradients(functional.linear(x, weight.T, bias), upstream, x, weight, bias)
    return Case([rows, layer, upstream], {"input": of_input, "layer": {"weight": of_weight, "bias": of_bias}})


def embedding_backward(draw):
    n_vocabulary, d_model = draw.size(), draw.size()
    ids = draw.words(draw.size(0, 30), n_vocabulary)
    upstream, table = draw.matrix(len(ids), d_model), leaf(draw.matrix(n_vocabulary, d_model))
    output = functional.embedding(torch.tensor(ids, dtype=torch.long), table)
    return Case([ids, n_vocabulary, upstream], *gradients(output, upstream, table))


def softmax_backward(draw):
    scores = leaf(draw.matrix(draw.size(0), draw.size(0)) * draw.one_of(1, 1, 10, 1000))
    weights, upstream = torch.softmax(scores, 1), draw.matrix(*scores.shape) * draw.one_of(1, 100)
    return Case([weights.detach().numpy(), upstream], *gradients(weights, upstream, scores))


def cross_entropy(draw):
    n_tokens, n_classes = draw.size(), draw.size()
    logits = draw.matrix(n_tokens, n_classes) * draw.one_of(1, 1, 10, 1000) + draw.one_of(0, 0, 1000, -1000)
    targets, smoothing = draw.words(n_tokens, n_classes), draw.one_of(0.0, 0.1, 1.0, float(draw.random.random()))
    x = leaf(logits)
    loss = functional.cross_entropy(x, torch.tensor(targets), label_smoothing=smoothing)
    due = {"loss": float(loss), "gradient": torch.autograd.grad(loss, x)[0]}
    return Case([logits, targets, smoothing], due)


def by_formula(rows, gain, epsilon, upstream):
    """Ba et al. in long double."""
    x = numpy.asarray(rows, numpy.longdouble)
    centred = x - x.mean(1, keepdims=True)
    centred = centred - centred.mean(1, keepdims=True)
    deviation = numpy.sqrt((centred**2).mean(1, keepdims=True) + numpy.longdouble(epsilon))
    normal, g = centred / deviation, upstream * numpy.asarray(gain, numpy.longdouble)
    of_input = (g - g.mean(1, keepdims=True) - normal * (g * normal).mean(1, keepdims=True)) / deviation
    return of_input, (upstream * normal).sum(0), upstream.sum(0)


def layer_norm_backward(draw):
    n_tokens, d_model, epsilon = draw.size(0), draw.size(), draw.one_of(1e-5, 1e-3, 0.25, 4.0)
    rows, gain, upstream = draw.matrix(n_tokens, d_model), draw.matrix(d_model), draw.matrix(n_tokens, d_model)
    kind = draw.one_of("ordinary", "ordinary", "large", "tiny", "equal", "far")
    if kind == "ordinary":
        leaves = leaf(rows), leaf(gain), torch.zeros(d_model, requires_grad=True)
        due = gradients(functional.layer_norm(leaves[0], (d_model,), *leaves[1:], epsilon), upstream, *leaves)
    else:
        rows *= 2.0 ** {"large": draw.between(10, 505), "tiny": -draw.between(10, 1000)}.get(kind, 0)
        rows += 2.0 ** draw.between(4, 12) if kind == "far" else 0
        if kind == "equal":
            rows[:] = draw.whole(n_tokens, 1)
        due = by_formula(rows, gain, epsilon, upstream)
    # Where the deviation is small, gradients are large, and what cancels leaves some of their rounding.
    deviation = numpy.sqrt(rows.var(1) + epsilon).min(initial=1)
    offset = numpy.abs(rows).max(initial=1) if kind == "far" else 1
    bound = max(1e-9, offset * 2.0**-45 / deviation**2)
    return Case([rows, gain, epsilon, upstream], dict(zip(("input", "gain", "bias"), due)), bound=bound)


def attend(query, key, value, mask):
    """A row that sees nothing has zero weights, and no NaN whose gradient would be NaN."""
    scores = query @ key.T / query.shape[1] ** 0.5
    visible = torch.tensor(mask) if mask.size > 0 else torch.ones(scores.shape, dtype=torch.bool)
    some = visible.any(-1, keepdim=True)
    scores = scores.masked_fill(~visible, float("-inf")).masked_fill(~some, 0)
    return torch.softmax(scores, -1) * some @ value


def attention_backward(draw):
    n_queries, n_keys, d_k, d_v = draw.size(0), draw.size(0), draw.size(), draw.size()
    query, key = draw.matrix(n_queries, d_k) * draw.one_of(1, 1, 64), draw.matrix(n_keys, d_k)
    value, upstream, mask = draw.matrix(n_keys, d_v), draw.matrix(n_queries, d_v), draw.mask(n_queries, n_keys)
    if mask.size > 0:  # what nobody may see can hold anything
        key[~mask.any(0)], value[~mask.any(0)] = 1e100, -1e100
    leaves = leaf(query), leaf(key), leaf(value)
    due = gradients(attend(*leaves, mask), upstream, *leaves)
    return Case([query, key, value, mask, upstream], dict(zip(("query", "key", "value"), due)), open=n_keys == 0)


names = ("query", "key", "value", "output")


def multi_head_attention_backward(draw):
    n_queries, n_keys, n_heads, d_memory = draw.size(0), draw.size(0), draw.size(1, 4), draw.size()
    d_model = n_heads * draw.size(1, 4)
    tokens, memory = draw.matrix(n_queries, d_model), draw.matrix(n_keys, d_memory)
    weights = {name: drawn_linear(draw, d_memory if name in ("key", "value") else d_model, d_model) for name in names}
    mask, upstream = draw.mask(n_queries, n_keys), draw.matrix(n_queries, d_model)
    x, m = leaf(tokens), leaf(memory)
    layers = {name: [leaf(layer["weight"]), leaf(layer["bias"])] for name, layer in weights.items()}
    projected = [rows @ layers[name][0] + layers[name][1] for name, rows in zip(names, (x, m, m))]
    heads = [attend(*head, mask) for head in zip(*(rows.chunk(n_heads, 1) for rows in projected))]
    output = torch.cat(heads, 1) @ layers["output"][0] + layers["output"][1]
    found = gradients(output, upstream, x, m, *(each for name in names for each in layers[name]))
    due = {name: {"weight": found[2 * i + 2], "bias": found[2 * i + 3]} for i, name in enumerate(names)}
    due = {"tokens": found[0], "memory": found[1], "weights": due | {"n_heads": n_heads}}
    return Case([tokens, memory, weights | {"n_heads": n_heads}, mask, upstream], due, open=n_keys == 0)


def with_one(ids, wrong):
    return ids[:-1] + [wrong] if ids else None


def too_tall_mask(n_queries, n_keys):
    return numpy.ones((n_queries + 1, max(n_keys, 1)), bool)


def bad_target(draw, logits, targets, smoothing):
    return logits, with_one(targets, draw.one_of(-1, logits.shape[1])), smoothing


def change_of_weights(path):
    return lambda draw, x, m, weights, mask, up: (x, m, changed(weights, *path), mask, up)


misfits = {
    "linear_backward": [
        lambda draw, rows, layer, up: (wider(rows), layer, up),
        lambda draw, rows, layer, up: (taller(rows), layer, up),
        lambda draw, rows, layer, up: (rows, layer, wider(up)),
        lambda draw, rows, layer, up: (rows, layer | {"bias": wider(layer["bias"])}, up),
        lambda draw, rows, layer, up: (rows, layer | {"weight": taller(layer["weight"])}, up),
    ],
    "embedding_backward": [
        lambda draw, ids, n, up: (ids, n, taller(up)),
        lambda draw, ids, n, up: (with_one(ids, draw.one_of(-1, n)), n, up) if ids else None,
        lambda draw, ids, n, up: ([], draw.one_of(-1, -2), up[:0]),
    ],
    "softmax_backward": [
        lambda draw, weights, up: (wider(weights), up),
        lambda draw, weights, up: (weights, taller(up)),
    ],
    "cross_entropy": [
        bad_target,
        lambda draw, logits, targets, smoothing: (taller(logits), targets, smoothing),
        lambda draw, logits, targets, smoothing: (logits[:0], [], smoothing),
        lambda draw, logits, targets, smoothing: (logits, targets, draw.one_of(-1e-9, 1 + 1e-9)),
    ],
    "layer_norm_backward": [
        lambda draw, rows, gain, epsilon, up: (wider(rows), gain, epsilon, up),
        lambda draw, rows, gain, epsilon, up: (rows, wider(gain), epsilon, up),
        lambda draw, rows, gain, epsilon, up: (rows, gain, epsilon, taller(up)),
        lambda draw, rows, gain, epsilon, up: (rows, gain, epsilon, wider(up)),
    ],
    "attention_backward": [
        lambda draw, q, k, v, mask, up: (wider(q), k, v, mask, up),
        lambda draw, q, k, v, mask, up: (q, k, taller(v), mask, up),
        lambda draw, q, k, v, mask, up: (q, k, v, mask, wider(up)) if len(k) > 0 else None,
        lambda draw, q, k, v, mask, up: (q, k, v, mask, taller(up)) if len(k) > 0 else None,
        lambda draw, q, k, v, mask, up: (q, k, v, too_tall_mask(len(q), len(k)), up),
    ],
    "multi_head_attention_backward": [
        change_of_weights(path)
        for path in (
            ("n_heads", lambda n_heads: 0),
            ("n_heads", lambda n_heads: -n_heads),
            ("query", "bias", wider),
            ("key", "weight", taller),
            ("output", "weight", wider),
        )
    ]
    + [
        lambda draw, x, m, w, mask, up: (wider(x), m, w, mask, up),
        lambda draw, x, m, w, mask, up: (x, wider(m), w, mask, up),
        lambda draw, x, m, w, mask, up: (x, m, w, mask, wider(up)),
        lambda draw, x, m, w, mask, up: (x, m, w, mask, taller(up)),
        lambda draw, x, m, w, mask, up: (x, m, w, too_tall_mask(len(x), len(m)), up),
    ],
}
