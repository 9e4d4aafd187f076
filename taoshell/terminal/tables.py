"""What people read: tables and lines. Foreign text is made safe, secrets are masked."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from taoshell.errors import printable
from taoshell.project.model import Project
from taoshell.project.names import masked
from taoshell.terminal.say import say

_UNWRAPPED = 1000  # columns


def lines(to_say: Iterable[str]) -> None:
    """Lines on stderr, each with the program's name before it."""
    for line in to_say:
        say(line)


def kept_back(names: Sequence[str]) -> None:
    """Say which of the user's own lines in `.env` are not exported, and how to have them."""
    if names:
        to_say = f"not exported, as `# taoshell: ignore` in .env says: {', '.join(names)}"
        lines([f"{to_say}; to export one, take it out there"])


def places(project: Project) -> None:
    """The table host ↔ container, and the other variables."""
    console = stdout()
    title = f"{printable(project.name)}: {project.network}, layout {project.layout}"
    table = Table(title=Text(title), title_justify="left", box=None, padding=(0, 2, 0, 0))
    for head in ("", "on the host", "", "in the container"):
        table.add_column(head, overflow="fold")
    mounted = {mount.source for mount in project.mounts}
    for place in project.places:
        table.add_row(
            Text(printable(place.name)),
            _cell(place.host, place.host_variable, "" if os.path.isdir(place.host) else "yellow"),
            Text("=" if place.host in mounted else ""),
            _cell(place.container, place.container_variable),
        )
    console.print(table)
    of_places = {name for place in project.places for name in (place.host_variable, place.container_variable)}
    rest = [
        f"{name}={printable(masked(name, value))}" for name, value in project.variables.items() if name not in of_places
    ]
    if rest:
        console.print(Text("  ".join(rest)), soft_wrap=True)
    console.print(Text("= is a mount; every other place is reached through one", style="dim"), soft_wrap=True)


def diff(changed: Iterable[str]) -> None:
    """Lines of a diff, coloured at a terminal."""
    styles = {"+": "green", "-": "red", "@": "cyan"}
    for line in changed:
        style = "bold" if line.startswith(("+++", "---")) else styles.get(line[:1], "")
        stdout().print(Text(line, style=style), soft_wrap=True)


def stdout() -> Console:
    """As wide as the terminal; without one nothing is wrapped. Where no colour is wanted nothing is dim either."""
    console = Console(color_system=None) if os.environ.get("NO_COLOR") else Console()
    return console if console.is_terminal else Console(width=_UNWRAPPED)


def _cell(path: str, variable: str | None, style: str = "") -> Text:
    cell = Text(printable(path), style=style)
    if variable:
        cell.append(f"\n{printable(variable)}", style="dim")
    return cell
