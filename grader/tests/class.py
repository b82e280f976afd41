#!/usr/bin/env python3
"""A class of many: every submission earns what it earns alone, whoever kills the grading, and names stay where they belong.

Part of ./check --all. Stubs, references, mutants, right and wrong files by others and hostile ones, as folders, archives,
and under the names that Moodle and Canvas give, in five scripts. usage: class.py [SUBMISSIONS] [SEED]
"""

import csv
import json
import os
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import tarfile
import tempfile
import time
import tomllib
import zipfile

root = pathlib.Path(__file__).resolve().parents[2]
build = pathlib.Path(os.environ.get("QKV_BUILD_DIR", root / "build"))
exercises = ["attention", "positional_encoding"]
seed_of_tests = 20261129
NAMES = ["Ada Lovelace", "李明", "Ольга Иванова", "محمد علي", "やまだ はなこ"]


def mutants(exercise):
    """The reference with each of its mistakes."""
    text = (root / f"solutions/{exercise}/{exercise}.cpp").read_text()
    for mutant in tomllib.loads((root / f"solutions/{exercise}/mutants.toml").read_text())["mutant"]:
        if "find" in mutant and text.count(mutant["find"]) == 1:
            yield text.replace(mutant["find"], mutant["replace"])


def files_of(exercise):
    """Texts for one exercise, by kind."""
    data = root / "grader/tests/data"
    reference = (root / f"solutions/{exercise}/{exercise}.cpp").read_text()
    wrong = tomllib.loads((data / f"wrong/{exercise}.toml").read_text())["wrong"]
    # Not those that use up a minute each: ./grade verify --trust tries them all.
    families = ["descriptors", "ending", "files", "initialisers", "protocol"]
    hostile = [path.read_text(errors="surrogateescape") for family in families for path in sorted((data / "hostile" / family).glob("*.cpp"))]
    return {
        "stub": [(root / f"exercises/{exercise}/stub.cpp").read_text()],
        "reference": [reference],
        "mutant": list(mutants(exercise)),
        "right": [path.read_text() for path in sorted((data / "right" / exercise).glob("*.cpp"))],
        "wrong": [reference.replace(w["find"], w["replace"]) for w in wrong if "find" in w and reference.count(w["find"]) == 1],
        "hostile": hostile,
        "no C++": ["this is no C++\n", "", "int main( {\n", "\0\0\0"],
    }


def hand_in(folder, number, chance, texts):
    """One submission; returns what the gradebook calls it, and the files."""
    name = f"{chance.choice(NAMES)} {number}"
    kinds = ["stub", "reference", "mutant", "mutant", "right", "wrong", "wrong", "hostile", "no C++"]
    files = {e: chance.choice(texts[e][chance.choice(kinds)]) for e in exercises if chance.random() < 0.9}
    form = chance.choice(["folder", "nested", "moodle", "moodle_zip", "canvas", "zip", "tar"])

    def write(path, text):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, errors="surrogateescape", newline="")

    if form == "canvas":
        for exercise, text in files.items():
            write(folder / f"{name.replace(' ', '')}_{9000 + number}_{70000 + number}_{exercise}.cpp", text)
        return (str(9000 + number) if files else None), name, files
    if form in ("zip", "tar", "moodle_zip"):
        where = folder / (f"{name}.zip" if form == "zip" else f"{name}.tar.gz")
        if form == "moodle_zip":
            where = folder / f"{name}_{9000 + number}_assignsubmission_file" / "work.zip"
        where.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory() as scratch:
            for exercise, text in files.items():
                write(pathlib.Path(scratch) / f"{exercise}.cpp", text)
            if where.suffix == ".zip":
                with zipfile.ZipFile(where, "w", zipfile.ZIP_DEFLATED) as archive:
                    for exercise in files:
                        archive.write(pathlib.Path(scratch) / f"{exercise}.cpp", f"my work/{exercise}.cpp")
            else:
                with tarfile.open(where, "w:gz") as archive:
                    for exercise in files:
                        archive.add(pathlib.Path(scratch) / f"{exercise}.cpp", f"{exercise}/{exercise}.cpp")
        return (str(9000 + number) if form == "moodle_zip" else name), name, files
    there = folder / (f"{name}_{9000 + number}_assignsubmission_file" if form == "moodle" else name)
    there.mkdir(parents=True)
    for exercise, text in files.items():
        write(there / (f"{exercise}/{exercise}.cpp" if form == "nested" else f"{exercise}.cpp"), text)
    return (str(9000 + number) if form == "moodle" else name), name, files


