"""Reads an ONNX model and runs it with PyTorch: only what the recogniser of PP-OCRv4 needs.

An ONNX file is a protobuf message (https://onnx.ai/onnx/repo-docs/IR.html). The numbers below are those of its fields.
"""

import struct

import numpy
import torch
from torch.nn import functional

DTYPES = {1: "<f4", 6: "<i4", 7: "<i8", 9: "?", 11: "<f8"}


def _varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        at, value, shift = at + 1, value | (byte & 127) << shift, shift + 7
        if byte < 128:
            return value, at


def _fields(data):
    """Number and content of each field: a whole number, or bytes."""
    at = 0
    while at < len(data):
        key, at = _varint(data, at)
        if key & 7 == 0:
            value, at = _varint(data, at)
        else:
            size, at = {1: (8, at), 5: (4, at)}.get(key & 7) or _varint(data, at)
            value, at = data[at : at + size], at + size
        yield key >> 3, value


def _all(data, number):
    return [value for field, value in _fields(data) if field == number]


def _text(data):
    return bytes(data).decode()


def _integers(value):
    """Signed whole numbers, one or a packed list."""
    found, at = ([value], 0) if isinstance(value, int) else ([], 0)
    while not isinstance(value, int) and at < len(value):
        one, at = _varint(value, at)
        found.append(one)
    return [one - (1 << 64) if one >= 1 << 63 else one for one in found]


def _tensor(data):
    sides, dtype, raw, numbers = [], "<f4", None, []
    for field, value in _fields(data):
        if field == 1:
            sides += _integers(value)
        elif field == 2:
            dtype = DTYPES[value]
        elif field == 4:
            numbers += numpy.frombuffer(value, "<f4").tolist()
        elif field in (5, 7):
            numbers += _integers(value)
        elif field == 9:
            raw = value
    array = numpy.array(numbers, dtype) if raw is None else numpy.frombuffer(raw, dtype)
    return array.reshape(sides)


def _attribute(data):
    name, value, whole = "", None, []
    for field, content in _fields(data):
        if field == 1:
            name = _text(content)
        elif field == 2:
            value = struct.unpack("<f", content)[0]
        elif field == 3:
            value = _integers(content)[0]
        elif field == 5:
            value = _tensor(content)
        elif field == 8:
            whole += _integers(content)
    return name, whole if value is None else value


class Model:
    """A graph: its nodes in order (operator, inputs, outputs, attributes), its constants by name."""

    def __init__(self, path):
        (graph,) = _all(memoryview(path.read_bytes()), 7)
        self.nodes = []
        for node in _all(graph, 1):
            operator = _text(_all(node, 4)[0])
            names = [[_text(name) for name in _all(node, field)] for field in (1, 2)]
            self.nodes.append((operator, *names, dict(map(_attribute, _all(node, 5)))))
        self.constants = {out[0]: a["value"] for operator, _, out, a in self.nodes if operator == "Constant"}
        self.input = _text(_all(_all(graph, 11)[0], 1)[0])
        self.output = _text(_all(_all(graph, 12)[0], 1)[0])

    def run(self, image):
        """Every array that is computed, by name, in double."""
        values = {name: torch.from_numpy(numpy.array(array)) for name, array in self.constants.items()}
        values = {name: array.double() if array.is_floating_point() else array for name, array in values.items()}
        values[self.input] = image.double()
        for operator, inputs, outputs, attributes in self.nodes:
            if operator != "Constant":
                values[outputs[0]] = OPERATORS[operator](attributes, *(values[name] for name in inputs))
        return values


def _slice(a, x):
    for axis, start, end in zip(a["axes"], a["starts"], a["ends"]):
        x = x.narrow(axis, start, min(end, x.shape[axis]) - start)
    return x


def _squeeze(a, x):
    for axis in sorted(a["axes"], reverse=True):
        x = x.squeeze(axis)
    return x


def _convolution(a, x, kernels, bias=None):
    pads = a["pads"]
    assert pads[:2] == pads[2:]
    return functional.conv2d(x, kernels, bias, a["strides"], pads[:2], a["dilations"], a["group"])


def _average(a, x):
    assert not any(a["pads"])
    return functional.avg_pool2d(x, a["kernel_shape"], a["strides"])


OPERATORS = {
    "Add": lambda a, x, y: x + y,
    "AveragePool": _average,
    "BatchNormalization": lambda a, x, gain, bias, mean, variance: functional.batch_norm(
        x, mean, variance, gain, bias, eps=a["epsilon"]
    ),
    "Cast": lambda a, x: x.long(),  # only shapes are cast
    "Clip": lambda a, x: x.clamp(a["min"], a["max"]),
    "Concat": lambda a, *x: torch.cat(x, a["axis"]),
    "Conv": _convolution,
    "Div": lambda a, x, y: x / y,
    "GlobalAveragePool": lambda a, x: x.mean((2, 3), keepdim=True),
    "HardSigmoid": lambda a, x: (x * a["alpha"] + a["beta"]).clamp(0, 1),
    "MatMul": lambda a, x, y: x @ y,
    "Mul": lambda a, x, y: x * y,
    "Pow": lambda a, x, y: x**y,
    "ReduceMean": lambda a, x: x.mean(a["axes"], keepdim=True),
    "Relu": lambda a, x: x.relu(),
    "Reshape": lambda a, x, shape: x.reshape([n or x.shape[i] for i, n in enumerate(shape.tolist())]),
    "Shape": lambda a, x: torch.tensor(x.shape),
    "Sigmoid": lambda a, x: x.sigmoid(),
    "Slice": _slice,
    "Softmax": lambda a, x: x.softmax(a["axis"]),
    "Sqrt": lambda a, x: x.sqrt(),
    "Squeeze": _squeeze,
    "Sub": lambda a, x, y: x - y,
    "Transpose": lambda a, x: x.permute(a["perm"]),
}
