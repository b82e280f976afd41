"""Random cases of `memory_network`; what is expected comes from PyTorch."""

import torch
from expected import attend
from random_runs import Case, taller, wider
from torch.nn.functional import embedding_bag
from worker import Optional


def bag(sentence, embedding):
    ids = torch.tensor(sentence, dtype=torch.long)
    return embedding_bag(ids, torch.tensor(embedding), torch.tensor([0]), mode="sum")[0]


def places(n_words, d):
    """l_kj of the paper, section 4.1; row j - 1, column k - 1."""
    j, k = torch.arange(1, n_words + 1)[:, None] / n_words, torch.arange(1, d + 1) / d
    return (1 - j) - k * (1 - 2 * j)


def sentence_vector(sentence, embedding, encoding):
    if encoding == 0 or not sentence:
        return bag(sentence, embedding)
    return torch.einsum("jk,jk->k", places(len(sentence), embedding.shape[1]), torch.tensor(embedding)[sentence])


def memory_of(story, embedding, temporal, encoding):
    rows = [sentence_vector(sentence, embedding, encoding) for sentence in story]
    memory = torch.stack(rows) if rows else torch.zeros(0, embedding.shape[1])
    return memory if temporal is None else memory + torch.tensor(temporal)[: len(story)].flip(0)


def look(u, memory_in, memory_out):
    """Output and weights of one hop."""
    output, weights = attend((torch.as_tensor(memory_in) @ torch.as_tensor(u))[None], memory_out)
    return output[0], weights[0]


# ------------------------------------------------------------------------------------- the cases


def drawn_sentence(draw, vocabulary):
    return draw.words(draw.size(0), vocabulary)


def bag_of_words(draw):
    embedding = draw.matrix(draw.size(), draw.size())
    sentence = drawn_sentence(draw, len(embedding))
    return Case([sentence, embedding], bag(sentence, embedding))


def position_encoding(draw):
    n_words, d = draw.size(0, 30), draw.size(1, 30)
    return Case([n_words, d], places(n_words, d) if n_words > 0 else torch.zeros(0, d))


def encode_sentence(draw):
    embedding, encoding = draw.matrix(draw.size(), draw.size()), draw.between(0, 1)
    sentence = drawn_sentence(draw, len(embedding))
    return Case([sentence, embedding, encoding], sentence_vector(sentence, embedding, encoding))


def drawn_story(draw, vocabulary):
    return [drawn_sentence(draw, vocabulary) for _ in range(draw.size(0, 6))]


def drawn_temporal(draw, n_sentences, d):
    """Nothing, or a table that is as long as the story or longer."""
    return draw.one_of(None, draw.matrix(n_sentences, d), draw.matrix(n_sentences + draw.size(), d))


def encode_story(draw):
    embedding, encoding = draw.matrix(draw.size(), draw.size()), draw.between(0, 1)
    story = drawn_story(draw, len(embedding))
    temporal = drawn_temporal(draw, len(story), embedding.shape[1])
    return Case([story, embedding, Optional(temporal), encoding], memory_of(story, embedding, temporal, encoding))


def hop(draw):
    n_sentences, d = draw.size(0), draw.size()
    kind = draw.one_of("ordinary", "ordinary", "large", "huge", "far below")
    numbers = draw.whole if kind == "huge" else draw.matrix
    u, memory_in, memory_out = numbers(d), numbers(n_sentences, d), draw.matrix(n_sentences, d)
    if kind == "huge":  # exact, so equal scores are equal
        u, memory_in = u * 2.0**500, memory_in * 2.0 ** draw.between(1, 500)
    u *= 256 if kind == "large" else 1
    if kind == "far below":
        u[0], memory_in[:, 0] = 512, -512
    return Case([u, memory_in, memory_out], dict(zip(("output", "weights"), look(u, memory_in, memory_out))))


def answer(logits, weights, n_sentences):
    return {"logits": logits, "weights": torch.stack(weights).reshape(len(weights), n_sentences)}


def answer_adjacent(draw):
    vocabulary, d, n_tables, encoding = draw.size(), draw.size(), 1 + draw.size(1, 4), draw.between(0, 1)
    story, question = drawn_story(draw, vocabulary), drawn_sentence(draw, vocabulary)
    tables = [draw.matrix(vocabulary, d) / 2 for _ in range(n_tables)]
    timed = draw.one_of(False, True)
    temporal = [draw.matrix(len(story) + draw.size(0), d) / 2 for _ in tables] if timed else []
    times = temporal or [None] * n_tables
    u, weights = sentence_vector(question, tables[0], encoding), []
    memories = [memory_of(story, table, time, encoding) for table, time in zip(tables, times)]
    for memory_in, memory_out in zip(memories, memories[1:]):
        output, p = look(u, memory_in, memory_out)
        u, weights = u + output, weights + [p]
    due = answer(torch.tensor(tables[-1]) @ u, weights, len(story))
    return Case([story, question, {"embeddings": tables, "temporal": temporal}, encoding], due)


