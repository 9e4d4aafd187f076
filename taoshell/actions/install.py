"""Installing taoshell into a user's shells, renewing what was installed after an upgrade, and taking it all away."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence

from taoshell.actions import compile, projects
from taoshell.errors import TaoshellError, printable
from taoshell.mounts import release
from taoshell.shells import hook_file, start_files
from taoshell.shells.start_files import Edit
from taoshell.state.files import lock
from taoshell.state.paths import State


def install(state: State, name: str, edits: Sequence[Edit]) -> list[str]:
    """Put the hook of the shell `name` in its place, and make `edits`. Returns what to tell the user.

    Raises TaoshellError or OSError where that cannot be done; no start file names a hook that is not there.
    """
    with lock(state):
        hook_file.put(state, name)
        start_files.put(edits)
    return release.end_release_of_uninstall(state)


def is_current(state: State, name: str) -> bool:
    """Is the hook of that shell in its place, as this package makes it, and no uninstall in force?"""
    return hook_file.is_current(state, name) and not release.is_released_by_uninstall(state)


def renew(state: State) -> list[str]:
    """The package is another than the one that was installed: make the hooks anew, and let every project be compiled
    anew when a shell next looks at it. Does nothing where another shell was faster. Returns what to tell the user."""
    with lock(state):
        if all(hook_file.is_current(state, name) for name in hook_file.shells(state)):
            return []
        for root in projects.roots(state):
            compile.outdate(state, root)
        for name in hook_file.shells(state):
            hook_file.put(state, name)
    return []


def uninstall(state: State, edits: Sequence[Edit]) -> list[str]:
    """Give the mounts file back, make `edits`, and remove the hooks. Returns and raises as `install`."""
    if not os.path.isdir(state.root):
        start_files.put(edits)
        return []
    to_say = release.release(state, by_uninstall=True)
    with lock(state):
        start_files.put(edits)
        hook_file.remove(state)
    return to_say


def is_in_place(state: State, name: str, environ: Mapping[str, str]) -> bool:
    """Has a new shell of that name the hook, by what `install` did or by the user's own line?"""
    try:
        return not start_files.to_install(state, name, environ) and os.path.exists(state.hook(name))
    except start_files.LoadedByHand:
        return True
    except TaoshellError:
        return False


def how_to_remove_the_rest(state: State, environ: Mapping[str, str]) -> list[str]:
    """What the user can do about what `uninstall` leaves, in lines."""
    to_say = [f"{where}: this line of yours loads the hook; delete it" for where in start_files.by_hand(environ)]
    pipx = "pipx" in sys.prefix.split(os.sep)
    program = "pipx uninstall taoshell" if pipx else f"{printable(sys.executable)} -m pip uninstall taoshell"
    to_say.append(f"to remove the program: {program}")
    if os.path.isdir(state.root):
        to_say.append(
            f"approvals and backups stay in {printable(state.root)}; without taoshell you can delete that folder"
        )
    return to_say
