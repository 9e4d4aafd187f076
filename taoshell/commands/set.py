"""`taoshell set`: change one setting in the file where it belongs, check it, show it, approve it."""

from __future__ import annotations

import os
import sys

import click

from taoshell.actions import approve, change, find
from taoshell.actions.sources import read_sources
from taoshell.errors import USAGE, TaoshellError, Where
from taoshell.project.names import is_secret
from taoshell.state.paths import State
from taoshell.terminal import candidates, tables
from taoshell.terminal.say import say, say_all
from taoshell.text.setting import Setting


@click.command("set")
@click.argument("setting", metavar="NAME=VALUE", shell_complete=candidates.settings)
@click.argument("folder", default=".", metavar="[DIR]", shell_complete=candidates.folders)
def command(setting: str, folder: str) -> None:
    """Change one setting, check it, show it and approve it.

    Acts on the project that contains DIR (default: the current folder). NAME is a variable, which goes into .env
    for you alone (KEY, NUM_GPUS, LOCAL_DATA_DIR), or a dotted name of taoshell.toml, for everybody (places.data,
    container.shm_size, env.NAME, network). For a secret give only NAME: set asks for the value, or reads it from
    standard input.
    """
    state, root = State.of(os.environ), find.project_root(folder)
    sources = read_sources(root)
    if not approve.is_approved(state, sources):
        tables.show_diff(approve.changes(state, root))
        raise TaoshellError("the project is not approved as it is now", "first run: taoshell allow", at=Where(root))
    name, given, value = setting.partition("=")
    if not given:
        value = _asked(name)
    elif is_secret(name):
        say(f"every user of this machine can see a secret on the command line; better: taoshell set {name}")
    planned = change.plan_set(state, sources, [Setting(name, value)])
    planned.write()
    tables.show_diff(planned.difference())
    say_all(approve.allow(state, root).to_say)


def _asked(name: str) -> str:
    if not name:
        raise TaoshellError("no name is given", "write NAME=VALUE", exit_code=USAGE)
    if not sys.stdin.isatty():
        line = os.fsdecode(sys.stdin.buffer.readline())
        if not line:
            cure = "give it on standard input" if is_secret(name) else f"write {name}=VALUE"
            raise TaoshellError(f"{name} has no value", cure, exit_code=USAGE)
        return line.rstrip("\r\n")
    answer: str = click.prompt(name, hide_input=is_secret(name), err=True)
    return answer
