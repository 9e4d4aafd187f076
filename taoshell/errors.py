"""The one kind of error that users see, and how to print text that others wrote."""

from __future__ import annotations

import errno
import os
import stat
import unicodedata

REFUSED = 1
USAGE = 2
INTERRUPTED = 130


class Where:
    """A file and, if it is known, the line, counted from 1.

    `key` is a TOML key whose line has not been looked up: that is slow, so only `project.build` does it, for problems.
    This is not a dataclass, as importing dataclasses would double the time of `taoshell hook`.
    """

    __slots__ = ("file", "key", "line")

    def __init__(self, file: str, line: int | None = None, key: tuple[str, ...] = ()) -> None:
        self.file = file
        self.line = line
        self.key = key

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Where) and self._parts() == other._parts()

    def __hash__(self) -> int:
        return hash(self._parts())

    def _parts(self) -> tuple[str, int | None, tuple[str, ...]]:
        return (self.file, self.line, self.key)

    def __str__(self) -> str:
        return self.file if self.line is None else f"{self.file}:{self.line}"


class TaoshellError(Exception):
    """Something that the user can put right: one line with where, cause and cure."""

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
    """An OSError as users see it."""
    cure = _CURES.get(error.errno or 0, "")
    at = None if error.filename is None else Where(os.fsdecode(error.filename))
    return TaoshellError(error.strerror or str(error), cure, at=at)


def irregular(mode: int) -> str | None:
    """What a file with this `st_mode` is, for after "this is", if it is not a regular file; None if it is one."""
    if stat.S_ISREG(mode):
        return None
    return "a folder" if stat.S_ISDIR(mode) else "not a regular file"


def printable(text: str | os.PathLike[str]) -> str:
    """`text` as one printable line: control, bidirectional and undecodable characters become escapes.

    Otherwise the bytes of a file could fake what an approval shows (autoenv PR#98).
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
    """`number` and `noun`, in the plural unless there is one."""
    return f"{number} {noun}{'s' * (number != 1)}"
