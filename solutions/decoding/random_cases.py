"""Random cases of `decoding`; what is expected comes from PyTorch's softmax, topk, sort and cumsum, from NumPy's
searchsorted, and, for beams, from an enumeration of all sentences or from NumPy's sort of whole tables."""

import itertools

import numpy
import torch
from random_runs import Case, taller, wider

import expected as by_torch


def distribution(draw, n):
    """Pieces of a line; on a coarse grid many are equal or 0. All sums are exact."""
    grains = draw.one_of(8, 64, 2**30)
    cuts = numpy.sort(draw.random.integers(0, grains + 1, n - 1)) / grains
    return numpy.diff(numpy.concatenate([[0], cuts, [1]]))


def uniform(draw):
    return float(draw.random.integers(0, 2**30) / 2**30)


def attend_cached(draw):
    """PyTorch's attention over the whole sequence; its last rows."""
    n_cached, n_new, d_k, d_v = draw.size(0), draw.size(), draw.size(), draw.size()
    n = n_cached + n_new
    query, key, value = draw.matrix(n, d_k), draw.matrix(n, d_k), draw.matrix(n, d_v)
    query *= draw.one_of(1, 1, 100)
    full = by_torch.dot_attention(query, key, value, numpy.tril(numpy.ones((n, n), bool)))[0]
    cache = {"keys": key[:n_cached], "values": value[:n_cached]}
    answer = {"output": full[n_cached:], "cache": {"keys": key, "values": value}}
    return Case([query[n_cached:], key[n_cached:], value[n_cached:], cache], answer)


def penalized(logits, said, penalty):
    logits = torch.tensor(logits)
    ids = torch.tensor(said, dtype=torch.long)
    score = torch.gather(logits, 0, ids)
    return logits.scatter(0, ids, torch.where(score < 0, score * penalty, score / penalty))


def drawn_penalty(draw):
    return draw.one_of(1.0, 1.3, 0.5, 100.0, float(draw.random.uniform(1, 3)))


def penalize_repetition(draw):
    logits = draw.matrix(draw.size())
    said, penalty = draw.words(draw.size(0), len(logits)), drawn_penalty(draw)
    return Case([logits, said, penalty], penalized(logits, said, penalty))


def tempered(logits, temperature):
    if temperature == 0:
        return torch.nn.functional.one_hot(torch.as_tensor(numpy.argmax(numpy.asarray(logits))), len(logits)).double()
    return torch.softmax(torch.as_tensor(logits) / temperature, 0)


def probabilities(draw):
    logits = draw.one_of(draw.matrix(draw.size()), draw.whole(draw.size()), 500 * draw.matrix(draw.size()))
    temperature = draw.one_of(0.0, 1.0, 0.05, 50.0, float(draw.random.uniform(0.2, 3)))
    return Case([logits, temperature], tempered(logits, temperature))


def shared(distribution, places):
    kept = torch.zeros(len(distribution))
    kept[places] = torch.as_tensor(distribution)[places]
    return kept / kept.sum()


def sorted_places(distribution):
    return torch.sort(torch.as_tensor(distribution), descending=True, stable=True).indices


def nucleus(distribution, p):
    """The crossing token stays: what is removed is what comes where the sum before has reached p."""
    places = sorted_places(distribution)
    sums = torch.as_tensor(distribution)[places].cumsum(0)
    before = torch.cat([torch.zeros(1), sums[:-1]])
    return shared(distribution, places[before < p])


def top_k(draw):
    row = distribution(draw, draw.size())
    k = draw.one_of(1, len(row), len(row) + 2, draw.between(1, len(row)))
    return Case([row, k], shared(row, sorted_places(row)[:k]))


def top_p(draw):
    row = distribution(draw, draw.size())
    sums = numpy.cumsum(numpy.sort(row)[::-1])
    p = draw.one_of(1.0, 1 - uniform(draw), float(sums[draw.between(0, len(row) - 1)]))
    return Case([row, p], nucleus(row, p))


def drawn(row, number):
    """The first sum that is greater."""
    return int(numpy.searchsorted(numpy.cumsum(row), number, side="right"))


def sample(draw):
    row = distribution(draw, draw.size())
    border = float(numpy.cumsum(row)[draw.between(0, len(row) - 1)])
    number = draw.one_of(uniform(draw), 0.0, border if border < 1 else 0.5)
    return Case([row, number], drawn(row, number))


def drawn_sampling(draw, n):
    return {"repetition_penalty": drawn_penalty(draw), "temperature": draw.one_of(1.0, 0.7, 1.5),
            "top_k": draw.between(1, n + 1), "top_p": draw.one_of(1.0, float(draw.random.uniform(0.1, 1)))}


