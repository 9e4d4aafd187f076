"""The live shells of this user, and which of them is the newest: the Python twin of shell/posix/sessions.sh.

A session is a file `<pid>-<start time>@<host>@<boot id>-<start time of pid 1>`: what stands before the first @ tells
one process from another, what stands behind it says where pids mean that. A home may be on several machines and in
several containers at once, and all of them settle by the same files.
"""

from __future__ import annotations

import contextlib
import functools
import os
import re
import time
from dataclasses import dataclass

from taoshell.state.paths import State

PLACEHOLDER = "0-0"  # so that a shell's glob always matches, whatever its options
_NAME = re.compile(r"(?P<pid>[0-9]+)-(?P<start>[0-9]+)(?P<where>@(?P<host>[^@]+)@(?P<boot>[^@]+)-[0-9]+)", re.ASCII)
_BELIEVED_NS = 7 * 24 * 3600 * 10**9  # nobody can ask another machine whether a shell is alive there


@dataclass(frozen=True, slots=True)
class Session:
    """A shell with the hook: its process, the project it is in ("" for none), when it went there.

    `host`: the machine or container that it runs on, or "" for this one.
    """

    path: str
    pid: int
    project: str
    mtime_ns: int
    host: str = ""

    @property
    def age(self) -> tuple[int, int]:
        """What sessions are ordered by: the time, ties by the pid."""
        return (self.mtime_ns, self.pid)

    @property
    def who(self) -> str:
        """As users are told of it."""
        return f"shell {self.pid}" + (f" on {self.host}" if self.host else "")


@functools.cache
def here() -> str:
    """Where this process runs, as it stands in the names of sessions: machine, boot and pid namespace."""
    host = _first_line("/proc/sys/kernel/hostname")
    if not re.fullmatch(r"[A-Za-z0-9._-]+", host):  # it becomes part of a file's name
        host = "unknown"
    boot = _first_line("/proc/sys/kernel/random/boot_id") or "unknown"
    try:
        start = start_time(1)
    except PermissionError:  # hidden from who is not root (proc(5), hidepid)
        start = "0"
    return f"@{host}@{boot}-{start}"


def name_of(pid: int) -> str:
    """The name of the session of process `pid` here."""
    return f"{pid}-{start_time(pid)}{here()}"


def ensure_folder(state: State) -> None:
    """Make the folder; the shell cannot without starting a process."""
    os.makedirs(state.sessions, mode=0o700, exist_ok=True)
    placeholder = f"{state.sessions}/{PLACEHOLDER}"
    if not os.path.exists(placeholder):
        with open(placeholder, "w", encoding="utf-8"):
            pass


def write(state: State, pid: int, project: str) -> str:
    """Write down that `pid` is in `project`; returns the session's file. `ensure_folder` comes first."""
    path = f"{state.sessions}/{name_of(pid)}"
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
    """The live sessions, newest first. One on another machine counts until it says that it is in no project."""
    names = os.listdir(state.sessions) if os.path.isdir(state.sessions) else []
    found = [session for name in names if (session := _read(state, name))]
    return sorted(found, key=lambda session: session.age, reverse=True)


def holder(state: State) -> Session | None:
    """The newest live session that is in a project with a mapping: it has the mounts file."""
    for session in live(state):
        project = state.project(session.project)
        if session.project and (os.path.exists(project.shared) or os.path.exists(project.mounts)):
            return session
    return None


def sweep(state: State) -> None:
    """Forget the sessions of processes that have ended, and those on other machines that are silent for a week."""
    for name in os.listdir(state.sessions):
        if _NAME.fullmatch(name):
            session = _read(state, name)
            if session is None or (session.host and time.time_ns() - session.mtime_ns > _BELIEVED_NS):
                _forget(f"{state.sessions}/{name}")


def forget_other_hosts(state: State) -> list[Session]:
    """Forget who is said to be in a project on other machines; returns those. Whoever is there after all says it anew
    when he moves.
    """
    found = [session for session in live(state) if session.host]
    for session in found:
        _forget(session.path)
    return [session for session in found if session.project]


def make_newest(state: State, path: str) -> None:
    """Give a session that was written just now its place where the clock had been set back.

    Only a time in the future is overtaken: a rival from the present did come later.
    """
    others = [session.mtime_ns for session in live(state) if session.path != path]
    newest = max(others, default=0)
    if newest > time.time_ns() and os.path.exists(path):
        os.utime(path, ns=(newest + 1, newest + 1))


def _read(state: State, name: str) -> Session | None:
    """The session of that name, or None where its process is gone."""
    found = _NAME.fullmatch(name)
    if found is None:
        return None
    host = ""
    if found["where"] == here():
        if found["start"] == "0" or start_time(int(found["pid"])) != found["start"]:  # "0": never seen alive
            return None
    elif found["host"] == _host() and found["boot"] != _boot():
        return None  # this machine, before it was started again
    else:
        host = found["host"]
    path = f"{state.sessions}/{name}"
    try:
        mtime_ns = os.stat(path).st_mtime_ns
    except FileNotFoundError:
        return None
    return Session(path, int(found["pid"]), _first_line(path), mtime_ns, host)


def _host() -> str:
    return here().split("@")[1]


def _boot() -> str:
    return here().split("@")[2].rpartition("-")[0]


def _forget(path: str) -> None:
    with contextlib.suppress(FileNotFoundError):
        os.unlink(path)


def _first_line(path: str) -> str:
    try:
        with open(path, "rb") as file:
            return os.fsdecode(file.readline().rstrip(b"\n"))
    except OSError:  # ended or removed between one look and the next: the same as never there
        return ""
