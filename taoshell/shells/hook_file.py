"""What `taoshell install` has a shell source: its hook in a file of the state folder, so that no process makes it.

The file is as old as the newest folder of the package's scripts, to the nanosecond. If it is not, the package was
upgraded: the first prompt of the next shell has all of these files made anew. The file does nothing once the package is
gone.
"""

from __future__ import annotations

import os
import sys

from taoshell.shells import NAMES, Check, shell
from taoshell.shells.render import filled, render, script, scripts_folder
from taoshell.state.files import new_file, remove_tree, rename, replace_file, rounded_up
from taoshell.state.paths import State


def shells(state: State) -> list[str]:
    """The shells that have one."""
    return [name for name in NAMES if os.path.exists(state.hook(name))]


def put(state: State, name: str) -> None:
    """Make the file of the shell `name`, and its completions; under the lock."""
    os.makedirs(state.completions, mode=0o700, exist_ok=True)
    completion, known_as = shell(name).COMPLETION
    replace_file(f"{state.completions}/{known_as}", script(completion).encode())
    path = state.hook(name)
    newest_ns = _scripts_ns(name)[1]  # before they are read: what is written meanwhile will show
    temporary = new_file(path, _text(state, name, exact=True), mtime_ns=newest_ns)
    if os.stat(temporary).st_mtime_ns != newest_ns:  # this file system keeps no nanoseconds
        temporary = new_file(path, _text(state, name, exact=False), mtime_ns=rounded_up(newest_ns))
    rename(temporary, path)


def is_current(state: State, name: str) -> bool:
    """Is the file there, and just what this package makes?"""
    try:
        with open(state.hook(name), "rb") as file:
            found = file.read()
    except FileNotFoundError:
        return False
    newer_ns = os.stat(state.hook(name)).st_mtime_ns - _scripts_ns(name)[1]
    return newer_ns >= 0 and found == _text(state, name, exact=newer_ns == 0)


def remove(state: State) -> None:
    """Take all of them away."""
    remove_tree(state, state.hooks)


def _text(state: State, name: str, *, exact: bool) -> bytes:
    target, path = shell(name), state.hook(name)
    values = {
        "__SCRIPTS__": scripts_folder(),
        "__PROGRAM__": os.path.join(os.path.dirname(sys.executable), "taoshell"),
        "__FILE__": path,
        "__COMPLETIONS__": state.completions,
    }
    words = [(placeholder, target.quote(value)) for placeholder, value in values.items()]
    newest = _scripts_ns(name)[0]
    kinds = {folder: "same_age" if exact and folder == newest else "not_newer" for folder in _script_folders(name)}
    unchanged = ("__UNCHANGED__", target.tests([Check(kind, folder, path) for folder, kind in kinds.items()]))
    hook = ("__HOOK__\n", render(name, state))
    return filled(script(target.INSTALLED), [hook, unchanged, *words]).encode(errors="surrogateescape")


def _script_folders(name: str) -> list[str]:
    """The folders of shell/ that the hook of that shell is made from."""
    target = shell(name)
    files = (target.HOOK, target.INSTALLED, target.COMPLETION[0], *target.PARTS.values())
    return [f"{scripts_folder()}/{folder}" for folder in sorted({os.path.dirname(file) for file in files})]


def _scripts_ns(name: str) -> tuple[str, int]:
    """Which of those folders was changed last, and when."""
    times = {folder: os.stat(folder).st_mtime_ns for folder in _script_folders(name)}
    newest = max(times, key=lambda folder: times[folder])
    return newest, times[newest]
