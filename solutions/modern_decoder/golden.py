"""Golden values of `modern_decoder`, from PyTorch in float64. Rotations are products of complex numbers, and for halves
also what Hugging Face's code does; attention is torch.nn.functional's, with repeated heads; both ways must agree. The
trained model's values are made of float64 copies of its float32 weights."""

import pathlib
import sys

import torch
import torch.nn.functional as F

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "common" / "golden"))
import golden  # noqa: E402
import golden_torch  # noqa: E402
import tensor_file  # noqa: E402

torch.set_default_dtype(torch.float64)
numbers = golden_torch.Numbers(2307)
ROOT = pathlib.Path(__file__).resolve().parents[2]


def agree(one, other):
    assert torch.allclose(one, other, rtol=1e-12, atol=1e-13), (one, other)
    return one


def rms_norm(x, gain, epsilon):
    return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + epsilon) * gain


def turns(n, d_head, offset, base):
    """Complex numbers of length 1, as in Meta's code of Llama."""
    frequencies = 1.0 / base ** (torch.arange(0, d_head, 2) / d_head)
    angles = torch.outer(torch.arange(offset, offset + n).double(), frequencies)
    return torch.polar(torch.ones_like(angles), angles)


def rotate_pairs(x, offset, base):
    turned = torch.view_as_complex(x.reshape(*x.shape[:-1], -1, 2).contiguous()) * turns(*x.shape[-2:], offset, base)
    return torch.view_as_real(turned).flatten(-2)


def rotate_halves(x, offset, base):
    half = x.shape[-1] // 2
    turned = torch.complex(x[..., :half], x[..., half:]) * turns(*x.shape[-2:], offset, base)
    # Hugging Face: x * cos + rotate_half(x) * sin.
    angles = turns(*x.shape[-2:], offset, base).angle()
    cos, sin = torch.cat([angles.cos()] * 2, -1), torch.cat([angles.sin()] * 2, -1)
    theirs = x * cos + torch.cat([-x[..., half:], x[..., :half]], -1) * sin
    return agree(torch.cat([turned.real, turned.imag], -1), theirs)


