"""How busy other programs keep the machine while we measure."""

from __future__ import annotations

import os
import time
from pathlib import Path

MOST = 0.5
"""A round in which other programs used more than this much of a CPU is repeated."""

_STAT = Path("/proc/stat")
_IDLE = (3, 4)
"""The columns of /proc/stat that are no work: idle, and waiting for a disk."""


class Noise:
    """Counts from its creation on.

    The load average counts us too, and lags a minute behind. We compare what all CPUs did, by /proc/stat, with what
    this program and its children did: the rest was others, or another guest of the same host.
    """

    def __init__(self) -> None:
        self._begun = time.monotonic()
        self._all, self._ours = _busy(), _own()

    def others(self) -> float:
        """How many CPUs other programs have used since, on average. All our children must have ended."""
        busy = (_busy() - self._all) - (_own() - self._ours)
        return max(0.0, busy / (time.monotonic() - self._begun))


def _busy() -> float:
    """Return the seconds that all CPUs together have worked since the boot."""
    ticks = [int(field) for field in _STAT.read_text().split("\n", 1)[0].split()[1:9]]
    return sum(count for column, count in enumerate(ticks) if column not in _IDLE) / os.sysconf("SC_CLK_TCK")


def _own() -> float:
    """Return the seconds that this process and its ended children have worked."""
    spent = os.times()
    return spent.user + spent.system + spent.children_user + spent.children_system
