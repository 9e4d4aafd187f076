"""`taoshell allow`: approve a project at exactly this content."""

from __future__ import annotations

import os

import click

from taoshell import approval, definition
from taoshell.commands import show
from taoshell.state import State


@click.command("allow")
@click.argument("folder", default=".", metavar="[DIR]")
def command(folder: str) -> None:
    """Approve the project in DIR (or around it) as it is now.

    Every shell in it gets what it defines; any later change must be approved again.
    """
    root = definition.find_root(folder)
    allowed = approval.allow(State.of(os.environ), root)
    show.lines(allowed.told)
    show.lines(allowed.project.notes)
    show.places(allowed.project)