def grader(*words, **options):
    return subprocess.run([build / "dev/bin/instructors", "--root", root, "--toolchain", build / "dev/toolchain.json", *words], **options)


def scores_alone(scratch, files):
    """What `run` makes of the files by themselves."""
    there = pathlib.Path(tempfile.mkdtemp(dir=scratch))
    for exercise, text in files.items():
        (there / f"{exercise}.cpp").write_text(text, errors="surrogateescape", newline="")
    report = there / "report.json"
    grader("run", *exercises, "--submission", there, "--hidden", "--seed", str(seed_of_tests), "--format", "json", "--output", report,
           stderr=subprocess.DEVNULL)
    result = {one["id"]: one["score"] for one in json.loads(report.read_text())["exercises"]}
    shutil.rmtree(there)
    return result


def grade_class(scratch, out):
    return subprocess.Popen([build / "dev/bin/instructors", "--root", root, "--toolchain", build / "dev/toolchain.json", "class",
                             scratch / "in", "--out", out], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True, text=True)


def killed_ten_times(scratch, out, chance):
    """Kills the whole tree at ten moments, then lets it end."""
    for _ in range(10):
        process = grade_class(scratch, out)
        try:
            process.wait(chance.uniform(0.2, 12))
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
    process = grade_class(scratch, out)
    said = process.communicate()[0]
    assert process.returncode == 0, said


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 300
    chance = random.Random(int(sys.argv[2]) if len(sys.argv) > 2 else 1)
    faults = []
    with tempfile.TemporaryDirectory() as folder:
        scratch = pathlib.Path(folder)
        texts = {exercise: files_of(exercise) for exercise in exercises}
        (scratch / "in").mkdir()
        (scratch / "course.toml").write_text(f"exercises = {json.dumps(exercises)}\nseed = {seed_of_tests}\n")
        handed = [hand_in(scratch / "in", number, chance, texts) for number in range(count)]
        handed = [one for one in handed if one[0] is not None]
        began = time.monotonic()
        process = grade_class(scratch, scratch / "out")
        said = process.communicate()[0]
        assert process.returncode == 0, said
        print(f"{len(handed)} submissions: {time.monotonic() - began:.0f} s", flush=True)
        book = (scratch / "out/gradebook.csv").read_bytes()
        rows = {row["id"]: row for row in csv.DictReader(book.decode().splitlines())}
        began = time.monotonic()
        again = grade_class(scratch, scratch / "out")
        said = again.communicate()[0]
        print(f"again, nothing changed: {time.monotonic() - began:.1f} s", flush=True)
        if "(0 attempts newly)" not in said.replace("graded (0", "(0"):
            faults.append(f"a second run graded again: {said}")
        known = {}
        for identity, name, files in handed:
            key = json.dumps(files, sort_keys=True)
            if key not in known:
                known[key] = scores_alone(scratch, files)
            booked = {e: float(rows[identity][e]) for e in exercises}
            if booked != {e: float(known[key][e]) for e in exercises}:
                faults.append(f"{name}: in the class {booked}, alone {known[key]}")
        killed_ten_times(scratch, scratch / "killed", chance)
        if (scratch / "killed/gradebook.csv").read_bytes() != book:
            faults.append("the gradebook of a class that was killed ten times differs")
        words = [name.split()[0].encode() for name in NAMES]
        for path in (scratch / "out").rglob("*"):
            if path.is_file() and "feedback" not in path.parts and not path.name.startswith("gradebook"):
                content = path.read_bytes()
                faults += [f"{path.name}: holds a name" for word in words if word in content or word.decode() in path.name]
    for fault in faults:
        print(fault)
    print(f"{len(known)} different submissions, {len(faults)} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
