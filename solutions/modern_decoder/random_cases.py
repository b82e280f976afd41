"""Random cases of `modern_decoder`; what is expected comes from PyTorch: rotations are products of complex numbers,
attention repeats the heads."""

import numpy
import torch
import torch.nn.functional as F
from drawn import changed
from random_runs import Case, taller, wider
from worker import Optional

import expected as by_torch


def tensor(array):
    return torch.tensor(numpy.asarray(array, float))


def drawn_epsilon(draw):
    return draw.one_of(1e-5, 1e-12, float(draw.random.uniform(0.01, 3)))


def drawn_base(draw):
    return draw.one_of(10000.0, 500000.0, 2.0, 0.5)


# ------------------------------------------------------------------------------------- the pieces


def normed(x, gain, epsilon):
    x = numpy.asarray(x, numpy.longdouble)
    return x / numpy.sqrt((x**2).mean(1, keepdims=True) + numpy.longdouble(epsilon)) * gain


def rms_norm(draw):
    d_model = draw.size()
    tokens, gain, epsilon = draw.matrix(draw.size(0), d_model), draw.matrix(d_model), drawn_epsilon(draw)
    tokens = tokens * draw.one_of(1, 1, 1e-3, 1e3) + draw.one_of(0, 0, 5)
    return Case([tokens, gain, epsilon], normed(tokens, gain, epsilon))


def turned(head, offset, base, halves):
    """A pair is a complex number."""
    n, d_head = head.shape
    angles = torch.outer(torch.arange(offset, offset + n).double(), tensor(base) ** (-torch.arange(0, d_head, 2) / d_head))
    pairs = tensor(head).reshape(n, *((2, -1) if halves else (-1, 2)))
    first, second = pairs.unbind(1 if halves else 2)
    product = torch.complex(first, second) * torch.polar(torch.ones_like(angles), angles)
    return torch.stack([product.real, product.imag], 1 if halves else 2).reshape(n, d_head).numpy()


def rotation(draw, halves):
    offset = draw.one_of(0, draw.size(0), 1000)
    base = draw.one_of(10000.0, 500000.0) if offset == 1000 else drawn_base(draw)
    head = draw.matrix(draw.size(0), 2 * draw.size(0, 6))
    expected = turned(head, offset, base, halves) if head.size else head
    return Case([head, offset, base], expected)


def rotate_pairs(draw):
    return rotation(draw, False)


def rotate_halves(draw):
    return rotation(draw, True)


