"""Compile a project into a generation, the files that shells source. It is complete before anything points at it."""

from __future__ import annotations

import contextlib
import json
import os
from typing import NamedTuple

from taoshell import __version__
from taoshell.actions import find
from taoshell.actions.sources import Sources
from taoshell.errors import TaoshellError, counted, printable
from taoshell.formats import mounts_file
from taoshell.mounts import mapping
from taoshell.project.model import Mapping, Project, Step
from taoshell.project.names import shown
from taoshell.project.python import named, search_path, variables_with_python
from taoshell.shells import MOUNTS_FILE, NAMES, STATE, dialect
from taoshell.shells.generation import Check, Generation
from taoshell.state import generations, stamps
from taoshell.state.files import (
    ensure_project,
    make_folder,
    remove_tree,
    replace_file,
    replace_link,
)
from taoshell.state.paths import ProjectFolder, State
from taoshell.state.sha256 import sha256

_KEPT_GENERATIONS = 20  # to leave an older generation, a shell needs its script


class Outcome(NamedTuple):
    """What a shell gets on entering. Without `mapping`, it is only a mounts file that the launcher refuses.

    The shell checks the `steps`, which lead to the places, at each prompt. `search_path` comes first in PATH.
    """

    name: str
    variables: dict[str, str]
    mapping: Mapping | None
    message: str
    steps: tuple[Step, ...]
    search_path: str = ""


def approved(project: Project) -> Outcome:
    """Return the outcome for an approved project."""
    variables, mounts = counted(len(project.variables), "variable"), counted(len(project.mapping.mounts), "mount")
    network = f" ({project.network})" if project.network else ""
    counts = ", ".join(filter(None, [variables, mounts, printable(named(project.python, project.root))]))
    message = f"{printable(project.name)}{network}: {counts}"
    first = search_path(project.python)
    return Outcome(project.name, variables_with_python(project), project.mapping, message, project.steps, first)


def blocked(root: str, reason: str, steps: tuple[Step, ...] = ()) -> Outcome:
    """Return the outcome without variables. The launcher refuses its mounts file, so no container starts."""
    return Outcome(os.path.basename(root), {}, None, reason, steps)


def put_in_force(state: State, sources: Sources, outcome: Outcome) -> list[str]:
    """Write the generation of `outcome` and give it to every shell in the project. Returns lines to say.

    The caller holds the lock. The old stamps go first and the new ones come last: a shell that looks in between calls
    sync. If the generation cannot be written, nothing changes.
    """
    project = state.project(sources.root)
    ensure_project(project)
    mapping.ensure_refusal(state)
    mtimes_ns = {source.stamp: source.mtime_ns for source in sources.all if source.mtime_ns is not None}
    exact = all(stamps.is_exact(state, mtime_ns) for mtime_ns in mtimes_ns.values())
    text = mapping.tombstone(sources.root) if outcome.mapping is None else mounts_file.written(outcome.mapping)
    name = _compile(project, outcome, text, sources, exact=exact)
    stamps.withdraw(state, project)
    to_say = mapping.expose(state, project, text)
    replace_link(project.current, f"gen/{name}")
    for source in sources.all:
        stamps.enclose(state, name, source.stamp, source.mtime_ns or 0, exact=exact)
    stamps.enclose(state, name, "mounts", os.stat(project.shared).st_mtime_ns, exact=exact)
    _prune(state, project, name)
    return to_say


def outdate(state: State, root: str) -> None:
    """Make every shell in `root` call sync at its next prompt."""
    stamps.withdraw(state, state.project(root))


def _checks(name: str, sources: Sources, outcome: Outcome, *, exact: bool) -> list[Check]:
    """Return what must hold as long as the generation `name` is in force."""
    checks, stamp = [], f"{STATE}/stamps/{name}"
    for source in sources.all:
        below, above = stamp + stamps.below(source.stamp), stamp + stamps.above(source.stamp)
        if source.mtime_ns is None:
            checks += [Check("absent", source.path), Check("exists", above)]
        elif exact:
            checks.append(Check("between", source.path, below, above))
        else:
            checks.append(Check("not_newer", source.path, above))
    if find.is_private(sources.env.path, sources.root):  # as long as the one in the project is not the user's
        checks.append(Check("not_yours", os.path.join(sources.root, find.ENV)))
    # LAUNCHER_MOUNTS names this file. The launcher takes a missing one for no mounts at all.
    checks.append(Check("filled", f"{STATE}/projects{sources.root}/+/mounts.json"))
    return [*checks, *map(_check_of_step, outcome.steps)]


