"""Jupyter, beside the shells: the file that IPython runs when it starts, and where it lies.

Every kernel of Python is an IPython. A startup file of IPython only runs the hook, a copy of taoshell.shells.ipython.
"""

from __future__ import annotations

import glob
import os
from collections.abc import Mapping

from taoshell.errors import TaoshellError
from taoshell.state.files import make_folder, read_or_none, replace_file
from taoshell.state.paths import State, home_of

NAME = "jupyter"  # for `taoshell install`
_STARTUP = "startup/00-taoshell.py"  # IPython runs these files in the order of their names
_SOURCE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "ipython.py")


def put(state: State) -> None:
    """Write the hook. Call it under the lock."""
    make_folder(state.hooks)
    replace_file(_hook(state), _text())


def is_current(state: State) -> bool:
    """Whether the hook is what this package would write."""
    return read_or_none(_hook(state)) == _text()


def renew(state: State) -> None:
    """Write the hook again if another version wrote it: the next kernel has the new one."""
    if os.path.exists(_hook(state)) and not is_current(state):
        replace_file(_hook(state), _text())


def startup_files(environ: Mapping[str, str]) -> list[str]:
    """Return the startup file of each profile of IPython: of the default one, and of those that exist.

    None if IPYTHONDIR is relative: each kernel then has its own folder.
    """
    folder = _folder(environ)
    if not os.path.isabs(folder):
        return []
    profiles = [f"{folder}/profile_default", *sorted(glob.glob(f"{glob.escape(folder)}/profile_*/"))]
    return [f"{profile}/{_STARTUP}" for profile in dict.fromkeys(path.rstrip("/") for path in profiles)]


def require_one_folder(environ: Mapping[str, str]) -> None:
    """Raise TaoshellError if IPYTHONDIR is relative."""
    folder = _folder(environ)
    if not os.path.isabs(folder):
        cause = f"IPYTHONDIR is {folder!r}, which is another folder for each kernel"
        raise TaoshellError(cause, "set it to a whole path, or unset it")


def _folder(environ: Mapping[str, str]) -> str:
    home = home_of(environ)
    folder = environ.get("IPYTHONDIR") or os.path.join(home, ".ipython")
    return home + folder[1:] if folder == "~" or folder.startswith("~/") else folder  # as IPython reads it


def load(state: State) -> str:
    """Return the line of Python that runs the hook if it is the user's own. It leaves no name in the notebook."""
    path = state.from_home(_hook(state))
    path = path if os.path.isabs(path) else os.path.join("~", path)
    code = (
        f"import os, runpy\nfile = os.path.expanduser({path!r})\n"
        "if os.path.exists(file) and os.stat(file).st_uid == os.getuid(): runpy.run_path(file, run_name='__main__')"
    )
    return f"exec({code!r}, {{}})"


def _hook(state: State) -> str:
    return state.hook("ipython.py")


def _text() -> bytes:
    with open(_SOURCE, "rb") as file:
        return file.read()
