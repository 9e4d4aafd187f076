"""`taoshell hook SHELL`: the text that a shell evaluates at its start. Nothing heavy is imported here."""

from __future__ import annotations

import os
import sys

from taoshell.errors import TaoshellError, Where
from taoshell.shells import shell
from taoshell.shells.gnu_ln import gnu_ln
from taoshell.state.paths import State


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


_PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def script(file: str) -> str:
    """The script `file` of shell/, such as "posix/settle.sh". Raises TaoshellError if it is missing."""
    path = os.path.join(scripts_folder(), file)
    try:
        with open(path, encoding="utf-8") as text:
            return text.read()
    except FileNotFoundError:
        raise _incomplete(path) from None


def scripts_folder() -> str:
    """shell/: inside the package when installed, beside it in a clone. Raises TaoshellError if there is none."""
    inside, beside = os.path.join(_PACKAGE, "_shell"), os.path.join(os.path.dirname(_PACKAGE), "shell")
    for folder in (inside, beside):
        if os.path.isdir(folder):
            return folder
    raise _incomplete(inside)


def _incomplete(path: str) -> TaoshellError:
    return TaoshellError("this part of taoshell is missing", "install taoshell again", at=Where(path))
