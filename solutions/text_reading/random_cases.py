"""Random cases of `text_reading`; what is expected comes from PyTorch and NumPy, CTC from itertools."""

import itertools

import expected
import numpy
import torch
from drawn import changed, drawn_feed_forward, drawn_layer, drawn_linear, drawn_norm
from random_runs import Case, taller, wider
from torch.nn import functional
from worker import Optional

LETTERS = ["_", "a", "学", "b", " ", "fi", "而", "c", "."]


def silu(draw):
    x = draw.matrix(draw.size(0), draw.size(0)) * draw.one_of(1, 16, 1000, 1e200)
    return Case([x], functional.silu(torch.tensor(x)))


def feed_forward_of(x, weights):
    return expected.linear(functional.silu(expected.linear(x, weights["inner"])), weights["outer"])


def silu_feed_forward(draw):
    d_model = draw.size()
    x, weights = draw.matrix(draw.size(0), d_model), drawn_feed_forward(draw, d_model)
    return Case([x, weights], feed_forward_of(x, weights))


def attention_from_fused(draw):
    n_heads, d_head = draw.size(1, 4), draw.size(1, 4)
    d_model = n_heads * d_head
    parts = [drawn_linear(draw, d_model, d_model) for _ in range(3)]
    output, order, keep_transposed = drawn_linear(draw, d_model, d_model), draw.between(0, 1), draw.between(0, 1)
    # d_model x kind x head x d_head, or d_model x head x kind x d_head
    axis = 1 + order
    weight = numpy.stack([part["weight"].reshape(d_model, n_heads, d_head) for part in parts], axis)
    bias = numpy.stack([part["bias"].reshape(n_heads, d_head) for part in parts], axis - 1)
    fused = {"weight": weight.reshape(d_model, -1), "bias": bias.reshape(-1)}
    kept = [{"weight": each["weight"].T if keep_transposed else each["weight"], "bias": each["bias"]}
            for each in (fused, output)]
    due = {"query": parts[0], "key": parts[1], "value": parts[2], "output": output, "n_heads": n_heads}
    return Case([*kept, n_heads, order], due)


def layer_of(x, weights):
    """Tokens and attention, by nn.MultiheadAttention and functional.silu."""
    x = torch.as_tensor(x)
    normal = numpy.asarray(expected.norm(x, weights["attention_norm"]))
    output, attention = expected.torch_multi_head_attention(normal, normal, weights["attention"])
    h = x + output
    return h + feed_forward_of(expected.norm(h, weights["feed_forward_norm"]), weights["feed_forward"]), attention


def silu_encoder_layer(draw):
    n_heads = draw.size(1, 4)
    tokens = draw.matrix(draw.size(), n_heads * draw.size(1, 3))
    weights = drawn_layer(draw, tokens.shape[1], n_heads)
    output, attention = layer_of(tokens, weights)
    return Case([tokens, weights], {"tokens": output, "attention": attention})


def encoding_of(tokens, weights):
    passed, attention = [torch.as_tensor(tokens)], []
    for layer in weights["layers"]:
        output, heads = layer_of(passed[-1], layer)
        passed.append(output)
        attention.append(heads)
    last = weights["final_norm"].value
    output = passed[-1] if last is None else expected.norm(passed[-1], last)
    return {"tokens": passed, "attention": attention, "output": output}


def drawn_encoder(draw, d_model, n_heads):
    last = Optional(draw.one_of(None, drawn_norm(draw, d_model)))
    return {"layers": [drawn_layer(draw, d_model, n_heads) for _ in range(draw.size(0, 3))], "final_norm": last}


def encode_line(draw):
    n_heads = draw.size(1, 3)
    tokens = draw.matrix(draw.size(), n_heads * draw.size(1, 3))
    weights = drawn_encoder(draw, tokens.shape[1], n_heads)
    return Case([tokens, weights], encoding_of(tokens, weights))


def with_neighbours(draw):
    rows = draw.matrix(draw.size(0), draw.size(0))
    before, behind = numpy.zeros_like(rows), numpy.zeros_like(rows)
    before[1:], behind[:-1] = rows[:-1], rows[1:]
    return Case([rows], numpy.concatenate([before, rows, behind], 1))


def drawn_head(draw, d_model, d_narrow, n_letters):
    d_wide, d_mixed = draw.size(), draw.size()
    sizes = {"widen": (d_model, d_wide), "gather": (3 * d_wide, d_narrow), "mix": (d_narrow, d_mixed)}
    return {name: drawn_linear(draw, *each) for name, each in (sizes | {"letters": (d_mixed, n_letters)}).items()}


def logits_of(encoded, beside, weights):
    """The convolution of width 3 by functional.conv1d."""
    wide = functional.silu(expected.linear(encoded, weights["widen"]))
    gather = weights["gather"]
    kernels = torch.tensor(gather["weight"]).reshape(3, wide.shape[1], -1).permute(2, 1, 0)
    gathered = functional.conv1d(wide.T[None], kernels, torch.tensor(gather["bias"]), padding=1)[0].T
    mixed = expected.linear(functional.silu(gathered + torch.as_tensor(beside)), weights["mix"])
    return expected.linear(functional.silu(mixed), weights["letters"])


def line_logits(draw):
    n, d_model, d_narrow = draw.size(), draw.size(), draw.size()
    encoded, beside = draw.matrix(n, d_model), draw.matrix(n, d_narrow)
    weights = drawn_head(draw, d_model, d_narrow, draw.size())
    return Case([encoded, beside, weights], logits_of(encoded, beside, weights))


