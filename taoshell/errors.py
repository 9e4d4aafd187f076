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
UNREAD = 141  # 128 + SIGPIPE, as of other programs whose reader has ended

_LONGEST_CAUSE = 500  # characters
_LONGEST_CURE = 10_000  # enough for a command with two paths, which are shorter than 4096 bytes each


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
    """An error that the user can fix: one line with file, line, cause and cure.

    A long cause is shortened. A cure is whole or left out: half a command would do something else.
    """

    def __init__(self, cause: str, cure: str = "", *, at: Where | None = None, exit_code: int = REFUSED) -> None:
        self.cause = shortened(cause)
        self.cure = cure if len(cure) <= _LONGEST_CURE else ""
        super().__init__(self.cause)
        self.where = at
        self.exit_code = exit_code
        self.to_say: list[str] = []  # what the user must know besides

    def __str__(self) -> str:
        where = "" if self.where is None else f"{self.where}: "
        cure = f"; {self.cure}" if self.cure else ""
        return printable(f"{where}{self.cause}{cure}")


def not_written(error: TaoshellError, what: str) -> TaoshellError:
    """Return the error of planned texts. It begins with `what`, and has no line: no file has that line."""
    return TaoshellError(f"{what}: {error.cause}", error.cure, at=error.where and Where(error.where.file))


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
    errno.EISDIR: "a folder has that name: move it away",
    errno.EEXIST: "something else has that name: move it away",
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


def shortened(text: str) -> str:
    """Return `text` as one printable line without its middle, if it is too long to be read."""
    line = printable(text)
    half = _LONGEST_CAUSE // 2
    return line if len(line) <= _LONGEST_CAUSE else f"{line[:half]}…{line[-half:]}"


def printable(text: str | os.PathLike[str]) -> str:
    """Return `text` as one printable line: what a terminal obeys, hides or cannot show becomes escapes.

    Without this, the bytes of a file could fake what an approval shows (autoenv PR#98).
    """
    text = os.fspath(text)
    if text.isascii() and text.isprintable():
        return text
    shown: list[str] = []
    marks: int | None = None  # how many combining marks the last character carries; None if it cannot carry one
    for at, char in enumerate(text):
        category = unicodedata.category(char)
        if category[0] == "M":
            is_shown = (
                marks is not None and marks < _MOST_MARKS and _may_carry(char, text[at - 1], text[at + 1 : at + 2])
            )
            marks = marks + 1 if marks is not None and is_shown else None
        else:
            is_shown = char == " " or not (category in _HIDDEN or _is_blank(char))
            marks = 0 if is_shown and (category[0] in "LN" or category == "So") else None
        shown.append(char if is_shown else _escape(char))
    return "".join(shown)


# Cc control, Cf format (bidi overrides, zero width), Cs lone surrogates, Co/Cn unassigned, Zl/Zp line breaks, Zs spaces
_HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp", "Zs"}
# Letters and symbols without ink: Hangul and Khitan fillers, blanks of braille, hieroglyphs and music, and the object
# replacement character
_BLANK = "\u115f\u1160\u3164\uffa0\u2800\U00013441\U00013442\U0001d159\ufffc"
# Marks without ink: the grapheme joiner, Khmer's inherent vowels, variation selectors, and joiners and fillers
_BLANK_MARKS = "\u034f\u17b4\u17b5\u180b\u180c\u180d\u180f\u2d7f\U0001107f\U00016fe4"
_VARIATION_SELECTORS = (("\ufe00", "\ufe0f"), ("\U000e0100", "\U000e01ef"))
_MOST_MARKS = 2  # Vietnamese, Arabic and Thai need two; more pile up over the lines around them


def _is_blank(char: str) -> bool:
    return char in _BLANK or char in _BLANK_MARKS or any(first <= char <= last for first, last in _VARIATION_SELECTORS)


def _may_carry(mark: str, before: str, after: str) -> bool:
    """Whether `mark` shows, or makes an emoji of what is before it, such as a heart or a keycap."""
    if mark == "\ufe0f":
        return unicodedata.category(before) == "So" or (before in "0123456789#*" and after == "\u20e3")
    return not _is_blank(mark)


def _escape(char: str) -> str:
    if 0xDC80 <= ord(char) <= 0xDCFF:  # a byte that is not UTF-8, which surrogateescape kept
        return f"\\x{ord(char) - 0xDC00:02x}"
    return char.encode("unicode_escape").decode("ascii")


def counted(number: int, noun: str) -> str:
    """Return `number` and `noun`, in the plural unless `number` is 1."""
    return f"{number} {noun}{'s' * (number != 1)}"
