"""The samples of one run, and the statistics over them."""

from __future__ import annotations

import statistics
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

Key = tuple[str, str, str]
"""The measure ("idle", "switch", …), the place (a shell, or ""), and the subject (a tool, or a condition)."""

FLOOR = "empty hook"
"""The subject that does nothing: the lower bound."""
RESOLVED_IN_A_LOOP = 0.1
RESOLVED_IN_PAIRS = 10.0
"""The smallest difference to the floor, in microseconds, that a run can see: typed prompts vary more than a loop."""


@dataclass(slots=True)
class Figures:
    """Samples, mostly in microseconds. Those of a whole run are the medians of its rounds."""

    samples: dict[Key, list[float]] = field(default_factory=lambda: defaultdict(list))

    def add(self, measure: str, where: str, subject: str, values: Iterable[float]) -> None:
        self.samples[measure, where, subject].extend(values)

    def take(self, round_: Figures) -> None:
        """Add the medians of a round."""
        for key, values in round_.samples.items():
            self.samples[key].append(statistics.median(values))

    def median(self, measure: str, where: str, subject: str) -> float | None:
        """The median, or None if there are no samples."""
        values = self.samples.get((measure, where, subject))
        return statistics.median(values) if values else None

    def quartiles(self, measure: str, where: str, subject: str) -> tuple[float, float] | None:
        """The first and the third quartile; None if there are fewer than two samples."""
        values = self.samples.get((measure, where, subject), [])
        if len(values) < 2:
            return None
        low, _, high = statistics.quantiles(values, method="inclusive")
        return low, high

    def add_net(self, measure: str, where: str, subject: str, difference: float) -> None:
        """Add how much longer `subject` took than the floor in the same turn."""
        self.samples[f"{measure}, net", where, subject].append(difference)

    def net(self, measure: str, where: str, subject: str, floor: str = FLOOR) -> float | None:
        """The median of the differences to the floor in the same turn, or else the median minus that of `floor`.

        At least what the measure can resolve, as ratios divide by it.
        """
        paired = self.median(f"{measure}, net", where, subject)
        if paired is not None:
            return max(RESOLVED_IN_PAIRS, paired)
        whole, bottom = self.median(measure, where, subject), self.median(measure, where, floor)
        return None if whole is None or bottom is None else max(RESOLVED_IN_A_LOOP, whole - bottom)

    def subjects(self, measure: str) -> list[str]:
        """All subjects of this measure, in the order of the run."""
        return list(dict.fromkeys(subject for name, _, subject in self.samples if name == measure))

    def places(self, measure: str) -> list[str]:
        """All places of this measure, in the order of the run."""
        return list(dict.fromkeys(where for name, where, _ in self.samples if name == measure))


def ratio(slower: float | None, faster: float | None) -> float | None:
    return None if slower is None or faster is None else slower / faster
