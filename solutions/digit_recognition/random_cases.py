"""Random cases of `digit_recognition`; what is expected comes from PyTorch and NumPy."""

import expected
import numpy
import torch
from drawn import changed, drawn_layer, drawn_linear, drawn_norm
from random_runs import Case, taller, wider


def images_from_pixels(draw):
    n_images, height, width, white = draw.size(0), draw.size(), draw.size(), draw.one_of(1, 16, 255)
    pixels = draw.random.integers(0, white + 1, (n_images, height * width)).astype(float)
    scale = {"white": float(white), "mean": draw.random.uniform(0, 1), "deviation": draw.random.uniform(0.1, 1)}
    images = (pixels.reshape(n_images, 1, height, width) / white - scale["mean"]) / scale["deviation"]
    return Case([pixels, width, scale], [[channel for channel in image] for image in images])


def drawn_model(draw, n_layers, down, across, n_channels, patch_size):
    n_heads = draw.size(1, 3)
    d_model, d_patch = n_heads * draw.size(1, 3), n_channels * patch_size**2
    embedding = {
        "projection": drawn_linear(draw, d_patch, d_model),
        "class_token": draw.matrix(d_model),
        "positions": draw.matrix(1 + down * across, d_model),
    }
    head = {"norm": drawn_norm(draw, d_model), "projection": drawn_linear(draw, d_model, draw.size())}
    layers = [drawn_layer(draw, d_model, n_heads) for _ in range(n_layers)]
    return {"patch_size": patch_size, "embedding": embedding, "layers": layers, "head": head}


def drawn_scene(draw, n_images=1):
    """Images of one size, as arrays, and weights that fit them."""
    n_channels, patch_size, down, across = draw.size(1, 3), draw.size(1, 3), draw.size(1, 4), draw.size(1, 4)
    images = [draw.matrix(n_channels, down * patch_size, across * patch_size) for _ in range(n_images)]
    return images, drawn_model(draw, draw.size(0, 3), down, across, n_channels, patch_size)


def channels(image):
    return [channel for channel in image]


def tokens_of(image, weights):
    size, embedding = weights["patch_size"], weights["embedding"]
    patches = torch.nn.functional.unfold(torch.tensor(image)[None], size, stride=size)[0].T
    first = torch.tensor(embedding["class_token"])[None]
    return torch.cat([first, expected.linear(patches, embedding["projection"])]) + torch.tensor(embedding["positions"])


def traced(image, weights):
    """z_0, ..., z_L by nn.TransformerEncoderLayer, the attention by nn.MultiheadAttention, the logits."""
    tokens, attention = [tokens_of(image, weights)], []
    for layer in weights["layers"]:
        normal = numpy.asarray(expected.norm(tokens[-1], layer["attention_norm"]))
        attention.append(expected.torch_multi_head_attention(normal, normal, layer["attention"])[1])
        tokens.append(expected.torch_encoder_layer(tokens[-1], layer, 1, 1))  # pre-norm, GELU
    last, head = tokens[-1][:1], weights["head"]
    return tokens, attention, expected.linear(expected.norm(last, head["norm"]), head["projection"])[0]


def look_inside(draw):
    (image,), weights = drawn_scene(draw)
    tokens, attention, logits = traced(image, weights)
    return Case([channels(image), weights], {"tokens": tokens, "attention": attention, "logits": logits})


def batch_logits(draw):
    images, weights = drawn_scene(draw, draw.size(1, 4))
    logits = torch.stack([traced(image, weights)[2] for image in images])
    return Case([[channels(image) for image in images], weights], logits)


def most_probable(draw):
    logits = draw.one_of(draw.matrix, draw.whole)(draw.size(0), draw.size()) * draw.one_of(1, 1e12)
    return Case([logits], [int(label) for label in logits.argmax(1)])  # NumPy takes the first of equal ones


def drawn_labels(draw, n_classes):
    n_images = draw.size(1, 20)
    return draw.words(n_images, n_classes), draw.words(n_images, n_classes)


def accuracy(draw):
    actual, predicted = drawn_labels(draw, draw.size(1, 4))
    return Case([actual, predicted], float((numpy.array(actual) == numpy.array(predicted)).mean()))


def confusion_matrix(draw):
    n_classes = draw.size(1, 6)
    actual, predicted = drawn_labels(draw, n_classes)
    counts = numpy.zeros((n_classes, n_classes))
    numpy.add.at(counts, (actual, predicted), 1)
    return Case([actual, predicted, n_classes], counts)


