"""Find places that get in each other's way, and mounts that the launcher would move. The launcher reports neither."""

from __future__ import annotations

from collections.abc import Sequence

from taoshell.project.machine import RealPath
from taoshell.project.mounts import below, depth, mounts_for
from taoshell.project.places import Located
from taoshell.project.problems import Problem, Problems
from taoshell.project.toml import quoted


def find_conflicts(found: Sequence[Located], real: RealPath, problems: Problems) -> None:
    """Report places with the same container path; if there are none, mounts that the launcher would move."""
    seen: dict[str, Located] = {}
    for item in found:
        path = item.place.container
        other = seen.setdefault(path, item)
        if other is not item:
            at = other.container_at if item.container_at.line is None else item.container_at  # where a file gives it
            cause = (
                f"places {quoted(other.place.name)} and {quoted(item.place.name)} have the same container path, {path}"
            )
            problems.append(Problem("same-container-path", cause, "give each place a container path of its own", at))
    if not problems:
        _find_moved(found, real, problems)


def _find_moved(found: Sequence[Located], real: RealPath, problems: Problems) -> None:
    """Report each destination that the launcher would rewrite, because it follows the symlinks of this machine.

    A destination below a reported one is not reported: the same correction may correct both.
    """
    destinations = {mount.destination for mount in mounts_for([item.place for item in found], real)}
    moved: list[str] = []
    for item in sorted(found, key=lambda item: depth(item.place.container)):
        path = item.place.container
        there = real(path)
        if there != path and path in destinations and not any(below(path, other) is not None for other in moved):
            moved.append(path)
            cause = f"this machine has a symlink on the container path {path}, so the launcher would mount at {there}"
            is_same = path == item.place.host
            cure = (
                f"write the real path, {there}" if is_same else "use a container path that is not behind a symlink here"
            )
            problems.append(Problem("container-path-behind-symlink", cause, cure, item.container_at))
