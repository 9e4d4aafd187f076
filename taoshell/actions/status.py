"""`taoshell status`: the project around a folder, its standing, and whether this shell has loaded it."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from taoshell.actions import change, find, mounts, record
from taoshell.actions.sources import machine, read_sources
from taoshell.cures import cure
from taoshell.errors import TaoshellError
from taoshell.mounts import link, mapping
from taoshell.project.model import Project
from taoshell.project.names import MASK, secrets, shown
from taoshell.project.translate import seen_at
from taoshell.shells import NAMES
from taoshell.state import processes, sessions
from taoshell.state.paths import MOUNTS_NAME, State

OFF = "off"  # TAOSHELL_HOOK, if the calling shell has turned taoshell off


class Found(NamedTuple):
    """A project and its standing: "approved", "not approved", or "broken" because of a `problem`.

    `env` is the path of this user's `.env`. `changed` are the inputs that are not as they were approved last. `is_new`:
    the user never approved it.
    """

    root: str
    env: str
    standing: str
    project: Project | None = None
    problem: TaoshellError | None = None
    changed: Sequence[str] = ()
    is_new: bool = False


class Here(NamedTuple):
    """What the calling shell has of a project. `differs` are the variables that have another value there, or None.

    `secrets` are the names of those whose values must not be shown.
    """

    is_loaded: bool
    is_blocked: bool
    is_off: bool
    differs: dict[str, str | None]
    secrets: frozenset[str] = frozenset()


class NoHook(NamedTuple):
    """Why the calling shell does not call the hook, the cure, and `lines` about its start files."""

    cause: str
    cure: str
    lines: Sequence[str] = ()


def look(state: State, folder: str) -> Found | None:
    """Return the project in `folder` or around it, or None if there is none."""
    root = find.around(folder)
    if root is None:
        return None
    sources = read_sources(root)
    env = sources.env.path
    try:
        planned = change.plan(state, sources)
        planned.require_folders()
    except TaoshellError as error:
        return Found(root, env, "broken", problem=error, is_new=not record.was_approved(state, root))
    if record.is_approved(state, sources, planned.project):
        return Found(root, env, "approved", planned.project)
    changed = record.changed_names(state, sources, planned.project)
    return Found(root, env, "not approved", planned.project, changed=changed)


def here(found: Found | None, environ: Mapping[str, str]) -> Here:
    """Return what the shell with `environ` has of the project."""
    is_in = found is not None and environ.get("TAOSHELL_ROOT") == found.root
    is_blocked = is_in and bool(environ.get("TAOSHELL_BLOCKED"))
    is_loaded = is_in and not is_blocked
    is_off = environ.get("TAOSHELL_HOOK") == OFF and not is_loaded
    approved = found.project if found is not None and found.standing == "approved" else None
    variables = approved.variables if approved and is_loaded else {}
    differs = {name: environ.get(name) for name, value in variables.items() if environ.get(name) != value}
    hidden = secrets(variables, {name: value or "" for name, value in differs.items()})
    return Here(is_loaded, is_blocked, is_off, differs, hidden)


def facts(state: State, found: Found | None, here: Here, environ: Mapping[str, str]) -> dict[str, object]:
    """Return all of that for programs, always with the same keys. Secrets are masked."""
    project = found.project if found else None
    problem = found.problem if found else None
    return {
        "project": found.root if found else None,
        "env_file": found.env if found else None,
        "state": found.standing if found else None,
        "changed": list(found.changed) if found else [],
        "loaded": here.is_loaded,
        "blocked": here.is_blocked,
        "off": here.is_off,
        "differs": {name: value and (MASK if name in here.secrets else value) for name, value in here.differs.items()},
        "problem": None if problem is None else str(problem),
        "name": project and project.name,
        "layout": project and project.layout,
        "network": project and project.network,
        "gpus": project and project.gpus,
        "variables": shown(project.variables, project.mapping.variables) if project else {},
        "python": project.python._asdict() if project and project.python else None,
        "places": _places(project) if project else [],
        "mounts": [mount._asdict() for mount in project.mapping.mounts] if project else [],
        "container": {
            "options": project.mapping.options if project else {},
            "variables": shown(project.mapping.variables, project.variables) if project else {},
        },
        "notes": list(project.notes) if project else [],
        "mounts_file": {
            "path": state.mounts_file,
            "resolves_to": os.path.realpath(state.mounts_file),
            "launcher_mounts": environ.get("LAUNCHER_MOUNTS"),
            **mounts.session_facts(sessions.holder(state)),
        },
    }


def _places(project: Project) -> list[dict[str, object]]:
    """Return the places, each with the path at which the container sees its folder."""
    here = machine()
    return [{**place._asdict(), "seen_at": seen_at(project, place, here)} for place in project.places]


def remarks(here: Here) -> dict[str, str]:
    """Return what to say of each variable that has another value in this shell."""
    found = {
        name: value and ("another value" if name in here.secrets else value) for name, value in here.differs.items()
    }
    return {name: f"{'not set' if value is None else value or 'empty'} in this shell" for name, value in found.items()}


def holds_mounts_file(state: State, root: str) -> bool:
    """Whether the mounts file has the mapping of the project in `root`."""
    return os.path.realpath(state.mounts_file) == os.path.realpath(state.project(root).shared)


def about_mounts(
    state: State, found: Found | None, here: Here, environ: Mapping[str, str], shown: Callable[[str], str]
) -> list[tuple[str, bool]]:
    """Return what to say of the mounts file and of LAUNCHER_MOUNTS if one of them is not this project's: lines, each
    with whether all is well with it. `shown` is how paths are shown."""
    root, path = found.root if found else "", environ.get("LAUNCHER_MOUNTS")
    launcher = _launcher_mounts(state, root, path, shown)
    holder = sessions.holder(state)
    if holder is not None and holder.project != root and link.names_project(state):
        return [(f"~/{MOUNTS_NAME} has the mapping of {shown(holder.project)}, by {holder.who}", False), launcher]
    is_held = not here.is_loaded or holds_mounts_file(state, root)
    said = [] if is_held else [(f"~/{MOUNTS_NAME}: {mounts.holder(state, shown)}", False)]
    return said + ([launcher] if here.is_loaded and not launcher[1] else [])


def no_hook(state: State, environ: Mapping[str, str], calling_shell: Callable[[], str]) -> NoHook | None:
    """Return why the calling shell does not call the hook, or None if it does, or if it is told not to."""
    pid = environ.get("TAOSHELL_HOOK", "")
    # tmux and editors pass on another shell's environment
    if pid == OFF or (processes.is_pid(pid) and processes.is_ancestor(int(pid))):
        return None
    from taoshell.actions import install  # only when needed: they know all that is installed, which takes 10 ms
    from taoshell.shells import start_files

    cause = "the hook is not loaded in this shell"
    try:
        name = calling_shell()
    except TaoshellError:
        return NoHook(cause, f"use one of the shells with a hook: {', '.join(NAMES)}")
    if (unheard := install.unheard(name, environ)) is not None:
        return NoHook(*unheard, start_files.replacing(name, environ))
    is_in_place = install.is_in_place(state, name, environ)
    how = cure("hook-not-loaded", shell=name) if is_in_place else cure("hook-not-installed", shell=name)
    return NoHook(cause, how)


def to_approve(found: Found) -> str:
    """Return what to do about a project that is not approved as it is now."""
    if found.changed:
        return cure("to-see-and-approve", root=found.root)
    return cure("to-approve", root=found.root)


def to_turn_on() -> str:
    """Return what to do in a shell in which taoshell is off."""
    return cure("off")


def _launcher_mounts(state: State, root: str, path: str | None, shown: Callable[[str], str]) -> tuple[str, bool]:
    """Say which mapping TAO's launcher would use in this shell, whose LAUNCHER_MOUNTS is `path`."""
    if path is None:
        return "LAUNCHER_MOUNTS is not set here, so TAO's launcher would use that file", False
    if path.startswith(f"{state.root}/") and mapping.is_tombstone(path):
        return "TAO's launcher refuses to start in this shell", False
    if root and path == state.project(root).mounts:
        return "LAUNCHER_MOUNTS is this project's own", True
    return f"LAUNCHER_MOUNTS is another file: {shown(path)}", False
