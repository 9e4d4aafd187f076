"""Set and remove values in a TOML text; every other byte stays. Pure.

Each edit replaces a piece of the text. tomlkit then reads the result, which must mean exactly what was asked for:
tomlkit's own edits move comments and lose dotted keys.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TypeAlias

import tomlkit
from tomlkit.exceptions import TOMLKitError

from taoshell.errors import USAGE, TaoshellError
from taoshell.project.toml import BOM
from taoshell.text.lines import line_end
from taoshell.text.toml_statements import Entry, Path, Statement, pairs, statements

Values: TypeAlias = "dict[str, object]"

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")


class Removed:
    """In place of a value: the value goes."""


def edited(text: str, changes: Iterable[tuple[Path, object]]) -> str:
    """Return `text` after all `changes`, in order: each has a path and a new value, or `Removed`.

    A table that is set replaces the old one. A table that loses its last key goes too, unless comments stand in it.
    Raises TaoshellError if `text` is not valid TOML, or if a path leads through a value that is no table.
    """
    values = parsed(text)
    bom, text = text[: text.startswith(BOM)], text.removeprefix(BOM)
    for path, value in changes:
        text = _changed(text, values, path, value)
    if _meaning(parsed(text)) != _meaning(values):
        cause = "taoshell cannot make this change without touching other lines"
        raise TaoshellError(cause, "edit taoshell.toml yourself, and approve that")
    return bom + text


def parsed(text: str) -> Values:
    """Return the values of `text`. Raises TaoshellError if it is not valid TOML."""
    try:
        return dict(tomlkit.parse(text.removeprefix(BOM)).unwrap())
    except (TOMLKitError, RecursionError) as error:
        raise TaoshellError(f"taoshell.toml is not valid TOML: {error}", "correct it first") from error


def value_at(values: Mapping[str, object], path: Path) -> object:
    """Return the value at `path`, or None."""
    found: object = values
    for key in path:
        found = found.get(key) if isinstance(found, Mapping) else None
    return found


def literal(value: object) -> str:
    """Return `value` as TOML, in one line.

    >>> print(literal({"host": "/data", "n": [1, True]}))
    { host = "/data", n = [1, true] }
    """
    if isinstance(value, Mapping):
        inner = ", ".join(f"{_key(name)} = {literal(item)}" for name, item in value.items())
        return f"{{ {inner} }}" if inner else "{}"
    if isinstance(value, list):
        return f"[{', '.join(map(literal, value))}]"
    return tomlkit.item(value).as_string()


def _changed(text: str, values: Values, path: Path, value: object) -> str:
    """Return `text`, and change `values`, with `value` at `path`."""
    old = value_at(values, path)
    if value is Removed:
        return text if old is None else _removed(text, values, path)
    if _meaning(old) == _meaning(value):
        return text
    if isinstance(old, Mapping) and isinstance(value, Mapping) and value:  # keep the form in which the table is written
        for key, item in value.items():
            text = _changed(text, values, (*path, key), item)
        for key in [key for key in old if key not in value]:
            text = _removed(text, values, (*path, key))
        return text
    for length in range(1, len(path)):
        above = value_at(values, path[:length])
        if above is not None and not isinstance(above, Mapping):
            name = ".".join(path[:length])
            raise TaoshellError(f"{name} is a value, not a table", f"drop the part after {name}", exit_code=USAGE)
    chain = _chain(text, path)
    if old is not None and (not chain or chain[-1].path != path):  # [tables] or dotted keys give way
        text = _removed(text, values, path)
        chain = _chain(text, path)
    _put(values, path, value)
    if not chain:
        return _with_statement(text, path, value)
    if chain[-1].path == path:
        return text[: chain[-1].value_start] + literal(value) + text[chain[-1].value_end :]
    return _with_pair(text, chain[-1], path, value)


def _chain(text: str, path: Path) -> list[Entry]:
    """Return the entries on the way to `path`: a statement, then pairs of inline tables. The last may be above it."""
    chain: list[Entry] = []
    entries = [statement.entry for statement in statements(text) if statement.entry]
    while entry := next((entry for entry in entries if _is_in(path, entry.path)), None):
        chain.append(entry)
        entries = [] if entry.path == path else pairs(text, entry)
    return chain


def _with_pair(text: str, table: Entry, path: Path, value: object) -> str:
    """Return `text` with a new pair in the inline table `table`."""
    inside, rest = pairs(text, table), path[len(table.path) :]
    if any(_is_in(entry.path, (*table.path, rest[0])) for entry in inside):  # dotted keys
        pair = f"{_dotted(rest)} = {literal(value)}"
    else:
        for key in reversed(rest[1:]):
            value = {key: value}
        pair = f"{_key(rest[0])} = {literal(value)}"
    if not inside:
        return f"{text[: table.value_start]}{{ {pair} }}{text[table.value_end :]}"
    end = inside[-1].value_end
    return f"{text[:end]}, {pair}{text[end:]}"


def _with_statement(text: str, path: Path, value: object) -> str:
    """Return `text` with a new statement: beside dotted keys, in the table that it belongs to, else in a new table."""
    found = [statement for statement in statements(text) if not statement.is_note]
    for above in (path[:length] for length in range(len(path) - 1, 0, -1)):
        dotted = [
            item for item in found if item.entry and len(item.table) < len(above) and _is_in(item.entry.path, above)
        ]
        if dotted:
            return _below(text, dotted[-1].end, f"{_dotted(path[len(dotted[-1].table) :])} = {literal(value)}")
    line = f"{_key(path[-1])} = {literal(value)}"
    inside = [item for item in found if item.table == path[:-1]]
    if inside or len(path) == 1:
        return _below(text, inside[-1].end if inside else 0, line)
    family = [item for item in found if item.table[:1] == path[:1]]
    at = family[-1].end if family else len(text)
    is_apart = not text[:at].strip() or re.search(r"\n[ \t]*\r?\n\Z", text[:at])
    gap = [] if is_apart else [""]
    return _below(text, at, *gap, f"[{_dotted(path[:-1])}]", line)


def _below(text: str, at: int, *lines: str) -> str:
    """Return `text` with `lines` at `at`, the end of a line."""
    end = line_end(text[:at].splitlines(keepends=True)[-1] if at else text)
    start = end if at and text[at - 1] != "\n" else ""
    return text[:at] + start + "".join(line + end for line in lines) + text[at:]


def _removed(text: str, values: Values, path: Path) -> str:
    """Return `text`, and change `values`, without what is at `path`."""
    chain = _chain(text, path)
    if chain and chain[-1].path == path:
        chain.pop()
    if chain:  # it is in an inline table
        inside = pairs(text, chain[-1])
        doomed = [at for at, entry in enumerate(inside) if _is_in(entry.path, path)]
        if len(doomed) == len(inside):
            return _removed(text, values, chain[-1].path)
        for at in reversed(doomed):
            is_last = at == len(inside) - 1
            start, end = (
                (inside[at - 1].value_end, inside[at].value_end)
                if is_last
                else (inside[at].start, inside[at + 1].start)
            )
            text = text[:start] + text[end:]
            inside = pairs(text, chain[-1])
    else:
        found = statements(text)
        text = _without(text, [item for item in found if _is_in(item.entry.path if item.entry else item.table, path)])
    _drop(values, path)
    while len(path := path[:-1]) and value_at(values, path) == {}:
        section = [item for item in statements(text) if item.table == path]
        if any("#" in text[item.start : item.end] for item in section):
            break
        text = _without(text, section)
        _drop(values, path)
    return text


def _without(text: str, doomed: list[Statement]) -> str:
    """Return `text` without the statements `doomed`, and without a blank line before a header. Comments stay."""
    kept: list[str] = []
    gone = {item.start for item in doomed if not item.is_note}
    for item in statements(text):
        if item.start not in gone:
            kept.append(text[item.start : item.end])
        elif item.entry is None and kept and not kept[-1].strip():
            kept.pop()
    return "".join(kept)


def _put(values: Values, path: Path, value: object) -> None:
    for key in path[:-1]:
        values = values.setdefault(key, {})  # type: ignore[assignment]  # `_changed` has looked at every table
    values[path[-1]] = value


def _drop(values: Values, path: Path) -> None:
    above = value_at(values, path[:-1])
    assert isinstance(above, dict), "what is removed is there"
    del above[path[-1]]


def _is_in(path: Path, table: Path) -> bool:
    return path[: len(table)] == table


def _dotted(path: Path) -> str:
    return ".".join(map(_key, path))


def _key(name: str) -> str:
    return name if _BARE_KEY.fullmatch(name) else tomlkit.string(name).as_string()


def _meaning(value: object) -> object:
    """Return `value` in a form that tells 1 from true and 1.0, and in which NaN equals NaN."""
    if isinstance(value, Mapping):
        return {key: _meaning(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_meaning(item) for item in value]
    return type(value).__name__, repr(value)
