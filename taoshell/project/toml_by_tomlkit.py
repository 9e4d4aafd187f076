"""What only tomlkit tells about TOML: what is wrong with it, and in which line. Slow, and only problems need it."""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

import tomlkit
from tomlkit.exceptions import TOMLKitError

from taoshell.errors import Where
from taoshell.project.problems import Problem

_TWICE = "already exists."  # the end of tomlkit's messages about a key that is defined again


def values(text: str, file: str) -> Mapping[str, object]:
    """Return the values in `text`. Raises Problem if it is not valid TOML, or RecursionError."""
    try:
        return tomlkit.parse(text).unwrap()
    except TOMLKitError as error:
        cause = _cause(error)
        cure = "correct the line; text goes in quotes"
        line = getattr(error, "line", None)
        if cause.endswith(_TWICE):
            cure = "remove one of the two"
            line = _second_line(text, cause)
        at = Where(file, line)
        raise Problem("broken-toml", f"this is not valid TOML: {cause.rstrip('.')}", cure, at) from error


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
