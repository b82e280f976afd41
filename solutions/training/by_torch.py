"""The small encoder-decoder of `training` in PyTorch: autograd is the oracle, torch.optim and torch.nn.utils step.

Structs are dictionaries with the fields of training.hpp, in their order; their leaves are float64 tensors or numbers.
What tests.cpp makes by formula is made here by the same one.
"""

import math

import torch
from torch.nn import functional

BEGIN, END = 0, 1


# --------------------------------------------------------------------------------- by formula


class Formula:
    """x -> (1103515245 x + 12345) mod 2^31, as golden_model.hpp has it."""

    def __init__(self, seed):
        self.x = seed

    def next(self):
        self.x = (self.x * 1103515245 + 12345) % 2**31
        return self.x

    def number(self):
        """From -1 to below 1."""
        return 2 * (self.next() / 2**31) - 1

    def matrix(self, *shape):
        return torch.tensor([self.number() for _ in range(math.prod(shape))]).reshape(shape)

    def sentence(self, n_letters, n_tokens):
        """Letters, and the same backwards with END."""
        source = [END + 1 + (self.next() >> 16) % n_letters for _ in range(n_tokens)]
        nothing = torch.zeros(0, 0, dtype=torch.bool)
        return {"source": source, "target": [*source[::-1], END], "source_kept": nothing, "target_kept": nothing}

    def dropped(self, sentence, d_model, rate):
        """The same with places of its own to drop."""
        masks = {
            f"{side}_kept": self.matrix(len(sentence[side]), d_model) >= 2 * rate - 1 for side in ("source", "target")
        }
        return sentence | masks


def model_by_formula(seed, n_source, n_target, d_model, n_heads, d_ff, lively):
    """Weights by Glorot and Bengio 2010, tables of the size of positions once they are scaled; biases up to `lively`, gains
    around 1."""
    formula = Formula(seed)

    def matrix(rows, columns):
        return formula.matrix(rows, columns) * math.sqrt(6 / (rows + columns))

    def linear(d_in, d_out):
        weight = matrix(d_in, d_out)
        return {"weight": weight, "bias": lively * formula.matrix(d_out)}

    def attention():
        names = ("query", "key", "value", "output")
        return {name: linear(d_model, d_model) for name in names} | {"n_heads": n_heads}

    def norm():
        gain = 1 + lively * formula.matrix(d_model)
        return {"gain": gain, "bias": lively * formula.matrix(d_model), "epsilon": 1e-5}

    def feed_forward():
        inner = linear(d_model, d_ff)
        return {"inner": inner, "outer": linear(d_ff, d_model)}

    names = {"source_table": n_source, "target_table": n_target}
    tables = {name: formula.matrix(rows, d_model) / d_model**0.5 for name, rows in names.items()}
    encoder = {"attention": attention(), "feed_forward": feed_forward()}
    encoder |= {name: norm() for name in ("attention_norm", "feed_forward_norm")}
    decoder = {"self_attention": attention(), "cross_attention": attention(), "feed_forward": feed_forward()}
    decoder |= {name: norm() for name in ("self_norm", "cross_norm", "feed_forward_norm")}
    return tables | {"encoder": encoder, "decoder": decoder, "output": linear(d_model, n_target)}


# ------------------------------------------------------------------------------------ autograd


def mapped(tree, change):
    """A struct with another tensor in the place of each; numbers stay."""
    if isinstance(tree, dict):
        return {name: mapped(part, change) for name, part in tree.items()}
    return change(tree) if isinstance(tree, torch.Tensor) else tree


def leaves(tree):
    """A copy whose tensors take gradients."""
    return mapped(tree, lambda tensor: tensor.detach().clone().requires_grad_())


def gradients(tree):
    return mapped(tree, lambda leaf: torch.zeros_like(leaf) if leaf.grad is None else leaf.grad.clone())


def parameters(tree):
    """Everything that is trained, in the order of the fields."""
    if isinstance(tree, dict):
        return [leaf for part in tree.values() for leaf in parameters(part)]
    return [tree] if isinstance(tree, torch.Tensor) else []


# ------------------------------------------------------------------------------------- forward


def linear(x, layer):
    return x @ layer["weight"] + layer["bias"]


