"""Paths among the arguments of a command in the container: which of them are paths of this machine? Pure."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from taoshell.project.machine import Machine
from taoshell.project.model import Mount
from taoshell.project.mounts import below, to_container, to_host

_SPEC = re.compile(r"-e|--experiment[_-]spec(?:s|[_-]file)?")  # what TAO's tasks call it
_IN_A_LIST = re.compile(r"[^\[\],\s\"']+")


class Misplaced(NamedTuple):
    """A path of this machine in the argument number `at`. `inside` is what the container calls it; None: nothing."""

    at: int
    path: str
    inside: str | None


def misplaced(arguments: Sequence[str], mounts: Sequence[Mount], machine: Machine, folder: str) -> list[Misplaced]:
    """Return the paths of this machine that the container would not find, or find elsewhere.

    A path that a mount leads to is the container's, even if this machine has the same one. A path that no mount carries
    counts only if it is in the user's home and exists: any other may be the image's. `folder` is the current one.
    """
    found = []
    for at, path in _paths(arguments, machine, folder):
        absolute = machine.home + path[1:] if path.startswith("~") else os.path.join(folder, path)
        normal = os.path.normpath(absolute)
        if not path.startswith("~") and os.path.isabs(path) and to_host(normal, mounts) is not None:
            continue
        inside = to_container(normal, mounts, machine.real)
        if inside is not None or (below(normal, machine.home) and machine.exists(normal)):
            found.append(Misplaced(at, path, inside))
    return found


def translated(arguments: Sequence[str], paths: Sequence[Misplaced]) -> list[str]:
    """Return the arguments with the container's names of `paths`."""
    changed = list(arguments)
    for item in sorted(paths, key=lambda item: len(item.path), reverse=True):  # a longer one may begin with another
        if item.inside is not None:
            changed[item.at] = changed[item.at].replace(item.path, item.inside)
    return changed


def spec_of(arguments: Sequence[str]) -> tuple[int, str] | None:
    """Return the spec that `-e` names, and the number of its argument; None if there is none."""
    for at, word in enumerate(arguments):
        name, equals, value = word.partition("=")
        if _SPEC.fullmatch(name) and equals:
            return at, value
        if _SPEC.fullmatch(word) and at + 1 < len(arguments):
            return at + 1, arguments[at + 1]
    return None


def _paths(arguments: Sequence[str], machine: Machine, folder: str) -> Iterator[tuple[int, str]]:
    """Yield each path and the number of its argument: /a, name=/a, name=[/a,/b], and the relative path of a spec."""
    spec = spec_of(arguments)
    for at, word in enumerate(arguments):
        value = word.partition("=")[2] if re.match(r"[+~\w-][\w.@/-]*=", word) else word
        if value.startswith("["):
            yield from ((at, part) for part in _IN_A_LIST.findall(value) if part.startswith(("/", "~/")))
        elif value.startswith(("/", "~/")):
            yield at, value
        elif spec is not None and spec[0] == at and machine.exists(os.path.join(folder, spec[1])) and spec[1]:
            yield at, spec[1]
