"""`taoshell hook`: print the hook. If a shell is named, `taoshell.__main__` answers without click."""

from __future__ import annotations

import os

import click

from taoshell.shells import NAMES
from taoshell.shells.render import home_now, render
from taoshell.state.paths import State
from taoshell.terminal import candidates
from taoshell.terminal.calling_shell import calling_shell


@click.command("hook", epilog=f"SHELL is one of: {', '.join(NAMES)}.")
@click.argument("shell", default="", metavar="[SHELL]", shell_complete=candidates.shells)
def command(shell: str) -> None:
    """Print the hook, for a start file that you edit yourself.

    It is the hook for SHELL, or for the calling shell. In ~/.bashrc, write: eval "$(taoshell hook bash)"
    """
    state = State.of(os.environ)
    click.echo(render(shell or calling_shell(), state, home_now(state, os.environ)), nl=False)
