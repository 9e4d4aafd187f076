"""Which shell should hold the mounts file, found without taoshell's code: the live shell with the newest session."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from tests.support.live_processes import Process


@dataclass(frozen=True)
class Claim:
    """The session of a live shell: its project ("" for none) and its mtime."""

    process: Process
    root: str
    mtime_ns: int


def claims(state: Path, shells: Iterable[Process]) -> list[Claim]:
    """Return the sessions of those `shells` that are alive.

    This relies on only two facts about the folder `sessions`: a file's name contains the pid and the start time of its
    shell, and its first line is the project.
    """
    files = [path for path in (state / "sessions").rglob("*") if path.is_file()]
    found = []
    for shell in shells:
        name = re.compile(rf"(?<!\d){shell.pid}-{shell.start}(?!\d)")
        for path in files:
            if name.search(path.name) and shell.lives:
                lines = path.read_text().splitlines()
                found.append(Claim(shell, lines[0] if lines else "", path.stat().st_mtime_ns))
    return found


def newest(claims: Iterable[Claim]) -> Claim | None:
    """Return the newest session that is in a project: it holds the mounts file. In a tie, the higher pid wins."""
    return max(
        (claim for claim in claims if claim.root), key=lambda claim: (claim.mtime_ns, claim.process.pid), default=None
    )


def command_line(pid: int) -> list[str]:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().split("\0")
    except OSError:
        return []
