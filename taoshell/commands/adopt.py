"""`taoshell adopt`: take over a mapping that something else wrote."""

from __future__ import annotations

import os
import sys

import click

from taoshell import adoption, approval, backups, definition, setup
from taoshell.commands import show
from taoshell.editing import Texts
from taoshell.errors import TaoshellError
from taoshell.state import State


@click.command("adopt")
@click.argument("mapping", default="", metavar="[FILE]")
@click.option("--yes", "-y", is_flag=True, help="Ask nothing.")
def command(mapping: str, yes: bool) -> None:
    """Take the mounts file FILE, or a backup by its name, into the project around here; else the newest backup.

    That is what a notebook wrote while a project held the mounts file. Its mounts become places, its variables and
    options go where they belong in taoshell.toml; the difference is shown first.
    """
    state, root = State.of(os.environ), definition.find_root(".")
    path = backups.find(state, mapping) if mapping else _newest_backup(state)
    sources, project = approval.require_approved(state, root)
    text = definition.read_text(path)
    toml = adoption.adopted(definition.decoded(sources.toml), text, project, path)
    then = setup.planned(state, sources, Texts(toml, definition.decoded(sources.env)), "not adopted")
    adoption.require_taken(text, definition.define(then), path)
    changed = setup.difference(sources, then)
    if not changed:
        show.lines(["the project has all of it already"])
        return
    show.diff(changed)
    if not yes and sys.stdin.isatty() and not click.confirm("Adopt this?", default=True, err=True):
        raise TaoshellError("not adopted", "nothing has changed", where=root)
    setup.put(sources, then)
    allowed = approval.allow(state, root)
    show.lines([*allowed.told, *allowed.project.notes])
    show.places(allowed.project)


def _newest_backup(state: State) -> str:
    """What something else wrote last; the user's own former mappings are not for a project to take."""
    found = [backup for backup in backups.listed(state) if not backup.own]
    if not found:
        raise TaoshellError("there is no backup", "name a file: taoshell adopt FILE", where=state.backups)
    return found[0].path
