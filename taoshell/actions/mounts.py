"""`taoshell mounts`: who holds the mounts file, and which backups there are."""

from __future__ import annotations

import os
import time
from collections.abc import Callable

from taoshell.cures import cure
from taoshell.mounts import link
from taoshell.mounts.release import is_released_by_uninstall
from taoshell.state import backups, sessions
from taoshell.state.paths import State
from taoshell.state.sessions import Session


def facts(state: State) -> dict[str, object]:
    """Return the mounts file, its holder, the live sessions and the backups, for programs."""
    holder = sessions.holder(state)
    return {
        "mounts_file": state.mounts_file,
        "resolves_to": os.path.realpath(state.mounts_file) if os.path.exists(state.mounts_file) else None,
        "ours": link.is_ours(state),
        "released": os.path.exists(state.released),
        "holder": session_facts(holder) if holder else None,
        "sessions": [session_facts(session) for session in sessions.live(state)],
        "original": state.original if os.path.lexists(state.original) else None,
        "backups": [
            {
                "name": item.name,
                "path": item.path,
                "written": time.strftime("%Y-%m-%dT%H:%M:%S%z", time.localtime(item.written_ns // 10**9)),
                "size": item.size,
                "own": item.own,
                "content": backups.content(item.path),
            }
            for item in backups.listed(state)
        ],
    }


def holder(state: State, shown: Callable[[str], str] = str) -> str:
    """Return whose mapping the mounts file has now, and why. `shown` is how paths are shown."""
    if os.path.exists(state.released):
        why = "taoshell was uninstalled" if is_released_by_uninstall(state) else "you released it"
        return f"your own, because {why}; {cure('released')}"
    if link.is_astray(state):
        return "a stray link or copy of taoshell's own; the next shell that enters a project puts it right"
    if os.path.isdir(state.mounts_file):
        return "a folder, so it cannot follow your projects; move it away"
    if not link.is_ours(state):
        there = os.path.lexists(state.mounts_file)
        return f"{'your own' if there else 'missing'}; the next shell that enters a project takes it over"
    session = sessions.holder(state)
    if not link.names_project(state):
        return "your own, because no shell is in a project"
    if session is None:
        return "has the mapping of a project that no shell is in any more; the next prompt gives it back"
    return f"has the mapping of {shown(session.project)}, by {session.who}"


def own_mapping(state: State, shown: Callable[[str], str] = str) -> str:
    """Return where the user's own mapping is, and what it contains."""
    path = state.original if link.is_ours(state) else state.mounts_file
    return f"{shown(path)}: {backups.content(path)}" if os.path.lexists(path) else "none"


def session_facts(session: Session | None) -> dict[str, object]:
    """Return the project, process and machine of a session, for programs."""
    if session is None:
        return dict.fromkeys(("project", "pid", "host"))
    return {"project": session.project or None, "pid": session.pid, "host": session.host or None}
