"""Golden values of `@ID@`, computed by NumPy in float64."""

import pathlib
import sys

import numpy

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "common" / "golden"))
import golden  # noqa: E402

values = numpy.array([[1.0, 2.0, 6.0, -1.0], [0.5, -0.25, 8.0, 3.75], [2.0, 2.0, 2.0, 6.0]])
golden.main("@ID@", {"input": values, "centered": values - values.mean(axis=1, keepdims=True)})
