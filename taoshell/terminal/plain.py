"""Characters that an encoding may lack, such as • in GBK, and their plain twins: in no locale does a message fail."""

from __future__ import annotations

import codecs
import io
from typing import TextIO

_TWINS = {"•": "*", "✓": "ok", "✗": "x", "⇒": "=>", "→": "->", "…": "..."}
_HANDLER = "taoshell"  # its name among Python's error handlers


def never_fail(stream: TextIO) -> None:
    """Let `stream` print the twin of a character that its encoding lacks, or else an escape."""
    if isinstance(stream, io.TextIOWrapper):
        codecs.register_error(_HANDLER, _printed)
        stream.reconfigure(errors=_HANDLER)


def shown(text: str, stream: TextIO) -> str:
    """Return `text` as `stream` prints it, to know its width."""
    encoding = getattr(stream, "encoding", None) or "utf-8"
    return "".join(_TWINS[char] if char in _TWINS and not _has(encoding, char) else char for char in text)


def _has(encoding: str, char: str) -> bool:
    try:
        char.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def _printed(error: UnicodeError) -> tuple[str | bytes, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    char = error.object[error.start]
    if "\udc80" <= char <= "\udcff":  # a byte of a path in the hook's text
        return bytes([ord(char) - 0xDC00]), error.start + 1
    return _TWINS.get(char) or char.encode("ascii", "backslashreplace").decode(), error.start + 1
