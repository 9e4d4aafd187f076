"""A project's mapping, which is two files: LAUNCHER_MOUNTS names `mounts.json`, and the mounts file resolves to
`shared.json` while the project holds it.

Both have the same text and, to the nanosecond, the same mtime. If the mtimes differ, another program wrote
`shared.json`. An inode of `shared.json` is never rewritten or removed: a notebook may have it open.
"""

from __future__ import annotations

import glob
import json
import os
import time

from taoshell.cures import cure
from taoshell.errors import printable
from taoshell.state import generations
from taoshell.state.backups import set_aside
from taoshell.state.files import add_name, new_file, read_or_none, rename, replace_file
from taoshell.state.paths import ProjectFolder, State

_TOMBSTONE = "(taoshell: "  # a field of a mounts file that begins like this is our message


def tombstone(root: str = "", reason: str = "") -> str:
    """Return a mounts file that the launcher refuses with our message.

    TAO's launcher 6.26.3 reports an unknown top-level key as `KeyError: 'Invalid field … found in … file.'`.
    """
    reason = reason or f"is not approved; {cure('launcher-refuses')}"
    return json.dumps({"Mounts": [], f"{_TOMBSTONE}{printable(root) or 'this project'} {reason})": 0}, indent=4) + "\n"


def is_tombstone(path: str) -> bool:
    """Whether `path`, a mounts file that taoshell wrote, is a tombstone."""
    return f'\n    "{_TOMBSTONE}'.encode() in (read_or_none(path) or b"")


def ensure_refusal(state: State) -> None:
    """Write the tombstone that shells name in LAUNCHER_MOUNTS inside a project that was never compiled."""
    if not os.path.exists(state.refused):
        replace_file(state.refused, tombstone().encode())


def is_touched(project: ProjectFolder) -> bool:
    """Whether another program wrote `shared.json`, or one of the two files is missing."""
    try:
        return os.stat(project.shared).st_mtime_ns != os.stat(project.mounts).st_mtime_ns
    except FileNotFoundError:
        return True


def expose(state: State, project: ProjectFolder, text: str) -> list[str]:
    """Write `text` to both files; what another program wrote goes to the backups. Return the lines to say."""
    data = text.encode()
    to_say: list[str] = []
    retired = _retired_name(project.shared)  # has the mtime from before we check: a write after this counts as late
    ours = (data, read_or_none(project.mounts))
    touched = is_touched(project)
    if not touched and ours[0] == ours[1]:
        return to_say
    if os.path.lexists(project.shared):
        if touched and read_or_none(project.shared) not in ours:  # ours if we were killed between the two renames
            to_say.append(set_aside(state, project.shared, keep_name=True))
        else:
            # The name exists already if the previous run was killed right after this.
            add_name(project.shared, f"{project.retired}/{retired}")
    now = time.time_ns()
    rename(new_file(project.shared, data, mtime_ns=now), project.shared)
    rename(new_file(project.mounts, data, mtime_ns=now), project.mounts)
    return to_say


def repair(state: State, project: ProjectFolder) -> list[str]:
    """Write both files again, with the text of `mounts.json` or, if it is missing, of the generation in force.

    If there is no generation, write a tombstone. Return the lines to say.
    """
    text = read_or_none(project.mounts) or generations.current_mounts(project)
    return expose(state, project, text.decode() if text else tombstone(project.root))


def collect_late_writes(state: State, project: ProjectFolder) -> list[str]:
    """Move retired inodes that were written since to the backups. Return the lines to say."""
    paths = sorted(glob.glob(glob.escape(project.retired) + "/*"))
    return [set_aside(state, path) for path in paths if os.path.basename(path) != _retired_name(path)]


def _retired_name(path: str) -> str:
    """Return a name made of mtime and inode; "" if there is no such file.

    The mtime alone is not unique on file systems with coarse timestamps.
    """
    try:
        found = os.stat(path)
    except FileNotFoundError:
        return ""
    return f"{found.st_mtime_ns}-{found.st_ino}.json"
