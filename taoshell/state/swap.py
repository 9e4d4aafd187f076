"""Replace the user's own files in one transaction, and lose nothing that another program saves meanwhile.

Editors do not know our lock. Therefore a new file and the old one exchange their names, and only then the old one is
compared with what the user saw: it cannot change names any more without our doing. If it differs, the names are
exchanged back. The old inode is kept, as a program may have it open and write later (see `kept`).

Where the system cannot exchange names (NFS, Lustre), the old file is moved away and the new one takes the free name. A
reader may then find no file for an instant.

Folders are not held open by descriptors: if one on the way becomes a symlink at this very moment, the comparison still
holds.
"""

from __future__ import annotations

import contextlib
import errno
import os
import signal
import stat
import time
from collections.abc import Iterator
from types import TracebackType
from typing import NamedTuple

from taoshell.errors import ChangedMeanwhile, printable
from taoshell.state.exchange import content_of, create, exchanged, rename_new
from taoshell.state.files import remove, remove_left_behind, report_errors_at
from taoshell.state.kept import Kept

_TICK = 50_000_000  # ns; the clock of file times advances in steps of up to 10 ms
_COARSEST = 2_000_000_000  # ns; FAT's step
_SIGNALS = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGTSTP}


class _Replaced(NamedTuple):
    """The file `path`, which held `seen` (None: it did not exist) and now holds `new`. Its old inode is `kept`."""

    path: str
    seen: bytes | None
    new: bytes
    mtime_ns: int
    folder: Kept
    kept: str = ""


