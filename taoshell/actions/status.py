"""`taoshell status`: the project around a folder, its standing, and whether this shell has loaded it."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from taoshell.actions import approve, change, find, install, mounts
from taoshell.actions.sources import read_sources
from taoshell.cures import cure
from taoshell.errors import TaoshellError, printable
from taoshell.mounts import link, mapping
from taoshell.project.model import Project
from taoshell.project.names import masked
from taoshell.shells import NAMES, start_files
from taoshell.state import processes, sessions
from taoshell.state.paths import MOUNTS_NAME, State


class Found(NamedTuple):
    """A project and its standing: "approved", "not approved", or "broken" because of a `problem`."""

    root: str
    standing: str
    project: Project | None = None
    problem: str | None = None


def look(state: State, folder: str) -> Found | None:
    """Return the project in `folder` or around it, or None if there is none."""
    root = find.around(folder)
    if root is None:
        return None
    try:
        planned = change.plan(state, read_sources(root))
        planned.require_folders()
    except TaoshellError as error:
        return Found(root, "broken", problem=str(error))
    approved = approve.is_approved(state, planned.now, planned.project)
    return Found(root, "approved" if approved else "not approved", planned.project)


def messages(state: State, found: Found | None, environ: Mapping[str, str]) -> list[str]:
    """Return the messages of `status`; the table of places is printed separately."""
    if found is None:
        return ["no project here", *_held_by_another(state, "", environ)]
    if found.project is None:
        return [found.problem or ""]
    loaded = environ.get("TAOSHELL_ROOT") == found.root and not environ.get("TAOSHELL_BLOCKED")
    line = f"{printable(found.root)}: {found.standing}, {'loaded' if loaded else 'not loaded'} in this shell"
    if found.standing != "approved":
        line += f"; {approve.not_approved(found.root).cure}"
    return [line, *_held_by_another(state, found.root, environ), *found.project.notes]


def facts(state: State, found: Found | None, environ: Mapping[str, str]) -> dict[str, object]:
    """Return the same for programs. Secrets are masked."""
    mounts_file = {
        "path": state.mounts_file,
        "resolves_to": os.path.realpath(state.mounts_file),
        **mounts.session_facts(sessions.holder(state)),
    }
    if found is None:
        return {"project": None, "mounts_file": mounts_file}
    return {
        "project": found.root,
        "state": found.standing,
        "loaded": environ.get("TAOSHELL_ROOT") == found.root,
        "blocked": bool(environ.get("TAOSHELL_BLOCKED")),
        "problem": found.problem,
        "mounts_file": mounts_file,
        **(_definition(found.project) if found.project else {}),
    }


class NoHook(NamedTuple):
    """Why the calling shell does not call the hook, the cure, and `lines` about its start files."""

    cause: str
    cure: str
    lines: Sequence[str] = ()


def no_hook(state: State, environ: Mapping[str, str], calling_shell: Callable[[], str]) -> NoHook | None:
    """Return why the calling shell does not call the hook, or None if it does."""
    pid = environ.get("TAOSHELL_HOOK", "")
    # tmux and editors pass on another shell's environment
    if processes.is_pid(pid) and processes.is_ancestor(int(pid)):
        return None
    cause = "the hook is not loaded in this shell"
    try:
        name = calling_shell()
    except TaoshellError:
        return NoHook(cause, f"the shells with a hook are: {', '.join(NAMES)}")
    if (unheard := install.unheard(name, environ)) is not None:
        return NoHook(*unheard, start_files.replacing(name, environ))
    is_in_place = install.is_in_place(state, name, environ)
    how = cure("hook-not-loaded", shell=name) if is_in_place else cure("hook-not-installed", shell=name)
    return NoHook(cause, how)


def _definition(project: Project) -> dict[str, object]:
    return {
        "name": project.name,
        "layout": project.layout,
        "network": project.network,
        "gpus": project.gpus,
        "variables": _masked(project.variables),
        "python": project.python._asdict() if project.python else None,
        "places": [place._asdict() for place in project.places],
        "mounts": [mount._asdict() for mount in project.mapping.mounts],
        "container": {"options": project.mapping.options, "variables": _masked(project.mapping.variables)},
    }


def _masked(variables: Mapping[str, str]) -> dict[str, str]:
    return {name: masked(name, value) for name, value in variables.items()}


def _held_by_another(state: State, root: str, environ: Mapping[str, str]) -> list[str]:
    """Say which other project holds the mounts file, if one does; its shell may be on another machine."""
    holder = sessions.holder(state)
    if holder is None or holder.project == root or not link.names_project(state):
        return []
    line = f"~/{MOUNTS_NAME} has the mapping of {holder.project}, by {holder.who}"
    return [f"{line}; {_launcher_mounts(state, root, environ.get('LAUNCHER_MOUNTS'))}"]


def _launcher_mounts(state: State, root: str, path: str | None) -> str:
    """Say which mapping TAO's launcher would use in this shell, whose LAUNCHER_MOUNTS is `path`."""
    if path is None:
        return "LAUNCHER_MOUNTS is not set here, so TAO's launcher would use that mapping"
    if path.startswith(f"{state.root}/") and mapping.is_tombstone(path):
        return "TAO's launcher refuses to start in this shell"
    if root and path == state.project(root).mounts:
        return "LAUNCHER_MOUNTS is this project's own"
    return f"LAUNCHER_MOUNTS is another file: {path}"