def following(logits, said, settings):
    all_ = tempered(penalized(logits, said, settings["repetition_penalty"]), settings["temperature"])
    return nucleus(shared(all_, sorted_places(all_)[: settings["top_k"]]), settings["top_p"])


def next_distribution(draw):
    logits = draw.matrix(draw.size())
    said, settings = draw.words(draw.size(0), len(logits)), drawn_sampling(draw, len(logits))
    return Case([logits, said, settings], following(logits, said, settings))


def drawn_model(draw, most=9):
    n = draw.size(1, most)
    return [draw.matrix(n, n) for _ in range(draw.between(1, 4))]


def generate(draw):
    model = drawn_model(draw)
    n = len(model[0])
    start, end, settings = draw.between(0, n - 1), draw.between(-1, n), drawn_sampling(draw, n)
    uniforms = draw.random.random(len(model))
    said = [start]
    for table, number in zip(model, uniforms):
        said.append(min(drawn(following(table[said[-1]], said, settings).numpy(), number), n - 1))
        if said[-1] == end:
            break
    return Case([model, start, end, settings, uniforms], said[1:])


def all_sentences(tables, start, end):
    n = len(tables[0])
    for length in range(1, len(tables) + 1):
        for ids in itertools.product(range(n), repeat=length):
            if end not in ids[:-1] and (ids[-1] == end or length == len(tables)):
                yield list(ids), sum(table[row, to] for table, row, to in zip(tables, [start, *ids], ids))


