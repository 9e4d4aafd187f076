"""From a layout, the [places] of taoshell.toml and the user's lines of .env to the places of a project."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from taoshell.errors import TaoshellError
from taoshell.project.conflicts import Located, require_apart
from taoshell.project.layouts import Slot
from taoshell.project.machine import Machine
from taoshell.project.mounts import Place
from taoshell.project.names import refused_reason
from taoshell.project.paths import container_path, host_path, require_literal, require_mountable
from taoshell.project.toml import Complain, Table, did_you_mean

_FIELDS = ("host", "container", "host_variable", "container_variable")
_OWN = '{ host = "…", container = "/…" }'
_PLACE_NAME = re.compile(r"[A-Za-z0-9_-]+")


@dataclass(frozen=True, slots=True)
class UserLine:
    """An assignment in .env, and how to complain about it."""

    value: str
    complain: Complain


@dataclass(frozen=True, slots=True)
class _Entry:
    """What [places] says of one place: those of `_FIELDS` that are given, and how to complain about each."""

    name: str
    given: Mapping[str, str]
    complain: Callable[[str], Complain]


class PlaceTable:
    """Reads the places of the project in `root`. Every method raises TaoshellError with file and line."""

    def __init__(self, table: Table, user_lines: Mapping[str, UserLine], root: str, machine: Machine) -> None:
        self._table = table
        self._user_lines = user_lines
        self._root = root
        self._facts = machine

    def places(self, layout: Sequence[Slot], network: str) -> list[Located]:
        """The layout's places, in its order, then the project's own, in theirs; all that may be wrong is refused."""
        found: list[Located] = []
        hosts = {"folder": self._root, "network": network}  # what the layout's paths may refer to
        containers = {"network": network}
        for slot in layout:
            located = self._slot(slot, hosts, containers)
            if located is not None:
                found.append(located)
                hosts[slot.name], containers[slot.name] = located.place.host, located.place.container
        owners = {name: slot.name for slot in layout for name in (slot.host_variable, slot.container_variable) if name}
        slots = [slot.name for slot in layout]
        found += [self._own(name, slots, owners) for name in self._table.values if name not in slots]
        require_apart(found, self._facts.real)
        return found

    def _slot(self, slot: Slot, hosts: Mapping[str, str], containers: Mapping[str, str]) -> Located | None:
        """A place of the layout; None for an optional one that nobody gives."""
        entry = self._entry(slot.name)
        for field in ("host_variable", "container_variable"):
            if field in entry.given:
                raise entry.complain(field)(
                    f"the variables of place {slot.name} are the layout's", "remove it, or make a place of your own"
                )
        host, host_complain = self._host(entry, slot.host_variable)
        if host is None:
            if slot.host is None:
                if entry.given:
                    raise _no_host(entry, slot.host_variable)
                return None
            host = slot.host.format(**hosts)
            require_mountable(host, self._facts.real, host_complain)
        text = entry.given.get("container", slot.container.format(**containers))
        container = self._container(entry, text, slot.container_variable)
        place = Place(slot.name, host, container, slot.host_variable, slot.container_variable)
        return Located(place, host_complain, entry.complain("container"))

    def _own(self, name: str, slots: Sequence[str], owners: dict[str, str]) -> Located:
        """A place that the layout does not know. `owners`: whose each variable is; its own are added."""
        entry = self._entry(name)
        text = entry.given.get("container")
        if text is None:
            raise entry.complain("container")(
                f"place {name} is not the layout's and has no container path",
                f"{did_you_mean(name, slots)}a place of your own is {name} = {_OWN}",
            )
        if not _PLACE_NAME.fullmatch(name):
            raise entry.complain("")(f"{name!r} is no name for a place", "use letters, digits, _ and - only")
        for field in ("host_variable", "container_variable"):
            if field in entry.given:
                _claim(entry, field, owners)
        host_variable, container_variable = entry.given.get("host_variable"), entry.given.get("container_variable")
        host, host_complain = self._host(entry, host_variable)
        if host is None:
            raise _no_host(entry, host_variable)
        container = self._container(entry, text, container_variable)
        place = Place(name, host, container, host_variable, container_variable)
        return Located(place, host_complain, entry.complain("container"))

    def _entry(self, name: str) -> _Entry:
        value = self._table.values.get(name)
        whole = self._table.complain(None if value is None else name)
        if value is None or isinstance(value, str):
            return _Entry(name, {} if value is None else {"host": value}, lambda _: whole)
        if not isinstance(value, Mapping):
            raise self._table.wrong_type(name, f'write a host path in quotes, "…", or {_OWN}')
        inner = self._table.table(name)
        inner.require_known(_FIELDS)
        given = {field: text for field in _FIELDS if (text := inner.string(field, "…")) is not None}
        return _Entry(name, given, lambda field: inner.complain(field) if field in given else whole)

    def _host(self, entry: _Entry, variable: str | None) -> tuple[str | None, Complain]:
        """The host path that is given, absolute, and how to complain about it: the user's line wins over the TOML."""
        line = self._user_lines.get(variable) if variable is not None else None
        text = line.value if line is not None else entry.given.get("host")
        complain = line.complain if line is not None else entry.complain("host")
        if text is None:
            return None, complain
        if line is None:
            require_literal(text, complain)
        path = host_path(text, self._root, self._facts, complain)
        require_mountable(path, self._facts.real, complain)
        return path, complain

    def _container(self, entry: _Entry, text: str, variable: str | None) -> str:
        complain = entry.complain("container")
        if variable is not None and variable in self._user_lines:
            raise self._user_lines[variable].complain(
                f"{variable} is the container path of place {entry.name}, which the mounts follow",
                f"remove the line, and set places.{entry.name}.container in taoshell.toml",
            )
        require_literal(text, complain)
        return container_path(text, complain)


def _no_host(entry: _Entry, variable: str | None) -> TaoshellError:
    where = f", or {variable}=… in .env" if variable else ""
    return entry.complain("host")(f"place {entry.name} has no host path", f'add host = "…"{where}')


def _claim(entry: _Entry, field: str, owners: dict[str, str]) -> None:
    """The variable in `field` becomes this place's. Raises TaoshellError where it cannot."""
    variable = entry.given[field]
    reason = refused_reason(variable)
    if reason is None and variable in ("KEY", "NUM_GPUS"):
        reason = "it stands for something else in every TAO project"
    if reason is None and variable in owners:
        reason = f"it is already one of place {owners[variable]}"
    if reason is not None:
        raise entry.complain(field)(f"{variable} cannot name a path: {reason}", "use another name")
    owners[variable] = entry.name
