#!/usr/bin/python3
"""Trains the model of modern_decoder and writes exercises/modern_decoder/model/model.safetensors.

    apt-get install python3-torch libopenblas0
    apt-get download wordnet-base && dpkg-deb -x wordnet-base_*.deb wordnet
    OPENBLAS_NUM_THREADS=1 /usr/bin/python3 solutions/modern_decoder/train.py wordnet/usr/share/wordnet

The text is WordNet 3.0, (C) 2006 by Princeton University, which may be used, copied, modified and distributed for any
purpose (exercises/modern_decoder/model/LICENSE). What the model reads is a line an entry, "word: its definition".
The seed is fixed, but another BLAS or another version of PyTorch rounds otherwise: the weights then differ, the loss
hardly. After it, golden.py and `./grade verify --record` are due. Neither the build nor a test runs this.
"""
import argparse
import collections
import math
import pathlib
import random
import re
import sys
import time

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "common" / "golden"))
import tensor_file  # noqa: E402

SEED = 21
EPOCHS = 6
BATCH = 32
PEAK = 4e-3  # the learning rate after the warm-up; it falls to a twentieth along a cosine
WARM_UP = 200  # steps
N_PIECES = 448
D_MODEL, N_HEADS, N_GROUPS, D_HEAD, D_FF, N_BLOCKS = 64, 4, 2, 16, 176, 4
BASE, WINDOW, SINKS, EPSILON = 10000.0, 16, 4, 1e-5
END = 0  # begins and ends an entry
LONGEST = 75  # characters of an entry
LETTERS = "abcdefghijklmnopqrstuvwxyz ,:-'()"
KINDS = ("05", "06", "13", "18", "20")  # WordNet's numbers of animals, things, food, people and plants
FILE = pathlib.Path(__file__).resolve().parents[2] / "exercises/modern_decoder/model/model.safetensors"
# Entries that a class need not read.
UNFIT = re.compile("offensive|obscene|slang|slur|disparag|derogat|vulgar|sex|genital|ethnic|race|racial|negro|jew|"
                   "prostitut|homosex|penis|vagina|anus|excre|feces|rape|whore|nazi|drug|kill|murder|suicide|nude")


def entries(folder):
    """"word: definition" of every noun of these kinds that is written in LETTERS, in small letters."""
    found = []
    for line in (folder / "data.noun").read_text(encoding="latin-1").splitlines():
        if line.startswith("  "):  # the license
            continue
        data, gloss = line.split(" | ")
        _, kind, _, _, word = data.split()[:5]
        meaning = re.sub(r"^\([^)]*\) ", "", gloss.split(";")[0].strip()).lower()
        text = f"{word.replace('_', ' ')}: {meaning}"
        fit = set(text) <= set(LETTERS) and len(text) <= LONGEST and word.count("_") < 2 and not UNFIT.search(text)
        if kind in KINDS and fit:
            found.append(text)
    return found


def pieces_of(texts):
    """Byte-pair encoding: the most frequent pair of neighbours becomes a piece, again and again, but never across
    the beginning of a word (a space belongs to the word behind it)."""
    words = collections.Counter(word for text in texts for word in re.findall(" ?[a-z]+|[^a-z]", text))
    split = {word: list(word) for word, _ in words.most_common(4000)}
    pieces = sorted(LETTERS)
    while len(pieces) < N_PIECES - 1:
        pairs = collections.Counter()
        for word, parts in split.items():
            for pair in zip(parts, parts[1:]):
                pairs[pair] += words[word]
        best = max(pairs, key=lambda pair: (pairs[pair], pair))
        for word, parts in split.items():
            k = 0
            while k + 1 < len(parts):
                if (parts[k], parts[k + 1]) == best:
                    parts[k:k + 2] = ["".join(best)]
                k += 1
        pieces.append("".join(best))
    return sorted(pieces)


def ids_of(text, numbers):
    """The longest piece that fits, from left to right."""
    ids, place = [], 0
    while place < len(text):
        length = next(n for n in range(12, 0, -1) if text[place:place + n] in numbers)
        ids.append(numbers[text[place:place + length]])
        place += length
    return ids


def angles(n):
    return torch.arange(n)[:, None] / BASE ** (torch.arange(0, D_HEAD, 2) / D_HEAD)


def rotate(x, cos, sin):
    """In halves: entry i turns with entry i + d_head / 2."""
    first, second = x.chunk(2, -1)
    return torch.cat([first * cos - second * sin, second * cos + first * sin], -1)


def seen(n):
    """0 where a token may look, -inf where not."""
    distance = torch.arange(n)[:, None] - torch.arange(n)
    may = (distance >= 0) & ((distance < WINDOW) | (torch.arange(n) < SINKS))
    return torch.zeros(n, n).masked_fill(~may, -math.inf)


class Norm(nn.Module):
    def __init__(self):
        super().__init__()
        self.gain = nn.Parameter(torch.ones(D_MODEL))

    def forward(self, x):
        return x * (x.square().mean(-1, keepdim=True) + EPSILON).rsqrt() * self.gain


