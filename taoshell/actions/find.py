"""Where a project is: its root, and where this user's `.env` of it lies."""

from __future__ import annotations

import os
from collections.abc import Mapping

from taoshell.errors import TaoshellError, Where
from taoshell.state.paths import xdg_folder

TOML = "taoshell.toml"
ENV = ".env"


def project_root(start: str) -> str:
    """The real path of the project around the folder `start`.

    Raises TaoshellError where there is none, or where its path cannot be kept.
    """
    root = around(start)
    if root is None:
        raise TaoshellError("no taoshell.toml here or in any folder above", "run: taoshell init", at=Where(start))
    require_root(root)
    return root


def around(start: str) -> str | None:
    """The nearest folder with a `taoshell.toml`, a real path; None where there is none.

    Raises TaoshellError where `start` is no folder.
    """
    folder = real_folder(start)
    while not os.path.lexists(os.path.join(folder, TOML)):
        parent = os.path.dirname(folder)
        if parent == folder:
            return None
        folder = parent
    return folder


def real_folder(path: str) -> str:
    """The real path of a folder. Raises TaoshellError where it is none."""
    try:
        folder = os.path.realpath(path)
    except FileNotFoundError:  # of a relative path: there is nothing that it could be relative to
        raise TaoshellError("the current folder is gone", "cd to one that exists") from None
    if not os.path.isdir(folder):
        raise TaoshellError("there is no such folder", "name one that exists", at=Where(path))
    return folder


def require_root(root: str) -> None:
    """Raises TaoshellError where no project can be in the folder `root` (a real path)."""
    if root in ("/", os.path.realpath(os.path.expanduser("~"))):
        raise TaoshellError("a project cannot be your home or /", "use a folder below it", at=Where(root))
    if "\n" in root or "+" in root.split("/"):
        raise TaoshellError(
            "a project's path cannot hold a newline or a folder named +", "rename or move the folder", at=Where(root)
        )
    if ":" in root:
        raise TaoshellError("Docker cannot mount a path that holds ':'", "rename or move the folder", at=Where(root))
    try:
        root.encode()
    except UnicodeEncodeError as error:
        raise TaoshellError("the path is not UTF-8, as a mounts file must be", "rename it", at=Where(root)) from error


def env_path(root: str, environ: Mapping[str, str]) -> str:
    """Where this user's `.env` of the project is.

    In the project; who cannot read and write somebody else's there (a shared folder) has a private one.
    """
    shared = os.path.join(root, ENV)
    wanted = shared if os.path.lexists(shared) else root
    if os.access(wanted, os.R_OK | os.W_OK) or not os.path.exists(wanted) or os.stat(wanted).st_uid == os.geteuid():
        return shared
    base = xdg_folder(environ, "XDG_CONFIG_HOME", ".config")
    return f"{base}/taoshell/env{root}/+/{ENV}"  # no folder of a project is named +


def is_private(path: str, root: str) -> bool:
    """Is this `.env` the user's private one?"""
    return path != os.path.join(root, ENV)
