"""The live shells of this user, and which of them is the newest: the Python twin of shell/posix/sessions.sh.

A session is a file `<pid>-<start time>@<host>@<boot id>-<start time of pid 1>`. The part before the first @ identifies
a process, the rest identifies the machine and pid namespace that its pid belongs to: several machines and containers
may share one home, and all of them settle by the same files. Two of them may even have the same host name.
"""

from __future__ import annotations

import contextlib
import os
import re
import stat
import time

from taoshell.state.files import make_folder, remove, replace_file
from taoshell.state.paths import State
from taoshell.state.processes import boot_time, first_line, here, name_of, start_time

PLACEHOLDER = "0-0"  # so that a shell's glob always matches, regardless of its options
_NAME = re.compile(r"(?P<pid>[0-9]+)-(?P<start>[0-9]+)(?P<where>@(?P<host>[^@]+)@(?P<boot>[^@]+)-[0-9]+)", re.ASCII)
_BELIEVED_NS = 7 * 24 * 3600 * 10**9  # a shell on another machine cannot be checked


class Session:
    """A shell with the hook: its process, the project it is in ("" for none), when it entered that project.

    `host` is the machine or container that it runs on, or "" for this one.
    """

    __slots__ = ("host", "mtime_ns", "path", "pid", "project")

    def __init__(self, path: str, pid: int, project: str, mtime_ns: int, host: str = "") -> None:
        self.path = path
        self.pid = pid
        self.project = project
        self.mtime_ns = mtime_ns
        self.host = host

    @property
    def order(self) -> tuple[int, int]:
        """The sort key of sessions: the mtime, then the pid."""
        return (self.mtime_ns, self.pid)

    @property
    def who(self) -> str:
        """The session as messages call it."""
        return f"shell {self.pid}" + (f" on {self.host}" if self.host else "")


def ensure_folder(state: State) -> None:
    """Create the folder; a shell would have to start a process for that."""
    make_folder(state.sessions)
    placeholder = f"{state.sessions}/{PLACEHOLDER}"
    if not os.path.exists(placeholder):
        replace_file(placeholder, b"")


def write(state: State, pid: int, project: str) -> str:
    """Record that `pid` is in `project`; return the session file. Call `ensure_folder` first."""
    path = f"{state.sessions}/{name_of(pid)}"
    with open(path, "w", encoding="utf-8", errors="surrogateescape") as file:
        file.write(f"{project}\n" if project else "")
    _announce(state)
    return path


def _announce(state: State) -> None:
    """Say that a session is perhaps the newest now: a shell that is searching for the newest will search again.

    Like a shell, do without it if the file cannot be written: who misses it, looks at the next prompt.
    """
    with contextlib.suppress(OSError):
        file = os.open(state.arrived, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK, 0o600)
        with open(file, "wb") as opened:
            opened.write(b".")


def live(state: State) -> list[Session]:
    """Return the live sessions, newest first.

    One on another machine counts as live until it says that it is in no project.
    """
    names = os.listdir(state.sessions) if os.path.isdir(state.sessions) else []
    found = [session for name in names if (session := _read(state, name))]
    return sorted(found, key=lambda session: session.order, reverse=True)


def holder(state: State) -> Session | None:
    """Return the newest live session that is in a project with a mapping: it holds the mounts file."""
    for session in live(state):
        project = state.project(session.project)
        if session.project and (os.path.exists(project.shared) or os.path.exists(project.mounts)):
            return session
    return None


def sweep(state: State) -> None:
    """Remove the sessions of processes that have ended, those on other machines that are a week old, and symlinks.

    A shell that writes through a symlink would write into any file. The same goes for `arrived`.
    """
    for name in filter(_NAME.fullmatch, os.listdir(state.sessions)):
        session = _read(state, name)
        is_link = os.path.islink(f"{state.sessions}/{name}")
        if session is None or is_link or (session.host and time.time_ns() - session.mtime_ns > _BELIEVED_NS):
            remove(f"{state.sessions}/{name}")
    with contextlib.suppress(FileNotFoundError):
        if stat.S_IFMT(os.lstat(state.arrived).st_mode) not in (stat.S_IFREG, stat.S_IFDIR):
            remove(state.arrived)
    for name in filter(_NAME.fullmatch, os.listdir(state.looks)):
        if not os.path.exists(f"{state.sessions}/{name}"):  # a live shell writes its session again, and then this
            remove(f"{state.looks}/{name}")


def forget_other_hosts(state: State) -> list[Session]:
    """Remove the sessions on other machines; return those that are in a project.

    A shell that is still alive there writes its session again when it next enters or leaves a project.
    """
    found = [session for session in live(state) if session.host]
    for session in found:
        remove(session.path)
    return [session for session in found if session.project]


def make_newest(state: State, path: str) -> None:
    """Make the session `path`, written just now, the newest even if the clock has been set back.

    Only sessions with an mtime in the future are overtaken: one from the present really was written later.
    """
    newest = max((session.mtime_ns for session in live(state) if session.path != path), default=0)
    if newest > time.time_ns() and os.path.exists(path):
        os.utime(path, ns=(newest + 1, newest + 1))
        _announce(state)


def _read(state: State, name: str) -> Session | None:
    """Return the session called `name`, or None if its process has ended."""
    found = _NAME.fullmatch(name)
    if found is None:
        return None
    host = "" if found["where"] == here() else found["host"]
    is_other_boot = host and here().startswith(f"@{host}@") and not here().startswith(f"@{host}@{found['boot']}-")
    if not host and (found["start"] == "0" or start_time(int(found["pid"])) != found["start"]):
        return None  # its process has ended ("0": already when the session was named)
    path = f"{state.sessions}/{name}"
    try:
        mtime_ns = os.stat(path).st_mtime_ns
    except FileNotFoundError:
        return None
    if is_other_boot and mtime_ns < boot_time() * 10**9:
        return None  # this machine, before its last boot; or a shell on one of the same name, which writes it again
    return Session(path, int(found["pid"]), first_line(path), mtime_ns, host)
