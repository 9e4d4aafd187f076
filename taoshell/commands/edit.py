"""`taoshell edit`: edit a project's file in the user's editor, then show what changed, ask and approve."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys

import click

from taoshell.actions import approve, change, find
from taoshell.actions.change import Change
from taoshell.actions.sources import read_sources
from taoshell.errors import TaoshellError, printable
from taoshell.state.files import make_folder
from taoshell.state.paths import FOR_ONE_CALL, State
from taoshell.terminal import candidates
from taoshell.terminal.ask import Asker, confirmed
from taoshell.terminal.consent import require_consent, say_approved
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
    sources = read_sources(root)
    planned = _edited(state, root, sources.env.path if env else sources.toml.path)
    ask = Asker(state, planned.now, yes=yes)
    if approve.is_approved(state, planned.now, planned.project):
        say("nothing to approve: you have approved exactly this")
    unseen = require_consent(state, planned, yes=yes)
    say_approved(approve.allow(state, ask.with_folders(planned)), unseen)


def _edited(state: State, root: str, path: str) -> Change:
    """Open the editor until the project is right, or the user gives up. Raises the project's problem then."""
    while True:
        _open(path)
        try:
            return change.plan(state, read_sources(root))
        except TaoshellError as error:
            if not sys.stdin.isatty():
                raise
            say(str(error))
            if not confirmed("Edit again?", default=True):
                raise TaoshellError("not approved", "the file stays as you saved it") from error


def _open(path: str) -> None:
    """Open the editor and wait until it ends. Raises TaoshellError if it cannot run, or if it fails."""
    variable = next((name for name in ("VISUAL", "EDITOR") if os.environ.get(name, "").strip()), "EDITOR")
    editor = os.environ.get(variable, "").strip() or "vi"
    make_folder(os.path.dirname(path))  # that of a private .env is missing before the first approval
    try:
        environ = {name: value for name, value in os.environ.items() if name not in FOR_ONE_CALL}
        status = subprocess.run([*shlex.split(editor), path], env=environ, check=False).returncode
    except (OSError, ValueError) as error:
        cause = f"the editor {printable(editor)} cannot be run: {getattr(error, 'strerror', None) or error}"
        raise TaoshellError(cause, f"set {variable} to one that is installed") from error
    if status != 0:
        raise TaoshellError(f"the editor {printable(editor)} ended with {status}", "nothing was approved")
