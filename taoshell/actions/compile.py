"""From a project to what the shell sources: one generation, complete before anything points at it."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
from dataclasses import astuple, dataclass

from taoshell import __version__
from taoshell.actions.sources import Sources
from taoshell.errors import printable
from taoshell.formats import mounts_file
from taoshell.mounts import mapping
from taoshell.project.build import Project
from taoshell.project.names import masked
from taoshell.shells import DIALECTS, Check, ToSay, dialect
from taoshell.state import generations
from taoshell.state.files import ensure_project, new_file, replace_file, replace_link, rounded_up
from taoshell.state.paths import ProjectState, State

_KEPT_GENERATIONS = 20  # shells started inside an older one may still want to leave it


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a shell gets that enters the project: everything, or (`blocked`) only a mounts file that refuses."""

    name: str
    variables: dict[str, str]
    mounts_json: str
    message: str
    blocked: bool = False


def approved(project: Project) -> Outcome:
    """The project as the user agreed to it."""
    variables, mounts = len(project.variables), len(project.mounts)
    message = (
        f"{printable(project.name)} ({project.network}): {variables} variable{'s' * (variables != 1)}, "
        f"{mounts} mount{'s' * (mounts != 1)}"
    )
    return Outcome(project.name, project.variables, mounts_file.written(project), message)


def blocked(root: str, reason: str) -> Outcome:
    """No variables, and a mounts file that the launcher refuses: no container starts with another project's mapping."""
    return Outcome(os.path.basename(root), {}, mapping.tombstone(root), reason, blocked=True)


def put_in_force(state: State, sources: Sources, outcome: Outcome) -> list[str]:
    """Compile, and make it what every shell in the project gets; under the lock. Returns what to tell the user.

    The order matters: whoever looks in between finds the old generation with stale stamps, and asks again.
    """
    project = state.project(sources.root)
    ensure_project(project)
    mapping.ensure_refusal(state)
    stamps = [_new_stamp(project, source.stamp, source.mtime_ns) for source in sources.all]
    try:
        exact = all(stamp is None or stamp.exact for stamp in stamps)
        name = _compile(project, sources, outcome, exact=exact)
        to_say = mapping.expose(state, project, outcome.mounts_json)
        replace_link(project.current, f"gen/{name}")
        for stamp in stamps:
            if stamp is not None:
                os.rename(stamp.temporary, stamp.path)
    finally:
        for stamp in stamps:
            if stamp is not None:
                with contextlib.suppress(FileNotFoundError):
                    os.unlink(stamp.temporary)
    _prune(project, name)
    return to_say


def outdate(state: State, root: str) -> None:
    """What is in force for `root` is no longer taken for up to date, by any shell."""
    with contextlib.suppress(FileNotFoundError):
        for name in os.listdir(state.project(root).stamps):
            os.unlink(f"{state.project(root).stamps}/{name}")


@dataclass(frozen=True, slots=True)
class _Stamp:
    path: str
    temporary: str
    exact: bool


def _new_stamp(project: ProjectState, name: str, mtime_ns: int | None) -> _Stamp | None:
    """An empty file as old as the source; rounded up where the file system keeps no nanoseconds."""
    if mtime_ns is None:
        return None
    path = f"{project.stamps}/{name}"
    temporary = new_file(path, b"", mtime_ns=mtime_ns)
    exact = os.stat(temporary).st_mtime_ns == mtime_ns
    if not exact:
        rounded = rounded_up(mtime_ns)
        os.utime(temporary, ns=(rounded, rounded))
    return _Stamp(path, temporary, exact)


def _compile(project: ProjectState, sources: Sources, outcome: Outcome, *, exact: bool) -> str:
    """Write the generation, a script for each dialect; returns its id, a hash of everything that it is made from."""
    variables = {"LAUNCHER_MOUNTS": project.mounts, **outcome.variables}
    kind = "same_age" if exact else "not_newer"
    checks = [
        Check("absent", source.path)
        if source.mtime_ns is None
        else Check(kind, source.path, f"{project.stamps}/{source.stamp}")
        for source in sources.all
    ]
    tests = [(check.kind, check.path) for check in checks]
    made_from = json.dumps([__version__, sources.root, variables, tests, astuple(outcome)])
    name = hashlib.sha256(made_from.encode()).hexdigest()[:16]
    folder = f"{project.generations}/{name}"
    own = {"TAOSHELL_ROOT": sources.root, "TAOSHELL_GENERATION": name, "TAOSHELL_PROJECT": outcome.name}
    if outcome.blocked:
        own["TAOSHELL_BLOCKED"] = "1"
    checks.insert(0, Check("same_file", project.current, folder))
    values = {name: printable(masked(name, value)) for name, value in variables.items()}
    mounts = [
        printable(f"{mount['source']} => {mount['destination']}") for mount in json.loads(outcome.mounts_json)["Mounts"]
    ]
    to_say = ToSay(outcome.message, values, mounts, error=outcome.blocked)
    os.makedirs(folder, mode=0o700, exist_ok=True)
    for language in map(dialect, DIALECTS):
        text = language.script(name, own, variables, to_say, checks)
        replace_file(f"{folder}/{language.SCRIPT}", text.encode())
    generations.write(folder, generations.Values(own, variables, outcome.mounts_json))
    return name


def _prune(project: ProjectState, current: str) -> None:
    """Keep the newest generations only. One that cannot be removed is left for the next time."""
    folders = [f"{project.generations}/{name}" for name in os.listdir(project.generations) if name != current]
    folders.sort(key=lambda folder: os.stat(folder).st_mtime_ns, reverse=True)
    for folder in folders[_KEPT_GENERATIONS - 1 :]:
        with contextlib.suppress(OSError):
            shutil.rmtree(folder)
