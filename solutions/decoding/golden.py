"""Golden values of `decoding`: attention, distributions and filters by PyTorch; beam search by an enumeration of all
that can be said, and, where the beam is narrow, by NumPy's sorts of whole tables; speculative decoding by NumPy."""

import itertools
import math
import pathlib
import sys

import numpy
import torch

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "common" / "golden"))
import golden  # noqa: E402
import golden_torch  # noqa: E402

torch.set_default_dtype(torch.float64)
numbers = golden_torch.Numbers(2023)
draw = torch.Generator().manual_seed(2023)


def agree(ours, other):
    assert numpy.allclose(ours, other, rtol=1e-13, atol=1e-14), (ours, other)
    return ours


def causal_attention(query, key, value):
    """PyTorch's own, and the formula."""
    hidden = torch.ones(len(query), len(query)).triu(1).bool()
    scores = (query @ key.T / query.shape[1] ** 0.5).masked_fill(hidden, -math.inf)
    bias = torch.zeros(hidden.shape).masked_fill(hidden, -math.inf)
    output, _ = torch.nn.functional._scaled_dot_product_attention(query[None], key[None], value[None], bias[None])
    return agree((torch.softmax(scores, 1) @ value).numpy(), output[0].numpy())


def penalized(logits, said, penalty):
    """As Hugging Face's RepetitionPenaltyLogitsProcessor: gathered, changed, scattered back."""
    said = torch.tensor(said)
    score = torch.gather(logits, 0, said)
    return logits.scatter(0, said, torch.where(score < 0, score * penalty, score / penalty))


def top_k(distribution, k):
    values, places = torch.topk(distribution, min(k, len(distribution)))
    kept = torch.zeros_like(distribution).scatter(0, places, values)
    return kept / kept.sum()


def top_p(distribution, p):
    """As Hugging Face's TopPLogitsWarper: what lies beyond p is removed, shifted so that the crossing token stays."""
    values, places = torch.sort(distribution, descending=True)
    sums = values.cumsum(0)
    assert p == 1 or (sums - p).abs().min() > 1e-6
    removed = sums > p
    removed[1:] = removed[:-1].clone()
    removed[0] = False
    kept = torch.zeros_like(distribution).scatter(0, places, values.masked_fill(removed, 0))
    return kept / kept.sum()


def next_distribution(logits, said, settings):
    penalty, temperature, k, p = settings
    return top_p(top_k(torch.softmax(penalized(logits, said, penalty) / temperature, 0), k), p)


def generated(model, start, end, settings, uniforms):
    said = [start]
    for table, uniform in zip(model, uniforms):
        sums = next_distribution(table[said[-1]], said, settings).cumsum(0)
        assert (sums - uniform).abs().min() > 1e-6
        said.append(int(torch.searchsorted(sums, uniform, right=True)))
        if said[-1] == end:
            break
    return said[1:]


def log_probability(model, start, ids):
    tables = [torch.log_softmax(table, 1) for table in model]
    return sum(float(table[before, after]) for table, before, after in zip(tables, [start, *ids], ids))


def everything(model, start, end):
    """All that can be said: what ends, and what is cut short."""
    vocabulary = range(len(model[0]))
    for n in range(1, len(model) + 1):
        for ids in itertools.product(vocabulary, repeat=n):
            if end not in ids[:-1] and (ids[-1] == end or n == len(model)):
                yield list(ids), log_probability(model, start, ids)


def ranked(hypotheses, width, alpha):
    rows = sorted(((number / len(ids) ** alpha, ids, number) for ids, number in hypotheses), key=lambda row: -row[0])
    assert min(a[0] - b[0] for a, b in zip(rows, rows[1:])) > 1e-5
    return [(ids, number, score) for score, ids, number in rows[:width]]


