"""Build a project from the text of taoshell.toml and the user's lines of .env, or report all of its problems.

A problem is anything that would make the shell, the launcher or Docker do something other than the files say.
Pure: the machine is known only through `Machine`.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from taoshell.cures import cure
from taoshell.errors import Where, printable
from taoshell.project import networks, toml
from taoshell.project.clusters import read_clusters
from taoshell.project.conflicts import find_conflicts
from taoshell.project.container import ENV, container_options, identity
from taoshell.project.gpus import NUMBER, chosen_gpus, count, shared_gpus
from taoshell.project.images import pinned_images
from taoshell.project.layouts import LAYOUTS
from taoshell.project.links import steps_to
from taoshell.project.machine import Machine
from taoshell.project.model import Given, Mapping, Place, Project
from taoshell.project.mounts import mounts_for
from taoshell.project.names import secret_values, secrets
from taoshell.project.paths import PLACEHOLDER, mountable
from taoshell.project.places import PlaceReader
from taoshell.project.problems import Problem, Problems
from taoshell.project.python import chosen_python, missing_python
from taoshell.project.toml import Table, suggestion
from taoshell.project.translate import not_at_their_paths
from taoshell.project.variables import Known, container_variables, require_allowed, shell_variables

KEYS = ("name", "layout", "network", "gpus", "places", "env", "container", "python", "images", "cluster")
_NETWORK = re.compile(r"(?!\.\.?$)[A-Za-z0-9_.-]{1,100}")
_LONGEST_NAME = 100
_WRITES_AS_ROOT = "files that the container writes will belong to root"


class Built(NamedTuple):
    """A project, or else its problems: those of taoshell.toml first, in the order of their lines."""

    project: Project | None
    problems: tuple[Problem, ...]

    def require(self) -> Project:
        """Return the project. Raises its first problem."""
        if self.project is None:
            raise self.problems[0]
        return self.project


def build(root: str, toml_text: str, toml_path: str, dotenv: dict[str, Given], machine: Machine) -> Built:
    """Build the project in `root`, an absolute real path. `dotenv` has the user's lines that are exported.

    All problems are found, with one exception: a part that depends on a part with a problem is not read.
    """
    problems = Problems()
    for name, line in dotenv.items():
        problems.read(require_allowed, name, line)
    table = problems.read(toml.parse, toml_text, toml_path)
    project = None if table is None else _project(root, table, dotenv, machine, problems)
    problems.sort(key=lambda problem: (problem.where.file != toml_path, problem.where.line or float("inf")))
    _hide(problems, dotenv)
    return Built(project, tuple(problems))


def _hide(problems: Problems, dotenv: dict[str, Given]) -> None:
    """Take the values of secrets out of the messages: taoshell.toml, or a path, may contain one."""
    values = secret_values({name: given.text for name, given in dotenv.items()}) if problems else ()
    if values:
        from taoshell.project import hiding  # only when needed: few projects have a problem

        for problem in problems:
            hiding.hide_values(problem, values)


def require_mount_folders(project: Project) -> None:
    """Raise Problem if a mount starts at a path that does not exist: the launcher would refuse it."""
    missing = project.missing_mount_folders
    if project.missing_at is not None:
        raise Problem(
            "missing-mount-folder",
            f"the container needs {', '.join(missing)}, which {'does' if len(missing) == 1 else 'do'} not exist",
            cure("missing-folders", folders=missing),
            project.missing_at,
        )


def _project(root: str, table: Table, lines: dict[str, Given], machine: Machine, problems: Problems) -> Project | None:
    """Return the project, or None if there are problems."""
    nothing = Table({}, table.file, table.text)  # in place of a table that has a problem
    name = problems.read(_name, table, root) or ""
    container = problems.read(table.table, "container") or nothing
    options = container_options(container, machine, problems)
    inside, notes = container_variables(problems.read(container.table, ENV) or nothing, lines, root, problems)
    reader = _place_reader(root, table, lines, machine)
    shared = problems.read(shared_gpus, table) or ""
    gpus = problems.read(chosen_gpus, shared, lines) or ""
    # The places depend on what their reader has read so far, and the conflicts depend on all places.
    located = [] if reader.problems else reader.read()
    if not reader.problems:
        find_conflicts(located, machine.real, reader.problems)
    problems.extend(reader.problems)
    places = tuple(item.place for item in located)
    known = Known(reader.owners, None if reader.problems else places, shared, count(gpus))
    team = problems.read(table.table, "env") or nothing
    variables = shell_variables(team, lines, known, problems)
    python = problems.read(chosen_python, problems.read(table.table, "python") or nothing, lines, root, machine)
    images = pinned_images(problems.read(table.table, "images") or nothing, problems)
    names = None if reader.problems else [place.name for place in places]
    clusters = read_clusters(problems.read(table.table, "cluster") or nothing, names, problems)
    if problems:
        return None
    notes += filter(None, [networks.question(reader.network)])
    if "user" not in options and machine.uid != 0:
        notes.append(f"{_WRITES_AS_ROOT}; {cure('root-writes', root=root)}")
    notes += missing_python(python, root)
    mounts = mounts_for(places, machine.real)
    hidden = tuple(name for name in inside if name in secrets(inside, variables))
    missing = {mount.source: machine.real(mount.source) for mount in mounts if not machine.exists(mount.source)}
    project = Project(
        root=root,
        name=name,
        layout=_layout(table),
        network=reader.network,
        gpus=gpus,
        places=places,
        mapping=Mapping(mounts, identity(container.values.get("user"), machine) | inside, options, hidden),
        variables=variables,
        python=python,
        images=images,
        clusters=clusters,
        missing_mount_folders=tuple(missing.values()),
        steps=steps_to((place.host for place in places), root, machine),
        missing_at=next((item.host_at for item in located if item.place.host in missing), None),
        shared=frozenset({*team.values, *([NUMBER] if gpus and gpus == shared else [])} - {*lines}),
        users=frozenset({*identity("auto", machine)} - {*inside} if container.values.get("user") == "auto" else ()),
    )
    return project._replace(notes=(*notes, *_astray(not_at_their_paths(project, machine), root)))


def _astray(places: Sequence[Place], root: str) -> Iterator[str]:
    """Say which variables lead to another folder in the container than on this machine, or nowhere."""
    if places:
        names = " and ".join(place.container_variables[0] for place in places)
        how = cure("not-at-its-path", names=[f"places.{place.name}.mount" for place in places], root=root)
        if len(places) == 1:
            yield f"{names} does not lead to the folder of its place in the container; {how}"
        else:
            yield f"{names} do not lead to the folders of their places in the container; {how}"


def _place_reader(root: str, table: Table, lines: dict[str, Given], machine: Machine) -> PlaceReader:
    """Return a reader of the places. It already has the problems of everything that the places depend on."""
    problems = Problems()
    for key in table.values:
        problems.read(_require_known, table, key)
    layout = problems.read(_layout, table) or "classic"
    network = problems.read(_network, table) or ""
    places = problems.read(table.table, "places") or table
    problems.read(mountable, Given(root, Where(table.file)), machine)
    return PlaceReader(places, LAYOUTS[layout], network, lines, root, machine, problems)


def _require_known(table: Table, key: str) -> None:
    if key == "docker":
        cure = "write [container] in place of [docker]"
        raise Problem("docker-table", "[docker] is now called [container]", cure, table.at(key))
    table.require_known(key, KEYS)


def _layout(table: Table) -> str:
    layout = table.string("layout", "classic") if "layout" in table.values else "classic"
    if layout not in LAYOUTS:
        raise Problem("unknown-layout", f'unknown layout "{layout}"', suggestion(layout, LAYOUTS), table.at("layout"))
    return layout


def _network(table: Table) -> str:
    """Return the network; "" if there is none, as in a project of data services."""
    if "network" not in table.values:
        return ""
    network = table.string("network", "detectnet_v2")
    if PLACEHOLDER in network or not _NETWORK.fullmatch(network):
        cure = 'write it as in `tao model NETWORK …`, such as network = "detectnet_v2"'
        raise Problem("bad-network", f"{network!r} is not the name of a network", cure, table.at("network"))
    return network


def _name(table: Table, root: str) -> str:
    """Return the name for prompts. It is printable, so no file can write control characters to a terminal."""
    if "name" not in table.values:
        return printable(os.path.basename(root))
    name = table.string("name", "my project")
    if not name.strip() or name != printable(name) or len(name) > _LONGEST_NAME:
        cause = f"the name is empty, not printable or longer than {_LONGEST_NAME} characters"
        raise Problem("bad-project-name", cause, 'write a name such as "night shift"', table.at("name"))
    return name
