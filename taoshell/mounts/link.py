"""Take over the mounts file (~/.tao_mounts.json) and give it back. No step removes the last name of a user's file.

The mounts file becomes, once, a symlink to ~/.tao_mounts.current.json (`cur`) beside it, which is a symlink too: to the
mapping in force. The user's own mapping keeps its inode as ~/.tao_mounts.original.json. One renameat2 call exchanges
the two names, so no writer can come in between and no reader finds the file missing. On systems without it, two steps
do the same and lose nothing either.
"""

from __future__ import annotations

import contextlib
import errno
import os

from taoshell.errors import printable
from taoshell.mounts import astray
from taoshell.state.backups import put_away, set_aside
from taoshell.state.exchange import exchanged
from taoshell.state.files import add_name, remove, rename, replace_link, report_errors_at
from taoshell.state.paths import CURRENT_NAME, MOUNTS_NAME, ORIGINAL_NAME, State

_FOLLOWS_AGAIN = f"~/{MOUNTS_NAME} follows your projects again"


def is_ours(state: State) -> bool:
    """Whether the mounts file is our link."""
    return _link(state.mounts_file) == CURRENT_NAME


def names_project(state: State) -> bool:
    """Whether `cur` names a project's mapping, not the user's own."""
    return astray.leads_to_project(state, state.cur)


def point_cur(state: State, path: str) -> list[str]:
    """Make `path` the mapping in force. Return the lines to say."""
    target = state.from_home(path)
    if _link(state.cur) == target:
        return []
    is_foreign = is_cur_a_file(state) and not astray.is_copy(state, state.cur)
    to_say = [set_aside(state, state.cur)] if is_foreign else []
    with report_errors_at(state.mounts_file):
        replace_link(state.cur, target)
    return to_say


def is_cur_a_file(state: State) -> bool:
    """Whether there is something else than a symlink in the place of `cur`."""
    return os.path.lexists(state.cur) and not os.path.islink(state.cur)


def take_over(state: State) -> list[str]:
    """Make the mounts file our link; the caller holds the lock. Return the lines to say.

    Raises TaoshellError if the mounts file is not a file.
    """
    if is_ours(state):
        return []
    to_say = recover(state)
    if not os.path.lexists(state.mounts_file):
        if _link(state.cur) is None:
            to_say += point_cur(state, state.original)
        with contextlib.suppress(FileExistsError):  # written just now: the caller checks again
            os.symlink(CURRENT_NAME, state.mounts_file)
        return to_say
    astray.require_file(state.mounts_file)
    if is_astray(state):
        return to_say + _replace_astray(state)
    if names_project(state):  # a file that replaced our link while a project held it
        _put_link(state, state.spare)
        return [*to_say, set_aside(state, state.spare, is_lost=not os.path.lexists(state.original))]
    return to_say + _move_original(state)


def is_astray(state: State) -> bool:
    """Whether the mounts file is neither the user's own mapping nor our link, but what became of our link.

    That is another link or a copy of a file of taoshell. If the user's own mapping is kept aside, it is also a broken
    symlink, or no file at all if our second link is gone too: some backups leave out symlinks.
    """
    path = state.mounts_file
    if is_ours(state):
        return False
    if not os.path.lexists(path):
        return os.path.lexists(state.original) and not os.path.lexists(state.cur)
    is_broken = os.path.islink(path) and not os.path.exists(path)
    return (
        astray.leads_to_ours(state, path)
        or (is_broken and os.path.lexists(state.original) and not names_project(state))
        or astray.is_copy(state, path)
    )


def mend(state: State) -> list[str]:
    """Take the mounts file over if it is astray; the caller holds the lock. Return the lines to say."""
    to_say = recover(state)
    return to_say + take_over(state) if is_astray(state) else to_say


def _replace_astray(state: State) -> list[str]:
    """Put our link in the place of a mounts file that is astray. Return the lines to say."""
    target = _link(state.mounts_file) if astray.leads_to_ours(state, state.mounts_file) else None
    to_say = [] if names_project(state) else point_cur(state, state.original)
    _put_link(state, state.spare)
    remove(state.old_cur)
    if target is not None and _link(state.spare) == target:
        os.unlink(state.spare)
        return [*to_say, f"{_FOLLOWS_AGAIN}; it was a symlink to {printable(target)}"]
    kept = put_away(state, state.spare)
    return [*to_say, f"{_FOLLOWS_AGAIN}; what was in its place is kept in {printable(kept)}"]


def retake(state: State) -> list[str]:
    """Take the mounts file over again if a project holds it: another program may have replaced our link.

    That program's file is not the user's own mapping. Return the lines to say; raise as `take_over`.
    """
    return take_over(state) if names_project(state) and not os.path.exists(state.released) else []


