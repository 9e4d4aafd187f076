"""`taoshell on`: the hook's own function answers it. This answers in a shell without the hook."""

from __future__ import annotations

import click

from taoshell.errors import TaoshellError


@click.command("on")
def command() -> None:
    """Turn taoshell on again in this shell."""
    raise TaoshellError("only the hook can do this, and it is not loaded here", 'run: eval "$(taoshell hook)"')
