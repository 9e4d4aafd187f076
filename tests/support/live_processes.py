"""Find the processes that use a home, in /proc, and end them."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.support.waiting import SECONDS


@dataclass(frozen=True)
class Process:
    """A process. Another process that later gets the same pid is not equal to it."""

    pid: int
    start: str

    @classmethod
    def of(cls, pid: int) -> Process:
        return cls(pid, _start(pid))

    @property
    def lives(self) -> bool:
        return self.start != "" and _start(self.pid) == self.start

    @property
    def name(self) -> str:
        """The name of its program; "" if the process has ended."""
        try:
            return Path(f"/proc/{self.pid}/comm").read_text().strip()
        except OSError:
            return ""

    @property
    def folder(self) -> Path | None:
        """The working directory; None if the process has ended."""
        try:
            return Path(os.readlink(f"/proc/{self.pid}/cwd"))
        except OSError:
            return None


def _start(pid: int) -> str:
    """Return field 22 of proc_pid_stat(5); "" if the process has ended, even if its parent has not waited for it."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return ""
    return "" if fields[0] in "ZX" else fields[19]


def processes_in(home: Path) -> Iterator[Process]:
    """Return every process that has this HOME in its environment."""
    mark = b"\0HOME=" + os.fsencode(home) + b"\0"
    for entry in os.scandir("/proc"):
        if entry.name.isdigit():
            try:
                environ = Path(entry.path, "environ").read_bytes()
            except OSError:  # it has just ended, or belongs to another user
                continue
            if mark in b"\0" + environ:
                yield Process.of(int(entry.name))


def end_processes_in(home: Path) -> None:
    """Kill every process that has this HOME; return when none is left, so that nothing writes there any more."""
    deadline = time.monotonic() + SECONDS
    while living := [process for process in processes_in(home) if process.lives]:
        assert time.monotonic() < deadline, f"these processes do not end: {living}"
        for process in living:
            with contextlib.suppress(ProcessLookupError):
                os.kill(process.pid, signal.SIGKILL)
        time.sleep(0.005)
