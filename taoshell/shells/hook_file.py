"""What `taoshell install` has a shell source: its hook in a file of the state folder, so that no process makes it.

The file is as old as the package's scripts, to the nanosecond. Where it is not, the package was upgraded: the first
prompt of the next shell has all of them made anew. It does nothing once the package is gone.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import sys

from taoshell.hook import filled, render, script, scripts_folder
from taoshell.shells import NAMES, Check, shell
from taoshell.state import State
from taoshell.storage import new_file, rename, replace_file, rounded_up


def shells(state: State) -> list[str]:
    """The shells that have one."""
    return [name for name in NAMES if os.path.exists(state.hook(name))]


def put(state: State, name: str) -> None:
    """Make the file of the shell `name`, and its completions; under the lock."""
    os.makedirs(state.completions, mode=0o700, exist_ok=True)
    completion, known_as = shell(name).COMPLETION
    replace_file(f"{state.completions}/{known_as}", script(completion).encode())
    path = state.hook(name)
    as_old = _scripts_mtime_ns()  # before they are read: what is written meanwhile will show
    temporary = new_file(path, _text(state, name, "same_age"), mtime_ns=as_old)
    if os.stat(temporary).st_mtime_ns != as_old:  # this file system keeps no nanoseconds
        temporary = new_file(path, _text(state, name, "not_newer"), mtime_ns=rounded_up(as_old))
    rename(temporary, path)


def is_current(state: State, name: str) -> bool:
    """Is the file there, and just what this package makes?"""
    try:
        with open(state.hook(name), "rb") as file:
            found = file.read()
    except FileNotFoundError:
        return False
    newer_ns = os.stat(state.hook(name)).st_mtime_ns - _scripts_mtime_ns()
    return newer_ns >= 0 and found == _text(state, name, "not_newer" if newer_ns else "same_age")


def remove(state: State) -> None:
    """Take all of them away."""
    with contextlib.suppress(FileNotFoundError):
        shutil.rmtree(state.hooks)


def _text(state: State, name: str, kind: str) -> bytes:
    target, path, scripts = shell(name), state.hook(name), scripts_folder()
    values = {
        "__SCRIPTS__": scripts,
        "__PROGRAM__": os.path.join(os.path.dirname(sys.executable), "taoshell"),
        "__FILE__": path,
        "__COMPLETIONS__": state.completions,
    }
    words = [(placeholder, target.quote(value)) for placeholder, value in values.items()]
    unchanged = ("__UNCHANGED__", target.test(Check(kind, scripts, path)))
    hook = ("__HOOK__\n", render(name, state))
    return filled(script(target.INSTALLED), [hook, unchanged, *words]).encode(errors="surrogateescape")


def _scripts_mtime_ns() -> int:
    return os.stat(scripts_folder()).st_mtime_ns
