"""Give a project the mounts of another program's mounts file, by changes to its two texts. Pure."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Sequence

from taoshell.cures import cure
from taoshell.errors import TaoshellError, Where, not_written
from taoshell.project import layouts
from taoshell.project.build import build
from taoshell.project.layouts import LAYOUTS
from taoshell.project.machine import Machine
from taoshell.project.model import Given, Mount, Place, Project
from taoshell.project.mounts import below, mounts_for
from taoshell.project.paths import LONGEST_PATH, container_path, host_path
from taoshell.project.problems import Problem
from taoshell.text import dotenv, toml_edit
from taoshell.text.setting import Texts
from taoshell.text.toml_edit import Removed
from taoshell.text.toml_statements import Path


class Draft:
    """The texts of the project in `root` while they change."""

    def __init__(self, texts: Texts, root: str, machine: Machine) -> None:
        self.texts = texts
        self.root = root
        self.machine = machine
        self.to_say: list[str] = []

    def project(self) -> Project:
        """Return the project that the texts define. Raises its first problem, without the line: nothing is written."""
        lines = dotenv.parse(self.texts.env, ".env").exported
        toml_path = os.path.join(self.root, "taoshell.toml")
        try:
            return build(self.root, self.texts.toml, toml_path, lines, self.machine).require()
        except Problem as error:
            raise not_written(error, "not adopted") from error

    def edit(self, changes: Iterable[tuple[Path, object]]) -> None:
        self.texts = Texts(toml_edit.edited(self.texts.toml, changes), self.texts.env)

    def assign(self, name: str, value: str) -> None:
        self.texts = Texts(self.texts.toml, dotenv.with_assignment(self.texts.env, name, value))

    def change_place(self, name: str, changes: dict[str, object]) -> None:
        """Change fields of the place `name` in taoshell.toml, however it is written."""
        old = toml_edit.value_at(toml_edit.parsed(self.texts.toml), ("places", name))
        if isinstance(old, dict):
            self.edit([(("places", name, key), value) for key, value in changes.items()])
        else:
            fields = ({"host": old} if isinstance(old, str) else {}) | changes
            self.edit([(("places", name), fields["host"] if [*fields] == ["host"] else fields)])


def take_mounts(draft: Draft, mounts: Iterable[Mount], path: str) -> None:
    """Change `draft` so that its project has exactly the mounts `mounts` of the file `path`; none changes nothing.

    A mount at the container path of a place, or else of its host folder, changes the other side of that place. Any
    other mount becomes a new place. A place that the file does not mount keeps its name, without a mount.
    Raises TaoshellError for a mount that no project can have.
    """
    wanted = _wanted(mounts, path, draft)
    if not wanted:
        return
    for place, mount in _matched(draft.project(), wanted, draft.machine):
        if place is not None and place.name == "project":  # the other places of the layout follow it
            _move(draft, place, mount, set())
    project = draft.project()
    names = {place.name for place in project.places} | {slot.name for slot in LAYOUTS[project.layout]}
    variables = {*project.variables, *layouts.host_variables(), *layouts.container_variables()}
    for place, mount in _matched(project, wanted, draft.machine):
        if place is None:
            _add(draft, mount, names, variables)
        else:
            _move(draft, place, mount, variables)
    _unmount_others(draft, wanted, path)


def _wanted(mounts: Iterable[Mount], path: str, draft: Draft) -> list[Mount]:
    """Return the mounts with absolute, normalised paths, each once."""
    found: dict[tuple[str, str], Mount] = {}
    sources: dict[str, str] = {}
    for mount in mounts:
        for text in (mount.source, mount.destination):
            if len(os.fsencode(text)) > LONGEST_PATH:
                cause = f"a path in Mounts is too long: {text[:40]}…"
                raise TaoshellError(cause, "remove that mount", at=Where(path))
        if not mount.source.startswith(("/", "~")):
            cause = f"the source {mount.source!r} is relative, so it depends on the folder that tao starts in"
            raise TaoshellError(cause, "write the whole path", at=Where(path))
        source = host_path(Given(mount.source, Where(path)), draft.root, draft.machine).text
        destination = mount.destination
        if destination.startswith("/"):
            destination = "/" + os.path.normpath(destination).lstrip("/")
        destination = container_path(Given(destination, Where(path))).text
        real = draft.machine.real(source)
        other = sources.setdefault(destination, source)
        if draft.machine.real(other) != real:
            cause = f"it mounts both {other} and {source} at {destination}"
            raise TaoshellError(cause, "remove one of the two mounts", at=Where(path))
        found.setdefault((real, destination), Mount(source, destination))
    return [*found.values()]


def _matched(project: Project, wanted: Sequence[Mount], machine: Machine) -> list[tuple[Place | None, Mount]]:
    """Return each mount with its place: the one with both paths, else with its container path, else with its folder."""
    fixed = {slot.name for slot in LAYOUTS[project.layout]} if project.layout == "same" else set()
    free = {place.name: place for place in project.places}
    found: dict[Mount, Place] = {}
    for key in (lambda host, container: (host, container), lambda _, container: container, lambda host, _: host):
        by_key: dict[object, list[Place]] = {}
        for place in free.values():
            by_key.setdefault(key(machine.real(place.host), place.container), []).append(place)
        for mount in wanted:
            same = by_key.get(key(machine.real(mount.source), mount.destination))
            if same and mount not in found:
                found[mount] = same.pop(0)
                del free[found[mount].name]
        free = {name: place for name, place in free.items() if name not in fixed}
    return [(found.get(mount), mount) for mount in wanted]


def _move(draft: Draft, place: Place, mount: Mount, variables: set[str]) -> None:
    """Give `place` the two paths of `mount`, and a mount of its own if it had none."""
    if not place.is_mounted:
        draft.change_place(place.name, {"mount": Removed})
    if place.container != mount.destination:
        draft.change_place(place.name, {"container": mount.destination})
    if draft.machine.real(place.host) == draft.machine.real(mount.source):
        return
    assigned = dotenv.assigned_names(draft.texts.env, ".env")
    line = next((name for name in place.host_variables if name in assigned), None)
    inside = _inside(draft, mount.source)
    if line is None and inside is not None:
        draft.change_place(place.name, {"host": inside})
        return
    variable = line or next(iter(place.host_variables), "")
    if not variable:
        variable = _unused(f"HOST_{place.name.upper().replace('-', '_')}_DIR", variables)
        draft.change_place(place.name, {"host_variable": variable})
    draft.assign(variable, mount.source)


def _add(draft: Draft, mount: Mount, names: set[str], variables: set[str]) -> None:
    """Add a place for `mount`, with a name that is not among `names`, to which it is added."""
    stem = re.sub(r"[^a-z0-9_]+", "_", os.path.basename(mount.destination).lower()).strip("_") or "place"
    name = _unused(stem, names)
    inside = _inside(draft, mount.source)
    if inside is not None:
        draft.change_place(name, {"host": inside, "container": mount.destination})
        return
    variable = _unused(f"HOST_{name.upper()}_DIR", variables)
    draft.change_place(name, {"container": mount.destination, "host_variable": variable})
    draft.assign(variable, mount.source)


def _unmount_others(draft: Draft, wanted: Sequence[Mount], path: str) -> None:
    """Take the mount from each place that `wanted` does not mount. Without it, places inside may need one: again."""
    real = draft.machine.real
    kept = {(real(mount.source), mount.destination) for mount in wanted}
    project = draft.project()
    while others := [
        place
        for place in project.places
        if (real(place.host), place.container) not in kept and _has_mount(project, place)
    ]:
        for place in others:
            draft.change_place(place.name, {"mount": False})
            draft.to_say.append(f"place {place.name} is no longer mounted, as {path} does not mount it")
        project = draft.project()
    as_places = [Place(str(at), mount.source, mount.destination) for at, mount in enumerate(wanted)]
    missing = _ends(mounts_for(as_places, real), draft.machine) - _ends(project.mapping.mounts, draft.machine)
    for source, destination in sorted(missing):
        cause = f"the project cannot mount {source} at {destination}: a line in .env or its layout says otherwise"
        raise TaoshellError(cause, cure("cannot-mount", root=draft.root), at=Where(path))


def _has_mount(project: Project, place: Place) -> bool:
    return any((mount.source, mount.destination) == (place.host, place.container) for mount in project.mapping.mounts)


def _ends(mounts: Iterable[Mount], machine: Machine) -> set[tuple[str, str]]:
    return {(machine.real(mount.source), mount.destination) for mount in mounts}


def _inside(draft: Draft, source: str) -> str | None:
    """Return `source` as a path that starts at taoshell.toml, or None if it is not in the project's folder."""
    real = draft.machine.real
    rest = below(source, draft.root)
    if rest is None:
        rest = below(real(source), real(draft.root))
    return f"./{rest}" if rest and rest.startswith("~") else "." if rest == "" else rest


def _unused(stem: str, taken: set[str]) -> str:
    """Return `stem`, with a number if it is among `taken`; and add it there."""
    name, number = stem, 2
    while name in taken:
        name, number = f"{stem}_{number}", number + 1
    taken.add(name)
    return name
