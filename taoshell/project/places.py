"""Read the places of a project from its layout, the [places] of taoshell.toml and the user's lines of .env."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from taoshell.errors import Where
from taoshell.project.entry import OWN, Entry, read_entry
from taoshell.project.layouts import Slot
from taoshell.project.machine import Machine
from taoshell.project.model import Given, Place
from taoshell.project.names import is_secret, refused_reason
from taoshell.project.paths import container_path, host_path, mountable
from taoshell.project.problems import Problem, Problems
from taoshell.project.toml import Table, did_you_mean, quoted

_PLACE_NAME = re.compile(r"[A-Za-z0-9_-]+")
_NOT_PATHS = ("KEY", "NUM_GPUS", "GPU_IDS", "TAO_VENV")


class Located(NamedTuple):
    """A place, and where its two paths were read."""

    place: Place
    host_at: Where
    container_at: Where


class PlaceReader:
    """Reads the places of the project in `root`. `table` is [places], `lines` are the user's lines of .env.

    `owners` maps each path variable to the name of its place.
    """

    def __init__(
        self,
        table: Table,
        layout: Sequence[Slot],
        network: str,
        lines: Mapping[str, Given],
        root: str,
        machine: Machine,
        problems: Problems,
    ) -> None:
        self.table = table
        self.layout = layout
        self.network = network
        self.lines = lines
        self.root = root
        self.machine = machine
        self.problems = problems
        self.owners: dict[str, str] = {}

    def read(self) -> list[Located]:
        """Return the layout's places in its order, then the project's own in the order of the file.

        A place with a problem is left out. If that is `project`, so are the layout's other places: they depend on it.
        """
        entries = {name: self.problems.read(read_entry, self.table, name) for name in self.table.values}
        slots = [slot for slot in self.layout if self._has(slot, entries)]
        for slot in slots:
            self.owners |= dict.fromkeys((*slot.host_variables, *slot.container_variables), slot.name)
        found: list[Located] = []
        hosts, containers = {"folder": self.root, "network": self.network}, {"network": self.network}
        for slot in slots:
            entry = entries.get(slot.name, Entry(slot.name, Where(self.table.file)))
            located = None if entry is None else self.problems.read(self._slot, slot, entry, hosts, containers)
            if located is not None:
                found.append(located)
                hosts[slot.name], containers[slot.name] = located.place.host, located.place.container
            elif slot.name == "project":
                break
        names = [slot.name for slot in slots]
        own = [
            self.problems.read(self._own, entry, names)
            for entry in entries.values()
            if entry and entry.name not in names
        ]
        for slot in self.layout:
            if slot.host is None:  # these names mean this place, even if the project does not have it
                for name in (*slot.host_variables, *slot.container_variables):
                    self.owners.setdefault(name, slot.name)
        return found + [located for located in own if located is not None]

    def _has(self, slot: Slot, entries: Mapping[str, Entry | None]) -> bool:
        """Whether the project has this place of the layout."""
        if slot.host is not None:
            return bool(self.network) or not slot.needs_network
        others = {name.text for entry in entries.values() if entry for name in entry.host_variables}
        return slot.name in entries or any(name in self.lines for name in slot.host_variables if name not in others)

    def _slot(self, slot: Slot, entry: Entry, hosts: Mapping[str, str], containers: Mapping[str, str]) -> Located:
        """Read a place of the layout. The names that are given for it are further names."""
        host_variables = (*slot.host_variables, *self._claimed(entry, entry.host_variables))
        container_variables = (*slot.container_variables, *self._claimed(entry, entry.container_variables))
        host = self._host(entry, host_variables, slot.host and _formatted(slot.host, hosts))
        container = Given(_formatted(slot.container, {**containers, "host": host.text}), entry.at)
        return self._located(entry, host, container, host_variables, container_variables)

    def _own(self, entry: Entry, slots: Sequence[str]) -> Located:
        """Read a place that the layout does not have."""
        name = entry.name
        if not _PLACE_NAME.fullmatch(name):
            cause = f"{name!r} is not a valid name for a place"
            raise Problem("bad-place-name", cause, "use letters, digits, _ and - only", entry.at)
        host_variables = self._claimed(entry, entry.host_variables)
        container_variables = self._claimed(entry, entry.container_variables)
        if entry.container is None and not self._is_same:
            without = "" if all(slot.name != name for slot in self.layout) else " without a network"
            cause = f"place {quoted(name)} needs a container path, as the layout has no such place{without}"
            cure = f"{did_you_mean(name, slots)}write {name} = {OWN}"
            raise Problem("place-without-container", cause, cure, entry.at)
        host = self._host(entry, host_variables, None)
        return self._located(entry, host, host, host_variables, container_variables)

    def _located(
        self, entry: Entry, host: Given, default: Given, host_variables: tuple[str, ...], inside: tuple[str, ...]
    ) -> Located:
        """Return the place, whose container path is `default` if none is given, and whose names there are `inside`."""
        for name in inside:
            if name in self.lines:
                cause = f"{name} is the container path of place {quoted(entry.name)}, so the mounts decide its value"
                cure = f"remove the line, and set places.{entry.name}.container in taoshell.toml"
                raise Problem("container-path-in-dotenv", cause, cure, self.lines[name].at)
        container = entry.container or default
        if not self._is_same:
            container = container_path(container)
        elif container.text != host.text:
            cause = f'with layout = "same", place {quoted(entry.name)} is {host.text} in the container too'
            raise Problem(
                "container-path-differs", cause, 'remove its container path, or use layout = "host"', container.at
            )
        place = Place(entry.name, host.text, container.text, host_variables, inside, entry.mode, entry.is_mounted)
        return Located(place, host.at, container.at)

    def _claimed(self, entry: Entry, given: Sequence[Given]) -> tuple[str, ...]:
        """Give this place the variables that are `given`, and return their names."""
        for variable in given:
            name = variable.text
            reason = refused_reason(name)
            if name in _NOT_PATHS:
                reason = "every TAO project uses it for something else"
            elif is_secret(name):
                reason = "such a name is a secret's, and its value is never shown"
            elif name in self.owners:
                reason = f"place {quoted(self.owners[name])} already has it"
            if reason is not None:
                cause = f"{name} cannot name a path: {reason}"
                raise Problem("bad-path-variable", cause, "use another name, or remove this one", variable.at)
            self.owners[name] = entry.name
        return tuple(variable.text for variable in given)

    def _host(self, entry: Entry, variables: Sequence[str], default: str | None) -> Given:
        """Return the host path: the user's line wins over taoshell.toml, which wins over the layout's default."""
        given = self._line(entry, variables)
        if given is None and entry.host is not None:
            given = entry.host
        if given is not None:
            return host_path(given, self.root, self.machine)
        if default is not None:
            return mountable(Given(default, entry.at), self.machine)
        line = f", or {variables[0]}=… in .env" if variables else ""
        cause = f"place {quoted(entry.name)} has no host path"
        raise Problem("place-without-host", cause, f'add host = "…"{line}', entry.at)

    def _line(self, entry: Entry, variables: Sequence[str]) -> Given | None:
        """Return the line of .env that gives the host path."""
        names = [name for name in variables if name in self.lines]
        for name in names[1:]:
            if self.lines[name].text != self.lines[names[0]].text:
                cause = f"{names[0]} and {name} both name place {quoted(entry.name)}, but they are different paths"
                raise Problem("two-host-paths", cause, "remove one of the lines", self.lines[name].at)
        return self.lines[names[0]] if names else None

    @property
    def _is_same(self) -> bool:
        """Whether every container path is the host path."""
        return self.layout[0].container == "{host}"


def _formatted(path: str, values: Mapping[str, str]) -> str:
    """Return a path of the layout with its values. Without a network, the network's folder is left out."""
    return os.path.normpath(path.format(**values))
