"""What killed processes leave: symlinks in the home, never renamed to `cur`; temporary files in the state folder."""

from __future__ import annotations

import os
import re
import time

from taoshell.mounts import astray, mapping
from taoshell.state import stamps
from taoshell.state.files import is_left_behind, remove
from taoshell.state.paths import CURRENT_NAME, State
from taoshell.state.processes import start_time

# zsh names its temporary symlink `cur.<pid>` (hook.zsh), GNU ln gives it a random name (coreutils, force-link.c)
_OF_ZSH = re.compile(rf"{re.escape(CURRENT_NAME)}\.([0-9]+)", re.ASCII)
_OF_LN = re.compile(r"Cu[A-Za-z0-9]{6}", re.ASCII)
_SECONDS = 60  # `ln` needs a millisecond between its two steps


def sweep(state: State) -> None:
    """Remove leftovers. Those in a project's folder go when the same file is next written."""
    for folder in (state.root, state.allowed, state.stamps, state.mtimes):
        for entry in os.scandir(folder):
            if is_left_behind(entry.path):
                remove(entry.path)
    for entry in os.scandir(state.home):
        is_temporary = entry.name.startswith(f"{CURRENT_NAME}.taoshell-") and is_left_behind(entry.path)
        if _names_a_mapping(state, entry) and (is_temporary or _is_left_link(entry)):
            remove(entry.path)


def prune(state: State) -> list[str]:
    """Remove what is of no use any more in the folders of all projects; the caller holds the lock.

    Return the lines to say.
    """
    stamps.forget_lost(state)
    mapping.forget_mtimes(state)
    return [line for project in state.project_folders() for line in mapping.collect_late_writes(state, project)]


def _names_a_mapping(state: State, entry: os.DirEntry[str]) -> bool:
    """Whether this is a symlink to what only `cur` names.

    The home has files of all programs, and one of them may be called like ours.
    """
    if not entry.name.startswith((f"{CURRENT_NAME}.", "Cu")) or not entry.is_symlink():
        return False
    try:
        is_original = os.readlink(entry.path) == state.from_home(state.original)
    except OSError:  # renamed just now
        return False
    return is_original or astray.leads_to_project(state, entry.path)


def _is_left_link(entry: os.DirEntry[str]) -> bool:
    if process := _OF_ZSH.fullmatch(entry.name):
        return start_time(int(process[1])) == "0" and _is_old(entry)  # another machine may have such a process
    return _OF_LN.fullmatch(entry.name) is not None and _is_old(entry)


def _is_old(entry: os.DirEntry[str]) -> bool:
    try:
        return time.time() - entry.stat(follow_symlinks=False).st_mtime > _SECONDS
    except FileNotFoundError:  # renamed just now
        return False
