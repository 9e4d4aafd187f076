"""`taoshell mounts`: who holds ~/.tao_mounts.json, and giving it back."""

from __future__ import annotations

import json
import os

import click
from rich.table import Table
from rich.text import Text

from taoshell import sessions, settle, takeover
from taoshell.commands import show
from taoshell.errors import shown
from taoshell.state import State

_VERSION = 1


@click.group("mounts", invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True, help="For programs: an object with a version.")
@click.pass_context
def command(context: click.Context, as_json: bool) -> None:
    """Show who holds the mounts file, the live shells, your own mapping and the backups."""
    if context.invoked_subcommand is not None:
        return
    facts = _facts(State.of(os.environ))
    if as_json:
        click.echo(json.dumps(facts, indent=2, ensure_ascii=False))
    else:
        _print(facts)


@command.command("release")
def release() -> None:
    """Give your own mapping back and leave the file alone, until `taoshell mounts take`."""
    state = State.of(os.environ)
    show.lines(
        [*settle.release(state), f"{shown(state.mounts_file)} is your own again; LAUNCHER_MOUNTS goes on working"]
    )


@command.command("take")
def take() -> None:
    """End a release: projects hold the mounts file again."""
    show.lines(settle.take(State.of(os.environ)))


def _facts(state: State) -> dict[str, object]:
    holder = sessions.holder(state)
    return {
        "version": _VERSION,
        "mounts_file": state.mounts_file,
        "resolves_to": os.path.realpath(state.mounts_file) if os.path.exists(state.mounts_file) else None,
        "ours": takeover.is_ours(state),
        "released": os.path.exists(state.released),
        "holder": {"project": holder.project, "pid": holder.pid} if holder else None,
        "sessions": [{"pid": s.pid, "project": s.project or None} for s in sessions.live(state)],
        "original": state.original if os.path.exists(state.original) else None,
        "backups": sorted(os.path.join(state.backups, name) for name in _names(state.backups)),
    }


def _print(facts: dict[str, object]) -> None:
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    table.add_column(overflow="fold")
    table.add_column(overflow="fold")
    for name, value in facts.items():
        if name != "version":
            for number, line in enumerate(_lines(value)):
                table.add_row(Text("" if number else name.replace("_", " ")), Text(line))
    show.stdout().print(table)


def _lines(value: object) -> list[str]:
    if isinstance(value, bool):
        return ["yes" if value else "no"]
    if isinstance(value, dict):
        return [", ".join(f"{name} {shown(str(item))}" for name, item in value.items())]
    if isinstance(value, list):
        return [line for item in value for line in _lines(item)] or ["none"]
    return [shown(str(value)) if value is not None else "none"]


def _names(folder: str) -> list[str]:
    return os.listdir(folder) if os.path.isdir(folder) else []
