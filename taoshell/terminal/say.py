"""What commands say: lines on stderr, as shell/posix/say.sh has them."""

from __future__ import annotations

import os
import sys

from taoshell.errors import printable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TextIO


def say(line: str) -> None:
    """One line on stderr, safe to print; at a terminal the program's name is dim."""
    name = "\x1b[2mtaoshell:\x1b[0m" if may_be_styled(sys.stderr) else "taoshell:"
    print(f"{name} {printable(line)}", file=sys.stderr)


def may_be_styled(stream: TextIO) -> bool:
    """Is it a terminal, of a user who wants colours (no-color.org)?"""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") not in (None, "", "dumb")
