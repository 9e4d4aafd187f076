"""`taoshell list`: every project that this user has approved."""

from __future__ import annotations

import json
import os

import click
from rich.table import Table
from rich.text import Text

from taoshell.actions import projects
from taoshell.errors import printable
from taoshell.state.paths import State
from taoshell.terminal import tables

_VERSION = 1


@click.command("list")
@click.option("--json", "as_json", is_flag=True, help="For programs: an object with a version.")
def command(as_json: bool) -> None:
    """List the projects that taoshell knows, and how each stands."""
    known = projects.projects(State.of(os.environ))
    if as_json:
        rows = [{"project": item.root, "state": item.standing, "shells": item.shells} for item in known]
        click.echo(json.dumps({"version": _VERSION, "projects": rows}, indent=2, ensure_ascii=False))
        return
    table = Table(box=None, padding=(0, 2, 0, 0))
    for head in ("project", "state", "shells"):
        table.add_column(head, overflow="fold")
    for item in known:
        table.add_row(Text(printable(item.root)), Text(item.standing), Text(str(item.shells or "")))
    tables.stdout().print(table if known else Text("no projects yet; run: taoshell init"))
