"""`taoshell off`: the hook's own function answers it. This answers in a shell without the hook."""

from __future__ import annotations

import click

from taoshell.cures import cure
from taoshell.errors import TaoshellError


@click.command("off")
def command() -> None:
    """Leave the project, and do nothing more in this shell."""
    raise no_hook()


def no_hook() -> TaoshellError:
    """Return the error for a command that only the hook can answer."""
    return TaoshellError("only the hook can do this, and it is not loaded here", cure("hook-needed"))
