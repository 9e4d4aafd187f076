"""Completion of the commands' arguments."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Sequence

import click
from click.shell_completion import CompletionItem

from taoshell.actions import find
from taoshell.actions.sources import decoded, read_sources
from taoshell.errors import TaoshellError
from taoshell.project import container, networks
from taoshell.project.layouts import LAYOUTS, container_variables
from taoshell.project.names import is_secret
from taoshell.shells import NAMES
from taoshell.state import backups, generations
from taoshell.state.paths import State

Complete = Callable[[click.Context, click.Parameter, str], list[CompletionItem]]

_OF_CONTAINER = frozenset(container_variables())


def folders(_context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Complete a project that was ever approved, by path or name; and any folder."""
    from taoshell.actions import projects  # only when needed: every command imports us

    known = [
        CompletionItem(root, type="path")
        for root in projects.roots(State.of(os.environ))
        if root.startswith(incomplete) or os.path.basename(root).startswith(incomplete)
    ]
    return [*known, CompletionItem(incomplete, type="dir")]


def files(_context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Complete any file."""
    return [CompletionItem(incomplete, type="file")]


def among(names: Sequence[str]) -> Complete:
    """Return the completion of an argument that is one of `names`."""
    return lambda _context, _parameter, incomplete: [
        CompletionItem(name) for name in names if name.startswith(incomplete)
    ]


shells = among(NAMES)


def backup_names(_context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Complete the name of a backup, the newest first; or any file, if no name fits."""
    known = [backup for backup in backups.listed(State.of(os.environ)) if backup.name.startswith(incomplete)]
    items = [CompletionItem(backup.name, help=backups.content(backup.path)) for backup in known]
    return items or [CompletionItem(incomplete, type="file")]


def jobs(_context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Complete the name of a container that taoshell started."""
    from taoshell.actions import jobs  # only when needed: it asks the engines

    try:
        found = jobs.found(os.environ).jobs
    except TaoshellError:
        return []  # the command itself will say what is wrong
    return [CompletionItem(job.name, help=job.state) for _, job in found if job.name.startswith(incomplete)]


VALUES: dict[str, Sequence[str]] = {
    "layout": tuple(LAYOUTS),
    "network": networks.NAMES,
    "gpus": ("all", "1", "2", "4", "8"),
    "container.user": ("auto",),
    "container.network": ("host", "bridge", "none"),
    "container.ipc": ("host", "private", "shareable", "none"),
    "container.privileged": ("true", "false"),
}

network_names = among(networks.NAMES)


def settings(_context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Complete a name that can be set in the project here: a variable or a dotted name, or a value that it may have.

    Any other value completes as a path.
    """
    name, equals, value = incomplete.partition("=")
    if equals and name in VALUES:
        return [CompletionItem(f"{name}={known}") for known in VALUES[name] if known.startswith(value)]
    if equals:
        return [CompletionItem(incomplete, type="file")]
    names = dict.fromkeys([*_variables(), "KEY", "NUM_GPUS", "TAO_VENV", "network", "name", "layout", "gpus"])
    names |= dict.fromkeys(f"places.{slot.name}" for slot in LAYOUTS["classic"])
    names |= dict.fromkeys(name for name in _set_here() if re.fullmatch(r"places\.[^.]+", name))
    names |= dict.fromkeys(f"container.{name}" for name in container.NAMES)
    names |= dict.fromkeys(("python.venv", "python.conda"))
    # for a secret, the user gives only the name
    values = [name if is_secret(name) else f"{name}=" for name in names]
    return [CompletionItem(value) for value in values if value.startswith(incomplete)]


def removable(_context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Complete a name that `unset` can remove from the project here."""
    return [CompletionItem(name) for name in _set_here() if name.startswith(incomplete)]


def _set_here() -> list[str]:
    """Return the names that the two files of the project here set; none if they cannot be read."""
    from taoshell.text import setting  # only when needed: every command imports us, and this imports tomlkit

    root = find.around(".")
    if root is None:
        return []
    sources = read_sources(root)
    try:
        sources.require()
        return setting.removable(setting.Texts(decoded(sources.toml), decoded(sources.env)))
    except TaoshellError:
        return []  # the command itself will say what is wrong


def _variables() -> list[str]:
    root = find.around(".")
    values = generations.current(State.of(os.environ).project(root)) if root else None
    names = values.variables if values else [name for slot in LAYOUTS["classic"] for name in slot.host_variables]
    return [name for name in names if name != "LAUNCHER_MOUNTS" and name not in _OF_CONTAINER]
