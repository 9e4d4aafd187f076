"""The shells that taoshell supports, and what the module of each one provides. docs/adding-a-shell.md adds one.

The scripts of a shell are shell/NAME/hook.NAME, installed.NAME (which wraps the hook for `taoshell install`) and
complete.NAME.
"""

from __future__ import annotations

import importlib

from taoshell.errors import USAGE, TaoshellError

TYPE_CHECKING = False  # importing `typing` takes longer than everything else that `taoshell hook` imports
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Any, Protocol

    from taoshell.shells.generation import Check, Generation
else:
    Protocol = object

SHELLS = {  # the name of a shell, which is also its module here: the dialect in which generations are compiled for it
    "bash": "posix",
    "zsh": "posix",
    "fish": "fish",
}
NAMES = tuple(SHELLS)

# What every hook consists of, in the order in which a shell reads it. posix/ and fish/ have a script of each name.
SHARED = ("state", "prompt", "find", "switch", "attributes", "trust", "sessions", "settle", "python", "say", "command")

# A path in a Check is one of these, or begins with the second, if each shell has its own.
MOUNTS_FILE = "the mounts file"
STATE = "the state folder"


def path_word(path: str, quote: Callable[[str], str], *, mounts: str, state: str) -> str:
    """Return the path of a Check as one word. `mounts` and `state` are the words for the two that each shell has."""
    if path == MOUNTS_FILE:
        return mounts
    return state + quote(path.removeprefix(STATE)) if path.startswith(STATE) else quote(path)


class Shell(Protocol):
    """What a shell's module provides."""

    COMPLETION: str  # the file name under which this shell looks for the completion of taoshell's commands
    CALLED_BY: str  # the variable that makes this shell call the hook at each prompt; "" if there is none

    def start_files(self, environ: Mapping[str, str]) -> Sequence[str]:
        """Return the paths of the user's start files that may load the hook, the usual one first."""

    def must_load(self, texts: Mapping[str, str]) -> Sequence[str]:
        """Return the start files that must load the hook so that each interactive shell has it.

        `texts`: the content of each of the `start_files`, in their order; "" for a missing file.
        """

    def load(self, file: str) -> str:
        """Return the line for a start file that loads `file`, which is already quoted, if it can be read."""


class Dialect(Protocol):
    """What the module of a dialect provides. Shells that share a language share its dialect."""

    # The file name of the script in a generation. It contains the number of its format, and the hook asks for the file
    # by name. So after an upgrade that changes the format, the hook finds no such file, and taoshell recompiles.
    SCRIPT: str
    PARTS: Mapping[str, Sequence[str]]  # the files in shell/ that the shells' scripts embed, by placeholder

    def script(self, generation: Generation) -> str:
        """Return the script that a shell sources before it enters or leaves."""

    def quote(self, text: str) -> str:
        """Return `text` as one literal word."""

    def tests(self, checks: Sequence[Check], word: Callable[[str], str]) -> str:
        """Return the condition that all `checks` hold. `word` makes a word of a path, like `quote`."""

    def export(self, variables: Mapping[str, str]) -> str:
        """Return commands that export `variables`."""

    def default(self, name: str, word: str) -> str:
        """Return the command that sets `name` in a shell that does not have it. `word` needs no quotes."""

    def prepend(self, folder: str) -> str:
        """Return the command that puts `folder` first in PATH."""


def shell(name: str) -> Shell:
    """Return the module of the shell `name`. Raises TaoshellError (usage) if taoshell has no hook for it."""
    require_known(name)
    module: Shell = _module(name)
    return module


def dialect(name: str) -> Dialect:
    """Return the dialect of the shell `name`. Raises TaoshellError like `shell`."""
    require_known(name)
    module: Dialect = _module(SHELLS[name])
    return module


def _module(name: str) -> Any:
    """Import the module. Raises TaoshellError if it is missing: the package is not whole."""
    try:
        return importlib.import_module(f"taoshell.shells.{name}")
    except ImportError as error:
        raise TaoshellError(f"a part of taoshell is missing: {error}", "install taoshell again") from error


def require_known(name: str) -> None:
    """Raise TaoshellError (usage) if taoshell has no hook for the shell `name`."""
    if name not in SHELLS:
        raise TaoshellError(f"no hook for {name!r}", f"known shells: {', '.join(NAMES)}", exit_code=USAGE)
