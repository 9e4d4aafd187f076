"""All writing that taoshell does: private folders, one lock, new files renamed into place, and removing trees."""

from __future__ import annotations

import contextlib
import os
import re
import stat
from collections.abc import Iterator

from taoshell.errors import TaoshellError, Where
from taoshell.state import lock_file
from taoshell.state.paths import ProjectFolder, State

_ELSEWHERE = "use your own HOME (sudo -H, su -), or set XDG_STATE_HOME"
_OF_A_PROCESS = re.compile(r"\.taoshell-([0-9]+)$", re.ASCII)


def ensure(state: State) -> None:
    """Create the state folder, private to the user. A file in its place is renamed.

    Raises TaoshellError if that fails or if the folder belongs to another user.
    """
    _refuse_sudo(state)
    try:
        if os.path.isfile(state.root) and not os.path.islink(state.root) and not os.path.lexists(f"{state.root}.file"):
            os.rename(state.root, f"{state.root}.file")  # no shell could give back the user's own mounts file
        with contextlib.suppress(FileExistsError):  # require_own checks what it is
            make_folder(state.root)
        require_own(state)
        if os.stat(state.root).st_mode & 0o077:
            os.chmod(state.root, 0o700)
        for folder in (state.allowed, state.sessions, state.looks, state.backups, state.stamps, state.mtimes):
            make_folder(folder)
    except FileExistsError:
        raise  # something else has the name of a folder in there
    except OSError as error:
        raise TaoshellError(
            f"the state folder cannot be written: {error.strerror}",
            "make it writable, or set XDG_STATE_HOME to a folder of yours",
            at=Where(state.root),
        ) from error


def make_folder(path: str) -> None:
    """Create the folder `path` and the missing folders above it, all private to the user regardless of the umask.

    The XDG Base Directory Specification demands mode 0700; os.makedirs gives its mode only to the last folder.
    """
    if os.path.isdir(path):
        return
    make_folder(os.path.dirname(path) or ".")
    try:
        os.mkdir(path, 0o700)
    except FileExistsError:
        if not os.path.isdir(path):  # otherwise another process was faster
            raise
    else:
        os.chmod(path, 0o700)


def require_own(state: State) -> None:
    """Raise TaoshellError if the state folder exists but is not the user's own: its content cannot be trusted."""
    if not os.path.lexists(state.root):
        return
    found = os.lstat(state.root)
    if not stat.S_ISDIR(found.st_mode):
        raise TaoshellError("the state folder is not a folder", "move it away", at=Where(state.root))
    if found.st_uid != os.geteuid():
        cause = f"the state folder belongs to uid {found.st_uid}, not to you"
        raise TaoshellError(cause, f"if this is your home, move it away; if not, {_ELSEWHERE}", at=Where(state.root))


def _refuse_sudo(state: State) -> None:
    """Refuse `sudo` with the user's HOME: it would leave files of root there, and lock the user out of taoshell."""
    folder = os.path.abspath(state.root)
    while not os.path.lexists(folder):
        folder = os.path.dirname(folder)
    owner = str(os.lstat(folder).st_uid)
    if os.geteuid() == 0 and owner != "0" and owner == os.environ.get("SUDO_UID"):
        raise TaoshellError(f"this is the home of uid {owner}, and you are root", _ELSEWHERE, at=Where(folder))


def ensure_project(project: ProjectFolder) -> None:
    """Create the folders of one project."""
    for folder in (project.folder, project.generations, project.retired):
        make_folder(folder)


@contextlib.contextmanager
def lock(state: State) -> Iterator[None]:
    """Let one Python process at a time change the state; shells never take this lock.

    Raises TaoshellError if another process has it for too long.
    """
    ensure(state)
    with lock_file.held(os.path.join(state.root, "lock")):
        yield


@contextlib.contextmanager
def report_errors_at(path: str) -> Iterator[None]:
    """Report an OSError against `path`, not against our temporary file."""
    try:
        yield
    except OSError as error:
        error.filename = path
        raise


def new_file(path: str, data: bytes, *, mode: int = 0o600, mtime_ns: int | None = None, is_users: bool = False) -> str:
    """Write a temporary file beside `path`, complete and ready to be renamed; return its name."""
    temporary = _temporary(path)
    with report_errors_at(path):
        handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode)
    try:
        with report_errors_at(path), os.fdopen(handle, "wb") as file:
            file.write(data)
            os.fchmod(file.fileno(), mode)  # regardless of the umask
            if is_users:  # own: after a crash, some file systems keep the rename but not the data
                file.flush()
                os.fsync(file.fileno())
        if mtime_ns is not None:
            os.utime(temporary, ns=(mtime_ns, mtime_ns))
    except BaseException:
        os.unlink(temporary)
        raise
    return temporary


