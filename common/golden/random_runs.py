"""`golden.py --random N`: the C++ reference of an exercise beside PyTorch or NumPy, on N random cases a function.

`solutions/<id>/random_cases.py` says what the cases are. It has for each graded function another one of the same name,
that takes a Draw and returns a Case; and `misfits`, for each function a list of changes that make its arguments ones
that the header refuses.
"""

import importlib.util
import pprint
import sys
import zlib
from typing import Any, NamedTuple

import numpy
import torch

import worker


BOUND = 1e-9  # of |found - expected| / (1 + |expected|)


class Case(NamedTuple):
    arguments: list
    expected: Any
    open: bool = False  # the header leaves it to the learner to answer or to refuse
    bound: float = BOUND  # a looser one only where double itself ends; it says why


class Draw:
    """What cases are made of. The same seed draws the same."""

    def __init__(self, *seed):
        self.random = numpy.random.default_rng(seed)

    def size(self, least=1, most=9):
        """The least sizes come often."""
        return int(self.random.choice([least, least + 1, *range(least, most + 1)]))

    def between(self, least, most):
        return int(self.random.integers(least, most + 1))

    def one_of(self, *options):
        return options[self.between(0, len(options) - 1)]

    def matrix(self, *shape):
        """Numbers from -2 to 2."""
        return self.random.uniform(-2, 2, shape)

    def whole(self, *shape):
        """Whole numbers from -2 to 2: what is made of them and of powers of two is exact."""
        return self.random.integers(-2, 3, shape).astype(float)

    def flags(self, *shape):
        """True for about two of three; at times for all, at times for none."""
        return self.random.random(shape) < self.one_of(0, 2 / 3, 2 / 3, 2 / 3, 1)

    def mask(self, n_queries, n_keys):
        """None (0 x 0), or one of every kind: any, causal, a key that nobody sees, a query that sees nothing."""
        kind = self.between(0, 4)
        if kind == 0:
            return numpy.zeros((0, 0), bool)
        mask = self.flags(n_queries, n_keys)
        if kind == 1:
            mask = numpy.tril(numpy.ones((n_queries, n_keys), bool), n_keys - n_queries)
        if kind == 2 and n_keys > 0:
            mask[:, self.between(0, n_keys - 1)] = False
        if kind == 3 and n_queries > 0:
            mask[self.between(0, n_queries - 1)] = False
        return mask

    def words(self, n_words, vocabulary):
        return [int(word) for word in self.random.integers(0, vocabulary, n_words)]


def wider(array):
    """One column, or one entry, more."""
    return numpy.concatenate([array, numpy.ones((*array.shape[:-1], 1), array.dtype)], axis=-1)


def taller(array):
    """One row more."""
    return numpy.concatenate([array, numpy.ones((1, array.shape[1]), array.dtype)])


def _error(kind, found, expected):
    """Of one part of a result, over 1 + |expected|; infinite if it has another shape or another whole number."""
    found, expected = numpy.asarray(found), numpy.asarray(expected)
    if found.shape != expected.shape:
        return numpy.inf
    if kind not in (worker.SCALAR, worker.MATRIX, worker.ROW_VECTOR):
        return 0.0 if (found == expected).all() else numpy.inf
    with numpy.errstate(invalid="ignore"):
        errors = numpy.where(found == expected, 0, numpy.abs(found - expected) / (1 + numpy.abs(expected)))
    return float(numpy.max(numpy.where(numpy.isnan(errors), numpy.inf, errors), initial=0))


def _largest_error(found, expected):
    expected = list(worker.flatten(expected))
    if [kind for kind, _ in found] != [kind for kind, _ in expected]:
        return numpy.inf
    return max((_error(kind, part, due) for (kind, part), (_, due) in zip(found, expected)), default=0.0)


def _describe(function, number, seed, arguments, expected, found):
    with numpy.printoptions(threshold=sys.maxsize, floatmode="unique", linewidth=110):
        print(f"{function}, case {number} of seed {seed}. Arguments:")
        for argument in arguments:
            pprint.pprint(argument, width=110, sort_dicts=False)
        print("Expected:")
        pprint.pprint(expected, width=110, sort_dicts=False)
        print("The reference:")
        pprint.pprint(found, width=110)


def _answer(its_worker, function, arguments):
    """The parts of the answer, or what was thrown, or how the worker ended."""
    try:
        return its_worker.call(function, arguments)
    except (worker.Refused, RuntimeError, OSError) as end:
        return end


def _is_refused(found):
    return isinstance(found, worker.Refused) and found.invalid_argument


def _compare(its_worker, function, draw_case, changes, count, seed):
    """One line about a function, and more about its first difference. False if there is one."""
    largest, loose, refused = 0.0, 0, 0
    for number in range(count):
        draw = Draw(seed, number, zlib.crc32(function.encode()))
        case = draw_case(draw)
        found = _answer(its_worker, function, case.arguments)
        if isinstance(found, Exception):
            error = 0.0 if case.open and _is_refused(found) else numpy.inf
        else:
            error = _largest_error(found, case.expected)
        if not error <= case.bound:
            _describe(function, number, seed, case.arguments, list(worker.flatten(case.expected)), found)
            print(f"{function}: case {number} differs by {error:.1e} of 1 + |expected|")
            return False
        if case.bound > BOUND:
            loose += 1
        else:
            largest = max(largest, error)
        if not changes or number % 5 != 0:
            continue
        change = changes[number // 5 % len(changes)]
        arguments = change(draw, *case.arguments)
        if arguments is None:  # this case has no such misfit
            continue
        found = _answer(its_worker, function, list(arguments))
        if not _is_refused(found):
            _describe(function, number, seed, arguments, "std::invalid_argument", found)
            print(f"{function}: the misfit of case {number} is not refused")
            return False
        refused += 1
    apart = f" (not of {loose} with a looser bound)" if loose else ""
    print(f"{function}: {count} cases, largest relative error {largest:.1e}{apart}; {refused} misfits refused")
    return True


def _load(path):
    spec = importlib.util.spec_from_file_location("random_cases", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def run(exercise, count, seed):
    """Compares every graded function. The exit status: 1 if one differs."""
    torch.set_default_dtype(torch.float64)
    path = worker.ROOT / "solutions" / exercise / "random_cases.py"
    if not path.exists():
        print(f"{path} is missing: what are the random cases of {exercise}?")
        return 1
    cases = _load(path)
    command, right = worker.command(exercise), True
    print(f"{exercise}, seed {seed}:")
    for function in worker.functions(exercise):
        its_worker = worker.Worker(command)
        changes = cases.misfits.get(function, [])
        right = _compare(its_worker, function, getattr(cases, function), changes, count, seed) and right
        its_worker.close()
    return 0 if right else 1
