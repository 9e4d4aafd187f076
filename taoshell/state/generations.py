"""The values that one generation of a project sets, kept beside its scripts for Python to read."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass

from taoshell.state.files import read_or_none, replace_file
from taoshell.state.paths import ProjectFolder

_FILE = "values.json"


@dataclass(frozen=True, slots=True)
class Values:
    """The variables of a generation: `own` are TAOSHELL_…, `variables` the project's with LAUNCHER_MOUNTS.

    `mounts_json` is the content of its mounts.json.
    """

    own: dict[str, str]
    variables: dict[str, str]
    mounts_json: str


def write(folder: str, values: Values) -> None:
    """Write `values` into the generation's `folder`."""
    replace_file(f"{folder}/{_FILE}", json.dumps(asdict(values)).encode())


def read(project: ProjectFolder, generation: str) -> Values | None:
    """Return the values of `generation`; None if they are missing, damaged or from another version of taoshell."""
    data = read_or_none(f"{project.generations}/{generation}/{_FILE}")
    try:
        return Values(**json.loads(data or b""))
    except (ValueError, TypeError):
        return None


def current(project: ProjectFolder) -> Values | None:
    """Return the values of the generation in force; None if there is none."""
    if not os.path.islink(project.current):
        return None
    return read(project, os.path.basename(os.readlink(project.current)))
