"""`taoshell _complete LINE`: what the last word of a command line could be, for the scripts shell/*/complete.*.

Click knows the commands and options; what only taoshell knows is in taoshell.terminal.candidates. Nothing is changed,
and nothing of a project is run.
"""

from __future__ import annotations

import contextlib
import shlex
from collections.abc import Iterator

from click.shell_completion import ShellComplete

from taoshell.cli import cli

_CURSOR = "\0"  # in no command line


def answers(line: str) -> Iterator[str]:
    """For each possibility "KIND<tab>VALUE<tab>HELP". `line`: the command up to the cursor.

    KIND is "plain"; "path", a value that the shell has to quote; "dir" or "file", without a value, for all there are.
    """
    words = _words(line)
    ours = next((number for number, word in enumerate(words) if word.rpartition("/")[2] == "taoshell"), 0)
    if "--" in words[ours:-1]:  # the command that `exec` is to run
        yield "file\t\t"
        return
    for item in ShellComplete(cli, {}, "taoshell", "").get_completions(words[ours + 1 : -1], words[-1]):
        if item.type in ("dir", "file"):
            yield f"{item.type}\t\t"
        elif item.value.isprintable():  # a line for each, and nothing that a terminal would act on
            about = (item.help or "").partition("\n")[0]
            yield f"{item.type}\t{item.value}\t{about}"


def _words(line: str) -> list[str]:
    """The words of `line` without their quotes. The last one is where the cursor is: unfinished, or not begun."""
    for closing in ("", "'", '"'):
        with contextlib.suppress(ValueError):  # another quote is open
            words = shlex.split(f"{line}{_CURSOR}{closing}")
            return [*words[:-1], words[-1].replace(_CURSOR, "")]
    return [""]
