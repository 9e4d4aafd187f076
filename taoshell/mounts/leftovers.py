"""What a killed process leaves in the state folder: links that were about to become `cur`, and half-made files."""

from __future__ import annotations

import contextlib
import os
import re
import time

from taoshell.state import sessions
from taoshell.state.files import is_left_behind
from taoshell.state.paths import State

# zsh has `cur.<pid>` (hook.zsh), and GNU ln (coreutils, force-link.c) a random name
_OF_ZSH = re.compile(r"cur\.([0-9]+)")
_OF_LN = re.compile(r"Cu[A-Za-z0-9]{6}")
_SECONDS = 60  # `ln` needs a millisecond between the two steps


def sweep(state: State) -> None:
    """Remove what nobody will rename any more. In a project's folder the next file of the same name does it."""
    left: list[str] = []
    for folder in (state.root, state.allowed):
        with os.scandir(folder) as entries:
            left += [entry.path for entry in entries if is_left_behind(entry.path) or _is_left_link(entry)]
    for path in left:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(path)


def _is_left_link(entry: os.DirEntry[str]) -> bool:
    if not entry.is_symlink():
        return False
    if process := _OF_ZSH.fullmatch(entry.name):
        return sessions.start_time(int(process[1])) == "0"
    if not _OF_LN.fullmatch(entry.name):
        return False
    try:
        return time.time() - entry.stat(follow_symlinks=False).st_mtime > _SECONDS
    except FileNotFoundError:  # renamed this instant
        return False
