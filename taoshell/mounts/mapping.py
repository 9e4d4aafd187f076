"""What stands in a project's two mounts files: `mounts.json`, that LAUNCHER_MOUNTS names, and `shared.json`,
that ~/.tao_mounts.json resolves to while the project holds it.

Both are the same text and equally old, to the nanosecond; a `shared.json` of another age was written by something else.
An inode of `shared.json` is never rewritten or removed: a notebook may hold it open.
"""

from __future__ import annotations

import contextlib
import json
import os
import time

from taoshell.errors import printable
from taoshell.state.backups import set_aside
from taoshell.state.files import new_file, read_or_none, rename, replace_file
from taoshell.state.paths import ProjectState, State


def tombstone(root: str, reason: str = "is not approved; run: taoshell allow") -> str:
    """A mounts file that the launcher refuses with our words.

    TAO's launcher 6.26.3: an unknown top-level key is `KeyError: 'Invalid field … found in … file.'`.
    """
    return json.dumps({"Mounts": [], f"(taoshell: {printable(root)} {reason})": 0}, indent=4) + "\n"


def ensure_refusal(state: State) -> None:
    """The tombstone for every project that nothing is loaded of; shells name it in LAUNCHER_MOUNTS there."""
    if not os.path.exists(state.refused):
        replace_file(state.refused, tombstone("this project").encode())


def is_touched(project: ProjectState) -> bool:
    """Did something else write into `shared.json`, or is one of the two gone?"""
    try:
        return os.stat(project.shared).st_mtime_ns != os.stat(project.mounts).st_mtime_ns
    except FileNotFoundError:
        return True


def expose(state: State, project: ProjectState, text: str) -> list[str]:
    """Both files become `text`; what something else wrote goes to the backups. Returns what to tell the user."""
    data = text.encode()
    to_say: list[str] = []
    retired = _retired_name(project.shared)  # says a time from before we look: a write after this is a late one
    ours = (data, read_or_none(project.mounts))
    touched = is_touched(project)
    if not touched and ours[0] == ours[1]:
        return to_say
    if os.path.lexists(project.shared):
        if touched and read_or_none(project.shared) not in ours:  # ours where we were killed between the two renames
            to_say.append(set_aside(state, project.shared, keep_name=True))
        else:
            _retire(project, retired)
    now = time.time_ns()
    rename(new_file(project.shared, data, mtime_ns=now), project.shared)
    rename(new_file(project.mounts, data, mtime_ns=now), project.mounts)
    return to_say


def restore_shared(state: State, project: ProjectState) -> list[str]:
    """`shared.json` becomes again what `mounts.json` says."""
    text = read_or_none(project.mounts)
    return [] if text is None else expose(state, project, text.decode())


def collect_late_writes(state: State, project: ProjectState) -> list[str]:
    """Retired inodes that were written after all go to the backups."""
    to_say: list[str] = []
    with contextlib.suppress(FileNotFoundError):
        for name in sorted(os.listdir(project.retired)):
            path = f"{project.retired}/{name}"
            if name != _retired_name(path):
                to_say.append(set_aside(state, path))
    return to_say


def _retire(project: ProjectState, retired: str) -> None:
    """A second name for the inode of `shared.json`, which is about to be replaced."""
    name = f"{project.retired}/{retired}"
    with contextlib.suppress(FileExistsError):  # killed just after it, the last time
        try:
            os.link(project.shared, name)
        except FileExistsError:
            raise
        except OSError:  # a file system without hard links
            os.rename(project.shared, name)


def _retired_name(path: str) -> str:
    """Which inode it is and when it was written: where file times are coarse, the time alone is not enough.

    "" where there is none.
    """
    try:
        found = os.stat(path)
    except FileNotFoundError:
        return ""
    return f"{found.st_mtime_ns}-{found.st_ino}.json"
