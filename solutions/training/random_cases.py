"""Random cases of `training`; what is expected comes from PyTorch: autograd, torch.optim.Adam, clip_grad_norm_."""

import pathlib
import sys

import numpy
import torch
from drawn import changed, drawn_attention, drawn_feed_forward, drawn_layer, drawn_linear, drawn_norm
from random_runs import Case, taller, wider

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import by_torch  # noqa: E402

NO_MASK = numpy.zeros((0, 0), bool)


def tensors(tree):
    """The structs of by_torch. What is boolean stays out of autograd."""
    if isinstance(tree, dict):
        return {name: tensors(part) for name, part in tree.items()}
    if isinstance(tree, numpy.ndarray):
        tensor = torch.tensor(tree)
        return tensor if tree.dtype == bool else tensor.requires_grad_()
    return tree


def arrays(tree):
    if isinstance(tree, dict):
        return {name: arrays(part) for name, part in tree.items()}
    if isinstance(tree, list):
        return [arrays(part) for part in tree]
    return tree.detach().numpy() if isinstance(tree, torch.Tensor) else tree


# ---------------------------------------------------------------------------------- the optimiser


def shapes(draw):
    return [(draw.size(), draw.size(0)) for _ in range(draw.one_of(1, 2, 3, 0))]


def matrices(draw, of):
    return [draw.matrix(*shape) for shape in of]


def drawn_gradients(draw, of):
    return [matrix * draw.one_of(1, 1, 1e6, 1e-6, 0) for matrix in matrices(draw, of)]


def global_norm(draw):
    gradients = drawn_gradients(draw, shapes(draw))
    return Case([gradients], float(torch.sqrt(sum((torch.tensor(g) ** 2).sum() for g in [numpy.zeros(1), *gradients]))))


def clip_gradients(draw):
    gradients, max_norm = drawn_gradients(draw, shapes(draw)), draw.one_of(1.0, 1000.0, float(draw.random.uniform(0.01, 9)))
    leaves = [torch.zeros(gradient.shape, requires_grad=True) for gradient in gradients]
    for leaf, gradient in zip(leaves, gradients):
        leaf.grad = torch.tensor(gradient)
    if leaves:
        torch.nn.utils.clip_grad_norm_(leaves, max_norm)
    return Case([gradients, max_norm], [leaf.grad.numpy() for leaf in leaves])


def adam_start(draw):
    parameters = matrices(draw, shapes(draw))
    zeros = [numpy.zeros_like(parameter) for parameter in parameters]
    return Case([parameters], {"steps": 0, "first": zeros, "second": zeros})


def drawn_adam(draw):
    betas = [draw.one_of(0.0, 0.9, 0.999, float(draw.random.random())) for _ in range(2)]
    return {"beta1": betas[0], "beta2": betas[1], "epsilon": draw.one_of(1e-3, 0.1, float(draw.random.uniform(0.1, 2)))}


def stepped(parameters, gradients, state, rate, settings):
    """torch.optim.Adam, put into this state."""
    leaves = [torch.tensor(parameter, requires_grad=True) for parameter in parameters]
    after = {"steps": state["steps"] + 1, "first": [], "second": []}
    if leaves:
        optimiser = by_torch.adam(leaves, settings)
        optimiser.param_groups[0]["lr"] = rate
        for leaf, gradient, first, second in zip(leaves, gradients, state["first"], state["second"]):
            leaf.grad = torch.tensor(gradient)
            step = torch.tensor(float(state["steps"]))
            optimiser.state[leaf] = {"step": step, "exp_avg": torch.tensor(first), "exp_avg_sq": torch.tensor(second)}
        optimiser.step()
        after = by_torch.adam_state(optimiser, leaves)
    return arrays(leaves), arrays(after)


def drawn_state(draw, of):
    """Fresh, or in the middle."""
    steps = draw.one_of(0, 0, 1, 5, 1000)
    first, second = matrices(draw, of), [numpy.abs(matrix) for matrix in matrices(draw, of)]
    return {"steps": steps, "first": [m * (steps > 0) for m in first], "second": [v * (steps > 0) for v in second]}


