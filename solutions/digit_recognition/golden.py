"""Golden values of `digit_recognition`, computed by PyTorch in float64 from the trained float32 weights."""

import pathlib
import sys

import torch
from torch import nn

HERE = pathlib.Path(__file__).resolve()
sys.path[:0] = [str(HERE.parents[2] / "common" / "golden"), str(HERE.parent)]
import golden  # noqa: E402
import golden_torch  # noqa: E402
import tensor_file  # noqa: E402
import train  # noqa: E402
from golden_torch import encoder_layer, named  # noqa: E402

torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)


def attention_of(layer, tokens):
    """The weights of each head of an nn.TransformerEncoderLayer in pre-norm order."""
    normal = layer.norm1(tokens)
    return layer.self_attn(normal, normal, normal, average_attn_weights=False)[1]


def trace(layers, tokens):
    """z_0, ..., z_L and each layer's attention (heads x n_tokens x n_tokens), of a batch of one."""
    passed, attention = [tokens], []
    for layer in layers:
        attention.append(attention_of(layer, passed[-1])[0])
        passed.append(layer(passed[-1]))
    return passed, attention


def rollout_of(attention):
    """Abnar and Zuidema 2020, section 3."""
    product = torch.eye(attention[0].shape[-1])
    for weights in attention:
        mixed = 0.5 * weights.mean(0) + 0.5 * torch.eye(weights.shape[-1])
        product = mixed / mixed.sum(1, keepdim=True) @ product
    return product


def picture_of(rollout, across):
    patches = rollout[0, 1:]
    return (patches / patches.sum()).reshape(-1, across)


