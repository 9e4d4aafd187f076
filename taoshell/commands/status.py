"""`taoshell status`: what is in force here, and why."""

from __future__ import annotations

import json
import os

import click

from taoshell.actions import approve, find, install
from taoshell.actions import prompt as prompts
from taoshell.commands.hook import calling_shell
from taoshell.errors import TaoshellError, printable
from taoshell.mounts import link
from taoshell.project.build import Project
from taoshell.project.names import masked
from taoshell.shells import NAMES
from taoshell.state import sessions
from taoshell.state.paths import MOUNTS_NAME, State
from taoshell.terminal import candidates, tables

_VERSION = 1


@click.command("status")
@click.argument("folder", default=".", metavar="[DIR]", shell_complete=candidates.folders)
@click.option("--json", "as_json", is_flag=True, help="For programs: an object with a version.")
@click.option("--prompt", is_flag=True, help="For a prompt: the project's name, with a mark behind it.")
def command(folder: str, as_json: bool, prompt: bool) -> None:
    """Show the project in DIR (or around it): its places, its variables, whether it is approved and loaded."""
    state = State.of(os.environ)
    if prompt:  # the hook's own function answers this without a process; here for shells that have none
        text = prompts.text(state, os.environ)
        click.echo(text, nl=bool(text))
        return
    root = find.around(folder)
    if root is None:
        facts: dict[str, object] = {"version": _VERSION, "project": None, "mounts_file": _mounts_file(state)}
        _report(as_json, facts, ["no project here", *_held_elsewhere(state, "")])
        return
    try:
        sources, project = approve.check(state, root)
    except TaoshellError as error:
        _report(as_json, _facts(state, root, "broken", None, str(error)), [str(error)])
        raise click.exceptions.Exit(1) from error
    standing = "approved" if approve.is_approved(state, sources) else "not approved"
    loaded = os.environ.get("TAOSHELL_ROOT") == root and not os.environ.get("TAOSHELL_BLOCKED")
    lines = [f"{printable(root)}: {standing}, {'loaded' if loaded else 'not loaded'} in this shell"]
    if standing != "approved":
        lines[0] += "; run: taoshell allow"
    if not as_json:
        tables.places(project)
    lines += [*_held_elsewhere(state, root), *project.notes]
    _report(as_json, _facts(state, root, standing, project, None), lines)


def _report(as_json: bool, facts: dict[str, object], lines: list[str]) -> None:
    cure = None if _has_hook() else _cure()
    facts["hook"] = {"loaded": cure is None, "cure": cure}
    if cure is not None:
        lines = [*lines, f"the hook is not loaded in this shell; {cure}"]
    if as_json:
        click.echo(json.dumps(facts, indent=2, ensure_ascii=False))
    else:
        tables.lines(lines)


def _has_hook() -> bool:
    """Was this called from a shell that has it? What others have left in the environment (tmux) does not count."""
    pid = os.environ.get("TAOSHELL_HOOK", "")
    return pid.isdecimal() and sessions.is_ancestor(int(pid))


def _cure() -> str:
    try:
        name = calling_shell()
    except TaoshellError:
        return f"the shells with a hook are: {', '.join(NAMES)}"
    if install.is_in_place(State.of(os.environ), name, os.environ):
        return f"start a new shell: exec {name}"
    return "run: taoshell install"


def _facts(state: State, root: str, standing: str, project: Project | None, problem: str | None) -> dict[str, object]:
    facts: dict[str, object] = {
        "version": _VERSION,
        "project": root,
        "state": standing,
        "loaded": os.environ.get("TAOSHELL_ROOT") == root,
        "blocked": bool(os.environ.get("TAOSHELL_BLOCKED")),
        "problem": problem,
        "mounts_file": _mounts_file(state),
    }
    if project is not None:
        facts |= {
            "name": project.name,
            "layout": project.layout,
            "network": project.network,
            "variables": {name: masked(name, value) for name, value in project.variables.items()},
            "places": [
                {
                    "name": place.name,
                    "host": place.host,
                    "container": place.container,
                    "host_variable": place.host_variable,
                    "container_variable": place.container_variable,
                }
                for place in project.places
            ],
            "mounts": [{"source": mount.source, "destination": mount.destination} for mount in project.mounts],
        }
    return facts


def _mounts_file(state: State) -> dict[str, object]:
    holder = sessions.holder(state)
    return {
        "path": state.mounts_file,
        "resolves_to": os.path.realpath(state.mounts_file),
        "project": holder.project if holder else None,
        "pid": holder.pid if holder else None,
        "host": holder.host or None if holder else None,
    }


def _held_elsewhere(state: State, root: str) -> list[str]:
    """Who has the mounts file, where that is not the project in `root`: another shell, perhaps on another machine."""
    holder = sessions.holder(state)
    if holder is None or holder.project == root or not link.names_project(state):
        return []
    mine = "; LAUNCHER_MOUNTS is this project's own" if root else ""
    return [f"~/{MOUNTS_NAME} has the mapping of {holder.project}, by {holder.who}{mine}"]
