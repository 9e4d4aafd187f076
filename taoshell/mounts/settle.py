"""Settle, as Python does it: whatever is unusual about the mounts file is put right under the lock.

shell/posix/settle.sh does the usual case, one link replaced, by the same rule: the newest live session that is in a
project has the mounts file; if there is none, the user's own mapping is in force.
"""

from __future__ import annotations

import os

from taoshell.mounts import leftovers, link, mapping
from taoshell.state import generations, sessions
from taoshell.state.files import about, lock, read_or_none, replace_file, replace_link
from taoshell.state.paths import State


def settle(state: State, own_session: str = "") -> list[str]:
    """Make the mounts file what the newest live session wants. Returns what to tell the user.

    `own_session`: the file of the calling shell's session, which it has just written, or "".
    Raises TaoshellError or OSError where the mounts file cannot be taken over; nothing is half done then.
    """
    with lock(state):
        sessions.ensure_folder(state)
        sessions.sweep(state)
        leftovers.sweep(state)
        mapping.ensure_refusal(state)
        if own_session:
            sessions.make_newest(state, own_session)
        if os.path.exists(state.released):
            return link.give_back(state)  # nothing to do, unless the release was killed
        with about(state.mounts_file):
            to_say = link.recover(state)
        done = None
        while (root := _wanted(state)) != done:  # shells do not wait for our lock: look again
            to_say += _put_in_force(state, root)
            done = root
        return to_say


_BY_UNINSTALL = b"by uninstall\n"


def release(state: State, *, by_uninstall: bool = False) -> list[str]:
    """Give the mounts file back and leave it alone until `take`; LAUNCHER_MOUNTS goes on working.

    Returns what to tell the user. Raises as `settle`. A release `by_uninstall` ends when taoshell is installed again,
    one that the user has asked for does not.
    """
    with lock(state):
        to_say = []
        if link.names_project(state) and not os.path.exists(state.released):
            to_say = link.take_over(state)  # an intruder is not what the user gets back
        if not by_uninstall or not os.path.exists(state.released):
            replace_file(state.released, _BY_UNINSTALL if by_uninstall else b"")
        return to_say + link.give_back(state)


def take(state: State) -> list[str]:
    """End a release. Returns what to tell the user; raises as `settle`."""
    with lock(state):
        if os.path.exists(state.released):
            link.give_back(state)  # a shell that was about to change `cur` may have made it again
            os.unlink(state.released)
    return settle(state)


def is_released_by_uninstall(state: State) -> bool:
    """Is a release in force that the user has not asked for?"""
    return read_or_none(state.released) == _BY_UNINSTALL


def end_release_of_uninstall(state: State) -> list[str]:
    """`take`, where it was `uninstall` that released. Returns and raises as `settle`."""
    return take(state) if is_released_by_uninstall(state) else []


def _wanted(state: State) -> str:
    """The root of the project that should have the mounts file; "" for the user's own mapping."""
    holder = sessions.holder(state)
    return holder.project if holder else ""


def _put_in_force(state: State, root: str) -> list[str]:
    if root:
        project = state.project(root)
        to_say = mapping.collect_late_writes(state, project)
        if mapping.is_touched(project):
            to_say += _restore(state, root)
        with about(state.mounts_file):
            to_say += link.take_over(state)
        _point_cur(state, os.path.relpath(project.shared, state.root))  # short, as in shell/posix/settle.sh
        return to_say
    to_say = []
    if link.names_project(state):
        to_say = link.take_over(state)  # ours already, or replaced or removed while a project held it
    if link.names_project(state) or link.is_ours(state):
        _point_cur(state, state.original)
    return to_say


def _restore(state: State, root: str) -> list[str]:
    """Both mounts files of the project as the generation in force has them, or as a tombstone where that is gone."""
    project = state.project(root)
    if os.path.exists(project.mounts):
        return mapping.restore_shared(state, project)
    values = generations.current(project)
    return mapping.expose(state, project, values.mounts_json if values else mapping.tombstone(root))


def _point_cur(state: State, target: str) -> None:
    if not os.path.islink(state.cur) or os.readlink(state.cur) != target:
        replace_link(state.cur, target)
