"""`taoshell _complete LINE`: complete the last word of a command line, for the scripts shell/*/complete.*.

taoshell.commands has the table of commands, click knows the options, and taoshell.terminal.candidates the rest.
Completion writes nothing, and runs nothing from a project.
"""

from __future__ import annotations

import contextlib
import shlex
from collections.abc import Iterator

from taoshell.commands import SUMMARIES

_CURSOR = "\0"  # occurs in no command line


def answers(line: str) -> Iterator[str]:
    """Yield "KIND<tab>VALUE<tab>HELP" for each possibility. `line` is the command line up to the cursor.

    KIND is "plain"; "path", if the shell must quote the value; or "dir" or "file" without a value, which stands for
    any folder or file.
    """
    words = _words(line)
    ours = next((number for number, word in enumerate(words) if word.rpartition("/")[2] == "taoshell"), 0)
    if "--" in words[ours:-1]:  # in the command that `exec` runs
        yield "file\t\t"
        return
    before, last = words[ours + 1 : -1], words[-1]
    if before[:1] == ["help"]:
        before = before[1:]
    if not before and not last.startswith("-"):
        yield from (f"plain\t{name}\t{SUMMARIES[name]}" for name in SUMMARIES if name.startswith(last))
        return
    from click.shell_completion import ShellComplete  # only when needed, and so is the command itself

    from taoshell.cli import cli

    for item in ShellComplete(cli, {}, "taoshell", "").get_completions(before, last):
        if item.type in ("dir", "file"):
            yield f"{item.type}\t\t"
        elif item.value.isprintable():  # so that it is one line, and no escape sequence
            about = (item.help or "").partition("\n")[0]
            yield f"{item.type}\t{item.value}\t{about}"


def _words(line: str) -> list[str]:
    """Return the words of `line` without quotes. The last word is at the cursor, and may be empty."""
    for closing in ("", "'", '"'):
        with contextlib.suppress(ValueError):  # another quote is open
            words = shlex.split(f"{line}{_CURSOR}{closing}")
            return [*words[:-1], words[-1].replace(_CURSOR, "")]
    return [""]
