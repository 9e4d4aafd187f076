"""`taoshell prune`: forget projects whose folders are gone."""

from __future__ import annotations

import os

import click

from taoshell import registry
from taoshell.commands import show
from taoshell.state import State


@click.command("prune")
def command() -> None:
    """Forget the projects that are gone: their approvals and compiled files. Backups are never removed."""
    show.lines(registry.prune(State.of(os.environ)) or ["nothing to forget"])
