"""Golden values of `training`: PyTorch's autograd, torch.optim.Adam and torch.nn.utils.clip_grad_norm_ in float64."""

import pathlib
import sys

import torch

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "common" / "golden"))
import by_torch  # noqa: E402
import golden  # noqa: E402
import golden_torch  # noqa: E402

torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)
numbers = golden_torch.Numbers(2017)
arrays = {}


def put(name, tree):
    """A struct under its fields; of numbers, only epsilon is needed."""
    if isinstance(tree, dict):
        for field, part in tree.items():
            put(f"{name}/{field}", part)
    elif isinstance(tree, list):
        for number, part in enumerate(tree):
            put(f"{name}/{number}", part)
    elif isinstance(tree, torch.Tensor):
        arrays[name] = tree.detach().clone()
    elif name.endswith("epsilon"):
        arrays[name] = torch.tensor([tree])


# ---------------------------------------------------------------------------------- the optimiser

shapes = [(3, 2), (1, 5), (4, 1)]


def like_parameters():
    return [numbers(*shape) for shape in shapes]


def clipped(gradients, max_norm):
    copies = [gradient.clone().requires_grad_() for gradient in gradients]
    for copy, gradient in zip(copies, gradients):
        copy.grad = gradient.clone()
    norm = torch.nn.utils.clip_grad_norm_(copies, max_norm)
    return norm, [copy.grad for copy in copies]


def optimiser():
    gradients = like_parameters()
    put("clip/gradients", gradients)
    norm, short = clipped(gradients, 3.0)
    put("clip/norm", norm.reshape(1))
    put("clip/clipped", short)

    parameters = by_torch.leaves({str(i): each for i, each in enumerate(like_parameters())})
    parameters = list(parameters.values())
    put("adam/0/parameters", parameters)
    adam = by_torch.adam(parameters, {"beta1": 0.8, "beta2": 0.95, "epsilon": 0.01})
    for number in (1, 2, 3, 4):
        gradients = [each / (1 + 9 * (number == 3)) for each in like_parameters()]
        put(f"adam/{number}/gradients", gradients)
        for parameter, gradient in zip(parameters, gradients):
            parameter.grad = gradient.clone()
        adam.param_groups[0]["lr"] = 0.25 / number
        adam.step()
        put(f"adam/{number}/parameters", [each.clone() for each in parameters])
    state = by_torch.adam_state(adam, parameters)
    put("adam/4/first", state["first"])
    put("adam/4/second", state["second"])

    rates = [[by_torch.noam_rate(step, 512, warmup) for step in (1, 10, 399, 4000, 5000, 100000)] for warmup in (400, 4000)]
    put("noam", torch.tensor(rates))


# ------------------------------------------------------------------------------------- the layers


def linear(d_in, d_out):
    return {"weight": numbers(d_in, d_out) / 4, "bias": numbers(d_out) / 4}


def attention(d_model, n_heads, d_memory):
    widths = {"query": d_model, "key": d_memory, "value": d_memory, "output": d_model}
    return {name: linear(width, d_model) for name, width in widths.items()} | {"n_heads": n_heads}


def norm(d_model):
    """Every epsilon another one, large enough to weigh."""
    epsilon = float(torch.randint(4, 33, (1,), generator=numbers.draw)) / 64
    return {"gain": 1 + numbers(d_model) / 4, "bias": numbers(d_model) / 4, "epsilon": epsilon}


def feed_forward(d_model, d_ff):
    return {"inner": linear(d_model, d_ff), "outer": linear(d_ff, d_model)}


def back(name, layer, arguments, weights):
    """Arguments, weights, upstream, and what autograd makes of them."""
    arguments, weights = by_torch.leaves(arguments), by_torch.leaves(weights)
    output = layer(*arguments.values(), weights)
    upstream = numbers(*output.shape) / 4
    (output * upstream).sum().backward()
    put(name, arguments | {"weights": weights, "upstream": upstream})
    put(f"{name}/gradient", by_torch.gradients(arguments) | {"weights": by_torch.gradients(weights)})


