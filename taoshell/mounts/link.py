"""Taking over ~/.tao_mounts.json, and giving it back: every step leaves all that was there under some name.

The mounts file becomes, once, a link to the state folder's `cur`. A user's own mapping keeps its inode and stays beside
it as ~/.tao_mounts.original.json. One exchange of two names (renameat2) does both at once, so that no writer
can slip in between and no reader finds nothing; where the system cannot, it takes two steps that lose nothing either.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import stat

from taoshell.errors import TaoshellError, Where
from taoshell.state.backups import set_aside
from taoshell.state.files import about, rename, replace_link
from taoshell.state.paths import MOUNTS_NAME, ORIGINAL_NAME, State

_AT_FDCWD = -100
_RENAME_EXCHANGE = 2  # linux/fs.h


def is_ours(state: State) -> bool:
    """Is the mounts file our link?"""
    return _link(state.mounts_file) == state.cur


def names_project(state: State) -> bool:
    """Does `cur` name a project's mapping (and not the user's own, or nothing)?"""
    return os.path.join(state.root, _link(state.cur) or "").startswith(f"{state.root}/projects/")


def take_over(state: State) -> list[str]:
    """Make the mounts file our link, under the lock. Returns what to tell the user.

    Raises TaoshellError where the mounts file is no file.
    """
    if is_ours(state):
        return []
    to_say = recover(state)
    if not os.path.lexists(state.mounts_file):
        if _link(state.cur) is None:
            replace_link(state.cur, state.original)
        with contextlib.suppress(FileExistsError):  # written this instant: the caller looks again
            os.symlink(state.cur, state.mounts_file)
        return to_say
    require_file(state.mounts_file)
    if names_project(state):
        return to_say + _replace_intruder(state)
    return to_say + _move_original(state)


def _move_original(state: State) -> list[str]:
    """The user's own mapping moves aside, and our link comes in its place."""
    to_say = []
    if os.path.lexists(state.original):  # superseded: something replaced the mounts file while nobody was in a project
        to_say.append(set_aside(state, state.original, own=True))
    replace_link(state.cur, state.original)
    _put_link(state, state.original)
    to_say.append(f"~/{MOUNTS_NAME} follows your projects now; your own is kept: ~/{ORIGINAL_NAME}")
    return to_say


def _replace_intruder(state: State) -> list[str]:
    """A file that replaced our link while a project held it goes to the backups."""
    _put_link(state, _spare(state))
    return [set_aside(state, _spare(state))]


def give_back(state: State) -> list[str]:
    """The user's own mapping is the mounts file again, as it was before the first take-over.

    Returns what to tell the user.
    """
    to_say = recover(state)
    if is_ours(state):
        try:
            to_say += _remove_link(state)
        except OSError:  # it has to stay: at least it leads to what the user had
            replace_link(state.cur, state.original)
            raise
    elif not os.path.lexists(state.mounts_file) and os.path.lexists(state.original):  # killed halfway, the last time
        _rename_new(state.original, state.mounts_file)
    with contextlib.suppress(FileNotFoundError):
        os.unlink(state.cur)
    return to_say


def _put_link(state: State, aside: str) -> None:
    """The mounts file, whatever it is, becomes `aside`, and our link takes its place."""
    os.symlink(state.cur, aside)
    try:
        if not _exchanged(state.mounts_file, aside):
            os.rename(state.mounts_file, aside)
            with contextlib.suppress(FileExistsError):  # written this instant: the caller looks again
                os.symlink(state.cur, state.mounts_file)
    except OSError:
        if _link(aside) == state.cur:
            os.unlink(aside)
        raise


def _remove_link(state: State) -> list[str]:
    """Our link goes, and what the user had comes in its place."""
    if os.path.lexists(state.original):
        aside = state.original
        if not _exchanged(state.mounts_file, aside):
            aside = _spare(state)
            os.rename(state.mounts_file, aside)
            _rename_new(state.original, state.mounts_file)
    else:
        aside = _spare(state)
        os.rename(state.mounts_file, aside)
    if _link(aside) == state.cur:
        os.unlink(aside)
        return []
    # It had been replaced this very instant.
    if os.path.lexists(state.mounts_file):
        return [set_aside(state, aside)]
    _rename_new(aside, state.mounts_file)
    return []


def supersede(state: State, own: str, new: str) -> str:
    """The user's own mapping `own` becomes the file `new`, and what it was goes to the backups; or it stays as it was.

    `recover` comes first. Returns the line that says so.
    """
    aside = _spare(state)  # and no other name: after a kill it has what the user had
    rename(new, aside)
    exchanged = False
    try:
        with about(own):
            if exchanged := _exchanged(own, aside):
                return set_aside(state, aside, own=True)
            to_say = set_aside(state, own, keep_name=True, own=True)
            os.rename(aside, own)
            return to_say
    except BaseException:
        if exchanged:
            os.rename(aside, own)
        else:
            os.unlink(aside)
        raise


def recover(state: State) -> list[str]:
    """Finish what was killed: links of ours are removed, and second names; anything else is kept.

    Returns what to tell the user.
    """
    if _link(state.original) == state.cur or _is_one_file(state.original, state.mounts_file):
        os.unlink(state.original)
    spare = _spare(state)
    if _link(spare) == state.cur:
        os.unlink(spare)
    elif os.path.lexists(spare):
        return [set_aside(state, spare)]
    return []


def _spare(state: State) -> str:
    return f"{state.mounts_file}.taoshell"


def require_file(path: str) -> None:
    """Raises TaoshellError where `path` is there and is nothing that a mapping could stand in."""
    mode = os.lstat(path).st_mode
    if stat.S_ISREG(mode) or (stat.S_ISLNK(mode) and not os.path.isdir(path)):
        return
    kind = "a folder" if os.path.isdir(path) else "no regular file"
    raise TaoshellError(
        f"the mounts file is {kind}, so projects cannot take it over",
        "move it away (LAUNCHER_MOUNTS works)",
        at=Where(path),
    )


def _link(path: str) -> str | None:
    try:
        return os.readlink(path)
    except OSError as error:
        if error.errno in (errno.ENOENT, errno.EINVAL, errno.ENOTDIR):  # nothing there, or no symlink
            return None
        raise


def _is_one_file(path: str, other: str) -> bool:
    return os.path.lexists(path) and os.path.lexists(other) and os.path.samestat(os.lstat(path), os.lstat(other))


def _rename_new(path: str, name: str) -> None:
    """Rename, but over nothing: where `name` has come to be meanwhile, `path` stays."""
    with contextlib.suppress(FileExistsError):
        try:
            os.link(path, name, follow_symlinks=False)
        except FileExistsError:
            raise
        except OSError:  # a file system without hard links
            os.rename(path, name)
        else:
            os.unlink(path)


def _exchanged(path: str, other: str) -> bool:
    """Swap what two names stand for, in one step; False where the system cannot."""
    libc = ctypes.CDLL(None, use_errno=True)
    renameat2 = getattr(libc, "renameat2", None)  # glibc 2.28, musl 1.2.6
    if renameat2 is None:
        return False
    if renameat2(_AT_FDCWD, os.fsencode(path), _AT_FDCWD, os.fsencode(other), _RENAME_EXCHANGE) == 0:
        return True
    error = ctypes.get_errno()
    if error in (errno.ENOSYS, errno.EINVAL, errno.EOPNOTSUPP, errno.EPERM):  # EPERM: some sandboxes say it for ENOSYS
        return False
    raise OSError(error, os.strerror(error), path)
