"""What stands in the place of the mounts file and is not the user's own mapping: links and copies of files of taoshell.

They are there after a home was moved, or restored from a backup that followed symlinks; if it is seen at two paths, is
used with two state folders, or is kept in a dotfiles repository.
"""

from __future__ import annotations

import errno
import glob
import os
import re

from taoshell.errors import TaoshellError, Where, irregular
from taoshell.mounts.mapping import is_tombstone
from taoshell.state.files import read_or_none
from taoshell.state.paths import CURRENT_NAME, ORIGINAL_NAME, State

# What links of taoshell lead to; those of 0.1.0 lead to `cur` in the state folder
_OURS = re.compile(
    r"(?:^|/)(?:taoshell/cur|taoshell/refused\.json|projects/.*/\+/(?:shared|mounts)\.json"
    rf"|{re.escape(CURRENT_NAME)}|{re.escape(ORIGINAL_NAME)})\Z",
    re.DOTALL,
)
_OF_A_PROJECT = re.compile(r"/projects/.*/\+/shared\.json\Z", re.DOTALL)
_MOST_LINKS = 40  # as in Linux: path_resolution(7)


def leads_to_ours(state: State, path: str) -> bool:
    """Whether `path` is a symlink that leads to a file of taoshell, of any state folder, even one that is gone."""
    for _step in range(_MOST_LINKS):
        if not os.path.islink(path):
            return False
        path = os.path.join(os.path.dirname(path), os.readlink(path))
        if os.path.normpath(path) == state.mounts_file:  # a loop that the user made
            return False
        if _OURS.search(path):
            return True
    return False


def leads_to_project(state: State, path: str) -> bool:
    """Whether the symlink `path` names a project's mapping, of any state folder."""
    return os.path.islink(path) and _OF_A_PROJECT.search(os.path.join(state.home, os.readlink(path))) is not None


def require_file(path: str) -> None:
    """Raise TaoshellError if `path` is neither a regular file nor a symlink that could lead to one."""
    try:
        kind = irregular(os.stat(path).st_mode)
    except OSError as error:
        if not os.path.islink(path):
            raise
        kind = "a symlink that leads to itself" if error.errno == errno.ELOOP else ""
    if kind:
        raise TaoshellError(
            f"the mounts file is {kind}, so it cannot follow your projects",
            "move it away (until then, LAUNCHER_MOUNTS works)",
            at=Where(path),
        )


def is_copy(state: State, path: str) -> bool:
    """Whether `path` is a copy of what our link led to, as a backup that follows symlinks has it.

    The user's own mapping may have the same text as a project that adopted it. So the text alone says nothing, unless
    there is a mapping of the user beside it, or a copy of our second link.
    """
    if os.path.islink(path) or not os.path.isfile(path):
        return False
    text = _content(path)
    if text is None:
        return False
    if is_tombstone(path) or (os.path.lexists(state.original) and text == _content(state.original)):
        return True
    was_copied = any(os.path.lexists(link) and not os.path.islink(link) for link in (state.cur, state.old_cur))
    return (was_copied or os.path.lexists(state.original)) and text in _mappings(state)


def _mappings(state: State) -> set[bytes | None]:
    """Return the texts of all mappings that taoshell has written."""
    found = set()
    for project in state.project_folders():
        written = glob.glob(f"{glob.escape(project.generations)}/*/mounts.json")
        found |= {_content(path) for path in (project.mounts, project.shared, *written)}
    return found - {None}


def _content(path: str) -> bytes | None:
    try:
        return read_or_none(path) if os.path.isfile(path) else None
    except PermissionError:  # a file without permissions, or root's: none of ours
        return None
