"""One entry of [places]: what taoshell.toml says about one place."""

from __future__ import annotations

from typing import NamedTuple

from taoshell.errors import Where
from taoshell.project.model import Given
from taoshell.project.names import is_secret
from taoshell.project.problems import Problem
from taoshell.project.toml import Table, quoted

OWN = '{ host = "…", container = "/…" }'
_KEYS = ("host", "container", "mode", "mount", "host_variable", "container_variable")
_MODES = ("rw", "ro")


class Entry(NamedTuple):
    """What is given for the place `name`. `at` is where the place is written."""

    name: str
    at: Where
    host: Given | None = None
    container: Given | None = None
    host_variables: tuple[Given, ...] = ()
    container_variables: tuple[Given, ...] = ()
    mode: str = "rw"
    is_mounted: bool = True


def read_entry(table: Table, name: str) -> Entry:
    """Return the entry `name` of [places]. Text is only a host path. Raises Problem."""
    value, at = table.values[name], table.at(name)
    if isinstance(value, str):
        if is_secret(name):
            how = f"if {name} is a secret, write it in .env; if it is a place, write {name} = {OWN}"
            raise Problem("secret-in-shared-file", f"{name} looks like a secret, and not like a place", how, at)
        return Entry(name, at, Given(value, at))
    inner = table.table(name, f'write a host path in quotes, "…", or {OWN}')
    for key in inner.values:
        inner.require_known(key, _KEYS)
    is_mounted = inner.typed("mount", bool, "write mount = false or true") if "mount" in inner.values else True
    return Entry(
        name,
        at,
        _path(inner, "host"),
        _path(inner, "container"),
        _names(inner, "host_variable"),
        _names(inner, "container_variable"),
        _mode(inner, is_mounted),
        is_mounted,
    )


def _path(table: Table, key: str) -> Given | None:
    return Given(table.string(key, "…"), table.at(key)) if key in table.values else None


def _names(table: Table, key: str) -> tuple[Given, ...]:
    """Return the names of variables that `key` gives: one, or a list."""
    value = table.values.get(key, [])
    names = value if isinstance(value, list) else [value]
    texts = [name for name in names if isinstance(name, str)]
    if texts != names:
        raise table.wrong_type(key, f'write one name or several, such as {key} = ["A_DIR", "B_DIR"]')
    return tuple(Given(text, table.at(key)) for text in texts)


def _mode(table: Table, is_mounted: bool) -> str:
    if "mode" not in table.values:
        return "rw"
    mode = table.string("mode", "ro")
    if mode not in _MODES:
        cure = 'write "rw" (read and write) or "ro" (read only)'
        raise Problem("bad-mode", f"{table.dotted('mode')} is {mode!r}", cure, table.at("mode"))
    if not is_mounted:
        cause = f"place {quoted(table.path[-1])} has no mount, so it cannot have a mode"
        raise Problem("mode-without-mount", cause, "remove mode, or mount = false", table.at("mode"))
    return mode