def attend(tokens, memory, weights, causal=False):
    """Multi-head attention; torch.baddbmm and masked_fill, no code of ours."""
    n_heads = weights["n_heads"]
    query, key, value = linear(tokens, weights["query"]), linear(memory, weights["key"]), linear(memory, weights["value"])
    query, key, value = (each.unflatten(1, (n_heads, -1)).transpose(0, 1) for each in (query, key, value))
    scores = query @ key.transpose(1, 2) / math.sqrt(query.shape[2])
    if causal:
        scores = scores.masked_fill(~torch.ones(scores.shape[1:], dtype=torch.bool).tril(), -math.inf)
    return linear((scores.softmax(2) @ value).transpose(0, 1).flatten(1), weights["output"])


def norm(x, weights):
    return functional.layer_norm(x, (x.shape[1],), weights["gain"], weights["bias"], weights["epsilon"])


def feed_forward(x, weights):
    return linear(functional.relu(linear(x, weights["inner"])), weights["outer"])


def encoder_layer(x, weights):
    h = norm(x + attend(x, x, weights["attention"]), weights["attention_norm"])
    return norm(h + feed_forward(h, weights["feed_forward"]), weights["feed_forward_norm"])


def decoder_layer(x, memory, weights):
    a = norm(x + attend(x, x, weights["self_attention"], causal=True), weights["self_norm"])
    b = norm(a + attend(a, memory, weights["cross_attention"]), weights["cross_norm"])
    return norm(b + feed_forward(b, weights["feed_forward"]), weights["feed_forward_norm"])


def positions(n_tokens, d_model):
    """Vaswani et al. 2017, section 3.5; an odd d_model ends with a sine."""
    angles = torch.arange(n_tokens)[:, None] / 10000 ** (torch.arange(0, d_model, 2) / d_model)
    return torch.stack([torch.sin(angles), torch.cos(angles)], 2).flatten(1)[:, :d_model]


def embedded(ids, table):
    rows = functional.embedding(torch.tensor(ids), table)
    return rows * table.shape[1] ** 0.5 + positions(len(ids), table.shape[1])


def dropout(x, kept, rate):
    return x if kept.shape == (0, 0) else x * kept / (1 - rate)


def logits(model, sentence, drop_rate):
    read = [BEGIN, *sentence["target"][:-1]]
    source = dropout(embedded(sentence["source"], model["source_table"]), sentence["source_kept"], drop_rate)
    target = dropout(embedded(read, model["target_table"]), sentence["target_kept"], drop_rate)
    return linear(decoder_layer(target, encoder_layer(source, model["encoder"]), model["decoder"]), model["output"])


def loss_of(model, batch, smoothing, drop_rate):
    """All tokens of the batch in one call, so that each counts alike."""
    scores = torch.cat([logits(model, sentence, drop_rate) for sentence in batch])
    targets = torch.tensor([token for sentence in batch for token in sentence["target"]])
    return functional.cross_entropy(scores, targets, label_smoothing=smoothing)


# -------------------------------------------------------------------------------------- training


def adam(leaves_, settings):
    return torch.optim.Adam(leaves_, lr=1.0, betas=(settings["beta1"], settings["beta2"]), eps=settings["epsilon"])


def adam_state(optimiser, leaves_):
    states = [optimiser.state[leaf] for leaf in leaves_]
    steps = int(states[0]["step"]) if states else 0
    return {"steps": steps, "first": [s["exp_avg"] for s in states], "second": [s["exp_avg_sq"] for s in states]}


def noam_rate(step, d_model, warmup):
    """Vaswani et al. 2017, equation 3."""
    return d_model**-0.5 * min(step**-0.5, step * warmup**-1.5)


def step(model, optimiser, batch, settings, number):
    """One training step, in place. Returns the loss before it."""
    leaves_ = parameters(model)
    optimiser.zero_grad()
    loss = loss_of(model, batch, settings["smoothing"], settings["drop_rate"])
    loss.backward()
    torch.nn.utils.clip_grad_norm_(leaves_, settings["max_norm"])
    optimiser.param_groups[0]["lr"] = noam_rate(number, model["target_table"].shape[1], settings["warmup"])
    optimiser.step()
    return loss.item()


def greedy(model, source, most):
    """What a trained model answers, at most so many tokens."""
    nothing, said = torch.zeros(0, 0, dtype=torch.bool), []
    while len(said) < most and (not said or said[-1] != END):
        sentence = {"source": source, "target": [*said, END], "source_kept": nothing, "target_kept": nothing}
        said.append(int(logits(model, sentence, 0.0)[-1].argmax()))
    return said
