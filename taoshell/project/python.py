"""[python]: the Python that has TAO's launcher. An absolute path differs between machines, so it stands in .env."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping

from taoshell.cures import cure
from taoshell.errors import Where
from taoshell.project.links import others_can_change
from taoshell.project.machine import Machine
from taoshell.project.model import Given, Project, Python
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
    shared = _conda(table) if "conda" in table.values else _venv(table, root, machine) if table.values else None
    line = lines.get(_LINE)
    if line is None:
        return shared and _found(shared, machine, table.at(*table.values))
    if not line.text.startswith(("/", "~")):
        cause = f"{_LINE} is {line.text!r}, which is not an absolute path"
        cure = "write an absolute path here; a path inside the project is [python] venv in taoshell.toml"
        raise Problem("relative-venv", cause, cure, line.at)
    return _found(Python(venv=host_path(line, root, machine).text), machine, line.at)


def named(python: Python | None, root: str) -> str:
    """Return what a message calls the environment, such as "conda launcher"; "" if there is none."""
    if python is None or not python.prefix:
        return ""
    path = python.prefix.removeprefix(f"{root}/")
    return f"conda {python.conda or path}" if python.is_conda else f"venv {path}"


def search_path(python: Python | None) -> str:
    """Return the folder that comes first in PATH; "" if there is none."""
    return f"{python.prefix}/bin" if python and python.prefix else ""


def variables_with_python(project: Project) -> dict[str, str]:
    """Return the variables of the project's shells, with those that name its Python."""
    python = project.python
    if python is None or not python.prefix:
        return project.variables
    if python.is_conda:
        return {**project.variables, "CONDA_PREFIX": python.prefix, "CONDA_DEFAULT_ENV": python.conda or python.prefix}
    return {**project.variables, "VIRTUAL_ENV": python.prefix}


def missing_python(python: Python | None, root: str) -> list[str]:
    """Return a note if there is no such environment, with the cure."""
    if python is None or python.prefix:
        return []
    if python.conda:
        return [f"no conda environment {python.conda} was found; {cure('no-conda', name=python.conda, root=root)}"]
    return [f"{python.venv} has no bin/python; {cure('no-venv', path=python.venv, root=root)}"]


def _found(python: Python, machine: Machine, at: Where) -> Python:
    """Return `python` with its folder, if there is one. Raises Problem if another user decides what is in it."""
    prefix = (machine.conda(python.conda) or "") if python.conda else python.venv
    if not prefix or not machine.exists(f"{prefix}/bin/python"):
        return python
    changeable = others_can_change(f"{prefix}/bin", machine)
    if changeable is not None:
        path, why = changeable
        cause = f"{path} {why}, so others could change the programs of the Python in {prefix}"
        cure = f"make an environment of your own, and write its absolute path in .env: {_LINE}=…"
        raise Problem("python-of-others", cause, cure, at)
    return python._replace(prefix=prefix, is_conda=machine.exists(f"{prefix}/conda-meta/history"))


def _conda(table: Table) -> Python:
    name = table.string("conda", "launcher")
    if PLACEHOLDER in name or not _CONDA.fullmatch(name):
        cause = f"python.conda is {name!r}, which is not the name of a conda environment"
        cure = 'write a name such as "launcher"; the path of an environment stands in .env: TAO_VENV=…'
        raise Problem("bad-conda-name", cause, cure, table.at("conda"))
    return Python(conda=name)


def _venv(table: Table, root: str, machine: Machine) -> Python:
    path = table.string("venv", ".venv")
    inside = os.path.normpath(path)
    if path.startswith(("/", "~")) or inside.startswith("..") or inside == ".":
        cause = f"python.venv is {path!r}, which is not a folder inside the project"
        raise Problem("venv-outside-project", cause, "write its absolute path in .env: TAO_VENV=…", table.at("venv"))
    if PLACEHOLDER in path or any(char in path for char in "$\0\n"):
        cause = f"python.venv is {path!r}, which is not the path of a venv"
        raise Problem("bad-venv", cause, 'write the path itself, such as ".venv"', table.at("venv"))
    return Python(venv=host_path(Given(inside, table.at("venv")), root, machine).text)