class Swaps:
    """A transaction: an exception inside the `with` undoes all replacements. The caller holds the lock.

    `keep` is a folder for the former versions of the files of one project. `to_say` has lines to say at the end, also
    after an exception.
    """

    def __init__(self, keep: str) -> None:
        self.to_say: list[str] = []
        self._keep = Kept(keep)
        self._done: list[_Replaced] = []
        self._paths: list[str] = []
        self._beside: dict[str, Kept] = {}

    def __enter__(self) -> Swaps:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with _uninterrupted():
            while kind is not None and self._done:
                self._undo(self._done.pop())
            for path in self._paths:
                for folder in self._folders(path):
                    self.to_say += folder.collect(path)
                    if folder is not self._keep:
                        folder.remove_if_empty()

    def replace(self, path: str, seen: bytes | None, new: bytes, *, mode: int, keep_time: bool = False) -> int:
        """Make `new` the content of `path`, a real path. Return the new file's mtime.

        Raises ChangedMeanwhile if `path` does not hold what was `seen` (None: no file); nothing is lost or overwritten
        then. Every later edit gets another mtime, also one in the same tick of the clock. With `keep_time`, the new
        file has the mtime of the old one.
        """
        with _uninterrupted(), report_errors_at(path):
            self.to_say += recover(self._keep.path, path)
            self._paths.append(path)
            try:
                return self._replace(self._keep, path, seen, new, mode, keep_time)
            except OSError as error:
                if error.errno != errno.EXDEV:
                    raise
            self._beside[path] = Kept.beside(path)
            return self._replace(self._beside[path], path, seen, new, mode, keep_time)

    def _folders(self, path: str) -> list[Kept]:
        return [self._keep, self._beside[path]] if path in self._beside else self._keep.all_for(path)

    def _replace(self, folder: Kept, path: str, seen: bytes | None, new: bytes, mode: int, keep_time: bool) -> int:
        try:
            before = os.lstat(os.path.dirname(path) if seen is None else path)
        except FileNotFoundError as error:
            raise ChangedMeanwhile(path) from error
        if os.path.realpath(path) != path or (seen is None) == os.path.lexists(path) or not _holds(path, seen):
            raise ChangedMeanwhile(path)
        folder.ensure()
        temporary = folder.new(os.path.basename(path))
        create(temporary, new, mode, before.st_gid if seen is not None or before.st_mode & stat.S_ISGID else None)
        try:
            if keep_time and seen is not None:
                os.utime(temporary, ns=(before.st_mtime_ns, before.st_mtime_ns))
                mtime_ns = before.st_mtime_ns
            else:
                mtime_ns = _set_mtime(temporary, before.st_mtime_ns)
            kept = "" if seen is None else self._swap(folder, path, temporary, seen)
            if seen is None and not rename_new(temporary, path):
                raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), path)
        except (FileNotFoundError, FileExistsError) as error:
            remove(temporary)
            raise ChangedMeanwhile(path) from error
        except BaseException:
            remove(temporary)
            raise
        replaced = _Replaced(path, seen, new, mtime_ns, folder, kept)
        if kept != temporary:
            remove(temporary)  # it was copied
        if kept and not _holds(kept, seen):
            self._undo(replaced)
            raise ChangedMeanwhile(path)
        self._done.append(replaced)
        return mtime_ns

    def _swap(self, folder: Kept, path: str, other: str, expected: bytes) -> str:
        """Put `other` in the place of `path`, which we believe to hold `expected`; return where that is kept now.

        Raises FileNotFoundError if `path` does not exist, FileExistsError if another program made it just now.
        """
        name = os.path.basename(path)
        if exchanged(path, other):
            return folder.keep(other, name, expected)
        old = folder.old(name)
        os.rename(path, old)
        try:
            placed = rename_new(other, path)
        except OSError:
            rename_new(old, path)  # if the name is taken by now, `recover` keeps `old`
            raise
        kept = folder.keep(old, name, expected)
        if not placed:
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), path)
        return kept

    def _undo(self, replaced: _Replaced) -> None:
        """Put the old file back, unless another program wrote or removed the new one: its version is the newest."""
        path, folder = replaced.path, replaced.folder
        where = f"; what it held before is kept in {printable(folder.path)}" if replaced.kept else ""
        try:
            if replaced.seen is None:
                old = folder.old(os.path.basename(path))
                os.rename(path, old)
                if _is_ours(old, replaced) or not rename_new(old, path):
                    folder.keep(old, os.path.basename(path), replaced.new)
                return
            out = self._swap(folder, path, replaced.kept, replaced.new)
            if not _is_ours(out, replaced):
                self._swap(folder, path, out, replaced.seen)
                self.to_say.append(f"{printable(path)} was written by another program just now and is left so")
        except FileNotFoundError:
            self.to_say.append(f"{printable(path)} was removed just now{where}")
        except FileExistsError:
            self.to_say.append(f"{printable(path)} was written by another program just now{where}")
        except OSError as error:
            self.to_say.append(f"{printable(path)} cannot be put back: {error.strerror}{where}")


def recover(keep: str, path: str) -> list[str]:
    """Take care of what a killed process left while it replaced `path`; call this before `path` is read.

    `keep` is that of `Swaps`; the caller holds the lock. Return the lines to say. 0.1.0 had its temporary files beside
    `path`, where git does not ignore them: they go.
    """
    remove_left_behind(path)
    return [line for folder in Kept(keep).all_for(path) for line in folder.recover(path)]


def _holds(path: str, content: bytes | None) -> bool:
    return content_of(path) == content


def _is_ours(path: str, replaced: _Replaced) -> bool:
    """Whether `path` is the file that we wrote, and no program wrote it since."""
    return _holds(path, replaced.new) and os.lstat(path).st_mtime_ns == replaced.mtime_ns


def _set_mtime(path: str, before: int) -> int:
    """Set an mtime that neither the file `before` has nor a later edit will get; return it as the disk stores it."""

    def stored(mtime_ns: int) -> int:
        os.utime(path, ns=(mtime_ns, mtime_ns))
        return os.stat(path).st_mtime_ns

    wanted = time.time_ns() - _TICK
    if stored(wanted) != wanted:
        wanted -= _COARSEST
    while (mtime_ns := stored(wanted)) == before:
        wanted -= _COARSEST
    return mtime_ns


@contextlib.contextmanager
def _uninterrupted() -> Iterator[None]:
    """Let no signal stop us halfway; it acts at the end. taoshell has one thread."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, ())
    try:
        signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
