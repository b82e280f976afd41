"""Expected values that several random_cases.py share, by PyTorch; layer normalisation by NumPy's long double.

Arguments are NumPy arrays; structs are dictionaries as common/golden/worker.py sends them.
"""

import numpy
import torch

import golden_torch

NO_MASK = numpy.zeros((0, 0), bool)


def attend(scores, value, mask=NO_MASK):
    """Output and weights. Where nothing may be seen, PyTorch's softmax gives NaN, and we want zeros."""
    scores, value = torch.as_tensor(scores), torch.as_tensor(value)
    visible = torch.as_tensor(mask) if mask.shape != (0, 0) else torch.ones(scores.shape, dtype=torch.bool)
    visible = visible & (scores != float("-inf"))
    weights = torch.softmax(scores.masked_fill(~visible, float("-inf")), dim=-1)
    weights = torch.where(visible.any(-1, keepdim=True), weights, torch.zeros(()))
    return weights @ value, weights


def dot_attention(query, key, value, mask=NO_MASK):
    query, key = torch.as_tensor(query), torch.as_tensor(key)
    return attend(query @ key.T / query.shape[1] ** 0.5, value, mask)


def attend_heads(query, key, value, n_heads, mask=NO_MASK):
    """Output, and the weights of each head."""
    parts = (torch.as_tensor(each).chunk(n_heads, 1) for each in (query, key, value))
    outputs, weights = zip(*(dot_attention(*head, mask) for head in zip(*parts)))
    return torch.cat(outputs, 1), list(weights)


def linear(x, layer):
    return torch.nn.functional.linear(torch.as_tensor(x), torch.tensor(layer["weight"].T), torch.tensor(layer["bias"]))


def multi_head_attention(tokens, memory, weights, mask=NO_MASK):
    """Output, and the weights of each head."""
    projected = linear(tokens, weights["query"]), linear(memory, weights["key"]), linear(memory, weights["value"])
    heads, each = attend_heads(*projected, weights["n_heads"], mask)
    return linear(heads, weights["output"]), each


def layer_norm(x, weights):
    """In long double, where that has more digits. A second centring takes away what the first mean was rounded by."""
    x = numpy.asarray(x, numpy.longdouble)
    centred = x - x.mean(1, keepdims=True)
    centred = centred - centred.mean(1, keepdims=True)
    deviation = numpy.sqrt((centred**2).mean(1, keepdims=True) + numpy.longdouble(weights["epsilon"]))
    return centred / deviation * weights["gain"] + weights["bias"]


def norm(x, weights):
    """The same for numbers of an ordinary size."""
    gain, bias = torch.tensor(weights["gain"]), torch.tensor(weights["bias"])
    return torch.nn.functional.layer_norm(torch.as_tensor(x), gain.shape, gain, bias, weights["epsilon"])


def activate(x, activation):
    return getattr(torch.nn.functional, ("relu", "gelu")[activation])(torch.as_tensor(x))


def feed_forward(x, weights, activation):
    return linear(activate(linear(x, weights["inner"]), activation), weights["outer"])


def _sublayers(x, order, sublayers):
    """Residual sums around functions, each with its norm, in post-norm (0) or pre-norm (1) order."""
    x = torch.as_tensor(x)
    for function, its_norm in sublayers:
        x = x + function(norm(x, its_norm)) if order == 1 else norm(x + function(x), its_norm)
    return x


def encoder_layer(x, weights, order, activation, mask=NO_MASK):
    return _sublayers(x, order, [
        (lambda rows: multi_head_attention(rows, rows, weights["attention"], mask)[0], weights["attention_norm"]),
        (lambda rows: feed_forward(rows, weights["feed_forward"], activation), weights["feed_forward_norm"]),
    ])


