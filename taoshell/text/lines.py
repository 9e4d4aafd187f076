"""The lines of a text with their ends, so that a text can be put together again byte for byte. Pure."""

from __future__ import annotations

import re
from typing import NamedTuple


class Gap(NamedTuple):
    """Lines of a file that a text of it lacks, such as taoshell's block: how many, after how many others."""

    after: int = 0
    lines: int = 0


def lines(text: str) -> list[str]:
    r"""Return the lines of `text`. Only `\n` ends a line: that is how Git, TOML and diffs count."""
    return re.findall(r"[^\n]*\n|[^\n]+", text)


def universal_lines(text: str) -> list[str]:
    r"""Return the lines of `text`. `\n`, `\r\n` and `\r` end a line, as in a file that Python opens as text."""
    return re.findall(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+", text)


def line_end(text: str) -> str:
    """Return the end of the first line of `text`, for lines that are added to it."""
    return "\r\n" if re.match(r"[^\r\n]*\r\n", text) else "\n"