def best_path(draw):
    logits = draw.one_of(draw.matrix, draw.whole)(draw.size(0), draw.size()) * draw.one_of(1, 1e12)
    return Case([logits], [int(letter) for letter in logits.argmax(1)])  # NumPy takes the first of equal ones


def collapse(draw):
    path = draw.words(draw.size(0, 30), draw.size(1, 4))
    return Case([path], [letter for letter, _ in itertools.groupby(path) if letter != 0])


def reading_of(logits, letters):
    logits = torch.as_tensor(logits)
    path, probabilities = numpy.asarray(logits).argmax(1).tolist(), torch.softmax(logits, 1)
    runs = [list(run) for _, run in itertools.groupby(range(len(path)), key=path.__getitem__)]
    first = [run[0] for run in runs if path[run[0]] != 0]
    confidence = numpy.mean([float(probabilities[t, path[t]]) for t in first]) if first else 0.0
    return {"text": "".join(letters[path[t]] for t in first), "confidence": float(confidence)}


def read_logits(draw):
    n, n_letters = draw.size(0), draw.size()
    logits = draw.matrix(n, n_letters) if draw.flags() else draw.whole(n, n_letters)
    logits[:, 0] += draw.one_of(0, 1, 8)
    return Case([logits, LETTERS[:n_letters]], reading_of(logits, LETTERS))


def read_lines(draw):
    n_heads, d_narrow, n_letters = draw.size(1, 3), draw.size(), draw.size()
    d_model = n_heads * draw.size(1, 3)
    weights = {
        "encoder": drawn_encoder(draw, d_model, n_heads),
        "head": drawn_head(draw, d_model, d_narrow, n_letters),
        "letters": LETTERS[:n_letters],
    }
    lines, due = [], []
    for _ in range(draw.size(0, 4)):
        n = draw.size()
        line = {"tokens": draw.matrix(n, d_model), "beside": draw.matrix(n, d_narrow)}
        encoded = encoding_of(line["tokens"], weights["encoder"])["output"]
        due.append(reading_of(logits_of(encoded, line["beside"], weights["head"]), LETTERS))
        lines.append(line)
    return Case([lines, weights], due, open=not lines)


layer_changes = [
    ("attention_norm", "gain", wider),
    ("feed_forward_norm", "bias", wider),
    ("attention", "query", "weight", taller),
    ("attention", "output", "bias", wider),
    ("attention", "n_heads", lambda n_heads: 0),
    ("feed_forward", "inner", "weight", taller),
    ("feed_forward", "outer", "weight", wider),
]


def change_of_layer(path):
    return lambda draw, tokens, weights: (tokens, changed(weights, *path))


def change_of_stack(path):
    def change(draw, tokens, weights):
        layers = weights["layers"]
        return (tokens, weights | {"layers": [*layers[:-1], changed(layers[-1], *path)]}) if layers else None

    return change


misfits = {
    "silu_feed_forward": [
        lambda draw, x, w: (wider(x), w),
        lambda draw, x, w: (x, changed(w, "inner", "bias", wider)),
        lambda draw, x, w: (x, changed(w, "outer", "weight", taller)),
        lambda draw, x, w: (x, w | {"outer": {field: wider(w["outer"][field]) for field in ("weight", "bias")}}),
    ],
    "attention_from_fused": [
        lambda draw, fused, output, n, order: (fused | {"weight": wider(fused["weight"])}, output, n, order),
        lambda draw, fused, output, n, order: (fused | {"bias": wider(fused["bias"])}, output, n, order),
        lambda draw, fused, output, n, order: (fused, output | {"weight": taller(output["weight"])}, n, order),
        lambda draw, fused, output, n, order: (fused, output | {"bias": wider(output["bias"])}, n, order),
        lambda draw, fused, output, n, order: (fused, output, draw.one_of(0, -1, len(output["bias"]) + 1), order),
    ],
    "silu_encoder_layer": [change_of_layer(path) for path in layer_changes] + [
        lambda draw, tokens, weights: (wider(tokens), weights),
    ],
    "encode_line": [change_of_stack(path) for path in layer_changes] + [
        lambda draw, tokens, w: (wider(tokens), w) if w["layers"] or w["final_norm"].value else None,
    ],
    "line_logits": [
        lambda draw, encoded, beside, w: (wider(encoded), beside, w),
        lambda draw, encoded, beside, w: (encoded, wider(beside), w),
        lambda draw, encoded, beside, w: (encoded, taller(beside), w),
        lambda draw, encoded, beside, w: (encoded, beside, changed(w, "gather", "weight", taller)),
        lambda draw, encoded, beside, w: (encoded, beside, changed(w, "letters", "bias", wider)),
    ],
    "best_path": [lambda draw, logits: (logits[:, :0],)],
    "read_logits": [
        lambda draw, logits, letters: (logits, letters + ["x"]),
        lambda draw, logits, letters: (wider(logits), letters),
        lambda draw, logits, letters: (logits[:, :0], []),
    ],
    "read_lines": [
        lambda draw, lines, w: (lines, w | {"letters": w["letters"] + ["x"]}) if lines else None,
        lambda draw, lines, w: (lines + [{"tokens": wider(lines[0]["tokens"]), "beside": lines[0]["beside"]}], w)
        if lines and (w["encoder"]["layers"] or w["encoder"]["final_norm"].value) else None,
        lambda draw, lines, w: (lines + [{"tokens": lines[0]["tokens"], "beside": taller(lines[0]["beside"])}], w)
        if lines else None,
    ],
}
