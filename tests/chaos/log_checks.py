"""Check what readers and writers logged, and that every inode that was written is kept."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.chaos.background import Background
from tests.chaos.figures import Figures
from tests.chaos.foreign_text import foreign, serial_of
from tests.chaos.world import World

Record = dict[str, Any]
_EXPLAINED = 3.0  # seconds; a writer logs a write only after it


class LogChecks:
    """The logs of all writers and readers of a run. Call `judge` when all have ended."""

    def __init__(self, world: World, figures: Figures) -> None:
        self._world = world
        self._figures = figures
        self.writers: list[Background] = []
        self.readers: list[Background] = []
        self._inodes: dict[int, list[Record]] = {}  # the writes into each inode
        self._begun: list[Record] = []  # reads of half a file, each of which a writer's log must explain

    def look(self, explained_before: float = _EXPLAINED) -> None:
        """Check what has been logged so far, while the writers and readers run."""
        for record in (record for writer in self.writers for record in writer.news()):
            self._wrote(record)
        for record in (record for reader in self.readers for record in reader.news()):
            self._read(record)
        due = time.monotonic() - explained_before
        for record in [record for record in self._begun if record["at"] <= due]:
            self._begun.remove(record)
            if not any(write["began"] <= record["at"] for write in self._inodes.get(record["inode"], [])):
                self._figures.violated("torn", f"half a file, but no foreign writer was writing into it: {record}")

    def _wrote(self, record: Record) -> None:
        if record["kind"] == "missing":
            self._figures.violated("missing", f"a writer found no mounts file: {record}")
        else:
            self._figures.counts[f"written: {record['kind']}"] += 1
            self._inodes.setdefault(record["inode"], []).append(record)

    def _read(self, record: Record) -> None:
        if record["kind"] == "counts":
            for kind, count in record["counts"].items():
                self._figures.counts[f"read: {kind}"] += count
        elif record["kind"] == "begun":
            self._begun.append(record)
        else:
            self._figures.violated(record["kind"], f"a reader of the mounts file: {record}")

    def judge(self) -> None:
        """Check that each inode still holds what a writer wrote last, and is kept where it belongs."""
        self.look(explained_before=0)
        kept, inodes = dict(self._kept()), self._inodes
        replaced = {path.stat().st_ino for path in self._world.scratch.iterdir()}
        for inode, writes in inodes.items():
            last = max(writes, key=lambda write: write["ended"])
            if inode in replaced:
                self._figures.counts["replaced by an editor"] += 1
            elif inode not in kept or kept[inode].read_bytes() != foreign(last["serial"]):
                self._figures.violated("lost", self._story(inode, writes, kept))
            elif kept[inode].parent == self._world.home.backups and ".own" not in kept[inode].name:
                self._figures.counts["kept in backups"] += 1
            else:
                self._figures.counts["became the user's own"] += 1
        for path in self._world.home.backups.iterdir():
            if path.stat().st_ino not in inodes and ".own" not in path.name:
                self._figures.counts["ours in backups"] += 1

    def _kept(self) -> Iterator[tuple[int, Path]]:
        """Return the files that may hold a foreign text at the end, by inode."""
        own = [self._world.home.mounts_file.resolve(), self._world.account.original]
        for path in [*self._world.home.backups.iterdir(), *own]:
            if path.is_file():
                yield path.stat().st_ino, path

    def _story(self, inode: int, writes: list[Record], kept: dict[int, Path]) -> str:
        serials = [write["serial"] for write in writes]
        elsewhere = [
            f"{path} (inode {path.lstat().st_ino}, {path.stat().st_size} bytes)"
            for folder in (self._world.home.path, self._world.folder / "scratch")
            for path in map(Path, _files(folder))
            if path.lstat().st_ino == inode or serial_of(path.read_bytes()) in serials
        ]
        history = "".join(f"\n    {write}" for write in writes[-5:])
        return f"inode {inode}, into which was written{history}\n  of it there is {elsewhere or 'nothing'}"


def _files(folder: Path) -> Iterator[str]:
    for root, _, names in os.walk(folder):
        for name in names:
            if os.path.isfile(path := os.path.join(root, name)):
                yield path
