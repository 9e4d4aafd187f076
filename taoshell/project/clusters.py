"""[cluster.NAME]: the clusters that the project can run on, and the paths of its places there."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Collection

from taoshell.project.model import Cluster
from taoshell.project.paths import PLACEHOLDER
from taoshell.project.problems import Problem, Problems
from taoshell.project.toml import Table, quoted, suggestion

# Patterns are compiled when they are first used: the hook waits for us, and most projects have no cluster.
_NAME = r"[A-Za-z0-9][A-Za-z0-9_-]*"
_ENGINES = (
    *("docker", "podman", "compose", "slurm", "kubernetes", "k8s", "kubectl", "launcher", "local"),
    *("apptainer", "singularity", "charliecloud", "pyxis", "enroot"),
)
_CONTAINERS = ("pyxis", "apptainer", "charliecloud")
_WORD = r"[^\s\0]+"
_TIME = r"([0-9]+-)?[0-9]+(:[0-9]{1,2}){0,2}"  # sbatch(1), --time


def read_clusters(table: Table, places: Collection[str] | None, problems: Problems) -> tuple[Cluster, ...]:
    """Return the clusters in the order of the file. `places` are the project's, or None if they are not known."""
    found = [problems.read(_cluster, table, name, places, problems) for name in table.values]
    return tuple(cluster for cluster in found if cluster is not None)


def _cluster(table: Table, name: str, places: Collection[str] | None, problems: Problems) -> Cluster:
    if not re.fullmatch(_NAME, name):
        cause = f"{name!r} is not a valid name for a cluster"
        raise Problem("bad-cluster-name", cause, "use letters, digits, _ and - only", table.at(name))
    if name in _ENGINES:
        cause = f"a cluster may not be called {quoted(name)}, which means an engine"
        raise Problem("cluster-named-like-engine", cause, f"use another name, such as my-{name}", table.at(name))
    inner = table.table(name)
    if "engine" not in inner.values:
        cure = f'write engine = "slurm" or "kubernetes" below [cluster.{name}]'
        raise Problem("cluster-without-engine", f"cluster {quoted(name)} has no engine", cure, table.at(name))
    engine = _one_of(inner, "engine", tuple(_READERS))
    readers = _READERS[engine]
    for key in inner.values:
        problems.read(inner.require_known, key, ("engine", *readers, "places"))
    options = {key: problems.read(readers[key], inner, key) or "" for key in inner.values if key in readers}
    there = problems.read(inner.table, "places")
    names = there.values if there else {}
    return Cluster(
        name, engine, options, {place: problems.read(_place, there, place, places) or "" for place in names if there}
    )


def _place(table: Table, name: str, places: Collection[str] | None) -> str:
    """Return the path on the cluster of the place `name`."""
    if places is not None and name not in places:
        cause = f"the project has no place {name!r}"
        raise Problem("unknown-place", cause, suggestion(name, places), table.at(name))
    return _path(table, name)


def _path(table: Table, key: str) -> str:
    """Return an absolute path of the cluster. Its machines may differ from this one, so nothing is resolved."""
    path = table.string(key, "/lustre/…")
    is_placeholder = PLACEHOLDER in path or "/path/to/" in f"{path}/"
    if is_placeholder or not path.startswith("/") or any(char in path for char in "$\0\n") or path == "/":
        cause = f"{table.dotted(key)} is {path!r}, which is not the absolute path of a folder"
        raise Problem("bad-cluster-path", cause, "write the whole path as it is on the cluster", table.at(key))
    return "/" + os.path.normpath(path).lstrip("/")


def _word(table: Table, key: str) -> str:
    value = table.string(key, "batch")
    if PLACEHOLDER in value or not re.fullmatch(_WORD, value):
        cause = f"{table.dotted(key)} is {value!r}, which is not one word"
        raise Problem("bad-cluster-option", cause, "write the name as the cluster has it", table.at(key))
    return value


def _time(table: Table, key: str) -> str:
    value = table.string(key, "4:00:00")
    if not re.fullmatch(_TIME, value):
        cause = f"{table.dotted(key)} is {value!r}, which is not a time limit of Slurm"
        raise Problem("bad-time", cause, 'write hours, minutes and seconds: "4:00:00"', table.at(key))
    return value


def _container(table: Table, key: str) -> str:
    return _one_of(table, key, _CONTAINERS)


def _one_of(table: Table, key: str, known: Collection[str]) -> str:
    value = table.string(key, next(iter(known)))
    if value not in known:
        cause = f"{table.dotted(key)} is {value!r}"
        raise Problem("unknown-value", cause, suggestion(value, known), table.at(key))
    return value


_READERS: dict[str, dict[str, Callable[[Table, str], str]]] = {
    "slurm": {"container": _container, "partition": _word, "account": _word, "time": _time, "images": _path},
    "kubernetes": {},
}