def _move_original(state: State) -> list[str]:
    """Move the user's own mapping aside and put our link in its place."""
    # An older one is outdated: the mounts file was replaced while no shell was in a project.
    to_say = [set_aside(state, state.original, own=True)] if os.path.lexists(state.original) else []
    to_say += point_cur(state, state.original)
    try:
        _put_link(state, state.original)
    except OSError:
        remove(state.cur)  # else a failed first take-over would leave it
        raise
    return [*to_say, f"~/{MOUNTS_NAME} now follows your projects; your own mapping is kept in ~/{ORIGINAL_NAME}"]


def give_back(state: State) -> list[str]:
    """Make the user's own mapping the mounts file again, as before the first take-over. Return the lines to say."""
    to_say = mend(state)
    if is_ours(state):
        try:
            to_say += _remove_link(state)
        except OSError:  # our link has to stay: at least make it lead to the user's own mapping
            point_cur(state, state.original)
            raise
    elif not os.path.lexists(state.mounts_file) and os.path.lexists(state.original):  # killed halfway
        _rename_new(state.original, state.mounts_file)
    if is_cur_a_file(state):
        to_say += point_cur(state, state.original)
    remove(state.cur)
    remove(state.old_cur)
    return to_say


def _put_link(state: State, aside: str) -> None:
    """Move the mounts file to `aside` and put our link in its place."""
    os.symlink(CURRENT_NAME, aside)
    try:
        if not exchanged(state.mounts_file, aside):
            os.rename(state.mounts_file, aside)
            with contextlib.suppress(FileExistsError):  # written just now: the caller checks again
                os.symlink(CURRENT_NAME, state.mounts_file)
    except OSError:
        if _link(aside) == CURRENT_NAME:
            os.unlink(aside)
        raise


def _remove_link(state: State) -> list[str]:
    """Remove our link and put the user's own mapping in its place. Return the lines to say."""
    if os.path.lexists(state.original) and exchanged(state.mounts_file, state.original):
        aside = state.original
    else:
        aside = state.spare
        os.rename(state.mounts_file, aside)
        if os.path.lexists(state.original):
            _rename_new(state.original, state.mounts_file)
    if _link(aside) == CURRENT_NAME:
        os.unlink(aside)
    elif os.path.lexists(state.mounts_file):  # another program replaced our link just now
        return [set_aside(state, aside)]
    else:
        _rename_new(aside, state.mounts_file)
    return []


def supersede(state: State, own: str, new: str) -> str:
    """Replace the user's own mapping `own` by the file `new` and move the old one to the backups; or change nothing.

    Call `recover` first. Return the line to say.
    """
    ours = os.lstat(new)
    rename(new, state.spare)  # `recover` looks here: after a kill it holds the user's mapping
    try:
        with report_errors_at(own):
            if exchanged(own, state.spare):
                return set_aside(state, state.spare, own=True)
            to_say = set_aside(state, own, keep_name=True, own=True)
            os.rename(state.spare, own)
            return to_say
    except BaseException:  # also a Ctrl-C: only the file itself tells whether it is ours or already the user's
        with contextlib.suppress(FileNotFoundError):  # it has its place already
            if os.path.samestat(os.lstat(state.spare), ours):
                os.unlink(state.spare)
            else:
                os.rename(state.spare, own)
        raise


def recover(state: State) -> list[str]:
    """Remove what a killed process left: our links and second names; back up the rest. Return the lines to say."""
    if astray.leads_to_ours(state, state.original) or _is_one_file(state.original, state.mounts_file):
        os.unlink(state.original)
    to_say = []
    if astray.leads_to_ours(state, state.spare):
        os.unlink(state.spare)
    elif os.path.lexists(state.spare):
        to_say.append(set_aside(state, state.spare))
    if os.path.islink(state.old_cur):
        os.unlink(state.old_cur)
    return to_say


def _link(path: str) -> str | None:
    try:
        return os.readlink(path)
    except OSError as error:
        if error.errno in (errno.ENOENT, errno.EINVAL, errno.ENOTDIR):  # missing, or not a symlink
            return None
        raise


def _is_one_file(path: str, other: str) -> bool:
    return os.path.lexists(path) and os.path.lexists(other) and os.path.samestat(os.lstat(path), os.lstat(other))


def _rename_new(path: str, name: str) -> None:
    """Rename `path` to `name`, unless `name` exists by now: then `path` stays."""
    if add_name(path, name) and _is_one_file(path, name):
        os.unlink(path)
