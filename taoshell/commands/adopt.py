"""`taoshell adopt`: take over a mapping that something else wrote."""

from __future__ import annotations

import os
import sys

import click

from taoshell import adoption, approval, definition, setup
from taoshell.commands import show
from taoshell.commands.asking import Asker
from taoshell.editing import Texts
from taoshell.errors import TaoshellError
from taoshell.state import State


@click.command("adopt")
@click.argument("mapping", default="", metavar="[FILE]")
@click.option("--yes", "-y", is_flag=True, help="Ask nothing.")
def command(mapping: str, yes: bool) -> None:
    """Take the mounts file FILE into the project around here; without FILE, the newest backup.

    That is what a notebook wrote while the project held the mounts file. Its mounts become places, its variables and
    options go where they belong in taoshell.toml; the difference is shown first.
    """
    state, root = State.of(os.environ), definition.find_root(".")
    path = mapping or _newest_backup(state)
    sources, project = approval.require_approved(state, root)
    toml = adoption.adopted(definition.decoded(sources.toml), definition.read_text(path), project, path)
    then = setup.planned(state, sources, Texts(toml, definition.decoded(sources.env)), "not adopted")
    changed = setup.difference(sources, then)
    if not changed:
        show.lines(["the project has all of it already"])
        return
    if not Asker(sources, asking=not yes and sys.stdin.isatty()).may_approve(changed):
        raise TaoshellError("not adopted", "nothing has changed", where=root)
    setup.put(sources, then)
    allowed = approval.allow(state, root)
    show.lines([*allowed.told, *allowed.project.notes])
    show.places(allowed.project)


def _newest_backup(state: State) -> str:
    names = sorted(os.listdir(state.backups)) if os.path.isdir(state.backups) else []
    if not names:
        raise TaoshellError("there is no backup", "name a file: taoshell adopt FILE", where=state.backups)
    paths = [os.path.join(state.backups, name) for name in names]
    return max(paths, key=lambda path: os.lstat(path).st_ctime_ns)
