"""`taoshell allow`: approve a project at exactly this content."""

from __future__ import annotations

import os

import click

from taoshell.actions import approve, find, init
from taoshell.actions.init import Answers
from taoshell.actions.sources import read_sources
from taoshell.state.paths import State
from taoshell.terminal import candidates, tables
from taoshell.terminal.ask import Asker, say_kept_back
from taoshell.terminal.consent import require_consent
from taoshell.terminal.say import say_all


@click.command("allow")
@click.argument("folder", default=".", metavar="[DIR]", shell_complete=candidates.folders)
@click.option("--yes", "-y", is_flag=True, help="Approve without a question.")
def command(folder: str, yes: bool) -> None:
    """Approve a project exactly as it is now.

    Acts on the project that contains DIR (default: the current folder). allow shows everything that the project brings,
    or what changed since your last approval, and asks. Every shell in the project then gets its variables. Every later
    change needs a new approval. The first time, allow also asks for what you have not set yet: KEY, NUM_GPUS, missing
    folders.
    """
    state, root = State.of(os.environ), find.project_root(folder)
    sources = read_sources(root)
    sources.require()
    answers, ask = Answers(), Asker(state, sources, yes=yes)
    is_first_time = not approve.was_approved(state, root)
    if is_first_time:
        answers = Answers(key=ask.key(None, from_stdin=False), exported=ask.exported())
    else:
        answers = Answers(key=ask.key_by_command())
    kept_back = init.kept_back(state, sources, answers)
    planned = init.plan(state, sources, answers)
    has_gpus = planned.project.gpus or "NUM_GPUS" in planned.project.variables
    if is_first_time and ask.asking and not has_gpus:
        planned = init.plan(state, sources, answers._replace(gpus=ask.gpus(None)))
    ask.say_taken()
    is_shown = require_consent(state, planned, yes=yes)
    planned = ask.with_folders(planned)
    allowed = approve.allow(state, planned)
    say_all([*allowed.to_say, *allowed.notes])
    if not is_shown:
        tables.show_places(allowed.project)
    say_kept_back(kept_back)
