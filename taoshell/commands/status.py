"""`taoshell status`: what is in force here, and why."""

from __future__ import annotations

import os
from collections.abc import Iterator

import click

from taoshell.actions import find, status
from taoshell.actions import prompt as prompts
from taoshell.actions.status import Found, Here, NoHook
from taoshell.cures import step
from taoshell.errors import printable
from taoshell.state.paths import State
from taoshell.terminal import candidates, tables
from taoshell.terminal.calling_shell import calling_shell
from taoshell.terminal.draw import Mark, Text, at_home, bad, good, notice, show
from taoshell.terminal.overview import folded, show_project, verdict


@click.command("status")
@click.argument("folder", default=".", metavar="[DIR]", shell_complete=candidates.folders)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object, for programs.")
@click.option("--prompt", is_flag=True, help="Print the project's name and a mark, for a prompt.")
def command(folder: str, as_json: bool, prompt: bool) -> int:
    """Show a project, and whether it is approved and loaded.

    Acts on the project that contains DIR (default: the current folder). The exit status is 1 if something in the
    project is wrong.
    """
    state = State.of(os.environ)
    if prompt:  # only a shell without the hook calls us: the hook answers this without a process
        text = prompts.text(state, os.environ)
        click.echo(text, nl=bool(text))
        return 0
    found = status.look(state, folder)
    here = status.here(found, os.environ)
    missing = status.no_hook(state, os.environ, calling_shell)
    if as_json:
        hook = {"loaded": missing is None, "cure": missing and missing.cure}
        tables.show_json({**status.facts(state, found, here, os.environ), "hook": hook})
    else:
        _show(state, found, here, missing)
        said = status.about_mounts(state, found, here, os.environ, at_home)
        remarks = [(good if is_well else notice)(line) for line, is_well in said]
        if found is not None and find.is_private(found.env, found.root):
            remarks.append(notice(f"your own .env for this project is {at_home(found.env)}"))
        if found is not None and found.standing == "approved" and found.project:
            remarks += map(notice, found.project.notes)
        show(*(line for mark in remarks for line in folded(mark)), *_next(folder, found, here, missing))
    return 1 if found is not None and found.standing == "broken" else 0


def _show(state: State, found: Found | None, here: Here, missing: NoHook | None) -> None:
    """Print the verdict and, of a project that is in force, everything. diff and allow show what is not."""
    if found is None:
        show("no project here")
    elif found.problem is not None:
        file = found.problem.where
        at = f"{str(file).removeprefix(f'{found.root}/')}: " if file else ""
        marks = [bad(f"broken: {at}{found.problem.cause}"), *[bad("not approved")] * found.is_new]
        show(*verdict(os.path.basename(found.root), "", marks))
    elif found.project is None or found.standing != "approved":
        project, names = found.project, " and ".join(found.changed)
        why = f"blocked: {names} changed since you approved it" if names else "not approved"
        show(*verdict(project.name if project else "", project.network if project else "", [bad(why)]))
    else:
        show_project(found.project, [*_marks(state, found, here, missing)], status.remarks(here))


def _marks(state: State, found: Found, here: Here, missing: NoHook | None) -> Iterator[Mark]:
    yield good("approved")
    if here.is_blocked:
        yield bad("blocked in this shell")
    else:
        yield good("loaded") if here.is_loaded else (bad if missing else notice)("not loaded")
    if status.holds_mounts_file(state, found.root):
        yield good("mounts file")
    elif here.is_loaded:
        yield notice("mounts file")


def _next(folder: str, found: Found | None, here: Here, missing: NoHook | None) -> Iterator[Text]:
    """Yield the lines about this shell, and last what to do."""
    if missing is not None:
        yield bad(missing.cause).text
        yield from (Text(f"  {printable(line)}") for line in missing.lines)
    elif here.is_off:
        yield notice("taoshell is off in this shell").text
    cures = []
    if found is None:
        cures.append(find.no_project(folder))
    elif found.problem is not None:
        cures.append(found.problem.cure)
    if found is not None and (found.is_new or found.standing == "not approved"):
        cures.append(status.to_approve(found))
    if missing is not None:
        cures.append(missing.cure)
    elif here.is_off:
        cures.append(status.to_turn_on())
    elif here.is_blocked and found is not None and found.standing == "approved":
        cures.append("cd away and back; without the hook, unset TAOSHELL_BLOCKED")
    yield from (Text(f"  {printable(step(how))}") for how in cures if how)
