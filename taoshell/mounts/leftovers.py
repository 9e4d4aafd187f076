"""What killed processes leave in the state folder: symlinks never renamed to `cur`, and temporary files."""

from __future__ import annotations

import os
import re
import time

from taoshell.state.files import is_left_behind, remove
from taoshell.state.paths import State
from taoshell.state.processes import start_time

# zsh names its temporary symlink `cur.<pid>` (hook.zsh), GNU ln gives it a random name (coreutils, force-link.c)
_OF_ZSH = re.compile(r"cur\.([0-9]+)")
_OF_LN = re.compile(r"Cu[A-Za-z0-9]{6}")
_SECONDS = 60  # `ln` needs a millisecond between its two steps


def sweep(state: State) -> None:
    """Remove leftovers. Those in a project's folder go when the same file is next written."""
    for entry in [*os.scandir(state.root), *os.scandir(state.allowed)]:
        if is_left_behind(entry.path) or _is_left_link(entry):
            remove(entry.path)


def _is_left_link(entry: os.DirEntry[str]) -> bool:
    if not entry.is_symlink():
        return False
    if process := _OF_ZSH.fullmatch(entry.name):
        return start_time(int(process[1])) == "0"
    if not _OF_LN.fullmatch(entry.name):
        return False
    try:
        return time.time() - entry.stat(follow_symlinks=False).st_mtime > _SECONDS
    except FileNotFoundError:  # renamed just now
        return False
