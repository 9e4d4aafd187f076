"""`taoshell init`: make a folder a TAO project."""

from __future__ import annotations

import os
import sys

import click

from taoshell.actions import approve, find, init
from taoshell.errors import printable
from taoshell.project.build import require_mount_folders
from taoshell.state.files import ensure
from taoshell.state.paths import State
from taoshell.terminal import candidates, tables
from taoshell.terminal.ask import Asker


@click.command("init")
@click.argument("folder", default=".", metavar="[DIR]", shell_complete=candidates.folders)
@click.option("--network", metavar="NAME", help="The network to train; found in the folder's name where it can be.")
@click.option(
    "--layout",
    type=click.Choice(["classic", "host"]),
    default="classic",
    show_default=True,
    help="Which variables: LOCAL_… and the container's (classic), or HOST_… (TAO 5 and 6).",
)
@click.option("--gpus", type=click.IntRange(1), metavar="N", help="NUM_GPUS; counted by nvidia-smi where there is one.")
@click.option("--key", metavar="KEY", help="The key that encrypts models. Others can see it: rather use --key-stdin.")
@click.option("--key-stdin", is_flag=True, help="Read the key from standard input.")
@click.option("--direnv", is_flag=True, help="Also write an .envrc for those who use direnv.")
@click.option("--yes", "-y", is_flag=True, help="Ask nothing; what would be asked keeps its default.")
@click.option("--mkdir", is_flag=True, help="Make the folders that the container needs and that are missing.")
def command(
    folder: str,
    network: str | None,
    layout: str,
    gpus: int | None,
    key: str | None,
    key_stdin: bool,
    direnv: bool,
    yes: bool,
    mkdir: bool,
) -> None:
    """Make DIR (default: here) a TAO project, approve it, and show what is where.

    Run again, it changes nothing that is already there.
    """
    root = find.real_folder(folder)
    sources = init.existing(root)
    ask = Asker(sources, asking=not yes and sys.stdin.isatty() and not key_stdin)
    answers = init.Answers(
        layout=layout,
        network=ask.network(network),
        gpus=ask.gpus(gpus),
        key=ask.key(key, from_stdin=key_stdin),
        exported=ask.exported(),
        direnv=direnv,
    )
    done = init.plan(sources, answers)
    init.require_same(sources, done.project, network)
    state = State.of(os.environ)
    ensure(state)  # before anything is written: a project that cannot be approved would be half a one
    if mkdir or ask.may_make(done.project):
        for path in init.make_mount_folders(done.project):
            tables.lines([f"made {printable(path)}"])
    else:
        require_mount_folders(done.project)
    init.write(done)
    allowed = approve.allow(state, root)
    tables.lines([*allowed.to_say, *allowed.project.notes])
    tables.places(allowed.project)
    tables.kept_back(init.kept_back(sources, answers))
    quoted = init.read_differently(allowed.project)
    if quoted:
        tables.lines(
            [f"`docker --env-file .env` would read {', '.join(quoted)} with the quotes; every other reader agrees"]
        )
    if "KEY" not in allowed.project.variables:
        tables.lines(["KEY is not set; to set it: taoshell init --key-stdin"])
