"""Add a file to a `.gitignore`; every other byte stays. Pure."""

from __future__ import annotations

import re

from taoshell.text.lines import line_end

_NEGATION = re.compile(r"!(?:/|(?:\*\*/)+)?[^/]+")


def with_ignored(text: str, name: str) -> str:
    """Return `text` with the line `name` added at its end, unless the line `name` or `/name` is already there.

    The line is also added if a pattern below it may say the opposite: one that begins with `!` and names no folder.
    Other patterns are not interpreted: if one of them ignores the file already, a second line does no harm.

    >>> with_ignored("*.log\\n", ".env")
    '*.log\\n.env\\n'
    """
    patterns = [line.removesuffix("\r").rstrip(" ") for line in text.split("\n")]  # as Git does
    decisive = [pattern for pattern in patterns if pattern in (name, f"/{name}") or _NEGATION.fullmatch(pattern)]
    if decisive and not decisive[-1].startswith("!"):
        return text
    end = line_end(text)
    return text + (end if text and not text.endswith("\n") else "") + name + end
