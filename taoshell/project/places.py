"""Read the places of a project from its layout, the [places] of taoshell.toml and the user's lines of .env."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from taoshell.errors import Where
from taoshell.project.layouts import Slot
from taoshell.project.machine import Machine
from taoshell.project.model import Given, Place
from taoshell.project.names import refused_reason
from taoshell.project.paths import container_path, host_path, mountable, require_literal
from taoshell.project.problems import Problem, Problems
from taoshell.project.toml import Table, did_you_mean, quoted

_FIELDS = ("host", "container", "host_variable", "container_variable")
_OWN = '{ host = "…", container = "/…" }'
_PLACE_NAME = re.compile(r"[A-Za-z0-9_-]+")
_Variables: TypeAlias = "tuple[tuple[str, ...], tuple[str, ...]]"  # the host's and the container's


@dataclass(frozen=True, slots=True)
class Located:
    """A place, and where its two paths were read."""

    place: Place
    host_at: Where
    container_at: Where


@dataclass(frozen=True, slots=True)
class _Entry:
    """The fields that [places] gives for one place. `whole` is where the place is written."""

    name: str
    fields: Mapping[str, Given]
    whole: Where


@dataclass
class PlaceReader:
    """Reads the places of the project in `root`. `table` is [places], `lines` are the user's lines of .env.

    `owners` maps each path variable to the name of its place.
    """

    table: Table
    layout: Sequence[Slot]
    network: str
    lines: Mapping[str, Given]
    root: str
    machine: Machine
    problems: Problems
    owners: dict[str, str] = field(default_factory=dict)

    def read(self) -> list[Located]:
        """Return the layout's places in its order, then the project's own in the order of the file.

        A place with a problem is left out. If that is `project`, so are the layout's other places: they depend on it.
        """
        for slot in self.layout:
            self.owners |= dict.fromkeys((*slot.host_variables, *slot.container_variables), slot.name)
        found: list[Located] = []
        hosts, containers = {"folder": self.root, "network": self.network}, {"network": self.network}
        for slot in self.layout:
            if slot.host is None and slot.name not in self.table.values and self._line(slot.host_variables) is None:
                continue  # optional, and not given
            located = self.problems.read(self._slot, slot, hosts, containers)
            if located is not None:
                found.append(located)
                hosts[slot.name], containers[slot.name] = located.place.host, located.place.container
            elif slot.name == "project":
                break
        names = [slot.name for slot in self.layout]
        own = [self.problems.read(self._own, name, names) for name in self.table.values if name not in names]
        return found + [located for located in own if located is not None]

    def _slot(self, slot: Slot, hosts: Mapping[str, str], containers: Mapping[str, str]) -> Located:
        """Read a place of the layout."""
        entry = self._entry(slot.name)
        variable = entry.fields.get("host_variable") or entry.fields.get("container_variable")
        if variable is not None:
            cause = f"the layout names the variables of place {quoted(slot.name)}"
            cure = "remove the line, or add a place of your own"
            raise Problem("variable-of-the-layout", cause, cure, variable.at)
        host = self._host(entry, slot.host_variables, slot.host and slot.host.format(**hosts))
        container = entry.fields.get("container") or Given(slot.container.format(**containers), entry.whole)
        return self._located(entry, host, container, (slot.host_variables, slot.container_variables))

    def _own(self, name: str, slots: Sequence[str]) -> Located:
        """Read a place that the layout does not have."""
        entry = self._entry(name)
        if not _PLACE_NAME.fullmatch(name):
            cause = f"{name!r} is not a valid name for a place"
            raise Problem("bad-place-name", cause, "use letters, digits, _ and - only", entry.whole)
        variables = (self._claimed(entry, "host_variable"), self._claimed(entry, "container_variable"))
        if "container" not in entry.fields:
            cause = f"place {quoted(name)} needs a container path, as the layout has no such place"
            cure = f"{did_you_mean(name, slots)}write {name} = {_OWN}"
            raise Problem("place-without-container", cause, cure, entry.whole)
        return self._located(entry, self._host(entry, variables[0], None), entry.fields["container"], variables)

    def _located(self, entry: _Entry, host: Given, container: Given, variables: _Variables) -> Located:
        line = self._line(variables[1])
        if line is not None:
            name = next(name for name in variables[1] if name in self.lines)
            cause = f"{name} is the container path of place {quoted(entry.name)}, so the mounts decide its value"
            cure = f"remove the line, and set places.{entry.name}.container in taoshell.toml"
            raise Problem("container-path-in-dotenv", cause, cure, line.at)
        return Located(Place(entry.name, host.text, container_path(container).text, *variables), host.at, container.at)

    def _claimed(self, entry: _Entry, field: str) -> tuple[str, ...]:
        """Give this place the variable that `field` names, and return it; nothing if the field is not given."""
        if field not in entry.fields:
            return ()
        name = entry.fields[field].text
        reason = refused_reason(name)
        if name in ("KEY", "NUM_GPUS"):
            reason = "every TAO project uses it for something else"
        elif name in self.owners:
            reason = f"place {quoted(self.owners[name])} already has it"
        if reason is not None:
            cause = f"{name} cannot name a path: {reason}"
            raise Problem("bad-path-variable", cause, "use another name", entry.fields[field].at)
        self.owners[name] = entry.name
        return (name,)

    def _entry(self, name: str) -> _Entry:
        value, at = self.table.values.get(name), self.table.at(name)
        if value is None:
            return _Entry(name, {}, Where(self.table.file))
        if isinstance(value, str):
            return _Entry(name, {"host": Given(value, at)}, at)
        inner = self.table.table(name, f'write a host path in quotes, "…", or {_OWN}')
        for key in inner.values:
            inner.require_known(key, _FIELDS)
        return _Entry(name, {key: Given(inner.string(key, "…"), inner.at(key)) for key in inner.values}, at)

    def _host(self, entry: _Entry, variables: tuple[str, ...], default: str | None) -> Given:
        """Return the host path: the user's line wins over taoshell.toml, which wins over the layout's default."""
        given = self._line(variables)
        if given is None and "host" in entry.fields:
            given = entry.fields["host"]
            require_literal(given)
        if given is not None:
            return host_path(given, self.root, self.machine)
        if default is not None:
            return mountable(Given(default, entry.whole), self.machine.real)
        line = f", or {variables[0]}=… in .env" if variables else ""
        cause = f"place {quoted(entry.name)} has no host path"
        raise Problem("place-without-host", cause, f'add host = "…"{line}', entry.whole)

    def _line(self, variables: tuple[str, ...]) -> Given | None:
        return next((self.lines[name] for name in variables if name in self.lines), None)
