"""Random cases of `positional_encoding`; what is expected comes from NumPy's long double."""

import numpy
from random_runs import Case, wider


def angles(positions, d_model):
    """One row a position, one column a pair of columns."""
    exponents = numpy.arange(0, d_model, 2, dtype=numpy.longdouble) / d_model
    return numpy.asarray(positions, numpy.longdouble)[:, None] / numpy.longdouble(10000) ** exponents


def encoding(positions, d_model):
    rows = numpy.zeros((len(positions), d_model), numpy.longdouble)
    rows[:, 0::2] = numpy.sin(angles(positions, d_model))
    rows[:, 1::2] = numpy.cos(angles(positions, d_model))[:, : d_model // 2]
    return rows


def bound(position):
    """An angle in double is off by some 2^-52 of itself, and its sine by as much: from a million on, that counts."""
    return max(1e-9, abs(position) * 2.0**-50)


def drawn_position(draw):
    return draw.one_of(0, 1, draw.between(2, 100), draw.between(100, 1_000_000), 1_000_000, draw.between(10**6, 10**9))


def encode_position(draw):
    position, d_model = drawn_position(draw), draw.size(1, 20)
    return Case([position, d_model], encoding([position], d_model)[0], bound=bound(position))


def sinusoidal_encoding(draw):
    n_positions, d_model = draw.one_of(draw.size(0), draw.between(10, 300)), draw.size(1, 20)
    return Case([n_positions, d_model], encoding(range(n_positions), d_model))


def add_positions(draw):
    rows, offset = draw.matrix(draw.size(0), draw.size(1, 20)), drawn_position(draw)
    positions = range(offset, offset + len(rows))
    return Case([rows, offset], rows + encoding(positions, rows.shape[1]), bound=bound(offset + len(rows)))


def add_learned_positions(draw):
    rows, offset = draw.matrix(draw.size(0), draw.size(0)), draw.size(0)
    table = draw.matrix(offset + len(rows) + draw.size(0), rows.shape[1])
    return Case([rows, table, offset], rows + table[offset : offset + len(rows)])


def shift_matrix(draw):
    """encoding(p) R = encoding(p + k) by the theorems of addition: each block turns by its angle."""
    d_model, k = 2 * draw.size(), drawn_position(draw) * draw.one_of(1, -1)
    turn, matrix = angles([k], d_model)[0], numpy.zeros((d_model, d_model), numpy.longdouble)
    even = numpy.arange(0, d_model, 2)
    matrix[even, even] = matrix[even + 1, even + 1] = numpy.cos(turn)
    matrix[even, even + 1], matrix[even + 1, even] = -numpy.sin(turn), numpy.sin(turn)
    return Case([d_model, k], matrix, bound=bound(k))


misfits = {
    "encode_position": [
        lambda draw, position, d_model: (-1 - position, d_model),
        lambda draw, position, d_model: (position, draw.one_of(0, -1)),
    ],
    "sinusoidal_encoding": [
        lambda draw, n_positions, d_model: (-1 - n_positions, d_model),
        lambda draw, n_positions, d_model: (n_positions, draw.one_of(0, -1)),
    ],
    "add_positions": [lambda draw, rows, offset: (rows, -1 - offset)],
    "add_learned_positions": [
        lambda draw, rows, table, offset: (wider(rows), table, offset),
        lambda draw, rows, table, offset: (rows, wider(table), offset),
        lambda draw, rows, table, offset: (rows, table, -1 - offset),
        lambda draw, rows, table, offset: (rows, table, len(table) - len(rows) + 1),
        lambda draw, rows, table, offset: (rows, table, 2**63 - 1),
    ],
    "shift_matrix": [
        lambda draw, d_model, k: (d_model + 1, k),
        lambda draw, d_model, k: (draw.one_of(0, -2, 1), k),
    ],
}
