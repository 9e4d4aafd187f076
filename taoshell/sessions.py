"""The live shells of this user, and which of them is the newest: the Python twin of shell/settle.sh."""

from __future__ import annotations

import contextlib
import os
import time
from dataclasses import dataclass

from taoshell.state import State

PLACEHOLDER = "0-0"  # so that a shell's glob always matches, whatever its options


@dataclass(frozen=True, slots=True)
class Session:
    """A shell with the hook: its process, the project it is in ("" for none), when it went there."""

    path: str
    pid: int
    project: str
    mtime_ns: int

    @property
    def age(self) -> tuple[int, int]:
        """What sessions are ordered by: the time, ties by the pid."""
        return (self.mtime_ns, self.pid)


def folder(state: State) -> str:
    """The folder of this boot and pid namespace: pids mean something only there."""
    boot = _first_line("/proc/sys/kernel/random/boot_id") or "unknown"
    try:
        start = start_time(1)
    except PermissionError:  # hidden from who is not root (proc(5), hidepid)
        start = "0"
    return f"{state.sessions}/{boot}-{start}"


def ensure_folder(state: State) -> None:
    """Make it; the shell cannot without starting a process."""
    path = folder(state)
    os.makedirs(path, mode=0o700, exist_ok=True)
    placeholder = f"{path}/{PLACEHOLDER}"
    if not os.path.exists(placeholder):
        with open(placeholder, "w", encoding="utf-8"):
            pass


def write(state: State, pid: int, project: str) -> str:
    """Write down that `pid` is in `project`; returns the session's file. `ensure_folder` comes first."""
    path = f"{folder(state)}/{pid}-{start_time(pid)}"
    with open(path, "w", encoding="utf-8", errors="surrogateescape") as file:
        file.write(f"{project}\n" if project else "")
    return path


def start_time(pid: int) -> str:
    """When `pid` started, in clock ticks since boot (field 22 of proc_pid_stat(5)).

    "0" if it is not there, or has ended and nobody has waited for it yet.
    """
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            line = file.read()
    except (FileNotFoundError, ProcessLookupError):  # the second: it ended between opening and reading
        return "0"
    fields = line.rpartition(b") ")[2].split(b" ")
    return fields[19].decode() if len(fields) > 19 and fields[0] not in (b"Z", b"X") else "0"


def is_ancestor(pid: int) -> bool:
    """Has the process `pid` started this one, itself or by others?"""
    ancestor = os.getppid()
    while ancestor not in (0, pid):
        ancestor = _parent(ancestor)
    return ancestor == pid and pid != 0


def _parent(pid: int) -> int:
    """0 where it is not there or cannot be seen."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            return int(file.read().rpartition(b") ")[2].split(b" ")[1])
    except OSError:
        return 0


def live(state: State) -> list[Session]:
    """The live sessions, newest first."""
    found = []
    path = folder(state)
    names = os.listdir(path) if os.path.isdir(path) else []
    for name in names:
        session = _read(f"{path}/{name}", name)
        if session is not None:
            found.append(session)
    return sorted(found, key=lambda session: session.age, reverse=True)


def holder(state: State) -> Session | None:
    """The newest live session that is in a project with a mapping: it has the mounts file."""
    for session in live(state):
        project = state.project(session.project)
        if session.project and (os.path.exists(project.shared) or os.path.exists(project.mounts)):
            return session
    return None


def sweep(state: State) -> None:
    """Forget the sessions of processes that have ended."""
    path = folder(state)
    for name in os.listdir(path):
        if name != PLACEHOLDER and _read(f"{path}/{name}", name) is None:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(f"{path}/{name}")


def make_newest(state: State, path: str) -> None:
    """Give a session that was written just now its place where the clock had been set back.

    Only a time in the future is overtaken: a rival from the present did come later.
    """
    others = [session.mtime_ns for session in live(state) if session.path != path]
    newest = max(others, default=0)
    if newest > time.time_ns() and os.path.exists(path):
        os.utime(path, ns=(newest + 1, newest + 1))


def _read(path: str, name: str) -> Session | None:
    """The session in `path`, or None where its process is gone."""
    pid, _, started = name.partition("-")
    if not pid.isdecimal() or started == "0" or start_time(int(pid)) != started:  # "0": never seen alive
        return None
    try:
        mtime_ns = os.stat(path).st_mtime_ns
    except FileNotFoundError:
        return None
    return Session(path, int(pid), _first_line(path), mtime_ns)


def _first_line(path: str) -> str:
    try:
        with open(path, "rb") as file:
            return os.fsdecode(file.readline().rstrip(b"\n"))
    except OSError:  # ended or removed between one look and the next: the same as never there
        return ""
