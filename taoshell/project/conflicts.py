"""Places that would get in each other's way, or whose mounts the launcher would move. The launcher is silent there."""

from __future__ import annotations

from collections.abc import Sequence

from taoshell.errors import Where
from taoshell.project.machine import RealPath
from taoshell.project.model import Given
from taoshell.project.mounts import below, depth, mounts_for
from taoshell.project.paths import require_same_on_host
from taoshell.project.places import Located
from taoshell.project.problems import Problems
from taoshell.project.toml import quoted


def find_conflicts(found: Sequence[Located], real: RealPath, problems: Problems) -> None:
    """Report places with the same folder or container path, and mounts that the launcher would move."""
    folders: dict[str, tuple[Located, Given]] = {}
    containers: dict[str, tuple[Located, Given]] = {}
    for item in found:
        if item.host is not None:
            folder = real(item.host.text)
            other, given = folders.setdefault(folder, (item, item.host))
            if other is not item:  # TAO's launcher 6.26.3 mounts one source once: silently, at the last destination
                problems.add(
                    "same-folder",
                    f"places {quoted(other.name)} and {quoted(item.name)} are the same folder, {folder}",
                    "give each place a folder of its own",
                    _written(item.host, given),
                )
        if item.container is not None:
            other, given = containers.setdefault(item.container.text, (item, item.container))
            if other is not item:
                problems.add(
                    "same-container-path",
                    f"places {quoted(other.name)} and {quoted(item.name)} have the same container path, "
                    f"{item.container.text}",
                    "give each place a container path of its own",
                    _written(item.container, given),
                )
    _find_moved(found, real, problems)


def _find_moved(found: Sequence[Located], real: RealPath, problems: Problems) -> None:
    """Report each destination that the launcher would rewrite, but none below it: those may follow from it."""
    destinations = {mount.destination for mount in mounts_for([item.place for item in found if item.place], real)}
    mounted = [item.container for item in found if item.place and item.container]
    # A place with a problem may turn out to carry what is below it, and then there is no mount to move.
    above = [item.container.text if item.container else "/" for item in found if not item.place]
    for container in sorted(mounted, key=lambda given: depth(given.text)):
        if container.text not in destinations or any(below(container.text, path) is not None for path in above):
            continue
        before = len(problems.found)
        problems.read(require_same_on_host, container, real)
        if len(problems.found) > before:
            above.append(container.text)


def _written(*sides: Given) -> Where:
    """The first of `sides` that is written in a file and not the layout's."""
    written = [side.at for side in sides if side.at.key or side.at.line is not None]
    return written[0] if written else sides[0].at
