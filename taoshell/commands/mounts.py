"""`taoshell mounts`: who holds ~/.tao_mounts.json; `release`, `take` and `restore` change that."""

from __future__ import annotations

import os
import time

import click

from taoshell.actions import mounts
from taoshell.errors import printable
from taoshell.mounts import link
from taoshell.mounts.release import release as release_mounts
from taoshell.mounts.release import take as take_mounts
from taoshell.mounts.restore import restore as restore_backup
from taoshell.state import backups, sessions
from taoshell.state.backups import Backup
from taoshell.state.paths import State
from taoshell.terminal import candidates, tables
from taoshell.terminal.draw import Text, aligned, at_home, good, headed, notice, show
from taoshell.terminal.overview import verdict
from taoshell.terminal.say import say, say_all
from taoshell.terminal.usage import Group


@click.group("mounts", cls=Group, invoke_without_command=True, subcommand_metavar="[COMMAND] [ARG]…")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object, for programs.")
@click.pass_context
def command(context: click.Context, as_json: bool) -> None:
    """Show who holds the mounts file, and all its backups.

    It also shows the live shells and where your own mapping is.
    """
    if context.invoked_subcommand is not None:
        return
    state = State.of(os.environ)
    if as_json:
        tables.show_json(mounts.facts(state))
    else:
        _print(state)


@command.command("release")
def release() -> None:
    """Give the mounts file back to you.

    Projects leave the mounts file alone until `taoshell mounts take`. LAUNCHER_MOUNTS still works.
    """
    state = State.of(os.environ)
    was_released = os.path.exists(state.released)
    say_all(release_mounts(state))
    now = "is your own" if os.path.lexists(state.mounts_file) else "is missing, as you have no mapping of your own"
    how = "it was released before" if was_released else "projects leave it alone now"
    say(f"{state.mounts_file} {now}; {how}, and LAUNCHER_MOUNTS still works")


@command.command("take")
def take() -> None:
    """End a release, so that projects hold the mounts file again."""
    state = State.of(os.environ)
    was_released = os.path.exists(state.released)
    say_all(take_mounts(state))
    say(f"{state.mounts_file}: {'' if was_released else 'it was not released; '}{mounts.holder(state)}")


@command.command("restore")
@click.argument("backup", shell_complete=candidates.backup_names)
def restore(backup: str) -> None:
    """Make a backup your own mapping again.

    BACKUP is a name that `taoshell mounts` shows, or the path of any file. The mapping that you had becomes a backup.
    """
    say_all(restore_backup(State.of(os.environ), backup))


def _print(state: State) -> None:
    session = sessions.holder(state)
    is_usual = link.is_ours(state) and (session is not None or not link.names_project(state))
    mark = (good if is_usual else notice)(mounts.holder(state, at_home))
    live = [
        (session.who, Text(at_home(session.project) if session.project else "-")) for session in sessions.live(state)
    ]
    kept = [_row(state, backup) for backup in backups.listed(state)]
    show(
        *verdict(at_home(state.mounts_file), "", [mark]),
        *aligned([("your own", Text(printable(mounts.own_mapping(state, at_home))))]),
        *headed("shells", live),
        *headed("backups: name, written, bytes, what is in it", kept, right=(2,)),
    )


def _row(state: State, backup: Backup) -> tuple[str | Text, ...]:
    name = backup.name if os.path.dirname(backup.path) == state.backups else at_home(backup.path)
    written = time.strftime("%Y-%m-%d %H:%M", time.localtime(backup.written_ns // 10**9))
    return name, written, str(backup.size), ("your own before: " if backup.own else "") + backups.content(backup.path)