def attention_rollout(draw):
    n_tokens, attention = draw.size(), []
    for _ in range(draw.size(1, 4)):
        heads = numpy.abs(draw.matrix(draw.size(1, 4), n_tokens, n_tokens)) + 0.01
        heads /= heads.sum(-1, keepdims=True) if draw.one_of(True, True, False) else 1
        heads[:, draw.between(0, n_tokens - 1)] *= draw.one_of(0, 1, 1)  # a query that sees nothing
        attention.append(heads)
    rollout = numpy.eye(n_tokens)
    for heads in attention:
        mixed = 0.5 * heads.mean(0) + 0.5 * numpy.eye(n_tokens)
        rollout = mixed / mixed.sum(1, keepdims=True) @ rollout
    return Case([[[head for head in heads] for heads in attention]], rollout)


def rollout_picture(draw):
    down, across = draw.size(1, 5), draw.size(1, 5)
    rollout = numpy.abs(draw.matrix(1 + down * across, 1 + down * across)) + 0.01
    rollout[0, 1:] *= draw.one_of(0, 1, 1)
    patches = rollout[0, 1:]
    return Case([rollout, across], (patches / (patches.sum() or 1)).reshape(down, across))


def occlusion(draw):
    (image,), weights = drawn_scene(draw)
    size, value = weights["patch_size"], float(draw.one_of(0, draw.random.uniform(-2, 2)))
    first = torch.softmax(traced(image, weights)[2], 0)
    label = int(first.argmax())
    drops = numpy.zeros((image.shape[1] // size, image.shape[2] // size))
    for r, k in numpy.ndindex(drops.shape):
        hidden = image.copy()
        hidden[:, r * size : (r + 1) * size, k * size : (k + 1) * size] = value
        drops[r, k] = first[label] - torch.softmax(traced(hidden, weights)[2], 0)[label]
    return Case([channels(image), weights, value], {"label": label, "probability": float(first[label]), "drops": drops})


def most_important(draw):
    drops = draw.one_of(draw.matrix, draw.whole)(draw.size(), draw.size())
    row, column = divmod(int(numpy.abs(drops).argmax()), drops.shape[1])
    return Case([drops], {"row": row, "column": column})


misfits = {
    "images_from_pixels": [
        lambda draw, pixels, width, scale: (wider(pixels), width, scale) if width > 1 else None,
        lambda draw, pixels, width, scale: (pixels, draw.one_of(0, -1), scale),
        lambda draw, pixels, width, scale: (taller(pixels) - 2, width, scale),
        lambda draw, pixels, width, scale: (pixels, width, scale | {"deviation": 0.0}),
        lambda draw, pixels, width, scale: (taller(pixels) + scale["white"], width, scale),
    ],
    "look_inside": [
        lambda draw, image, w: (image + image[:1], w),
        lambda draw, image, w: (image, w | {"patch_size": draw.one_of(0, -1)}),
        lambda draw, image, w: (image, changed(w, "embedding", "positions", taller)),
        lambda draw, image, w: (image, changed(w, "head", "norm", "bias", wider)),
        lambda draw, image, w: (
            (image, w | {"layers": [changed(w["layers"][0], "feed_forward", "outer", "weight", wider)]})
            if w["layers"] else None
        ),
    ],
    "batch_logits": [
        lambda draw, images, w: (images + [[wider(channel) for channel in images[0]]], w),
        lambda draw, images, w: (images, changed(w, "embedding", "class_token", wider)),
    ],
    "most_probable": [lambda draw, logits: (logits[:, :0],)],
    "accuracy": [
        lambda draw, actual, predicted: (actual + [0], predicted),
        lambda draw, actual, predicted: (actual, predicted + [0]),
        lambda draw, actual, predicted: ([], []),
    ],
    "confusion_matrix": [
        lambda draw, actual, predicted, n: (actual + [0], predicted, n),
        lambda draw, actual, predicted, n: (actual + [n], predicted + [0], n),
        lambda draw, actual, predicted, n: (actual + [0], predicted + [-1], n),
        lambda draw, actual, predicted, n: ([], [], draw.one_of(0, -1)),
    ],
    "attention_rollout": [
        lambda draw, attention: ([],),
        lambda draw, attention: (attention + [[]],),
        lambda draw, attention: (attention + [[wider(attention[0][0])]],),
        lambda draw, attention: (attention + [attention[0] + [wider(taller(attention[0][0]))]],),
    ],
    "rollout_picture": [
        lambda draw, rollout, across: (wider(rollout), across),
        lambda draw, rollout, across: (taller(rollout), across),
        lambda draw, rollout, across: (rollout, draw.one_of(0, -1, len(rollout))),
        lambda draw, rollout, across: (rollout[:1, :1], across),
    ],
    "occlusion": [
        lambda draw, image, w, value: (image + image[:1], w, value),
        lambda draw, image, w, value: ([taller(channel) for channel in image], w, value),
        lambda draw, image, w, value: (image, changed(w, "head", "projection", "weight", taller), value),
    ],
    "most_important": [lambda draw, drops: (drops[:0],), lambda draw, drops: (drops[:, :0],)],
}
