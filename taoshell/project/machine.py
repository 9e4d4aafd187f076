"""What a project needs to know about the machine and the user. A project depends on nothing else of the disk."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

RealPath = Callable[[str], str]
"""`os.path.realpath`, or a table instead: an absolute path with every symlink followed."""


@dataclass(frozen=True)
class Machine:
    """`home` is absolute; `real` and `exists` are the functions of os.path, or tables instead."""

    home: str
    user: str
    uid: int
    gid: int
    real: RealPath
    exists: Callable[[str], bool]
