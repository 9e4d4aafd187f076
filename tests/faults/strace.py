"""Find the system calls with which a process changes a folder; make one of them fail, or kill the process there."""

from __future__ import annotations

import ctypes
import os
import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.support.children import Done, in_child
from tests.support.needs import need

ERRORS = ("ENOSPC", "EROFS", "EACCES", "EIO", "EXDEV", "EMLINK", "EPERM")
KILLS = ("killed before", "killed after")
FAULTS = (*ERRORS, *KILLS)
SIGNALS = {"Ctrl-C": "SIGINT", "Ctrl-Z": "SIGTSTP", "stopped for a while": "SIGSTOP"}

_CHANGING = {
    *("rename", "renameat", "renameat2", "link", "linkat", "symlink", "symlinkat", "unlink", "unlinkat", "rmdir"),
    *("mkdir", "mkdirat", "write", "writev", "pwrite64", "chmod", "fchmod", "fchmodat", "utimensat", "futimesat"),
    *("ftruncate", "truncate", "fsync", "fdatasync", "flock"),
}
_OPENING = {"open", "openat", "creat"}
# To kill a process after a call, kill it at the next of these calls. The number of other calls differs between runs.
_STEADY = _CHANGING | _OPENING | {"clone", "clone3", "fork", "vfork", "exit_group"}
_CALL = re.compile(r"(?:(?P<pid>\d+) +)?(?P<name>\w+)\((?P<rest>.*)")
_PR_SET_PTRACER, _ANYBODY = 0x59616D61, ctypes.c_ulong(-1)  # linux/prctl.h: Yama lets only parents trace


class Missed(Exception):
    """The step has not made the call again at the same count, in several attempts: fish's other writes vary."""


@dataclass(frozen=True)
class Point:
    """A call that changes something, the `nth` call `name` of process number `process`, and the call after it."""

    process: int
    name: str
    nth: int
    next_name: str = ""
    next_nth: int = 0
    text: str = ""

    def options(self, fault: str) -> list[str]:
        """Return the options that make strace inject the fault and write the log.

        SIGKILL arrives when the process enters the call, which is then not made; other signals, when it has made it.
        """
        traced = ",".join(f"?{name}" for name in sorted(_CHANGING | _OPENING | {self.next_name, "sched_yield"}))
        if fault in ERRORS:
            injected = f"{self.name}:error={fault}:when={self.nth}"
        elif fault in SIGNALS:
            injected = f"{self.name}:signal={SIGNALS[fault]}:when={self.nth}"
        elif fault == "killed before":
            injected = f"{self.name}:signal=SIGKILL:when={self.nth}"
        else:
            injected = f"{self.next_name}:signal=SIGKILL:when={self.next_nth}"
        return ["-e", f"trace={traced}", "-e", f"inject={injected}"]


def command(log: Path, *options: str) -> list[str]:
    """Return the strace command. It prints the file of each descriptor."""
    return [need(shutil.which("strace"), "strace"), "-y", "-s0", "-o", str(log), *options]


def traced_child(
    action: Callable[[], object], environ: Mapping[str, str], cwd: Path, log: Path, options: Sequence[str]
) -> Done:
    """Like `in_child`, but under strace from the start of `action`, where the count of calls begins."""
    strace = command(log, "-f", "-e", "inject=sched_yield:error=EINTR", *options)
    ended, held_by_strace = os.pipe()

    def begin() -> None:
        ctypes.CDLL(None).prctl(_PR_SET_PTRACER, _ANYBODY, 0, 0, 0)
        tracer = subprocess.Popen(
            [*strace, "-p", str(os.getpid())], pass_fds=[held_by_strace], stderr=subprocess.DEVNULL
        )
        os.close(held_by_strace)
        _wait_until_lied_to(tracer)
        action()

    done = in_child(begin, environ, cwd)
    os.close(held_by_strace)
    os.read(ended, 1)  # end of file: strace has written its whole log
    os.close(ended)
    return done


