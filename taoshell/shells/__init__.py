"""The shells that taoshell supports, and what the module of each one provides. docs/adding-a-shell.md adds one."""

from __future__ import annotations

import importlib

from taoshell.errors import USAGE, TaoshellError

TYPE_CHECKING = False  # importing `typing` takes longer than everything else that `taoshell hook` imports
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Protocol
else:
    Protocol = object

SHELLS = {  # the name of a shell, which is also its module here: the dialect in which generations are compiled for it
    "bash": "posix",
    "zsh": "posix",
    "fish": "fish",
}
NAMES = tuple(SHELLS)
DIALECTS = tuple(dict.fromkeys(SHELLS.values()))


class Check:
    """A test that the shell makes at each prompt: `path` compared with `other`.

    `kind`: "same_file"; "absent" (no `path`); "same_age" (equal mtimes); "not_newer", if the file system rounds mtimes.
    """

    __slots__ = ("kind", "other", "path")

    def __init__(self, kind: str, path: str, other: str = "") -> None:
        self.kind = kind
        self.path = path
        self.other = other


class ToSay:
    """What a shell says about a generation.

    `entering`: the line for entering; an `error` is said even if the user wants quiet. `values`: what may be shown of
    each variable. `mounts`: a line for each mount.
    """

    __slots__ = ("entering", "error", "mounts", "values")

    def __init__(self, entering: str, values: Mapping[str, str], mounts: Sequence[str], *, error: bool) -> None:
        self.entering = entering
        self.values = values
        self.mounts = mounts
        self.error = error


class Shell(Protocol):
    """What a shell's module provides."""

    @property
    def HOOK(self) -> str:
        """The file in shell/ that is this shell's hook."""

    @property
    def INSTALLED(self) -> str:
        """The file in shell/ that wraps the hook for `taoshell install`."""

    @property
    def PARTS(self) -> Mapping[str, str]:
        """The files in shell/ that HOOK and INSTALLED embed, by placeholder."""

    @property
    def COMPLETION(self) -> tuple[str, str]:
        """The file in shell/ that completes taoshell's commands, and the file name under which this shell finds it."""

    def start_files(self, environ: Mapping[str, str]) -> Sequence[str]:
        """The paths of the user's start files that may load the hook, the usual one first."""

    def must_load(self, texts: Mapping[str, str]) -> Sequence[str]:
        """Which start files must load the hook so that each interactive shell has it.

        `texts`: the content of each of the `start_files`, in their order; "" for a missing file.
        """

    def load(self, file: str) -> str:
        """The line for a start file that loads `file`, which is already quoted, if it can be read."""

    def quote(self, text: str) -> str:
        """`text` as one literal word."""

    def tests(self, checks: Sequence[Check]) -> str:
        """The condition that all `checks` hold."""

    def export(self, variables: Mapping[str, str]) -> str:
        """Commands that export `variables`."""


class Dialect(Protocol):
    """What the module of a dialect provides. Generations are compiled once for each dialect."""

    @property
    def SCRIPT(self) -> str:
        """The file name of the script in a generation. Its number is that of the format, and the hook asks for the file
        by name: an upgrade that changes the format finds no such file, and the project is compiled again."""

    def script(
        self,
        generation: str,
        own: Mapping[str, str],
        variables: Mapping[str, str],
        to_say: ToSay,
        checks: Sequence[Check],
    ) -> str:
        """The script that a shell sources before it enters or leaves.

        `own`: the TAOSHELL_… variables; `variables`: the project's; `checks`: all must hold for the generation to be
        in force.
        """


def shell(name: str) -> Shell:
    """The shell of that name. Raises TaoshellError (usage) if taoshell has no hook for it."""
    if name not in SHELLS:
        raise TaoshellError(f"no hook for {name!r}", f"known shells: {', '.join(NAMES)}", exit_code=USAGE)
    module: Shell = importlib.import_module(f"taoshell.shells.{name}")
    return module


def dialect(name: str) -> Dialect:
    """The dialect of that name, one of DIALECTS."""
    module: Dialect = importlib.import_module(f"taoshell.shells.{name}")
    return module
