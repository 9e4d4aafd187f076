"""Draw lines and tables on stdout. rich draws what does not fit: it takes longer to load than a command to run."""

from __future__ import annotations

import os
import sys
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import zip_longest
from typing import NamedTuple

from taoshell.errors import printable
from taoshell.terminal.say import may_be_styled

_UNWRAPPED = 1000  # columns
_GAP = "  "  # to the right of each column
_STYLES = {"bold": 1, "dim": 2, "red": 31, "green": 32, "yellow": 33, "cyan": 36}  # ECMA-48, SGR
_NARROW = frozenset(map(chr, range(0x20, 0x7F))) | frozenset("→•…")  # characters that surely take one column each
_OF_RICH = ("FORCE_COLOR", "TTY_COMPATIBLE")  # make rich take a file for a terminal, or the reverse


class Text:
    """Text in parts, each with its style: "" or words of _STYLES. The `style` of the whole holds for appended parts."""

    def __init__(self, text: str = "", style: str = "") -> None:
        self._style = style
        self.parts = [(text, style)]

    def append(self, text: str, style: str = "") -> None:
        """Add a part."""
        self.parts.append((text, f"{self._style} {style}".strip()))

    @property
    def lines(self) -> list[list[tuple[str, str]]]:
        """The lines, each in parts."""
        found: list[list[tuple[str, str]]] = [[]]
        for text, style in self.parts:
            first, *others = text.split("\n")
            found[-1].append((first, style))
            found += [[(other, style)] for other in others]
        return found


class Table(NamedTuple):
    """A table without lines, whose cells wrap. `right` are the numbers of the columns that are flush right."""

    heads: list[Text]
    rows: list[list[Text]]
    title: str
    right: Collection[int]

    @property
    def has_heads(self) -> bool:
        return any(text for head in self.heads for text, _ in head.parts)


def table(
    heads: Iterable[str], rows: Iterable[Iterable[str | Text]], *, title: str = "", right: Collection[int] = ()
) -> Table:
    """Return a table. Text is escaped; empty `heads` give columns without a heading."""
    made = [[Text(printable(cell)) if isinstance(cell, str) else cell for cell in row] for row in rows]
    return Table([Text(head, "bold") for head in heads], made, title, right)


def show(item: Table | Text | str = "") -> None:
    """Print `item` on stdout. Only tables wrap, and only at a terminal."""
    item = Text(item) if isinstance(item, str) else item
    lines = None if any(name in os.environ for name in _OF_RICH) else _drawn(item)
    if lines is None:
        from taoshell.terminal import draw_by_rich  # only when needed: rich is slow to load

        draw_by_rich.show(item, _UNWRAPPED)
        return
    is_styled = may_be_styled(sys.stdout)
    print("\n".join("".join(_styled(*part) if is_styled else part[0] for part in line) for line in lines), flush=True)


def _drawn(item: Table | Text) -> Sequence[Sequence[tuple[str, str]]] | None:
    """Return the lines in parts, or None for a table that wraps or has characters that may be wide."""
    return item.lines if isinstance(item, Text) else _drawn_table(item)


def _drawn_table(item: Table) -> list[list[tuple[str, str]]] | None:
    rows = [[cell.lines for cell in row] for row in ([item.heads] if item.has_heads else []) + item.rows]
    if not rows or not all(_NARROW.issuperset(text) for text in _texts(item)):
        return None
    widths = [max(_width(line) for cell in column for line in cell) for column in zip(*rows, strict=True)]
    total = sum(width + len(_GAP) for width in widths)
    if total > _columns() or len(item.title) > total:
        return None
    found = [[(item.title.ljust(total), "")]] if item.title else []
    for row in rows:
        for line in zip_longest(*row, fillvalue=[]):
            cells = enumerate(zip(line, widths, strict=True))
            found.append([part for at, cell in cells for part in _padded(*cell, is_right=at in item.right)])
    return found


def _texts(item: Table) -> Iterator[str]:
    yield item.title
    for cell in (cell for row in [item.heads, *item.rows] for cell in row):
        for text, _ in cell.parts:
            yield text.replace("\n", "")


def _width(line: Sequence[tuple[str, str]]) -> int:
    return sum(len(text) for text, _ in line)


def _padded(line: Sequence[tuple[str, str]], width: int, *, is_right: bool) -> list[tuple[str, str]]:
    blanks = " " * (width - _width(line))
    return [(blanks, ""), *line, (_GAP, "")] if is_right else [*line, (blanks + _GAP, "")]


def _styled(text: str, style: str) -> str:
    if not text or not style:
        return text
    return f"\x1b[{';'.join(str(_STYLES[word]) for word in style.split())}m{text}\x1b[0m"


def _columns() -> int:
    """Return the width of the terminal as rich finds it. Without a terminal, nothing wraps."""
    if not sys.stdout.isatty():
        return _UNWRAPPED
    if os.environ.get("TERM", "").lower() in ("dumb", "unknown"):
        return 80
    if (given := os.environ.get("COLUMNS", "")).isdecimal():
        return int(given) or 80
    for handle in range(3):
        try:
            return os.get_terminal_size(handle).columns or 80
        except OSError:  # this one is no terminal
            continue
    return 80
