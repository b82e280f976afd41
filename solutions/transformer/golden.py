"""Golden values of `transformer`, computed by PyTorch in float64."""

import pathlib
import sys

import torch
from torch import nn

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "common" / "golden"))
import golden  # noqa: E402
import golden_torch  # noqa: E402
from golden_torch import choices, fill_linear, fill_norm, multi_head_attention, named  # noqa: E402

torch.set_default_dtype(torch.float64)
numbers = golden_torch.Numbers(1706)
numbers.digits.manual_seed(1)  # with these, no decision of greedy decoding is close

# All sizes differ: d_model = 8 in 4 heads of 2, d_ff = 11, 13 source ids and 10 target ids, 7 source tokens and
# 5 target tokens, 2 encoder layers and 3 decoder layers. Id 2 is padding.
d_model, n_heads, d_ff = 8, 4, 11
n_source_vocabulary, n_target_vocabulary, padding = 13, 10, 2


def linear(d_in, d_out):
    return {"weight": numbers(d_in, d_out) / 4, "bias": numbers(d_out) / 4}


def norm():
    """Every epsilon another one, near a multiple of 1/64, large enough to weigh."""
    epsilon = torch.randint(4, 33, (1,), generator=numbers.draw).double() / 64 + 1 / 3 / 2**12
    return {"gain": 1 + numbers(d_model) / 4, "bias": numbers(d_model) / 4, "epsilon": epsilon}


def attention(prefix, d_memory=d_model):
    widths = {"query": d_model, "key": d_memory, "value": d_memory, "output": d_model}
    return {prefix + name: linear(width, d_model) for name, width in widths.items()}


def feed_forward():
    return {"inner": linear(d_model, d_ff), "outer": linear(d_ff, d_model)}


def encoder_layer():
    return attention("") | feed_forward() | {"attention_norm": norm(), "feed_forward_norm": norm()}


def decoder_layer(d_memory=d_model):
    norms = {"self_norm": norm(), "cross_norm": norm(), "feed_forward_norm": norm()}
    return attention("self_") | attention("cross_", d_memory) | feed_forward() | norms


# ------------------------------------------------------------------------------------- PyTorch


def torch_attention(parts, prefix, heads=n_heads):
    return multi_head_attention(parts, heads, prefix)


def torch_encoder_layer(parts, order, activation):
    return golden_torch.encoder_layer(parts, n_heads, order, activation)


def torch_decoder_layer(parts, order, activation):
    module = nn.TransformerDecoderLayer(d_model, n_heads, d_ff, **choices(order, activation))
    module.self_attn = torch_attention(parts, "self_")
    module.multihead_attn = torch_attention(parts, "cross_")
    fill_linear(module.linear1, parts["inner"])
    fill_linear(module.linear2, parts["outer"])
    fill_norm(module.norm1, parts["self_norm"])
    fill_norm(module.norm2, parts["cross_norm"])
    fill_norm(module.norm3, parts["feed_forward_norm"])
    return module


def torch_decoder(layers, order, activation, final_norm):
    last = None if final_norm is None else fill_norm(nn.LayerNorm(d_model), final_norm)
    stack = nn.TransformerDecoder(torch_decoder_layer(layers[0], order, activation), len(layers), norm=last)
    stack.layers = nn.ModuleList(torch_decoder_layer(parts, order, activation) for parts in layers)
    return stack.eval()


def torch_transformer(order, activation, with_norms):
    """nn.Transformer has a norm after each stack, whatever the order; the paper has none."""
    sizes = (d_model, n_heads, len(encoder_layers), len(decoder_layers), d_ff)
    module = nn.Transformer(*sizes, **choices(order, activation))
    module.encoder.enable_nested_tensor = False
    module.encoder.layers = nn.ModuleList(torch_encoder_layer(parts, order, activation) for parts in encoder_layers)
    module.decoder.layers = nn.ModuleList(torch_decoder_layer(parts, order, activation) for parts in decoder_layers)
    module.encoder.norm = fill_norm(module.encoder.norm, encoder_norm) if with_norms else None
    module.decoder.norm = fill_norm(module.decoder.norm, decoder_norm) if with_norms else None
    return module.eval()


def run_decoder(module, tokens, memory, self_mask=None, cross_mask=None):
    """PyTorch's masks are the opposite of ours: true = blocked."""
    blocked = [None if mask is None else ~mask for mask in (self_mask, cross_mask)]
    return module(tokens[None], memory[None], *blocked)[0].detach()


