"""Settle in Python: repair whatever is unusual about the mounts file, under the lock.

shell/posix/settle.sh handles the usual case, replacing one symlink, by the same rule: the newest live session that is
in a project holds the mounts file; if there is none, the user's own mapping is in force.
"""

from __future__ import annotations

import os

from taoshell.mounts import leftovers, link, mapping
from taoshell.state import sessions
from taoshell.state.files import lock, report_errors_at
from taoshell.state.paths import State


def settle(state: State, own_session: str = "") -> list[str]:
    """Hand the mounts file to the newest live session. Return the lines to say.

    `own_session` is the session file that the calling shell has just written, or "".
    Raises TaoshellError or OSError if the mounts file cannot be taken over; nothing is half done then.
    """
    with lock(state):
        sessions.ensure_folder(state)
        sessions.sweep(state)
        leftovers.sweep(state)
        mapping.ensure_refusal(state)
        if own_session:
            sessions.make_newest(state, own_session)
        if os.path.exists(state.released):
            return link.give_back(state)  # changes nothing, unless the release was killed halfway
        with report_errors_at(state.mounts_file):
            to_say = link.mend(state)
        # A shell that leaves a project asks for this before its session says so.
        roots = sorted({session.project for session in sessions.live(state)} - {""})
        to_say += mapping.keep_writes(state, map(state.project, roots))
        done = None
        while (root := _wanted(state)) != done:  # shells do not wait for our lock: check again
            to_say += _hand_over(state, root)
            done = root
        return to_say


def _wanted(state: State) -> str:
    """Return the root of the project that should hold the mounts file; "" for the user's own mapping."""
    holder = sessions.holder(state)
    return holder.project if holder else ""


def _hand_over(state: State, root: str) -> list[str]:
    """Make readers of the mounts file get the mapping of the project in `root`, or the user's own if it is ""."""
    if not root:
        to_say = link.retake(state)
        if link.names_project(state) or link.is_ours(state) or link.is_cur_a_file(state):
            to_say += link.point_cur(state, state.original)
        return to_say
    project = state.project(root)
    to_say = mapping.collect_late_writes(state, project)
    if mapping.is_touched(project):
        to_say += mapping.repair(state, project)
    with report_errors_at(state.mounts_file):
        to_say += link.take_over(state)
    return to_say + link.point_cur(state, project.shared)
