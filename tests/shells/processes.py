"""Find which programs a running shell starts."""

from __future__ import annotations

import re
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.needs import need

# `PID vfork() = NEW`, or the two halves of that line around a line of another process; threads do not count
_BORN = re.compile(r"^(\d+) +(?:clone3?|v?fork)\(.*= (\d+)$")
_HALF = re.compile(r"^(\d+) +(?:clone3?|v?fork)\(.*<unfinished")
_OTHER_HALF = re.compile(r"^(\d+) +<\.\.\. (?:clone3?|v?fork) resumed>.*= (\d+)$")
_EXEC = re.compile(r'^(\d+) +execve\("([^"]*)"')


@contextmanager
def started_by(pid: int, scratch: Path) -> Iterator[list[str]]:
    """Yield a list. After the block it contains a name for every process that `pid` and its children started.

    The name is that of the last program that the process ran, or "a fork" if it ran none.
    """
    log = scratch / "processes"
    strace = need(shutil.which("strace"), "strace")
    tracer = subprocess.Popen(
        [strace, "-f", "-q", "-s", "4096", "-e", "trace=process", "-o", str(log), "-p", str(pid)],
        stderr=subprocess.PIPE,
        text=True,
    )
    _wait_until_traced(pid, tracer)
    started: list[str] = []
    try:
        yield started
    finally:
        tracer.send_signal(signal.SIGINT)
        tracer.communicate(timeout=10)
    started += read_log(log.read_text())


def _wait_until_traced(pid: int, tracer: subprocess.Popen[str]) -> None:
    status = Path(f"/proc/{pid}/status")
    while "\nTracerPid:\t0\n" in status.read_text():
        assert tracer.poll() is None, f"strace cannot attach: {tracer.stderr.read() if tracer.stderr else ''}"


def read_log(log: str) -> list[str]:
    """Return the names in strace's log, in the order in which the processes started."""
    programs: dict[str, str] = {}
    parents_of_threads: set[str] = set()
    for line in log.splitlines():
        if half := _HALF.match(line):
            (parents_of_threads.add if "CLONE_THREAD" in line else parents_of_threads.discard)(half[1])
        elif born := _BORN.match(line):
            if "CLONE_THREAD" not in line:
                programs.setdefault(born[2], "a fork")
        elif born := _OTHER_HALF.match(line):
            if born[1] not in parents_of_threads:
                programs.setdefault(born[2], "a fork")
        elif executed := _EXEC.match(line):
            programs[executed[1]] = Path(executed[2]).name
    return list(programs.values())
