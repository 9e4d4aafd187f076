"""Stamps: empty files with mtimes just before and just after that of a source. Only the generation in force has them.

A shell tests at each prompt that the source lies between its two stamps. So two comparisons of mtimes see an edit, an
older file in its place, and that the generation is no longer in force. The stamps of a generation are called
<generation>.<name>- and <generation>.<name>+.
"""

from __future__ import annotations

import contextlib
import os
import re

from taoshell.state.files import new_file, remove, rename
from taoshell.state.paths import ProjectFolder, State

_STAMP = re.compile(r"([0-9a-f]{16})\.", re.ASCII)


def below(name: str) -> str:
    """Return the end of the path of the stamp that is older than `name`."""
    return f".{name}-"


def above(name: str) -> str:
    """Return the end of the path of the stamp that is newer than `name`. Where mtimes are coarse, it stands alone."""
    return f".{name}+"


def rounded_up(mtime_ns: int) -> int:
    """Return an mtime later than `mtime_ns` that every file system can store; FAT has the coarsest step, 2 s."""
    return (mtime_ns // 2_000_000_000 + 1) * 2_000_000_000


def is_exact(state: State, mtime_ns: int) -> bool:
    """Whether the file system of the state folder keeps `mtime_ns` to the nanosecond."""
    probe = new_file(f"{state.stamps}/probe", b"", mtime_ns=mtime_ns)
    try:
        return os.stat(probe).st_mtime_ns == mtime_ns
    finally:
        os.unlink(probe)


def enclose(state: State, generation: str, name: str, mtime_ns: int, *, exact: bool) -> None:
    """Write the stamps for a source with this mtime; the upper one comes last, as nothing is in force without it."""
    if exact:
        _put(f"{state.stamps}/{generation}{below(name)}", mtime_ns - 1)
    _put(f"{state.stamps}/{generation}{above(name)}", mtime_ns + 1 if exact else rounded_up(mtime_ns))


def withdraw(state: State, project: ProjectFolder) -> None:
    """Put every generation of the project out of force: each shell in it then asks Python.

    The upper stamps go first: a missing lower one would look older than any source.
    """
    with contextlib.suppress(FileNotFoundError, NotADirectoryError):
        names = set(os.listdir(project.generations))
        stamps = [stamp for stamp in os.listdir(state.stamps) if stamp.partition(".")[0] in names]
        for stamp in sorted(stamps, key=lambda stamp: not stamp.endswith("+")):
            remove(f"{state.stamps}/{stamp}")


def forget_lost(state: State) -> None:
    """Remove the stamps of generations that no project has; the caller holds the lock."""
    names: set[str] = set()
    for project in state.project_folders():
        with contextlib.suppress(FileNotFoundError, NotADirectoryError):
            names.update(os.listdir(project.generations))
    for stamp in os.listdir(state.stamps):
        if (found := _STAMP.match(stamp)) and found[1] not in names:
            remove(f"{state.stamps}/{stamp}")


def _put(path: str, mtime_ns: int) -> None:
    rename(new_file(path, b"", mtime_ns=mtime_ns), path)
