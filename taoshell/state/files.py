"""The only ways in which taoshell writes: private folders, one lock, and new files that are renamed into place."""

from __future__ import annotations

import contextlib
import fcntl
import glob
import os
import re
import stat
from collections.abc import Iterator

from taoshell.errors import TaoshellError, Where
from taoshell.state.paths import ProjectState, State

_OF_A_PROCESS = re.compile(r"\.taoshell-([0-9]+)$", re.ASCII)


def ensure(state: State) -> None:
    """Make the state folder, private to the user.

    Raises TaoshellError where it cannot be made, or is another user's.
    """
    _require_no_sudo(state)
    try:
        with contextlib.suppress(FileExistsError):  # looked at below
            os.makedirs(state.root, mode=0o700, exist_ok=True)
        require_own(state)
        if os.stat(state.root).st_mode & 0o077:
            os.chmod(state.root, 0o700)
        for folder in (state.allowed, state.sessions, state.backups):
            os.makedirs(folder, mode=0o700, exist_ok=True)
    except OSError as error:
        raise TaoshellError(
            f"the state folder cannot be written: {error.strerror}",
            "make it writable, or set XDG_STATE_HOME to a folder of yours",
            at=Where(state.root),
        ) from error


def require_own(state: State) -> None:
    """Raises TaoshellError where the state folder is there and is another user's: it is not to be believed."""
    if not os.path.lexists(state.root):
        return
    found = os.lstat(state.root)
    if not stat.S_ISDIR(found.st_mode):
        raise TaoshellError("the state folder is not a folder", "move it away", at=Where(state.root))
    if found.st_uid != os.geteuid():
        raise _not_yours(f"the state folder belongs to uid {found.st_uid}, not to you", state.root)


def _require_no_sudo(state: State) -> None:
    """`sudo` with HOME kept would leave root's files in the home of a user, who could not use taoshell any more."""
    folder = state.root
    while not os.path.lexists(folder):
        folder = os.path.dirname(folder)
    owner = str(os.lstat(folder).st_uid)
    if os.geteuid() == 0 and owner != "0" and owner == os.environ.get("SUDO_UID"):
        raise _not_yours(f"this is the home of uid {owner}, and you are root", folder)


def _not_yours(cause: str, where: str) -> TaoshellError:
    return TaoshellError(cause, "use your own HOME (sudo -H, su -), or set XDG_STATE_HOME", at=Where(where))


def ensure_project(project: ProjectState) -> None:
    """Make the folders of one project."""
    for folder in (project.folder, project.generations, project.stamps, project.retired):
        os.makedirs(folder, mode=0o700, exist_ok=True)


@contextlib.contextmanager
def lock(state: State) -> Iterator[None]:
    """One Python at a time; shells never take it."""
    ensure(state)
    path = os.path.join(state.root, "lock")
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        with about(path):
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


@contextlib.contextmanager
def about(path: str) -> Iterator[None]:
    """What the system refuses is told of `path`, which the user knows, and not of a name of ours beside it."""
    try:
        yield
    except OSError as error:
        error.filename = path
        raise


def new_file(path: str, data: bytes, *, mode: int = 0o600, mtime_ns: int | None = None) -> str:
    """A whole file beside `path`, ready to be renamed to it; returns its name."""
    temporary = _temporary(path)
    with about(path):
        handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode)
    try:
        with about(path), os.fdopen(handle, "wb") as file:
            file.write(data)
            os.fchmod(file.fileno(), mode)  # whatever the umask
        if mtime_ns is not None:
            os.utime(temporary, ns=(mtime_ns, mtime_ns))
    except BaseException:
        os.unlink(temporary)
        raise
    return temporary


def rounded_up(mtime_ns: int) -> int:
    """A time that every file system can keep, not before `mtime_ns`: FAT's step is 2 s, the coarsest there is."""
    return (mtime_ns // 2_000_000_000 + 1) * 2_000_000_000


def replace_file(path: str, data: bytes, *, mode: int = 0o600, mtime_ns: int | None = None) -> None:
    """`path` becomes `data`, or stays as it was."""
    rename(new_file(path, data, mode=mode, mtime_ns=mtime_ns), path)


def replace_user_file(path: str, data: bytes, *, new_mode: int) -> None:
    """A file of the user's becomes `data`: through a link where it is one, and with the mode that it has."""
    path = os.path.realpath(path)
    try:
        mode = os.stat(path).st_mode & 0o777
    except FileNotFoundError:
        mode = new_mode
        os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
    replace_file(path, data, mode=mode)


def replace_link(path: str, target: str) -> None:
    """`path` becomes a symlink to `target`, in one step."""
    temporary = _temporary(path)
    with about(path):
        os.symlink(target, temporary)
    rename(temporary, path)


def rename(temporary: str, path: str) -> None:
    """Rename, and leave no temporary file behind where that fails."""
    try:
        with about(path):
            os.rename(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise


def _temporary(path: str) -> str:
    """A name beside `path` that is free. What killed processes have left under such names goes: of a user's `.env` it
    may hold secrets.
    """
    temporary = f"{path}.taoshell-{os.getpid()}"
    for left in glob.glob(f"{glob.escape(path)}.taoshell-*"):
        if left == temporary or is_left_behind(left):
            with contextlib.suppress(FileNotFoundError):
                os.unlink(left)
    return temporary


def is_left_behind(path: str) -> bool:
    """Is it a new file or link of ours that nobody will rename any more?"""
    process = _OF_A_PROCESS.search(path)
    try:
        return process is not None and not os.path.exists(f"/proc/{process[1]}") and _is_own(path)
    except FileNotFoundError:  # renamed this instant
        return False


def _is_own(path: str) -> bool:
    return os.lstat(path).st_uid == os.geteuid()


def read_or_none(path: str) -> bytes | None:
    """What stands in `path`, or None where there is no such file."""
    try:
        with open(path, "rb") as file:
            return file.read()
    except (FileNotFoundError, NotADirectoryError):
        return None
