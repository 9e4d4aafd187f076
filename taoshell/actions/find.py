"""Find a project: its root, and the path of this user's `.env`."""

from __future__ import annotations

import os
from collections.abc import Mapping

from taoshell.errors import TaoshellError, Where
from taoshell.state.paths import xdg_folder

TOML = "taoshell.toml"
ENV = ".env"


def project_root(start: str) -> str:
    """Return the real path of the project that contains the folder `start`.

    Raises TaoshellError if there is none, or if no project can have this path.
    """
    root = around(start)
    if root is None:
        raise TaoshellError("no taoshell.toml in this folder or above it", "run: taoshell init", at=Where(start))
    require_root(root)
    return root


def around(start: str) -> str | None:
    """Return the real path of the nearest folder with a `taoshell.toml`, at or above `start`; None if there is none.

    Raises TaoshellError if `start` is not a folder.
    """
    folder = real_folder(start)
    while not os.path.lexists(os.path.join(folder, TOML)):
        parent = os.path.dirname(folder)
        if parent == folder:
            return None
        folder = parent
    return folder


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
    if root in ("/", os.path.realpath(os.path.expanduser("~"))):
        cause = "your home folder and / cannot be projects"
        raise TaoshellError(cause, "make a folder in your home and run it there", at=Where(root))
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


def env_path(root: str, environ: Mapping[str, str]) -> str:
    """Return the path of this user's `.env` for the project.

    It is in the project, unless it belongs to another user and we cannot read and write it. Then it is a private one.
    """
    shared = os.path.join(root, ENV)
    wanted = shared if os.path.lexists(shared) else root
    if os.access(wanted, os.R_OK | os.W_OK) or not os.path.exists(wanted) or os.stat(wanted).st_uid == os.geteuid():
        return shared
    base = xdg_folder(environ, "XDG_CONFIG_HOME", ".config")
    return f"{base}/taoshell/env{root}/+/{ENV}"  # no folder of a project is named +


def is_private(path: str, root: str) -> bool:
    """Whether this `.env` is the user's private one."""
    return path != os.path.join(root, ENV)
