"""`taoshell hook SHELL`: the text that a shell evaluates at its start. Nothing heavy is imported here."""

from __future__ import annotations

import os
import sys

from taoshell.shells import shell
from taoshell.state import State


def render(name: str, state: State) -> str:
    """The hook of the shell `name`, with the folders of `state` fixed in it.

    Raises TaoshellError for an unknown shell.
    """
    target = shell(name)
    values = {
        "__STATE__": state.root,
        "__MOUNTS_FILE__": state.mounts_file,
        "__ORIGINAL__": state.original,
        "__PYTHON__": sys.executable,
        "__MAIN__": os.path.join(_PACKAGE, "__main__.py"),
        "__LN__": gnu_ln(state),
        **{placeholder: script(file) for placeholder, file in target.PARTS.items()},
    }
    return filled(script(target.HOOK), [(placeholder, target.quote(value)) for placeholder, value in values.items()])


def filled(text: str, values: list[tuple[str, str]]) -> str:
    """`text` with each placeholder's value in its place; a value is not searched for placeholders."""
    if not values:
        return text
    (placeholder, value), *others = values
    before, found, after = text.partition(placeholder)
    return filled(before, others) + (value + filled(after, others) if found else "")


def gnu_ln(state: State) -> str:
    """The path of GNU's `ln`, or "": only it replaces a link by a rename.

    Asking it takes a process, so the answer is kept in the state folder beside the program's time.
    """
    programs = (os.path.join(folder, "ln") for folder in os.environ.get("PATH", "").split(":") if os.path.isabs(folder))
    path = next((program for program in programs if os.path.isfile(program) and os.access(program, os.X_OK)), "")
    if not path:
        return ""
    asked = f"{path}\n{os.stat(path).st_mtime_ns}\n"
    note = os.path.join(state.root, "ln")
    try:
        with open(note, encoding="utf-8", errors="surrogateescape") as file:
            known = file.read()
    except OSError:
        known = ""
    if known in (asked, asked + path):  # and nothing else: the folder could be another user's
        return known[len(asked) :]
    answer = path if _is_gnu(path) else ""
    if os.path.isdir(state.root) and os.stat(state.root).st_uid == os.geteuid():
        from contextlib import suppress

        from taoshell.storage import replace_file

        with suppress(OSError):  # on a full disk it is asked again the next time
            replace_file(note, os.fsencode(asked + answer))
    return answer


_PACKAGE = os.path.dirname(os.path.abspath(__file__))


def script(file: str) -> str:
    """A script of shell/."""
    with open(os.path.join(scripts_folder(), file), encoding="utf-8") as text:
        return text.read()


def scripts_folder() -> str:
    """shell/: inside the package when installed, beside it in a clone."""
    for folder in (os.path.join(_PACKAGE, "_shell"), os.path.join(os.path.dirname(_PACKAGE), "shell")):
        if os.path.isdir(folder):
            return folder
    raise FileNotFoundError(2, "the installation is not whole", _PACKAGE)


def _is_gnu(path: str) -> bool:
    import subprocess

    answer = subprocess.run([path, "--version"], capture_output=True, check=False, stdin=subprocess.DEVNULL)
    return b"GNU coreutils" in answer.stdout
