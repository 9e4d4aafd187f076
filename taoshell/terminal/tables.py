"""Results on stdout: tables and diffs for people, JSON for programs. Foreign text is escaped, secrets are masked."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping

import click

from taoshell.errors import printable
from taoshell.project.model import Place, Project
from taoshell.project.mounts import below, to_container
from taoshell.project.names import masked
from taoshell.project.python import named, search_path
from taoshell.terminal.draw import Text, show, table

_JSON_VERSION = 1

_LEGEND = {
    "=": "= marks a mount",
    "ro": "ro marks a mount that the container cannot write to",
    "-": "- marks a place that the container does not get",
    "": "the other places are inside one",
}


def show_json(members: Mapping[str, object]) -> None:
    """Print an object for programs; its member `version` changes when the meaning of a member does."""
    text = json.dumps({"version": _JSON_VERSION, **members}, indent=2, ensure_ascii=False)
    click.echo(text.encode("utf-8", "backslashreplace"))  # a byte of a path that is not UTF-8: JSON writes \udcff too


def show_places(project: Project) -> None:
    """Print the table host ↔ container, what the container gets besides, and the other variables."""
    marks = {place.name: _mark(place, project) for place in project.places}
    rows = [
        (place.name, _host(place, project), marks[place.name], _cell(place.container, place.container_variables))
        for place in project.places
    ]
    what = ", ".join(filter(None, [project.network, f"layout {project.layout}"]))
    title = f"{printable(project.name)}: {what}"
    show(table(("", "on the host", "", "in the container"), rows, title=title))
    used = [text for mark, text in _LEGEND.items() if mark in marks.values()]
    if used:
        show(Text("; ".join(used), "dim"))
    container = [*_options(project.mapping.options), *_variables(project.mapping.variables)]
    if container:
        show(table(("the container gets", ""), container))
    if python := named(project.python, project.root):
        show(Text(printable(f"{python}: {search_path(project.python)} first in PATH")))
    of_places = {name for place in project.places for name in (*place.host_variables, *place.container_variables)}
    rest = [
        f"{name}={printable(masked(name, value))}" for name, value in project.variables.items() if name not in of_places
    ]
    if rest:
        show(Text("  ".join(rest)))


def show_diff(changed: Iterable[str]) -> None:
    """Print the lines of a diff, coloured at a terminal."""
    styles = {"+": "green", "-": "red", "@": "cyan"}
    for line in changed:
        style = "bold" if line.startswith(("+++", "---")) else styles.get(line[:1], "")
        show(Text(line, style))


def _mark(place: Place, project: Project) -> str:
    """Return the mark of a place, which _LEGEND explains."""
    for mount in project.mapping.mounts:
        if (mount.source, mount.destination) == (place.host, place.container):
            return "ro" if mount.mode == "ro" else "="
    is_seen = to_container(place.host, project.mapping.mounts, os.path.realpath) is not None
    return "" if is_seen else "-"


def _host(place: Place, project: Project) -> Text:
    cell = Text(printable(place.host), "" if os.path.isdir(place.host) else "yellow")
    end, root = os.path.realpath(place.host), os.path.realpath(project.root)
    inside = below(place.host, project.root)
    if end != (place.host if inside is None else os.path.normpath(os.path.join(root, inside))):
        cell.append(f"\n→ {printable(end)}")
        if inside is not None and below(end, root) is None:
            cell.append(" (outside the project)")
    return _with_variables(cell, place.host_variables)


def _cell(path: str, variables: Iterable[str]) -> Text:
    return _with_variables(Text(printable(path)), variables)


def _with_variables(cell: Text, variables: Iterable[str]) -> Text:
    for variable in variables:
        cell.append(f"\n{printable(variable)}", "dim")
    return cell


def _options(options: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    """Yield a row for each option of the container, and for each limit and port."""
    for name, value in options.items():
        if name == "ports" and isinstance(value, dict):
            for port, hosts in value.items():
                numbers = hosts if isinstance(hosts, list) else [hosts]
                yield f"port {port}", f"port {', '.join(map(str, numbers))} of every address of this machine"
        elif isinstance(value, dict):
            yield from ((f"{name} {key}", str(inner)) for key, inner in value.items())
        else:
            yield name, str(value).lower() if isinstance(value, bool) else str(value)


def _variables(variables: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    yield from ((name, masked(name, value)) for name, value in variables.items())
