"""Random cases of `transformer`; what is expected comes from PyTorch."""

import expected
import numpy
import torch
from drawn import changed, drawn_attention, drawn_feed_forward, drawn_layer, drawn_linear, drawn_norm
from random_runs import Case, taller, wider
from worker import Optional


def positions(n_tokens, d_model):
    """Vaswani et al. 2017, section 3.5; an odd d_model ends with a sine."""
    angles = torch.arange(n_tokens)[:, None] / 10000 ** (torch.arange(0, d_model, 2) / d_model)
    return torch.stack([torch.sin(angles), torch.cos(angles)], 2).flatten(1)[:, :d_model]


def embedded(ids, table):
    d_model = table.shape[1]
    rows = torch.nn.functional.embedding(torch.tensor(ids, dtype=torch.long), torch.tensor(table))
    return rows * d_model**0.5 + positions(len(ids), d_model)


def not_padding(n_queries, ids, padding):
    return (torch.tensor(ids, dtype=torch.long) != padding).expand(n_queries, len(ids))


def embed_tokens(draw):
    table = draw.matrix(draw.size(), draw.size())
    ids = draw.words(draw.size(0, 30), len(table))
    return Case([ids, table], embedded(ids, table))


def source_mask(draw):
    n_queries, ids, padding = draw.size(0), draw.words(draw.size(0), 4), draw.between(-1, 3)
    return Case([n_queries, ids, padding], not_padding(n_queries, ids, padding))


def looks_back(ids, padding):
    return not_padding(len(ids), ids, padding).tril()


def target_mask(draw):
    ids, padding = draw.words(draw.size(0), 4), draw.between(-1, 3)
    return Case([ids, padding], looks_back(ids, padding))


# ---------------------------------------------------------------------------------- the decoder


def drawn_decoder_layer(draw, d_model, d_memory):
    """Numbers of heads that divide d_model, in each attention another."""
    heads = [n for n in range(1, d_model + 1) if d_model % n == 0]
    weights = {
        "self_attention": drawn_attention(draw, d_model, draw.one_of(*heads)),
        "cross_attention": drawn_attention(draw, d_model, draw.one_of(*heads), d_memory),
        "feed_forward": drawn_feed_forward(draw, d_model),
    }
    return weights | {name: drawn_norm(draw, d_model) for name in ("self_norm", "cross_norm", "feed_forward_norm")}


def drawn_scene(draw):
    """Tokens, memory; order, activation and the masks."""
    n_target, n_source, d_model = draw.size(0), draw.size(0), draw.one_of(1, 2, 4, 6, 8)
    d_memory = draw.one_of(d_model, draw.size())
    masks = [draw.mask(n_target, n_target), draw.mask(n_target, n_source)]
    choices = [draw.between(0, 1), draw.between(0, 1), *masks]
    return draw.matrix(n_target, d_model), draw.matrix(n_source, d_memory), choices


def ask_layer(tokens, memory, self_mask, cross_mask):
    """PyTorch's own layer, where it has no token that sees nothing."""
    seen = expected.sees(len(tokens), len(tokens), self_mask) and expected.sees(len(tokens), len(memory), cross_mask)
    return expected.torch_decoder_layer if seen else expected.decoder_layer


def decoder_layer(draw):
    tokens, memory, choices = drawn_scene(draw)
    weights = drawn_decoder_layer(draw, tokens.shape[1], memory.shape[1])
    due = ask_layer(tokens, memory, *choices[2:])(tokens, memory, weights, *choices)
    return Case([tokens, memory, weights, *choices], due, open=len(tokens) == 0 or len(memory) == 0)


def drawn_stack(draw, layer, d_model):
    last = Optional(draw.one_of(None, drawn_norm(draw, d_model)))
    return {"layers": [layer() for _ in range(draw.size(0, 3))], "final_norm": last}


def decode(draw):
    tokens, memory, choices = drawn_scene(draw)
    d_model, d_memory = tokens.shape[1], memory.shape[1]
    weights = drawn_stack(draw, lambda: drawn_decoder_layer(draw, d_model, d_memory), d_model)
    ask = ask_layer(tokens, memory, *choices[2:])
    due = expected.stack(tokens, weights, lambda rows, layer: ask(rows, memory, layer, *choices))
    return Case([tokens, memory, weights, *choices], due, open=len(tokens) == 0 or len(memory) == 0)


# -------------------------------------------------------------------------------- the whole model


def drawn_model(draw):
    d_model, n_heads = draw.one_of((1, 1), (2, 2), (4, 2), (6, 3), (8, 2))
    tables = [draw.matrix(draw.size(), d_model), draw.matrix(draw.size(), d_model)]
    return {
        "source_table": tables[0],
        "target_table": tables[1],
        "encoder": drawn_stack(draw, lambda: drawn_layer(draw, d_model, n_heads), d_model),
        "decoder": drawn_stack(draw, lambda: drawn_decoder_layer(draw, d_model, d_model), d_model),
        "output": drawn_linear(draw, d_model, len(tables[1])),
        "order": draw.between(0, 1),
        "activation": draw.between(0, 1),
        "padding": draw.between(-1, 3),
    }


