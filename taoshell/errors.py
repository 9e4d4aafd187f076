"""The one kind of error that users see, and how to print untrusted text."""

from __future__ import annotations

import errno
import os
import stat
import unicodedata
from collections.abc import Callable

REFUSED = 1
USAGE = 2
INTERRUPTED = 130


class Where:
    """A file and, if it is known, the line, counted from 1. If the line is slow to find, pass a function that finds it.

    This is not a dataclass, as importing dataclasses would double the time of `taoshell hook`.
    """

    __slots__ = ("_line", "file")

    def __init__(self, file: str, line: int | Callable[[], int | None] | None = None) -> None:
        self.file = file
        self._line = line

    @property
    def line(self) -> int | None:
        return self._line() if callable(self._line) else self._line

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Where) and (self.file, self.line) == (other.file, other.line)

    def __hash__(self) -> int:
        return hash((self.file, self.line))

    def __str__(self) -> str:
        return self.file if self.line is None else f"{self.file}:{self.line}"


class TaoshellError(Exception):
    """An error that the user can fix: one line with file, line, cause and cure."""

    def __init__(self, cause: str, cure: str = "", *, at: Where | None = None, exit_code: int = REFUSED) -> None:
        super().__init__(cause)
        self.cause = cause
        self.cure = cure
        self.where = at
        self.exit_code = exit_code

    def __str__(self) -> str:
        where = "" if self.where is None else f"{self.where}: "
        cure = f"; {self.cure}" if self.cure else ""
        return printable(f"{where}{self.cause}{cure}")


class ChangedMeanwhile(TaoshellError):
    """Another program changed a file after we read it: what the user has seen is not what is there."""

    def __init__(self, path: str) -> None:
        super().__init__("this changed meanwhile, so nothing was written", "run the command again", at=Where(path))


_CURES = {
    errno.ENOSPC: "free some space on that disk",
    errno.EDQUOT: "free some of your quota",
    errno.EFBIG: "raise the limit of this shell: ulimit -f",
    errno.EROFS: "that file system is read-only: use another, or remount it",
    errno.EACCES: "make it, and the folder it is in, writable for you",
    errno.EPERM: "make it, and the folder it is in, writable for you",
    errno.EIO: "that disk, or the connection to it, has a fault: see dmesg",
    errno.EXDEV: "keep it on the same file system as the folder it is in",
    errno.EMLINK: "that file system allows no more links to it: remove some",
}


def refusal(error: OSError) -> TaoshellError:
    """Return an OSError as users see it."""
    cure = _CURES.get(error.errno or 0, "")
    at = None if error.filename is None else Where(os.fsdecode(error.filename))
    return TaoshellError(error.strerror or str(error), cure, at=at)


def irregular(mode: int) -> str | None:
    """Return what a file with this `st_mode` is, to follow "this is"; None if it is a regular file."""
    if stat.S_ISREG(mode):
        return None
    return "a folder" if stat.S_ISDIR(mode) else "not a regular file"


def printable(text: str | os.PathLike[str]) -> str:
    """Return `text` as one printable line: control, bidirectional and undecodable characters become escapes.

    Without this, the bytes of a file could fake what an approval shows (autoenv PR#98).
    """
    return "".join(c if _is_printable(c) else _escape(c) for c in os.fspath(text))


def _is_printable(char: str) -> bool:
    # Cc control, Cf format (bidi overrides, zero width), Cs lone surrogates, Co/Cn unassigned, Zl/Zp line breaks
    return char == " " or unicodedata.category(char) not in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def _escape(char: str) -> str:
    if 0xDC80 <= ord(char) <= 0xDCFF:  # a byte that is not UTF-8, which surrogateescape kept
        return f"\\x{ord(char) - 0xDC00:02x}"
    return char.encode("unicode_escape").decode("ascii")


def counted(number: int, noun: str) -> str:
    """Return `number` and `noun`, in the plural unless `number` is 1."""
    return f"{number} {noun}{'s' * (number != 1)}"
