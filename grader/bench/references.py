#!/usr/bin/python3
"""The references beside PyTorch, one thread each, interleaved in one run: medians of ratios, a table in Markdown.

    grader/bench/references.py [--rounds 15] [--rows TEXT] [--blas | --eigen] [--double | --float] [--memory]

Without options float and double, with Eigen's own products and with OpenBLAS behind them (Debian's libopenblas-dev).
--rows takes the rows whose name holds TEXT. --memory tells, instead of times, what attention needs at its peak.
Needs python3-torch, g++, libeigen3-dev, and libopenblas0-pthread, which both then use.
"""
import argparse
import concurrent.futures
import ctypes
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"
import numpy as np
import torch
from torch import nn

ROOT = pathlib.Path(__file__).resolve().parents[2]
EXERCISES = ["attention", "multi_head_attention", "positional_encoding", "encoder", "transformer", "vision_transformer",
             "memory_network", "neural_turing_machine", "backpropagation", "training"]


def build(folder, in_float, blas):
    """One library a kind; its files are compiled side by side."""
    # -mtune=generic: tuned for Zen 3, g++ 12 makes Eigen's products slower by a third (87 and 62 GFLOPS in float).
    name = f"references_{in_float}_{blas}"
    flags = ["-std=c++20", "-O3", "-march=native", "-mtune=generic", "-DNDEBUG", "-fPIC", f"-I{ROOT}/common/include",
             *(f"-I{ROOT}/exercises/{id}" for id in EXERCISES), "-isystem", "/usr/include/eigen3",
             *(["-DQKV_FLOAT"] if in_float else []), *(["-DEIGEN_USE_BLAS"] if blas else [])]
    objects = {folder / f"{name}_{source.stem}.o": source
               for source in [ROOT / "grader/bench/references.cpp", *(ROOT / f"solutions/{id}/{id}.cpp" for id in EXERCISES)]}

    def compiled(item):
        subprocess.run(["g++", *flags, "-c", str(item[1]), "-o", str(item[0])], check=True)
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(compiled, objects.items()))
    library = folder / f"{name}.so"
    subprocess.run(["g++", "-shared", *map(str, objects), "-o", str(library), *(["-lopenblas"] if blas else [])], check=True)
    return ctypes.CDLL(str(library))


def attention(n, dtype, causal=False):
    query, key, value = (torch.randn(n, 64, dtype=dtype) for _ in range(3))
    hidden = torch.ones(n, n).triu(1).bool() if causal else None

    def call():
        scores = query @ key.T / 8
        if causal:
            scores = scores.masked_fill(hidden, -torch.inf)
        weights = scores.softmax(-1)
        return weights @ value, weights
    return call


def multi_head(n, dtype):
    layer, x = nn.MultiheadAttention(512, 8, batch_first=True).to(dtype).eval(), torch.randn(1, n, 512, dtype=dtype)
    return lambda: layer(x, x, x, average_attn_weights=False)


def encoder_layer(n, dtype):
    layer = nn.TransformerEncoderLayer(512, 8, 2048, batch_first=True).to(dtype).eval()
    x = torch.randn(1, n, 512, dtype=dtype)
    return lambda: layer(x)


def positions(n, d):
    angles = np.arange(n)[:, None] / 10000 ** (np.arange(0, d, 2) / d)
    table = np.empty((n, d))
    table[:, 0::2], table[:, 1::2] = np.sin(angles), np.cos(angles)
    return table


class Translator(nn.Module):
    def __init__(self, d_model, n_heads, d_ff, n_layers, vocabulary):
        super().__init__()
        self.source, self.target = nn.Embedding(vocabulary, d_model), nn.Embedding(vocabulary, d_model)
        self.register_buffer("positions", torch.tensor(positions(512, d_model)))
        self.model = nn.Transformer(d_model, n_heads, n_layers, n_layers, d_ff, dropout=0, batch_first=True)
        self.output = nn.Linear(d_model, vocabulary)
        self.scale = d_model ** 0.5

    def encode(self, source):
        return self.model.encoder(self.source(source) * self.scale + self.positions[:source.shape[1]])

    def decode(self, memory, target):
        n = target.shape[1]
        x = self.target(target) * self.scale + self.positions[:n]
        return self.output(self.model.decoder(x, memory, torch.ones(n, n).triu(1).bool()))


def transformer(n, dtype):
    model = Translator(512, 8, 2048, 6, 1000).to(dtype).eval()
    source, target = torch.randint(1, 1000, (1, n)), torch.randint(1, 1000, (1, n))
    return lambda: model.decode(model.encode(source), target)


