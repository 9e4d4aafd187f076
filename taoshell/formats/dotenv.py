"""How values are written in a `.env`, so that as many programs as possible read them alike (docs/dotenv.md)."""

from __future__ import annotations

import re
from collections.abc import Mapping

from taoshell.errors import TaoshellError

# Nothing that any reader takes for a quote, a comment or a variable, and nothing that a shell acts on when it sources
# the file: zsh expands `=ls`, others `~ann` after a colon.
_BARE = re.compile(r"[\w./:,@+-]*")
_NEEDS_AN_ESCAPE = re.compile(r"['\r\n]|\\\\|\\\Z")  # in single quotes


def quoted(value: str) -> str:
    """Return the text to write after `NAME=`, always one line: bare if that is safe, else in single quotes if nothing
    in the value needs an escape there, else in double quotes.

    taoshell reads every value back exactly. A shell that sources the file never expands or runs anything, and reads
    every value exactly that has no line end. docs/dotenv.md has the limits of other readers.
    Raises TaoshellError for NUL, which no environment can hold.

    >>> print(quoted("/data/kitti"), quoted("two words"), quoted("it's here"))
    /data/kitti 'two words' "it's here"
    """
    if "\0" in value:
        raise TaoshellError("a value cannot hold a NUL character", "remove it")
    if _BARE.fullmatch(value):
        return value
    if not _NEEDS_AN_ESCAPE.search(value):
        return f"'{value}'"
    escapes = {"\n": "\\n", "\r": "\\r"}
    return '"' + re.sub(r'[\\"$`\n\r]', lambda found: escapes.get(found[0], "\\" + found[0]), value) + '"'


def assignment(name: str, value: str) -> str:
    """Return the line, without its end, that sets `name` to `value`.

    >>> assignment("GREETING", "two words")
    "GREETING='two words'"
    """
    return f"{name}={quoted(value)}"


def written(variables: Mapping[str, str]) -> str:
    """Return the text of a `.env` that sets `variables`, a line each."""
    return "".join(assignment(name, value) + "\n" for name, value in variables.items())
