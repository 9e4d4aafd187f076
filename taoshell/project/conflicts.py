"""Find places that get in each other's way, and mounts that the launcher would move. The launcher reports neither."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from taoshell.errors import Where
from taoshell.project.machine import RealPath
from taoshell.project.model import Given
from taoshell.project.mounts import below, depth, mounts_for
from taoshell.project.places import Located
from taoshell.project.problems import Problem, Problems
from taoshell.project.toml import quoted


def find_conflicts(found: Sequence[Located], real: RealPath, problems: Problems) -> None:
    """Report places with the same folder or container path; if there are none, mounts that the launcher would move."""
    hosts = [(item.place.name, Given(real(item.place.host), item.host_at)) for item in found]
    containers = [(item.place.name, Given(item.place.container, item.container_at)) for item in found]
    # TAO's launcher 6.26.3 mounts each source only once: silently, at its last destination.
    for names, folder, at in _same(hosts):
        cause = f"places {names} are the same folder, {folder}"
        problems.append(Problem("same-folder", cause, "give each place a folder of its own", at))
    for names, path, at in _same(containers):
        cause = f"places {names} have the same container path, {path}"
        problems.append(Problem("same-container-path", cause, "give each place a container path of its own", at))
    if not problems:
        _find_moved(found, real, problems)


def _same(paths: Iterable[tuple[str, Given]]) -> Iterator[tuple[str, str, Where]]:
    """Yield the names of two places with the same path, the path, and where a file, not the layout, gives it."""
    seen: dict[str, tuple[str, Where]] = {}
    for name, path in paths:
        other, at = seen.setdefault(path.text, (name, path.at))
        if other != name:
            yield f"{quoted(other)} and {quoted(name)}", path.text, at if path.at.line is None else path.at


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
            cure = "use a container path that is not behind a symlink on this machine"
            problems.append(Problem("container-path-behind-symlink", cause, cure, item.container_at))