def greedy(n, dtype):
    model, source = Translator(64, 4, 256, 2, 100).to(dtype).eval(), torch.randint(1, 100, (1, 10))

    def call():
        memory, target = model.encode(source), torch.tensor([[1]])
        for _ in range(n):
            target = torch.cat([target, model.decode(memory, target)[:, -1:].argmax(-1)], 1)
        return target
    return call


def training_step(_, dtype):
    """All eight sentences at once, as one would."""
    with torch.enable_grad():
        model = Translator(16, 2, 32, 1, 8).to(dtype)
    adam = torch.optim.Adam(model.parameters(), lr=1e-3, betas=(0.9, 0.98), eps=1e-9)
    source, target = torch.randint(1, 8, (8, 4)), torch.randint(1, 8, (8, 5))
    read = torch.cat([torch.zeros(8, 1, dtype=torch.long), target[:, :-1]], 1)

    def call():
        with torch.enable_grad():
            adam.zero_grad()
            scores = model.decode(model.encode(source), read)
            nn.functional.cross_entropy(scores.flatten(0, 1), target.flatten(), label_smoothing=0.1).backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1)
        adam.step()
    return call


def vision(_, dtype):
    class Vision(nn.Module):
        def __init__(self):
            super().__init__()
            self.patches = nn.Conv2d(3, 192, 16, 16)
            self.token, self.positions = nn.Parameter(torch.randn(1, 1, 192)), nn.Parameter(torch.randn(197, 192))
            self.layers = nn.ModuleList(nn.TransformerEncoderLayer(192, 3, 768, 0, "gelu", batch_first=True, norm_first=True)
                                        for _ in range(12))
            self.norm, self.head = nn.LayerNorm(192), nn.Linear(192, 1000)

        def forward(self, image):
            x = torch.cat([self.token, self.patches(image).flatten(2).transpose(1, 2)], 1) + self.positions
            for layer in self.layers:
                x = layer(x)
            return self.head(self.norm(x[:, 0]))
    model, image = Vision().to(dtype).eval(), torch.randn(1, 3, 224, 224, dtype=dtype)
    return lambda: model(image)


def memory_network(_, dtype):
    story, question = torch.randint(1, 40, (10, 6)), torch.randint(1, 40, (4,))
    tables, temporal = torch.randn(4, 40, 20, dtype=dtype) / 10, torch.randn(4, 10, 20, dtype=dtype) / 10

    def weighting(words):
        j, k = torch.arange(1, words + 1, dtype=dtype)[:, None] / words, torch.arange(1, 21, dtype=dtype) / 20
        return (1 - j) - k * (1 - 2 * j)
    by_sentence, by_question = weighting(6), weighting(4)

    def call():
        memories = [(table[story] * by_sentence).sum(1) + times.flip(0) for table, times in zip(tables, temporal)]
        u = (tables[0][question] * by_question).sum(0)
        for into, out in zip(memories, memories[1:]):
            u = u + (into @ u).softmax(0) @ out
        return tables[-1] @ u
    return call


def address(_, dtype):
    memory, key = torch.randn(128, 20, dtype=dtype), torch.randn(20, dtype=dtype)
    previous, shift = torch.full((128,), 1 / 128, dtype=dtype), torch.tensor([.2, .6, .2], dtype=dtype)

    def call():
        content = (2 * torch.cosine_similarity(memory, key[None], -1)).softmax(0)
        gated = .7 * content + .3 * previous
        shifted = shift[0] * gated.roll(-1) + shift[1] * gated + shift[2] * gated.roll(1)
        powers = shifted ** 1.5
        return powers / powers.sum()
    return call


def write(n, dtype):
    memory, weights = torch.randn(n, 64, dtype=dtype), torch.full((n,), 1 / n, dtype=dtype)
    erase, add = torch.full((64,), .5, dtype=dtype), torch.randn(64, dtype=dtype)
    return lambda: memory * (1 - torch.outer(weights, erase)) + torch.outer(weights, add)


def elementwise(function):
    def prepare(n, dtype):
        x = torch.randn(n, 2048, dtype=dtype)
        return lambda: function(x)
    return prepare


def layer_norm(n, dtype):
    x, norm = torch.randn(n, 512, dtype=dtype), nn.LayerNorm(512).to(dtype)
    return lambda: norm(x)


# name, sizes, PyTorch's
ROWS = [
    ("attention", [128, 512, 1024, 2048, 4096], attention),
    ("causal attention", [512, 2048], lambda n, dtype: attention(n, dtype, causal=True)),
    ("multi-head attention", [128, 512], multi_head),
    ("layer norm", [512], layer_norm),
    ("relu", [512], elementwise(torch.relu)),
    ("gelu", [512], elementwise(nn.functional.gelu)),
    ("encoder layer", [128, 512], encoder_layer),
    ("Transformer base", [64], transformer),
    ("ViT-tiny", [224], vision),
    ("training step", [8], training_step),
    ("greedy decoding", [10], greedy),
    ("memory network", [10], memory_network),
    ("NTM address", [128], address),
    ("NTM write", [128, 4096], write),
    ("sinusoidal table", [2048], lambda n, _: lambda: positions(n, 512)),
]


