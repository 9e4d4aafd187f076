"""`taoshell allow`: approve a project at exactly this content."""

from __future__ import annotations

import os
import sys
from dataclasses import replace

import click

from taoshell.actions import approve, find, init
from taoshell.actions.init import Answers
from taoshell.actions.sources import define, read_sources
from taoshell.errors import TaoshellError, Where
from taoshell.state.files import ensure
from taoshell.state.paths import State
from taoshell.terminal import candidates, tables
from taoshell.terminal.ask import Asker


@click.command("allow")
@click.argument("folder", default=".", metavar="[DIR]", shell_complete=candidates.folders)
@click.option("--yes", "-y", is_flag=True, help="Ask nothing.")
def command(folder: str, yes: bool) -> None:
    """Approve the project in DIR (or around it) as it is now.

    Every shell in it gets what it defines; any later change must be approved again. At a terminal it shows what changed
    since the last approval, and asks for what this user has not set yet: KEY, NUM_GPUS, missing folders.
    """
    state, root = State.of(os.environ), find.project_root(folder)
    sources = init.existing(root)
    ask = Asker(sources, asking=not yes and sys.stdin.isatty())
    if approve.was_approved(state, root) and not ask.may_approve(approve.changes(state, root)):
        raise TaoshellError("not approved", "nothing has changed", at=Where(root))
    if init.is_first_time(sources) and not approve.was_approved(state, root):
        answers = Answers("", "", gpus="", key=ask.key(None, from_stdin=False), exported=ask.exported())
        if ask.asking and "NUM_GPUS" not in init.plan(sources, answers).project.variables:
            answers = replace(answers, gpus=ask.gpus(None))
        ensure(state)  # before anything is written: the approval must have a place
        init.write(init.plan(sources, answers))
        tables.kept_back(init.kept_back(sources, answers))
    defined = define(read_sources(root))
    if ask.may_make(defined):
        init.make_mount_folders(defined)
    allowed = approve.allow(state, root)
    tables.lines([*allowed.to_say, *allowed.project.notes])
    tables.places(allowed.project)
