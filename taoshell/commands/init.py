"""`taoshell init`: make a folder a TAO project."""

from __future__ import annotations

import os
from collections.abc import Iterator

import click

from taoshell.actions import approve, find, from_file, init, record
from taoshell.actions.sources import read_sources
from taoshell.cures import cure
from taoshell.formats.imported import Imported
from taoshell.project.gpus import NUMBER
from taoshell.project.layouts import LAYOUTS
from taoshell.project.model import Project
from taoshell.state.paths import State
from taoshell.terminal import candidates, tables
from taoshell.terminal.ask import Asker, not_exported
from taoshell.terminal.ask_about_file import filled_in, offered
from taoshell.terminal.consent import require_consent, require_consent_to_new, say_approved
from taoshell.terminal.say import say, say_all


@click.command("init")
@click.argument("folder", default=".", metavar="[DIR]", shell_complete=candidates.folders)
@click.option(
    "--from",
    "source",
    metavar="FILE",
    type=click.Path(allow_dash=True),
    help="Read the project from a notebook, a script, a mounts file or a Compose file; - for standard input.",
)
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
@click.option("--dry-run", is_flag=True, help="Show what would be written, and write nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print what --from read, for programs, and write nothing.")
@click.option("--mkdir", is_flag=True, help="Create missing folders that the container needs.")
def command(
    folder: str,
    source: str | None,
    network: str | None,
    new: bool,
    layout: str | None,
    gpus: int | None,
    key: str | None,
    key_stdin: bool,
    direnv: bool,
    yes: bool,
    dry_run: bool,
    as_json: bool,
    mkdir: bool,
) -> None:
    """Make a folder a TAO project, approve it and show it.

    DIR is the current folder if you do not name one. init asks for what it cannot find out, and proposes the layout
    that the notebooks in DIR use. If you run init again, it keeps everything that is there.

    With --from, the project is what FILE says. FILE is read, and never run. In FILE:NAME, NAME is the line of a
    `docker run` or the service of a Compose file.
    """
    root = find.real_folder(folder)
    find.require_root(root)
    state, sources = State.of(os.environ), read_sources(root)
    sources.require_readable()
    if sources.toml.data is None and (outer := find.around(os.path.dirname(root))):
        say(f"{root} is inside the project {outer}, which will not apply in this folder any more")
    ask = Asker(state, sources, yes=yes or source == "-" or as_json)
    if source is None and ask.asking and sources.toml.data is None:
        source = offered(root)
    file = None if source is None else from_file.File(source, root)
    found = Imported("") if file is None else filled_in(file, asking=ask.asking, later=from_file.ASKED)
    if as_json:
        tables.show_json(from_file.shown(file, found))
        return
    if file is not None:
        from_file.require_new(sources, file)
        given, (network, layout) = network, from_file.named(found, root, network, layout)
        if given is None and not network:
            found = from_file.without_network(found)
    chosen = ask.layout(layout)
    answers = init.Answers(
        layout=chosen,
        network=ask.network(network, is_new=new or file is not None),
        gpus="" if found.names_gpus and not (gpus and not found.gpus) else ask.gpus(gpus or found.number_of_gpus),
        key=ask.key(key, from_stdin=key_stdin, found=found.variables.get("KEY", "")),
        exported=ask.exported(),
        container=file is None and ask.container(chosen),
        options=ask.container_defaults() if file is None else {},
        data=ask.data_folder() if file is None else "",
        direnv=direnv,
    )
    ask.say_taken()
    kept_back = init.kept_back(state, sources, answers)
    planned, said = from_file.plan(state, sources, answers, file, found)
    init.require_same(sources, planned.project, network=network, layout=layout)
    if mkdir:
        planned = planned.with_folders()
    if dry_run:
        tables.show_diff(record.changes(state, planned.then, planned.project))
        say_all(said)
        return
    if sources.toml.data is None and file is None:
        seen = require_consent_to_new(state, planned, answers.data, yes=yes)
    else:
        seen = require_consent(state, planned, yes=yes)
    allowed = approve.allow(state, ask.with_folders(planned))
    asked = {str(doubt) for doubt in found.doubts if doubt.name in from_file.ASKED}  # a KEY is said with its cure
    said = [line for line in said if line not in asked]
    say_approved(
        allowed, seen, *said, *not_exported(kept_back), *_remarks(allowed.project, root, found, was_asked=ask.asking)
    )


def _remarks(project: Project, root: str, found: Imported, *, was_asked: bool) -> Iterator[str]:
    quoted = init.read_differently(project)
    if quoted:
        names = ", ".join(quoted)
        yield f"`docker --env-file .env` would keep the quotes of {names}; {cure('quotes-for-docker', root=root)}"
    for doubt in found.doubts:
        if doubt.name == NUMBER and NUMBER in project.variables and not was_asked:
            yield f"{doubt}; {NUMBER}={project.variables[NUMBER]} is taken"
    if "KEY" not in project.variables:
        doubts = [doubt for doubt in found.doubts if doubt.name == "KEY"]
        how = cure("no-key", root=root)
        yield f"{doubts[0]}; {how}" if doubts else f"KEY is not set; {how}"
