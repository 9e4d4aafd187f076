"""Change one setting of a project; every other byte stays. Pure.

A dotted name is a setting in taoshell.toml, for everybody. A plain name is a line in `.env`, for this user only.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import tomlkit
from tomlkit.exceptions import ParseError, TOMLKitError
from tomlkit.items import Table

from taoshell.errors import USAGE, TaoshellError
from taoshell.project.names import is_secret, refused_reason
from taoshell.text import dotenv
from taoshell.text.lines import line_end, lines

_OF_TOML = ("name", "layout", "network")
_TEXT_ONLY = ("env", "places")

_ONE_STATEMENT = re.compile(r"[^\[\n][^\n]*\n\n?")  # not the header of a table
_COMMENT_OR_BLANK = re.compile(r"""\s*(#(?!.*(\"{3}|'{3}))|$)""")  # not the end of a multi-line string


@dataclass(frozen=True, slots=True)
class Texts:
    """The two files of a project."""

    toml: str
    env: str


def changed(texts: Texts, name: str, value: str) -> Texts:
    """Return `texts` with the setting `name` set to `value`. Raises TaoshellError if there is no such setting."""
    try:
        (name + value).encode()
    except UnicodeEncodeError:
        raise TaoshellError("the setting is not UTF-8, as both files must be", "type it in UTF-8") from None
    table, _, variable = name.rpartition(".")
    if table == "env" and is_secret(variable):
        raise TaoshellError(
            f"{variable} is a secret, which must not go into taoshell.toml", f"run: taoshell set {variable}"
        )
    if name in _OF_TOML or "." in name:
        return Texts(_with_setting(texts.toml, name.split("."), value), texts.env)
    reason = refused_reason(name)
    if reason is not None:
        raise TaoshellError(f"{name!r} is refused: {reason}", "use another name")
    if name in dotenv.parse(texts.env, ".env").ignored:
        raise TaoshellError(f"{name} is not exported", f"first remove it from the line: # taoshell: ignore … {name} …")
    return Texts(texts.toml, dotenv.with_assignment(texts.env, name, value))


def _with_setting(text: str, path: list[str], value: str) -> str:
    if not all(path):
        raise TaoshellError(f"{'.'.join(path)!r} is not a setting", "write a name such as places.data", exit_code=USAGE)
    try:
        document = tomlkit.parse(text)
    except ParseError as error:
        raise TaoshellError(f"taoshell.toml is not valid TOML: {error}", "fix it first") from error
    table: Table | tomlkit.TOMLDocument = document
    for key in path[:-1]:
        inner = table.setdefault(key, tomlkit.table())
        if isinstance(inner, str) and path[0] == "places":  # it was only a host path; now both sides have a name
            inner = table[key] = tomlkit.inline_table().append("host", str(inner))
        if not isinstance(inner, dict):
            raise TaoshellError(f"{key} is a value, not a table", f"drop the part after {key}", exit_code=USAGE)
        table = inner  # type: ignore[assignment]  # this is all that the types of tomlkit's tables have in common
    last = path[-1]
    old = table.get(last)
    if isinstance(old, dict) and path[0] == "places":
        table, last = old, "host"  # type: ignore[assignment]
    is_text = path[0] in (*_TEXT_ONLY, *_OF_TOML) or path[:2] == ["container", "env"]
    table[last] = value if is_text else _toml_value(value)
    return _below_its_siblings(text, tomlkit.dumps(document))


def _below_its_siblings(text: str, edited: str) -> str:
    """Return `edited` with its new line above the comments that belong to what follows: tomlkit writes it below."""
    old, new = lines(text), lines(edited)
    more = len(new) - len(old)
    start = next((at for at, (before, now) in enumerate(zip(old, new, strict=False)) if before != now), len(old))
    added = "".join(new[start : start + more])
    if more < 1 or old[start:] != new[start + more :] or not _ONE_STATEMENT.fullmatch(added):
        return edited
    while start and _COMMENT_OR_BLANK.match(old[start - 1]):
        start -= 1
    if not start:
        return edited
    return "".join([*old[:start], added.strip() + line_end(old[start - 1]), *old[start:]])


def _toml_value(text: str) -> object:
    """Return `true`, `-1`, `{…}` and the like as TOML values, anything else as text."""
    try:
        return tomlkit.value(text)
    except (TOMLKitError, ValueError):
        return text
