"""Run tests in a throwaway copy of the clone, and tell which failed."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from tests.mutants.mutant import Mutant, copied

_SECONDS = 240.0  # a mutant that takes longer gets no verdict
_SECONDS_OF_ALL = 3600.0


@dataclass(frozen=True)
class Results:
    """The tests that ran, by their names for pytest."""

    passed: frozenset[str]
    failed: tuple[str, ...]
    skipped: frozenset[str]


@dataclass(frozen=True)
class Verdict:
    """`killer`: the test that failed, "" if none did; None if the run says nothing, and `why` says what happened."""

    killer: str | None
    why: str = ""


def unbroken(tests: Iterable[str], at_once: int) -> Results | str:
    """Run the tests on a copy without a mistake; return a text if they could not be run."""
    with _folder() as folder:
        return _run(copied(folder / "clone"), folder, ("-n", str(at_once), *tests), _SECONDS_OF_ALL)


def verdict(mutant: Mutant, known: Results) -> Verdict:
    """Run the tests of a mutant. Only a test that is green on the unbroken copy can kill it."""
    with _folder() as folder:
        results = _run(mutant.make(folder / "clone"), folder, ("-x", *mutant.tests), _SECONDS)
    if isinstance(results, str):
        return Verdict(None, results)
    killers = [test for test in results.failed if test in known.passed]
    if killers:
        return Verdict(killers[0])
    if results.failed or not results.passed & known.passed:
        return Verdict(None, f"no test that is green without it has run: {', '.join(results.failed)}")
    return Verdict("")


def named(test: str, tests: Iterable[str]) -> list[str]:
    """Return those of `tests` that pytest runs for `test`, which may name a file, or a test with all its cases."""
    return [each for each in tests if each == test or each.startswith((f"{test}[", f"{test}::"))]


def _run(clone: Path, folder: Path, arguments: tuple[str, ...], seconds: float) -> Results | str:
    report = folder / "report.xml"
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--junitxml={report}", *arguments]
    with (folder / "output").open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=clone,
            env=_environment(os.environ, folder),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # a Ctrl-C ends us, and we end it
        )
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            return f"it took more than {seconds:.0f} seconds"
        finally:
            process.kill()
            process.wait()
    if not report.exists():
        return f"pytest could not run:\n{(folder / 'output').read_text(errors='replace')[-2000:]}"
    return _results(report)


def _environment(environ: Mapping[str, str], folder: Path) -> dict[str, str]:
    """Whatever a broken line removes, it is in the throwaway folder: so are the home and all temporary files."""
    kept = {
        name: value
        for name, value in environ.items()
        if not name.startswith(("TAOSHELL_", "XDG_", "PYTEST_")) and name != "PYTHONPATH"
    }
    home, temporary = folder / "home", folder / "tmp"
    for made in (home, temporary):
        made.mkdir()
    return {**kept, "HOME": str(home), "TMPDIR": str(temporary), "PYTHONDONTWRITEBYTECODE": "1"}


def _results(report: Path) -> Results:
    passed, failed, skipped = set(), [], set()
    for case in ElementTree.parse(report).iter("testcase"):
        test = f"{case.get('classname', '').replace('.', '/')}.py::{case.get('name')}"
        if case.find("failure") is not None or case.find("error") is not None:
            failed.append(test)
        elif case.find("skipped") is not None:
            skipped.add(test)
        else:
            passed.add(test)
    return Results(frozenset(passed), tuple(failed), frozenset(skipped))


@contextmanager
def _folder() -> Iterator[Path]:
    """A throwaway folder. At the end, every process that was started in it is killed: a broken shell may run on."""
    folder = Path(tempfile.mkdtemp(prefix="mutant-"))
    try:
        yield folder
    finally:
        while running := list(_started_in(folder)):
            for pid in running:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            time.sleep(0.01)
        _writable(folder)
        shutil.rmtree(folder, ignore_errors=True)


def _started_in(folder: Path) -> Iterator[int]:
    """The processes whose environment names the folder: all have it in HOME."""
    mark = os.fsencode(folder) + b"/"
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # it has ended, or is another user's
            if mark in (process / "environ").read_bytes():
                yield int(process.name)


def _writable(folder: Path) -> None:
    """A test that was ended may have left folders without the right to remove what is in them."""
    for path, folders, _ in os.walk(folder):
        for name in folders:
            inner = Path(path, name)
            if not inner.is_symlink():
                with suppress(OSError):
                    inner.chmod(0o700)
