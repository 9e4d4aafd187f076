"""What happened in a run: counts of actions and checks, and a message for each violation."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, field

MOST = 20  # violations; more messages would not help


@dataclass(frozen=True)
class Violation:
    """`kind`: lost, torn, missing, wrong or stuck."""

    kind: str
    what: str

    def __str__(self) -> str:
        return f"{self.kind}: {self.what}"


@dataclass
class Figures:
    """`counts` counts each kind of action and check."""

    seed: int
    shells: int
    counts: Counter[str] = field(default_factory=Counter)
    violations: list[Violation] = field(default_factory=list)
    began: float = field(default_factory=time.monotonic)
    seconds: float = 0.0

    def violated(self, kind: str, what: str) -> None:
        if len(self.violations) < MOST:
            self.violations.append(Violation(kind, what))

    def of_kind(self, *kinds: str) -> int:
        return sum(violation.kind in kinds for violation in self.violations)
