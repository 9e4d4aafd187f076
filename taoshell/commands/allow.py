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
from taoshell.terminal.ask import Asker, say_kept_back
from taoshell.terminal.say import say_all


@click.command("allow")
@click.argument("folder", default=".", metavar="[DIR]", shell_complete=candidates.folders)
@click.option("--yes", "-y", is_flag=True, help="Do not ask.")
def command(folder: str, yes: bool) -> None:
    """Approve a project exactly as it is now.

    Acts on the project that contains DIR (default: the current folder). Every shell in the project gets its
    variables. Every later change needs a new approval. At a terminal, allow shows what changed since the last approval,
    and asks for what you have not set yet: KEY, NUM_GPUS, missing folders.
    """
    state, root = State.of(os.environ), find.project_root(folder)
    sources = read_sources(root)
    sources.require()
    ask = Asker(sources, asking=not yes and sys.stdin.isatty())
    if approve.was_approved(state, root) and not ask.may_approve(approve.changes(state, root)):
        raise TaoshellError("not approved", "nothing has changed", at=Where(root))
    if init.is_first_time(sources) and not approve.was_approved(state, root):
        answers = Answers("", "", gpus="", key=ask.key(None, from_stdin=False), exported=ask.exported())
        if ask.asking and "NUM_GPUS" not in init.plan(sources, answers).project.variables:
            answers = replace(answers, gpus=ask.gpus(None))
        ensure(state)  # before the first write: without a state folder there can be no approval
        init.write(init.plan(sources, answers))
        say_kept_back(init.kept_back(sources, answers))
    defined = define(read_sources(root))
    if ask.may_make(defined):
        init.make_mount_folders(defined)
    allowed = approve.allow(state, root)
    say_all(allowed.to_say)
    tables.show_places(allowed.project)
