"""A project at one look: the verdict, a line for each variable, and what the container gets besides."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from taoshell.actions.sources import machine
from taoshell.errors import printable
from taoshell.project.model import Place, Project
from taoshell.project.mounts import below
from taoshell.project.names import secrets, shown
from taoshell.project.python import named, search_path
from taoshell.project.translate import seen_at
from taoshell.terminal.draw import Mark, Text, at_home, notice, show
from taoshell.terminal.width import columns

_MOUNT, _LINK = "⇒", "→"
_LEGEND = f"{_MOUNT} a mount of its own"
_OTHERS = "; the others lie inside one"


class _Row(NamedTuple):
    """A line: a label, which stands only once, the name of a variable, a sign and a value."""

    label: str
    name: str
    sign: str
    value: Text


def show_project(project: Project, marks: Sequence[Mark] = (), here: Mapping[str, str] = {}) -> None:
    """Print the project. `here` has a remark for each variable that has another value in this shell."""
    what = ", ".join(filter(None, [project.network, f"layout {project.layout}"]))
    astray = _astray(project)
    rows = [*_places(project, astray, here), *_variables(project, here), *_python(project)]
    show(*verdict(project.name, what, marks), "", *_drawn(rows), *_container(project, rows))
    if project.mapping.mounts:
        is_inside = "" in astray.values()
        show(Text(_LEGEND + (_OTHERS if is_inside else ""), "dim"))


def verdict(name: str, what: str, marks: Sequence[Mark]) -> list[Text]:
    """Return the first line; if it is wider than the output, a line for each part."""
    line = Text(printable(name), "bold").add(f"  {printable(what)}" if what else "")
    for at, mark in enumerate(marks):
        line.add("  " if at else "   ").add(mark.text)
    if line.width <= columns():
        return [line]
    below_name = [Text(f"  {printable(what)}")] if what else []
    return [Text(printable(name), "bold"), *below_name, *(Text("  ").add(mark.text) for mark in marks)]


def folded(mark: Mark) -> list[Text]:
    """Return a remark as one line; if it is wider than the output, its cure is on a line of its own."""
    cause, semicolon, cure = mark.words.partition("; ")
    if not semicolon or mark.text.width <= columns():
        return [mark.text]
    return [mark._replace(words=cause).text, Text(f"  {printable(cure)}")]


def _places(project: Project, astray: Mapping[str, str], here: Mapping[str, str]) -> Iterator[_Row]:
    for place in project.places:
        label = place.name
        for row in (*_host(place, project, here), *_inside(place, project, astray.get(place.name, ""), here)):
            yield row._replace(label=label)
            label = ""


def _host(place: Place, project: Project, here: Mapping[str, str]) -> Iterator[_Row]:
    remark = "" if os.path.isdir(place.host) else "no such folder yet"
    for name in place.host_variables or ("",):
        yield _Row("", name, "", _value(at_home(place.host), remark, here.get(name, "")))
    end, root = os.path.realpath(place.host), os.path.realpath(project.root)
    inside = below(place.host, project.root)
    if end != (place.host if inside is None else os.path.normpath(os.path.join(root, inside))):
        leaves = inside is not None and below(end, root) is None
        yield _Row("", "", _LINK, _value(at_home(end), "outside the project" if leaves else ""))


def _inside(place: Place, project: Project, astray: str, here: Mapping[str, str]) -> Iterator[_Row]:
    mode = _own_mount(place, project)
    sign = "" if mode is None else _MOUNT
    for name in place.container_variables or (("",) if sign or astray else ()):
        value = _value(printable(place.container), astray, here.get(name, ""))
        yield _Row("", name, sign, value.add("  read-only", "dim") if mode == "ro" else value)
        sign = ""


def _variables(project: Project, here: Mapping[str, str]) -> Iterator[_Row]:
    """Yield a row for each variable that is not the path of a place: the user's own, then those of everybody."""
    of_places = {name for place in project.places for name in (*place.host_variables, *place.container_variables)}
    others = [name for name in project.variables if name not in of_places]
    values = shown(project.variables, project.mapping.variables)
    for label, names in (
        ("yours", [name for name in others if name not in project.shared]),
        ("team", [name for name in others if name in project.shared]),
    ):
        for name in names:
            value = _value(printable(values[name]), here.get(name, ""))
            yield _Row(label if name == names[0] else "", name, "", value)


