"""Random cases of `word_pronunciation`; what is expected comes from PyTorch and Python."""

import functools

import expected
import numpy
import torch
from drawn import changed, drawn_attention, drawn_feed_forward, drawn_layer, drawn_linear, drawn_norm
from random_runs import Case, taller, wider
from worker import Optional

PADDING, BEGIN, END, UNKNOWN, FIRST = range(5)
LETTERS = "abcdefghijklmnopqrstuvwxyz'"
PHONEMES = (
    "AA AE AH AO AW AY B CH D DH EH ER EY F G HH IH IY JH K L M N NG OW OY P R S SH T TH UH UW V W Y Z ZH".split()
)

# ---------------------------------------------------------------------------------------- spelling


def letters_to_ids(draw):
    """In UTF-8 a character is one byte or more, each an id."""
    word = "".join(draw.one_of(*LETTERS, *LETTERS.upper(), "é", "7", " ", "中") for _ in range(draw.size(0)))
    ids = [LETTERS.index(c.lower()) + FIRST if c.lower() in LETTERS else UNKNOWN for c in word for _ in c.encode()]
    return Case([word], [BEGIN, *ids, END])


def said_before_the_end(ids, names):
    until = ids[: ids.index(END)] if END in ids else ids
    return [names[i - FIRST] if i >= FIRST else "?" for i in until if i >= UNKNOWN]


def ids_to_letters(draw):
    ids = draw.words(draw.size(0), FIRST + len(LETTERS))
    return Case([ids], "".join(said_before_the_end(ids, LETTERS)))


def ids_to_phonemes(draw):
    ids = draw.words(draw.size(0), FIRST + len(PHONEMES))
    return Case([ids], " ".join(said_before_the_end(ids, PHONEMES)))


# ---------------------------------------------------------------------------------------- one step


def positions(n_tokens, d_model):
    """Vaswani et al. 2017, section 3.5; an odd d_model ends with a sine."""
    angles = torch.arange(n_tokens)[:, None] / 10000 ** (torch.arange(0, d_model, 2) / d_model)
    return torch.stack([torch.sin(angles), torch.cos(angles)], 2).flatten(1)[:, :d_model]


def embedded(ids, table):
    d_model = table.shape[1]
    rows = torch.nn.functional.embedding(torch.tensor(ids, dtype=torch.long), torch.tensor(table))
    return rows * d_model**0.5 + positions(len(ids), d_model)


def not_padding(n_queries, ids, padding):
    return (torch.tensor(ids, dtype=torch.long) != padding).expand(n_queries, len(ids)).numpy()


def looks_back(ids, padding):
    return numpy.tril(not_padding(len(ids), ids, padding))


def drawn_decoder_layer(draw, d_model):
    heads = [n for n in range(1, d_model + 1) if d_model % n == 0]
    weights = {
        "self_attention": drawn_attention(draw, d_model, draw.one_of(*heads)),
        "cross_attention": drawn_attention(draw, d_model, draw.one_of(*heads)),
        "feed_forward": drawn_feed_forward(draw, d_model),
    }
    return weights | {name: drawn_norm(draw, d_model) for name in ("self_norm", "cross_norm", "feed_forward_norm")}


def drawn_stack(draw, layer, d_model, least):
    last = Optional(draw.one_of(None, drawn_norm(draw, d_model)))
    return {"layers": [layer() for _ in range(draw.size(least, 3))], "final_norm": last}


def drawn_model(draw, least=0):
    """With this many decoder layers or more."""
    d_model, n_heads = draw.one_of((1, 1), (2, 2), (4, 2), (6, 3), (8, 2))
    tables = [draw.matrix(draw.size(4), d_model), draw.matrix(FIRST + draw.size(), d_model)]
    return {
        "source_table": tables[0],
        "target_table": tables[1],
        "encoder": drawn_stack(draw, lambda: drawn_layer(draw, d_model, n_heads), d_model, 0),
        "decoder": drawn_stack(draw, lambda: drawn_decoder_layer(draw, d_model), d_model, least),
        "output": drawn_linear(draw, d_model, len(tables[1])),
        "order": draw.between(0, 1),
        "activation": draw.between(0, 1),
        "padding": draw.between(-1, 3),
    }


