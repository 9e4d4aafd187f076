"""What a project needs to know of the machine and the user; nothing else of the disk gets into a definition."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from taoshell.project.mounts import RealPath


@dataclass(frozen=True)
class Machine:
    """`home` is absolute; `real` and `exists` are os.path's, or tables in their place."""

    home: str
    user: str
    uid: int
    gid: int
    real: RealPath
    exists: Callable[[str], bool]
