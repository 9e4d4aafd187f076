"""`taoshell prune`: forget projects whose folders are gone."""

from __future__ import annotations

import os

import click

from taoshell.actions import projects
from taoshell.state.paths import State
from taoshell.terminal import tables


@click.command("prune")
def command() -> None:
    """Forget the projects that are gone: their approvals and compiled files. Backups are never removed."""
    tables.lines(projects.prune(State.of(os.environ)) or ["nothing to forget"])
