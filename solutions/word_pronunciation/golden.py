"""Golden values of `word_pronunciation`: what torch.nn makes of the trained weights, in float64."""

import pathlib
import sys

import numpy
import torch
from torch import nn

HERE = pathlib.Path(__file__).resolve()
sys.path[:0] = [str(HERE.parents[2] / "common" / "golden"), str(HERE.parent)]
import golden  # noqa: E402
import golden_torch  # noqa: E402
import tensor_file  # noqa: E402
from train import BEGIN, END, EPSILON, LETTERS, PADDING, PHONEMES, UNKNOWN  # noqa: E402

torch.set_default_dtype(torch.float64)
N_HEADS, MOST = 4, 24


def trained():
    """The arrays of model.safetensors, as float64."""
    path = HERE.parents[2] / "exercises" / "word_pronunciation" / "model" / "model.safetensors"
    return {name: torch.tensor(array.astype(numpy.float64)) for name, array in tensor_file.read(path).items()}


WEIGHTS = trained()


def linear(name):
    return {"weight": WEIGHTS[name + "/weight"], "bias": WEIGHTS[name + "/bias"]}


def norm(name):
    return {"gain": WEIGHTS[name + "/gain"], "bias": WEIGHTS[name + "/bias"], "epsilon": torch.tensor(EPSILON)}


def attention(name):
    return {part: linear(f"{name}/{part}") for part in ("query", "key", "value", "output")}


def module_of_norm(name):
    return golden_torch.fill_norm(nn.LayerNorm(len(WEIGHTS[name + "/gain"])), norm(name))


def decoder_layer(name, order, activation):
    d_model, d_ff = WEIGHTS[name + "/feed_forward/inner/weight"].shape
    layer = nn.TransformerDecoderLayer(d_model, N_HEADS, d_ff, **golden_torch.choices(order, activation))
    layer.self_attn = golden_torch.multi_head_attention(attention(name + "/self_attention"), N_HEADS)
    layer.multihead_attn = golden_torch.multi_head_attention(attention(name + "/cross_attention"), N_HEADS)
    golden_torch.fill_linear(layer.linear1, linear(name + "/feed_forward/inner"))
    golden_torch.fill_linear(layer.linear2, linear(name + "/feed_forward/outer"))
    for number, part in enumerate(("self_norm", "cross_norm", "feed_forward_norm"), start=1):
        golden_torch.fill_norm(getattr(layer, f"norm{number}"), norm(f"{name}/{part}"))
    return layer.eval()


def encoder_layer(name, order, activation):
    parts = attention(name + "/attention")
    parts |= {part: linear(f"{name}/feed_forward/{part}") for part in ("inner", "outer")}
    parts |= {part: norm(f"{name}/{part}") for part in ("attention_norm", "feed_forward_norm")}
    return golden_torch.encoder_layer(parts, N_HEADS, order, activation).eval()


def embed(ids, table):
    """Vaswani et al. 2017, sections 3.4 and 3.5."""
    d_model = table.shape[1]
    angles = torch.arange(len(ids))[:, None] / 10000 ** (torch.arange(0, d_model, 2) / d_model)
    places = torch.stack([torch.sin(angles), torch.cos(angles)], 2).flatten(1)
    return nn.functional.embedding(torch.tensor(ids), table) * d_model**0.5 + places


def count(stack):
    return len({name.split("/")[1] for name in WEIGHTS if name.startswith(stack + "/")})


class Model:
    """The trained weights in modules of torch.nn; in another order or with another activation than they were trained
    for they pronounce nothing, but compute all the same."""

    def __init__(self, order="pre", activation="relu"):
        self.order = order
        self.encoder = [encoder_layer(f"encoder/{i}", order, activation) for i in range(count("encoder"))]
        self.decoder = [decoder_layer(f"decoder/{i}", order, activation) for i in range(count("decoder"))]
        self.encoder_norm, self.decoder_norm = module_of_norm("encoder_norm"), module_of_norm("decoder_norm")

    def read(self, source):
        x = embed(source, WEIGHTS["source_table"])[None]
        hidden = torch.tensor([source]) == PADDING
        for layer in self.encoder:
            x = layer(x, src_key_padding_mask=hidden)
        return self.encoder_norm(x)[0].detach()

    def decode(self, source, memory, said, layers):
        """Rows of the decoder, the last one that of what was said last."""
        target = [BEGIN, *said]
        x = embed(target, WEIGHTS["target_table"])[None]
        blocked = torch.ones(len(target), len(target)).triu(1) == 1
        for layer in layers:
            x = layer(
                x,
                memory[None],
                blocked | (torch.tensor(target) == PADDING),
                memory_key_padding_mask=torch.tensor([source]) == PADDING,
            )
        return x

    def next(self, source, memory, said):
        """Log probabilities after what was said."""
        features = self.decoder_norm(self.decode(source, memory, said, self.decoder))[0, -1]
        return torch.log_softmax(features @ WEIGHTS["output/weight"] + WEIGHTS["output/bias"], 0).detach()

    def align(self, source, memory, said):
        """Weights of the last cross-attention, mean over heads, without the first and last letter id; its argmax."""
        *before, last = self.decoder
        x = self.decode(source, memory, said, before)
        target = [BEGIN, *said]
        blocked = (torch.ones(len(target), len(target)).triu(1) == 1) | (torch.tensor(target) == PADDING)
        hidden = torch.tensor([source]) == PADDING
        if self.order == "pre":
            normed = last.norm1(x)
            asking = last.norm2(x + last.self_attn(normed, normed, normed, attn_mask=blocked)[0])
        else:
            asking = last.norm1(x + last.self_attn(x, x, x, attn_mask=blocked)[0])
        _, weights = last.multihead_attn(asking, memory[None], memory[None], key_padding_mask=hidden)
        letters = weights[0, : len(said), 1:-1].detach()
        return letters, letters.argmax(1)


