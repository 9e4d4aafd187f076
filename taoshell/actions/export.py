"""`taoshell export`: the approved variables of a project, in the form that a shell or a program reads."""

from __future__ import annotations

import json

from taoshell.actions import approve
from taoshell.actions.sources import built, read_sources
from taoshell.formats import dotenv
from taoshell.project.python import search_path, variables_with_python
from taoshell.shells import NAMES, dialect, direnv
from taoshell.state.paths import State

FORMATS = (*NAMES, "json", "dotenv", direnv.FORMAT)


def watch_line(state: State, root: str) -> str:
    """Return the line for direnv that names what to watch: `allow` and `deny` change the last file."""
    sources = read_sources(root)
    project = built(sources).project if sources.toml.data is not None else None
    links = [step.path for step in project.steps if step.target is not None] if project else []
    watched = [*(source.path for source in sources.all), *links, state.project(root).current]
    return direnv.watch(watched)


def text(state: State, root: str, form: str) -> str:
    """Return the variables as `form`, one of FORMATS. Raises TaoshellError if the project is not approved."""
    project = approve.require_in_force(state, root)
    variables = {"LAUNCHER_MOUNTS": state.project(root).mounts, **project.variables}
    if form == "json":
        return json.dumps(variables, indent=2, ensure_ascii=False) + "\n"
    if form == "dotenv":
        return dotenv.written(variables)
    # only these two can add to PATH
    variables |= variables_with_python(project)
    first = search_path(project.python)
    if form == direnv.FORMAT:
        return direnv.export(variables, first)
    return dialect(form).export(variables) + (dialect(form).prepend(first) if first else "")
