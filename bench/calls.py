"""Count the system calls of an idle prompt, with strace."""

from __future__ import annotations

import re
import shutil
import signal
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from bench.figures import Figures
from bench.hooks import world_of
from bench.prompts import PAUSE, prompt
from bench.shells import Shell
from bench.tools import Tool

TESTS, CHANGES, PROCESSES = "file tests", "files opened or written", "processes"
KINDS = (TESTS, CHANGES, PROCESSES)
PLACES = ("in the project", "outside of any project", "while another shell holds the mounts file")
MEASURE = "system calls"

_NAME = re.compile(r"^\d+ +(?P<name>\w+)\((?P<arguments>.*)")
_TESTS = re.compile(r"(?:newf|l)?stat(?:at|x|64)?|fstatat(?:64)?|statfs|f?access(?:at2?)?|readlink(?:at)?")
_A_TERMINAL = re.compile(r'\d+(?:<[^>]*>)?, ""')
"""A shell asks about its own terminal by its descriptor, without a path."""
_CHANGES = re.compile(
    r"open(?:at2?|_by_handle_at)?|creat|mkdir(?:at)?|rmdir|unlink(?:at)?|rename(?:at2?)?|(?:sym)?link(?:at)?"
    r"|f?truncate|f?ch(?:mod|own)(?:at2?)?|utimensat|utimes?|futimesat|getdents(?:64)?"
)
_WRITES = re.compile(r"p?writev?2?(?:64)?|sendfile|copy_file_range")
_A_FILE = re.compile(r"\d+</(?!dev/(?:pts/|tty|ptmx))")
_PROCESSES = re.compile(r"clone3?|v?fork|execve(?:at)?")


def read(log: str) -> Counter[str]:
    """Count the calls of each kind in a log of `strace -f -y`; threads, and what goes to the terminal, do not count."""
    counts: Counter[str] = Counter()
    for line in log.splitlines():
        if found := _NAME.match(line):
            kind = _kind(found["name"], found["arguments"])
            counts.update([kind] if kind else [])
    return counts


def _kind(name: str, arguments: str) -> str | None:
    if _TESTS.fullmatch(name):
        return None if _A_TERMINAL.match(arguments) else TESTS
    if _PROCESSES.fullmatch(name):
        return None if "CLONE_THREAD" in arguments else PROCESSES
    if _CHANGES.fullmatch(name) or (_WRITES.fullmatch(name) and _A_FILE.match(arguments)):
        return CHANGES
    return None


@contextmanager
def counted(pid: int, strace: str) -> Iterator[Counter[str]]:
    """Yield a counter. After the block it has the calls of the process `pid` and of all that it started meanwhile."""
    counts: Counter[str] = Counter()
    with tempfile.TemporaryDirectory(prefix="calls-") as folder:
        log = Path(folder) / "log"
        tracer = subprocess.Popen(
            [strace, "-f", "-y", "-q", "-s", "4096", "-o", str(log), "-p", str(pid)], stderr=subprocess.PIPE, text=True
        )
        status = Path(f"/proc/{pid}/status")
        while "\nTracerPid:\t0\n" in status.read_text():
            if tracer.poll() is not None:
                raise OSError(f"strace cannot attach: {tracer.stderr.read() if tracer.stderr else ''}")
        try:
            yield counts
        finally:
            tracer.send_signal(signal.SIGINT)
            tracer.communicate(timeout=10)
        counts.update(read(log.read_text()))


def measure(figures: Figures, tools: Sequence[Tool], shells: Sequence[Shell], folder: Path, prompts: int) -> None:
    """Count in each shell and place, with each tool; the figures are calls a prompt. Without strace, do nothing."""
    strace = shutil.which("strace")
    for shell in shells if strace else ():
        for tool in tools:
            for place in PLACES:
                with ExitStack() as stack:
                    world = world_of(tool, folder / shell.name / place.replace(" ", "-"))
                    where = world.home if place == PLACES[1] else world.a.root
                    waiting = stack.enter_context(prompt(tool, shell, world, where))
                    if place == PLACES[2]:
                        stack.enter_context(prompt(tool, shell, world, world.b.root, "other"))
                        waiting.enter()
                        time.sleep(PAUSE)
                        waiting.enter()
                    time.sleep(PAUSE)
                    with counted(waiting.terminal.pid, str(strace)) as counts:
                        for _ in range(prompts):
                            time.sleep(PAUSE)
                            waiting.enter()
                    for kind in KINDS:
                        figures.add(f"{MEASURE} {place}", shell.name, f"{tool.name}, {kind}", [counts[kind] / prompts])
