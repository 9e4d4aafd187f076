"""A foreign writer: `python -m tests.chaos.writer LOG KIND PATH FIRST_SERIAL SECONDS_BETWEEN SCRATCH`.

in_place   writes like a notebook: open(path, "w"), write, close
halves     does the same, but keeps the file open between the first half and the second
replace    writes like an editor: a new file, renamed over the old one

A writer locks the inode while it writes. So two writers never write into the same inode at the same time, and it is
certain what each inode must hold at the end. For the same reason, SCRATCH keeps each file that a rename replaces.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import fcntl
import os
import random
import stat
import sys
import time
from collections.abc import Callable

from tests.chaos.background import Asked, Log
from tests.chaos.foreign_text import foreign

_AT_FDCWD, _RENAME_EXCHANGE = -100, 2
_LIBC = ctypes.CDLL(None, use_errno=True)


class Writer:
    def __init__(self, log: Log, path: str, scratch: str, chance: random.Random) -> None:
        self._log = log
        self._path = path
        self._scratch = scratch
        self._chance = chance

    def in_place(self, serial: int) -> None:
        self._into(serial, pause=0.0)

    def halves(self, serial: int) -> None:
        self._into(serial, pause=self._chance.choice((0.001, 0.02, 0.2)))

    def _into(self, serial: int, pause: float) -> None:
        handle = os.open(self._path, os.O_WRONLY)
        try:
            with contextlib.suppress(BlockingIOError):  # another writer has locked it: skip this time
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                self._write(serial, handle, pause)
        finally:
            os.close(handle)

    def _write(self, serial: int, handle: int, pause: float) -> None:
        text, began = foreign(serial), time.monotonic()
        with open(f"/proc/self/fd/{handle}", "wb", buffering=0) as file:
            if pause:
                file.write(text[: len(text) // 2])
                time.sleep(pause)
                file.write(text[len(text) // 2 :])
            else:
                file.write(text)
        inode = os.fstat(handle).st_ino
        self._log.write(
            kind="halves" if pause else "in_place", serial=serial, inode=inode, began=began, ended=time.monotonic()
        )

    def replace(self, serial: int) -> None:
        """Exchange the two names. To others this looks like a rename, but the replaced file keeps a name."""
        new, began = f"{self._path}.swp-{serial}", time.monotonic()
        with open(new, "xb") as file:
            file.write(foreign(serial))
            inode = os.fstat(file.fileno()).st_ino
        if _LIBC.renameat2(_AT_FDCWD, os.fsencode(new), _AT_FDCWD, os.fsencode(self._path), _RENAME_EXCHANGE):
            os.unlink(new)
            error = ctypes.get_errno()
            raise OSError(error, os.strerror(error), self._path)
        if stat.S_ISLNK(os.lstat(new).st_mode):
            os.unlink(new)
        else:
            os.rename(new, f"{self._scratch}/{serial}")
        self._log.write(kind="replace", serial=serial, inode=inode, began=began, ended=time.monotonic())


def main(log_path: str, kind: str, path: str, first: str, between: str, scratch: str) -> None:
    asked, log, chance = Asked(), Log(log_path), random.Random(int(first))
    write: Callable[[int], None] = getattr(Writer(log, path, scratch, chance), kind)
    serial = int(first)
    while not asked:
        time.sleep(chance.expovariate(1 / float(between)))
        serial += 1
        try:
            write(serial)
        except OSError as error:
            if error.errno != errno.ENOENT:
                raise
            log.write(kind="missing", serial=serial, at=time.monotonic())


if __name__ == "__main__":
    main(*sys.argv[1:])
