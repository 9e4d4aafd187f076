"""The model of a project: values without behaviour."""

from __future__ import annotations

from typing import NamedTuple

from taoshell.errors import Where


class Given(NamedTuple):
    """A text from one of the project's files, and the file and line it was read from."""

    text: str
    at: Where


class Place(NamedTuple):
    """One folder under two absolute, normalised paths, and the variables that name each of them.

    `mode` is "rw" or "ro". A place that is not `is_mounted` never gets a mount of its own.
    """

    name: str
    host: str
    container: str
    host_variables: tuple[str, ...] = ()
    container_variables: tuple[str, ...] = ()
    mode: str = "rw"
    is_mounted: bool = True


class Step(NamedTuple):
    """A component on the way to a place: an absolute path, and its target if it is a symlink."""

    path: str
    target: str | None


class Mount(NamedTuple):
    """A host path that the container sees as `destination`. `mode` is "rw" or "ro"."""

    source: str
    destination: str
    mode: str = "rw"


class Mapping(NamedTuple):
    """What a container gets: the Mounts, Envs and DockerOptions of a mounts file.

    `secrets` are those of `variables` whose values nobody else may see; each is in the user's environment too.
    """

    mounts: tuple[Mount, ...]
    variables: dict[str, str]
    options: dict[str, object]
    secrets: tuple[str, ...] = ()


class Python(NamedTuple):
    """The environment that has TAO's launcher: the name of a conda environment, or else the absolute path of a venv.

    `prefix` is its folder, or "" if there is no environment; `is_conda` says of which kind it is.
    """

    conda: str = ""
    venv: str = ""
    prefix: str = ""
    is_conda: bool = False


class Cluster(NamedTuple):
    """A cluster that the project can run on. `places` are the absolute paths there of the project's places."""

    name: str
    engine: str
    options: dict[str, str]
    places: dict[str, str]


class Project(NamedTuple):
    """A project, for this user on this machine.

    `name` is printable. `network` is "" if there is none. `gpus` is "all", a number such as "2", or a list, which
    always has a comma: "0,1", "3,"; "" is no choice. `images` are the pinned images by kind of command. `notes` are for
    the user to read. `missing_mount_folders` are the real paths of the host ends of mounts that do not exist;
    `missing_at` is where the first of them was read. `steps` lead to the places: an approval covers the symlinks among
    them. `shared` are the names of variables that taoshell.toml sets. `users` are those of the container's variables
    that follow from its user "auto"; none if its user is another.
    """

    root: str
    name: str
    layout: str
    network: str
    gpus: str
    places: tuple[Place, ...]
    mapping: Mapping
    variables: dict[str, str]
    python: Python | None
    images: dict[str, str]
    clusters: tuple[Cluster, ...] = ()
    notes: tuple[str, ...] = ()
    missing_mount_folders: tuple[str, ...] = ()
    steps: tuple[Step, ...] = ()
    missing_at: Where | None = None
    shared: frozenset[str] = frozenset()
    users: frozenset[str] = frozenset()
