"""Where the statements of a TOML text are, and the pairs of an inline table: tomlkit keeps no positions. Pure.

The text must be valid TOML.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple, TypeAlias

import tomlkit

Path: TypeAlias = "tuple[str, ...]"

_TOKEN = re.compile(
    r'''"""(?:\\.|[^\\])*?"{3,5}|\'{3}.*?\'{3,5}|"(?:\\.|[^"\\\n])*"|'[^'\n]*'|#[^\n]*|[\[\]{},\n]|[^"'#\[\]{},\n]+''',
    re.DOTALL,
)
_KEY_PART = r"""(?:[A-Za-z0-9_-]+|"(?:\\.|[^"\\\n])*"|'[^'\n]*')"""
_KEY = rf"[ \t]*(?P<key>{_KEY_PART}(?:[ \t]*\.[ \t]*{_KEY_PART})*)[ \t]*"
_ASSIGNED = re.compile(_KEY + r"=[ \t]*")
_HEADER = re.compile(r"[ \t]*\[" + _KEY + r"\]")
_BEFORE_PAIR = re.compile(r"(?:\s|#[^\n]*)*")


class Entry(NamedTuple):
    """A key and its value: `path` is the whole path, `text[start:value_end]` the pair, from `value_start` its value."""

    path: Path
    start: int
    value_start: int
    value_end: int


class Statement(NamedTuple):
    """Whole lines `text[start:end]` in the table `table`. A header has neither `entry` nor `is_note`."""

    start: int
    end: int
    table: Path
    entry: Entry | None = None
    is_note: bool = False  # blank, or a comment


def statements(text: str) -> list[Statement]:
    """Return the statements of `text`, in order and without gaps."""
    found: list[Statement] = []
    table: Path = ()
    start = 0
    while start < len(text):
        end, value_end = _end(text, start)
        if header := _HEADER.match(text, start):
            table = _path(header["key"])
            found.append(Statement(start, end, table))
        elif text[start:end].lstrip().startswith("["):  # an array of tables: no key of ours is below it
            table = ("[[", *table)
            found.append(Statement(start, end, table))
        elif assigned := _ASSIGNED.match(text, start):
            entry = Entry((*table, *_path(assigned["key"])), assigned.start("key"), assigned.end(), value_end)
            found.append(Statement(start, end, table, entry))
        else:
            found.append(Statement(start, end, table, is_note=True))
        start = end
    return found


def pairs(text: str, table: Entry) -> list[Entry]:
    """Return the pairs of the inline table that is the value of `table`; none if the value is no inline table."""
    if not text.startswith("{", table.value_start):
        return []
    return list(_pairs(text, table))


def _pairs(text: str, table: Entry) -> Iterator[Entry]:
    start, depth, end = table.value_start + 1, 0, 0
    for token in _TOKEN.finditer(text, start, table.value_end):
        if depth == 0 and token[0] in (",", "}"):
            before = _BEFORE_PAIR.match(text, start)
            assigned = _ASSIGNED.match(text, before.end() if before else start)
            if assigned is not None and assigned.end() < token.start():
                yield Entry((*table.path, *_path(assigned["key"])), assigned.start("key"), assigned.end(), end)
            if token[0] == "}":
                return
            start = token.end()
        depth += (token[0] in ("[", "{")) - (token[0] in ("]", "}"))
        end = _significant_end(token, end)


def _end(text: str, start: int) -> tuple[int, int]:
    """Return the end of the statement at `start`, and the end of its last character that is no comment or space."""
    depth, value_end = 0, start
    for token in _TOKEN.finditer(text, start):
        if token[0] == "\n" and depth == 0:
            return token.end(), value_end
        depth += (token[0] in ("[", "{")) - (token[0] in ("]", "}"))
        value_end = _significant_end(token, value_end)
    return len(text), value_end


def _significant_end(token: re.Match[str], end: int) -> int:
    written = "" if token[0].startswith("#") else token[0].rstrip()
    return token.start() + len(written) if written else end


def _path(key: str) -> Path:
    """Return the parts of a key as it is written in TOML."""
    found: list[str] = []
    inner: object = tomlkit.parse(f"{key} = 0").unwrap()
    while isinstance(inner, Mapping):
        ((part, inner),) = inner.items()
        found.append(part)
    return tuple(found)
