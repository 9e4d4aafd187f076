"""`taoshell list`: every project that this user has approved."""

from __future__ import annotations

import os

import click

from taoshell.actions import projects
from taoshell.cures import cure, step
from taoshell.errors import counted
from taoshell.state.paths import State
from taoshell.terminal import tables
from taoshell.terminal.draw import Text, aligned, at_home, bad, good, notice, show

_MARKS = {"approved": good, "not approved": notice, "broken": bad, "gone": bad}


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
    if not known:
        show(f"no projects yet; {cure('no-projects')}")
        return
    show(
        *aligned(
            (_MARKS[item.standing](item.standing).text, Text(at_home(item.root)), _shells(item.shells))
            for item in known
        )
    )
    if any(item.standing == "gone" for item in known):
        show(f"  {step(cure('to-prune'))}")


def _shells(number: int) -> str:
    return counted(number, "shell") if number else ""