def memory_of(source, model):
    choices = model["order"], model["activation"]
    mask = not_padding(len(source), source, model["padding"])
    layer = lambda rows, weights: expected.encoder_layer(rows, weights, *choices, mask)
    return expected.stack(embedded(source, model["source_table"]), model["encoder"], layer)


def through(layers, source, memory, said, model, final_norm=Optional(None)):
    """What these layers of the decoder make of begin and what was said."""
    target, choices = [BEGIN, *said], (model["order"], model["activation"])
    masks = looks_back(target, model["padding"]), not_padding(len(target), source, model["padding"])
    layer = lambda rows, weights: expected.decoder_layer(rows, memory, weights, *choices, *masks)
    stack = {"layers": layers, "final_norm": final_norm}
    return expected.stack(embedded(target, model["target_table"]), stack, layer)


def next_of(source, memory, said, model):
    decoder = model["decoder"]
    features = through(decoder["layers"], source, memory, said, model, decoder["final_norm"])
    return torch.log_softmax(expected.linear(features, model["output"])[-1], 0)


def drawn_source(draw, model):
    return draw.words(draw.size(), len(model["source_table"]))


def drawn_reading(draw, model):
    source = draw.words(draw.size(3), 5)
    return {"source": source, "memory": draw.matrix(len(source), model["target_table"].shape[1])}


def read_word(draw):
    model = drawn_model(draw)
    source = drawn_source(draw, model)
    return Case([source, model], {"source": source, "memory": memory_of(source, model)})


def next_log_probabilities(draw):
    model = drawn_model(draw)
    reading, said = drawn_reading(draw, model), draw.words(draw.size(0), len(model["target_table"]))
    if draw.one_of(False, False, True):
        model["output"]["bias"][draw.between(0, 3)] += draw.one_of(1000, -1000)
    return Case([reading, said, model], next_of(reading["source"], reading["memory"], said, model))


# ------------------------------------------------------------------------------------- the search


def speakable(model):
    return [END, *range(FIRST, len(model["target_table"]))]


def close(values):
    """Whether rounding could decide which of two comes first. Equal ones are no matter of rounding."""
    ordered = numpy.sort(numpy.asarray(values))
    gaps = numpy.diff(ordered)
    return bool(((gaps > 0) & (gaps < 1e-9)).any())


def talkative(draw):
    """At times without a weight between features and logits: then all logits are equal, exactly."""
    model = drawn_model(draw)
    if draw.one_of(False, False, True):
        model["output"] = {name: numpy.zeros_like(array) for name, array in model["output"].items()}
    return model


def pronounce(draw):
    model, most = talkative(draw), draw.size(1, 6)
    sources, words = [drawn_source(draw, model) for _ in range(draw.size(0, 3))], []
    for source in sources:
        memory, said = memory_of(source, model), []
        while len(said) < most:
            scores = next_of(source, memory, said, model)[speakable(model)].numpy()
            if close(scores):
                return pronounce(draw)
            best = speakable(model)[int(scores.argmax())]
            if best == END:
                break
            said.append(best)
        words.append(said)
    return Case([sources, model, most], words)


def beam_search(draw):
    model = talkative(draw)
    source = drawn_source(draw, model)
    width, alpha, most = draw.size(1, 6), draw.one_of(0.0, 0.6, 1.0, float(draw.random.uniform(0, 3))), draw.size(1, 5)
    memory, beam, done = memory_of(source, model), [(0.0, [])], []
    for _ in range(most):
        longer = []
        for total, said in beam:
            after = next_of(source, memory, said, model)
            longer += [(total + float(after[i]), [*said, i]) for i in speakable(model)]
        if close([total for total, _ in longer]):
            return beam_search(draw)
        kept = sorted(longer, key=lambda each: -each[0])[: width - len(done)]
        done += [each for each in kept if each[1][-1] == END]
        beam = [each for each in kept if each[1][-1] != END]
    done += beam
    scores = [total / ((5 + len(ids)) / 6) ** alpha for total, ids in done]
    if close(scores):
        return beam_search(draw)
    order = sorted(range(len(done)), key=lambda i: -scores[i])
    found = [
        {"ids": [i for i in done[k][1] if i != END], "log_probability": done[k][0], "score": scores[k]} for k in order
    ]
    return Case([source, model, width, float(alpha), most], found)


