"""The shells that taoshell knows. A new one is a module here, its hook in shell/, and a line in each table below."""

from __future__ import annotations

import importlib

from taoshell.errors import USAGE, TaoshellError

TYPE_CHECKING = False  # `typing` itself takes longer to import than all that a hook needs
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Protocol
else:
    Protocol = object

NAMES = ("bash", "zsh", "fish")
DIALECTS = ("posix", "fish")


class Check:
    """A test that the shell makes at each prompt: `path` against `other`.

    `kind`: "same_file"; "absent" (no `path`); "same_age"; "not_newer", where the file system rounds times.
    """

    __slots__ = ("kind", "other", "path")

    def __init__(self, kind: str, path: str, other: str = "") -> None:
        self.kind = kind
        self.path = path
        self.other = other


class Words:
    """What a shell says of a generation.

    `entering`: the line, also where the user wants quiet when it is an `error`; `values`: of each variable, what may be
    shown; `mounts`: a line each.
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
    def PARTS(self) -> Mapping[str, str]:
        """The shared scripts that go into it, by the placeholder they stand at."""

    @property
    def INSTALLED(self) -> str:
        """The file in shell/ round the hook that `taoshell install` has the shell source."""

    @property
    def COMPLETION(self) -> tuple[str, str]:
        """The file in shell/ that completes taoshell's commands, and the name that this shell looks it up by."""

    def quote(self, text: str) -> str:
        """`text` as one literal word."""

    def tests(self, checks: Sequence[Check]) -> str:
        """The condition that all of `checks` hold."""

    def export(self, variables: Mapping[str, str]) -> str:
        """Commands that export `variables`."""


class Dialect(Protocol):
    """What the module of a language provides, in which generations are compiled."""

    @property
    def SCRIPT(self) -> str:
        """The file in a generation. Its number is the format, which the hook asks for by name: after an upgrade that
        changes the format there is no such file, and the project is compiled again."""

    def script(
        self,
        generation: str,
        own: Mapping[str, str],
        variables: Mapping[str, str],
        words: Words,
        checks: Sequence[Check],
    ) -> str:
        """The file that a shell sources to be able to enter and leave.

        `own`: the TAOSHELL_… variables; `variables`: the project's; `checks`: what must all hold for the generation to
        be in force.
        """


def shell(name: str) -> Shell:
    """The shell of that name. Raises TaoshellError (usage) for one that is not known."""
    if name not in NAMES:
        raise TaoshellError(f"no hook for {name!r}", f"known shells: {', '.join(NAMES)}", exit_code=USAGE)
    module: Shell = importlib.import_module(f"taoshell.shells.{name}")
    return module


def dialect(name: str) -> Dialect:
    """The dialect of that name, one of DIALECTS."""
    module: Dialect = importlib.import_module(f"taoshell.shells.{name}")
    return module
