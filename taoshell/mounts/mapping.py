"""A project's mapping, which is two files: LAUNCHER_MOUNTS names `mounts.json`, and the mounts file resolves to
`shared.json` while the project holds it.

Both have the same text and, to the nanosecond, the same mtime. If the mtimes differ, another program wrote
`shared.json`. An inode of `shared.json` is never rewritten or removed: a notebook may have it open.
"""

from __future__ import annotations

import itertools
import json
import os
import time

from taoshell.cures import cure
from taoshell.errors import printable
from taoshell.state import generations, stamps
from taoshell.state.backups import set_aside
from taoshell.state.files import add_name, new_file, read_or_none, remove, rename, replace_file
from taoshell.state.paths import ProjectFolder, State

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

_LONG_AGO_NS = 946_684_800 * 10**9  # 2000-01-01
_COARSEST_NS = 2 * 10**9  # the step of FAT
_RETIRED_SECONDS = 7 * 24 * 3600  # see _is_of_no_use
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
    if not is_touched(project) and read_or_none(project.mounts) == text.encode():
        return []
    return _replace(state, project, text.encode(), _own_mtime(state, project))


def _replace(state: State, project: ProjectFolder, data: bytes, mtime_ns: int) -> list[str]:
    to_say: list[str] = []
    retired = _retired_name(project.shared)  # has the mtime from before we check: a write after this counts as late
    ours = (data, read_or_none(project.mounts))
    if os.path.lexists(project.shared):
        if is_touched(project) and read_or_none(project.shared) not in ours:  # ours if killed between the two renames
            to_say.append(set_aside(state, project.shared, keep_name=True))
        else:
            # The name exists already if the previous run was killed right after this.
            add_name(project.shared, f"{project.retired}/{retired}")
    rename(new_file(project.shared, data, mtime_ns=mtime_ns), project.shared)
    rename(new_file(project.mounts, data, mtime_ns=mtime_ns), project.mounts)
    return to_say


def repair(state: State, project: ProjectFolder) -> list[str]:
    """Write both files again, with the text of `mounts.json` or, if it is missing, of the generation in force.

    If there is no generation, write a tombstone. Return the lines to say.
    """
    if text := read_or_none(project.mounts):
        return _replace(state, project, text, _mtime(project.mounts))
    stamps.withdraw(state, project)  # they no longer enclose the mtime of the mapping
    text = generations.current_mounts(project) or tombstone(project.root).encode()
    return _replace(state, project, text, _own_mtime(state, project))


def _own_mtime(state: State, project: ProjectFolder) -> int:
    """Return an mtime for the mapping that no other mapping has. A file in `mtimes` says whose each one is.

    If the file system keeps whole seconds only, it is an old one: a write by another program then always shows.
    """
    start, step = time.time_ns(), 1
    if not stamps.is_exact(state, start):
        start, step = _LONG_AGO_NS, _COARSEST_NS
    former = _mtime(project.mounts)
    for mtime_ns in itertools.count(start, step):
        owner = os.fsdecode(read_or_none(f"{state.mtimes}/{mtime_ns}") or b"")
        is_free = not owner or owner == project.root or _mtime(state.project(owner).mounts) != mtime_ns
        if is_free and mtime_ns != former:
            break
    replace_file(f"{state.mtimes}/{mtime_ns}", os.fsencode(project.root))
    if os.fsdecode(read_or_none(f"{state.mtimes}/{former}") or b"") == project.root:
        remove(f"{state.mtimes}/{former}")
    return mtime_ns


def _mtime(path: str) -> int:
    try:
        return os.stat(path).st_mtime_ns
    except FileNotFoundError:
        return 0


def keep_writes(state: State, projects: Iterable[ProjectFolder]) -> list[str]:
    """Put what other programs wrote into these mappings into the backups, and mend them. Return the lines to say."""
    to_say: list[str] = []
    for project in projects:
        if os.path.exists(project.mounts):
            to_say += collect_late_writes(state, project)
            if is_touched(project):
                to_say += repair(state, project)
    return to_say


def collect_late_writes(state: State, project: ProjectFolder) -> list[str]:
    """Move retired inodes that were written since to the backups, and remove old ones. Return the lines to say."""
    paths = sorted(entry.path for entry in os.scandir(project.retired)) if os.path.isdir(project.retired) else []
    to_say = [set_aside(state, path) for path in paths if os.path.basename(path) != _retired_name(path)]
    for path in paths:
        if _is_of_no_use(path):
            os.unlink(path)
    return to_say


def _is_of_no_use(path: str) -> bool:
    """Whether no program can still write the retired inode `path`.

    Programs that write a mounts file empty it when they open it, which shows at once. One that opens it without that
    (r+, a) and then writes nothing for a week has not been seen. A reader keeps what it has open. The ctime says when
    the inode lost its name `shared.json`; a second name means that it still has it.
    """
    try:
        found = os.stat(path, follow_symlinks=False)
    except FileNotFoundError:  # moved to the backups
        return False
    is_old = time.time() - found.st_ctime > _RETIRED_SECONDS
    return is_old and found.st_nlink == 1 and os.path.basename(path) == _retired_name(path)


def forget_mtimes(state: State) -> None:
    """Remove each file in `mtimes` whose mapping has another mtime or is gone; the caller holds the lock."""
    for name in os.listdir(state.mtimes):
        owner = os.fsdecode(read_or_none(f"{state.mtimes}/{name}") or b"")
        if name.isdecimal() and (not owner or _mtime(state.project(owner).mounts) != int(name)):
            remove(f"{state.mtimes}/{name}")


def _retired_name(path: str) -> str:
    """Return a name made of mtime and inode; "" if there is no such file.

    The mtime alone is not unique on file systems with coarse timestamps.
    """
    try:
        found = os.stat(path)
    except FileNotFoundError:
        return ""
    return f"{found.st_mtime_ns}-{found.st_ino}.json"
