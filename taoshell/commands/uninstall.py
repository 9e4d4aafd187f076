"""`taoshell uninstall`: undo what `install` did, and give the mounts file back."""

from __future__ import annotations

import os

import click

from taoshell.actions import install
from taoshell.shells import start_files
from taoshell.state.paths import State
from taoshell.terminal.ask_about_start_files import may_change
from taoshell.terminal.say import say_all


@click.command("uninstall")
@click.option("--dry-run", is_flag=True, help="Show what would change, and change nothing.")
@click.option("--yes", "-y", is_flag=True, help="Do not ask.")
def command(dry_run: bool, yes: bool) -> None:
    """Remove the hook from all shells.

    uninstall shows what changes in your start files, and asks first. Your own mounts file comes back. The program,
    approvals and backups stay; uninstall says how to remove them.
    """
    state = State.of(os.environ)
    edits = start_files.to_uninstall(os.environ)
    if may_change(edits, dry_run=dry_run, yes=yes, refusal="not uninstalled"):
        say_all([*install.uninstall(state, edits), *install.how_to_remove_the_rest(state, os.environ)])
