"""What one generation of a project sets, kept beside its scripts for Python to read: the values and the mounts file."""

from __future__ import annotations

import json
import os
import re

from taoshell.state.files import read_or_none, replace_file
from taoshell.state.paths import ProjectFolder, is_root

_VALUES = "values.json"
_MOUNTS = "mounts.json"
_NAME = re.compile(r"[0-9a-f]{16}", re.ASCII)


class Values:
    """The variables of a generation: `own` are TAOSHELL_…, `variables` the project's with LAUNCHER_MOUNTS.

    `search_path` is the folder that comes first in PATH; "" if there is none.
    """

    __slots__ = ("own", "search_path", "variables")

    def __init__(self, own: dict[str, str], variables: dict[str, str], search_path: str = "") -> None:
        self.own = own
        self.variables = variables
        self.search_path = search_path


def write(folder: str, values: Values, mounts: str) -> None:
    """Write `values` and the text of the mounts file into the generation's `folder`."""
    members = {"own": values.own, "variables": values.variables, "search_path": values.search_path}
    replace_file(f"{folder}/{_VALUES}", json.dumps(members).encode())
    replace_file(f"{folder}/{_MOUNTS}", mounts.encode())


def read(project: ProjectFolder, generation: str) -> Values | None:
    """Return the values of `generation`; None if they are missing, damaged or from another version of taoshell.

    The name may come from the environment, where anybody may have put it: as a part of a path it must not lead away.
    """
    if not (_NAME.fullmatch(generation) and is_root(project.root)):
        return None
    data = read_or_none(f"{project.generations}/{generation}/{_VALUES}")
    try:
        return Values(**json.loads(data or b""))
    except (ValueError, TypeError):
        return None


def current(project: ProjectFolder) -> Values | None:
    """Return the values of the generation in force; None if there is none."""
    if not os.path.islink(project.current):
        return None
    return read(project, os.path.basename(os.readlink(project.current)))


def current_mounts(project: ProjectFolder) -> bytes | None:
    """Return the mounts file of the generation in force; None if there is none."""
    return read_or_none(f"{project.current}/{_MOUNTS}")