def decoder_layer(x, memory, weights, order, activation, self_mask=NO_MASK, cross_mask=NO_MASK):
    self_attention, cross_attention = weights["self_attention"], weights["cross_attention"]
    return _sublayers(x, order, [
        (lambda rows: multi_head_attention(rows, rows, self_attention, self_mask)[0], weights["self_norm"]),
        (lambda rows: multi_head_attention(rows, memory, cross_attention, cross_mask)[0], weights["cross_norm"]),
        (lambda rows: feed_forward(rows, weights["feed_forward"], activation), weights["feed_forward_norm"]),
    ])


def stack(x, weights, layer):
    for each in weights["layers"]:
        x = layer(x, each)
    last = weights["final_norm"].value
    return x if last is None else norm(x, last)


# ------------------------------------------------------------------------------- the same by torch.nn


def tensors(weights):
    """The dictionaries of golden_torch: every leaf a tensor."""
    if isinstance(weights, dict):
        return {name: tensors(part) for name, part in weights.items()}
    return torch.tensor(weights)


def _attention_parts(weights, prefix=""):
    return {prefix + name: tensors(weights[name]) for name in ("query", "key", "value", "output")}


def torch_multi_head_attention(tokens, memory, weights, mask=NO_MASK):
    """nn.MultiheadAttention. No query may be without a key to see: there it answers with NaN."""
    module = golden_torch.multi_head_attention(_attention_parts(weights), weights["n_heads"])
    blocked = None if mask.shape == (0, 0) else ~torch.as_tensor(mask)
    tokens, memory = torch.tensor(tokens)[None], torch.tensor(memory)[None]
    output, each = module(tokens, memory, memory, attn_mask=blocked, average_attn_weights=False)
    return output[0].detach(), list(each[0].detach())


def torch_encoder_layer(x, weights, order, activation, mask=NO_MASK):
    """nn.TransformerEncoderLayer; no token may be without one to see."""
    parts = _attention_parts(weights["attention"]) | tensors(weights["feed_forward"])
    parts |= {name: tensors(weights[name]) for name in ("attention_norm", "feed_forward_norm")}
    names = ("post", "pre")[order], ("relu", "gelu")[activation]
    module = golden_torch.encoder_layer(parts, weights["attention"]["n_heads"], *names).eval()
    blocked = None if mask.shape == (0, 0) else ~torch.as_tensor(mask)
    return module(torch.as_tensor(x)[None], blocked)[0].detach()


def torch_decoder_layer(x, memory, weights, order, activation, self_mask=NO_MASK, cross_mask=NO_MASK):
    """nn.TransformerDecoderLayer; no token may be without one to see."""
    own, cross = weights["self_attention"], weights["cross_attention"]
    choices = golden_torch.choices(("post", "pre")[order], ("relu", "gelu")[activation])
    d_model, d_ff = weights["feed_forward"]["inner"]["weight"].shape
    module = torch.nn.TransformerDecoderLayer(d_model, own["n_heads"], d_ff, **choices)
    module.self_attn = golden_torch.multi_head_attention(_attention_parts(own), own["n_heads"])
    module.multihead_attn = golden_torch.multi_head_attention(_attention_parts(cross), cross["n_heads"])
    golden_torch.fill_linear(module.linear1, tensors(weights["feed_forward"]["inner"]))
    golden_torch.fill_linear(module.linear2, tensors(weights["feed_forward"]["outer"]))
    for number, name in enumerate(("self_norm", "cross_norm", "feed_forward_norm"), start=1):
        golden_torch.fill_norm(getattr(module, f"norm{number}"), tensors(weights[name]))
    blocked = [None if mask.shape == (0, 0) else ~torch.as_tensor(mask) for mask in (self_mask, cross_mask)]
    return module.eval()(torch.as_tensor(x)[None], torch.tensor(memory)[None], *blocked)[0].detach()


def sees(n_queries, n_keys, mask=NO_MASK):
    """Whether torch.nn can be asked: there are queries, and each may see a key."""
    return n_queries > 0 and n_keys > 0 and (mask.shape == (0, 0) or bool(mask.any(1).all()))