def _python(project: Project) -> Iterator[_Row]:
    if python := named(project.python, project.root):
        first = at_home(search_path(project.python))
        yield _Row("python", printable(python), "", _value(f"{first} first in PATH"))


def _container(project: Project, rows: Sequence[_Row]) -> list[Text]:
    """Return the lines of what the container gets: its options, and its variables one by one."""
    variables = shown(project.mapping.variables, project.variables).items()
    others = [(name, value) for name, value in variables if name not in project.users]  # "user auto" says those
    inside = [_Row("", name, "", _value(printable(value), _in_shell(name, project))) for name, value in others]
    if not project.mapping.options:
        return _drawn([row._replace(label="" if at else "container") for at, row in enumerate(inside)], rows)
    start = max(len(row.label) for row in [*rows, _Row("container", "", "", Text())]) + 1
    lines: list[str] = []
    for word in _options(project):
        if lines and start + len(f"{lines[-1]}, {word}") <= columns():
            lines[-1] += f", {word}"
        else:
            lines.append(word)
    labels = ["container", *[""] * len(lines)]
    options = [Text(f"{label:<{start}}{line}") for label, line in zip(labels, lines, strict=False)]
    return [*options, *_drawn(inside, rows)]


def _in_shell(name: str, project: Project) -> str:
    """Return the remark about a variable of the container that has another value in the shell; "" if it has not."""
    value = project.mapping.variables[name]
    outside = project.variables.get(name, value)
    if outside == value:
        return ""
    is_hidden = name in secrets(project.variables, project.mapping.variables)
    return f"{'another value' if is_hidden else outside or 'empty'} in the shell"


def _options(project: Project) -> Iterator[str]:
    """Yield each option of the container, and each limit and port, in a few words."""
    for name, value in project.mapping.options.items():
        if name == "ports" and isinstance(value, dict):
            for port, hosts in value.items():
                numbers = " and ".join(map(str, hosts if isinstance(hosts, list) else [hosts]))
                yield printable(f"port {port} from port {numbers} of every address of this machine")
        elif isinstance(value, dict):
            yield from (printable(f"{name} {key} {inner}") for key, inner in value.items())
        elif name == "user" and project.users:
            yield "user auto"
        else:
            yield printable(f"{name} {str(value).lower() if isinstance(value, bool) else value}")


def _value(text: str, *remarks: str) -> Text:
    """Return a value and what is to be said of it, each with a mark."""
    value = Text(text)
    for remark in filter(None, remarks):
        value.add("  ").add(notice(remark).text)
    return value


def _own_mount(place: Place, project: Project) -> str | None:
    """Return the mode of the place's own mount; None if it has none."""
    pairs = ((mount, (mount.source, mount.destination)) for mount in project.mapping.mounts)
    return next((mount.mode for mount, pair in pairs if pair == (place.host, place.container)), None)


def _astray(project: Project) -> dict[str, str]:
    """Return what is wrong with the container path of each place without a mount of its own; "" if nothing is."""
    here = machine()
    places = [place for place in project.places if _own_mount(place, project) is None]
    return {place.name: _remark(place, seen_at(project, place, here)) for place in places}


def _remark(place: Place, path: str | None) -> str:
    if path is None:
        return "not in the container"
    return "" if path == place.container else f"in the container, this folder is {path}"


def _drawn(rows: Iterable[_Row], like: Sequence[_Row] = ()) -> list[Text]:
    """Return the rows as lines, aligned, and with those of `like` too. A value that does not fit is below its name."""
    rows = list(rows)
    every = [*rows, *like]
    label = max((Text(row.label).width for row in every), default=0)
    label = max(label, len("container"))
    name = max((Text(row.name).width for row in every), default=0)
    sign = max((Text(row.sign).width for row in every), default=0)
    is_narrow = label + 1 + name > columns()
    lines: list[Text] = []
    for row in rows:
        head = Text(row.label).padded(label).add(" ").add(row.name)
        value = Text(row.sign).padded(sign).add(" " if sign else "").add(row.value)
        line = head.padded(label + 1 + name).add(" ").add(value)
        if is_narrow:
            lines += [Text(row.label)] * bool(row.label) + [Text(f"  {row.name}")] * bool(row.name)
            lines.append(Text("    ").add(value))
        elif line.width <= columns():
            lines.append(line)
        else:
            lines += [head] * bool(row.label or row.name) + [Text(" " * (label + 3)).add(value)]
    return lines
