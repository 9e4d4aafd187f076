"""A command that asks questions, at a pseudo-terminal."""

from __future__ import annotations

from pathlib import Path

import pexpect

from tests.commands.conftest import COMMAND, User
from tests.support.waiting import SECONDS, press


class Dialogue:
    """A command that asks questions, at a pseudo-terminal."""

    def __init__(self, user: User, *words: str | Path, **environ: str) -> None:
        self._child = pexpect.spawn(
            COMMAND[0],
            [*COMMAND[1:], *map(str, words)],
            env={**user.environ, **environ},
            cwd=str(user.home),
            encoding="utf-8",
            timeout=SECONDS,
            dimensions=(50, 200),
        )
        self._child.delaybeforesend = None
        self.seen = ""

    def hears(self, question: str) -> None:
        self._child.expect_exact(question)
        self.seen += self._child.before + question

    def answers(self, line: str) -> None:
        self._child.send(f"{line}\n")

    def presses(self, key: str) -> None:
        press(self._child, key)

    def hidden(self) -> None:
        """Wait until the terminal stops its echo."""
        assert self._child.waitnoecho(5), "what is typed would be seen"

    def ends(self) -> int:
        self._child.expect(pexpect.EOF)
        self.seen += self._child.before
        self._child.wait()
        status = self._child.exitstatus
        assert isinstance(status, int)
        return status

    def close(self) -> None:
        self._child.close(force=True)