def adam_step(draw):
    of = shapes(draw)
    parameters, gradients, state = matrices(draw, of), drawn_gradients(draw, of), drawn_state(draw, of)
    rate, settings = draw.one_of(0.0, 1.0, float(draw.random.uniform(-1, 1))), drawn_adam(draw)
    after, next_state = stepped(parameters, gradients, state, rate, settings)
    return Case([parameters, gradients, state, rate, settings], {"parameters": after, "state": next_state})


def noam_rate(draw):
    step, d_model, warmup = (draw.between(1, draw.one_of(3, 100, 10**6)) for _ in range(3))
    return Case([step, d_model, warmup], by_torch.noam_rate(step, d_model, warmup))


def drawn_kept(draw, rows, columns):
    return draw.one_of(NO_MASK, draw.flags(rows, columns))


def dropped(x, kept, rate):
    return x if kept.shape == (0, 0) else numpy.where(kept, numpy.asarray(x, numpy.longdouble) / (1 - rate), 0)


def dropout(draw):
    x = draw.matrix(draw.size(0), draw.size(0))
    kept, rate = drawn_kept(draw, *x.shape), draw.one_of(0.0, 0.1, 0.5, float(draw.random.uniform(0, 0.99)))
    return Case([x, kept, rate], dropped(x, kept, rate))


def dropout_backward(draw):
    """Autograd's, through x * kept / (1 - rate)."""
    x, kept, rate = dropout(draw).arguments
    leaf = torch.zeros(x.shape, requires_grad=True)
    (by_torch.dropout(leaf, torch.tensor(kept), rate) * torch.tensor(x)).sum().backward()
    return Case([x, kept, rate], leaf.grad.numpy())


# ------------------------------------------------------------------------------------- the layers


def came_back(layer, arguments, weights, upstream):
    arguments, weights = tensors(arguments), tensors(weights)
    (layer(*arguments.values(), weights) * torch.tensor(upstream)).sum().backward()
    return arrays(by_torch.gradients(arguments) | {"weights": by_torch.gradients(weights)})


def feed_forward_backward(draw):
    d_model = draw.size()
    x, weights = draw.matrix(draw.size(), d_model), drawn_feed_forward(draw, d_model)
    upstream = draw.matrix(*x.shape)
    return Case([x, weights, upstream], came_back(by_torch.feed_forward, {"input": x}, weights, upstream))


def drawn_heads(draw, d_model):
    return draw.one_of(*(n for n in range(1, d_model + 1) if d_model % n == 0))


def tamed(attention):
    """Scores of an ordinary size: where a softmax is all but certain, its gradients are rounding."""
    query = attention["query"]["weight"]
    query *= min(1, 1 / max(1, numpy.abs(query).max()))
    return attention


def drawn_encoder_layer(draw, d_model):
    weights = drawn_layer(draw, d_model, drawn_heads(draw, d_model))
    weights["attention"] = tamed(weights["attention"])
    return soft(weights)


def soft(weights):
    """Epsilons that weigh: a row that is nearly constant blows up what was rounded before."""
    for part in weights.values():
        if "epsilon" in part:
            part["epsilon"] = max(part["epsilon"], 0.05)
    return weights


def drawn_decoder_layer(draw, d_model, d_memory):
    weights = {
        "self_attention": tamed(drawn_attention(draw, d_model, drawn_heads(draw, d_model))),
        "cross_attention": tamed(drawn_attention(draw, d_model, drawn_heads(draw, d_model), d_memory)),
        "feed_forward": drawn_feed_forward(draw, d_model),
    }
    return soft(weights | {name: drawn_norm(draw, d_model) for name in ("self_norm", "cross_norm", "feed_forward_norm")})


def encoder_layer_backward(draw):
    d_model = draw.size()
    x, weights = draw.matrix(draw.size(), d_model), drawn_encoder_layer(draw, d_model)
    upstream = draw.matrix(*x.shape)
    return Case([x, weights, upstream], came_back(by_torch.encoder_layer, {"tokens": x}, weights, upstream))


def decoder_layer_backward(draw):
    d_model, d_memory = draw.size(), draw.size()
    x, memory = draw.matrix(draw.size(), d_model), draw.matrix(draw.size(), d_memory)
    weights, upstream = drawn_decoder_layer(draw, d_model, d_memory), draw.matrix(*x.shape)
    expected = came_back(by_torch.decoder_layer, {"tokens": x, "memory": memory}, weights, upstream)
    return Case([x, memory, weights, upstream], expected)


