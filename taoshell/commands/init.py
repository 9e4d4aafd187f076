"""`taoshell init`: make a folder a TAO project."""

from __future__ import annotations

import os

import click

from taoshell.actions import approve, find, from_file, init, record
from taoshell.actions.sources import read_sources
from taoshell.cures import cure
from taoshell.formats.imported import Imported
from taoshell.project.layouts import LAYOUTS
from taoshell.state.paths import State
from taoshell.terminal import candidates, tables
from taoshell.terminal.ask import Asker, say_kept_back
from taoshell.terminal.consent import require_consent, require_consent_to_new
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
@click.option("--network", metavar="NAME", help="Train this network, if DIR's name does not contain it; '' for none.")
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
    ask = Asker(state, sources, yes=yes or source == "-" or as_json)
    source = source or ask.file()
    file = None if source is None else from_file.File(source, root)
    found = Imported("") if file is None else ask.about(file)
    if as_json:
        tables.show_json(from_file.shown(file, found))
        return
    if file is not None:
        from_file.require_new(sources, file)
        network, layout = from_file.named(found, root, network, layout)
    chosen = ask.layout(layout)
    answers = init.Answers(
        layout=chosen,
        network=ask.network(network),
        gpus="" if found.gpus else ask.gpus(gpus or found.number_of_gpus),
        key=ask.key(key, from_stdin=key_stdin, found=found.variables.get("KEY", "")),
        exported=ask.exported(),
        container=file is None and ask.container(chosen),
        direnv=direnv,
    )
    kept_back = init.kept_back(state, sources, answers)
    planned, said = from_file.plan(state, sources, answers, file, found)
    init.require_same(sources, planned.project, network=network, layout=layout)
    if dry_run:
        tables.show_diff(record.changes(state, planned.then, planned.project))
        say_all(said)
        return
    is_shown_first = sources.toml.data is None and file is None
    is_shown = (require_consent_to_new if is_shown_first else require_consent)(state, planned, yes=yes)
    planned = planned.with_folders() if mkdir else ask.with_folders(planned)
    allowed = approve.allow(state, planned)
    say_all([*said, *allowed.to_say, *allowed.notes])
    if not is_shown:
        tables.show_places(allowed.project)
    say_kept_back(kept_back)
    quoted = init.read_differently(allowed.project)
    if quoted:
        say(f"`docker --env-file .env` would keep the quotes of {', '.join(quoted)}; other programs remove them")
    if "KEY" not in allowed.project.variables:
        say(f"KEY is not set; {cure('no-key', root=root)}")
