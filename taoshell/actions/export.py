"""`taoshell export`: the approved variables of a project, in the form that a shell or a program reads."""

from __future__ import annotations

import json
import os

from taoshell.actions import approve
from taoshell.actions.sources import built, read_sources
from taoshell.formats import dotenv, env_file, mounts_file
from taoshell.project.model import Project
from taoshell.project.python import search_path, variables_with_python
from taoshell.shells import NAMES, dialect, direnv, posix
from taoshell.state.paths import State

POSIX = "sh"  # commands that every POSIX shell evaluates
_MAPPINGS = ("mounts-file", "notebook-cell", "docker", "compose")  # `init --from` reads them
_PIN = 'to pin one, write [images] and model = "…" in taoshell.toml'
KERNEL = "kernel"  # see taoshell.actions.kernel
FORMATS = (*NAMES, POSIX, "json", "dotenv", "env-file", direnv.FORMAT, KERNEL, *_MAPPINGS)


def watch_line(state: State, root: str) -> str:
    """Return the line for direnv that names what to watch."""
    return direnv.watch(watched(state, root))


def watched(state: State, root: str) -> list[str]:
    """Return the paths that show whether what is in force changes: `allow` and `deny` change the last one."""
    sources = read_sources(root)
    project = built(sources).project if sources.toml.data is not None else None
    links = [step.path for step in project.steps if step.target is not None] if project else []
    return [*(source.path for source in sources.all), *links, state.project(root).current]


def text(state: State, root: str, form: str) -> tuple[str, list[str]]:
    """Return the variables, or the mapping, as `form`, one of FORMATS; and lines to say about it.

    Raises TaoshellError if the project is not approved.
    """
    project = approve.require_in_force(state, root)
    if form in _MAPPINGS:
        return _mapping(project, form), not_carried(project, form)
    return _variables(state, project, form), []


def _variables(state: State, project: Project, form: str) -> str:
    """Return the variables as `form`."""
    root = project.root
    variables = {"LAUNCHER_MOUNTS": state.project(root).mounts, **project.variables}
    if form == "json":
        return json.dumps(variables, indent=2, ensure_ascii=False) + "\n"
    if form == "dotenv":
        return dotenv.written(variables)
    if form == "env-file":
        return env_file.written(variables)
    # only what a shell evaluates can add to PATH
    variables |= variables_with_python(project)
    first = search_path(project.python)
    if form == direnv.FORMAT:
        return direnv.export(variables, first)
    language = posix if form == POSIX else dialect(form)
    return language.export(variables) + (language.prepend(first) if first else "")


def not_carried(project: Project, form: str) -> list[str]:
    """Return what `form` does not say of `project`, one line each, for people who give it away or read it again."""
    if form not in _MAPPINGS:
        return []
    lines = []
    kept = [word for word, is_there in (("[python]", project.python), ("[cluster]", project.clusters)) if is_there]
    if form == "mounts-file":
        lines.append(
            "a mounts file has no names: init --from needs --network and --layout to read it, and .env the rest"
        )
        lines += mounts_file.losses(project.mapping, os.path.realpath)
    elif kept:
        lines.append(f"{' and '.join(kept)} of taoshell.toml are not in it")
    if form == "compose" and not project.images:
        lines.append(f"the project pins no image, so set TAO_IMAGE before you use the file; {_PIN}")
    if form == "docker" and not project.images:
        lines.append(f"the project pins no image, so the script's first argument is the image; {_PIN}")
    return lines


def _mapping(project: Project, form: str) -> str:
    """Return what the container of `project` gets, in a form that other programs use."""
    if form == "mounts-file":
        return mounts_file.written(project.mapping)
    # Only when needed: direnv calls `export` at each change of the folder.
    if form == "compose":
        from taoshell.formats import compose_writer

        return compose_writer.written(project)
    if form == "docker":
        from taoshell.formats import docker_writer

        return docker_writer.written(project)
    from taoshell.formats import notebook_cell

    return notebook_cell.written(project)
