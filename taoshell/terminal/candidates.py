"""What arguments can be, for completion. Of a project nothing is read but what was compiled of it."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence

import click
from click.shell_completion import CompletionItem

from taoshell.actions import find, projects
from taoshell.project import container
from taoshell.project.layouts import LAYOUTS
from taoshell.project.names import is_secret
from taoshell.shells import NAMES
from taoshell.state import generations
from taoshell.state.paths import State

Complete = Callable[[click.Context, click.Parameter, str], list[CompletionItem]]

_OF_CONTAINER = {slot.container_variable for slots in LAYOUTS.values() for slot in slots}


def folders(_context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Projects that were approved once, by path or by name; and any folder."""
    known = [
        CompletionItem(root, type="path")
        for root in projects.roots(State.of(os.environ))
        if root.startswith(incomplete) or os.path.basename(root).startswith(incomplete)
    ]
    return [*known, CompletionItem(incomplete, type="dir")]


def among(names: Sequence[str]) -> Complete:
    """The completion of an argument that is one of `names`."""
    return lambda _context, _parameter, incomplete: [
        CompletionItem(name) for name in names if name.startswith(incomplete)
    ]


shells = among(NAMES)


def settings(_context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The variables of the project here that can be set, and the names of taoshell.toml; a path as the value."""
    if "=" in incomplete:
        return [CompletionItem(incomplete, type="file")]
    names = dict.fromkeys([*_variables(), "KEY", "NUM_GPUS", "network", "layout"])
    names |= dict.fromkeys(f"places.{slot.name}" for slot in LAYOUTS["classic"])
    names |= dict.fromkeys(f"docker.{name}" for name in container.NAMES)
    # a secret is given by its name alone
    values = [name if is_secret(name) else f"{name}=" for name in names]
    return [CompletionItem(value) for value in values if value.startswith(incomplete)]


def _variables() -> list[str]:
    root = find.around(".")
    values = generations.current(State.of(os.environ).project(root)) if root else None
    names = values.variables if values else {slot.host_variable: "" for slot in LAYOUTS["classic"]}
    return [name for name in names if name != "LAUNCHER_MOUNTS" and name not in _OF_CONTAINER]
