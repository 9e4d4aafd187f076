"""`taoshell path`: translate paths between this machine and the container, one by one or in a spec."""

from __future__ import annotations

import os
from typing import NamedTuple

from taoshell.actions import find
from taoshell.actions import spec as specs
from taoshell.actions.sources import machine
from taoshell.errors import USAGE, ChangedMeanwhile, TaoshellError, Where, refusal
from taoshell.formats import spec as formats
from taoshell.project.model import Mount, Project
from taoshell.project.mounts import below, governing
from taoshell.project.translate import (
    how_to_reach,
    is_possible,
    is_users,
    place_of,
    to_container,
    to_host,
    why_astray,
)
from taoshell.state.files import ensure_project, lock
from taoshell.state.paths import State
from taoshell.state.swap import Swaps, recover
from taoshell.text import diff, spec_rewrite
from taoshell.text.spec_paths import SpecPath

HOST, CONTAINER = "host", "container"


class Answer(NamedTuple):
    """A path on the other side, which is `to`, the mount that carries it, and the place of that mount."""

    path: str
    to: str
    mount: Mount
    place: str


def translate(project: Project, given: str, to: str = "") -> Answer:
    """Return `given` on the side `to`; without that, on the side that `given` is not on.

    Raises TaoshellError if no mount carries it.
    """
    if not given or not is_possible(given):
        raise TaoshellError(f"no file can have the path {given!r}", "correct it", exit_code=USAGE)
    disk = machine()
    path = os.path.join(_here(), os.path.expanduser(given) if given.startswith("~/") else given)
    inside = to_container(project, path, disk) if to != HOST else None
    outside = to_host(project, path, disk) if to != CONTAINER and given.startswith("/") else None
    if inside and outside and inside.path != outside.path:
        cause = f"{path} is {inside.path} in the container, and the container's {path} is {outside.path} here"
        raise TaoshellError(cause, f"add --to {CONTAINER} or --to {HOST}", exit_code=USAGE)
    if inside:
        return Answer(inside.path, CONTAINER, inside.mount, place_of(project, inside.mount))
    if outside:
        return Answer(outside.path, HOST, outside.mount, place_of(project, outside.mount))
    raise _not_carried(project, given, path, to)


def _not_carried(project: Project, given: str, path: str, to: str) -> TaoshellError:
    """Return the error that no mount carries `given`, which is the absolute `path`."""
    disk = machine()
    is_of_container = governing(project.mapping.mounts, os.path.normpath(path)) is not None
    if given.startswith("/") and to != CONTAINER and is_of_container and not is_users(project, path, disk):
        return TaoshellError(*why_astray(project, path, disk))
    if to != HOST:
        return TaoshellError(f"no mount carries {given}", how_to_reach(project, path, disk))
    if not given.startswith("/"):
        return TaoshellError(f"{given} is relative", "give a path of the container, which begins with /")
    places = ", ".join(mount.destination for mount in project.mapping.mounts)
    return TaoshellError(f"no mount reaches {given}", f"the container sees {places}")


class Rewrite(NamedTuple):
    """A spec to rewrite: the real path, what was read there, what it will be, and the lines that show the difference.

    `others` are the paths that the container does not see and that stay as they are.
    """

    path: str
    before: bytes
    after: bytes
    difference: list[str]
    others: list[SpecPath]


def plan_rewrite(state: State, project: Project, path: str) -> Rewrite:
    """Plan to write the right paths into the spec `path`. Raises TaoshellError if it is none."""
    real = _writable(project, path)
    with lock(state):
        recover(state.project(project.root).replaced, real)
    spec, before = specs.read(path)
    paths = specs.paths_in(spec, project)
    text = spec_rewrite.rewritten(spec, paths)
    if text.encode() != before:
        find.require_writable(real)
    shown = [{path: spec_rewrite.masked(version)} for version in (spec, formats.read(text, path))]
    difference = diff.between(*shown, sides=("now", "rewritten"))
    others = [found for found in paths if found.problem and not found.right and found.state != "missing"]
    return Rewrite(real, before, text.encode(), difference, others)


def write(state: State, project: Project, planned: Rewrite) -> list[str]:
    """Carry out the plan and return lines to say. Raises ChangedMeanwhile if the spec is not as it was."""
    with lock(state):
        try:
            mode = os.stat(planned.path).st_mode & 0o777
        except FileNotFoundError as error:
            raise ChangedMeanwhile(planned.path) from error
        ensure_project(state.project(project.root))
        swaps = Swaps(state.project(project.root).replaced)
        try:
            with swaps:
                swaps.replace(planned.path, planned.before, planned.after, mode=mode)
        except (TaoshellError, OSError) as error:
            told = error if isinstance(error, TaoshellError) else refusal(error)
            told.to_say += swaps.to_say
            raise told from error
    return swaps.to_say


def _here() -> str:
    try:
        return os.getcwd()
    except FileNotFoundError:
        raise TaoshellError("the current folder is gone", "cd to one that exists") from None


def _writable(project: Project, path: str) -> str:
    """Return the real path of a spec. Raises TaoshellError if a symlink leads it out of the project and its places.

    A repository can contain a symlink to any of the user's files.
    """
    real = os.path.realpath(path)
    folders = [os.path.realpath(folder) for folder in (project.root, *(place.host for place in project.places))]
    if real != os.path.abspath(path) and not any(below(real, folder) for folder in folders):
        cause = f"a symlink leads to {real}, outside the project and its places"
        raise TaoshellError(cause, "name that file itself", at=Where(path))
    return real
