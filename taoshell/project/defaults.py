"""The user's defaults for new projects: the text of ~/.config/taoshell/config.toml. Pure; an action finds the file."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Mapping
from typing import NamedTuple

from taoshell.errors import Where
from taoshell.project.container import container_options
from taoshell.project.engine_names import ENGINES
from taoshell.project.gpus import shared_gpus
from taoshell.project.layouts import LAYOUTS
from taoshell.project.machine import Machine
from taoshell.project.model import Given
from taoshell.project.paths import host_path
from taoshell.project.problems import Problem, Problems
from taoshell.project.toml import Table, parse, quoted, suggestion

LOGS = ("quiet", "line", "full")  # the values of TAOSHELL_LOG
CONTAINER = ("user", "shm_size")
NAMES = ("layout", "gpus", "data_root", *(f"container.{name}" for name in CONTAINER), "engine", "key", "log")
_TOP, _KEYS = "defaults", ("layout", "gpus", "data_root", "container", "engine", "key", "log")
_LIST = r"[\w/-]+(,[\w/-]+)+|[\w/-]+,"
_COMMAND = 'write key = { command = ["pass", "show", "tao"] }'


class Default(NamedTuple):
    """A value of the file: text, or the words of a command. `at` is where it is written."""

    value: str | tuple[str, ...]
    at: Where

    @property
    def shown(self) -> str:
        """The value as people read it: a list of GPUs has a comma."""
        if not isinstance(self.value, str):
            return shlex.join(self.value)
        return f"[{self.value.rstrip(',')}]" if re.fullmatch(_LIST, self.value) else self.value


class Defaults(dict[str, Default]):
    """The defaults that the file `file` gives, each under one of NAMES."""

    def __init__(self, file: str) -> None:
        super().__init__()
        self.file = file

    def text(self, name: str) -> str:
        """Return the value of `name` as text; "" if there is none."""
        value = self[name].value if name in self else ""
        return value if isinstance(value, str) else ""


def read_defaults(text: str, file: str, machine: Machine) -> Defaults:
    """Return the defaults in `text`. Raises the first Problem, with its line."""
    top = parse(text, file)
    for key in top.values:
        if key in _KEYS:
            cure = f"write it below a line [{_TOP}]"
            raise Problem("default-at-top", f"{quoted(key)} is not in a table", cure, top.at(key))
        top.require_known(key, (_TOP,))
    table = top.table(_TOP)
    for key in table.values:
        table.require_known(key, _KEYS)
    found = Defaults(file)
    readers: dict[str, Callable[[Table], str | tuple[str, ...]]] = {
        "layout": _layout,
        "gpus": shared_gpus,
        "data_root": lambda table: _data_root(table, machine),
        "engine": _engine,
        "key": _key,
        "log": _log,
    }
    for key, read in readers.items():
        if key in table.values:
            found[key] = Default(read(table), table.at(key))
    for key, value in _container(table.table("container"), machine).items():
        found[f"container.{key}"] = Default(str(value), table.table("container").at(key))
    return found


def _layout(table: Table) -> str:
    layout = table.string("layout", "host")
    if layout not in LAYOUTS:
        raise Problem("unknown-layout", f'unknown layout "{layout}"', suggestion(layout, LAYOUTS), table.at("layout"))
    return layout


def _data_root(table: Table, machine: Machine) -> str:
    """Return the folder that contains the data folders of all projects."""
    path = table.string("data_root", "/mnt/data")
    if not path.startswith(("/", "~")):
        cause = f"data_root is {path!r}, which is relative, and each project is in another folder"
        raise Problem("relative-data-root", cause, "begin it with / or ~/", table.at("data_root"))
    return host_path(Given(path, table.at("data_root")), "/", machine).text


def _container(table: Table, machine: Machine) -> Mapping[str, object]:
    """Return the container options as they are written, after they were checked."""
    for key in table.values:
        table.require_known(key, CONTAINER)
    problems = Problems()
    container_options(table, machine, problems)
    if problems:
        raise problems[0]
    return table.values


def _engine(table: Table) -> str:
    engine = table.string("engine", "docker")
    if engine not in ENGINES:
        raise Problem("unknown-engine", f'unknown engine "{engine}"', suggestion(engine, ENGINES), table.at("engine"))
    return engine


def _log(table: Table) -> str:
    log = table.string("log", "quiet")
    if log not in LOGS:
        raise Problem("unknown-log", f"log is {log!r}", suggestion(log, LOGS), table.at("log"))
    return log


def _key(table: Table) -> tuple[str, ...]:
    """Return the command that prints KEY."""
    if isinstance(table.values["key"], str):
        cause = "the key itself does not belong in this file, but the command that prints it"
        raise Problem("key-in-config", cause, _COMMAND, table.at("key"))
    inner = table.table("key", _COMMAND)
    for key in inner.values:
        inner.require_known(key, ("command",))
    words = inner.values.get("command")
    texts = tuple(word for word in words if isinstance(word, str) and word) if isinstance(words, list) else ()
    if not isinstance(words, list) or not words or len(texts) < len(words):
        cause = "key.command must be a list of words"
        raise Problem("bad-key-command", cause, _COMMAND, table.at("key"))
    return texts