def _wait_until_lied_to(tracer: subprocess.Popen[bytes]) -> None:
    """Wait until strace has attached: only strace can make this call fail."""
    while True:
        try:
            os.sched_yield()
        except OSError:
            return
        if tracer.poll() is not None:
            raise RuntimeError("strace cannot attach")


def points(log: Path, folder: Path) -> list[Point]:
    """Return the calls in a complete log that changed something below `folder`."""
    found = []
    entered = list(_entered(log.read_text(errors="replace").splitlines()))
    for index, (process, name, nth, rest) in enumerate(entered):
        if _changes(name, rest, str(folder)) and " = -1 E" not in rest:
            after = (
                entry
                for entry in entered[index + 1 :]
                if entry[0] == process and entry[1] in _STEADY and "(INJECTED)" not in entry[3]  # by the case
            )
            _, next_name, next_nth, _ = next(after)  # there always is one: the exit
            found.append(Point(process, name, nth, next_name, next_nth, rest))
    return found


def hits(log: Path, folder: Path, fault: str, process: int) -> tuple[list[tuple[int, str, int]], int]:
    """Return the changing calls that succeeded or failed by `fault`, and how often it was injected into that process.

    A child may make the same call as often, and the fault is injected there too: `git` says what it has not found.
    If the fault is a signal that does not kill, return only the calls up to it.
    """
    lines = log.read_text(errors="replace").splitlines()
    pids = list(dict.fromkeys(call["pid"] for line in lines if (call := _CALL.match(line))))
    if len(pids) <= process:
        return [], 0
    own = f"{pids[process]} " if pids[process] else ""  # the log of one process has no pids
    if fault in SIGNALS:
        mark = f"--- {SIGNALS[fault]} {{"
        marks = [number for number, line in enumerate(lines) if line.startswith(own) and mark in line]
        return _made(lines[: marks[0]] if marks else lines, folder, r" = -1 E"), len(marks)
    injected = rf" = -1 {fault} .*\(INJECTED\)"
    count = sum(line.startswith(own) and re.search(injected, line) is not None for line in lines)
    return _made(lines, folder, rf"^(?!.*{injected}).*(?: = -1 E| = \?$)"), count


def _made(lines: Iterable[str], folder: Path, failed: str) -> list[tuple[int, str, int]]:
    """Return the changing calls in a log, without those that match `failed`."""
    return [
        (process, name, nth)
        for process, name, nth, rest in _entered(lines)
        if _changes(name, rest, str(folder)) and not re.search(failed, rest)
    ]


def stops(log: Path) -> list[int]:
    """Return the pids of the traced processes that SIGSTOP has stopped, in order (0 if the log has no pids).

    A child of the process that is meant may make the same call as often, and is stopped there too.
    """
    text = log.read_text(errors="replace") if log.exists() else ""
    found = re.findall(r"^(\d*) *--- stopped by SIGSTOP ---", text, re.MULTILINE)
    return [int(pid or 0) for pid in found]


def has_ended(log: Path) -> bool:
    """Whether the log of one process is complete."""
    return log.exists() and log.read_text(errors="replace").endswith(" +++\n")


def _entered(lines: Iterable[str]) -> Iterator[tuple[int, str, int, str]]:
    """Yield each call in order of entry: the process's number, the name, its count there, the arguments."""
    processes: dict[str, int] = {}
    counts: Counter[tuple[str, str]] = Counter()
    for line in lines:
        if not (call := _CALL.match(line)):
            continue
        process = processes.setdefault(call["pid"], len(processes))
        counts[call["pid"], call["name"]] += 1
        yield process, call["name"], counts[call["pid"], call["name"]], call["rest"]


def _changes(name: str, rest: str, folder: str) -> bool:
    rest = re.sub(r'AT_FDCWD<[^>]*>, "/', '"/', rest)  # an absolute path does not depend on the working directory
    if f'"{folder}/' not in rest and f"<{folder}/" not in rest:
        return False
    return name in _CHANGING or (name in _OPENING and re.search(r"O_(?:WRONLY|RDWR|CREAT)", rest) is not None)
