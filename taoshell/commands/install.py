"""`taoshell install`: load the hook in every new shell."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

import click

from taoshell.actions import install
from taoshell.commands.hook import calling_shell
from taoshell.errors import TaoshellError, printable
from taoshell.shells import NAMES, start_files
from taoshell.shells import shell as known_shell
from taoshell.shells.start_files import Edit
from taoshell.state.paths import State
from taoshell.terminal import candidates, tables


@click.command("install", epilog=f"SHELL is one of: {', '.join(NAMES)}.")
@click.argument("shell", default="", metavar="[SHELL]", shell_complete=candidates.shells)
@click.option("--dry-run", is_flag=True, help="Only show what would be changed.")
@click.option("--yes", "-y", is_flag=True, help="Ask nothing.")
def command(shell: str, dry_run: bool, yes: bool) -> None:
    """Load the hook, with completion, in every new SHELL (default: the calling shell).

    A marked block goes into the shell's start file: it is shown, and you are asked first.
    """
    name = shell or calling_shell()
    known_shell(name)
    state = State.of(os.environ)
    is_current = install.is_current(state, name)  # first, as it fails if the package is not whole
    edits = start_files.to_install(state, name, os.environ)
    if not edits and is_current:
        tables.lines([f"{name} has it already; it is loaded in every new one"])
        return
    if not may_change(edits, dry_run=dry_run, yes=yes, refusal="not installed"):
        return
    tables.lines(
        [*install.install(state, name, edits), f"installed; every new {name} has it, this one after: exec {name}"]
    )


def may_change(edits: Sequence[Edit], *, dry_run: bool, yes: bool, refusal: str) -> bool:
    """May these start files be changed? They are shown first. Raises TaoshellError with `undone` where not."""
    tables.diff(start_files.difference(edits))
    for edit in edits:
        real = os.path.realpath(edit.path)
        if real != os.path.abspath(edit.path):
            tables.lines([f"{printable(edit.path)} is a link; what is changed is {printable(real)}"])
    if dry_run:
        if not edits:
            tables.lines(["no start file would be changed"])
        return False
    if edits and not yes:
        if not sys.stdin.isatty():
            raise TaoshellError(refusal, "there is no terminal to ask at: add --yes")
        if not click.confirm("Change this?", default=True, err=True):
            raise TaoshellError(refusal, "nothing has changed")
    return True
