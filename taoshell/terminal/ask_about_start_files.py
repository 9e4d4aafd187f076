"""The question that `install` and `uninstall` ask before they change start files."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from taoshell.errors import TaoshellError
from taoshell.shells import start_files
from taoshell.shells.start_files import Edit
from taoshell.terminal import tables
from taoshell.terminal.ask import confirmed
from taoshell.terminal.say import say


def may_change(edits: Sequence[Edit], *, dry_run: bool, yes: bool, refusal: str) -> bool:
    """Show the edits of start files, and return whether to make them. Raises TaoshellError (`refusal`) if not."""
    tables.show_diff(start_files.difference(edits))
    for edit in edits:
        real = os.path.realpath(edit.path)
        if real != os.path.abspath(edit.path):
            say(f"{edit.path} is a symlink; the file that changes is {real}")
    if dry_run:
        if not edits:
            say("no start file would change")
        return False
    if edits and not yes:
        if not sys.stdin.isatty():
            raise TaoshellError(refusal, "there is no terminal to ask at: add --yes")
        if not confirmed("Change this?", default=True):
            raise TaoshellError(refusal, "your start files have not changed")
    return True