# -------------------------------------------------------------------------------------- the model


def drawn_model(draw):
    d_model, n_source, n_target = draw.size(most=6), draw.size(), draw.size()
    return {
        "source_table": draw.matrix(n_source, d_model) / 2,
        "target_table": draw.matrix(n_target, d_model) / 2,
        "encoder": drawn_encoder_layer(draw, d_model),
        "decoder": drawn_decoder_layer(draw, d_model, d_model),
        "output": drawn_linear(draw, d_model, n_target),
    }


def drawn_sentence(draw, model):
    (n_source, d_model), n_target = model["source_table"].shape, len(model["target_table"])
    source, target = draw.words(draw.size(), n_source), draw.words(draw.size(), n_target)
    kept = {"source_kept": drawn_kept(draw, len(source), d_model), "target_kept": drawn_kept(draw, len(target), d_model)}
    return {"source": source, "target": target} | kept


def drawn_rate(draw):
    return draw.one_of(0.0, 0.1, float(draw.random.uniform(0, 0.8)))


def as_torch(sentence):
    return sentence | {name: torch.tensor(sentence[name]) for name in ("source_kept", "target_kept")}


def logits(draw):
    model = drawn_model(draw)
    sentence, rate = drawn_sentence(draw, model), drawn_rate(draw)
    return Case([model, sentence, rate], by_torch.logits(tensors(model), as_torch(sentence), rate).detach().numpy())


def drawn_batch(draw, model):
    return [drawn_sentence(draw, model) for _ in range(draw.one_of(1, 2, 3))]


def loss_and_gradient(draw):
    model = drawn_model(draw)
    batch, smoothing, rate = drawn_batch(draw, model), draw.one_of(0.0, 0.1, 1.0), drawn_rate(draw)
    leaves = tensors(model)
    loss = by_torch.loss_of(leaves, [as_torch(sentence) for sentence in batch], smoothing, rate)
    loss.backward()
    expected = {"loss": float(loss), "gradient": arrays(by_torch.gradients(leaves))}
    return Case([model, batch, smoothing, rate], expected)


def listed(model):
    """As parameters() of training.hpp: rows are matrices."""
    return [numpy.atleast_2d(leaf.detach().numpy()) for leaf in by_torch.parameters(tensors(model))]


def training_step(draw):
    model = drawn_model(draw)
    batch = drawn_batch(draw, model)
    settings = {"smoothing": draw.one_of(0.0, 0.1), "drop_rate": drawn_rate(draw), "max_norm": draw.one_of(100.0, 0.1)}
    settings |= {"warmup": draw.between(1, 50), "adam": drawn_adam(draw)}
    state = drawn_state(draw, [matrix.shape for matrix in listed(model)])

    leaves = tensors(model)
    parameters = by_torch.parameters(leaves)
    optimiser = by_torch.adam(parameters, settings["adam"])
    for leaf, first, second in zip(parameters, state["first"], state["second"]):
        means = {"exp_avg": torch.tensor(first).reshape(leaf.shape), "exp_avg_sq": torch.tensor(second).reshape(leaf.shape)}
        optimiser.state[leaf] = {"step": torch.tensor(float(state["steps"]))} | means
    loss = by_torch.step(leaves, optimiser, [as_torch(each) for each in batch], settings, state["steps"] + 1)
    after = arrays(by_torch.adam_state(optimiser, parameters))
    after |= {name: [numpy.atleast_2d(matrix) for matrix in after[name]] for name in ("first", "second")}
    return Case([model, state, batch, settings], {"model": arrays(leaves), "state": after, "loss": loss})


# ----------------------------------------------------------------------------------- the misfits


def widened(matrices_):
    return [*matrices_[:-1], wider(matrices_[-1])] if matrices_ else None


def unless_empty(build):
    """A misfit of lists that may have no element."""
    return lambda draw, parameters, *rest: build(draw, parameters, *rest) if parameters else None


