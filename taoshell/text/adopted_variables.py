"""Give a project the variables of another program's file, by changes to its two texts. Pure."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping

from taoshell.errors import Where
from taoshell.project.gpus import COUNT, IDS, NUMBER, length, listed
from taoshell.project.layouts import LAYOUTS, Slot, container_variables
from taoshell.project.model import Given, Place, Project
from taoshell.project.mounts import below, governing
from taoshell.project.names import MASK, refused_reason
from taoshell.project.paths import container_path
from taoshell.project.problems import Problem
from taoshell.text import dotenv
from taoshell.text.draft import Draft
from taoshell.text.toml_statements import Path

_PERSONAL = ("KEY", NUMBER, IDS)


def take_names(draft: Draft, variables: Mapping[str, str], secrets: Collection[str]) -> dict[str, str]:
    """Move the places of the layout to where `variables` say, and return the other variables.

    `draft.names` then has those among them that may become names of new places: none of the `secrets`.
    """
    rest = dict(variables)
    project = draft.project()
    slots = [slot for slot in LAYOUTS[project.layout] if project.network or not slot.needs_network]
    for slot in slots:  # `project` first: the others follow it
        for name in slot.host_variables:
            if name in rest:
                _take_host(draft, slot, name, rest.pop(name))
    for slot in slots:
        for name in slot.container_variables:
            if name in rest and _take_container(draft, slot, rest[name]):
                del rest[name]
    draft.names = {
        name: value
        for name, value in rest.items()
        if value.startswith("/") and name not in (*_PERSONAL, *secrets) and refused_reason(name) is None
    }
    return rest


def take_variables(
    draft: Draft, variables: Mapping[str, str], secrets: Collection[str], set_at: Mapping[str, Where]
) -> None:
    """Give the project those of `variables` that it does not have: [env] is for everybody, `.env` for the user and
    the `secrets`. `set_at` is where the file sets them."""
    project = draft.project()
    changes: list[tuple[Path, object]] = []
    for name, value in variables.items():
        if project.variables.get(name) in (value, os.path.normpath(value)):
            continue
        told = f"{set_at[name]}: {name}" if name in set_at else name
        reason = refused_reason(name)
        if reason is None and name in (NUMBER, IDS):
            value = (listed(value) if name == IDS else value) or value
            reason = _reason_against(name, value, draft, variables)
        if reason is not None:
            draft.to_say.append(f"{told} is left out: {reason}")
        elif any(name in (*place.host_variables, *place.container_variables) for place in project.places):
            other = MASK if name in secrets else value
            draft.to_say.append(f"{told} is {project.variables[name]}, and not {other}, as the mounts decide")
        elif name in _PERSONAL or name in secrets or _is_local(draft, project, name, value):
            draft.keep(name, value)
            if name in container_variables() and governing(project.mapping.mounts, value) is None:
                draft.to_say.append(
                    f"{told} is {value}, where the container has nothing, as the file mounts nothing there"
                )
        else:
            changes.append((("env", name), _shared(project, value)))
    draft.edit(changes)


def _reason_against(name: str, value: str, draft: Draft, variables: Mapping[str, str]) -> str | None:
    """Return why `.env` cannot have the GPUs `value`; None if it can. A list says more than a number."""
    lines = dotenv.parse(draft.texts.env, ".env").assignments
    if name == IDS:
        number = lines.get(NUMBER)
        if not listed(value):
            return f"{value!r} is no list of GPUs"
        return f"{NUMBER} is {number.text}" if number and number.text != length(value) else None
    ids = listed(variables.get(IDS, "")) or (lines[IDS].text if IDS in lines else "")
    if not COUNT.fullmatch(value):
        return f"{value!r} is no number of GPUs"
    return f"{IDS} is {ids}" if ids and length(ids) != value else None


def _take_host(draft: Draft, slot: Slot, name: str, value: str) -> None:
    path = draft.host(value, Where(name))
    place = next((place for place in draft.project().places if place.name == slot.name), None)
    if place is None:  # a place that the project has only if a path is given
        place = Place(slot.name, "", slot.container, slot.host_variables, slot.container_variables)
    draft.move_host(place, path, set())


def _take_container(draft: Draft, slot: Slot, value: str) -> bool:
    """Give the place of `slot` the container path `value`, and return whether it can have it."""
    places = draft.project().places
    place = next((place for place in places if place.name == slot.name), None)
    path = os.path.normpath("/" + value.lstrip("/")) if value.startswith("/") else value
    if place is None or any(other.container == path for other in places if other is not place):
        return False
    try:
        container_path(Given(path, Where(slot.name)))
    except Problem:  # as in `%env DATA_DIR=/data/$NAME`, in which IPython does not expand $NAME
        return False
    if place.container != path:
        draft.change_place(place.name, {"container": path})
    return True


def _is_local(draft: Draft, project: Project, name: str, value: str) -> bool:
    """Whether `value` is a path of this machine that no place has, or a name that [env] cannot have."""
    if any(name in slot.container_variables for slot in LAYOUTS[project.layout]):
        return True
    if not value.startswith("/") or _shared(project, value) != value:
        return False
    tops = (draft.root, draft.machine.home, *(place.host for place in project.places))
    return any(below(os.path.normpath(value), top) is not None for top in tops)


def shared_value(project: Project, value: str) -> object:
    """Return `value` as [env] has it, if that is exactly the same value."""
    return _shared(project, value) if value == os.path.normpath(value) else value


def _shared(project: Project, value: str) -> object:
    """Return `value` as [env] has it: the path of a place follows the place."""
    path = os.path.normpath(value) if value.startswith("/") else value
    for place in project.places:
        if path == place.host:
            return {"place": place.name}
        if path == place.container:
            return {"place": place.name, "side": "container"}
    return value
