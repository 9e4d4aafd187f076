"""`taoshell deny`: take an approval back."""

from __future__ import annotations

import os

import click

from taoshell import approval, definition
from taoshell.commands import completing, show
from taoshell.errors import shown
from taoshell.state import State


@click.command("deny")
@click.argument("folder", default=".", metavar="[DIR]", shell_complete=completing.folders)
def command(folder: str) -> None:
    """Take back every approval of the project in DIR (or around it); shells in it lose its variables."""
    root = definition.find_root(folder)
    count = approval.deny(State.of(os.environ), root)
    show.lines([f"{shown(root)}: {count} approval{'s' * (count != 1)} taken back"])
