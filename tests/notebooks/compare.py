"""Compare the static reading of notebooks with what IPython does when it really runs them.

    python -m tests.notebooks.compare FILE... [--json REPORT]

All cells up to the first training command run in a sandbox: as an ordinary user without a network, in a throwaway home,
with a time limit; commands with ! do nothing; what the file leaves to its reader is filled in. A cell that fails there
is left out on both sides. Then the environment and the mounts file must be exactly what the static reading says.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import resource
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from taoshell.errors import TaoshellError
from taoshell.formats import code, notebook
from taoshell.formats.ipython import Cell
from taoshell.formats.python_values import Unknown, unknown_in
from taoshell.formats.surroundings import Surroundings

_NOBODY = 65534
_SECONDS = 120
_MOST_ROUNDS = 6
_KERNEL = Path(__file__).with_name("kernel.py")
_BLANK = r"(?:FIXME|(?:/[\w.-]+)*/path/to/[^\s\"']*|(?:YOUR|your)_[A-Za-z_]+|<[^<>\"'\n]+>)"
_ITSELF = r"(?:[A-Z_]+_(?:DOWNLOAD_URL|LOGIN_API_KEY))"  # in Python, a name in capitals is a variable
_QUOTED = rf"""(?:["']?{_BLANK}["']?|["']{_ITSELF}["'])"""
_FILLED = (
    (re.compile(rf"^(\s*%(?:set_)?env\s+(\w+)\s*[= ]\s*)(?:{_BLANK}|{_ITSELF})\s*$", re.MULTILINE), r"\1{folder}/\2"),
    (
        re.compile(rf"""^(\s*os\.environ\[["'](\w+)["']\]\s*=\s*){_QUOTED}(?=\s*(?:#.*)?$)""", re.MULTILINE),
        r'\1"{folder}/\2"',
    ),
    (re.compile(rf"""^(\s*(\w+)\s*=\s*)["']?{_BLANK}["']?(?=\s*(?:#.*)?$)""", re.MULTILINE), r'\1"{folder}/\2"'),
)


class Run(NamedTuple):
    """What the cells did in IPython."""

    environ: dict[str, str]
    mapping: object
    failed: list[int]


class Comparison(NamedTuple):
    """`verdict` is "same", "refused", "different" or "not written"; `why` is for "refused" and "different".

    `unknown` are the variables that the static reading names as not known. `failed` are the cells that fail in IPython.
    """

    path: str
    verdict: str
    why: str
    failed: list[int]
    unknown: list[str]
    writes: bool
    variables: int


def compared(path: Path, folder: Path, environ: dict[str, str]) -> Comparison:
    """Compare the two readings of the file `path`. `folder` is the sandbox."""
    try:
        text = path.read_text(encoding="utf-8")
        found = notebook.cells(text, str(path)) if path.suffix == ".ipynb" else notebook.exported_cells(text)
        cells, _ = notebook.set_up_cells(found)
        around = Surroundings(
            str(folder), environ["HOME"], environ["USER"], _uid(), _gid(), environ, exists=lambda _: True
        )
        asked = code.read(cells, str(path), around, {}).questions
        answers = {name: f"{folder}/filled/{name}" for name in asked}
        from_outside = {name: answers[name] for name, question in asked.items() if not question.written}
        around = around._replace(environ=environ | from_outside)
        run = _settled(cells, folder, environ | from_outside, str(path) if path.suffix == ".py" else "")
        state = code.read(cells, str(path), around, answers, run.failed)
    except TaoshellError as error:
        return Comparison(str(path), "refused", str(error), [], [], False, 0)
    written = code.written_map(state)
    unknown = sorted(name for name, value in state.environ.items() if isinstance(value, Unknown))
    known = {name: value for name, value in state.environ.items() if around.environ.get(name) != value}
    found_environ = {name: value for name, value in known.items() if name not in unknown}
    real_environ = {name: value for name, value in run.environ.items() if name not in unknown}
    verdict, why = "same", ""
    doubt = unknown_in(written[0]) if written else None
    if doubt is not None:
        verdict, why = "refused", f"{doubt.at}: {doubt.why}"
    elif (written[0] if written else None) != run.mapping:
        verdict, why = "different", f"mounts: {written and written[0]} is {run.mapping} in IPython"
    elif found_environ != real_environ:
        names = {name for name in {*found_environ, *real_environ} if found_environ.get(name) != real_environ.get(name)}
        pairs = [f"{name}={found_environ.get(name)!r} is {real_environ.get(name)!r}" for name in sorted(names)]
        verdict, why = "different", "; ".join(pairs)
    elif run.mapping is None:
        verdict = "not written"
    return Comparison(str(path), verdict, why, run.failed, unknown, run.mapping is not None, len(real_environ))


def _settled(cells: Sequence[Cell], folder: Path, environ: dict[str, str], script: str) -> Run:
    """Run the cells without those that fail, each time in a new home."""
    failed: list[int] = []
    for _round in range(_MOST_ROUNDS):
        run = executed([cell for cell in cells if cell.number not in failed], folder, environ, script)
        if not run.failed:
            return run._replace(failed=failed)
        failed = sorted({*failed, *run.failed})
    raise AssertionError(f"cells go on failing: {failed}")


def executed(cells: Sequence[Cell], folder: Path, environ: dict[str, str], script: str = "") -> Run:
    """Run `cells` in IPython, in the sandbox `folder`."""
    for inside in folder.iterdir():
        shutil.rmtree(inside) if inside.is_dir() else inside.unlink()
    job = {
        "cells": [(cell.number, filled(cell.text, f"{folder}/filled")) for cell in cells],
        "folder": str(folder),
        "script": script,
    }
    command, more = _ordinary_user()
    done = subprocess.run(
        [*command, str(_KERNEL)],
        input=json.dumps(job),
        capture_output=True,
        text=True,
        timeout=_SECONDS,
        cwd=folder,
        env={**environ, **more},
        preexec_fn=_limit,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    answer = json.loads(done.stdout)
    maps = []
    for file_path, text in answer["files"].items():
        try:
            data = json.loads(text)
        except ValueError:
            continue
        if "mounts" in os.path.basename(file_path) or (isinstance(data, dict) and "Mounts" in data):
            maps.append(data)
    return Run(answer["environ"], maps[-1] if maps else None, answer["failed"])


def filled(text: str, folder: str) -> str:
    """Return a cell in which the reader has filled in what the file leaves open."""
    for pattern, replacement in _FILLED:
        text = pattern.sub(replacement.replace("{folder}", folder), text)
    return text


@contextmanager
def sandbox() -> Iterator[tuple[Path, dict[str, str]]]:
    """Yield a throwaway folder that belongs to an ordinary user, and the environment there."""
    folder = Path(os.path.realpath(tempfile.mkdtemp(prefix="notebook-")))
    try:
        os.chown(folder, _uid(), _gid())
        yield folder, {"HOME": str(folder), "USER": "ann", "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}
    finally:
        shutil.rmtree(folder)


def _uid() -> int:
    return os.getuid() or _NOBODY


def _gid() -> int:
    return os.getgid() if os.getuid() else _NOBODY


def _ordinary_user() -> tuple[list[str], dict[str, str]]:
    """Return how an ordinary user starts a Python that has IPython, and the variables it needs."""
    packages = {"PYTHONPATH": sysconfig.get_path("purelib"), "PYTHONDONTWRITEBYTECODE": "1"}
    if os.getuid():
        return [sys.executable], packages
    become = ["setpriv", f"--reuid={_NOBODY}", f"--regid={_NOBODY}", "--clear-groups", "--bounding-set=-all"]
    version = f"python3.{sys.version_info.minor}"
    candidates = [os.path.realpath(sys.executable), f"/usr/bin/{version}", f"/usr/local/bin/{version}"]
    for python in candidates:
        if subprocess.run([*become, "--", python, "-c", ""], capture_output=True, check=False).returncode == 0:
            return ["unshare", "--net", "--", *become, "--", python], packages
    raise AssertionError("an ordinary user cannot start this version of Python")


def _limit() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (_SECONDS, _SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 24, 1 << 24))


def _key(path: Path) -> object:
    """Return what two files have in common that do the same: their cells up to the training."""
    try:
        return tuple(notebook.set_up_cells(notebook.cells(path.read_text(encoding="utf-8"), ""))[0])
    except TaoshellError:
        return path


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args(arguments)
    results: list[Comparison] = []
    known: dict[object, Comparison] = {}  # versions of a notebook often differ only after the training
    with sandbox() as (folder, environ):
        for path in options.files:
            key = _key(path)
            if key not in known:
                known[key] = compared(path, folder, environ)
            last = known[key]._replace(path=str(path))
            results.append(last)
            if last.verdict != "same" or last.unknown:
                print(f"{last.verdict}: {path}: {last.why} unknown {last.unknown} failed {last.failed}", flush=True)
    if options.json:
        options.json.write_text(json.dumps([result._asdict() for result in results], indent=1))
    counts = Counter(result.verdict for result in results if result.verdict)
    print(dict(counts), "cells that fail:", sum(len(result.failed) for result in results))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
