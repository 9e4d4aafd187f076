"""`taoshell export`: the approved variables of a project, in the form that a shell or a program reads."""

from __future__ import annotations

import json

from taoshell.actions import approve
from taoshell.actions.sources import read_sources
from taoshell.formats import dotenv
from taoshell.shells import NAMES, dialect, direnv
from taoshell.state.paths import State

FORMATS = (*NAMES, "json", "dotenv", direnv.FORMAT)


def watch_line(state: State, root: str) -> str:
    """Return the line for direnv that names what to watch: `allow` and `deny` change the last file."""
    watched = [*(source.path for source in read_sources(root).all), state.project(root).current]
    return direnv.watch(watched)


def text(state: State, root: str, form: str) -> str:
    """Return the variables as `form`, one of FORMATS. Raises TaoshellError if the project is not approved."""
    project = approve.require_in_force(state, root)
    variables = {"LAUNCHER_MOUNTS": state.project(root).mounts, **project.variables}
    if form == "json":
        return json.dumps(variables, indent=2, ensure_ascii=False) + "\n"
    if form == "dotenv":
        return dotenv.written(variables)
    if form == direnv.FORMAT:
        return direnv.export(variables)
    return dialect(form).export(variables)
