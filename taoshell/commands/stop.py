"""`taoshell stop`: end a container."""

from __future__ import annotations

import os

import click

from taoshell.actions import jobs
from taoshell.state.paths import for_other_programs
from taoshell.terminal import candidates
from taoshell.terminal.say import say


@click.command("stop")
@click.argument("name", shell_complete=candidates.jobs)
@click.option("--remove", is_flag=True, help="Remove it too, and its log.")
def command(name: str, remove: bool) -> None:
    """End a container that taoshell started.

    NAME is one that `taoshell jobs` lists. Its command gets SIGTERM, and SIGKILL if it has not ended after 10 seconds.
    Any other container is refused.
    """
    say(jobs.stop(name, for_other_programs(os.environ), removes=remove))
