"""Read TOML so that each problem has a file, a line and a cure."""

from __future__ import annotations

import bisect
import difflib
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeVar

import tomlkit
from tomlkit.exceptions import TOMLKitError

from taoshell import __version__
from taoshell.errors import Where
from taoshell.project.problems import Problem

T = TypeVar("T")
_TWICE = "already exists."  # the end of tomlkit's messages about a key that is defined again


@dataclass(frozen=True, slots=True)
class Table:
    """A table of the TOML file `file`, as plain Python values. `text` is the whole file, `path` leads to the table."""

    values: Mapping[str, object]
    file: str
    text: str
    path: tuple[str, ...] = ()

    def at(self, key: str) -> Where:
        """Return where `key` is defined."""
        return Where(self.file, lambda: lines_of(self.text).get((*self.path, key)))

    def dotted(self, key: str) -> str:
        """Return `key` with the tables around it, for messages."""
        return ".".join((*self.path, key))

    def wrong_type(self, key: str, cure: str) -> Problem:
        """Return the problem that the value of `key` has the wrong type. `cure` shows a value of the right type."""
        kind = _KINDS.get(type(self.values[key]), "a date or time")
        return Problem("wrong-type", f"{self.dotted(key)} is {kind}", cure, self.at(key))

    def require_known(self, key: str, known: Collection[str]) -> None:
        """Raise Problem if `key` is not one of `known`."""
        if key not in known:
            near = [self.dotted(name) for name in difflib.get_close_matches(key, known, 1)]
            others = f"taoshell {__version__} knows: {', '.join(known)}"
            cure = f"did you mean {quoted(near[0])}?" if near else others
            raise Problem("unknown-key", f'unknown key "{self.dotted(key)}"', cure, self.at(key))

    def typed(self, key: str, kind: type[T], cure: str) -> T:
        """Return the value of `key`. Raises Problem, with this cure, if its type is not `kind`."""
        value = self.values[key]
        if not isinstance(value, kind):
            raise self.wrong_type(key, cure)
        return value

    def string(self, key: str, example: str) -> str:
        """Return the string at `key`. Raises Problem if it is not a string."""
        return self.typed(key, str, f"write text in quotes, such as {key} = {quoted(example)}")

    def table(self, key: str, cure: str = "") -> Table:
        """Return the table at `key`, which is empty if there is no such key. Raises Problem if it is not a table."""
        cure = cure or f"it must be a table: [{self.dotted(key)}]"
        values = self.typed(key, dict, cure) if key in self.values else {}
        return Table(values, self.file, self.text, (*self.path, key))


class _HugeNumber:
    """Stands for a number beyond 64 bits: TOML promises no more, and Python may refuse to print such a number."""

    def __repr__(self) -> str:
        return "a number beyond 64 bits"


_KINDS = {
    bool: "true or false",
    int: "a number",
    float: "a number with a fraction",
    str: "text",
    list: "a list",
    dict: "a table",
    _HugeNumber: "a number beyond 64 bits",
}


@lru_cache(maxsize=4)
def parse(text: str, file: str) -> Table:
    """Return the table of the whole file. A command parses the same text several times, so the result is cached."""
    try:
        return Table({key: _plain(value) for key, value in tomlkit.parse(text).unwrap().items()}, file, text)
    except TOMLKitError as error:
        cause = _cause(error)
        cure = "correct the line; text goes in quotes"
        line = getattr(error, "line", None)
        if cause.endswith(_TWICE):
            cure = "remove one of the two"
            line = _second_line(text, cause)
        at = Where(file, line)
        raise Problem("broken-toml", f"this is not valid TOML: {cause.rstrip('.')}", cure, at) from error
    except RecursionError as error:  # releases of tomlkit after 0.12 differ in how deep they can go
        raise Problem("broken-toml", "the values are nested too deeply", "make them flat", Where(file)) from error


def _cause(error: TOMLKitError) -> str:
    """Return what the parser says, without its position."""
    return re.sub(r" at line [0-9]+ col [0-9]+$", "", str(error)).replace("character: '\\x00'", "end of file")


def _second_line(text: str, cause: str) -> int:
    """Return the line at which the statement begins that defines a key again. The parser knows its end, or nothing."""
    lines = text.split("\n")

    def fails(end: int) -> TOMLKitError | None:
        try:
            tomlkit.parse("\n".join([*lines[:end], ""]))
        except TOMLKitError as error:
            return error
        return None

    # The parser reads in order, so each longer text has the same error.
    last = bisect.bisect_left(
        range(len(lines)), True, key=lambda end: (error := fails(end)) is not None and _cause(error) == cause
    )
    while fails(last - 1):
        last -= 1
    return last


def _plain(value: object) -> object:
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    return _HugeNumber() if isinstance(value, int) and value.bit_length() > 63 else value


@lru_cache(maxsize=1)
def lines_of(text: str) -> dict[tuple[str, ...], int]:
    """Return the line of each key in the valid TOML `text`: the first line, from 1, of the statement that defines it.

    tomlkit keeps no positions, but each statement is valid TOML by itself. This is slow, and only problems need it.
    """
    found: dict[tuple[str, ...], int] = {}
    lines, start = text.split("\n"), 0
    table: tuple[str, ...] = ()
    while start < len(lines):
        is_header = lines[start].lstrip().startswith("[")
        end, values = _statement(lines, start)
        paths = list(_paths(values, () if is_header else table))
        for path in paths:
            found.setdefault(path, start + 1)
        if is_header and paths:
            table = paths[-1]
        start = end
    return found


def _statement(lines: list[str], start: int) -> tuple[int, Mapping[str, object]]:
    """Return the end of the statement that begins at `start`, and its values: the fewest lines that are valid TOML."""
    for end in range(start + 1, len(lines) + 1):
        try:
            return end, tomlkit.parse("\n".join([*lines[start:end], ""])).unwrap()
        except (TOMLKitError, RecursionError):
            continue
    return len(lines), {}


def _paths(values: Mapping[str, object], above: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Yield the path of each key, tables first. taoshell has no keys below four tables, so deeper ones are skipped."""
    for key, value in values.items():
        yield (*above, key)
        if isinstance(value, Mapping) and len(above) < 4:
            yield from _paths(value, (*above, key))


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return the start of a cure that names the one of `known` that `word` looks like; "" if there is none.

    >>> did_you_mean("plases", ["layout", "places"])
    'did you mean "places"? '
    """
    near = difflib.get_close_matches(word, known, 1)
    return f"did you mean {quoted(near[0])}? " if near else ""


def suggestion(word: str, known: Collection[str]) -> str:
    """Return a cure for the unknown `word`."""
    return did_you_mean(word, known).rstrip() or f"known: {', '.join(known)}"


def quoted(text: str) -> str:
    """Return `text` in quotes, as TOML for a message. `text` must not contain quotes itself."""
    return f'"{text}"'
