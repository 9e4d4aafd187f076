"""Keeping a file out of Git. Pure: the text of a `.gitignore` in, text out."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase


def with_ignored(text: str, name: str) -> str:
    """`text` with a line that ignores the file `name` beside it, unless a pattern there does so already.

    Every byte is kept. A pattern too involved to be judged here gets the line added below it, which does no harm.

    >>> with_ignored("*.log\\n", ".env")
    '*.log\\n.env\\n'
    """
    if _is_ignored(text, name):
        return text
    end = "\r\n" if re.match(r"[^\n]*\r\n", text) else "\n"
    return text + (end if text and not text.endswith("\n") else "") + name + end


def _is_ignored(text: str, name: str) -> bool:
    """The last pattern that matches decides (gitignore(5))."""
    ignored = False
    for line in text.removeprefix("\ufeff").split("\n"):
        pattern = line.removesuffix("\r").rstrip(" ")
        if pattern.startswith("#"):
            continue
        if pattern.startswith("!"):
            ignored = ignored and not _could_match(pattern[1:], name)
        else:
            ignored = ignored or _matches(pattern, name)
    return ignored


def _matches(pattern: str, name: str) -> bool:
    """Does a simple `pattern` surely match the file `name` beside the `.gitignore`?"""
    plain = _below_root(pattern)
    return not any(char in plain for char in "/\\[") and fnmatchcase(name, plain)


def _could_match(pattern: str, name: str) -> bool:
    """May a `pattern` of any kind match it? One that ends with a slash, or has a folder in it, is about other files."""
    plain = _below_root(pattern)
    if "/" in plain and "**" not in plain:
        return False
    return any(char in plain for char in "/\\[") or fnmatchcase(name, plain)


def _below_root(pattern: str) -> str:
    return re.sub(r"^(?:/|(?:\*\*/)+)", "", pattern)
