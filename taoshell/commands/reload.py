"""`taoshell reload`: compile the project again, whatever its file times say. The hook then enters it anew."""

from __future__ import annotations

import os

import click

from taoshell.actions import approve, compile, find, status
from taoshell.errors import printable
from taoshell.state.paths import State
from taoshell.terminal.calling_shell import calling_shell
from taoshell.terminal.say import say, say_all


@click.command("reload")
def command() -> None:
    """Compile this project again, and enter it anew in this shell.

    Variables that you have changed by hand get the project's values again.
    """
    state, root = State.of(os.environ), find.project_root(".")
    approve.require_approved(state, root)
    compile.outdate(state, root)
    say_all(approve.sync(state, root))
    missing = status.no_hook(state, os.environ, calling_shell)
    how = f"; only shells with the hook get the new values: {missing.cure}" if missing else ""
    say(f"reloaded {printable(root)}{how}")
