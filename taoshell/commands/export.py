"""`taoshell export`: the approved values, for scripts and other tools."""

from __future__ import annotations

import json
import os

import click

from taoshell.actions import approve, find
from taoshell.actions.sources import read_sources
from taoshell.errors import USAGE, TaoshellError
from taoshell.formats import dotenv
from taoshell.shells import NAMES, direnv, shell
from taoshell.state.paths import State
from taoshell.terminal import candidates

_FORMATS = (*NAMES, "json", "dotenv", direnv.FORMAT)


@click.command("export", epilog=f"FORMAT is one of: {', '.join(_FORMATS)}.")
@click.argument("form", metavar="FORMAT", shell_complete=candidates.among(_FORMATS))
@click.argument("folder", default=".", metavar="[DIR]", shell_complete=candidates.folders)
def command(form: str, folder: str) -> None:
    """Print the variables of the project in DIR (or around it) as FORMAT.

    Secrets are printed as they are. Only what is approved is printed.
    """
    if form not in _FORMATS:
        raise TaoshellError(f"no format {form!r}", f"known formats: {', '.join(_FORMATS)}", exit_code=USAGE)
    if form == direnv.FORMAT and direnv.hook_acts(os.environ):
        return
    state = State.of(os.environ)
    root = find.project_root(folder)
    if form == direnv.FORMAT:  # also where nothing is approved: what is allowed or denied later makes direnv load again
        watched = [*(source.path for source in read_sources(root).all), state.project(root).current]
        click.echo(direnv.watch(watched), nl=False)
    project = approve.require_in_force(state, root)
    variables = {"LAUNCHER_MOUNTS": state.project(root).mounts, **project.variables}
    click.echo(_written(form, variables), nl=False)


def _written(form: str, variables: dict[str, str]) -> str:
    if form == "json":
        return json.dumps(variables, indent=2, ensure_ascii=False) + "\n"
    if form == "dotenv":
        return dotenv.written(variables)
    if form == direnv.FORMAT:
        return direnv.export(variables)
    return shell(form).export(variables)