SPEAKABLE = [END, *range(UNKNOWN + 1, UNKNOWN + 1 + len(PHONEMES))]


def greedy(model, source, most=MOST):
    """What is said; and how clear the least clear decision was."""
    memory, said, margin = model.read(source), [], numpy.inf
    while len(said) < most:
        best = model.next(source, memory, said)[SPEAKABLE].topk(2)
        margin = min(margin, float(best.values[0] - best.values[1]))
        said.append(SPEAKABLE[best.indices[0]])
        if said[-1] == END:
            return said[:-1], margin
    return said, margin


def beam_search(model, source, width, alpha, most=MOST):
    """Ids without the end, log probability and score of each finished hypothesis, the best first."""
    memory, beam, finished = model.read(source), [(0.0, [])], []
    for _ in range(most):
        if not beam:
            break
        longer = [
            (total + float(after[i]), [*said, i])
            for total, said in beam
            for after in [model.next(source, memory, said)]
            for i in SPEAKABLE
        ]
        longer = sorted(longer, key=lambda each: -each[0])[: width - len(finished)]
        finished += [each for each in longer if each[1][-1] == END]
        beam = [each for each in longer if each[1][-1] != END]
    scored = [(total / ((5 + len(ids)) / 6) ** alpha, total, ids) for total, ids in finished + beam]
    return sorted(((score, total, [i for i in ids if i != END]) for score, total, ids in scored), reverse=True)


def edit_distance(a, b):
    """Wagner and Fischer 1974, the whole table."""
    table = numpy.zeros((len(a) + 1, len(b) + 1), int)
    table[:, 0], table[0] = range(len(a) + 1), range(len(b) + 1)
    for i in range(len(a)):
        for j in range(len(b)):
            deleted, inserted = table[i, j + 1] + 1, table[i + 1, j] + 1
            table[i + 1, j + 1] = min(deleted, inserted, table[i, j] + (a[i] != b[j]))
    return table[-1, -1]


def source_of(word):
    return [BEGIN, *(UNKNOWN + 1 + LETTERS.index(letter) for letter in word), END]


def unchained(ids):
    lists = [[]]
    for i in ids.int().tolist():
        lists.append([]) if i == END else lists[-1].append(i)
    return lists[:-1]


def chained(lists):
    return torch.tensor([i for ids in lists for i in [*ids, END]])


def spoken(ids):
    return " ".join(PHONEMES[i - UNKNOWN - 1] for i in ids)


model, turned = Model(), Model("post", "gelu")
arrays = {}

# Three words: as it was trained; with padding between the letters and an unknown one; in post-norm order with GELU.
word = source_of("attention")
padded = source_of("reading")
padded[3], padded[5], padded[-1:] = PADDING, UNKNOWN, [END, PADDING, PADDING]
short = source_of("why")
said, _ = greedy(model, word)
with_padding = [said[0], PADDING, said[2], said[1]]
arrays |= {"word/source": word, "word/said": said, "padded/source": padded, "padded/said": with_padding}
arrays |= {"short/source": short, "short/said": said[:3]}
scenes = {"word": (model, word, said), "padded": (model, padded, with_padding), "short": (turned, short, said[:3])}
for name, (asked, source, ids) in scenes.items():
    memory = asked.read(source)
    arrays[f"{name}/memory"] = memory
    steps = range(len(ids) + 1) if name == "word" else [len(ids)]
    arrays[f"{name}/next"] = torch.stack([asked.next(source, memory, ids[:n]) for n in steps])
    arrays[f"{name}/weights"], arrays[f"{name}/letters"] = asked.align(source, memory, ids)

