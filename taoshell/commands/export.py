"""`taoshell export`: the approved values, for scripts and other tools."""

from __future__ import annotations

import json
import os

import click

from taoshell import approval, definition
from taoshell.shells import NAMES, shell
from taoshell.state import State


@click.command("export")
@click.argument("form", metavar="FORMAT", type=click.Choice([*NAMES, "json"]))
@click.argument("folder", default=".", metavar="[DIR]")
def command(form: str, folder: str) -> None:
    """Print the variables of the project in DIR (or around it) as FORMAT: bash, zsh or json.

    Secrets are printed as they are. Only what is approved is printed.
    """
    state = State.of(os.environ)
    root = definition.find_root(folder)
    _, project = approval.require_approved(state, root)
    variables = {"LAUNCHER_MOUNTS": state.project(root).mounts, **project.variables}
    if form == "json":
        click.echo(json.dumps(variables, indent=2, ensure_ascii=False))
    else:
        click.echo(shell(form).export(variables), nl=False)
