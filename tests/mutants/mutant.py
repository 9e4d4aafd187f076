"""One broken line, and the tests that ought to find it."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from tests.support.clone import CLONE

# What no test of a mutant needs, or what belongs to the clone itself.
_LEFT_OUT = (".git", ".venv", ".cache", "__pycache__", ".*_cache", ".hypothesis", "*.svg")


@dataclass(frozen=True)
class Mutant:
    """Replace `old`, which occurs exactly once in `file`, by `new`.

    `name` says what is wrong then. `tests` are what pytest is given: few and quick, the surest first.
    """

    name: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...]

    def text(self) -> str:
        """Return the whole file with the broken line."""
        text = (CLONE / self.file).read_text()
        assert text.count(self.old) == 1, f"{self.file} has changed; update the mutant: {self.name}"
        return text.replace(self.old, self.new)

    def make(self, folder: Path) -> Path:
        """Write the mutated copy into `folder`."""
        text = self.text()
        (copied(folder) / self.file).write_text(text)
        return folder


def copied(folder: Path) -> Path:
    """Copy the clone to `folder`."""
    return Path(shutil.copytree(CLONE, folder, symlinks=True, ignore=shutil.ignore_patterns(*_LEFT_OUT)))


def tests(module: str, *names: str) -> tuple[str, ...]:
    """Return tests of tests/shells/test_MODULE.py."""
    return tuple(f"tests/shells/test_{module}.py::{name}" for name in names)