def logits(source, target, model):
    choices = model["order"], model["activation"]
    encoder_mask = not_padding(len(source), source, model["padding"])
    masks = looks_back(target, model["padding"]), not_padding(len(target), source, model["padding"])
    encoder_mask, *masks = (mask.numpy() for mask in (encoder_mask, *masks))
    tokens, memory = embedded(target, model["target_table"]), embedded(source, model["source_table"])
    memory = expected.stack(
        memory, model["encoder"], lambda rows, layer: expected.encoder_layer(rows, layer, *choices, encoder_mask)
    )
    decoded = expected.stack(
        tokens, model["decoder"], lambda rows, layer: expected.decoder_layer(rows, memory, layer, *choices, *masks)
    )
    return expected.linear(decoded, model["output"])


def transformer_logits(draw):
    model = drawn_model(draw)
    source = draw.words(draw.size(), len(model["source_table"]))
    target = draw.words(draw.size(), len(model["target_table"]))
    return Case([source, target, model], logits(source, target, model))


def greedy(source, model, start, end, most):
    """The ids, or None where a decision is so close that rounding makes it."""
    target = [start]
    while len(target) <= most:
        scores = logits(source, target, model)[-1]
        if ((scores.max() - scores > 0) & (scores.max() - scores < 1e-9)).any():
            return None
        target.append(int((scores == scores.max()).nonzero()[0]))
        if target[-1] == end:
            break
    return target[1:]


def greedy_decode(draw):
    """At times without a weight between features and logits: whole numbers, among which the first largest wins."""
    model = drawn_model(draw)
    n_source, n_target = len(model["source_table"]), len(model["target_table"])
    if draw.one_of(False, False, True):
        model["output"] = {"weight": numpy.zeros_like(model["output"]["weight"]), "bias": draw.whole(n_target)}
    source, most = draw.words(draw.size(), n_source), draw.size(0, 6)
    start, end = draw.between(0, n_target - 1), draw.between(-1, n_target)
    due = greedy(source, model, start, end, most)
    return greedy_decode(draw) if due is None else Case([source, model, start, end, most], due)


# ----------------------------------------------------------------------------------- the misfits


layer_changes = [
    ("self_norm", "gain", wider),
    ("cross_norm", "bias", wider),
    ("feed_forward_norm", "gain", wider),
    ("self_attention", "query", "weight", taller),
    ("self_attention", "output", "weight", wider),
    ("cross_attention", "key", "weight", taller),
    ("cross_attention", "output", "bias", wider),
    ("cross_attention", "n_heads", lambda n_heads: 0),
    ("feed_forward", "outer", "weight", wider),
]


def too_tall(n_queries, n_keys):
    return numpy.ones((n_queries + 1, max(n_keys, 1)), bool)


def of_layer(path):
    return lambda draw, tokens, memory, weights, *rest: (tokens, memory, changed(weights, *path), *rest)


def of_stack(path):
    def change(draw, tokens, memory, weights, *rest):
        layers = weights["layers"]
        if not layers:
            return None
        return tokens, memory, weights | {"layers": [*layers[:-1], changed(layers[-1], *path)]}, *rest

    return change


def of_masks(draw, tokens, memory, weights, order, activation, own, cross):
    """One of the masks has a row too many; without layers nobody reads it."""
    if weights.get("layers") == []:
        return None
    own, cross = draw.one_of((too_tall(len(tokens), len(tokens)), cross), (own, too_tall(len(tokens), len(memory))))
    return tokens, memory, weights, order, activation, own, cross


def unknown(draw, ids, table):
    return [*ids, draw.one_of(-1, len(table), len(table) + 1000)]


misfits = {
    "embed_tokens": [lambda draw, ids, table: (unknown(draw, ids, table), table)],
    "decoder_layer": [of_layer(path) for path in layer_changes] + [
        of_masks,
        lambda draw, tokens, memory, *rest: (wider(tokens), memory, *rest),
        lambda draw, tokens, memory, *rest: (tokens, wider(memory), *rest),
    ],
    "decode": [of_stack(path) for path in layer_changes] + [of_masks],
    "transformer_logits": [
        lambda draw, source, target, m: (unknown(draw, source, m["source_table"]), target, m),
        lambda draw, source, target, m: (source, unknown(draw, target, m["target_table"]), m),
        lambda draw, source, target, m: (source, target, changed(m, "output", "weight", taller)),
        lambda draw, source, target, m: (source, target, changed(m, "output", "bias", wider)),
    ],
    "greedy_decode": [
        lambda draw, source, m, start, end, most: (source, m, start, end, -1 - most),
        lambda draw, source, m, start, end, most: (unknown(draw, source, m["source_table"]), m, start, end, most + 1),
        lambda draw, source, m, start, end, most: (source, m, len(m["target_table"]), end, most + 1),
    ],
}
