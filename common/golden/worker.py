"""Calls the C++ reference of an exercise from Python: starts its worker and speaks frames with it, as wire/frame.hpp
and wire/codec.hpp describe them.

Values in Python:

    int, bool, enum     int                     float                 float, or NumPy's
    Matrix, RowVector   arrays of 2, 1 axes     Mask, vector<bool>    arrays of bool, of 2 and 1 axes
    vector              list                    optional              Optional(value or None)
    struct              dict, its fields in the order of QKV_FIELDS
    string              str, sent as UTF-8
"""

import json
import os
import pathlib
import re
import socket
import struct
import subprocess
import sys
from collections import namedtuple

import numpy

ROOT = pathlib.Path(__file__).resolve().parents[2]
MAGIC = 0x716B7600 + 8  # of a build with double
CALL, VALUE, EXCEPTION = 1, 2, 3
INTEGER, SCALAR, TEXT, MATRIX, ROW_VECTOR, MASK, FLAGS, LIST, OPTIONAL = range(9)
ELEMENTS = {MATRIX: "<f8", ROW_VECTOR: "<f8", MASK: "?", FLAGS: "?"}

Optional = namedtuple("Optional", "value")


class Refused(Exception):
    """The function threw; `invalid_argument` says whether it was std::invalid_argument."""

    def __init__(self, kind, message, invalid_argument):
        super().__init__(f"{kind}: {message}")
        self.invalid_argument = invalid_argument


def flatten(value):
    """What crosses the channel for a value, in order: kinds, each with an integer, a number or an array."""
    if isinstance(value, dict):
        for field in value.values():
            yield from flatten(field)
    elif isinstance(value, list):
        yield LIST, len(value)
        for element in value:
            yield from flatten(element)
    elif isinstance(value, str):
        yield TEXT, value
    elif isinstance(value, Optional):
        yield OPTIONAL, int(value.value is not None)
        if value.value is not None:
            yield from flatten(value.value)
    elif isinstance(value, (bool, int, numpy.integer)):
        yield INTEGER, int(value)
    elif isinstance(value, (float, numpy.floating)):
        yield SCALAR, value
    else:
        array = numpy.asarray(value)
        truths = array.dtype == bool
        yield [(ROW_VECTOR, MATRIX), (FLAGS, MASK)][truths][array.ndim - 1], array


def _encode(kind, value):
    head = bytes([kind])
    if kind == INTEGER:
        return head + struct.pack("<q", value)
    if kind == SCALAR:
        return head + struct.pack("<d", value)
    if kind == LIST:
        return head + struct.pack("<Q", value)
    if kind == OPTIONAL:
        return head + bytes([value])
    if kind == TEXT:
        return head + struct.pack("<Q", len(value.encode())) + value.encode()
    sides = {ROW_VECTOR: (1, *value.shape)}.get(kind, value.shape)
    return head + struct.pack(f"<{len(sides)}Q", *sides) + numpy.ascontiguousarray(value, ELEMENTS[kind]).tobytes()


def _decode(data):
    """The kinds and values of a reply."""
    at = 0

    def take(layout):
        nonlocal at
        values = struct.unpack_from(layout, data, at)
        at += struct.calcsize(layout)
        return values

    while at < len(data):
        (kind,) = take("<B")
        if kind in ELEMENTS:
            sides = take("<Q" if kind == FLAGS else "<QQ")
            count, size = int(numpy.prod(sides)), numpy.dtype(ELEMENTS[kind]).itemsize
            array = numpy.frombuffer(data, ELEMENTS[kind], count, at) if count else numpy.zeros(0, ELEMENTS[kind])
            at += count * size
            yield kind, array.reshape(sides[1:] if kind == ROW_VECTOR else sides)
        elif kind == TEXT:
            (size,) = take("<Q")
            yield kind, take(f"{size}s")[0].decode(errors="replace")
        else:
            yield kind, take({INTEGER: "<q", SCALAR: "<d", LIST: "<Q", OPTIONAL: "<B"}[kind])[0]


def functions(exercise):
    """The names of the graded functions."""
    remote = (ROOT / "exercises" / exercise / "remote.hpp").read_text()
    return re.findall(rf"QKV_REMOTE\({exercise}, (\w+)\)", remote)


def command(exercise):
    """Builds the worker of the reference and returns the command that starts it."""
    folder = pathlib.Path(os.environ.get("QKV_BUILD_DIR") or ROOT / "build") / "dev" / "exercises" / exercise
    settings = folder / "reference.json"
    settings.unlink(missing_ok=True)  # of another build
    # Its points do not matter here: 1 says that some are missing.
    graded = subprocess.run([ROOT / "grade", "run", "--solutions", exercise], stdout=subprocess.DEVNULL)
    if graded.returncode > 1 or not settings.exists():
        sys.exit(f"./grade run --solutions {exercise} left no worker, see what it says above")
    return json.loads(settings.read_text())["worker"]


class Worker:
    """The worker of a reference. It lives until `close`; its computing time is limited, so take one a function."""

    def __init__(self, its_command):
        self.channel, theirs = socket.socketpair()
        files = [(os.POSIX_SPAWN_OPEN, 0, "/dev/null", os.O_RDONLY, 0), (os.POSIX_SPAWN_DUP2, theirs.fileno(), 3)]
        self.process = os.posix_spawn(its_command[0], its_command, {}, file_actions=files)
        theirs.close()
        self.calls = 0
        self._receive(1)  # the walls stand, the worker begins

    def _receive(self, size):
        data = b""
        while len(data) < size:
            more = self.channel.recv(size - len(data))
            if not more:
                raise RuntimeError("the worker of the reference ended")
            data += more
        return data

    def call(self, function, arguments):
        """The kinds and values of what the function returns. Raises Refused."""
        name = function.encode()
        request = bytes([TEXT]) + struct.pack("<Q", len(name)) + name
        request += b"".join(_encode(*part) for argument in arguments for part in flatten(argument))
        self.calls += 1
        self.channel.sendall(struct.pack("<IIQQ", MAGIC, CALL, self.calls, len(request)) + request)
        magic, kind, call, size = struct.unpack("<IIQQ", self._receive(24))
        reply = self._receive(size)
        if magic != MAGIC or call != self.calls or kind not in (VALUE, EXCEPTION):
            raise RuntimeError(f"{function} ended with a frame of kind {kind}")
        parts = list(_decode(reply))
        if kind == EXCEPTION:
            raise Refused(parts[0][1], parts[1][1], parts[2][1] == 1)
        return parts

    def close(self):
        self.channel.close()
        os.waitpid(self.process, 0)
