"""What one generation of a project sets, kept beside its scripts for Python's own use."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass

from taoshell.state.files import read_or_none, replace_file
from taoshell.state.paths import ProjectState

_FILE = "values.json"


@dataclass(frozen=True, slots=True)
class Values:
    """`own`: the TAOSHELL_… variables; `variables`: the project's, with LAUNCHER_MOUNTS; `mounts_json`: its content."""

    own: dict[str, str]
    variables: dict[str, str]
    mounts_json: str


def write(folder: str, values: Values) -> None:
    """Keep `values` in the generation's `folder`."""
    replace_file(f"{folder}/{_FILE}", json.dumps(asdict(values)).encode())


def read(project: ProjectState, generation: str) -> Values | None:
    """What the generation sets; None where it is gone, torn or another version's."""
    data = read_or_none(f"{project.generations}/{generation}/{_FILE}")
    try:
        return Values(**json.loads(data or b""))
    except (ValueError, TypeError):
        return None


def current(project: ProjectState) -> Values | None:
    """What the generation in force sets; None where there is none."""
    if not os.path.islink(project.current):
        return None
    return read(project, os.path.basename(os.readlink(project.current)))
