"""The two texts of a project while they change, step by step. Pure."""

from __future__ import annotations

import os
from collections.abc import Iterable

from taoshell.errors import Where, not_written
from taoshell.project.build import build
from taoshell.project.machine import Machine
from taoshell.project.model import Given, Place, Project
from taoshell.project.mounts import below
from taoshell.project.paths import host_path
from taoshell.project.problems import Problem
from taoshell.text import dotenv, toml_edit
from taoshell.text.setting import Texts
from taoshell.text.toml_statements import Path


class Draft:
    """The texts of the project in `root` while they change."""

    def __init__(self, texts: Texts, root: str, machine: Machine) -> None:
        self.texts = texts
        self.root = root
        self.machine = machine
        self.names: dict[str, str] = {}  # variables for paths on either side, which a new place takes as its names
        self.to_say: list[str] = []

    def project(self) -> Project:
        """Return the project that the texts define. Raises its first problem, without the line: nothing is written."""
        lines = dotenv.parse(self.texts.env, ".env").exported
        toml_path = os.path.join(self.root, "taoshell.toml")
        try:
            return build(self.root, self.texts.toml, toml_path, lines, self.machine).require()
        except Problem as error:
            raise not_written(error, "not adopted") from error

    def move_host(self, place: Place, path: str, variables: set[str]) -> None:
        """Give `place` the host folder `path`: in taoshell.toml if it is in the project, else in `.env`."""
        if self.machine.real(place.host) == self.machine.real(path):
            return
        assigned = dotenv.assigned_names(self.texts.env, ".env")
        line = next((name for name in place.host_variables if name in assigned), None)
        inside = self.inside(path)
        if line is None and inside is not None:
            self.change_place(place.name, {"host": inside})
            return
        variable = line or next(iter(place.host_variables), "")
        if not variable:
            variable = unused(f"HOST_{place.name.upper().replace('-', '_')}_DIR", variables)
            self.change_place(place.name, {"host_variable": variable})
        self.assign(variable, path)

    def host(self, path: str, at: Where) -> str:
        """Return `path`, a host path of the file, as a project has it. Raises Problem if no project can."""
        inside = below(os.path.normpath(path), self.root)  # a `$` in the name of the project's folder is no variable
        return host_path(Given(path if inside is None else inside or ".", at), self.root, self.machine).text

    def edit(self, changes: Iterable[tuple[Path, object]]) -> None:
        self.texts = Texts(toml_edit.edited(self.texts.toml, changes), self.texts.env)

    def assign(self, name: str, value: str) -> None:
        self.texts = Texts(self.texts.toml, dotenv.with_assignment(self.texts.env, name, value))

    def keep(self, name: str, value: str) -> None:
        """Write a line into `.env`, unless the user has one of that name, which stays."""
        known = dotenv.parse(self.texts.env, ".env").assignments.get(name)
        if known is None:
            self.assign(name, value)
        elif known.text != value:
            self.to_say.append(f"{name} stays as it is in .env; the file has another value")

    def take_name(self, path: str) -> str | None:
        """Return the variable in `names` for `path`, which then belongs to a place; None if there is none."""
        found = next((name for name, value in self.names.items() if value.rstrip("/") == path.rstrip("/")), None)
        if found is not None:
            del self.names[found]
        return found

    def change_place(self, name: str, changes: dict[str, object]) -> None:
        """Change fields of the place `name` in taoshell.toml, however it is written."""
        old = toml_edit.value_at(toml_edit.parsed(self.texts.toml), ("places", name))
        if isinstance(old, dict):
            self.edit([(("places", name, key), value) for key, value in changes.items()])
        else:
            fields = ({"host": old} if isinstance(old, str) else {}) | changes
            self.edit([(("places", name), fields["host"] if [*fields] == ["host"] else fields)])

    def inside(self, source: str) -> str | None:
        """Return `source` as a path that starts at taoshell.toml, or None if it is not in the project's folder."""
        real = self.machine.real
        rest = below(source, self.root)
        if rest is None:
            rest = below(real(source), real(self.root))
        return f"./{rest}" if rest and rest.startswith("~") else "." if rest == "" else rest


def unused(stem: str, taken: set[str]) -> str:
    """Return `stem`, with a number if it is among `taken`; and add it there."""
    name, number = stem, 2
    while name in taken:
        name, number = f"{stem}_{number}", number + 1
    taken.add(name)
    return name
