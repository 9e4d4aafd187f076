"""Snapshots of a folder, with which a test checks what has changed."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path


@dataclass(frozen=True)
class Entry:
    """A file, symlink or folder. Of a folder only kind, mode and owner count: its entries are compared themselves."""

    kind: int
    mode: int
    owner: int
    mtime_ns: int = 0
    content: bytes = b""


def snapshot(*folders: Path) -> dict[str, Entry]:
    """Return everything below `folders`, by path."""
    found: dict[str, Entry] = {}
    for folder in folders:
        for path in [folder, *folder.rglob("*")]:
            found[str(path)] = _entry(path)
            if path.match("taoshell/lock"):  # each process that takes the lock signs it
                found[str(path)] = replace(found[str(path)], mtime_ns=0)
    return found


def contents(*folders: Path) -> list[bytes]:
    """Return the content of all regular files below `folders`, each inode once."""
    by_inode: dict[tuple[int, int], bytes] = {}
    for path, found in _files(folders):
        if stat.S_ISREG(found.st_mode):
            by_inode[found.st_dev, found.st_ino] = path.read_bytes()
    return list(by_inode.values())


def names_of(inode: int, *folders: Path) -> list[Path]:
    """Return every name that `inode` has below `folders`."""
    return sorted(path for path, found in _files(folders) if found.st_ino == inode)


def _files(folders: Iterable[Path]) -> Iterator[tuple[Path, os.stat_result]]:
    for folder in folders:
        for parent, _, names in os.walk(folder):
            for name in names:
                path = os.path.join(parent, name)
                yield Path(path), os.lstat(path)


def _entry(path: Path) -> Entry:
    found = path.lstat()
    kind, mode = stat.S_IFMT(found.st_mode), stat.S_IMODE(found.st_mode)
    if stat.S_ISLNK(found.st_mode):
        return Entry(kind, mode, found.st_uid, found.st_mtime_ns, os.fsencode(os.readlink(path)))
    content = path.read_bytes() if stat.S_ISREG(found.st_mode) else b""
    has_mtime = not stat.S_ISDIR(found.st_mode) and path.parts[-2:] != ("taoshell", "lock")  # each holder writes it
    return Entry(kind, mode, found.st_uid, found.st_mtime_ns if has_mtime else 0, content)
