"""Afterwards: what the readers and the writers have logged, and whether every inode that was written into is kept."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from tests.chaos.figures import Figures
from tests.chaos.helpers import Helper
from tests.chaos.texts import foreign, serial_of
from tests.chaos.world import World

Record = dict[str, Any]


class Evidence:
    """Of all writers and readers of a run; `judge` comes when all of them have ended."""

    def __init__(self, world: World, figures: Figures) -> None:
        self._world = world
        self._figures = figures
        self.writers: list[Helper] = []
        self.readers: list[Helper] = []

    def look(self) -> None:
        """While they run: has anything been seen that should not be?"""
        for reader in self.readers:
            for record in reader.records():
                if record["kind"] in ("torn", "missing"):
                    self._seen(record)

    def judge(self) -> None:
        written = [record for writer in self.writers for record in writer.records()]
        for record in written:
            if record["kind"] == "missing":
                self._figures.violated("missing", f"a writer found no mounts file: {record}")
            else:
                self._figures.counts[f"written: {record['kind']}"] += 1
        inodes = _by_inode(record for record in written if record["kind"] != "missing")
        self._judge_reads(inodes)
        self._judge_writes(inodes)

    def _judge_reads(self, inodes: dict[int, list[Record]]) -> None:
        for record in (record for reader in self.readers for record in reader.records()):
            if record["kind"] == "counts":
                for kind, count in record["counts"].items():
                    self._figures.counts[f"read: {kind}"] += count
            elif record["kind"] != "begun":
                self._seen(record)
            elif not any(write["began"] <= record["at"] for write in inodes.get(record["inode"], [])):
                self._figures.violated("torn", f"half a file, and nobody else was writing into it: {record}")

    def _seen(self, record: Record) -> None:
        self._figures.violated(record["kind"], f"a reader of the mounts file: {record}")

    def _judge_writes(self, inodes: dict[int, list[Record]]) -> None:
        """What a writer put last into an inode must be in that inode, which must be kept where it belongs."""
        kept = dict(self._kept())
        replaced = {path.stat().st_ino for path in self._world.scratch.iterdir()}
        for inode, writes in inodes.items():
            last = max(writes, key=lambda write: write["ended"])
            if inode in replaced:
                self._figures.counts["replaced by an editor"] += 1
            elif inode not in kept or kept[inode].read_bytes() != foreign(last["serial"]):
                self._figures.violated("lost", self._story(inode, writes, kept))
            elif kept[inode].parent == self._world.home.backups:
                self._figures.counts["kept in backups"] += 1
            else:
                self._figures.counts["became the user's own"] += 1
        for path in self._world.home.backups.iterdir():
            if path.stat().st_ino not in inodes and ".own" not in path.name:
                self._figures.counts["ours in backups"] += 1

    def _kept(self) -> Iterator[tuple[int, Path]]:
        """The files in which a foreign text may be found in the end, by inode."""
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


def _by_inode(written: Iterable[Record]) -> dict[int, list[Record]]:
    inodes: dict[int, list[Record]] = {}
    for record in written:
        inodes.setdefault(record["inode"], []).append(record)
    return inodes


def _files(folder: Path) -> Iterator[str]:
    for root, _, names in os.walk(folder):
        for name in names:
            if os.path.isfile(path := os.path.join(root, name)):
                yield path
