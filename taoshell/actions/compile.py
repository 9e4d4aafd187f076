"""Compile a project into a generation, the files that shells source. It is complete before anything points at it."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from dataclasses import astuple, dataclass

from taoshell import __version__
from taoshell.actions.sources import STAMPS, Sources
from taoshell.errors import TaoshellError, counted, printable
from taoshell.formats import mounts_file
from taoshell.mounts import mapping
from taoshell.project.model import Mapping, Project, Step
from taoshell.project.names import masked
from taoshell.shells import NAMES, dialect
from taoshell.shells.generation import Check, Generation
from taoshell.state import generations
from taoshell.state.files import (
    ensure_project,
    make_folder,
    new_file,
    remove_tree,
    replace_file,
    replace_link,
    rounded_up,
)
from taoshell.state.paths import ProjectFolder, State

_KEPT_GENERATIONS = 20  # to leave an older generation, a shell needs its script


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a shell gets on entering. Without `mapping`, it is only a mounts file that the launcher refuses.

    The shell checks the `steps`, which lead to the places, at each prompt.
    """

    name: str
    variables: dict[str, str]
    mapping: Mapping | None
    message: str
    steps: tuple[Step, ...]


def approved(project: Project) -> Outcome:
    """Return the outcome for an approved project."""
    variables, mounts = counted(len(project.variables), "variable"), counted(len(project.mapping.mounts), "mount")
    network = f" ({project.network})" if project.network else ""
    message = f"{printable(project.name)}{network}: {variables}, {mounts}"
    return Outcome(project.name, project.variables, project.mapping, message, project.steps)


def blocked(root: str, reason: str, steps: tuple[Step, ...] = ()) -> Outcome:
    """Return the outcome without variables. The launcher refuses its mounts file, so no container starts."""
    return Outcome(os.path.basename(root), {}, None, reason, steps)


def put_in_force(state: State, sources: Sources, outcome: Outcome) -> list[str]:
    """Write the generation of `outcome` and give it to every shell in the project. Returns lines to say.

    The caller holds the lock. The stamps are renamed last: a shell that looks earlier finds them stale and calls sync.
    """
    project = state.project(sources.root)
    ensure_project(project)
    mapping.ensure_refusal(state)
    stamps, checks = _new_stamps(project, sources)
    checks += map(_check_of_step, outcome.steps)
    text = mapping.tombstone(sources.root) if outcome.mapping is None else mounts_file.written(outcome.mapping)
    try:
        name = _compile(project, outcome, text, checks)
        to_say = mapping.expose(state, project, text)
        replace_link(project.current, f"gen/{name}")
        for temporary, path in stamps.items():
            os.rename(temporary, path)
    finally:
        for temporary in stamps:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(temporary)
    _prune(state, project, name)
    return to_say


def outdate(state: State, root: str) -> None:
    """Make every shell in `root` call sync at its next prompt."""
    for name in STAMPS:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(f"{state.project(root).stamps}/{name}")


def _new_stamps(project: ProjectFolder, sources: Sources) -> tuple[dict[str, str], list[Check]]:
    """Write an empty temporary file for each source that exists, with its mtime.

    Returns their final paths by temporary path, and the checks that compare them with the sources.
    """
    stamps, checks = {}, []
    for source in sources.all:
        if source.mtime_ns is None:
            checks.append(Check("absent", source.path))
            continue
        path = f"{project.stamps}/{source.stamp}"
        temporary = new_file(path, b"", mtime_ns=source.mtime_ns)
        stamps[temporary] = path
        kind = "same_age"
        if os.stat(temporary).st_mtime_ns != source.mtime_ns:  # this file system rounds mtimes
            kind, rounded = "not_newer", rounded_up(source.mtime_ns)
            os.utime(temporary, ns=(rounded, rounded))
        checks.append(Check(kind, source.path, path))
    return stamps, checks


def _check_of_step(step: Step) -> Check:
    """Return the check that `step` still is what it was: no symlink, or a symlink with the same end.

    The end is the path that the symlink names, not what that resolves to: outside the project, other machines that
    share this home may have other symlinks.
    """
    if step.target is None:
        return Check("not_link", step.path)
    end = os.path.join(os.path.dirname(step.path), step.target)
    return Check("link_to", step.path, end) if os.path.exists(step.path) else Check("dangling", step.path)


def _compile(project: ProjectFolder, outcome: Outcome, mounts_text: str, checks: list[Check]) -> str:
    """Write the generation, with a script for each dialect. Returns its name, a hash of its content."""
    variables = {"LAUNCHER_MOUNTS": project.mounts, **outcome.variables}
    tests = [(check.kind, check.path) for check in checks]
    made_from = json.dumps([__version__, project.root, variables, tests, astuple(outcome)])
    name = hashlib.sha256(made_from.encode()).hexdigest()[:16]
    folder = f"{project.generations}/{name}"
    own = {"TAOSHELL_ROOT": project.root, "TAOSHELL_GENERATION": name, "TAOSHELL_PROJECT": outcome.name}
    is_blocked = outcome.mapping is None
    if is_blocked:
        own["TAOSHELL_BLOCKED"] = "1"
    mounts = outcome.mapping.mounts if outcome.mapping else ()
    generation = Generation(
        name,
        own,
        variables,
        shown={name: printable(masked(name, value)) for name, value in variables.items()},
        checks=[Check("same_file", project.current, folder), *checks],
        message=outcome.message,
        is_error=is_blocked,
        mounts=[printable(f"{mount.source} => {mount.destination}") for mount in mounts],
    )
    make_folder(folder)
    for language in dict.fromkeys(map(dialect, NAMES)):
        replace_file(f"{folder}/{language.SCRIPT}", language.script(generation).encode())
    generations.write(folder, generations.Values(own, variables), mounts_text)
    return name


def _prune(state: State, project: ProjectFolder, current: str) -> None:
    """Remove all but the newest generations. One that cannot be removed stays until the next time."""
    folders = [f"{project.generations}/{name}" for name in os.listdir(project.generations) if name != current]
    folders.sort(key=lambda folder: os.stat(folder).st_mtime_ns, reverse=True)
    for folder in folders[_KEPT_GENERATIONS - 1 :]:
        with contextlib.suppress(OSError, TaoshellError):
            remove_tree(state, folder)
