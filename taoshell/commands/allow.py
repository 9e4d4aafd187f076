"""`taoshell allow`: approve a project at exactly this content."""

from __future__ import annotations

import os
import sys
from dataclasses import replace

import click

from taoshell import approval, definition, setup
from taoshell.commands import completing, show
from taoshell.commands.asking import Asker
from taoshell.errors import TaoshellError
from taoshell.setup import Answers
from taoshell.state import State
from taoshell.storage import ensure


@click.command("allow")
@click.argument("folder", default=".", metavar="[DIR]", shell_complete=completing.folders)
@click.option("--yes", "-y", is_flag=True, help="Ask nothing.")
def command(folder: str, yes: bool) -> None:
    """Approve the project in DIR (or around it) as it is now.

    Every shell in it gets what it defines; any later change must be approved again. At a terminal it shows what changed
    since the last approval, and asks for what this user has not set yet: KEY, NUM_GPUS, missing folders.
    """
    state, root = State.of(os.environ), definition.find_root(folder)
    sources = setup.existing(root)
    ask = Asker(sources, asking=not yes and sys.stdin.isatty())
    if approval.was_approved(state, root) and not ask.may_approve(approval.changes(state, root)):
        raise TaoshellError("not approved", "nothing has changed", where=root)
    if setup.is_first_time(sources) and not approval.was_approved(state, root):
        answers = Answers("", "", gpus="", key=ask.key(None, from_stdin=False), exported=ask.exported())
        if ask.asking and "NUM_GPUS" not in setup.plan(sources, answers).project.variables:
            answers = replace(answers, gpus=ask.gpus(None))
        ensure(state)  # before anything is written: the approval must have a place
        setup.write(setup.plan(sources, answers))
        show.kept_back(setup.kept_back(sources, answers))
    defined = definition.define(definition.read(root))
    if ask.may_make(defined):
        setup.make_sources(defined)
    allowed = approval.allow(state, root)
    show.lines([*allowed.told, *allowed.project.notes])
    show.places(allowed.project)
