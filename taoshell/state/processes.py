"""Other processes, as /proc shows them (proc_pid_stat(5))."""

from __future__ import annotations

import os
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


def _stat(pid: int) -> tuple[str, list[str]]:
    """Return the command name and the fields that follow it. The name may itself contain spaces and brackets."""
    with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
        head, _, rest = file.read().rpartition(") ")
    return head.partition(" (")[2], rest.split(" ")
