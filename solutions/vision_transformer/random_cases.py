"""Random cases of `vision_transformer`; what is expected comes from PyTorch."""

import expected
import numpy
import torch
from drawn import changed, drawn_layer, drawn_linear, drawn_norm
from random_runs import Case, taller, wider


def drawn_image(draw, n_channels, patch_size):
    """A list of channels, each a few patches high and wide."""
    sides = patch_size * draw.size(1, 4), patch_size * draw.size(1, 4)
    return [draw.matrix(*sides) for _ in range(n_channels)]


def patches_of(image, patch_size):
    pixels = torch.tensor(numpy.array(image))[None]
    return torch.nn.functional.unfold(pixels, patch_size, stride=patch_size)[0].T


def image_to_patches(draw):
    patch_size = draw.size(1, 4)
    image = drawn_image(draw, draw.size(1, 4), patch_size)
    return Case([image, patch_size], patches_of(image, patch_size))


def drawn_embedding(draw, n_patches, d_patch, d_model):
    projection, positions = drawn_linear(draw, d_patch, d_model), draw.matrix(1 + n_patches, d_model)
    return {"projection": projection, "class_token": draw.matrix(d_model), "positions": positions}


def tokens_of(patches, weights):
    first = torch.tensor(weights["class_token"])[None]
    return torch.cat([first, expected.linear(patches, weights["projection"])]) + torch.tensor(weights["positions"])


def embed_patches(draw):
    patches = draw.matrix(draw.size(), draw.size())
    weights = drawn_embedding(draw, *patches.shape, draw.size())
    return Case([patches, weights], tokens_of(patches, weights))


def drawn_head(draw, d_model):
    return {"norm": drawn_norm(draw, d_model), "projection": drawn_linear(draw, d_model, draw.size())}


def logits_of(encoded, head):
    return expected.linear(expected.norm(encoded[:1], head["norm"]), head["projection"])[0]


def class_logits(draw):
    encoded = draw.matrix(draw.size(), draw.size())
    head = drawn_head(draw, encoded.shape[1])
    return Case([encoded, head], logits_of(encoded, head))


def vision_transformer(draw):
    n_heads, patch_size = draw.size(1, 3), draw.size(1, 3)
    d_model, image = n_heads * draw.size(1, 3), drawn_image(draw, draw.size(1, 3), patch_size)
    patches = patches_of(image, patch_size)
    weights = {
        "patch_size": patch_size,
        "embedding": drawn_embedding(draw, *patches.shape, d_model),
        "layers": [drawn_layer(draw, d_model, n_heads) for _ in range(draw.size(0, 3))],
        "head": drawn_head(draw, d_model),
    }
    tokens = tokens_of(patches, weights["embedding"])
    for layer in weights["layers"]:
        tokens = expected.torch_encoder_layer(tokens, layer, 1, 1)  # pre-norm, GELU
    return Case([image, weights], logits_of(tokens, weights["head"]))


def top_k(draw):
    """Of equal logits the lower label comes first, which torch.topk does not promise; a stable sort does."""
    n_classes = draw.size(1, 20)
    kind = draw.one_of("ordinary", "equal", "large", "far below", "huge", "last digits")
    logits = draw.whole(n_classes) if kind in ("equal", "huge") else draw.matrix(n_classes)
    logits *= {"large": 1000, "huge": 2.0**1020}.get(kind, 1)
    logits -= 2.0**40 if kind == "far below" else 0
    if kind == "last digits":
        logits = 1 + draw.random.integers(0, 4, n_classes) * 2.0**-52
    k = draw.between(1, n_classes)
    probabilities, labels = torch.softmax(torch.tensor(logits), 0), numpy.argsort(-logits, kind="stable")[:k]
    best = [{"label": int(label), "probability": float(probabilities[label])} for label in labels]
    return Case([logits, k], best)


misfits = {
    "image_to_patches": [
        lambda draw, image, patch_size: ([], patch_size),
        lambda draw, image, patch_size: (image, draw.one_of(0, -1)),
        lambda draw, image, patch_size: (image, 1 + max(image[0].shape)),
        lambda draw, image, patch_size: (image + [wider(image[0])], patch_size),
        lambda draw, image, patch_size: ([wider(c) for c in image], patch_size) if patch_size > 1 else None,
        lambda draw, image, patch_size: ([taller(c) for c in image], patch_size) if patch_size > 1 else None,
    ],
    "embed_patches": [
        lambda draw, patches, w: (wider(patches), w),
        lambda draw, patches, w: (taller(patches), w),
        lambda draw, patches, w: (patches, changed(w, "class_token", wider)),
        lambda draw, patches, w: (patches, changed(w, "positions", wider)),
        lambda draw, patches, w: (patches, changed(w, "positions", taller)),
        lambda draw, patches, w: (patches, changed(w, "projection", "bias", wider)),
    ],
    "class_logits": [
        lambda draw, encoded, head: (encoded[:0], head),
        lambda draw, encoded, head: (wider(encoded), head),
        lambda draw, encoded, head: (encoded, changed(head, "norm", "gain", wider)),
        lambda draw, encoded, head: (encoded, changed(head, "projection", "weight", taller)),
    ],
    "vision_transformer": [
        lambda draw, image, w: (image + image[:1], w),
        lambda draw, image, w: (image, w | {"patch_size": draw.one_of(0, -1)}),
        lambda draw, image, w: (image, changed(w, "embedding", "positions", taller)),
        lambda draw, image, w: (image, changed(w, "head", "norm", "bias", wider)),
        lambda draw, image, w: (
            (image, w | {"layers": [changed(w["layers"][0], "attention", "key", "weight", taller)]})
            if w["layers"] else None
        ),
    ],
    "top_k": [
        lambda draw, logits, k: (logits, draw.one_of(0, -1)),
        lambda draw, logits, k: (logits, len(logits) + 1),
    ],
}
