"""`taoshell deny`: withdraw the approvals of a project."""

from __future__ import annotations

import os

import click

from taoshell.actions import approve, find
from taoshell.state.paths import State
from taoshell.terminal import candidates
from taoshell.terminal.say import say, say_all


@click.command("deny")
@click.argument("folder", default=".", metavar="[DIR]", shell_complete=candidates.folders)
def command(folder: str) -> None:
    """Withdraw every approval of a project.

    Acts on the project that contains DIR (default: the current folder). Shells in the project lose its variables.
    """
    root = find.project_root(folder)
    had_approval, to_say = approve.deny(State.of(os.environ), root)
    say_all(to_say)
    say(f"{root}: {'your approval is withdrawn' if had_approval else 'was not approved'}")
