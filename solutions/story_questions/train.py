#!/usr/bin/python3
"""Makes exercises/story_questions/model/model.safetensors: the stories, and a memory network trained on them.

    /usr/bin/python3 solutions/story_questions/train.py [--seed 1] [--steps 5000] [--supervise 0] [--out FILE]

The stories are made here, by a grammar of our own: four people, six rooms and three things, and sentences about
who goes where, takes what and puts it down. They are of the kinds of bAbI's tasks 1 to 3 (one, two and three
supporting facts, Weston et al. 2015) and share no text with that data set. Nothing is downloaded; PyTorch is the
one of Debian (python3-torch 1.13). Everything is deterministic for one seed on one machine.

The network is memory_network's answer_adjacent: three hops, position encoding, temporal tables. As in
Sukhbaatar et al. 2015, sections 4.1 and 4.2, training starts without the softmax of the hops ("linear start"), and empty
sentences are put into the stories at random ("random noise"), so that ages are learned that few stories have.
Only the answers are learned, "end to end". The generator also knows which sentence each hop would look at if it went
the way a person goes; the network is not told, and its second hop goes another way. --supervise 1 tells it (the loss
gets the cross-entropy of each hop's weights, too): 2500 steps then suffice, and the hops go that way.
"""

import argparse
import random
import sys
import time
from pathlib import Path

import numpy as np
import torch

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "common" / "golden"))
import tensor_file  # noqa: E402

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]

PEOPLE = ["mary", "omar", "lena", "felix"]
ROOMS = ["kitchen", "attic", "cellar", "garden", "library", "workshop"]
THINGS = ["lamp", "kettle", "violin"]
MOVES = ["went to the", "walked to the", "ran to the", "hurried to the"]
TAKES = ["took the", "grabbed the", "picked up the"]
DROPS = ["left the", "dropped the", "put down the"]
KINDS = {1: (2, 8), 2: (4, 12), 3: (6, 16)}  # how many sentences

MAX_SENTENCES = 20
HOPS = 3
WIDTH = 40


def tell(rng, kind):
    """One story: sentences (lower case, without full stops), question, answer, and the supporting sentence of each
    hop (from 0, the oldest). The first hop should look at the last sentence about the thing, the second at the one
    which says where its carrier went, the third (kind 3) where that person had been before."""
    low, high = KINDS[kind]
    while True:
        length = rng.randint(low, high)
        sentences = []
        moves = {p: [] for p in PEOPLE}  # of each person: (sentence, room)
        holder, place = {}, {}  # of each thing
        event = {}  # of each thing: (sentence, person, "take" or "drop")
        entered = {}  # of each thing: (person, index into moves[person]) of the move that brought it where it is
        people = rng.sample(PEOPLE, rng.randint(2, 4))
        while len(sentences) < length:
            person = rng.choice(people)
            here = moves[person][-1][1] if moves[person] else None
            held = [t for t in THINGS if holder.get(t) == person]
            near = [t for t in THINGS if holder.get(t) is None and place.get(t, here) == here]
            choice = rng.random()
            if kind > 1 and here and near and choice < (0.35 if not held else 0.15):
                thing = rng.choice(near)
                event[thing] = (len(sentences), person, "take")
                holder[thing] = person
                sentences.append(f"{person} {rng.choice(TAKES)} {thing}")
            elif kind > 1 and held and choice > 0.75:
                thing = rng.choice(held)
                event[thing] = (len(sentences), person, "drop")
                del holder[thing]
                place[thing] = here
                sentences.append(f"{person} {rng.choice(DROPS)} {thing}")
            else:
                room = rng.choice([r for r in ROOMS if r != here])
                moves[person].append((len(sentences), room))
                sentences.append(f"{person} {rng.choice(MOVES)} {room}")
                for thing in held:
                    entered[thing] = (person, len(moves[person]) - 1)
        if kind == 1:
            person = rng.choice([p for p in people if moves[p]])
            at, room = moves[person][-1]
            return sentences, f"where is {person}", room, (at, at, at)
        if kind == 2:
            if not event:
                continue
            thing = rng.choice(sorted(event))
            said, person, what = event[thing]
            before = [m for m in moves[person] if what == "take" or m[0] < said]
            at, room = before[-1]
            return sentences, f"where is the {thing}", room, (said, at, at)
        known = [t for t in sorted(event) if t in entered and entered[t][0] == event[t][1] and entered[t][1] > 0]
        if not known:
            continue
        thing = rng.choice(known)
        said, person, _ = event[thing]
        number = entered[thing][1]
        (first, room), (second, now) = moves[person][number - 1], moves[person][number]
        return sentences, f"where was the {thing} before the {now}", room, (said, second, first)


