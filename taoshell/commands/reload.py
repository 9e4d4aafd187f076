"""`taoshell reload`: compile the project again, whatever its file times say. The hook then enters it anew."""

from __future__ import annotations

import os

import click

from taoshell.actions import approve, compile, find, status
from taoshell.errors import printable
from taoshell.state.paths import State
from taoshell.terminal.calling_shell import calling_shell
from taoshell.terminal.say import say


@click.command("reload")
def command() -> None:
    """Compile this project again, and enter it anew in this shell.

    Variables that you have changed by hand get the project's values again.
    """
    state, root = State.of(os.environ), find.project_root(".")
    approve.require_approved(state, root)
    compile.outdate(state, root)
    for line in approve.sync(state, root):
        say(line)
    cure = status.hook_cure(state, os.environ, calling_shell)
    say(f"reloaded {printable(root)}" + (f"; only shells with the hook get the new values: {cure}" if cure else ""))