def seconds(call, times):
    start = time.perf_counter()
    for _ in range(times):
        call()
    return (time.perf_counter() - start) / times


def compare(ours, theirs, rounds):
    """Medians of our milliseconds, of theirs, and of the ratios of neighbours in time."""
    for call in (ours, theirs):
        call()
    times = max(1, int(0.01 / max(seconds(ours, 1), seconds(theirs, 1))))
    pairs = [(seconds(ours, times), seconds(theirs, times)) for _ in range(rounds)]
    middle = statistics.median
    return 1e3 * middle(a for a, _ in pairs), 1e3 * middle(b for _, b in pairs), middle(a / b for a, b in pairs)


def times(arguments, libraries):
    kinds = list(libraries)
    print("| row | size | " + " | ".join(f"{kind}: ours ms | PyTorch ms | ratio" for kind in kinds) + " |")
    print("|---|---|" + "---|" * (3 * len(kinds)))
    for name, sizes, prepare in ROWS:
        if arguments.rows not in name:
            continue
        for size in sizes:
            cells = []
            for library, dtype in libraries.values():
                number, theirs = library.qkv_prepare(name.encode(), ctypes.c_long(size)), prepare(size, dtype)
                ours_ms, theirs_ms, ratio = compare(lambda: library.qkv_call(number), theirs, arguments.rounds)
                cells.append(f"{ours_ms:.3g} | {theirs_ms:.3g} | {ratio:.2f}")
            print(f"| {name} | {size} | " + " | ".join(cells) + " |", flush=True)


def kilobytes(name):
    return next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith(name))


def memory(libraries):
    """The most that one call adds to the process, in MB and in T x T matrices; each in a process of its own."""
    print("| attention, T | kind | ours MB | ours / T x T | PyTorch MB | PyTorch / T x T |")
    print("|---|---|---|---|---|---|")
    for size in (1024, 2048, 4096):
        for kind, (library, dtype) in libraries.items():
            square = size * size * (4 if dtype == torch.float32 else 8) / 2 ** 20
            cells = []
            for of_torch in (False, True):
                read, written = os.pipe()
                if os.fork() == 0:
                    number = library.qkv_prepare(b"attention", ctypes.c_long(size))
                    call = attention(size, dtype) if of_torch else lambda: library.qkv_call(number)
                    pathlib.Path("/proc/self/clear_refs").write_text("5")  # the peak is counted from here
                    before = kilobytes("VmRSS")
                    call()
                    os.write(written, str(kilobytes("VmHWM") - before).encode())
                    os._exit(0)
                os.wait()
                peak = int(os.read(read, 100)) / 1024
                cells.append(f"{peak:.0f} | {peak / square:.1f}")
            print(f"| {size} | {kind} | " + " | ".join(cells) + " |", flush=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--rows", default="")
    parser.add_argument("--blas", action="store_true", help="with OpenBLAS only")
    parser.add_argument("--eigen", action="store_true", help="with Eigen's own products only")
    parser.add_argument("--float", action="store_true")
    parser.add_argument("--double", action="store_true")
    parser.add_argument("--memory", action="store_true")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    torch.set_grad_enabled(False)
    torch.manual_seed(1)
    with tempfile.TemporaryDirectory() as folder:
        libraries = {}
        for in_float in (True, False):
            if in_float and arguments.double or not in_float and arguments.float:
                continue
            for blas in (False, True):
                if blas and arguments.eigen or not blas and arguments.blas:
                    continue
                kind = ("float" if in_float else "double") + (", OpenBLAS" if blas else ", Eigen")
                libraries[kind] = (build(pathlib.Path(folder), in_float, blas),
                                   torch.float32 if in_float else torch.float64)
        # The name alone ("AMD EPYC") may stand for several generations.
        facts = dict(map(str.strip, line.split(":", 1)) for line in open("/proc/cpuinfo") if ":" in line)
        processor = f"{facts['model name']} (family {facts['cpu family']}, model {facts['model']})"
        compiler = subprocess.run(["g++", "-dumpfullversion"], capture_output=True, text=True).stdout.strip()
        print(f"{processor}, g++ {compiler} -O3 -march=native -mtune=generic, PyTorch {torch.__version__}, one thread, "
              f"{time.strftime('%F')}, medians of {arguments.rounds} rounds\n")
        memory(libraries) if arguments.memory else times(arguments, libraries)


if __name__ == "__main__":
    sys.exit(main())
