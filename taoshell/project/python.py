"""[python]: the Python that has TAO's launcher. An absolute path differs between machines, so it stands in .env."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping

from taoshell.project.machine import Machine
from taoshell.project.model import Given, Python
from taoshell.project.paths import PLACEHOLDER, host_path
from taoshell.project.problems import Problem
from taoshell.project.toml import Table

_LINE = "TAO_VENV"
_KEYS = ("conda", "venv")
_CONDA = re.compile(r"[^\s/:#'\"$]+")


def chosen_python(table: Table, lines: Mapping[str, Given], root: str, machine: Machine) -> Python | None:
    """Return the Python that [python] names; the line TAO_VENV of .env wins. None if there is none. Raises Problem."""
    for key in table.values:
        table.require_known(key, _KEYS)
    if len(table.values) > 1:
        cause = "both a conda environment and a venv are given"
        raise Problem("two-pythons", cause, "keep one of the two lines", table.at("venv"))
    shared = _conda(table) if "conda" in table.values else _venv(table, root) if "venv" in table.values else None
    line = lines.get(_LINE)
    if line is None:
        return shared
    if not line.text.startswith(("/", "~")):
        cause = f"{_LINE} is {line.text!r}, which is not an absolute path"
        cure = "write an absolute path here; a path inside the project is [python] venv in taoshell.toml"
        raise Problem("relative-venv", cause, cure, line.at)
    return Python(venv=host_path(line, root, machine).text)


def _conda(table: Table) -> Python:
    name = table.string("conda", "launcher")
    if PLACEHOLDER in name or not _CONDA.fullmatch(name):
        cause = f"python.conda is {name!r}, which is not the name of a conda environment"
        cure = 'write a name such as "launcher"; the path of an environment stands in .env: TAO_VENV=…'
        raise Problem("bad-conda-name", cause, cure, table.at("conda"))
    return Python(conda=name)


def _venv(table: Table, root: str) -> Python:
    path = table.string("venv", ".venv")
    inside = os.path.normpath(path)
    if path.startswith(("/", "~")) or inside.startswith("..") or inside == ".":
        cause = f"python.venv is {path!r}, which is not a folder inside the project"
        raise Problem("venv-outside-project", cause, "write its absolute path in .env: TAO_VENV=…", table.at("venv"))
    if PLACEHOLDER in path or any(char in path for char in "$\0\n"):
        cause = f"python.venv is {path!r}, which is not the path of a venv"
        raise Problem("bad-venv", cause, 'write the path itself, such as ".venv"', table.at("venv"))
    return Python(venv=os.path.join(root, inside))
