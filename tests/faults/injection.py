"""One fault at one system call of a program that a shell starts, or of the shell itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from tests.faults.python_check import ATTEMPTS, is_hit
from tests.faults.strace import Missed, Point, hits

T = TypeVar("T")


@dataclass(frozen=True)
class Injection:
    """The `fault` at the call `number` of `found`, which has the program of each. strace logs what changes `home`."""

    case: str
    found: Sequence[tuple[str, Point]]
    number: int
    fault: str
    log: Path
    home: Path

    def outcome(
        self, opened: Callable[[], AbstractContextManager[T]], taken: Callable[[T, str, list[str], str], str]
    ) -> str:
        """Take the step in a shell, again if the fault misses; return its outcome. Raises AssertionError or Missed."""
        program, point = self.found[self.number]
        when = f"{self.case}: {point.name}({point.text}) of {program}, {self.fault}"
        own = [other for name, other in self.found if name == program]
        for _attempt in range(ATTEMPTS):
            with opened() as shell:
                outcome, wrong = "", None
                try:
                    outcome = taken(shell, program, point.options(self.fault), self.fault)
                except AssertionError as error:
                    wrong = AssertionError(f"{when}: {error}")
            if is_hit(*hits(self.log, self.home, self.fault, point.process), point, own.index(point), self.fault):
                if wrong:
                    raise wrong
                return outcome
        raise Missed(when)
