"""`taoshell on`: the hook's own function answers it. This answers in a shell without the hook."""

from __future__ import annotations

import click

from taoshell.commands.off import no_hook


@click.command("on")
def command() -> None:
    """Act in this shell again, after `off`."""
    raise no_hook()
