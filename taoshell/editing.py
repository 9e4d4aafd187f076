"""Changing one setting of a project where it belongs, every other byte as it was. Pure.

A dotted name is a setting of taoshell.toml, for everybody; a plain one is a line of `.env`, for this user alone.
"""

from __future__ import annotations

from dataclasses import dataclass

import tomlkit
from tomlkit.exceptions import ParseError, TOMLKitError
from tomlkit.items import Table

from taoshell import dotenv_file
from taoshell.errors import USAGE, TaoshellError

_OF_TOML = ("name", "layout", "network")
_TEXT_ONLY = ("env", "container", "places")


@dataclass(frozen=True, slots=True)
class Texts:
    """The two files of a project."""

    toml: str
    env: str


def changed(texts: Texts, name: str, value: str) -> Texts:
    """`texts` with the setting `name` at `value`. Raises TaoshellError where there can be no such setting."""
    if name in _OF_TOML or "." in name:
        return Texts(_with_setting(texts.toml, name.split("."), value), texts.env)
    return Texts(texts.toml, dotenv_file.with_assignment(texts.env, name, value))


def _with_setting(text: str, path: list[str], value: str) -> str:
    if not all(path):
        raise TaoshellError(f"{'.'.join(path)!r} names no setting", "write it as in places.data", exit_code=USAGE)
    try:
        document = tomlkit.parse(text)
    except ParseError as error:
        raise TaoshellError(f"taoshell.toml is not valid TOML: {error}", "mend it first") from error
    table: Table | tomlkit.TOMLDocument = document
    for key in path[:-1]:
        inner = table.setdefault(key, tomlkit.table())
        if isinstance(inner, str) and path[0] == "places":  # a host path so far; now both sides are named
            inner = table[key] = tomlkit.inline_table().append("host", inner)
        if not isinstance(inner, dict):
            raise TaoshellError(f"{key} is a value, not a table", "set it itself", exit_code=USAGE)
        table = inner  # type: ignore[assignment]  # tomlkit's tables share only this much of a type
    last = path[-1]
    old = table.get(last)
    if isinstance(old, dict) and path[0] == "places":
        table, last = old, "host"  # type: ignore[assignment]
    table[last] = value if path[0] in (*_TEXT_ONLY, *_OF_TOML) else _toml_value(value)
    return tomlkit.dumps(document)


def _toml_value(text: str) -> object:
    """`true`, `-1` or `{…}` as TOML has them; anything else is text."""
    try:
        return tomlkit.value(text)
    except (TOMLKitError, ValueError):
        return text
