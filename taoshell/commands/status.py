"""`taoshell status`: what is in force here, and why."""

from __future__ import annotations

import os

import click

from taoshell.actions import prompt as prompts
from taoshell.actions import status
from taoshell.state.paths import State
from taoshell.terminal import candidates, tables
from taoshell.terminal.calling_shell import calling_shell
from taoshell.terminal.say import say_all


@click.command("status")
@click.argument("folder", default=".", metavar="[DIR]", shell_complete=candidates.folders)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object, for programs.")
@click.option("--prompt", is_flag=True, help="Print the project's name and a mark, for a prompt.")
def command(folder: str, as_json: bool, prompt: bool) -> int:
    """Show a project, and whether it is approved and loaded.

    Acts on the project that contains DIR (default: the current folder). The exit status is 1 if something in the
    project is wrong.
    """
    state = State.of(os.environ)
    if prompt:  # only a shell without the hook calls us: the hook answers this without a process
        text = prompts.text(state, os.environ)
        click.echo(text, nl=bool(text))
        return 0
    found = status.look(state, folder)
    missing = status.no_hook(state, os.environ, calling_shell)
    if as_json:
        hook = {"loaded": missing is None, "cure": missing and missing.cure}
        tables.show_json({**status.facts(state, found, os.environ), "hook": hook})
    else:
        if found is not None and found.project is not None:
            tables.show_places(found.project)
        say_all(status.messages(state, found, os.environ))
        if missing is not None:
            say_all([f"{missing.cause}; {missing.cure}", *missing.lines])
    return 1 if found is not None and found.standing == "broken" else 0
