"""Merge a mounts file that another program wrote, such as a notebook, into a project's `taoshell.toml`. Pure."""

from __future__ import annotations

import itertools
import os
import re
from collections.abc import Iterable, Iterator

import tomlkit

from taoshell.errors import TaoshellError, Where
from taoshell.project.machine import RealPath
from taoshell.project.model import Mapping, Mount, Project
from taoshell.project.names import is_secret


def adopted(toml: str, wanted: Mapping, project: Project, path: str, real: RealPath = os.path.realpath) -> str:
    """Return `toml`, the text that defines `project`, with the mounts, variables and options of the mounts file `path`.

    A mount that has the container path or the host folder of a place changes the other side of that place. A mount that
    the project already has changes nothing. Any other mount becomes a new place. Everything else in the project stays.
    Raises TaoshellError if the mounts file holds a secret.
    """
    document = tomlkit.parse(toml)
    for name, sides in _changed_places(wanted.mounts, project, real):
        _change_place(_table(document, "places"), name, sides)
    for name, value in wanted.variables.items():
        if is_secret(name):
            cause = f"{name} is a secret, which must not go into taoshell.toml"
            cure = f'put it in .env and {name} = {{ from = ".env" }} under [container.env]; remove it here'
            raise TaoshellError(cause, cure, at=Where(path))
        if project.mapping.variables.get(name) != value:
            _table(document, "container", "env")[name] = value
    for name, option in wanted.options.items():
        if project.mapping.options.get(name) != option:
            _table(document, "container")[name] = option
    return tomlkit.dumps(document)


def require_taken(wanted: Mapping, project: Project, path: str, real: RealPath = os.path.realpath) -> None:
    """Raise TaoshellError if `project`, which has adopted the mounts file `path`, still has another mount there."""
    by_container = {place.container: place for place in project.places}
    for mount in wanted.mounts:
        place = by_container[os.path.normpath(mount.destination)]
        if real(os.path.expanduser(mount.source)) != real(place.host):
            cause = f"not adopted: place {place.name} stays at {place.host}, as .env says"
            raise TaoshellError(cause, f"first remove {' and '.join(place.host_variables)} from .env", at=Where(path))


def _changed_places(mounts: Iterable[Mount], project: Project, real: RealPath) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield the name of each place that changes or is new, and the sides that change."""
    by_container = {place.container: place for place in project.places}
    by_folder = {real(place.host): place for place in project.places}
    names = {place.name for place in project.places}
    for mount in mounts:
        source, destination = os.path.expanduser(mount.source), os.path.normpath(mount.destination)
        place = by_container.get(destination)
        if place is not None:
            if os.path.normpath(source) != place.host:
                yield place.name, {"host": source}
        elif real(source) in by_folder:
            yield by_folder[real(source)].name, {"container": destination}
        else:
            name = _unused_name(destination, names)
            names.add(name)
            yield name, {"host": source, "container": destination}


def _change_place(places: dict[str, object], name: str, sides: dict[str, str]) -> None:
    """Set the `sides` of the place `name`, in the way in which it is written."""
    known = places.get(name)
    if isinstance(known, dict):
        known.update(sides)
    elif [*sides] == ["host"]:
        places[name] = sides["host"]
    else:
        table = tomlkit.inline_table()
        table.update({**({} if known is None else {"host": known}), **sides})
        places[name] = table


def _unused_name(destination: str, names: set[str]) -> str:
    """Return a name for a new place: the last part of its container path, with a number if that is taken."""
    stem = re.sub(r"[^a-z0-9_]+", "_", os.path.basename(destination).lower()).strip("_") or "place"
    numbered = (f"{stem}_{number}" for number in itertools.count(2))
    return next(name for name in itertools.chain([stem], numbered) if name not in names)


def _table(document: tomlkit.TOMLDocument, *path: str) -> dict[str, object]:
    """Return the table at `path`, which is created if it is missing."""
    table: dict[str, object] = document
    for key in path:
        table = table.setdefault(key, tomlkit.table())  # type: ignore[assignment]  # a dict that keeps comments
    return table
