"""Lines on stdout, with styles at a terminal, and rows in columns. Nothing folds: a path stays in one piece."""

from __future__ import annotations

import os
import sys
import unicodedata
from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

from taoshell.errors import printable
from taoshell.project.mounts import below
from taoshell.terminal import plain
from taoshell.terminal.say import may_be_styled

_STYLES = {"bold": 1, "dim": 2, "red": 31, "green": 32, "yellow": 33, "cyan": 36}  # ECMA-48, SGR
_GAP = "  "


class Text:
    """A line in parts, each with its style: "" or one of _STYLES."""

    def __init__(self, text: str = "", style: str = "") -> None:
        self.parts = [(text, style)]

    def add(self, text: str | Text, style: str = "") -> Text:
        """Add a part, or the parts of another text, and return this text."""
        self.parts += text.parts if isinstance(text, Text) else [(text, style)]
        return self

    def padded(self, columns: int, *, is_right: bool = False) -> Text:
        """Return this text with blanks, so that it takes that many columns."""
        blanks = " " * (columns - self.width)
        return Text(blanks).add(self) if is_right else Text().add(self).add(blanks)

    @property
    def width(self) -> int:
        """The number of columns that it takes on stdout."""
        return sum(_width(plain.shown(text, sys.stdout)) for text, _ in self.parts)


class Mark(NamedTuple):
    """A verdict: a sign, its colour, and words. A colour is never without words."""

    sign: str
    style: str
    words: str

    @property
    def text(self) -> Text:
        return Text(self.sign, self.style).add(f" {printable(self.words)}")


def good(words: str) -> Mark:
    return Mark("✓", "green", words)


def bad(words: str) -> Mark:
    return Mark("✗", "red", words)


def notice(words: str) -> Mark:
    return Mark("!", "yellow", words)


def show(*lines: Text | str) -> None:
    """Print `lines` on stdout, without blanks at their ends."""
    is_styled = may_be_styled(sys.stdout)
    for line in lines:
        parts = line.parts if isinstance(line, Text) else [(line, "")]
        if not is_styled:
            print("".join(text for text, _ in parts).rstrip(" "))
            continue
        while len(parts) > 1 and not parts[-1][0].strip(" "):
            parts = parts[:-1]
        print("".join(_styled(*part) for part in parts).rstrip(" "))
    sys.stdout.flush()


def aligned(rows: Iterable[Sequence[Text | str]], *, right: Collection[int] = ()) -> list[Text]:
    """Return the rows as lines with aligned columns. `right` are the numbers of the columns that are flush right."""
    table = [[cell if isinstance(cell, Text) else Text(printable(cell)) for cell in row] for row in rows]
    widths = [max(cell.width for cell in column) for column in zip(*table, strict=True)]
    lines = []
    for row in table:
        line = Text()
        for at, (cell, width) in enumerate(zip(row, widths, strict=True)):
            line.add(_GAP if at else "").add(cell.padded(width, is_right=at in right))
        lines.append(line)
    return lines


def headed(title: str, rows: Sequence[Sequence[Text | str]], *, right: Collection[int] = ()) -> list[Text | str]:
    """Return a blank line, a title and the rows below it; nothing if there are no rows."""
    return ["", Text(title, "bold"), *(Text("  ").add(line) for line in aligned(rows, right=right))] if rows else []


def at_home(path: str) -> str:
    """Return `path`, printable, with ~ for the user's home."""
    home = os.path.expanduser("~")
    for folder in (home, os.path.realpath(home)):
        inside = below(path, folder)
        if inside is not None and folder != "/":
            return printable("~" if inside in ("", ".") else f"~/{inside}")
    return printable(path)


def _width(text: str) -> int:
    if text.isascii():
        return len(text)
    wide = sum(unicodedata.east_asian_width(char) in "WF" for char in text)
    return len(text) + wide - sum(unicodedata.category(char) in ("Mn", "Me", "Cf") for char in text)


def _styled(text: str, style: str) -> str:
    return f"\x1b[{_STYLES[style]}m{text}\x1b[0m" if text and style else text