def answer_layer_wise(draw):
    vocabulary, d, n_answers, encoding = draw.size(), draw.size(), draw.size(), draw.between(0, 1)
    story, question, n_hops = drawn_story(draw, vocabulary), drawn_sentence(draw, vocabulary), draw.size(1, 4)
    model = {name: draw.matrix(vocabulary, d) / 2 for name in ("question", "input", "output")}
    times = [drawn_temporal(draw, len(story), d) for _ in range(2)]
    model |= {"temporal_input": Optional(times[0]), "temporal_output": Optional(times[1])}
    model |= {"transition": draw.matrix(d, d) / 2, "answer": draw.matrix(d, n_answers)}
    memory_in = memory_of(story, model["input"], times[0], encoding)
    memory_out = memory_of(story, model["output"], times[1], encoding)
    u, weights = sentence_vector(question, model["question"], encoding), []
    for _ in range(n_hops):
        output, p = look(u, memory_in, memory_out)
        u, weights = torch.tensor(model["transition"].T) @ u + output, weights + [p]
    due = answer(torch.tensor(model["answer"].T) @ u, weights, len(story))
    return Case([story, question, model, n_hops, encoding], due)


# ----------------------------------------------------------------------------------- the misfits


def unknown(draw, sentence, vocabulary):
    """The sentence with a word that is not in the vocabulary."""
    return [*sentence, draw.one_of(-1, vocabulary, vocabulary + 1000)]


def replaced(model, name, change):
    return model | {name: change(model[name])}


def another_list(name, change):
    """Changes the last table of a list in the model, if there is one."""

    def misfit(draw, story, question, model, encoding):
        tables = model[name]
        return (story, question, model | {name: [*tables[:-1], change(tables[-1])]}, encoding) if tables else None

    return misfit


def another_matrix(name, change):
    return lambda draw, story, question, model, *rest: (story, question, replaced(model, name, change), *rest)


word_misfits = [
    lambda draw, sentence, embedding, *rest: (unknown(draw, sentence, len(embedding)), embedding, *rest),
]
misfits = {
    "bag_of_words": word_misfits,
    "position_encoding": [
        lambda draw, n_words, d: (-1 - n_words, d),
        lambda draw, n_words, d: (n_words, draw.one_of(0, -1)),
    ],
    "encode_sentence": word_misfits,
    "encode_story": [
        lambda draw, story, embedding, *rest: (story + [unknown(draw, [], len(embedding))], embedding, *rest),
        lambda draw, story, embedding, t, e: (story, embedding, Optional(draw.matrix(20, embedding.shape[1] + 1)), e),
        lambda draw, story, embedding, t, e: (
            (story, embedding, Optional(draw.matrix(len(story) - 1, embedding.shape[1])), e) if story else None
        ),
    ],
    "hop": [
        lambda draw, u, memory_in, memory_out: (wider(u), memory_in, memory_out),
        lambda draw, u, memory_in, memory_out: (u, taller(memory_in), memory_out),
        lambda draw, u, memory_in, memory_out: (u, memory_in, wider(memory_out)),
    ],
    "answer_adjacent": [
        lambda draw, s, q, m, e: (s, unknown(draw, q, len(m["embeddings"][0])), m, e),
        lambda draw, s, q, m, e: (s + [unknown(draw, [], len(m["embeddings"][0]))], q, m, e),
        lambda draw, s, q, m, e: (s, q, m | {"embeddings": m["embeddings"][:1], "temporal": m["temporal"][:1]}, e),
        lambda draw, s, q, m, e: (s, q, m | {"temporal": m["temporal"][1:]}, e) if m["temporal"] else None,
        another_list("embeddings", wider),
        another_list("embeddings", taller),
        another_list("temporal", wider),
    ],
    "answer_layer_wise": [
        lambda draw, s, q, m, *rest: (s, unknown(draw, q, len(m["question"])), m, *rest),
        lambda draw, s, q, m, *rest: (s + [unknown(draw, [], len(m["question"]))], q, m, *rest),
        lambda draw, s, q, m, n_hops, e: (s, q, m, draw.one_of(0, -1), e),
        *(another_matrix(name, wider) for name in ("question", "input", "output", "transition")),
        *(another_matrix(name, taller) for name in ("question", "input", "output", "transition", "answer")),
    ],
}
