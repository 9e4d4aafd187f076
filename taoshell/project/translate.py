"""Translate paths between this machine and the container, as the container really sees them. Pure.

A path in the container is followed as the kernel does there: a symlink in a mounted folder leads to a path of the
container, and `..` is the parent of where a symlink leads.
"""

from __future__ import annotations

import os
import re
import stat
from typing import NamedTuple

from taoshell.cures import cure
from taoshell.project.links import end_of
from taoshell.project.machine import Machine
from taoshell.project.model import Mount, Project
from taoshell.project.mounts import below, carrier, governing
from taoshell.project.mounts import to_host as host_of

# Folders of every image. A path in them is hardly one of the user's data.
_OF_IMAGES = "bin boot dev etc lib lib32 lib64 opt proc root run sbin sys tmp usr var"
OF_IMAGES = frozenset(_OF_IMAGES.split())


class Translated(NamedTuple):
    """A path on the other side, and the mount that carries it."""

    path: str
    mount: Mount


class HostPaths(NamedTuple):
    """The paths of this machine in a word of a command line, and the word with the container's paths for them.

    Each path is beside the container's, which is "" if no mount carries it.
    """

    paths: tuple[tuple[str, str], ...]
    word: str


def to_container(project: Project, path: str, machine: Machine) -> Translated | None:
    """Return the container's path for the absolute host path `path`; None if no mount carries it."""
    carried = carrier(path, project.mapping.mounts, machine.real)
    return carried and Translated(_with_slash(carried[1], path), carried[0])


def to_host(project: Project, path: str, machine: Machine) -> Translated | None:
    """Return the file of this machine that the container opens at its absolute `path`; None if no mount carries it."""
    mounts = project.mapping.mounts
    end = end_in_container(project, path, machine)
    mount = governing(mounts, end) if end else None
    return Translated(_with_slash(host_of(end, mounts) or "", path), mount) if end and mount else None


def end_in_container(project: Project, path: str, machine: Machine) -> str | None:
    """Return where the absolute `path` leads in the container; None if it leads in a circle."""
    mounts = project.mapping.mounts
    destinations = {mount.destination for mount in mounts}

    def link(step: str) -> str | None:
        host = host_of(step, mounts)
        return None if host is None or step in destinations else machine.link(host)

    return end_of(path, machine._replace(link=link))


def why_astray(project: Project, path: str, machine: Machine) -> tuple[str, str]:
    """Return why symlinks lead the container's absolute `path` out of all mounts, and what to do; "" if none does."""
    end = end_in_container(project, path, machine)
    if end is None:
        return f"the symlinks on the way to {path} lead in a circle", "correct one of them"
    if end == end_of(path, machine._replace(link=lambda _: None)):
        return "", ""
    problem = f"{path} leads through a symlink to {end}, which the container does not see"
    return problem, how_to_reach(project, end, machine)


def is_possible(path: str) -> bool:
    """Whether a file can have this path."""
    try:
        return "\0" not in path and "\n" not in path and len(os.fsencode(path)) < 4096
    except UnicodeEncodeError:  # half of a character
        return False


def is_host_path(project: Project, path: str, machine: Machine) -> bool:
    """Whether the absolute `path` is one of this machine and not one of the container."""
    inside = to_host(project, path, machine)
    if inside is not None and machine.exists(inside.path):
        return False
    is_of_mount = governing(project.mapping.mounts, os.path.normpath(path)) is not None
    is_there = machine.exists(path)
    if is_users(project, path, machine):
        return is_there or not is_of_mount
    return is_there and not is_of_mount and path.split("/")[1] not in ("", *OF_IMAGES)


def is_users(project: Project, path: str, machine: Machine) -> bool:
    """Whether the host path `path` is in a folder of a place, or in the user's home."""
    hosts = [machine.home, *(place.host for place in project.places)]
    return any(below(path, host) is not None for host in {*hosts, *map(machine.real, hosts)})


def host_paths_in(word: str, project: Project, machine: Machine) -> HostPaths:
    """Return the host paths in a word after `run`, such as `/x`, `-e=/x`, `key=/x,/y`, `key=[/x,/y]` or `a:/x`."""
    found: list[tuple[str, str]] = []

    def translated(match: re.Match[str]) -> str:
        path = match[0]
        if not is_possible(path) or not is_host_path(project, path, machine):
            return path
        right = to_container(project, path, machine)
        found.append((path, right.path if right else ""))
        return right.path if right else path

    start = re.match(r"(?:[^/=\[]*=)?", word)
    before = start[0] if start else ""
    rest = word[len(before) :]
    is_path = rest.startswith("/")
    if is_path and is_possible(rest) and machine.exists(rest):
        pattern = r"^/.*"  # whatever is in it
    elif "[" in rest and not is_path:
        pattern = r"""(?<=[\[,'" ])/[^,\]'"]*"""
    elif is_path or not re.search(r"\s", rest):
        pattern = r"(?<![^,:])/(?!/)(?:[^,:]|[,:](?!/))*"  # between commas or colons, and no URL
    else:
        pattern = r"(?!)"  # the code of a shell, for example
    changed = re.sub(pattern, translated, rest, flags=re.DOTALL)
    return HostPaths(tuple(found), before + changed)


def place_of(project: Project, mount: Mount) -> str:
    """Return the name of the place that a mount is for."""
    return next(place.name for place in project.places if place.container == mount.destination)


def how_to_reach(project: Project, path: str, machine: Machine) -> str:
    """Return what to do so that the container sees the absolute host path `path`, which no mount carries."""
    if not machine.exists(path):
        return "there is no such path on this machine, so correct it"
    folder = machine.real(path) if ".." in path.split("/") else os.path.normpath(path)
    if not stat.S_ISDIR(machine.mode(folder) or 0):
        folder = os.path.dirname(folder)
    if re.search(r"[:$`\x00-\x1f\x7f]|FIXME", folder):
        return "rename the folder: no place can have this path"
    around_home = any(below(inner, machine.real(folder)) is not None for inner in (machine.home, project.root))
    if around_home or folder.lstrip("/") in OF_IMAGES:
        return "move it into the folder of a place"
    name = re.sub(r"[^A-Za-z0-9_-]+", "-", os.path.basename(folder)).strip("-") or "place"
    taken = {place.name for place in project.places}
    taken |= {place.container.strip("/") for place in project.places} | OF_IMAGES | {"workspace"}
    name = next(new for new in (name, *(f"{name}-{number}" for number in range(2, 99))) if new not in taken)
    text = folder.replace("\\", "\\\\").replace('"', '\\"')
    value = folder if project.layout == "same" else f'{{ host = "{text}", container = "/{name}" }}'
    return cure("no-mount", setting=f"places.{name}={value}", root=project.root)


def _with_slash(path: str, like: str) -> str:
    """Return `path` with a slash at its end if `like` has one."""
    return f"{path}/" if like.endswith("/") and not path.endswith("/") else path
