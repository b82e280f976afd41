"""Random weights of what several exercises are made of, as dictionaries with the fields of the structs."""


def drawn_linear(draw, d_in, d_out):
    return {"weight": draw.matrix(d_in, d_out) / 2, "bias": draw.matrix(d_out) / 2}


def drawn_norm(draw, d_model):
    """An epsilon that weighs, or a usual one."""
    epsilon = draw.one_of(1e-5, 0.1, float(draw.random.uniform(0.01, 2)))
    return {"gain": 1 + draw.matrix(d_model) / 4, "bias": draw.matrix(d_model), "epsilon": epsilon}


def drawn_feed_forward(draw, d_model):
    d_ff = draw.size()
    return {"inner": drawn_linear(draw, d_model, d_ff), "outer": drawn_linear(draw, d_ff, d_model)}


def drawn_attention(draw, d_model, n_heads, d_memory=None):
    widths = {"query": d_model, "key": d_memory or d_model, "value": d_memory or d_model, "output": d_model}
    layers = {name: drawn_linear(draw, width, d_model) for name, width in widths.items()}
    layers["query"]["weight"] *= draw.one_of(1, 1, 16)  # scores up to 10^3
    return layers | {"n_heads": n_heads}


def drawn_layer(draw, d_model, n_heads):
    weights = {"attention": drawn_attention(draw, d_model, n_heads), "feed_forward": drawn_feed_forward(draw, d_model)}
    return weights | {name: drawn_norm(draw, d_model) for name in ("attention_norm", "feed_forward_norm")}


def changed(weights, *path):
    """The weights with one thing changed: names that lead to it, then how."""
    name, *rest = path
    return weights | {name: rest[0](weights[name]) if len(rest) == 1 else changed(weights[name], *rest)}
