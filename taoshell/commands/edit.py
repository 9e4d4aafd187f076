"""`taoshell edit`: edit a project's file in the user's editor, then show what changed, ask and approve."""

from __future__ import annotations

import os
import sys

import click

from taoshell.actions import approve, change, find, record
from taoshell.actions.change import Change
from taoshell.actions.sources import Sources, read_sources
from taoshell.errors import TaoshellError
from taoshell.state.paths import State
from taoshell.terminal import candidates
from taoshell.terminal.ask import Asker, confirmed
from taoshell.terminal.consent import require_consent, require_terminal, say_approved
from taoshell.terminal.editor import open_editor
from taoshell.terminal.say import say


@click.command("edit")
@click.argument("folder", default=".", metavar="[DIR]", shell_complete=candidates.folders)
@click.option("--env", is_flag=True, help="Edit .env, your own values, instead of taoshell.toml.")
@click.option("--yes", "-y", is_flag=True, help="Approve without a question.")
def command(folder: str, env: bool, yes: bool) -> None:
    """Edit a project, see what changes, and approve it.

    Acts on the project that contains DIR (default: the current folder). The editor is $VISUAL, $EDITOR or vi. If the
    file has a mistake, edit says where, and can open the editor again.
    """
    state, root = State.of(os.environ), find.project_root(folder)
    require_terminal(root, yes=yes)  # before the user edits for nothing
    sources = read_sources(root)
    planned = _edited(state, sources, sources.env.path if env else sources.toml.path)
    ask = Asker(state, planned.now, yes=yes)
    if record.is_approved(state, planned.now, planned.project):
        say("nothing to approve: you have approved exactly this")
    seen = require_consent(state, planned, yes=yes)
    say_approved(approve.allow(state, ask.with_folders(planned)), seen)


def _edited(state: State, sources: Sources, path: str) -> Change:
    """Open the editor until the project is right, or the user gives up. Raises the project's problem then.

    The first time it opens `path`, then the file that has the mistake.
    """
    while True:
        open_editor(path, if_it_fails="nothing was approved")
        try:
            return change.plan(state, read_sources(sources.root))
        except TaoshellError as error:
            if not sys.stdin.isatty():
                raise
            say(str(error))
            if error.where and error.where.file in (sources.toml.path, sources.env.path):
                path = error.where.file
            if not confirmed("Edit again?", default=True):
                raise TaoshellError("not approved", "the file stays as you saved it") from error
