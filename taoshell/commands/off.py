"""`taoshell off`: the shell's own function answers it; this is for where there is none."""

from __future__ import annotations

import click

from taoshell.errors import TaoshellError


@click.command("off")
def command() -> None:
    """Leave the project and do nothing more in this shell, until `taoshell on`."""
    raise TaoshellError("only the hook can do this, and it is not loaded here", 'run: eval "$(taoshell hook)"')