misfits = {
    "clip_gradients": [lambda draw, gradients, max_norm: (gradients, draw.one_of(0.0, -1.0))],
    "adam_step": [
        unless_empty(lambda draw, p, g, state, rate, settings: (p, widened(g), state, rate, settings)),
        unless_empty(lambda draw, p, g, state, rate, settings: (p, g[1:], state, rate, settings)),
        unless_empty(lambda draw, p, g, state, rate, settings: (p, g, changed(state, "first", widened), rate, settings)),
        unless_empty(lambda draw, p, g, state, rate, settings: (p, g, changed(state, "second", widened), rate, settings)),
        lambda draw, p, g, state, rate, settings: (p, g, state | {"steps": -1}, rate, settings),
        lambda draw, p, g, state, rate, settings: (p, g, state, rate, settings | {"beta1": draw.one_of(1.0, -0.1)}),
        lambda draw, p, g, state, rate, settings: (p, g, state, rate, settings | {"beta2": draw.one_of(1.0, -0.1)}),
        lambda draw, p, g, state, rate, settings: (p, g, state, rate, settings | {"epsilon": draw.one_of(0.0, -0.1)}),
    ],
    "noam_rate": [
        lambda draw, step, d_model, warmup: (draw.one_of(0, -1), d_model, warmup),
        lambda draw, step, d_model, warmup: (step, draw.one_of(0, -1), warmup),
        lambda draw, step, d_model, warmup: (step, d_model, draw.one_of(0, -1)),
    ],
    "dropout": [
        lambda draw, x, kept, rate: (x, kept, draw.one_of(1.0, -0.1)),
        lambda draw, x, kept, rate: (x, wider(kept), rate) if kept.size else None,
        lambda draw, x, kept, rate: (x, taller(kept), rate) if kept.size else None,
    ],
    "feed_forward_backward": [
        lambda draw, x, weights, upstream: (wider(x), weights, upstream),
        lambda draw, x, weights, upstream: (x, changed(weights, "outer", "bias", wider), upstream),
        lambda draw, x, weights, upstream: (x, weights, taller(upstream)),
    ],
    "encoder_layer_backward": [
        lambda draw, x, weights, upstream: (wider(x), weights, upstream),
        lambda draw, x, weights, upstream: (x, changed(weights, "attention_norm", "bias", wider), upstream),
        lambda draw, x, weights, upstream: (x, changed(weights, "attention", "output", "weight", wider), upstream),
        lambda draw, x, weights, upstream: (x, weights, taller(upstream)),
    ],
    "decoder_layer_backward": [
        lambda draw, x, memory, weights, upstream: (taller(x), memory, weights, upstream),
        lambda draw, x, memory, weights, upstream: (x, wider(memory), weights, upstream),
        lambda draw, x, memory, weights, upstream: (x, memory, changed(weights, "cross_norm", "gain", wider), upstream),
        lambda draw, x, memory, weights, upstream: (x, memory, weights, wider(upstream)),
    ],
    "logits": [
        lambda draw, model, sentence, rate: (model, sentence | {"source": []}, rate),
        lambda draw, model, sentence, rate: (model, sentence | {"target": []}, rate),
        lambda draw, model, sentence, rate: (model, sentence | {"source": [-1, *sentence["source"][1:]]}, rate),
        lambda draw, model, sentence, rate: (changed(model, "output", "bias", wider), sentence, rate),
        lambda draw, model, sentence, rate: (model, sentence, draw.one_of(1.0, -0.1)),
    ],
    "loss_and_gradient": [
        lambda draw, model, batch, smoothing, rate: (model, [], smoothing, rate),
        lambda draw, model, batch, smoothing, rate: (model, batch, draw.one_of(1.1, -0.1), rate),
        lambda draw, model, batch, smoothing, rate: (model, [*batch, batch[0] | {"target": []}], smoothing, rate),
    ],
    "training_step": [
        lambda draw, model, state, batch, settings: (model, changed(state, "first", widened), batch, settings),
        lambda draw, model, state, batch, settings: (model, state | {"steps": -1}, batch, settings),
        lambda draw, model, state, batch, settings: (model, state, [], settings),
        lambda draw, model, state, batch, settings: (model, state, batch, settings | {"max_norm": 0.0}),
        lambda draw, model, state, batch, settings: (model, state, batch, settings | {"warmup": 0}),
    ],
}
misfits["dropout_backward"] = misfits["dropout"]
