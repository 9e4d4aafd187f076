"""Messages: lines on stderr, in the form that shell/posix/say.sh prints too."""

from __future__ import annotations

import contextlib
import os
import sys

from taoshell.errors import printable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import TextIO


def say(line: str) -> None:
    """Print one line on stderr, safe for a terminal; the program's name is dim there."""
    _print(printable(line))


def warn(line: str) -> None:
    """Print one line that stands out: a mark in front, and red at a terminal."""
    line = f"! {printable(line)}"
    _print(f"\x1b[31m{line}\x1b[0m" if may_be_styled(sys.stderr) else line)


def say_all(lines: Iterable[str]) -> None:
    """Print each line on stderr."""
    for line in lines:
        say(line)


def may_be_styled(stream: TextIO) -> bool:
    """Whether `stream` is a terminal and the user wants colours (no-color.org)."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") not in (None, "", "dumb")


def _print(line: str) -> None:
    name = "\x1b[2mtaoshell:\x1b[0m" if may_be_styled(sys.stderr) else "taoshell:"
    with contextlib.suppress(OSError):  # who cannot be told, as on a full disk, is still served
        print(name, line, file=sys.stderr)
