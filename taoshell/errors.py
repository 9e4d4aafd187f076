"""The one kind of error that users see, and how foreign text is made safe to print."""

from __future__ import annotations

import errno
import os
import unicodedata

REFUSED = 1
USAGE = 2
INTERRUPTED = 130


class Where:
    """A file, and the line in it, counted from 1, if it is known.

    Not a dataclass: importing dataclasses would double the time of `taoshell hook`.
    """

    __slots__ = ("file", "line")

    def __init__(self, file: str, line: int | None = None) -> None:
        self.file = file
        self.line = line

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Where) and (self.file, self.line) == (other.file, other.line)

    def __hash__(self) -> int:
        return hash((self.file, self.line))

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
    errno.EROFS: "it can only be read there",
    errno.EACCES: "make it, and the folder it is in, writable for you",
    errno.EPERM: "make it, and the folder it is in, writable for you",
    errno.EIO: "that disk, or the way to it, has a fault: see dmesg",
    errno.EXDEV: "keep it on the same file system as the folder it is in",
    errno.EMLINK: "that file system can keep no more links there: remove some",
}


def refusal(error: OSError) -> TaoshellError:
    """What the system refused, as users see it."""
    cure = _CURES.get(error.errno or 0, "")
    at = None if error.filename is None else Where(os.fsdecode(error.filename))
    return TaoshellError(error.strerror or str(error), cure, at=at)


def printable(text: str | os.PathLike[str]) -> str:
    """`text` as one printable line: control, bidirectional and undecodable characters as escapes.

    An approval display that repeats a file's bytes can be spoofed by them (autoenv PR#98).
    """
    return "".join(c if _is_printable(c) else _escape(c) for c in os.fspath(text))


def _is_printable(char: str) -> bool:
    # Cc control, Cf format (bidi overrides, zero width), Cs lone surrogates, Co/Cn unassigned, Zl/Zp line breaks
    return char == " " or unicodedata.category(char) not in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def _escape(char: str) -> str:
    if 0xDC80 <= ord(char) <= 0xDCFF:  # a byte that was no UTF-8, kept by surrogateescape
        return f"\\x{ord(char) - 0xDC00:02x}"
    return char.encode("unicode_escape").decode("ascii")
