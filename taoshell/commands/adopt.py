"""`taoshell adopt`: take over a mapping that another program wrote."""

from __future__ import annotations

import os

import click

from taoshell.actions import adopt, approve, find
from taoshell.actions.from_file import File
from taoshell.actions.sources import read_sources
from taoshell.state.paths import State
from taoshell.terminal.ask import Asker
from taoshell.terminal.ask_about_file import filled_in
from taoshell.terminal.consent import require_consent, say_approved
from taoshell.terminal.overview import show_project
from taoshell.terminal.say import say, say_all


@click.command("adopt")
@click.argument("mapping", default="", metavar="[FILE]")
@click.option("--yes", "-y", is_flag=True, help="Adopt and approve without a question.")
def command(mapping: str, yes: bool) -> None:
    """Take over a mounts file that another program wrote.

    FILE is a path or the name of a backup. Without FILE, adopt takes the newest backup: what a notebook wrote while a
    project held the mounts file; or else your own mapping. Its mounts become places: paths of this machine go into
    .env, the rest into taoshell.toml with the variables and options. adopt shows the difference first, and asks.
    """
    state, root = State.of(os.environ), find.project_root(".")
    path = adopt.chosen(state, mapping)
    file = File(path, root)
    if not mapping:
        say(adopt.described(path, root))
    ask = Asker(state, read_sources(root), yes=yes)
    planned = adopt.plan(state, file, filled_in(file, asking=ask.asking))
    change = planned.change
    difference = change.difference()
    if not difference:
        say_all(dict.fromkeys(planned.to_say))
        say(f"nothing to adopt: the project already has every mount and option in {path}")
        return
    seen = require_consent(state, change, yes=yes)
    allowed = approve.allow(state, ask.with_folders(change))
    say_approved(allowed, seen, *planned.to_say)
    show_project(allowed.project)
