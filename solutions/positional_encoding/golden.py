"""Golden values of `positional_encoding`, computed by PyTorch in float64."""

import math
import pathlib
import sys
from decimal import Decimal, getcontext

import torch

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "common" / "golden"))
import golden  # noqa: E402
import golden_torch  # noqa: E402

torch.set_default_dtype(torch.float64)
numbers = golden_torch.Numbers(2017)


def frequencies(d_model):
    """One for each pair of columns."""
    return torch.exp(torch.arange(0, d_model, 2) * (-math.log(10000.0) / d_model))


def sinusoidal(n_positions, d_model):
    angles = torch.arange(n_positions)[:, None] * frequencies(d_model)
    table = torch.zeros(n_positions, d_model)
    table[:, 0::2] = torch.sin(angles)
    table[:, 1::2] = torch.cos(angles)[:, : d_model // 2]
    return table


def far_encoding(position, d_model):
    """With 40 digits: the angles of far positions are large, their sines live in the last digits."""
    getcontext().prec = 40
    turn = 2 * Decimal("3.141592653589793238462643383279502884197")
    row = []
    for i in range(d_model // 2):
        angle = float(Decimal(position) / Decimal(10000) ** (Decimal(2 * i) / d_model) % turn)
        row += [math.sin(angle), math.cos(angle)]
    return torch.tensor(row)


def shift(d_model, k):
    """Not by the angle formulas: the exponential of k times the rate at which each pair turns."""
    rate = torch.zeros(d_model, d_model)
    for i, frequency in enumerate(frequencies(d_model)):
        rate[2 * i, 2 * i + 1], rate[2 * i + 1, 2 * i] = -frequency, frequency
    return torch.matrix_exp(k * rate)


# One position at a time: near, in an odd width, far.
arrays = {
    "position/11_of_6": sinusoidal(12, 6)[11],
    "position/5_of_7": sinusoidal(6, 7)[5],
    "position/1000000_of_10": far_encoding(1_000_000, 10),
}

# Tables: even, odd, and one that the shift of positions is tried on.
arrays |= {"table/9x6": sinusoidal(9, 6), "table/4x7": sinusoidal(4, 7), "table/12x8": sinusoidal(12, 8)}

# 5 tokens of 7 columns, as if 30 had gone before.
tokens = numbers(5, 7)
arrays |= {"added/tokens": tokens, "added/from_30": tokens + sinusoidal(35, 7)[30:]}

# 3 tokens of 5 columns and a table of 8 positions, from position 4 on.
tokens, table = numbers(3, 5), torch.nn.Embedding.from_pretrained(numbers(8, 5))
arrays |= {"learned/tokens": tokens, "learned/table": table.weight}
arrays |= {"learned/from_4": tokens + table(torch.arange(4, 7))}

arrays |= {"shift/8_by_3": shift(8, 3), "shift/6_by_minus_11": shift(6, -11)}

golden.main("positional_encoding", arrays)
