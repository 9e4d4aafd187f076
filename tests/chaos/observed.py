"""What is the case, found out without taoshell's code: which processes live, where, and who is the newest of them."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Process:
    """One process, and no other that may get its number later."""

    pid: int
    start: str

    @classmethod
    def of(cls, pid: int) -> Process:
        return cls(pid, _start(pid))

    @property
    def lives(self) -> bool:
        return self.start != "" and _start(self.pid) == self.start

    @property
    def folder(self) -> Path | None:
        """Where it is."""
        try:
            return Path(os.readlink(f"/proc/{self.pid}/cwd"))
        except OSError:
            return None


def _start(pid: int) -> str:
    """Field 22 of proc_pid_stat(5); "" where it has ended, waited for or not."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return ""
    return "" if fields[0] in "ZX" else fields[19]


@dataclass(frozen=True)
class Claim:
    """What a live shell has said: the project that it is in, "" for none, and when."""

    process: Process
    root: str
    mtime_ns: int


def claims(state: Path, shells: Iterable[Process]) -> list[Claim]:
    """What the live ones of `shells` have said. All that is known here of the folder `sessions` is that a file's name
    holds pid and start time, and its first line the project."""
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
    """Who has the mounts file: the newest that is in a project, ties to the higher pid."""
    return max(
        (claim for claim in claims if claim.root), key=lambda claim: (claim.mtime_ns, claim.process.pid), default=None
    )


def processes_in(home: Path) -> Iterator[Process]:
    """All that has this HOME."""
    mark = b"\0HOME=" + os.fsencode(home) + b"\0"
    for entry in os.scandir("/proc"):
        if entry.name.isdigit():
            try:
                environ = Path(entry.path, "environ").read_bytes()
            except OSError:  # ended meanwhile, or another user's
                continue
            if mark in b"\0" + environ:
                yield Process.of(int(entry.name))


def command_line(pid: int) -> list[str]:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().split("\0")
    except OSError:
        return []