# The held words, one after another, as they are said; no decision among them is close.
letters, due = unchained(WEIGHTS["held/letters"]), unchained(WEIGHTS["held/phonemes"])
sources = [[BEGIN, *ids, END] for ids in letters]
answers, margins = zip(*(greedy(model, source) for source in sources))
assert min(margins) > 1e-6, min(margins)
arrays["held/said"] = chained(answers)
changes = [edit_distance(a, b) for a, b in zip(answers, due)]
arrays["held/rate"] = [sum(changes) / sum(map(len, due))]

# Beams: all hypotheses of one word; the best of the first words, for two kinds of length normalisation.
for name, (source, width, alpha) in {"beam/word": (word, 4, 0.6), "beam/plain": (sources[0], 3, 0.0)}.items():
    scores, totals, ids = zip(*beam_search(model, source, width, alpha))
    arrays |= {f"{name}/scores": scores, f"{name}/log_probabilities": totals, f"{name}/ids": chained(ids)}
found = [beam_search(model, source, 3, 1.0)[0] for source in sources[:8]]
arrays |= {"beam/held/scores": [each[0] for each in found], "beam/held/ids": chained(each[2] for each in found)}



def of_the_reference(function, rest):
    """What the C++ reference says to the held words: its worker gets the weights and is asked, 25 words at a time."""
    import worker

    def plain(name):
        return {"weight": WEIGHTS[name + "/weight"].numpy(), "bias": WEIGHTS[name + "/bias"].numpy()}

    def normed(name):
        return {"gain": WEIGHTS[name + "/gain"].numpy(), "bias": WEIGHTS[name + "/bias"].numpy(), "epsilon": EPSILON}

    def heads(name):
        return {part: plain(f"{name}/{part}") for part in ("query", "key", "value", "output")} | {"n_heads": N_HEADS}

    def layer(name, attentions, norms):
        feed_forward = {part: plain(f"{name}/feed_forward/{part}") for part in ("inner", "outer")}
        parts = {part: heads(f"{name}/{part}") for part in attentions} | {"feed_forward": feed_forward}
        return parts | {part: normed(f"{name}/{part}") for part in norms}

    def stack(name, *parts):
        layers = [layer(f"{name}/{i}", *parts) for i in range(count(name))]
        return {"layers": layers, "final_norm": worker.Optional(normed(name + "_norm"))}

    weights = {
        "source_table": WEIGHTS["source_table"].numpy(),
        "target_table": WEIGHTS["target_table"].numpy(),
        "encoder": stack("encoder", ["attention"], ["attention_norm", "feed_forward_norm"]),
        "decoder": stack(
            "decoder", ["self_attention", "cross_attention"], ["self_norm", "cross_norm", "feed_forward_norm"]
        ),
        "output": plain("output"),
        "order": 1,
        "activation": 0,
        "padding": PADDING,
    }
    its_command, said = worker.command("word_pronunciation"), []
    step = 25 if function == "pronounce" else 1
    for first in range(0, len(sources), step):
        asked = worker.Worker(its_command)
        some = sources[first : first + step] if function == "pronounce" else sources[first]
        parts = asked.call(function, [some, weights, *rest])
        asked.close()
        lists, at = [], 1
        while at < len(parts):  # lists of ids; of a hypothesis, two numbers behind it
            length = parts[at][1]
            lists.append([value for _, value in parts[at + 1 : at + 1 + length]])
            at += 1 + length + (0 if function == "pronounce" else 2)
        said += lists if function == "pronounce" else lists[:1]
    return said


def tell(name, said):
    wrong = [edit_distance(a, b) for a, b in zip(said, due)]
    rate, right = 100 * sum(wrong) / sum(map(len, due)), sum(change == 0 for change in wrong)
    print(f"{name}: PER {rate:.2f} %, {right} of {len(due)} words all right", flush=True)


def show(text):
    """A word, its pronunciation, and where the model looked, in hundredths."""
    source = source_of(text)
    ids, _ = greedy(model, source)
    weights, _ = model.align(source, model.read(source), ids)
    print(f"{text}: {spoken(ids)}")
    print("      " + "".join(f"{letter:>4}" for letter in text))
    for i, row in zip(ids, weights):
        print(f"  {PHONEMES[i - UNKNOWN - 1]:<4}" + "".join(f"{100 * weight:4.0f}" for weight in row.tolist()))


if __name__ == "__main__":
    if sys.argv[1:] == ["--figures"]:  # those of the statement; the beams take minutes
        tell("greedy, PyTorch", answers)
        tell("greedy, the reference", of_the_reference("pronounce", [MOST]))
        tell("beam of 4, PyTorch", [beam_search(model, source, 4, 0.6)[0][2] for source in sources])
        tell("beam of 4, the reference", of_the_reference("beam_search", [4, 0.6, MOST]))
        for text in ("attention", "transformer", "though", "qkv"):
            show(text)
        sys.exit()
    golden.main("word_pronunciation", arrays)