def halves_from_pairs(draw):
    n_heads, d_model, d_head = draw.size(1, 5), draw.size(0), 2 * draw.size(0, 4)
    weight = draw.matrix(d_model, n_heads * d_head)
    return Case([weight, n_heads], weight.reshape(d_model, n_heads, d_head // 2, 2).swapaxes(2, 3).reshape(weight.shape))


def drawn_gated(draw, d_model, d_ff):
    return {"gate": draw.matrix(d_model, d_ff), "up": draw.matrix(d_model, d_ff), "down": draw.matrix(d_ff, d_model)}


def gated(x, weights):
    gate, up, down = (tensor(weights[name]) for name in ("gate", "up", "down"))
    return (F.silu(tensor(x) @ gate) * (tensor(x) @ up)) @ down


def swiglu(draw):
    d_model = draw.size()
    tokens, weights = draw.matrix(draw.size(0), d_model), drawn_gated(draw, d_model, draw.size())
    weights["gate"] *= draw.one_of(1, 1, 300)
    return Case([tokens, weights], gated(tokens, weights))


def attended(query, key, value, mask, n_heads, n_groups):
    repeated = lambda x: numpy.repeat(x.reshape(len(x), n_groups, -1), n_heads // n_groups, 1).reshape(len(x), -1)
    if len(query) == 0:
        return query
    return by_torch.attend_heads(query, repeated(key), repeated(value), n_heads, mask)[0].numpy()


def drawn_heads(draw):
    n_groups = draw.size(1, 3)
    return n_groups * draw.size(1, 3), n_groups


def grouped_attention(draw):
    n_heads, n_groups = drawn_heads(draw)
    n_queries, n_keys, d_head = draw.size(0), draw.size(), draw.size()
    query, key = draw.matrix(n_queries, n_heads * d_head), draw.matrix(n_keys, n_groups * d_head)
    value, mask = draw.matrix(n_keys, n_groups * d_head), draw.mask(n_queries, n_keys)
    if mask.shape != (n_queries, n_keys):
        mask = numpy.ones((n_queries, n_keys), bool)
    arguments = [query * draw.one_of(1, 1, 50), key, value, mask, n_heads, n_groups]
    return Case(arguments, attended(*arguments))


def seen(n_tokens, window, sinks):
    place = numpy.arange(n_tokens)
    distance = place[:, None] - place
    return (distance >= 0) & ((distance < window) | (place < sinks))


def window_mask(draw):
    arguments = [draw.size(0, 12), draw.size(), draw.size(0)]
    return Case(arguments, seen(*arguments))


# -------------------------------------------------------------------------------------- the whole


def drawn_settings(draw, n_heads, n_groups):
    return {
        "n_heads": n_heads,
        "n_groups": n_groups,
        "window": draw.size(),
        "sinks": draw.size(0, 3),
        "base": drawn_base(draw),
        "epsilon": draw.one_of(1e-5, 0.5),
    }


def drawn_block(draw, d_model, settings):
    d_head, d_ff = 2 * draw.size(1, 3), draw.size()
    wide, narrow = settings["n_heads"] * d_head, settings["n_groups"] * d_head
    return {
        "attention_gain": draw.matrix(d_model),
        "query": draw.matrix(d_model, wide),
        "key": draw.matrix(d_model, narrow),
        "value": draw.matrix(d_model, narrow),
        "output": draw.matrix(wide, d_model),
        "feed_forward_gain": draw.matrix(d_model),
        "feed_forward": drawn_gated(draw, d_model, d_ff),
    }


def rotated(x, n_heads, base):
    return numpy.concatenate([turned(head, 0, base, True) for head in numpy.split(x, n_heads, 1)], 1)


def through(x, block, settings):
    n_heads, n_groups, base = settings["n_heads"], settings["n_groups"], settings["base"]
    rows = normed(x, block["attention_gain"], settings["epsilon"]).astype(float)
    query, key = rotated(rows @ block["query"], n_heads, base), rotated(rows @ block["key"], n_groups, base)
    mask = seen(len(x), settings["window"], settings["sinks"])
    x = x + attended(query, key, rows @ block["value"], mask, n_heads, n_groups) @ block["output"]
    rows = normed(x, block["feed_forward_gain"], settings["epsilon"]).astype(float)
    return x + gated(rows, block["feed_forward"]).numpy()


def run_block(draw):
    d_model, settings = draw.size(), drawn_settings(draw, *drawn_heads(draw))
    tokens, block = draw.matrix(draw.size(), d_model), drawn_block(draw, d_model, settings)
    return Case([tokens, block, settings], through(tokens, block, settings))


def drawn_model(draw):
    d_model, n_vocabulary = draw.size(), draw.size(2)
    settings = drawn_settings(draw, *drawn_heads(draw))
    return {
        "embedding": draw.matrix(n_vocabulary, d_model),
        "blocks": [drawn_block(draw, d_model, settings) for _ in range(draw.size(0, 2))],
        "gain": draw.matrix(d_model),
        "output": Optional(draw.one_of(None, draw.matrix(d_model, n_vocabulary))),
        "settings": settings,
    }


def drawn_ids(draw, model):
    return draw.words(draw.size(), len(model["embedding"]))


def hidden_of(ids, model):
    x = model["embedding"][ids]
    for block in model["blocks"]:
        x = through(x, block, model["settings"])
    return normed(x, model["gain"], model["settings"]["epsilon"]).astype(float)


def logits_of(ids, model):
    output = model["output"].value
    return hidden_of(ids, model) @ (model["embedding"].T if output is None else output)


def hidden_states(draw):
    model = drawn_model(draw)
    ids = drawn_ids(draw, model)
    return Case([ids, model], hidden_of(ids, model))


def logits(draw):
    model = drawn_model(draw)
    ids = drawn_ids(draw, model)
    return Case([ids, model], logits_of(ids, model))


def continue_text(draw):
    """Where two logits are nearly equal, that is where the text stops."""
    model = drawn_model(draw)
    prompt, most_new, said, ended = drawn_ids(draw, model), draw.size(1, 6), [], False
    end = draw.between(-1, len(model["embedding"]) - 1)
    for _ in range(most_new):
        last = logits_of(prompt + said, model)[-1]
        second, best = numpy.sort(last)[-2:]
        if best - second < 1e-6:
            if not said:
                return continue_text(draw)
            break
        if int(last.argmax()) == end:
            ended = True
            break
        said.append(int(last.argmax()))
    return Case([prompt, model, end, most_new if ended else len(said)], said)


# ----------------------------------------------------------------------------------- the misfits

bad_epsilons = bad_bases = (0.0, -1e-9)


def with_setting(settings, draw):
    name, number = draw.one_of(("n_heads", 0), ("n_groups", 0), ("window", 0), ("sinks", -1), ("base", 0.0), ("epsilon", 0.0))
    return settings | {name: number}


def with_block(model, draw, name, change):
    if not model["blocks"]:
        return None
    place = draw.between(0, len(model["blocks"]) - 1)
    return model | {"blocks": [changed(b, name, change) if k == place else b for k, b in enumerate(model["blocks"])]}


def of_models():
    """Misfits of functions that read ids with a model."""
    return [
        lambda draw, ids, model, *rest: ([], model, *rest),
        lambda draw, ids, model, *rest: ([*ids, draw.one_of(-1, len(model["embedding"]))], model, *rest),
        lambda draw, ids, model, *rest: (ids, changed(model, "gain", wider), *rest),
        lambda draw, ids, model, *rest: (ids, changed(model, "embedding", wider), *rest),
        lambda draw, ids, model, *rest: (bad := with_block(model, draw, "output", taller)) and (ids, bad, *rest),
        lambda draw, ids, model, *rest: (bad := with_block(model, draw, "key", wider)) and (ids, bad, *rest),
    ]


def with_output(model, change):
    output = model["output"].value
    return None if output is None else model | {"output": Optional(change(output))}


misfits_of_rotations = [
    lambda draw, head, offset, base: (wider(head), offset, base),
    lambda draw, head, offset, base: (head, -1, base),
    lambda draw, head, offset, base: (head, offset, draw.one_of(*bad_bases)),
]

misfits = {
    "rms_norm": [
        lambda draw, tokens, gain, epsilon: (wider(tokens), gain, epsilon),
        lambda draw, tokens, gain, epsilon: (tokens, wider(gain), epsilon),
        lambda draw, tokens, gain, epsilon: (tokens, gain, draw.one_of(*bad_epsilons)),
    ],
    "rotate_pairs": misfits_of_rotations,
    "rotate_halves": misfits_of_rotations,
    "halves_from_pairs": [
        lambda draw, weight, n_heads: (wider(weight), n_heads),
        lambda draw, weight, n_heads: (weight, draw.one_of(0, -1)),
        lambda draw, weight, n_heads: (weight, weight.shape[1] + 1) if weight.shape[1] else None,
    ],
    "swiglu": [
        lambda draw, tokens, weights: (wider(tokens), weights),
        lambda draw, tokens, weights: (tokens, changed(weights, draw.one_of("gate", "up"), taller)),
        lambda draw, tokens, weights: (tokens, changed(weights, draw.one_of("gate", "up"), wider)),
        lambda draw, tokens, weights: (tokens, changed(weights, "down", draw.one_of(taller, wider))),
    ],
    "grouped_attention": [
        lambda draw, q, k, v, m, h, g: (numpy.hstack([q, q[:, :1]]), k, v, m, h, g) if h > 1 else None,
        lambda draw, q, k, v, m, h, g: (q, wider(k), v, m, h, g),
        lambda draw, q, k, v, m, h, g: (q, k, draw.one_of(wider, taller)(v), m, h, g),
        lambda draw, q, k, v, m, h, g: (q, k, v, draw.one_of(wider, taller)(m), h, g),
        lambda draw, q, k, v, m, h, g: (q, k[:0], v[:0], m[:, :0], h, g),
        lambda draw, q, k, v, m, h, g: (q, k, v, m, h, draw.one_of(0, -1, g + h)),
        lambda draw, q, k, v, m, h, g: (q, k, v, m, draw.one_of(0, -h), g),
    ],
    "window_mask": [
        lambda draw, n, window, sinks: (-1, window, sinks),
        lambda draw, n, window, sinks: (n, draw.one_of(0, -1), sinks),
        lambda draw, n, window, sinks: (n, window, -1),
    ],
    "run_block": [
        lambda draw, x, block, settings: (x[:0], block, settings),
        lambda draw, x, block, settings: (wider(x), block, settings),
        lambda draw, x, block, settings: (x, changed(block, "attention_gain", wider), settings),
        lambda draw, x, block, settings: (x, changed(block, "query", draw.one_of(wider, taller)), settings),
        lambda draw, x, block, settings: (x, changed(block, "key", draw.one_of(wider, taller)), settings),
        lambda draw, x, block, settings: (x, changed(block, "value", draw.one_of(wider, taller)), settings),
        lambda draw, x, block, settings: (x, changed(block, "output", draw.one_of(wider, taller)), settings),
        lambda draw, x, block, settings: (x, changed(block, "feed_forward_gain", wider), settings),
        lambda draw, x, block, settings: (x, block, with_setting(settings, draw)),
    ],
    "hidden_states": of_models(),
    "logits": of_models()
    + [lambda draw, ids, model: (bad := with_output(model, draw.one_of(wider, taller))) and (ids, bad)],
    "continue_text": of_models()
    + [lambda draw, ids, model, end, most: (ids, model, end, draw.one_of(0, -1))],
}