def positions(n_tokens):
    """Vaswani et al. 2017, section 3.5."""
    angles = torch.arange(n_tokens)[:, None] / 10000 ** (torch.arange(0, d_model, 2) / d_model)
    return torch.stack([torch.sin(angles), torch.cos(angles)], 2).reshape(n_tokens, d_model)


def embed(ids, table):
    return nn.functional.embedding(torch.tensor(ids), table) * d_model**0.5 + positions(len(ids))


def causal(n_tokens):
    return torch.ones(n_tokens, n_tokens, dtype=torch.bool).tril()


def logits(module, source, target):
    filler = {"src": torch.tensor([source]) == padding, "tgt": torch.tensor([target]) == padding}
    decoded = module(
        embed(source, source_table)[None],
        embed(target, target_table)[None],
        tgt_mask=~causal(len(target)),
        src_key_padding_mask=filler["src"],
        tgt_key_padding_mask=filler["tgt"],
        memory_key_padding_mask=filler["src"],
    )[0]
    return (decoded @ output["weight"] + output["bias"]).detach()


def greedy(module, source, start, end, limit):
    """The generated ids, without start. No decision is closer than 1/32, so that rounding decides none."""
    target = [start]
    while len(target) <= limit:
        scores = logits(module, source, target)[-1]
        best, second = scores.topk(2).values
        assert best - second > 1 / 32
        target.append(scores.argmax().item())
        if target[-1] == end:
            break
    return target[1:]


# ------------------------------------------------ the papers, for what PyTorch 1.13 answers with NaN


