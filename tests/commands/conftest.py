"""A user who types commands. Each command is a process; each test has its own HOME."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.children import Done, command, in_child
from tests.support.clone import CLONE
from tests.support.samples import Sample
from tests.support.waiting import SECONDS

__all__ = ["CLONE", "COMMAND", "Done", "User"]

COMMAND = [sys.executable, "-m", "taoshell"]


class User:
    """The user whose home this is. `environ` is the whole environment of the commands."""

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
        """Run `taoshell WORDS` in the folder `cwd`. A command that takes too long is killed."""
        done = subprocess.run(
            [*COMMAND, *map(str, words)],
            cwd=cwd or self.home,
            env={**self.environ, **environ},
            input=stdin,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        return Done(done.returncode, done.stdout, done.stderr)

    def tries(self, *words: str | Path, cwd: str | Path | None = None, stdin: str = "", **environ: str) -> Done:
        """Run the same in a forked child, which is ten times as fast."""
        return in_child(command(*words), {**self.environ, **environ}, cwd or self.home, stdin)

    def must(self, *words: str | Path, cwd: str | Path | None = None, stdin: str = "", **environ: str) -> Done:
        """Run the same in a forked child. It must succeed."""
        done = self.tries(*words, cwd=cwd, stdin=stdin, **environ)
        assert done.status == 0, done.err
        return done


@pytest.fixture
def user(home: Path) -> User:
    return User(home)


@pytest.fixture
def sample(home: Path) -> Sample:
    """A project that is not approved yet."""
    return Sample(home)
