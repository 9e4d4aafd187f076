"""The model of a project: values without behaviour."""

from __future__ import annotations

from dataclasses import dataclass, field

from taoshell.errors import Where


@dataclass(frozen=True, slots=True)
class Given:
    """A text from one of the project's files, and the file and line it was read from."""

    text: str
    at: Where


@dataclass(frozen=True, slots=True)
class Place:
    """One folder under two absolute, normalised paths, and the variables that name them (None: no variable)."""

    name: str
    host: str
    container: str
    host_variable: str | None = None
    container_variable: str | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """A component on the way to a place: an absolute path, and its target if it is a symlink."""

    path: str
    target: str | None


@dataclass(frozen=True, slots=True)
class Mount:
    """A host path that the container sees as `destination`."""

    source: str
    destination: str


@dataclass(frozen=True)
class Project:
    """A project, for this user on this machine.

    `name` is printable. `docker` and `container_env` are the launcher's DockerOptions and Envs. `notes` are for the
    user to read. `missing_mount_folders` are the host ends of mounts that do not exist; `missing_at` is where the first
    of them was read. `steps` lead to the places: an approval covers the symlinks among them.
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
    missing_mount_folders: tuple[str, ...] = ()
    steps: tuple[Step, ...] = ()
    missing_at: Where | None = field(default=None, repr=False, compare=False)
