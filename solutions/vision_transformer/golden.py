"""Golden values of `vision_transformer`, computed by PyTorch in float64."""

import pathlib
import sys

import torch
from torch import nn

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "common" / "golden"))
import golden  # noqa: E402
import golden_torch  # noqa: E402
from golden_torch import encoder_layer, fill_linear, fill_norm, named  # noqa: E402

torch.set_default_dtype(torch.float64)
numbers = golden_torch.Numbers(2021)

# Images of 3 channels, 8 pixels high and 10 wide, in 4 rows of 5 patches; 12 numbers a patch.
n_channels, height, width, patch_size = 3, 8, 10, 2
n_patches, d_patch = height // patch_size * (width // patch_size), n_channels * patch_size**2
# d_model = 6 in 3 heads, d_ff = 11, 3 layers, 7 classes.
d_model, n_heads, d_ff, n_layers, n_classes = 6, 3, 11, 3, 7


def linear(d_in, d_out):
    return {"weight": numbers(d_in, d_out) / 4, "bias": numbers(d_out) / 4}


def norm(epsilon):
    return {"gain": 1 + numbers(d_model) / 4, "bias": numbers(d_model) / 4, "epsilon": torch.tensor([epsilon])}


def layer(attention_epsilon, feed_forward_epsilon):
    parts = {name: linear(d_model, d_model) for name in ("query", "key", "value", "output")}
    parts |= {"inner": linear(d_model, d_ff), "outer": linear(d_ff, d_model)}
    return parts | {"attention_norm": norm(attention_epsilon), "feed_forward_norm": norm(feed_forward_epsilon)}


# ------------------------------------------------------------------------------------- PyTorch


def torch_layer(parts):
    return encoder_layer(parts, n_heads, "pre", "gelu")


class VisionTransformer(nn.Module):
    """A Vision Transformer from parts of torch.nn, for a batch of images (batch x channels x height x width)."""

    def __init__(self, embedding, layers, head):
        super().__init__()
        self.patches = nn.Conv2d(n_channels, d_model, patch_size, stride=patch_size)
        self.patches.weight.data = embedding["projection"]["weight"].T.reshape(self.patches.weight.shape).contiguous()
        self.patches.bias.data = embedding["projection"]["bias"]
        self.class_token = nn.Parameter(embedding["class_token"])
        self.positions = nn.Parameter(embedding["positions"])
        self.encoder = nn.TransformerEncoder(torch_layer(layers[0]), len(layers), enable_nested_tensor=False)
        self.encoder.layers = nn.ModuleList(torch_layer(parts) for parts in layers)
        self.norm = fill_norm(nn.LayerNorm(d_model), head["norm"])
        self.head = nn.Linear(d_model, n_classes)
        fill_linear(self.head, head["projection"])

    def project(self, images):
        return self.patches(images).flatten(2).transpose(1, 2)  # batch x n_patches x d_model

    def embed(self, images):
        first = self.class_token.expand(len(images), 1, d_model)
        return torch.cat([first, self.project(images)], dim=1) + self.positions

    def classify(self, encoded):
        return self.head(self.norm(encoded[:, 0]))

    def forward(self, images):
        return self.classify(self.encoder(self.embed(images)))


# ------------------------------------------------------------------------------------ the values

embedding = {
    "projection": linear(d_patch, d_model),
    "class_token": numbers(d_model),
    "positions": numbers(1 + n_patches, d_model) / 2,
}
layers = [layer(0.1, 1e-5), layer(0.0625, 0.25), layer(1e-5, 0.5)]
head = {"norm": norm(0.125), "projection": linear(d_model, n_classes)}
model = VisionTransformer(embedding, layers, head).eval()
arrays = named("embedding", {"projection": embedding["projection"]}) | named("head", head)
arrays |= {f"embedding/{name}": embedding[name] for name in ("class_token", "positions")}
for i, parts in enumerate(layers):
    arrays |= named(f"layer{i}", parts)

# Two images. A batch in PyTorch is n_images x n_channels x height x width; here each channel has a name.
images = numbers(2, n_channels, height, width)
for name, image in zip(("image", "other"), images):
    arrays |= {f"{name}/{c}": channel for c, channel in enumerate(image)}
    arrays[f"{name}/patches"] = nn.Unfold(patch_size, stride=patch_size)(image[None])[0].T
    arrays[f"{name}/projected"] = model.project(image[None])[0]
    arrays[f"{name}/tokens"] = model.embed(image[None])[0]
    arrays[f"{name}/logits"] = model(image[None])[0]
arrays["image/encoded"] = model.encoder(model.embed(images[:1]))[0]
arrays["other/encoded"] = model.encoder(model.embed(images[1:]))[0]
arrays["image/without_layers"] = model.classify(model.embed(images[:1]))[0]
arrays["image/one_layer"] = model.classify(model.encoder.layers[0](model.embed(images[:1])))[0]

# Larger patches of a wider image: 3 x 3 pixels, 2 rows of 4.
tiles = numbers(2, 6, 12)
arrays |= {f"tiles/{c}": channel for c, channel in enumerate(tiles)}
arrays["tiles/patches"] = nn.Unfold(3, stride=3)(tiles[None])[0].T

# Scores of 11 classes and what torch.topk makes of them.
scores = numbers(11) * 2
scores[3] = 4.25
assert scores.unique().numel() > 7
probabilities, labels = torch.softmax(scores, 0).topk(4)
arrays |= {"scores": scores, "scores/labels": labels, "scores/probabilities": probabilities}

# The statement's example: attention is the mean of all tokens, the feed-forward network returns zeros.
tokens = torch.tensor(
    [[2, 0, -2, 0], [1.5, 0, 1, 0], [2, 1.5, 5, 0], [2, 0, 1.5, 0], [1, 2, 3, 4.5], [2.5, 0, 1, 0], [0, 1.5, 1, 0]]
)
encoded = tokens + nn.functional.layer_norm(tokens, (4,)).mean(0)
to_classes = torch.tensor([[1, 0, -1], [0, 1, 0], [2, 0, 1], [0, -1, 1.0]])
logits = nn.functional.layer_norm(encoded[0], (4,)) @ to_classes + torch.tensor([3, 0, -1])
arrays |= {"example/encoded": encoded, "example/logits": logits, "example/probabilities": torch.softmax(logits, 0)}

golden.main(
    "vision_transformer",
    {name: array.detach() if isinstance(array, torch.Tensor) else array for name, array in arrays.items()},
)
