"""Other processes, as /proc shows them (proc_pid_stat(5))."""

from __future__ import annotations

import functools
import os
import re
from collections.abc import Iterator


def start_time(pid: int) -> str:
    """Return when `pid` started, in clock ticks since boot; "0" if there is no such process or it is a zombie.

    Raises PermissionError if the process is hidden from this user (proc(5), hidepid).
    """
    try:
        _, fields = _stat(pid)
    except (FileNotFoundError, ProcessLookupError):  # the second: it ended between open and read
        return "0"
    return fields[19] if len(fields) > 19 and fields[0] not in ("Z", "X") else "0"


def ancestors() -> Iterator[tuple[int, str]]:
    """Yield the pid and the command name of each ancestor, the parent first.

    The last one has no name if it ended meanwhile or is hidden from this user.
    """
    pid = os.getppid()
    while pid > 0:
        try:
            name, fields = _stat(pid)
        except OSError:
            yield pid, ""
            return
        yield pid, name
        pid = int(fields[1])


def children(pid: int) -> list[int]:
    """Return the processes that `pid` has started and that still run; none if there is no /proc."""
    names = os.listdir("/proc") if os.path.isdir("/proc") else []
    return [int(name) for name in names if is_pid(name) and _parent(int(name)) == pid]


def is_pid(text: str) -> bool:
    """Whether `text`, which may come from anybody, is written like the number of a process."""
    return re.fullmatch(r"[1-9][0-9]{0,9}", text, re.ASCII) is not None


def is_ancestor(pid: int) -> bool:
    """Whether `pid` started this process, directly or through others."""
    return any(pid == ancestor for ancestor, _ in ancestors())


def first_argument(pid: int) -> str:
    """Return the first argument of `pid`; "" if it has none, has ended or is hidden from this user."""
    try:
        with open(f"/proc/{pid}/cmdline", encoding="utf-8", errors="replace") as file:
            return [*file.read().split("\0"), ""][1]
    except OSError:
        return ""


# the hooks say the same of a shell
WITHOUT_PROC = (
    "this system has no /proc, so the mounts file does not follow this command (LAUNCHER_MOUNTS does);"
    " mount /proc, then run it again"
)


def can_be_judged() -> bool:
    """Whether other processes can tell when this one has ended: there is a /proc."""
    return start_time(os.getpid()) != "0"


@functools.cache
def here() -> str:
    """Return where this process runs, as session names and the lock file have it: machine, boot and pid namespace."""
    host = first_line("/proc/sys/kernel/hostname")
    if not re.fullmatch(r"[A-Za-z0-9._-]+", host):  # it becomes part of a file name
        host = "unknown"
    boot = first_line("/proc/sys/kernel/random/boot_id") or "unknown"
    try:
        start = start_time(1)
    except PermissionError:  # hidden from other users than root (proc(5), hidepid)
        start = "0"
    return f"@{host}@{boot}-{start}"


@functools.cache
def boot_time() -> int:
    """Return when this machine was started, in seconds of its clock; 0 if it does not say."""
    try:
        with open("/proc/stat", encoding="ascii", errors="replace") as file:
            return next((int(line.split()[1]) for line in file if line.startswith("btime ")), 0)
    except OSError:
        return 0


def name_of(pid: int) -> str:
    """Return the name of process `pid` on this machine."""
    return f"{pid}-{start_time(pid)}{here()}"


def first_line(path: str) -> str:
    """Return the first line of a file, or "" if it cannot be read."""
    try:
        with open(path, "rb") as file:
            return os.fsdecode(file.readline().rstrip(b"\n"))
    except OSError:  # removed or ended just now: the same as never there
        return ""


def _parent(pid: int) -> int:
    """Return the parent of `pid`; 0 if it has none, has ended or is hidden from this user."""
    try:
        return int(_stat(pid)[1][1])
    except OSError:
        return 0


def _stat(pid: int) -> tuple[str, list[str]]:
    """Return the command name and the fields that follow it. The name may itself contain spaces and brackets."""
    with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
        head, _, rest = file.read().rpartition(") ")
    return head.partition(" (")[2], rest.split(" ")
