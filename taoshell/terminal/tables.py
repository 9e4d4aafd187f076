"""Results on stdout: tables and diffs for people, JSON for programs. Foreign text is escaped, secrets are masked."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from taoshell.errors import printable
from taoshell.project.model import Project
from taoshell.project.names import masked

_UNWRAPPED = 1000  # columns
_JSON_VERSION = 1


def table(heads: Iterable[str], rows: Iterable[Iterable[str | Text]], *, title: str = "") -> Table:
    """Return a table without lines, whose cells wrap. Text is escaped; empty `heads` give columns without a heading."""
    made = Table(title=Text(title), title_justify="left", box=None, show_header=any(heads), padding=(0, 2, 0, 0))
    for head in heads:
        made.add_column(head, overflow="fold")
    for row in rows:
        made.add_row(*(Text(printable(cell)) if isinstance(cell, str) else cell for cell in row))
    return made


def show(item: Table | Text | str = "") -> None:
    """Print `item` on stdout. Text is not wrapped."""
    _stdout().print(item, soft_wrap=not isinstance(item, Table))


def show_json(members: Mapping[str, object]) -> None:
    """Print an object for programs; its member `version` changes when the meaning of a member does."""
    text = json.dumps({"version": _JSON_VERSION, **members}, indent=2, ensure_ascii=False)
    click.echo(text.encode("utf-8", "backslashreplace"))  # a byte of a path that is not UTF-8: JSON writes \udcff too


def show_places(project: Project) -> None:
    """Print the table host ↔ container, and the other variables."""
    mounted = {mount.source for mount in project.mapping.mounts}
    rows = (
        (
            place.name,
            _cell(place.host, place.host_variables, "" if os.path.isdir(place.host) else "yellow"),
            "=" if place.host in mounted else "",
            _cell(place.container, place.container_variables),
        )
        for place in project.places
    )
    network = f"{project.network}, " if project.network else ""
    title = f"{printable(project.name)}: {network}layout {project.layout}"
    show(table(("", "on the host", "", "in the container"), rows, title=title))
    of_places = {name for place in project.places for name in (*place.host_variables, *place.container_variables)}
    rest = [
        f"{name}={printable(masked(name, value))}" for name, value in project.variables.items() if name not in of_places
    ]
    if rest:
        show(Text("  ".join(rest)))
    show(Text("= marks a mount; the other places are inside one", style="dim"))


def show_diff(changed: Iterable[str]) -> None:
    """Print the lines of a diff, coloured at a terminal."""
    styles = {"+": "green", "-": "red", "@": "cyan"}
    for line in changed:
        style = "bold" if line.startswith(("+++", "---")) else styles.get(line[:1], "")
        show(Text(line, style=style))


def _stdout() -> Console:
    """Return a console as wide as the terminal. Without a terminal nothing wraps; with NO_COLOR nothing is even dim."""
    console = Console(color_system=None) if os.environ.get("NO_COLOR") else Console()
    return console if console.is_terminal else Console(width=_UNWRAPPED)


def _cell(path: str, variables: Iterable[str], style: str = "") -> Text:
    cell = Text(printable(path), style=style)
    for variable in variables:
        cell.append(f"\n{printable(variable)}", style="dim")
    return cell
