"""The one kind of error that users see, and how foreign text is made safe to print."""

from __future__ import annotations

import errno
import os
import unicodedata

REFUSED = 1
USAGE = 2
INTERRUPTED = 130


class TaoshellError(Exception):
    """Something the user can put right: one line of where, cause and cure.

    `where` is a file (with `line`, counted from 1) that the cause stands in, or None.
    """

    def __init__(
        self,
        cause: str,
        cure: str = "",
        *,
        where: str | os.PathLike[str] | None = None,
        line: int | None = None,
        exit_code: int = REFUSED,
    ) -> None:
        super().__init__(cause)
        self.cause = cause
        self.cure = cure
        self.where = os.fspath(where) if where is not None else None
        self.line = line
        self.exit_code = exit_code

    def __str__(self) -> str:
        place = ""
        if self.where is not None:
            place = self.where + (f":{self.line}" if self.line is not None else "") + ": "
        cure = f"; {self.cure}" if self.cure else ""
        return shown(f"{place}{self.cause}{cure}")


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
    return TaoshellError(error.strerror or str(error), cure, where=error.filename)


def shown(text: str | os.PathLike[str]) -> str:
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
