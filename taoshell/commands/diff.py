"""`taoshell diff`: what changed since the last approval."""

from __future__ import annotations

import os

import click

from taoshell import approval, definition
from taoshell.commands import completing, show
from taoshell.state import State


@click.command("diff")
@click.argument("folder", default=".", metavar="[DIR]", shell_complete=completing.folders)
def command(folder: str) -> int:
    """Show what changed in the project in DIR (or around it) since you approved it.

    Exit status: 0 where nothing changed, 1 where something did. Secrets are masked, foreign bytes are escaped.
    """
    changed = approval.changes(State.of(os.environ), definition.find_root(folder))
    show.diff(changed)
    return 1 if changed else 0
