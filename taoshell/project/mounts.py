"""Places: host and container paths that are the same thing, the mounts that follow, and translation both ways.

Pure: the disk is known only through `RealPath`, so that all of it can be tested by tables.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

RealPath = Callable[[str], str]
"""`os.path.realpath`, or a table in its place: an absolute path with every symlink followed."""


@dataclass(frozen=True, slots=True)
class Place:
    """One thing under two absolute, normalised paths, and the variables that name them (None: no variable)."""

    name: str
    host: str
    container: str
    host_variable: str | None = None
    container_variable: str | None = None


@dataclass(frozen=True, slots=True)
class Mount:
    """A host path that the container sees as `destination`."""

    source: str
    destination: str


def mounts_for(places: Sequence[Place], real: RealPath) -> tuple[Mount, ...]:
    """The mounts that bring every place into the container, in the order of the places.

    A place gets one of its own exactly when no other mount already carries its real host path to its container path.
    The container paths must be different, and so must the real host paths.
    """
    chosen: dict[str, Mount] = {}
    for place in sorted(places, key=lambda place: _depth(place.container)):  # what governs a path lies above it
        if not _carries(tuple(chosen.values()), place, real):
            chosen[place.name] = Mount(place.host, place.container)
    return tuple(chosen[place.name] for place in places if place.name in chosen)


def variables_of(places: Iterable[Place]) -> dict[str, str]:
    """The path variables: per place the host's, then the container's."""
    found: dict[str, str] = {}
    for place in places:
        if place.host_variable is not None:
            found[place.host_variable] = place.host
        if place.container_variable is not None:
            found[place.container_variable] = place.container
    return found


def to_container(path: str, mounts: Sequence[Mount], real: RealPath) -> str | None:
    """Where the container sees the absolute host path `path`; None where it does not.

    A path that it sees under several names gets that of the deepest source: the most particular one.
    """
    wanted = real(path)
    for mount in sorted(mounts, key=lambda mount: _depth(real(mount.source)), reverse=True):
        rest = _below(wanted, real(mount.source))
        if rest is None:
            continue
        seen = _join(mount.destination, rest)
        if _governing(mounts, seen) == mount:  # else a deeper mount hides it
            return seen
    return None


def to_host(path: str, mounts: Sequence[Mount]) -> str | None:
    """What the container's absolute, normalised `path` is on the host; None where it lies in no mount."""
    mount = _governing(mounts, path)
    if mount is None:
        return None
    return _join(mount.source, _below(path, mount.destination) or "")


def _carries(mounts: Sequence[Mount], place: Place, real: RealPath) -> bool:
    """Is the place at its container path already? Not where a symlink stands on the way below the source: it would be
    followed inside the container, where it may well end nowhere."""
    mount = _governing(mounts, place.container)
    if mount is None:
        return False
    rest = _below(place.container, mount.destination) or ""
    return _join(real(mount.source), rest) == real(place.host)


def _governing(mounts: Iterable[Mount], path: str) -> Mount | None:
    """The mount that decides what the container sees at `path`: the deepest one above or at it."""
    above = [mount for mount in mounts if _below(path, mount.destination) is not None]
    return max(above, key=lambda mount: _depth(mount.destination), default=None)


def _below(path: str, folder: str) -> str | None:
    """`path` relative to `folder`, whole components only: "" where they are equal, None where it is not below."""
    if path == folder:
        return ""
    start = folder.rstrip("/") + "/"
    return path[len(start) :] if path.startswith(start) else None


def _join(folder: str, rest: str) -> str:
    return f"{folder.rstrip('/')}/{rest}" if rest else folder


def _depth(path: str) -> int:
    return len(path.rstrip("/").split("/"))
