"""`taoshell allow`: approve a project at exactly this content."""

from __future__ import annotations

import os

import click

from taoshell.actions import approve, find, init, record
from taoshell.actions.init import Answers
from taoshell.actions.sources import read_sources
from taoshell.state.paths import State
from taoshell.terminal import candidates
from taoshell.terminal.ask import Asker, not_exported
from taoshell.terminal.consent import require_consent, say_approved, show_before_questions


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
    planned, shown = init.plan(state, sources, answers), None
    is_first_time = not record.was_approved(state, root)
    if ask.asking and is_first_time:
        show_before_questions(state, planned)
        has_gpus = planned.project.gpus or "NUM_GPUS" in planned.project.variables
        answers = Answers(
            key=ask.key(None, from_stdin=False), exported=ask.exported(), gpus="" if has_gpus else ask.gpus(None)
        )
        planned, shown = init.plan(state, sources, answers), planned
    elif (key := ask.key_by_command()) != "":
        answers = Answers(key=key)
        planned = init.plan(state, sources, answers)
    ask.say_taken()
    seen = require_consent(state, planned, yes=yes, shown=shown)
    kept_back = init.kept_back(state, sources, answers)  # before the approval: then they are the user's own
    allowed = approve.allow(state, ask.with_folders(planned))
    say_approved(allowed, seen, *not_exported(kept_back))
