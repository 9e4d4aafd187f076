"""`taoshell init`: make a folder a TAO project."""

from __future__ import annotations

import os
from collections.abc import Iterator

import click

from taoshell.actions import approve, find, init
from taoshell.actions.sources import read_sources
from taoshell.cures import cure
from taoshell.project.layouts import LAYOUTS
from taoshell.project.model import Project
from taoshell.state.paths import State
from taoshell.terminal import candidates
from taoshell.terminal.ask import Asker, not_exported
from taoshell.terminal.consent import require_consent, require_consent_to_new, say_approved
from taoshell.terminal.say import say


@click.command("init")
@click.argument("folder", default=".", metavar="[DIR]", shell_complete=candidates.folders)
@click.option(
    "--network",
    metavar="NAME",
    shell_complete=candidates.network_names,
    help="Train this network, if DIR's name does not contain it; '' for none.",
)
@click.option("--new", is_flag=True, help="Use a network that looks like a misspelt one.")
@click.option(
    "--layout",
    type=click.Choice(list(LAYOUTS)),
    help="Set LOCAL_… variables (classic), HOST_… as in TAO 5 and 6 (host), or the same paths on both sides (same).",
)
@click.option("--gpus", type=click.IntRange(1), metavar="N", help="Set NUM_GPUS, if nvidia-smi cannot count them.")
@click.option("--key", metavar="KEY", help="Set the key of your models. Others can see it: prefer --key-stdin.")
@click.option("--key-stdin", is_flag=True, help="Read the key from standard input.")
@click.option("--direnv", is_flag=True, help="Write an .envrc too, for colleagues who use direnv.")
@click.option("--yes", "-y", is_flag=True, help="Use the defaults, and approve without a question.")
@click.option("--mkdir", is_flag=True, help="Create missing folders that the container needs.")
def command(
    folder: str,
    network: str | None,
    new: bool,
    layout: str | None,
    gpus: int | None,
    key: str | None,
    key_stdin: bool,
    direnv: bool,
    yes: bool,
    mkdir: bool,
) -> None:
    """Make a folder a TAO project, approve it and show it.

    DIR is the current folder if you do not name one. init asks for what it cannot find out, and proposes the layout
    that the notebooks in DIR use. If you run init again, it keeps everything that is there.
    """
    root = find.real_folder(folder)
    find.require_root(root)
    state, sources = State.of(os.environ), read_sources(root)
    sources.require_readable()
    if sources.toml.data is None and (outer := find.around(os.path.dirname(root))):
        say(f"{root} is inside the project {outer}, which will not apply in this folder any more")
    ask = Asker(state, sources, yes=yes)
    chosen = ask.layout(layout)
    answers = init.Answers(
        layout=chosen,
        network=ask.network(network, is_new=new),
        gpus=ask.gpus(gpus),
        key=ask.key(key, from_stdin=key_stdin),
        exported=ask.exported(),
        container=ask.container(chosen),
        options=ask.container_defaults(),
        data=ask.data_folder(),
        direnv=direnv,
    )
    ask.say_taken()
    kept_back = init.kept_back(state, sources, answers)
    planned = init.plan(state, sources, answers)
    init.require_same(sources, planned.project, network=network, layout=layout)
    if mkdir:
        planned = planned.with_folders()
    if sources.toml.data is None:
        seen = require_consent_to_new(state, planned, answers.data, yes=yes)
    else:
        seen = require_consent(state, planned, yes=yes)
    allowed = approve.allow(state, ask.with_folders(planned))
    say_approved(allowed, seen, *not_exported(kept_back), *_remarks(allowed.project, root))


def _remarks(project: Project, root: str) -> Iterator[str]:
    quoted = init.read_differently(project)
    if quoted:
        names = ", ".join(quoted)
        yield f"`docker --env-file .env` would keep the quotes of {names}; {cure('quotes-for-docker', root=root)}"
    if "KEY" not in project.variables:
        yield f"KEY is not set; {cure('no-key', root=root)}"
