"""The samples of one run, and the statistics over them."""

from __future__ import annotations

import statistics
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

Key = tuple[str, str, str]
"""The measure ("idle", "switch", …), the place (a shell, or ""), and the subject (a tool, or a condition)."""


@dataclass(slots=True)
class Figures:
    """Samples in microseconds."""

    samples: dict[Key, list[float]] = field(default_factory=lambda: defaultdict(list))

    def add(self, measure: str, where: str, subject: str, values: Iterable[float]) -> None:
        self.samples[measure, where, subject].extend(values)

    def median(self, measure: str, where: str, subject: str) -> float | None:
        """The median, or None if there are no samples."""
        values = self.samples.get((measure, where, subject))
        return statistics.median(values) if values else None

    def net(self, measure: str, where: str, subject: str, floor: str) -> float | None:
        """The median minus that of `floor`. At least 0.1, because one run cannot resolve a smaller difference."""
        whole, bottom = self.median(measure, where, subject), self.median(measure, where, floor)
        return None if whole is None or bottom is None else max(0.1, whole - bottom)

    def subjects(self, measure: str) -> list[str]:
        """All subjects of this measure, in the order of the run."""
        return list(dict.fromkeys(subject for name, _, subject in self.samples if name == measure))

    def places(self, measure: str) -> list[str]:
        """All places of this measure, in the order of the run."""
        return list(dict.fromkeys(where for name, where, _ in self.samples if name == measure))


def ratio(slower: float | None, faster: float | None) -> float | None:
    return None if slower is None or faster is None else slower / faster
