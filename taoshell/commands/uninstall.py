"""`taoshell uninstall`: take away what `install` did, and give the mounts file back."""

from __future__ import annotations

import os

import click

from taoshell.actions import install
from taoshell.commands.install import may_change
from taoshell.shells import start_files
from taoshell.state.paths import State
from taoshell.terminal import tables


@click.command("uninstall")
@click.option("--dry-run", is_flag=True, help="Only show what would be changed.")
@click.option("--yes", "-y", is_flag=True, help="Ask nothing.")
def command(dry_run: bool, yes: bool) -> None:
    """Take the hook out of the start files of all shells, and give your own mounts file back.

    It is shown, and you are asked first. The program itself, approvals and backups stay; it says how to remove them.
    """
    state = State.of(os.environ)
    edits = start_files.to_uninstall(os.environ)
    if may_change(edits, dry_run=dry_run, yes=yes, refusal="not uninstalled"):
        tables.lines([*install.uninstall(state, edits), *install.how_to_remove_the_rest(state, os.environ)])
