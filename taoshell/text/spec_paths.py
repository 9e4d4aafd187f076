"""Find the paths in a spec, and say of each which file of this machine it is in the container. Pure.

A spec has many texts that only look like paths, such as the names of a network's layers. A text counts if it begins
with / and its first folder is one that the container has for data, or if it is below a place's folder on this machine,
or if its field says that it is a path.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple

from taoshell.errors import Where
from taoshell.formats import spec_words
from taoshell.formats.spec import Spec
from taoshell.formats.spec_fields import Scalar
from taoshell.project.machine import Machine
from taoshell.project.model import Mount, Project
from taoshell.project.mounts import below, governing
from taoshell.project.translate import (
    OF_IMAGES,
    Translated,
    how_to_reach,
    is_host_path,
    is_possible,
    is_users,
    to_container,
    to_host,
    why_astray,
)
from taoshell.project.variables import variables_of
from taoshell.text.interpolation import is_open, resolved

_RESULTS = ("results", "experiment")  # the places that training writes to
_VARIABLE = re.compile(r"\$(?:([A-Za-z_]\w*)|\{([A-Za-z_]\w*)\})(?=/|$)")


class SpecPath(NamedTuple):
    """A path in a spec. `value` is what the spec says, `container` what that is when `${…}` is resolved.

    `host` is the file of this machine, or None if no mount reaches it. `state` is one of
    "there", "later" (a result that does not exist yet), "open" (the command line or the container gives it), "missing",
    "unreached", "host path", "read-only", "placeholder", "unexpanded" and "relative".
    `problem` is "" if all is well, and `cure` what to do. `right` is the value that would be right, if that is certain.
    """

    field: str
    value: str
    at: Where
    scalar: Scalar
    state: str
    container: str = ""
    host: str | None = None
    problem: str = ""
    cure: str = ""
    right: str = ""

    def __str__(self) -> str:
        return f"{self.at}: {self.field}: {self.problem or self.value}" + (f"; {self.cure}" if self.cure else "")


def check(
    spec: Spec,
    project: Project,
    machine: Machine,
    there: Callable[[str], bool] | None = None,
    given: Mapping[str, str] | None = None,
) -> list[SpecPath]:
    """Return the paths in a spec, in the order of the file.

    `there` says whether there is a file of this machine; the path may be a pattern, such as `/data/train-*`. `given`
    are the fields that have another value on the command line: that one is not judged, but what refers to it is.
    """
    disk = machine._replace(real=lru_cache(maxsize=None)(machine.real))  # it is asked about each place for each path
    judge = _Judge(spec, project, disk, there or machine.exists, given or {})
    return [found for scalar in spec.scalars if (found := judge.path(scalar)) is not None]


class _Judge:
    def __init__(
        self, spec: Spec, project: Project, machine: Machine, there: Callable[[str], bool], given: Mapping[str, str]
    ) -> None:
        self._spec = spec
        self._project = project
        self._machine = machine
        self._there = there
        self._given = given
        self._values = {scalar.field: scalar.value for scalar in spec.scalars} | dict(given)
        self._variables = variables_of(project.places)
        tops = [place.container for place in project.places]
        self._tops = {path.split("/")[1] for path in tops} | set(spec_words.FOLDERS)

    def path(self, scalar: Scalar) -> SpecPath | None:
        """Return what there is to say of a text, or None if it is no path."""
        field, value = scalar.field, scalar.value
        says_path = spec_words.is_path(field)
        is_text = value == value.encode("utf-8", "replace").decode()  # an escape can be half of a character
        if not value or not is_text or not is_possible(value):
            return None
        found = SpecPath(field, value, self._spec.where(scalar), scalar, "open", value)
        if is_open(value) or field in self._given:
            return found if says_path else None
        if "${" in value and not self._variable(value)[1]:
            return self._interpolated(found, says_path)
        if spec_words.is_placeholder(value) and (says_path or "/" in value):
            return found._replace(state="placeholder", problem=f"{value} is a placeholder", cure="write your own path")
        if value.startswith(("$", "~/")):
            return self._unexpanded(found) if says_path else None
        if not value.startswith("/"):
            if not spec_words.is_folder_of_results(field) or "://" in value:
                return None
            problem = f"{value} is relative, so the results would go with the container"
            return found._replace(state="relative", problem=problem, cure="write a path that begins with /")
        return self._absolute(found) if self._is_path(value, says_path) else None

    def _is_path(self, value: str, says_path: bool) -> bool:
        first = value.split("/")[1]
        if below(value, spec_words.EXAMPLES) is not None and governing(self._mounts, value) is None:
            return False
        if first in self._tops or is_users(self._project, value, self._machine):
            return True
        return says_path and first not in ("", *OF_IMAGES)

    def _interpolated(self, found: SpecPath, says_path: bool) -> SpecPath | None:
        """Judge a text with `${…}`. What is wrong with the text that it refers to is said there."""
        value = resolved(found.value, found.field, self._values)
        if value is None or not value.startswith("/"):
            return found if says_path else None
        if not self._is_path(value, says_path):
            return None
        judged = self._absolute(found._replace(container=value))
        if judged.state in ("missing", "there", "later"):
            return judged._replace(right="")
        return judged._replace(problem="", cure="", right="")

    def _unexpanded(self, found: SpecPath) -> SpecPath | None:
        """Judge a path that begins with `~` or a variable, which nothing expands in a spec."""
        value = found.value
        variable, folder = ("~", self._machine.home) if value.startswith("~") else self._variable(value)
        if not variable:
            return None
        meant = folder and folder + value[len(variable) :]
        found = found._replace(state="unexpanded", problem=f"{value}: nothing expands {variable} in a spec")
        inside = meant and self._container_path(meant)
        return self._with_right(found, inside) if inside else found._replace(cure="write the whole path")

    def _variable(self, value: str) -> tuple[str, str]:
        """Return the variable at the start of a path, and its value if it is the path of a place; else "" for each."""
        match = _VARIABLE.match(value)
        name = (match[1] or match[2]) if match else ""
        return match[0] if match else "", "" if name in self._values else self._variables.get(name, "")

    def _container_path(self, path: str) -> str:
        """Return the container's path for a path of either side; "" if there is none."""
        if to_host(self._project, path, self._machine) is not None:
            return path
        inside = to_container(self._project, path, self._machine)
        return inside.path if inside else ""

    def _absolute(self, found: SpecPath) -> SpecPath:
        path = found.container
        if spec_words.is_placeholder(path):
            return found._replace(state="placeholder", problem=f"{path} is a placeholder", cure="write your own path")
        if is_host_path(self._project, path, self._machine):
            return self._host_path(found)
        inside = to_host(self._project, path, self._machine)
        if inside is None:
            return self._unreached(found)
        return self._reached(found._replace(host=inside.path), inside)

    def _host_path(self, found: SpecPath) -> SpecPath:
        found = found._replace(state="host path")
        path = found.container
        inside = to_container(self._project, path, self._machine)
        if inside is not None:
            return self._with_right(found._replace(problem=f"{path} is a path of this machine"), inside.path)
        cure = how_to_reach(self._project, path, self._machine)
        return found._replace(problem=f"{path} is a path of this machine, and no mount carries it", cure=cure)

    def _reached(self, found: SpecPath, inside: Translated) -> SpecPath:
        host, is_output = inside.path, spec_words.is_output(found.field)
        if is_output and inside.mount.mode == "ro":
            problem = f"{found.container} is mounted read-only, and this is written"
            return found._replace(state="read-only", problem=problem, cure="write it to another place")
        if self._there(host) or ("tfrecord" in found.field and self._there(f"{host}*")):
            return found._replace(state="there")
        if is_output or (self._is_in_results(host) and "pretrain" not in f"{found.field} {host}".lower()):
            return found._replace(state="later")
        problem = f"{found.container} is {host} on this machine, which does not exist"
        if re.search(r"[*?\[]", host):
            problem = f"{found.container} is {host} on this machine, which no file matches"
        return found._replace(state="missing", problem=problem, cure="create it, or correct the path")

    def _is_in_results(self, host: str) -> bool:
        return any(below(host, place.host) is not None for place in self._project.places if place.name in _RESULTS)

    def _unreached(self, found: SpecPath) -> SpecPath:
        path = found.container
        found = found._replace(state="unreached", problem=f"no mount reaches {path}")
        problem, cure = why_astray(self._project, path, self._machine)
        if problem:
            return found._replace(problem=problem, cure=cure)
        right = next(self._under_another_place(path), "")
        if right:
            return self._with_right(found, right)
        from difflib import get_close_matches  # only when needed: most paths are reached

        first, rest = path.split("/")[1], path.split("/")[2:]
        tops = sorted({mount.destination.split("/")[1] for mount in self._mounts})
        near = get_close_matches(first, tops, 1, 0.8)
        if near and near[0] != first:
            return found._replace(cure=f"did you mean {'/'.join(['', near[0], *rest])}?")
        places = ", ".join(mount.destination for mount in self._mounts)
        return found._replace(cure=f"the container sees {places}")

    @property
    def _mounts(self) -> tuple[Mount, ...]:
        return self._project.mapping.mounts

    def _under_another_place(self, path: str) -> Iterator[str]:
        """Yield the paths at which another layout's path is in this project, such as /data for LOCAL_DATA_DIR."""
        parts = path.split("/")
        for at in range(len(parts) - 1, 0, -1):
            for place in self._project.places:
                if parts[at] == place.name:
                    right = "/".join([place.container, *parts[at + 1 :]])
                    inside = to_host(self._project, right, self._machine)
                    if inside is not None and self._there(inside.path):
                        yield right

    @staticmethod
    def _with_right(found: SpecPath, right: str) -> SpecPath:
        return found._replace(right=right, cure=f"write {right}")
