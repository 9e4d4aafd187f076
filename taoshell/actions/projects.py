"""`taoshell list` and `prune`: all projects in the user's state folder."""

from __future__ import annotations

import os
from typing import NamedTuple

from taoshell.actions import change, record
from taoshell.actions.find import TOML
from taoshell.actions.sources import read_sources
from taoshell.errors import TaoshellError, printable
from taoshell.mounts import leftovers, mapping
from taoshell.state import approvals, sessions, stamps
from taoshell.state.files import lock, remove, remove_tree
from taoshell.state.kept import Kept
from taoshell.state.paths import State


class Known(NamedTuple):
    """A project, its standing ("approved", "not approved", "broken" or "gone"), and the number of shells in it."""

    root: str
    standing: str
    shells: int


def projects(state: State) -> list[Known]:
    """Return every project that was ever approved, sorted by path."""
    inside = [session.project for session in sessions.live(state)]
    return [Known(root, _standing(state, root), inside.count(root)) for root in roots(state)]


def prune(state: State) -> list[str]:
    """Forget each project whose taoshell.toml is gone, unless a live shell is in it. Returns lines to say.

    Also forget the shells on other machines, which may have ended.
    `mounts.json` becomes a tombstone, as an older process may still have it in LAUNCHER_MOUNTS. Every `shared.json`
    stays, as a program may still have it open.
    """
    with lock(state):
        others = sessions.forget_other_hosts(state)
        to_say = [f"forgot {session.who}, which was in {printable(session.project)}" for session in others]
        inside = {session.project for session in sessions.live(state)}
        for root in roots(state):
            if root in inside or os.path.lexists(os.path.join(root, TOML)):
                continue
            project = state.project(root)
            approvals.revoke(state, root)
            record.forget(state, root)  # first: it may contain KEY, and so may the generations
            Kept(project.replaced).forget()
            stamps.withdraw(state, project)
            if os.path.lexists(project.folder):  # not if the home was moved before the project was removed
                to_say += mapping.expose(state, project, mapping.tombstone(root, "is gone"))
            try:
                remove_tree(state, project.generations)
            except TaoshellError as error:  # `current` stays, so that the next prune tries again
                to_say.append(str(error))
                continue
            remove(project.current)
            to_say.append(f"forgot {printable(root)}")
        return to_say + leftovers.prune(state)


def roots(state: State) -> list[str]:
    """Return the sorted folders of all projects, without reading anything in them."""
    compiled = {project.root for project in state.project_folders() if os.path.lexists(project.current)}
    return sorted(compiled.union(state.recorded_below_home()))


def _standing(state: State, root: str) -> str:
    if not os.path.lexists(os.path.join(root, TOML)):
        return "gone"
    try:
        planned = change.plan(state, read_sources(root))
        planned.require_folders()
    except TaoshellError:
        return "broken"
    return "approved" if record.is_approved(state, planned.now, planned.project) else "not approved"
