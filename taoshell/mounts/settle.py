"""Settle, as Python does it: whatever is unusual about the mounts file is put right under the lock.

The usual case, one link replaced, is shell/settle.sh's; the rule is the same: the newest live session that is in a
project has the mounts file, nobody means the user's own mapping.
"""

from __future__ import annotations

import os

from taoshell import generation, leftovers, mounts_file, sessions, takeover
from taoshell.state import State
from taoshell.storage import about, lock, read_or_none, replace_file, replace_link


def settle(state: State, own_session: str = "") -> list[str]:
    """Make the mounts file what the newest live session wants. Returns what to tell the user.

    `own_session`: the file of the calling shell's session, which it has just written, or "".
    Raises TaoshellError or OSError where the mounts file cannot be taken over; nothing is half done then.
    """
    with lock(state):
        sessions.ensure_folder(state)
        sessions.sweep(state)
        leftovers.sweep(state)
        mounts_file.ensure_refusal(state)
        if own_session:
            sessions.make_newest(state, own_session)
        if os.path.exists(state.released):
            return takeover.give_back(state)  # nothing to do, unless the release was killed
        with about(state.mounts_file):
            told = takeover.recover(state)
        done = None
        while (root := _wanted(state)) != done:  # shells do not wait for our lock: look again
            told += _put_in_force(state, root)
            done = root
        return told


_BY_UNINSTALL = b"by uninstall\n"


def release(state: State, *, by_uninstall: bool = False) -> list[str]:
    """Give the mounts file back and leave it alone until `take`; LAUNCHER_MOUNTS goes on working.

    Returns what to tell the user. Raises as `settle`. A release `by_uninstall` ends when taoshell is installed again,
    one that the user has asked for does not.
    """
    with lock(state):
        told = []
        if takeover.names_project(state) and not os.path.exists(state.released):
            told = takeover.take_over(state)  # an intruder is not what the user gets back
        if not by_uninstall or not os.path.exists(state.released):
            replace_file(state.released, _BY_UNINSTALL if by_uninstall else b"")
        return told + takeover.give_back(state)


def take(state: State) -> list[str]:
    """End a release. Returns what to tell the user; raises as `settle`."""
    with lock(state):
        if os.path.exists(state.released):
            takeover.give_back(state)  # a shell that was about to change `cur` may have made it again
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
        told = mounts_file.collect_late_writes(state, project)
        if mounts_file.is_touched(project):
            told += _restore(state, root)
        with about(state.mounts_file):
            told += takeover.take_over(state)
        _point_cur(state, os.path.relpath(project.shared, state.root))  # short, as in shell/settle.sh
        return told
    told = []
    if takeover.names_project(state):
        told = takeover.take_over(state)  # ours already, or replaced or removed while a project held it
    if takeover.names_project(state) or takeover.is_ours(state):
        _point_cur(state, state.original)
    return told


def _restore(state: State, root: str) -> list[str]:
    """Both mounts files of the project as the generation in force has them, or as a tombstone where that is gone."""
    project = state.project(root)
    if os.path.exists(project.mounts):
        return mounts_file.restore_shared(state, project)
    values = generation.current(project)
    return mounts_file.expose(state, project, values.mounts_json if values else mounts_file.tombstone(root))


def _point_cur(state: State, target: str) -> None:
    if not os.path.islink(state.cur) or os.readlink(state.cur) != target:
        replace_link(state.cur, target)