def by_hand_attention(x, memory, parts, prefix, mask):
    rows = {"query": x, "key": memory, "value": memory}
    heads = []
    query, key, value = (r @ parts[prefix + n]["weight"] + parts[prefix + n]["bias"] for n, r in rows.items())
    for q, k, v in zip(query.chunk(n_heads, 1), key.chunk(n_heads, 1), value.chunk(n_heads, 1)):
        scores = (q @ k.T / (d_model // n_heads) ** 0.5).masked_fill(~mask, float("-inf"))
        heads.append(torch.nan_to_num(torch.softmax(scores, -1), nan=0.0) @ v)  # who sees nothing gets zeros
    return torch.cat(heads, 1) @ parts[prefix + "output"]["weight"] + parts[prefix + "output"]["bias"]


def by_hand_norm(x, weights):
    centred = x - x.mean(1, keepdim=True)
    variance = (centred**2).mean(1, keepdim=True)
    return centred / torch.sqrt(variance + weights["epsilon"]) * weights["gain"] + weights["bias"]


def by_hand_decoder_layer(x, memory, parts, order, activation, self_mask, cross_mask):
    def feed_forward_of(rows):
        inner = rows @ parts["inner"]["weight"] + parts["inner"]["bias"]
        return getattr(nn.functional, activation)(inner) @ parts["outer"]["weight"] + parts["outer"]["bias"]

    sublayers = {
        "self_norm": lambda rows: by_hand_attention(rows, rows, parts, "self_", self_mask),
        "cross_norm": lambda rows: by_hand_attention(rows, memory, parts, "cross_", cross_mask),
        "feed_forward_norm": feed_forward_of,
    }
    for name, sublayer in sublayers.items():
        if order == "post":
            x = by_hand_norm(x + sublayer(x), parts[name])
        else:
            x = x + sublayer(by_hand_norm(x, parts[name]))
    return x


# ------------------------------------------------------------------------------------ the values

source_table, target_table = numbers(n_source_vocabulary, d_model) / 2, numbers(n_target_vocabulary, d_model) / 2
encoder_layers = [encoder_layer() for _ in range(2)]
decoder_layers = [decoder_layer() for _ in range(3)]
encoder_norm, decoder_norm = norm(), norm()
output = {"weight": numbers(d_model, n_target_vocabulary), "bias": numbers(n_target_vocabulary) / 4}

arrays = {"source_table": source_table, "target_table": target_table}
for i, parts in enumerate(encoder_layers):
    arrays |= named(f"encoder{i}", parts)
for i, parts in enumerate(decoder_layers):
    arrays |= named(f"decoder{i}", parts)
arrays |= named("model", {"encoder_norm": encoder_norm, "decoder_norm": decoder_norm, "output": output})

# Embeddings.
source, target = [5, 12, 0, 7, 9, 1, 4], [6, 3, 8, 0, 5]
arrays |= {"source": torch.tensor(source), "target": torch.tensor(target)}
arrays |= {"embedded/source": embed(source, source_table), "embedded/target": embed(target, target_table)}

# One layer, in both orders: 5 target tokens, a memory of 7 rows. Each mask leaves every token somebody to see;
# in `nothing` the third target token sees no target token and the fourth no source token.
tokens, memory = numbers(5, d_model), numbers(7, d_model)
self_mask = torch.tensor([[1, 0, 1, 1, 0], [0, 1, 0, 0, 0], [1, 1, 0, 1, 1], [0, 0, 1, 0, 1], [1, 1, 0, 0, 1]]) == 1
cross_mask = torch.rand(5, 7, generator=numbers.draw) < 0.6
cross_mask[torch.arange(5), torch.tensor([3, 0, 6, 2, 4])] = True
blind_self, blind_cross = self_mask.clone(), cross_mask.clone()
blind_self[2], blind_cross[3] = False, False
arrays |= {"tokens": tokens, "memory": memory, "self_mask": self_mask, "cross_mask": cross_mask}
everything = torch.ones(5, 5, dtype=torch.bool), torch.ones(5, 7, dtype=torch.bool)
for order in ("post", "pre"):
    for activation in ("relu", "gelu"):
        layer = torch_decoder_layer(decoder_layers[0], order, activation).eval()
        arrays[f"layer/{order}_{activation}"] = run_decoder(layer, tokens, memory)
        arrays[f"layer/{order}_{activation}_masked"] = run_decoder(layer, tokens, memory, self_mask, cross_mask)
        same = by_hand_decoder_layer(tokens, memory, decoder_layers[0], order, activation, self_mask, cross_mask)
        assert torch.allclose(same, arrays[f"layer/{order}_{activation}_masked"], rtol=1e-12, atol=1e-12)
    arrays[f"layer/{order}_nothing"] = by_hand_decoder_layer(
        tokens, memory, decoder_layers[0], order, "gelu", blind_self, blind_cross
    )

# A memory as long as the target, so that exchanged masks fit, too; and one of another width, 6.
short_memory = numbers(5, d_model)
arrays["short_memory"] = short_memory
layer = torch_decoder_layer(decoder_layers[0], "post", "relu").eval()
arrays["layer/square"] = run_decoder(layer, tokens, short_memory, causal(5), self_mask)
# Other numbers of heads, which shapes do not show: 2 in self-attention, 8 in cross-attention; then the reverse.
for name, heads in {"two_and_eight": (2, 8), "eight_and_two": (8, 2)}.items():
    layer = torch_decoder_layer(decoder_layers[0], "pre", "gelu")
    layer.self_attn = torch_attention(decoder_layers[0], "self_", heads[0])
    layer.multihead_attn = torch_attention(decoder_layers[0], "cross_", heads[1])
    arrays[f"layer/{name}"] = run_decoder(layer.eval(), tokens, memory, self_mask)
wide, wide_memory = decoder_layer(d_memory=6), numbers(7, 6)
arrays |= named("wide", wide) | {"wide_memory": wide_memory}
layer = torch_decoder_layer(wide, "pre", "gelu").eval()
arrays["layer/wide"] = run_decoder(layer, tokens, wide_memory, self_mask, cross_mask)

# The stack of three layers, with and without a norm at the end.
for order in ("post", "pre"):
    plain, normed = (torch_decoder(decoder_layers, order, "relu", last) for last in (None, decoder_norm))
    arrays[f"stack/{order}"] = run_decoder(plain, tokens, memory)
    arrays[f"stack/{order}_final"] = run_decoder(normed, tokens, memory)
    arrays[f"stack/{order}_masked"] = run_decoder(normed, tokens, memory, causal(5), cross_mask)

# The whole: of 2017; as PyTorch builds it; in pre-norm order with GELU. Then with padding, also between tokens.
models = {
    "paper": torch_transformer("post", "relu", with_norms=False),
    "pytorch": torch_transformer("post", "relu", with_norms=True),
    "pre": torch_transformer("pre", "gelu", with_norms=True),
}
padded_source, padded_target = [5, 12, 2, 7, 9, 2, 2], [6, 3, 2, 8, 2]
arrays |= {"padded_source": torch.tensor(padded_source), "padded_target": torch.tensor(padded_target)}
for name, model in models.items():
    arrays[f"logits/{name}"] = logits(model, source, target)
    arrays[f"logits/{name}_padded"] = logits(model, padded_source, padded_target)

# A target that begins with padding: its first token may look at no target token at all.
blind_target = [2, 3, 8, 0, 5]
decoded, sees_all = embed(blind_target, target_table), torch.ones(5, 7, dtype=torch.bool)
encoded = models["pre"].encoder(embed(source, source_table)[None])[0].detach()
for parts in decoder_layers:
    not_padding = torch.tensor(blind_target) != padding
    decoded = by_hand_decoder_layer(decoded, encoded, parts, "pre", "gelu", causal(5) & not_padding, sees_all)
arrays["logits/pre_blind"] = by_hand_norm(decoded, decoder_norm) @ output["weight"] + output["bias"]

# Greedy decoding: ends with end_token 7; runs into its limit; says padding on the way; ends at once;
# reads padding behind the source; says padding first, and would go on otherwise if it looked at it.
answers = {
    "ends": greedy(models["pre"], source, start=3, end=7, limit=9),
    "limited": greedy(models["paper"], [11, 1, 10, 4], start=0, end=8, limit=9),
    "says_padding": greedy(models["pre"], [3, 8, 6], start=3, end=8, limit=6),
    "one": greedy(models["pre"], source, start=3, end=6, limit=9),
    "padded": greedy(models["pre"], [3, 0, 11, padding, padding], start=6, end=7, limit=9),
    "begins_with_padding": greedy(models["pre"], [4, 5, 12], start=1, end=7, limit=9),
}
assert [len(answer) for answer in answers.values()] == [5, 9, 4, 1, 4, 4]
assert answers["says_padding"][2] == padding and answers["begins_with_padding"][0] == padding
arrays |= {f"greedy/{name}": torch.tensor(answer) for name, answer in answers.items()}

# The statement's example: W_Q = W_K = 0, W_V = W_O = I, so attention is the mean of the rows that may be seen; d_model
# is 4, gains are 1, biases 0, epsilon 1e-5. The stack is two such layers and a norm of gain 2, bias 1.
inner = torch.tensor([[1, 0, 0.5], [0, -1, 0], [1, 0, 0], [0, 0, 1]])
inner_bias, outer = torch.tensor([0, 0.5, -1]), torch.tensor([[1, 0, 0, -1.0], [0, 2, 1, 0], [0, -1, 0, 1]])


def plain_norm(x):
    return nn.functional.layer_norm(x, (4,))


def example_layer(x, memory, order):
    past = torch.ones(len(x), len(x)).tril()
    sublayers = [
        lambda rows: past @ rows / past.sum(1, keepdim=True),
        lambda rows: memory[:2].mean(0).expand_as(rows),  # the third row is padding
        lambda rows: torch.relu(rows @ inner + inner_bias) @ outer,
    ]
    for sublayer in sublayers:
        x = plain_norm(x + sublayer(x)) if order == "post" else x + sublayer(plain_norm(x))
    return x


def example_embedding(ids, table):
    angles = torch.arange(len(ids))[:, None] * torch.tensor([1, 0.01])
    return 2 * table[ids] + torch.stack([torch.sin(angles), torch.cos(angles)], 2).reshape(-1, 4)


example_tokens = torch.tensor([[4, 0, 2, 2], [0, 2, 0, 6.0]])
example_memory = torch.tensor([[1, -1, 3, 1], [3, 1, -1, 1], [9, 9, 9, 9.0]])
for order in ("post", "pre"):
    arrays[f"example/{order}"] = example_layer(example_tokens, example_memory, order)
twice = example_layer(arrays["example/post"], example_memory, "post")
arrays["example/stack"] = 2 * plain_norm(twice) + 1
# Source 1 2 0, target 1 2, padding 0; no encoder layers, one decoder layer, post-norm, one memory row for each token.
source_rows = torch.tensor([[9, 9, 9, 9], [0, -1, 1, 0], [1, 0, 0, -1.0]])
target_rows = torch.tensor([[9, 9, 9, 9], [2, 0, 1, 0.5], [0, 1, 0, 2.0]])
arrays["example/memory"] = example_embedding([1, 2, 0], source_rows)
arrays["example/embedded"] = example_embedding([1, 2], target_rows)
arrays["example/decoded"] = example_layer(arrays["example/embedded"], arrays["example/memory"], "post")
to_logits = torch.tensor([[1, 0, 2], [0, 1, 0], [0, 0, -1], [0.5, 0, 0]])
arrays["example/logits"] = arrays["example/decoded"] @ to_logits + torch.tensor([0, 0.5, -1])

golden.main("transformer", arrays)
