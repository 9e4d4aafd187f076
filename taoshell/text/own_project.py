"""Give a new project what an export of taoshell says in its comment, by changes to its two texts. Pure."""

from __future__ import annotations

import os

from taoshell.formats.own_comment import Own
from taoshell.project import gpus
from taoshell.project.layouts import LAYOUTS, Slot
from taoshell.project.model import Place
from taoshell.text import toml_edit
from taoshell.text.adopted_variables import shared_value
from taoshell.text.draft import Draft
from taoshell.text.toml_statements import Path


def take_own(draft: Draft, own: Own) -> None:
    """Give `draft`, a new project, what `own` says; but not its places if the user chose another layout or network.

    Host folders outside of the project go to `.env` if they have a variable, as in any other project.
    """
    top: list[tuple[Path, object]] = []
    if own.name:
        top.append((("name",), own.name))
    if own.gpus:
        top.append((("gpus",), gpus.in_toml(own.gpus)))
    draft.edit([*top, *((("images", kind), image) for kind, image in own.images.items())])
    values = toml_edit.parsed(draft.texts.toml)
    if (values.get("layout", "classic"), values.get("network", "")) == (own.layout, own.network):
        _take_places(draft, own)
    project = draft.project()
    draft.edit([(("env", name), shared_value(project, value)) for name, value in own.shared.items()])
    for name, value in own.personal.items():
        draft.keep(name, value)


def _take_places(draft: Draft, own: Own) -> None:
    """Write what differs from the layout. Only then can the project be built: two places may have changed paths."""
    slots = {slot.name: slot for slot in LAYOUTS[own.layout] if own.network or not slot.needs_network}
    hosts = {"folder": draft.root, "project": draft.root, "network": own.network}
    inside = {"project": slots["project"].container, "network": own.network}
    for place in own.places:
        fields = _fields(draft, place, slots.get(place.name, Slot(place.name, None, "", ())), hosts, inside)
        if fields:
            draft.change_place(place.name, fields)
        hosts[place.name], inside[place.name] = place.host, place.container


def _fields(draft: Draft, place: Place, slot: Slot, hosts: dict[str, str], inside: dict[str, str]) -> dict[str, object]:
    """Return what taoshell.toml says of `place`; a folder elsewhere is written into `.env`."""
    fields: dict[str, object] = {}
    if slot.host is None or place.host != os.path.normpath(slot.host.format(**hosts)):
        within = draft.inside(place.host)
        if within is not None or not place.host_variables:
            fields["host"] = place.host if within is None else within
        else:
            draft.assign(place.host_variables[0], place.host)
    default = os.path.normpath(slot.container.format(**{**inside, "host": place.host}))
    if place.container != default:
        fields["container"] = place.container
    for key, names, usual in (
        ("host_variable", place.host_variables, slot.host_variables),
        ("container_variable", place.container_variables, slot.container_variables),
    ):
        more = [name for name in names if name not in usual]
        if more:
            fields[key] = more[0] if len(more) == 1 else more
    fields |= {"mode": place.mode} if place.mode != "rw" else {}
    return fields | ({} if place.is_mounted else {"mount": False})
