"""Give a project the mounts of another program's mounts file, by changes to its two texts. Pure."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Collection, Iterable, Sequence

from taoshell.cures import cure
from taoshell.errors import TaoshellError, Where
from taoshell.project import layouts
from taoshell.project.layouts import LAYOUTS, PROJECT
from taoshell.project.machine import Machine
from taoshell.project.model import Given, Mount, Place, Project
from taoshell.project.mounts import below, mounts_for, to_container
from taoshell.project.paths import LONGEST_PATH, container_path
from taoshell.text import toml_edit
from taoshell.text.draft import Draft, unused
from taoshell.text.toml_edit import Removed


def unmount_blocked(draft: Draft, mounts: Iterable[Mount]) -> None:
    """Take the mount from each default place that `mounts` do not have and that this machine's symlinks would move."""
    values = toml_edit.parsed(draft.texts.toml)
    wanted = {mount.destination.rstrip("/") for mount in mounts}
    slots = LAYOUTS.get(str(values.get("layout", "classic")), ())
    for slot in slots if wanted else ():
        path = os.path.normpath(slot.container.format(project=PROJECT, network=values.get("network", ""), host=""))
        is_default = toml_edit.value_at(values, ("places", slot.name)) is None and slot.host is not None
        if is_default and path not in wanted and path != "." and draft.machine.real(path) != path:
            draft.change_place(slot.name, {"mount": False})


def take_mounts(draft: Draft, mounts: Iterable[Mount], path: str, follows: Callable[[Place], bool]) -> None:
    """Change `draft` so that its project has exactly the mounts `mounts` of the file `path`; none changes nothing.

    A mount at the container path of a place, or else of its host folder, changes the other side of that place. Any
    other mount becomes a new place. A place that the file does not mount keeps its name, without a mount; if it
    `follows` the mounts, its container path is where they have its folder.
    Raises TaoshellError for a mount that no project can have.
    """
    wanted = _wanted(mounts, path, draft)
    if not wanted:
        return
    before = draft.project()
    matched = _matched(before, wanted, draft.machine)
    for place, mount in matched:
        if place is not None and place.name == "project":  # the other places of the layout follow it
            _move(draft, place, mount, set())
    _make_way(draft, before)
    project = draft.project()
    now = {place.name: place for place in project.places}
    names = {*now, *(slot.name for slot in LAYOUTS[project.layout])}
    variables = {*project.variables, *draft.names, *layouts.host_variables(), *layouts.container_variables()}
    taken = {place.name for place, _ in matched if place is not None}
    late = project._replace(places=tuple(place for place in project.places if place.name not in taken))
    rest = [mount for place, mount in matched if place is None]
    found = {mount: now[place.name] for place, mount in matched if place is not None}
    found |= {mount: place for place, mount in _matched(late, rest, draft.machine) if place is not None}
    absent = _absent(project)
    for mount in wanted:
        if mount in found:
            _move(draft, found[mount], mount, variables)
        elif mount.destination in absent:
            _move(draft, absent.pop(mount.destination), mount, variables)
        else:
            _add(draft, mount, names, variables)
    _say_moved(draft, before, [place.name for place in found.values()])
    _follow(draft, wanted, follows)
    _unmount_others(draft, wanted, path)


def _absent(project: Project) -> dict[str, Place]:
    """Return the places that the layout has only if a path is given, and that are not there, by container path."""
    return {
        slot.container: Place(slot.name, "", slot.container, slot.host_variables, slot.container_variables)
        for slot in LAYOUTS[project.layout]
        if slot.host is None and "{" not in slot.container and slot.name not in {place.name for place in project.places}
    }


def _make_way(draft: Draft, before: Project) -> None:
    """Keep each place that would follow the project to the container path of another one where it was."""
    own = toml_edit.value_at(toml_edit.parsed(draft.texts.toml), ("places",))
    given = own if isinstance(own, dict) else {}
    fixed = {place.container for place in before.places if _has_container(given.get(place.name))}
    target = toml_edit.value_at(given, ("project", "container"))
    start = next(place.container for place in before.places if place.name == "project")
    for place in before.places:
        rest = below(place.container, start)
        if isinstance(target, str) and rest and not _has_container(given.get(place.name)):
            new = f"{target}/{rest}"
            if new in fixed:
                draft.change_place(place.name, {"container": place.container})
                draft.to_say.append(f"place {place.name} stays at {place.container}, as another place is at {new}")


def _has_container(value: object) -> bool:
    return isinstance(value, dict) and "container" in value


def _say_moved(draft: Draft, before: Project, mentioned: Collection[str]) -> None:
    """Say which places followed the project to another folder, although the file does not mention them."""
    now = {place.name: place.host for place in draft.project().places}
    for place in before.places:
        if place.name not in mentioned and now.get(place.name, place.host) != place.host:
            draft.to_say.append(f"place {place.name} is now {now[place.name]}, as it is a folder of the project's")


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
        source = draft.host(mount.source, Where(path))
        destination = mount.destination
        if destination.startswith("/"):
            destination = "/" + os.path.normpath(destination).lstrip("/")
        destination = container_path(Given(destination, Where(path))).text
        real = draft.machine.real(source)
        other = sources.setdefault(destination, source)
        if draft.machine.real(other) != real:
            cause = f"it mounts both {other} and {source} at {destination}"
            raise TaoshellError(cause, "remove one of the two mounts", at=Where(path))
        found.setdefault((real, destination), Mount(source, destination, mount.mode))
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
    if place.mode != mount.mode:
        draft.change_place(place.name, {"mode": Removed if mount.mode == "rw" else mount.mode})
    draft.move_host(place, mount.source, variables)


def _add(draft: Draft, mount: Mount, names: set[str], variables: set[str]) -> None:
    """Add a place for `mount`, with a name that is not among `names`, to which it is added."""
    stem = re.sub(r"[^a-z0-9_]+", "_", os.path.basename(mount.destination).lower()).strip("_") or "place"
    name = unused(stem, names)
    inside = draft.inside(mount.source)
    fields: dict[str, object] = {} if inside is None else {"host": inside}
    fields["container"] = mount.destination
    outside = draft.take_name(mount.source)
    if inside is None and outside is None:
        outside = unused(f"HOST_{name.upper()}_DIR", variables)
    within = draft.take_name(mount.destination)
    fields |= {"host_variable": outside} if outside else {}
    fields |= {"container_variable": within} if within else {}
    fields |= {"mode": mount.mode} if mount.mode != "rw" else {}
    draft.change_place(name, fields)
    if inside is None and outside is not None:
        draft.assign(outside, mount.source)


def _follow(draft: Draft, wanted: Sequence[Mount], follows: Callable[[Place], bool]) -> None:
    """Give each place that `wanted` does not mount, and that `follows`, the container path that its folder has."""
    project, real = draft.project(), draft.machine.real
    ends = {(real(mount.source), mount.destination) for mount in wanted}
    taken = {place.container for place in project.places}
    for place in project.places if project.layout != "same" else ():
        if (real(place.host), place.container) not in ends and follows(place):
            path = to_container(place.host, wanted, real)
            if path is not None and path not in taken:
                draft.change_place(place.name, {"container": path})
                taken.add(path)


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
