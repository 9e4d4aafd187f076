"""A user who types commands: each runs as a process of its own, in a HOME of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.children import Done, command, in_child
from tests.support.clone import CLONE
from tests.support.samples import Sample

__all__ = ["CLONE", "COMMAND", "Done", "User"]

COMMAND = [sys.executable, "-m", "taoshell"]


class User:
    """Whose home this is. `environ` is all that the commands get of the environment."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.environ = {
            "HOME": str(home),
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(CLONE),
            "LANG": "C.UTF-8",
            "TERM": "xterm",
        }

    def types(self, *words: str | Path, cwd: str | Path | None = None, stdin: str = "", **environ: str) -> Done:
        """`taoshell WORDS` in the folder `cwd`; a command that waits for anything is killed."""
        done = subprocess.run(
            [*COMMAND, *map(str, words)],
            cwd=cwd or self.home,
            env={**self.environ, **environ},
            input=stdin,
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
        return Done(done.returncode, done.stdout, done.stderr)

    def tries(self, *words: str | Path, cwd: str | Path | None = None, stdin: str = "") -> Done:
        """The same without a Python of its own: for tables of many cases."""
        return in_child(command(*words), self.environ, cwd or self.home, stdin)

    def must(self, *words: str | Path, cwd: str | Path | None = None, stdin: str = "", **environ: str) -> Done:
        """The same, and it is done."""
        done = self.types(*words, cwd=cwd, stdin=stdin, **environ)
        assert done.status == 0, done.err
        return done


@pytest.fixture
def user(home: Path) -> User:
    return User(home)


@pytest.fixture
def sample(home: Path) -> Sample:
    """A project that nobody has approved yet."""
    return Sample(home)
