"""`taoshell run`: a TAO command in the project's container."""

from __future__ import annotations

import os

import click

from taoshell.actions import container, find, run
from taoshell.actions.container import Wanted
from taoshell.engines import NAMES
from taoshell.errors import USAGE, TaoshellError
from taoshell.state.paths import State, for_other_programs
from taoshell.terminal import candidates
from taoshell.terminal.say import say, say_all


@click.command("run", context_settings={"allow_interspersed_args": False})
@click.option(
    "--on", metavar="ENGINE", default="", shell_complete=candidates.among(NAMES), help=f"One of: {', '.join(NAMES)}."
)
@click.option(
    "--gpus", metavar="GPUS", help="Give it all, none, a number such as 2, or a list such as 0,1 (of one: 0,)."
)
@click.option("--detach", "-d", is_flag=True, help="Start it, print its name, and do not wait for it.")
@click.option("--name", help="The name of the container, for `logs` and `stop`.")
@click.option("--image", default="", help="The image, instead of the one for TASK.")
@click.option("--shell", "is_shell", is_flag=True, help="Start bash in the container.")
@click.option("--translate", is_flag=True, help="Change paths of this machine in ARG to those in the container.")
@click.option("--try", "is_tried", is_flag=True, help="Do what `taoshell try` does first, and stop if it fails.")
@click.option("--dry-run", is_flag=True, help="Print the line that would run, and do not run it.")
@click.argument(
    "words",
    nargs=-1,
    type=click.UNPROCESSED,
    metavar="[deploy|dataset] TASK SUBTASK [ARG]…",
    shell_complete=candidates.network_names,
)
def command(
    on: str,
    gpus: str | None,
    detach: bool,
    name: str | None,
    image: str,
    is_shell: bool,
    translate: bool,
    is_tried: bool,
    dry_run: bool,
    words: tuple[str, ...],
) -> int:
    """Run a TAO command in the project's container, on this machine.

    Acts on the project that contains the current folder, if you have approved it as it is now. The container gets its
    mounts, variables and options. The exit status is that of the command, or 128 + N if signal N ended it.
    """
    if is_shell and detach:
        raise TaoshellError("--shell cannot be detached", "leave out one of the two", exit_code=USAGE)
    wanted = Wanted(words, on, gpus, name, image, detach, translate, is_shell, is_tried)
    environ = for_other_programs(os.environ)
    planned = container.plan(State.of(os.environ), find.project_root("."), wanted, environ)
    say_all(planned.to_say)
    if dry_run:
        click.echo(os.fsencode(planned.engine.line(planned.job).shown()))
        return 0
    if is_tried:
        from taoshell.actions import probe  # only when needed: it loads the readers of specs

        probe.require_right(planned, say_all)
    status = run.run(planned, say_all)
    if detach and status == 0:
        click.echo(planned.job.name)
        say(run.how_to_follow(planned.job.name))
    return status
