"""`taoshell adopt`: take over a mapping that another program wrote."""

from __future__ import annotations

import os
import sys

import click

from taoshell.actions import approve, change, find
from taoshell.errors import TaoshellError, Where
from taoshell.state import backups
from taoshell.state.paths import State
from taoshell.terminal import tables
from taoshell.terminal.say import say, say_all


@click.command("adopt")
@click.argument("mapping", default="", metavar="[FILE]")
@click.option("--yes", "-y", is_flag=True, help="Do not ask.")
def command(mapping: str, yes: bool) -> None:
    """Take over a mounts file that another program wrote.

    FILE is a path or the name of a backup. Without FILE, adopt takes the newest backup: what a notebook wrote while a
    project held the mounts file. Its mounts become places; its variables and options go into taoshell.toml. adopt shows
    the difference first.
    """
    state, root = State.of(os.environ), find.project_root(".")
    path = backups.find(state, mapping) if mapping else change.newest_foreign_backup(state)
    planned = change.plan_adopt(state, root, path)
    difference = planned.difference()
    if not difference:
        say(f"nothing to adopt: the project already has every mount and option in {path}")
        return
    tables.show_diff(difference)
    if not yes and sys.stdin.isatty() and not click.confirm("Adopt this?", default=True, err=True):
        raise TaoshellError("not adopted", "nothing has changed", at=Where(root))
    planned.write()
    allowed = approve.allow(state, root)
    say_all(allowed.to_say)
    tables.show_places(allowed.project)
