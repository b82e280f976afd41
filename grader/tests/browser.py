#!/usr/bin/env python3
"""The pages of `./grade show --html` and of `./grade class` in a real browser: what is on them, nothing wrong on the console, no fault that
axe-core calls serious, no line wider than a telephone.

    grader/tests/browser.py [--screenshots FOLDER] [ID...]      (an exercise, or class)

Needs chromium; axe-core comes from the npm registry (without a network that check is left out, and this is said).
"""
import argparse
import hashlib
import html
import io
import json
import pathlib
import re
import subprocess
import sys
import tarfile
import tempfile
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
AXE = "https://registry.npmjs.org/axe-core/-/axe-core-4.14.1.tgz"
AXE_SHA256 = "e6b0ce02b84d892e2e33e403485e7f3d6c29e2be6df65daf44d89ba564139745"
SIZES = {"telephone": (380, 800), "desk": (1280, 900)}

# Leaves what was found in the page itself, where --dump-dom prints it.
ASK = """
<script>%s</script>
<script>
window.addEventListener("load", async () => {
  const root = document.documentElement;
  const found = {width: root.scrollWidth, window: window.innerWidth, pictures: document.querySelectorAll("svg").length,
                 language: root.lang, heading: document.querySelector("h1").textContent, faults: []};
  if (window.axe) {
    const result = await axe.run(document, {resultTypes: ["violations"]});
    found.faults = result.violations.filter(one => ["serious", "critical"].includes(one.impact))
      .map(one => one.id + ": " + one.help + " " + one.nodes[0].html.slice(0, 200));
  }
  const left = document.createElement("script");
  left.type = "application/json";
  left.id = "found";
  left.textContent = JSON.stringify(found);
  document.body.append(left);
});
</script>
"""


def axe_source() -> str:
    try:
        with urllib.request.urlopen(AXE, timeout=60) as answer:
            archive = answer.read()
    except OSError as error:
        print(f"axe-core could not be fetched ({error}); its check is left out")
        return ""
    if hashlib.sha256(archive).hexdigest() != AXE_SHA256:
        sys.exit("axe-core is not the archive it should be")
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        return tar.extractfile("package/axe.min.js").read().decode().replace("</script", "<\\/script")


def browse(page: pathlib.Path, size: tuple[int, int], screenshot: pathlib.Path | None = None) -> tuple[str, str]:
    """What the page became, and what the browser said."""
    with tempfile.TemporaryDirectory() as profile:
        command = ["chromium", "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars",
                   "--enable-logging=stderr", f"--user-data-dir={profile}", f"--window-size={size[0]},{size[1]}",
                   "--virtual-time-budget=20000"]
        command += [f"--screenshot={screenshot}"] if screenshot else ["--dump-dom"]
        done = subprocess.run(command + [page.as_uri()], capture_output=True, text=True, timeout=300, check=False)
    return done.stdout, done.stderr


def faults_of(page: str, dom: str, said: str, language: str) -> list[str]:
    faults = [line for line in said.splitlines() if ":CONSOLE" in line]
    left = re.search(r'<script type="application/json" id="found">(.*?)</script>', dom, re.S)
    if left is None:
        return faults + ["the page's own script did not end"]
    found = json.loads(html.unescape(left.group(1)) if "&quot;" in left.group(1) else left.group(1))
    if found["width"] > found["window"]:
        faults.append(f"it is {found['width']} wide in a window of {found['window']}")
    if found["pictures"] != page.count("<svg"):
        faults.append(f"{found['pictures']} pictures, {page.count('<svg')} in the file")
    if not found["language"].startswith(language):
        faults.append(f"its language is {found['language']}")
    return faults + found["faults"]


def scenes_page(exercise: str, language: str, scratch: pathlib.Path) -> str:
    file = scratch / "page.html"
    subprocess.run([ROOT / "grade", "show", exercise, "--solutions", "--lang", language, "--html", file], check=True,
                   stdout=subprocess.DEVNULL)
    page = file.read_text(encoding="utf-8")
    assert "<svg" in page, f"{exercise}: no picture"
    return page


def class_pages(language: str, scratch: pathlib.Path) -> dict[str, str]:
    """Of a small class with all that the page can show; names and texts that could break it."""
    folder = scratch / f"class-{language}"
    reference = (ROOT / "solutions/attention/attention.cpp").read_text()
    files = {"<b>Ada & \"Bob\"": reference, "李明": reference.replace("rowwise().sum()", "rowwise().maxCoeff()"),
             "a": reference.replace("std::sqrt", "2 * std::sqrt"), "b": reference.replace("std::sqrt", "2 * std::sqrt") + "// b\n",
             "c": "int main( </td><script>alert(1)</script>", "d": (ROOT / "exercises/attention/stub.cpp").read_text(),
             "e": reference.replace("namespace attention {", "namespace attention {\nstatic int crash = *static_cast<int*>(nullptr);", 1)}
    for name, text in files.items():
        (folder / "in" / name).mkdir(parents=True)
        (folder / "in" / name / "attention.cpp").write_text(text)
    (folder / "course.toml").write_text('exercises = ["attention"]\nseed = 1\nhidden = "all"\n')
    subprocess.run([ROOT / "grade", "class", folder / "in", "--out", folder / "out", "--lang", language], check=True, stdout=subprocess.DEVNULL)
    pages = {f"feedback {path.stem}": path.read_text() for path in sorted((folder / "out/feedback").glob("*.html"))[:3]}
    return pages | {"class": (folder / "out/class.html").read_text()}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--screenshots", type=pathlib.Path)
    parser.add_argument("ids", nargs="*")
    arguments = parser.parse_args()
    ids = arguments.ids or sorted(path.parent.name for path in ROOT.glob("exercises/*/scenes.cpp")) + ["class"]
    axe, count, bad = axe_source(), 0, 0
    with tempfile.TemporaryDirectory() as folder:
        scratch = pathlib.Path(folder)
        for language in ("en", "zh"):
            pages = {}
            for exercise in ids:
                pages |= class_pages(language, scratch) if exercise == "class" else {exercise: scenes_page(exercise, language, scratch)}
            for exercise, page in pages.items():
                for scheme in ("light", "dark"):
                    shown = page.replace("(prefers-color-scheme: dark)", "all" if scheme == "dark" else "not all")
                    for name, size in SIZES.items():
                        asking = scratch / "asking.html"
                        asking.write_text(shown.replace("</body>", ASK % axe + "</body>"), encoding="utf-8")
                        faults = faults_of(page, *browse(asking, size), language)
                        count, bad = count + 1, bad + bool(faults)
                        for fault in faults:
                            print(f"{exercise}, {language}, {scheme}, {name}: {fault}")
                        if arguments.screenshots:
                            arguments.screenshots.mkdir(parents=True, exist_ok=True)
                            asking.write_text(shown, encoding="utf-8")
                            browse(asking, (size[0], 2400), arguments.screenshots.absolute() / f"{exercise}.{language}.{scheme}.{name}.png")
    print(f"{count} views, {bad} with faults")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
