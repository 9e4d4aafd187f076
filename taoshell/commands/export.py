"""`taoshell export`: the approved values, for scripts and other tools."""

from __future__ import annotations

import os

import click

from taoshell.actions import export, find
from taoshell.errors import USAGE, TaoshellError
from taoshell.shells import direnv
from taoshell.state.paths import State
from taoshell.terminal import candidates, tables
from taoshell.terminal.say import say_all

_FORMATS = ", ".join(export.FORMATS)


@click.command("export", epilog=f"FORMAT is one of: {_FORMATS}.")
@click.argument("form", metavar="FORMAT", shell_complete=candidates.among(export.FORMATS))
@click.argument("folder", default=".", metavar="[DIR]", shell_complete=candidates.folders)
def command(form: str, folder: str) -> None:
    """Print a project's variables for a shell or a program.

    Acts on the project that contains DIR (default: the current folder). Only approved values are printed, and
    secrets are printed as they are.
    """
    if form not in export.FORMATS:
        raise TaoshellError(f"no format {form!r}", f"known formats: {_FORMATS}", exit_code=USAGE)
    if form == direnv.FORMAT and direnv.hook_acts(os.environ):
        return
    if form == export.KERNEL:
        from taoshell.actions import kernel  # only when needed: direnv calls `export` at each change of the folder

        tables.show_json(kernel.change(State.of(os.environ), folder, os.environ))
        return
    state, root = State.of(os.environ), find.project_root(folder)
    if form == direnv.FORMAT:  # even if the next line fails: direnv must load again after `allow` and `deny`
        click.echo(export.watch_line(state, root), nl=False)
    text, to_say = export.text(state, root, form)
    say_all(to_say)
    click.echo(text.encode(), nl=False)  # UTF-8 like the files, whatever the locale is
