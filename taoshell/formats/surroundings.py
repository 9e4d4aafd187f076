"""What other people's files depend on besides their text, and what their authors left for their readers to fill in."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from typing import NamedTuple

from taoshell.errors import Where
from taoshell.project.layouts import LAYOUTS, PROJECT, host_variables
from taoshell.project.mounts import below

LEFT_TO_YOU = "the file leaves it to you to fill in"
_PLACEHOLDER = re.compile(
    r"(?<![a-z])FIXME|(^|/)path[/_]to(/|$)|(^|/)YOUR[ _-][a-z]|(^|/)<[^<>/]+>|^(TODO|(CHANGE|REPLACE)[_-]?ME)$",
    re.IGNORECASE,
)
_CONTAINERS_OWN = (PROJECT, "/workspace/tlt-experiments")
_CONSTANT = re.compile(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+")
_THINGS = {  # what nobody calls by a name in capitals: the name stands for it
    *("URL", "URI", "KEY", "TOKEN", "PASSWORD", "PASSWD", "PASS", "PWD", "SECRET"),
    *("DIR", "DIRECTORY", "PATH", "FOLDER", "ROOT"),
}
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
    exists: Callable[[str], bool] = lambda _path: False

    @property
    def project(self) -> str:
        """The project's folder."""
        return self.root or self.folder

    def is_left_open(self, name: str, value: str) -> bool:
        """Whether the variable `name` stands for what the reader must fill in: a placeholder, or a host folder that is
        the container's own, and not on this machine."""
        if is_placeholder(value, name):
            return True
        path = os.path.normpath(value)
        is_inside = any(below(path, top) is not None and below(self.project, top) is None for top in _CONTAINERS_OWN)
        return is_inside and name in host_variables() and not self.exists(path)


class Question(NamedTuple):
    """What a file asks its reader to fill in: the variable, what stands there, and where. "" is no default."""

    name: str
    written: str
    at: Where
    default: str


def is_placeholder(text: str, name: str = "") -> bool:
    """Whether `text`, as the value of the variable `name`, stands for something that the reader must fill in.

    >>> is_placeholder("/path/to/local/tao-experiments"), is_placeholder("/data/kitti")
    (True, False)
    >>> is_placeholder("WANDB_LOGIN_API_KEY", "WANDB_API_KEY"), is_placeholder("PCI_BUS_ID", "CUDA_DEVICE_ORDER")
    (True, False)
    """
    return _PLACEHOLDER.search(text) is not None or _says_its_name(text, name)


def _says_its_name(text: str, name: str) -> bool:
    """Whether `text` is a name in capitals for what the variable is, as in URL_IMAGES=KITTI_IMAGES_DOWNLOAD_URL."""
    words, own = text.split("_"), {*name.upper().split("_")}
    if not _CONSTANT.fullmatch(text) or words[-1] not in own:
        return False
    return words[-1] in _THINGS or (len(own) > 1 and own <= {*words})


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
