"""Reading TOML so that each problem has a file, a line and a cure."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

import tomlkit
from tomlkit.exceptions import TOMLKitError

from taoshell.errors import Where
from taoshell.project.problems import Problems, Refused


@dataclass(frozen=True, slots=True)
class Table:
    """A table of a TOML file, as plain Python values, with the keys that lead to it."""

    values: Mapping[str, object]
    file: str
    path: tuple[str, ...] = ()

    def at(self, key: str) -> Where:
        """Where the value of `key` is."""
        return Where(self.file, key=(*self.path, key))

    def dotted(self, key: str) -> str:
        """`key` with the tables around it, for messages."""
        return ".".join((*self.path, key))

    def wrong_type(self, key: str, cure: str) -> Refused:
        """The value of `key` has the wrong type; `cure` shows a right one."""
        return Refused("wrong-type", f"{self.dotted(key)} is {_kind(self.values[key])}", cure, self.at(key))

    def misspelt(self, names: Iterable[str], problems: Problems) -> set[str]:
        """Report each key that is not one of `names`. Returns the names that these keys were probably meant to be."""
        known = list(names)
        unknown = [key for key in self.values if key not in known]
        for key in unknown:
            problems.add("unknown-key", f'unknown key "{self.dotted(key)}"', suggestion(key, known), self.at(key))
        return {near for key in unknown if (near := nearest(key, known))} - self.values.keys()

    def string(self, key: str, example: str) -> str | None:
        """The string at `key`, or None if there is no such key."""
        value = self.values.get(key)
        if value is not None and not isinstance(value, str):
            raise self.wrong_type(key, f"write text in quotes, such as {key} = {quoted(example)}")
        return value

    def table(self, key: str) -> Table:
        """The table at `key`, empty if there is no such key."""
        value = self.values.get(key, {})
        if not isinstance(value, Mapping):
            raise self.wrong_type(key, f"it must be a table: [{self.dotted(key)}]")
        return Table(value, self.file, (*self.path, key))


class _HugeNumber:
    """A number that does not fit in 64 bits: TOML promises no more, and Python may refuse to print it."""

    def __repr__(self) -> str:
        return "a number beyond 64 bits"


@lru_cache(maxsize=4)
def parse(text: str, file: str) -> Table:
    """The whole file. A command asks for it several times, so the result is kept; do not change its values."""
    try:
        return Table({key: _plain(value) for key, value in tomlkit.parse(text).unwrap().items()}, file)
    except TOMLKitError as error:
        cause = re.sub(r" at line \d+ col \d+$", "", str(error)).replace("character: '\\x00'", "end of file")
        cure = "correct the line; text goes in quotes"
        at = Where(file, getattr(error, "line", None))
        raise Refused("broken-toml", f"this is not valid TOML: {cause}", cure, at) from error
    except RecursionError as error:  # some releases of tomlkit after 0.12 have a limit of their own
        raise Refused("broken-toml", "the values are nested too deeply", "make them flat", Where(file)) from error


def _plain(value: object) -> object:
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    return _HugeNumber() if isinstance(value, int) and value.bit_length() > 63 else value


def lines_of(text: str) -> dict[tuple[str, ...], int]:
    """For each key of the valid TOML `text`, the line, from 1, on which the statement begins that first defines it.

    tomlkit keeps no positions, but each statement is valid TOML by itself. Only problems need this.
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
    """The end of the statement that begins at `start`, and its values: the fewest lines that are valid TOML."""
    for end in range(start + 1, len(lines) + 1):
        try:
            return end, tomlkit.parse("\n".join([*lines[start:end], ""])).unwrap()
        except (TOMLKitError, RecursionError):
            continue
    return len(lines), {}


def _paths(values: Mapping[str, object], above: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """The path of each key, tables first. No key that is four tables deep has a meaning."""
    for key, value in values.items():
        yield (*above, key)
        if isinstance(value, Mapping) and len(above) < 4:
            yield from _paths(value, (*above, key))


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The one of `known` that `word` looks like, if any."""
    return next(iter(difflib.get_close_matches(word, list(known), 1)), None)


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """The start of a cure: the one of `known` that `word` looks like, if any.

    >>> did_you_mean("plases", ["layout", "places"])
    'did you mean "places"? '
    """
    near = nearest(word, known)
    return f"did you mean {quoted(near)}? " if near else ""


def suggestion(word: str, known: Iterable[str]) -> str:
    """A cure for the unknown `word`."""
    names = list(known)
    return did_you_mean(word, names).rstrip() or f"known: {', '.join(names)}"


def quoted(text: str) -> str:
    """`text` as TOML for a message. `text` must not contain quotes."""
    return f'"{text}"'


def _kind(value: object) -> str:
    """What a user calls the type of `value`."""
    kinds: list[tuple[type, str]] = [
        (bool, "true or false"),
        (int, "a number"),
        (float, "a number with a fraction"),
        (str, "text"),
        (list, "a list"),
        (Mapping, "a table"),
        (_HugeNumber, "a number beyond 64 bits"),
    ]
    return next((name for kind, name in kinds if isinstance(value, kind)), "a date or time")
