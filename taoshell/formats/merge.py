"""Taking a mapping that something else wrote, a notebook's for example, into a project's `taoshell.toml`. Pure."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping

import tomlkit

from taoshell.errors import TaoshellError, Where, printable
from taoshell.project.build import Project
from taoshell.project.mounts import RealPath
from taoshell.project.names import is_secret

_FIELDS = ("Mounts", "Envs", "DockerOptions")


def adopted(toml: str, mapping: str, project: Project, where: str, real: RealPath = os.path.realpath) -> str:
    """`toml` so that the project has the mounts, variables and options of `mapping`, the text of a mounts file.

    A mount that shares its container path or its host folder with a place moves the other side of that place; one that
    the project has already changes nothing; any other becomes a place as it is written. What the project has beside
    them stays.
    Raises TaoshellError where `mapping` (which stands in the file `where`) is none that the launcher would take.
    """
    document = tomlkit.parse(toml)
    found = _read(mapping, where)
    for name, sides in _places(_pairs(found.get("Mounts"), "source", "destination", where), project, real):
        _move(_table(document, "places"), name, sides)
    for name, value in _pairs(found.get("Envs", []), "variable", "value", where):
        if is_secret(name):
            raise TaoshellError(
                f"{printable(name)} is a secret, which no shared file should hold",
                f'put it in .env and {printable(name)} = {{ from = ".env" }} under [container.env]; remove it here',
                at=Where(where),
            )
        if project.container_env.get(name) != value:
            _table(document, "container", "env")[name] = value
    options = found.get("DockerOptions", {})
    if not isinstance(options, dict):
        raise TaoshellError("DockerOptions is no object", "mend it", at=Where(where))
    for name, value in options.items():
        if project.docker.get(name) != value:
            _table(document, "docker")[name] = value
    return tomlkit.dumps(document)


def require_taken(mapping: str, project: Project, where: str, real: RealPath = os.path.realpath) -> None:
    """Raises TaoshellError where a mount of `mapping` is not what `project`, which has adopted it, has there."""
    by_container = {place.container: place for place in project.places}
    for source, destination in _pairs(_read(mapping, where).get("Mounts"), "source", "destination", where):
        place = by_container[os.path.normpath(destination)]
        if real(os.path.expanduser(source)) != real(place.host):
            raise TaoshellError(
                f"not adopted: place {place.name} stays at {printable(place.host)}, as .env says",
                f"take {place.host_variable} out of .env first",
                at=Where(where),
            )


def _read(mapping: str, where: str) -> dict[str, object]:
    try:
        found = json.loads(mapping)
    except ValueError as error:
        raise TaoshellError(f"this is not JSON: {error}", "mend it, or name another file", at=Where(where)) from error
    unknown = [name for name in found if name not in _FIELDS] if isinstance(found, dict) else ["(no object)"]
    if unknown:
        raise TaoshellError(f"{printable(unknown[0])} has no place in a mounts file", "mend it", at=Where(where))
    return dict(found)


def _pairs(items: object, first: str, second: str, where: str) -> Iterator[tuple[str, str]]:
    for item in items if isinstance(items, list) else [None]:
        pair = (item.get(first), item.get(second)) if isinstance(item, dict) else (None, None)
        if not isinstance(pair[0], str) or not isinstance(pair[1], str):
            raise TaoshellError(f"there is an entry without {first} and {second}", "mend it", at=Where(where))
        yield pair[0], pair[1]


def _places(
    mounts: Iterator[tuple[str, str]], project: Project, real: RealPath
) -> Iterator[tuple[str, dict[str, str]]]:
    """For each mount the name of a place, and what of it changes."""
    by_container = {place.container: place for place in project.places}
    by_folder = {real(place.host): place for place in project.places}
    names = {place.name for place in project.places}
    for source, destination in mounts:
        source, destination = os.path.expanduser(source), os.path.normpath(destination)
        place = by_container.get(destination)
        if place is not None:
            if os.path.normpath(source) != place.host:
                yield place.name, {"host": source}
        elif real(source) in by_folder:
            yield by_folder[real(source)].name, {"container": destination}
        else:
            name = _unused(destination, names)
            names.add(name)
            yield name, {"host": source, "container": destination}


def _move(places: dict[str, object], name: str, sides: Mapping[str, str]) -> None:
    """Change these `sides` of the place `name`, however it is written."""
    known = places.get(name)
    if isinstance(known, dict):
        known.update(sides)
    elif [*sides] == ["host"]:
        places[name] = sides["host"]
    else:
        table = tomlkit.inline_table()
        table.update({**({} if known is None else {"host": known}), **sides})
        places[name] = table


def _unused(destination: str, names: set[str]) -> str:
    """A name for a place of its own: the last part of its container path."""
    stem = re.sub(r"[^a-z0-9_]+", "_", os.path.basename(destination).lower()).strip("_") or "place"
    name, count = stem, 1
    while name in names:
        count += 1
        name = f"{stem}_{count}"
    return name


def _table(document: tomlkit.TOMLDocument, *path: str) -> dict[str, object]:
    table: Mapping[str, object] = document
    for key in path:
        table = table.setdefault(key, tomlkit.table())  # type: ignore[attr-defined]
    return table  # type: ignore[return-value]  # tomlkit's tables are dicts that keep comments
