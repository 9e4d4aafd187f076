"""`taoshell hook`: print the hook. With a shell's name, `taoshell.__main__` answers without loading click."""

from __future__ import annotations

import os

import click

from taoshell.errors import USAGE, TaoshellError
from taoshell.shells import NAMES
from taoshell.shells.render import render
from taoshell.state.paths import State
from taoshell.terminal import candidates


@click.command("hook", epilog=f"SHELL is one of: {', '.join(NAMES)}.")
@click.argument("shell", default="", metavar="[SHELL]", shell_complete=candidates.shells)
def command(shell: str) -> None:
    """Print the hook for SHELL (default: the calling shell).

    In your rc file: eval "$(taoshell hook bash)"
    """
    click.echo(render(shell or calling_shell(), State.of(os.environ)), nl=False)


def calling_shell() -> str:
    """The shell that called taoshell. Raises TaoshellError (usage) if there is no hook for it."""
    import shellingham

    try:
        name: str = shellingham.detect_shell()[0]
    except shellingham.ShellDetectionFailure:
        name = os.path.basename(os.environ.get("SHELL", ""))
    if name not in NAMES:
        raise TaoshellError(f"no hook for the calling shell {name!r}", f"name one: {', '.join(NAMES)}", exit_code=USAGE)
    return name