def vocabulary():
    """The words, in the order of their ids."""
    phrases = PEOPLE + ROOMS + THINGS + MOVES + TAKES + DROPS + ["where is was the before"]
    seen = []
    for word in " ".join(phrases).split():
        if word not in seen:
            seen.append(word)
    return seen


def position_weights(n, d):
    j = np.arange(1, n + 1)[:, None] / n if n else np.zeros((0, 1))
    k = np.arange(1, d + 1)[None, :] / d
    return (1 - j) - k * (1 - 2 * j)


class Sentences:
    """All sentences that were seen, each with a number: a step encodes each of them once."""

    def __init__(self, words):
        self.ids = {w: i for i, w in enumerate(words)}
        self.number, self.texts = {"": 0}, [""]  # 0 is the empty sentence

    def __call__(self, text):
        if text not in self.number:
            self.number[text] = len(self.texts)
            self.texts.append(text)
        return self.number[text]

    def tables(self):
        """The words of each sentence (n x longest), and their position weights, 0 where there is no word."""
        longest = max(len(text.split()) for text in self.texts)
        words = torch.zeros(len(self.texts), longest, dtype=torch.int64)
        weights = torch.zeros(len(self.texts), longest, WIDTH)
        for s, text in enumerate(self.texts):
            tokens = [self.ids[word] for word in text.split()]
            words[s, : len(tokens)] = torch.tensor(tokens, dtype=torch.int64)
            weights[s, : len(tokens)] = torch.from_numpy(position_weights(len(tokens), WIDTH)).float()
        return words, weights


def pack(stories, sentences):
    """Arrays: sentence numbers, newest first (n x MAX_SENTENCES, -1 = none), question, supports as ages."""
    told = np.full((len(stories), MAX_SENTENCES), -1, dtype=np.int64)
    question = np.zeros(len(stories), dtype=np.int64)
    answer = np.zeros(len(stories), dtype=np.int64)
    support = np.zeros((len(stories), HOPS), dtype=np.int64)
    for i, (text, asked, said, hops) in enumerate(stories):
        told[i, : len(text)] = [sentences(s) for s in reversed(text)]
        question[i] = sentences(asked)
        answer[i] = sentences.ids[said]
        support[i] = [len(text) - 1 - s for s in hops]
    return [torch.from_numpy(a) for a in (told, question, answer, support)]


def with_empty(told, support, rate, rng):
    """Puts empty sentences into stories that have room for them."""
    told, support = told.clone(), support.clone()
    length = (told >= 0).sum(1)
    for i in np.flatnonzero(rng.random(len(told)) < rate):
        n = int(length[i])
        add = int(min(rng.integers(1, 4), MAX_SENTENCES - n))
        if add <= 0:
            continue
        keep = np.sort(rng.choice(n + add, n, replace=False))
        row = np.full(MAX_SENTENCES, -1)
        row[: n + add] = 0
        row[keep] = told[i, :n].numpy()
        told[i] = torch.from_numpy(row)
        support[i] = torch.from_numpy(keep[support[i].numpy()])
    return told, support


class Network(torch.nn.Module):
    def __init__(self, n_words, generator):
        super().__init__()
        normal = lambda *shape: torch.nn.Parameter(0.1 * torch.randn(*shape, generator=generator))
        self.embeddings = torch.nn.ParameterList([normal(n_words, WIDTH) for _ in range(HOPS + 1)])
        self.temporal = torch.nn.ParameterList([normal(MAX_SENTENCES, WIDTH) for _ in range(HOPS + 1)])

    def forward(self, told, question, tables, linear=False):
        words, weights = tables
        every = torch.nn.functional.embedding(words, torch.cat(list(self.embeddings), 1))  # all tables side by side
        encoded = (every * weights.repeat(1, 1, HOPS + 1)).sum(1)  # every sentence there is, once
        none = told < 0
        stories = torch.nn.functional.embedding(told.clamp(min=0), encoded) + torch.cat(list(self.temporal), 1)
        memory = stories.split(WIDTH, 2)
        u = encoded[:, :WIDTH][question]
        looks = []
        for k in range(HOPS):
            scores = (memory[k] * u[:, None]).sum(2)
            looks.append(scores.masked_fill(none, -1e30))
            weights = scores.masked_fill(none, 0) if linear else torch.softmax(looks[-1], 1)
            u = u + (memory[k + 1] * weights[:, :, None]).sum(1)
        return u @ self.embeddings[-1].T, looks


def accuracy(network, data, tables, kinds):
    with torch.no_grad():
        told, question, answer, support = data
        logits, looks = network(told, question, tables)
        right = logits.argmax(1) == answer
        found = torch.stack([look.argmax(1) for look in looks], 1) == support
    return ([round(float(right[kinds == k].float().mean()) * 100, 2) for k in KINDS],
            [[round(float(x) * 100, 1) for x in found[kinds == k].float().mean(0)] for k in KINDS])


