"""Places that would get into each other's way, or whose mounts the launcher would move: all silent there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from taoshell.errors import TaoshellError
from taoshell.project.mounts import Place, RealPath, mounts_for
from taoshell.project.paths import require_same_on_host
from taoshell.project.toml import Complain


@dataclass(frozen=True, slots=True)
class Located:
    """A place, and how to complain about either side of it."""

    place: Place
    host: Complain
    container: Complain


def require_apart(found: Sequence[Located], real: RealPath) -> None:
    """Raises TaoshellError where two places would get into each other's way, or the launcher would move a mount."""
    folders: dict[str, Located] = {}
    containers: dict[str, Located] = {}
    for item in found:
        name, folder, container = item.place.name, real(item.place.host), item.place.container
        other = folders.setdefault(folder, item)
        if other is not item:  # TAO's launcher 6.26.3 mounts one source once: silently, at the last destination
            raise _where_written(
                (item.host, other.host),
                f"places {other.place.name} and {name} are one real folder, {folder}",
                "give each a folder of its own",
            )
        other = containers.setdefault(container, item)
        if other is not item:
            raise _where_written(
                (item.container, other.container),
                f"places {other.place.name} and {name} have one container path, {container}",
                "give each a container path of its own",
            )
    destinations = {mount.destination for mount in mounts_for([item.place for item in found], real)}
    for item in found:
        if item.place.container in destinations:
            require_same_on_host(item.place.container, real, item.container)


def _where_written(sides: Sequence[Complain], cause: str, cure: str) -> TaoshellError:
    """The error at the first of `sides` that stands in a file, and is not the layout's."""
    errors = [complain(cause, cure) for complain in sides]
    return next((error for error in errors if error.where is not None and error.where.line is not None), errors[0])
