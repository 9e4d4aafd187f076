"""The file that `taoshell install` writes for a shell to source: the hook, so that a new shell starts no process.

Its mtime is that of the newest folder of its scripts, to the nanosecond. If the two differ, taoshell was upgraded: the
first prompt of the next shell rewrites the files of all shells. If the package has been removed, the file only gives
the mounts file back to the user.
"""

from __future__ import annotations

import os
import sys

from taoshell.shells import NAMES, dialect, shell
from taoshell.shells.generation import Check
from taoshell.shells.render import MAIN, filled, home_word, incomplete, render, script, scripts_folder
from taoshell.state.files import make_folder, new_file, read_or_none, remove_tree, rename, replace_file
from taoshell.state.paths import State
from taoshell.state.stamps import rounded_up

_WITHOUT_PACKAGE = "posix/without-package.sh"


def shells(state: State) -> list[str]:
    """Return the shells whose file exists."""
    return [name for name in NAMES if os.path.exists(state.hook(name))]


def put(state: State, name: str, log: str = "") -> None:
    """Write the file of the shell `name`, and its completions. Call it under the lock.

    Raises TaoshellError if a script is missing.
    """
    newest_ns = _newest_folder(name)[1]  # read before the scripts are: a later change to a script then shows
    text = _text(state, name, log, exact=True)
    completions, content = _completions(state, name)
    make_folder(state.completions)
    replace_file(_without_package(state), _without_package_text())
    put_program(state)
    replace_file(completions, content)
    path = state.hook(name)
    temporary = new_file(path, text, mtime_ns=newest_ns)
    if os.stat(temporary).st_mtime_ns != newest_ns:  # this file system rounds mtimes
        temporary = new_file(path, _text(state, name, log, exact=False), mtime_ns=rounded_up(newest_ns))
    rename(temporary, path)


def put_program(state: State) -> None:
    """Write the program `taoshell` for those who have no PATH with it. Call it under the lock."""
    make_folder(state.hooks)
    replace_file(_program(state), _program_text(), mode=0o700)


def has_program(state: State) -> bool:
    """Whether that program is what this package would write."""
    return read_or_none(_program(state)) == _program_text()


def is_current(state: State, name: str, log: str = "") -> bool:
    """Whether the file and the completions are what this package would write.

    Raises TaoshellError if a script is missing, even if there is no file yet.
    """
    completions, content = _completions(state, name)
    path = state.hook(name)
    newer_ns = os.stat(path).st_mtime_ns - _newest_folder(name)[1] if os.path.exists(path) else -1
    is_same = read_or_none(path) == _text(state, name, log, exact=newer_ns == 0)
    others = {
        completions: content,
        _without_package(state): _without_package_text(),
    }
    return (
        newer_ns >= 0
        and is_same
        and has_program(state)
        and all(read_or_none(other) == wanted for other, wanted in others.items())
    )


def remove(state: State) -> None:
    """Remove the files of all shells."""
    remove_tree(state, state.hooks)


def _completions(state: State, name: str) -> tuple[str, bytes]:
    """Return the path and the content of the shell's completions."""
    return f"{state.completions}/{shell(name).COMPLETION}", script(f"{name}/complete.{name}").encode()


def _text(state: State, name: str, log: str, *, exact: bool) -> bytes:
    path, newest = state.hook(name), _newest_folder(name)[0]
    values = {
        "__SCRIPTS__": scripts_folder(),
        "__PROGRAM__": os.path.join(os.path.dirname(sys.executable), "taoshell"),
        "__FILE__": path,
        "__COMPLETIONS__": state.completions,
        "__WITHOUT__": _without_package(state),
        "__STATE__": state.root,
        "__MOUNTS_FILE__": state.mounts_file,
        "__ORIGINAL__": state.original,
        "__CURRENT__": state.cur,
    }
    checks = [
        Check("same_age" if exact and folder == newest else "not_newer", folder, path)
        for folder in _script_folders(name)
    ]
    language, home = dialect(name), state.home.rstrip("/")  # new shells start in the home of the mounts file
    unchanged = language.tests(checks, lambda path: home_word(language, path, home))
    code = {"__HOOK__\n": render(name, state, home, log), "__UNCHANGED__": unchanged}
    return filled(name, "installed", values, code, home).encode(errors="surrogateescape")


def _without_package(state: State) -> str:
    """Return the path of the script that gives the mounts file back if the package is removed without `uninstall`."""
    return f"{state.hooks}/without-package.sh"


def _without_package_text() -> bytes:
    return script(_WITHOUT_PACKAGE).encode()


def _program(state: State) -> str:
    """Return the path of a program `taoshell`, for Jupyter, and for an .envrc of direnv."""
    return f"{state.hooks}/taoshell"


def _program_text() -> bytes:
    quoted = map(dialect("bash").quote, (sys.executable, "-E", MAIN))
    return f'#!/bin/sh\n{" ".join(("exec", *quoted))} "$@"\n'.encode(errors="surrogateescape")


def _script_folders(name: str) -> list[str]:
    """Return the folders in shell/ that contain the scripts of the shell's hook."""
    files = [_WITHOUT_PACKAGE, *(file for files in dialect(name).PARTS.values() for file in files)]
    folders = {name, *map(os.path.dirname, files)}
    folders -= set(NAMES) - {name}  # a part of another shell's
    return [f"{scripts_folder()}/{folder}" for folder in sorted(folders)]


def _newest_folder(name: str) -> tuple[str, int]:
    """Return the script folder with the newest mtime, and that mtime. Raises TaoshellError if a folder is missing."""
    mtimes_ns = {}
    for folder in _script_folders(name):
        try:
            mtimes_ns[folder] = os.stat(folder).st_mtime_ns
        except OSError as error:
            raise incomplete(folder, error) from error
    return max(mtimes_ns.items(), key=lambda found: found[1])
