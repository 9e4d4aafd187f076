"""`taoshell export`: the approved values, for scripts and other tools."""

from __future__ import annotations

import json
import os

import click

from taoshell import approval, definition, direnv
from taoshell.dotenv_file import quoted
from taoshell.shells import NAMES, shell
from taoshell.state import State


@click.command("export")
@click.argument("form", metavar="FORMAT", type=click.Choice([*NAMES, "json", "dotenv", "direnv"]))
@click.argument("folder", default=".", metavar="[DIR]")
def command(form: str, folder: str) -> None:
    """Print the variables of the project in DIR (or around it) as FORMAT: bash, zsh, fish, json, dotenv or direnv.

    Secrets are printed as they are. Only what is approved is printed.
    """
    if form == "direnv" and direnv.hook_acts(os.environ):
        return
    state = State.of(os.environ)
    root = definition.find_root(folder)
    _, project = approval.require_approved(state, root)
    variables = {"LAUNCHER_MOUNTS": state.project(root).mounts, **project.variables}
    click.echo(_written(form, variables, state.project(root).inputs), nl=False)


def _written(form: str, variables: dict[str, str], approved: str) -> str:
    if form == "json":
        return json.dumps(variables, indent=2, ensure_ascii=False) + "\n"
    if form == "dotenv":
        return "".join(f"{name}={quoted(value)}\n" for name, value in variables.items())
    if form == "direnv":  # evaluated by .envrc: the next approval makes direnv load again
        bash = shell("bash")
        return f"watch_file {bash.quote(approved)}\n" + bash.export(variables)
    return shell(form).export(variables)