def replace_file(path: str, data: bytes, *, mode: int = 0o600, mtime_ns: int | None = None) -> None:
    """Replace the content of `path` by an atomic rename; if that fails, `path` is unchanged."""
    rename(new_file(path, data, mode=mode, mtime_ns=mtime_ns), path)


def replace_user_file(path: str, data: bytes, *, new_mode: int) -> None:
    """Replace the content of the user's own file: follow a symlink, and keep the mode if the file exists."""
    path = os.path.realpath(path)
    try:
        mode = os.stat(path).st_mode & 0o777
    except FileNotFoundError:
        mode = new_mode
        make_folder(os.path.dirname(path))
    rename(new_file(path, data, mode=mode, is_users=True), path)


def replace_link(path: str, target: str) -> None:
    """Make `path` a symlink to `target` by an atomic rename."""
    rename(new_link(path, target), path)


def new_link(path: str, target: str) -> str:
    """Make a temporary symlink to `target` beside `path`, ready to be renamed; return its name."""
    with report_errors_at(path):
        os.symlink(target, temporary := _temporary(path))
    return temporary


def rename(temporary: str, path: str) -> None:
    """Rename `temporary` to `path`; if that fails, remove the temporary file."""
    try:
        with report_errors_at(path):
            os.rename(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise


def remove(path: str) -> None:
    """Remove the file or symlink `path`; do nothing if it does not exist."""
    with contextlib.suppress(FileNotFoundError):
        os.unlink(path)


def add_name(path: str, name: str) -> bool:
    """Give the file `path` the second name `name`, or rename it if the file system has no hard links.

    Return False if `name` exists; nothing is changed then.
    """
    try:
        os.link(path, name, follow_symlinks=False)
    except FileExistsError:
        return False
    except OSError:
        os.rename(path, name)
    return True


def remove_tree(state: State, path: str) -> None:
    """Remove the folder `path` and everything in it; do nothing if it does not exist.

    Raises TaoshellError unless `is_inside` says that it may be removed. Symlinks inside are removed, never followed.
    """
    if not is_inside(state, path):
        raise TaoshellError(
            "taoshell removes only folders inside its state folder, and this is not one",
            "if you do not need it, remove it yourself",
            at=Where(path),
        )
    with contextlib.suppress(FileNotFoundError):
        import shutil  # only when needed: it loads four libraries for archives

        shutil.rmtree(path)


def is_inside(state: State, path: str) -> bool:
    """Whether `path` is absolute and strictly below the state folder, without ".." or a symlink on the way."""
    below = path.removeprefix(f"{state.root}/")
    return os.path.isabs(path) and os.path.realpath(path) == f"{os.path.realpath(state.root)}/{below}"


def _temporary(path: str) -> str:
    """Return a free name beside `path`, after removing what killed processes left under such names.

    The temporary file of a killed process may hold secrets from the user's `.env`.
    """
    temporary = f"{path}.taoshell-{os.getpid()}"
    remove(temporary)
    remove_left_behind(path)
    return temporary


def remove_left_behind(path: str) -> None:
    """Remove what killed processes left beside `path` when they were about to replace it."""
    folder, name = os.path.split(path)
    for left in os.listdir(folder) if os.access(folder, os.R_OK) else ():  # glob would compile a pattern for each file
        if left.startswith(f"{name}.taoshell-") and is_left_behind(f"{folder}/{left}"):
            remove(f"{folder}/{left}")


def is_left_behind(path: str) -> bool:
    """Whether `path` is our temporary file or symlink, and the process that made it has ended."""
    process = _OF_A_PROCESS.search(path)
    try:
        if process is None or os.path.exists(f"/proc/{process[1]}"):
            return False
        return os.lstat(path).st_uid == os.geteuid()
    except FileNotFoundError:  # renamed just now
        return False


def read_or_none(path: str) -> bytes | None:
    """Return the content of `path`, or None if there is no such file."""
    try:
        with open(path, "rb") as file:
            return file.read()
    except (FileNotFoundError, NotADirectoryError):
        return None
