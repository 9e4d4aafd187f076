"""Wait for another process."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pexpect

SECONDS = 60.0  # the limit of whatever may hang; far more than any step takes: a slow machine must not make a red test


def wait_until(condition: Callable[[], object], what: str = "waited too long") -> None:
    """Return as soon as `condition()` is true; fail with `what` if that takes too long."""
    deadline = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < deadline, what
        time.sleep(0.005)


def state_of(pid: int) -> str:
    """Return the letter of the process's state in /proc; "X" if there is none any more."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][0]
    except (FileNotFoundError, ProcessLookupError):
        return "X"


def has_ended(pid: int) -> bool:
    """Whether the process has ended; a zombie has ended, too."""
    return state_of(pid) in "ZX"


def press(child: pexpect.spawn, key: str) -> None:
    """Press a key as soon as the program that asked a question waits for the answer.

    CPython does not see a Ctrl-C that arrives between the end of the question and its call of read(). No person is that
    fast, but a test is, once in a hundred times on a busy machine.
    """
    wait_until(lambda: state_of(child.pid) == "S", "the program does not wait for a key")
    child.send(key)
