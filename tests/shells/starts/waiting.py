"""Wait for another process."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from tests.shells.terminal import SECONDS


def wait_until(condition: Callable[[], bool]) -> None:
    """Return as soon as `condition()` is true; fail if that takes too long."""
    deadline = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.01)


def has_ended(pid: int) -> bool:
    """Whether the process has ended; a zombie has ended, too."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][0] in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return True
