"""Golden values of `backpropagation`: what PyTorch's autograd finds in float64, from PyTorch's own layers."""

import pathlib
import sys

import torch
from torch.nn import functional

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "common" / "golden"))
import golden  # noqa: E402
import golden_torch  # noqa: E402

torch.set_default_dtype(torch.float64)
numbers = golden_torch.Numbers(1986)
coins = torch.Generator().manual_seed(1986)


def leaf(*shape):
    return numbers(*shape).requires_grad_()


def back(output, upstream, **leaves):
    """The gradients of the sum of output * upstream, by the names of what they belong to."""
    return dict(zip(leaves, torch.autograd.grad((output * upstream).sum(), list(leaves.values()))))


def given(name, gradients, **inputs):
    """What a test reads: the inputs as they are called, the gradients under name/of/..."""
    arrays = {f"{name}/{key}": array.detach() for key, array in inputs.items()}
    return arrays | {f"{name}/of/{key}": array for key, array in gradients.items()}


arrays = {}

# 4 tokens, 5 features in, 7 out.
rows, weight, bias, upstream = leaf(4, 5), leaf(5, 7), leaf(7), numbers(4, 7)
found = back(functional.linear(rows, weight.T, bias), upstream, input=rows, weight=weight, bias=bias)
arrays |= given("linear", found, input=rows, weight=weight, bias=bias, upstream=upstream)

# 7 ids of a vocabulary of 6; 3 comes three times, 1 twice, 2 and 5 never.
table, upstream = leaf(6, 4), numbers(7, 4)
found = back(functional.embedding(torch.tensor([3, 1, 3, 0, 4, 3, 1]), table), upstream, table=table)
arrays |= given("embedding", found, table=table, upstream=upstream)

# 3 queries, 5 keys.
scores, upstream = leaf(3, 5), numbers(3, 5)
weights = torch.softmax(scores, dim=1)
arrays |= given("softmax", back(weights, upstream, scores=scores), scores=scores, weights=weights, upstream=upstream)

# 5 tokens, 7 classes, four smoothings.
logits, targets = leaf(5, 7), torch.tensor([6, 0, 2, 2, 5])
arrays |= {"cross_entropy/logits": logits.detach()}
for number, smoothing in enumerate([0.0, 0.1, 0.75, 1.0]):
    loss = functional.cross_entropy(logits, targets, label_smoothing=smoothing)
    name = f"cross_entropy/{number}"
    arrays |= {f"{name}/loss": loss.detach().reshape(1), f"{name}/gradient": torch.autograd.grad(loss, logits)[0]}

# 4 tokens of 6 features, three epsilons.
rows, gain, bias, upstream = leaf(4, 6), leaf(6), leaf(6), numbers(4, 6)
arrays |= given("norm", {}, input=rows, gain=gain, bias=bias, upstream=upstream)
for number, epsilon in enumerate([1e-5, 0.25, 1e-12]):
    output = functional.layer_norm(rows, (6,), gain, bias, epsilon)
    arrays |= given(f"norm/{number}", back(output, upstream, input=rows, gain=gain, bias=bias))

# 4 queries, 7 keys, d_k = 3, d_v = 5; without a mask and with one that leaves every query some key.
query, key, value, upstream = leaf(4, 3), leaf(7, 3), leaf(7, 5), numbers(4, 5)
mask = torch.rand(4, 7, generator=coins) < 0.6
mask[torch.arange(4), torch.tensor([3, 0, 6, 2])] = True
mask[:, 1] = False  # a key that nobody sees
arrays |= given("attention", {}, query=query, key=key, value=value, upstream=upstream, mask=mask)
for name, may_attend in {"plain": None, "masked": mask[None]}.items():
    output, _ = functional._scaled_dot_product_attention(
        query[None], key[None], value[None],
        None if may_attend is None else torch.zeros(1, 4, 7).masked_fill(~may_attend, float("-inf")),
    )
    found = back(output[0], upstream, query=query, key=key, value=value)
    arrays |= given(f"attention/{name}", found)

# Multi-head attention: 4 queries of d_model = 6, 7 keys of 5 features; 2 heads and 3, without a mask and with it.
parts = {
    name: {"weight": numbers(d_in, 6) / 2, "bias": numbers(6) / 2}
    for name, d_in in (("query", 6), ("key", 5), ("value", 5), ("output", 6))
}
arrays |= golden_torch.named("heads", parts)
tokens, memory, upstream = leaf(4, 6), leaf(7, 5), numbers(4, 6)
arrays |= given("heads", {}, tokens=tokens, memory=memory, upstream=upstream)


def leaves_of(module):
    """The parameters of nn.MultiheadAttention, as (in x out) matrices, with a gradient each."""
    bias = module.in_proj_bias.grad.chunk(3)
    if module.in_proj_weight is not None:
        weight = module.in_proj_weight.grad.chunk(3)
    else:
        weight = [module.q_proj_weight.grad, module.k_proj_weight.grad, module.v_proj_weight.grad]
    found = {f"{name}/weight": w.T for name, w in zip(("query", "key", "value"), weight)}
    found |= {f"{name}/bias": b for name, b in zip(("query", "key", "value"), bias)}
    return found | {"output/weight": module.out_proj.weight.grad.T, "output/bias": module.out_proj.bias.grad}


def back_through_heads(n_heads, layers, x, m, may_attend):
    """In nn.MultiheadAttention True blocks; in qkv it allows."""
    module = golden_torch.multi_head_attention(layers, n_heads)
    blocked = None if may_attend is None else ~may_attend
    x.grad = m.grad = None
    (module(x[None], m[None], m[None], attn_mask=blocked)[0][0] * upstream).sum().backward()
    return {"tokens": x.grad, "memory": m.grad} | leaves_of(module)


for name, n_heads, may_attend in (("two", 2, None), ("three", 3, None), ("masked", 2, mask)):
    arrays |= given(f"heads/{name}", back_through_heads(n_heads, parts, tokens, memory, may_attend))

# Self-attention, causal: one gradient of the sequence, which is read three times.
own = dict(parts) | {name: {"weight": numbers(6, 6) / 2, "bias": numbers(6) / 2} for name in ("key", "value")}
arrays |= golden_torch.named("self", {name: own[name] for name in ("key", "value")})
found = back_through_heads(3, own, tokens, tokens, torch.ones(4, 4, dtype=torch.bool).tril())
arrays |= {"self/of/tokens": found["tokens"], "self/of/key/weight": found["key/weight"]}

golden.main("backpropagation", arrays)