def narrow_beam(model, start, end, width, alpha):
    """Whole tables at once: beginnings x vocabulary."""
    beginnings, sums, finished = [[]], numpy.zeros(1), []
    for table in model:
        rows = [(ids or [start])[-1] for ids in beginnings]
        totals = sums[:, None] + torch.log_softmax(table, 1).numpy()[rows]
        finished += [([*ids, end], float(total)) for ids, total in zip(beginnings, totals[:, end])]
        totals[:, end] = -numpy.inf
        best = numpy.argsort(-totals, axis=None, kind="stable")[:width]
        best = best[numpy.isfinite(totals.flat[best])]
        chosen = [divmod(int(place), len(table)) for place in best]
        beginnings, sums = [[*beginnings[row], token] for row, token in chosen], totals.flat[best]
    return ranked(finished + [(ids, float(total)) for ids, total in zip(beginnings, sums)], width, alpha)


def named(prefix, hypotheses):
    """Ids as rows, -1 behind the last."""
    longest = max(len(ids) for ids, _, _ in hypotheses)
    rows = [[*ids, *[-1] * (longest - len(ids))] for ids, _, _ in hypotheses]
    return {f"{prefix}/ids": numpy.array(rows), f"{prefix}/log_probabilities": [number for _, number, _ in hypotheses],
            f"{prefix}/scores": [score for _, _, score in hypotheses]}


arrays = {}

# 7 tokens, d_k 5, d_v 3.
query, key, value = numbers(7, 5), numbers(7, 5), numbers(7, 3)
arrays |= {"cache/query": query, "cache/key": key, "cache/value": value}
arrays |= {"cache/full": causal_attention(query, key, value)}

# 9 logits; ids 2 and 5, which are below 0, were said once, 1, which is above, three times.
logits = numbers(9)
assert logits[1] > 0 > logits[2] and logits[5] < 0
arrays |= {"logits/logits": logits, "logits/penalized": penalized(logits, [1, 2, 1, 5, 1], 1.3)}
arrays |= {f"logits/at_{name}": torch.softmax(logits / t, 0) for name, t in [("1", 1), ("cold", 0.3), ("hot", 2.5)]}

# The distribution of these logits: from 1 to 9 tokens kept; and nuclei.
distribution = torch.softmax(logits, 0)
arrays |= {"filter/distribution": distribution}
arrays |= {"filter/top_k": torch.stack([top_k(distribution, k) for k in range(1, 10)])}
arrays |= {"filter/top_p": torch.stack([top_p(distribution, p) for p in (0.05, 0.3, 0.6, 0.8, 0.95, 0.999, 1.0)])}

# 12 steps of 7 tokens. Token 3 ends.
model, settings = numbers(12, 7, 7), (1.25, 0.8, 5, 0.9)
uniforms = (torch.rand(3, 12, generator=draw) * 2**36).floor() / 2**36
for row, (name, chosen) in enumerate([("all", settings), ("plain", (1, 1, 7, 1)), ("hot", (2, 1.5, 6, 0.75))]):
    arrays |= {f"generate/{name}": generated(model, 6, 3, chosen, uniforms[row])}
arrays |= {"generate/endless": generated(model, 6, -1, settings, uniforms[0])}
arrays |= {"generate/uniforms": uniforms, "generate/model": model.reshape(12 * 7, 7)}
arrays |= {"generate/next": next_distribution(model[0][4], [6, 4, 4, 1], settings)}

# 4 steps of 4 tokens. Token 2 ends. The enumeration has all 121 sentences.
model = numbers(4, 4, 4) * torch.tensor([1.5, 1, 0.75, 1])[:, None, None]
arrays |= {"beam/model": model.reshape(16, 4)}
for alpha in (0.0, 0.75, 2.0):
    rows = ranked(everything(model, 0, 2), 81, alpha)
    arrays |= named(f"beam/all_{int(100 * alpha)}", rows)
    for width in (1, 2, 3, 5):
        rows = narrow_beam(model, 0, 2, width, alpha)
        arrays |= named(f"beam/{width}_{int(100 * alpha)}", rows)

# 6 tokens: two distributions, what is accepted, what is left.
target, draft = torch.softmax(numbers(6), 0).numpy(), torch.softmax(numbers(6), 0).numpy()
left = numpy.where(target > draft, target - draft, 0)
arrays |= {"speculative/target": target, "speculative/draft": draft}
arrays |= {"speculative/accepted": numpy.where(draft > target, target / draft, 1.0)}
arrays |= {"speculative/residual": left / left.sum()}

golden.main("decoding", arrays)
