"""Take over the mounts file (~/.tao_mounts.json) and give it back. No step removes the last name of a user's file.

The mounts file becomes, once, a symlink to the state folder's `cur`. The user's own mapping keeps its inode as
~/.tao_mounts.original.json. One renameat2 call exchanges the two names, so no writer can come in between and no reader
finds the file missing. On systems without it, two steps do the same and lose nothing either.
"""

from __future__ import annotations

import contextlib
import errno
import os

from taoshell.errors import TaoshellError, Where, irregular
from taoshell.state.backups import set_aside
from taoshell.state.exchange import exchanged
from taoshell.state.files import add_name, remove, rename, replace_link, report_errors_at
from taoshell.state.paths import MOUNTS_NAME, ORIGINAL_NAME, State


def is_ours(state: State) -> bool:
    """Whether the mounts file is our link."""
    return _link(state.mounts_file) == state.cur


def names_project(state: State) -> bool:
    """Whether `cur` names a project's mapping, not the user's own."""
    return os.path.join(state.root, _link(state.cur) or "").startswith(f"{state.root}/projects/")


def take_over(state: State) -> list[str]:
    """Make the mounts file our link; the caller holds the lock. Return the lines to say.

    Raises TaoshellError if the mounts file is not a file.
    """
    if is_ours(state):
        return []
    to_say = recover(state)
    if not os.path.lexists(state.mounts_file):
        if _link(state.cur) is None:
            replace_link(state.cur, state.original)
        with contextlib.suppress(FileExistsError):  # written just now: the caller checks again
            os.symlink(state.cur, state.mounts_file)
        return to_say
    require_file(state.mounts_file)
    if names_project(state):  # a file that replaced our link while a project held it
        _put_link(state, state.spare)
        return [*to_say, set_aside(state, state.spare)]
    return to_say + _move_original(state)


def retake(state: State) -> list[str]:
    """Take the mounts file over again if a project holds it: another program may have replaced our link.

    That program's file is not the user's own mapping. Return the lines to say; raise as `take_over`.
    """
    return take_over(state) if names_project(state) and not os.path.exists(state.released) else []


def _move_original(state: State) -> list[str]:
    """Move the user's own mapping aside and put our link in its place."""
    # An older one is outdated: the mounts file was replaced while no shell was in a project.
    to_say = [set_aside(state, state.original, own=True)] if os.path.lexists(state.original) else []
    replace_link(state.cur, state.original)
    _put_link(state, state.original)
    return [*to_say, f"~/{MOUNTS_NAME} now follows your projects; your own mapping is kept in ~/{ORIGINAL_NAME}"]


def give_back(state: State) -> list[str]:
    """Make the user's own mapping the mounts file again, as before the first take-over. Return the lines to say."""
    to_say = recover(state)
    if is_ours(state):
        try:
            to_say += _remove_link(state)
        except OSError:  # our link has to stay: at least make it lead to the user's own mapping
            replace_link(state.cur, state.original)
            raise
    elif not os.path.lexists(state.mounts_file) and os.path.lexists(state.original):  # killed halfway
        _rename_new(state.original, state.mounts_file)
    remove(state.cur)
    return to_say


def _put_link(state: State, aside: str) -> None:
    """Move the mounts file to `aside` and put our link in its place."""
    os.symlink(state.cur, aside)
    try:
        if not exchanged(state.mounts_file, aside):
            os.rename(state.mounts_file, aside)
            with contextlib.suppress(FileExistsError):  # written just now: the caller checks again
                os.symlink(state.cur, state.mounts_file)
    except OSError:
        if _link(aside) == state.cur:
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
    if _link(aside) == state.cur:
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
    rename(new, state.spare)  # `recover` looks here: after a kill it holds the user's mapping
    is_exchanged = False
    try:
        with report_errors_at(own):
            if is_exchanged := exchanged(own, state.spare):
                return set_aside(state, state.spare, own=True)
            to_say = set_aside(state, own, keep_name=True, own=True)
            os.rename(state.spare, own)
            return to_say
    except BaseException:
        if is_exchanged:
            os.rename(state.spare, own)
        else:
            os.unlink(state.spare)
        raise


def recover(state: State) -> list[str]:
    """Clean up after a killed process: remove our links and second names, keep anything else in the backups.

    Return the lines to say.
    """
    if _link(state.original) == state.cur or _is_one_file(state.original, state.mounts_file):
        os.unlink(state.original)
    if _link(state.spare) == state.cur:
        os.unlink(state.spare)
    elif os.path.lexists(state.spare):
        return [set_aside(state, state.spare)]
    return []


def require_file(path: str) -> None:
    """Raise TaoshellError if `path` is neither a regular file nor a symlink that could lead to one."""
    if os.path.islink(path) and not os.path.isdir(path):
        return
    if kind := irregular(os.stat(path).st_mode):
        raise TaoshellError(
            f"the mounts file is {kind}, so it cannot follow your projects",
            "move it away (until then, LAUNCHER_MOUNTS works)",
            at=Where(path),
        )


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
