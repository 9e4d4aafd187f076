"""`taoshell mounts`: who holds ~/.tao_mounts.json, giving it back, and having a backup again."""

from __future__ import annotations

import json
import os
import time

import click
from click.shell_completion import CompletionItem
from rich.table import Table
from rich.text import Text

from taoshell.errors import printable
from taoshell.mounts import link
from taoshell.mounts.release import release as release_mounts
from taoshell.mounts.release import take as take_mounts
from taoshell.mounts.restore import restore as restore_backup
from taoshell.state import backups, sessions
from taoshell.state.paths import State
from taoshell.state.sessions import Session
from taoshell.terminal import tables

_VERSION = 1


@click.group("mounts", invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True, help="For programs: an object with a version.")
@click.pass_context
def command(context: click.Context, as_json: bool) -> None:
    """Show who holds the mounts file, the live shells, your own mapping and the backups."""
    if context.invoked_subcommand is not None:
        return
    state = State.of(os.environ)
    if as_json:
        click.echo(json.dumps(_facts(state), indent=2))  # a path may hold bytes that are no text: ASCII alone
    else:
        _print(state)


@command.command("release")
def release() -> None:
    """Give your own mapping back and leave the file alone, until `taoshell mounts take`."""
    state = State.of(os.environ)
    tables.lines(
        [*release_mounts(state), f"{printable(state.mounts_file)} is your own again; LAUNCHER_MOUNTS goes on working"]
    )


@command.command("take")
def take() -> None:
    """End a release: projects hold the mounts file again."""
    tables.lines(take_mounts(State.of(os.environ)))


def _complete(_context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The names of the backups, the newest first; else any file may be named."""
    known = [backup for backup in backups.listed(State.of(os.environ)) if backup.name.startswith(incomplete)]
    items = [CompletionItem(backup.name, help=backups.content(backup.path)) for backup in known]
    return items or [CompletionItem(incomplete, type="file")]


@command.command("restore")
@click.argument("backup", shell_complete=_complete)
def restore(backup: str) -> None:
    """Make BACKUP, by its name in `taoshell mounts` or any path, your own mapping; what that was is kept."""
    tables.lines(restore_backup(State.of(os.environ), backup))


def _facts(state: State) -> dict[str, object]:
    holder = sessions.holder(state)
    return {
        "version": _VERSION,
        "mounts_file": state.mounts_file,
        "resolves_to": os.path.realpath(state.mounts_file) if os.path.exists(state.mounts_file) else None,
        "ours": link.is_ours(state),
        "released": os.path.exists(state.released),
        "holder": _session(holder) if holder else None,
        "sessions": [_session(item) for item in sessions.live(state)],
        "original": state.original if os.path.lexists(state.original) else None,
        "backups": [
            {
                "name": item.name,
                "path": item.path,
                "written": time.strftime("%Y-%m-%dT%H:%M:%S%z", time.localtime(item.written_ns // 10**9)),
                "size": item.size,
                "own": item.own,
                "content": backups.content(item.path),
            }
            for item in backups.listed(state)
        ],
    }


def _session(session: Session) -> dict[str, object]:
    return {"project": session.project or None, "pid": session.pid, "host": session.host or None}


def _print(state: State) -> None:
    console = tables.stdout()
    summary = _table()
    summary.add_row("mounts file", Text(printable(state.mounts_file)))
    summary.add_row("", Text(printable(_holder(state))))
    own = state.original if link.is_ours(state) else state.mounts_file
    there = f"{own}: {backups.content(own)}" if os.path.lexists(own) else "none"
    summary.add_row("your own", Text(printable(there)))
    console.print(summary)
    shells = _table("shell", "project")
    for session in sessions.live(state):
        shells.add_row(Text(printable(session.who.removeprefix("shell "))), Text(printable(session.project or "-")))
    kept = _table("backup", "written", "bytes", "what is in it")
    kept.columns[2].justify = "right"
    for backup in backups.listed(state):
        name = backup.name if os.path.dirname(backup.path) == state.backups else backup.path
        written = time.strftime("%Y-%m-%d %H:%M", time.localtime(backup.written_ns // 10**9))
        whose = "your own before: " if backup.own else ""
        kept.add_row(
            Text(printable(name)), written, str(backup.size), Text(printable(whose + backups.content(backup.path)))
        )
    for table in (shells, kept):
        if table.rows:
            console.print()
            console.print(table)


def _table(*heads: str) -> Table:
    table = Table(box=None, show_header=bool(heads), padding=(0, 2, 0, 0))
    for head in heads or ("", ""):
        table.add_column(head, overflow="fold")
    return table


def _holder(state: State) -> str:
    """Whose mapping readers of the mounts file get, and why."""
    if os.path.exists(state.released):
        return "your own, as released; projects have it again after: taoshell mounts take"
    if not link.is_ours(state):
        there = os.path.lexists(state.mounts_file)
        return f"{'your own' if there else 'not there'}; a shell that enters a project takes it over"
    holder = sessions.holder(state)
    if not link.names_project(state):
        return "your own, as no shell is in a project"
    if holder is None:
        return "of a project that no shell is in any more; the next prompt gives it back"
    return f"has the mapping of {holder.project}, by {holder.who}"
