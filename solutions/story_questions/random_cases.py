"""Random cases of `story_questions`; what is expected comes from Python's own strings, PyTorch and NumPy."""

import re

import numpy
import torch
from random_runs import Case, taller, wider

PIECES = ["mary", "Mary", "omar's", "x-Y", "42", "ATTIC", "[a]", "\u00e9t\u00e9", "to", "the"]
SPACES = [" ", "  ", "\t", "\n", ", ", "; ", ": ", '"', " (", ") ", "\r\n"]
LETTERS = str.maketrans({chr(code): chr(code + 32) for code in range(ord("A"), ord("Z") + 1)})


def words_in(text):
    return [word.translate(LETTERS) for word in re.split(r'[ \t\n\r.,;:!?"()]+', text) if word]


def drawn_text(draw, ends):
    text = ""
    for _ in range(draw.size(0)):
        text += draw.one_of(*PIECES) + draw.one_of(*SPACES, *ends)
    return draw.one_of("", " ", ".") * (" " in ends) + text


def split_words(draw):
    text = drawn_text(draw, [". ", "!", "? ", ""])
    return Case([text], words_in(text))


def words_to_ids(draw):
    vocabulary = [draw.one_of(*PIECES) for _ in range(draw.size())]
    words = [draw.one_of(*vocabulary) for _ in range(draw.size(0))]
    return Case([words, vocabulary], [vocabulary.index(word) for word in words])


VOCABULARY = [word for word in dict.fromkeys(piece.translate(LETTERS) for piece in PIECES)]


def parsed(text):
    told, question = re.fullmatch(r"(?s)(.*[.!])?([^.!?]*)\?.*", text).groups()
    ids = [[VOCABULARY.index(word) for word in words_in(part)] for part in re.split(r"[.!]", told or "")]
    return {"story": [sentence for sentence in ids if sentence],
            "question": [VOCABULARY.index(word) for word in words_in(question)]}


def read_text(draw):
    text = drawn_text(draw, [". ", "!", ".. "]) + draw.one_of(".", "! ", "\n")
    text += drawn_text(draw, []) + draw.one_of(*PIECES) + draw.one_of("?", " ?\n", '?"', "? .")
    return Case([text, VOCABULARY], parsed(text))


def drawn_model(draw, n_vocabulary, d):
    n_tables = draw.size(2, 5)
    temporal = [draw.matrix(draw.size(0, 6), d) / 4 for _ in range(n_tables)] if draw.one_of(True, True, False) else []
    return {"embeddings": [draw.matrix(n_vocabulary, d) / 4 for _ in range(n_tables)], "temporal": temporal}


def drawn_asked(draw, n_vocabulary):
    story = [draw.words(draw.size(0, 6), n_vocabulary) for _ in range(draw.size(0, 12))]
    return {"story": story, "question": draw.words(draw.size(0, 6), n_vocabulary)}


def encoded(words, table, encoding):
    rows = torch.tensor(table)[torch.tensor(words, dtype=torch.int64)]
    (n, d), weights = rows.shape, torch.ones(rows.shape)
    if encoding == 1:
        for j in range(1, n + 1):
            for k in range(1, d + 1):
                weights[j - 1, k - 1] = (1 - j / n) - k / d * (1 - 2 * j / n)
    return (rows * weights).sum(0)


def traced(asked, model, encoding):
    embeddings, temporal = model["embeddings"], model["temporal"]
    n, (_, d) = len(asked["story"]), embeddings[0].shape
    kept = min([n] + [len(table) for table in temporal])

    def memory(k):
        rows = torch.zeros(kept, d)
        for age in range(kept):  # the newest first
            rows[kept - 1 - age] = encoded(asked["story"][n - 1 - age], embeddings[k], encoding)
            if temporal:
                rows[kept - 1 - age] += torch.tensor(temporal[k][age])
        return rows

    states, weights = [encoded(asked["question"], embeddings[0], encoding)], []
    for k in range(len(embeddings) - 1):
        seen = torch.softmax(memory(k) @ states[-1], 0)
        states.append(states[-1] + seen @ memory(k + 1))
        weights.append(torch.cat([torch.zeros(n - kept), seen]))
    logits = torch.tensor(embeddings[-1]) @ states[-1]
    return {"states": torch.stack(states), "weights": torch.stack(weights), "logits": logits}


def look_inside(draw):
    n_vocabulary, d, encoding = draw.size(), draw.size(), draw.one_of(0, 1)
    asked, model = drawn_asked(draw, n_vocabulary), drawn_model(draw, n_vocabulary, d)
    return Case([asked, model, encoding], traced(asked, model, encoding))


def answers(draw):
    n_vocabulary, d, encoding = draw.size(), draw.size(), draw.one_of(0, 1)
    asked, model = [drawn_asked(draw, n_vocabulary) for _ in range(draw.size(1, 4))], drawn_model(draw, n_vocabulary, d)
    said = [int(traced(each, model, encoding)["logits"].argmax()) for each in asked]
    return Case([asked, model, encoding], said)


