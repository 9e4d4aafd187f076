"""Engines, which run containers: one module each, behind one Protocol. We call their command lines and keep nothing."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Protocol

from taoshell.engines import programs
from taoshell.engines.job import Job, Line, Started
from taoshell.errors import TaoshellError
from taoshell.project.engine_names import ENGINES

NAMES = ENGINES
_DEFAULTS = ("docker", "podman")  # the first one that is installed
_LONGEST_SCRIPT = 1 << 12


class Engine(Protocol):
    """What `run`, `try`, `jobs`, `logs` and `stop` need of an engine. `owner` is the engine that has the containers."""

    name: str
    owner: str
    patience: float  # seconds that a question may take

    def line(self, job: Job) -> Line:
        """Return the command line that starts `job`. It asks the engine nothing."""

    def has_image(self, image: str) -> bool:
        """Whether the image is on this machine. Raises TaoshellError if the engine does not answer."""

    def small_image(self) -> str | None:
        """Return the smallest image on this machine that has a shell for certain; None if there is none."""

    def pull(self, image: str) -> Line:
        """Return the command line that fetches `image`."""

    def is_logged_in(self, registry: str) -> bool:
        """Whether the user has logged in at `registry`."""

    def started(self) -> list[Started]:
        """Return our containers, the newest first."""

    def named(self, name: str) -> Started | None:
        """Return the container `name`, ours or not."""

    def logs(self, name: str, *, follow: bool) -> Line:
        """Return the command line that prints what a container has written."""

    def stop(self, name: str) -> None:
        """End a container: SIGTERM, and after 10 seconds SIGKILL."""

    def clear(self, job_id: str) -> bool:
        """End and remove what is left of the job with this label, whatever signals come. Returns whether it was any."""


def engine(name: str, environ: Mapping[str, str]) -> Engine:
    """Return the engine `name`, one of NAMES."""
    if name == "podman":
        from taoshell.engines.podman import Podman

        return Podman(environ)
    if name == "compose":
        from taoshell.engines.compose import Compose

        return Compose(environ)
    from taoshell.engines.docker import Docker

    return Docker(environ)


def installed(environ: Mapping[str, str]) -> list[str]:
    """Return the engines that have containers and are installed, if any is."""
    return [name for name in _DEFAULTS if is_installed(name, environ)]


def is_installed(name: str, environ: Mapping[str, str]) -> bool:
    """Whether the program `name` is there, and is not another engine under this name (podman-docker)."""
    program = programs.find(name, environ)
    return program is not None and not (name == "docker" and _is_podman(program))


def default(chosen: str, environ: Mapping[str, str]) -> str:
    """Return the engine to use: `chosen` if there is one, else Docker, else Podman. Raises TaoshellError."""
    return chosen or all_installed(environ)[0]


def all_installed(environ: Mapping[str, str]) -> list[str]:
    """Return the engines that have containers and are installed. Raises TaoshellError if there is none."""
    found = installed(environ)
    if not found:
        cause = "no engine can start a container: neither docker nor podman is installed"
        raise TaoshellError(cause, "install one of them")
    return found


def _is_podman(program: str) -> bool:
    """Whether `docker` is a script or symlink that starts podman."""
    real = os.path.realpath(program)
    if os.path.basename(real) == "podman":
        return True
    try:
        with open(real, "rb") as file:
            head = file.read(_LONGEST_SCRIPT)
    except OSError:
        return False
    return head.startswith(b"#!") and b"podman" in head
