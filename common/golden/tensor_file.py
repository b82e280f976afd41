"""Reads and writes safetensors files: golden values, and the weights of practical cases."""

import json
import struct

import numpy

KINDS = {"F64": "<f8", "F32": "<f4", "F16": "<f2", "I32": "<i4", "U8": "u1", "BOOL": "?"}


def write(path, arrays):
    """Each array as what it is. The widest numbers come first, so that each array begins at a multiple of its width."""
    names = {numpy.dtype(kind): name for name, kind in KINDS.items()}
    header, data = {}, b""
    for name, array in sorted(arrays.items(), key=lambda item: (-item[1].itemsize, item[0])):
        raw = numpy.ascontiguousarray(array).tobytes()
        offsets = [len(data), len(data) + len(raw)]
        header[name] = {"dtype": names[array.dtype], "shape": list(array.shape), "data_offsets": offsets}
        data += raw
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)


def read(path):
    raw = path.read_bytes()
    size = struct.unpack("<Q", raw[:8])[0]
    arrays = {}
    for name, entry in json.loads(raw[8 : 8 + size]).items():
        begin, end = entry["data_offsets"]
        values = numpy.frombuffer(raw[8 + size + begin : 8 + size + end], KINDS[entry["dtype"]])
        arrays[name] = values.reshape(entry["shape"])
    return arrays
