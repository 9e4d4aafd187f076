"""The file that `taoshell install` makes for a shell to source: the hook, so that a new shell starts no process for it.

Its mtime is that of the newest folder of the scripts it was made from, to the nanosecond. If the two differ, taoshell
was upgraded: the first prompt of the next shell renews the files of all shells. The file does nothing if the package
has been removed.
"""

from __future__ import annotations

import os
import sys

from taoshell.shells import NAMES, Check, shell
from taoshell.shells.render import filled, incomplete, render, script, scripts_folder
from taoshell.state.files import new_file, remove_tree, rename, replace_file, rounded_up
from taoshell.state.paths import State


def shells(state: State) -> list[str]:
    """The shells whose file exists."""
    return [name for name in NAMES if os.path.exists(state.hook(name))]


def put(state: State, name: str) -> None:
    """Write the file of the shell `name`, and its completions. Call it under the lock.

    Raises TaoshellError if a script is missing.
    """
    newest_ns = _newest_folder(name)[1]  # read before the scripts are: a later change to a script then shows
    text = _text(state, name, exact=True)
    completion, known_as = shell(name).COMPLETION
    os.makedirs(state.completions, mode=0o700, exist_ok=True)
    replace_file(f"{state.completions}/{known_as}", script(completion).encode())
    path = state.hook(name)
    temporary = new_file(path, text, mtime_ns=newest_ns)
    if os.stat(temporary).st_mtime_ns != newest_ns:  # this file system rounds mtimes
        temporary = new_file(path, _text(state, name, exact=False), mtime_ns=rounded_up(newest_ns))
    rename(temporary, path)


def is_current(state: State, name: str) -> bool:
    """Whether the file and the completions are what this package would write.

    Raises TaoshellError if a script is missing, even if there is no file yet.
    """
    completion, known_as = shell(name).COMPLETION
    completions = script(completion).encode()
    newest_ns, texts = _newest_folder(name)[1], {exact: _text(state, name, exact=exact) for exact in (True, False)}
    try:
        with open(state.hook(name), "rb") as file, open(f"{state.completions}/{known_as}", "rb") as completion_file:
            newer_ns = os.fstat(file.fileno()).st_mtime_ns - newest_ns
            return newer_ns >= 0 and file.read() == texts[newer_ns == 0] and completion_file.read() == completions
    except FileNotFoundError:
        return False


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
    newest = _newest_folder(name)[0]
    kinds = {folder: "same_age" if exact and folder == newest else "not_newer" for folder in _script_folders(name)}
    unchanged = ("__UNCHANGED__", target.tests([Check(kind, folder, path) for folder, kind in kinds.items()]))
    hook = ("__HOOK__\n", render(name, state))
    return filled(name, target.INSTALLED, values, [hook, unchanged]).encode(errors="surrogateescape")


def _script_folders(name: str) -> list[str]:
    """The folders of shell/ that contain the scripts of that shell's hook."""
    target = shell(name)
    files = (target.HOOK, target.INSTALLED, target.COMPLETION[0], *target.PARTS.values())
    return [f"{scripts_folder()}/{folder}" for folder in sorted({os.path.dirname(file) for file in files})]


def _newest_folder(name: str) -> tuple[str, int]:
    """The folder of those that was changed last, and its mtime. Raises TaoshellError if one is missing."""
    times = {}
    for folder in _script_folders(name):
        try:
            times[folder] = os.stat(folder).st_mtime_ns
        except OSError as error:
            raise incomplete(folder, error) from error
    newest = max(times, key=lambda folder: times[folder])
    return newest, times[newest]
