"""`taoshell adopt`: take over a mapping that something else wrote."""

from __future__ import annotations

import os
import sys

import click

from taoshell.actions import approve, find, init
from taoshell.actions.sources import decoded, define, read_text
from taoshell.errors import TaoshellError, Where
from taoshell.formats import merge, mounts_file
from taoshell.state import backups
from taoshell.state.paths import State
from taoshell.terminal import tables
from taoshell.text.setting import Texts


@click.command("adopt")
@click.argument("mapping", default="", metavar="[FILE]")
@click.option("--yes", "-y", is_flag=True, help="Ask nothing.")
def command(mapping: str, yes: bool) -> None:
    """Take the mounts file FILE, or a backup by its name, into the project around here; else the newest backup.

    That is what a notebook wrote while a project held the mounts file. Its mounts become places, its variables and
    options go where they belong in taoshell.toml; the difference is shown first.
    """
    state, root = State.of(os.environ), find.project_root(".")
    path = backups.find(state, mapping) if mapping else _newest_backup(state)
    sources, project = approve.require_approved(state, root)
    wanted = mounts_file.read(read_text(path), path)
    toml = merge.adopted(decoded(sources.toml), wanted, project, path)
    then = init.planned(state, sources, Texts(toml, decoded(sources.env)), "not adopted")
    merge.require_taken(wanted, define(then), path)
    changed = init.difference(sources, then)
    if not changed:
        tables.lines(["the project has all of it already"])
        return
    tables.diff(changed)
    if not yes and sys.stdin.isatty() and not click.confirm("Adopt this?", default=True, err=True):
        raise TaoshellError("not adopted", "nothing has changed", at=Where(root))
    init.put(sources, then)
    allowed = approve.allow(state, root)
    tables.lines([*allowed.to_say, *allowed.project.notes])
    tables.places(allowed.project)


def _newest_backup(state: State) -> str:
    """What something else wrote last; the user's own former mappings are not for a project to take."""
    found = [backup for backup in backups.listed(state) if not backup.own]
    if not found:
        raise TaoshellError("there is no backup", "name a file: taoshell adopt FILE", at=Where(state.backups))
    return found[0].path
