"""`taoshell deny`: take an approval back."""

from __future__ import annotations

import os

import click

from taoshell.actions import approve, find
from taoshell.errors import counted, printable
from taoshell.state.paths import State
from taoshell.terminal import candidates, tables


@click.command("deny")
@click.argument("folder", default=".", metavar="[DIR]", shell_complete=candidates.folders)
def command(folder: str) -> None:
    """Take back every approval of the project in DIR (or around it); shells in it lose its variables."""
    root = find.project_root(folder)
    count = approve.deny(State.of(os.environ), root)
    tables.lines([f"{printable(root)}: {counted(count, 'approval')} taken back"])
