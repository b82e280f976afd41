"""Golden values of `memory_network`: the paper's equations in its own layout, in PyTorch and float64.

Sukhbaatar et al. 2015 write vectors as columns, an embedding as a matrix A (d x vocabulary) times a one-hot
word, and index sentences in reverse order, x_1 being the last one of the story. So does this file.
"""

import pathlib
import sys

import torch
from torch.nn.functional import embedding_bag, one_hot

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "common" / "golden"))
import golden  # noqa: E402
import golden_torch  # noqa: E402

torch.set_default_dtype(torch.float64)
numbers = golden_torch.Numbers(2015)

VOCABULARY, D, MAX_SENTENCES, N_ANSWERS = 11, 6, 8, 9
# The oldest first, as in tests.cpp.
STORY = [[3, 1, 4], [1, 5, 9, 2], [6], [5, 3, 10, 8, 0], [7, 9]]
QUESTION = [2, 7, 1, 8, 2, 8, 0]


def draw(*shape):
    """From -1 to 1."""
    return numbers(*shape) / 2


def l(j, n_words, d):
    """The column l_j of section 4.1."""
    k = torch.arange(1, d + 1)
    return (1 - j / n_words) - (k / d) * (1 - 2 * j / n_words)


def encode(A, sentence, position):
    """sum over j of (l_j *) A x_j; A is d x vocabulary."""
    words = [A @ one_hot(torch.tensor(word), A.shape[1]).double() for word in sentence]
    if position:
        words = [l(j, len(sentence), len(A)) * word for j, word in enumerate(words, start=1)]
    return sum(words, torch.zeros(len(A)))


def memories(A, T, position):
    """[m_1, ..., m_n], the newest first; T(i) is the i-th row of T."""
    newest_first = list(reversed(STORY))
    m = [encode(A, x, position) for x in newest_first]
    return m if T is None else [m_i + T[i - 1] for i, m_i in enumerate(m, start=1)]


def hop(u, m, c):
    """Equations 1 and 2."""
    p = torch.softmax(torch.stack([u @ m_i for m_i in m]), dim=0)
    return sum(p_i * c_i for p_i, c_i in zip(p, c)), p


def in_order_of_story(ps):
    return torch.stack(ps).flip(1)


def adjacent(embeddings, temporal, position):
    """Section 2.2, type 1: A^{k+1} = C^k, B = A^1, W^T = C^K. The embeddings are tables (vocabulary x d)."""
    A = [table.T for table in embeddings]
    T = temporal or [None] * len(A)
    u, ps = encode(A[0], QUESTION, position), []
    for k in range(len(A) - 1):
        o, p = hop(u, memories(A[k], T[k], position), memories(A[k + 1], T[k + 1], position))
        u, ps = u + o, ps + [p]
    W = A[-1].T
    return W @ u, in_order_of_story(ps)


def layer_wise(B, A, C, T_A, T_C, H, W, n_hops, position):
    """Section 2.2, type 2: u^{k+1} = H u^k + o^k. Here H (d x d) and W (n_answers x d) are the paper's."""
    u, ps = encode(B, QUESTION, position), []
    for _ in range(n_hops):
        o, p = hop(u, memories(A, T_A, position), memories(C, T_C, position))
        u, ps = H @ u + o, ps + [p]
    return W @ u, in_order_of_story(ps)


arrays = {}

embedding = draw(VOCABULARY, D)
arrays["embedding"] = embedding
offsets = torch.tensor([sum(len(s) for s in STORY[:i]) for i in range(len(STORY))])
arrays["bags"] = embedding_bag(torch.tensor(sum(STORY, [])), embedding, offsets, mode="sum")

for n_words, d in [(4, 3), (5, 6), (7, 10)]:
    arrays[f"position/{n_words}x{d}"] = torch.stack([l(j, n_words, d) for j in range(1, n_words + 1)])
arrays["sentences"] = torch.stack([encode(embedding.T, sentence, True) for sentence in STORY])

# 8 ages, of which a story of 5 sentences needs the first 5.
temporal = draw(MAX_SENTENCES, D)
arrays["temporal"] = temporal
for name, position in [("story/bags", False), ("story/positions", True)]:
    arrays[name] = torch.stack(memories(embedding.T, temporal, position)).flip(0)

# One hop over 5 slots.
u, memory_in, memory_out = draw(D) * 2, draw(5, D) * 2, draw(5, D) * 4
output, weights = hop(u, memory_in, memory_out)
arrays |= {"hop/u": u, "hop/in": memory_in, "hop/out": memory_out, "hop/output": output, "hop/weights": weights}

# Adjacent tying, 3 hops: 4 embeddings and 4 temporal tables.
tables = [draw(VOCABULARY, D) / 2 for _ in range(4)]
ages = [draw(MAX_SENTENCES, D) for _ in range(4)]
for k in range(4):
    arrays |= {f"adjacent/embedding_{k}": tables[k], f"adjacent/temporal_{k}": ages[k]}
for name, kept, position in [("positions", ages, True), ("bags", None, False)]:
    logits, weights = adjacent(tables, kept, position)
    arrays |= {f"adjacent/{name}/logits": logits, f"adjacent/{name}/weights": weights}
# An empty story: all o^k are zero, so W u^1 is left.
arrays["adjacent/empty/logits"] = tables[3] @ encode(tables[0].T, QUESTION, True)

# Layer-wise tying, 4 hops. Stored in the layout of the exercise: embeddings vocabulary x d, u * H and u * W.
B, A, C = (draw(VOCABULARY, D) for _ in range(3))
T_A, T_C = draw(MAX_SENTENCES, D), draw(MAX_SENTENCES, D)
H, W = draw(D, D) / 2, draw(N_ANSWERS, D)
arrays |= {"layer_wise/question": B, "layer_wise/input": A, "layer_wise/output": C}
arrays |= {"layer_wise/temporal_input": T_A, "layer_wise/temporal_output": T_C}
arrays |= {"layer_wise/transition": H.T, "layer_wise/answer": W.T}
settings = [("positions", T_A, T_C, True), ("bags", None, None, False), ("mixed", T_A, None, True)]
for name, t_a, t_c, position in settings:
    logits, weights = layer_wise(B.T, A.T, C.T, t_a, t_c, H, W, 4, position)
    arrays |= {f"layer_wise/{name}/logits": logits, f"layer_wise/{name}/weights": weights}
arrays["layer_wise/empty/logits"] = W @ H @ H @ H @ encode(B.T, QUESTION, True)

golden.main("memory_network", arrays)
