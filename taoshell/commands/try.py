"""`taoshell try`: prove the mounts of a project in a container."""

from __future__ import annotations

import os
from collections.abc import Sequence

import click

from taoshell.actions import approve, find, probe
from taoshell.actions.container import engine_for
from taoshell.actions.probe import Checked, Seen
from taoshell.engines import NAMES, Engine
from taoshell.errors import TaoshellError, counted, printable
from taoshell.project.model import Project
from taoshell.state.paths import State, for_other_programs
from taoshell.terminal import candidates
from taoshell.terminal.draw import Mark, Text, aligned, at_home, bad, good, notice, show
from taoshell.terminal.say import say, say_all


@click.command("try")
@click.argument("folder", default=".", metavar="[DIR]", shell_complete=candidates.folders)
@click.option("--spec", "-e", "specs", metavar="SPEC", multiple=True, help="Check every path in this spec too.")
@click.option("--image", default="", help="The image to start; by default one that is on this machine.")
@click.option(
    "--on", metavar="ENGINE", default="", shell_complete=candidates.among(NAMES), help=f"One of: {', '.join(NAMES)}."
)
def command(folder: str, specs: tuple[str, ...], image: str, on: str) -> int:
    """Prove a project's mounts in a container, before any training.

    Acts on the project that contains DIR (default: the current folder). For each place, a container shows whether it
    sees the same folder as this machine, and whether it can write there. It gets no GPU. The exit status is 1 if
    something is wrong.
    """
    project = approve.require_approved(State.of(os.environ), find.project_root(folder)).project
    checked = [probe.check_spec(spec, project) for spec in specs]
    started = _engine(project, on, image)
    seen = probe.look(project, *started) if started else probe.from_here(project)
    show_seen(seen)
    for spec in checked:
        _show_spec(spec)
    return 1 if any(item.problem for item in seen) or any(spec.wrong for spec in checked) else 0


def _engine(project: Project, on: str, image: str) -> tuple[Engine, str] | None:
    """Return the engine and the image to start; None, and a line, if there is none and the user names none."""
    try:
        engine = engine_for(project, on, for_other_programs(os.environ))
        return engine, probe.image_to_try(project, engine, image, say_all)
    except TaoshellError as error:
        if on or image:
            raise
        say(str(error))
        say("so nothing is seen from inside a container")
        return None


def show_seen(seen: Sequence[Seen]) -> None:
    """Print a line for each place, and what is wrong or should be known."""
    rows = [
        (
            _mark(item).add(f" {item.place.name}"),
            at_home(item.place.host),
            Text("→ ").add(printable(item.place.container)),
        )
        for item in seen
    ]
    show(*aligned(rows))
    for item in seen:
        if item.problem:
            show(bad(f"{item.place.container} {item.problem}").text)
        elif item.remark:
            show(notice(f"{item.place.container} {item.remark}").text)


def _mark(item: Seen) -> Text:
    if item.is_here and not item.is_seen:
        return Text("?", "dim")  # only a container would show more
    sign: Mark = bad("") if item.problem else notice("") if item.remark else good("")
    return Text(sign.sign, sign.style)


def _show_spec(checked: Checked) -> None:
    """Print each path of the spec with its file here."""
    show("", Text(at_home(checked.path), "bold"))
    rows = []
    for path in checked.paths:
        mark = bad("") if path.problem else good("")
        line = str(path.at.line or "")
        host = at_home(path.host) if path.host else ""
        state = "" if path.problem else path.state
        rows.append((Text(mark.sign, mark.style), line, path.field, path.value, host, state))
    if rows:
        show(*aligned(rows, right=(1,)))
    for path, right in checked.wrong:
        show(bad(str(path)).text)
        if right:
            show(Text(f"    {printable(right.strip())}", "green"))
    if not checked.wrong:
        show(good(f"{counted(len(checked.paths), 'path')} in the spec, and none is wrong").text)
