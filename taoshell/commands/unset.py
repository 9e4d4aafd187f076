"""`taoshell unset`: take settings out of a project."""

from __future__ import annotations

import os

import click

from taoshell.actions import approve, find, settings
from taoshell.actions.sources import read_sources
from taoshell.state.paths import State
from taoshell.terminal import candidates
from taoshell.terminal.consent import require_no_other_change, show_new
from taoshell.terminal.say import say_all
from taoshell.text import setting_words
from taoshell.text.setting import Setting


@click.command("unset")
@click.argument("words", nargs=-1, required=True, metavar="NAME… [DIR]", shell_complete=candidates.removable)
def command(words: tuple[str, ...]) -> None:
    """Take settings out of a project, and approve the result.

    Acts on the project that contains DIR (default: the current folder). NAME is a variable in .env, or a dotted name
    of taoshell.toml, as for `taoshell set`. A table goes with all that is in it.
    """
    names, folder = setting_words.parse_unset(words, os.path.isdir)
    state, root = State.of(os.environ), find.project_root(folder)
    now = read_sources(root)
    before = require_no_other_change(state, now)
    planned = settings.plan(state, now, before, [Setting(name, None) for name in names])
    show_new(before, planned)
    say_all(approve.allow(state, planned).to_say)