# -------------------------------------------------------------------------------------- error rate


def distance(a, b):
    """By recursion on what comes last."""

    @functools.cache
    def of(i, j):
        if i == 0 or j == 0:
            return i + j
        return min(of(i - 1, j) + 1, of(i, j - 1) + 1, of(i - 1, j - 1) + (a[i - 1] != b[j - 1]))

    return of(len(a), len(b))


def edit_distance(draw):
    a, b = draw.words(draw.size(0, 30), 4), draw.words(draw.size(0, 30), 4)
    return Case([a, b], distance(a, b))


def phoneme_error_rate(draw):
    count = draw.size(1, 8)
    said, due = ([draw.words(draw.size(0), 4) for _ in range(count)] for _ in range(2))
    due[0] = due[0] or [5]
    return Case([said, due], sum(map(distance, said, due)) / sum(map(len, due)))


# ------------------------------------------------------------------------------------------- align


def align(draw):
    model = drawn_model(draw, least=1)
    reading, said = drawn_reading(draw, model), draw.words(draw.size(0), len(model["target_table"]))
    source, memory, target = reading["source"], reading["memory"], [BEGIN, *said]
    *before, last = model["decoder"]["layers"]
    x = through(before, source, memory, said, model)
    back = looks_back(target, model["padding"])
    post = model["order"] == 0
    rows = x if post else expected.norm(x, last["self_norm"])
    a = x + expected.multi_head_attention(rows, rows, last["self_attention"], back)[0]
    asking = expected.norm(a, last["self_norm" if post else "cross_norm"])
    reads = not_padding(len(target), source, model["padding"])
    _, heads = expected.multi_head_attention(asking, memory, last["cross_attention"], reads)
    weights = torch.stack(heads).mean(0)[: len(said), 1:-1].numpy()
    if any(close(row) for row in weights):
        return align(draw)
    return Case([reading, said, model], {"weights": weights, "letters": [int(row.argmax()) for row in weights]})


# ----------------------------------------------------------------------------------- the misfits


misfits = {
    "ids_to_letters": [lambda draw, ids: ([draw.one_of(-1, 31), *ids],)],
    "ids_to_phonemes": [lambda draw, ids: ([draw.one_of(-1, 43), *ids],)],
    "read_word": [
        lambda draw, source, model: ([*source, draw.one_of(-1, len(model["source_table"]))], model),
        lambda draw, source, model: (
            (source, changed(model, "source_table", wider)) if model["encoder"]["layers"] else None
        ),
    ],
    "next_log_probabilities": [
        lambda draw, reading, said, model: (reading, [*said, draw.one_of(-1, len(model["target_table"]))], model),
        lambda draw, reading, said, model: (reading, said, changed(model, "output", "bias", wider)),
        lambda draw, reading, said, model: (
            (changed(reading, "memory", taller), said, model) if model["decoder"]["layers"] else None
        ),
    ],
    "pronounce": [
        lambda draw, sources, model, most: (sources, model, draw.one_of(0, -1)),
        lambda draw, sources, model, most: ([*sources, [-1]], model, most),
    ],
    "beam_search": [
        lambda draw, source, model, width, alpha, most: (source, model, draw.one_of(0, -1), alpha, most),
        lambda draw, source, model, width, alpha, most: (source, model, width, -0.25, most),
        lambda draw, source, model, width, alpha, most: (source, model, width, alpha, draw.one_of(0, -1)),
        lambda draw, source, model, width, alpha, most: ([*source, -1], model, width, alpha, most),
    ],
    "phoneme_error_rate": [
        lambda draw, said, due: ([*said, [4]], due),
        lambda draw, said, due: (said, [*due, [4]]),
        lambda draw, said, due: (said, [[] for _ in due]),
    ],
    "align": [
        lambda draw, reading, said, model: (reading, [*said, draw.one_of(-1, len(model["target_table"]))], model),
        lambda draw, reading, said, model: (changed(reading, "memory", taller), said, model),
        lambda draw, reading, said, model: (reading, said, changed(model, "decoder", "layers", lambda layers: [])),
        lambda draw, reading, said, model: (
            {"source": reading["source"][:2], "memory": reading["memory"][:2]}, said, model
        ),
    ],
}
