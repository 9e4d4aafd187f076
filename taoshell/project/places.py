"""From a layout, the [places] of taoshell.toml and the user's lines of .env to the places of a project."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from taoshell.errors import Where
from taoshell.project.layouts import LAYOUTS, Slot
from taoshell.project.machine import Machine
from taoshell.project.model import Given, Place
from taoshell.project.names import refused_reason
from taoshell.project.paths import container_path, host_path, mountable, require_literal
from taoshell.project.problems import Problems, Refused, Unknown
from taoshell.project.toml import Table, did_you_mean, nearest, quoted

_VARIABLES = ("host_variable", "container_variable")
_FIELDS = ("host", "container", *_VARIABLES)
_OWN = '{ host = "…", container = "/…" }'
_PLACE_NAME = re.compile(r"[A-Za-z0-9_-]+")


@dataclass(frozen=True, slots=True)
class Located:
    """A place with the origin of each path. A path is None if it has a problem, which has been reported."""

    name: str
    host: Given | None
    container: Given | None
    host_variable: str | None = None
    container_variable: str | None = None

    @property
    def place(self) -> Place | None:
        if self.host is None or self.container is None:
            return None
        return Place(self.name, self.host.text, self.container.text, self.host_variable, self.container_variable)


@dataclass(frozen=True, slots=True)
class _Entry:
    """What [places] says about one place. The fields in `unknown` have a problem, which has been reported."""

    name: str
    given: Mapping[str, Given]
    whole: Where
    unknown: Collection[str] = ()

    def at(self, field: str) -> Where:
        return self.given[field].at if field in self.given else self.whole


@dataclass
class PlaceReader:
    """Reads the places of the project in `root`. `table` is None if [places] itself has a problem.

    `owners` says which place each path variable belongs to, once the places have been read.
    """

    table: Table | None
    file: str
    lines: Mapping[str, Given | None]
    root: str
    machine: Machine
    problems: Problems
    owners: dict[str, str] = dataclasses.field(default_factory=dict)

    def places(self, layout: Sequence[Slot] | None, network: str | None) -> list[Located]:
        """The layout's places in its order, then the project's own in the order of the file.

        If the layout is unknown, only what is right or wrong in every layout is read.
        """
        slots = layout or [slot for slots in LAYOUTS.values() for slot in slots]
        names = dict.fromkeys(slot.name for slot in slots)
        written = {} if self.table is None else self.table.values
        own = [name for name in written if name not in names]
        misspelt = {nearest(name, names) for name in own if not _has_container(written[name])} - written.keys()
        found: list[Located] = []
        if layout is None:
            found += [Located(name, None, self._container_of(name)) for name in names if name in written]
        else:
            self.owners = {
                name: slot.name for slot in layout for name in (slot.host_variable, slot.container_variable) if name
            }
            hosts = {"folder": self.root}  # what the layout's paths may refer to
            containers: dict[str, str] = {}
            if network is not None:
                hosts["network"] = containers["network"] = network
            for slot in layout:
                entry = self._entry(slot.name, unknown=slot.name in misspelt)
                if slot.host is None and slot.name not in written and slot.host_variable not in self.lines:
                    continue  # optional, and not given
                located = self._slot(slot, entry, hosts, containers)
                found.append(located)
                if located.host is not None:
                    hosts[slot.name] = located.host.text
                if located.container is not None:
                    containers[slot.name] = located.container.text
        return found + [self._own(name, list(names)) for name in own]

    def _slot(self, slot: Slot, entry: _Entry, hosts: Mapping[str, str], containers: Mapping[str, str]) -> Located:
        """A place of the layout."""
        for field in _VARIABLES:
            if field in entry.given:
                self.problems.add(
                    "variable-of-the-layout",
                    f"the layout names the variables of place {quoted(slot.name)}",
                    "remove the line, or add a place of your own",
                    entry.at(field),
                )
        host = self.problems.read(self._slot_host, slot, entry, hosts)
        container = self.problems.read(self._slot_container, slot, entry, containers)
        return Located(slot.name, host, container, slot.host_variable, slot.container_variable)

    def _slot_host(self, slot: Slot, entry: _Entry, hosts: Mapping[str, str]) -> Given:
        given = self._host(entry, slot.host_variable)
        if given is not None:
            return given
        if slot.host is None:
            raise _no_host(entry, slot.host_variable)
        return mountable(_filled_in(slot.host, hosts, entry.whole), self.machine.real)

    def _slot_container(self, slot: Slot, entry: _Entry, containers: Mapping[str, str]) -> Given:
        given = self._container(entry, slot.container_variable)
        return given or container_path(_filled_in(slot.container, containers, entry.whole))

    def _container_of(self, name: str) -> Given | None:
        """The container path of a place if the layout is unknown: its default and its variables are unknown, too."""
        return self.problems.read(self._container, self._entry(name), None)

    def _own(self, name: str, slots: Sequence[str]) -> Located:
        """A place that the layout does not have."""
        entry = self._entry(name)
        if not _PLACE_NAME.fullmatch(name):
            self.problems.add(
                "bad-place-name",
                f"{name!r} is not a valid name for a place",
                "use letters, digits, _ and - only",
                entry.whole,
            )
        claimed = {field: self.problems.read(self._claim, entry, field) for field in _VARIABLES if field in entry.given}
        host = self.problems.read(self._own_host, entry, claimed)
        container = self.problems.read(self._own_container, entry, claimed.get("container_variable"), slots)
        return Located(name, host, container, claimed.get("host_variable"), claimed.get("container_variable"))

    def _own_host(self, entry: _Entry, claimed: Mapping[str, str | None]) -> Given:
        variable = claimed.get("host_variable")
        given = self._host(entry, variable)
        if given is not None:
            return given
        if "host_variable" in entry.unknown or ("host_variable" in claimed and variable is None):
            raise Unknown  # a line in .env may give it, but under which name?
        raise _no_host(entry, variable)

    def _own_container(self, entry: _Entry, variable: str | None, slots: Sequence[str]) -> Given:
        given = self._container(entry, variable)
        if given is None:
            raise Refused(
                "place-without-container",
                f"place {quoted(entry.name)} needs a container path, as the layout has no such place",
                f"{did_you_mean(entry.name, slots)}write {entry.name} = {_OWN}",
                entry.whole,
            )
        return given

    def _claim(self, entry: _Entry, field: str) -> str:
        """The variable in `field`, which becomes this place's."""
        variable, at = entry.given[field].text, entry.given[field].at
        reason = refused_reason(variable)
        if reason is None and variable in ("KEY", "NUM_GPUS"):
            reason = "every TAO project uses it for something else"
        if reason is None and variable in self.owners:
            reason = f"place {quoted(self.owners[variable])} already has it"
        if reason is not None:
            raise Refused("bad-path-variable", f"{variable} cannot name a path: {reason}", "use another name", at)
        self.owners[variable] = entry.name
        return variable

    def _entry(self, name: str, *, unknown: bool = False) -> _Entry:
        if self.table is None or unknown:
            return _Entry(name, {}, Where(self.file), _FIELDS)
        value, at = self.table.values.get(name), self.table.at(name)
        if value is None:
            return _Entry(name, {}, Where(self.file))
        if isinstance(value, str):
            return _Entry(name, {"host": Given(value, at)}, at)
        if not isinstance(value, Mapping):
            wrong = self.table.wrong_type(name, f'write a host path in quotes, "…", or {_OWN}').problem
            self.problems.found.append(wrong)
            return _Entry(name, {}, at, _FIELDS)
        inner = self.table.table(name)
        misspelt = inner.misspelt(_FIELDS, self.problems)
        texts = {field: self.problems.read(inner.string, field, "…") for field in _FIELDS if field in value}
        given = {field: Given(text, inner.at(field)) for field, text in texts.items() if text is not None}
        return _Entry(name, given, at, misspelt | (texts.keys() - given.keys()))

    def _host(self, entry: _Entry, variable: str | None) -> Given | None:
        """The host path that is given, absolute, or None: the user's line wins over the TOML."""
        if variable is not None and variable in self.lines:
            given = self.lines[variable]
            if given is None:
                raise Unknown
        elif "host" in entry.given:
            given = entry.given["host"]
            require_literal(given)
        elif "host" in entry.unknown:
            raise Unknown
        else:
            return None
        return host_path(given, self.root, self.machine)

    def _container(self, entry: _Entry, variable: str | None) -> Given | None:
        """The container path that is given, or None. The user's lines may not set it."""
        line = None if variable is None else self.lines.get(variable)
        if line is not None:
            self.problems.add(
                "container-path-in-dotenv",
                f"{variable} is the container path of place {quoted(entry.name)}, so the mounts decide its value",
                f"remove the line, and set places.{entry.name}.container in taoshell.toml",
                line.at,
            )
        if "container" in entry.given:
            return container_path(entry.given["container"])
        if "container" in entry.unknown:
            raise Unknown
        return None


def _has_container(value: object) -> bool:
    return isinstance(value, Mapping) and "container" in value


def _filled_in(template: str, known: Mapping[str, str], at: Where) -> Given:
    """A path of the layout."""
    try:
        return Given(template.format(**known), at)
    except KeyError:
        raise Unknown from None


def _no_host(entry: _Entry, variable: str | None) -> Refused:
    line = f", or {variable}=… in .env" if variable else ""
    cause = f"place {quoted(entry.name)} has no host path"
    return Refused("place-without-host", cause, f'add host = "…"{line}', entry.at("host"))
