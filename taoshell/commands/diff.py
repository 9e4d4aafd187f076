"""`taoshell diff`: what changed since the last approval."""

from __future__ import annotations

import os

import click

from taoshell.actions import approve, find
from taoshell.state.paths import State
from taoshell.terminal import candidates, tables


@click.command("diff")
@click.argument("folder", default=".", metavar="[DIR]", shell_complete=candidates.folders)
def command(folder: str) -> int:
    """Show what changed in the project in DIR (or around it) since you approved it.

    Exit status: 0 where nothing changed, 1 where something did. Secrets are masked, foreign bytes are escaped.
    """
    changed = approve.changes(State.of(os.environ), find.project_root(folder))
    tables.diff(changed)
    return 1 if changed else 0
