"""Release: taoshell leaves the mounts file alone until it is taken again; LAUNCHER_MOUNTS keeps working."""

from __future__ import annotations

import os

from taoshell.mounts import link, mapping
from taoshell.mounts.settle import settle
from taoshell.state.files import lock, read_or_none, replace_file
from taoshell.state.paths import State

_BY_UNINSTALL = b"by uninstall\n"


def release(state: State, *, by_uninstall: bool = False) -> list[str]:
    """Give the mounts file back and leave it alone until `take`. Return the lines to say; raise as `settle`.

    A release `by_uninstall` ends when taoshell is installed again; one that the user asked for does not.
    """
    with lock(state):
        to_say = link.retake(state)  # otherwise a file that replaced our link would become the user's own mapping
        to_say += mapping.keep_writes(state, state.project_folders())
        if not by_uninstall or not os.path.exists(state.released):
            replace_file(state.released, _BY_UNINSTALL if by_uninstall else b"")
        return to_say + link.give_back(state)


def take(state: State) -> list[str]:
    """End a release. Return the lines to say; raise as `settle`."""
    with lock(state):
        if os.path.exists(state.released):
            link.give_back(state)  # a shell may have recreated `cur` after the release
            os.unlink(state.released)
    return settle(state)


def is_released_by_uninstall(state: State) -> bool:
    """Whether `uninstall` released the mounts file, not the user."""
    return read_or_none(state.released) == _BY_UNINSTALL


def end_release_of_uninstall(state: State) -> list[str]:
    """`take`, if `uninstall` released the mounts file. Return and raise as `settle`."""
    return take(state) if is_released_by_uninstall(state) else []
