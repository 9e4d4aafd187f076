"""`taoshell allow`: approve a project at exactly this content."""

from __future__ import annotations

import os
import sys

import click

from taoshell import approval, definition, setup
from taoshell.commands import show
from taoshell.commands.asking import Asker
from taoshell.errors import TaoshellError
from taoshell.setup import Answers
from taoshell.state import State


@click.command("allow")
@click.argument("folder", default=".", metavar="[DIR]")
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
    if sources.dotenv().block is None:  # this user's first time here
        known = definition.define(sources).variables
        gpus = "" if "NUM_GPUS" in known or not ask.asking else ask.gpus(None)
        setup.write(setup.plan(sources, Answers("", "", gpus, ask.key(None, from_stdin=False), ask.exported())))
    defined = definition.define(definition.read(root))
    if ask.may_make(defined):
        setup.make_sources(defined)
    allowed = approval.allow(state, root)
    show.lines([*allowed.told, *allowed.project.notes])
    show.places(allowed.project)
