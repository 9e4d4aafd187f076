"""What other people's files depend on besides their text, and what their authors left for their readers to fill in."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from typing import NamedTuple

from taoshell.errors import Where
from taoshell.project.layouts import LAYOUTS, PROJECT

_PLACEHOLDER = re.compile(r"FIXME|(^|/)path[/_]to(/|$)|^/?YOUR_[A-Z_]+|^<[^<>]+>", re.IGNORECASE)
_NAMES_A_PATH = re.compile(r"(?:^|_)(?:DIR|DIRECTORY|PATH|ROOT|FOLDER)(?:_|$)", re.IGNORECASE)


class Surroundings(NamedTuple):
    """`folder` is the working directory of the file, `root` the project's folder, if that is another one.

    `environ` is what is set before the file.
    """

    folder: str
    home: str
    user: str
    uid: int
    gid: int
    environ: Mapping[str, str]
    architecture: str = "x86_64"
    real: Callable[[str], str] = os.path.normpath
    root: str = ""

    @property
    def project(self) -> str:
        """The project's folder."""
        return self.root or self.folder


class Question(NamedTuple):
    """What a file asks its reader to fill in: the variable, what stands there, and where. "" is no default."""

    name: str
    written: str
    at: Where
    default: str


def is_placeholder(text: str) -> bool:
    """Whether `text` stands for something that the reader must fill in.

    >>> is_placeholder("/path/to/local/tao-experiments"), is_placeholder("/data/kitti")
    (True, False)
    """
    return _PLACEHOLDER.search(text) is not None


def names_a_path(name: str) -> bool:
    """Whether a variable is the path of a folder, by its name.

    >>> names_a_path("SAMPLES_DIR"), names_a_path("KEY")
    (True, False)
    """
    return _NAMES_A_PATH.search(name) is not None


def default_for(name: str, around: Surroundings, project: str) -> str:
    """Return what to propose for the variable `name`: the layout's folder, or the project's. "" if it is no path."""
    for slots in LAYOUTS.values():
        for slot in slots:
            if name in slot.host_variables and slot.host:
                path = slot.host.format(folder=around.project, project=project, network="")
                return os.path.normpath(path)
    for slots in reversed(LAYOUTS.values()):
        for slot in slots:
            if name in slot.container_variables and "{host}" not in slot.container:
                path = slot.container.format(project=PROJECT, network="")
                return os.path.normpath(path)
    return around.project if names_a_path(name) else ""
