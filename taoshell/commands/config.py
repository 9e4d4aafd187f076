"""`taoshell config`: the user's defaults for new projects, and where each comes from."""

from __future__ import annotations

import contextlib
import os

import click

from taoshell.actions import config, install
from taoshell.cures import cure
from taoshell.state.files import make_folder
from taoshell.state.paths import State, config_path
from taoshell.terminal import tables
from taoshell.terminal.draw import Text, aligned, at_home, show
from taoshell.terminal.say import say

_WITHOUT = {  # what `init` and the hook do if there is no value
    "layout": "the one that the notebooks use, or classic",
    "gpus": "as many as nvidia-smi lists",
    "data_root": "data stays in the project",
    "container.user": "as the layout proposes",
    "container.shm_size": "as the layout proposes",
    "key": "asked for",
    "engine": "docker, else podman",
    "log": "line",
}


@click.command("config")
@click.option("--edit", is_flag=True, help="Open the file in your editor, and check it.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object, for programs.")
def command(edit: bool, as_json: bool) -> None:
    """Show your defaults for new projects, and where each comes from.

    They are in ~/.config/taoshell/config.toml. init copies them into a new project; projects that exist do not change.
    """
    path = config_path(os.environ)
    if edit:
        _edit(path)
    found = config.in_force(os.environ)
    if as_json:
        settings = {item.name: {"value": item.value, "from": item.source, "line": item.line} for item in found}
        tables.show_json({"file": path, "exists": os.path.lexists(path), "settings": settings})
        return
    show(Text(at_home(path), "bold") if os.path.lexists(path) else Text(f"{at_home(path)}: no such file", "dim"))
    show(*aligned([[Text(name, "dim") for name in ("setting", "value", "from")], *map(_row, found)]))
    if any(item.name == "log" and item.source == "file" for item in found):
        for name in install.outdated(State.of(os.environ)):
            say(f"the hook of {name} was installed before; {cure('hook-outdated', shell=name)}")


def _row(item: config.InForce) -> list[str | Text]:
    if item.value is None:
        return [item.name, Text(_WITHOUT[item.name], "dim"), Text("default", "dim")]
    return [item.name, item.shown, config.LOG if item.source == "environment" else f"line {item.line}"]


def _edit(path: str) -> None:
    from taoshell.terminal.editor import open_editor  # only when needed: importing subprocess takes a while

    make_folder(os.path.dirname(path))
    with contextlib.suppress(FileExistsError), open(path, "x", encoding="utf-8") as file:
        file.write(config.TEMPLATE)
    open_editor(path, if_it_fails="nothing was checked")