def answer_text(draw):
    text, encoding = read_text(draw).arguments[0], draw.one_of(0, 1)
    model = drawn_model(draw, len(VOCABULARY), draw.size())
    said = int(traced(parsed(text), model, encoding)["logits"].argmax())
    return Case([text, VOCABULARY, model, encoding], VOCABULARY[said])


def supporting_sentences(draw):
    weights = draw.one_of(draw.matrix, draw.whole)(draw.size(0), draw.size())
    n = weights.shape[1]
    return Case([weights], [n - 1 - int(row[::-1].argmax()) for row in weights])  # NumPy takes the first of equal ones


def drawn_kinds(draw):
    n_kinds = draw.size(1, 5)
    return n_kinds, draw.words(draw.size(0, 20), n_kinds)


def accuracy_by_kind(draw):
    n_kinds, kinds = drawn_kinds(draw)
    said, expected = draw.words(len(kinds), 3), draw.words(len(kinds), 3)
    right = numpy.array(said) == numpy.array(expected)
    shares = [right[numpy.array(kinds) == k].mean() if k in kinds else 0.0 for k in range(n_kinds)]
    return Case([said, expected, kinds, n_kinds], numpy.array(shares))


def support_by_kind(draw):
    n_kinds, kinds = drawn_kinds(draw)
    found, expected = draw.whole(len(kinds), 2), draw.whole(len(kinds), 2)
    zeros = numpy.zeros(2)
    shares = [(found == expected)[numpy.array(kinds) == k].mean(0) if k in kinds else zeros for k in range(n_kinds)]
    return Case([found, expected, kinds, n_kinds], numpy.array(shares))


def with_first(model, name, change):
    """One of the tables changed."""
    return model | {name: [change(model[name][0])] + model[name][1:]}


misfits_of_model = [
    lambda model: model | {"embeddings": model["embeddings"][:1]},
    lambda model: model | {"temporal": [numpy.zeros((3, model["embeddings"][0].shape[1]))]},
    lambda model: with_first(model, "embeddings", taller),
    lambda model: with_first(model, "embeddings", wider),
    lambda model: with_first(model, "temporal", wider) if model["temporal"] else model | {"embeddings": []},
]

misfits = {
    "words_to_ids": [
        lambda draw, words, vocabulary: (words + ["marie"], vocabulary),
        lambda draw, words, vocabulary: (words + [vocabulary[0]], []),
    ],
    "read_text": [
        lambda draw, text, words: (text + "?", words),
        lambda draw, text, words: (text + " to", words),
        lambda draw, text, words: (text.replace("?", "."), words),
        lambda draw, text, words: ("the unseen. " + text, words),
        lambda draw, text, words: ("to. ?", words),
    ],
    "look_inside": [
        lambda draw, asked, model, e: (asked | {"question": [len(model["embeddings"][0])]}, model, e),
        lambda draw, asked, model, e: (asked | {"question": [-1]}, model, e),
        *[lambda draw, asked, model, e, change=change: (asked, change(model), e) for change in misfits_of_model],
    ],
    "answers": [
        lambda draw, asked, model, e: (asked + [{"story": [], "question": [-1]}], model, e),
        *[lambda draw, asked, model, e, change=change: (asked, change(model), e) for change in misfits_of_model],
    ],
    "answer_text": [
        lambda draw, text, words, model, e: (text, words + ["more"], model, e),
        lambda draw, text, words, model, e: ("to?", words[:-1], model, e),
        *[lambda draw, t, words, model, e, change=change: (t, words, change(model), e) for change in misfits_of_model],
    ],
    "supporting_sentences": [lambda draw, weights: (weights[:, :0],) if len(weights) else None],
    "accuracy_by_kind": [
        lambda draw, said, expected, kinds, n: (said + [0], expected, kinds, n),
        lambda draw, said, expected, kinds, n: (said, expected + [0], kinds, n),
        lambda draw, said, expected, kinds, n: (said, expected, kinds + [0], n),
        lambda draw, said, expected, kinds, n: (said + [0], expected + [0], kinds + [draw.one_of(-1, n)], n),
        lambda draw, said, expected, kinds, n: ([], [], [], draw.one_of(0, -1)),
    ],
    "support_by_kind": [
        lambda draw, found, expected, kinds, n: (taller(found), expected, kinds, n),
        lambda draw, found, expected, kinds, n: (found, wider(expected), kinds, n),
        lambda draw, found, expected, kinds, n: (found, expected, kinds + [0], n),
        lambda draw, found, expected, kinds, n: (taller(found), taller(expected), kinds + [draw.one_of(-1, n)], n),
        lambda draw, found, expected, kinds, n: (found[:0], expected[:0], [], draw.one_of(0, -1)),
    ],
}
