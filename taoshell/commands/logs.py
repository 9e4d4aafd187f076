"""`taoshell logs`: what a container has written."""

from __future__ import annotations

import os

import click

from taoshell.actions import jobs, run
from taoshell.actions.signals import as_of_a_shell
from taoshell.state.paths import for_other_programs
from taoshell.terminal import candidates


@click.command("logs")
@click.argument("name", shell_complete=candidates.jobs)
@click.option("--follow", "-f", is_flag=True, help="Go on until the container ends. Ctrl-C ends only this command.")
def command(name: str, follow: bool) -> int:
    """Print what a container has written.

    NAME is one that `taoshell jobs` lists.
    """
    line = jobs.logs(name, for_other_programs(os.environ), follow=follow)
    return as_of_a_shell(run.supervised(line)[0])
