"""What a project needs to know about the machine and the user. Nothing else in this package looks at the disk."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

RealPath = Callable[[str], str]
"""Resolves every symlink in an absolute path: `os.path.realpath`, or a table in tests."""


@dataclass(frozen=True)
class Machine:
    """`home` is absolute. `real` and `exists` are the functions of os.path, or tables in tests."""

    home: str
    user: str
    uid: int
    gid: int
    real: RealPath
    exists: Callable[[str], bool]
