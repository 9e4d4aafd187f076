"""`taoshell list`: every project that this user has approved."""

from __future__ import annotations

import os

import click

from taoshell.actions import projects
from taoshell.cures import cure
from taoshell.state.paths import State
from taoshell.terminal import draw, tables


@click.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object, for programs.")
def command(as_json: bool) -> None:
    """List the projects that you have approved, and their state.

    Each is "approved", "not approved" as it is now, "broken" if something in it is wrong, or "gone".
    """
    known = projects.projects(State.of(os.environ))
    if as_json:
        rows = [{"project": item.root, "state": item.standing, "shells": item.shells} for item in known]
        tables.show_json({"projects": rows})
        return
    cells = [(item.root, item.standing, str(item.shells or "")) for item in known]
    heads = ("project", "state", "shells")
    draw.show(draw.table(heads, cells) if known else f"no projects yet; {cure('no-projects')}")
