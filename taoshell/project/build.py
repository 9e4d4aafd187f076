"""From the text of taoshell.toml and the user's lines of .env to a checked project.

Pure: the machine is known only through `Machine`.
"""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field

from taoshell.errors import printable
from taoshell.project import toml
from taoshell.project.container import docker_options, identity
from taoshell.project.layouts import LAYOUTS
from taoshell.project.machine import Machine
from taoshell.project.mounts import Mount, Place, mounts_for
from taoshell.project.places import PlaceTable
from taoshell.project.toml import Complain, Table, suggestion
from taoshell.project.variables import container_variables, shell_variables, user_lines

__all__ = ["DotenvValues", "Project", "build", "require_sources"]

DotenvValues = Mapping[str, tuple[str, int]]
"""The user's assignments in .env that are to be exported: name → value and line."""

_KEYS = ("name", "layout", "network", "places", "docker", "container", "env")
_NETWORK = re.compile(r"(?!\.\.?$)[A-Za-z0-9_.-]+")


@dataclass(frozen=True)
class Project:
    """What a project is for this user on this machine.

    `name` is printable; `docker` and `container_env` are the launcher's DockerOptions and Envs; `notes` are for the
    user to read; `missing_sources` are the host paths of mounts that do not exist yet, and `complain_of_missing` knows
    where the first of them stands.
    """

    root: str
    name: str
    layout: str
    network: str
    places: tuple[Place, ...]
    mounts: tuple[Mount, ...]
    variables: dict[str, str]
    docker: dict[str, object]
    container_env: dict[str, str]
    notes: tuple[str, ...] = ()
    missing_sources: tuple[str, ...] = ()
    complain_of_missing: Complain | None = field(default=None, repr=False, compare=False)


def build(root: str, toml_text: str, dotenv: DotenvValues, machine: Machine, toml_path: str, env_path: str) -> Project:
    """The project in the folder `root`, an absolute real path.

    Raises TaoshellError with file, line, cause and cure for whatever would make the shell, the launcher or Docker do
    something else than what stands there.
    """
    table = toml.parse(toml_text, toml_path)
    table.require_known(_KEYS)
    lines = user_lines(dotenv, env_path)
    layout, network = _layout(table), _network(table)
    slots = LAYOUTS[layout]
    located = PlaceTable(table.table("places"), lines, root, machine).places(slots, network)
    places = tuple(item.place for item in located)
    container = table.table("container")
    container.require_known(["env"])
    container_env, unset = container_variables(container.table("env"), lines)
    docker = table.table("docker")
    options = docker_options(docker, machine)
    mounts = mounts_for(places, machine.real)
    missing = tuple(mount.source for mount in mounts if not machine.exists(mount.source))
    return Project(
        root=root,
        name=_name(table, root),
        layout=layout,
        network=network,
        places=places,
        mounts=mounts,
        variables=shell_variables(table.table("env"), lines, slots, places),
        docker=options,
        container_env=identity(docker, machine) | container_env,
        notes=(*unset, *_note_on_root(options, machine)),
        missing_sources=missing,
        complain_of_missing=next((item.host for item in located if item.place.host in missing), None),
    )


def require_sources(project: Project) -> None:
    """Raises TaoshellError where a mount starts at a path that does not exist: the launcher would refuse it."""
    missing = project.missing_sources
    if project.complain_of_missing is not None:
        raise project.complain_of_missing(
            f"the container needs {', '.join(missing)}, and {'it is' if len(missing) == 1 else 'they are'} missing",
            f"mkdir -p {shlex.join(missing)}, or taoshell init --mkdir",
        )


def _layout(table: Table) -> str:
    layout = table.string("layout", "classic") or "classic"
    if layout not in LAYOUTS:
        raise table.error("layout", f'unknown layout "{layout}"', suggestion(layout, LAYOUTS))
    return layout


def _network(table: Table) -> str:
    network = table.string("network", "detectnet_v2")
    if network is None:
        raise table.error(None, "no network is named", 'add a line such as: network = "detectnet_v2"')
    if network == "FIXME" or not _NETWORK.fullmatch(network):
        raise table.error(
            "network",
            f"{network!r} is no network's name",
            'write it as in `tao model NETWORK …`, such as network = "detectnet_v2"',
        )
    return network


def _name(table: Table, root: str) -> str:
    """The name in prompts: printable, so that no file can write control characters to a terminal."""
    name = table.string("name", "my project")
    if name is None:
        return printable(os.path.basename(root))
    if not name.strip() or name != printable(name):
        raise table.error("name", "the name is empty or not printable", 'write a name such as "night shift"')
    return name


def _note_on_root(options: Mapping[str, object], machine: Machine) -> tuple[str, ...]:
    if "user" in options or machine.uid == 0:
        return ()
    return ('the container will write as root, and you cannot delete that; to own it, add to [docker]: user = "auto"',)
