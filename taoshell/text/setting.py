"""Changing one setting of a project where it belongs, every other byte as it was. Pure.

A dotted name is a setting of taoshell.toml, for everybody; a plain one is a line of `.env`, for this user alone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import tomlkit
from tomlkit.exceptions import ParseError, TOMLKitError
from tomlkit.items import Table

from taoshell.errors import USAGE, TaoshellError
from taoshell.project.names import refused_reason
from taoshell.text import dotenv

_OF_TOML = ("name", "layout", "network")
_TEXT_ONLY = ("env", "container", "places")

_LINE = re.compile(r"[^\n]*\n|[^\n]+")
_ONE_STATEMENT = re.compile(r"[^\[\n][^\n]*\n\n?")  # and no header of a table
_COMMENT_OR_BLANK = re.compile(r"""\s*(#(?!.*(\"{3}|'{3}))|$)""")  # and not the end of a text of several lines


@dataclass(frozen=True, slots=True)
class Texts:
    """The two files of a project."""

    toml: str
    env: str


def changed(texts: Texts, name: str, value: str) -> Texts:
    """`texts` with the setting `name` at `value`. Raises TaoshellError where there can be no such setting."""
    try:
        (name + value).encode()
    except UnicodeEncodeError:
        raise TaoshellError("this is not UTF-8, as both files must be", "write it in UTF-8") from None
    if name in _OF_TOML or "." in name:
        return Texts(_with_setting(texts.toml, name.split("."), value), texts.env)
    reason = refused_reason(name)
    if reason is not None:
        raise TaoshellError(f"{name!r} is refused: {reason}", "use another name")
    if name in dotenv.parse(texts.env, ".env").ignored:
        raise TaoshellError(f"{name} is not exported", f"first take it out of the line: # taoshell: ignore … {name} …")
    return Texts(texts.toml, dotenv.with_assignment(texts.env, name, value))


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
            inner = table[key] = tomlkit.inline_table().append("host", str(inner))
        if not isinstance(inner, dict):
            raise TaoshellError(f"{key} is a value, not a table", "set it itself", exit_code=USAGE)
        table = inner  # type: ignore[assignment]  # tomlkit's tables share only this much of a type
    last = path[-1]
    old = table.get(last)
    if isinstance(old, dict) and path[0] == "places":
        table, last = old, "host"  # type: ignore[assignment]
    table[last] = value if path[0] in (*_TEXT_ONLY, *_OF_TOML) else _toml_value(value)
    return _below_its_siblings(text, tomlkit.dumps(document))


def _below_its_siblings(text: str, edited: str) -> str:
    """`edited`, with a line that is new in it above the comments that belong to what follows, where tomlkit puts it."""
    old, new = _LINE.findall(text), _LINE.findall(edited)
    more = len(new) - len(old)
    start = next((at for at, (before, now) in enumerate(zip(old, new, strict=False)) if before != now), len(old))
    added = "".join(new[start : start + more])
    if more < 1 or old[start:] != new[start + more :] or not _ONE_STATEMENT.fullmatch(added):
        return edited
    while start and _COMMENT_OR_BLANK.match(old[start - 1]):
        start -= 1
    if not start:
        return edited
    end = "\r\n" if old[start - 1].endswith("\r\n") else "\n"
    return "".join([*old[:start], added.strip() + end, *old[start:]])


def _toml_value(text: str) -> object:
    """`true`, `-1` or `{…}` as TOML has them; anything else is text."""
    try:
        return tomlkit.value(text)
    except (TOMLKitError, ValueError):
        return text
