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
    """Show what has changed since you approved a project.

    Acts on the project that contains DIR (default: the current folder). Secrets are masked, unprintable bytes are
    escaped. The exit status is 0 if nothing changed, else 1.
    """
    changed = approve.changes(State.of(os.environ), find.project_root(folder))
    tables.show_diff(changed)
    return 1 if changed else 0
