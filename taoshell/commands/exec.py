"""`taoshell exec`: run one command inside a project, for scripts, cron, Makefiles and CI."""

from __future__ import annotations

import os

import click

from taoshell import definition, running
from taoshell.state import State


@click.command("exec", context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False})
@click.argument("words", nargs=-1, type=click.UNPROCESSED, metavar="[DIR] -- CMD [ARG]…", required=True)
def command(words: tuple[str, ...]) -> int:
    """Run CMD with the variables and the mounts file of the project in DIR (or around it).

    The exit status is the command's own (128 + N where signal N ended it). Only an approved project is run.
    """
    folder, arguments = _split(words)
    return running.run(State.of(os.environ), definition.find_root(folder), arguments)


def _split(words: tuple[str, ...]) -> tuple[str, list[str]]:
    """click has taken a leading `--` away: with one left, what stands before it is DIR."""
    if len(words) > 2 and words[1] == "--":
        return words[0], list(words[2:])
    return ".", list(words)