def drops_of(classify, image, patch_size, value):
    """Label, its probability, and what is lost of it where a patch is hidden; image: 1 x channels x height x width."""
    first = torch.softmax(classify(image)[0], 0)
    label, (down, across) = int(first.argmax()), (side // patch_size for side in image.shape[2:])
    drops = torch.zeros(down, across)
    for r in range(down):
        for k in range(across):
            hidden = image.clone()
            hidden[:, :, r * patch_size : (r + 1) * patch_size, k * patch_size : (k + 1) * patch_size] = value
            drops[r, k] = first[label] - torch.softmax(classify(hidden)[0], 0)[label]
    return label, first[label].reshape(1), drops


def store(arrays, name, passed, attention):
    arrays |= {f"{name}/tokens/{i}": tokens[0] for i, tokens in enumerate(passed)}
    for i, weights in enumerate(attention):
        arrays |= {f"{name}/attention/{i}/{h}": head for h, head in enumerate(weights)}


# ------------------------------------------------------------------------------ the trained model

arrays = {}
model_file = tensor_file.read(train.MODEL)
model, labels = train.loaded(model_file), torch.tensor(model_file["test/labels"].astype("int64"))
scale = model_file["pixels/mean"][0], model_file["pixels/deviation"][0]
images = train.images_of(model_file["test/pixels"], scale, torch.float64)
black = -float(scale[0]) / float(scale[1])
with torch.no_grad():
    logits = model(images)
    arrays["predicted"] = logits.argmax(1)
    arrays["logits"] = logits[:60]
    arrays["normalised"] = images[:7].reshape(7, 64)
    arrays["counts"] = torch.zeros(10, 10).index_put((labels, logits.argmax(1)), torch.ones(()), accumulate=True)
    arrays["accuracy"] = (logits.argmax(1) == labels).double().mean().reshape(1)
    for name, number in (("first", 0), ("third", 2)):
        passed, attention = trace(model.encoder.layers, model.embed(images[number : number + 1]))
        assert torch.allclose(model.head(model.norm(passed[-1][:, 0])), logits[number : number + 1], atol=1e-12)
        if name == "first":
            store(arrays, name, passed, attention)
        else:
            arrays[name + "/encoded"] = passed[-1][0]
        arrays[name + "/rollout"] = rollout_of(attention)
        arrays[name + "/picture"] = picture_of(rollout_of(attention), 4)
        label, probability, drops = drops_of(model, images[number : number + 1], 2, 0.0)
        arrays |= {name + "/probability": probability, name + "/drops": drops}
        arrays[name + "/drops_black"] = drops_of(model, images[number : number + 1], 2, black)[2]

    # The first image of which some hidden patch changes the answer.
    for number in range(60):
        hidden = [model(images[number : number + 1].index_put((torch.tensor(0), torch.tensor(0), *at), torch.tensor(0.0, dtype=torch.float64)))
                  for at in [torch.meshgrid(torch.arange(2 * r, 2 * r + 2), torch.arange(2 * k, 2 * k + 2), indexing="ij") for r in range(4) for k in range(4)]]
        if any(one.argmax() != logits[number].argmax() for one in hidden):
            break
    label, probability, drops = drops_of(model, images[number : number + 1], 2, 0.0)
    arrays |= {"unsure/number": torch.tensor([float(number)]), "unsure/probability": probability, "unsure/drops": drops}

# ----------------------------------------- a small one: 2 channels of 4 x 6 pixels, d_model 4, 2 heads

numbers = golden_torch.Numbers(2020)


def linear(d_in, d_out):
    return {"weight": numbers(d_in, d_out) / 2, "bias": numbers(d_out) / 4}


def norm(epsilon):
    return {"gain": 1 + numbers(4) / 4, "bias": numbers(4) / 4, "epsilon": torch.tensor([epsilon])}


def small_layer(epsilon):
    parts = {name: linear(4, 4) for name in ("query", "key", "value", "output")}
    parts |= {"inner": linear(4, 5), "outer": linear(5, 4)}
    return parts | {"attention_norm": norm(epsilon), "feed_forward_norm": norm(0.25)}


def classifier(embedding, layers, head):
    """For a batch of one; weights as dictionaries of the kit's names."""

    def embed(image):
        rows = nn.functional.unfold(image, 2, stride=2)[0].T @ embedding["projection"]["weight"]
        rows = torch.cat([embedding["class_token"][None], rows + embedding["projection"]["bias"]])
        return (rows + embedding["positions"])[None]

    def finish(tokens):
        last = nn.functional.layer_norm(tokens[:, 0], (4,), head["norm"]["gain"], head["norm"]["bias"],
                                        head["norm"]["epsilon"].item())
        return last @ head["projection"]["weight"] + head["projection"]["bias"]

    return embed, finish, lambda image: finish(trace(layers, embed(image))[0][-1])


embedding = {"projection": linear(8, 4), "class_token": numbers(4), "positions": numbers(7, 4) / 2}
parts = [small_layer(0.125), small_layer(1e-5)]
head = {"norm": norm(0.0625), "projection": linear(4, 3)}
small_image = numbers(1, 2, 4, 6)
arrays |= named("small/embedding", {"projection": embedding["projection"]}) | named("small/head", head)
arrays |= {f"small/embedding/{name}": embedding[name] for name in ("class_token", "positions")}
for i, each in enumerate(parts):
    arrays |= named(f"small/layer{i}", each)
arrays |= {f"small/image/{c}": channel for c, channel in enumerate(small_image[0])}
with torch.no_grad():
    embed, finish, classify = classifier(embedding, [encoder_layer(each, 2, "pre", "gelu").eval() for each in parts], head)
    passed, attention = trace([encoder_layer(each, 2, "pre", "gelu").eval() for each in parts], embed(small_image))
    store(arrays, "small", passed, attention)
    arrays["small/logits"] = finish(passed[-1])[0]
    arrays["small/rollout"] = rollout_of(attention)
    label, probability, drops = drops_of(classify, small_image, 2, -1.5)
    arrays |= {"small/label": torch.tensor([label]), "small/probability": probability, "small/drops": drops}
    assert (drops < 0).any() and (drops > 0).any()

# -------------------------------- the statement's example: that of vision_transformer, attention is the mean

example = torch.tensor([
    [[1, 1, 0, 4, 2, 2], [1, 1, 0, 4, 2, 2], [0, 2, 3, 3, 0, 0], [0, 2, 3, 3, 0, 0]],
    [[0, 0, 1, 1, 0, 0], [0, 0, 1, 1, 0, 0], [4, 4, 0, 0, 1, 3], [0, 0, 0, 0, 1, 3.0]],
])[None]
kernels = torch.tensor([[.25] * 4 + [0] * 4, [0] * 4 + [.25] * 4, [-.5, .5, -.5, .5] + [0] * 4, [0] * 4 + [.5, .5, -.5, -.5]])
positions = torch.tensor([
    [1, 0, -2, 1], [0.5, 0, 0, 0], [0, 0.5, 0, 0], [0, 0, 0.5, 0], [0, 0, 0, 0.5], [-0.5, 0, 0, 0], [0, -0.5, 0, 0]
])
to_classes = torch.tensor([[1, 0, -1], [0, 1, 0], [2, 0, 1], [0, -1, 1.0]])


def example_tokens(image):
    rows = nn.functional.unfold(image, 2, stride=2)[0].T @ kernels.T + torch.tensor([0, 0, 1, 0.0])
    tokens = torch.cat([torch.tensor([[1, 0, 0, -1.0]]), rows]) + positions
    return tokens + nn.functional.layer_norm(tokens, (4,)).mean(0)


def example_logits(image):
    last = nn.functional.layer_norm(example_tokens(image)[:1], (4,))
    return last @ to_classes + torch.tensor([3, 0, -1.0])


arrays["example/last"] = example_tokens(example)
arrays["example/logits"] = example_logits(example)[0]
label, probability, drops = drops_of(example_logits, example, 2, 0.0)
arrays |= {"example/probability": probability, "example/drops": drops}

golden.main("digit_recognition", {name: array.detach() for name, array in arrays.items()})
