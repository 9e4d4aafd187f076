"""Waiting for what another process does."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from tests.shells.terminal import SECONDS


def wait_until(condition: Callable[[], bool]) -> None:
    """Returns as soon as it holds; fails where it never does."""
    deadline = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < deadline, "it never came to that"
        time.sleep(0.01)


def has_ended(pid: int) -> bool:
    """Is the process gone, or a zombie that nobody has waited for?"""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][0] in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return True
