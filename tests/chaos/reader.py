"""A reader of the mounts file: `python -m tests.chaos.reader LOG PATH SECONDS_BETWEEN TEXT_FILE…`.

Each TEXT_FILE holds one complete text that readers may get; its name up to the first "-" is the kind of the text.
Any other text must come from a foreign writer.
The reader logs torn and missing files, and each inode with an unfinished text. At the end it logs its counts.
"""

from __future__ import annotations

import os
import sys
import time
from collections import Counter
from pathlib import Path

from tests.chaos.background import Asked, Log
from tests.chaos.foreign_text import is_beginning, is_whole

_MOST_LOGGED = 50
_MORE_THAN_ANY = 1 << 16  # bytes


def main(log_path: str, path: str, between: str, *files: str) -> None:
    asked, log = Asked(), Log(log_path)
    right = {Path(file).read_bytes(): Path(file).name.partition("-")[0] for file in files}
    seconds, reads = float(between), Counter[str]()
    begun: set[int] = set()
    while not asked:
        inode, data = _read(path)
        kind = _kind(data, right)
        reads[kind] += 1
        if kind == "begun" and inode not in begun:
            begun.add(inode)
            log.write(kind=kind, inode=inode, at=time.monotonic())
        elif kind in ("torn", "missing") and reads[kind] <= _MOST_LOGGED:
            log.write(kind=kind, inode=inode, at=time.monotonic(), data=repr(data))
        if seconds:
            time.sleep(seconds)
    log.write(kind="counts", counts=reads)


def _read(path: str) -> tuple[int, bytes | None]:
    try:
        handle = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        return 0, None
    try:
        return os.fstat(handle).st_ino, os.read(handle, _MORE_THAN_ANY)
    finally:
        os.close(handle)


def _kind(data: bytes | None, right: dict[bytes, str]) -> str:
    if data is None:
        return "missing"
    if data in right:
        return right[data]
    if is_whole(data):
        return "foreign"
    return "begun" if is_beginning(data) else "torn"


if __name__ == "__main__":
    main(*sys.argv[1:])
