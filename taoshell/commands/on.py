"""`taoshell on`: the hook's own function answers it. This answers in a shell without the hook."""

from __future__ import annotations

import click

from taoshell.commands.off import no_hook


@click.command("on")
def command() -> None:
    """Turn taoshell on again in this shell."""
    raise no_hook()
