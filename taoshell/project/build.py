"""From the text of taoshell.toml and the user's lines of .env to a project, or to all of its problems.

A problem is anything that would make the shell, the launcher or Docker do something else than the files say.
Pure: the machine is known only through `Machine`.
"""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from taoshell.errors import Where, printable
from taoshell.project import toml
from taoshell.project.conflicts import find_conflicts
from taoshell.project.container import docker_options, identity
from taoshell.project.layouts import LAYOUTS
from taoshell.project.machine import Machine
from taoshell.project.model import Given, Place, Project
from taoshell.project.mounts import mounts_for
from taoshell.project.paths import PLACEHOLDER, mountable
from taoshell.project.places import Located, PlaceReader
from taoshell.project.problems import Problem, Problems, Refused
from taoshell.project.toml import Table, suggestion
from taoshell.project.variables import container_variables, shell_variables, user_lines

_KEYS = ("name", "layout", "network", "places", "docker", "container", "env")
_NETWORK = re.compile(r"(?!\.\.?$)[A-Za-z0-9_.-]+")
_WRITES_AS_ROOT = "files that the container writes will belong to root; to own them: taoshell set docker.user=auto"


@dataclass(frozen=True, slots=True)
class Built:
    """A project, or else its problems: those of taoshell.toml first, in the order of their lines."""

    project: Project | None
    problems: tuple[Problem, ...]

    def require(self) -> Project:
        """The project. Raises TaoshellError for the first problem."""
        if self.project is None:
            raise self.problems[0].error()
        return self.project


def build(root: str, toml_text: str, toml_path: str, dotenv: Mapping[str, Given], machine: Machine) -> Built:
    """The project in the folder `root`, an absolute real path. `dotenv` are the user's lines that are exported.

    A problem that is only the consequence of another one is not reported.
    """
    problems = Problems()
    lines = user_lines(dotenv, problems)
    table = problems.read(toml.parse, toml_text, toml_path)
    project = None if table is None else _project(root, table, lines, machine, problems)
    if project is not None and project.missing_at is not None:
        (at,) = _with_lines([project.missing_at], toml_text)
        project = replace(project, missing_at=at)
    places = _with_lines([problem.where for problem in problems.found], toml_text)
    found = [replace(problem, where=at) for problem, at in zip(problems.found, places, strict=True)]
    found.sort(key=lambda problem: (problem.where.file != toml_path, problem.where.line or float("inf")))
    return Built(project, tuple(found))


def require_mount_folders(project: Project) -> None:
    """Raises TaoshellError if a mount starts at a path that does not exist: the launcher would refuse it."""
    missing = project.missing_mount_folders
    if project.missing_at is not None:
        raise Problem(
            "missing-mount-folder",
            f"the container needs {', '.join(missing)}, which {'does' if len(missing) == 1 else 'do'} not exist",
            f"run: mkdir -p {shlex.join(missing)}, or: taoshell init --mkdir",
            project.missing_at,
        ).error()


def _project(
    root: str, table: Table, lines: Mapping[str, Given | None], machine: Machine, problems: Problems
) -> Project | None:
    """The project, or None if there are problems. A key that is misspelt is unknown, not missing."""
    misspelt = table.misspelt(_KEYS, problems)
    name = problems.read(_name, table, root)
    layout = None if "layout" in misspelt else problems.read(_layout, table)
    network = None if "network" in misspelt else problems.read(_network, table)
    places_table = None if "places" in misspelt else problems.read(table.table, "places")
    reader = PlaceReader(places_table, table.file, lines, root, machine, problems)
    located: list[Located] = []
    if problems.read(mountable, Given(root, Where(table.file)), machine.real):
        located = reader.places(LAYOUTS[layout] if layout else None, network)
        find_conflicts(located, machine.real, problems)
    places = tuple(item.place for item in located if item.place)
    variables = _variables(table, lines, reader, places, problems)
    docker = problems.read(table.table, "docker")
    options = docker_options(docker, machine, problems) if docker else {}
    container_env, notes = _container(table, lines, problems)
    if problems.found or name is None or layout is None or network is None or docker is None:
        return None
    if "user" not in options and machine.uid != 0:
        notes.append(_WRITES_AS_ROOT)
    mounts = mounts_for(places, machine.real)
    missing = tuple(mount.source for mount in mounts if not machine.exists(mount.source))
    return Project(
        root=root,
        name=name,
        layout=layout,
        network=network,
        places=places,
        mounts=mounts,
        variables=variables,
        docker=options,
        container_env=identity(docker.values.get("user"), machine) | container_env,
        notes=tuple(notes),
        missing_mount_folders=missing,
        missing_at=next((item.host.at for item in located if item.host and item.host.text in missing), None),
    )


def _variables(
    table: Table,
    lines: Mapping[str, Given | None],
    reader: PlaceReader,
    places: Iterable[Place],
    problems: Problems,
) -> dict[str, str]:
    env = problems.read(table.table, "env")
    return {} if env is None else shell_variables(env, lines, reader.owners, places, problems)


def _container(table: Table, lines: Mapping[str, Given | None], problems: Problems) -> tuple[dict[str, str], list[str]]:
    container = problems.read(table.table, "container")
    if container is None:
        return {}, []
    container.misspelt(["env"], problems)
    env = problems.read(container.table, "env")
    return ({}, []) if env is None else container_variables(env, lines, problems)


def _layout(table: Table) -> str:
    layout = table.string("layout", "classic") or "classic"
    if layout not in LAYOUTS:
        raise Refused("unknown-layout", f'unknown layout "{layout}"', suggestion(layout, LAYOUTS), table.at("layout"))
    return layout


def _network(table: Table) -> str:
    network = table.string("network", "detectnet_v2")
    if network is None:
        cure = 'add a line such as: network = "detectnet_v2"'
        raise Refused("no-network", "no network is given", cure, Where(table.file))
    if PLACEHOLDER in network or not _NETWORK.fullmatch(network):
        cure = 'write it as in `tao model NETWORK …`, such as network = "detectnet_v2"'
        raise Refused("bad-network", f"{network!r} is not the name of a network", cure, table.at("network"))
    return network


def _name(table: Table, root: str) -> str:
    """The name in prompts: printable, so that no file can write control characters to a terminal."""
    name = table.string("name", "my project")
    if name is None:
        return printable(os.path.basename(root))
    if not name.strip() or name != printable(name):
        cure = 'write a name such as "night shift"'
        raise Refused("bad-project-name", "the name is empty or not printable", cure, table.at("name"))
    return name


def _with_lines(places: list[Where], text: str) -> list[Where]:
    """`places`, with the lines of their TOML keys in `text`."""
    lines = toml.lines_of(text) if any(at.key for at in places) else {}
    return [Where(at.file, lines.get(at.key)) if at.key else at for at in places]