def layers():
    back("feed_forward", by_torch.feed_forward, {"input": numbers(4, 6)}, feed_forward(6, 5))
    encoder = {"attention": attention(6, 2, 6), "feed_forward": feed_forward(6, 5)}
    encoder |= {name: norm(6) for name in ("attention_norm", "feed_forward_norm")}
    back("encoder", by_torch.encoder_layer, {"tokens": numbers(4, 6)}, encoder)
    decoder = {
        "self_attention": attention(6, 2, 6),
        "cross_attention": attention(6, 3, 4),
        "feed_forward": feed_forward(6, 5),
    } | {name: norm(6) for name in ("self_norm", "cross_norm", "feed_forward_norm")}
    back("decoder", by_torch.decoder_layer, {"tokens": numbers(3, 6), "memory": numbers(5, 4)}, decoder)


# -------------------------------------------------------------------------------------- the model


def settings(drop_rate, warmup):
    adam = {"beta1": 0.9, "beta2": 0.98, "epsilon": 1e-9}
    return {"smoothing": 0.1, "drop_rate": drop_rate, "max_norm": 1.0, "warmup": warmup, "adam": adam}


def small_batch():
    formula = by_torch.Formula(36)
    batch = [formula.sentence(4, length) for length in (3, 1, 5)]
    return [formula.dropped(batch[0], 4, 0.25), batch[1], formula.dropped(batch[2], 4, 0.25)]


def small_model():
    return by_torch.leaves(by_torch.model_by_formula(2017, 7, 6, 4, 2, 5, 0.5))


def loss():
    model, batch = small_model(), small_batch()
    put("logits", [by_torch.logits(model, sentence, 0.25) for sentence in batch])
    found = by_torch.loss_of(model, batch, 0.1, 0.25)
    found.backward()
    put("loss", found.reshape(1))
    put("gradient", by_torch.parameters(by_torch.gradients(model)))


def one_step():
    """Two steps; what stands after the second."""
    model, batch = small_model(), small_batch()
    adam = by_torch.adam(by_torch.parameters(model), settings(0, 1)["adam"] | {"epsilon": 0.01})
    choices = settings(0.25, 3) | {"max_norm": 0.5}
    losses = [by_torch.step(model, adam, batch[number:], choices, number + 1) for number in (0, 1)]
    put("step/losses", torch.tensor(losses))
    put("step/parameters", by_torch.parameters(model))


def task_batches(count, size, drop_rate):
    formula = by_torch.Formula(7)

    def sentence():
        made = formula.sentence(6, 4)
        return formula.dropped(made, 16, drop_rate) if drop_rate > 0 else made

    return [[sentence() for _ in range(size)] for _ in range(count)]


def trained(batches, choices):
    """A fresh model, and its losses on the way."""
    model = by_torch.leaves(by_torch.model_by_formula(1, 8, 8, 16, 2, 32, 0.0))
    adam = by_torch.adam(by_torch.parameters(model), choices["adam"])
    return model, [by_torch.step(model, adam, batch, choices, number) for number, batch in enumerate(batches, start=1)]


def trajectories():
    """Twenty steps with dropout; and a run to the end, which turns most words round. Its way is chaotic: a parameter that
    differs in the last bit leads to other losses after some 200 steps, and to 38 to 50 of the 50 words."""
    put("losses", torch.tensor(trained(task_batches(20, 3, 0.1), settings(0.1, 30))[1]))
    model, losses = trained(task_batches(N_STEPS, 8, 0.0), settings(0.0, WARMUP))
    fresh = by_torch.Formula(20171)
    asked = [fresh.sentence(6, 4) for _ in range(50)]
    right = sum(by_torch.greedy(model, sentence["source"], 8) == sentence["target"] for sentence in asked)
    last = sum(losses[-20:]) / 20
    print(f"a run of {N_STEPS} steps ends at {last:.4f}, and turns {right} of {len(asked)} new sentences round")
    assert last < 0.6 and right > len(asked) / 2
    put("run/losses", torch.tensor(losses))


N_STEPS, WARMUP = 300, 150

optimiser()
layers()
loss()
one_step()
trajectories()
golden.main("training", arrays, rough={"run/losses": 0.5})
