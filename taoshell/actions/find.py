"""Find a project: its root, and the path of this user's `.env`."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping

from taoshell.cures import cure, project_around
from taoshell.errors import TaoshellError, Where
from taoshell.project.mounts import below
from taoshell.state.paths import xdg_folder

TOML = "taoshell.toml"
ENV = ".env"
_FOR_ALL = 0o006  # on file systems without owners, everybody may read and write everything


def project_root(start: str) -> str:
    """Return the real path of the project that contains the folder `start`.

    Raises TaoshellError if there is none, or if no project can have this path.
    """
    root = around(start)
    if root is None:
        raise TaoshellError("no taoshell.toml in this folder or above it", no_project(start), at=Where(start))
    require_root(root)
    return root


def no_project(start: str) -> str:
    """Return what to do where there is no project."""
    return "cd to a project" if _is_reserved(os.path.realpath(start)) else cure("no-project", root=start)


def around(start: str) -> str | None:
    """Return the real path of the nearest folder with a `taoshell.toml`, at or above `start`; None if there is none.

    Raises TaoshellError if `start` is not a folder.
    """
    return project_around(real_folder(start))


def real_folder(path: str) -> str:
    """Return the real path of a folder. Raises TaoshellError if `path` is not a folder."""
    try:
        folder = os.path.realpath(path)
    except FileNotFoundError:  # `path` is relative, and the current folder was deleted
        raise TaoshellError("the current folder is gone", "cd to one that exists") from None
    if not os.path.isdir(folder):
        raise TaoshellError("there is no such folder", "name one that exists", at=Where(path))
    return folder


def require_root(root: str) -> None:
    """Raise TaoshellError if no project can be in the folder `root`, a real path."""
    if _is_reserved(root):
        cause = "your home folder and / cannot be projects"
        raise TaoshellError(cause, "make a folder in your home and run it there", at=Where(root))
    if root.startswith("/~/"):  # its record would have the place of one below the home
        raise TaoshellError("a project cannot be in the folder /~", "rename or move the folder", at=Where(root))
    if "\n" in root or "+" in root.split("/"):
        raise TaoshellError(
            "a project's path cannot contain a newline or a folder named +", "rename or move the folder", at=Where(root)
        )
    if ":" in root:
        raise TaoshellError("Docker cannot mount a path that contains ':'", "rename or move the folder", at=Where(root))
    try:
        root.encode()
    except UnicodeEncodeError as error:
        raise TaoshellError("the path is not UTF-8, as a mounts file must be", "rename it", at=Where(root)) from error


def _is_reserved(folder: str) -> bool:
    return folder in ("/", os.path.realpath(os.path.expanduser("~")))


def env_path(root: str, environ: Mapping[str, str]) -> str:
    """Return the path of this user's `.env` for the project.

    It is in the project, unless something there is not this user's own file: a colleague's `.env`, a folder (a virtual
    environment), a FIFO (a password manager). Then it is a private one. Nothing there: the owner of the folder counts.
    """
    shared = os.path.join(root, ENV)
    try:
        found = os.stat(shared if os.path.lexists(shared) else root)
    except OSError:  # a broken symlink, or no permission: whoever reads the file says so
        return shared
    is_file = stat.S_ISREG(found.st_mode) or not os.path.lexists(shared)
    if is_file and (found.st_uid == os.geteuid() or found.st_mode & _FOR_ALL == _FOR_ALL):
        return shared
    base = xdg_folder(environ, "XDG_CONFIG_HOME", ".config")
    return f"{base}/taoshell/env{root}/+/{ENV}"  # no folder of a project is named +


def is_private(path: str, root: str) -> bool:
    """Whether this `.env` is the user's private one."""
    return path != os.path.join(root, ENV)


def writable(path: str, folder: str) -> str:
    """Return the real path of `path`, to write there. Raises TaoshellError if that would change another file.

    A repository can contain a symlink to any of the user's files, to git's, and to the project's own.
    """
    real = os.path.realpath(path)
    inside = below(real, os.path.realpath(folder))
    others = [name for name in (TOML, ENV) if name != os.path.basename(path)]
    same = next((name for name in others if os.path.realpath(os.path.join(folder, name)) == real), None)
    if not inside:
        where = "outside the project"
    elif ".git" in inside.lower().split("/"):  # some file systems ignore case
        where = "in git's own folder"
    elif same is not None:
        where = f"which is the project's {same} too"
    else:
        return real
    link = path if os.path.islink(path) else os.path.join(folder, same or "")
    cause = f"this symlink leads to {real}, {where}, and taoshell does not write there"
    is_toml = os.path.basename(link) == TOML  # the project would be lost
    raise TaoshellError(cause, "put a copy in its place" if is_toml else cure("symlink-out", path=link), at=Where(link))


def require_writable(path: str) -> None:
    """Raise TaoshellError if the file `path` is read-only: whoever took the right from its owner meant it.

    We put a new file in its place, which the system allows all the same.
    """
    if not os.stat(path).st_mode & stat.S_IWUSR:
        raise TaoshellError("the file is read-only", cure("read-only", path=path), at=Where(path))
