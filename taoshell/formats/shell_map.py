"""The mounts file that a shell command of a notebook writes, if the command has it word for word. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable

from taoshell.errors import TaoshellError, Where
from taoshell.formats import mounts_file
from taoshell.project.model import Mapping

_FILE = r"[\"']?(?:\S*[/.])?(?:tao|tlt)_mounts\.json[\"']?"
_ECHO = re.compile(rf"\s*(?:echo|printf(?:\s+'%s(?:\\n)?')?)\s+'([^']*)'\s*>\s*{_FILE}\s*")
_HERE = re.compile(
    rf"\s*cat\s*(?:>\s*{_FILE}\s*<<\s*'(\w+)'|<<\s*'(\w+)'\s*>\s*{_FILE})[ \t]*\n(.*?)\n(?:\1|\2)\s*", re.DOTALL
)
_WRITES = re.compile(rf"(?:>\s*|\btee\s+(?:-a\s+)?|\bcp\s+\S+\s+){_FILE}")


def read(commands: Iterable[tuple[str, Where]], folder: str) -> Mapping | None:
    """Return what the last of `commands` that writes a mounts file writes; None if none of them does.

    Raises TaoshellError if that is not known.
    """
    writing = [(command, at) for command, at in commands if _WRITES.search(command)]
    if not writing:
        return None
    command, at = writing[-1]
    echo, here = _ECHO.fullmatch(command), _HERE.fullmatch(command)
    if echo is None and here is None:
        cause = "this command writes the mounts file, and taoshell cannot know what without running it"
        raise TaoshellError(cause, "run it, and adopt the file that it writes", at=at)
    text = echo[1] if echo else here[3] if here else ""
    return mounts_file.absolute(mounts_file.read(text, str(at)), folder)