def narrow_beam(tables, start, end, width):
    beginnings, sums, finished = [[]], numpy.zeros(1), []
    for table in tables:
        totals = sums[:, None] + table[[(ids or [start])[-1] for ids in beginnings]]
        if 0 <= end < len(table):
            finished += [([*ids, end], total) for ids, total in zip(beginnings, totals[:, end])]
            totals[:, end] = -numpy.inf
        best = numpy.argsort(-totals, axis=None, kind="stable")[:width]
        best = best[numpy.isfinite(totals.flat[best])]
        beginnings = [[*beginnings[place // len(table)], int(place % len(table))] for place in best]
        sums = totals.flat[best]
    return finished + list(zip(beginnings, sums))


def beam_search(draw):
    """Wide enough to hold everything, half of the times."""
    wide = draw.one_of(True, False)
    model = drawn_model(draw, 4 if wide else 9)
    n = len(model[0])
    start, end, alpha = draw.between(0, n - 1), draw.between(-1, n), draw.one_of(0.0, 1.0, float(draw.random.random()))
    width = 256 if wide else draw.between(1, 6)
    tables = [torch.log_softmax(torch.tensor(table), 1).numpy() for table in model]
    found = list(all_sentences(tables, start, end)) if wide else narrow_beam(tables, start, end, width)
    rows = sorted(((total / len(ids) ** alpha, ids, total) for ids, total in found), key=lambda row: -row[0])[:width]
    answer = [{"ids": ids, "log_probability": float(total), "score": float(score)} for score, ids, total in rows]
    return Case([model, start, end, width, alpha], answer)


def drafted_token(draw, row):
    return int(draw.random.choice(numpy.flatnonzero(row > 0)))


def acceptance(draw):
    n = draw.size()
    target, draft = distribution(draw, n), distribution(draw, n)
    token = drafted_token(draw, draft)
    return Case([target, draft, token], float(numpy.clip(target / numpy.where(draft > 0, draft, 1), 0, 1)[token]))


def left(target, draft):
    missing = torch.relu(torch.as_tensor(target) - torch.as_tensor(draft))
    return missing.numpy() / float(missing.sum()) if missing.sum() > 0 else target


def residual(draw):
    n = draw.size()
    target = distribution(draw, n)
    draft = draw.one_of(distribution(draw, n), target.copy())
    return Case([target, draft], left(target, draft))


def speculate(draw):
    n, n_drafted = draw.size(), draw.size(0)
    target = numpy.array([distribution(draw, n) for _ in range(n_drafted + 1)])
    draft = numpy.array([draw.one_of(row, distribution(draw, n)) for row in target[:-1]]).reshape(n_drafted, n)
    drafted, uniforms, last = [drafted_token(draw, row) for row in draft], draw.random.random(n_drafted), uniform(draw)
    said, row = list(drafted), target[-1]
    for place, token in enumerate(drafted):
        if uniforms[place] * draft[place, token] >= target[place, token]:
            said, row = drafted[:place], left(target[place], draft[place])
            break
    said.append(min(drawn(row, last), int(numpy.flatnonzero(row > 0)[-1])))
    return Case([drafted, draft, target, uniforms, last], said)


# ----------------------------------------------------------------------------------- the misfits


def changed(fields, name, change):
    return fields | {name: change(fields[name])}


def one_table(model, change):
    return [*model[:-1], change(model[-1])]


bad_settings = [("repetition_penalty", 0.0), ("temperature", -1e-9), ("top_k", 0), ("top_p", 0.0), ("top_p", 1.001)]


def spoiled(draw, settings):
    name, value = draw.one_of(*bad_settings)
    return settings | {name: value}


misfits = {
    "attend_cached": [
        lambda draw, query, key, value, cache: (taller(query), key, value, cache),
        lambda draw, query, key, value, cache: (query, taller(key), value, cache),
        lambda draw, query, key, value, cache: (query, key, taller(value), cache),
        lambda draw, query, key, value, cache: (wider(query), key, value, cache),
        lambda draw, query, key, value, cache: (query, wider(key), value, cache),
        lambda draw, query, key, value, cache: (query, key, wider(value), cache),
        lambda draw, query, key, value, cache: (query, key, value, changed(cache, "keys", taller)),
        lambda draw, query, key, value, cache: (query, key, value, changed(cache, "values", taller)),
        lambda draw, query, key, value, cache: (query, key, value, changed(cache, "keys", wider)),
        lambda draw, query, key, value, cache: (query, key, value, changed(cache, "values", wider)),
        lambda draw, query, key, value, cache: (wider(query), wider(key), value, cache),
    ],
    "penalize_repetition": [
        lambda draw, logits, said, penalty: (logits, [*said, draw.one_of(-1, len(logits))], penalty),
        lambda draw, logits, said, penalty: (logits, said, draw.one_of(0.0, -1.0)),
    ],
    "probabilities": [
        lambda draw, logits, temperature: (logits[:0], temperature),
        lambda draw, logits, temperature: (logits, draw.one_of(-1e-9, -1.0)),
    ],
    "top_k": [lambda draw, row, k: (row, draw.one_of(0, -1))],
    "top_p": [lambda draw, row, p: (row, draw.one_of(0.0, -0.1, 1 + 1e-9))],
    "sample": [lambda draw, row, number: (row, draw.one_of(1.0, -1e-9))],
    "next_distribution": [lambda draw, logits, said, settings: (logits, said, spoiled(draw, settings))],
    "generate": [
        lambda draw, model, start, end, settings, numbers: (model, start, end, spoiled(draw, settings), numbers),
        lambda draw, model, start, end, settings, numbers: (model, start, end, settings, wider(numbers)),
        lambda draw, model, start, end, settings, numbers: (one_table(model, wider), start, end, settings, numbers),
        lambda draw, model, start, end, settings, numbers: (model, len(model[0]), end, settings, numbers),
        lambda draw, model, start, end, settings, numbers: ([], start, end, settings, numbers[:0]),
    ],
    "beam_search": [
        lambda draw, model, start, end, width, alpha: (model, start, end, 0, alpha),
        lambda draw, model, start, end, width, alpha: (model, start, end, width, -1e-9),
        lambda draw, model, start, end, width, alpha: (model, draw.one_of(-1, len(model[0])), end, width, alpha),
        lambda draw, model, start, end, width, alpha: (one_table(model, taller), start, end, width, alpha),
        lambda draw, model, start, end, width, alpha: ([], start, end, width, alpha),
    ],
    "acceptance": [
        lambda draw, target, draft, token: (wider(target), draft, token),
        lambda draw, target, draft, token: (target, wider(draft), token),
        lambda draw, target, draft, token: (target, draft, draw.one_of(-1, len(draft))),
        lambda draw, target, draft, token: (target, numpy.where(numpy.arange(len(draft)) == token, 0, draft), token),
    ],
    "residual": [lambda draw, target, draft: (target, wider(draft))],
    "speculate": [
        lambda draw, drafted, draft, target, numbers, last: ([*drafted, 0], draft, target, numbers, last),
        lambda draw, drafted, draft, target, numbers, last: (drafted, taller(draft), target, numbers, last),
        lambda draw, drafted, draft, target, numbers, last: (drafted, draft, taller(target), numbers, last),
        lambda draw, drafted, draft, target, numbers, last: (drafted, draft, wider(target), numbers, last),
        lambda draw, drafted, draft, target, numbers, last: (drafted, draft, target, wider(numbers), last),
        lambda draw, drafted, draft, target, numbers, last: (drafted, draft, target, numbers, 1.0),
    ],
}