def _brief(name: str, sources: Sources, checks: list[Check], *, exact: bool) -> list[Check]:
    """Return the checks for a shell whose own mapping is in force; none if coarse mtimes say too little.

    No two mappings have the same mtime, and each lies between its two stamps. So these show both: another mapping is in
    force, or another program wrote into it.
    """
    if not exact or sources.toml.mtime_ns is None:
        return []
    stamp = f"{STATE}/stamps/{name}"
    return [Check("between", MOUNTS_FILE, stamp + stamps.below("mounts"), stamp + stamps.above("mounts")), *checks]


def _check_of_step(step: Step) -> Check:
    """Return the check that `step` still is what it was: no symlink, or a symlink with the same end.

    The end is the path that the symlink names, not what that resolves to: outside the project, other machines that
    share this home may have other symlinks.
    """
    if step.target is None:
        return Check("not_link", step.path)
    end = os.path.join(os.path.dirname(step.path), step.target)
    return Check("link_to", step.path, end) if os.path.exists(step.path) else Check("dangling", step.path)


def _compile(project: ProjectFolder, outcome: Outcome, mounts_text: str, sources: Sources, *, exact: bool) -> str:
    """Write the generation, with a script for each dialect. Returns its name.

    The first half is a hash of the content, the second one also of our version, which may write another script.
    """
    variables = {"LAUNCHER_MOUNTS": project.mounts, **outcome.variables}
    tests = [(check.kind, check.path) for check in _checks("", sources, outcome, exact=exact)]
    made_from = json.dumps([project.root, variables, tests, outcome])
    name = "".join(sha256(text.encode()).hexdigest()[:8] for text in (made_from, f"{__version__} {made_from}"))
    folder = f"{project.generations}/{name}"
    own = {"TAOSHELL_ROOT": project.root, "TAOSHELL_GENERATION": name, "TAOSHELL_PROJECT": outcome.name}
    is_blocked = outcome.mapping is None
    if is_blocked:
        own["TAOSHELL_BLOCKED"] = "1"
    checks = _checks(name, sources, outcome, exact=exact)
    generation = Generation(
        name,
        own,
        variables,
        checks,
        _brief(name, sources, checks, exact=exact),
        message=outcome.message,
        is_error=is_blocked,
        search_path=outcome.search_path,
        is_own=not outcome.search_path or os.stat(outcome.search_path).st_uid == os.getuid(),
    )
    make_folder(folder)
    for language in dict.fromkeys(map(dialect, NAMES)):
        replace_file(f"{folder}/{language.SCRIPT}", os.fsencode(language.script(generation)))
    replace_file(f"{folder}/log", os.fsencode(_log(variables, outcome)))
    generations.write(folder, generations.Values(own, variables, outcome.search_path), mounts_text)
    return name


def _log(variables: dict[str, str], outcome: Outcome) -> str:
    """Return what TAOSHELL_LOG=full says on entering, a line each: what may be shown of each value, and the mounts."""
    lines = [f"+ {name}={printable(value)}" for name, value in shown(variables).items()]
    if outcome.search_path:
        lines.append(f"  {printable(outcome.search_path)} first in PATH")
    mounts = outcome.mapping.mounts if outcome.mapping else ()
    lines += [f"  {printable(f'{mount.source} => {mount.destination}')}" for mount in mounts]
    return "".join(f"{line}\n" for line in lines)


def _prune(state: State, project: ProjectFolder, current: str) -> None:
    """Remove all but the newest generations. One that cannot be removed stays until the next time."""
    folders = [f"{project.generations}/{name}" for name in os.listdir(project.generations) if name != current]
    folders.sort(key=lambda folder: os.stat(folder).st_mtime_ns, reverse=True)
    for folder in folders[_KEPT_GENERATIONS - 1 :]:
        with contextlib.suppress(OSError, TaoshellError):
            remove_tree(state, folder)
