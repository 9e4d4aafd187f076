"""What a project needs to know about the machine and the user. Nothing else in this package looks at the disk."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

RealPath = Callable[[str], str]
"""Resolves every symlink in an absolute path: `os.path.realpath`, or a table in tests."""


class Machine(NamedTuple):
    """`home` is absolute. The functions look at the disk, or at tables in tests.

    `real` and `exists` are those of os.path. `link` returns the target of a symlink, or None if the path is not one;
    `link_owner` its owner's uid, and `owner` that of the file or folder that a path leads to, both None if missing.
    `mode` is the mode of what a path leads to, None if missing. `is_repository` says whether a folder is the top of a
    git work tree. `conda` returns the folder of the conda environment with this name, or None.
    """

    home: str
    user: str
    uid: int
    gid: int
    real: RealPath
    exists: Callable[[str], bool]
    link: Callable[[str], str | None]
    link_owner: Callable[[str], int | None]
    owner: Callable[[str], int | None]
    mode: Callable[[str], int | None]
    is_repository: Callable[[str], bool]
    conda: Callable[[str], str | None]
