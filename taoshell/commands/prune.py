"""`taoshell prune`: forget projects whose folders are gone."""

from __future__ import annotations

import os

import click

from taoshell.actions import projects
from taoshell.state.paths import State
from taoshell.terminal.say import say_all


@click.command("prune")
def command() -> None:
    """Forget the projects whose folders are gone.

    Their approvals and compiled files are removed. Backups are never removed.
    """
    say_all(projects.prune(State.of(os.environ)) or ["nothing to forget"])
