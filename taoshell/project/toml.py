"""Reading TOML so that each complaint names the file, the line and the cure."""

from __future__ import annotations

import bisect
import difflib
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import tomlkit
from tomlkit.exceptions import TOMLKitError

from taoshell.errors import TaoshellError, Where

Complain = Callable[[str, str], TaoshellError]
"""Makes the error for (cause, cure), with the file and line that it is about."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table of a TOML file: plain Python values, and where it stands."""

    values: Mapping[str, object]
    text: str
    where: str
    path: tuple[str, ...] = ()

    def error(self, key: str | None, cause: str, cure: str) -> TaoshellError:
        """The error about `key` (None: about the file)."""
        line = None if key is None else line_of(self.text, (*self.path, key))
        return TaoshellError(cause, cure, at=Where(self.where, line))

    def complain(self, key: str | None) -> Complain:
        """Makes errors about `key`."""
        return lambda cause, cure: self.error(key, cause, cure)

    def wrong_type(self, key: str, cure: str) -> TaoshellError:
        """The error that `key` has a value of the wrong kind; `cure` shows a right one."""
        return self.error(key, f"{self.dotted(key)} is {_kind(self.values[key])}", cure)

    def dotted(self, key: str) -> str:
        """`key` with the tables around it, for messages."""
        return ".".join((*self.path, key))

    def require_known(self, names: Iterable[str]) -> None:
        """Raises TaoshellError for the first key that is not among `names`."""
        known = list(names)
        for key in self.values:
            if key not in known:
                raise self.error(key, f'unknown key "{self.dotted(key)}"', suggestion(key, known))

    def string(self, key: str, example: str) -> str | None:
        """The string at `key`; None where there is none. Raises TaoshellError for anything else."""
        value = self.values.get(key)
        if value is not None and not isinstance(value, str):
            raise self.wrong_type(key, f"write text in quotes, such as {key} = {quoted(example)}")
        return value

    def table(self, key: str) -> Table:
        """The table at `key`, empty where there is none. Raises TaoshellError for anything else."""
        value = self.values.get(key, {})
        if not isinstance(value, Mapping):
            raise self.wrong_type(key, f"it must be a table: [{self.dotted(key)}]")
        return Table(value, self.text, self.where, (*self.path, key))


def parse(text: str, where: str) -> Table:
    """The whole file `text`. Raises TaoshellError with the line where it is no TOML."""
    try:
        return Table(tomlkit.parse(text).unwrap(), text, where)
    except TOMLKitError as error:
        cause = re.sub(r" at line \d+ col \d+$", "", str(error)).replace("character: '\\x00'", "end of file")
        cure = "correct the line; text goes in quotes"
        line = getattr(error, "line", None)
        raise TaoshellError(f"this is no TOML: {cause}", cure, at=Where(where, line)) from error
    except RecursionError as error:  # tomlkit has a limit of its own only since some release after 0.12
        raise TaoshellError("this is nested too deeply", "make it flat", at=Where(where)) from error


def line_of(text: str, path: tuple[str, ...]) -> int | None:
    """The line, from 1, on which the statement begins that gives `path` its first value; None where none does.

    tomlkit keeps no positions; but what the first lines define, they define without the rest. Only errors pay for it.
    """
    lines = text.split("\n")

    def whole_statements(count: int) -> tuple[int, Mapping[str, object]]:
        """The longest start of at most `count` lines that does not end amid a statement, and its values."""
        while True:
            try:
                return count, tomlkit.parse("\n".join([*lines[:count], ""])).unwrap()
            except TOMLKitError:
                count -= 1

    def defined(count: int) -> bool:
        table: object = whole_statements(count)[1]
        for key in path:
            if not isinstance(table, Mapping) or key not in table:
                return False
            table = table[key]
        return True

    last = bisect.bisect_left(range(len(lines) + 1), True, key=defined)
    return None if last > len(lines) else whole_statements(last - 1)[0] + 1


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """The start of a cure: the one of `known` that `word` looks like, if any.

    >>> did_you_mean("plases", ["layout", "places"])
    'did you mean "places"? '
    """
    near = difflib.get_close_matches(word, list(known), 1)
    return f"did you mean {quoted(near[0])}? " if near else ""


def suggestion(word: str, known: Iterable[str]) -> str:
    """A cure for the unknown `word`."""
    names = list(known)
    return did_you_mean(word, names).rstrip() or f"known: {', '.join(names)}"


def quoted(text: str) -> str:
    """`text` as TOML for a message. Only for text without quotes."""
    return f'"{text}"'


def _kind(value: object) -> str:
    """What a user calls a value of this type."""
    kinds: list[tuple[type, str]] = [
        (bool, "true or false"),
        (int, "a number"),
        (float, "a number with a fraction"),
        (str, "text"),
        (list, "a list"),
        (Mapping, "a table"),
    ]
    return next((name for kind, name in kinds if isinstance(value, kind)), "a date or time")
