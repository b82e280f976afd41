"""What every golden.py shares: writes the arrays it computed with PyTorch or NumPy as safetensors.

    python3 solutions/<id>/golden.py           write exercises/<id>/golden/golden.safetensors
    python3 solutions/<id>/golden.py --check   compare with the committed file, to 1e-12 but where said
    python3 solutions/<id>/golden.py --random N [--seed S]
                                               compare the reference with solutions/<id>/random_cases.py

The kit itself needs no Python: only who changes golden values runs this.
"""

import pathlib
import sys

import numpy

import tensor_file

_USAGE = "usage: golden.py [--check | --random N [--seed S]]"


def _differences(old, new, rough):
    for name in sorted(set(old) | set(new)):
        if name not in old or name not in new:
            yield f"{name}: only in the {'new' if name in new else 'committed'} file"
        elif old[name].shape != new[name].shape:
            yield f"{name}: shape {old[name].shape} committed, {new[name].shape} new"
        elif not numpy.allclose(old[name], new[name], rtol=1e-12, atol=rough.get(name, 1e-12), equal_nan=True):
            yield f"{name}: differs by {numpy.abs(old[name] - new[name]).max()}"


def _run_random_cases(exercise, words):
    import random_runs  # needs PyTorch, which not every golden.py does

    if len(words) not in (1, 3) or words[1:2] not in ([], ["--seed"]) or not all(map(str.isdecimal, words[::2])):
        sys.exit(_USAGE)
    return random_runs.run(exercise, int(words[0]), int(words[2]) if len(words) == 3 else 1)


def main(exercise, arrays, rough=None):
    """Writes or checks the golden file of an exercise. Arrays are tensors or NumPy arrays; those in `rough` may differ
    by as much as it says: another processor adds in another order."""
    if sys.argv[1:2] == ["--random"]:
        sys.exit(_run_random_cases(exercise, sys.argv[2:]))
    arrays = {name: numpy.asarray(array, dtype=numpy.float64) for name, array in arrays.items()}
    root = pathlib.Path(__file__).resolve().parents[2]
    path = root / "exercises" / exercise / "golden" / "golden.safetensors"
    if sys.argv[1:] == []:
        tensor_file.write(path, arrays)
        print(f"{len(arrays)} arrays written to {path}")
    elif sys.argv[1:] == ["--check"]:
        differences = list(_differences(tensor_file.read(path), arrays, rough or {}))
        print("\n".join(differences) or f"{exercise}: {len(arrays)} arrays as committed")
        sys.exit(1 if differences else 0)
    else:
        sys.exit(_USAGE)
