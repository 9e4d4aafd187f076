"""`taoshell exec`: run one command inside a project, for scripts, cron, Makefiles and CI."""

from __future__ import annotations

import os
from collections.abc import Sequence

import click

from taoshell.actions import exec, find
from taoshell.cures import cure
from taoshell.errors import USAGE, TaoshellError
from taoshell.state.paths import State
from taoshell.terminal import candidates
from taoshell.terminal.say import say_all


class _Command(click.Command):
    """A command that sees the first `--`. Click would remove it, and then DIR could not be told from CMD."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        return super().parse_args(ctx, ["--", *args] if args[:1] == ["--"] else args)


@click.command("exec", cls=_Command, context_settings={"allow_interspersed_args": False})
@click.argument(
    "words",
    nargs=-1,
    type=click.UNPROCESSED,
    metavar="[DIR] -- CMD [ARG]…",
    required=True,
    shell_complete=candidates.folders,
)
def command(words: tuple[str, ...]) -> int:
    """Run one command inside an approved project.

    Acts on the project that contains DIR (default: the current folder). CMD gets its variables and its mounts
    file. The exit status is that of CMD, or 128 + N if signal N ended it.
    """
    folder, arguments = _split(words)
    return exec.run(State.of(os.environ), find.project_root(folder), arguments, say_all)


def _split(words: Sequence[str]) -> tuple[str, Sequence[str]]:
    """Return DIR and CMD. Without DIR, the `--` may be missing too."""
    if words[0] == "--":
        folder, arguments = ".", words[1:]
    elif words[1:2] == ("--",):
        folder, arguments = words[0], words[2:]
    elif os.path.isdir(words[0]) and not _is_program(words[0]):
        if len(words) > 1:
            cause = f"{words[0]} is a folder, and no -- follows it"
            how = cure("no-dashes", words=[words[0], "--", *words[1:]])
            raise TaoshellError(cause, how, exit_code=USAGE)
        folder, arguments = words[0], ()
    else:
        folder, arguments = ".", words
    if not arguments:
        raise click.UsageError("no command is given")
    return folder, arguments


def _is_program(name: str) -> bool:
    from shutil import which  # only when needed: it loads compression

    return which(name) is not None
