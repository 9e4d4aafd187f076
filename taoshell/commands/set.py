"""`taoshell set`: change settings in the files where they belong, check them, show them, approve them."""

from __future__ import annotations

import os
import sys

import click

from taoshell.actions import approve, find, settings
from taoshell.actions.sources import read_sources
from taoshell.cures import cure
from taoshell.errors import USAGE, TaoshellError
from taoshell.project.names import is_secret
from taoshell.state.paths import State
from taoshell.terminal import candidates
from taoshell.terminal.ask import hidden
from taoshell.terminal.consent import require_no_other_change, show_new
from taoshell.terminal.say import say, say_all
from taoshell.text import setting, setting_words
from taoshell.text.setting import Setting


@click.command("set")
@click.argument("words", nargs=-1, required=True, metavar="NAME=VALUE… [DIR]", shell_complete=candidates.settings)
@click.option("--new", is_flag=True, help="Set a name or a network that looks like a misspelt one.")
def command(words: tuple[str, ...], new: bool) -> None:
    """Change settings, check them, show them and approve them.

    Acts on the project that contains DIR (default: the current folder). NAME is a variable, which goes into .env
    for you alone (KEY, NUM_GPUS, LOCAL_DATA_DIR), or a dotted name of taoshell.toml, for everybody (places.data,
    container.shm_size, env.NAME, network). For a secret give only NAME: set asks for the value, or reads it from
    standard input.
    """
    parsed = setting_words.parse_set(words, os.path.isdir)
    state, root = State.of(os.environ), find.project_root(parsed.folder)
    now = read_sources(root)
    before = require_no_other_change(state, now)
    given = [Setting(name, _asked(name) if value is None else value) for name, value in parsed.given]
    shown = [
        name for name, value in parsed.given if value is not None and is_secret(name) and not setting.is_in_toml(name)
    ]
    if shown:
        better = cure("seen-by-all", names=shown, root=root)
        say(f"every user of this machine can see a secret on the command line; {better}")
    planned = settings.plan(state, now, before, given, is_new=new)
    show_new(before, planned)
    say_all(approve.allow(state, planned).to_say)
    say_all(setting.without_effect(planned.env_text, given, planned.project))


def _asked(name: str) -> str:
    if sys.stdin.isatty():
        if not (value := hidden(name)):
            raise TaoshellError(f"{name} has no value", "type one; nothing has changed")
        return value
    line = os.fsdecode(sys.stdin.buffer.readline())
    if not line:
        how = "run this in a terminal, or give the value on standard input"
        raise TaoshellError(f"{name} has no value", how, exit_code=USAGE)
    return line.rstrip("\r\n")
