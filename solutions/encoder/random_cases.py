"""Random cases of `encoder`; what is expected comes from PyTorch, layer_norm alone from NumPy's long double."""

import expected
import numpy
from drawn import changed, drawn_feed_forward, drawn_layer, drawn_norm
from random_runs import Case, taller, wider
from worker import Optional


def layer_norm(draw):
    """Numbers of any size: their squares, summed up, are finite."""
    n_tokens, d_model = draw.size(0), draw.size(0)
    rows, weights = draw.matrix(n_tokens, d_model), drawn_norm(draw, d_model)
    kind = draw.one_of("ordinary", "large", "tiny", "equal", "far", "mixed")
    if kind == "large":
        rows *= 2.0 ** draw.between(10, 505)
    if kind == "tiny":
        rows *= 2.0 ** -draw.between(10, 1000)
        weights["epsilon"] = draw.one_of(weights["epsilon"], 2.0 ** -draw.between(20, 1000))
    if kind == "equal":
        rows[:] = draw.whole(n_tokens, 1) * 2.0 ** draw.between(-500, 500)
    offset = 2.0 ** draw.between(4, 40) if kind == "far" else 0
    rows += offset
    if kind == "mixed":
        rows *= 2.0 ** draw.random.integers(-40, 40, (n_tokens, 1))
    if d_model == 0:
        return Case([rows, weights], rows, open=True)
    # Far from zero the mean in double is off by some 2^-52 of itself, which is divided by the deviation, too.
    deviation = numpy.sqrt(rows.var(1) + weights["epsilon"]).min(initial=1)
    return Case([rows, weights], expected.layer_norm(rows, weights), bound=max(1e-9, offset * 2.0**-50 / deviation))


def activate(draw):
    rows, activation = draw.matrix(draw.size(0), draw.size(0)) * draw.one_of(1, 4, 1e-10, 1e300), draw.between(0, 1)
    return Case([rows, activation], expected.activate(rows, activation))


def feed_forward(draw):
    n_tokens, d_model = draw.size(0), draw.size()
    rows, weights, activation = draw.matrix(n_tokens, d_model), drawn_feed_forward(draw, d_model), draw.between(0, 1)
    return Case([rows, weights, activation], expected.feed_forward(rows, weights, activation))


def drawn_scene(draw):
    """Tokens, number of heads, order and activation, mask."""
    n_heads, n_tokens = draw.size(1, 4), draw.size(0)
    tokens = draw.matrix(n_tokens, n_heads * draw.size(1, 3))
    return tokens, n_heads, [draw.between(0, 1), draw.between(0, 1), draw.mask(n_tokens, n_tokens)]


def ask_layer(tokens, mask):
    """PyTorch's own layer, where it has no token that sees nothing."""
    seen = expected.sees(len(tokens), len(tokens), mask)
    return expected.torch_encoder_layer if seen else expected.encoder_layer


def encoder_layer(draw):
    tokens, n_heads, choices = drawn_scene(draw)
    weights = drawn_layer(draw, tokens.shape[1], n_heads)
    due = ask_layer(tokens, choices[-1])(tokens, weights, *choices)
    return Case([tokens, weights, *choices], due, open=len(tokens) == 0)


def encode(draw):
    tokens, n_heads, choices = drawn_scene(draw)
    d_model, n_layers = tokens.shape[1], draw.size(0, 3)
    last = Optional(draw.one_of(None, drawn_norm(draw, d_model)))
    weights = {"layers": [drawn_layer(draw, d_model, n_heads) for _ in range(n_layers)], "final_norm": last}
    ask = ask_layer(tokens, choices[-1])
    due = expected.stack(tokens, weights, lambda rows, layer: ask(rows, layer, *choices))
    return Case([tokens, weights, *choices], due, open=len(tokens) == 0)


layer_changes = [
    ("attention_norm", "gain", wider),
    ("feed_forward_norm", "bias", wider),
    ("attention", "query", "weight", taller),
    ("attention", "output", "bias", wider),
    ("attention", "n_heads", lambda n_heads: 0),
    ("feed_forward", "inner", "weight", taller),
    ("feed_forward", "outer", "weight", wider),
]


def too_large_mask(tokens):
    return numpy.ones((len(tokens) + 1, len(tokens) + 1), bool)


def change_of_layer(path):
    return lambda draw, tokens, weights, *choices: (tokens, changed(weights, *path), *choices)


def change_of_stack(path):
    def change(draw, tokens, weights, *choices):
        layers = weights["layers"]
        if not layers:
            return None
        return tokens, weights | {"layers": [*layers[:-1], changed(layers[-1], *path)]}, *choices

    return change


misfits = {
    "layer_norm": [
        lambda draw, rows, weights: (wider(rows), weights),
        lambda draw, rows, weights: (rows, changed(weights, "gain", wider)),
        lambda draw, rows, weights: (rows, changed(weights, "bias", wider)),
    ],
    "feed_forward": [
        lambda draw, rows, weights, activation: (wider(rows), weights, activation),
        lambda draw, rows, weights, activation: (rows, changed(weights, "inner", "bias", wider), activation),
        lambda draw, rows, weights, activation: (rows, changed(weights, "outer", "weight", taller), activation),
        lambda draw, rows, weights, activation: (rows, changed(weights, "outer", "bias", wider), activation),
    ],
    "encoder_layer": [change_of_layer(path) for path in layer_changes] + [
        lambda draw, tokens, *rest: (wider(tokens), *rest),
        lambda draw, tokens, *rest: (tokens, *rest[:-1], too_large_mask(tokens)),
    ],
    "encode": [change_of_stack(path) for path in layer_changes] + [
        lambda draw, tokens, w, *rest: (wider(tokens), w, *rest) if w["layers"] or w["final_norm"].value else None,
        lambda draw, tokens, w, *rest: (tokens, w, *rest[:-1], too_large_mask(tokens)) if w["layers"] else None,
    ],
}
