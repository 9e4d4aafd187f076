"""What a container is to do, the command line that starts it, and what an engine says of it. For every engine."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from taoshell.project.model import Mapping as Container
from taoshell.project.names import hidden

FILE = "/dev/fd/3"  # the path of Line.file, as one of the words
PROJECT, NAME, USER, GPUS, ENGINE, ID = (
    f"taoshell.{name}" for name in ("project", "name", "user", "gpus", "engine", "id")
)


class Job(NamedTuple):
    """A container to start. `mapping.options["user"]` is the caller if `is_own`; `groups` are the caller's others.

    `command` is what runs in it, an argv; `entrypoint`, if there is one, replaces the image's own.
    """

    name: str
    image: str
    command: tuple[str, ...]
    mapping: Container
    gpus: str = ""
    labels: tuple[tuple[str, str], ...] = ()
    is_own: bool = False
    groups: tuple[int, ...] = ()
    has_stdin: bool = False
    has_terminal: bool = False
    is_detached: bool = False
    entrypoint: str = ""

    @property
    def id(self) -> str:
        """The label by which an engine finds what is left of it."""
        return dict(self.labels)[ID]

    @property
    def secrets(self) -> dict[str, str]:
        """The variables whose values must not be in the words of a line."""
        secret = hidden(self.mapping)
        return {name: value for name, value in self.mapping.variables.items() if name in secret}


class Line(NamedTuple):
    """A command line: its words, what its environment has besides ours, and the text of the file FILE."""

    words: tuple[str, ...]
    environ: Mapping[str, str] = MappingProxyType({})
    file: str = ""

    def shown(self) -> str:
        """Return the line as a shell takes it. The values of `environ` are not in it."""
        line = shlex.join(self.words)
        if not self.file:
            return line
        end = "EOF"
        while end in self.file.splitlines():
            end += "F"
        return f"{line} 3<<'{end}'\n{self.file.rstrip()}\n{end}"


class Started(NamedTuple):
    """A container that taoshell started. `state` is the engine's word, such as "running" or "exited"."""

    name: str
    state: str
    status: int
    image: str
    labels: dict[str, str]
    since: str

    @property
    def is_running(self) -> bool:
        return self.state in ("running", "paused", "restarting", "stopping")  # podman: stopping
