"""`taoshell hook`: print the hook. If a shell is named, `taoshell.__main__` answers without click."""

from __future__ import annotations

import os

import click

from taoshell.actions import hook
from taoshell.shells import NAMES
from taoshell.terminal import candidates
from taoshell.terminal.calling_shell import calling_shell
from taoshell.terminal.say import say_all


@click.command("hook", epilog=f"SHELL is one of: {', '.join(NAMES)}.")
@click.argument("shell", default="", metavar="[SHELL]", shell_complete=candidates.shells)
def command(shell: str) -> None:
    """Print the hook, for a start file that you edit yourself.

    It is the hook for SHELL, or for the calling shell. In ~/.bashrc, write: eval "$(taoshell hook bash)"
    """
    text, to_say = hook.text(shell or calling_shell(), os.environ)
    click.echo(text, nl=False)
    say_all(to_say)
