"""Choose the mounts for the places of a project, and translate paths in both directions.

Pure: only `RealPath` knows the disk, so tables can test everything.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from taoshell.project.machine import RealPath
from taoshell.project.model import Mount, Place


def mounts_for(places: Sequence[Place], real: RealPath) -> tuple[Mount, ...]:
    """Return the mounts that bring every place into the container, in the order of the places.

    A place gets its own mount if and only if no other mount carries its real host path to its container path in its
    mode. A place that is not `is_mounted` gets none. The container paths must be different.
    """
    chosen: dict[str, Mount] = {}
    for place in sorted(places, key=lambda place: depth(place.container)):  # a mount decides about the paths below it
        if place.is_mounted and not _carries(tuple(chosen.values()), place, real):
            chosen[place.name] = Mount(place.host, place.container, place.mode)
    return tuple(chosen[place.name] for place in places if place.name in chosen)


def to_container(path: str, mounts: Sequence[Mount], real: RealPath) -> str | None:
    """Return the container's path for the absolute host path `path`, or None if the container does not see it."""
    carried = carrier(path, mounts, real)
    return carried and carried[1]


def carrier(path: str, mounts: Sequence[Mount], real: RealPath) -> tuple[Mount, str] | None:
    """Return the mount that carries the absolute host path `path`, and the container's path; None if there is none.

    If the container sees it under several paths, the mount with the deepest source counts.
    """
    wanted = real(path)
    for mount in sorted(mounts, key=lambda mount: depth(real(mount.source)), reverse=True):
        rest = below(wanted, real(mount.source))
        if rest is None:
            continue
        seen = _join(mount.destination, rest)
        if governing(mounts, seen) == mount:  # else a deeper mount hides it
            return mount, seen
    return None


def to_host(path: str, mounts: Sequence[Mount]) -> str | None:
    """Return the host's path for the container's absolute, normalised `path`, or None if it is not in a mount."""
    mount = governing(mounts, path)
    if mount is None:
        return None
    return _join(mount.source, below(path, mount.destination) or "")


def mount_points(mounts: Sequence[Mount]) -> tuple[tuple[str, str], ...]:
    """Return each host path at which the container has a mount inside another one, and the source of that mount.

    An engine makes such a path if it is missing, and then root may own it.
    """
    found = []
    for mount in mounts:
        outer = governing([other for other in mounts if other is not mount], mount.destination)
        if outer is not None:
            found.append((_join(outer.source, below(mount.destination, outer.destination) or ""), mount.source))
    return tuple(found)


def below(path: str, folder: str) -> str | None:
    """Return `path` relative to `folder`, by whole components: "" if they are equal, None if it is not in `folder`."""
    if path == folder:
        return ""
    start = folder.rstrip("/") + "/"
    return path[len(start) :] if path.startswith(start) else None


def depth(path: str) -> int:
    """Return the number of components of an absolute path."""
    return len(path.rstrip("/").split("/"))


def _carries(mounts: Sequence[Mount], place: Place, real: RealPath) -> bool:
    """Whether `mounts` already bring the place to its container path, in its mode.

    They do not if there is a symlink below the source: in the container, it may lead nowhere.
    """
    mount = governing(mounts, place.container)
    if mount is None or mount.mode != place.mode:
        return False
    rest = below(place.container, mount.destination) or ""
    return _join(real(mount.source), rest) == real(place.host)


def governing(mounts: Iterable[Mount], path: str) -> Mount | None:
    """Return the mount that decides what the container sees at `path`: the deepest one at or above it."""
    above = [mount for mount in mounts if below(path, mount.destination) is not None]
    return max(above, key=lambda mount: depth(mount.destination), default=None)


def _join(folder: str, rest: str) -> str:
    return f"{folder.rstrip('/')}/{rest}" if rest else folder