def linear(d_in, d_out, scale=1.0):
    layer = nn.Linear(d_in, d_out, bias=False)
    nn.init.normal_(layer.weight, std=scale * d_in ** -0.5)
    return layer


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        small = (2 * N_BLOCKS) ** -0.5
        self.attention_norm, self.feed_forward_norm = Norm(), Norm()
        self.query, self.output = linear(D_MODEL, N_HEADS * D_HEAD), linear(N_HEADS * D_HEAD, D_MODEL, small)
        self.key, self.value = linear(D_MODEL, N_GROUPS * D_HEAD), linear(D_MODEL, N_GROUPS * D_HEAD)
        self.gate, self.up, self.down = linear(D_MODEL, D_FF), linear(D_MODEL, D_FF), linear(D_FF, D_MODEL, small)

    def attend(self, x, cos, sin, mask):
        heads = lambda y, n: y.view(*x.shape[:2], n, D_HEAD).transpose(1, 2)
        repeated = lambda y: y.repeat_interleave(N_HEADS // N_GROUPS, 1)
        query = rotate(heads(self.query(x), N_HEADS), cos, sin)
        key = repeated(rotate(heads(self.key(x), N_GROUPS), cos, sin))
        scores = query @ key.transpose(2, 3) / math.sqrt(D_HEAD) + mask
        found = scores.softmax(3) @ repeated(heads(self.value(x), N_GROUPS))
        return self.output(found.transpose(1, 2).reshape(x.shape))

    def forward(self, x, cos, sin, mask):
        x = x + self.attend(self.attention_norm(x), cos, sin, mask)
        normed = self.feed_forward_norm(x)
        return x + self.down(F.silu(self.gate(normed)) * self.up(normed))


class Model(nn.Module):
    """The output is tied: logits are products with the rows of the embedding."""

    def __init__(self):
        super().__init__()
        self.embedding = nn.Parameter(torch.randn(N_PIECES, D_MODEL) * 0.05)
        self.blocks = nn.ModuleList(Block() for _ in range(N_BLOCKS))
        self.norm = Norm()

    def forward(self, ids):
        n = ids.shape[1]
        turn, mask = angles(n), seen(n)
        x = self.embedding[ids]
        for block in self.blocks:
            x = block(x, turn.cos(), turn.sin(), mask)
        return self.norm(x) @ self.embedding.T


def batches(lines, shuffle):
    """Entries of nearly one length beside each other: behind the shorter ones stands END, which is not learned."""
    order = sorted(lines, key=lambda ids: (len(ids), shuffle.random()))
    made = [order[i:i + BATCH] for i in range(0, len(order), BATCH)]
    shuffle.shuffle(made)
    return made


def tensors(batch):
    longest = max(map(len, batch))
    read = torch.tensor([[END] + ids + [END] * (longest - len(ids)) for ids in batch])
    due = torch.tensor([ids + [END] + [-1] * (longest - len(ids)) for ids in batch])
    return read, due


def loss_of(model, batch, reduction="mean"):
    read, due = tensors(batch)
    return F.cross_entropy(model(read).flatten(0, 1), due.flatten(), ignore_index=-1, reduction=reduction)


@torch.no_grad()
def watched_loss(model, lines):
    """The mean over all ids that are to be said, in nats."""
    total = sum(loss_of(model, batch, "sum").item() for batch in batches(lines, random.Random(0)))
    return total / sum(len(ids) + 1 for ids in lines)


@torch.no_grad()
def continued(model, ids, most=40):
    ids = [END] + ids
    for _ in range(most):
        ids.append(int(model(torch.tensor([ids]))[0, -1].argmax()))
        if ids[-1] == END:
            break
    return ids


def export(model, pieces):
    """A weight stands as the kit has it, (d_in x d_out). The pieces: their letters, a line feed behind each; the first
    is empty, that of END."""
    found = {}
    for name, value in model.state_dict().items():
        value = value.detach().to(torch.float32)
        value = value.T if name.endswith("weight") else value
        found[name.replace(".weight", "").replace(".", "/")] = value.contiguous().numpy()
    found["pieces"] = np.frombuffer("".join(piece + "\n" for piece in pieces).encode(), dtype=np.uint8)
    tensor_file.write(FILE, found)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--log", default="train.log")
    parser.add_argument("--epochs", type=int, default=EPOCHS)
    options = parser.parse_args()

    torch.manual_seed(SEED)
    torch.set_num_threads(1)
    log = open(options.log, "a", buffering=1)
    texts = entries(options.folder)
    random.Random(SEED).shuffle(texts)
    pieces = [""] + pieces_of(texts)
    numbers = {piece: number for number, piece in enumerate(pieces)}
    lines = [ids_of(text, numbers) for text in texts]
    watched, learned = lines[:1000], lines[1000:]
    model = Model()
    adam = torch.optim.AdamW(model.parameters(), lr=PEAK, betas=(0.9, 0.98), weight_decay=0.02)
    steps = options.epochs * len(batches(learned, random.Random(0)))
    rate = lambda step: min((step + 1) / WARM_UP, 0.525 + 0.475 * math.cos(math.pi * step / steps))
    schedule = torch.optim.lr_scheduler.LambdaLR(adam, rate)
    n_parameters = sum(p.numel() for p in model.parameters())
    print(f"{len(lines)} entries, {sum(map(len, lines))} ids, {n_parameters} parameters, {steps} steps", file=log)
    begun, step = time.time(), 0
    for epoch in range(options.epochs):
        for batch in batches(learned, random.Random(SEED + epoch)):
            loss = loss_of(model, batch)
            adam.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            adam.step()
            schedule.step()
            step += 1
            if step % 100 == 0:
                seconds = f"{time.time() - begun:.0f} s, of the processor {time.process_time():.0f} s"
                print(f"step {step}: loss {loss.item():.3f}, {seconds}", file=log)
            if step % 500 == 0:
                export(model, pieces)
        shown = ["".join(pieces[i] for i in continued(model, ids_of(prompt, numbers)))
                 for prompt in ("linguist:", "biologist:", "rosebush:", "keyboard:")]
        print(f"epoch {epoch}: loss of the watched {watched_loss(model, watched):.4f}", *shown, sep="\n  ", file=log)
        export(model, pieces)


if __name__ == "__main__":
    main()
