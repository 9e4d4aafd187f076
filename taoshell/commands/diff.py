"""`taoshell diff`: what changed since the last approval."""

from __future__ import annotations

import os

import click

from taoshell.actions import change, find, record
from taoshell.actions.sources import read_sources
from taoshell.errors import TaoshellError
from taoshell.state.paths import State
from taoshell.terminal import candidates, tables
from taoshell.terminal.say import say


@click.command("diff")
@click.argument("folder", default=".", metavar="[DIR]", shell_complete=candidates.folders)
def command(folder: str) -> int:
    """Show what has changed since you approved a project.

    Acts on the project that contains DIR (default: the current folder). Secrets are masked, unprintable bytes are
    escaped. The exit status is 0 if nothing changed and nothing is wrong, else 1.
    """
    state, sources = State.of(os.environ), read_sources(find.project_root(folder))
    planned, problem = None, None
    try:
        planned = change.plan(state, sources)
        planned.require_folders()
    except TaoshellError as error:
        problem = error
    changed = record.changes(state, sources, planned.project if planned else None)
    tables.show_diff(changed)
    if problem is not None:
        say(str(problem))
    return 1 if changed or problem else 0
