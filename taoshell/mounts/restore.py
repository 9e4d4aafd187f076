"""`taoshell mounts restore`: a backup becomes the user's own mapping again, and what that was becomes a backup."""

from __future__ import annotations

import contextlib
import os

from taoshell.errors import TaoshellError, Where, printable
from taoshell.mounts import link
from taoshell.state import backups
from taoshell.state.files import about, lock, new_file, rename
from taoshell.state.paths import State


def restore(state: State, name: str) -> list[str]:
    """Make the backup `name` (as `backups.find` takes it) the user's own mapping. Returns what to tell the user.

    The backup stays: what comes in force is a new file of its content, as whatever wrote the backup may have it open
    still and would write on. A backup that is a link becomes that link again.
    Raises TaoshellError or OSError where it cannot be; everything is as it was then.
    """
    with lock(state):
        backup = backups.find(state, name)
        mapping = _link(state, backup) or _read(backup)
        to_say = []
        if link.names_project(state) and not os.path.exists(state.released):
            to_say = link.take_over(state)  # what replaced our link is not the user's own
        own = state.original if link.is_ours(state) else state.mounts_file
        what = f"{printable(os.path.basename(backup))} ({printable(backups.content(backup))})"
        if mapping == _present(own):
            return [*to_say, f"{what} is your own mapping already"]
        to_say += link.recover(state)
        when = ", for when no shell is in a project" if link.names_project(state) else ""
        return [*to_say, "; ".join([f"{what} is your own mapping now{when}", *_put(state, mapping, backup, own)])]


def _put(state: State, mapping: str | bytes, backup: str, own: str) -> list[str]:
    """`own` becomes `mapping` in one step, where it can be. Returns what to tell of what it was."""
    if os.path.lexists(own):
        link.require_file(own)
    if isinstance(mapping, str):
        new = new_file(own, b"")
        os.unlink(new)
        with about(own):
            os.symlink(mapping, new)
    else:
        new = new_file(own, mapping, mode=os.stat(backup).st_mode & 0o777 | 0o600)
    if not os.path.lexists(own):
        rename(new, own)
        return []
    return [link.supersede(state, own, new)]


def _present(own: str) -> str | bytes | None:
    """What the user has now: a link's target, or a file's content; None where it cannot be read, or is not there."""
    with contextlib.suppress(OSError, TaoshellError):
        return backups.target(own) or _read(own)
    return None


def _link(state: State, backup: str) -> str | None:
    """Where the backup leads, if it is one of ours and a link, but not in a circle through our own."""
    if backup not in [known.path for known in backups.listed(state)]:
        return None  # a file that the user names by a link
    target = backups.target(backup)
    return None if target in (state.mounts_file, state.original, state.cur) else target


def _read(path: str) -> bytes:
    if not os.path.isfile(path):
        kind = "this is no file" if os.path.exists(path) else "the link ends nowhere"
        raise TaoshellError(kind, "name another; taoshell mounts lists the backups", at=Where(path))
    with open(path, "rb") as file:
        return file.read()
