"""Draw with rich what taoshell.terminal.draw leaves to it: tables that wrap, and characters that may be wide."""

from __future__ import annotations

import os

from rich import table, text
from rich.console import Console

from taoshell.terminal.draw import Table, Text


def show(item: Table | Text, unwrapped: int) -> None:
    """Print `item` on stdout; without a terminal, `unwrapped` columns wide."""
    console = Console(color_system=None) if os.environ.get("NO_COLOR") else Console()
    console = console if console.is_terminal else Console(width=unwrapped)
    if isinstance(item, Text):
        console.print(_text(item), soft_wrap=True)
        return
    title = text.Text(item.title)
    made = table.Table(title=title, title_justify="left", box=None, show_header=item.has_heads, padding=(0, 2, 0, 0))
    for at, head in enumerate(item.heads):
        made.add_column(_text(head), overflow="fold", justify="right" if at in item.right else "left")
    for row in item.rows:
        made.add_row(*map(_text, row))
    console.print(made)


def _text(item: Text) -> text.Text:
    return text.Text.assemble(*item.parts)
