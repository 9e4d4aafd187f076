"""`taoshell mounts restore`: make a backup the user's own mapping again, and keep the present one as a backup."""

from __future__ import annotations

import contextlib
import os

from taoshell.cures import cure
from taoshell.errors import TaoshellError, Where, irregular, printable
from taoshell.mounts import astray, link
from taoshell.state import backups
from taoshell.state.files import lock, new_file, new_link, rename
from taoshell.state.paths import State


def restore(state: State, name: str) -> list[str]:
    """Make the backup `name` (as `backups.find` takes it) the user's own mapping. Return the lines to say.

    The backup stays and its content is copied to a new file, as the program that wrote the backup may still have it
    open and write more. A backup that is a symlink becomes that symlink again.
    Raises TaoshellError or OSError if that fails; nothing is changed then.
    """
    with lock(state):
        backup = backups.find(state, name)
        mapping = _link(state, backup) or _read(backup)
        to_say = link.retake(state) + link.mend(state)
        own = state.original if link.is_ours(state) else state.mounts_file
        what = f"{printable(os.path.basename(backup))} ({printable(backups.content(backup))})"
        if mapping == _present(own):
            return [*to_say, f"{what} is already your own mapping"]
        when = ", used when no shell is in a project" if link.names_project(state) else ""
        return [*to_say, "; ".join([f"{what} is now your own mapping{when}", *_put(state, mapping, backup, own)])]


def _put(state: State, mapping: str | bytes, backup: str, own: str) -> list[str]:
    """Replace `own` by `mapping`, atomically if the system can. Return what to say of the old one."""
    if os.path.lexists(own):
        astray.require_file(own)
    if isinstance(mapping, str):
        new = new_link(own, mapping)
    else:
        new = new_file(own, mapping, mode=os.stat(backup).st_mode & 0o777 | 0o600, is_users=True)
    if not os.path.lexists(own):
        rename(new, own)
        return []
    return [link.supersede(state, own, new)]


def _present(own: str) -> str | bytes | None:
    """Return the target of `own` if it is a symlink, or its content; None if it is missing or unreadable."""
    with contextlib.suppress(OSError, TaoshellError):
        return backups.target(own) or _read(own)
    return None


def _link(state: State, backup: str) -> str | None:
    """Return the target of `backup` if it is a listed backup and a symlink, unless it leads back to our own link."""
    if backup not in [known.path for known in backups.listed(state)]:
        return None  # any other file, which the user may name by a symlink
    target = backups.target(backup)
    return None if target == state.mounts_file or astray.leads_to_ours(state, backup) else target


def _read(path: str) -> bytes:
    if not os.path.isfile(path):
        kind = f"this is {irregular(os.stat(path).st_mode)}" if os.path.exists(path) else "the symlink is broken"
        raise TaoshellError(kind, cure("bad-backup"), at=Where(path))
    with open(path, "rb") as file:
        return file.read()