def halves_from_pairs(weight, n_heads):
    """`permute` of Hugging Face's conversion of Llama; PyTorch keeps weights transposed."""
    d_in, d_out = weight.shape
    theirs = weight.T.reshape(n_heads, d_out // n_heads // 2, 2, d_in).transpose(1, 2).reshape(d_out, d_in)
    return theirs.T.contiguous()


def swiglu(x, gate, up, down):
    return (F.silu(x @ gate) * (x @ up)) @ down


def split(x, n):
    """(n x n_tokens x d_head)"""
    return x.reshape(len(x), n, -1).transpose(0, 1)


def grouped_attention(query, key, value, mask, n_heads, n_groups):
    repeated = lambda x: split(x, n_groups).repeat_interleave(n_heads // n_groups, 0)
    query, key, value = split(query, n_heads), repeated(key), repeated(value)
    hidden = torch.zeros(mask.shape).masked_fill(~mask, float("-inf"))
    found, _ = F._scaled_dot_product_attention(query, key, value, hidden)
    # Meta's code.
    scores = query @ key.transpose(1, 2) / query.shape[-1] ** 0.5 + hidden
    agree(found, F.softmax(scores, dim=-1) @ value)
    return found.transpose(0, 1).flatten(1)


def window_mask(n, window, sinks):
    causal = torch.ones(n, n).tril() == 1
    near = torch.ones(n, n).triu(1 - window) == 1
    return causal & (near | (torch.arange(n) < sinks))


def run_block(x, block, settings):
    n_heads, n_groups, window, sinks, base, epsilon = settings
    normed = rms_norm(x, block["attention_norm/gain"], epsilon)
    rotated = lambda y, n: rotate_halves(split(y, n), 0, base).transpose(0, 1).flatten(1)
    query, key = rotated(normed @ block["query"], n_heads), rotated(normed @ block["key"], n_groups)
    mask = window_mask(len(x), window, sinks)
    x = x + grouped_attention(query, key, normed @ block["value"], mask, n_heads, n_groups) @ block["output"]
    normed = rms_norm(x, block["feed_forward_norm/gain"], epsilon)
    return x + swiglu(normed, block["gate"], block["up"], block["down"])


class Model:
    def __init__(self, embedding, blocks, gain, output, settings):
        self.embedding, self.blocks, self.gain, self.output = embedding, blocks, gain, output
        self.settings = settings

    def states(self, ids):
        """After the embedding, and after each block."""
        found = [F.embedding(torch.tensor(ids), self.embedding)]
        for block in self.blocks:
            found.append(run_block(found[-1], block, self.settings))
        return found

    def hidden(self, ids):
        return rms_norm(self.states(ids)[-1], self.gain, self.settings[-1])

    def logits(self, ids):
        return F.linear(self.hidden(ids), self.embedding if self.output is None else self.output.T)

    def continued(self, ids, end, most_new):
        """No choice may be so close that digits decide it."""
        said = []
        for _ in range(most_new):
            last = self.logits(ids + said)[-1]
            best, second = last.topk(2).values
            assert best - second > 1e-4, (said, best - second)
            said.append(int(last.argmax()))
            if said[-1] == end:
                return said[:-1]
        return said


def block_of(found, name):
    return {part.removeprefix(name + "/"): array for part, array in found.items() if part.startswith(name + "/")}


def trained_model():
    """And the numbers of the pieces."""
    found = tensor_file.read(ROOT / "exercises/modern_decoder/model/model.safetensors")
    pieces = bytes(found.pop("pieces")).decode().split("\n")[:-1]
    found = {name: torch.tensor(array.astype("float64")) for name, array in found.items()}
    blocks = [block_of(found, f"blocks/{k}") for k in range(4)]
    model = Model(found["embedding"], blocks, found["norm/gain"], None, (4, 2, 16, 4, 10000.0, 1e-5))
    return model, {piece: number for number, piece in enumerate(pieces)}


def ids_of(text, numbers_of):
    ids, place = [0], 0
    while place < len(text):
        length = max(n for n in range(1, 13) if text[place:place + n] in numbers_of and place + n <= len(text))
        ids.append(numbers_of[text[place:place + length]])
        place += length
    return ids


def drawn_block(d_model, n_heads, n_groups, d_head, d_ff):
    shapes = {"query": (d_model, n_heads * d_head), "key": (d_model, n_groups * d_head),
              "value": (d_model, n_groups * d_head), "output": (n_heads * d_head, d_model), "gate": (d_model, d_ff),
              "up": (d_model, d_ff), "down": (d_ff, d_model)}
    block = {name: numbers(*shape) / 2 for name, shape in shapes.items()}
    return block | {name + "_norm/gain": numbers(d_model) for name in ("attention", "feed_forward")}


arrays = {}

# 4 tokens of 6 features.
tokens, gain = numbers(4, 6), numbers(6)
arrays |= {"rms/tokens": tokens, "rms/gain": gain, "rms/normed": rms_norm(tokens, gain, 1e-5)}
arrays |= {"rms/large_epsilon": rms_norm(tokens, gain, 0.7), "rms/small_tokens": rms_norm(tokens / 1024, gain, 1e-5)}

# 5 tokens of one head of 8 features.
head = numbers(5, 8)
arrays |= {"rotary/head": head, "rotary/pairs": rotate_pairs(head, 0, 10000.0)}
arrays |= {"rotary/halves": rotate_halves(head, 0, 10000.0), "rotary/far_pairs": rotate_pairs(head, 77, 500.0)}
arrays |= {"rotary/far_halves": rotate_halves(head, 77, 500.0)}

# 5 x 12: six heads of 2, two of 6, one of 12. No query and no key gives another score.
weight, other = numbers(5, 12), numbers(5, 12)
arrays |= {"layouts/weight": weight}
for name, n_heads in (("one_head", 1), ("two_heads", 2)):
    arrays |= {f"layouts/{name}": halves_from_pairs(weight, n_heads)}
    x = numbers(7, 5)
    carried = [rotate_halves(split(x @ halves_from_pairs(w, n_heads), n_heads), 0, 100.0) for w in (weight, other)]
    before = [rotate_pairs(split(x @ w, n_heads), 0, 100.0) for w in (weight, other)]
    agree(carried[0] @ carried[1].transpose(1, 2), before[0] @ before[1].transpose(1, 2))

# 3 tokens of 4 features, d_ff = 7.
tokens, gate, up, down = numbers(3, 4), numbers(4, 7), numbers(4, 7), numbers(7, 4)
arrays |= {"swiglu/tokens": tokens, "swiglu/gate": gate, "swiglu/up": up, "swiglu/down": down}
arrays |= {"swiglu/result": swiglu(tokens, gate, up, down)}

# 4 queries, 5 keys, 6 heads of 4 features in 3 groups, in 2, in 1 and in 6.
query, key, value = numbers(4, 24), numbers(5, 12), numbers(5, 12)
mask = torch.tensor([[1, 0, 1, 1, 0], [1, 1, 0, 0, 1], [0, 0, 0, 1, 1], [1, 1, 1, 1, 1]]) == 1
arrays |= {"grouped/query": query, "grouped/key": key, "grouped/value": value, "grouped/mask": mask.double()}
for name, n_groups in (("three", 3), ("two", 2), ("one", 1)):
    width = 4 * n_groups
    arrays |= {f"grouped/{name}": grouped_attention(query, key[:, :width], value[:, :width], mask, 6, n_groups)}
keys, values = numbers(5, 24), numbers(5, 24)
module = torch.nn.MultiheadAttention(24, 6, bias=False, batch_first=True)
module.in_proj_weight.data, module.out_proj.weight.data = torch.cat([torch.eye(24)] * 3), torch.eye(24)
multi_head = module(query[None], keys[None], values[None], attn_mask=~mask)[0][0].detach()
arrays |= {"grouped/all_keys": keys, "grouped/all_values": values}
arrays |= {"grouped/multi_head": agree(multi_head, grouped_attention(query, keys, values, mask, 6, 6))}

# d_model = 5, 6 heads of 4 features in 3 groups, d_ff = 7, two blocks, 9 ids.
settings = (6, 3, 3, 1, 500.0, 0.25)
embedding, blocks = numbers(9, 5), [drawn_block(5, 6, 3, 4, 7) for _ in range(2)]
gain, output, ids = numbers(5), numbers(5, 9), [3, 0, 8, 8, 1, 5, 2, 7]
model, tied = Model(embedding, blocks, gain, output, settings), Model(embedding, blocks, gain, None, settings)
arrays |= {f"small/blocks/{k}/{name}": array for k, block in enumerate(blocks) for name, array in block.items()}
arrays |= {"small/embedding": embedding, "small/norm/gain": gain, "small/output": output}
embedded, after_one, after_two = model.states(ids)
arrays |= {"small/ids": torch.tensor(ids), "small/embedded": embedded, "small/after_one": after_one}
arrays |= {"small/after_two": after_two, "small/hidden": model.hidden(ids), "small/logits": model.logits(ids)}
arrays |= {"small/tied_logits": tied.logits(ids)}
arrays |= {"small/swapped": Model(embedding, blocks[::-1], gain, output, settings).hidden(ids)}
arrays |= {"small/second_alone": Model(embedding, blocks[1:], gain, output, settings).hidden(ids)}
arrays |= {"small/continued": torch.tensor(model.continued(ids, -1, 12))}
arrays |= {"small/tied_continued": torch.tensor(tied.continued([2], -1, 12))}

trained, numbers_of = trained_model()
ids = ids_of("bluebird: small bird of north america that has a blue head and eats the seeds of trees", numbers_of)
assert len(ids) > 20, len(ids)  # longer than window and sinks
states = trained.states(ids)
arrays |= {"trained/ids": torch.tensor(ids), "trained/after_two": states[2], "trained/after_three": states[3]}
arrays |= {"trained/hidden": trained.hidden(ids), "trained/logits": trained.logits(ids)[-3:]}
for word in ("linguist", "biologist", "rosebush"):
    arrays |= {f"trained/{word}": torch.tensor(trained.continued(ids_of(word + ":", numbers_of), 0, 32))}

golden.main("modern_decoder", arrays)