def stories_as_ids(held, ids):
    """All stories in one row of words: behind a sentence 254, behind a question 255."""
    row = []
    for sentences, question, _, _ in held:
        for sentence in sentences:
            row += [ids[word] for word in sentence.split()] + [254]
        row += [ids[word] for word in question.split()] + [255]
    return np.array(row, np.int32)


def write_model(path, network, words, held):
    """A safetensors file: weights as float32, everything else as int32. Kinds count from 0."""
    ids = {word: i for i, word in enumerate(words)}
    arrays = {
        "vocabulary": np.frombuffer("\n".join(words).encode(), np.uint8).astype(np.int32),
        "held/stories": stories_as_ids([story for _, story in held], ids),
        "held/answers": np.array([ids[answer] for _, (_, _, answer, _) in held], np.int32),
        "held/kinds": (kinds_of(held) - 1).astype(np.int32),
        "held/support": np.array([hops for _, (_, _, _, hops) in held], np.int32),
    }
    for k in range(HOPS + 1):
        arrays[f"embeddings/{k}"] = network.embeddings[k].detach().numpy()
        arrays[f"temporal/{k}"] = network.temporal[k].detach().numpy()
    tensor_file.write(path, arrays)
    print(f"{len(arrays)} arrays, {path.stat().st_size} bytes, written to {path}")


def drawn_stories(count):
    """100 stories of each kind that are held out, 1500 to look at while training, and `count` to train with, of which
    none is a held-out one: each as (kind, story)."""
    rng = random.Random(19)
    held = [(kind, tell(rng, kind)) for kind in KINDS for _ in range(100)]
    texts = {" ".join(sentences) for _, (sentences, _, _, _) in held}
    others = []
    while len(others) < count + 1500:
        kind = 1 + rng.choices(range(3), (1, 2, 3))[0]
        story = tell(rng, kind)
        if " ".join(story[0]) not in texts:
            others.append((kind, story))
    return held, others[:1500], others[1500:]


def kinds_of(stories):
    return np.array([kind for kind, _ in stories])


def fitted(network, plain, tables, args):
    """Trains; yields the number of steps every 250 of them, and at the end."""
    noise = np.random.default_rng(args.seed)
    optimiser = torch.optim.Adam(network.parameters(), lr=args.rate)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda s: min(1, (s + 1) / 100) * max(0.01, min(1.0, 1.6 * (1 - s / args.steps))))
    for step in range(args.steps):
        if step % 2000 == 0:  # other empty sentences
            told, support = with_empty(plain[0], plain[3], 0.3, noise)
            data = [told, plain[1], plain[2], support]
        linear = step < args.linear
        pick = torch.from_numpy(noise.integers(0, len(told), 100))
        batch_told, question, answer, batch_support = (array[pick] for array in data)
        logits, looks = network(batch_told, question, tables, linear)
        loss = torch.nn.functional.cross_entropy(logits, answer)
        if args.supervise and not linear:
            for k, look in enumerate(looks):
                loss = loss + args.supervise * torch.nn.functional.cross_entropy(look, batch_support[:, k])
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1 if linear else 40)
        optimiser.step()
        schedule.step()
        if (step + 1) % 250 == 0 or step + 1 == args.steps:
            yield step + 1


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--steps", type=int, default=5000)
    parser.add_argument("--linear", type=int, default=500)
    parser.add_argument("--stories", type=int, default=40000)
    parser.add_argument("--supervise", type=float, default=0.0)
    parser.add_argument("--rate", type=float, default=5e-3)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--show", type=int, default=0, help="print so many stories of each kind and stop")
    parser.add_argument("--out", type=Path, default=ROOT / "exercises/story_questions/model/model.safetensors")
    args = parser.parse_args()
    torch.set_num_threads(args.threads)

    if args.show:
        rng = random.Random(19)
        for kind in KINDS:
            for _ in range(args.show):
                print(kind, tell(rng, kind))
        return
    held, check, train = drawn_stories(args.stories)
    sentences = Sentences(vocabulary())
    data, check_data, held_data = (pack([story for _, story in some], sentences) for some in (train, check, held))
    tables = sentences.tables()
    print(len(sentences.ids), "words,", len(sentences.texts), "sentences", flush=True)

    network = Network(len(sentences.ids), torch.Generator().manual_seed(args.seed))
    start = time.time()
    for step in fitted(network, data, tables, args):
        print(step, *accuracy(network, check_data, tables, kinds_of(check)), f"{time.time() - start:.0f} s", flush=True)
        write_model(args.out, network, list(sentences.ids), held)
    print("held out:", *accuracy(network, held_data, tables, kinds_of(held)))


if __name__ == "__main__":
    sys.exit(main())
